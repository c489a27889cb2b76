"""What each kind of rule takes off or adds, by the worked examples of the design and their boundaries."""

from decimal import Decimal
from typing import Any

import pytest

from indicators.scoring.findings import Explanation, Veto
from indicators.scoring.outcome import (
    Answer,
    InvalidAnswer,
    ManualCredit,
    ManualLoss,
    Outcome,
    ScoredItem,
    score,
)
from indicators.scoring.rules import parse_rules

Data = dict[str, Any]


def item(weight: str, *rules: Data, step: str = "0.01", bonus: bool = False) -> ScoredItem:
    return ScoredItem(Decimal(weight), parse_rules(rules), Decimal(step), bonus)


def measured(**figures: str) -> Answer:
    return Answer(measures={code: Decimal(value) for code, value in figures.items()})


def credited(*credits: str, **figures: str) -> Answer:
    by_hand = tuple(ManualCredit(Decimal(points), "获省级表彰") for points in credits)
    return Answer(measures=measured(**figures).measures, credits=by_hand)


def taken(outcome: Outcome) -> list[str]:
    return [str(deduction.points.normalize()) for deduction in outcome.deductions]


def added(outcome: Outcome) -> list[str]:
    return [str(credit.points.normalize()) for credit in outcome.credits]


def shown(explanation: Explanation) -> dict[str, str]:
    """The values of an explanation as text."""
    return {
        name: value if isinstance(value, str) else format(value.normalize(), "f")
        for name, value in explanation.values.items()
    }


# per_occurrence


def cases(**changes: object) -> Data:
    return {"kind": "per_occurrence", "measure": "cases", "unit": "起", "points_each": "0.5", **changes}


def test_five_cases_at_half_a_point_reach_the_cap_of_two() -> None:
    (deduction,) = score(item("4", cases(cap="2")), measured(cases="5")).deductions
    assert (deduction.points, deduction.cut) == (Decimal(2), False)
    assert deduction.explanation.key == "per_occurrence"
    assert shown(deduction.explanation) == {
        "measure": "cases",
        "measured": "5",
        "unit": "起",
        "free": "0",
        "counted": "5",
        "points_each": "0.5",
        "computed": "2.5",
        "points": "2",
        "at_most": "2",
    }


@pytest.mark.parametrize(
    ("free", "found", "lost"),
    [
        ("0", "0", []),
        ("0", "1", ["0.5"]),
        ("2", "2", []),
        ("2", "3", ["0.5"]),
        ("2", "1", []),
        ("0", "9", ["4"]),
    ],
)
def test_cases_beyond_the_free_ones_cost_points_until_none_are_left(
    free: str, found: str, lost: list[str]
) -> None:
    assert taken(score(item("4", cases(free=free)), measured(cases=found))) == lost


@pytest.mark.parametrize("found", ["-1", "1.5"])
def test_cases_are_whole_and_not_below_nothing(found: str) -> None:
    with pytest.raises(InvalidAnswer, match="cases: cases are a whole number"):
        score(item("4", cases()), measured(cases=found))


# proportional


def proportional(**changes: object) -> Data:
    return {"kind": "proportional", "measure": "share", "unit": "%", "full_at": "95", **changes}


@pytest.mark.parametrize(
    ("figure", "given"),
    [("95", "4"), ("99", "4"), ("80", "3.37"), ("47.5", "2"), ("0.1", "0"), ("0", "0"), ("-3", "0")],
)
def test_points_in_proportion(figure: str, given: str) -> None:
    assert score(item("4", proportional()), measured(share=figure)).score == Decimal(given)


@pytest.mark.parametrize(
    ("figure", "given"), [("5", "4"), ("4", "4"), ("10", "3"), ("15", "2"), ("25", "0"), ("30", "0")]
)
def test_points_in_proportion_where_less_is_better(figure: str, given: str) -> None:
    rule = proportional(full_at="5", zero_at="25")
    assert score(item("4", rule), measured(share=figure)).score == Decimal(given)


def test_points_in_proportion_of_a_share_are_rounded_as_given_and_explained() -> None:
    outcome = score(item("4", proportional(share="3"), step="0.1"), measured(share="80"))
    assert (outcome.score, taken(outcome)) == (Decimal("3.5"), ["0.5"])
    (deduction,) = outcome.deductions
    assert (deduction.measured, deduction.standard, deduction.unit) == (Decimal(80), Decimal(95), "%")
    assert shown(deduction.explanation) == {
        "measure": "share",
        "measured": "80",
        "unit": "%",
        "full_at": "95",
        "zero_at": "0",
        "given": "2.5",
        "full": "3",
        "computed": "0.5",
        "points": "0.5",
    }


# tiers

TIERS = [
    {"low": "95", "points": "4"},
    {"low": "90", "high": "95", "points": "3"},
    {"low": "0", "high": "90", "points": "0"},
]


def tiers(*lines: Data, **changes: object) -> Data:
    return {"kind": "tiers", "measure": "share", "unit": "%", "tiers": lines or TIERS, **changes}


@pytest.mark.parametrize(
    ("figure", "given"),
    [("100", "4"), ("95", "4"), ("94.99", "3"), ("90", "3"), ("89.99", "0"), ("0", "0"), ("-0.01", "0")],
)
def test_points_by_tiers(figure: str, given: str) -> None:
    assert score(item("4", tiers()), measured(share=figure)).score == Decimal(given)


def test_ends_of_tiers_are_open_or_closed_as_stated() -> None:
    rule = tiers(
        {"low": "5", "low_closed": False, "points": "0"},
        {"low": "5", "low_closed": True, "high": "5", "high_closed": True, "points": "1"},
        {"high": "5", "points": "4"},
    )
    given = [score(item("4", rule), measured(share=figure)).score for figure in ("5.01", "5", "4.99")]
    assert given == [Decimal(0), Decimal(1), Decimal(4)]


def test_tier_is_explained_by_its_bounds() -> None:
    (deduction,) = score(item("4", tiers()), measured(share="93")).deductions
    assert (deduction.points, deduction.standard) == (Decimal(1), Decimal(95))
    assert deduction.explanation.key == "tiers.within"
    assert shown(deduction.explanation) == {
        "measure": "share",
        "measured": "93",
        "unit": "%",
        "low": "90",
        "low_end": "closed",
        "high": "95",
        "high_end": "open",
        "given": "3",
        "full": "4",
        "computed": "1",
        "points": "1",
    }


def test_figure_beyond_all_tiers_earns_nothing_and_is_explained_as_such() -> None:
    (deduction,) = score(item("4", tiers()), measured(share="-1")).deductions
    assert (deduction.points, deduction.explanation.key) == (Decimal(4), "tiers.outside")


def test_standard_of_tiers_where_less_is_better_is_the_upper_end_of_the_best() -> None:
    rule = tiers({"low": "5", "points": "0"}, {"high": "5", "points": "4"})
    (deduction,) = score(item("4", rule), measured(share="7")).deductions
    assert deduction.standard == Decimal(5)


def test_tier_that_gives_more_than_is_at_stake_gives_all_and_no_more() -> None:
    assert score(item("3", tiers()), measured(share="96")) == Outcome(Decimal(3))


# checklist


def checklist(*points: Data, **changes: object) -> Data:
    return {"kind": "checklist", "points": points, **changes}


TWO_POINTS = checklist(
    {"measure": "plan", "points": "1"}, {"measure": "ledger", "points": "0.5", "partly": "0.2"}
)


@pytest.mark.parametrize(
    ("plan", "ledger", "given"),
    [
        ("1", "1", "1.5"),
        ("0.5", "1", "1"),
        ("0", "1", "0.5"),
        ("1", "0.5", "1.2"),
        ("1", "0", "1"),
        ("0", "0", "0"),
    ],
)
def test_sub_points_met_partly_or_not(plan: str, ledger: str, given: str) -> None:
    outcome = score(item("1.5", TWO_POINTS), measured(plan=plan, ledger=ledger))
    assert outcome.score == Decimal(given)


def test_each_sub_point_that_is_not_met_is_explained() -> None:
    first, second = score(item("1.5", TWO_POINTS), measured(plan="0", ledger="0.5")).deductions
    assert first.explanation.key == "checklist.unmet"
    assert shown(first.explanation) == {
        "measure": "plan",
        "number": "1",
        "given": "0",
        "full": "1",
        "computed": "1",
        "points": "1",
    }
    assert second.explanation.key == "checklist.partly"
    assert shown(second.explanation) == {
        "measure": "ledger",
        "number": "2",
        "given": "0.2",
        "full": "0.5",
        "computed": "0.3",
        "points": "0.3",
    }


def test_half_of_a_sub_point_is_rounded_to_the_step() -> None:
    rule = checklist({"measure": "plan", "points": "0.75"})
    assert score(item("0.75", rule), measured(plan="0.5")).score == Decimal("0.38")
    assert score(item("0.75", rule, step="0.1"), measured(plan="0.5")).score == Decimal("0.4")


def test_checklist_of_a_share_loses_no_more_than_the_share() -> None:
    rule = checklist({"measure": "plan", "points": "3"}, share="2")
    assert taken(score(item("4", rule), measured(plan="0"))) == ["2"]


@pytest.mark.parametrize("figure", ["0.7", "2", "-1"])
def test_sub_point_takes_no_other_figure(figure: str) -> None:
    with pytest.raises(InvalidAnswer, match="plan: a sub-point is met"):
        score(item("1", checklist({"measure": "plan", "points": "1"})), measured(plan=figure))


# all_or_nothing


def condition(comparison: str, standard: str | None = None, **changes: object) -> Data:
    compared = {} if standard is None else {"standard": standard}
    return {"kind": "all_or_nothing", "measure": "it", "comparison": comparison, **compared, **changes}


@pytest.mark.parametrize(
    ("comparison", "below", "at", "above"),
    [
        ("at_least", "0", "4", "4"),
        ("at_most", "4", "4", "0"),
        ("above", "0", "0", "4"),
        ("below", "4", "0", "0"),
        ("equal", "0", "4", "0"),
    ],
)
def test_all_or_nothing_of_a_figure(comparison: str, below: str, at: str, above: str) -> None:
    rule = condition(comparison, "90")
    given = [score(item("4", rule), measured(it=figure)).score for figure in ("89.99", "90", "90.01")]
    assert given == [Decimal(below), Decimal(at), Decimal(above)]


@pytest.mark.parametrize(("comparison", "if_yes", "if_no"), [("yes", "4", "0"), ("no", "0", "4")])
def test_all_or_nothing_of_a_yes_or_no(comparison: str, if_yes: str, if_no: str) -> None:
    given = [score(item("4", condition(comparison)), measured(it=figure)).score for figure in ("1", "0")]
    assert given == [Decimal(if_yes), Decimal(if_no)]


def test_all_or_nothing_takes_its_share_alone_and_names_the_standard() -> None:
    (deduction,) = score(
        item("4", condition("at_least", "90", unit="%", share="1.5")), measured(it="80")
    ).deductions
    assert (deduction.points, deduction.measured, deduction.standard, deduction.unit) == (
        Decimal("1.5"),
        Decimal(80),
        Decimal(90),
        "%",
    )
    assert deduction.explanation.key == "all_or_nothing.at_least"


def test_yes_or_no_is_no_other_figure() -> None:
    with pytest.raises(InvalidAnswer, match=r"it: yes is 1 and no is 0, not 0\.5"):
        score(item("4", condition("yes")), measured(it="0.5"))


# no_decrease


def no_decrease(**changes: object) -> Data:
    rule = {"kind": "no_decrease", "measure": "now", "before": "last_year", "unit": "%", "points": "1"}
    return {**rule, **changes}


@pytest.mark.parametrize(
    ("now", "tolerance", "lost"),
    [("9", "0", []), ("8.5", "0", []), ("8.49", "0", ["1"]), ("8.3", "0.2", []), ("8.29", "0.2", ["1"])],
)
def test_points_are_lost_when_a_figure_fell(now: str, tolerance: str, lost: list[str]) -> None:
    outcome = score(item("4", no_decrease(tolerance=tolerance)), measured(now=now, last_year="8.5"))
    assert taken(outcome) == lost


def test_decrease_is_explained_by_both_figures() -> None:
    (deduction,) = score(item("4", no_decrease()), measured(now="8.2", last_year="8.5")).deductions
    assert (deduction.measured, deduction.standard) == (Decimal("8.2"), Decimal("8.5"))
    assert shown(deduction.explanation) == {
        "measure": "now",
        "measured": "8.2",
        "before": "last_year",
        "before_value": "8.5",
        "gap": "0.3",
        "unit": "%",
        "tolerance": "0",
        "computed": "1",
        "points": "1",
    }


def test_decrease_waits_for_both_figures() -> None:
    assert score(item("4", no_decrease()), measured(now="8.2")).missing == ("last_year",)


# ranking


def ranking(**changes: object) -> Data:
    rule = {"kind": "ranking", "measure": "share", "unit": "%", "order": "highest"}
    return {**rule, "points": ["10", "8", "6", "4"], "otherwise": "2", **changes}


def placed(rank: int | None) -> Answer:
    return Answer(measures={"share": Decimal("85")}, ranks={"share": rank})


@pytest.mark.parametrize(("rank", "given"), [(1, "10"), (2, "8"), (3, "6"), (4, "4"), (5, "2"), (30, "2")])
def test_points_by_place(rank: int, given: str) -> None:
    assert score(item("10", ranking()), placed(rank)).score == Decimal(given)


@pytest.mark.parametrize("answer", [placed(None), measured(share="85")])
def test_points_by_place_are_open_until_there_is_a_place(answer: Answer) -> None:
    assert score(item("10", ranking()), answer) == Outcome(None, awaiting_rank=("share",))


def test_points_by_place_wait_for_the_figure_as_well() -> None:
    assert score(item("10", ranking()), Answer()) == Outcome(
        None, missing=("share",), awaiting_rank=("share",)
    )


def test_place_is_explained() -> None:
    (deduction,) = score(item("10", ranking()), placed(3)).deductions
    assert deduction.explanation.key == "ranking.highest"
    assert shown(deduction.explanation) == {
        "measure": "share",
        "measured": "85",
        "unit": "%",
        "rank": "3",
        "given": "6",
        "full": "10",
        "computed": "4",
        "points": "4",
    }


@pytest.mark.parametrize("rank", [0, -1, 1.0, True, "1"])
def test_place_is_a_whole_number_from_one(rank: Any) -> None:
    with pytest.raises(InvalidAnswer, match="share: a place is a whole number from 1"):
        placed(rank)


# bonus


def bonus(**changes: object) -> Data:
    return {"kind": "bonus", **changes}


PRIZES = bonus(measure="prizes", unit="项", points_each="0.5")


def test_bonus_item_starts_at_nothing_and_earns_up_to_its_weight() -> None:
    assert score(item("2", bonus=True), Answer()) == Outcome(Decimal(0))
    outcome = score(item("2", PRIZES, bonus=True), measured(prizes="3"))
    assert (outcome.score, added(outcome), outcome.deductions) == (Decimal("1.5"), ["1.5"], ())


def test_bonus_beyond_the_weight_is_cut() -> None:
    (credit,) = score(item("2", PRIZES, bonus=True), measured(prizes="9")).credits
    assert (credit.points, credit.cut) == (Decimal(2), True)
    assert shown(credit.explanation) == {
        "measure": "prizes",
        "measured": "9",
        "unit": "项",
        "points_each": "0.5",
        "computed": "4.5",
        "points": "2",
        "left": "2",
    }


def test_bonus_rule_has_its_own_cap() -> None:
    rules = {**PRIZES, "cap": "1"}, bonus(measure="national", unit="项", points_each="1")
    outcome = score(item("5", *rules, bonus=True), measured(prizes="4", national="2"))
    assert (outcome.score, added(outcome)) == (Decimal(3), ["1", "2"])
    assert outcome.credits[0].explanation.values["at_most"] == Decimal(1)


@pytest.mark.parametrize("figure", ["0", "-2"])
def test_bonus_of_nothing_is_nothing(figure: str) -> None:
    assert score(item("2", PRIZES, bonus=True), measured(prizes=figure)) == Outcome(Decimal(0))


def test_bonus_by_hand_is_added_with_its_reason_up_to_the_cap() -> None:
    outcome = score(item("5", bonus(cap="2"), bonus=True), credited("1.5", "1"))
    assert (outcome.score, added(outcome)) == (Decimal(2), ["1.5", "0.5"])
    assert outcome.credits[0].explanation == Explanation(
        "bonus.by_hand", {"reason": "获省级表彰", "computed": Decimal("1.5"), "points": Decimal("1.5")}
    )


def test_bonus_by_hand_counts_where_no_rule_speaks_of_it() -> None:
    assert added(score(item("5", PRIZES, bonus=True), credited("1", prizes="2"))) == ["1", "1"]


def test_bonus_waits_for_its_figure() -> None:
    assert score(item("2", PRIZES, bonus=True), Answer()) == Outcome(None, missing=("prizes",))


def test_credit_needs_a_reason_and_points() -> None:
    with pytest.raises(InvalidAnswer, match="need a reason"):
        ManualCredit(Decimal(1), " ")
    with pytest.raises(InvalidAnswer, match="a Decimal above 0"):
        ManualCredit(Decimal(0), "获省级表彰")


def test_points_are_neither_taken_from_a_bonus_item_nor_added_to_an_ordinary_one() -> None:
    for refused, answer in (
        (item("2"), credited("1")),
        (item("2", bonus=True), Answer(manual=(ManualLoss(Decimal(1), "材料不全"),))),
    ):
        with pytest.raises(InvalidAnswer, match="taken from an ordinary item and added to a bonus item only"):
            score(refused, answer)


# veto


def veto(effect: str, **changes: object) -> Data:
    return {"kind": "veto", "measure": "accident", "effect": effect, **changes}


@pytest.mark.parametrize(
    ("effect", "grade"), [("bar_grade", "优秀"), ("lower_grade", ""), ("zero_section", "")]
)
def test_veto_costs_the_item_nothing_and_says_what_it_does(effect: Any, grade: str) -> None:
    rule = veto(effect, grade=grade)
    explanation = Explanation(f"veto.{effect}", {"measure": "accident", "grade": grade})
    assert score(item("4", rule), measured(accident="1")) == Outcome(
        Decimal(4), vetoes=(Veto(effect, grade, explanation),)
    )
    assert score(item("4", rule), measured(accident="0")) == Outcome(Decimal(4))


@pytest.mark.parametrize("first", [True, False])
def test_veto_of_the_item_takes_all_that_other_rules_left(first: bool) -> None:
    rules = [veto("zero_item"), cases()] if first else [cases(), veto("zero_item")]
    answer = Answer(
        measures={"accident": Decimal(1), "cases": Decimal(2)}, manual=(ManualLoss(Decimal("0.3"), "迟报"),)
    )
    outcome = score(item("4", *rules), answer)
    assert (outcome.score, taken(outcome)) == (Decimal(0), ["1", "0.3", "2.7"])
    assert (outcome.deductions[-1].kind, outcome.deductions[-1].cut) == ("veto", False)
    assert shown(outcome.deductions[-1].explanation) == {
        "measure": "accident",
        "grade": "",
        "computed": "2.7",
        "points": "2.7",
    }
    assert [found.effect for found in outcome.vetoes] == ["zero_item"]


def test_veto_is_known_while_another_figure_is_missing_but_not_without_its_own() -> None:
    rules = cases(), veto("lower_grade")
    known = score(item("4", *rules), measured(accident="1"))
    assert (known.score, known.missing, len(known.vetoes)) == (None, ("cases",), 1)
    unknown = score(item("4", *rules), measured(cases="0"))
    assert (unknown.score, unknown.missing, unknown.vetoes) == (None, ("accident",), ())


def test_veto_of_an_item_that_is_not_applicable_is_not_tripped() -> None:
    answer = Answer(applicable=False, measures={"accident": Decimal(1)})
    assert score(item("4", veto("lower_grade")), answer) == Outcome(None)
