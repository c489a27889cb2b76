"""What a draft's rules may be and a published framework's may not, and its words."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from indicators.scoring import MeasureKind
from indicators.scoring.faults import faults_of
from indicators.scoring.item import RuleFault
from indicators.scoring.points import ZERO
from indicators.scoring.rules import parse_rules
from indicators.wording import fault_in_words
from tests.indicators.rule_strategies import GRADES, figures_of, rules

NAMES = {"plan": "制定方案", "share": "达标率", "accident": "发生重大事故"}
KINDS = {"plan": MeasureKind.MET, "share": MeasureKind.NUMBER, "accident": MeasureKind.YES_NO}
CHECKLIST = {"kind": "checklist", "points": [{"measure": "plan", "points": "2"}]}
TIERS = {
    "kind": "tiers",
    "measure": "share",
    "unit": "%",
    "tiers": [{"low": "90", "points": "3"}, {"high": "90", "points": "1"}],
}
RANKING = {"kind": "ranking", "measure": "share", "unit": "%", "order": "highest", "points": ["4", "2"]}
VETO = {"kind": "veto", "measure": "accident", "effect": "bar_grade", "grade": "优秀"}


def faults(*data: dict[str, Any], weight: str = "3", bonus: bool = False) -> list[RuleFault]:
    return faults_of(parse_rules(data), KINDS, weight=Decimal(weight), bonus=bonus, grades=GRADES)


@pytest.fixture
def chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


def in_words(found: list[RuleFault]) -> list[str]:
    return [fault_in_words(fault, NAMES) for fault in found]


@pytest.mark.parametrize(
    "data",
    [
        (),
        ({"kind": "manual"},),
        (TIERS,),
        (TIERS, VETO),
        ({**CHECKLIST, "share": "2"}, {"kind": "manual", "share": "1"}),
        ({"kind": "manual", "share": "1"},),
    ],
)
def test_rules_that_fit_together_have_no_fault(data: tuple[dict[str, Any], ...]) -> None:
    assert faults(*data) == []


def test_sub_points_that_do_not_add_up_are_named_with_the_difference() -> None:
    values = {"most": Decimal(2), "stake": Decimal(3), "difference": Decimal(1)}
    assert faults(CHECKLIST) == [RuleFault("checklist_sum", values, 1)]


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(
    ("data", "weight", "words"),
    [
        ((CHECKLIST,), "3", ["第1条细则：各分项合计2分，应为3分，相差1分。"]),
        ((CHECKLIST,), "1.5", ["第1条细则：各分项合计2分，应为1.5分，相差0.5分。"]),
        (({"kind": "manual"}, TIERS), "4", ["第2条细则：最好一档得3分，应为4分，相差1分。"]),
        ((RANKING,), "3", ["第1条细则：第一名得4分，应为3分，相差1分。"]),
        (
            ({"kind": "manual", "share": "2"}, {**TIERS, "share": "3"}),
            "4",
            ["各条细则所占分值合计5分，本项分值4分，多出1分。"],
        ),
        (
            ({"kind": "manual", "share": "0.5"}, {**TIERS, "share": "3"}),
            "4",
            ["各条细则所占分值合计3.5分，本项分值4分，缺少0.5分。"],
        ),
        (
            ({"kind": "per_occurrence", "measure": "share", "unit": "次", "points_each": "1"},),
            "3",
            ["第1条细则：数据指标“达标率”的类型为“数值”，细则需要的类型是：整数。"],
        ),
        (
            ({"kind": "no_decrease", "measure": "share", "before": "last", "unit": "%", "points": "1"},),
            "3",
            ["第1条细则：评分细则所用数据指标“last”未列出。"],
        ),
        (({**VETO, "grade": "甲等"},), "3", ["第1条细则：指标体系没有“甲等”等次。"]),
        (({**VETO, "grade": "不合格"},), "3", ["第1条细则：“不合格”是最低等次，不能作为否决的等次。"]),
        (({"kind": "bonus"},), "3", ["第1条细则：只有加分项可以使用加分细则。"]),
    ],
)
def test_faults_are_said_in_chinese(data: tuple[dict[str, Any], ...], weight: str, words: list[str]) -> None:
    assert in_words(faults(*data, weight=weight)) == words


@pytest.mark.usefixtures("chinese")
def test_bonus_item_has_only_rules_that_add() -> None:
    assert in_words(faults({"kind": "bonus"}, TIERS, bonus=True)) == ["第2条细则：加分项只能使用加分细则。"]


def test_vetoes_are_not_looked_at_without_grades() -> None:
    assert faults_of(parse_rules([{**VETO, "grade": "甲等"}]), KINDS, weight=Decimal(3)) == []


@given(st.integers(0, 1500).map(lambda cents: Decimal(cents) / 100).flatmap(rules))
def test_drawn_rules_never_name_a_figure_at_fault(drawn: Any) -> None:
    """The strategies declare what they need, so that exchange and editor can be tested with them."""
    keys = {fault.key for fault in faults_of(drawn, figures_of(drawn), weight=Decimal(100), grades=GRADES)}
    assert keys <= {"checklist_sum", "tiers_best", "ranking_best", "shares_below_weight"}
    assert all(rule.share is None or rule.share > ZERO for rule in drawn)
