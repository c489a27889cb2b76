"""Reading JSON within limits."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

DEEPEST = 20
"""Levels of what is sent; nothing that is read here has more than a few."""


class Json(JSONParser):
    """Refuses what is too long, before it is read, what is nested too deeply, and what is no text."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        request = (parser_context or {})["request"]
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig
        try:
            read = super().parse(stream, media_type, parser_context)
            _check(read, DEEPEST)
        except (RecursionError, UnicodeEncodeError):
            raise ParseError from None
        return read


def _check(value: Any, levels: int) -> None:
    """Raises ``UnicodeEncodeError`` for half a character (``\\ud800``), which nothing can store or show."""
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, dict | list):
        if not levels:
            raise RecursionError
        for name in value if isinstance(value, dict) else ():
            name.encode()
        for below in value.values() if isinstance(value, dict) else value:
            _check(below, levels - 1)
