"""Filling in offline: the workbook out, what it would change once it comes back, and storing that."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.held import Held, held_file, hold_file, release_file
from accounts.requests import SignedInRequest
from assessments.access import assessments_visible_to
from assessments.forms.offline import read_choices
from assessments.offline.listing import Mine, list_mine
from assessments.offline.planning import UploadPlan, plan_upload
from assessments.offline.reading import read_upload
from assessments.offline.storing import StaleUpload, store_upload
from assessments.offline.writing import write_offline
from spreadsheets.answers import workbook_answer
from spreadsheets.forms import WorkbookForm


@require_http_methods(["GET", "HEAD", "POST"])
def offline(request: SignedInRequest, pk: int) -> HttpResponse:
    """How it works, and the workbook that comes back: one of this assessment is held and shown."""
    mine = _mine(request, pk)
    form = WorkbookForm(request.POST, request.FILES) if request.method == "POST" else WorkbookForm()
    context = {"mine": mine, "assessment": mine.assessment, "form": form}
    if form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        upload = read_upload(mine, content, file.name)
        if upload.is_ours:
            hold_file(
                session=request.session,
                by=request.user,
                purpose=_purpose(mine),
                name=file.name,
                content=content,
            )
            return redirect("offline-preview", pk)
        context["notes"] = list(upload.notes)
    status = 422 if form.is_bound else 200
    return render(request, "assessments/offline.html", context, status=status)


@require_safe
def file(request: SignedInRequest, pk: int) -> HttpResponse:
    """The workbook, as everything stands."""
    mine, now = _mine(request, pk), timezone.localtime()
    if not mine.responses and not mine.supported:
        messages.info(request, _("Nothing of this assessment is assigned to your department."))
        return redirect("offline", pk)
    try:
        content = write_offline(mine, by=request.user, now=now)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("offline", pk)
    offices = "、".join(map(str, mine.departments[:2])) or str(mine.assessment.organisation)
    return workbook_answer(content, f"{mine.assessment.cycle}离线填报表-{offices}-{now:%m%d%H%M}")


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the held workbook would change; storing it (POST) does that, or nothing."""
    mine = _mine(request, pk)
    held = held_file(session=request.session, by=request.user, purpose=_purpose(mine))
    if held is None:
        messages.warning(request, _("The file is not held any more. Choose it again."))
        return redirect("offline", pk)
    plan = plan_upload(mine, read_upload(mine, held.content, held.name), read_choices(request.POST))
    if request.method != "POST":
        return _show(request, plan, held)
    if request.POST.get("plan") != plan.fingerprint:
        return _show(request, plan, held, problem=_moved(), status=409)
    if plan.errors:
        return _show(request, plan, held, status=422)
    try:
        stored = store_upload(plan=plan, by=request.user, filename=held.name)
    except StaleUpload:
        mine = _mine(request, pk)
        plan = plan_upload(mine, read_upload(mine, held.content, held.name), read_choices(request.POST))
        return _show(request, plan, held, problem=_moved(), status=409)
    except ValidationError as problem:
        return _show(request, plan, held, problem=" ".join(problem.messages), status=422)
    release_file(session=request.session, purpose=_purpose(mine))
    messages.success(request, _stored_in_words(stored))
    return redirect("assessment" if mine.coordinates else "tasks", *([pk] if mine.coordinates else []))


def _mine(request: SignedInRequest, pk: int) -> Mine:
    visible = assessments_visible_to(request.standing).select_related("cycle", "organisation")
    return list_mine(request.standing, get_object_or_404(visible, pk=pk))


def _purpose(mine: Mine) -> str:
    return f"offline-{mine.assessment.pk}"


def _moved() -> str:
    return _("Something was saved since you looked. This is how it stands now; please check and try again.")


def _stored_in_words(stored: int) -> str:
    if not stored:
        return _("Everything is saved.")
    words = ngettext("Saved %(number)s item.", "Saved %(number)s items.", stored)
    return words % {"number": stored}


def _show(
    request: SignedInRequest, plan: UploadPlan, held: Held, *, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "plan": plan,
        "assessment": plan.mine.assessment,
        "file": held.name,
        "counts": _counts(plan),
        "problem": problem,
    }
    return render(request, "assessments/offline_preview.html", context, status=status)


def _counts(plan: UploadPlan) -> list[str]:
    """12 items changed, 2 conflicts, 3 errors: what there is of each."""
    changed, conflicts, errors = plan.changed, plan.conflicts, len(plan.errors)
    left = len(plan.left_out)
    found = [
        (changed, ngettext("%(number)s item changed", "%(number)s items changed", changed)),
        (conflicts, ngettext("%(number)s conflict", "%(number)s conflicts", conflicts)),
        (errors, ngettext("%(number)s error", "%(number)s errors", errors)),
        (left, ngettext("%(number)s item not stored", "%(number)s items not stored", left)),
    ]
    return [words % {"number": number} for number, words in found if number]
