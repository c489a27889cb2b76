"""Middleware of the project as a whole."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers

from api.problems import is_for_programs

PATIENCE = 60
"""Seconds after which who sends nothing more of a form, or takes nothing more of an answer, is left."""


class PatienceMiddleware:
    """Ends connections that stand still: each would hold its thread for good.

    Gunicorn, which tells us the socket, sets it anew for each request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if socket := request.META.get("gunicorn.socket"):
            socket.settimeout(PATIENCE)
        return self.get_response(request)


class ChosenLanguageMiddleware:
    """Chinese unless a person has chosen English.

    Django's own middleware follows the browser's language; office machines with an English Windows
    would then show English to people who did not ask for it. A program says which one it wants.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        by_program = is_for_programs(request)
        language = translation.get_language_from_request(request) if by_program else _chosen(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        patch_vary_headers(response, ("Cookie", "Accept-Language") if by_program else ("Cookie",))
        response.headers.setdefault("Content-Language", language)
        return response


def _chosen(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


class Utf8Middleware:
    """Refuses requests that claim another encoding.

    Our pages send UTF-8; what was written in another one would be stored as replacement characters.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        claimed = (request.content_params or {}).get("charset", "utf-8")
        if claimed.lower() not in ("utf-8", "utf8"):
            raise BadRequest("Requests must be encoded in UTF-8.")
        return self.get_response(request)


class NotAllowedPageMiddleware:
    """Puts a page into the empty answer to a method that a route does not take."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            response.content = render_to_string("405.html", request=request)
        return response


class PrivatePagesMiddleware:
    """Keeps pages out of shared caches.

    Not ``no-store``: going back must still bring back what was typed. That nobody else sees it by going back
    is up to app.js.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
