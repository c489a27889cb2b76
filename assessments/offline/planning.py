"""What storing a workbook would do: its changes, what others changed meanwhile, and what somebody decides.

Three sides are compared part by part: what was downloaded (its seal, in the workbook), what the workbook says
now, and what is stored now. Nothing is written, and nothing is decided for people: where both sides changed
the same, the stored one stays unless the other is chosen.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Organisation
from assessments.access import Capacity
from assessments.checking import measure_field
from assessments.contributions import check_contribution
from assessments.differences import Paragraph, compare_texts
from assessments.drafts import is_stored
from assessments.models import Contribution, Response
from assessments.offline.listing import Mine, Supported
from assessments.offline.marks import seal
from assessments.offline.parts import (
    APPLICABLE,
    FIGURE,
    MATERIAL,
    MATERIALS,
    NARRATIVE,
    POINTS,
    SCORE,
    TEXT,
    Values,
    content_with,
    contribution_values,
    label_of,
    typed_content,
    unit_of,
    values_of,
    words_of,
)
from assessments.offline.reading import Entry, Upload
from assessments.responses import check_save
from assessments.settling import Content, propose
from assessments.states import State
from indicators.models import Item
from indicators.scoring.measures import MeasureKind, is_figure_of
from spreadsheets.notes import Note, Place

COMPARING = 1.0
"""Seconds in which texts are laid over each other; the rest is shown one after the other."""

TEXTS = (NARRATIVE, TEXT, MATERIALS)
"""Units whose words are laid over each other. Not of figures: 2 and 1 points would read 21."""
LONG = (*TEXTS, POINTS)
"""Units that are texts of several lines."""

Choices = Mapping[str, str]
"""By the name of a difference "theirs" (what is stored) or "mine" (what the workbook says)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A unit that the workbook would change; ``stored`` and ``said`` in words, ``values`` by part.

    ``is_conflict`` where somebody else changed it too since the download; what is stored then holds unless
    the other is chosen.
    """

    name: str
    unit: str
    label: str
    place: str
    stored: str
    said: str
    values: Values
    is_conflict: bool
    keeps_stored: bool
    paragraphs: tuple[Paragraph, ...] = ()

    @property
    def is_long(self) -> bool:
        """Whether it is a text rather than a value."""
        return self.unit in LONG


@dataclass
class Planned:
    """An answer, or with ``supported`` a contribution, that the workbook says something new of.

    ``kept`` are the labels of what others changed since the download and the workbook did not.
    """

    response: Response
    capacity: Capacity | None
    supported: Supported | None
    stored: Values
    differences: list[Difference] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    faults: list[Note] = field(default_factory=list)

    @property
    def department(self) -> Organisation | None:
        return self.supported.department if self.supported else None

    @property
    def saved(self) -> Response | Contribution:
        """What was saved last, with by whom and when."""
        return (self.supported and self.supported.contribution) or self.response

    @property
    def version(self) -> int:
        """The one that was read for the plan."""
        if self.supported is None:
            return self.response.version
        return self.supported.contribution.version if self.supported.contribution else 0

    @property
    def conflicts(self) -> list[Difference]:
        return [each for each in self.differences if each.is_conflict]

    @property
    def taken(self) -> list[Difference]:
        """Those whose value in the workbook is to hold."""
        return [each for each in self.differences if not each.keeps_stored]

    @property
    def values(self) -> dict[str, Any]:
        """All parts as they would be stored."""
        sides = (self.stored, *(each.values for each in self.taken))
        return {part: value for values in sides for part, value in values.items()}

    @property
    def content(self) -> Content:
        """The answer as it would be stored."""
        return content_with(self.response.item, typed_content(self.response), self.values)

    @property
    def is_to_store(self) -> bool:
        if self.supported is not None:
            return self.values != self.stored
        return not is_stored(self.response, self.content)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that was changed in the workbook and cannot be stored, and why."""

    name: str
    why: Note


@dataclass
class UploadPlan:
    """What a workbook would do. Errors keep all of it from being stored."""

    mine: Mine
    notes: list[Note]
    planned: list[Planned]
    left_out: list[LeftOut]
    kept: int
    """How many items others changed that the workbook says nothing new of."""

    @property
    def errors(self) -> list[Note]:
        """Of the file, and what in it cannot be stored."""
        faults = [fault for each in self.planned for fault in each.faults]
        return [note for note in self.notes if note.is_error] + faults

    @property
    def remarks(self) -> list[Note]:
        return [note for note in self.notes if not note.is_error]

    @property
    def conflicts(self) -> int:
        return sum(len(each.conflicts) for each in self.planned)

    @property
    def changed(self) -> int:
        """Items in which the workbook would change something, whatever is decided of conflicts."""
        return len(self.planned)

    @property
    def is_blocked(self) -> bool:
        """Whether nothing can be stored until the file is corrected; a choice may yet mend the faults of an
        item with conflicts."""
        settled = (fault for each in self.planned if not each.conflicts for fault in each.faults)
        return any(note.is_error for note in self.notes) or any(settled)

    @property
    def fingerprint(self) -> str:
        """Of what was looked at: other for another file, and once anything of it was saved by somebody."""
        seen = [
            (
                each.response.pk,
                each.department and each.department.pk,
                each.version,
                each.response.state,
                [
                    (
                        found.unit,
                        found.is_conflict,
                        [(part, seal(value)) for part, value in found.values.items()],
                    )
                    for found in each.differences
                ],
            )
            for each in self.planned
        ]
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]


def plan_upload(mine: Mine, upload: Upload, choices: Choices | None = None) -> UploadPlan:
    """Compare a workbook with what is stored now, with what was decided of conflicts so far."""
    return _Planning(mine, upload, choices or {}).plan()


class _Planning:
    """Goes through the entries of a file, in the order of the framework."""

    def __init__(self, mine: Mine, upload: Upload, choices: Choices) -> None:
        self.mine, self.upload, self.choices = mine, upload, choices
        self.deadline = monotonic() + COMPARING
        self.planned: list[Planned] = []
        self.left_out: list[LeftOut] = []
        self.kept = 0

    def plan(self) -> UploadPlan:
        waiting = dict(self.upload.entries)
        for response in self.mine.responses:
            if (entry := waiting.pop((response.pk, 0), None)) is not None:
                self._answer(entry, response)
        for supported in self.mine.supported:
            key = (supported.response.pk, supported.department.pk)
            if (entry := waiting.pop(key, None)) is not None:
                self._contribution(entry, supported)
        gone = _("It is no longer assigned to you, or no longer in the framework.")
        for entry in waiting.values():
            self._leave_out(entry, gone)
        return UploadPlan(self.mine, list(self.upload.notes), self.planned, self.left_out, self.kept)

    def _answer(self, entry: Entry, response: Response) -> None:
        capacity = self.mine.capacity(response)
        if capacity is None:
            self._leave_out(entry, _why_locked(response))
        elif entry.items != {response.item_id}:
            self._leave_out(entry, _("The framework was corrected since the download; download it again."))
        else:
            stored = values_of(response.item, typed_content(response))
            self._compare(entry, Planned(response, capacity, None, stored))

    def _contribution(self, entry: Entry, supported: Supported) -> None:
        if not self.mine.may_contribute(supported):
            self._leave_out(entry, _why_locked(supported.response))
        else:
            stored = contribution_values(supported.contribution)
            self._compare(entry, Planned(supported.response, None, supported, stored))

    def _leave_out(self, entry: Entry, why: str) -> None:
        if changed := entry.changed:
            self.left_out.append(LeftOut(entry.name, Note(*entry.places[changed[0]], why)))

    def _compare(self, entry: Entry, planned: Planned) -> None:
        known = [part for part in planned.stored if part in entry.said]
        for unit in dict.fromkeys(map(unit_of, known)):
            self._compare_unit(entry, planned, unit, [part for part in known if unit_of(part) == unit])
        if planned.differences:
            planned.faults += _faults(planned, entry)
            self.planned.append(planned)
        elif planned.kept:
            self.kept += 1

    def _compare_unit(self, entry: Entry, planned: Planned, unit: str, parts: list[str]) -> None:
        stored = {part: seal(planned.stored[part]) for part in parts}
        moved = [part for part in parts if seal(entry.said[part]) != entry.was(part)]
        is_moved_by_others = any(stored[part] != entry.was(part) for part in parts)
        if not moved:
            if is_moved_by_others:
                planned.kept.append(label_of(planned.response.item, unit))
        elif any(seal(entry.said[part]) != stored[part] for part in parts):
            place = Note(*entry.places[moved[0]], "")
            values = {part: entry.said[part] for part in parts}
            found = self._difference(planned, unit, values, place, is_conflict=is_moved_by_others)
            planned.differences.append(found)

    def _difference(
        self, planned: Planned, unit: str, values: Values, place: Note, *, is_conflict: bool
    ) -> Difference:
        item, office = planned.response.item, planned.department
        stored = words_of(item, unit, planned.stored)
        said = words_of(item, unit, {**planned.stored, **values})
        name = f"take_{planned.response.pk}_{office.pk if office else 0}_{unit}"
        is_compared = stored and said and monotonic() < self.deadline
        return Difference(
            name,
            unit,
            label_of(item, unit),
            place.place,
            stored,
            said,
            values,
            is_conflict,
            is_conflict and self.choices.get(name) != "mine",
            compare_texts(stored, said) if is_compared and unit in TEXTS else (),
        )


def _why_locked(response: Response) -> str:
    """Why an item is not to be filled in now."""
    if response.state == State.SUBMITTED:
        return _("The item has been submitted; it can be filled in again once it is taken back or returned.")
    if response.state == State.ACCEPTED:
        return _("The item has been accepted; it can be filled in again once it is returned.")
    return _("The item is its lead department's to fill in.")


# What cannot be stored


def _faults(planned: Planned, entry: Entry) -> Iterator[Note]:
    """What the domain refuses of an item as it would be stored, with the cell."""
    try:
        _check(planned)
    except ValidationError as problem:
        by_field = problem.message_dict if hasattr(problem, "error_dict") else {"": problem.messages}
        for name, messages in by_field.items():
            for message in messages:
                yield Note(*_place_of(name, planned, entry), message, is_error=True)


def _check(planned: Planned) -> None:
    if planned.capacity is None:
        check_contribution(**planned.values)
        return
    content = planned.content
    if not content.applicable and any(each.unit == POINTS and each.said for each in planned.taken):
        message = _("An item that does not apply has no points: empty them, or choose that it applies.")
        raise ValidationError({SCORE: message})
    if _rows_would_not_count(planned.response.item, content):
        message = _("Leave the points empty so that the rows count, or empty the rows.")
        raise ValidationError({SCORE: message})
    check_save(planned.response, content, planned.capacity)


def _rows_would_not_count(item: Item, content: Content) -> bool:
    """Whether points that follow by the rules alone were typed beside rows that say otherwise."""
    if not content.losses or content.score is None:
        return False
    kinds = {measure.code: MeasureKind(measure.kind) for measure in item.measures.all()}
    figures = {
        code: value if is_figure_of(kinds[code], value) else None for code, value in content.measures.items()
    }
    outcome = propose(item, figures)
    return outcome is not None and outcome.score == content.score


_PLACES = {"not_applicable": APPLICABLE, "na_reason": "na_reason", "reason": "reason"}


def _place_of(name: str, planned: Planned, entry: Entry) -> Place:
    """The cell of a field that was refused; where the file has none, the first one that was changed."""
    part = _PLACES.get(name, name)
    if name == "materials" and planned.capacity is not None:
        part = next((each for each in entry.changed if each.startswith(MATERIAL)), part)
    for code in (part.removeprefix(FIGURE) for part in planned.stored if part.startswith(FIGURE)):
        if name == measure_field(code):
            part = FIGURE + code
    return entry.places.get(part) or entry.places[next(iter(entry.changed))]
