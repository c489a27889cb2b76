"""A table as an office wrote it, row by row: titles above, sections, items, sums, notes below."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from indicators.workbook import headings, marks
from indicators.workbook.grid import Cell, Sheet
from indicators.workbook.headings import Header, assign_names, squeezed
from indicators.workbook.values import clean, in_one_line


class RowKind(Enum):
    SECTION = "section"
    GROUP = "group"
    ITEM = "item"
    MORE = "more"
    """Goes on with the item above."""
    TOTAL = "total"
    SUBTOTAL = "subtotal"
    NOTE = "note"
    NOTHING = "nothing"


@dataclass
class Row:
    """One row: its kind, its own cells and those that cover it, by role."""

    number: int
    kind: RowKind
    own: dict[str, list[Cell]] = field(default_factory=dict)
    seen: dict[str, list[Cell]] = field(default_factory=dict)
    first: Cell | None = None

    def cell(self, role: str) -> Cell | None:
        """The row's own cell of a role."""
        return next(iter(self.own.get(role, ())), None)

    def covering(self, role: str) -> Cell | None:
        """The cell of a role that is seen in the row."""
        return next(iter(self.seen.get(role, ())), None)


class Table:
    """The rows under the headings of a sheet."""

    def __init__(self, sheet: Sheet, header: Header) -> None:
        self.sheet, self.header = sheet, header
        self.numbers = [row for row in sheet.by_row if row > header.last]
        self._by_row = sheet.by_row
        body = [row for row in self.numbers if not self._is_outside(row)]
        assign_names(header, body)
        self.weights = self._weight_columns()
        self.ordinal_sections = self._has_ordinal_sections()

    def rows(self) -> Iterator[Row]:
        """Every row with what it is."""
        after_total = False
        for number in self.numbers:
            row = self._row(number)
            row.kind = self._kind(row, after_total=after_total)
            if row.kind == RowKind.TOTAL and number > self.numbers[0] + 1:
                after_total = True
            elif row.kind == RowKind.ITEM:
                after_total = False
            yield row

    def above(self) -> list[Cell]:
        """The texts above the headings, one a row."""
        rows = (self._by_row[number] for number in sorted(self._by_row) if number < self.header.first)
        return [max(cells, key=lambda cell: len(cell.text)) for cells in rows]

    def _weight_columns(self) -> dict[str, int]:
        """The columns of points: with several, each speaks for the level left of it."""
        columns = self.header.columns(headings.WEIGHT)
        named = {
            self.header.column(role): role for role in (headings.SECTION, headings.GROUP, headings.TITLE)
        }
        if len(columns) < 2:
            return {headings.TITLE: columns[0]} if columns else {}
        found: dict[str, int] = {}
        for column in sorted(columns, key=self._numbers_in):
            left = [other for other in named if other is not None and other < column]
            found[named[max(left)] if left else headings.TITLE] = column
        if headings.TITLE not in found:
            found[headings.TITLE] = columns[-1]
        return found

    def _numbers_in(self, column: int) -> tuple[int, int]:
        """How many cells of a column have something in them; of equals, the left one is better."""
        return sum(self.sheet.own(number, column) is not None for number in self.numbers), -column

    def _row(self, number: int) -> Row:
        cells = self._by_row[number]
        row = Row(number, RowKind.NOTHING, first=cells[0])
        for column, role in self.header.roles.items():
            own = self.sheet.own(number, column)
            seen = own or self.sheet.at(number, column)
            if role == headings.WEIGHT:
                role = next((f"weight:{level}" for level, at in self.weights.items() if at == column), "")
            if own is not None:
                row.own.setdefault(role, []).append(own)
            # What spans the row from the left is no cell of the columns under it.
            if seen is not None and (own is not None or seen.column == column):
                row.seen.setdefault(role, []).append(seen)
        return row

    def _is_outside(self, number: int) -> bool:
        """Whether a row is a sum, a note or a section in one cell: not one to tell the columns by."""
        texts = [squeezed(cell.text) for cell in self._by_row[number][:3]]
        sums = any(marks.total_of(text)[0] or marks.subtotal_of(text)[0] for text in texts)
        return sums or self._is_wide(number) or any(map(marks.bare_ordinal, texts[:1]))

    def _is_wide(self, number: int) -> bool:
        """Whether one text stands across the row."""
        cells = [cell for cell in self._by_row[number] if cell.column in self.header.roles or cell.column < 3]
        if not cells:
            return False
        _bottom, right = self.sheet.spans.get((number, cells[0].column), (number, cells[0].column))
        across = right - cells[0].column + 1
        return cells[0].kind == "s" and across >= max(2, 0.5 * len(self.header.roles))

    def _has_ordinal_sections(self) -> bool:
        """Whether 一、二、 number sections in rows of their own, not the items themselves."""
        first = [self._by_row[number][0].text for number in self.numbers]
        ordinals = sum(bool(marks.bare_ordinal(text) or marks.take_apart(text).level) for text in first)
        return 0 < ordinals < len(first) and self.header.column(headings.SECTION) is None

    def _kind(self, row: Row, *, after_total: bool) -> RowKind:
        if row.first is None or self._repeats_header(row):
            return RowKind.NOTHING
        for cell in self._by_row[row.number][:3]:
            if marks.total_of(cell.text)[0]:
                return RowKind.TOTAL
            if marks.subtotal_of(cell.text)[0]:
                return RowKind.SUBTOTAL
        text = in_one_line(clean(row.first.text))
        weight = row.cell(f"weight:{headings.TITLE}")
        if marks.is_note(text) or (after_total and weight is None):
            return RowKind.NOTE
        if self._is_heading_row(row, text):
            return RowKind.GROUP if self._level(text) == 2 else RowKind.SECTION
        if self._is_wide(row.number) and weight is None and row.first.row == row.number:
            return self._wide_kind(text)
        return self._item_kind(row)

    def _is_heading_row(self, row: Row, text: str) -> bool:
        """Whether a row numbered 一、 or （一） opens a section: items are numbered otherwise."""
        in_first = row.first is not None and row.first.column <= min(self.header.roles)
        return self.ordinal_sections and in_first and self._level(text) > 0

    def _level(self, text: str) -> int:
        return marks.bare_ordinal(text) or marks.take_apart(text).level

    def _wide_kind(self, text: str) -> RowKind:
        if self.header.column(headings.SECTION) is None and len(text) <= 60 and "。" not in text:
            return RowKind.SECTION
        return RowKind.NOTE

    def _item_kind(self, row: Row) -> RowKind:
        weight, title = row.cell(f"weight:{headings.TITLE}"), row.cell(headings.TITLE)
        texts = [role for role in (headings.REQUIREMENT, headings.RULE) if row.cell(role)]
        if weight is not None or (title is not None and self.header.column(headings.TITLE) is not None):
            covered = row.covering(headings.TITLE) is None and self._weight_covers(row.number)
            return RowKind.MORE if covered else RowKind.ITEM
        if texts or row.cell(headings.MATERIALS) or row.cell(headings.RESPONSIBLE):
            return RowKind.MORE
        return RowKind.SECTION if row.cell(headings.SECTION) else RowKind.NOTHING

    def _weight_covers(self, number: int) -> bool:
        column = self.weights.get(headings.TITLE)
        return column is not None and (number, column) in self.sheet.covered

    def _repeats_header(self, row: Row) -> bool:
        """The headings again, as on a second page."""
        cells = self.header.cells
        same = [
            squeezed(cell.text) == squeezed(cells[cell.column].text)
            for cell in self._by_row[row.number]
            if cell.column in cells
        ]
        return len(same) > 1 and all(same)


def find_tables(sheets: list[Sheet]) -> list[Header]:
    """The tables of frameworks in a workbook, the one most like one first; hidden sheets last."""
    found = [header for sheet in sheets if (header := headings.find_header(sheet))]
    order = {id(header): number for number, header in enumerate(found)}
    return sorted(found, key=lambda header: (header.sheet.hidden, -header.score, order[id(header)]))
