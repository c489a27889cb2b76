"""What is wrong with rules, in words that a form or an import can show."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from indicators import schema_faults
from indicators.schema_faults import problem_in_words, problems_in_words
from indicators.scoring.rules import InvalidRules, RuleProblem, parse_rules
from tests.indicators.rule_strategies import BY_KIND

LATIN_WORDS = re.compile("[A-Za-z]{2,}")


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


def refused(data: object) -> InvalidRules:
    with pytest.raises(InvalidRules) as found:
        parse_rules(data)
    return found.value


def tiers(*lines: dict[str, str]) -> dict[str, Any]:
    given = [{"points": "1", **line} for line in lines]
    return {"kind": "tiers", "measure": "share", "unit": "%", "tiers": given}


SHORTFALL = {
    "kind": "shortfall",
    "measure": "share",
    "standard": "90",
    "direction": "at_least",
    "unit": "%",
    "points_per_unit": "0.1",
    "rounding": "down",
}
RANKING = {"kind": "ranking", "measure": "share", "unit": "%", "order": "highest"}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({**SHORTFALL, "standard": "多"}, "第1条细则“标准值”：请填写数字，如13.5。"),
        ({**SHORTFALL, "points_per_unit": "0"}, "第1条细则“每一幅度扣分”：应大于0。"),
        ({**SHORTFALL, "cap": "0.333"}, "第1条细则“最多扣分”：最多2位小数。"),
        ({**SHORTFALL, "direction": "up"}, "第1条细则“达标要求”：应为下列之一：不低于标准值、不高于标准值。"),
        ({**SHORTFALL, "unit": "〔"}, "第1条细则“单位”：不得含换行、控制字符或“〔”“〕”。"),
        (tiers(), "第1条细则“档次（从高到低）”：至少1条。"),
        (tiers({"low": "95"}, {"low": "90", "high": "94"}), "第1条细则：94与95之间没有对应的档次。"),
        (tiers({"low": "95"}, {"low": "90"}), "第1条细则：第2档与上一档重叠；各档应从高到低排列。"),
        (
            tiers({"low": "95"}, {"low": "90", "low_closed": "x", "high": "95"}),
            "第1条细则“是否含下限第2行”：应为下列之一：含、不含。",
        ),
        ({**RANKING, "points": ["4", "x"]}, "第1条细则“按名次得分第2行”：请填写数字，如13.5。"),
        ({**RANKING, "points": ["4", "5"]}, "第1条细则：第2名的得分不应高于前一名。"),
        ({"kind": "veto", "measure": "it", "effect": "bar_grade"}, "第1条细则：请填写不得评定的等次。"),
        (
            {"kind": "veto", "measure": "it", "effect": "zero_item", "share": "1"},
            "第1条细则“所占分值”：此项应为空。",
        ),
        (
            {"kind": "guess"},
            "第1条细则：没有此类评分细则，可用的有：酌情扣分、按差距扣分、按次数扣分、按比例得分、分档得分、分项得分、"
            "未达到不得分、只增不减、加分、按名次得分、一票否决。",
        ),
    ],
)
def test_problem_of_a_rule_is_said_with_its_place(rule: dict[str, Any], words: str) -> None:
    assert problems_in_words(refused([rule])) == [words]


def test_problems_of_the_whole_and_of_several_rules() -> None:
    assert problems_in_words(refused("manual")) == ["评分细则：应为列表。"]
    assert problems_in_words(refused([{"kind": "manual"}] * 2)) == ["评分细则：每项最多一条酌情扣分细则。"]
    several = refused([{"kind": "manual", "colour": "red"}, {"kind": "bonus", "share": "-1"}])
    assert problems_in_words(several) == [
        "第1条细则“colour”：没有此名称的字段。",
        "第2条细则“所占分值”：应大于0。",
    ]


def test_problem_beside_its_field_has_no_place() -> None:
    (problem,) = refused([{**SHORTFALL, "cap": "x"}]).problems
    assert (problem.field, problem_in_words(problem)) == ("cap", "请填写数字，如13.5。")


GARBAGE = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.integers(),
    st.decimals(),
    st.just(Decimal("1E+30")),
    st.text(max_size=50),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def problems_of(data: object) -> tuple[RuleProblem, ...]:
    try:
        parse_rules(data)
    except InvalidRules as refusal:
        return refusal.problems
    return ()


@given(st.sampled_from(sorted(BY_KIND)).flatmap(BY_KIND.__getitem__), st.data())
def test_whatever_stands_in_a_field_is_refused_in_the_readers_words(
    rule: dict[str, Any], data: st.DataObject
) -> None:
    field = data.draw(st.sampled_from(sorted(set(rule) - {"kind"}) or ["share"]))
    spoilt = {**rule, field: data.draw(GARBAGE)}
    if isinstance(rule.get(field), list) and data.draw(st.booleans()):
        first = rule[field][0]
        inner = data.draw(st.sampled_from(sorted(first))) if isinstance(first, dict) else None
        line = data.draw(GARBAGE)
        spoilt[field] = [line if inner is None else {**first, inner: line}, *rule[field][1:]]
    found = problems_of([spoilt])
    assert {problem.key for problem in found} <= set(schema_faults._MESSAGES)
    said = problems_in_words(InvalidRules(found))
    assert [words for words in said if LATIN_WORDS.search(words)] == []
