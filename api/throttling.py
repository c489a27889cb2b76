"""How much may be asked for in a minute: by person, and by address whoever asks. Counted in the cache."""

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from audit.middleware import client_address

if TYPE_CHECKING:
    from rest_framework.views import APIView


class Throttle(SimpleRateThrottle):
    """Reads its rate from ``API_RATES`` ("300/min", ``None`` for no limit) each time."""

    def get_rate(self) -> str | None:
        rate: str | None = settings.API_RATES[self.scope or ""]
        return rate


class ByPerson(Throttle):
    """All tokens and sessions of a person count together."""

    scope = "person"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        return (
            self.cache_format % {"scope": self.scope, "ident": request.user.pk} if request.user.pk else None
        )


class ByAddress(Throttle):
    """Asked before anybody is looked up, so that nobody tries tokens out."""

    scope = "address"

    def get_cache_key(self, request: Request, view: "APIView") -> str:
        return self.cache_format % {"scope": self.scope, "ident": client_address(request._request)}
