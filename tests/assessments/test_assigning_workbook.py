"""The assignment table as a workbook: out, edited, and in again, every fault at its cell."""

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from assessments.assigning import Duty, assign_items, board_of
from assessments.assigning_workbook import ReadAssignments, read_assignments, write_assignments
from assessments.models import Assignment
from tests.factories import World, every_kind_data, make_framework, make_world

LEAD, DUE, SUPPORT = "F", "G", "H"
"""Columns of the table; items begin in row 4."""


@pytest.fixture
def world(db: None) -> World:
    world = make_world()
    for code, name in (("a1", "区教体局"), ("a2", "区财政局")):
        department = world.departments[code]
        department.name = name
        department.save()
    assign_items(
        assessment=world.assessments["a"],
        leads={"1": "a1", "2": "a1", "3": "a2"},
        supports={"1": ["a2"]},
        deadlines={"3": date(2022, 1, 7)},
        by=None,
    )
    return world


def edited(world: World, edit: Callable[[Worksheet], None]) -> ReadAssignments:
    board = board_of(world.assessments["a"])
    workbook = load_workbook(BytesIO(write_assignments(board)))
    edit(workbook.worksheets[0])
    out = BytesIO()
    workbook.save(out)
    return read_assignments(board, out.getvalue(), "分工表.xlsx")


def put(**cells: str | date | None) -> Callable[[Worksheet], None]:
    def edit(sheet: Worksheet) -> None:
        for address, value in cells.items():
            sheet[address] = value

    return edit


def told(read: ReadAssignments) -> list[str]:
    return [str(note) for note in read.notes]


def test_table_has_a_row_an_item_with_lists_of_departments(world: World) -> None:
    sheet = load_workbook(BytesIO(write_assignments(board_of(world.assessments["a"])))).worksheets[0]
    rows = [[cell.value for cell in row[1:9]] for row in sheet.iter_rows(min_row=4, max_row=6)]
    assert rows == [
        ["教育保障", 1, "经费投入", None, "区教体局", None, "区财政局", None],
        ["教育保障", 2, "标准班额", None, "区教体局", None, None, None],
        ["协调发展", 3, "高中教育", None, "区财政局", "2022-01-07", None, None],
    ]
    with_lists = {str(rule.sqref).split(":")[0] for rule in sheet.data_validations.dataValidation}
    assert with_lists == {"F4", "H4", "I4", "J4", "K4", "L4", "M4"}


def test_same_assignments_give_the_same_bytes(world: World) -> None:
    board = board_of(world.assessments["a"])
    assert write_assignments(board) == write_assignments(board_of(world.assessments["a"]))


def test_table_read_back_changes_nothing(world: World) -> None:
    assert edited(world, put()).changes == ()


def test_edited_cells_become_changes(world: World) -> None:
    first, second = world.departments["a1"].pk, world.departments["a2"].pk
    cells = put(F4="区财政局", H4="区教体局", F5=None, G6=None, H6="区教体局")
    read = edited(world, cells)
    assert told(read) == []
    assert read.changes is not None
    assert [(found.was, found.becomes) for found in read.changes] == [
        (Duty(first, frozenset({second})), Duty(second, frozenset({first}))),
        (Duty(first), Duty()),
        (Duty(second, frozenset(), date(2022, 1, 7)), Duty(second, frozenset({first}))),
    ]
    assert [read.cells[found.response] for found in read.changes] == ["F4", "F5", "F6"]


def test_dates_are_read_as_people_write_them(world: World) -> None:
    written = ("2022-01-09", "2022/1/9", "2022.1.9", "2022年1月9日", date(2022, 1, 9), " 2022-1-9 ")
    for value in written:
        read = edited(world, put(G4=value))
        assert read.changes is not None
        assert [found.becomes.due_on for found in read.changes] == [date(2022, 1, 9)], value


def test_several_departments_may_stand_in_one_cell(world: World) -> None:
    read = edited(world, put(H4=None, F5="区财政局", F6="区财政局", H6="区教体局、a1"))
    assert read.changes is not None
    assert read.changes[-1].becomes.supporting == {world.departments["a1"].pk}


def test_rows_may_be_sorted_and_taken_out(world: World) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.delete_rows(5)
        first, third = ([cell.value for cell in sheet[row]] for row in (4, 5))
        for column, (upper, lower) in enumerate(zip(third, first, strict=True), 1):
            sheet.cell(4, column).value, sheet.cell(5, column).value = upper, lower
        sheet["F5"] = "区财政局"
        sheet["H5"] = None

    read = edited(world, edit)
    assert read.changes is not None
    assert [found.response for found in read.changes] == [world.response("1").pk]


FAULTS: list[tuple[dict[str, str | None], str]] = [
    ({"F4": "区档案馆"}, "F4: “区档案馆” is not to be chosen here; there are: 区财政局, 区教体局."),
    ({"H4": "区财政局、单位b1"}, "H4: “单位b1” is not to be chosen here; there are: 区财政局, 区教体局."),
    ({"H4": "区教体局"}, "H4: 区教体局 leads this item; it cannot support it too."),
    ({"F4": None}, "F4: Choose the lead department first."),
    ({"G4": "年底"}, "G4: “年底” is not a date; write it like 2026-01-09."),
    ({"G4": "2022-02-30"}, "G4: “2022-02-30” is not a date; write it like 2026-01-09."),
    ({"G4": "2021-11-30"}, "G4: The deadline is before the cycle opens (2021-12-01)."),
    ({"A4": "unknown"}, "A4: This row is no item of this assessment."),
    ({"D7": "新的指标"}, "A7: This row is no item of this assessment."),
    ({"F4": "=1/0"}, "F4: This is a formula without a stored value. Replace it by its value."),
]


def test_faults_are_told_by_cell_and_nothing_is_taken(world: World) -> None:
    for cells, message in FAULTS:
        read = edited(world, put(**{"F6": "区教体局", **cells}))
        assert (read.changes, told(read)) == (None, [f"sheet “分工表” {message}"])


def test_table_without_its_hidden_names_is_refused(world: World) -> None:
    read = edited(world, put(A3="x", F3="y"))
    message = "The hidden row with the names of the columns is not there. Export again and edit that."
    assert (read.changes, told(read)) == (None, [message])


def test_item_that_stands_twice_is_told(world: World) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet["A5"] = sheet["A4"].value

    assert told(edited(world, edit)) == ["sheet “分工表” A5: The item stands in row 4 already."]


def test_item_that_the_committee_scores_takes_nobody(db: None) -> None:
    world = make_world(make_framework(**every_kind_data()))
    Assignment.objects.all().delete()
    board = board_of(world.assessments["a"])
    row = 4 + next(n for n, line in enumerate(board.lines) if line.response.item.committee_only)
    assert told(edited(world, put(**{f"F{row}": "单位a1"}))) == [
        f"sheet “分工表” F{row}: The committee alone scores this item; nobody is to fill it in."
    ]


def test_other_files_get_a_sentence(world: World) -> None:
    board = board_of(world.assessments["a"])
    for content in (b"", b"\0", b"PK\x03\x04", b"x" * 100, b"%PDF-1.7"):
        read = read_assignments(board, content, "分工表.xlsx")
        assert read.changes is None
        assert len(told(read)) == 1


def test_names_that_look_like_formulas_stay_text(world: World) -> None:
    department = world.departments["a2"]
    department.name = "=HYPERLINK(1)"
    department.save()
    assert edited(world, put()).changes == ()
    read = edited(world, put(F4="a1"))
    assert read.changes == ()
