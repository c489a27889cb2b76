"""Rules that take points off for what went wrong: by hand, by distance, by case, by decrease."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from indicators.scoring.answer import Answer, InvalidAnswer
from indicators.scoring.findings import Explanation, Finding
from indicators.scoring.item import ScoredItem
from indicators.scoring.measures import NUMERIC, MeasureKind, NeededFigure, is_figure_of
from indicators.scoring.points import ZERO, round_points
from indicators.scoring.rules.base import (
    Amount,
    BaseRule,
    Figure,
    MeasureCode,
    Points,
    Rate,
    Unit,
    least,
)


class ManualRule(BaseRule):
    """酌情扣分: whoever fills in states the points and the reason. Explained by ``manual`` with reason."""

    kind: Literal["manual"]

    @property
    def by_hand(self) -> bool:
        return True

    def findings(self, item: ScoredItem, answer: Answer) -> Sequence[Finding]:
        return [loss.as_finding() for loss in answer.manual]


class ShortfallRule(BaseRule):
    """每低于标准1个百分点扣0.1分: points for each step by which a figure misses its standard.

    ``standard`` and the measure are in ``unit``; a share of 80.84 % is 80.84 with unit "%" and its gap is in
    percentage points. One step is ``unit_size`` units; ``rounding`` says what becomes of a part of a step.

    Explained by ``shortfall.<direction>.<rounding>`` with measure, measured, standard, gap, unit, unit_size
    and points_per_unit.
    """

    kind: Literal["shortfall"]
    measure: MeasureCode
    standard: Figure
    direction: Literal["at_least", "at_most"]
    unit: Unit
    unit_size: Annotated[Figure, Field(gt=0)] = Decimal(1)
    points_per_unit: Rate
    rounding: Literal["down", "up", "exact"]
    cap: Points | None = None

    @property
    def limit(self) -> Decimal | None:
        return least(self.cap, self.share)

    @property
    def figures(self) -> tuple[NeededFigure, ...]:
        return (NeededFigure(self.measure, NUMERIC),)

    def findings(self, item: ScoredItem, answer: Answer) -> Sequence[Finding]:
        measured = answer.figure(self.measure)
        gap = self.standard - measured if self.direction == "at_least" else measured - self.standard
        points = round_points(self._points_for(gap), item.step) if gap > ZERO else ZERO
        if points == ZERO:
            return ()
        return [Finding(points, self._explain(measured, gap), measured, self.standard, self.unit)]

    def _points_for(self, gap: Decimal) -> Decimal:
        if self.rounding == "exact":
            return gap * self.points_per_unit / self.unit_size
        whole, part = divmod(gap, self.unit_size)
        return (whole + 1 if part and self.rounding == "up" else whole) * self.points_per_unit

    def _explain(self, measured: Decimal, gap: Decimal) -> Explanation:
        return Explanation(
            f"shortfall.{self.direction}.{self.rounding}",
            {
                "measure": self.measure,
                "measured": measured,
                "standard": self.standard,
                "gap": gap,
                "unit": self.unit,
                "unit_size": self.unit_size,
                "points_per_unit": self.points_per_unit,
            },
        )


class PerOccurrenceRule(BaseRule):
    """每发现1起扣0.5分，扣完为止: points for each case; the first ``free`` ones are let pass.

    Explained by ``per_occurrence`` with measure, measured, unit, free, counted and points_each.
    """

    kind: Literal["per_occurrence"]
    measure: MeasureCode
    unit: Unit
    points_each: Rate
    free: Amount = ZERO
    cap: Points | None = None

    @property
    def limit(self) -> Decimal | None:
        return least(self.cap, self.share)

    @property
    def figures(self) -> tuple[NeededFigure, ...]:
        return (NeededFigure(self.measure, frozenset({MeasureKind.COUNT})),)

    def findings(self, item: ScoredItem, answer: Answer) -> Sequence[Finding]:
        measured = answer.figure(self.measure)
        if not is_figure_of(MeasureKind.COUNT, measured):
            raise InvalidAnswer(f"{self.measure}: cases are a whole number, 0 or more, not {measured}")
        counted = max(measured - self.free, ZERO)
        points = round_points(counted * self.points_each, item.step)
        if points == ZERO:
            return ()
        explanation = Explanation(
            "per_occurrence",
            {
                "measure": self.measure,
                "measured": measured,
                "unit": self.unit,
                "free": self.free,
                "counted": counted,
                "points_each": self.points_each,
            },
        )
        return [Finding(points, explanation, measured, self.free, self.unit)]


class NoDecreaseRule(BaseRule):
    """只增不减: points lost when a figure fell below the one before, by more than ``tolerance``.

    Explained by ``no_decrease`` with measure, measured, before, before_value, gap, unit and tolerance.
    """

    kind: Literal["no_decrease"]
    measure: MeasureCode
    before: MeasureCode
    unit: Unit
    points: Points
    tolerance: Amount = ZERO

    @model_validator(mode="after")
    def _two_figures(self) -> Self:
        if self.measure == self.before:
            raise PydanticCustomError("before_is_measure", "a figure is compared with another one")
        return self

    @property
    def figures(self) -> tuple[NeededFigure, ...]:
        return (NeededFigure(self.measure, NUMERIC), NeededFigure(self.before, NUMERIC))

    def findings(self, item: ScoredItem, answer: Answer) -> Sequence[Finding]:
        measured, before = answer.figure(self.measure), answer.figure(self.before)
        gap = before - measured
        if gap <= self.tolerance:
            return ()
        explanation = Explanation(
            "no_decrease",
            {
                "measure": self.measure,
                "measured": measured,
                "before": self.before,
                "before_value": before,
                "gap": gap,
                "unit": self.unit,
                "tolerance": self.tolerance,
            },
        )
        return [Finding(self.points, explanation, measured, before, self.unit)]
