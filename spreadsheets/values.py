"""What a cell says: its text or its number as stored, with a remark or an error where it is not plain."""

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from spreadsheets.grid import Cell
from spreadsheets.notes import Notes

_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,10})?")
_FIRST_DAY = date(1899, 12, 30)


class Values:
    """Reads the cells of one sheet; what is to be said of a cell is noted once."""

    def __init__(self, sheet: str, notes: Notes) -> None:
        self.sheet, self.notes = sheet, notes

    def text(self, cell: Cell | None) -> str:
        """The text of a cell, "" where there is none; numbers as a person reads them."""
        if cell is None or not self._is_usable(cell):
            return ""
        if cell.kind == "s":
            return clean(cell.text)
        if cell.kind == "b":
            return "是" if cell.text == "1" else "否"
        if cell.kind == "d" and (day := _day(cell)):
            return day.isoformat()
        number = cell.number
        if number is None:
            return clean(cell.text)
        return f"{_digits(number * 100)}%" if cell.kind == "p" else _digits(number)

    def line(self, cell: Cell | None) -> str:
        """The text in one line."""
        return in_one_line(self.text(cell))

    def plain_number(self, cell: Cell | None) -> str | None:
        """A number as text of a plain decimal, ``None`` for an empty cell, the text where it is no number."""
        text = self.text(cell).strip()
        if not text:
            return None
        number = unicodedata.normalize("NFKC", text).replace(",", "")
        return number if _NUMBER.fullmatch(number) else text

    def error(self, cell: Cell, message: str) -> None:
        """Note something that cannot be read."""
        self.notes.error(self.sheet, cell, message)

    def remark(self, cell: Cell, message: str) -> None:
        """Note something to look at."""
        self.notes.remark(self.sheet, cell, message)

    def _is_usable(self, cell: Cell) -> bool:
        if cell.formula and not cell.text:
            self.error(
                cell,
                _("This is a formula without a stored value. Replace it by its value."),
            )
            return False
        if cell.kind == "e":
            self.error(cell, _("This cell shows the error %(error)s.") % {"error": cell.text[:20]})
            return False
        if cell.formula:
            shown = {"value": cell.text[:40]}
            self.remark(cell, _("A formula; its stored value %(value)s was read.") % shown)
        return True

    def label(self, cell: Cell | None) -> str:
        """A number of an item: 1-1 that was turned into a date, as it was typed."""
        if cell is None or cell.kind != "d" or (day := _day(cell)) is None:
            return self.line(cell).strip(" 、.．")
        text = f"{day.month}-{day.day}"
        self.remark(cell, _("Shown as a date; “%(text)s” was read.") % {"text": text})
        return text


def _day(cell: Cell) -> date | None:
    """The day that a number shown as a date stands for."""
    number = cell.number
    return _FIRST_DAY + timedelta(days=int(number)) if number is not None and 1 <= number < 200_000 else None


def _digits(number: Decimal) -> str:
    return format(number.normalize() + 0, "f")


def clean(text: str) -> str:
    """Text without what cannot be stored: line ends unified, other control characters as spaces."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable():
        text = "".join(
            " " if mark != "\n" and unicodedata.category(mark) in ("Cc", "Cs") else mark for mark in text
        )
    return text.strip()


def in_one_line(text: str) -> str:
    """Lines joined: without a gap between Chinese characters, else with a space."""
    if "\n" not in text:
        return text
    joined = ""
    for line in filter(None, (line.strip() for line in text.split("\n"))):
        gap = " " if joined and joined[-1].isascii() and line[0].isascii() else ""
        joined += gap + line
    return joined


def lines(text: str) -> list[str]:
    """The lines of a cell that have something in them."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def as_decimal(text: str | None) -> Decimal | None:
    """A plain decimal as a number; ``None`` where it is none."""
    return Decimal(text) if text is not None and _NUMBER.fullmatch(text) else None
