"""Letting a person in whose password was right, and remembering whose pages a browser shows."""

from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.models import User
from accounts.sessions import begin_session
from audit.trail import record

_COOKIE = "pages_of"
_SALT = "accounts.pages_of"


@transaction.atomic
def let_in(request: HttpRequest, person: User) -> None:
    """Begin a session of ``person``, who has just proved to be that; an event."""
    login(request, person)
    begin_session(request)
    record(by=person, action="user.signed_in", subject=person)


def remember_owner(response: HttpResponse, person: User) -> None:
    """Tell the browser whose pages it shows from now on. This outlives the session, so that the person may
    sign in again in place; it is signed, no script reads it, and it lets nobody in."""
    response.set_signed_cookie(
        _COOKIE,
        str(person.pk),
        salt=_SALT,
        path=reverse("sign-in-again"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_owner(response: HttpResponse) -> None:
    """Nobody signs in again in place after signing out."""
    response.delete_cookie(_COOKIE, path=reverse("sign-in-again"), samesite="Lax")


def owner_of_pages(request: HttpRequest) -> int | None:
    """The number of the person who signed in last in this browser."""
    number = request.get_signed_cookie(_COOKIE, default=None, salt=_SALT)
    return int(number) if number is not None else None
