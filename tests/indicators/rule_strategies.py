"""What hypothesis draws where rules are wanted: valid sets of rules, the figures they need, and answers.

``rules(weight)`` draws the rules of one item, ``figures_of(rules)`` the kinds of the figures that they need,
``items()`` and ``answers(item)`` what scoring takes. All rules of one item agree on the kind of each figure.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from indicators.scoring.measures import MeasureKind
from indicators.scoring.outcome import Answer, ManualCredit, ManualLoss, ScoredItem
from indicators.scoring.points import ZERO
from indicators.scoring.rules import KINDS, Rule, parse_rules

GRADES = ("优秀", "良好", "合格", "不合格")
NUMBERS = ("rate", "area", "last_rate")
COUNTS = ("cases", "prizes")
YES_NO = ("serious", "approved")
MET = ("plan", "ledger", "review")
KIND_OF = {
    **dict.fromkeys(NUMBERS, MeasureKind.NUMBER),
    **dict.fromkeys(COUNTS, MeasureKind.COUNT),
    **dict.fromkeys(YES_NO, MeasureKind.YES_NO),
    **dict.fromkeys(MET, MeasureKind.MET),
}
"""The figures that drawn rules speak of, by their codes."""

Data = dict[str, Any]


def cents(low: int, high: int) -> st.SearchStrategy[Decimal]:
    """Numbers with two decimals, from ``low`` to ``high`` hundredths."""
    return st.integers(low, high).map(lambda number: Decimal(number) / 100)


POINTS = cents(1, 1000)
AWARDS = cents(0, 1000)
FIGURES = st.decimals(-200, 200, places=3)
STEPS = st.sampled_from([Decimal("0.01"), Decimal("0.05"), Decimal("0.1"), Decimal("0.5"), Decimal(1)])
UNITS = st.sampled_from(["%", "人", "起", ""])
RATES = st.decimals("0.0001", 5, places=4)
NUMERIC = st.sampled_from(NUMBERS + COUNTS)


def _maybe(values: st.SearchStrategy[Decimal]) -> st.SearchStrategy[Decimal | None]:
    return st.none() | values


MANUAL = st.fixed_dictionaries({"kind": st.just("manual")})
SHORTFALL = st.fixed_dictionaries(
    {
        "kind": st.just("shortfall"),
        "measure": NUMERIC,
        "standard": FIGURES,
        "direction": st.sampled_from(["at_least", "at_most"]),
        "unit": UNITS,
        "unit_size": cents(1, 2000),
        "points_per_unit": RATES,
        "rounding": st.sampled_from(["down", "up", "exact"]),
        "cap": _maybe(POINTS),
    }
)
PER_OCCURRENCE = st.fixed_dictionaries(
    {
        "kind": st.just("per_occurrence"),
        "measure": st.sampled_from(COUNTS),
        "unit": UNITS,
        "points_each": RATES,
        "free": st.integers(0, 3),
        "cap": _maybe(POINTS),
    }
)
ALL_OR_NOTHING = st.fixed_dictionaries(
    {
        "kind": st.just("all_or_nothing"),
        "measure": NUMERIC,
        "comparison": st.sampled_from(["at_least", "at_most", "above", "below", "equal"]),
        "standard": FIGURES,
        "unit": UNITS,
    }
) | st.fixed_dictionaries(
    {
        "kind": st.just("all_or_nothing"),
        "measure": st.sampled_from(YES_NO),
        "comparison": st.sampled_from(["yes", "no"]),
    }
)
NO_DECREASE = st.fixed_dictionaries(
    {
        "kind": st.just("no_decrease"),
        "measure": st.just("rate"),
        "before": st.just("last_rate"),
        "unit": UNITS,
        "points": POINTS,
        "tolerance": cents(0, 300),
    }
)
VETO = st.fixed_dictionaries(
    {
        "kind": st.just("veto"),
        "measure": st.sampled_from(YES_NO),
        "effect": st.sampled_from(["lower_grade", "zero_section", "zero_item"]),
    }
) | st.fixed_dictionaries(
    {
        "kind": st.just("veto"),
        "measure": st.sampled_from(YES_NO),
        "effect": st.just("bar_grade"),
        "grade": st.sampled_from(GRADES[:-1]),
    }
)
BONUS_BY_HAND = st.fixed_dictionaries({"kind": st.just("bonus"), "cap": _maybe(POINTS)})
BONUS = st.fixed_dictionaries(
    {
        "kind": st.just("bonus"),
        "measure": st.sampled_from(NUMBERS + COUNTS + YES_NO),
        "unit": UNITS,
        "points_each": RATES,
        "cap": _maybe(POINTS),
    }
)


@st.composite
def _proportional(draw: st.DrawFn) -> Data:
    full_at, zero_at = draw(st.lists(FIGURES, min_size=2, max_size=2, unique=True))
    measure, unit = draw(NUMERIC), draw(UNITS)
    return {"kind": "proportional", "measure": measure, "unit": unit, "full_at": full_at, "zero_at": zero_at}


@st.composite
def _tiers(draw: st.DrawFn) -> Data:
    """Tiers between ends that fall, each end in the tier above or the one below it."""
    ends = sorted(draw(st.lists(FIGURES, min_size=1, max_size=4, unique=True)), reverse=True)
    tiers: list[Data] = [{}]
    for end in ends:
        in_upper = draw(st.booleans())
        tiers[-1] |= {"low": end, "low_closed": in_upper}
        tiers.append({"high": end, "high_closed": not in_upper})
    if len(tiers) > 2 and draw(st.booleans()):
        tiers.pop()
    given = [{**tier, "points": draw(AWARDS)} for tier in tiers]
    return {"kind": "tiers", "measure": draw(NUMERIC), "unit": draw(UNITS), "tiers": given}


@st.composite
def _checklist(draw: st.DrawFn) -> Data:
    sub_points = []
    for code in draw(st.lists(st.sampled_from(MET + YES_NO), min_size=1, max_size=4, unique=True)):
        points = draw(POINTS)
        partly = draw(_maybe(cents(0, int(points * 100))))
        sub_points.append({"measure": code, "points": points, "partly": partly})
    return {"kind": "checklist", "points": sub_points}


@st.composite
def _ranking(draw: st.DrawFn) -> Data:
    *points, otherwise = sorted(draw(st.lists(AWARDS, min_size=2, max_size=6)), reverse=True)
    order = draw(st.sampled_from(["highest", "lowest"]))
    return {
        "kind": "ranking",
        "measure": draw(NUMERIC),
        "unit": draw(UNITS),
        "order": order,
        "points": points,
        "otherwise": otherwise,
    }


BY_KIND: dict[str, st.SearchStrategy[Data]] = {
    "manual": MANUAL,
    "shortfall": SHORTFALL,
    "per_occurrence": PER_OCCURRENCE,
    "proportional": _proportional(),
    "tiers": _tiers(),
    "checklist": _checklist(),
    "all_or_nothing": ALL_OR_NOTHING,
    "no_decrease": NO_DECREASE,
    "bonus": BONUS,
    "ranking": _ranking(),
    "veto": VETO,
}
"""The data of a rule of each kind, without its share."""

ORDINARY = tuple(kind for kind in KINDS if kind not in ("manual", "bonus"))


@st.composite
def rules(
    draw: st.DrawFn, weight: Decimal, *, bonus: bool = False, kinds: Sequence[str] = ORDINARY
) -> tuple[Rule, ...]:
    """The rules of one item of this weight: at most one by hand, shares within the weight."""
    by_hand = BONUS_BY_HAND if bonus else MANUAL
    drawn = draw(st.lists(BONUS if bonus else _one_of(kinds), max_size=4))
    drawn += draw(st.lists(by_hand, max_size=1))
    left = weight
    for rule in drawn:
        if rule["kind"] != "veto" and left > ZERO and draw(st.booleans()):
            rule["share"] = draw(cents(1, int(left * 100)))
            left -= rule["share"]
    return parse_rules(draw(st.permutations(drawn)))


def _one_of(kinds: Sequence[str]) -> st.SearchStrategy[Data]:
    return st.one_of([BY_KIND[kind] for kind in kinds])


def figures_of(drawn: Sequence[Rule]) -> dict[str, MeasureKind]:
    """The figures that the rules need, with a kind that all of them can take."""
    return {code: KIND_OF[code] for rule in drawn for code in rule.needs}


@st.composite
def items(
    draw: st.DrawFn, *, bonus: bool = False, kinds: Sequence[str] = ORDINARY, with_rules: bool = False
) -> ScoredItem:
    """Items, ordinary or bonus; ``with_rules`` only those that have at least one."""
    weight = draw(cents(0, 1500))
    drawn = draw(rules(weight, bonus=bonus, kinds=kinds).filter(lambda some: some or not with_rules))
    return ScoredItem(weight, drawn, draw(STEPS), bonus)


VALUES: dict[MeasureKind, st.SearchStrategy[Decimal]] = {
    MeasureKind.NUMBER: FIGURES,
    MeasureKind.COUNT: st.integers(0, 20).map(Decimal),
    MeasureKind.YES_NO: st.sampled_from([Decimal(0), Decimal(1)]),
    MeasureKind.MET: st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(1)]),
}
"""What a figure of each kind may come to."""


@st.composite
def answers(draw: st.DrawFn, item: ScoredItem) -> Answer:
    """Complete answers to an item: every figure, every place, and points by hand."""
    values = {code: draw(VALUES[KIND_OF[code]]) for rule in item.rules for code in rule.needs}
    ranks = {code: draw(st.integers(1, 12)) for rule in item.rules for code in rule.ranked_by}
    by_hand = draw(st.lists(POINTS, max_size=3))
    if item.bonus:
        credits = tuple(ManualCredit(points, "获省级表彰") for points in by_hand)
        return Answer(measures=values, ranks=ranks, credits=credits)
    return Answer(
        measures=values, ranks=ranks, manual=tuple(ManualLoss(points, "材料不全") for points in by_hand)
    )


@st.composite
def answered(
    draw: st.DrawFn, make: Callable[[], st.SearchStrategy[ScoredItem]] = items
) -> tuple[ScoredItem, Answer]:
    """An item with a complete answer to it."""
    item = draw(make())
    return item, draw(answers(item))
