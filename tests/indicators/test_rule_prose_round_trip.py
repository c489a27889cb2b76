# ruff: noqa: E501 - a rule stands in one line
"""A rule's own Chinese sentence, read back, gives the rule again."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from indicators.reading.rule_prose import read_rule_prose
from indicators.scoring.rules import dump_rules, parse_rules
from indicators.wording import describe_rule

CASES: list[tuple[dict[str, Any], dict[str, str], str]] = [
    (
        {"kind": "shortfall", "measure": "a", "standard": "90", "direction": "at_least", "unit": "%",
         "points_per_unit": "0.1", "rounding": "down", "cap": "2"},
        {"a": "小学标准班额占比"}, "4",
    ),
    (
        {"kind": "shortfall", "measure": "a", "standard": "5", "direction": "at_most", "unit": "%",
         "points_per_unit": "0.5", "rounding": "up"},
        {"a": "大班额占比"}, "4",
    ),
    (
        {"kind": "shortfall", "measure": "a", "standard": "100", "direction": "at_least", "unit": "万元",
         "unit_size": "10", "points_per_unit": "1", "rounding": "exact"},
        {"a": "教育投入"}, "4",
    ),
    (
        {"kind": "per_occurrence", "measure": "a", "unit": "起", "points_each": "0.5"},
        {"a": "违规办学行为"}, "4",
    ),
    (
        {"kind": "per_occurrence", "measure": "a", "unit": "次", "points_each": "0.5", "free": "3", "cap": "2"},
        {"a": "信访投诉"}, "4",
    ),
    (
        {"kind": "proportional", "measure": "a", "unit": "%", "full_at": "95", "zero_at": "60"},
        {"a": "任务完成率"}, "4",
    ),
    (
        {"kind": "tiers", "measure": "a", "unit": "%", "tiers": [
            {"low": "95", "points": "4"},
            {"low": "90", "high": "95", "points": "3"},
            {"high": "90", "points": "0"},
        ]},
        {"a": "入学率"}, "4",
    ),
    (
        {"kind": "checklist", "points": [
            {"measure": "a", "points": "1"}, {"measure": "b", "points": "0.5"}]},
        {"a": "建立台账", "b": "定期更新"}, "1.5",
    ),
    (
        {"kind": "checklist", "points": [
            {"measure": "a", "points": "1", "partly": "0.2"}, {"measure": "b", "points": "1", "partly": "0.4"}]},
        {"a": "建立台账", "b": "定期更新"}, "2",
    ),
    ({"kind": "all_or_nothing", "measure": "a", "comparison": "at_least", "standard": "90", "unit": "%"},
     {"a": "巩固率"}, "2"),
    ({"kind": "all_or_nothing", "measure": "a", "comparison": "at_most", "standard": "5", "unit": "%"},
     {"a": "辍学率"}, "2"),
    ({"kind": "all_or_nothing", "measure": "a", "comparison": "yes"}, {"a": "建立责任清单"}, "2"),
    ({"kind": "all_or_nothing", "measure": "a", "comparison": "no"}, {"a": "发生安全责任事故"}, "2"),
    ({"kind": "no_decrease", "measure": "a", "before": "b", "unit": "", "points": "1"},
     {"a": "生均公用经费", "b": "上年生均公用经费"}, "2"),
    ({"kind": "bonus", "measure": "a", "unit": "项", "points_each": "1", "cap": "3"}, {"a": "省级表彰"}, "3"),
    ({"kind": "ranking", "measure": "a", "unit": "", "order": "lowest", "points": ["10", "8", "6"], "otherwise": "4"},
     {"a": "投诉率"}, "10"),
    ({"kind": "veto", "measure": "a", "effect": "bar_grade", "grade": "优秀"}, {"a": "发生重大事故"}, "2"),
    ({"kind": "veto", "measure": "a", "effect": "lower_grade"}, {"a": "发生重大事故"}, "2"),
    ({"kind": "veto", "measure": "a", "effect": "zero_item"}, {"a": "发生重大事故"}, "2"),
    ({"kind": "veto", "measure": "a", "effect": "zero_section"}, {"a": "发生重大事故"}, "2"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "names", "weight"), CASES)
def test_a_rules_sentence_read_back_is_the_rule(
    data: dict[str, Any], names: dict[str, str], weight: str
) -> None:
    (rule,) = parse_rules([data])
    with override("zh-hans"):
        sentence = describe_rule(rule, names)

    proposal = read_rule_prose(sentence, Decimal(weight))

    codes = {measure.name: measure.code for measure in proposal.measures}
    assert dump_rules(proposal.rules) == dump_rules([recoded(rule, names, codes)]), sentence
    assert [measure.name for measure in proposal.measures] == list(names.values())


def recoded(rule: Any, names: dict[str, str], codes: dict[str, str]) -> Any:
    """The rule with the codes that the proposal gave the same figures."""
    text = rule.model_dump_json(exclude_none=True)
    for code, name in names.items():
        text = text.replace(f'"{code}"', f'"{codes.get(name, name)}"')
    return type(rule).model_validate_json(text)
