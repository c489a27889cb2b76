"""``manage read_report FILE…``: what a published report holds, and what was damaged in it."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from indicators.scoring.points import plain
from reports.document import CHAPTERS
from reports.read.as_json import reading_as_json
from reports.read.files import text_of_file
from reports.read.reading import Reading, Severity, UnreadableReport
from reports.read.text import read_text

FINDINGS, UNUSABLE = 1, 2
"""Exit codes: under ``--strict`` a remark of severity error was made; a file could not be used."""


class Command(BaseCommand):
    """Reads each file; exits 0, or with :data:`FINDINGS` or :data:`UNUSABLE`."""

    help = "Read published self-assessment reports (.txt) and print what was understood."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The files and the form of the answer."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="one line of JSON for each file, in order")
        parser.add_argument("--strict", action="store_true", help="exit 1 if a remark is an error")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the reading of every file; a file that cannot be used does not stop the others."""
        code = 0
        for path in options["files"]:
            try:
                reading = read_text(text_of_file(path))
            except UnreadableReport as problem:
                self._print_error(path, str(problem), as_json=options["json"])
                code = UNUSABLE
                continue
            self._print(path, reading, as_json=options["json"])
            doubtful = any(remark.severity is Severity.ERROR for remark in reading.remarks)
            if options["strict"] and doubtful:
                code = max(code, FINDINGS)
        if code:
            raise SystemExit(code)

    def _print_error(self, path: Path, message: str, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"error": message}, ensure_ascii=False))
        else:
            self.stderr.write(f"{path.name}：{message}")

    def _print(self, path: Path, reading: Reading, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(reading_as_json(reading), ensure_ascii=False))
        else:
            self.stdout.write("\n".join(summary_lines(path.name, reading)))


def summary_lines(name: str, reading: Reading) -> Iterator[str]:
    """A short account of a reading for people."""
    report = reading.report
    yield f"{name}：{report.title or '(没有标题)'}"
    yield f"主送 {report.addressee or '—'}，年度 {report.year or '—'}，等次 {report.grade or '—'}"
    yield f"{'分值':>6}{'自评':>6}{'条目':>6}  部分"
    for section in report.sections:
        title = f"({section.ordinal}){section.title}"
        yield _row(section.weight, section.self_score, len(section.items), title)
    yield _row(report.total_weight, report.total_self_score, len(list(report.items())), "合计")
    chapters = (report.experience, report.problems, report.improvements)
    yield "，".join(
        f"{title} {len(passages)}" for title, passages in zip(CHAPTERS[1:], chapters, strict=True)
    )
    for remark in reading.remarks:
        yield f"第{remark.line}行第{remark.column}字：{remark.message}"


def _row(weight: Decimal | None, self_score: Decimal | None, items: int, title: str) -> str:
    return f"{_points(weight):>8}{_points(self_score):>8}{items:>8}  {title}"


def _points(value: Decimal | None) -> str:
    return "—" if value is None else plain(value)
