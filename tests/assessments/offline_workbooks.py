"""Workbooks as somebody edits them: cells by the heading of their column and the number of their item."""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from django.utils import timezone
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from accounts.models import User
from accounts.standing import standing_of
from assessments.offline.form import FORMS, Form
from assessments.offline.listing import Mine, list_mine
from assessments.offline.planning import UploadPlan, plan_upload
from assessments.offline.reading import read_upload
from assessments.offline.storing import store_upload
from assessments.offline.writing import write_offline
from tests.factories import World

Edit = Callable[[Workbook], None]


def mine_of(world: World, person: User, district: str = "a") -> Mine:
    return list_mine(standing_of(person), world.assessments[district])


def download(world: World, person: User, district: str = "a") -> bytes:
    return write_offline(mine_of(world, person, district), by=person, now=timezone.now())


def edited(content: bytes, *edits: Edit) -> bytes:
    book = load_workbook(BytesIO(content))
    for edit in edits:
        edit(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def plan(
    world: World, person: User, content: bytes, choices: Mapping[str, str] | None = None, district: str = "a"
) -> UploadPlan:
    mine = mine_of(world, person, district)
    return plan_upload(mine, read_upload(mine, content, "填报表.xlsx"), choices)


def upload(world: World, person: User, content: bytes, choices: Mapping[str, str] | None = None) -> int:
    """Store what a workbook says; how many items that changed."""
    return store_upload(plan=plan(world, person, content, choices), by=person, filename="填报表.xlsx")


def column(form: Form, name: str) -> int:
    return [each.name for each in form.columns].index(name) + 1


def rows_of(sheet: Worksheet, form: Form, label: str) -> list[int]:
    where = column(form, "label")
    return [row for row in range(4, sheet.max_row + 1) if str(sheet.cell(row, where).value) == label]


def put(form: Form, label: str, place: int = 0, **cells: Any) -> Edit:
    """Write cells of an item, by the names of the columns; ``place`` counts its rows in the sheet."""

    def edit(book: Workbook) -> None:
        sheet = book[form.name]
        row = rows_of(sheet, form, label)[place]
        for name, value in cells.items():
            cell = sheet.cell(row, column(form, name))
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"

    return edit


def shown(content: bytes, form: Form, label: str, *names: str, place: int = 0) -> list[Any]:
    """What stands in the cells of an item."""
    sheet = load_workbook(BytesIO(content))[form.name]
    row = rows_of(sheet, form, label)[place]
    return [sheet.cell(row, column(form, name)).value for name in names]


def sheets(content: bytes) -> list[str]:
    return [name for name in load_workbook(BytesIO(content)).sheetnames if name in {f.name for f in FORMS}]


def told(found: UploadPlan) -> list[tuple[str, str, str, str]]:
    """Item, what changes, from and to; a conflict is marked."""
    return [
        (
            each.response.item.label,
            difference.label + ("?" if difference.is_conflict else ""),
            difference.stored,
            difference.said,
        )
        for each in found.planned
        for difference in each.differences
    ]
