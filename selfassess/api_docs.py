"""The description of the API (OpenAPI), and the pages that show it."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView

from accounts.api.views import ApiView
from api.problems import CONTENT_TYPE, KINDS

_OF_READING = (400, 401, 403, 404, 406, 410, 416, 429)
_OF_WRITING = (409, 411, 412, 413, 415, 428)

_LIMITS_OF_STORAGE = (2**15 - 1, 2**31 - 1, 2**63 - 1)

_PROBLEM = {
    "type": "object",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
    "required": ["type", "title", "status", "detail"],
    "additionalProperties": {},
}


@extend_schema(exclude=True)
class SchemaView(SpectacularAPIView, ApiView):
    """GET: the description as YAML or JSON, whichever is asked for, in the language that is asked for."""


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The description to read, and to try out in one's own session."""
    return render(request, "api/docs.html")


def with_problems(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """Says of every operation how it refuses; leaves out our docstrings, and what hangs on the database."""
    schemas = result["components"]["schemas"]
    for schema in schemas.values():
        if "enum" not in schema:
            schema.pop("description", None)
        for field in schema.get("properties", {}).values():
            if field.get("maximum") in _LIMITS_OF_STORAGE:
                del field["maximum"]
                field.pop("format", None)
    schemas["Problem"] = _PROBLEM
    for path in result["paths"].values():
        for method, operation in path.items():
            statuses = _OF_READING if method == "get" else sorted(_OF_READING + _OF_WRITING)
            operation["responses"] |= {"4XX": _refusal(statuses), "5XX": _refusal((500, 503))}
    return result


def _refusal(statuses: Iterable[int]) -> dict[str, Any]:
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    told = _("; ").join(f"{status} {KINDS[status][1]}" for status in statuses)
    return {"description": told, "content": {CONTENT_TYPE: schema}}
