"""Scoring rules as data: what is accepted, and how the rest is refused, by place."""

import json
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from indicators.scoring.rules import (
    InvalidRules,
    ManualRule,
    RuleProblem,
    ShortfallRule,
    dump_rules,
    parse_rules,
    rules_json_schema,
)

CLASS_SIZE: dict[str, Any] = {
    "kind": "shortfall",
    "measure": "class_size_g12",
    "standard": "90",
    "direction": "at_least",
    "unit": "%",
    "points_per_unit": "0.1",
    "rounding": "down",
}


def shortfall(**changes: object) -> dict[str, Any]:
    """The rule of item 15, with changes; a change to ``...`` leaves the field out."""
    return {name: value for name, value in {**CLASS_SIZE, **changes}.items() if value is not ...}


def problems(data: object) -> list[RuleProblem]:
    with pytest.raises(InvalidRules) as refused:
        parse_rules(data)
    return list(refused.value.problems)


def test_parse_rules_reads_each_kind() -> None:
    manual, class_size = parse_rules([{"kind": "manual", "share": "1.5"}, CLASS_SIZE])
    assert manual == ManualRule(kind="manual", share=Decimal("1.5"))
    assert class_size == ShortfallRule(
        kind="shortfall",
        measure="class_size_g12",
        standard=Decimal(90),
        direction="at_least",
        unit="%",
        unit_size=Decimal(1),
        points_per_unit=Decimal("0.1"),
        rounding="down",
        cap=None,
        share=None,
    )


def test_parse_rules_takes_an_item_without_rules() -> None:
    assert parse_rules([]) == ()


def test_rules_cannot_be_changed() -> None:
    (rule,) = parse_rules([CLASS_SIZE])
    with pytest.raises(ValidationError, match="frozen"):
        rule.share = Decimal(1)  # type: ignore[misc]


@pytest.mark.parametrize("number", ["0.1", Decimal("0.1"), "0.1000"])
def test_parse_rules_takes_numbers_as_text_or_decimal(number: object) -> None:
    (rule,) = parse_rules([shortfall(points_per_unit=number)])
    assert isinstance(rule, ShortfallRule)
    assert rule.points_per_unit == Decimal("0.1")


def test_parse_rules_takes_whole_numbers() -> None:
    (rule,) = parse_rules([shortfall(standard=90, cap=2)])
    assert isinstance(rule, ShortfallRule)
    assert (rule.standard, rule.cap) == (Decimal(90), Decimal(2))


@pytest.mark.parametrize(
    "number", [0.1, True, "1e-1", " 0.1", "0.1\n", "1_0", "NaN", "Infinity", "０.1", "", None, []]
)
def test_parse_rules_refuses_floats_and_whatever_is_no_plain_number(number: object) -> None:
    message = 'write the number as text ("0.1") or as a whole number'
    assert problems([shortfall(points_per_unit=number)]) == [(1, "points_per_unit", message)]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("points_per_unit", "0", "Input should be greater than 0"),
        ("points_per_unit", "-0.1", "Input should be greater than 0"),
        ("points_per_unit", "0.00001", "Decimal input should have no more than 4 decimal places"),
        ("unit_size", "0", "Input should be greater than 0"),
        ("cap", "0", "Input should be greater than 0"),
        ("cap", "0.333", "Decimal input should have no more than 2 decimal places"),
        ("share", "-1", "Input should be greater than 0"),
        ("standard", "1" * 12, "Decimal input should have no more than 11 digits before the decimal point"),
        ("standard", "0.00001", "Decimal input should have no more than 4 decimal places"),
        ("standard", Decimal("NaN"), "Input should be a finite number"),
        ("direction", "up", "Input should be 'at_least' or 'at_most'"),
        ("rounding", "half", "Input should be 'down', 'up' or 'exact'"),
        ("measure", "班额", "String should match pattern '^[A-Za-z0-9_-]+$'"),
        ("measure", "", "String should match pattern '^[A-Za-z0-9_-]+$'"),
        ("measure", "x" * 41, "String should have at most 40 characters"),
        ("unit", "x" * 21, "String should have at most 20 characters"),
        ("measure", ..., "Field required"),
        ("rounding", ..., "Field required"),
        ("points", "1", "Extra inputs are not permitted"),
    ],
)
def test_parse_rules_refuses_a_field_by_its_place(field: str, value: object, message: str) -> None:
    assert problems([{"kind": "manual"}, shortfall(**{field: value})]) == [(2, field, message)]


def test_parse_rules_names_all_that_is_wrong_at_once() -> None:
    with pytest.raises(InvalidRules) as refused:
        parse_rules([{"kind": "manual", "points": 1}, shortfall(standard=..., cap=0.5)])
    assert str(refused.value) == (
        "rule 1, points: Extra inputs are not permitted; "
        "rule 2, standard: Field required; "
        'rule 2, cap: write the number as text ("0.1") or as a whole number'
    )


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"kind": "guess"}, "no such kind of rule; there are 'manual', 'shortfall'"),
        ({"kind": ["manual"]}, "no such kind of rule; there are 'manual', 'shortfall'"),
        ({}, "the kind of rule is missing"),
    ],
)
def test_parse_rules_refuses_an_unknown_kind(rule: object, message: str) -> None:
    assert problems([rule]) == [(1, "", message)]


@pytest.mark.parametrize("data", [None, 1, "manual", {"kind": "manual"}])
def test_parse_rules_refuses_what_is_no_list(data: object) -> None:
    assert problems(data) == [(0, "", "rules are a list")]


def test_parse_rules_refuses_a_rule_that_is_no_object() -> None:
    assert [place for *place, _ in problems(["manual"])] == [[1, ""]]


def test_parse_rules_refuses_a_second_manual_rule() -> None:
    found = problems([{"kind": "manual"}, CLASS_SIZE, {"kind": "manual", "share": "1"}])
    assert found == [(3, "kind", "an item has at most one manual rule")]


def test_rule_problem_reads_as_a_sentence_with_its_place() -> None:
    assert str(RuleProblem(0, "", "rules are a list")) == "rules: rules are a list"
    assert str(RuleProblem(2, "cap", "Field required")) == "rule 2, cap: Field required"


def test_unit_takes_the_full_width_percent_sign_for_percent() -> None:
    (rule,) = parse_rules([shortfall(unit=" ％ ")])
    assert isinstance(rule, ShortfallRule)
    assert rule.unit == "%"


@pytest.mark.parametrize(
    ("limits", "limit"),
    [
        ({}, None),
        ({"cap": "2"}, "2"),
        ({"share": "1.5"}, "1.5"),
        ({"cap": "2", "share": "1.5"}, "1.5"),
        ({"cap": "1", "share": "1.5"}, "1"),
    ],
)
def test_limit_is_the_smaller_of_cap_and_share(limits: dict[str, str], limit: str | None) -> None:
    (rule,) = parse_rules([shortfall(**limits)])
    assert rule.limit == (None if limit is None else Decimal(limit))


def test_needs_names_the_measure_of_a_shortfall_and_nothing_for_manual() -> None:
    manual, class_size = parse_rules([{"kind": "manual"}, CLASS_SIZE])
    assert (manual.needs, class_size.needs) == ((), ("class_size_g12",))


def test_dump_rules_writes_numbers_as_plain_text_and_comes_back() -> None:
    rules = parse_rules(
        [{"kind": "manual"}, shortfall(standard=Decimal("9E+1"), cap="2.00", unit_size="0.50")]
    )
    dumped = dump_rules(rules)
    assert dumped == [
        {"kind": "manual"},
        {**CLASS_SIZE, "standard": "90", "cap": "2", "unit_size": "0.5"},
    ]
    assert parse_rules(json.loads(json.dumps(dumped))) == rules


def test_json_schema_lists_the_kinds_and_what_each_requires() -> None:
    schema = rules_json_schema()
    assert schema["type"] == "array"
    assert set(schema["items"]["discriminator"]["mapping"]) == {"manual", "shortfall"}
    kinds = schema["$defs"]
    assert kinds["ManualRule"]["required"] == ["kind"]
    assert set(kinds["ShortfallRule"]["required"]) == set(CLASS_SIZE)
    assert not any(kind["additionalProperties"] for kind in kinds.values())


def test_json_schema_takes_numbers_as_text_or_whole_numbers() -> None:
    standard = rules_json_schema()["$defs"]["ShortfallRule"]["properties"]["standard"]
    assert [choice["type"] for choice in standard["anyOf"]] == ["string", "integer"]
