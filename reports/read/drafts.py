"""Items and sections while they are read."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from reports.document import Credit, Deduction, Item, Section
from reports.read.applicability import is_not_applicable
from reports.read.marks import DeductionNote
from reports.read.reading import Place


@dataclass(slots=True)
class ItemDraft:
    """``stated`` are deductions in running text; ``notes`` those on lines of their own, which count instead.

    ``unclosed`` is where the closing 。 is missing.
    """

    place: Place
    label: str
    parts: tuple[int, ...] = ()
    weight: Decimal | None = None
    self_score: Decimal | None = None
    scored: bool = False
    unclosed: Place | None = None
    paragraphs: list[str] = field(default_factory=list)
    stated: list[Deduction] = field(default_factory=list)
    notes: list[DeductionNote] = field(default_factory=list)
    applicable: bool | None = None
    bonus: bool = False
    credits: list[Credit] = field(default_factory=list)
    vetoes: list[str] = field(default_factory=list)

    @property
    def is_absent(self) -> bool:
        """Whether 暂无 is all that the item says, and no mark says whether it applies."""
        alone = self.applicable is None and len(self.paragraphs) == 1
        return alone and is_not_applicable(self.paragraphs[0])

    def finished(self, number: int) -> Item:
        """The item; ``number`` counts through the report."""
        noted = tuple(note.deduction for note in self.notes if note.deduction)
        return Item(
            number=number,
            label=self.label,
            weight=self.weight,
            self_score=self.self_score,
            paragraphs=tuple(self.paragraphs),
            applicable=not self.is_absent if self.applicable is None else self.applicable,
            deductions=noted if self.notes else tuple(self.stated),
            bonus=self.bonus,
            credits=tuple(self.credits),
            vetoes=tuple(self.vetoes),
            line=self.place[0],
        )


@dataclass(slots=True)
class SectionDraft:
    """A section with the items read so far."""

    place: Place
    ordinal: str
    title: str
    weight: Decimal | None
    self_score: Decimal | None
    part: str | None
    bonus: Decimal | None = None
    items: list[ItemDraft] = field(default_factory=list)

    def finished(self, numbers: Iterator[int]) -> Section:
        """The section, its items numbered from ``numbers``."""
        return Section(
            ordinal=self.ordinal,
            title=self.title,
            weight=self.weight,
            self_score=self.self_score,
            items=tuple(item.finished(next(numbers)) for item in self.items),
            part=self.part,
            bonus=self.bonus,
            line=self.place[0],
        )
