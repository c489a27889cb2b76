"""The units of an item and what they gave: the list, taking sheets in, and filling in what follows."""

from collections.abc import Collection as Many
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.standing import standing_of
from assessments.access import may_collect
from assessments.collecting.combining import Choice, Combined, Figure, choices_for, combine
from assessments.collecting.form import figures_of, same_name
from assessments.collecting.reading import MOST_UNITS, Reading, UnitRow, fingerprint
from assessments.models import CollectedFigure, CollectedUnit, Response
from assessments.models.collected import UNIT_LENGTH
from assessments.responses import content_of, save_response
from assessments.settling import Content, as_typed
from assessments.states import OPEN_TO_DEPARTMENT
from assessments.text import clean_line
from audit.trail import record
from indicators.scoring.points import plain


class StaleCollection(Exception):
    """The item or what was collected has changed since somebody looked. Nothing was stored."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What an item's units gave so far: ``units`` in order, ``given`` by unit's name and figure's code.

    ``fingerprint`` names this state.
    """

    figures: tuple[Figure, ...]
    units: tuple[CollectedUnit, ...]
    given: Mapping[str, Mapping[str, Decimal]]
    fingerprint: str

    @property
    def waiting(self) -> list[CollectedUnit]:
        """Units that have not answered yet."""
        return [unit for unit in self.units if not self.given[unit.name]]

    def combined(self, choices: Mapping[str, Choice]) -> dict[str, Combined]:
        """Each figure by the way chosen for it, else by the sensible one."""
        return {
            figure.code: combine(figure, self._choice(figure, choices), self.given) for figure in self.figures
        }

    def _choice(self, figure: Figure, choices: Mapping[str, Choice]) -> Choice:
        possible = choices_for(figure, self.figures)
        chosen = choices.get(figure.code)
        return chosen if chosen in possible else possible[0]


def collected_of(response: Response) -> Collected:
    """What was collected for a response. Two queries; needs ``item__measures`` read along."""
    figures = tuple(figures_of(response.item))
    codes = {figure.code for figure in figures}
    units = tuple(CollectedUnit.objects.filter(response=response).prefetch_related("figures", "read_by"))
    given = {
        unit.name: {figure.code: figure.value for figure in unit.figures.all() if figure.code in codes}
        for unit in units
    }
    state = [(unit.pk, unit.name, sorted(given[unit.name].items())) for unit in units]
    return Collected(figures, units, given, fingerprint(figures, state))


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """What storing a row would do: for which unit of the list, ``None`` for one that is not on it, and what
    is stored of that unit now."""

    row: UnitRow
    unit: CollectedUnit | None
    before: Mapping[str, Decimal]

    @property
    def fate(self) -> str:
        """``new``, ``changed`` or ``unchanged``."""
        if not self.before:
            return "new"
        return "unchanged" if self.before == self.row.values else "changed"


@dataclass(frozen=True, slots=True)
class CollectionPlan:
    """A reading beside what is stored. ``fingerprint`` names both."""

    response: Response
    reading: Reading
    collected: Collected
    rows: tuple[PlannedRow, ...]
    fingerprint: str


def plan_collection(response: Response, reading: Reading) -> CollectionPlan:
    """What storing a reading would do. Stores nothing."""
    collected = collected_of(response)
    listed = {same_name(unit.name): unit for unit in collected.units}
    rows = []
    for row in reading.rows:
        unit = listed.get(same_name(row.unit))
        rows.append(PlannedRow(row, unit, collected.given[unit.name] if unit else {}))
    name = fingerprint(collected.fingerprint, reading.as_json())
    return CollectionPlan(response, reading, collected, tuple(rows), name)


def store_collected(*, plan: CollectionPlan, added: Many[str], by: User) -> int:
    """Store what units gave, all or nothing, and say of how many units.

    A unit's row replaces what was stored of it. Units that are not on the list are stored, and put on it,
    where ``added`` names them; others are left out. Raises ``ValidationError``, ``PermissionDenied`` and
    :class:`StaleCollection`.
    """
    _refuse_unless_open(plan.response, by)
    if plan.reading.has_errors:
        raise ValidationError(_("The files have errors. Nothing was stored."))
    rows = [row for row in plan.rows if row.unit is not None or row.row.unit in added]
    if not rows:
        raise ValidationError(_("There is nothing to store."))
    new = [row.row.unit for row in rows if row.unit is None]
    _refuse_too_many(len(plan.collected.units) + len(new))
    with transaction.atomic():
        _hold_open(plan.response)
        if collected_of(plan.response).fingerprint != plan.collected.fingerprint:
            raise StaleCollection
        made = _make_units(plan.response, plan.collected, new)
        for row in rows:
            _store_row(row, made[row.row.unit] if row.unit is None else row.unit, by)
        record(
            by=by,
            action="collection.stored",
            subject=plan.response,
            organisation_id=plan.response.assessment.organisation_id,
            files=plan.reading.files,
            units=[row.row.unit for row in rows],
        )
    return len(rows)


def _store_row(planned: PlannedRow, unit: CollectedUnit, by: User) -> None:
    unit.source, unit.read_by, unit.read_at = planned.row.file[:200], by, timezone.now()
    unit.save(update_fields=["source", "read_by", "read_at"])
    unit.figures.all().delete()
    CollectedFigure.objects.bulk_create(
        CollectedFigure(unit=unit, code=code, value=value) for code, value in planned.row.values.items()
    )


def add_units(*, response: Response, names: Iterable[str], by: User) -> int:
    """Put units on the list of those that are asked, and say how many are new.

    Those that are on it already stay as they are. Raises ``ValidationError`` and ``PermissionDenied``.
    """
    _refuse_unless_open(response, by)
    collected = collected_of(response)
    listed = {same_name(unit.name) for unit in collected.units}
    wanted: dict[str, str] = {}
    for name in map(clean_line, names):
        if len(name) > UNIT_LENGTH:
            message = _("“%(name)s…”: the name of a unit has at most %(limit)s characters.")
            raise ValidationError(message % {"name": name[:20], "limit": UNIT_LENGTH})
        if name and same_name(name) not in listed:
            wanted.setdefault(same_name(name), name)
    _refuse_too_many(len(listed) + len(wanted))
    if not wanted:
        return 0
    with transaction.atomic():
        _hold_open(response)
        if collected_of(response).fingerprint != collected.fingerprint:
            raise StaleCollection
        _make_units(response, collected, wanted.values())
        record(
            by=by,
            action="collection.units_listed",
            subject=response,
            organisation_id=response.assessment.organisation_id,
            units=list(wanted.values()),
        )
    return len(wanted)


def remove_unit(*, response: Response, unit: CollectedUnit, by: User) -> None:
    """Take a unit off the list, and what it gave with it. Raises ``PermissionDenied``."""
    _refuse_unless_open(response, by)
    given = {figure.code: plain(figure.value) for figure in unit.figures.all()}
    with transaction.atomic():
        _hold_open(response)
        record(
            by=by,
            action="collection.unit_removed",
            subject=response,
            organisation_id=response.assessment.organisation_id,
            unit=unit.name,
            figures=given,
        )
        unit.delete()


def forget_figures(*, response: Response, codes: Many[str]) -> None:
    """What units gave of these figures goes, because they mean something else now; the units stay asked.

    To be called in the transaction that moves the cycle.
    """
    CollectedFigure.objects.filter(unit__response=response, code__in=codes).delete()


def fill_in(*, response: Response, results: Mapping[str, Decimal], version: int, by: User) -> Response:
    """Make results the item's figures; everything else of it stays. Raises as
    :func:`assessments.responses.save_response` does."""
    _refuse_unless_open(response, by)
    return save_response(response=response, content=_with(response, results), version=version, by=by)


def _with(response: Response, results: Mapping[str, Decimal]) -> Content:
    """The stored content with these figures; points by the rules follow them."""
    typed = as_typed(response.item, content_of(response), response.computed_score)
    return replace(typed, measures={**typed.measures, **results})


def _refuse_unless_open(response: Response, by: User) -> None:
    if not may_collect(standing_of(by), response):
        raise PermissionDenied


def _refuse_too_many(units: int) -> None:
    if units > MOST_UNITS:
        raise ValidationError(_("More than %(limit)s units.") % {"limit": MOST_UNITS})


def _hold_open(response: Response) -> None:
    """Let nobody else change what is collected until the transaction ends; it must still be open."""
    held = Response.objects.select_for_update().filter(
        pk=response.pk, state__in=OPEN_TO_DEPARTMENT, item=response.item_id
    )
    if held.first() is None:
        raise StaleCollection


def _make_units(response: Response, collected: Collected, names: Iterable[str]) -> dict[str, CollectedUnit]:
    last = max((unit.order for unit in collected.units), default=0)
    made = [
        CollectedUnit(response=response, order=order, name=name) for order, name in enumerate(names, last + 1)
    ]
    CollectedUnit.objects.bulk_create(made)
    return {unit.name: unit for unit in CollectedUnit.objects.filter(response=response)} if made else {}
