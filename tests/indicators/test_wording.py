"""The words of scoring, in English and in Chinese."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

import pytest
from django.utils import translation
from pydantic import BaseModel

from indicators.scoring import MeasureKind
from indicators.scoring.grading import GradeCause
from indicators.scoring.outcome import Answer, Explanation, ManualCredit, ManualLoss, ScoredItem, score
from indicators.scoring.rules import KINDS, Rule, parse_rules
from indicators.wording import (
    choice_label,
    describe_rule,
    explain,
    explain_cause,
    explain_grade_cause,
    explain_veto,
    field_label,
    kind_label,
    measure_kind_label,
)

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
    used_up = Explanation("manual", {**values, "left_of_limit": Decimal(1)})
    assert explain_cause(used_up, {}) == explain_cause(cut, {})


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


# Every kind

MORE_NAMES = {
    "share": "达标率",
    "last_share": "上年达标率",
    "cases": "安全责任事故",
    "plan": "制定工作方案",
    "ledger": "建立台账",
    "accident": "发生重大安全责任事故",
    "prizes": "获省级表彰",
}
TIERS: dict[str, Any] = {
    "kind": "tiers",
    "measure": "share",
    "unit": "%",
    "tiers": [
        {"low": "95", "points": "4"},
        {"low": "90", "high": "95", "points": "3"},
        {"high": "90", "points": "0"},
    ],
}
UNUSUAL_TIERS: dict[str, Any] = {
    **TIERS,
    "tiers": [
        {"low": "20", "low_closed": False, "points": "0"},
        {"low": "10", "high": "20", "low_closed": False, "high_closed": True, "points": "1"},
        {"low": "10", "high": "10", "high_closed": True, "points": "2"},
        {"low": "5", "high": "10", "low_closed": False, "points": "3"},
        {"low": "1", "high": "5", "high_closed": True, "points": "3.5"},
        {"low": "0", "high": "1", "points": "4"},
    ],
}
PER_OCCURRENCE = {"kind": "per_occurrence", "measure": "cases", "unit": "起", "points_each": "0.5"}
PROPORTIONAL = {"kind": "proportional", "measure": "share", "unit": "%", "full_at": "95"}
CHECKLIST: dict[str, Any] = {
    "kind": "checklist",
    "points": [
        {"measure": "plan", "points": "1"},
        {"measure": "ledger", "points": "0.5", "partly": "0.2"},
    ],
}
CONDITION = {"kind": "all_or_nothing", "measure": "share", "standard": "90", "unit": "%"}
YES_NO = {"kind": "all_or_nothing", "measure": "accident"}
NO_DECREASE = {
    "kind": "no_decrease",
    "measure": "share",
    "before": "last_share",
    "unit": "%",
    "points": "1",
}
RANKING: dict[str, Any] = {
    "kind": "ranking",
    "measure": "share",
    "unit": "%",
    "order": "highest",
    "points": ["4", "3", "2"],
}
VETO = {"kind": "veto", "measure": "accident"}
PRIZES = {"kind": "bonus", "measure": "prizes", "unit": "次", "points_each": "0.5"}

CHINESE: list[tuple[dict[str, Any], dict[str, str], str, list[str]]] = [
    (
        PER_OCCURRENCE,
        {"cases": "3"},
        "安全责任事故每发现1起扣0.5分，扣完为止",
        ["安全责任事故3起，每发现1起扣0.5分，扣1.5分"],
    ),
    (
        {**PER_OCCURRENCE, "free": "2", "cap": "2"},
        {"cases": "9"},
        "安全责任事故每发现1起扣0.5分（2起以内不扣分），最多扣2分",
        ["安全责任事故9起，其中2起不计，每发现1起扣0.5分，应扣3.5分，最多扣2分，扣2分"],
    ),
    (
        PER_OCCURRENCE,
        {"cases": "9"},
        "安全责任事故每发现1起扣0.5分，扣完为止",
        ["安全责任事故9起，每发现1起扣0.5分，应扣4.5分，仅余4分，扣完为止，扣4分"],
    ),
    (
        PROPORTIONAL,
        {"share": "80"},
        "达标率达到95%得满分，不足的按比例得分",
        ["达标率80%，95%得满分4分，0%不得分，按比例计算，得3.37分，扣0.63分"],
    ),
    (
        {**PROPORTIONAL, "zero_at": "60"},
        {"share": "50"},
        "达标率达到95%得满分，60%及以下不得分，其间按比例得分",
        ["达标率50%，95%得满分4分，60%不得分，按比例计算，不得分，扣4分"],
    ),
    (
        {**PROPORTIONAL, "full_at": "5", "zero_at": "20", "share": "2"},
        {"share": "10"},
        "达标率在5%及以下得满分，达到20%不得分，其间按比例得分（所占分值2分）",
        ["达标率10%，5%得满分2分，20%不得分，按比例计算，得1.33分，扣0.67分"],
    ),
    (
        TIERS,
        {"share": "93"},
        "达标率达到95%得4分，90%—95%（不含95%）得3分，低于90%不得分",
        ["达标率93%，属“90%—95%（不含95%）”档，得3分（满分4分），扣1分"],
    ),
    (
        UNUSUAL_TIERS,
        {"share": "-1"},
        "达标率超过20%不得分，10%—20%（不含10%）得1分，等于10%得2分，5%—10%（不含5%和10%）得3分，"
        "1%—5%得3.5分，0%—1%（不含1%）得4分",
        ["达标率-1%，不在各档之内，不得分（满分4分），扣4分"],
    ),
    (
        {
            **TIERS,
            "tiers": [
                {"low": "5", "low_closed": False, "points": "0"},
                {"high": "5", "high_closed": True, "points": "4"},
            ],
        },
        {"share": "6"},
        "达标率超过5%不得分，5%及以下得4分",
        ["达标率6%，属“超过5%”档，不得分（满分4分），扣4分"],
    ),
    ({**TIERS, "tiers": [{"points": "4"}]}, {"share": "6"}, "达标率不限得4分", []),
    (
        CHECKLIST,
        {"plan": "0", "ledger": "0.5"},
        "①制定工作方案（1分）②建立台账（0.5分，部分达到得0.2分）；部分达到的得一半分",
        ["①制定工作方案（1分）未达到，扣1分", "②建立台账（0.5分）部分达到，得0.2分，扣0.3分"],
    ),
    (
        {**CHECKLIST, "points": [{"measure": "plan", "points": "1", "partly": "0"}]},
        {"plan": "0.5"},
        "①制定工作方案（1分，部分达到不得分）",
        ["①制定工作方案（1分）部分达到，不得分，扣1分"],
    ),
    (
        {**CONDITION, "comparison": "at_least", "share": "2"},
        {"share": "80"},
        "达标率低于90%的，不得分（所占分值2分）",
        ["达标率80%，低于90%，不得分，扣2分"],
    ),
    (
        {**CONDITION, "comparison": "at_most"},
        {"share": "91"},
        "达标率高于90%的，不得分",
        ["达标率91%，高于90%，不得分，扣4分"],
    ),
    (
        {**CONDITION, "comparison": "above"},
        {"share": "90"},
        "达标率未超过90%的，不得分",
        ["达标率90%，未超过90%，不得分，扣4分"],
    ),
    (
        {**CONDITION, "comparison": "below"},
        {"share": "90"},
        "达标率不低于90%的，不得分",
        ["达标率90%，不低于90%，不得分，扣4分"],
    ),
    (
        {**CONDITION, "comparison": "equal"},
        {"share": "91"},
        "达标率不等于90%的，不得分",
        ["达标率91%，不等于90%，不得分，扣4分"],
    ),
    (
        {**YES_NO, "measure": "plan", "comparison": "yes"},
        {"plan": "0"},
        "制定工作方案，未达到的不得分",
        ["制定工作方案：否，不得分，扣4分"],
    ),
    (
        {**YES_NO, "comparison": "no"},
        {"accident": "1"},
        "发生重大安全责任事故的，不得分",
        ["发生重大安全责任事故：是，不得分，扣4分"],
    ),
    (
        NO_DECREASE,
        {"share": "8.2", "last_share": "8.5"},
        "达标率只增不减，低于上年达标率的，扣1分",
        ["达标率8.2%，低于上年达标率8.5%，减少0.3个百分点，扣1分"],
    ),
    (
        {**NO_DECREASE, "tolerance": "0.2", "share": "0.5"},
        {"share": "8.2", "last_share": "8.5"},
        "达标率较上年达标率减少超过0.2个百分点的，扣1分，最多扣0.5分",
        [
            "达标率8.2%，低于上年达标率8.5%，减少0.3个百分点，超过允许的0.2个百分点，"
            "应扣1分，最多扣0.5分，扣0.5分"
        ],
    ),
    (
        RANKING,
        {"share": "85"},
        "达标率从高到低排名，按名次得4、3、2分，其余名次不得分",
        ["达标率85%，从高到低排第3名，得2分（满分4分），扣2分"],
    ),
    (
        {**RANKING, "order": "lowest", "points": ["4"], "otherwise": "1"},
        {"share": "85"},
        "达标率从低到高排名，按名次得4分，其余名次得1分",
        ["达标率85%，从低到高排第3名，得1分（满分4分），扣3分"],
    ),
    (
        {**VETO, "effect": "bar_grade", "grade": "优秀"},
        {"accident": "1"},
        "发生重大安全责任事故的，一票否决，不得评为优秀",
        ["发生重大安全责任事故，一票否决，不得评为优秀"],
    ),
    (
        {**VETO, "effect": "lower_grade"},
        {"accident": "1"},
        "发生重大安全责任事故的，降低一个等次",
        ["发生重大安全责任事故，降低一个等次"],
    ),
    (
        {**VETO, "effect": "zero_section"},
        {"accident": "1"},
        "发生重大安全责任事故的，一票否决，所在一级指标不得分",
        ["发生重大安全责任事故，一票否决，所在一级指标不得分"],
    ),
    (
        {**VETO, "effect": "zero_item"},
        {"accident": "1"},
        "发生重大安全责任事故的，一票否决，本项不得分",
        ["发生重大安全责任事故，一票否决，本项不得分，扣4分", "发生重大安全责任事故，一票否决，本项不得分"],
    ),
    (PRIZES, {"prizes": "3"}, "获省级表彰每1次加0.5分", ["获省级表彰3次，每1次加0.5分，加1.5分"]),
    (
        {**PRIZES, "cap": "1"},
        {"prizes": "3"},
        "获省级表彰每1次加0.5分，最多加1分",
        ["获省级表彰3次，每1次加0.5分，应加1.5分，最多加1分，加1分"],
    ),
    (
        {**PRIZES, "unit": "", "points_each": "3"},
        {"prizes": "2"},
        "获省级表彰每项加3分",
        ["获省级表彰2项，每项加3分，应加6分，仅可再加4分，加4分"],
    ),
    ({"kind": "bonus", "cap": "2"}, {}, "酌情加分，逐项说明加分理由，最多加2分", ["获市级表彰，加1分"]),
    ({"kind": "manual"}, {}, "酌情扣分，逐项说明扣分理由", []),
    (
        shortfall(measure="share"),
        {"share": "90"},
        "达标率低于90%的，每差1个百分点扣0.1分（不足1个百分点不计）",
        [],
    ),
]


def all_said(data: dict[str, Any], figures: dict[str, str]) -> tuple[str, list[str]]:
    """A rule in words, and the words for all that it finds in an item of four points."""
    rules = parse_rules([data])
    bonus = data["kind"] == "bonus"
    answer = Answer(
        measures={code: Decimal(value) for code, value in figures.items()},
        ranks={"share": 3},
        credits=(ManualCredit(Decimal(1), "获市级表彰。"),) if data == {"kind": "bonus", "cap": "2"} else (),
    )
    outcome = score(ScoredItem(Decimal(4), rules, bonus=bonus), answer)
    said = [explain(found.explanation, MORE_NAMES) for found in (*outcome.deductions, *outcome.credits)]
    said += [explain_veto(veto, MORE_NAMES) for veto in outcome.vetoes]
    return describe_rule(rules[0], MORE_NAMES), said


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(("data", "figures", "description", "said"), CHINESE)
def test_each_kind_of_rule_and_what_it_finds_in_chinese(
    data: dict[str, Any], figures: dict[str, str], description: str, said: list[str]
) -> None:
    assert all_said(data, figures) == (description, said)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("data", "figures", "description", "said"),
    [
        (
            PER_OCCURRENCE,
            {"cases": "3"},
            "安全责任事故: 0.5 points off for each 1起, until none are left",
            ["安全责任事故 3起, 0.5 points off for each 1起, 1.5 points lost"],
        ),
        (
            TIERS,
            {"share": "93"},
            "达标率: 95% or more: 4 points given, 90% to 95% (not 95%): 3 points given, "
            "less than 90%: no points given",
            [
                "达标率 93% is in the tier “90% to 95% (not 95%)” (4 points at most), 3 points given, "
                "1 point lost"
            ],
        ),
        (
            CHECKLIST,
            {"plan": "0", "ledger": "1"},
            "① 制定工作方案 (1 point) ② 建立台账 (0.5 points; partly met: 0.2 points given); "
            "what is partly met gives half",
            ["① 制定工作方案 (1 point) is not met, 1 point lost"],
        ),
        (
            {**PRIZES, "cap": "1"},
            {"prizes": "3"},
            "获省级表彰: 0.5 points added for each 1次, 1 point added at most",
            [
                "获省级表彰 3次, 0.5 points for each 1次, 1.5 points to add by the rule, 1 point at most, "
                "1 point added"
            ],
        ),
    ],
)
def test_kinds_of_rules_and_what_they_find_in_english(
    data: dict[str, Any], figures: dict[str, str], description: str, said: list[str]
) -> None:
    assert all_said(data, figures) == (description, said)


def test_every_kind_of_rule_is_said_above() -> None:
    assert {data["kind"] for data, *_ in CHINESE} == set(KINDS)


@pytest.mark.usefixtures("chinese")
def test_more_than_twenty_sub_points_are_numbered_in_brackets() -> None:
    points = [{"measure": f"m{number}", "points": "1", "partly": "0"} for number in range(1, 22)]
    description = describe_rule(parse_rules([{"kind": "checklist", "points": points}])[0], {})
    assert "⑳m20（1分" in description
    assert "（21）m21（1分" in description


@pytest.mark.usefixtures("chinese")
def test_every_explanation_gives_the_same_words_after_a_trip_through_json() -> None:
    for data, figures, _, _ in CHINESE:
        rules = parse_rules([data])
        answer = Answer(measures={code: Decimal(text) for code, text in figures.items()}, ranks={"share": 3})
        outcome = score(ScoredItem(Decimal(4), rules, bonus=data["kind"] == "bonus"), answer)
        for found in (*outcome.deductions, *outcome.credits):
            stored = json.loads(json.dumps(dict(found.explanation.values), default=str))
            again = Explanation(found.explanation.key, stored)
            assert explain(again, MORE_NAMES) == explain(found.explanation, MORE_NAMES)


@pytest.mark.usefixtures("chinese")
def test_cause_of_a_lower_grade() -> None:
    floor = GradeCause("section_floor", 2, "优秀", percent=Decimal("58.30"), floor=Decimal(60))
    assert explain_grade_cause(floor, "安全保障") == "安全保障得分率58.3%，低于“优秀”等次要求的60%"
    veto = "发生重大安全责任事故，一票否决，不得评为优秀"
    assert explain_grade_cause(GradeCause("bar_grade", 0, "优秀"), veto) == veto


# Labels

LATIN = re.compile("[A-Za-z]")


def fields_of(part: type[BaseModel], above: str = "") -> Iterator[tuple[str, Any]]:
    """Fields by their dotted names, those of lines included."""
    for name, field in part.model_fields.items():
        yield above + name, field.annotation
        for inner in get_args(field.annotation):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from fields_of(inner, f"{above}{name}.")


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_field_and_choice_has_a_label(kind: str) -> None:
    labels = [kind_label(kind)]
    for field, annotation in fields_of(KINDS[kind]):
        labels.append(field_label(kind, field))
        if field != "kind" and get_origin(annotation) is Literal:
            labels += [choice_label(kind, field, choice) for choice in get_args(annotation)]
        elif annotation is bool:
            labels += [choice_label(kind, field, True), choice_label(kind, field, False)]
    assert [label for label in labels if not label or LATIN.search(label)] == []


@pytest.mark.usefixtures("chinese")
def test_labels_are_those_of_the_kind() -> None:
    assert [field_label(kind, "points_each") for kind in ("per_occurrence", "bonus")] == [
        "每次扣分",
        "每次加分",
    ]
    assert field_label("tiers", "tiers.low") == "下限"
    assert choice_label("tiers", "tiers.low_closed", True) == "含"
    assert [measure_kind_label(kind) for kind in MeasureKind] == [
        "数值",
        "整数",
        "是或否",
        "达到、部分达到或未达到",
    ]


@pytest.mark.parametrize(("kind", "field"), [("shortfall", "colour"), ("tiers", "tiers.colour")])
def test_label_of_no_known_field_is_refused(kind: str, field: str) -> None:
    with pytest.raises(KeyError):
        field_label(kind, field)


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
