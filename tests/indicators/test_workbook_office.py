"""Tables as offices write them: read as a draft, every fault of theirs named by its cell, no false alarm."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.utils import translation

from indicators.exchange import FrameworkData
from indicators.workbook import reading
from indicators.workbook.plan import ImportPlan
from indicators.workbook.reading import read_workbook
from tests.indicators.office_tables import fushan, shicheng, workbook

Tree = list[tuple[str, str, list[tuple[str, str]]]]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages are compared in English."""
    with translation.override("en"):
        yield


def plan_of(rows: Iterable[Any], *merges: str, name: str = "表.xlsx", **options: Any) -> ImportPlan:
    return read_workbook(workbook(rows, merges), name, **options)


def read(plan: ImportPlan) -> FrameworkData:
    assert plan.data is not None, [str(note) for note in plan.errors]
    return plan.data


def tree(plan: ImportPlan) -> Tree:
    """Title and stated points of each section, label and points of its items."""
    return [
        (
            section.title,
            "" if section.stated_weight is None else str(section.stated_weight),
            [(item.label, str(item.weight)) for item in section.items],
        )
        for section in read(plan).sections
    ]


def notes(plan: ImportPlan) -> list[str]:
    return [str(note).removeprefix("sheet “Sheet1” ") for note in plan.notes]


# The rubric of Shicheng, whose faults are known


def test_the_real_rubric_comes_in_with_each_of_its_faults_and_no_false_alarm() -> None:
    plan = read_workbook(shicheng(), "05.xlsx")
    assert [str(note) for note in plan.notes] == [
        "sheet “考核细则” C32: “加强宣传舆论、信息报送工作” states 7 points but has no items.",
        "sheet “考核细则” C33: “奖扣分项目” states 7 points but has no items.",
        "sheet “考核细则” C4: The total states 100 points, the sections 107: 7 apart.",
        "sheet “考核细则” D26: The points stated add up to 2 of 3; difference 1.",
    ]
    assert plan.errors == ()


def test_the_real_rubric_is_read_whole() -> None:
    plan = read_workbook(shicheng(), "05.xlsx")
    framework = read(plan)
    assert (framework.title, framework.year, str(framework.stated_weight)) == (
        "石城县2018年度河长制湖长制工作乡镇目标管理(绩效）考核细则",
        2018,
        "100",
    )
    weights = [5, 4, 2, 2, 11, 7, 2, 3, 7, 2, 3, 4, 5, 2, 3, 6, 4, 3, 4, 4, 4, 3, 3]
    sections = [
        (section.title, str(section.stated_weight), len(section.items)) for section in framework.sections
    ]
    assert sections == [
        ("巩固成果，提升河长制工作实效", "31", 6),
        ("对标中央、省、市，落实湖长制重点任务（琴江镇温坊人工湖）", "2", 1),
        ("水岸联动，推进“管治保”措施", "15", 4),
        ("行动升级，推进突出问题专项整治", "45", 12),
        ("加强宣传舆论、信息报送工作", "7", 0),
        ("奖扣分项目", "7", 0),
    ]
    items = [item for section in framework.sections for item in section.items]
    assert [(item.label, item.weight) for item in items] == [(str(n), w) for n, w in enumerate(weights, 1)]
    assert items[5].responsible == "县委宣传部、县教育局、县河长办"
    assert items[11].rule_prose.endswith("出现一次不达标河库扣2分，扣完为止。")
    assert framework.sections[4].note.startswith("1.每个乡镇省级用稿1篇")
    assert framework.sections[5].note.startswith("1.河长制工作先进经验")


def test_rules_are_proposed_from_prose_and_stored_only_when_confirmed() -> None:
    plan = read_workbook(shicheng(), "05.xlsx")
    proposed = {found.item.label: found for found in plan.proposals}
    kinds = [rule.kind for rule in proposed["16"].proposal.rules]
    assert (kinds, proposed["16"].certain) == (["checklist"], True)
    assert not proposed["18"].certain
    item = proposed["16"]
    stored = [item for section in plan.accepted({item.number}).sections for item in section.items]
    assert [rule.kind for rule in stored[15].rules] == ["checklist"]
    assert [measure.kind for measure in stored[15].measures] == ["met"] * 4
    assert all(item.rules == () for item in stored if item.label != "16")
    assert stored[15].rule_prose == item.item.rule_prose


def test_the_scores_of_fushan_come_in_with_their_three_levels() -> None:
    plan = read_workbook(fushan(), "浮山2014.xlsx")
    framework = read(plan)
    assert plan.notes == ()
    assert (framework.year, str(framework.stated_weight)) == (2014, "100")
    groups = [
        (group.title, str(group.stated_weight)) for section in framework.sections for group in section.groups
    ]
    assert groups == [
        ("规划与机制", "18"),
        ("改善办学条件", "33"),
        ("师资队伍建设", "18"),
        ("规范办学行为", "19"),
        ("办学成效", "12"),
    ]
    assert [section.title for section in framework.sections] == ["政府责任", "教育管理", "办学水平"]
    assert [item.label for item in framework.sections[1].items] == [f"2、4、{n}" for n in range(1, 8)]


def test_numbers_that_begin_again_and_points_in_words_are_read() -> None:
    """As in the standard of a safe campus (case 25)."""
    plan = plan_of(
        [
            ["某某市平安校园创建标准"],
            ["序号", "评价内容", "评分标准"],
            ["一、领导重视（标准分13分）"],
            ["1", "学校党政领导高度重视（标准分3分）", "未列入议程扣1分"],
            ["2", "成立领导小组（标准分10分）", "未成立不得分"],
            ["二、职责明确（标准分5分）"],
            ["1", "制定实施方案（标准分5分）", "未制定不得分"],
        ],
        *("A1:C1", "A3:C3", "A6:C6"),
    )
    assert tree(plan) == [
        ("领导重视", "13", [("1", "3"), ("2", "10")]),
        ("职责明确", "5", [("1", "5")]),
    ]
    assert notes(plan) == []


# Totals


HEAD: list[Any] = ["一级指标", "三级指标", "分值"]


@pytest.mark.parametrize("total", [102, 118, 150])
def test_a_total_need_not_be_100(total: int) -> None:
    plan = plan_of([HEAD, ["甲", "一项", 60], ["乙", "二项", total - 60], ["合计", None, total]])
    assert (str(read(plan).stated_weight), notes(plan)) == (str(total), [])


def test_a_total_that_differs_is_named() -> None:
    plan = plan_of([HEAD, ["甲", "一项", 60], ["乙", "二项", 42], ["合计", None, 100]])
    assert notes(plan) == ["C4: The total states 100 points, the sections 102: 2 apart."]


def test_a_bonus_section_stands_outside_the_total() -> None:
    plan = plan_of(
        [
            HEAD,
            ["甲", "一项", 100],
            ["加分项（10分）", "获表彰", "最多加6分"],
            [None, "创新", 4],
            ["总分", None, 100],
        ],
        "A3:A4",
    )
    assert notes(plan) == []
    assert [item.bonus for section in read(plan).sections for item in section.items] == [False, True, True]
    assert tree(plan)[1] == ("加分项", "10", [("2", "6"), ("3", "4")])


@pytest.mark.parametrize(
    ("heading", "marks"),
    [("评分主体", ("自评", "市级评分")), ("市级评分", (None, "√")), ("评价主体", ("县区", "督导组"))],
)
def test_points_that_only_the_committee_gives_are_marked(heading: str, marks: tuple[Any, Any]) -> None:
    plan = plan_of([[*HEAD, heading], ["甲", "一项", 73, marks[0]], [None, "二项", 27, marks[1]]], "A2:A3")
    items = read(plan).sections[0].items
    assert [(str(item.weight), item.committee_only) for item in items] == [("73", False), ("27", True)]


def test_alternatives_for_kinds_of_district_are_never_added_together() -> None:
    rows = [
        ["甲", "共同", 60],
        ["乙（适用于城区）", "城", 40],
        ["丙（适用于乡镇）", "乡", 30],
        ["总分", None, 100],
    ]
    plan = plan_of([HEAD, *rows])
    assert read(plan).profiles == ("城区", "乡镇")
    assert [section.profiles for section in read(plan).sections] == [(), ("城区",), ("乡镇",)]
    assert notes(plan) == ["C5: For 乡镇 the total states 100, its sections 90: 10 apart."]
    column = [
        [*HEAD, "适用类别"],
        ["甲", "共同", 60, "全部"],
        ["乙", "城", 40, "城区"],
        ["乙", "乡", 40, "乡镇"],
    ]
    assert [item.profiles for section in read(plan_of(column)).sections for item in section.items] == [
        (),
        ("城区",),
        ("乡镇",),
    ]


def test_sums_of_sections_are_checked_not_read_as_items() -> None:
    rows = [
        ["甲", "一项", 60],
        ["小计", None, 61],
        ["乙", "二项", 40],
        ["小计", None, 40],
        ["总计", None, 100],
    ]
    plan = plan_of([HEAD, *rows])
    assert tree(plan) == [("甲", "", [("1", "60")]), ("乙", "", [("2", "40")])]
    assert notes(plan) == ["C3: “甲” states 61 points, its items have 60: a difference of 1."]


# Shapes


def test_two_rows_of_headings_and_weights_of_all_levels_are_read() -> None:
    plan = plan_of(
        [
            ["某县评分表（2023年）"],
            ["指标体系", None, None, None, None, None, "评分标准"],
            ["一级指标", "权重", "二级指标", "权重", "三级指标", "分值", None],
            ["甲", 10, "子", 10, "A1 一项", "4分", "未做扣4分"],
            [None, None, None, None, "A2 二项", "6分", "未做扣6分"],
        ],
        *("A1:G1", "A2:F2", "G2:G3", "A4:A5", "B4:B5", "C4:C5", "D4:D5"),
    )
    (section,) = read(plan).sections
    assert (str(section.stated_weight), str(section.groups[0].stated_weight)) == ("10", "10")
    assert [(item.label, item.title, item.group) for item in section.items] == [
        ("A1", "一项", "子"),
        ("A2", "二项", "子"),
    ]
    assert notes(plan) == []


def test_lines_under_an_item_go_on_with_it() -> None:
    plan = plan_of(
        [
            ["序号", "评价指标", "分值", "评分标准"],
            [1, "甲", 2, "①有得1分"],
            [None, None, None, "②全得1分"],
            [2, "乙", 5, "好"],
        ],
        *("A2:A3", "B2:B3", "C2:C3"),
    )
    assert [item.rule_prose for item in read(plan).sections[0].items] == ["①有得1分\n②全得1分", "好"]


def test_materials_offices_and_notes_are_kept() -> None:
    plan = plan_of(
        [
            ["序号", "考核内容", "分值", "评分办法", "牵头单位", "备查资料", "备注", "自评得分", "颜色"],
            [1, "甲", 2, "酌情", "教育局 财政局", "1.文件；2.台账", "见附件", 2, "红"],
            ["注：本表一式两份。"],
        ],
        "A3:I3",
    )
    (item,) = read(plan).sections[0].items
    assert (item.responsible, item.materials, item.requirement) == (
        "教育局、财政局",
        ("文件", "台账"),
        "见附件",
    )
    assert read(plan).notes == "注：本表一式两份。"
    assert notes(plan) == ["I1: The column “颜色” is not read."]


def test_headings_again_on_a_second_page_are_no_item() -> None:
    plan = plan_of([HEAD, ["甲", "一项", 1], HEAD, ["乙", "二项", 2]])
    assert tree(plan) == [("甲", "", [("1", "1")]), ("乙", "", [("2", "2")])]


def test_a_label_that_became_a_date_is_read_as_typed() -> None:
    plan = plan_of([["编号", "三级指标", "分值"], [date(2026, 1, 2), "一项", 3]])
    assert [item.label for item in read(plan).sections[0].items] == ["1-2"]
    assert notes(plan) == ["A2: Shown as a date; “1-2” was read."]


def test_sheets_are_to_choose_from() -> None:
    content = workbook([HEAD, ["甲", "一项", 1]], sheet="城区", 乡镇=[HEAD, ["甲", "一项", 2]], 其他=[["x"]])
    plan = read_workbook(content, "表.xlsx")
    assert (plan.sheets, plan.sheet) == (("城区", "乡镇"), "城区")
    assert [str(note) for note in plan.notes] == [
        "sheet “城区”: This sheet was read; there are tables on others too: 乡镇."
    ]
    assert tree(read_workbook(content, "表.xlsx", sheet="乡镇")) == [("甲", "", [("1", "2")])]
    refused = read_workbook(content, "表.xlsx", sheet="其他")
    assert [str(note) for note in refused.errors] == [
        "There is no table on a sheet “其他”; there are: 城区, 乡镇."
    ]


# What cannot be read


def test_every_cell_that_cannot_be_read_is_named() -> None:
    plan = plan_of(
        [HEAD, ["甲", "一项", "三分"], ["乙", "二项", "=1+1"], ["丙", "三项", 3.555], ["丁", "四项", "#REF!"]]
    )
    assert plan.data is None
    assert [str(note).removeprefix("sheet “Sheet1” ") for note in plan.errors] == [
        "C2: “三分” is not a number of points.",
        "C3: This is a formula without a stored value. Replace it by its value.",
        "C5: This cell shows the error #REF!.",
        "C4: At most 2 decimals.",
    ]


def test_a_formula_is_read_by_its_stored_value() -> None:
    content = workbook([HEAD, ["甲", "一项", "=1+1"]])
    file = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(file, "w") as target:
        for name in source.namelist():
            part = re.sub(b"(<f>1.1</f>)<v ?/?>(</v>)?", rb"\1<v>7</v>", source.read(name))
            target.writestr(name, part)
    plan = read_workbook(file.getvalue(), "表.xlsx")
    assert tree(plan) == [("甲", "", [("1", "7")])]
    assert notes(plan) == ["C2: A formula; its stored value 7 was read."]


def test_an_item_without_points_is_stored_with_none_and_named() -> None:
    plan = plan_of([HEAD, ["甲", "一项", 5], ["甲", "二项", None], ["甲", "三项", "/"]])
    assert tree(plan) == [("甲", "", [("1", "5"), ("2", "0"), ("3", "0")])]
    assert notes(plan) == ["C3: No points are stated; 0 is stored."]


@pytest.mark.parametrize("rows", [[["a", "b"], [1, 2]], [["姓名", "电话"], ["甲", 1]]])
def test_a_workbook_without_a_table_is_refused(rows: list[list[Any]]) -> None:
    plan = plan_of(rows)
    assert plan.data is None
    assert [str(note)[:37] for note in plan.errors] == ["No table of a framework was found. It"]


def test_a_table_without_items_is_refused() -> None:
    assert notes(plan_of([HEAD, ["总分", None, 100]])) == [
        "sheet “Sheet1”: There are no items under the headings."
    ]


def test_reading_rules_from_prose_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left stays prose, and is said; what a person has confirmed is read in any case."""
    monkeypatch.setattr(reading, "PROSE_SECONDS", -1)
    content = workbook([[*HEAD, "评分标准"], *(["甲", f"{n}项", 1, "每少1次扣0.2分"] for n in range(3))])
    plan = read_workbook(content, "表.xlsx", confirmed={2})
    assert [found.number for found in plan.proposals] == [2]
    assert notes(plan) == [
        "D2: There is much text: no rules are read from the prose of this and later items."
    ]
    assert [item.rule_prose for item in read(plan).sections[0].items] == ["每少1次扣0.2分"] * 3


def test_a_table_longer_than_any_framework_is_refused() -> None:
    plan = plan_of([HEAD, *(["甲", f"{n}项", 1] for n in range(5_001))])
    assert [str(note) for note in plan.errors] == ["sheet “Sheet1”: The table has more than 5000 rows."]
