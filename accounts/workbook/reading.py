"""The rows of a workbook of people, cleaned as offices type them; what cannot be read is noted."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.steps import plain_line
from accounts.workbook.days import Lasting, read_day
from accounts.workbook.form import ORGANISATION_COLUMNS, ORGANISATIONS, PEOPLE, PERSON_COLUMNS, choices
from spreadsheets.grid import Sheet
from spreadsheets.notes import Notes, Place
from spreadsheets.opening import open_workbook
from spreadsheets.table import OwnTable

MOST_ROWS = 5_000
"""Of a sheet: people of a large city with their roles."""

Day = date | Lasting | None

_GAP = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_PHONE_GAPS = re.compile(r"[\s()（）—–-]+")
_COUNTRY = re.compile(r"^(?:\+|00)?86(?=1\d{10}$)")


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """A row of the sheet 单位; empty texts were left blank."""

    row: int
    code: str
    name: str
    above: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A row of the sheet 人员: a person, and a role where ``role`` says one."""

    row: int
    name: str
    username: str
    staff_number: str
    phone: str
    organisation_code: str
    organisation: str
    role: str | None
    """``None`` where what stands there is no role, which is noted."""
    starts_on: Day
    ends_on: Day

    @property
    def keys(self) -> tuple[str, ...]:
        """What the person signs in with."""
        return tuple(key for key in (self.username, self.staff_number, self.phone) if key)


@dataclass(slots=True)
class Rows:
    """What a file says; usable where ``notes`` has no errors."""

    notes: Notes
    organisations: list[OrganisationRow] = field(default_factory=list)
    people: list[PersonRow] = field(default_factory=list)
    places: dict[str, OwnTable] = field(default_factory=dict)

    def place(self, sheet: str, row: int, name: str) -> Place:
        """Where a message about a column of a row points to."""
        return self.places[sheet].place(row, name)


def read_people(content: bytes, filename: str) -> Rows:
    """The rows of a file. Never raises for what is in it."""
    rows = Rows(Notes())
    try:
        sheets = open_workbook(content, filename)
    except ValidationError as refused:
        rows.notes.error("", "", " ".join(refused.messages))
        return rows
    by_name = {sheet.name.strip(): sheet for sheet in sheets}
    if PEOPLE not in by_name and ORGANISATIONS not in by_name:
        message = _("There is neither a sheet “%(people)s” nor “%(organisations)s”. Start from the template.")
        names = {"people": PEOPLE, "organisations": ORGANISATIONS}
        rows.notes.error("", "", message % names)
    if ORGANISATIONS in by_name:
        rows.organisations = list(_read_organisations(by_name[ORGANISATIONS], rows))
    if PEOPLE in by_name:
        rows.people = list(_read_people(by_name[PEOPLE], rows))
    return rows


def _table(sheet: Sheet, name: str, columns: Sequence[Any], rows: Rows) -> tuple[OwnTable, list[int]]:
    table = OwnTable(sheet, columns, rows.notes, choices())
    rows.places[name] = table
    numbers = [row for row in table.rows() if any(table.cell(row, each) for each in table.where)]
    if len(numbers) > MOST_ROWS:
        rows.notes.error(
            sheet.name, "", _("More than %(limit)s rows. Import them in parts.") % {"limit": MOST_ROWS}
        )
        return table, []
    return table, numbers


def _read_organisations(sheet: Sheet, rows: Rows) -> Iterator[OrganisationRow]:
    table, numbers = _table(sheet, ORGANISATIONS, ORGANISATION_COLUMNS, rows)
    for row in numbers:
        code, name, above = (_line(table, row, each) for each in ("code", "name", "above"))
        if not code and not name and not above:
            continue
        for column, text in (("code", code), ("name", name)):
            if not text:
                rows.notes.error(*table.place(row, column), _("This must be filled in."))
        yield OrganisationRow(row, code, _GAP.sub("", name), above)


def _read_people(sheet: Sheet, rows: Rows) -> Iterator[PersonRow]:
    table, numbers = _table(sheet, PEOPLE, PERSON_COLUMNS, rows)
    for row in numbers:
        typed = {
            column.name: _line(table, row, column.name) for column in PERSON_COLUMNS if column.choices == ""
        }
        role = table.read(table.cell(row, "role"), "role")
        if not role and not any(text for name, text in typed.items() if name != "deputises"):
            continue
        if not typed["name"]:
            rows.notes.error(*table.place(row, "name"), _("This must be filled in."))
        yield PersonRow(
            row=row,
            name=_GAP.sub("", typed["name"]),
            username=_key(typed["username"]),
            staff_number=_key(typed["staff_number"]),
            phone=_phone(typed["phone"]),
            organisation_code=typed["organisation_code"],
            organisation=_GAP.sub("", typed["organisation"]),
            role=role if role or table.cell(row, "role") else "",
            starts_on=_read_day(table, row, "starts_on", rows.notes),
            ends_on=_read_day(table, row, "ends_on", rows.notes),
        )


def _line(table: OwnTable, row: int, name: str) -> str:
    return plain_line(table.values.line(table.cell(row, name)))


def _key(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace(" ", "")


def _phone(text: str) -> str:
    """Digits without gaps, and without the country of a mobile phone."""
    return _COUNTRY.sub("", _PHONE_GAPS.sub("", unicodedata.normalize("NFKC", text)))


def _read_day(table: OwnTable, row: int, name: str, notes: Notes) -> Day:
    text = _line(table, row, name)
    if not text:
        return None
    day = read_day(text)
    if day is None or (name == "starts_on" and isinstance(day, Lasting)):
        message = _("“%(text)s” is not a date; write it like 2026-9-1.") % {"text": text[:40]}
        notes.error(*table.place(row, name), message)
        return None
    return day
