"""What an import would store, and everything that is to be said of it, before anything is stored."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError as SchemaError

from indicators.exchange import FrameworkData, ItemData, MeasureData
from indicators.reading.proposal import Proposal
from indicators.schema_faults import MOST, MOST_LOOKED_AT, schema_fault_in_words, too_many_faults
from indicators.workbook.grid import Cell

Place = tuple[str, str]
"""A sheet's name and a cell's address; either may be empty."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence about a place of the file. An error keeps the file from being stored, a remark does not."""

    sheet: str
    cell: str
    message: str
    is_error: bool = False

    def __str__(self) -> str:
        if not self.place:
            return self.message
        return _("%(place)s: %(message)s") % {"place": self.place, "message": self.message}

    @property
    def place(self) -> str:
        """《指标体系》D12"""
        if not self.sheet:
            return self.cell
        return (_("sheet “%(sheet)s” %(cell)s") % {"sheet": self.sheet, "cell": self.cell}).strip()


@dataclass(frozen=True, slots=True)
class ProposedRules:
    """Rules read from an item's prose, for a person to confirm. ``number`` counts the items from 0;
    ``certain`` where every word of the prose was understood."""

    number: int
    item: ItemData
    place: Place
    proposal: Proposal
    certain: bool

    def applied(self) -> ItemData:
        """The item with the rules and the figures that they need."""
        measures = tuple(
            MeasureData(code=figure.code, name=figure.name, unit=figure.unit, kind=figure.kind)
            for figure in self.proposal.measures
        )
        return self.item.model_copy(update={"rules": self.proposal.rules, "measures": measures})


@dataclass(frozen=True)
class ImportPlan:
    """A file as it was understood. ``data`` is ``None`` where there are errors.

    ``sheets`` are those that hold a table, to choose from, ``sheet`` the one that was read; ``own_form`` is
    whether the file is one that this product wrote.
    """

    data: FrameworkData | None
    notes: tuple[Note, ...] = ()
    proposals: tuple[ProposedRules, ...] = ()
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    own_form: bool = False
    places: Mapping[int, Place] = field(default_factory=dict)
    """Where each item stands, by its number from 0."""

    @property
    def errors(self) -> tuple[Note, ...]:
        """What cannot be read."""
        return tuple(note for note in self.notes if note.is_error)

    @property
    def remarks(self) -> tuple[Note, ...]:
        """What is stored and reported."""
        return tuple(note for note in self.notes if not note.is_error)

    def certain(self) -> frozenset[int]:
        """Numbers of the items whose proposed rules speak for all of their prose."""
        return frozenset(found.number for found in self.proposals if found.certain)

    def ticked(self) -> frozenset[int]:
        """Numbers of the items whose rules are confirmed unless a person says otherwise: those that are
        certain; none of our own form, where a person has left them to be scored by hand."""
        return frozenset() if self.own_form else self.certain()

    def accepted(self, numbers: Collection[int]) -> FrameworkData:
        """What to store where a person has confirmed the rules proposed for these items."""
        if self.data is None:
            raise ValueError("a file with errors is not stored")
        chosen = {found.number: found.applied() for found in self.proposals if found.number in numbers}
        items = iter(range(self.count()))
        sections = tuple(
            section.model_copy(
                update={"items": tuple(chosen.get(next(items), item) for item in section.items)}
            )
            for section in self.data.sections
        )
        return self.data.model_copy(update={"sections": sections})

    def count(self) -> int:
        """How many items there are."""
        return sum(len(section.items) for section in self.data.sections) if self.data else 0


class Notes:
    """Collects notes while a workbook is read."""

    def __init__(self) -> None:
        self._notes: dict[Note, None] = {}

    def error(self, sheet: str, cell: Cell | str, message: str) -> None:
        """Something that cannot be read."""
        self._add(Note(sheet, _address(cell), message, is_error=True))

    def remark(self, sheet: str, cell: Cell | str, message: str) -> None:
        """Something to look at."""
        self._add(Note(sheet, _address(cell), message))

    @property
    def has_errors(self) -> bool:
        """Whether anything cannot be read."""
        return any(note.is_error for note in self._notes)

    def _add(self, note: Note) -> None:
        self._notes.setdefault(note)

    def __iter__(self) -> Iterator[Note]:
        """Errors and remarks, of each so many as a person can look at, and how many more there are."""
        for is_error in (True, False):
            notes = [note for note in self._notes if note.is_error == is_error]
            yield from notes[:MOST]
            if len(notes) > MOST:
                yield Note("", "", _("And %(number)s more.") % {"number": len(notes) - MOST}, is_error)


def _address(cell: Cell | str) -> str:
    return cell if isinstance(cell, str) else cell.address


Path = tuple[str | int, ...]


class Draft:
    """A framework as plain data while it is read, with the cell that each part of it came from."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}
        self.places: dict[Path, Place] = {}

    def checked(self, notes: Notes) -> FrameworkData | None:
        """The framework where all of it can be stored; what cannot is noted as an error by its cell."""
        try:
            return FrameworkData.model_validate(self.data)
        except SchemaError as problem:
            if problem.error_count() > MOST_LOOKED_AT:
                notes.error("", "", too_many_faults(problem))
                return None
            for fault in problem.errors(include_url=False):
                sheet, cell = self._place(fault["loc"])
                notes.error(sheet, cell, schema_fault_in_words(fault))
        return None

    def _place(self, path: Path) -> Place:
        for end in range(len(path), 0, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        return "", ".".join(map(str, path))
