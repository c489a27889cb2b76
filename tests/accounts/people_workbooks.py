"""Workbooks of people as an office would send them: the template, filled in by hand."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from accounts.models import User
from accounts.standing import standing_of
from accounts.workbook.form import ORGANISATIONS, PEOPLE
from accounts.workbook.planning import plan_import
from accounts.workbook.reading import read_people
from accounts.workbook.steps import Plan
from accounts.workbook.writing import write_template
from spreadsheets.columns import NAME_ROW


def filled(
    by: User, people: Iterable[Mapping[str, Any]], organisations: Iterable[Mapping[str, Any]] = ()
) -> bytes:
    """``by``'s template with these rows; values as Excel would hold them."""
    return edited(write_template(standing_of(by)), people, organisations)


def edited(
    content: bytes, people: Iterable[Mapping[str, Any]], organisations: Iterable[Mapping[str, Any]] = ()
) -> bytes:
    """A workbook of ours with these rows below those that are in it, or in place of an organisation's."""
    book = load_workbook(BytesIO(content))
    for name, rows in ((PEOPLE, people), (ORGANISATIONS, organisations)):
        sheet = book[name]
        columns = {cell.value: number for number, cell in enumerate(sheet[NAME_ROW], 1)}
        known = {cell.value: cell.row for cell in sheet["A"]} if "code" in columns else {}
        for new, values in enumerate(rows, sheet.max_row + 1):
            row = known.get(values.get("code"), new)
            for column, value in values.items():
                sheet.cell(row, columns[column], value)
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def plan_of(by: User, content: bytes) -> Plan:
    """What the file would do, were it ``by`` who imports it."""
    return plan_import(read_people(content, "人员.xlsx"), standing_of(by))


def errors_of(plan: Plan) -> dict[str, str]:
    """Sentence by place."""
    return {f"{note.sheet}{note.cell}": note.message for note in plan.errors}
