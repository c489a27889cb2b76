"""Sign-in by user name, staff number or phone."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.models import User, named


def name_to_lock(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """The name that failures are counted for: one for each person, whichever of their names was typed."""
    typed = (credentials or {}).get("username")
    people = list(named(typed)[:2])
    return people[0].username if len(people) == 1 else typed


class AnyNameBackend(ModelBackend):
    """Finds the one active person whom the given name means; the password decides the rest."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        if username is None or password is None:
            return None
        people = list(named(username)[:2])
        if len(people) != 1:
            # As long as a real check takes, so that time does not tell which names exist.
            User().set_password(password)
            return None
        user = people[0]
        return user if user.check_password(password) and self.user_can_authenticate(user) else None
