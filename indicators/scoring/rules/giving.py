"""Rules that say what is given; they take off what they do not give of the points at stake."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from indicators.scoring.answer import Answer, InvalidAnswer
from indicators.scoring.findings import Explanation, Finding, Values
from indicators.scoring.item import ScoredItem
from indicators.scoring.measures import (
    FULLY,
    NUMERIC,
    PARTLY,
    UNMET,
    YES,
    MeasureKind,
    NeededFigure,
    is_figure_of,
)
from indicators.scoring.points import ZERO, plain, round_points
from indicators.scoring.rules.base import (
    AtMostLines,
    Award,
    BaseRule,
    Figure,
    MeasureCode,
    Part,
    Points,
    SomeLines,
    Unit,
)


class _GivingRule(BaseRule):
    def _not_given(
        self,
        key: str,
        item: ScoredItem,
        given: Decimal,
        values: Mapping[str, Decimal | str],
        measured: Decimal | None = None,
        standard: Decimal | None = None,
        unit: str = "",
    ) -> Sequence[Finding]:
        """What is not given; every explanation has ``given`` and ``full``, the points at stake."""
        full = self.at_stake(item.weight)
        if given >= full:
            return ()
        explanation = Explanation(key, {**values, "given": given, "full": full})
        return [Finding(full - given, explanation, measured, standard, unit)]


class ProportionalRule(_GivingRule):
    """按比例得分: everything at ``full_at``, nothing at ``zero_at``, in proportion between.

    ``full_at`` may be below ``zero_at``: the lower the better. Explained by ``proportional`` with measure,
    measured, unit, full_at, zero_at, given and full.
    """

    kind: Literal["proportional"]
    measure: MeasureCode
    unit: Unit
    full_at: Figure
    zero_at: Figure = ZERO

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.full_at == self.zero_at:
            raise PydanticCustomError("full_at_zero_at", "full and no points begin at the same figure")
        return self

    @property
    def figures(self) -> tuple[NeededFigure, ...]:
        return (NeededFigure(self.measure, NUMERIC),)

    def findings(self, item: ScoredItem, answer: Answer) -> Sequence[Finding]:
        measured = answer.figure(self.measure)
        values: Values = {
            "measure": self.measure,
            "measured": measured,
            "unit": self.unit,
            "full_at": self.full_at,
            "zero_at": self.zero_at,
        }
        given = self._given(measured, item)
        return self._not_given("proportional", item, given, values, measured, self.full_at, self.unit)

    def _given(self, measured: Decimal, item: ScoredItem) -> Decimal:
        full, whole = self.at_stake(item.weight), self.full_at - self.zero_at
        reached = measured - self.zero_at
        if whole < ZERO:
            reached, whole = -reached, -whole
        if reached >= whole:
            return full
        return min(round_points(full * reached / whole, item.step), full) if reached > ZERO else ZERO


class Tier(Part):
    """One tier: figures from ``low`` to ``high``, each end in or out; ``None`` for no end on that side."""

    low: Figure | None = None
    low_closed: bool = True
    high: Figure | None = None
    high_closed: bool = False
    points: Award

    @model_validator(mode="after")
    def _holds_something(self) -> Self:
        if self.low is not None and self.high is not None:
            point = self.low == self.high and self.low_closed and self.high_closed
            if not (self.low < self.high or point):
                raise PydanticCustomError("tier_is_empty", "a tier ends above where it begins")
        return self

    def holds(self, figure: Decimal) -> bool:
        above = self.low is None or (figure >= self.low if self.low_closed else figure > self.low)
        below = self.high is None or (figure <= self.high if self.high_closed else figure < self.high)
        return above and below

    def bounds(self) -> Values:
        """The ends as an explanation carries them: low, high where there is one, with closed or open."""
        bounds: Values = {}
        if self.low is not None:
            bounds |= {"low": self.low, "low_end": "closed" if self.low_closed else "open"}
        if self.high is not None:
            bounds |= {"high": self.high, "high_end": "closed" if self.high_closed else "open"}
        return bounds


def _adjoining(tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
    """Tiers come from the highest figures down, each beginning exactly where the one above it ends."""
    for number, (upper, lower) in enumerate(pairwise(tiers), 2):
        if upper.low is None or lower.high is None or lower.high > upper.low:
            raise PydanticCustomError(
                "tiers_overlap", "tier {tier} reaches into the one above", {"tier": number}
            )
        place = {"tier": number, "figure": plain(upper.low)}
        if lower.high < upper.low:
            place |= {"from": plain(lower.high)}
            raise PydanticCustomError("tiers_gap", "nothing is said from {from} to {figure}", place)
        if upper.low_closed and lower.high_closed:
            raise PydanticCustomError("tiers_share_end", "{figure} is in two tiers", place)
        if not (upper.low_closed or lower.high_closed):
            raise PydanticCustomError("tiers_leave_end", "{figure} is in no tier", place)
    return tiers


class TiersRule(_GivingRule):
    """达到95%得4分，90%—95%得3分…: points by the tier in which a figure lies.

    ``tiers`` come from the highest figures down; gaps and overlaps are refused. A figure beyond them all
    earns nothing. Explained by ``tiers.within`` or ``tiers.outside`` with measure, measured, unit, given,
    full, and within a tier its :meth:`Tier.bounds`.
    """

    kind: Literal["tiers"]
    measure: MeasureCode
    unit: Unit
    tiers: Annotated[tuple[Tier, ...], AtMostLines, SomeLines]

    @model_validator(mode="after")
    def _adjoin(self) -> Self:
        _adjoining(self.tiers)
        return self

    @property
    def figures(self) -> tuple[NeededFigure, ...]:
        return (NeededFigure(self.measure, NUMERIC),)

    @property
    def best(self) -> Tier:
        """The tier that gives most."""
        return max(self.tiers, key=lambda tier: tier.points)

    def findings(self, item: ScoredItem, answer: Answer) -> Sequence[Finding]:
        measured = answer.figure(self.measure)
        tier = next((tier for tier in self.tiers if tier.holds(measured)), None)
        values: Values = {"measure": self.measure, "measured": measured, "unit": self.unit}
        given, key = (tier.points, "tiers.within") if tier else (ZERO, "tiers.outside")
        values |= tier.bounds() if tier else {}
        return self._not_given(key, item, given, values, measured, self._standard(measured), self.unit)

    def _standard(self, measured: Decimal) -> Decimal | None:
        """The end of the best tier that the figure misses."""
        low, high = self.best.low, self.best.high
        return low if low is not None and measured <= low else high


class SubPoint(Part):
    """One sub-point (①…): its text is the name of its measure. Partly met it gives ``partly``, or half."""

    measure: MeasureCode
    points: Points
    partly: Award | None = None

    @model_validator(mode="after")
    def _partly_is_less(self) -> Self:
        if self.partly is not None and self.partly > self.points:
            raise PydanticCustomError("partly_above_points", "partly met gives no more than met")
        return self

    def given(self, met: Decimal, step: Decimal) -> Decimal:
        """The points for a sub-point that is met (1), partly (0.5) or not (0)."""
        if met == FULLY:
            return self.points
        if met == UNMET:
            return ZERO
        if met == PARTLY:
            half = min(round_points(self.points * PARTLY, step), self.points)
            return half if self.partly is None else self.partly
        raise InvalidAnswer(f"{self.measure}: a sub-point is met (1), partly (0.5) or not (0), not {met}")


class ChecklistRule(BaseRule):
    """①…（1分）②…（0.5分）: sub-points with their own points, each met, partly or not.

    Explained, one by one, by ``checklist.partly`` or ``checklist.unmet`` with measure, number, given and
    full, the points of the sub-point.
    """

    kind: Literal["checklist"]
    points: Annotated[tuple[SubPoint, ...], AtMostLines, SomeLines]

    @model_validator(mode="after")
    def _differ(self) -> Self:
        codes = [point.measure for point in self.points]
        if repeated := sorted({code for code in codes if codes.count(code) > 1}):
            raise PydanticCustomError("repeated", "given twice: {names}", {"names": ", ".join(repeated)})
        return self

    @property
    def figures(self) -> tuple[NeededFigure, ...]:
        kinds = frozenset({MeasureKind.MET, MeasureKind.YES_NO})
        return tuple(NeededFigure(point.measure, kinds) for point in self.points)

    def findings(self, item: ScoredItem, answer: Answer) -> Sequence[Finding]:
        found = []
        for number, point in enumerate(self.points, 1):
            met = answer.figure(point.measure)
            given = point.given(met, item.step)
            if given < point.points:
                values: Values = {
                    "measure": point.measure,
                    "number": Decimal(number),
                    "given": given,
                    "full": point.points,
                }
                key = "checklist.partly" if met == PARTLY else "checklist.unmet"
                found.append(Finding(point.points - given, Explanation(key, values)))
        return found


Comparison = Literal["at_least", "at_most", "above", "below", "equal", "yes", "no"]


class AllOrNothingRule(_GivingRule):
    """未达到不得分: everything while a figure is as it must be (or a yes/no is), else nothing.

    Explained by ``all_or_nothing.<comparison>`` with measure, given and full, and for figures measured,
    standard and unit.
    """

    kind: Literal["all_or_nothing"]
    measure: MeasureCode
    comparison: Comparison
    standard: Figure | None = None
    unit: Unit = ""

    @model_validator(mode="after")
    def _standard_where_compared(self) -> Self:
        if self._is_yes_no and self.standard is not None:
            raise PydanticCustomError("standard_not_here", "a yes or no is not compared with a standard")
        if not self._is_yes_no and self.standard is None:
            raise PydanticCustomError("standard_missing", "a figure is compared with a standard")
        return self

    @property
    def _is_yes_no(self) -> bool:
        return self.comparison in ("yes", "no")

    @property
    def figures(self) -> tuple[NeededFigure, ...]:
        kinds = frozenset({MeasureKind.YES_NO}) if self._is_yes_no else NUMERIC
        return (NeededFigure(self.measure, kinds),)

    def findings(self, item: ScoredItem, answer: Answer) -> Sequence[Finding]:
        measured = answer.figure(self.measure)
        given = self.at_stake(item.weight) if self._is_met(measured) else ZERO
        key = f"all_or_nothing.{self.comparison}"
        if self.standard is None:
            return self._not_given(key, item, given, {"measure": self.measure})
        values: Values = {
            "measure": self.measure,
            "measured": measured,
            "standard": self.standard,
            "unit": self.unit,
        }
        return self._not_given(key, item, given, values, measured, self.standard, self.unit)

    def _is_met(self, measured: Decimal) -> bool:
        if self.standard is None:
            return is_yes(self.measure, measured) is (self.comparison == "yes")
        match self.comparison:
            case "at_least":
                return measured >= self.standard
            case "at_most":
                return measured <= self.standard
            case "above":
                return measured > self.standard
            case "below":
                return measured < self.standard
            case _:
                return measured == self.standard


class RankingRule(_GivingRule):
    """按名次得10、8、6、4分: points by place among the cycle's districts; open until all are in.

    ``points`` are those of the first, the second…; ``otherwise`` those of every further place. Explained by
    ``ranking.<order>`` with measure, measured, unit, rank, given and full.
    """

    kind: Literal["ranking"]
    measure: MeasureCode
    unit: Unit
    order: Literal["highest", "lowest"]
    points: Annotated[tuple[Award, ...], AtMostLines, SomeLines]
    otherwise: Award = ZERO

    @model_validator(mode="after")
    def _better_places_give_more(self) -> Self:
        for number, (better, worse) in enumerate(pairwise((*self.points, self.otherwise)), 2):
            if worse > better:
                raise PydanticCustomError("points_increase", "place {place} gives more", {"place": number})
        return self

    @property
    def figures(self) -> tuple[NeededFigure, ...]:
        return (NeededFigure(self.measure, NUMERIC),)

    @property
    def ranked_by(self) -> tuple[str, ...]:
        return (self.measure,)

    def findings(self, item: ScoredItem, answer: Answer) -> Sequence[Finding]:
        measured, rank = answer.figure(self.measure), answer.rank(self.measure)
        given = self.points[rank - 1] if rank <= len(self.points) else self.otherwise
        values: Values = {
            "measure": self.measure,
            "measured": measured,
            "unit": self.unit,
            "rank": Decimal(rank),
        }
        return self._not_given(f"ranking.{self.order}", item, given, values, measured, None, self.unit)


def is_yes(code: str, value: Decimal) -> bool:
    """Whether a yes/no says yes. Raises :class:`~indicators.scoring.answer.InvalidAnswer` for others."""
    if not is_figure_of(MeasureKind.YES_NO, value):
        raise InvalidAnswer(f"{code}: yes is 1 and no is 0, not {value}")
    return value == YES
