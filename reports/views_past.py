"""Last year's report as text: read, looked at, stored beside this year's items, taken away."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.held import Held, held_file, hold_file, release_file
from accounts.requests import SignedInRequest
from assessments.access import assessments_visible_to, may_write_report
from assessments.models import Assessment, PastAnswer
from reports.forms import PastReportForm
from reports.past import plan_past, remove_past, store_past
from reports.read.text import read_text

LISTED = 100
"""Remarks, and items not recognised, that the preview lists; a report worth using has fewer."""


@require_http_methods(["GET", "HEAD", "POST"])
def last_year(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is stored, and a report to be read (``do=read``) or what is stored to be removed (``remove``)."""
    found = _own_assessment(request, pk)
    if request.POST.get("do") == "remove":
        removed = remove_past(assessment=found, by=request.user)
        messages.success(request, _removed(removed))
        return redirect("past-report", pk)
    form = PastReportForm(request.POST, request.FILES) if request.method == "POST" else PastReportForm()
    if form.is_valid():
        hold_file(
            session=request.session,
            by=request.user,
            purpose=_purpose(found),
            name=form.cleaned_data["name"],
            content=form.cleaned_data["report"].encode(),
        )
        return redirect("past-report-preview", pk)
    stored = PastAnswer.objects.filter(assessment=found).select_related("item__section", "read_by")
    context = {
        "assessment": found,
        "form": form,
        "stored": stored.order_by("item__section__order", "item__order"),
    }
    return render(request, "reports/last_year.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """The report as it was understood; storing it (POST) takes the place of what was stored before."""
    found = _own_assessment(request, pk)
    held = held_file(session=request.session, by=request.user, purpose=_purpose(found))
    if held is None:
        messages.warning(request, _("The report is not held any more. Choose it again."))
        return redirect("past-report", pk)
    return _preview(request, found, held)


def _preview(request: SignedInRequest, found: Assessment, held: Held) -> HttpResponse:
    reading = read_text(held.content.decode())
    plan = plan_past(report=reading.report, assessment=found, name=held.name)
    chosen = {match.item.pk for match in plan.matches}
    problems: list[str] = []
    if request.method == "POST":
        chosen &= {int(number) for number in request.POST.getlist("item") if _is_number(number)}
        try:
            stored = store_past(plan=plan, items=chosen, by=request.user)
        except ValidationError as problem:
            problems = problem.messages
        else:
            release_file(session=request.session, purpose=_purpose(found))
            messages.success(request, _stored(stored))
            return redirect("past-report", found.pk)
    context = {
        "assessment": found,
        "plan": plan,
        "chosen": chosen,
        "unmatched": plan.unmatched[:LISTED],
        "more_unmatched": len(plan.unmatched[LISTED:]),
        "remarks": reading.remarks[:LISTED],
        "more_remarks": len(reading.remarks[LISTED:]),
        "replaces": PastAnswer.objects.filter(assessment=found).count(),
        "problems": problems,
    }
    return render(request, "reports/last_year_preview.html", context, status=422 if problems else 200)


def _own_assessment(request: SignedInRequest, pk: int) -> Assessment:
    """404 when it is invisible, 403 for all but its coordinator."""
    standing = request.standing
    visible = assessments_visible_to(standing).select_related("cycle", "organisation")
    found = get_object_or_404(visible, pk=pk)
    if not may_write_report(standing, found):
        raise PermissionDenied
    return found


def _purpose(assessment: Assessment) -> str:
    return f"past-report-{assessment.pk}"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


def _stored(number: int) -> str:
    words = ngettext(
        "Last year's text stands beside one item now.",
        "Last year's text stands beside %(number)s items now.",
        number,
    )
    return words % {"number": number}


def _removed(number: int) -> str:
    words = ngettext(
        "Last year's text was taken away from one item.",
        "Last year's text was taken away from %(number)s items.",
        number,
    )
    return words % {"number": number}
