"""The journal of a draft's edits: what each one changed, so that it can be undone and done again.

An edit is whatever rows differ after it: :func:`edited` reads them before and after. Undoing puts the rows
back as they were, their numbers included, so that older edits still fit. One audit event is written for each
edit, undo and redo. What was undone is forgotten with the next edit; the trail keeps it.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.trail import record
from indicators.models import (
    Edit,
    Framework,
    FrameworkStatus,
    GradeBand,
    Group,
    Item,
    Material,
    Measure,
    Section,
)
from indicators.scoring.points import plain

PARENTS_FIRST: tuple[type[models.Model], ...] = (
    Framework,
    GradeBand,
    Section,
    Group,
    Item,
    Measure,
    Material,
)
BY_NAME = {model.__name__.lower(): model for model in PARENTS_FIRST}
NOT_EDITED = {"id", "status", "published_at", "committee_id", "predecessor_id"}
PLACE = {"order", "section_id", "framework_id", "item_id"}
"""Columns of the unique constraints on an order."""

PARKED = 16384
"""Orders are below this; a row that moves waits above it until its new place is free."""

Side = Literal["before", "after"]
Snapshot = dict[tuple[str, int], dict[str, Any]]


def values_of(row: models.Model) -> dict[str, Any]:
    """The edited columns of a row as JSON values."""
    return {
        field.attname: _as_json(getattr(row, field.attname))
        for field in row._meta.concrete_fields
        if field.attname not in NOT_EDITED
    }


def locked_draft(framework: Framework) -> Framework:
    """The framework, its row locked. Raises ``ValidationError`` unless it is a draft."""
    locked = Framework.objects.select_for_update().get(pk=framework.pk)
    if locked.status == FrameworkStatus.CONSULTING:
        raise ValidationError(_("The draft is open to comments. Close the comment round to edit it."))
    if locked.status != FrameworkStatus.DRAFT:
        raise ValidationError(_("A published framework cannot be changed. Copy it to a new version."))
    return locked


@contextmanager
def edited(
    framework: Framework,
    *,
    by: User,
    summary: Callable[[], str],
    within: Iterable[int] = (),
    refusal: Exception | None = None,
) -> Iterator[None]:
    """Write what the block does to a draft down as one edit; nothing where nothing changed.

    A ``refusal`` is raised where anything did: what is only said once more is not refused.

    ``within`` are the numbers of the sections whose contents the block may touch; new sections are seen, the
    framework's own row, its grades and the sections' rows as well. ``summary`` is asked when the block is
    done. Needs a transaction, and :func:`locked_draft` before anything was read.
    """
    before = _snapshot(framework, frozenset(within))
    yield
    sections = set(within) | _new_sections(framework, before)
    changes = _difference(before, _snapshot(framework, sections))
    if not changes:
        return
    if refusal is not None:
        raise refusal
    framework.edits.filter(undone=True).delete()
    edit = Edit.objects.create(
        framework=framework,
        number=(framework.edits.aggregate(last=Max("number"))["last"] or 0) + 1,
        summary=summary()[:300],
        changes=changes,
        by=by,
        at=timezone.now(),
    )
    record(by=by, action="framework.edited", subject=framework, edit=edit.number, summary=edit.summary)


@transaction.atomic
def undo_edits(
    *, framework: Framework, by: User, down_to: int | None = None, latest: int | None = None
) -> list[Edit]:
    """Undo the latest edit, or all after the one numbered ``down_to``; the latest first.

    ``latest`` is the key of the latest edit that the person has seen (numbers come again). Raises
    ``ValidationError`` when another one has become the latest since, there is nothing to undo, or a row is
    not as the edit left it.
    """
    framework = locked_draft(framework)
    edits = framework.edits.filter(undone=False).order_by("-number")
    chosen = list(edits[:1] if down_to is None else edits.filter(number__gt=down_to))
    if not chosen:
        raise ValidationError(_("There is nothing to undo."))
    if latest is not None and chosen[0].pk != latest:
        raise ValidationError(_("Something else has been changed or undone meanwhile. Look at it first."))
    for edit in chosen:
        _apply(edit.changes, to="before")
    _mark(framework, chosen, by=by, undone=True)
    return chosen


@transaction.atomic
def redo_edits(*, framework: Framework, by: User, up_to: int | None = None) -> list[Edit]:
    """Do again the edit that was undone last, or all up to the one numbered ``up_to``.

    Raises ``ValidationError`` when there is nothing to do again.
    """
    framework = locked_draft(framework)
    edits = framework.edits.filter(undone=True).order_by("number")
    chosen = list(edits[:1] if up_to is None else edits.filter(number__lte=up_to))
    if not chosen:
        raise ValidationError(_("There is nothing to do again."))
    for edit in chosen:
        _apply(edit.changes, to="after")
    _mark(framework, chosen, by=by, undone=False)
    return chosen


def renumber(rows: Iterable[models.Model]) -> None:
    """Give rows of one parent the orders 1, 2, 3… as they come."""
    changed: list[models.Model] = []
    for order, row in enumerate(rows, start=1):
        if row.order != order:  # type: ignore[attr-defined]
            row.order = order  # type: ignore[attr-defined]
            changed.append(row)
    if changed:
        _park(type(changed[0]), [row.pk for row in changed])
        type(changed[0])._default_manager.bulk_update(changed, ["order"], batch_size=200)


def _mark(framework: Framework, edits: list[Edit], *, by: User, undone: bool) -> None:
    numbers = [edit.number for edit in edits]
    framework.edits.filter(number__in=numbers).update(undone=undone)
    action = "framework.edits_undone" if undone else "framework.edits_redone"
    record(by=by, action=action, subject=framework, edits=numbers)


def _rows(framework: Framework, sections: Collection[int]) -> Iterator[models.Model]:
    yield Framework.objects.get(pk=framework.pk)
    yield from GradeBand.objects.filter(framework=framework)
    yield from Section.objects.filter(framework=framework)
    yield from Group.objects.filter(section__in=sections)
    yield from Item.objects.filter(section__in=sections)
    yield from Measure.objects.filter(item__section__in=sections)
    yield from Material.objects.filter(item__section__in=sections)


def _snapshot(framework: Framework, sections: Collection[int]) -> Snapshot:
    return {(type(row).__name__.lower(), row.pk): values_of(row) for row in _rows(framework, sections)}


def _new_sections(framework: Framework, before: Snapshot) -> set[int]:
    known = {pk for name, pk in before if name == "section"}
    return set(Section.objects.filter(framework=framework).values_list("pk", flat=True)) - known


def _difference(before: Snapshot, after: Snapshot) -> list[dict[str, Any]]:
    """Rows that came, went, or changed; of the last only the columns that did."""
    changes = []
    for name, pk in sorted(before.keys() | after.keys()):
        old, new = before.get((name, pk)), after.get((name, pk))
        if old is not None and new is not None:
            columns = [column for column in old if old[column] != new[column]]
            old, new = ({column: side[column] for column in columns} for side in (old, new))
        if old != new:
            changes.append({"model": name, "pk": pk, "before": old, "after": new})
    return changes


def _apply(changes: list[dict[str, Any]], *, to: Side) -> None:
    """Bring the rows of ``changes`` to one side of the edit; all keys between them are checked on commit."""
    source: Side = "after" if to == "before" else "before"
    by_model = {model: [row for row in changes if BY_NAME[row["model"]] is model] for model in PARENTS_FIRST}
    updated = {
        model: _loaded(model, [row for row in rows if row[to] and row[source]], source)
        for model, rows in by_model.items()
    }
    for model in reversed(PARENTS_FIRST):
        _remove(model, [row for row in by_model[model] if row[to] is None])
    for model, pairs in updated.items():
        _park(model, [old.pk for old, row in pairs if PLACE & row[to].keys() and "order" in _columns(model)])
    for model in PARENTS_FIRST:
        _insert(model, [row for row in by_model[model] if row[source] is None], to)
    for model, pairs in updated.items():
        _update(model, pairs, to)


def _remove(model: type[models.Model], rows: list[dict[str, Any]]) -> None:
    if rows:
        found = model._default_manager.filter(pk__in=[row["pk"] for row in rows])
        found._raw_delete(found.db)  # what hangs from it is in the edit as well


def _loaded(
    model: type[models.Model], rows: list[dict[str, Any]], source: Side
) -> list[tuple[models.Model, dict[str, Any]]]:
    """The rows with what becomes of each. Raises ``ValidationError`` where one is not as it was left."""
    stored = model._default_manager.in_bulk([row["pk"] for row in rows])
    pairs = []
    for row in rows:
        found = stored.get(row["pk"])
        if found is None or any(values_of(found)[name] != value for name, value in row[source].items()):
            raise ValidationError(_("The draft has been changed by other means; its edits cannot be undone."))
        pairs.append((found, row))
    return pairs


def _park(model: type[models.Model], pks: list[int]) -> None:
    if pks:
        model._default_manager.filter(pk__in=pks).update(order=F("order") + PARKED)


def _insert(model: type[models.Model], rows: list[dict[str, Any]], to: Side) -> None:
    model._default_manager.bulk_create(
        (model(pk=row["pk"], **_as_python(model, row[to])) for row in rows), batch_size=200
    )


def _update(model: type[models.Model], pairs: list[tuple[models.Model, dict[str, Any]]], to: Side) -> None:
    columns: set[str] = set()
    for stored, row in pairs:
        for column, value in _as_python(model, row[to]).items():
            setattr(stored, column, value)
        columns |= row[to].keys()
    if columns & PLACE and "order" in _columns(model):
        columns.add("order")
    fields = [field.name for field in model._meta.concrete_fields if field.attname in columns]
    if fields:
        model._default_manager.bulk_update([stored for stored, _row in pairs], fields, batch_size=200)


def _columns(model: type[models.Model]) -> set[str]:
    return {field.attname for field in model._meta.concrete_fields}


def _as_python(model: type[models.Model], values: dict[str, Any]) -> dict[str, Any]:
    types = {field.attname: field for field in model._meta.concrete_fields}
    return {column: types[column].to_python(value) for column, value in values.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, UUID):
        return str(value)
    return json.loads(json.dumps(value))
