"""Sheets as values: cells by place, and what a merged cell covers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any


def letters(column: int) -> str:
    """The letters of a column counted from 1: A, Z, AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


@dataclass(frozen=True, slots=True)
class Cell:
    """``kind``: s text, n number, b truth, e error, d date, p percent. ``text`` is empty only for a
    formula without a stored value."""

    row: int
    column: int
    kind: str
    text: str
    formula: bool = False

    @property
    def address(self) -> str:
        """As a person names it: D12."""
        return f"{letters(self.column)}{self.row}"

    @property
    def number(self) -> Decimal | None:
        """The stored number in the 15 digits that Excel keeps; ``None`` where it is none."""
        if self.kind not in ("n", "p", "d"):
            return None
        try:
            value = Decimal(format(float(self.text), ".15g"))
        except (ValueError, InvalidOperation):
            return None
        return value if value.is_finite() else None


@dataclass(frozen=True)
class Sheet:
    """One worksheet. ``covered`` leads from a place under a merged cell to the place of that cell."""

    name: str
    hidden: bool
    cells: dict[tuple[int, int], Cell]
    covered: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    spans: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Last row and column of each merged cell."""
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    def own(self, row: int, column: int) -> Cell | None:
        """The cell that stands here itself."""
        return self.cells.get((row, column))

    def at(self, row: int, column: int) -> Cell | None:
        """The cell that is seen here: its own, or the merged one that covers the place."""
        return self.cells.get(self.covered.get((row, column), (row, column)))

    @cached_property
    def by_row(self) -> dict[int, list[Cell]]:
        """The cells of each row that has any, from the left; rows in order."""
        found: dict[int, list[Cell]] = {}
        for (row, _column), cell in sorted(self.cells.items()):
            found.setdefault(row, []).append(cell)
        return found

    @cached_property
    def last_row(self) -> int:
        """0 where the sheet is empty."""
        return max((row for row, _column in self.cells), default=0)

    @cached_property
    def last_column(self) -> int:
        """0 where the sheet is empty."""
        return max((column for _row, column in self.cells), default=0)


def make_sheet(data: dict[str, Any]) -> Sheet:
    """A sheet from what the child wrote."""
    cells = {(row, column): Cell(row, column, *rest) for row, column, *rest in data["cells"]}
    hidden = (frozenset(data[name]) for name in ("hidden_rows", "hidden_columns"))
    sheet = Sheet(data["name"], data["hidden"], cells, {}, {}, *hidden)
    last_row, last_column = sheet.last_row, sheet.last_column
    for top, left, bottom, right in data["merges"]:
        bottom, right = min(bottom, last_row), min(right, last_column)
        sheet.spans[top, left] = (bottom, right)
        for place in _area(top, left, bottom, right):
            if place != (top, left):
                sheet.covered[place] = (top, left)
    return sheet


def _area(top: int, left: int, bottom: int, right: int) -> Iterable[tuple[int, int]]:
    return ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
