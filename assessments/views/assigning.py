"""Assignments (分工): the page with a row an item, previews of what could be taken over, and the workbook."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Organisation
from accounts.requests import SignedInRequest
from assessments.access import assessments_visible_to, may_assign
from assessments.assigning import (
    Assigned,
    Board,
    Change,
    Duty,
    Line,
    StaleAssignment,
    Unassignable,
    board_of,
    store_assignments,
)
from assessments.assigning_proposals import Proposal, as_framework_says, as_last_year
from assessments.assigning_workbook import read_assignments, write_assignments
from assessments.forms.assigning import AssignmentRows, TableForm, read_changes
from indicators.models import Section
from spreadsheets.answers import workbook_answer

LAST = "last_assignments"
"""The key of a session's last changes, so that they can be undone."""


@require_http_methods(["GET", "HEAD", "POST"])
def assignments(request: SignedInRequest, pk: int) -> HttpResponse:
    """Items × departments: rows to edit one by one, or all that are ticked at once."""
    board = _board(request, pk)
    if request.method != "POST":
        return _show(request, board)
    rows = AssignmentRows(request.POST, board)
    if rows.faults or rows.problems:
        return _show(request, board, rows, status=422)
    try:
        stored = store_assignments(assessment=board.assessment, changes=rows.changes, by=request.user)
    except Unassignable as problem:
        rows.faults = {found: list(why) for found, why in problem.faults.items()}
        return _show(request, board, rows, status=422)
    except ValidationError as problem:
        rows.problems = problem.messages
        return _show(request, board, rows, status=422)
    except StaleAssignment as stale:
        return _show(request, board_of(board.assessment), rows, moved=stale.moved, status=409)
    _tell(request, board, stored)
    return redirect(request.get_full_path())


@require_http_methods(["GET", "HEAD", "POST"])
def store(request: SignedInRequest, pk: int) -> HttpResponse:
    """Store the changes of a preview that are ticked, or undo the last ones (POST)."""
    board = _board(request, pk)
    if request.method == "POST":
        try:
            changes = read_changes(request.POST.getlist("change"))
            _tell(
                request,
                board,
                store_assignments(assessment=board.assessment, changes=changes, by=request.user),
            )
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
        except StaleAssignment as stale:
            lines = board.by_response
            names = _(", ").join(lines[found].name for found in lines if found in stale.moved)
            message = _("Somebody else has assigned in between: %(items)s. Nothing was stored; look again.")
            messages.error(request, message % {"items": names})
    return redirect("assignments", board.assessment.pk)


SOURCES: dict[str, Callable[[Board, bool], Proposal]] = {
    "last-year": lambda board, again: as_last_year(board, again=again),
    "framework": lambda board, _again: as_framework_says(board),
}


@require_safe
def proposed(request: SignedInRequest, pk: int, source: str) -> HttpResponse:
    """What could be taken over from last year's assessment, or from the framework's prose."""
    if source not in SOURCES:
        raise Http404
    board = _board(request, pk)
    again = "again" in request.GET
    proposal = SOURCES[source](board, again)
    context = {"proposal": proposal, "source": source, "again": again, "without": proposal.without}
    return _preview(request, board, proposal.changes, context)


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: SignedInRequest, pk: int) -> HttpResponse:
    """The table as a workbook, edited: what it would change, or its faults by cell."""
    board = _board(request, pk)
    form = TableForm(request.POST, request.FILES) if request.method == "POST" else TableForm()
    context: dict[str, Any] = {"assessment": board.assessment, "form": form}
    if form.is_valid():
        file = form.cleaned_data["file"]
        read = read_assignments(board, file.read(), file.name)
        context["notes"] = read.notes
        if read.changes is not None:
            context |= {"source": "file", "file": file.name, "cells": read.cells}
            return _preview(request, board, read.changes, context)
    status = 422 if form.is_bound else 200
    return render(request, "assessments/assignments_upload.html", context, status=status)


@require_safe
def table(request: SignedInRequest, pk: int) -> HttpResponse:
    """The table as a workbook to edit."""
    board = _board(request, pk)
    return workbook_answer(write_assignments(board), f"{board.assessment}任务分工表")


def _board(request: SignedInRequest, pk: int) -> Board:
    standing = request.standing
    visible = assessments_visible_to(standing).select_related("cycle", "organisation")
    found = get_object_or_404(visible, pk=pk)
    if not may_assign(standing, found):
        raise PermissionDenied
    return board_of(found)


# What the pages show


@dataclass(frozen=True, slots=True)
class Words:
    """A duty in words."""

    lead: Organisation | None
    supporting: list[Organisation]
    due_on: date | None


def _words(board: Board, duty: Duty) -> Words:
    known = board.departments
    supporting = [found for pk, found in known.items() if pk in duty.supporting]
    return Words(known.get(duty.lead) if duty.lead else None, supporting, duty.due_on)


@dataclass(frozen=True, slots=True)
class Row:
    """An item: what its fields say, what is stored, what is wrong, and whether somebody else changed it."""

    line: Line
    duty: Duty
    words: Words
    stored: Words
    faults: Mapping[str, list[str]]
    moved: bool
    ticked: bool


def _row(board: Board, line: Line, rows: AssignmentRows | None, moved: Iterable[int]) -> Row:
    pk = line.response.pk
    duty = line.duty
    if rows and pk in rows.typed and rows.typed[pk] != rows.seen[pk]:
        duty = rows.typed[pk]
    faults: dict[str, list[str]] = {}
    for fault in rows.faults.get(pk, ()) if rows else ():
        faults.setdefault(fault.field, []).append(fault.message)
    words, stored = _words(board, duty), _words(board, line.duty)
    return Row(line, duty, words, stored, faults, pk in moved, bool(rows and pk in rows.ticked))


def _show(
    request: SignedInRequest,
    board: Board,
    rows: AssignmentRows | None = None,
    *,
    moved: Iterable[int] = (),
    status: int = 200,
) -> HttpResponse:
    shown = request.GET.get("show", "")
    parts = _parts(board, rows, moved, shown)
    duties = {row.line.response.pk: row.duty for _section, found in parts for row in found}
    loads = board.loads(duties)
    assignable = [line for line in board.lines if not line.response.item.committee_only]
    context = {
        "assessment": board.assessment,
        "board": board,
        "parts": parts,
        "shown": shown,
        "items": len(assignable),
        "unassigned": len(board.unassigned),
        "loads": loads,
        "widest": max((led + supported for _found, led, supported in loads), default=0) or 1,
        "rows": rows,
        "faults": [row for _section, found in parts for row in found if row.faults],
        "moved": [row for _section, found in parts for row in found if row.moved],
        "suggested": as_framework_says(board).changes,
        "last": _last(request, board),
    }
    return render(request, "assessments/assignments.html", context, status=status)


def _parts(
    board: Board, rows: AssignmentRows | None, moved: Iterable[int], shown: str
) -> list[tuple[Section, list[Row]]]:
    """The sections with the rows that ``shown`` leaves: ``unassigned``, or of one department."""
    parts = []
    for section, lines in board.sections():
        found = [_row(board, line, rows, moved) for line in lines if _is_shown(line, shown)]
        if found:
            parts.append((section, found))
    return parts


def _is_shown(line: Line, shown: str) -> bool:
    if shown == "unassigned":
        return line.duty.lead is None and not line.response.item.committee_only
    if shown.isascii() and shown.isdecimal():
        return str(line.duty.lead) == shown or shown in map(str, line.duty.supporting)
    return True


def _preview(
    request: SignedInRequest, board: Board, changes: Sequence[Change], context: dict[str, Any]
) -> HttpResponse:
    lines, cells = board.by_response, context.get("cells", {})
    shown = [
        (
            change,
            lines[change.response].response,
            _words(board, change.was),
            _words(board, change.becomes),
            cells.get(change.response, ""),
        )
        for change in changes
    ]
    context |= {"assessment": board.assessment, "shown": shown, "unassigned": len(board.unassigned)}
    return render(request, "assessments/assignments_preview.html", context)


# What was done, and undoing it


def _tell(request: SignedInRequest, board: Board, stored: Assigned) -> None:
    """Say what was stored, and keep how to undo it."""
    if not stored.changes:
        messages.info(request, _("Nothing has changed."))
        return
    words = summary(stored.changes)
    messages.success(request, words)
    for remark in stored.remarks:
        messages.warning(request, remark)
    request.session[LAST] = {
        "assessment": board.assessment.pk,
        "words": words,
        "at": timezone.localtime().strftime("%H:%M"),
        "changes": [str(change.undone) for change in stored.changes],
    }


def _last(request: SignedInRequest, board: Board) -> dict[str, Any] | None:
    """The last changes that this session made here, while they still stand."""
    last = request.session.get(LAST)
    if not last or last["assessment"] != board.assessment.pk:
        return None
    lines = board.by_response
    changes = read_changes(last["changes"])
    stand = all(found.response in lines and lines[found.response].duty == found.was for found in changes)
    return last if stand else None


def summary(changes: Sequence[Change]) -> str:
    """What changes do, counted: 12项分工已更新：牵头9项、配合3项。"""
    kinds = (
        (_("lead %(number)s"), [found for found in changes if found.was.lead != found.becomes.lead]),
        (
            _("support %(number)s"),
            [found for found in changes if found.was.supporting != found.becomes.supporting],
        ),
        (_("deadline %(number)s"), [found for found in changes if found.was.due_on != found.becomes.due_on]),
    )
    counts = _(", ").join(words % {"number": len(found)} for words, found in kinds if found)
    sentence = ngettext(
        "The assignment of %(number)s item was changed: %(counts)s.",
        "The assignments of %(number)s items were changed: %(counts)s.",
        len(changes),
    )
    return sentence % {"number": len(changes), "counts": counts}
