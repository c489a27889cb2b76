"""Rules that reach beyond an item's own points: what is added (加分项), and vetoes (一票否决)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from indicators.scoring.answer import Answer
from indicators.scoring.findings import Explanation, Finding, Values, Veto, VetoEffect
from indicators.scoring.item import ScoredItem
from indicators.scoring.measures import NUMERIC, MeasureKind, NeededFigure
from indicators.scoring.points import ZERO, round_points
from indicators.scoring.rules.base import (
    BaseRule,
    GradeName,
    MeasureCode,
    Points,
    Rate,
    Unit,
    least,
)
from indicators.scoring.rules.giving import is_yes


class BonusRule(BaseRule):
    """加分项，最多加2分: points for each unit of a figure, or without ``measure`` by hand, with reasons.

    Only a bonus item has it. Explained by ``bonus.measured`` with measure, measured, unit and points_each,
    or by ``bonus.by_hand`` with reason.
    """

    kind: Literal["bonus"]
    measure: MeasureCode | None = None
    unit: Unit = ""
    points_each: Rate | None = None
    cap: Points | None = None

    @model_validator(mode="after")
    def _rate_with_measure(self) -> Self:
        if self.measure is not None and self.points_each is None:
            raise PydanticCustomError("points_each_missing", "say how many points each gives")
        if self.measure is None and self.points_each is not None:
            raise PydanticCustomError("points_each_not_here", "points by hand have no rate")
        return self

    @property
    def limit(self) -> Decimal | None:
        return least(self.cap, self.share)

    @property
    def by_hand(self) -> bool:
        return self.measure is None

    @property
    def figures(self) -> tuple[NeededFigure, ...]:
        if self.measure is None:
            return ()
        return (NeededFigure(self.measure, NUMERIC | {MeasureKind.YES_NO}),)

    def findings(self, item: ScoredItem, answer: Answer) -> Sequence[Finding]:
        if self.measure is None or self.points_each is None:
            return [credit.as_finding() for credit in answer.credits]
        measured = answer.figure(self.measure)
        points = round_points(max(measured, ZERO) * self.points_each, item.step)
        if points == ZERO:
            return ()
        values: Values = {
            "measure": self.measure,
            "measured": measured,
            "unit": self.unit,
            "points_each": self.points_each,
        }
        return [Finding(points, Explanation("bonus.measured", values), measured, None, self.unit)]


class VetoRule(BaseRule):
    """一票否决: a yes bars a grade, lowers the grade by one (降低一个等次), or zeroes section or item.

    ``grade`` is the best grade that may no longer be given (优秀); it goes with ``bar_grade`` alone.
    A veto has no share: it speaks for all. Explained by ``veto.<effect>`` with measure and grade.
    """

    kind: Literal["veto"]
    share: None = None
    measure: MeasureCode
    effect: VetoEffect
    grade: GradeName = ""

    @model_validator(mode="after")
    def _grade_where_barred(self) -> Self:
        if self.effect == "bar_grade" and not self.grade:
            raise PydanticCustomError("grade_missing", "say which grade may no longer be given")
        if self.effect != "bar_grade" and self.grade:
            raise PydanticCustomError("grade_not_here", "only a veto that bars a grade names one")
        return self

    @property
    def figures(self) -> tuple[NeededFigure, ...]:
        return (NeededFigure(self.measure, frozenset({MeasureKind.YES_NO})),)

    def veto(self, answer: Answer) -> Veto | None:
        if not is_yes(self.measure, answer.figure(self.measure)):
            return None
        values: Values = {"measure": self.measure, "grade": self.grade}
        return Veto(self.effect, self.grade, Explanation(f"veto.{self.effect}", values))
