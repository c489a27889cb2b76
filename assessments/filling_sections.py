"""Many small scores in one go: the items of a section are saved together, each on its own version."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID, uuid5

from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from assessments.drafts import is_stored, save_draft
from assessments.models import Response
from assessments.responses import StaleSave, store
from assessments.settling import Content


@dataclass(frozen=True, slots=True)
class RowToSave:
    """An item as an editor filled it in, on the version that was read.

    ``response`` is to be read :func:`assessments.responses.for_saving` just now.
    """

    response: Response
    content: Content
    version: int


class Fate(StrEnum):
    """What became of a row."""

    SAVED = "saved"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    """Something in it cannot be; ``problems`` says what."""
    STALE = "stale"
    """Somebody else saved the item since; ``current`` is as they left it."""
    LOCKED = "locked"
    """The item is no longer open to this person."""


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row. ``version`` is the one to go on from; ``problems`` are by field."""

    response: Response
    fate: Fate
    version: int
    problems: dict[str, list[str]] = field(default_factory=dict)
    current: Response | None = None


def save_rows(
    *, rows: Sequence[RowToSave], by: User, partly: bool = False, operation: UUID | None = None
) -> list[RowResult]:
    """Save each row that differs from what is stored, in a transaction of its own, and say what became of it.

    A row that is refused keeps nobody else's from being stored; nothing of it is, unless ``partly``: then
    what can be stored of it is (while somebody types). ``operation`` names the save of all rows: sent again,
    those that were stored are not stored twice.
    """
    return [_save(row, by, partly, operation and uuid5(operation, str(row.response.pk))) for row in rows]


def _save(row: RowToSave, by: User, partly: bool, operation: UUID | None) -> RowResult:
    response, version = row.response, row.version
    if is_stored(response, row.content):
        # Somebody else may have saved the very same.
        return RowResult(response, Fate.UNCHANGED, response.version)
    try:
        if partly:
            saved = save_draft(
                response=response, content=row.content, version=version, by=by, operation=operation
            )
            fate = Fate.REFUSED if saved.problems else Fate.SAVED
            return RowResult(response, fate, saved.version, saved.problems)
        store(response=response, content=row.content, version=version, by=by, operation=operation)
    except StaleSave as stale:
        return RowResult(response, Fate.STALE, version, current=stale.current)
    except PermissionDenied:
        return RowResult(response, Fate.LOCKED, version)
    except ValidationError as problem:
        by_field = problem.message_dict if hasattr(problem, "error_dict") else {"": problem.messages}
        return RowResult(response, Fate.REFUSED, version, by_field)
    return RowResult(response, Fate.SAVED, version + 1)
