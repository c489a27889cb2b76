"""The table of who does what as a workbook (分工表): out with drop-downs, edited, and in again."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from assessments.assigning import Board, Change, Duty, Line, faults_of
from spreadsheets.book import LABEL, Book, look_of, written_label
from spreadsheets.columns import FIRST_ROW, NAME_ROW, YES_NO, Choices, Column
from spreadsheets.grid import Sheet
from spreadsheets.notes import Note, Notes
from spreadsheets.opening import open_workbook
from spreadsheets.table import OwnTable

SHEET = "分工表"
DEPARTMENTS = "departments"
FEWEST, MOST = 6, 20
"""Columns for supporting departments: as many as are needed, between these."""

_BEFORE = (
    Column("key", "标识", 12, hidden=True),
    Column("section", "一级指标", 16),
    Column("label", "序号", 7),
    Column("title", "三级指标", 34),
    Column("responsible", "责任单位（体系原文）", 24),
    Column("lead", "牵头部门", 18, choices=DEPARTMENTS),
    Column("due_on", "截止日期", 13),
)
_SPLIT = re.compile("[、，,；;\n]+")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")


def _columns(supporting: int) -> tuple[Column, ...]:
    number = range(1, supporting + 1)
    return (*_BEFORE, *(Column(f"support{n}", f"配合部门{n}", 16, choices=DEPARTMENTS) for n in number))


def write_assignments(board: Board) -> bytes:
    """The table as it stands; the same assignments give the same bytes."""
    most = max((len(line.duty.supporting) for line in board.lines), default=0)
    columns = _columns(max(FEWEST, most))
    book = Book(_choices(board))
    sheet = book.add(SHEET)
    book.head(sheet, f"{board.assessment.organisation}　{board.assessment.cycle}　任务分工表", columns)
    book.style_columns(sheet, columns)
    for row, line in enumerate(board.lines, FIRST_ROW):
        values = _written(board, line)
        for number, column in enumerate(columns, 1):
            # What names the item is not to be edited here.
            look = LABEL if column in _BEFORE[:5] else look_of(column)
            book.put(sheet, row, number, values.get(column.name), look)
    book.finish(sheet, columns, frozen=f"F{NAME_ROW + 1}")
    if board.departments:
        book.add_choices()
    return book.saved(f"{board.assessment}任务分工表")


def _written(board: Board, line: Line) -> dict[str, str | int | None]:
    item, duty = line.response.item, line.duty
    supporting = [found for pk, found in board.departments.items() if pk in duty.supporting]
    return {
        "key": str(item.key),
        "section": item.section.title,
        "label": written_label(item.label),
        "title": item.title,
        "responsible": item.responsible,
        "lead": board.departments[duty.lead].name if duty.lead else "",
        "due_on": duty.due_on.isoformat() if duty.due_on else "",
        **{f"support{n}": found.name for n, found in enumerate(supporting, 1)},
    }


def _choices(board: Board) -> Choices:
    """Departments by name; their codes are understood too."""
    return {**YES_NO, DEPARTMENTS: {found.name: found.code for found in board.departments.values()}}


@dataclass(frozen=True, slots=True)
class ReadAssignments:
    """What a workbook would change; ``None`` where there are errors among the ``notes``."""

    changes: tuple[Change, ...] | None = None
    notes: tuple[Note, ...] = ()
    cells: Mapping[int, str] = field(default_factory=dict)
    """Where each changed item stands in the file, by response."""


def read_assignments(board: Board, content: bytes, filename: str) -> ReadAssignments:
    """Compare a workbook that :func:`write_assignments` wrote with the assignments as they stand.

    Items that the file leaves out stay as they are; every error names its cell. Nothing is stored.
    """
    notes = Notes()
    try:
        sheet = _sheet(open_workbook(content, filename))
    except ValidationError as problem:
        for message in problem.messages:
            notes.error("", "", message)
        return ReadAssignments(notes=tuple(notes))
    read = list(_Rows(board, sheet, notes).read())
    if notes.has_errors:
        return ReadAssignments(notes=tuple(notes))
    changes = tuple(change for change, _cell in read if change.was != change.becomes)
    return ReadAssignments(changes, tuple(notes), {change.response: cell for change, cell in read})


def _sheet(sheets: list[Sheet]) -> Sheet:
    """The one with the table, whatever it is called now. Raises ``ValidationError``."""
    for sheet in sheets:
        if {"key", "lead"} <= {cell.text for cell in sheet.by_row.get(NAME_ROW, ())}:
            return sheet
    raise ValidationError(
        _("The hidden row with the names of the columns is not there. Export again and edit that.")
    )


class _Rows:
    """Reads the rows of the table against a board."""

    def __init__(self, board: Board, sheet: Sheet, notes: Notes) -> None:
        supporting = [cell for cell in sheet.by_row[NAME_ROW] if cell.text.startswith("support")]
        self.names = [f"support{number}" for number in range(1, min(len(supporting), MOST) + 1)]
        self.board, self.notes = board, notes
        self.by_key = {str(line.response.item.key): line for line in board.lines}
        self.by_code = {found.code: pk for pk, found in board.departments.items()}
        self.table = OwnTable(sheet, _columns(len(self.names)), notes, _choices(board))

    def read(self) -> Iterator[tuple[Change, str]]:
        """What each row asks for, and the cell of its lead; errors are noted."""
        seen: dict[str, int] = {}
        for row in self.table.rows():
            key = self.table.read(self.table.cell(row, "key"), "key")
            line = self.by_key.get(key or "")
            if key in seen:
                self._error(row, "key", _("The item stands in row %(row)s already.") % {"row": seen[key]})
            elif line is not None:
                seen[key] = row
                if duty := self._duty(row):
                    for fault in faults_of(self.board, line, duty):
                        self._error(row, _COLUMN[fault.field], fault.message)
                    change = Change(line.response.pk, line.duty, duty)
                    yield change, self.table.place(row, "lead")[1]
            elif key or self._says_anything(row):
                self._error(row, "key", _("This row is no item of this assessment."))

    def _says_anything(self, row: int) -> bool:
        return any(self.table.cell(row, name) for name in ("title", "lead", "due_on", *self.names))

    def _duty(self, row: int) -> Duty | None:
        """What the row says; ``None`` where its lead cannot be read, which is noted."""
        cell = self.table.cell(row, "lead")
        lead = self.table.read(cell, "lead")
        supporting = {code for name in self.names for code in self._codes(row, name)}
        due_on = self._day(row)
        if lead is None and cell is not None and (cell.formula or cell.text.strip()):
            return None
        numbers = frozenset(self.by_code[code] for code in supporting)
        return Duty(self.by_code.get(lead or ""), numbers, due_on)

    def _codes(self, row: int, name: str) -> Iterator[str]:
        """The departments of a cell: one chosen from the list, or several that somebody typed."""
        cell = self.table.cell(row, name)
        for word in _SPLIT.split(self.table.values.text(cell)):
            if word.strip() and (code := self.table.choice(cell, DEPARTMENTS, word.strip())):
                yield code

    def _day(self, row: int) -> date | None:
        text = self.table.values.line(self.table.cell(row, "due_on"))
        if not text:
            return None
        if found := _DATE.fullmatch(text):
            with suppress(ValueError):
                return date(*map(int, found.groups()))
        message = _("“%(text)s” is not a date; write it like 2026-01-09.")
        self._error(row, "due_on", message % {"text": text[:40]})
        return None

    def _error(self, row: int, name: str, message: str) -> None:
        self.notes.error(*self.table.place(row, name), message)


_COLUMN = {"lead": "lead", "supporting": "support1", "due_on": "due_on"}
"""Where a fault of a field is shown."""
