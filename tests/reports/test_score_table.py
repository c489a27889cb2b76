"""The score table: one set of rows, whatever it is printed on."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from indicators.scoring.points import plain_or
from reports.document import Credit, Deduction, Item, Report, Section
from reports.render.html import render_html
from reports.render.score_table import HEADINGS, TITLE, Group, Row, groups, item_title, total
from reports.render.xlsx import render_xlsx
from tests.reports.sample import real_report, signed_report

D = Decimal


def report_of(*items: Item) -> Report:
    return replace(signed_report(), sections=(Section("一", "甲(乙)", D(4), D(3), items),))


def item(*deductions: Deduction, **changes: Any) -> Item:
    return replace(Item(1, "15", D(4), D(3), ("做了。",), deductions=deductions), **changes)


def note(found: Item) -> str:
    (group,) = groups(report_of(found))
    return group.items[0].note


def test_sections_hold_their_items_and_the_total_names_the_grade() -> None:
    report = report_of(item(Deduction(D(1), "缺台账,不全。")))
    assert list(groups(report)) == [
        Group(
            part="",
            section=Row("（一）", "甲（乙）", D(4), D(3), "小计"),
            items=(Row("15", "做了", D(4), D(3), "缺台账，不全"),),
        )
    ]
    assert total(report) == Row("", "合计", D(100), D("99.1"), "自评等次：优秀")
    assert total(replace(report, grade="")).note == "自评等次：—"


@pytest.mark.parametrize(
    ("weight", "score", "lost", "loses"),
    [("4", "3.1", "0.9", True), ("4", "4", "0", False), (None, "4", None, False), ("4", None, None, False)],
)
def test_points_lost(weight: str | None, score: str | None, lost: str | None, loses: bool) -> None:
    row = Row("1", "甲", D(weight) if weight else None, D(score) if score else None, "")
    assert (row.lost, row.loses) == (D(lost) if lost else None, loses)


@pytest.mark.parametrize(
    ("deductions", "words"),
    [
        ([Deduction(D(1), "缺台账。")], "缺台账"),
        ([Deduction(D("0.5"), "缺台账")], "缺台账，扣0.5分"),
        ([Deduction(D("0.50"), "缺台账,扣0.5分")], "缺台账，扣0.5分"),
        ([Deduction(None, "缺台账")], "缺台账"),
        ([Deduction(D("0.5"), "甲"), Deduction(D("0.5"), "乙")], "甲，扣0.5分；乙，扣0.5分"),
        ([Deduction(D("0.5"), "")], "扣0.5分"),
        ([Deduction(D(1), "")], ""),
    ],
)
def test_note_says_the_points_unless_the_column_before_does(deductions: list[Deduction], words: str) -> None:
    assert note(item(*deductions)) == words
    assert note(item(*deductions, applicable=False)) == "；".join(filter(None, ["不适用", words]))


def test_part_stands_before_the_first_of_its_sections() -> None:
    section = Section("一", "甲", None, None, (item(),))
    parts = ("政府职责", "政府职责", None, "学校职责")
    report = replace(signed_report(), sections=tuple(replace(section, part=part) for part in parts))
    assert [group.part for group in groups(report)] == ["政府职责", "", "", "学校职责"]
    assert ["政府职责"] in html_rows(report)


def test_item_title_comes_from_the_framework_or_the_text() -> None:
    found = Item(1, "1", None, None, ("我区暂无普通高中。",))
    assert item_title(replace(found, title="普通高中(多样化)")) == "普通高中（多样化）"
    assert item_title(found) == "我区暂无普通高中"
    assert item_title(replace(found, paragraphs=("建立健全防范化解意识形态领域风险工作机制",))) == (
        "建立健全防范化解意识形态领域风…"
    )
    assert item_title(replace(found, paragraphs=())) == ""


def points(value: Decimal | None) -> str:
    return plain_or(value, "—")


def html_rows(report: Report) -> list[list[str]]:
    document = ElementTree.fromstring(render_html(report))  # noqa: S314 - our own
    return [["".join(cell.itertext()) for cell in row] for row in document.iter("tr")]


def test_page_and_workbook_say_the_same() -> None:
    report = real_report()
    rows = [row for group in groups(report) for row in (group.section, *group.items)]
    cells = [
        [row.label, row.title, *map(points, (row.weight, row.self_score, row.lost)), row.note]
        for row in (*rows, total(report))
    ]
    sheet = load_workbook(BytesIO(render_xlsx(report)))[TITLE]
    assert [
        ["" if value is None else str(value) for value in row]
        for row in sheet.iter_rows(min_row=4, values_only=True)
    ] == [list(HEADINGS), *cells]
    one_cell = [[row[0] + row[1], *row[2:]] if row[5] == "小计" or not row[0] else row for row in cells]
    assert html_rows(report) == [list(HEADINGS), *one_cell]


def test_bonus_is_named_beside_and_the_columns_add_up() -> None:
    gain = Credit(D("1.5"), "获省级表彰。")
    items = (
        Item(1, "1", D(10), D(9), ("做了",), title="台账"),
        Item(2, "加1", D(2), D("1.5"), ("获奖",), bonus=True, credits=(gain,), title="表彰"),
        Item(3, "加2", D(1), None, ("",), bonus=True, title="创新"),
        Item(4, "加3", D(1), D(0), ("",), bonus=True, title="推广"),
    )
    section = Section("一", "制度", D(10), D(9), items, bonus=D("1.5"))
    report = replace(real_report(), sections=(section,), total_weight=D(10), total_self_score=D(10))
    (group,) = groups(report)
    assert (group.section.note, group.section.lost) == ("小计，另加1.5分", D(1))
    assert group.items[1:] == (
        Row("加1", "表彰", None, None, "加分项，最多加2分；加1.5分：获省级表彰"),
        Row("加2", "创新", None, None, "加分项，最多加1分；尚无自评分"),
        Row("加3", "推广", None, None, "加分项，最多加1分；加0分"),
    )
    assert [row.lost for row in group.items] == [D(1), None, None, None]
    last = total(report)
    assert (last.weight, last.self_score, last.lost) == (D(10), D(10), D(1))
    assert last.note == "含加分1分；自评等次：优秀"


def test_bonus_that_passes_the_full_total_is_told_whole() -> None:
    section = Section("一", "制度", D(10), D(9), (), bonus=D("1.5"))
    report = replace(real_report(), sections=(section,), total_weight=D(10), total_self_score=D("10.5"))
    last = total(report)
    assert (last.lost, last.note) == (D(1), "含加分1.5分；自评等次：优秀")


def test_bonus_in_a_total_that_was_scaled_or_cut_is_as_composed() -> None:
    sections = (
        Section("一", "制度", D(10), D(9), (), bonus=D(2)),
        Section("二", "寄宿", D(5), None, ()),
    )
    report = replace(real_report(), sections=sections, total_weight=D(15), total_self_score=D(15))
    last = total(replace(report, bonus_counted=D("1.5")))
    assert (last.lost, last.note) == (D("1.5"), "含加分1.5分；自评等次：优秀")
