"""What holds for every item, every answer and every framework."""

import json
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.scoring.grading import Band, grade
from indicators.scoring.outcome import Answer, ManualLoss, ScoredItem, score
from indicators.scoring.points import ZERO, is_points
from indicators.scoring.rollup import CountedItem, NaPolicy, NothingApplicable, roll_up
from indicators.scoring.rules import ManualRule, Rule, ShortfallRule, dump_rules, parse_rules

CODES = ("a", "b", "c")
BANDS = [Band(name, Decimal(t)) for name, t in (("优秀", 90), ("良好", 80), ("合格", 60), ("不合格", 0))]


def cents(low: int, high: int) -> st.SearchStrategy[Decimal]:
    """Numbers with two decimals, from ``low`` to ``high`` hundredths."""
    return st.integers(low, high).map(lambda number: Decimal(number) / 100)


POINTS = cents(1, 1000)
FIGURES = st.decimals(-200, 200, places=3)
STEPS = st.sampled_from([Decimal("0.01"), Decimal("0.05"), Decimal("0.1"), Decimal("0.5"), Decimal(1)])

SHORTFALLS = st.builds(
    ShortfallRule,
    kind=st.just("shortfall"),
    measure=st.sampled_from(CODES),
    standard=FIGURES,
    direction=st.sampled_from(["at_least", "at_most"]),
    unit=st.sampled_from(["%", "人"]),
    unit_size=cents(1, 2000),
    points_per_unit=st.decimals("0.0001", 5, places=4),
    rounding=st.sampled_from(["down", "up", "exact"]),
    cap=st.none() | POINTS,
    share=st.none() | cents(1, 300),
)
AT_LEAST = SHORTFALLS.map(lambda rule: rule.model_copy(update={"direction": "at_least"}))
MANUAL = st.builds(ManualRule, kind=st.just("manual"), share=st.none() | cents(1, 300))
LOSSES = st.builds(ManualLoss, POINTS, st.just("材料不全"))
ANSWERS = st.builds(
    Answer,
    measures=st.fixed_dictionaries(dict.fromkeys(CODES, FIGURES)),
    manual=st.lists(LOSSES, max_size=4).map(tuple),
)

POLICIES = st.sampled_from(list(NaPolicy))


@st.composite
def counted_items(draw: st.DrawFn) -> CountedItem:
    weight = draw(cents(0, 1000))
    score = draw(st.none() | cents(0, int(weight * 100)))
    return CountedItem(weight, score, applicable=draw(st.booleans()))


SECTIONS = st.lists(counted_items(), min_size=1, max_size=5)
# One item that weighs something and applies, so that there is a total under every policy.
FRAMEWORKS = st.lists(SECTIONS, max_size=4).map(
    lambda parts: [*parts, [CountedItem(Decimal(2), Decimal("1.5"))]]
)


@st.composite
def items(draw: st.DrawFn, *, rules: st.SearchStrategy[Rule] = SHORTFALLS) -> ScoredItem:
    """Items whose rules speak for no more than their weight, with a manual rule or without."""
    drawn = [*draw(st.lists(rules, max_size=4)), *draw(st.lists(MANUAL, max_size=1))]
    shared = sum((rule.share for rule in drawn if rule.share is not None), ZERO)
    return ScoredItem(shared + draw(cents(0, 1000)), tuple(draw(st.permutations(drawn))), draw(STEPS))


@given(items(), ANSWERS)
def test_score_lies_between_nothing_and_the_weight(item: ScoredItem, answer: Answer) -> None:
    outcome = score(item, answer)
    assert outcome.score is not None
    assert ZERO <= outcome.score <= item.weight


@given(items(), ANSWERS)
def test_printed_deductions_reconcile_exactly(item: ScoredItem, answer: Answer) -> None:
    outcome = score(item, answer)
    assert outcome.score is not None
    assert all(is_points(deduction.points) for deduction in outcome.deductions)
    assert item.weight - outcome.score == sum((found.points for found in outcome.deductions), ZERO)


@given(items(), ANSWERS)
def test_only_the_end_of_the_deductions_is_cut(item: ScoredItem, answer: Answer) -> None:
    outcome = score(item, answer)
    cut = [found.cut for found in outcome.deductions]
    assert cut == sorted(cut)
    assert not any(cut) or outcome.score == ZERO


@given(items(rules=AT_LEAST), ANSWERS, st.sampled_from(CODES), cents(0, 20_000))
def test_more_shortfall_never_gives_more_points(
    item: ScoredItem, answer: Answer, code: str, worse: Decimal
) -> None:
    figure = answer.figure(code)
    before = score(item, answer).score
    after = score(item, replace(answer, measures={**answer.measures, code: figure - worse})).score
    assert before is not None
    assert after is not None
    assert after <= before


@given(items(), ANSWERS, st.randoms())
def test_order_of_rules_does_not_change_the_score(item: ScoredItem, answer: Answer, random: Random) -> None:
    shuffled = replace(item, rules=tuple(random.sample(item.rules, len(item.rules))))
    assert score(shuffled, answer).score == score(item, answer).score


@given(items(), ANSWERS, st.sampled_from(CODES))
def test_missing_figure_is_named_if_a_rule_needs_it(item: ScoredItem, answer: Answer, code: str) -> None:
    outcome = score(item, replace(answer, measures={**answer.measures, code: None}))
    needed = any(code in rule.needs for rule in item.rules)
    assert outcome.missing == ((code,) if needed else ())
    assert (outcome.score is None) is needed


@given(items())
def test_rules_come_back_from_their_data(item: ScoredItem) -> None:
    rules = cast(tuple[Rule, ...], item.rules)
    assert parse_rules(json.loads(json.dumps(dump_rules(rules)))) == rules


@given(FRAMEWORKS, POLICIES)
def test_sections_sum_to_the_unscaled_total(framework: list[list[CountedItem]], policy: NaPolicy) -> None:
    total = roll_up(framework, policy)
    assert total.earned == sum((part.score or ZERO for part in total.sections), ZERO)
    assert total.weight == sum((item.weight for part in framework for item in part), ZERO)
    assert is_points(total.earned)


@given(FRAMEWORKS, POLICIES)
def test_total_lies_between_nothing_and_the_weight(
    framework: list[list[CountedItem]], policy: NaPolicy
) -> None:
    total = roll_up(framework, policy)
    assert ZERO <= total.earned <= total.attainable <= total.weight
    assert (total.total is None) is not total.complete
    if total.total is not None and total.percent is not None:
        assert ZERO <= total.total <= total.weight
        assert ZERO <= total.percent <= 100


@given(FRAMEWORKS)
def test_policies_give_less_the_harder_they_are(framework: list[list[CountedItem]]) -> None:
    full, exclude, zero = (roll_up(framework, policy).total for policy in NaPolicy)
    if full is None or exclude is None or zero is None:
        assert full is exclude is zero
    else:
        assert full >= exclude >= zero


@given(FRAMEWORKS)
def test_exclude_with_nothing_excluded_is_the_identity(framework: list[list[CountedItem]]) -> None:
    applicable = [[replace(item, applicable=True) for item in part] for part in framework]
    plainly, scaled = roll_up(applicable, NaPolicy.ZERO), roll_up(applicable, NaPolicy.EXCLUDE)
    assert (scaled.total, scaled.percent) == (plainly.total, plainly.percent)
    assert scaled.sections == plainly.sections


@given(FRAMEWORKS)
def test_nothing_applicable_is_an_error_and_never_a_division_by_nothing(
    framework: list[list[CountedItem]],
) -> None:
    absent = [[replace(item, applicable=False) for item in part] for part in framework]
    with pytest.raises(NothingApplicable):
        roll_up(absent, NaPolicy.EXCLUDE)


@given(cents(0, 11_000), cents(0, 11_000))
def test_higher_percent_never_gives_a_lower_grade(one: Decimal, other: Decimal) -> None:
    assert grade(max(one, other), BANDS).rank <= grade(min(one, other), BANDS).rank
