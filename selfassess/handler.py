"""The WSGI handler."""

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters


class Request(WSGIRequest):
    """Is UTF-8 whatever it claims; other claims are refused by :class:`selfassess.middleware.Utf8Middleware`.

    Django decodes the query by any codec that Python knows, as soon as the request is made: with base64 that
    fails before any middleware could answer.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


class Handler(WSGIHandler):
    request_class = Request
