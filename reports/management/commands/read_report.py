"""``manage read_report FILE…``: what a published report holds, and what was damaged in it."""

from argparse import ArgumentParser
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from django.utils.translation import gettext as _

from indicators.scoring.points import plain_or
from reports.read.as_json import reading_as_json
from reports.read.files import text_of_file
from reports.read.reading import Reading, Severity, UnreadableReport
from reports.read.text import read_text
from selfassess.commandline import FINDINGS, JsonCommand

COLUMN = 8
"""Half-width characters of a column of figures."""


class Command(JsonCommand):
    """One line of JSON for each file, in order; a file that cannot be used does not stop the others."""

    help = "Read published self-assessment reports (.txt) and print what was understood."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--strict", action="store_true", help="exit 1 if a remark is an error")

    def run(self, options: dict[str, Any]) -> int:
        return max(self._read(path, options) for path in options["files"])

    def _read(self, path: Path, options: dict[str, Any]) -> int:
        as_json = options["json"]
        try:
            reading = read_text(text_of_file(path))
        except UnreadableReport as problem:
            return self.refuse(str(problem) if as_json else _named(path, str(problem)), as_json=as_json)
        if as_json:
            self.print_json(reading_as_json(reading))
        else:
            self.stdout.write("\n".join(summary_lines(path, reading)))
        doubtful = any(remark.severity is Severity.ERROR for remark in reading.remarks)
        return FINDINGS if options["strict"] and doubtful else 0


def summary_lines(path: Path, reading: Reading) -> Iterator[str]:
    """A short account of a reading for people."""
    report = reading.report
    yield _named(path, report.title or _("(no title)"))
    yield _("To %(addressee)s, year %(year)s, grade %(grade)s") % {
        "addressee": report.addressee or "—",
        "year": report.year or "—",
        "grade": report.grade or "—",
    }
    yield _row(_("Weight"), _("Self"), _("Items"), _("Section"))
    for section in report.sections:
        title = f"({section.ordinal}){section.title}"
        yield _row(_points(section.weight), _points(section.self_score), str(len(section.items)), title)
    items = str(len(list(report.items())))
    yield _row(_points(report.total_weight), _points(report.total_self_score), items, _("Total"))
    yield _("Experience %(experience)s, problems %(problems)s, improvements %(improvements)s") % {
        "experience": len(report.experience),
        "problems": len(report.problems),
        "improvements": len(report.improvements),
    }
    for remark in reading.remarks:
        place = {"line": remark.line, "column": remark.column, "message": remark.message}
        yield _("Line %(line)s, character %(column)s: %(message)s") % place


def _named(path: Path, text: str) -> str:
    return f"{path.name}{_(': ')}{text}"


def _row(*cells: str) -> str:
    *figures, title = cells
    return "".join(" " * (COLUMN - _width(figure)) + figure for figure in figures) + f"  {title}"


def _width(text: str) -> int:
    """Columns on a terminal, where Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _points(value: Decimal | None) -> str:
    return plain_or(value, "—")
