"""People in from a workbook, with a preview, and out as one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.held import held_file, hold_file, release_file
from accounts.requests import SignedInRequest
from accounts.standing import Standing
from accounts.workbook.exporting import export_people
from accounts.workbook.planning import plan_import
from accounts.workbook.reading import read_people
from accounts.workbook.steps import Plan
from accounts.workbook.storing import store_plan
from accounts.workbook.writing import write_template
from spreadsheets.answers import workbook_answer
from spreadsheets.forms import WorkbookForm

PURPOSE = "people"
"""Of the held file."""


def _manager(request: SignedInRequest) -> Standing:
    standing = request.standing
    if not standing.manages_people:
        raise PermissionDenied
    return standing


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: SignedInRequest) -> HttpResponse:
    """Choose a file; one that can be stored is held and shown, of another what is wrong is told."""
    standing = _manager(request)
    form = WorkbookForm(request.POST, request.FILES) if request.method == "POST" else WorkbookForm()
    plan = Plan(())
    if form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        plan = plan_import(read_people(content, file.name), standing)
        if not plan.errors:
            hold_file(
                session=request.session, by=request.user, purpose=PURPOSE, name=file.name, content=content
            )
            return redirect("people-import-preview")
    context = {"form": form, "notes": plan.notes}
    return render(request, "accounts/people_import.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: SignedInRequest) -> HttpResponse:
    """What the held file would do; storing it (POST) does that and no more, and leads to first passwords."""
    standing = _manager(request)
    held = held_file(session=request.session, by=request.user, purpose=PURPOSE)
    if held is None:
        messages.warning(request, _("The file is not held any more. Choose it again."))
        return redirect("people-import")
    plan = plan_import(read_people(held.content, held.name), standing)
    problems: list[str] = []
    if request.method == "POST" and not plan.errors:
        if request.POST.get("plan") != plan.fingerprint:
            problems = [_("Something has changed since you looked at this. Look again, then store it.")]
        else:
            try:
                return _stored(request, plan)
            except ValidationError as refused:
                problems = refused.messages
    context = {"plan": plan, "file": held.name, "problems": problems, "counts": _counts(plan)}
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/people_import_preview.html", context, status=status)


def _stored(request: SignedInRequest, plan: Plan) -> HttpResponse:
    created = store_plan(plan=plan, by=request.user)
    release_file(session=request.session, purpose=PURPOSE)
    messages.success(request, _("Stored."))
    return redirect("people-passwords" if created else "people")


def _counts(plan: Plan) -> list[str]:
    """How much of each there is."""
    new = sum(step.is_new for step in plan.organisations)
    renamed = len(plan.organisations) - new
    created, changed = len(plan.created), len(plan.changed)
    found = [
        (new, ngettext("%(number)s new organisation", "%(number)s new organisations", new)),
        (renamed, ngettext("%(number)s organisation renamed", "%(number)s organisations renamed", renamed)),
        (created, ngettext("%(number)s new person", "%(number)s new people", created)),
        (changed, ngettext("%(number)s person changed", "%(number)s people changed", changed)),
        (plan.left, ngettext("%(number)s person unchanged", "%(number)s people unchanged", plan.left)),
    ]
    return [words % {"number": number} for number, words in found if number]


@require_safe
def template(request: SignedInRequest) -> HttpResponse:
    """A workbook to start from, with the organisations that may be named in it."""
    return workbook_answer(write_template(_manager(request)), _("Template for people"))


@require_safe
def file(request: SignedInRequest) -> HttpResponse:
    """Everybody whom a person manages, with their roles, as a workbook to keep or to edit."""
    day = timezone.localdate().isoformat()
    content = export_people(by=request.user, standing=_manager(request))
    return workbook_answer(content, f"{_('Organisations and people')}_{day}")
