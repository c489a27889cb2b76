"""What is to be said of places in a file: errors that keep it from being stored, and remarks."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from spreadsheets.grid import Cell

MOST = 100
"""Notes of a kind that a person can look at."""

Place = tuple[str, str]
"""A sheet's name and a cell's address; either may be empty."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence about a place of the file. An error keeps the file from being stored, a remark does not."""

    sheet: str
    cell: str
    message: str
    is_error: bool = False

    def __str__(self) -> str:
        if not self.place:
            return self.message
        return _("%(place)s: %(message)s") % {"place": self.place, "message": self.message}

    @property
    def place(self) -> str:
        """《指标体系》D12"""
        if not self.sheet:
            return self.cell
        return (_("sheet “%(sheet)s” %(cell)s") % {"sheet": self.sheet, "cell": self.cell}).strip()


class Notes:
    """Collects notes while a workbook is read."""

    def __init__(self) -> None:
        self._notes: dict[Note, None] = {}

    def error(self, sheet: str, cell: Cell | str, message: str) -> None:
        """Something that cannot be read."""
        self._add(Note(sheet, _address(cell), message, is_error=True))

    def remark(self, sheet: str, cell: Cell | str, message: str) -> None:
        """Something to look at."""
        self._add(Note(sheet, _address(cell), message))

    @property
    def has_errors(self) -> bool:
        """Whether anything cannot be read."""
        return any(note.is_error for note in self._notes)

    def _add(self, note: Note) -> None:
        self._notes.setdefault(note)

    def __iter__(self) -> Iterator[Note]:
        """Errors and remarks, of each so many as a person can look at, and how many more there are."""
        for is_error in (True, False):
            notes = [note for note in self._notes if note.is_error == is_error]
            yield from notes[:MOST]
            if len(notes) > MOST:
                yield Note("", "", _("And %(number)s more.") % {"number": len(notes) - MOST}, is_error)


def _address(cell: Cell | str) -> str:
    return cell if isinstance(cell, str) else cell.address
