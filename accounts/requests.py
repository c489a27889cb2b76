"""What a view gets: every page but signing in needs a person, and every request knows of htmx."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class SignedInRequest(HttpRequest):
    """A request behind Django's LoginRequiredMiddleware; for annotations alone."""

    user: User
    htmx: HtmxDetails
