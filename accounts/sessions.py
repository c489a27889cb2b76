"""How long a session lasts: an idle limit that follows what is done, and an end no matter what is done."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

SIGNED_IN_AT, RENEWED_AT = "signed_in_at", "renewed_at"
"""What a session remembers, in seconds since 1970."""


def begin_session(request: HttpRequest) -> None:
    """Count both limits from now; called on signing in."""
    request.session[SIGNED_IN_AT] = request.session[RENEWED_AT] = _now()


class SessionLimitMiddleware:
    """Signs out ``SESSION_LIMIT`` seconds after signing in, and renews the idle limit until then.

    The idle limit is ``SESSION_COOKIE_AGE`` from the last write of the session. To write it with every
    request would make every read wait for SQLite's one writer, so it is written when a quarter of that has
    passed.
    A session that was not begun by :func:`begin_session` is never renewed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session, now = request.session, _now()
        if SIGNED_IN_AT in session:
            if now - session[SIGNED_IN_AT] >= settings.SESSION_LIMIT:
                logout(request)
            elif now - session[RENEWED_AT] >= settings.SESSION_COOKIE_AGE / 4:
                session[RENEWED_AT] = now
        return self.get_response(request)


def _now() -> int:
    return int(timezone.now().timestamp())
