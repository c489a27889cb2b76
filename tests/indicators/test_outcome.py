"""One item's points, by the worked examples of the design and their boundaries."""

from decimal import Decimal
from typing import Any

import pytest

from indicators.scoring.findings import Finding
from indicators.scoring.item import RuleFault
from indicators.scoring.outcome import (
    Answer,
    Deduction,
    Explanation,
    InvalidAnswer,
    InvalidItem,
    ManualLoss,
    Outcome,
    ScoredItem,
    score,
)
from indicators.scoring.rules import parse_rules


def points(text: str) -> Decimal:
    return Decimal(text)


def item(weight: str, *rules: dict[str, Any], step: str = "0.01") -> ScoredItem:
    return ScoredItem(Decimal(weight), parse_rules(rules), Decimal(step))


def shortfall(**changes: str) -> dict[str, str]:
    rule = {
        "kind": "shortfall",
        "measure": "class_size",
        "standard": "90",
        "direction": "at_least",
        "unit": "%",
        "points_per_unit": "0.1",
        "rounding": "down",
    }
    return {**rule, **changes}


def measured(**figures: str) -> Answer:
    return Answer(measures={code: Decimal(value) for code, value in figures.items()})


def by_hand(*losses: str) -> Answer:
    return Answer(manual=tuple(ManualLoss(Decimal(loss), f"理由{n}") for n, loss in enumerate(losses, 1)))


def taken(outcome: Outcome) -> list[Decimal]:
    return [deduction.points for deduction in outcome.deductions]


def test_score_without_any_loss_is_the_weight() -> None:
    assert score(item("4"), Answer()) == Outcome(Decimal(4))


def test_score_of_the_real_items_shortfall() -> None:
    outcome = score(item("4", shortfall()), measured(class_size="80.84"))
    assert outcome == Outcome(
        score=Decimal("3.1"),
        deductions=(
            Deduction(
                points=Decimal("0.9"),
                kind="shortfall",
                explanation=Explanation(
                    "shortfall.at_least.down",
                    {
                        "measure": "class_size",
                        "measured": Decimal("80.84"),
                        "standard": Decimal(90),
                        "gap": Decimal("9.16"),
                        "unit": "%",
                        "unit_size": Decimal(1),
                        "points_per_unit": Decimal("0.1"),
                        "computed": Decimal("0.9"),
                        "points": Decimal("0.9"),
                    },
                ),
                measured=Decimal("80.84"),
                standard=Decimal(90),
                unit="%",
                cut=False,
            ),
        ),
    )


@pytest.mark.parametrize(
    ("rounding", "lost", "left"), [("down", "0.9", "3.1"), ("up", "1", "3"), ("exact", "0.92", "3.08")]
)
def test_shortfall_rounds_a_begun_step_as_the_rule_says(rounding: str, lost: str, left: str) -> None:
    outcome = score(item("4", shortfall(rounding=rounding)), measured(class_size="80.84"))
    assert (taken(outcome), outcome.score) == ([Decimal(lost)], Decimal(left))


@pytest.mark.parametrize("rounding", ["down", "up", "exact"])
@pytest.mark.parametrize("figure", ["90", "90.01", "100", "250"])
def test_shortfall_loses_nothing_at_or_above_the_standard(rounding: str, figure: str) -> None:
    assert score(item("4", shortfall(rounding=rounding)), measured(class_size=figure)) == Outcome(Decimal(4))


@pytest.mark.parametrize(
    ("rounding", "figure", "lost"),
    [
        ("down", "89.99", []),
        ("down", "89.01", []),
        ("down", "89", ["0.1"]),
        ("down", "88.01", ["0.1"]),
        ("up", "89.99", ["0.1"]),
        ("up", "89", ["0.1"]),
        ("up", "88.99", ["0.2"]),
        ("exact", "89.99", []),
        ("exact", "89.96", []),
        ("exact", "89.95", ["0.01"]),
        ("exact", "89", ["0.1"]),
    ],
)
def test_shortfall_at_its_boundaries(rounding: str, figure: str, lost: list[str]) -> None:
    outcome = score(item("4", shortfall(rounding=rounding)), measured(class_size=figure))
    assert taken(outcome) == [Decimal(loss) for loss in lost]


@pytest.mark.parametrize(
    ("figure", "lost"), [("5", []), ("4.99", []), ("0", []), ("5.99", []), ("6", ["0.1"]), ("8.2", ["0.3"])]
)
def test_shortfall_of_a_figure_that_may_be_at_most(figure: str, lost: list[str]) -> None:
    rule = shortfall(direction="at_most", standard="5")
    outcome = score(item("4", rule), measured(class_size=figure))
    assert taken(outcome) == [Decimal(loss) for loss in lost]
    assert [found.explanation.key for found in outcome.deductions] == ["shortfall.at_most.down"] * len(lost)


def test_shortfall_of_a_figure_below_zero() -> None:
    rule = shortfall(standard="0")
    assert taken(score(item("4", rule), measured(class_size="-2.3"))) == [Decimal("0.2")]


@pytest.mark.parametrize(
    ("unit_size", "rounding", "lost"),
    [
        ("0.5", "down", "1.8"),
        ("0.5", "up", "1.9"),
        ("0.5", "exact", "1.83"),
        ("5", "down", "0.1"),
        ("5", "up", "0.2"),
    ],
)
def test_shortfall_counts_in_steps_of_its_size(unit_size: str, rounding: str, lost: str) -> None:
    rule = shortfall(unit_size=unit_size, rounding=rounding)
    assert taken(score(item("4", rule), measured(class_size="80.84"))) == [Decimal(lost)]


def test_shortfall_in_thirds_is_rounded_once() -> None:
    rule = shortfall(unit_size="3", points_per_unit="1", rounding="exact", standard="10")
    assert taken(score(item("4", rule), measured(class_size="9"))) == [Decimal("0.33")]


@pytest.mark.parametrize(("limit", "lost"), [("0.5", "0.5"), ("0.9", "0.9"), ("3", "0.9")])
@pytest.mark.parametrize("by", ["cap", "share"])
def test_shortfall_takes_no_more_than_its_cap_or_share(by: str, limit: str, lost: str) -> None:
    (deduction,) = score(item("4", shortfall(**{by: limit})), measured(class_size="80.84")).deductions
    assert (deduction.points, deduction.cut) == (Decimal(lost), False)


def test_explanation_says_that_a_cap_took_effect() -> None:
    (deduction,) = score(item("4", shortfall(cap="0.5")), measured(class_size="80.84")).deductions
    values = deduction.explanation.values
    assert (values["computed"], values["at_most"], values["points"]) == (
        points("0.9"),
        points("0.5"),
        points("0.5"),
    )
    assert "left" not in values


def test_explanation_is_silent_about_a_cap_that_was_just_reached() -> None:
    (deduction,) = score(item("4", shortfall(cap="0.9")), measured(class_size="80.84")).deductions
    assert {"at_most", "left"}.isdisjoint(deduction.explanation.values)


def test_last_deduction_is_cut_to_what_was_left() -> None:
    outcome = score(item("4", {"kind": "manual"}), by_hand("3", "2"))
    assert outcome.score == Decimal(0)
    assert [(found.points, found.cut) for found in outcome.deductions] == [
        (Decimal(3), False),
        (Decimal(1), True),
    ]
    assert outcome.deductions[1].explanation == Explanation(
        "manual", {"reason": "理由2", "computed": Decimal(2), "points": Decimal(1), "left": Decimal(1)}
    )


def test_cut_deduction_of_two_rules() -> None:
    rules = shortfall(points_per_unit="1"), shortfall(measure="ratio", standard="50", points_per_unit="1")
    outcome = score(item("4", *rules), measured(class_size="87", ratio="48"))
    assert outcome.score == Decimal(0)
    assert [(found.points, found.cut) for found in outcome.deductions] == [
        (Decimal(3), False),
        (Decimal(1), True),
    ]


def test_loss_of_exactly_what_was_left_is_not_cut() -> None:
    outcome = score(item("4"), by_hand("3", "1"))
    assert [(found.points, found.cut) for found in outcome.deductions] == [
        (Decimal(3), False),
        (Decimal(1), False),
    ]


def test_failing_stays_on_record_when_nothing_is_left() -> None:
    outcome = score(item("1"), by_hand("1", "0.5"))
    assert [(found.points, found.cut) for found in outcome.deductions] == [
        (Decimal(1), False),
        (Decimal(0), True),
    ]


def test_item_without_weight_is_only_checked() -> None:
    outcome = score(item("0", shortfall()), measured(class_size="80.84"))
    assert (outcome.score, taken(outcome), outcome.deductions[0].cut) == (Decimal(0), [Decimal(0)], True)


def test_manual_rule_takes_no_more_than_its_share_in_all() -> None:
    outcome = score(item("4", {"kind": "manual", "share": "1"}), by_hand("0.7", "0.7"))
    assert (outcome.score, taken(outcome)) == (Decimal(3), [Decimal("0.7"), Decimal("0.3")])
    last = outcome.deductions[1]
    assert last.explanation.values["left_of_limit"] == Decimal("0.3")
    assert not last.cut


@pytest.mark.parametrize("rules", [(), (shortfall(),)])
def test_points_may_be_taken_by_hand_where_no_rule_speaks_of_it(rules: tuple[dict[str, str], ...]) -> None:
    answer = Answer(measures={"class_size": Decimal(90)}, manual=(ManualLoss(Decimal("0.5"), "材料不全"),))
    (deduction,) = score(item("4", *rules), answer).deductions
    assert (deduction.points, deduction.kind) == (Decimal("0.5"), "manual")
    assert (deduction.measured, deduction.standard, deduction.unit) == (None, None, "")


def test_deductions_come_in_the_order_of_the_rules() -> None:
    answer = Answer(measures={"class_size": Decimal(89)}, manual=(ManualLoss(Decimal("0.5"), "材料不全"),))
    first = score(item("4", {"kind": "manual"}, shortfall()), answer)
    last = score(item("4", shortfall(), {"kind": "manual"}), answer)
    assert [found.kind for found in first.deductions] == ["manual", "shortfall"]
    assert [found.kind for found in last.deductions] == ["shortfall", "manual"]


@pytest.mark.parametrize(
    ("step", "lost"), [("0.01", "0.92"), ("0.05", "0.9"), ("0.1", "0.9"), ("0.5", "1"), ("1", "1")]
)
def test_computed_points_are_rounded_to_the_frameworks_step(step: str, lost: str) -> None:
    outcome = score(item("4", shortfall(rounding="exact"), step=step), measured(class_size="80.84"))
    assert (taken(outcome), outcome.score) == ([Decimal(lost)], Decimal(4) - Decimal(lost))


def test_step_does_not_round_points_taken_by_hand() -> None:
    assert taken(score(item("4", step="0.5"), by_hand("0.3"))) == [Decimal("0.3")]


@pytest.mark.parametrize("measures", [{}, {"class_size": None}, {"other": Decimal(1)}])
def test_missing_figure_leaves_the_item_open(measures: dict[str, Decimal | None]) -> None:
    answer = Answer(measures=measures, manual=(ManualLoss(Decimal(1), "材料不全"),))
    assert score(item("4", {"kind": "manual"}, shortfall()), answer) == Outcome(None, missing=("class_size",))


def test_missing_figures_are_named_once_each_in_the_order_of_the_rules() -> None:
    rules = shortfall(measure="b"), shortfall(measure="a"), shortfall(measure="b", standard="95"), shortfall()
    assert score(item("4", *rules), measured(class_size="90")).missing == ("b", "a")


def test_item_that_is_not_applicable_is_left_to_the_policy() -> None:
    assert score(item("4", shortfall()), Answer(applicable=False)) == Outcome(None)


def test_largest_figures_are_scored_exactly() -> None:
    rule = shortfall(
        standard="99999999999.9999",
        unit_size="0.0001",
        points_per_unit="9999.9999",
        rounding="up",
        unit="元",
    )
    outcome = score(item("4", rule), measured(class_size="-99999999999.9999"))
    assert outcome.score == Decimal(0)
    assert outcome.deductions[0].explanation.values["gap"] == Decimal("199999999999.9998")


@pytest.mark.parametrize("loss", ["0", "-1", "0.001", "NaN", "Infinity", "1000000"])
def test_manual_loss_refuses_what_are_no_points(loss: str) -> None:
    with pytest.raises(InvalidAnswer, match="points given by hand are a Decimal above 0"):
        ManualLoss(Decimal(loss), "材料不全")


def test_manual_loss_refuses_a_float() -> None:
    with pytest.raises(InvalidAnswer, match=r"not 0\.5$"):
        ManualLoss(0.5, "材料不全")  # type: ignore[arg-type]


@pytest.mark.parametrize("reason", ["", " ", "\n\u3000"])
def test_manual_loss_needs_a_reason(reason: str) -> None:
    with pytest.raises(InvalidAnswer, match="need a reason"):
        ManualLoss(Decimal(1), reason)


@pytest.mark.parametrize(
    "figure", ["NaN", "sNaN", "Infinity", "1E+11", "-1E+11", "0.00001", "1E+400", "1E-400"]
)
def test_answer_refuses_a_figure_that_cannot_be_reckoned_with(figure: str) -> None:
    with pytest.raises(InvalidAnswer, match=r"^class_size: a figure is a Decimal of at most 15 digits"):
        measured(class_size=figure)


@pytest.mark.parametrize("figure", [80.84, 80, True, "80.84"])
def test_answer_refuses_a_figure_that_is_no_decimal(figure: Any) -> None:
    with pytest.raises(InvalidAnswer, match=r"^class_size: "):
        Answer(measures={"class_size": figure})


def test_answer_has_no_figure_where_it_is_missing() -> None:
    answer = Answer(measures={"known": Decimal(1), "unknown": None})
    assert answer.figure("known") == Decimal(1)
    for code in ("unknown", "absent"):
        with pytest.raises(KeyError, match=code):
            answer.figure(code)


@pytest.mark.parametrize("points", ["-1", "-0.01"])
def test_finding_refuses_to_turn_its_points_round(points: str) -> None:
    with pytest.raises(ValueError, match="0 points or more"):
        Finding(Decimal(points), Explanation("manual", {}))


@pytest.mark.parametrize("weight", [Decimal("-1"), Decimal("0.001"), Decimal("NaN"), 4, 4.0])
def test_item_refuses_a_weight_that_is_no_points(weight: Any) -> None:
    with pytest.raises(InvalidItem, match="weight_is_no_points"):
        ScoredItem(weight)


@pytest.mark.parametrize("step", [Decimal(0), Decimal("-0.1"), Decimal("0.005"), 0.1])
def test_item_refuses_a_step_that_is_no_points(step: Any) -> None:
    with pytest.raises(InvalidItem, match="step_is_no_points"):
        ScoredItem(Decimal(4), step=step)


def test_item_refuses_shares_that_sum_to_more_than_its_weight() -> None:
    with pytest.raises(InvalidItem) as refused:
        item("4", {"kind": "manual", "share": "2"}, shortfall(share="2.5"))
    values = {"shares": points("4.5"), "weight": points("4"), "difference": points("0.5")}
    assert refused.value.faults == (RuleFault("shares_above_weight", values),)
    assert str(refused.value) == "rules: shares_above_weight shares=4.5 weight=4 difference=0.5"


def test_item_takes_shares_that_sum_to_its_weight() -> None:
    assert len(item("4", {"kind": "manual", "share": "2"}, shortfall(share="2")).rules) == 2


def test_item_refuses_two_rules_by_hand() -> None:
    manual = parse_rules([{"kind": "manual"}])
    with pytest.raises(InvalidItem) as refused:
        ScoredItem(Decimal(4), (*manual, *manual))
    assert refused.value.faults == (RuleFault("several_by_hand", {}, 2),)


def test_ordinary_item_refuses_a_bonus_rule_and_a_bonus_item_all_others() -> None:
    rules = parse_rules([shortfall(), {"kind": "bonus"}])
    with pytest.raises(InvalidItem) as refused:
        ScoredItem(Decimal(4), rules)
    assert refused.value.faults == (RuleFault("bonus_on_ordinary_item", {}, 2),)
    with pytest.raises(InvalidItem) as refused:
        ScoredItem(Decimal(4), rules, bonus=True)
    assert refused.value.faults == (RuleFault("loss_on_bonus_item", {}, 1),)
