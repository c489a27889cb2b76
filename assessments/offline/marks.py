"""What stands hidden in a row of the workbook: which answer it is about, and what its cells held."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.core import signing

from assessments.settling import Reckoned
from indicators.scoring.points import plain

FORM = 1
"""Raised when a workbook of before could be misread."""

_SALT = "assessments.offline"


class UnknownMark(Exception):
    """A mark that was not written here, or was changed since."""


class OutdatedMark(Exception):
    """A mark of an older form of the workbook."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Numbers of what a row is about, and by part the seal of what was written into its cells.

    ``item`` is the item of the framework's version then, ``department`` the supporting one of a contribution
    (0 for an answer).
    """

    assessment: int
    response: int
    item: int
    department: int
    seals: Mapping[str, str]

    def written(self) -> str:
        """Signed, as a cell holds it."""
        values = [self.assessment, self.response, self.item, self.department, dict(self.seals)]
        return signing.dumps([FORM, *values], salt=_SALT)


def read_mark(text: str) -> Mark:
    """Raises :class:`UnknownMark` and :class:`OutdatedMark`."""
    try:
        form, *values = signing.loads(text, salt=_SALT)
    except signing.BadSignature as problem:
        raise UnknownMark from problem
    if form != FORM:
        raise OutdatedMark
    return Mark(*values)


def seal(value: Any) -> str:
    """Names a value: the same for what is the same."""
    return hashlib.sha256(json.dumps(_plain(value)).encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Reckoned):
        return [_plain(getattr(value, each.name)) for each in fields(value)]
    return [_plain(each) for each in value] if isinstance(value, tuple) else value
