"""Collection sheets: what is written, read, stored, combined and filled in, and what is refused."""

from collections.abc import Mapping
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from openpyxl import Workbook, load_workbook

from accounts.models import User
from accounts.roles import Role
from assessments.collecting.combining import Choice, Figure, Way, choices_for, combine
from assessments.collecting.form import figures_of, mark_of
from assessments.collecting.reading import MOST_UNITS, Reading, SheetFile, read_sheets, reading_from
from assessments.collecting.storing import (
    StaleCollection,
    add_units,
    collected_of,
    fill_in,
    plan_collection,
    remove_unit,
    store_collected,
)
from assessments.collecting.writing import write_sheet
from assessments.models import CollectedFigure, CollectedUnit, Response
from assessments.responses import StaleSave, load_for_saving
from assessments.states import State
from audit.models import Event
from indicators.scoring.measures import MeasureKind
from tests.factories import World, framework_data, make_framework, make_world

MEASURES = [
    {"code": "share", "name": "标准班额占比", "unit": "%"},
    {"code": "classes", "name": "班级数", "unit": "个", "kind": "count"},
    {"code": "funds", "name": "投入经费", "unit": "万元"},
    {"code": "licensed", "name": "持证办学", "kind": "yes_no"},
    {"code": "plan", "name": "制定方案", "kind": "met"},
]
KEYS = [f"measure_{measure['code']}" for measure in MEASURES]
CELLS = ["85.2", 30, 12.5, "是", "部分达到"]


@pytest.fixture
def world(db: None) -> World:
    data = framework_data()
    item = data["sections"][0]["items"][1]
    item["measures"] = MEASURES
    return make_world(make_framework(sections=data["sections"]))


@pytest.fixture
def response(world: World) -> Response:
    return load_for_saving(world.response("2").pk)


def filled(sheet: bytes, rows: Mapping[int, list[Any]], **cells: Any) -> bytes:
    """A downloaded sheet as a school sends it back: rows by number, single cells by address."""
    book = load_workbook(BytesIO(sheet))
    for number, values in rows.items():
        for column, value in enumerate(values, 1):
            if value is not None:
                book["数据收集表"].cell(number, column).value = value
    for address, value in cells.items():
        book["数据收集表"][address].value = value
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def read(response: Response, *contents: bytes) -> Reading:
    return read_sheets(
        response, [SheetFile(f"{number}.xlsx", content) for number, content in enumerate(contents, 1)]
    )


def said(reading: Reading) -> list[tuple[str, str, str, bool]]:
    return [(each.file, each.note.cell, each.note.message, each.note.is_error) for each in reading.notes]


def take_in(
    response: Response, by: User, rows: Mapping[int, list[Any]], *, added: list[str] | None = None
) -> int:
    reading = read(response, filled(write_sheet(response), rows))
    assert not reading.has_errors, said(reading)
    names = [row.unit for row in reading.rows] if added is None else added
    return store_collected(plan=plan_collection(response, reading), added=names, by=by)


# The sheet


def test_sheet_has_a_row_a_unit_and_a_column_a_figure(response: Response) -> None:
    sheet = load_workbook(BytesIO(write_sheet(response, ["一小", "二小"])))["数据收集表"]
    assert sheet["A1"].value == "数据收集表：2 标准班额"
    assert [cell.value for cell in sheet[2]] == [
        "单位名称",
        "标准班额占比\n（%，数字）",
        "班级数\n（个，整数）",
        "投入经费\n（万元，数字）",
        "持证办学\n（是／否）",
        "制定方案\n（下拉选择）",
        "标识",
    ]
    assert [cell.value for cell in sheet[3]] == ["unit", *KEYS, "mark"]
    assert sheet.row_dimensions[3].hidden
    assert [sheet.cell(row, 1).value for row in (4, 5, 6)] == ["一小", "二小", "合计"]
    assert [cell.value for cell in sheet[6]][1:6] == ["—", "=SUM(C4:C5)", "=SUM(D4:D5)", "—", "—"]
    assert sheet["G1"].value == mark_of(response)
    assert sheet.column_dimensions["G"].hidden


def test_sheet_offers_what_is_not_typed(response: Response) -> None:
    sheet = load_workbook(BytesIO(write_sheet(response, ["一小"], for_one=True)))["数据收集表"]
    offered = {str(rule.sqref).split("4")[0]: rule.type for rule in sheet.data_validations.dataValidation}
    assert offered == {"A": "list", "C": "decimal", "E": "list", "F": "list"}
    assert sheet["A4"].value is None


def test_same_contents_give_the_same_bytes(response: Response) -> None:
    assert write_sheet(response, ["一小"]) == write_sheet(response, ["一小"])


def test_names_that_look_like_formulas_are_text(response: Response) -> None:
    names = ['=HYPERLINK("http://x","y")', "+1", "@x", "<b>小学</b>", "-2+3"]
    sheet = load_workbook(BytesIO(write_sheet(response, names)))["数据收集表"]
    assert [(sheet.cell(row, 1).value, sheet.cell(row, 1).data_type) for row in range(4, 9)] == [
        (name, "s") for name in names
    ]
    assert all(sheet.cell(row, 1).quotePrefix for row in (4, 5, 6, 8))


# Reading


def test_returned_sheet_is_read_exactly(response: Response) -> None:
    reading = read(response, filled(write_sheet(response, ["一小"]), {4: [None, *CELLS]}))
    assert said(reading) == []
    (row,) = reading.rows
    assert (row.unit, row.file, row.place) == ("一小", "1.xlsx", "数据收集表 A4")
    assert row.values == {
        "share": Decimal("85.2"),
        "classes": Decimal(30),
        "funds": Decimal("12.5"),
        "licensed": Decimal(1),
        "plan": Decimal("0.5"),
    }


@pytest.mark.parametrize(
    ("column", "typed", "value"),
    [
        ("B", "85.2%", "85.2"),
        ("B", "８５．２", "85.2"),
        ("C", "1,200个", "1200"),
        ("D", "12.50 万元", "12.5"),
        ("D", -3, "-3"),
        ("E", "√", "1"),
        ("E", "否", "0"),
        ("F", "未达到", "0"),
        ("F", 1, "1"),
    ],
)
def test_figures_are_read_as_people_write_them(
    response: Response, column: str, typed: Any, value: str
) -> None:
    reading = read(response, filled(write_sheet(response), {4: ["一小"]}, **{f"{column}4": typed}))
    assert not reading.has_errors, said(reading)
    assert [list(row.values.values()) for row in reading.rows] == [[Decimal(value)]]


def test_a_cell_shown_as_percent_counts_in_percent(response: Response) -> None:
    book = load_workbook(BytesIO(write_sheet(response, ["一小"])))
    book["数据收集表"]["B4"].value, book["数据收集表"]["B4"].number_format = 0.852, "0.0%"
    file = BytesIO()
    book.save(file)
    reading = read(response, file.getvalue())
    assert reading.rows[0].values == {"share": Decimal("85.2")}


@pytest.mark.parametrize(
    ("cell", "typed", "message"),
    [
        ("B4", "约八成", "“约八成” is not a number."),
        ("C4", 1.5, "1.5: a whole number, 0 or more, is needed."),
        ("C4", -1, "-1: a whole number, 0 or more, is needed."),
        ("D4", "1234567890123", "1234567890123: at most 11 digits, and 4 after the point."),
        ("D4", "=1/0", "This is a formula without a stored value. Replace it by its value."),
        ("E4", "大概", "“大概” is not to be chosen here."),
        ("F4", 2, "“2” is not to be chosen here."),
    ],
)
def test_what_is_no_figure_is_an_error_at_its_cell(
    response: Response, cell: str, typed: Any, message: str
) -> None:
    reading = read(response, filled(write_sheet(response), {4: ["一小"]}, **{cell: typed}))
    assert [entry for entry in said(reading) if entry[3]] == [("1.xlsx", cell, message, True)]


def test_what_looks_odd_is_remarked(response: Response) -> None:
    reading = read(response, filled(write_sheet(response), {4: ["一小", 0.85]}))
    assert said(reading) == [
        ("1.xlsx", "B4", "0.85% was read; if 85% is meant, correct it.", False),
        ("1.xlsx", "A4", "一小 has not given: 班级数, 投入经费, 持证办学, 制定方案", False),
    ]


def test_totals_and_empty_rows_are_not_units(response: Response) -> None:
    sheet = write_sheet(response, ["一小", "二小"])
    reading = read(response, filled(sheet, {4: [None, *CELLS], 6: ["合计", None, 30], 9: ["总计", None, 30]}))
    assert [row.unit for row in reading.rows] == ["一小"]
    assert not reading.has_errors


def test_figures_need_the_name_of_their_unit(response: Response) -> None:
    reading = read(response, filled(write_sheet(response), {4: [None, 90], 5: ["长" * 101, 90]}))
    assert [entry for entry in said(reading) if entry[3]] == [
        ("1.xlsx", "A4", "Figures without the name of their unit.", True),
        ("1.xlsx", "A5", "The name of a unit has at most 100 characters.", True),
    ]


def test_a_unit_in_two_files_is_an_error_unless_both_say_the_same(response: Response) -> None:
    sheet = write_sheet(response)
    one, same, other = (
        filled(sheet, {4: [name, share, *CELLS[1:]]})
        for name, share in (("一小", 90), ("一 小", 90), ("一小", 91))
    )
    reading = read(response, one, same)
    assert [row.unit for row in reading.rows] == ["一小"]
    told = "一 小 stands in 1.xlsx (数据收集表 A4) too, with the same figures."
    assert said(reading) == [("2.xlsx", "A4", told, False)]
    told = "一小 stands in {}.xlsx (数据收集表 A4) too, with other figures."
    assert said(read(response, one, other)) == [
        ("2.xlsx", "A4", told.format(1), True),
        ("1.xlsx", "A4", told.format(2), True),
    ]


def test_without_its_faulty_files_a_reading_has_what_the_others_say(response: Response) -> None:
    """Of two that contradict each other both are left out: nobody knows which is right."""
    sheet = write_sheet(response)
    rows = (["一小", 90], ["一小", 91], ["二小", "约九十"], ["三小", 93])
    reading = read(response, *(filled(sheet, {4: row}) for row in rows), b"")
    sound = reading.without_faulty_files()
    assert ([row.unit for row in sound.rows], sound.files) == (["三小"], ["4.xlsx"])
    assert not sound.has_errors


def test_sheets_of_others_are_refused(world: World, response: Response) -> None:
    elsewhere = load_for_saving(world.response("2", "b").pk)
    book = Workbook()
    book.active.append(["单位名称", "班级数"])  # type: ignore[union-attr]
    foreign = BytesIO()
    book.save(foreign)
    reading = read(response, write_sheet(elsewhere, ["一小"]), foreign.getvalue(), b"%PDF-1.7", b"")
    assert reading.rows == []
    assert said(reading) == [
        ("1.xlsx", "", "This is the collection sheet of another item. Nothing of it was read.", True),
        (
            "2.xlsx",
            "",
            "This is no collection sheet of this item. Download the sheet and have it filled in.",
            True,
        ),
        ("3.xlsx", "", "3.xlsx is a PDF. Copy its table into a workbook.", True),
        ("4.xlsx", "", "4.xlsx is empty.", True),
    ]


def test_a_column_taken_out_is_an_error(response: Response) -> None:
    book = load_workbook(BytesIO(filled(write_sheet(response, ["一小"]), {4: [None, *CELLS]})))
    book["数据收集表"]["C3"].value = "else"
    file = BytesIO()
    book.save(file)
    errors = [entry for entry in said(read(response, file.getvalue())) if entry[3]]
    assert errors == [
        ("1.xlsx", "", "The column “班级数（个，整数）” is missing. Download the sheet again.", True)
    ]


def test_more_units_than_are_kept_are_refused(response: Response) -> None:
    rows = {row: [f"{row}小", 90] for row in range(4, 5 + MOST_UNITS)}
    reading = read(response, filled(write_sheet(response), rows))
    assert ("", "", f"More than {MOST_UNITS} units.", True) in said(reading)


def test_more_files_than_are_taken_are_not_opened(response: Response) -> None:
    reading = read(response, *[b"x"] * 101)
    assert said(reading) == [("", "", "More than 100 files at once. Choose fewer.", True)]


def test_reading_keeps_between_preview_and_storing(response: Response) -> None:
    reading = read(response, filled(write_sheet(response), {4: ["<b>一小", 0.85]}), b"")
    assert reading_from(reading.as_json()) == reading


# Storing


def test_stored_rows_are_those_of_the_plan(response: Response, filler: User) -> None:
    assert take_in(response, filler, {4: ["一小", *CELLS], 5: ["二小", 90]}) == 2
    assert [(unit.name, unit.order, unit.source, unit.read_by) for unit in response.units.all()] == [
        ("一小", 1, "1.xlsx", filler),
        ("二小", 2, "1.xlsx", filler),
    ]
    assert collected_of(response).given["二小"] == {"share": Decimal(90)}
    event = Event.objects.get(action="collection.stored")
    assert event.details == {"files": ["1.xlsx"], "units": ["一小", "二小"]}
    assert event.organisation_id == response.assessment.organisation_id


def test_a_later_sheet_takes_the_place_of_the_unit_before(response: Response, filler: User) -> None:
    take_in(response, filler, {4: ["一小", 90, 30], 5: ["二小", 80]})
    plan = plan_collection(
        response, read(response, filled(write_sheet(response), {4: ["一小", 91], 5: ["二小", 80]}))
    )
    assert [(row.row.unit, row.fate) for row in plan.rows] == [("一小", "changed"), ("二小", "unchanged")]
    assert plan.rows[0].before == {"share": Decimal(90), "classes": Decimal(30)}
    store_collected(plan=plan, added=[], by=filler)
    assert collected_of(response).given == {"一小": {"share": Decimal(91)}, "二小": {"share": Decimal(80)}}


def test_units_not_on_the_list_are_left_out_unless_added(response: Response, filler: User) -> None:
    add_units(response=response, names=["一小", "二小"], by=filler)
    rows = {4: ["一小", 90], 5: ["三小", 80], 6: ["四小", 70]}
    assert take_in(response, filler, rows, added=["四小", "五小"]) == 2
    collected = collected_of(response)
    assert list(collected.given) == ["一小", "二小", "四小"]
    assert [unit.name for unit in collected.waiting] == ["二小"]


def test_nothing_is_stored_of_files_with_errors(response: Response, filler: User) -> None:
    reading = read(response, filled(write_sheet(response), {4: ["一小", 90], 5: ["二小", "约"]}))
    with pytest.raises(ValidationError, match="The files have errors"):
        store_collected(plan=plan_collection(response, reading), added=["一小"], by=filler)
    assert not CollectedUnit.objects.exists()
    assert not Event.objects.filter(action="collection.stored").exists()


def test_what_was_stored_since_the_preview_is_not_overwritten(response: Response, filler: User) -> None:
    reading = read(response, filled(write_sheet(response), {4: ["一小", 90]}))
    plan = plan_collection(response, reading)
    take_in(response, filler, {4: ["一小", 70]})
    with pytest.raises(StaleCollection):
        store_collected(plan=plan, added=["一小"], by=filler)
    assert collected_of(response).given == {"一小": {"share": Decimal(70)}}


def test_only_the_lead_department_takes_in_while_the_item_is_open(
    world: World, response: Response, filler: User
) -> None:
    take_in(response, filler, {4: ["一小", 90]})
    unit = CollectedUnit.objects.get()
    for role, organisation in ((Role.COORDINATOR, "a"), (Role.FILLER, "a2"), (Role.FILLER, "b1")):
        by = world.people[role, organisation]
        with pytest.raises(PermissionDenied):
            add_units(response=response, names=["二小"], by=by)
        with pytest.raises(PermissionDenied):
            remove_unit(response=response, unit=unit, by=by)
        with pytest.raises(PermissionDenied):
            fill_in(response=response, results={"share": Decimal(1)}, version=0, by=by)
    stale = load_for_saving(response.pk)
    Response.objects.filter(pk=response.pk).update(state=State.SUBMITTED)
    with pytest.raises(StaleCollection):
        add_units(response=stale, names=["二小"], by=filler)
    with pytest.raises(PermissionDenied):
        add_units(response=load_for_saving(response.pk), names=["二小"], by=filler)
    assert CollectedUnit.objects.count() == 1


def test_list_takes_names_once_and_cleans_them(response: Response, filler: User) -> None:
    names = [" 一小\u200b ", "", "一　小", "二小\x00", "<script>alert(1)</script>"]
    assert add_units(response=response, names=names, by=filler) == 3
    assert add_units(response=response, names=["一小"], by=filler) == 0
    assert [unit.name for unit in response.units.all()] == ["一小", "二小", "<script>alert(1)</script>"]
    with pytest.raises(ValidationError, match="More than 500 units"):
        add_units(response=response, names=[f"{number}小" for number in range(500)], by=filler)
    with pytest.raises(ValidationError, match="at most 100 characters"):
        add_units(response=response, names=["长" * 101], by=filler)


def test_removing_a_unit_takes_its_figures_and_says_which_in_the_trail(
    response: Response, filler: User
) -> None:
    take_in(response, filler, {4: ["一小", 90], 5: ["二小", 80]})
    remove_unit(response=response, unit=CollectedUnit.objects.get(name="一小"), by=filler)
    assert CollectedFigure.objects.count() == 1
    event = Event.objects.get(action="collection.unit_removed")
    assert event.details == {"unit": "一小", "figures": {"share": "90"}}


# Combining


def figure(kind: str = "number", unit: str = "", name: str = "x", *, watched: bool = False) -> Figure:
    return Figure("x", name, MeasureKind(kind), unit, watched)


def ways(figure: Figure, *others: Figure) -> list[str]:
    return [str(choice) for choice in choices_for(figure, [figure, *others])]


def test_a_ratio_is_never_added_up() -> None:
    classes = Figure("classes", "班级数", MeasureKind.COUNT, "个")
    assert ways(figure(unit="%"), classes) == ["mean", "weighted:classes", "least", "most"]
    assert ways(figure(unit="平方米/人")) == ["mean", "least", "most"]
    assert ways(figure(name="巩固率")) == ["mean", "least", "most"]
    assert ways(figure(unit="万元")) == ["sum", "mean", "least", "most"]
    assert ways(figure("count", "人")) == ["sum", "least", "most"]


def test_a_yes_counts_where_all_say_so_but_what_a_veto_looks_at_where_any_does() -> None:
    assert ways(figure("yes_no")) == ways(figure("met")) == ["every", "some"]
    assert ways(figure("yes_no", watched=True)) == ["some", "every"]


def given(*values: str, weights: tuple[str, ...] = ()) -> dict[str, dict[str, Decimal]]:
    found = {str(number): {"x": Decimal(value)} for number, value in enumerate(values)}
    for number, weight in enumerate(weights):
        found[str(number)]["w"] = Decimal(weight)
    return found


@pytest.mark.parametrize(
    ("way", "values", "weights", "result"),
    [
        (Way.SUM, ("0.1", "0.2", "12"), (), "12.3"),
        (Way.MEAN, ("85.2", "90", "90"), (), "88.4"),
        (Way.MEAN, ("1", "1", "0"), (), "0.67"),
        (Way.WEIGHTED, ("80", "90"), ("10", "30"), "87.5"),
        (Way.LEAST, ("80", "90"), (), "80"),
        (Way.MOST, ("80", "90"), (), "90"),
        (Way.SUM, ("99999999999", "1"), (), None),
        (Way.WEIGHTED, ("80", "90"), ("0", "0"), None),
        (Way.WEIGHTED, ("80", "90"), ("-1", "3"), None),
    ],
)
def test_combined_exactly(way: Way, values: Any, weights: Any, result: str | None) -> None:
    choice = Choice(way, "w" if way is Way.WEIGHTED else "")
    combined = combine(figure(), choice, given(*values, weights=weights))
    assert combined.result == (None if result is None else Decimal(result))
    assert [term.value for term in combined.terms] == [Decimal(value) for value in values]


def test_units_that_have_not_given_a_figure_wait_and_do_not_count_as_none() -> None:
    told = {**given("80"), "二小": {}}
    combined = combine(figure(unit="%"), Choice(Way.MEAN), told)
    assert (combined.result, combined.waiting) == (Decimal(80), ("二小",))
    assert combine(figure(), Choice(Way.SUM), {"二小": {}}).result is None


def test_veto_figures_of_an_item_are_watched(db: None) -> None:
    data = framework_data()
    item = data["sections"][0]["items"][0]
    item["measures"] = [{"code": "fraud", "name": "弄虚作假", "kind": "yes_no"}]
    item["rules"] = [{"kind": "veto", "measure": "fraud", "effect": "zero_item"}, {"kind": "manual"}]
    world = make_world(make_framework(sections=data["sections"]))
    assert [each.watched for each in figures_of(world.response("1").item)] == [True]


# Filling in


def test_filling_in_changes_these_figures_alone_and_the_points_follow(
    response: Response, filler: User
) -> None:
    saved = fill_in(response=response, results={"classes": Decimal(30)}, version=0, by=filler)
    Response.objects.filter(pk=response.pk).update(narrative="做了")
    saved = fill_in(
        response=load_for_saving(response.pk), results={"share": Decimal("80.84")}, version=1, by=filler
    )
    assert {value.code: value.value for value in saved.measure_values.all()} == {
        "classes": Decimal(30),
        "share": Decimal("80.84"),
    }
    assert (saved.narrative, saved.version, saved.department_score) == ("做了", 2, Decimal("3.1"))
    again = fill_in(response=saved, results={"share": Decimal(95)}, version=2, by=filler)
    assert again.department_score == Decimal(4)


def test_filling_in_on_an_old_version_is_refused(response: Response, filler: User) -> None:
    fill_in(response=response, results={"share": Decimal(90)}, version=0, by=filler)
    with pytest.raises(StaleSave):
        fill_in(response=load_for_saving(response.pk), results={"share": Decimal(80)}, version=0, by=filler)
    assert response.measure_values.get().value == Decimal(90)
