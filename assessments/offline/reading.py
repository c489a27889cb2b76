"""What a workbook that comes back says, item by item, with the cell of every value and of every fault.

Nothing is compared or stored here. Errors are noted for what can be stored at all; cells of what is locked,
or the person's no more, are read as well, but only to say that they were changed.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from assessments.collecting.combining import Figure
from assessments.collecting.form import figures_of
from assessments.figure_cells import read_figure
from assessments.offline.form import CONTRIBUTIONS, FIGURES, FORMS, ITEMS, LOSSES, MARK, MATERIALS, Form
from assessments.offline.listing import Mine
from assessments.offline.marks import Mark, OutdatedMark, UnknownMark, read_mark, seal
from assessments.offline.parts import (
    APPLICABLE,
    DONE,
    FIGURE,
    MATERIAL,
    NARRATIVE,
    SCORE,
    TEXT,
)
from assessments.offline.parts import LOSSES as LOSSES_PART
from assessments.offline.parts import MATERIALS as MATERIALS_PART
from assessments.settling import Reckoned
from assessments.text import clean_line, clean_text, sentence
from indicators.models import Item
from indicators.numbers import NUMBER, as_number
from indicators.scoring.measures import MeasureKind, is_figure
from indicators.scoring.points import ZERO, is_points
from spreadsheets.grid import Cell, Sheet
from spreadsheets.notes import Notes, Place
from spreadsheets.opening import open_workbook
from spreadsheets.table import OwnTable

MOST_LOSSES = 30
"""Rows of points off of one item, as on its page."""

Key = tuple[int, int]
"""Numbers of an answer and, of a contribution, of its department (0 for the answer itself)."""


@dataclass
class Entry:
    """What a file says of one answer or contribution.

    ``base`` are the seals of what was downloaded, ``said`` the values now, ``places`` their cells; all by
    part. A part that could not be read is in ``unreadable`` alone. ``items`` are the framework's items that
    the rows were written for.
    """

    key: Key
    name: str
    base: dict[str, str] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    items: set[int] = field(default_factory=set)

    def was(self, part: str) -> str:
        """The seal of what was downloaded; of rows of points that were put in below, that there were none."""
        return self.base.get(part) or seal(())

    @property
    def changed(self) -> list[str]:
        """The parts that are not as they were downloaded."""
        said = [part for part, value in self.said.items() if seal(value) != self.was(part)]
        return [*said, *self.unreadable]


@dataclass
class Upload:
    """A file as it was read; ``is_ours`` where it is a workbook of this assessment."""

    notes: Notes = field(default_factory=Notes)
    entries: dict[Key, Entry] = field(default_factory=dict)
    is_ours: bool = False
    unknown: int = 0
    """Rows whose mark was not written here."""


class _Unreadable(Exception):
    """A cell that was noted as wrong."""


class _Foreign(Exception):
    """A row of another assessment."""


def read_upload(mine: Mine, content: bytes, filename: str) -> Upload:
    """Read a workbook that :func:`assessments.offline.writing.write_offline` wrote, and somebody edited."""
    upload = Upload()
    try:
        sheets = _own_sheets(open_workbook(content, filename), upload.notes)
    except ValidationError as problem:
        for message in problem.messages:
            upload.notes.error("", "", message)
        return upload
    if not sheets:
        message = _("This is no workbook for filling in offline. Download yours here and fill that in.")
        upload.notes.error("", "", message)
        return upload
    try:
        for form, sheet in sheets.items():
            _SheetRows(mine, upload, form, sheet).read()
    except _Foreign:
        message = _("This workbook is of another assessment. Nothing of it was read.")
        return Upload(_only(message))
    if upload.unknown and not upload.entries:
        message = _(
            "No row of this workbook is known here: it was made elsewhere, or its hidden first column was "
            "changed. Download the workbook again."
        )
        return Upload(_only(message))
    upload.is_ours = bool(upload.entries) or upload.notes.has_errors
    if not upload.is_ours:
        upload.notes.error("", "", _("There is no row of an item in this workbook."))
    return upload


def _only(message: str) -> Notes:
    notes = Notes()
    notes.error("", "", message)
    return notes


def _own_sheets(sheets: list[Sheet], notes: Notes) -> dict[Form, Sheet]:
    """Our sheets by their columns, whatever they are called now."""
    found: dict[Form, Sheet] = {}
    for sheet in sheets:
        form = _form_of(sheet)
        if form is None:
            continue
        if form in found:
            message = _("Sheets “%(first)s” and “%(second)s” have the same columns. Delete one of them.")
            notes.error(sheet.name, "", message % {"first": found[form].name, "second": sheet.name})
            continue
        if sheet.hidden:
            notes.remark(sheet.name, "", _("This sheet is hidden; it was read all the same."))
        found[form] = sheet
    return {form: found[form] for form in FORMS if form in found}


def _form_of(sheet: Sheet) -> Form | None:
    """By the column that it is told apart by, in the hidden row of names."""
    for row, cells in sheet.by_row.items():
        if row > 20:
            break
        names = {cell.text for cell in cells}
        for form in FORMS:
            columns = {column.name for column in form.columns}
            if form.key in names and len(names & columns) > len(columns) // 2:
                return form
    return None


class _SheetRows:
    """Reads the rows of one sheet into the entries of an upload."""

    def __init__(self, mine: Mine, upload: Upload, form: Form, sheet: Sheet) -> None:
        self.mine, self.upload, self.form, self.sheet = mine, upload, form, sheet
        self.loud = OwnTable(sheet, form.columns, upload.notes)
        # What is locked is read without a word.
        self.quiet = OwnTable(sheet, form.columns, Notes())
        self.table = self.loud
        self.items = {response.pk: response.item for response in mine.responses}
        self.items |= {each.response.pk: each.response.item for each in mine.supported}
        self.open: set[Key] = {(each.pk, 0) for each in mine.responses if mine.capacity(each)}
        supported = filter(mine.may_contribute, mine.supported)
        self.open |= {(each.response.pk, each.department.pk) for each in supported}
        self.rows_of: dict[tuple[int, int, str], int] = {}

    def read(self) -> None:
        readers: Mapping[Form, Callable[[int, Entry, Mark], None]] = {
            ITEMS: self._item,
            FIGURES: self._figure,
            LOSSES: self._loss,
            MATERIALS: self._material,
            CONTRIBUTIONS: self._contribution,
        }
        if not self._has_columns():
            return
        for row in self.loud.rows():
            if (mark := self._mark(row)) is not None:
                readers[self.form](row, self._entry(row, mark), mark)

    def _has_columns(self) -> bool:
        """Whether every column is there that is read."""
        missing = [column for column in self.form.columns if column.name not in self.loud.where]
        missing = [column for column in missing if column.name in {MARK, "label", *_FILLED[self.form.name]}]
        for column in missing:
            heading = column.heading.replace("\n", "")
            message = _("The column “%(heading)s” is missing. Download the workbook again.")
            self.upload.notes.error(self.sheet.name, "", message % {"heading": heading})
        return not missing

    # Which answer a row is about

    def _mark(self, row: int) -> Mark | None:
        """What a row is about; ``None`` for one that says nothing, or with an error where that is unknown."""
        cell = self.loud.cell(row, MARK)
        if cell is None or not cell.text.strip():
            return self._unmarked(row)
        try:
            mark = read_mark(cell.text.strip())
        except UnknownMark:
            self.upload.unknown += 1
            message = _("The hidden first cell of this row was changed. Download the workbook again.")
            self._error(row, "label", message)
            return None
        except OutdatedMark:
            message = _("This workbook is of an older form. Download it again and copy your texts into it.")
            self._error(row, "label", message)
            return None
        if mark.assessment != self.mine.assessment.pk:
            raise _Foreign
        return mark

    def _unmarked(self, row: int) -> Mark | None:
        """A row that was put in: one of points by the number of its item."""
        if not any(self._is_filled(row, name) for name in _FILLED[self.form.name]):
            return None
        if self.form is not LOSSES:
            message = _("This row is no item of the workbook. Write into the rows that there are.")
            self._error(row, "label", message)
            return None
        label = self.loud.values.line(self.loud.cell(row, "label"))
        named = [response for response in self.mine.responses if response.item.label == label]
        if len(named) != 1:
            message = _("Which item is meant? Copy a whole row of that item, the hidden first cell included.")
            self._error(row, "label", message)
            return None
        return Mark(self.mine.assessment.pk, named[0].pk, named[0].item_id, 0, {LOSSES_PART: ""})

    def _is_filled(self, row: int, name: str) -> bool:
        cell = self.loud.cell(row, name)
        return cell is not None and bool(cell.formula or cell.text.strip())

    def _entry(self, row: int, mark: Mark) -> Entry:
        key = (mark.response, mark.department)
        self.table = self.loud if self._is_open(key, mark) else self.quiet
        if key not in self.upload.entries:
            named = (self.quiet.values.line(self.quiet.cell(row, name)) for name in ("label", "item"))
            self.upload.entries[key] = Entry(key, " ".join(filter(None, named))[:100])
        entry = self.upload.entries[key]
        entry.items.add(mark.item)
        return entry

    def _is_open(self, key: Key, mark: Mark) -> bool:
        return key in self.open and self.items[key[0]].pk == mark.item

    def _item_of(self, entry: Entry) -> Item | None:
        return self.items.get(entry.key[0])

    # One row of each sheet

    def _item(self, row: int, entry: Entry, mark: Mark) -> None:
        if self._is_again(row, entry):
            return
        with self._part(row, entry, mark, NARRATIVE, "narrative") as wanted:
            if wanted:
                entry.said[NARRATIVE] = clean_text(self._text(row, "narrative"))
        with self._part(row, entry, mark, APPLICABLE, "applicable") as wanted:
            if wanted:
                entry.said[APPLICABLE] = self._applicable(row)
            elif self._text(row, "applicable") not in ("", "是"):
                message = _("The framework does not allow “not applicable” for this item.")
                self._fail(row, "applicable", message)
        with self._part(row, entry, mark, SCORE, "score") as wanted:
            if wanted:
                score = self._number(row, "score", "分")
                entry.said[SCORE] = (score, clean_line(self._text(row, "reason")))
            elif self._text(row, "score") or self._text(row, "reason"):
                self._fail(row, "score", _("No points are filled in for this item."))
        entry.places |= {"reason": self._place(row, "reason"), "na_reason": self._place(row, "na_reason")}

    def _applicable(self, row: int) -> tuple[bool, str]:
        reason = clean_line(self._text(row, "na_reason"))
        applicable = self._choice(row, "applicable")
        if applicable is None and reason:
            self._fail(row, "applicable", _("Choose whether the item applies."))
        if applicable and reason:
            message = _("“Yes” and a reason why not do not go together: empty it, or choose no.")
            self._fail(row, "applicable", message)
        return applicable is not False, reason

    def _figure(self, row: int, entry: Entry, mark: Mark) -> None:
        part = next(iter(mark.seals), "")
        if not part.startswith(FIGURE) or self._is_again(row, entry, part):
            return
        with self._part(row, entry, mark, part, "this_year"):
            cell = self._cell(row, "this_year")
            figure = self._known_figure(entry, part.removeprefix(FIGURE))
            value = read_figure(figure, cell, self.table.values) if cell else None
            if value is None and cell and self.table.values.line(cell):
                raise _Unreadable
            entry.said[part] = value

    def _known_figure(self, entry: Entry, code: str) -> Figure:
        """As the item asks for it now; of an item that is not the person's any more a number."""
        item = self._item_of(entry)
        found = [figure for figure in figures_of(item) if figure.code == code] if item else []
        return found[0] if found else Figure(code, code, MeasureKind.NUMBER)

    def _loss(self, row: int, entry: Entry, mark: Mark) -> None:
        with self._part(row, entry, mark, LOSSES_PART, "points") as wanted:
            if not wanted:
                if any(self._is_filled(row, name) for name in _FILLED[self.form.name]):
                    self._fail(row, "points", _("No points are filled in for this item."))
                return
            given = entry.said.setdefault(LOSSES_PART, ())
            loss = self._read_loss(row)
            if loss is None:
                return
            if not given:
                entry.places[LOSSES_PART] = self._place(row, "points")
            if len(given) >= MOST_LOSSES:
                message = _("At most %(limit)s rows of an item.") % {"limit": MOST_LOSSES}
                self._fail(row, "points", message)
            entry.said[LOSSES_PART] = (*given, loss)

    def _read_loss(self, row: int) -> Reckoned | None:
        points = self._number(row, "points", "分")
        reason, unit = sentence(self._text(row, "why")), clean_line(self._text(row, "loss_unit"))
        figures = {name: self._number(row, name, unit) for name in ("measured", "standard")}
        if points is None:
            if reason or unit or any(figure is not None for figure in figures.values()):
                self._fail(row, "points", _("Write how many points, or empty the row."))
            return None
        if not is_points(points) or points == ZERO:
            self._fail(row, "points", _("Above 0, with at most two decimals."))
        if not reason:
            self._fail(row, "why", _("Say what the points are for."))
        for name, figure in figures.items():
            if figure is not None and not is_figure(figure):
                self._fail(row, name, _("At most 11 digits, and 4 after the point."))
        return Reckoned(points, reason, "", figures["measured"], figures["standard"], unit)

    def _material(self, row: int, entry: Entry, mark: Mark) -> None:
        part = next(iter(mark.seals), "")
        if not part.startswith(MATERIAL) or self._is_again(row, entry, part):
            return
        with self._part(row, entry, mark, part, "there"):
            there = self._choice(row, "there")
            reference = clean_line(self._text(row, "reference"))
            if there is False and reference:
                message = _("“No” and a document number do not go together: empty it, or choose yes.")
                self._fail(row, "there", message)
            entry.said[part] = reference if there or reference else None

    def _contribution(self, row: int, entry: Entry, mark: Mark) -> None:
        if self._is_again(row, entry):
            return
        for part, name in ((TEXT, "contribution"), (MATERIALS_PART, "enclosed")):
            with self._part(row, entry, mark, part, name) as wanted:
                if wanted:
                    entry.said[part] = clean_text(self._text(row, name))
        with self._part(row, entry, mark, DONE, "done"):
            entry.said[DONE] = bool(self._choice(row, "done"))

    def _is_again(self, row: int, entry: Entry, part: str = "") -> bool:
        """Whether an item, or a part of one, stands in the sheet a second time."""
        first = self.rows_of.setdefault((*entry.key, part), row)
        if first == row:
            return False
        self._error(row, "label", _("The item stands in row %(row)s already.") % {"row": first})
        return True

    # One cell

    @contextmanager
    def _part(self, row: int, entry: Entry, mark: Mark, part: str, name: str) -> Iterator[bool]:
        """Read a part in here: whether it has cells, by the mark. One that cannot be read is told apart."""
        entry.places.setdefault(part, self._place(row, name))
        if mark.seals.get(part):
            entry.base.setdefault(part, mark.seals[part])
        try:
            yield part in mark.seals
        except _Unreadable:
            entry.said.pop(part, None)
            entry.unreadable.add(part)

    def _cell(self, row: int, name: str) -> Cell | None:
        """The cell, sound: its value is there, and it is not covered by another one."""
        column = self.table.where[name]
        if (row, column) in self.sheet.covered:
            self._fail(row, name, _("This cell is merged with others. Take the merged cells apart."))
        cell = self.table.cell(row, name)
        if cell is not None and (cell.kind == "e" or (cell.formula and not cell.text)):
            self.table.values.text(cell)
            raise _Unreadable
        return cell

    def _text(self, row: int, name: str) -> str:
        cell = self._cell(row, name)
        text = self.table.values.text(cell)
        if cell is not None and cell.kind == "d" and text:
            self.table.values.remark(cell, _("Shown as a date; “%(text)s” was read.") % {"text": text})
        return text

    def _number(self, row: int, name: str, unit: str) -> Decimal | None:
        text = self.table.values.line(self._cell(row, name))
        if not text:
            return None
        number = as_number(text, unit)
        if not NUMBER.fullmatch(number):
            self._fail(row, name, _("“%(text)s” is not a number.") % {"text": text[:40]})
        return Decimal(number)

    def _choice(self, row: int, name: str) -> bool | None:
        cell = self._cell(row, name)
        word = self.table.values.line(cell)
        if not word:
            return None
        chosen = self.table.choice(cell, "yes", word)
        if chosen is None:
            raise _Unreadable
        return bool(chosen)

    def _place(self, row: int, name: str) -> Place:
        return self.table.place(row, name)

    def _error(self, row: int, name: str, message: str) -> None:
        self.table.notes.error(*self.table.place(row, name), message)

    def _fail(self, row: int, name: str, message: str) -> None:
        self._error(row, name, message)
        raise _Unreadable


_FILLED = {
    ITEMS.name: ("narrative", "applicable", "na_reason", "score", "reason"),
    FIGURES.name: ("this_year",),
    LOSSES.name: ("points", "why", "measured", "standard", "loss_unit"),
    MATERIALS.name: ("there", "reference"),
    CONTRIBUTIONS.name: ("contribution", "enclosed", "done"),
}
"""By sheet, the columns that people fill in."""
