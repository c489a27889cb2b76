"""What the page of assignments sends: a row an item, and one change for all that are ticked."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.assigning import Board, Bulk, Change, Duty, Fault, Line
from spreadsheets.limits import LARGEST
from spreadsheets.opening import refusal


class AssignmentRows:
    """Reads the rows that were shown, each with what its sender had seen.

    ``typed`` is what the rows say, ``seen`` what they said before; ``faults`` are by response. What is ticked
    (``tick``, or a whole ``section``) is changed on top of what was typed, whichever button was pressed.
    """

    def __init__(self, data: QueryDict, board: Board) -> None:
        self.data, self.board = data, board
        self.seen: dict[int, Duty] = {}
        self.typed: dict[int, Duty] = {}
        self.faults: dict[int, list[Fault]] = {}
        self.problems: list[str] = []
        self.ticked: set[int] = set()
        lines = board.by_response
        for text in data.getlist("was"):
            pk, _bar, was = text.partition("|")
            with suppress(ValueError):
                if line := lines.get(int(pk)):
                    self.seen[line.response.pk] = Duty.read(was)
                    self.typed[line.response.pk] = self._typed(line)
        self._apply_to_ticked(asked="bulk" in data)

    @property
    def changes(self) -> list[Change]:
        """What differs from what the sender had seen."""
        return [Change(pk, self.seen[pk], duty) for pk, duty in self.typed.items() if duty != self.seen[pk]]

    def _typed(self, line: Line) -> Duty:
        pk = line.response.pk
        if f"lead-{pk}" not in self.data:
            return self.seen[pk]
        due_on = self._day(f"due-{pk}", pk)
        return Duty(
            _number(self.data.get(f"lead-{pk}", "")),
            frozenset(_numbers(self.data.getlist(f"support-{pk}"))),
            due_on,
        )

    def _day(self, name: str, pk: int | None = None) -> date | None:
        text = self.data.get(name, "").strip()
        with suppress(ValueError):
            return date.fromisoformat(text) if text else None
        message = _("“%(text)s” is not a date; write it like 2026-01-09.") % {"text": text[:40]}
        if pk is None:
            self.problems.append(message)
        else:
            self.faults.setdefault(pk, []).append(Fault("due_on", message))
        return None

    def _apply_to_ticked(self, *, asked: bool) -> None:
        sections = set(_numbers(self.data.getlist("section")))
        self.ticked = {pk for pk in _numbers(self.data.getlist("tick")) if pk in self.typed}
        self.ticked |= {
            line.response.pk
            for line in self.board.lines
            if line.response.item.section_id in sections and line.response.pk in self.typed
        }
        bulk = self._bulk()
        if asked and not self.ticked:
            self.problems.append(_("Tick the items that are to change."))
        elif asked and not bulk and not self.problems:
            self.problems.append(_("Choose what is to change for the items that are ticked."))
        for line in self.board.lines:
            pk = line.response.pk
            if pk in self.ticked and not line.response.item.committee_only:
                self.typed[pk] = bulk.applied_to(self.typed[pk])

    def _bulk(self) -> Bulk:
        data = self.data
        return Bulk(
            lead=_number(data.get("bulk-lead", "")),
            nobody=data.get("bulk-lead") == "nobody",
            add=frozenset(_numbers(data.getlist("bulk-add"))),
            remove=frozenset(_numbers(data.getlist("bulk-remove"))),
            due_on=self._day("bulk-due"),
            by_cycle="bulk-by-cycle" in data,
        )


def read_changes(texts: Iterable[str]) -> list[Change]:
    """Changes as a preview carries them; what is not one is left out."""
    found = []
    for text in texts:
        with suppress(ValueError):
            found.append(Change.read(text))
    return found


def _numbers(texts: Iterable[str]) -> Iterator[int]:
    for text in texts:
        if (number := _number(text)) is not None:
            yield number


def _number(text: str) -> int | None:
    """The number of an organisation or item; ``None`` where there is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


class TableForm(forms.Form):
    """The assignment table as a workbook."""

    file = forms.FileField(
        label=gettext_lazy("file"),
        allow_empty_file=True,
        help_text=gettext_lazy(
            "The assignment table that was exported here and edited (.xlsx), up to 10 MB."
        ),
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".xlsx"}),
    )

    def clean_file(self) -> UploadedFile:
        """Refused by size before it is read."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise refusal("large", file.name or "?", {"limit": LARGEST // 1_000_000})
        return file
