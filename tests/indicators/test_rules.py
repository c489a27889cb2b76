"""Scoring rules as data: what is accepted, and how the rest is refused, by place."""

import json
from decimal import Decimal
from typing import Any, Literal

import pytest
from pydantic import ValidationError

from indicators.scoring.measures import MeasureKind, is_figure_of
from indicators.scoring.rules import (
    KINDS,
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


def refusal(data: object) -> list[RuleProblem]:
    with pytest.raises(InvalidRules) as refused:
        parse_rules(data)
    return list(refused.value.problems)


def problems(data: object) -> list[tuple[int, str, str]]:
    """Each problem as its rule, field and message."""
    return [(problem.rule, problem.field, problem.message) for problem in refusal(data)]


def keys(rule: dict[str, Any]) -> list[tuple[str, str]]:
    """What is wrong with one rule: the fields and the keys."""
    return [(problem.field, problem.key) for problem in refusal([rule])]


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
    ("rule", "key"),
    [
        ({"kind": "guess"}, "union_tag_invalid"),
        ({"kind": ["manual"]}, "union_tag_invalid"),
        ({}, "union_tag_not_found"),
    ],
)
def test_parse_rules_refuses_an_unknown_kind(rule: object, key: str) -> None:
    (problem,) = refusal([rule])
    assert (problem.rule, problem.kind, problem.field, problem.key) == (1, "", "", key)


@pytest.mark.parametrize("data", [None, 1, "manual", {"kind": "manual"}])
def test_parse_rules_refuses_what_is_no_list(data: object) -> None:
    assert [(problem.rule, problem.field, problem.key) for problem in refusal(data)] == [
        (0, "", "tuple_type")
    ]


def test_parse_rules_refuses_a_rule_that_is_no_object() -> None:
    assert [(problem.rule, problem.field) for problem in refusal(["manual"])] == [(1, "")]


@pytest.mark.parametrize(
    "others",
    [[{"kind": "manual", "share": "1"}], [{"kind": "bonus"}], [CLASS_SIZE, {"kind": "manual"}]],
)
def test_parse_rules_refuses_a_second_rule_by_hand(others: list[dict[str, Any]]) -> None:
    assert problems([{"kind": "manual"}, *others]) == [(0, "", "an item has at most one rule by hand")]


def test_parse_rules_refuses_more_rules_than_anybody_reads() -> None:
    assert [problem.key for problem in refusal([CLASS_SIZE] * 51)] == ["too_long"]


def test_rule_problem_reads_as_a_sentence_with_its_place() -> None:
    problem = RuleProblem(2, "shortfall", "cap", "missing", {}, "Field required")
    assert str(problem) == "rule 2, cap: Field required"
    assert str(problem._replace(rule=0, field="")) == "rules: Field required"


# What the fields of a kind must be together


def tiers(*lines: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "tiers",
        "measure": "share",
        "unit": "%",
        "tiers": [{"points": "1", **line} for line in lines],
    }


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([], ("tiers", "too_short")),
        ([{"low": "95"}, {"high": "94"}], ("", "tiers_gap")),
        ([{"low": "95"}, {"low": "90", "high": "96"}], ("", "tiers_overlap")),
        ([{"low": "90", "high": "95"}, {"low": "95"}], ("", "tiers_overlap")),
        ([{"low": "95"}, {"low": "90"}], ("", "tiers_overlap")),
        ([{"high": "95"}, {"high": "90"}], ("", "tiers_overlap")),
        ([{"low": "95"}, {"high": "95", "high_closed": True}], ("", "tiers_share_end")),
        ([{"low": "95", "low_closed": False}, {"high": "95"}], ("", "tiers_leave_end")),
        ([{"low": "95", "high": "90"}], ("tiers.0", "tier_is_empty")),
        ([{"low": "95", "high": "95"}], ("tiers.0", "tier_is_empty")),
        ([{"low": "95", "points": "-1"}], ("tiers.0.points", "greater_than_equal")),
        ([{"low": "95", "colour": "red"}], ("tiers.0.colour", "extra_forbidden")),
    ],
)
def test_tiers_refuse_gaps_overlaps_and_empty_ones(
    lines: list[dict[str, Any]], found: tuple[str, str]
) -> None:
    assert keys(tiers(*lines)) == [found]


def test_gap_between_tiers_is_named_by_its_ends() -> None:
    (problem,) = refusal([tiers({"low": "95"}, {"low": "90", "high": "94"}, {"high": "90"})])
    assert (problem.values, problem.message) == (
        {"tier": 2, "from": "94", "figure": "95"},
        "nothing is said from 94 to 95",
    )


def test_tiers_take_any_figure_to_a_single_one() -> None:
    single = {"low": "95", "high": "95", "high_closed": True}
    assert len(parse_rules([tiers({}), tiers(single)])) == 2
    whole = tiers({"low": "95", "low_closed": False}, single, {"high": "95"})
    assert len(parse_rules([whole])) == 1


SUB_POINT = {"measure": "plan", "points": "1"}
RANKING = {"kind": "ranking", "measure": "share", "unit": "%", "order": "highest", "points": ["4", "2"]}
CONDITION = {"kind": "all_or_nothing", "measure": "it"}
VETO = {"kind": "veto", "measure": "it"}


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ({"kind": "checklist", "points": []}, ("points", "too_short")),
        ({"kind": "checklist", "points": [SUB_POINT, SUB_POINT]}, ("", "repeated")),
        (
            {"kind": "checklist", "points": [{**SUB_POINT, "partly": "1.5"}]},
            ("points.0", "partly_above_points"),
        ),
        (
            {"kind": "checklist", "points": [{**SUB_POINT, "points": "0"}]},
            ("points.0.points", "greater_than"),
        ),
        (
            {"kind": "proportional", "measure": "share", "unit": "%", "full_at": "0"},
            ("", "full_at_zero_at"),
        ),
        ({**CONDITION, "comparison": "at_least"}, ("", "standard_missing")),
        ({**CONDITION, "comparison": "yes", "standard": "1"}, ("", "standard_not_here")),
        ({**CONDITION, "comparison": "more"}, ("comparison", "literal_error")),
        (
            {"kind": "no_decrease", "measure": "a", "before": "a", "unit": "%", "points": "1"},
            ("", "before_is_measure"),
        ),
        (
            {"kind": "per_occurrence", "measure": "a", "unit": "起", "points_each": "1", "free": "-1"},
            ("free", "greater_than_equal"),
        ),
        ({"kind": "bonus", "measure": "a"}, ("", "points_each_missing")),
        ({"kind": "bonus", "points_each": "1"}, ("", "points_each_not_here")),
        ({**RANKING, "points": ["4", "4.5"]}, ("", "points_increase")),
        ({**RANKING, "otherwise": "2.5"}, ("", "points_increase")),
        ({**RANKING, "points": []}, ("points", "too_short")),
        ({**RANKING, "points": ["1"] * 51}, ("points", "too_long")),
        ({**RANKING, "points": [0.5]}, ("points.0", "number_as_text")),
        ({**VETO, "effect": "bar_grade"}, ("", "grade_missing")),
        ({**VETO, "effect": "bar_grade", "grade": " "}, ("", "grade_missing")),
        ({**VETO, "effect": "zero_item", "grade": "优秀"}, ("", "grade_not_here")),
        ({**VETO, "effect": "zero_item", "share": "1"}, ("share", "none_required")),
    ],
)
def test_fields_that_do_not_go_together_are_refused(rule: dict[str, Any], found: tuple[str, str]) -> None:
    assert keys(rule) == [found]


@pytest.mark.parametrize("unit", ["〔人", "a\nb", "a\0b"])
def test_unit_takes_no_mark_that_a_report_or_a_database_cannot_have(unit: str) -> None:
    assert keys(shortfall(unit=unit)) == [("unit", "mark_not_allowed")]


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


def test_figures_are_the_codes_with_the_kinds_that_a_rule_can_take() -> None:
    numeric = frozenset({MeasureKind.NUMBER, MeasureKind.COUNT})
    rules = parse_rules(
        [
            {"kind": "manual"},
            CLASS_SIZE,
            {"kind": "per_occurrence", "measure": "cases", "unit": "起", "points_each": "1"},
            {"kind": "no_decrease", "measure": "now", "before": "last", "unit": "%", "points": "1"},
            {"kind": "checklist", "points": [SUB_POINT, {**SUB_POINT, "measure": "ledger"}]},
            {**CONDITION, "comparison": "above", "standard": "1"},
            {**CONDITION, "comparison": "no"},
            RANKING,
            {**VETO, "effect": "zero_item"},
            {"kind": "bonus", "measure": "prizes", "points_each": "1"},
        ]
    )
    met = frozenset({MeasureKind.MET, MeasureKind.YES_NO})
    yes_no = frozenset({MeasureKind.YES_NO})
    assert [rule.figures for rule in rules] == [
        (),
        (("class_size_g12", numeric),),
        (("cases", frozenset({MeasureKind.COUNT})),),
        (("now", numeric), ("last", numeric)),
        (("plan", met), ("ledger", met)),
        (("it", numeric),),
        (("it", yes_no),),
        (("share", numeric),),
        (("it", yes_no),),
        (("prizes", numeric | yes_no),),
    ]
    assert rules[3].needs == ("now", "last")
    assert [rule.ranked_by for rule in rules if rule.ranked_by] == [("share",)]


@pytest.mark.parametrize(
    ("kind", "taken", "refused"),
    [
        (MeasureKind.NUMBER, ["-1.5", "0", "80.84"], ["0.00001", "NaN", "1E+11"]),
        (MeasureKind.COUNT, ["0", "3", "3.0"], ["-1", "2.5"]),
        (MeasureKind.YES_NO, ["0", "1"], ["0.5", "2", "-1"]),
        (MeasureKind.MET, ["0", "0.5", "1"], ["0.7", "2"]),
    ],
)
def test_figure_of_a_kind(kind: MeasureKind, taken: list[str], refused: list[str]) -> None:
    assert [is_figure_of(kind, Decimal(text)) for text in taken] == [True] * len(taken)
    assert [is_figure_of(kind, Decimal(text)) for text in refused] == [False] * len(refused)
    assert not is_figure_of(kind, 1.0)


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


def test_dump_rules_writes_lines_and_ends() -> None:
    data = [
        tiers({"low": "95", "points": "4.0"}, {"high": "95", "points": 0}),
        {**RANKING, "otherwise": "1.50"},
    ]
    assert dump_rules(parse_rules(data)) == [
        {
            "kind": "tiers",
            "measure": "share",
            "unit": "%",
            "tiers": [
                {"low": "95", "low_closed": True, "high_closed": False, "points": "4"},
                {"low_closed": True, "high": "95", "high_closed": False, "points": "0"},
            ],
        },
        {**RANKING, "otherwise": "1.5"},
    ]


REQUIRED = {
    "manual": set(),
    "shortfall": {"measure", "standard", "direction", "unit", "points_per_unit", "rounding"},
    "per_occurrence": {"measure", "unit", "points_each"},
    "proportional": {"measure", "unit", "full_at"},
    "tiers": {"measure", "unit", "tiers"},
    "checklist": {"points"},
    "all_or_nothing": {"measure", "comparison"},
    "no_decrease": {"measure", "before", "unit", "points"},
    "bonus": set(),
    "ranking": {"measure", "unit", "order", "points"},
    "veto": {"measure", "effect"},
}


def test_json_schema_lists_the_kinds_and_what_each_requires() -> None:
    schema = rules_json_schema()
    assert (schema["type"], schema["maxItems"]) == ("array", 50)
    kinds = {
        kind: schema["$defs"][place.rsplit("/", 1)[1]]
        for kind, place in schema["items"]["discriminator"]["mapping"].items()
    }
    assert {kind: set(found["required"]) - {"kind"} for kind, found in kinds.items()} == REQUIRED
    assert set(kinds) == set(KINDS)
    assert not any(part["additionalProperties"] for part in schema["$defs"].values())


def test_json_schema_takes_numbers_as_text_or_whole_numbers() -> None:
    kinds = rules_json_schema()["$defs"]
    for field in (
        kinds["ShortfallRule"]["properties"]["standard"],
        kinds["RankingRule"]["properties"]["points"]["items"],
        kinds["SubPoint"]["properties"]["points"],
    ):
        assert [choice["type"] for choice in field["anyOf"]] == ["string", "integer"]


def test_kinds_are_those_of_the_schema_each_named_by_its_class() -> None:
    for kind, rule in KINDS.items():
        assert rule.model_fields["kind"].annotation == Literal[kind]
