"""The page of a section: many small scores in one go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from assessments.filling_sections import Fate, RowResult, RowToSave, save_rows
from assessments.forms.rows import RowForm, Seen, read_seen, sent_of, written_seen
from assessments.models import Response
from assessments.views.autosave import read_operation, refuse, time_in_words
from assessments.views.section_page import Counts, SectionPage, fetch_section, show_section
from indicators.scoring.points import plain_or


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: SignedInRequest, pk: int, key: UUID) -> HttpResponse:
    """The items of a section that a person answers for; one save for all rows, each on its own version."""
    page = fetch_section(request, pk, key)
    if request.method != "POST":
        return show_section(request, page)
    rows = _sent(request, page)
    if rows is None:
        messages.error(request, _("The page is incomplete. Reload it."))
        return redirect("section", pk, key)
    touched = [row for row in rows if row.is_touched]
    fine = [_to_save(row) for row in touched if not row.form.errors]
    results = save_rows(rows=fine, by=request.user, operation=read_operation(request))
    results += [_refused(row) for row in touched if row.form.errors]
    counts = Counts(results)
    if not counts.failed:
        messages.success(request, _done(counts))
        return redirect("section", pk, key)
    by_pk = {result.response.pk: result for result in results}
    return show_section(request, fetch_section(request, pk, key), by_pk, counts)


@require_POST
def draft(request: SignedInRequest, pk: int, key: UUID) -> HttpResponse:
    """Store what can be stored of the rows that were touched, and name the rest (JSON)."""
    page = fetch_section(request, pk, key)
    rows = _sent(request, page)
    if rows is None:
        return refuse(_("The page is incomplete. Reload it."), 422)
    touched = [_to_save(row) for row in rows if row.is_touched]
    results = save_rows(rows=touched, by=request.user, partly=True, operation=read_operation(request))
    by_pk = {result.response.pk: result for result in results}
    seen = {row.response.pk: _seen_now(row, by_pk.get(row.response.pk)) for row in rows}
    version = written_seen(seen)
    answer = {"version": version, "saved_at": time_in_words(), "problems": _problems(rows, by_pk)}
    # Where anything was stored, the page reads again what follows from it.
    is_new = any(result.fate in (Fate.SAVED, Fate.REFUSED) for result in results)
    return JsonResponse(answer | {"missing": [version]} if is_new else answer)


@dataclass(frozen=True, slots=True)
class Sent:
    """A row as it came: its form, and what the sender had seen of it."""

    response: Response
    form: RowForm
    seen: Seen

    @property
    def is_touched(self) -> bool:
        """Whether anything in it is not as it was shown."""
        return self.form.is_bound and sent_of(self.form, 0).shown != self.seen.shown


def _sent(request: SignedInRequest, page: SectionPage) -> list[Sent] | None:
    """The rows of the page that were sent, ``None`` where it is not said what was seen of them.

    What was sent beside them, such as another's items, is nothing to this page.
    """
    seen = read_seen(request.POST.get("version", ""))
    if seen is None:
        return None
    return [
        Sent(response, RowForm(request.POST, response=response), seen[response.pk])
        for response in page.responses
        if response.pk in seen and not response.item.committee_only
    ]


def _to_save(row: Sent) -> RowToSave:
    return RowToSave(row.response, row.form.content(), row.seen.version)


def _refused(row: Sent) -> RowResult:
    """A row with something in it that cannot be read."""
    return RowResult(row.response, Fate.REFUSED, row.seen.version)


def _faults(row: Sent, result: RowResult | None) -> dict[str, list[str]]:
    """What could not be stored of a row, by the names of the fields as they were sent."""
    if result is None:
        return {}
    found = {name: [str(each) for each in errors] for name, errors in row.form.errors.items()}
    found |= result.problems
    if result.fate is Fate.STALE and result.current is not None:
        found["score"] = [_stale_in_words(result.current)]
    if result.fate is Fate.LOCKED:
        found["score"] = [_("The item is no longer open to you; this was not stored.")]
    return found


def _problems(rows: Sequence[Sent], results: Mapping[int, RowResult]) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    for row in rows:
        for name, sentences in _faults(row, results.get(row.response.pk)).items():
            place = name if name in row.form.fields else next(iter(row.form.fields), name)
            problems.setdefault(row.form.add_prefix(place), []).extend(sentences)
    return problems


def _seen_now(row: Sent, result: RowResult | None) -> Seen:
    """What the page shows of a row after its draft was sent; a row that was not stored stays touched."""
    if result is None:
        return row.seen
    if result.fate in (Fate.SAVED, Fate.UNCHANGED) and not row.form.errors:
        return sent_of(row.form, result.version)
    if result.fate in (Fate.STALE, Fate.LOCKED):
        return row.seen
    return Seen(result.version, row.seen.shown)


def _stale_in_words(current: Response) -> str:
    at = timezone.localtime(current.saved_at).strftime("%H:%M") if current.saved_at else ""
    name = current.saved_by.name if current.saved_by else _("A command")
    return _("%(name)s saved this item at %(at)s: %(points)s points. Press “Save all” to compare.") % {
        "name": name,
        "at": at,
        "points": plain_or(current.score, "—"),
    }


def _done(counts: Counts) -> str:
    if not counts.saved:
        return _("Everything is saved.")
    return ngettext("Saved %(number)s item.", "Saved %(number)s items.", counts.saved) % {
        "number": counts.saved
    }
