"""How the description of the API names the ways of signing in, and what it leaves out."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


class Described(AutoSchema):
    """Says what is written for readers of the API, not what our docstrings tell each other."""

    def get_description(self) -> str:  # type: ignore[override]
        return ""


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api.sign_in.TokenSignIn"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api.sign_in.SessionSignIn"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
