"""The words of scoring, in English and in Chinese."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from indicators.scoring.outcome import Answer, Explanation, ManualLoss, ScoredItem, score
from indicators.scoring.rules import Rule, parse_rules, rules_json_schema
from indicators.wording import describe_rule, explain, explain_cause

NAMES = {
    "class_size": "小学一、二年级标准班额占比",
    "big_classes": "大班额占比",
    "pupils": "校额",
}


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


AT_MOST = {"measure": "big_classes", "direction": "at_most", "standard": "5"}
PUPILS = {
    "measure": "pupils",
    "direction": "at_most",
    "standard": "2000",
    "unit": "人",
    "unit_size": "100",
    "points_per_unit": "0.5",
}


def rule(**changes: str) -> Rule:
    return parse_rules([shortfall(**changes)])[0]


def explained(figure: str, weight: str = "4", **changes: str) -> str:
    """The words for what a shortfall takes off a figure."""
    parsed = rule(**changes)
    answer = Answer(measures={parsed.needs[0]: Decimal(figure)})
    (deduction,) = score(ScoredItem(Decimal(weight), (parsed,)), answer).deductions
    return explain(deduction.explanation, NAMES)


def explained_by_hand(*losses: tuple[str, str], weight: str = "4", **manual: str) -> list[str]:
    rules = parse_rules([{"kind": "manual", **manual}])
    answer = Answer(manual=tuple(ManualLoss(Decimal(points), reason) for points, reason in losses))
    return [
        explain(found.explanation, NAMES)
        for found in score(ScoredItem(Decimal(weight), rules), answer).deductions
    ]


@pytest.fixture
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("figure", "changes", "words"),
    [
        (
            "80.84",
            {},
            "小学一、二年级标准班额占比 80.84% is below the standard of 90% by 9.16 percentage points, "
            "0.1 points off for every full 1 percentage point short, 0.9 points lost",
        ),
        (
            "80",
            {"rounding": "up", "unit_size": "0.50", "points_per_unit": "0.05"},
            "小学一、二年级标准班额占比 80% is below the standard of 90% by 10 percentage points, "
            "0.05 points off for every 0.5 percentage points short, full or begun, 1 point lost",
        ),
        (
            "6.5",
            {**AT_MOST, "rounding": "exact"},
            "大班额占比 6.5% is above the standard of 5% by 1.5 percentage points, "
            "0.1 points off for every 1 percentage point over, in proportion, 0.15 points lost",
        ),
        (
            "2150",
            PUPILS,
            "校额 2150人 is above the standard of 2000人 by 150人, "
            "0.5 points off for every full 100人 over, 0.5 points lost",
        ),
        (
            "80",
            {"cap": "0.5"},
            "小学一、二年级标准班额占比 80% is below the standard of 90% by 10 percentage points, "
            "0.1 points off for every full 1 percentage point short, "
            "1 point by the rule, 0.5 points at most, 0.5 points lost",
        ),
    ],
)
def test_explain_a_shortfall_in_english(figure: str, changes: dict[str, str], words: str) -> None:
    assert explained(figure, **changes) == words


@pytest.mark.usefixtures("english")
def test_explain_points_taken_by_hand_in_english() -> None:
    assert explained_by_hand(("3", "Two papers are missing."), ("2", "late")) == [
        "Two papers are missing, 3 points lost",
        "late, 2 points by the rule, no more than 1 point left, 1 point lost",
    ]


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            shortfall(),
            "小学一、二年级标准班额占比 below 90%: 0.1 points off for every full 1 percentage point short",
        ),
        (
            shortfall(**AT_MOST, rounding="up", cap="2"),
            "大班额占比 above 5%: 0.1 points off for every 1 percentage point over, full or begun, "
            "2 points at most",
        ),
        ({"kind": "manual"}, "points are taken off by judgement, each time with a reason"),
        (
            {"kind": "manual", "share": "1"},
            "points are taken off by judgement, each time with a reason, 1 point at most",
        ),
    ],
)
def test_describe_rule_in_english(data: dict[str, Any], words: str) -> None:
    assert describe_rule(parse_rules([data])[0], NAMES) == words


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(
    ("figure", "changes", "words"),
    [
        (
            "80.84",
            {},
            "小学一、二年级标准班额占比80.84%，低于标准90%，差9.16个百分点，"
            "每差1个百分点扣0.1分（不足1个百分点不计），扣0.9分",
        ),
        (
            "80.84",
            {"rounding": "up"},
            "小学一、二年级标准班额占比80.84%，低于标准90%，差9.16个百分点，"
            "每差1个百分点扣0.1分（不足1个百分点按1个百分点计），扣1分",
        ),
        (
            "80.84",
            {"rounding": "exact", "cap": "0.5"},
            "小学一、二年级标准班额占比80.84%，低于标准90%，差9.16个百分点，"
            "每差1个百分点扣0.1分（按比例计算），应扣0.92分，最多扣0.5分，扣0.5分",
        ),
        (
            "7.2",
            AT_MOST,
            "大班额占比7.2%，高于标准5%，超2.2个百分点，每超1个百分点扣0.1分（不足1个百分点不计），扣0.2分",
        ),
        (
            "2150",
            {**PUPILS, "rounding": "up"},
            "校额2150人，高于标准2000人，超150人，每超100人扣0.5分（不足100人按100人计），扣1分",
        ),
        (
            "2150",
            {**PUPILS, "rounding": "exact"},
            "校额2150人，高于标准2000人，超150人，每超100人扣0.5分（按比例计算），扣0.75分",
        ),
    ],
)
def test_explain_a_shortfall_in_chinese(figure: str, changes: dict[str, str], words: str) -> None:
    assert explained(figure, **changes) == words


@pytest.mark.usefixtures("chinese")
def test_explain_points_taken_by_hand_in_chinese() -> None:
    assert explained_by_hand(("3", "佐证材料不全。"), ("2", "逾期报送")) == [
        "佐证材料不全，扣3分",
        "逾期报送，应扣2分，仅余1分，扣完为止，扣1分",
    ]


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            shortfall(cap="2"),
            "小学一、二年级标准班额占比低于90%的，每差1个百分点扣0.1分（不足1个百分点不计），最多扣2分",
        ),
        (shortfall(**PUPILS), "校额高于2000人的，每超100人扣0.5分（不足100人不计）"),
        ({"kind": "manual", "share": "1.5"}, "酌情扣分，逐项说明扣分理由，最多扣1.5分"),
    ],
)
def test_describe_rule_in_chinese(data: dict[str, Any], words: str) -> None:
    assert describe_rule(parse_rules([data])[0], NAMES) == words


@pytest.mark.usefixtures("english")
def test_explain_cause_leaves_out_the_points_but_not_what_limited_them() -> None:
    values: dict[str, Decimal | str] = {"reason": "late", "computed": Decimal(2), "points": Decimal(1)}
    assert explain_cause(Explanation("manual", values), {}) == "late"
    limited = Explanation("manual", {**values, "at_most": Decimal(1)})
    assert explain_cause(limited, {}) == "late, 2 points by the rule, 1 point at most"
    cut = Explanation("manual", {**values, "left": Decimal(1)})
    assert explain_cause(cut, {}) == "late, 2 points by the rule, no more than 1 point left"


@pytest.mark.usefixtures("english")
def test_measure_without_a_name_stands_by_its_code() -> None:
    assert explain(Explanation("shortfall.at_least.down", _values()), {}).startswith(
        "class_size 80.84% is below"
    )
    assert describe_rule(rule(), {}).startswith("class_size below 90%: ")


@pytest.mark.usefixtures("chinese")
def test_explain_gives_the_same_words_after_a_trip_through_json() -> None:
    values = {**_values(), "measured": Decimal("80.840"), "points": Decimal("0.90")}
    stored = json.loads(json.dumps(values, default=str))
    key = "shortfall.at_least.down"
    assert stored["points"] == "0.90"
    assert explain(Explanation(key, stored), NAMES) == explain(Explanation(key, values), NAMES)


@pytest.mark.usefixtures("english")
def test_signs_in_names_and_reasons_stay_as_they_are() -> None:
    assert explained_by_hand(("1", "only 50% of %(points)s <b>{x}</b>")) == [
        "only 50% of %(points)s <b>{x}</b>, 1 point lost"
    ]
    assert describe_rule(rule(), {"class_size": "100%(s)"}).startswith("100%(s) below 90%: ")


def test_explain_refuses_a_key_without_words() -> None:
    with pytest.raises(ValueError, match=r"no words for the explanation 'tiers\.missed'"):
        explain(Explanation("tiers.missed", {"points": Decimal(1)}), {})


def test_every_kind_of_rule_has_words() -> None:
    samples: list[dict[str, Any]] = [{"kind": "manual"}, shortfall()]
    assert {sample["kind"] for sample in samples} == set(
        rules_json_schema()["items"]["discriminator"]["mapping"]
    )
    assert all(describe_rule(parsed, NAMES) for parsed in parse_rules(samples))


def _values() -> dict[str, Decimal | str]:
    return {
        "measure": "class_size",
        "measured": Decimal("80.84"),
        "standard": Decimal(90),
        "gap": Decimal("9.16"),
        "unit": "%",
        "unit_size": Decimal(1),
        "points_per_unit": Decimal("0.1"),
        "computed": Decimal("0.9"),
        "points": Decimal("0.9"),
    }
