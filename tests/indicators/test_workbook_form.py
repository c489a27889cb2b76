"""Our own workbook: what is written is read back, looks like an office's table, and holds no formula."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from indicators.exchange import FrameworkData, read_framework
from indicators.workbook.own import is_own_form, read_own_form
from indicators.workbook.plan import ImportPlan
from indicators.workbook.reading import read_workbook
from indicators.workbook.writing import write_template, write_workbook
from spreadsheets import child
from spreadsheets.grid import make_sheet
from spreadsheets.notes import Notes
from tests.factories import FIXTURES, framework_data
from tests.indicators.framework_strategies import frameworks
from tests.indicators.office_tables import saved


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages are compared in English."""
    with translation.override("en"):
        yield


def real() -> FrameworkData:
    return read_framework(json.loads((FIXTURES / "framework-2021.json").read_text(encoding="utf-8")))


def small(**changes: object) -> FrameworkData:
    return read_framework(framework_data(**changes))


def opened(content: bytes) -> Workbook:
    return load_workbook(BytesIO(content))


def column(sheet: Worksheet, name: str) -> int:
    """The column that the hidden row gives this name."""
    return next(cell.column for cell in sheet[3] if cell.value == name)


def edited(content: bytes, *changes: tuple[str, str, int, Any]) -> ImportPlan:
    """The plan of a workbook after changes: sheet, column, row, value."""
    book = opened(content)
    for sheet, name, row, value in changes:
        book[sheet].cell(row, column(book[sheet], name)).value = value
    return read_workbook(saved(book), "体系.xlsx")


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(frameworks())
def test_what_is_written_is_read_back_the_same(framework: FrameworkData) -> None:
    notes = Notes()
    answer = json.loads(json.dumps(child.read(write_workbook(framework))))
    sheets = [make_sheet(sheet) for sheet in answer["sheets"]]
    assert is_own_form(sheets)
    assert read_own_form(sheets, notes).checked(notes) == framework
    assert list(notes) == []


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(frameworks())
def test_json_is_read_back_the_same(framework: FrameworkData) -> None:
    content = framework.model_dump_json().encode()
    assert read_workbook(content, "体系.json").data == framework


def test_the_real_framework_goes_out_and_comes_back() -> None:
    plan = read_workbook(write_workbook(real()), "体系.xlsx")
    assert (plan.data, plan.notes, plan.own_form) == (real_with_keys(plan), (), True)


def real_with_keys(plan: ImportPlan) -> FrameworkData:
    """The real framework with the identities that were drawn for it in the plan."""
    data = json.loads((FIXTURES / "framework-2021.json").read_text(encoding="utf-8"))
    assert plan.data is not None
    for section, read in zip(data["sections"], plan.data.sections, strict=True):
        section["key"] = str(read.key)
        for item, read_item in zip(section["items"], read.items, strict=True):
            item["key"] = str(read_item.key)
    return read_framework(data)


def test_the_same_framework_gives_the_same_bytes() -> None:
    framework = small()
    assert write_workbook(framework) == write_workbook(framework)


ACTIVE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", '=HYPERLINK("http://example.org")', "#N/A"]


@pytest.mark.parametrize("text", ACTIVE)
def test_text_never_becomes_a_formula(text: str) -> None:
    text = text.strip()
    item = {"label": text[:20], "title": text, "weight": "1", "requirement": text, "rule_prose": text}
    framework = small(
        title=text,
        notes=text,
        sections=[{"title": text, "note": text, "items": [item | {"materials": [text]}]}],
    )
    content = write_workbook(framework)
    types = {cell.data_type for sheet in opened(content) for row in sheet.iter_rows() for cell in row}
    assert types <= {"s", "n"}
    parts = ZipFile(BytesIO(content))
    sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not [name for name in sheets if re.search(rb"<f[ >]", parts.read(name))]
    assert read_workbook(content, "体系.xlsx").data == framework


def test_the_workbook_looks_like_an_offices_table() -> None:
    book = opened(write_workbook(real()))
    assert book.sheetnames == ["说明", "指标体系", "评分规则", "数据指标", "等次", "选项"]
    tree = book["指标体系"]
    headings = [
        cell.value
        for number, cell in enumerate(tree[2], 1)
        if not tree.column_dimensions[get_column_letter(number)].hidden
    ]
    assert headings == [
        *("一级指标", "一级分值", "编号", "三级指标／观测点", "考核要求", "分值", "评分细则（原文）"),
        *("责任单位", "佐证材料（一行一项）", "加分项", "仅由上级评分", "可不适用", "适用类别"),
    ]
    assert "B4:B11" in {str(area) for area in tree.merged_cells.ranges}
    assert (tree["D11"].value, tree["J11"].value) == ("小计", 11)
    last = tree.max_row
    assert (tree.cell(last, 1).value, tree.cell(last, 10).value) == ("合计", 100)
    assert (tree.freeze_panes, tree.print_title_rows) == ("I4", "$2:$2")
    assert (tree.page_setup.orientation, tree.page_setup.paperSize) == ("landscape", 9)
    assert (tree.protection.sheet, tree.protection.password) == (True, None)
    assert (tree["B2"].protection.locked, tree["H4"].protection.locked) == (True, False)
    assert tree.row_dimensions[3].hidden
    assert book["选项"].sheet_state == "hidden"


def test_every_choice_has_a_drop_down() -> None:
    book = opened(write_workbook(real()))
    for name, columns in {
        "指标体系": {"bonus", "committee_only", "na_allowed"},
        "评分规则": {"kind", "direction", "rounding", "comparison", "order", "effect", "low_closed"},
        "数据指标": {"kind"},
    }.items():
        sheet = book[name]
        lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
        covered = {area.min_col for rule in lists for area in rule.sqref.ranges}
        assert {column(sheet, field) for field in columns} <= covered


def test_a_text_too_long_for_a_cell_is_refused_by_name() -> None:
    item = {"label": "7", "title": "长文", "weight": "1", "requirement": "长" * 32_001}
    with pytest.raises(ValidationError, match="7 长文: a text of 32001 characters"):
        write_workbook(small(sections=[{"title": "甲", "items": [item]}]))


# What a person does to it


def test_a_changed_weight_is_read_and_the_difference_named() -> None:
    framework = small(stated_weight="10")
    plan = edited(write_workbook(framework), ("指标体系", "weight", 4, 3))
    assert plan.data is not None
    assert plan.data.sections[0].items[0].weight == 3
    assert [str(note) for note in plan.notes] == [
        "sheet “指标体系” C4: “教育保障” states 6 points, its items have 7: a difference of 1.",
    ]


def test_a_row_put_in_is_a_new_item_of_its_section() -> None:
    framework = small()
    book = opened(write_workbook(framework))
    tree = book["指标体系"]
    for area in list(tree.merged_cells.ranges):
        tree.unmerge_cells(str(area))
    tree.insert_rows(6)
    tree.cell(6, column(tree, "title")).value = "新增指标"
    tree.cell(6, column(tree, "weight")).value = 1.5
    plan = read_workbook(saved(book), "体系.xlsx")
    assert plan.data is not None
    first, second = plan.data.sections
    assert [(item.label, item.title, str(item.weight)) for item in first.items] == [
        ("1", "经费投入", "2"),
        ("2", "标准班额", "4"),
        ("3", "新增指标", "1.5"),
    ]
    assert first.items[:2] == framework.sections[0].items
    assert second == framework.sections[1]


def test_a_copied_row_is_a_new_item() -> None:
    framework = small()
    book = opened(write_workbook(framework))
    tree = book["指标体系"]
    for number in range(1, tree.max_column + 1):
        if not str(tree.cell(3, number).value).startswith("section"):
            tree.cell(5, number).value = tree.cell(4, number).value
    plan = read_workbook(saved(book), "体系.xlsx")
    assert "sheet “指标体系” H5: A copy of another row; it counts as a new one." in map(str, plan.notes)


def test_every_fault_is_told_by_its_cell() -> None:
    rules = {
        "kind": "tiers",
        "measure": "share",
        "unit": "%",
        "tiers": [{"low": "90", "points": "2"}, {"high": "90", "points": "1"}],
    }
    data = framework_data()
    data["sections"][0]["items"][1]["rules"] = [rules]
    plan = edited(
        write_workbook(read_framework(data)),
        ("指标体系", "weight", 4, "很多"),
        ("指标体系", "title", 5, None),
        ("指标体系", "bonus", 4, "也许"),
        ("评分规则", "points", 5, "两分"),
        ("数据指标", "code", 4, "代码"),
        ("等次", "threshold", 4, 101),
    )
    assert plan.data is None
    assert sorted({note.place for note in plan.errors}) == [
        "sheet “指标体系” H5",
        "sheet “指标体系” J4",
        "sheet “指标体系” N4",
        "sheet “数据指标” C4",
        "sheet “等次” B4",
        "sheet “评分规则” V5",
    ]


def test_rules_find_their_item_by_number_and_name() -> None:
    book = opened(write_workbook(small()))
    rules = book["评分规则"]
    key = column(rules, "key")
    added: dict[str, Any] = {"label": 1, "title": "经费投入", "kind": "manual"}
    for name, value in added.items():
        rules.cell(5, column(rules, name)).value = value
    rules.cell(6, column(rules, "label")).value, rules.cell(6, column(rules, "kind")).value = "99", "manual"
    assert rules.cell(5, key).value is None
    plan = read_workbook(saved(book), "体系.xlsx")
    assert [str(note) for note in plan.errors] == [
        "sheet “评分规则” A6: There is no one item with number “99” and name “”."
    ]
    rules.cell(6, column(rules, "kind")).value = None
    plan = read_workbook(saved(book), "体系.xlsx")
    assert plan.data is not None
    assert [rule.kind for rule in plan.data.sections[0].items[0].rules] == ["manual"]


def test_rules_and_figures_of_an_item_taken_out_are_left_out() -> None:
    framework = small()
    book = opened(write_workbook(framework))
    tree = book["指标体系"]
    labels = [item.label for item in framework.sections[0].items if item.rules]
    row = next(row for row in range(4, tree.max_row) if str(tree.cell(row, 7).value) == labels[0])
    for name in ("label", "title", "weight", "requirement", "rule_prose", "key", "row"):
        tree.cell(row, column(tree, name)).value = None
    plan = read_workbook(saved(book), "体系.xlsx")
    assert plan.data is not None, plan.errors
    left_out = [note.place for note in plan.notes if "the row is left out" in note.message]
    assert "sheet “评分规则” A4" in left_out
    assert labels[0] not in [item.label for item in plan.data.sections[0].items]


def test_a_figure_is_given_by_its_name_and_needs_no_code() -> None:
    book = opened(write_workbook(small()))
    rules, figures = book["评分规则"], book["数据指标"]
    rule: dict[str, Any] = {
        "label": 1,
        "title": "经费投入",
        "kind": "按次数扣分",
        "measure": "违规次数",
        "points_each": 0.5,
    }
    figure: dict[str, Any] = {
        "label": 1,
        "title": "经费投入",
        "name": "违规次数",
        "unit": "起",
        "kind": "整数",
    }
    for sheet, values in ((rules, rule), (figures, figure)):
        for name, value in values.items():
            sheet.cell(20, column(sheet, name)).value = value
    rules.cell(20, column(rules, "unit")).value = "起"
    plan = read_workbook(saved(book), "体系.xlsx")
    assert plan.data is not None, plan.errors
    item = plan.data.sections[0].items[0]
    assert [(measure.code, measure.name) for measure in item.measures][-1:] == [("figure-1", "违规次数")]
    assert getattr(item.rules[-1], "measure", None) == "figure-1"
    rules.cell(20, column(rules, "measure")).value = "别的"
    plan = read_workbook(saved(book), "体系.xlsx")
    assert [str(note) for note in plan.errors] == [
        "sheet “评分规则” F20: The item has no figure “别的”; write it on the sheet “数据指标”."
    ]


@pytest.mark.parametrize(("word", "weight"), [("2分", 2), ("２", 2), ("3.5", 3.5)])
def test_points_and_ticks_are_taken_as_people_write_them(word: str, weight: float) -> None:
    changes = [("指标体系", "weight", 4, word), ("指标体系", "na_allowed", 4, "√")]
    plan = edited(write_workbook(small()), *changes)
    assert plan.data is not None, plan.errors
    item = plan.data.sections[0].items[0]
    assert (float(item.weight), item.na_allowed) == (weight, True)


def test_a_row_under_a_sum_is_said_to_be_in_the_section_above() -> None:
    book = opened(write_workbook(small()))
    tree = book["指标体系"]
    last = tree.max_row + 1
    tree.cell(last, column(tree, "title")).value, tree.cell(last, column(tree, "weight")).value = "末项", 1
    plan = read_workbook(saved(book), "体系.xlsx")
    assert plan.data is not None, plan.errors
    title = plan.data.sections[-1].title
    assert [str(note) for note in plan.notes] == [
        f"sheet “指标体系” H{last}: This row stands under a sum; it was read into “{title}”."
    ]


@pytest.mark.parametrize("sheet", ["说明", "指标体系"])
def test_our_workbook_without_one_of_its_sheets_is_not_taken_for_an_offices(sheet: str) -> None:
    book = opened(write_workbook(small()))
    book[sheet].title = "改名"
    plan = read_workbook(saved(book), "体系.xlsx")
    assert [str(note) for note in plan.errors] == [
        f"The sheet “{sheet}” is missing or has another name. Export again and edit that."
    ]


def test_rules_that_went_with_their_sheet_are_told() -> None:
    book = opened(write_workbook(small()))
    del book["评分规则"]
    plan = read_workbook(saved(book), "体系.xlsx")
    assert plan.data is not None
    assert [str(note) for note in plan.notes] == [
        "The sheet “评分规则” is missing or has another name; nothing of it was read."
    ]


def test_a_kind_of_district_that_is_not_there_is_told_by_its_cell() -> None:
    plan = edited(write_workbook(small()), ("指标体系", "profiles", 4, "城区"))
    assert [str(note) for note in plan.errors] == [
        "sheet “指标体系” Q4: The settings have no kind of district 城区."
    ]


def test_the_template_is_filled_in_by_hand() -> None:
    book = opened(write_template(2026))
    tree, notes = book["指标体系"], book["说明"]
    for row in range(1, notes.max_row + 1):
        value = {"code": "new", "version": "1", "title": "新体系"}.get(str(notes.cell(row, 4).value))
        if value:
            notes.cell(row, 2).value = value
    for row, (section, title, weight) in enumerate(
        [("甲", "一项", 60), ("", "二项", 20), ("乙", "三项", 20)], 4
    ):
        tree.cell(row, column(tree, "section")).value = section or None
        tree.cell(row, column(tree, "title")).value = title
        tree.cell(row, column(tree, "weight")).value = weight
    plan = read_workbook(saved(book), "模板.xlsx")
    assert plan.data is not None, plan.errors
    assert (plan.data.code, plan.data.year, len(plan.data.bands)) == ("new", 2026, 4)
    assert [(section.title, [item.title for item in section.items]) for section in plan.data.sections] == [
        ("甲", ["一项", "二项"]),
        ("乙", ["三项"]),
    ]


def test_an_empty_template_says_what_is_missing() -> None:
    plan = read_workbook(write_template(2026), "模板.xlsx")
    assert plan.data is None
    assert {note.sheet for note in plan.errors} == {"说明"}
