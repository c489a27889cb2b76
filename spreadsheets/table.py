"""One sheet of our own form: its rows by the names of its columns, and what drop-downs mean."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from spreadsheets.columns import YES_NO, Choices, Column
from spreadsheets.grid import Cell, Sheet
from spreadsheets.notes import Notes
from spreadsheets.values import Values, as_decimal

TICKS = {"√", "✓", "✔", "☑"}


class OwnCells:
    """Reads cells of one sheet as the columns of our form have them."""

    def __init__(
        self, sheet: Sheet, columns: Sequence[Column], notes: Notes, choices: Choices = YES_NO
    ) -> None:
        self.sheet, self.notes, self.choices = sheet, notes, choices
        self.values = Values(sheet.name, notes)
        self.columns = {column.name: column for column in columns}

    def read(self, cell: Cell | None, name: str) -> Any:
        """The cell's value as its column has it; ``None`` for an empty one."""
        column = self.columns[name]
        if column.kind == "number":
            return self._number(cell)
        text = self.values.text(cell)
        if not text:
            return None
        if column.choices:
            return self.choice(cell, column.choices, text)
        return text

    def _number(self, cell: Cell | None) -> str | None:
        text = self.values.plain_number(cell)
        number = text.removesuffix("分").strip() if text is not None else None
        if cell is not None and text is not None and as_decimal(number) is None:
            message = _("“%(text)s” is not a number.") % {"text": text[:40]}
            self.notes.error(self.sheet.name, cell, message)
            return None
        return number

    def choice(self, cell: Cell | None, name: str, word: str) -> Any:
        value = meaning(self.choices[name], word, ticks=name == "yes")
        if value is None:
            offered = _(", ").join(self.choices[name])
            message = _("“%(word)s” is not to be chosen here; there are: %(choices)s.")
            self.notes.error(self.sheet.name, cell or "", message % {"word": word[:40], "choices": offered})
        return value


class OwnTable(OwnCells):
    """The rows of one sheet by column name."""

    def __init__(
        self, sheet: Sheet, columns: Sequence[Column], notes: Notes, choices: Choices = YES_NO
    ) -> None:
        super().__init__(sheet, columns, notes, choices)
        self.first, self.where = self._names()

    def _names(self) -> tuple[int, dict[str, int]]:
        for row, cells in self.sheet.by_row.items():
            found = {cell.text: cell.column for cell in cells if cell.text in self.columns}
            if len(found) > max(1, len(self.columns) // 2):
                return row + 1, found
            if row > 20:
                break
        message = _("The hidden row with the names of the columns is not there. Export again and edit that.")
        self.notes.error(self.sheet.name, "", message)
        return self.sheet.last_row + 1, {}

    def rows(self) -> Iterator[int]:
        """Numbers of the rows under the headings that have something in them."""
        yield from (row for row in self.sheet.by_row if row >= self.first)

    def cell(self, row: int, name: str, *, merged: bool = False) -> Cell | None:
        """The cell of a column; with ``merged`` the one that covers it."""
        column = self.where.get(name)
        if column is None:
            return None
        return self.sheet.at(row, column) if merged else self.sheet.own(row, column)

    def place(self, row: int, name: str) -> tuple[str, str]:
        """Where a message points to: the cell, there or not."""
        return self.sheet.name, Cell(row, self.where.get(name, 1), "s", "").address


def meaning(choices: Mapping[str, str], word: str, *, ticks: bool = False) -> Any:
    """What the word of a drop-down stands for, in Chinese or as the value itself; ``None`` where nothing."""
    found = choices.get(word)
    if ticks and word in TICKS:
        found = "true"
    if found is None and word in choices.values():
        found = word
    return {"true": True, "false": False}.get(found, found) if found is not None else None
