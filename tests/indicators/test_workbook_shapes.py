"""More shapes of real tables: river chiefs, safe campus, party work, archives, food safety, villages.

Each table is short, and stands for a habit of its offices; what is read of it is written beside it.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.utils import translation
from openpyxl import load_workbook

from indicators.exchange import FrameworkData
from indicators.workbook.plan import ImportPlan
from indicators.workbook.reading import read_workbook
from tests.indicators.office_tables import saved, workbook


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages are compared in English."""
    with translation.override("en"):
        yield


def plan_of(rows: Iterable[Any], *merges: str) -> ImportPlan:
    return read_workbook(workbook(rows, merges), "表.xlsx")


def read(plan: ImportPlan) -> FrameworkData:
    assert plan.data is not None, [str(note) for note in plan.errors]
    return plan.data


def shape(plan: ImportPlan) -> list[str]:
    """A line for each section, group and item: level, label, title, points, and marks of the item."""
    lines = []
    for section in read(plan).sections:
        lines.append(f"§{section.label} {section.title} {section.stated_weight or ''}".strip())
        groups, last = {group.title: group for group in section.groups}, None
        for item in section.items:
            if item.group != last and item.group:
                group = groups[item.group]
                lines.append(f"  {group.label} {group.title} {group.stated_weight or ''}".rstrip())
            last = item.group
            marks = [word for word, on in (("+", item.bonus), ("上级", item.committee_only)) if on]
            lines.append(" ".join([f"    {item.label} {item.title} {item.weight}", *marks, *item.profiles]))
    return lines


def notes(plan: ImportPlan) -> list[str]:
    return [str(note).removeprefix("sheet “Sheet1” ") for note in plan.notes]


def test_numbers_of_levels_make_the_levels() -> None:
    """As in archives' standards: 1 has the points of 1.1, which has those of 1.1.1; they count once."""
    plan = plan_of(
        [
            ["企业档案工作评定标准（2010）"],
            ["编号", "评定项目与评定内容", "分数", "评定细则"],
            [1, "组织管理", 9, None],
            ["1.1", "机构", 2, None],
            ["1.1.1", "设置机构", 2, "未设置不得分"],
            ["1.2", "人员", 7, "见下"],
            ["1.2.1", "配备人员", 7, "配备不足扣2分"],
            [2, "库房", 31, "不达标不得分"],
            [3, "利用", 10, None],
            ["3.1", "查阅", 4, "酌情"],
            ["3.2", "编研", 6, None],
            ["3.2.1", "成果", 6, "酌情"],
            ["合计", None, 50, None],
        ],
        "A1:D1",
    )
    assert shape(plan) == [
        "§1 组织管理 9",
        "  1.1 机构 2",
        "    1.1.1 设置机构 2",
        "  1.2 人员 7",
        "    1.2.1 配备人员 7",
        "§2 库房",
        "    2 库房 31",
        "§3 利用 10",
        "    3.1 查阅 4",
        "  3.2 编研 6",
        "    3.2.1 成果 6",
    ]
    assert read(plan).sections[0].note == "人员：见下"
    assert notes(plan) == []


def test_numbers_of_levels_without_points_are_lines_of_their_item() -> None:
    plan = plan_of(
        [
            ["序号", "考核内容", "分值", "评分办法"],
            ["1", "组织领导", 10, "每少一项扣2分"],
            ["1.1", "成立机构", None, None],
            ["1.2", "制定方案", None, "无方案扣3分"],
            ["2", "宣传", 10, "酌情"],
        ]
    )
    item, other = read(plan).sections[0].items
    assert (item.requirement, item.rule_prose, other.title) == (
        "1.1 成立机构\n1.2 制定方案",
        "每少一项扣2分\n无方案扣3分",
        "宣传",
    )
    assert notes(plan) == []


def test_one_item_in_several_rows_each_with_points_has_a_checklist_for_its_rule() -> None:
    """As in hygiene tables: 标准分 of the item, 分值 of each row; a row that lacks points is named."""
    plan = plan_of(
        [
            ["序号", "项目", "标准分", "评分标准", "分值", "扣分"],
            [1, "组织领导", 10, "成立领导小组", 3, None],
            [None, None, None, "制定实施方案", 3, None],
            [None, None, None, "召开动员会，每少1次扣1分", 4, None],
            [2, "健康教育", 8, "网络健全", 5, None],
            [None, None, None, "开展讲座", 2, None],
            ["合计", None, 18, None, 18, None],
        ],
        *("A2:A4", "B2:B4", "C2:C4"),
    )
    assert [line.strip() for line in shape(plan)[1:]] == ["1 组织领导 10", "2 健康教育 8"]
    first = read(plan).sections[0].items[0]
    assert (
        first.rule_prose == "1.成立领导小组（3分）\n2.制定实施方案（3分）\n3.召开动员会，每少1次扣1分（4分）"
    )
    assert [rule.kind for rule in plan.proposals[0].proposal.rules] == ["checklist", "per_occurrence"]
    assert notes(plan) == ["D5: The points stated add up to 7 of 8; difference 1."]


def test_without_points_of_its_own_an_item_has_those_of_its_rows() -> None:
    plan = plan_of(
        [
            ["序号", "指标", "评分标准", "分值"],
            [1, "领导重视", "列入议程", 2],
            [None, None, "专题研究", 3],
            [2, "机构健全", "有机构", 5],
        ],
        *("A2:A3", "B2:B3"),
    )
    assert shape(plan)[1:] == ["    1 领导重视 5", "    2 机构健全 5"]


def test_points_in_the_text_of_the_only_column_are_the_items() -> None:
    """As in villages' tables: name, points and rule in one cell."""
    plan = plan_of(
        [
            ["村级考核细则"],
            ["项目", "考核内容和评分标准"],
            ["一、环境卫生（30分）", "1.村庄保洁（10分）。发现一处垃圾扣0.5分。"],
            [None, "2.垃圾分类（20分）。未分类一次扣1分。"],
            ["二、治安（70分）", "1.矛盾调解（70分）。越级上访1批次扣5分。"],
        ],
        *("A1:B1", "A3:A4"),
    )
    assert shape(plan) == [
        "§ 环境卫生 30",
        "    1 村庄保洁 10",
        "    2 垃圾分类 20",
        "§ 治安 70",
        "    1 矛盾调解 70",
    ]
    assert read(plan).sections[0].items[0].rule_prose == "发现一处垃圾扣0.5分"
    assert notes(plan) == []


def test_several_points_in_one_cell_are_added_and_said() -> None:
    plan = plan_of(
        [
            ["项目", "考评内容及评分标准"],
            ["组织", "1.成立小组（2分）。\n2.机构健全（12分）。"],
            [None, "3.制度（1分）。无制度扣1分。"],
        ],
        "A2:A3",
    )
    assert shape(plan) == ["§ 组织", "    1 成立小组 14", "    3 制度 1"]
    assert notes(plan) == ["B2: Points of several parts stand here; 14 were read."]


def test_points_that_are_lost_are_not_those_of_an_item() -> None:
    plan = plan_of(
        [
            ["考核项目", "考核内容及分值", "扣分标准"],
            ["甲", "1.保洁（15分）", "每处扣0.5分"],
            [None, "2.清洁（5分）", "每处扣1分"],
        ],
        "A2:A3",
    )
    assert shape(plan) == ["§ 甲", "    1 保洁 15", "    2 清洁 5"]


def test_deductions_bonus_and_vetoes_are_sections_of_their_kind() -> None:
    """As in tables of party work: what is only lost has no points, and no rule that could take any."""
    plan = plan_of(
        [
            ["××县2023年度党建工作考核评分细则"],
            ["考核单位（盖章）：", None, "填表时间：   年  月"],
            ["序号", "考核项目", "考核内容", "分值", "评分标准", "考评部门"],
            ["一", "组织建设（100分）"],
            [1, "三会一课", "按规定开展", "满分100分", "缺1次扣2分", "组织部"],
            ["二", "加分项（最多加5分）"],
            [2, "经验推广", "省级推广", "0—5分", "最高加5分", None],
            ["三", "扣分项"],
            [3, "通报批评", "被通报", "扣分", "每次扣2分", None],
            ["四", "一票否决项"],
            [4, "违纪", "受处分", "一票否决", "发生1起的取消资格", None],
            ["总分", None, None, 100],
            ["备注", "由组织部解释。"],
        ],
        *("A1:F1", "A2:B2", "B4:F4", "B6:F6", "B8:F8", "B10:F10"),
    )
    framework = read(plan)
    assert (framework.title, framework.year) == ("××县2023年度党建工作考核评分细则", 2023)
    assert shape(plan) == [
        "§ 组织建设 100",
        "    1 三会一课 100",
        "§ 加分项（最多加5分）",
        "    2 经验推广 5 +",
        "§ 扣分项",
        "    3 通报批评 0",
        "§ 一票否决项",
        "    4 违纪 0",
    ]
    assert framework.sections[0].items[0].requirement == "按规定开展\n考评部门：组织部"
    assert [found.item.label for found in plan.proposals] == ["1"]
    assert notes(plan) == [
        "D7: “0—5分” was read as 5 points, the most that can be had.",
        "D9: “扣分”: points that can only be lost; 0 is stored, the rule is kept as text.",
    ]
    assert "备注 由组织部解释。" in framework.notes


def test_points_by_kind_of_district_are_alternatives() -> None:
    plan = plan_of(
        [
            ["序号", "考核指标", "分值", None, "评分标准", "配合单位"],
            [None, None, "城区", "县域", None, None],
            [1, "粮食安全", 30, 40, "完成得满分", "农业局"],
            [None, None, None, None, "未完成不得分", None],
            [2, "都市农业", 30, "/", "酌情", None],
            [3, "防返贫", 40, 40, "酌情", None],
            [4, "产业", None, 20, "酌情", None],
            ["合计", None, 100, 100, None, None],
        ],
        *("A1:A2", "B1:B2", "C1:D1", "E1:E2", "F1:F2"),
    )
    assert shape(plan)[1:] == [
        "    1 粮食安全 30 城区",
        "    1 粮食安全 40 县域",
        "    2 都市农业 30 城区",
        "    3 防返贫 40",
        "    4 产业 20 县域",
    ]
    prose = {item.rule_prose for item in read(plan).sections[0].items[:2]}
    assert prose == {"完成得满分\n未完成不得分"}
    assert (read(plan).stated_weight, notes(plan)) == (100, [])


def test_an_item_that_the_committee_scores_is_none_of_the_row_above() -> None:
    plan = plan_of(
        [
            ["一级指标", "二级指标", "评估标准", "自评分值", "督导组评分"],
            ["办学", "党建", "党组织健全", 73, None],
            ["社会评价", "满意度", "测评", None, 27],
        ]
    )
    assert shape(plan) == ["§ 办学", "    1 党建 73", "§ 社会评价", "    2 满意度 27 上级"]


def test_what_has_no_place_of_its_own_is_kept_with_its_heading() -> None:
    """A unit of measure is no office, and a day is a day but in the column of numbers."""
    plan = plan_of(
        [
            ["编号", "指标名称", "单位", "目标值", "完成时限", "分值", "评价方法", "评价方式"],
            [date(2026, 1, 2), "预期寿命", "岁", "≥78", date(2026, 6, 30), 5, "不达标不得分", "查资料"],
        ]
    )
    (item,) = read(plan).sections[0].items
    assert (item.label, item.responsible, item.rule_prose) == ("1-2", "", "不达标不得分")
    assert item.requirement == "单位：岁\n目标值：≥78\n完成时限：2026-06-30\n评价方式：查资料"
    assert notes(plan) == ["A2: Shown as a date; “1-2” was read."]


def test_a_second_part_with_headings_of_its_own_is_read_on() -> None:
    plan = plan_of(
        [
            ["一、基本指标"],
            ["序号", "考核项目", "考核标准", "分值"],
            [1, "甲", "酌情", 50],
            ["小计", None, None, 50],
            ["二、附加指标"],
            ["序号", "加分项目", "加分标准", "分值"],
            [1, "丙", "每项加1分", 10],
        ]
    )
    assert shape(plan) == ["§ 基本指标", "    1 甲 50", "§ 附加指标", "    1 丙 10 +"]
    assert notes(plan) == []


def test_equal_names_row_by_row_are_one_section_and_shares_of_one_are_said() -> None:
    rows = [
        ["目标", "指标", "权重", "计分方法"],
        ["经济", "增速", 0.4, "酌情"],
        ["经济", "固投", 0.3, "酌情"],
        ["民生", "就业", 0.3, "酌情"],
    ]
    plan = plan_of(rows)
    assert shape(plan) == ["§ 经济", "    1 增速 0.4", "    2 固投 0.3", "§ 民生", "    3 就业 0.3"]
    assert notes(plan) == [
        "sheet “Sheet1”: All points add up to 1. If they are shares, write them in percent or in points."
    ]


def test_what_is_hidden_is_read_and_said() -> None:
    book = load_workbook(BytesIO(workbook([["序号", "三级指标", "分值"], [1, "甲", 60], [2, "旧", 40]])))
    book.worksheets[0].row_dimensions[3].hidden = True
    book.worksheets[0].column_dimensions["A"].hidden = True
    plan = read_workbook(saved(book), "表.xlsx")
    assert [item.title for item in read(plan).sections[0].items] == ["甲", "旧"]
    assert notes(plan) == ["A1: This column is hidden; it was read.", "A3: This row is hidden; it was read."]


@pytest.mark.parametrize(
    ("written", "points"),
    [
        *[("3分", "3"), ("3.0", "3"), ("１０", "10"), ("（7分）", "7"), ("满分6分", "6"), ("8％", "8")],
        *[("≤3", "3"), ("2-4分", "4"), ("不超过3分", "3"), ("5分封顶", "5")],
    ],
)
def test_points_are_read_as_they_are_written(written: str, points: str) -> None:
    plan = plan_of([["三级指标", "分值"], ["甲", written]])
    assert [str(item.weight) for item in read(plan).sections[0].items] == [points]


@pytest.mark.parametrize("written", ["3+2", "1.5分/次", "2/3", "三分", "见附件", "累计" * 3_000])
def test_points_that_cannot_be_told_are_refused_by_cell(written: str) -> None:
    plan = plan_of([["三级指标", "分值"], ["甲", written]])
    assert [note.cell for note in plan.errors] == ["B2"]


def test_equal_numbers_one_after_another_are_no_levels() -> None:
    plan = plan_of([["序号", "指标", "分值"], [1, "甲", 1], [1, "乙", 2], [1, "丙", 3]])
    assert shape(plan)[1:] == ["    1 甲 1", "    1 乙 2", "    1 丙 3"]
