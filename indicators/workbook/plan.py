"""What an import would store, and everything that is to be said of it, before anything is stored."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError as SchemaError

from indicators.exchange import FrameworkData, ItemData, MeasureData
from indicators.reading.proposal import Proposal
from indicators.schema_faults import MOST_LOOKED_AT, schema_fault_in_words, too_many_faults
from spreadsheets.notes import Note, Notes, Place


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
