"""A table as an office wrote it, row by row: titles above, sections, items, sums, notes below."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from indicators.workbook import headings, marks
from indicators.workbook.headings import Header, assign_names, squeezed
from spreadsheets.grid import Cell, Sheet
from spreadsheets.values import clean, in_one_line


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


PART = "part"
"""The points of each row that an item's rule is spread over."""


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
        self.body = [row for row in self.numbers if not self._is_outside(row)]
        assign_names(header, self.body)
        self.weights = self._weight_columns()
        self.ordinal_sections = self._has_ordinal_sections()
        self.inside: set[int] = set()
        """Rows without points that are numbered below an item: 1.1 under an item 1."""
        self.levels = self._levels_by_label()

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

    def section_above(self) -> Cell | None:
        """The section that is opened above the headings, where others are in rows below: 一、基本指标."""
        cell = next(iter(self.above()[-1:]), None)
        named = cell is not None and marks.take_apart(clean(cell.text)).level == 1
        return cell if named and self.ordinal_sections else None

    def _weight_columns(self) -> dict[str, int]:
        """The columns of points by level: the fullest for the items, others for the level left of them.

        Where an item's rule stands in several rows, each with points, these are :data:`PART`.
        """
        columns = sorted(self.header.columns(headings.WEIGHT), key=self._numbers_in)
        if not columns:
            return {}
        levels = (headings.SECTION, headings.GROUP, headings.TITLE)
        named = {column: role for role in levels if (column := self.header.column(role)) is not None}
        owners = {}
        for column in columns:
            left = [other for other in named if other < column]
            owners[column] = named[max(left)] if left else headings.TITLE
        of_items = [column for column in columns if owners[column] == headings.TITLE] or columns
        item = of_items[-1]
        if self._is_shared(item):
            rest = [column for column in of_items if column != item]
            return {PART: item, **({headings.TITLE: rest[-1]} if rest else {})}
        return {**{owners[column]: column for column in columns if column != item}, headings.TITLE: item}

    def _is_shared(self, weight: int) -> bool:
        """Whether rows of points and rule stand under the number and name of an item above."""
        title, rule = self.header.column(headings.TITLE), self.header.column(headings.RULE)
        label = self.header.column(headings.LABEL)
        if title is None or rule is None or label is None:
            return False
        roles = (headings.SECTION, headings.GROUP, headings.TITLE, headings.LABEL)
        names = [column for role in roles for column in self.header.columns(role)]
        own = self.sheet.own
        first = next((row for row in self.body if own(row, title)), 0)
        parts = [row for row in self.body if own(row, weight) and not any(own(row, name) for name in names)]
        return bool(parts) and all(row > first and own(row, rule) for row in parts)

    def _levels_by_label(self) -> dict[int, int]:
        """1 for rows numbered 1 over rows 1.1, 1.2; 2 for rows 1.1 over 1.1.1 — where what is under them
        has the points."""
        if self.header.column(headings.SECTION) is not None:
            return {}
        labels = [(row, label) for row in self.body if (label := self._label_parts(row))]
        levels: dict[int, int] = {}
        lower: dict[int, int] = {}
        above: list[tuple[int, tuple[str, ...]]] = []
        for row, label in labels:
            while above and not _is_below(label, above[-1][1]):
                above.pop()
            if self._has_points(row):
                levels |= {parent: depth for depth, (parent, _label) in enumerate(above, 1)}
            elif above:
                lower[row] = above[-1][0]
            above.append((row, label))
        self.inside = {row for row, parent in lower.items() if not {row, parent} & levels.keys()}
        return levels

    def levels_above(self, row: int) -> int | None:
        """How many levels an item has above it by its number: 1 where 1.2 stands beside 1.1.1; ``None``
        where numbers make no levels."""
        label = self._label_parts(row) if self.levels else ()
        return len(label) - 1 + self.ordinal_sections if label else None

    def _label_parts(self, row: int) -> tuple[str, ...]:
        label, title = self.header.column(headings.LABEL), self.header.column(headings.TITLE)
        cell = self.sheet.own(row, label) if label else None
        if cell is None:
            cell = self.sheet.own(row, title) if title else None
            return marks.label_parts(marks.split_label(clean(cell.text))[0]) if cell else ()
        return marks.label_parts(clean(cell.text))

    def _has_points(self, row: int) -> bool:
        column, title = self.weights.get(headings.TITLE), self.header.column(headings.TITLE)
        if column is not None:
            return self.sheet.own(row, column) is not None
        cell = self.sheet.own(row, title) if title else None
        return cell is not None and marks.without_points(clean(cell.text))[1] is not None

    @property
    def unread(self) -> list[Cell]:
        """Headings over columns that are not read."""
        read = self.weights.values()
        doubled = [
            column
            for column in self.header.columns(headings.WEIGHT)
            if column not in read and any(self.sheet.own(row, column) for row in self.body)
        ]
        return [*self.header.unread, *(self.header.cells[column] for column in doubled)]

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
        texts = [cell.text for cell in self._by_row[number][:3]]
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
        if level := self.levels.get(row.number):
            return RowKind.GROUP if level > 1 or self.ordinal_sections else RowKind.SECTION
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
        if row.number in self.inside:
            return RowKind.MORE
        weight, title = row.cell(f"weight:{headings.TITLE}"), row.cell(headings.TITLE)
        texts = [role for role in (headings.REQUIREMENT, headings.RULE) if row.cell(role)]
        if weight is not None or title is not None or row.cell(headings.RESERVED):
            covered = row.covering(headings.TITLE) is None and self._weight_covers(row.number)
            return RowKind.MORE if covered else RowKind.ITEM
        if texts and (row.cell(headings.SECTION) or row.cell(headings.GROUP)):
            return RowKind.ITEM
        if texts or row.cell(headings.MATERIALS) or row.cell(headings.RESPONSIBLE):
            return RowKind.MORE
        return RowKind.SECTION if row.cell(headings.SECTION) else RowKind.NOTHING

    def _weight_covers(self, number: int) -> bool:
        column = self.weights.get(headings.TITLE)
        return column is not None and (number, column) in self.sheet.covered

    def _repeats_header(self, row: Row) -> bool:
        """The headings again, as on a second page or over a second part."""
        cells = self._by_row[row.number]
        known = self.header.cells
        same = [
            squeezed(cell.text[:60]) == squeezed(known[cell.column].text[:60])
            for cell in cells
            if cell.column in known
        ]
        if len(same) > 1 and all(same):
            return True
        roles = [headings.role_of(cell.text) if cell.kind == "s" else None for cell in cells]
        return len(roles) > 2 and headings.WEIGHT in roles and all(roles)


def _is_below(label: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether 1.2 is numbered below 1."""
    return len(label) > len(other) and label[: len(other)] == other


def find_tables(sheets: list[Sheet]) -> list[Header]:
    """The tables of frameworks in a workbook, the one most like one first; hidden sheets last."""
    found = [header for sheet in sheets if (header := headings.find_header(sheet))]
    order = {id(header): number for number, header in enumerate(found)}
    return sorted(found, key=lambda header: (header.sheet.hidden, -header.score, order[id(header)]))
