"""Figures (数据指标): what a district measures, as numbers that can be reckoned with exactly."""

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from indicators.scoring.points import ZERO, is_on_step

FIGURE_DIGITS = 15
FIGURE_PLACES = 4
"""A figure has at most 15 digits, 4 of them after the point: SQLite keeps no more of a number."""

_FIGURE_STEP = Decimal(1).scaleb(-FIGURE_PLACES)
_FIGURE_BOUND = Decimal(1).scaleb(FIGURE_DIGITS - FIGURE_PLACES)

YES = FULLY = Decimal(1)
NO = UNMET = ZERO
PARTLY = Decimal("0.5")


class MeasureKind(StrEnum):
    """What a figure may be. All are kept as Decimals."""

    NUMBER = "number"
    COUNT = "count"
    """Whole, 0 or more."""
    YES_NO = "yes_no"
    """1 for yes, 0 for no."""
    MET = "met"
    """1 where a requirement is met, 0.5 partly, 0 not."""


class NeededFigure(NamedTuple):
    """A figure that a rule needs, and the kinds of which it may be."""

    code: str
    kinds: frozenset[MeasureKind]


NUMERIC = frozenset({MeasureKind.NUMBER, MeasureKind.COUNT})


def is_figure(value: object) -> bool:
    """Whether a value can be measured or stand as a standard: a finite Decimal of so many digits."""
    return (
        isinstance(value, Decimal)
        and value.is_finite()
        and abs(value) < _FIGURE_BOUND
        and is_on_step(value, _FIGURE_STEP)
    )


def is_figure_of(kind: MeasureKind, value: object) -> bool:
    """Whether a value can be measured as a figure of this kind."""
    if not (isinstance(value, Decimal) and is_figure(value)):
        return False
    match kind:
        case MeasureKind.NUMBER:
            return True
        case MeasureKind.COUNT:
            return value >= ZERO and is_on_step(value, Decimal(1))
        case MeasureKind.YES_NO:
            return value in (YES, NO)
        case MeasureKind.MET:
            return value in (FULLY, PARTLY, UNMET)
