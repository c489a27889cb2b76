"""Remembers where a request comes from, for the trail."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from audit.trail import origin


class OriginMiddleware:
    """Sets :data:`audit.trail.origin` to the client's address for the length of a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = origin.set(client_address(request))
        try:
            return self.get_response(request)
        finally:
            origin.reset(token)


def client_address(request: HttpRequest) -> str:
    """The peer's address, or what the proxies named in the settings say of theirs.

    X-Forwarded-For is read from its end, and only as long as the proxy that wrote the entry is one of ours:
    what stands further left is the client's own invention.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    while hops and address in settings.TRUSTED_PROXIES:
        hop = hops.pop().strip()
        if not _is_address(hop):
            break
        address = hop
    return address


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
