"""Rules as forms: made from their schemas, read back without anybody typing a code."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.editor.rule_forms import (
    Figure,
    ReadRules,
    TypedRule,
    kind_choices,
    new_line,
    new_rule,
    read_rules,
    rule_forms,
    rules_posted,
    specs_of,
    typed_rules,
    without_empty_lines,
)
from indicators.scoring.measures import MeasureKind
from indicators.scoring.rules import KINDS, Rule, ShortfallRule, TiersRule, dump_rules, parse_rules

RULES: dict[str, dict[str, Any]] = {
    "manual": {"share": "2"},
    "shortfall": {
        "measure": "share",
        "standard": "90",
        "direction": "at_least",
        "unit": "%",
        "points_per_unit": "0.1",
        "rounding": "down",
        "cap": "2",
    },
    "per_occurrence": {"measure": "cases", "unit": "起", "points_each": "0.5", "free": "1"},
    "proportional": {"measure": "share", "unit": "%", "full_at": "95", "zero_at": "60"},
    "tiers": {
        "measure": "share",
        "unit": "%",
        "tiers": [
            {"low": "95", "low_closed": True, "points": "4"},
            {"low": "90", "low_closed": False, "high": "95", "high_closed": False, "points": "3"},
            {"high": "90", "high_closed": True, "points": "0"},
        ],
    },
    "checklist": {
        "points": [{"measure": "a", "points": "1"}, {"measure": "b", "points": "2", "partly": "0.5"}]
    },
    "all_or_nothing": {"measure": "done", "comparison": "yes"},
    "no_decrease": {"measure": "share", "before": "was", "unit": "万元", "points": "1"},
    "bonus": {"measure": "cases", "unit": "项", "points_each": "0.5", "cap": "2"},
    "ranking": {
        "measure": "share",
        "unit": "%",
        "order": "highest",
        "points": ["4", "3", "2"],
        "otherwise": "1",
    },
    "veto": {"measure": "done", "effect": "bar_grade", "grade": "优秀"},
}
FIGURES = {
    "share": Figure("share", "标准班额占比", "%"),
    "cases": Figure("cases", "事故", "起", MeasureKind.COUNT.value),
    "a": Figure("a", "有制度", "", MeasureKind.MET.value),
    "b": Figure("b", "有台账", "", MeasureKind.YES_NO.value),
    "done": Figure("done", "已完成", "", MeasureKind.YES_NO.value),
    "was": Figure("was", "上年支出", "万元"),
}


def stored(kind: str) -> list[dict[str, Any]]:
    return dump_rules(parse_rules([{"kind": kind, **RULES[kind]}]))


def posted(typed: list[TypedRule]) -> dict[str, str]:
    """As a browser sends the form of these rules."""
    read = read_rules(typed, FIGURES.values())
    data = {}
    for rule in rule_forms(typed, read, with_errors=True):
        data[f"{rule.name}-kind"] = rule.kind
        boxes = [*rule.boxes, *rule.more, *(box for entry in rule.lists for row in entry.rows for box in row)]
        for box in boxes:
            data[box.name] = box.value
            if box.takes == "figure":
                data |= {f"{box.name}-code": box.code, f"{box.name}-kind": box.kind}
    return data


def valid(read: ReadRules) -> tuple[Rule, ...]:
    return tuple(rule for rule in read.rules if rule is not None)


def test_every_kind_has_its_example() -> None:
    assert set(RULES) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_stored_rule_comes_back_from_its_form_unchanged(kind: str) -> None:
    typed = rules_posted(posted(typed_rules(stored(kind), FIGURES)))
    read = read_rules(typed, FIGURES.values())
    assert (read.errors, dump_rules(valid(read))) == ({}, stored(kind))
    used = {code: (figure.name, figure.kind) for code, figure in read.figures.items()}
    assert used == {
        code: (FIGURES[code].name, FIGURES[code].kind) for code in parse_rules(stored(kind))[0].needs
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_field_of_every_kind_has_its_words(kind: str, language: str) -> None:
    with translation.override(language):
        typed = [new_rule(kind)]
        form = rule_forms(typed, read_rules(typed, ()), with_errors=True)[0]
        boxes = [*form.boxes, *form.more, *(box for entry in form.lists for row in entry.rows for box in row)]
        assert form.label
        assert {spec.name for spec in specs_of(kind)} == {
            name.split("-")[2] for name in [box.name for box in boxes] + [entry.name for entry in form.lists]
        }
        assert all(box.label and all(label for _value, label in box.choices) for box in boxes)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("manual", "bonus")])
def test_an_empty_rule_says_what_is_missing_at_its_fields(kind: str) -> None:
    typed = without_empty_lines([new_rule(kind)])
    read = read_rules(typed, ())
    assert read.errors
    assert read.rules == [None]
    assert all(place.startswith("rules-0-") for place in read.errors)


def test_a_fault_stands_at_its_field() -> None:
    typed = typed_rules(stored("tiers"), FIGURES)
    typed[0]["tiers"][1]["points"] = "多"
    typed[0]["unit"] = "超" * 21
    read = read_rules(typed, FIGURES.values())
    assert read.errors == {
        "rules-0-tiers-1-points": ["请填写数字，如13.5。"],
        "rules-0-unit": ["最多20字。"],
    }
    form = rule_forms(typed, read, with_errors=True)[0]
    assert form.lists[0].rows[1][-1].errors == ("请填写数字，如13.5。",)
    assert rule_forms(typed, read, with_errors=False)[0].lists[0].rows[1][-1].errors == ()


def test_a_fault_of_the_whole_rule_stands_at_the_rule() -> None:
    typed = typed_rules(stored("proportional"), FIGURES)
    typed[0]["zero_at"] = "95"
    read = read_rules(typed, FIGURES.values())
    assert rule_forms(typed, read, with_errors=True)[0].errors == ("得满分与不得分的数值不能相同。",)


def test_numbers_may_be_typed_full_width_and_with_their_unit() -> None:
    typed = typed_rules(stored("shortfall"), FIGURES)
    typed[0] |= {"standard": "９０。５％", "points_per_unit": "０．１"}
    rule = valid(read_rules(typed, FIGURES.values()))[0]
    assert isinstance(rule, ShortfallRule)
    assert (rule.standard, rule.points_per_unit) == (Decimal("90.5"), Decimal("0.1"))


def test_a_tier_ends_where_the_one_above_it_begins() -> None:
    rule = new_rule("tiers") | {"measure": "占比"}
    for line, (low, points) in zip(rule["tiers"], [("95", "4"), ("90", "3"), ("", "0")], strict=True):
        line |= {"low": low, "points": points}
    read = valid(read_rules([rule], ()))[0]
    assert isinstance(read, TiersRule)
    assert [(str(tier.low), str(tier.high), tier.high_closed) for tier in read.tiers] == [
        ("95", "None", False),
        ("90", "95", False),
        ("None", "90", False),
    ]


def test_a_new_figure_gets_a_code_and_the_kind_its_rule_takes() -> None:
    rule = new_rule("per_occurrence") | {"measure": " 安全  事故 ", "unit": "起", "points_each": "0.5"}
    read = read_rules([rule], FIGURES.values())
    assert read.figures == {"figure-1": Figure("figure-1", "安全 事故", "起", "count")}


def test_the_same_name_is_the_same_figure() -> None:
    rules = [new_rule("shortfall") | {"measure": "标准班额占比", "unit": "%"} for _number in range(2)]
    assert list(read_rules(rules, FIGURES.values()).figures) == ["share"]
    rules = [{**rule, "measure": "新指标"} for rule in rules]
    assert list(read_rules(rules, FIGURES.values()).figures) == ["figure-1"]


def test_another_name_keeps_the_figure_unless_it_is_still_named_elsewhere() -> None:
    one = typed_rules(stored("shortfall"), FIGURES)
    one[0]["measure"] = "改过的名称"
    assert read_rules(one, FIGURES.values()).names == {"share": "改过的名称"}
    both = [*one, *typed_rules(stored("proportional"), FIGURES)]
    assert read_rules(both, FIGURES.values()).names == {"figure-1": "改过的名称", "share": "标准班额占比"}


def test_lines_come_in_the_order_of_their_numbers_and_empty_ones_are_dropped() -> None:
    data = {"rules-7-kind": "ranking", "rules-7-points-9-value": "2", "rules-7-points-1-value": "3"}
    rule = rules_posted(data | {"rules-7-points-4-value": " "})[0]
    assert without_empty_lines([rule])[0]["points"] == [{"value": "3"}, {"value": "2"}]


@pytest.mark.parametrize("kind", ["", "nothing", "__class__"])
def test_an_unknown_kind_and_unknown_fields_are_left_out(kind: str) -> None:
    data = {"rules-0-kind": kind, "rules-1-kind": "manual", "rules-1-sudo": "1", "rules-x-kind": "manual"}
    assert rules_posted(data) == [{"kind": "manual", "share": ""}]


def test_no_more_rules_and_lines_are_read_than_anybody_makes() -> None:
    data = {f"rules-{number}-kind": "manual" for number in range(9999)}
    assert len(rules_posted(data)) == 60


def test_bonus_items_have_bonus_rules_alone() -> None:
    assert [kind for kind, _label in kind_choices(bonus=True)] == ["bonus"]
    assert "bonus" not in dict(kind_choices(bonus=False))
    assert new_line("tiers", "tiers") == {
        "low": "",
        "low_closed": "true",
        "high": "",
        "high_closed": "false",
        "points": "",
    }


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.from_regex(
            r"rules-[0-3]-(kind|measure|tiers-[0-2]-low|points-[0-2]-(value|measure)|unit|share)",
            fullmatch=True,
        ),
        st.sampled_from([*KINDS, "9" * 40, "-1", "１", "=1+1", "\x00", "〔", "NaN", "1e9", "占比", ""]),
    )
)
def test_whatever_is_posted_is_read_or_refused_with_words(data: dict[str, str]) -> None:
    typed = without_empty_lines(rules_posted(data))
    read = read_rules(typed, ())
    assert len(read.rules) == len(typed)
    assert all(words for said in read.errors.values() for words in said)
    assert len(rule_forms(typed, read, with_errors=True)) == len(typed)
