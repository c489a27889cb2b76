"""Items added up to sections and a total, by the real report of 2021 and under each policy."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from indicators.scoring.grading import Band, grade
from indicators.scoring.rollup import (
    CountedItem,
    EmptyFramework,
    NaPolicy,
    NothingApplicable,
    SectionTotal,
    Total,
    roll_up,
)

FULL, EXCLUDE, ZERO = NaPolicy.FULL, NaPolicy.EXCLUDE, NaPolicy.ZERO
BANDS = [
    Band(name, Decimal(threshold))
    for name, threshold in (("优秀", 90), ("良好", 80), ("合格", 60), ("不合格", 0))
]
REPORT = Path(__file__).parents[2] / "fixtures" / "honggutan-2021.expected.json"


def counted(weight: str, score: str | None, *, applicable: bool = True) -> CountedItem:
    return CountedItem(Decimal(weight), None if score is None else Decimal(score), applicable)


def not_applicable(weight: str) -> CountedItem:
    return counted(weight, None, applicable=False)


@pytest.fixture(scope="module")
def real() -> list[list[CountedItem]]:
    """The real report's items, without points where the district answers 暂无."""
    report = json.loads(REPORT.read_text(encoding="utf-8"))
    absent = report["not_applicable_items"]
    return [
        [
            not_applicable(item["weight"])
            if item["number"] in absent
            else counted(item["weight"], item["self_score"])
            for item in section["items"]
        ]
        for section in report["sections"]
    ]


def grade_of(total: Total) -> str:
    assert total.percent is not None
    return grade(total.percent, BANDS).name


def section(weight: str, attainable: str, score: str | None, scored: int, items: int) -> SectionTotal:
    points = None if score is None else Decimal(score)
    return SectionTotal(Decimal(weight), Decimal(attainable), points, scored, items)


def test_real_report_with_full_credit(real: list[list[CountedItem]]) -> None:
    total = roll_up(real, FULL)
    assert [str(part.score.normalize()) for part in total.sections if part.score is not None] == [
        "11",
        "13.5",
        "25.3",
        "35.3",
        "8.5",
        "5.5",
    ]
    assert total.sections[2] == section("26.2", "26.2", "25.3", 13, 13)
    assert (total.weight, total.earned, total.total, total.percent) == (
        Decimal(100),
        Decimal("99.1"),
        Decimal("99.1"),
        Decimal("99.1"),
    )
    assert (total.scored, total.items, total.complete) == (54, 54, True)
    assert grade_of(total) == "优秀"


def test_real_report_without_what_is_not_applicable(real: list[list[CountedItem]]) -> None:
    total = roll_up(real, EXCLUDE)
    assert (total.attainable, total.earned) == (Decimal("87.2"), Decimal("86.3"))
    assert (total.total, total.percent) == (Decimal("98.97"), Decimal("98.97"))
    assert total.sections[1] == section("13.5", "12", "12", 6, 6)
    assert total.sections[3] == section("35.3", "24", "24", 19, 19)
    assert grade_of(total) == "优秀"


def test_real_report_with_nothing_for_what_is_not_applicable(real: list[list[CountedItem]]) -> None:
    total = roll_up(real, ZERO)
    assert (total.attainable, total.earned, total.total) == (Decimal(100), Decimal("86.3"), Decimal("86.3"))
    assert grade_of(total) == "良好"


def test_total_under_each_policy_is_at_hand(real: list[list[CountedItem]]) -> None:
    for start in NaPolicy:
        total = roll_up(real, start)
        assert {policy: total.under(policy).total for policy in NaPolicy} == {
            FULL: Decimal("99.1"),
            EXCLUDE: Decimal("98.97"),
            ZERO: Decimal("86.3"),
        }


def test_total_under_its_own_policy_is_itself() -> None:
    total = roll_up([[counted("4", "3")]], FULL)
    assert total.under(FULL) is total


def test_policies_are_stored_by_these_words() -> None:
    assert [str(policy) for policy in NaPolicy] == ["full", "exclude", "zero"]


def test_unscored_item_leaves_the_total_open_and_the_sum_running() -> None:
    total = roll_up([[counted("4", "3.5"), counted("2", None)], [counted("4", "4")]], FULL)
    assert total.sections == (section("6", "6", "3.5", 1, 2), section("4", "4", "4", 1, 1))
    assert [part.complete for part in total.sections] == [False, True]
    assert (total.earned, total.total, total.percent) == (Decimal("7.5"), None, None)
    assert (total.scored, total.items, total.complete) == (2, 3, False)


@pytest.mark.parametrize("policy", NaPolicy)
def test_total_waits_for_no_item_that_is_not_applicable(policy: NaPolicy) -> None:
    total = roll_up([[counted("4", "4"), not_applicable("2")]], policy)
    assert (total.scored, total.items, total.complete) == (2, 2, True)
    assert total.total is not None


@pytest.mark.parametrize("policy", NaPolicy)
def test_score_of_an_item_that_is_not_applicable_is_not_looked_at(policy: NaPolicy) -> None:
    kept = counted("2", "1.5", applicable=False)
    assert roll_up([[counted("4", "4"), kept]], policy).total == (
        roll_up([[counted("4", "4"), not_applicable("2")]], policy).total
    )


@pytest.mark.parametrize(
    ("policy", "second"),
    [
        (FULL, section("2", "2", "2", 1, 1)),
        (EXCLUDE, section("2", "0", None, 1, 1)),
        (ZERO, section("2", "2", "0", 1, 1)),
    ],
)
def test_section_that_is_wholly_not_applicable(policy: NaPolicy, second: SectionTotal) -> None:
    assert roll_up([[counted("4", "3")], [not_applicable("2")]], policy).sections[1] == second


def test_section_stays_raw_where_the_total_is_scaled() -> None:
    total = roll_up([[counted("4", "3"), not_applicable("4")], [counted("2", "2")]], EXCLUDE)
    assert total.sections == (section("8", "4", "3", 2, 2), section("2", "2", "2", 1, 1))
    assert (total.weight, total.attainable, total.earned, total.total) == (
        Decimal(10),
        Decimal(6),
        Decimal(5),
        Decimal("8.33"),
    )


def test_percent_is_that_of_the_printed_total() -> None:
    """Unrounded it would be 89.9955 %, so 90.00 %; the printed 107.99 of 120 is 89.99 %."""
    total = roll_up([[counted("110.05", "99.04"), not_applicable("9.95")]], EXCLUDE)
    assert (total.total, total.percent) == (Decimal("107.99"), Decimal("89.99"))


def test_percent_of_a_framework_that_weighs_less_than_a_hundred() -> None:
    total = roll_up([[counted("73", "65.7")]], FULL)
    assert (total.total, total.percent) == (Decimal("65.7"), Decimal(90))


def test_section_without_items_earns_nothing() -> None:
    assert roll_up([[counted("4", "3")], []], EXCLUDE).sections[1] == section("0", "0", "0", 0, 0)


def test_item_without_weight_is_counted_and_waited_for() -> None:
    total = roll_up([[counted("4", "3"), counted("0", None)]], FULL)
    assert (total.scored, total.items, total.total) == (1, 2, None)


@pytest.mark.parametrize("policy", NaPolicy)
@pytest.mark.parametrize("sections", [[], [[]], [[], []], [[counted("0", "0")]]])
def test_framework_without_points_is_refused(sections: list[list[CountedItem]], policy: NaPolicy) -> None:
    with pytest.raises(EmptyFramework, match="no points to be had"):
        roll_up(sections, policy)


@pytest.mark.parametrize("others", [[], [counted("0", "0")]])
def test_nothing_applicable_is_an_error_under_exclude_alone(others: list[CountedItem]) -> None:
    sections = [[not_applicable("4")], [not_applicable("2"), *others]]
    with pytest.raises(NothingApplicable, match="nothing to score"):
        roll_up(sections, EXCLUDE)
    assert roll_up(sections, FULL).total == Decimal(6)
    assert roll_up(sections, ZERO).total == Decimal(0)
    with pytest.raises(NothingApplicable):
        roll_up(sections, FULL).under(EXCLUDE)


@pytest.mark.parametrize("score", [Decimal("4.1"), Decimal("-0.1"), Decimal("3.333"), Decimal("NaN"), 3.5, 3])
def test_counted_item_refuses_a_score_that_is_not_of_its_weight(score: Any) -> None:
    with pytest.raises(ValueError, match="a score is a Decimal from 0 to 4 with two decimals"):
        CountedItem(Decimal(4), score)


@pytest.mark.parametrize("weight", [Decimal(-1), Decimal("0.001"), Decimal("Infinity"), 4.0])
def test_counted_item_refuses_a_weight_that_is_no_points(weight: Any) -> None:
    with pytest.raises(ValueError, match="a weight is a Decimal, 0 or more"):
        CountedItem(weight, None)


# Bonus items


def bonus(weight: str, score: str | None, *, applicable: bool = True) -> CountedItem:
    points = None if score is None else Decimal(score)
    return CountedItem(Decimal(weight), points, applicable, bonus=True)


def test_bonus_stands_beside_all_sums_and_is_added_at_the_end() -> None:
    total = roll_up([[counted("100", "90.5")], [bonus("5", "1.5"), bonus("3", "2")]], FULL)
    assert (total.weight, total.attainable, total.earned) == (Decimal(100), Decimal(100), Decimal("90.5"))
    assert (total.bonus, total.bonus_weight) == (Decimal("3.5"), Decimal(8))
    assert (total.total, total.percent) == (Decimal(94), Decimal(94))
    assert total.sections[1] == SectionTotal(
        Decimal(0), Decimal(0), Decimal(0), 2, 2, bonus=Decimal("3.5"), bonus_weight=Decimal(8)
    )
    assert total.sections[1].percent is None


@pytest.mark.parametrize(("may_exceed", "result"), [(False, "100"), (True, "102.5")])
def test_bonus_carries_the_total_past_its_weight_only_where_the_framework_says_so(
    may_exceed: bool, result: str
) -> None:
    total = roll_up([[counted("100", "99"), bonus("5", "3.5")]], FULL, bonus_may_exceed=may_exceed)
    assert (total.total, total.percent) == (Decimal(result), Decimal(result))
    assert total.under(ZERO).total == Decimal(result)


def test_bonus_is_not_scaled() -> None:
    total = roll_up([[counted("80", "60"), not_applicable("20"), bonus("5", "2")]], EXCLUDE)
    assert total.total == Decimal(75) + Decimal(2)


def test_total_waits_for_a_bonus_item_without_a_score() -> None:
    total = roll_up([[counted("100", "90"), bonus("5", None)]], FULL)
    assert (total.scored, total.items, total.total, total.bonus) == (1, 2, None, Decimal(0))


@pytest.mark.parametrize("policy", NaPolicy)
def test_bonus_item_that_is_not_applicable_earns_nothing(policy: NaPolicy) -> None:
    total = roll_up([[counted("100", "90"), bonus("5", None, applicable=False)]], policy)
    assert (total.total, total.bonus, total.weight) == (Decimal(90), Decimal(0), Decimal(100))


# Items that only the committee scores


def committee(weight: str, score: str | None, **changes: bool) -> CountedItem:
    points = None if score is None else Decimal(score)
    return CountedItem(Decimal(weight), points, committee_only=True, **changes)


def test_committees_items_leave_a_self_total_of_73_without_a_percent() -> None:
    total = roll_up([[counted("73", "70.5")], [committee("20", None), committee("7", None)]], FULL)
    assert (total.weight, total.attainable, total.reserved) == (Decimal(73), Decimal(73), Decimal(27))
    assert (total.total, total.percent, total.complete) == (Decimal("70.5"), None, True)
    assert (total.scored, total.items) == (1, 1)
    assert total.sections[1] == SectionTotal(Decimal(0), Decimal(0), Decimal(0), 0, 0, reserved=Decimal(27))


def test_committees_items_count_like_all_others_once_they_are_scored() -> None:
    total = roll_up([[counted("73", "70.5")], [committee("20", "19"), committee("7", "7")]], FULL)
    assert (total.weight, total.reserved, total.total, total.percent) == (
        Decimal(100),
        Decimal(0),
        Decimal("96.5"),
        Decimal("96.5"),
    )


def test_committees_bonus_is_in_no_sum_until_it_is_given() -> None:
    total = roll_up([[counted("100", "90"), committee("5", None, bonus=True)]], FULL)
    assert (total.reserved, total.bonus_weight, total.percent) == (Decimal(0), Decimal(0), Decimal(90))


@pytest.mark.parametrize(
    ("may_exceed", "total", "bonus_counted"), [(False, "100", "1.25"), (True, "102", "3.25")]
)
def test_what_of_a_scaled_total_is_bonus(may_exceed: bool, total: str, bonus_counted: str) -> None:
    found = roll_up(
        [[counted("80", "79"), not_applicable("20"), bonus("4", "3.25")]],
        EXCLUDE,
        bonus_may_exceed=may_exceed,
    )
    assert (found.total, found.bonus_counted) == (Decimal(total), Decimal(bonus_counted))
    assert roll_up([[counted("80", None)]], EXCLUDE).bonus_counted is None


# A veto of a section


def test_zeroed_section_earns_nothing_and_says_what_was_forfeited() -> None:
    vetoed = CountedItem(Decimal(4), Decimal(4), zeroes_section=True)
    total = roll_up([[counted("90", "88")], [counted("6", "5.5"), vetoed, bonus("2", "1")]], FULL)
    assert total.sections[1] == SectionTotal(
        weight=Decimal(10),
        attainable=Decimal(10),
        score=Decimal(0),
        scored=3,
        items=3,
        bonus=Decimal(0),
        bonus_weight=Decimal(2),
        zeroed=True,
        forfeited=Decimal("9.5"),
    )
    assert (total.earned, total.bonus, total.total) == (Decimal(88), Decimal(0), Decimal(88))
    assert (total.sections[1].percent, total.sections[0].percent) == (Decimal(0), Decimal("97.78"))


def test_veto_of_an_item_that_is_not_applicable_zeroes_nothing() -> None:
    vetoed = CountedItem(Decimal(4), None, applicable=False, zeroes_section=True)
    assert roll_up([[counted("6", "5.5"), vetoed]], ZERO).sections[0].score == Decimal("5.5")


def test_percent_of_a_section_is_of_what_was_to_be_had_once_it_is_complete() -> None:
    complete, still_open = roll_up(
        [[counted("4", "3"), not_applicable("4")], [counted("4", "3"), counted("4", None)]], EXCLUDE
    ).sections
    assert (complete.percent, still_open.percent) == (Decimal(75), None)
    assert (complete.earned, still_open.earned) == (Decimal(3), Decimal(3))
