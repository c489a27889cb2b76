"""Workbooks as Excel, WPS and people leave them: every fault is told with its sheet and cell."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from itertools import zip_longest
from typing import Any
from zipfile import ZipFile

import pytest
from django.core import signing
from django.core.exceptions import ValidationError
from openpyxl import Workbook, load_workbook

from accounts.models import User
from accounts.roles import Role
from assessments.models import Response
from assessments.offline.form import FIGURES, ITEMS, LOSSES, MATERIALS
from assessments.offline.marks import FORM, OutdatedMark, UnknownMark, read_mark, seal
from assessments.offline.planning import UploadPlan
from assessments.responses import load_for_saving, save_response
from assessments.settling import Content, Loss
from tests.assessments.offline_workbooks import (
    Edit,
    column,
    download,
    edited,
    plan,
    put,
    rows_of,
    shown,
    told,
    upload,
)
from tests.factories import World, framework_data, make_framework, make_world


@pytest.fixture
def world(db: None) -> World:
    data = framework_data()
    data["sections"][0]["items"][0]["materials"] = ["经费文件", "拨款凭证"]
    data["sections"][1]["items"][0]["measures"] = [
        {"code": "schools", "name": "高中数", "unit": "所", "kind": "count"},
        {"code": "plan", "name": "有规划", "kind": "yes_no"},
    ]
    return make_world(make_framework(**data))


def errors(found: UploadPlan) -> list[str]:
    return [str(note) for note in found.errors]


def cell(form: Any, row: int, name: str, value: Any) -> Edit:
    def edit(book: Workbook) -> None:
        book[form.name].cell(row, column(form, name)).value = value

    return edit


FAULTS: list[tuple[Edit, str, str, str]] = [
    (put(ITEMS, "1", score="很多"), "1", "填报 K4", "“很多” is not a number."),
    (put(ITEMS, "1", score=9), "1", "填报 K4", "Between 0 and 2 points."),
    (put(ITEMS, "1", score=-1), "1", "填报 K4", "Between 0 and 2 points."),
    (put(ITEMS, "1", score=1.55, reason="理由"), "1", "填报 K4", "In steps of 0.1 points."),
    (put(ITEMS, "1", score=1), "1", "填报 L4", "Say why 1 points are lost."),
    (put(ITEMS, "1", score="85%"), "1", "填报 K4", "“85%” is not a number."),
    (
        put(ITEMS, "1", applicable="否"),
        "1",
        "填报 I4",
        "The framework does not allow “not applicable” for this item.",
    ),
    (put(ITEMS, "3", applicable="否"), "3", "填报 J6", "Say why the item does not apply."),
    (
        put(ITEMS, "3", applicable="也许"),
        "3",
        "填报 I6",
        "“也许” is not to be chosen here; there are: 是, 否.",
    ),
    (put(ITEMS, "3", applicable=None, na_reason="没有"), "3", "填报 I6", "Choose whether the item applies."),
    (
        put(ITEMS, "3", na_reason="没有"),
        "3",
        "填报 I6",
        "“Yes” and a reason why not do not go together: empty it, or choose no.",
    ),
    (
        put(ITEMS, "3", applicable="否", na_reason="没有", score=1),
        "3",
        "填报 K6",
        "An item that does not apply has no points: empty them, or choose that it applies.",
    ),
    (
        put(ITEMS, "1", narrative="x" * 501),
        "1",
        "填报 H4",
        "More than 500 letters, digits or marks in a row, without any space.",
    ),
    (
        put(ITEMS, "1", narrative="长。" * 10_001),
        "1",
        "填报 H4",
        "The text has 20002 characters; at most 20000 are kept.",
    ),
    (put(ITEMS, "1", score=1, reason="长" * 501), "1", "填报 L4", "At most 500 characters."),
    (put(FIGURES, "2", this_year="约九成"), "2", "数据指标 H4", "“约九成” is not a number."),
    (put(FIGURES, "2", this_year=datetime(2021, 3, 5)), "2", "数据指标 H4", "“2021-03-05” is not a number."),
    (put(FIGURES, "3", 0, this_year=1.5), "3", "数据指标 H5", "1.5: a whole number, 0 or more, is needed."),
    (put(FIGURES, "3", 1, this_year="大概"), "3", "数据指标 H6", "“大概” is not to be chosen here."),
    (
        put(FIGURES, "2", this_year=123456789012.5),
        "2",
        "数据指标 H4",
        "123456789012.5: at most 11 digits, and 4 after the point.",
    ),
    (put(LOSSES, "1", points=0.5), "1", "扣分说明 F4", "Say what the points are for."),
    (put(LOSSES, "1", why="迟报"), "1", "扣分说明 E4", "Write how many points, or empty the row."),
    (put(LOSSES, "1", points=0, why="迟报"), "1", "扣分说明 E4", "Above 0, with at most two decimals."),
    (
        put(MATERIALS, "1", there="否", reference="3号"),
        "1",
        "佐证材料 E4",
        "“No” and a document number do not go together: empty it, or choose yes.",
    ),
    (put(MATERIALS, "1", reference="长" * 201), "1", "佐证材料 E4", "经费文件: at most 200 characters."),
    (
        cell(ITEMS, 9, "narrative", "多出来的"),
        "3",
        "填报 B9",
        "This row is no item of the workbook. Write into the rows that there are.",
    ),
]


def test_faults_are_told_with_their_cells_and_nothing_is_stored(world: World, filler: User) -> None:
    """Of several items at a time, of each item one."""
    content = download(world, filler)
    of_items = ([fault for fault in FAULTS if fault[1] == label] for label in "123")
    for faults in (list(filter(None, some)) for some in zip_longest(*of_items)):
        faulty = edited(content, *(edit for edit, _label, _place, _sentence in faults))
        found = plan(world, filler, faulty)
        wanted = ["sheet “{}” {}: {}".format(*place.split(), why) for _edit, _label, place, why in faults]
        assert sorted(errors(found)) == sorted(wanted)
        assert found.is_blocked
    with pytest.raises(ValidationError):
        upload(world, filler, faulty)
    assert not Response.objects.filter(version__gt=0).exists()


def test_figures_are_read_as_people_write_them(world: World, filler: User) -> None:
    for value in ("89.5", "８９．５", "89.5%", "89.5％", 89.5, " 89.5 "):
        found = plan(world, filler, edited(download(world, filler), put(FIGURES, "2", this_year=value)))
        assert told(found) == [("2", "标准班额占比", "", "89.5%")], value

    def as_percent(book: Workbook) -> None:
        book[FIGURES.name]["H4"].value, book[FIGURES.name]["H4"].number_format = 0.895, "0.0%"

    assert told(plan(world, filler, edited(download(world, filler), as_percent))) == [
        ("2", "标准班额占比", "", "89.5%")
    ]


def test_percent_of_what_is_counted_is_no_number(world: World, filler: User) -> None:
    def edit(book: Workbook) -> None:
        book[FIGURES.name]["H5"].value, book[FIGURES.name]["H5"].number_format = 3, "0%"

    found = plan(world, filler, edited(download(world, filler), edit))
    assert errors(found) == ["sheet “数据指标” H5: “300%” is not a number."]


def test_formulas_and_errors_are_told(world: World, filler: User) -> None:
    def edit(book: Workbook) -> None:
        book[ITEMS.name]["H4"] = "=A1&B1"
        book[ITEMS.name]["H5"].value, book[ITEMS.name]["H5"].data_type = "#NAME?", "e"

    save(world, "1", filler, narrative="旧文。")
    found = plan(world, filler, edited(download(world, filler), edit))
    assert errors(found) == [
        "sheet “填报” H4: This is a formula without a stored value. Replace it by its value.",
        "sheet “填报” H5: This cell shows the error #NAME?.",
    ]
    assert told(found) == []


def save(world: World, label: str, by: User, **fields: Any) -> None:
    response = load_for_saving(world.response(label).pk)
    save_response(response=response, content=Content(**fields), version=response.version, by=by)


def test_merged_cells_do_not_empty_what_they_cover(world: World, filler: User) -> None:
    save(world, "2", filler, narrative="旧文。")
    found = plan(world, filler, edited(download(world, filler), lambda book: merge(book, "H4:H5")))
    assert errors(found) == ["sheet “填报” H5: This cell is merged with others. Take the merged cells apart."]
    assert told(found) == []


def merge(book: Workbook, area: str) -> None:
    book[ITEMS.name].merge_cells(area)


def test_rows_may_be_sorted_and_sheets_renamed_moved_and_hidden(world: World, filler: User) -> None:
    def edit(book: Workbook) -> None:
        sheet = book[ITEMS.name]
        rows: list[list[Any]] = [
            [sheet.cell(row, number).value for number in range(1, 13)] for row in (6, 4, 5)
        ]
        for row, values in enumerate(rows, 4):
            for number, value in enumerate(values, 1):
                sheet.cell(row, number).value = value
        sheet.title = "改了名"
        book.move_sheet(sheet, 3)
        sheet.sheet_state = "hidden"

    content = edited(download(world, filler), put(ITEMS, "2", narrative="班额。"), edit)
    found = plan(world, filler, content)
    assert told(found) == [("2", "What was done", "", "班额。")]
    assert [str(note) for note in found.remarks] == [
        "sheet “改了名”: This sheet is hidden; it was read all the same."
    ]


def test_copied_rows_and_sheets_are_errors(world: World, filler: User) -> None:
    def copy_row(book: Workbook) -> None:
        sheet = book[ITEMS.name]
        for number in range(1, 13):
            sheet.cell(8, number).value = sheet.cell(4, number).value

    found = plan(world, filler, edited(download(world, filler), copy_row))
    assert errors(found) == ["sheet “填报” B8: The item stands in row 4 already."]
    found = plan(world, filler, edited(download(world, filler), copy_sheet))
    assert errors(found) == [
        "sheet “填报 Copy”: Sheets “填报” and “填报 Copy” have the same columns. Delete one of them."
    ]


def copy_sheet(book: Workbook) -> None:
    book.copy_worksheet(book[ITEMS.name])


def test_columns_that_are_missing_are_errors(world: World, filler: User) -> None:
    def edit(book: Workbook) -> None:
        book[ITEMS.name].delete_cols(column(ITEMS, "score"))

    found = plan(world, filler, edited(download(world, filler), edit))
    assert errors(found) == [
        "sheet “填报”: The column “自评分（留空即按细则计分）” is missing. Download the workbook again."
    ]


def test_rows_of_points_can_be_put_in_and_taken_out(world: World, filler: User) -> None:
    losses = [Loss(Decimal("0.5"), "一"), Loss(Decimal("0.3"), "二")]
    save(world, "1", filler, losses=losses)
    content = download(world, filler)

    def put_in(book: Workbook) -> None:
        sheet = book[LOSSES.name]
        sheet.delete_rows(rows_of(sheet, LOSSES, "1")[0])
        last = sheet.max_row + 1
        values: dict[str, Any] = {"label": 1, "points": 0.2, "why": "三"}
        for name, value in values.items():
            sheet.cell(last, column(LOSSES, name)).value = value

    found = plan(world, filler, edited(content, put_in))
    assert told(found) == [
        (
            "1",
            "Points",
            "as follows from the rules\n−0.5　一\n−0.3　二",
            "as follows from the rules\n−0.3　二\n−0.2　三",
        )
    ]

    def unnamed(book: Workbook) -> None:
        sheet = book[LOSSES.name]
        sheet.cell(sheet.max_row + 1, column(LOSSES, "points")).value = 0.2

    found = plan(world, filler, edited(content, unnamed))
    assert [message.partition(": ")[2] for message in errors(found)] == [
        "Which item is meant? Copy a whole row of that item, the hidden first cell included."
    ]


def test_points_beside_rows_that_would_not_count_are_an_error(world: World, filler: User) -> None:
    save(world, "2", filler, measures={"share": Decimal(90)})
    content = edited(
        download(world, filler), put(ITEMS, "2", score=4), put(LOSSES, "2", points=0.5, why="迟报")
    )
    assert errors(plan(world, filler, content)) == [
        "sheet “填报” K5: Leave the points empty so that the rows count, or empty the rows."
    ]


def test_text_that_no_cell_holds_is_neither_cut_nor_emptied(world: World, filler: User) -> None:
    """20,000 rare characters take two units each."""
    text = "𠀀" * 17_000
    Response.objects.filter(pk=world.response("1").pk).update(narrative=text)
    content = download(world, filler)
    assert shown(content, ITEMS, "1", "narrative") == [
        "（文字过长，单元格放不下，请在系统网页上填写；此格不读取。）"
    ]
    sheet = load_workbook(BytesIO(content))[ITEMS.name]
    assert (sheet["H4"].protection.locked, sheet["H5"].protection.locked) == (True, False)
    changed = edited(content, put(ITEMS, "1", narrative="改了。", score=1, reason="理由"))
    assert told(plan(world, filler, changed)) == [("1", "Points", "", "1 points\nReason: 理由")]
    assert world.response("1").narrative == text


def test_workbook_that_wps_saved_is_read_alike(world: World, filler: User) -> None:
    """Line ends as carriage returns, texts in the cells themselves."""
    save(world, "1", filler, narrative="一。\n二。")
    content = download(world, filler)
    out = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(out, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name.endswith("sharedStrings.xml"):
                part = part.replace("一。\n二。".encode(), "一。_x000D_\n二。".encode())
            target.writestr(name, part)
    assert out.getvalue() != content
    assert told(plan(world, filler, out.getvalue())) == []


# Marks


def replace_marks(change: Callable[[str], Any], form: Any = ITEMS, rows: int = 99) -> Edit:
    def edit(book: Workbook) -> None:
        sheet = book[form.name]
        for row in range(4, min(sheet.max_row, 3 + rows) + 1):
            sheet.cell(row, 1).value = change(str(sheet.cell(row, 1).value))

    return edit


def test_row_whose_mark_was_changed_is_refused(world: World, filler: User) -> None:
    found = plan(
        world, filler, edited(download(world, filler), replace_marks(lambda mark: f"{mark}x", rows=1))
    )
    assert errors(found) == [
        "sheet “填报” B4: The hidden first cell of this row was changed. Download the workbook again."
    ]


def test_mark_made_by_hand_is_none(world: World, filler: User) -> None:
    pk = world.response("1").pk
    made = signing.dumps([FORM, world.assessments["a"].pk, pk, 1, 0, {"narrative": seal("")}], salt="own")
    with pytest.raises(UnknownMark):
        read_mark(made)
    with pytest.raises(UnknownMark):
        read_mark(f"{pk}")
    with pytest.raises(OutdatedMark):
        read_mark(signing.dumps([0, 1, 2, 3], salt="assessments.offline"))


def test_workbook_outlives_a_change_of_key(world: World, filler: User, settings: Any) -> None:
    content = edited(download(world, filler), put(ITEMS, "1", narrative="新文。"))
    before, settings.SECRET_KEY = settings.SECRET_KEY, "y" * 50
    assert plan(world, filler, content).planned == []
    settings.SECRET_KEY_FALLBACKS = [before]
    assert told(plan(world, filler, content)) == [("1", "What was done", "", "新文。")]


def test_mark_of_somebody_elses_item_gives_no_access(world: World, filler: User) -> None:
    """A true mark that was copied out of another department's workbook."""
    other = world.people[Role.FILLER, "a2"]
    theirs = world.response("3")
    theirs.assignment.lead = world.departments["a2"]
    theirs.assignment.save()
    mark = shown(download(world, other), ITEMS, "3", "mark")[0]
    content = edited(
        download(world, filler),
        replace_marks(lambda _mark: mark, rows=1),
        put(ITEMS, "1", narrative="偷改。"),
    )
    found = plan(world, filler, content)
    assert [each.why.message for each in found.left_out] == [
        "It is no longer assigned to you, or no longer in the framework."
    ]
    assert upload(world, filler, content) == 0
    assert world.response("3").narrative == ""


def test_other_files_are_refused_with_a_sentence(world: World, filler: User) -> None:
    book = Workbook()
    out = BytesIO()
    book.save(out)
    sentence = "This is no workbook for filling in offline. Download yours here and fill that in."
    assert errors(plan(world, filler, out.getvalue())) == [sentence]
    assert errors(plan(world, filler, b"")) == ["填报表.xlsx is empty."]
    all_four = (ITEMS, FIGURES, LOSSES, MATERIALS)
    content = edited(
        download(world, filler), *(replace_marks(lambda _mark: "1:2:3", form) for form in all_four)
    )
    assert errors(plan(world, filler, content)) == [
        "No row of this workbook is known here: it was made elsewhere, or its hidden first column was "
        "changed. Download the workbook again."
    ]
