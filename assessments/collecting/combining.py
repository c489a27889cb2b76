"""From the figures of many units to the item's one. Pure: no Django."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum

from indicators.scoring.measures import MeasureKind, is_figure_of
from indicators.scoring.points import ZERO, round_points

PRECISION = 60
"""Digits in which sums and products of figures are exact."""

_RATIOS = ("率", "比例", "占比", "比重", "生均", "人均", "平均", "师生比", "指数")
"""Words in the names of figures that are ratios whatever their unit says."""


class Way(StrEnum):
    """How the item's figure follows from those of the units."""

    SUM = "sum"
    MEAN = "mean"
    WEIGHTED = "weighted"
    LEAST = "least"
    MOST = "most"
    EVERY = "every"
    """Yes where every unit says yes; of what is met the worst."""
    SOME = "some"
    """Yes where any unit says yes; of what is met the best."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What is collected: a figure of the item, by kind and unit. ``watched`` where a veto looks at it."""

    code: str
    name: str
    kind: MeasureKind
    unit: str = ""
    watched: bool = False

    @property
    def is_ratio(self) -> bool:
        """Whether adding it up over units says nothing: percentages, averages, amounts per head."""
        if self.kind is not MeasureKind.NUMBER:
            return False
        per = any(mark in self.unit for mark in ("%", "％", "‰", "/", "／", "每"))
        return per or any(word in self.name for word in _RATIOS)

    @property
    def is_amount(self) -> bool:
        """Whether units may be weighed by it: a number of something."""
        return self.kind in (MeasureKind.COUNT, MeasureKind.NUMBER) and not self.is_ratio


@dataclass(frozen=True, slots=True)
class Choice:
    """A way for a figure; ``by`` is the code of the figure that weighs the units."""

    way: Way
    by: str = ""

    def __str__(self) -> str:
        return f"{self.way}:{self.by}" if self.by else str(self.way)


@dataclass(frozen=True, slots=True)
class Term:
    """What a unit gives to the result."""

    unit: str
    value: Decimal
    weight: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Combined:
    """The item's figure by a choice: ``None`` where no unit has given it yet, or it would be none.

    ``terms`` are the units that it rests on, ``waiting`` those that have not given what it needs.
    """

    choice: Choice
    result: Decimal | None
    terms: tuple[Term, ...]
    waiting: tuple[str, ...]


def choices_for(figure: Figure, figures: Sequence[Figure]) -> list[Choice]:
    """The ways in which a figure may be combined, the sensible one first. A ratio is never added up."""
    if figure.kind in (MeasureKind.YES_NO, MeasureKind.MET):
        ways = [Choice(Way.EVERY), Choice(Way.SOME)]
        return ways[::-1] if figure.watched else ways
    ends = [Choice(Way.LEAST), Choice(Way.MOST)]
    if figure.kind is MeasureKind.COUNT:
        return [Choice(Way.SUM), *ends]
    if not figure.is_ratio:
        return [Choice(Way.SUM), Choice(Way.MEAN), *ends]
    weights = [Choice(Way.WEIGHTED, each.code) for each in figures if each.is_amount]
    return [Choice(Way.MEAN), *weights, *ends]


def combine(figure: Figure, choice: Choice, given: Mapping[str, Mapping[str, Decimal]]) -> Combined:
    """Combine what units have given, by unit and code.

    Means are rounded to two decimals; all else is exact.
    """
    terms, waiting = [], []
    for unit, values in given.items():
        value, weight = values.get(figure.code), values.get(choice.by) if choice.by else None
        if value is None or (choice.by and weight is None):
            waiting.append(unit)
        else:
            terms.append(Term(unit, value, weight))
    with localcontext(prec=PRECISION):
        result = _result(choice.way, terms) if terms else None
        if result is not None and not is_figure_of(figure.kind, result):
            result = None
    return Combined(choice, result, tuple(terms), tuple(waiting))


def _result(way: Way, terms: Sequence[Term]) -> Decimal | None:
    values = [term.value for term in terms]
    match way:
        case Way.SUM:
            return sum(values, ZERO)
        case Way.MEAN:
            return round_points(sum(values, ZERO) / len(values))
        case Way.WEIGHTED:
            weights = [term.weight or ZERO for term in terms]
            whole = sum(weights, ZERO)
            if whole <= ZERO or min(weights) < ZERO:
                return None
            parts = (value * weight for value, weight in zip(values, weights, strict=True))
            return round_points(sum(parts, ZERO) / whole)
        case Way.LEAST | Way.EVERY:
            return min(values)
        case Way.MOST | Way.SOME:
            return max(values)
