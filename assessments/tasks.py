"""What is a department's to do (我的任务): the items that it leads and those that it supports."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Q, prefetch_related_objects
from django.utils import timezone

from accounts.roles import FILLS
from accounts.standing import Standing
from assessments.access import may_perform, responses_visible_to
from assessments.deadlines import Deadline
from assessments.models import Assessment, Assignment, Contribution, Response
from assessments.states import OPEN_TO_DEPARTMENT, Action, State
from assessments.workflow import missing_for_submission

FILTERS = ("open", "returned", "submit", "supported", "submitted", "accepted", "all")
"""What a list can be narrowed to, in the order of the page."""


@dataclass(frozen=True, slots=True)
class Task:
    """An item of a department, which leads it or, with ``supports``, contributes to it.

    ``contribution`` is what it has written as a supporting department. ``missing`` names what an item that it
    has begun still lacks, ``may_submit`` says that the person may hand it in now.
    """

    response: Response
    department: int
    supports: bool
    deadline: Deadline
    contribution: Contribution | None = None
    missing: tuple[str, ...] = ()
    may_submit: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the department has still to do something."""
        if State(self.response.state) not in OPEN_TO_DEPARTMENT:
            return False
        return not (self.supports and self.contribution and self.contribution.done)

    @property
    def is_returned(self) -> bool:
        return not self.supports and self.response.state == State.RETURNED

    @property
    def is_filled(self) -> bool:
        """Whether a led item has all it needs and waits to be handed in."""
        return not self.supports and self.response.state == State.DRAFT and not self.missing

    @property
    def is_late(self) -> bool:
        return self.is_open and self.deadline.is_late

    @property
    def urgency(self) -> str:
        """``returned``, ``late``, ``soon``, ``later``, or ``done`` where nothing is left to do."""
        if not self.is_open:
            return "done"
        if self.is_returned:
            return "returned"
        return "late" if self.deadline.is_late else "soon" if self.deadline.is_soon else "later"

    def matches(self, name: str) -> bool:
        """Whether the task belongs to one of :data:`FILTERS`."""
        match name:
            case "open":
                return self.is_open
            case "returned":
                return self.is_returned
            case "submit":
                return self.may_submit
            case "supported":
                return self.supports
            case "submitted" | "accepted":
                return not self.supports and self.response.state == name
        return True


@dataclass(frozen=True, slots=True)
class TaskList:
    """The tasks in one assessment: open ones first, by deadline; what was returned before the rest."""

    assessment: Assessment
    tasks: tuple[Task, ...]

    @property
    def led(self) -> list[Task]:
        return [task for task in self.tasks if not task.supports]

    @property
    def supported(self) -> list[Task]:
        return [task for task in self.tasks if task.supports]

    @property
    def handed_in(self) -> int:
        """Led items that are the coordinator's now, or accepted."""
        return sum(not task.is_open for task in self.led)

    @property
    def contributed(self) -> int:
        return sum(not task.is_open for task in self.supported)

    @property
    def is_settled(self) -> bool:
        """Whether nothing can come back any more unless the coordinator returns what was accepted."""
        return all(task.response.state == State.ACCEPTED for task in self.tasks)

    @property
    def open(self) -> list[Task]:
        return [task for task in self.tasks if task.is_open]


def tasks_of(standing: Standing) -> list[TaskList]:
    """The tasks of all departments that a person fills in for, the latest year first.

    A constant number of queries, whatever the number of items and assessments.
    """
    departments = standing.organisations(*FILLS)
    assigned = Q(assignment__lead__in=departments) | Q(assignment__supporting__in=departments)
    responses = list(
        responses_visible_to(standing)
        .filter(assigned, item__committee_only=False)
        .select_related("assessment__cycle", "assignment__lead", "item")
        .order_by("-assessment__cycle__year", "assessment", "item__section__order", "item__order")
        .distinct()
    )
    # Only these say what is missing: what is empty lacks everything.
    begun = [found for found in responses if found.state in (State.DRAFT, State.RETURNED)]
    prefetch_related_objects(
        [found for found in begun if standing.holds(found.assignment.lead_id, *FILLS)],
        "item__section__framework",
        "item__measures",
        "measure_values",
    )
    tasks = _tasks(standing, responses, _supported(departments), _contributions(departments))
    grouped = groupby(tasks, key=lambda task: task.response.assessment_id)
    return [_list(list(found)) for _assessment, found in grouped]


def _supported(departments: frozenset[int]) -> set[tuple[int, int]]:
    """Response and department (numbers) of what these departments support."""
    links = Assignment.supporting.through.objects.filter(organisation__in=departments)
    return set(links.values_list("assignment__response", "organisation"))


def _contributions(departments: frozenset[int]) -> dict[tuple[int, int], Contribution]:
    found = Contribution.objects.filter(department__in=departments)
    return {(entry.response_id, entry.department_id): entry for entry in found}


def _tasks(
    standing: Standing,
    responses: Iterable[Response],
    supported: set[tuple[int, int]],
    contributions: Mapping[tuple[int, int], Contribution],
) -> Iterable[Task]:
    today = timezone.localdate()
    supporters: dict[int, list[int]] = {}
    for response, department in sorted(supported):
        supporters.setdefault(response, []).append(department)
    for found in responses:
        deadline = _deadline(found, today)
        lead = found.assignment.lead_id
        if standing.holds(lead, *FILLS):
            open_now = found.state in (State.DRAFT, State.RETURNED)
            missing = tuple(missing_for_submission(found)) if open_now else ()
            may_submit = not missing and may_perform(standing, found, Action.SUBMIT)
            yield Task(found, lead, False, deadline, None, missing, may_submit)
        for department in supporters.get(found.pk, ()):
            yield Task(found, department, True, deadline, contributions.get((found.pk, department)))


def _deadline(response: Response, today: date) -> Deadline:
    return Deadline(response.assignment.due_on or response.assessment.cycle.due_on, today)


_ORDER = {State.RETURNED: 0, State.DRAFT: 1, State.EMPTY: 2, State.SUBMITTED: 3, State.ACCEPTED: 4}


def _list(tasks: list[Task]) -> TaskList:
    assessment = tasks[0].response.assessment
    tasks.sort(key=_place)
    return TaskList(assessment, tuple(tasks))


def _place(task: Task) -> tuple[bool, bool, date, int, bool]:
    """The order of the work; what is equal stays in the order of the framework."""
    state = _ORDER[State(task.response.state)]
    return not task.is_open, not task.is_returned, task.deadline.due_on, state, task.supports


def next_to_do(lists: Iterable[TaskList]) -> Task | None:
    """The first item to fill in, returned ones first; where there is none the first to support."""
    open_ones = [task for found in lists for task in found.open if not task.is_filled]
    led_first = sorted(open_ones, key=lambda task: task.supports)
    return next(iter(led_first), None)


def next_to_submit(lists: Iterable[TaskList]) -> Task | None:
    """The first item that the person may hand in now."""
    return next((task for found in lists for task in found.tasks if task.may_submit), None)
