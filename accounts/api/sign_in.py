"""Signing in for programs: a token in the header ``Authorization``, or the cookie of a session."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.tokens import is_waiting_for_password, note_use, token_named
from api.problems import Problem

if TYPE_CHECKING:
    from rest_framework.views import APIView


class TokenSignIn(BaseAuthentication):
    """``Authorization: Bearer <token>``. A wrong one is refused, whatever session there is beside."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        token = token_named(text.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            raise AuthenticationFailed(
                _("This token is not known, or has ended. Make a new one on the pages.")
            )
        if is_waiting_for_password(token):
            raise AuthenticationFailed(_("First change your password on the pages; then make a new token."))
        note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SessionSignIn(SessionAuthentication):
    """The session of the pages; who changes something with it sends its CSRF token, too."""

    def enforce_csrf(self, request: Any) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied:
            message = _(
                "With a session, send its token in the header %(header)s, or sign in with an API token."
            )
            raise Problem(403, message % {"header": "X-CSRFToken"}, kind="csrf") from None


class TokenMayDoThis(BasePermission):
    """A token that only reads, only reads."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        token = request.auth
        if isinstance(token, ApiToken) and token.read_only and request.method not in SAFE_METHODS:
            raise Problem(403, _("This token only reads."), kind="read-only-token")
        return True
