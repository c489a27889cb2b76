"""Who writes says what was read (``If-Match``), and what this write is called (``Idempotency-Key``)."""

import re
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from api.problems import Problem

_VERSION = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')


def etag(version: int) -> str:
    """The version as the header ``ETag`` has it."""
    return f'"{version}"'


def version_read(request: Request) -> int:
    """The version that a writer had read. Raises :class:`~api.problems.Problem`: 428 where it is not said
    (also for ``*``, which would write over whatever there is), 400 for what is no version.

    A proxy that compresses makes a weak tag of it; a version is the same all the same.
    """
    given = request.headers.get("If-Match", "").strip()
    if given in ("", "*"):
        message = _("Send the version that you had read in the header %(header)s, as %(example)s.")
        raise Problem(428, message % {"header": "If-Match", "example": 'If-Match: "7"'})
    found = _VERSION.fullmatch(given)
    if found is None:
        message = _("One version in quotation marks, such as %(example)s, as the answer to reading has it.")
        raise ValidationError({"If-Match": [message % {"example": '"7"'}]})
    return int(found[1])


def operation_of(request: Request) -> UUID | None:
    """The name that a program gave to this write, ``None`` without one: sent again under the same name it is
    not done twice. Raises DRF's ``ValidationError`` for what is no UUID."""
    given = request.headers.get("Idempotency-Key", "").strip().strip('"')
    if not given:
        return None
    try:
        return UUID(given)
    except ValueError:
        message = _("A UUID that is new for each change, such as %(example)s.")
        example = "4f0c1a52-7d0e-4b5e-9a39-0f6d3f3f0b11"
        raise ValidationError({"Idempotency-Key": [message % {"example": example}]}) from None
