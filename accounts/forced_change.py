"""A first password, or one that has had its days, leads to nothing but the page that changes it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.requests import is_by_script
from accounts.sessions import SIGNED_IN_AT
from api.problems import is_for_programs, refuse

OPEN = {"password", "sign-in", "sign-in-again", "sign-out", "language", "who-is-signed-in"}
"""Routes that are open all the same; static files never come here."""


def is_change_due(person: User, *, since: datetime) -> bool:
    """Whether a person whose session began at ``since`` must change the password first.

    The days of a password are counted when somebody signs in: nobody is stopped in the middle of work.
    """
    if person.must_change_password or not settings.PASSWORD_DAYS:
        return person.must_change_password
    return since - (person.password_set_at or person.date_joined) >= timedelta(days=settings.PASSWORD_DAYS)


def is_change_due_now(request: HttpRequest) -> bool:
    """The same for who is signed in."""
    if not isinstance(request.user, User):
        return False
    begun = request.session.get(SIGNED_IN_AT)
    since = datetime.fromtimestamp(begun, UTC) if begun else timezone.now()
    return is_change_due(request.user, since=since)


class ForcedChangeMiddleware:
    """Leads to the password page. A script is answered by a sentence: its page stays, with what was typed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        route = request.resolver_match.view_name if request.resolver_match else None
        if route in OPEN or not is_change_due_now(request):
            return None
        page = f"{reverse('password')}?{urlencode({'next': request.get_full_path()})}"
        if not is_by_script(request):
            return HttpResponseRedirect(page)
        if is_for_programs(request):
            return refuse(403, _("First change your password on the pages."), kind="password-due")
        sentence = _("First change your password; what you have typed stays here.")
        return JsonResponse({"error": sentence, "password": page}, status=403)
