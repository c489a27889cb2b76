"""The score table as Excel reads it: exact points, safe text, a page that prints."""

import re
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from reports.document import Deduction, Item, Report, Section
from reports.render.xlsx import SHEET, render_xlsx

D = Decimal
REASON = "小学一、二年级标准班额占比80.84%，低于省定标准的90%"
CLASS_SIZE = Item(
    number=2,
    label="15",
    title="标准班额达标情况",
    weight=D("4"),
    self_score=D("3.1"),
    paragraphs=("我区新建、改扩建学校按照国家规定标准核定校额。",),
    deductions=(Deduction(D("0.9"), REASON, measured=D("80.84"), standard=D("90"), unit="%"),),
)
VOCATIONAL = Item(
    number=1,
    label="1.1.3",
    weight=D("1.50"),
    self_score=D("1.50"),
    paragraphs=("红谷滩区暂无职业教育学校。",),
    applicable=False,
)
REPORT = Report(
    title="关于2021年党政领导干部履行教育职责督导评价自评的报告",
    addressee="南昌市人民政府教育督导委员会",
    organisation="红谷滩区",
    year=2021,
    preamble=(),
    total_weight=D("100.00"),
    total_self_score=D("99.10"),
    grade="优秀",
    sections=(
        Section("一", "落实国家教育法律、法规、规章和政策情况", D("13.50"), D("13.50"), (VOCATIONAL,)),
        Section("二", "健全教育保障机制", D("26.20"), D("25.30"), (CLASS_SIZE,)),
    ),
)
TITLE, NAME, BETWEEN, HEADER = 1, 2, 3, 4
FIRST_SECTION, FIRST_ITEM, SECOND_SECTION, SECOND_ITEM, TOTAL = 5, 6, 7, 8, 9


def sheet_of(report: Report) -> Worksheet:
    return load_workbook(BytesIO(render_xlsx(report)))[SHEET]


def sheet_xml(report: Report) -> str:
    return ZipFile(BytesIO(render_xlsx(report))).read("xl/worksheets/sheet1.xml").decode()


def row_of(sheet: Worksheet, row: int) -> list[object]:
    return [cell.value for cell in sheet[row]]


def with_item(**changes: Any) -> Report:
    """The report with its first item changed."""
    section = replace(REPORT.sections[0], items=(replace(VOCATIONAL, **changes),))
    return replace(REPORT, sections=(section, *REPORT.sections[1:]))


def exact(value: object) -> Decimal:
    assert isinstance(value, int | float)
    return D(str(value))


def test_xlsx_has_a_row_for_each_section_and_item_between_header_and_total() -> None:
    sheet = sheet_of(REPORT)

    assert [row_of(sheet, row) for row in range(HEADER, sheet.max_row + 1)] == [
        ["序号", "指标", "分值", "自评分", "扣分", "扣分说明"],
        ["（一）", "落实国家教育法律、法规、规章和政策情况", 13.5, 13.5, 0, "小计"],
        ["1.1.3", "红谷滩区暂无职业教育学校", 1.5, 1.5, 0, "不适用"],
        ["（二）", "健全教育保障机制", 26.2, 25.3, 0.9, "小计"],
        [15, "标准班额达标情况", 4, 3.1, 0.9, REASON],
        [None, "合计", 100, 99.1, 0.9, "自评等次：优秀"],
    ]


def test_xlsx_begins_with_title_report_and_both_parties() -> None:
    sheet = sheet_of(REPORT)

    assert [sheet.cell(row, 1).value for row in (TITLE, NAME, BETWEEN)] == [
        "自评得分汇总表",
        "关于2021年党政领导干部履行教育职责督导评价自评的报告",
        "主送：南昌市人民政府教育督导委员会　自评单位：红谷滩区",
    ]


def test_xlsx_leaves_an_unknown_organisation_out() -> None:
    sheet = sheet_of(replace(REPORT, organisation=""))

    assert sheet.cell(BETWEEN, 1).value == "主送：南昌市人民政府教育督导委员会"


def test_xlsx_totals_equal_the_reports_decimals() -> None:
    sheet = sheet_of(REPORT)

    assert [exact(cell.value) for cell in sheet[TOTAL][2:5]] == [D("100"), D("99.1"), D("0.9")]
    for row, section in zip((FIRST_SECTION, SECOND_SECTION), REPORT.sections, strict=True):
        assert exact(sheet.cell(row, 3).value) == section.weight
        assert exact(sheet.cell(row, 4).value) == section.self_score


def test_xlsx_stores_the_digits_of_a_decimal_once() -> None:
    numbers = re.findall(r'<c r="[CDE]9"[^>]*t="n"[^>]*><v>([^<]*)</v>', sheet_xml(REPORT))

    assert numbers == ["100", "99.1", "0.9"]


@given(st.decimals(min_value=0, max_value=1000, places=2))
def test_xlsx_keeps_any_points_exactly(points: Decimal) -> None:
    sheet = sheet_of(replace(REPORT, total_self_score=points))

    assert exact(sheet.cell(TOTAL, 4).value) == points


def test_xlsx_shows_points_without_trailing_zeros() -> None:
    sheet = sheet_of(REPORT)

    assert {cell.number_format for row in sheet.iter_rows(min_row=FIRST_SECTION) for cell in row} == {
        "General"
    }


def test_xlsx_writes_a_dash_for_what_is_not_known() -> None:
    report = with_item(self_score=None, weight=None)
    report = replace(report, total_weight=None, total_self_score=None, grade="")
    sheet = sheet_of(report)

    assert row_of(sheet, FIRST_ITEM)[2:5] == ["—", "—", "—"]
    assert row_of(sheet, TOTAL) == [None, "合计", "—", "—", "—", "自评等次：—"]


def test_xlsx_keeps_a_score_of_zero_apart_from_no_score() -> None:
    sheet = sheet_of(with_item(self_score=D("0.00")))

    assert row_of(sheet, FIRST_ITEM)[2:5] == [1.5, 0, 1.5]


def test_xlsx_says_the_points_of_each_of_several_deductions() -> None:
    deductions = (
        Deduction(D("0.50"), "未建立台账"),
        Deduction(D("1"), "经费不足"),
        Deduction(None, "材料不全"),
    )
    sheet = sheet_of(with_item(applicable=True, self_score=D("0"), deductions=deductions))

    assert sheet.cell(FIRST_ITEM, 6).value == "未建立台账，扣0.5分；经费不足，扣1分；材料不全"


def test_xlsx_shortens_the_text_of_an_item_without_title() -> None:
    sheet = sheet_of(with_item(paragraphs=("一" * 41, "第二段")))

    assert sheet.cell(FIRST_ITEM, 2).value == "一" * 15 + "…"


def test_xlsx_names_a_part_once_above_its_sections() -> None:
    sections = tuple(replace(section, part="政府职责") for section in REPORT.sections)
    sheet = sheet_of(replace(REPORT, sections=sections))

    assert [sheet.cell(row, 1).value for row in range(5, 10)] == ["政府职责", "（一）", "1.1.3", "（二）", 15]


def test_xlsx_of_a_report_without_sections_has_header_and_total() -> None:
    sheet = sheet_of(replace(REPORT, sections=()))

    assert [row_of(sheet, row)[1] for row in range(HEADER, sheet.max_row + 1)] == ["指标", "合计"]


@pytest.mark.parametrize(
    "text", ["=1+1", "=", "+1", "-1", "@SUM(A1)", "\t=1+1", "#N/A", "#REF!", "TRUE", "1e3"]
)
def test_xlsx_stores_active_looking_text_as_text_everywhere(text: str) -> None:
    item = replace(CLASS_SIZE, label=text, title=text, deductions=(Deduction(D("0.9"), text),))
    section = Section(text, text, D("4"), D("3.1"), (item,), part=text)
    sheet = sheet_of(replace(REPORT, title=text, sections=(section,)))

    places = [sheet[place] for place in ("A2", "A5", "B6", "A7", "B7", "F7")]
    assert [(cell.value, cell.data_type) for cell in places] == [(text, "s")] * 6


@pytest.mark.parametrize("text", ["\r=1+1", "\r\n=1+1"])
def test_xlsx_unifies_line_ends_and_keeps_what_follows_as_text(text: str) -> None:
    cell = sheet_of(with_item(title=text)).cell(FIRST_ITEM, 2)

    assert (cell.value, cell.data_type) == ("\n=1+1", "s")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1"])
def test_xlsx_marks_active_looking_text_so_that_editing_keeps_it_text(text: str) -> None:
    sheet = sheet_of(with_item(title=text))

    assert sheet.cell(FIRST_ITEM, 2).quotePrefix
    assert not sheet.cell(SECOND_ITEM, 2).quotePrefix


def test_xlsx_holds_no_formula_and_no_link() -> None:
    xml = sheet_xml(with_item(title="=HYPERLINK(1)", label="=1", paragraphs=("=2",)))

    assert "<f>" not in xml
    assert "hyperlink" not in xml


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_xlsx_shows_a_character_that_xml_cannot_hold_as_replaced(character: str) -> None:
    sheet = sheet_of(replace(with_item(title=f"甲{character}乙"), title=f"甲{character}乙"))

    assert sheet.cell(NAME, 1).value == "甲\ufffd乙"
    assert sheet.cell(FIRST_ITEM, 2).value == "甲\ufffd乙"


def test_xlsx_escapes_text_that_excel_would_decode() -> None:
    assert "甲_x005F_x000D_乙_xy" in sheet_xml(with_item(title="甲_x000D_乙_xy"))


def test_xlsx_prints_chinese_marks_full_width() -> None:
    deduction = Deduction(None, "标准班额数占比80.84%,低于省定标准的90%(省定)")
    sheet = sheet_of(with_item(applicable=True, deductions=(deduction,)))

    assert sheet.cell(FIRST_ITEM, 6).value == "标准班额数占比80.84%，低于省定标准的90%（省定）"


def test_xlsx_keeps_rare_characters() -> None:
    assert sheet_of(with_item(title="镕堃喆䶮㛃𠮷")).cell(FIRST_ITEM, 2).value == "镕堃喆䶮㛃𠮷"


def test_xlsx_cuts_a_text_that_no_cell_can_hold_visibly() -> None:
    reason = sheet_of(with_item(deductions=(Deduction(None, "长" * 40_000),))).cell(FIRST_ITEM, 6).value

    assert reason == "不适用；" + "长" * 15_995 + "…"


@given(st.text(max_size=60))
def test_xlsx_opens_whatever_the_text(text: str) -> None:
    sheet = sheet_of(with_item(title=text, label=text, deductions=(Deduction(None, text),)))

    assert row_of(sheet, TOTAL)[1:4] == ["合计", 100, 99.1]


@pytest.mark.parametrize(
    ("label", "value"), [("15", 15), ("(37)", "(37)"), ("1-1-1", "1-1-1"), ("１５", "１５"), ("01", "01")]
)
def test_xlsx_writes_only_a_plain_label_as_a_number(label: str, value: object) -> None:
    assert sheet_of(with_item(label=label)).cell(FIRST_ITEM, 1).value == value


def test_xlsx_prints_on_a4_portrait_with_a_repeated_header() -> None:
    sheet = sheet_of(REPORT)

    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
    assert sheet.sheet_properties.pageSetUpPr == PageSetupProperties(fitToPage=True)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.freeze_panes == "A5"


def test_xlsx_wraps_reasons_in_a_chinese_face() -> None:
    cell = sheet_of(REPORT).cell(SECOND_ITEM, 6)

    assert cell.alignment.wrap_text
    assert cell.font.name == "宋体"


def test_xlsx_bytes_do_not_depend_on_the_clock() -> None:
    data = render_xlsx(REPORT)
    archive = ZipFile(BytesIO(data))

    assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[^<]*", archive.read("docProps/core.xml").decode())) == {
        "1980-01-01T00:00:00Z"
    }
    assert data == render_xlsx(replace(REPORT))
