"""What reading a rule's prose gives: rules to confirm, and what was and was not understood."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from indicators.scoring import MeasureKind
from indicators.scoring.rules import Rule


class Span(NamedTuple):
    """A place in the prose: characters ``start`` up to, not with, ``end``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ProposedMeasure:
    """A figure that a proposed rule needs. ``code`` counts from figure-1 through the proposal; ``name`` is
    taken from the text."""

    code: str
    name: str
    unit: str
    kind: MeasureKind


@dataclass(frozen=True, slots=True)
class Remark:
    """Something the person who confirms should look at; :mod:`indicators.reading.wording` has the words."""

    key: str
    values: Mapping[str, str]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Rules read from prose, never none and always storable: a manual rule where nothing was understood.

    ``understood`` are the places that the rules speak for, ``left`` those that no rule speaks for (marks,
    punctuation and headings not counted), both in order and apart from each other.
    """

    rules: tuple[Rule, ...]
    measures: tuple[ProposedMeasure, ...] = ()
    understood: tuple[Span, ...] = ()
    left: tuple[Span, ...] = ()
    remarks: tuple[Remark, ...] = field(default=())

    @property
    def is_manual(self) -> bool:
        """Whether nothing was understood: the item's points are given by hand."""
        return all(rule.kind == "manual" for rule in self.rules)

    @property
    def is_bonus(self) -> bool:
        """Whether the rules are those of a bonus item (加分项), which has no others."""
        return any(rule.kind == "bonus" for rule in self.rules)
