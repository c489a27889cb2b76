"""What holds for every item, every answer and every framework."""

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.scoring.findings import Explanation, Veto
from indicators.scoring.grading import Band, grade
from indicators.scoring.outcome import Answer, Entry, ScoredItem, score
from indicators.scoring.points import ZERO, is_points
from indicators.scoring.ranks import ranks_among
from indicators.scoring.rollup import CountedItem, NaPolicy, NothingApplicable, roll_up
from indicators.scoring.rules import KINDS, Rule, TiersRule, dump_rules, parse_rules
from tests.indicators.rule_strategies import BY_KIND, FIGURES, GRADES, answered, cents, items

BANDS = [
    Band("优秀", Decimal(90), section_floor=Decimal(60)),
    *(Band(name, Decimal(t)) for name, t in (("良好", 80), ("合格", 60), ("不合格", 0))),
]
POLICIES = st.sampled_from(list(NaPolicy))
ORDINARY = answered(items)
BONUS = answered(lambda: items(bonus=True))


@st.composite
def counted_items(draw: st.DrawFn) -> CountedItem:
    weight = draw(cents(0, 1000))
    score = draw(st.none() | cents(0, int(weight * 100)))
    return CountedItem(
        weight,
        score,
        applicable=draw(st.booleans()),
        bonus=draw(st.booleans()),
        committee_only=draw(st.booleans()),
        zeroes_section=draw(st.integers(0, 9)) == 0,
    )


SECTIONS = st.lists(counted_items(), min_size=1, max_size=5)
# One item that weighs something and applies, so that there is a total under every policy.
FRAMEWORKS = st.lists(SECTIONS, max_size=4).map(
    lambda parts: [*parts, [CountedItem(Decimal(2), Decimal("1.5"))]]
)


def worse(item: ScoredItem, figures: dict[str, Decimal | None], by: Decimal) -> dict[str, Decimal | None]:
    """Figures that miss their standards by more: lower where more is better, higher for cases."""
    changed = dict(figures)
    for rule in item.rules:
        for code in rule.needs:
            value = figures[code]
            assert value is not None
            match rule.kind:
                case "per_occurrence":
                    changed[code] = value + int(by)
                case "checklist":
                    changed[code] = ZERO
                case _ if code != "last_rate":
                    changed[code] = value - by
    return changed


def sum_of(entries: Sequence[Entry]) -> Decimal:
    return sum((entry.points for entry in entries), ZERO)


# One item


@given(ORDINARY)
def test_score_lies_between_nothing_and_the_weight(drawn: tuple[ScoredItem, Answer]) -> None:
    outcome = score(*drawn)
    assert outcome.score is not None
    assert ZERO <= outcome.score <= drawn[0].weight


@given(ORDINARY)
def test_printed_deductions_reconcile_exactly(drawn: tuple[ScoredItem, Answer]) -> None:
    outcome = score(*drawn)
    assert outcome.score is not None
    assert outcome.credits == ()
    assert all(is_points(deduction.points) for deduction in outcome.deductions)
    assert drawn[0].weight - outcome.score == sum_of(outcome.deductions)


@given(BONUS)
def test_printed_credits_reconcile_exactly_and_stay_within_the_cap(drawn: tuple[ScoredItem, Answer]) -> None:
    outcome = score(*drawn)
    assert outcome.score is not None
    assert outcome.deductions == ()
    assert all(is_points(credit.points) for credit in outcome.credits)
    assert ZERO <= outcome.score == sum_of(outcome.credits) <= drawn[0].weight


@given(ORDINARY | BONUS)
def test_no_rule_moves_more_than_its_limit(drawn: tuple[ScoredItem, Answer]) -> None:
    item, answer = drawn
    for rule in item.rules:
        if rule.limit is not None:
            alone = score(replace(item, rules=(rule,)), replace(answer, manual=(), credits=()))
            assert sum_of((*alone.deductions, *alone.credits)) <= rule.limit


@given(ORDINARY | BONUS)
def test_every_entry_carries_its_own_points(drawn: tuple[ScoredItem, Answer]) -> None:
    outcome = score(*drawn)
    for entry in (*outcome.deductions, *outcome.credits):
        values = entry.explanation.values
        assert values["points"] == entry.points
        assert Decimal(values["computed"]) >= entry.points
        assert entry.cut is ("left" in values)


@given(ORDINARY | BONUS)
def test_only_the_end_of_the_entries_is_cut(drawn: tuple[ScoredItem, Answer]) -> None:
    outcome = score(*drawn)
    cut = [found.cut for found in (*outcome.deductions, *outcome.credits) if found.kind != "veto"]
    assert cut == sorted(cut)
    assert not any(cut) or outcome.score == (drawn[0].weight if drawn[0].bonus else ZERO)


@given(
    answered(
        lambda: items(kinds=("shortfall", "per_occurrence", "proportional", "checklist", "no_decrease"))
    ),
    cents(0, 20_000),
)
def test_more_shortfall_never_gives_more_points(drawn: tuple[ScoredItem, Answer], by: Decimal) -> None:
    item, answer = drawn
    rising = [rule for rule in cast(tuple[Rule, ...], item.rules) if _is_rising(rule)]
    item = replace(item, rules=tuple(rising))
    before = score(item, answer).score
    after = score(item, replace(answer, measures=worse(item, dict(answer.measures), by))).score
    assert before is not None
    assert after is not None
    assert after <= before


def _is_rising(rule: Rule) -> bool:
    """Whether a rule gives no less for a higher figure (or fewer cases, more points met)."""
    match rule.kind:
        case "shortfall":
            return rule.direction == "at_least" and rule.measure not in ("cases", "prizes")
        case "proportional":
            return rule.full_at > rule.zero_at and rule.measure not in ("cases", "prizes")
        case _:
            return True


@given(items(kinds=("tiers",), with_rules=True), FIGURES, FIGURES)
def test_a_figure_lies_in_one_tier_at_most_and_no_gap(item: ScoredItem, one: Decimal, other: Decimal) -> None:
    for rule in item.rules:
        if isinstance(rule, TiersRule):
            places = [place for place, tier in enumerate(rule.tiers) if tier.holds(one)]
            assert len(places) <= 1
            lowest = rule.tiers[-1].low
            assert len(places) == 1 or (lowest is not None and one <= lowest)


@given(answered(lambda: items(kinds=("ranking",), with_rules=True)))
def test_better_place_never_gives_fewer_points(drawn: tuple[ScoredItem, Answer]) -> None:
    item, answer = drawn
    better = dict.fromkeys(answer.ranks, 1)
    before, after = score(item, answer).score, score(item, replace(answer, ranks=better)).score
    assert before is not None
    assert after is not None
    assert after >= before


@given(ORDINARY | BONUS, st.randoms())
def test_order_of_rules_does_not_change_the_score(drawn: tuple[ScoredItem, Answer], random: Random) -> None:
    item, answer = drawn
    shuffled = replace(item, rules=tuple(random.sample(item.rules, len(item.rules))))
    one, other = score(item, answer), score(shuffled, answer)
    assert one.score == other.score
    assert {veto.explanation.key for veto in one.vetoes} == {veto.explanation.key for veto in other.vetoes}


@given(answered(lambda: items(with_rules=True)), st.randoms())
def test_missing_figure_is_named_and_leaves_the_item_open(
    drawn: tuple[ScoredItem, Answer], random: Random
) -> None:
    item, answer = drawn
    for code in random.sample(sorted(answer.measures), min(1, len(answer.measures))):
        outcome = score(item, replace(answer, measures={**answer.measures, code: None}))
        assert (outcome.score, outcome.missing, outcome.deductions) == (None, (code,), ())


@given(items() | items(bonus=True))
def test_rules_come_back_from_their_data(item: ScoredItem) -> None:
    drawn = cast(tuple[Rule, ...], item.rules)
    assert parse_rules(json.loads(json.dumps(dump_rules(drawn)))) == drawn


def test_every_kind_of_rule_is_drawn() -> None:
    assert set(BY_KIND) == set(KINDS)


# Places


@given(st.dictionaries(st.integers(), FIGURES, max_size=8), st.sampled_from(["highest", "lowest"]))
def test_places_follow_the_figures(figures: dict[int, Decimal], order: str) -> None:
    places = ranks_among(figures, "highest" if order == "highest" else "lowest")
    for district, figure in figures.items():
        better = [
            other for other in figures.values() if (other > figure if order == "highest" else other < figure)
        ]
        assert places[district] == len(better) + 1


# Frameworks


@given(FRAMEWORKS, POLICIES)
def test_sections_sum_to_the_unscaled_total(framework: list[list[CountedItem]], policy: NaPolicy) -> None:
    total = roll_up(framework, policy)
    for name in ("earned", "weight", "attainable", "bonus", "bonus_weight", "reserved"):
        parts = [getattr(section, name) for section in total.sections]
        assert getattr(total, name) == sum(parts, ZERO)
        assert is_points(getattr(total, name))
    counted = [item for part in framework for item in part]
    assert total.weight + total.reserved == sum((item.weight for item in counted if not item.bonus), ZERO)


@given(FRAMEWORKS, POLICIES, st.booleans())
def test_total_lies_between_nothing_and_the_weight(
    framework: list[list[CountedItem]], policy: NaPolicy, bonus_may_exceed: bool
) -> None:
    total = roll_up(framework, policy, bonus_may_exceed=bonus_may_exceed)
    assert ZERO <= total.earned <= total.attainable <= total.weight
    assert ZERO <= total.bonus <= total.bonus_weight
    assert (total.total is None) is not total.complete
    assert (total.percent is None) is (not total.complete or total.reserved > ZERO)
    if total.total is not None:
        assert ZERO <= total.total <= total.weight + (total.bonus if bonus_may_exceed else ZERO)


@given(FRAMEWORKS)
def test_policies_give_less_the_harder_they_are(framework: list[list[CountedItem]]) -> None:
    # A zeroed section also forfeits what full credit would have given in it.
    unvetoed = [[replace(item, zeroes_section=False) for item in part] for part in framework]
    full, exclude, zero = (roll_up(unvetoed, policy).total for policy in NaPolicy)
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


# Grades

VETOES = st.lists(
    st.builds(
        Veto,
        st.just("bar_grade"),
        st.sampled_from(GRADES),
        st.just(Explanation("veto.bar_grade", {})),
    )
    | st.builds(
        Veto,
        st.sampled_from(["lower_grade", "zero_section", "zero_item"]),
        st.just(""),
        st.just(Explanation("veto", {})),
    ),
    max_size=4,
)
PERCENTS = cents(0, 11_000)


@given(PERCENTS, PERCENTS, st.lists(PERCENTS, max_size=3), VETOES)
def test_higher_percent_never_gives_a_lower_grade(
    one: Decimal, other: Decimal, sections: list[Decimal], vetoes: list[Veto]
) -> None:
    high, low = (
        grade(percent, BANDS, section_percents=sections, vetoes=vetoes)
        for percent in (max(one, other), min(one, other))
    )
    assert high.rank <= low.rank


@given(PERCENTS, st.lists(PERCENTS, max_size=3), VETOES, st.randoms())
def test_vetoes_and_sections_only_lower_a_grade_in_whatever_order(
    percent: Decimal, sections: list[Decimal], vetoes: list[Veto], random: Random
) -> None:
    lowered = grade(percent, BANDS, section_percents=sections, vetoes=vetoes)
    shuffled = random.sample(vetoes, len(vetoes))
    assert grade(percent, BANDS, section_percents=sections, vetoes=shuffled).name == lowered.name
    assert lowered.before == grade(percent, BANDS).name
    assert lowered.rank >= grade(percent, BANDS).rank
    assert bool(lowered.causes) is (lowered.name != lowered.before)
