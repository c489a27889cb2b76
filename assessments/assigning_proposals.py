"""Who might do what: as last year, or as the framework's prose says. Nothing is stored here."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from django.db.models import Q

from accounts.models import Organisation
from assessments.assigning import Board, Change, Duty, Line, board_of
from assessments.models import Assessment
from indicators.models import Item


@dataclass(frozen=True, slots=True)
class Proposal:
    """``changes`` to a board; ``without`` are the items for which there is nothing to propose."""

    changes: tuple[Change, ...] = ()
    without: tuple[Line, ...] = ()
    source: Assessment | None = None


def previous_assessment(assessment: Assessment) -> Assessment | None:
    """The district's assessment of the cycle before, with its ``cycle``. Needs ``cycle``; one query."""
    cycle = assessment.cycle
    earlier = Q(cycle__year__lt=cycle.year) | Q(cycle__year=cycle.year, cycle__opens_on__lt=cycle.opens_on)
    found = Assessment.objects.filter(earlier, organisation=assessment.organisation_id)
    return found.select_related("cycle").order_by("-cycle__year", "-cycle__opens_on").first()


def as_last_year(board: Board, *, again: bool = False) -> Proposal:
    """Lead and support of the same items in the assessment before: by key, else by title.

    Deadlines are of their year and not taken over. Items that have a lead are left alone unless ``again``.
    """
    previous = previous_assessment(board.assessment)
    if previous is None:
        return Proposal()
    lines = [line for line in board_of(previous).lines if line.duty.lead in board.departments]
    by_key = _only(lines, lambda item: str(item.key))
    by_title = _only(lines, lambda item: item.title)
    changes, without = [], []
    for line in _open(board, again=again):
        item = line.response.item
        found = by_key.get(str(item.key)) or by_title.get(item.title)
        if found is None:
            without.append(line)
            continue
        duty = Duty(found.lead, found.supporting & board.departments.keys(), line.duty.due_on)
        if duty != line.duty:
            changes.append(Change(line.response.pk, line.duty, duty))
    return Proposal(tuple(changes), tuple(without), previous)


def _only(lines: Iterable[Line], name: Callable[[Item], str]) -> Mapping[str, Duty]:
    """Duties by a name that only one item has."""
    found = [(name(line.response.item), line.duty) for line in lines]
    times = Counter(named for named, _duty in found)
    return {named: duty for named, duty in found if times[named] == 1}


def _open(board: Board, *, again: bool) -> list[Line]:
    lines = board.lines if again else board.unassigned
    return [line for line in lines if not line.response.item.committee_only]


_SUPPORT = re.compile("配合|协同|协助|参与|参加")
_OF_DISTRICT = re.compile("^(?:本?[区县市旗])")


def as_framework_says(board: Board) -> Proposal:
    """The departments whose names the responsible offices (责任单位) of the framework name.

    The first one leads; others, and those after 配合, support. A name counts without its 区 or 县; an office
    that no department is called is passed over. Only for items without a lead; asks the database nothing.
    """
    offices = Offices(board.departments)
    changes, without = [], []
    for line in _open(board, again=False):
        prose = line.response.item.responsible
        if not prose:
            continue
        duty = duty_in(prose, offices)
        if duty is None:
            without.append(line)
        else:
            changes.append(Change(line.response.pk, line.duty, replace(duty, due_on=line.duty.due_on)))
    return Proposal(tuple(changes), tuple(without))


class Offices:
    """Departments by their names as prose has them; of names within names the longest counts."""

    def __init__(self, departments: Mapping[int, Organisation]) -> None:
        named = {_OF_DISTRICT.sub("", found.name) or found.name: pk for pk, found in departments.items()}
        self._numbers = {name: pk for name, pk in named.items() if len(name) > 1}
        longest_first = sorted(self._numbers, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def named_in(self, prose: str) -> list[int]:
        """In the order in which a text names them."""
        found = self._pattern.findall(prose)
        return list(dict.fromkeys(self._numbers[name] for name in found if name))


def duty_in(prose: str, offices: Offices) -> Duty | None:
    """Who leads and who supports by a prose like ``区教育局、区财政局；配合：区人社局``, ``None`` where
    nobody can be told to lead."""
    leading, *supporting = _SUPPORT.split(prose, maxsplit=1)
    found = offices.named_in(leading)
    if not found:
        return None
    others = {*found[1:], *offices.named_in("".join(supporting))}
    return Duty(found[0], frozenset(others - {found[0]}))
