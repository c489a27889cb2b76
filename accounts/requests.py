"""What a view gets: every page but signing in needs a person, and every request knows of htmx."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from accounts.standing import Standing


class SignedInRequest(HttpRequest):
    """A request behind Django's LoginRequiredMiddleware; for annotations alone."""

    user: User
    standing: Standing
    htmx: HtmxDetails


def is_by_script(request: HttpRequest) -> bool:
    """Whether a script reads the answer, not a person: the API, htmx, or a page's ``fetch``."""
    return (
        request.path.startswith("/api/")
        or "HX-Request" in request.headers
        or request.headers.get("Sec-Fetch-Dest") == "empty"
        or request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    )
