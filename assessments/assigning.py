"""Who does what (任务分工): an item's lead department, those that support it, its deadline.

:func:`store_assignments` is the one writer; page, workbook, proposals and undo all come to it with
:class:`Change` values, each saying what its maker had seen, so that nobody overwrites another unseen.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.ordering import organisations_in_order
from accounts.roles import OrganisationKind
from accounts.standing import standing_of
from assessments.access import may_assign
from assessments.models import Assessment, Assignment, Contribution, Response
from assessments.states import State
from audit.trail import record
from indicators.models import Section


@dataclass(frozen=True, slots=True)
class Duty:
    """Departments by number; ``due_on`` is ``None`` where the cycle's deadline holds.

    Without a lead there is nothing: neither who supports nor a deadline.
    """

    lead: int | None = None
    supporting: frozenset[int] = frozenset()
    due_on: date | None = None

    def __str__(self) -> str:
        """As a form carries it: ``12:13.14:2023-01-06``."""
        supporting = ".".join(map(str, sorted(self.supporting)))
        return f"{self.lead or ''}:{supporting}:{self.due_on or ''}"

    @classmethod
    def read(cls, text: str) -> "Duty":
        """What :meth:`__str__` wrote. Raises ``ValueError`` for anything else."""
        lead, supporting, due_on = text.split(":")
        numbers = frozenset(map(int, filter(None, supporting.split("."))))
        return cls(int(lead) if lead else None, numbers, date.fromisoformat(due_on) if due_on else None)


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of a response's (number) duty, by somebody who had seen it as it ``was``."""

    response: int
    was: Duty
    becomes: Duty

    def __str__(self) -> str:
        return f"{self.response}|{self.was}|{self.becomes}"

    @classmethod
    def read(cls, text: str) -> "Change":
        """What :meth:`__str__` wrote. Raises ``ValueError`` for anything else."""
        response, was, becomes = text.split("|")
        return cls(int(response), Duty.read(was), Duty.read(becomes))

    @property
    def undone(self) -> "Change":
        return Change(self.response, self.becomes, self.was)


@dataclass(frozen=True, slots=True)
class Bulk:
    """One change for many items; what is empty stays as it is.

    ``nobody`` takes the lead away, and all else with it; ``by_cycle`` the item's own deadline. A department
    that leads an item does not support it too.
    """

    lead: int | None = None
    nobody: bool = False
    add: frozenset[int] = frozenset()
    remove: frozenset[int] = frozenset()
    due_on: date | None = None
    by_cycle: bool = False

    def __bool__(self) -> bool:
        return self != Bulk()

    def applied_to(self, duty: Duty) -> Duty:
        if self.nobody:
            return Duty()
        lead = self.lead or duty.lead
        supporting = (duty.supporting | self.add) - self.remove - {lead}
        return Duty(lead, supporting, None if self.by_cycle else self.due_on or duty.due_on)


class Line(NamedTuple):
    """An item of an assessment, with who does it."""

    response: Response
    duty: Duty

    @property
    def name(self) -> str:
        """As a sentence names it."""
        return str(self.response.item)


@dataclass(frozen=True)
class Board:
    """All items of an assessment in the order of the framework, and the departments there are by number, in
    the order in which organisations stand."""

    assessment: Assessment
    lines: tuple[Line, ...]
    departments: Mapping[int, Organisation]

    @cached_property
    def by_response(self) -> dict[int, Line]:
        return {line.response.pk: line for line in self.lines}

    def sections(self) -> Iterator[tuple[Section, list[Line]]]:
        for _pk, lines in groupby(self.lines, key=lambda line: line.response.item.section_id):
            found = list(lines)
            yield found[0].response.item.section, found

    @property
    def unassigned(self) -> list[Line]:
        """Items that somebody has to lead and nobody does."""
        return [
            line for line in self.lines if line.duty.lead is None and not line.response.item.committee_only
        ]

    def loads(self, instead: Mapping[int, Duty] | None = None) -> list[tuple[Organisation, int, int]]:
        """Each department with the number of items that it leads and that it supports; ``instead`` are duties
        that are not stored yet, by response."""
        duties = {line.response.pk: line.duty for line in self.lines} | dict(instead or {})
        led = Counter(duty.lead for duty in duties.values())
        supported = Counter(pk for duty in duties.values() for pk in duty.supporting)
        return [(found, led[pk], supported[pk]) for pk, found in self.departments.items()]


class Fault(NamedTuple):
    """Why a duty is refused: at ``lead``, ``supporting`` or ``due_on``."""

    field: str
    message: str


class Unassignable(ValidationError):
    """Duties that are refused, each item's faults by its response; its messages name the items."""

    def __init__(self, board: Board, faults: Mapping[int, Sequence[Fault]]) -> None:
        self.faults = faults
        lines = board.by_response
        super().__init__(
            [
                _("“%(item)s”: %(message)s") % {"item": lines[pk].name, "message": fault.message}
                for pk, found in faults.items()
                for fault in found
            ]
        )


class StaleAssignment(Exception):
    """Somebody else has assigned in between; ``moved`` are the responses. Nothing was stored."""

    def __init__(self, moved: Set[int]) -> None:
        super().__init__("somebody else has assigned these items")
        self.moved = moved


@dataclass(frozen=True, slots=True)
class Assigned:
    """What was stored, and sentences on what somebody may not expect."""

    changes: tuple[Change, ...] = ()
    remarks: list[str] = field(default_factory=list)


def board_of(assessment: Assessment) -> Board:
    """The assignments of an assessment. Needs its ``cycle``; three queries."""
    of_district = Organisation.objects.filter(
        parent=assessment.organisation_id, kind=OrganisationKind.DEPARTMENT
    )
    links = Assignment.supporting.through.objects.filter(assignment__response__assessment=assessment)
    supporting: dict[int, set[int]] = {}
    for response, department in links.values_list("assignment__response", "organisation"):
        supporting.setdefault(response, set()).add(department)
    responses = assessment.responses.select_related("item__section", "item__group", "assignment")
    lines = [
        Line(response, _duty(response, supporting.get(response.pk, set())))
        for response in responses.order_by("item__section__order", "item__order")
    ]
    return Board(assessment, tuple(lines), {found.pk: found for found in organisations_in_order(of_district)})


def _duty(response: Response, supporting: Set[int]) -> Duty:
    assignment: Assignment | None = getattr(response, "assignment", None)
    if assignment is None:
        return Duty()
    return Duty(assignment.lead_id, frozenset(supporting), assignment.due_on)


def faults_of(board: Board, line: Line, duty: Duty) -> list[Fault]:
    """Why an item cannot have this duty; none where it can."""
    faults: list[Fault] = []
    if line.response.item.committee_only:
        if duty != Duty():
            faults.append(Fault("lead", _("The committee alone scores this item; nobody is to fill it in.")))
        return faults
    if duty.lead is not None and duty.lead not in board.departments:
        faults.append(Fault("lead", _("This is not a department of the district.")))
    if not duty.supporting <= board.departments.keys():
        faults.append(Fault("supporting", _("This is not a department of the district.")))
    if duty.lead is None and (duty.supporting or duty.due_on):
        faults.append(Fault("lead", _("Choose the lead department first.")))
    if duty.lead is not None and duty.lead in duty.supporting:
        message = _("%(department)s leads this item; it cannot support it too.")
        named = board.departments.get(duty.lead)
        faults.append(Fault("supporting", message % {"department": named or "?"}))
    opens_on = board.assessment.cycle.opens_on
    if duty.due_on and duty.due_on < opens_on:
        message = _("The deadline is before the cycle opens (%(day)s).")
        faults.append(Fault("due_on", message % {"day": opens_on}))
    return faults


def store_assignments(*, assessment: Assessment, changes: Iterable[Change], by: User | None) -> Assigned:
    """Set who does these items, all or nothing; what is already so is left alone.

    An item whose duty becomes empty loses its assignment; what was written on it stays with the item. Raises
    ``PermissionDenied`` unless ``by`` coordinates the district (``None`` is the operator),
    :class:`Unassignable`, and :class:`StaleAssignment` where an item's duty is no longer what it ``was``. A
    constant number of queries.
    """
    if by is not None and not may_assign(standing_of(by), assessment):
        raise PermissionDenied
    with transaction.atomic():
        # Of two that assign at once the second finds what the first has stored.
        locked = Assessment.objects.select_for_update(of=("self",)).select_related("cycle")
        board = board_of(locked.get(pk=assessment.pk))
        due = _checked(board, changes)
        remarks = _remarks(board, due)
        if due:
            _write({change.response: change.becomes for change in due})
            record(
                by=by,
                action="assessment.assigned",
                subject=assessment,
                organisation_id=assessment.organisation_id,
                changes=[_in_trail(board, change) for change in due],
            )
    return Assigned(tuple(due), remarks)


def _checked(board: Board, changes: Iterable[Change]) -> list[Change]:
    """Those that change anything, in the order of the framework."""
    asked = {change.response: change for change in changes}
    lines = board.by_response
    if asked.keys() - lines.keys():
        raise ValidationError(_("An item is not in this assessment any more. Nothing was stored."))
    due = [asked[pk] for pk, line in lines.items() if pk in asked and asked[pk].becomes != line.duty]
    found = {change.response: faults_of(board, lines[change.response], change.becomes) for change in due}
    if faults := {pk: why for pk, why in found.items() if why}:
        raise Unassignable(board, faults)
    if moved := {change.response for change in due if change.was != lines[change.response].duty}:
        raise StaleAssignment(moved)
    return due


def _write(duties: Mapping[int, Duty]) -> None:
    link = Assignment.supporting.through
    link.objects.filter(assignment__response__in=duties).delete()
    Assignment.objects.filter(response__in=[pk for pk in duties if duties[pk].lead is None]).delete()
    Assignment.objects.bulk_create(
        (
            Assignment(response_id=pk, lead_id=duty.lead, due_on=duty.due_on)
            for pk, duty in duties.items()
            if duty.lead is not None
        ),
        update_conflicts=True,
        unique_fields=["response"],
        update_fields=["lead", "due_on"],
    )
    stored = Assignment.objects.filter(response__in=duties).values_list("pk", "response")
    link.objects.bulk_create(
        link(assignment_id=assignment, organisation_id=department)
        for assignment, response in stored
        for department in sorted(duties[response].supporting)
    )


def _remarks(board: Board, changes: Sequence[Change]) -> list[str]:
    """What somebody who assigns may not expect; each sentence names its items."""
    lines = board.by_response
    moved, late = [], []
    for change in changes:
        line = lines[change.response]
        if change.was.lead not in (None, change.becomes.lead) and line.response.state != State.EMPTY:
            moved.append(line.response.item.label)
        due_on = change.becomes.due_on
        if due_on and due_on != change.was.due_on and due_on > board.assessment.cycle.due_on:
            late.append(line.response.item.label)
    sentences = []
    if moved:
        message = _("Begun by another department: %(items)s. What was written stays with the item.")
        sentences.append(message % {"items": _(", ").join(moved)})
    if late:
        message = _("Due after the cycle (%(day)s): %(items)s.")
        day = board.assessment.cycle.due_on
        sentences.append(message % {"day": day, "items": _(", ").join(late)})
    return [*sentences, *_remarks_on_contributions(board, changes)]


def _remarks_on_contributions(board: Board, changes: Sequence[Change]) -> Iterator[str]:
    lines = board.by_response
    gone = {change.response: change.was.supporting - change.becomes.supporting for change in changes}
    written = Contribution.objects.filter(response__in=gone).exclude(text="", materials="")
    for response, department in written.order_by("pk").values_list("response", "department"):
        if department in gone[response]:
            yield _("%(department)s has written on “%(item)s”; what it wrote stays there to be read.") % {
                "department": board.departments[department],
                "item": lines[response].name,
            }


def _in_trail(board: Board, change: Change) -> dict[str, Any]:
    return {
        "item": board.by_response[change.response].name,
        "response": change.response,
        "before": _plain(board, change.was),
        "after": _plain(board, change.becomes),
    }


def _plain(board: Board, duty: Duty) -> dict[str, Any]:
    codes = {pk: found.code for pk, found in board.departments.items()}
    return {
        "lead": codes.get(duty.lead) if duty.lead else None,
        "supporting": sorted(codes.get(pk, str(pk)) for pk in duty.supporting),
        "due_on": duty.due_on.isoformat() if duty.due_on else None,
    }


# By name, for the demo and for commands.


def assign_items(
    *,
    assessment: Assessment,
    leads: Mapping[str, str],
    supports: Mapping[str, Sequence[str]],
    by: User | None,
    deadlines: Mapping[str, date] | None = None,
) -> Assigned:
    """:func:`store_assignments` by names and codes, replacing whatever was set for these items.

    ``leads`` maps an item's name to the code of a department, ``supports`` to several; only an item with a
    lead has supporters and a deadline. A name is the item's label; where several items have it, section or
    group stands before it: ``教育保障/1``. Raises ``ValidationError`` naming the names and codes that do not
    exist in this assessment or say too little.
    """
    deadlines = deadlines or {}
    board = board_of(assessment)
    codes = {found.code: pk for pk, found in board.departments.items()}
    named = _named(board)
    asked = {*leads.values(), *(code for group in supports.values() for code in group)}
    unknown = (asked - codes.keys()) | (leads.keys() - named.keys())
    unknown |= (supports.keys() | deadlines.keys()) - leads.keys()
    if unknown:
        raise ValidationError(
            _("Not in this assessment: %(names)s.") % {"names": _(", ").join(sorted(unknown))}
        )
    lines = board.by_response
    changes = [
        Change(
            pk,
            lines[pk].duty,
            Duty(
                codes[leads[name]],
                frozenset(codes[code] for code in supports.get(name, ())),
                deadlines.get(name),
            ),
        )
        for name, pk in _told_apart(named, leads.keys()).items()
    ]
    return store_assignments(assessment=assessment, changes=changes, by=by)


def _named(board: Board) -> dict[str, dict[int, str]]:
    """For each name the responses (numbers) that it may mean, with a name that says more."""
    named: dict[str, dict[int, str]] = {}
    for response, _unused in board.lines:
        item, label = response.item, response.item.label
        section, group = item.section, item.group
        full = f"{section.title}/{label}" if group is None else f"{section.title}/{group.title}/{label}"
        above = [section.title, section.label, *((group.title, group.label) if group else ())]
        for name in {label, full, *(f"{title}/{label}" for title in above if title)}:
            named.setdefault(name, {})[response.pk] = full
    return named


def _told_apart(named: Mapping[str, Mapping[int, str]], names: Set[str]) -> dict[str, int]:
    """The one response (number) that each name means. Raises ``ValidationError`` where it may be several, or
    several names mean the same."""
    vague = sorted(name for name in names if len(named[name]) > 1)
    if vague:
        fuller = sorted({full for name in vague for full in named[name].values()})
        raise ValidationError(
            _("Several items have the number %(names)s. Write what stands above it, such as %(fuller)s.")
            % {"names": _(", ").join(vague), "fuller": _(", ").join(fuller[:4])}
        )
    meant = {name: next(iter(named[name])) for name in names}
    times = Counter(meant.values())
    if twice := sorted(name for name, pk in meant.items() if times[pk] > 1):
        raise ValidationError(_("Given twice: %(names)s.") % {"names": _(", ").join(twice)})
    return meant
