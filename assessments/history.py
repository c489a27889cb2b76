"""What happened to a response: saves, supporting departments' saves of their contributions, and steps, newest
first.

Every save is a revision with the whole content. Saves of one person within ten minutes are one entry.
The list reads times and names of all of them and the contents of one page only, so that its queries are as
many for one save as for a thousand.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from itertools import groupby
from operator import attrgetter, or_
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy

from accounts.models import User
from assessments.changes import changes_in_words, contribution_changes_in_words
from assessments.models import ContributionRevision, Response, ResponseRevision
from audit.models import Event
from indicators.models import Item

WINDOW = timedelta(minutes=10)
"""Saves of one person up to this long after the first of them are one entry."""

MOVED = "assessment.moved"
STEPS = {
    "response.submitted": gettext_lazy("Submitted"),
    "response.taken_back": gettext_lazy("Taken back"),
    "response.accepted": gettext_lazy("Accepted"),
    "response.returned": gettext_lazy("Returned"),
    MOVED: gettext_lazy("Framework corrected"),
}
"""Steps by the names of their events."""


@dataclass(frozen=True, slots=True)
class Save:
    """Saves of one person that stand together. ``first`` and ``last`` are the versions that they made.

    ``who`` is "" where nobody of the district saved: what was loaded, points by rank. ``contribution`` is the
    number of the supporting ``department``'s contribution that was saved, 0 for the item itself.
    """

    first: int
    last: int
    began: datetime
    at: datetime
    by: int | None
    who: str
    contribution: int = 0
    department: str = ""

    @property
    def before(self) -> int:
        """The version that they began with, 0 for none."""
        return self.first - 1

    @property
    def times(self) -> int:
        """How many saves it was."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the workflow, by the name of its event, with the reason that was given."""

    action: str
    at: datetime
    who: str
    reason: str

    @property
    def label(self) -> str:
        return str(STEPS[self.action])


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list: a step, or a save with what it changed in words."""

    step: Step | None
    save: Save | None
    changes: tuple[str, ...] = ()
    ranked: bool = False


class History:
    """Saves and steps of one response. Four queries, and two more for the contents of a page. Needs
    ``item__measures`` read along."""

    def __init__(self, response: Response) -> None:
        self._response = response
        steps = _steps_of(response)
        moments = [step.at for step in steps]
        self.saves = list(_grouped(_saves_of(response), moments))
        self.contributed = list(_contributed_to(response, moments))
        lines: list[Save | Step] = [*self.saves, *self.contributed, *steps]
        self.lines = sorted(lines, key=lambda line: line.at, reverse=True)

    def entries(self, lines: Sequence[Save | Step]) -> list[Entry]:
        """Some of the lines with what changed; a save is compared with the one before it. Two queries."""
        contents = contents_around(self._response, [line for line in lines if isinstance(line, Save)])
        return [
            Entry(None, line, changes_by(line, contents, self._response.item), _is_ranked(line, contents))
            if isinstance(line, Save)
            else Entry(line, None)
            for line in lines
        ]

    def save_with(self, version: int, contribution: int = 0) -> Save | None:
        """The entry that a version of the item, or of a contribution to it, belongs to."""
        every = [save for save in self.contributed if save.contribution == contribution]
        saves = every if contribution else self.saves
        return next((save for save in saves if save.first <= version <= save.last), None)


def recent_entries(response: Response, number: int = 5) -> list[Entry]:
    """The last few entries. Six queries."""
    history = History(response)
    return history.entries(history.lines[:number])


Contents = Mapping[tuple[int, int], Mapping[str, Any]]
"""By number of the contribution (0 for the item itself) and version."""


def contents_around(response: Response, saves: Iterable[Save]) -> Contents:
    """What was stored before and after saves; where there is none it is left out. Two queries."""
    wanted: dict[int, set[int]] = defaultdict(set)
    for save in saves:
        wanted[save.contribution] |= {save.before, save.last}
    revisions = ResponseRevision.objects.filter(response=response, version__in=wanted.pop(0, ()))
    found = {(0, version): content for version, content in revisions.values_list("version", "content")}
    chosen = [Q(contribution=number, version__in=versions) for number, versions in wanted.items()]
    contributed = ContributionRevision.objects.filter(
        reduce(or_, chosen, Q(pk__in=())), contribution__response=response
    )
    rows = contributed.values("contribution", "version", "text", "materials", "done")
    return found | {(row["contribution"], row["version"]): row for row in rows}


def changes_by(save: Save, contents: Contents, item: Item) -> tuple[str, ...]:
    """What a save changed, in words. Needs ``measures`` of the item read along."""
    before = contents.get((save.contribution, save.before), {})
    after = contents[save.contribution, save.last]
    if save.contribution:
        return tuple(contribution_changes_in_words(before, after))
    return tuple(changes_in_words(before, after, list(item.measures.all())))


def _is_ranked(save: Save, contents: Contents) -> bool:
    return bool(contents[save.contribution, save.last].get("ranks"))


def _contributed_to(response: Response, steps: Sequence[datetime]) -> Iterator[Save]:
    """Supporting departments' saves, those that stand together as one."""
    revisions = ContributionRevision.objects.filter(contribution__response=response)
    rows = revisions.order_by("contribution", "version").values_list(
        "version", "saved_at", "saved_by", "saved_by__name", "contribution", "contribution__department__name"
    )
    saves = [
        Save(version, version, at, at, by, name or "", contribution, department)
        for version, at, by, name, contribution, department in rows
    ]
    for _contribution, own in groupby(saves, key=attrgetter("contribution")):
        yield from _grouped(list(own), steps)


def _saves_of(response: Response) -> list[Save]:
    """Each save of the item by itself, oldest first."""
    revisions = ResponseRevision.objects.filter(response=response).order_by("version")
    rows = revisions.values_list("version", "saved_at", "saved_by", "saved_by__name")
    return [Save(version, version, at, at, by, name or "") for version, at, by, name in rows]


def _steps_of(response: Response) -> list[Step]:
    """Steps out of the trail, oldest first; when the cycle was moved to a corrected framework is one too."""
    subject = Q(subject_type="assessments.response", subject_id=str(response.pk), action__in=list(STEPS))
    moved = Q(subject_type="assessments.assessment", subject_id=str(response.assessment_id), action=MOVED)
    events = list(Event.objects.filter(subject | moved).order_by("sequence"))
    names = dict(User.objects.filter(pk__in={event.actor_id for event in events}).values_list("pk", "name"))
    return [
        Step(
            event.action,
            event.at,
            names.get(event.actor_id or 0, event.actor_name),
            event.details.get("reason", ""),
        )
        for event in events
    ]


def _grouped(saves: Sequence[Save], steps: Sequence[datetime]) -> Iterator[Save]:
    """Saves of one person within :data:`WINDOW`, without a step between them, as one."""
    group: Save | None = None
    for save in saves:
        if group and _belongs(save, group, steps):
            group = replace(group, last=save.last, at=save.at)
            continue
        if group:
            yield group
        group = save
    if group:
        yield group


def _belongs(save: Save, group: Save, steps: Sequence[datetime]) -> bool:
    return (
        save.by is not None
        and save.by == group.by
        and save.at - group.began <= WINDOW
        and not any(group.at <= step <= save.at for step in steps)
    )
