"""What comes back: returned sheets to a plan that a person looks at before anything is stored."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from assessments.checking import measure_field
from assessments.collecting.combining import Figure
from assessments.collecting.form import (
    TOTALS,
    UNIT,
    figures_of,
    is_mark,
    is_outdated_mark,
    mark_of,
    same_name,
    sheet_columns,
)
from assessments.figure_cells import read_figure
from assessments.models import Response
from assessments.models.collected import UNIT_LENGTH
from assessments.text import clean_line
from indicators.scoring.points import plain
from spreadsheets.grid import Cell, Sheet
from spreadsheets.notes import Note, Notes
from spreadsheets.opening import open_workbook
from spreadsheets.table import OwnTable

MOST_FILES = 100
"""Files that are taken in at once."""
MOST_UNITS = 500
"""Units of an item."""


@dataclass(frozen=True, slots=True)
class SheetFile:
    """A file as it was sent."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class UnitRow:
    """What a sheet says of one unit: its figures by code, and where it stands."""

    unit: str
    values: Mapping[str, Decimal]
    file: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class FileNote:
    """A sentence about a place of a file."""

    file: str
    note: Note


@dataclass
class Reading:
    """What was read of all files, whatever is stored: its rows, and what is to be said of the files."""

    rows: list[UnitRow] = field(default_factory=list)
    notes: list[FileNote] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @property
    def has_errors(self) -> bool:
        """Whether anything cannot be read: then nothing is stored."""
        return any(entry.note.is_error for entry in self.notes)

    def without_faulty_files(self) -> "Reading":
        """What is left where files that have errors are left out whole."""
        faulty = {entry.file for entry in self.notes if entry.note.is_error}
        return Reading(
            [row for row in self.rows if row.file not in faulty],
            [entry for entry in self.notes if entry.file not in faulty],
            [name for name in self.files if name not in faulty],
        )

    def as_json(self) -> str:
        """For keeping between preview and storing; :func:`reading_from` takes it back."""
        rows = [
            [row.unit, {code: plain(value) for code, value in row.values.items()}, row.file, row.place]
            for row in self.rows
        ]
        notes = [
            [entry.file, entry.note.sheet, entry.note.cell, entry.note.message, entry.note.is_error]
            for entry in self.notes
        ]
        return json.dumps({"rows": rows, "notes": notes, "files": self.files}, ensure_ascii=False)


def reading_from(text: str) -> Reading:
    """A reading as :meth:`Reading.as_json` wrote it."""
    data = json.loads(text)
    rows = [
        UnitRow(unit, {code: Decimal(value) for code, value in values.items()}, file, place)
        for unit, values, file, place in data["rows"]
    ]
    notes = [FileNote(file, Note(*note)) for file, *note in data["notes"]]
    return Reading(rows, notes, data["files"])


def read_sheets(response: Response, files: Sequence[SheetFile]) -> Reading:
    """Read returned sheets of an item; what cannot be read is noted with its file, sheet and cell.

    Stores nothing. Needs the response read :func:`assessments.responses.for_saving`.
    """
    reading = Reading(files=[file.name for file in files])
    if len(files) > MOST_FILES:
        message = _("More than %(limit)s files at once. Choose fewer.") % {"limit": MOST_FILES}
        reading.notes.append(FileNote("", Note("", "", message, is_error=True)))
        return reading
    figures = figures_of(response.item)
    for file in files:
        notes = Notes()
        reading.rows += _rows_of(file, response, figures, notes)
        reading.notes += [FileNote(file.name, note) for note in notes]
    reading.rows, repeated = _once(reading.rows)
    reading.notes += repeated
    if len(reading.rows) > MOST_UNITS:
        message = _("More than %(limit)s units.") % {"limit": MOST_UNITS}
        reading.notes.append(FileNote("", Note("", "", message, is_error=True)))
        reading.rows = reading.rows[:MOST_UNITS]
    return reading


def _rows_of(file: SheetFile, response: Response, figures: Sequence[Figure], notes: Notes) -> list[UnitRow]:
    try:
        sheets = open_workbook(file.content, file.name)
    except ValidationError as problem:
        for message in problem.messages:
            notes.error("", "", message)
        return []
    marks = {sheet.name: _mark(sheet) for sheet in sheets}
    mark = mark_of(response)
    ours = [sheet for sheet in sheets if marks[sheet.name] == mark]
    if not ours:
        if any(is_outdated_mark(found, response) for found in marks.values()):
            message = _("The figures have changed since this sheet was passed on. Pass on the new one.")
            notes.error("", "", message)
        elif any(marks.values()):
            notes.error("", "", _("This is the collection sheet of another item. Nothing of it was read."))
        else:
            message = _("This is no collection sheet of this item. Download the sheet and have it filled in.")
            notes.error("", "", message)
        return []
    rows = [row for sheet in ours for row in _SheetRows(file.name, sheet, figures, notes).read()]
    if not rows and not notes.has_errors:
        notes.remark("", "", _("No unit has filled in anything here."))
    return rows


def _mark(sheet: Sheet) -> str:
    """The mark of a sheet, "" where it has none."""
    above = (cell.text for (row, _column), cell in sheet.cells.items() if row == 1)
    return next((text for text in above if is_mark(text)), "")


class _SheetRows:
    """Reads the rows of one sheet."""

    def __init__(self, file: str, sheet: Sheet, figures: Sequence[Figure], notes: Notes) -> None:
        self.file, self.sheet, self.figures, self.notes = file, sheet, figures, notes
        self.table = OwnTable(sheet, sheet_columns(figures), notes)

    def read(self) -> Iterator[UnitRow]:
        if not self.table.where:
            return
        for column in sheet_columns(self.figures):
            if column.name not in self.table.where:
                heading = column.heading.replace("\n", "")
                message = _("The column “%(heading)s” is missing. Download the sheet again.")
                self.notes.error(self.sheet.name, "", message % {"heading": heading})
        for row in self.table.rows():
            if (found := self._row(row)) is not None:
                yield found

    def _row(self, row: int) -> UnitRow | None:
        given = {
            figure.code: cell
            for figure in self.figures
            if (cell := self.table.cell(row, measure_field(figure.code)))
            and (cell.formula or cell.text.strip())
        }
        unit = clean_line(self.table.values.line(self.table.cell(row, UNIT)))
        if not given or unit in TOTALS:
            return None
        place = self.table.place(row, UNIT)
        if not unit:
            self.notes.error(*place, _("Figures without the name of their unit."))
            return None
        if len(unit) > UNIT_LENGTH:
            message = _("The name of a unit has at most %(limit)s characters.") % {"limit": UNIT_LENGTH}
            self.notes.error(*place, message)
            return None
        values = {
            figure.code: value
            for figure in self.figures
            if (cell := given.get(figure.code))
            and (value := read_figure(figure, cell, self.table.values)) is not None
        }
        self._note_missing(unit, given, place)
        return UnitRow(unit, values, self.file, " ".join(place)) if values else None

    def _note_missing(self, unit: str, given: Mapping[str, Cell], place: tuple[str, str]) -> None:
        missing = [figure.name for figure in self.figures if figure.code not in given]
        if missing:
            message = _("%(unit)s has not given: %(names)s")
            self.notes.remark(*place, message % {"unit": unit, "names": _(", ").join(missing)})


def _once(rows: Iterable[UnitRow]) -> tuple[list[UnitRow], list[FileNote]]:
    """Each unit once; one that says different things in two places is an error in both files."""
    found: dict[str, UnitRow] = {}
    notes = []
    for row in rows:
        first = found.setdefault(same_name(row.unit), row)
        if first is row:
            continue
        notes.append(_repeated(row, first))
        if first.values != row.values:
            # Nobody knows which of the two is right.
            notes.append(_repeated(first, row))
    return list(found.values()), notes


def _repeated(row: UnitRow, other: UnitRow) -> FileNote:
    shown = {"unit": row.unit, "file": other.file, "place": other.place}
    if other.values == row.values:
        message = _("%(unit)s stands in %(file)s (%(place)s) too, with the same figures.") % shown
    else:
        message = _("%(unit)s stands in %(file)s (%(place)s) too, with other figures.") % shown
    sheet, _space, cell = row.place.rpartition(" ")
    return FileNote(row.file, Note(sheet, cell, message, is_error=other.values != row.values))


def fingerprint(*parts: Any) -> str:
    """A short name of a state, to see whether it is still the one that somebody looked at."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
