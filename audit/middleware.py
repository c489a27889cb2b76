"""Remembers where a request comes from, for the trail."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from audit.trail import origin


class OriginMiddleware:
    """Sets :data:`audit.trail.origin` to the peer's address for the length of a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = origin.set(request.META.get("REMOTE_ADDR", ""))
        try:
            return self.get_response(request)
        finally:
            origin.reset(token)
