"""What is said beside the lead's text: a supporting department's contribution, and comments."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Organisation
from accounts.requests import SignedInRequest
from accounts.standing import Standing
from assessments.access import may_contribute, responses_visible_to, works_on
from assessments.commenting import write_comment
from assessments.contributions import StaleContribution, save_contribution
from assessments.forms.contribution import ContributionForm
from assessments.forms.merging import differing, with_choices
from assessments.models import Contribution, Response
from assessments.views.autosave import read_operation, refuse, refuse_locked, time_in_words
from assessments.views.item_page import for_page, show_item


@require_http_methods(["GET", "HEAD", "POST"])
def contribution(request: SignedInRequest, pk: int) -> HttpResponse:
    """Save a supporting department's text (POST), mark it as done or not; a reader is led to the item."""
    standing, found = _found(request, pk)
    if request.method != "POST":
        return redirect(f"{reverse('response', args=[pk])}#contributions")
    department = _department(standing, found, request.POST.get("department", ""))
    if department is None:
        return show_item(request, standing, found, unsaved=request.POST.get("text", ""), status=403)
    stored = found.contributions.filter(department=department).first()
    as_stored = ContributionForm(department=department, contribution=stored)
    posted = with_choices(request.POST, as_stored)
    form = ContributionForm(posted, department=department, contribution=stored)
    if not form.is_valid():
        return show_item(request, standing, found, contribution_form=form, status=422)
    try:
        save_contribution(
            response=found,
            department=department,
            done=_done(request, stored),
            by=request.user,
            operation=read_operation(request),
            **_words(request, form, stored),
        )
    except ValidationError as problem:
        form.add_problem(problem)
        return show_item(request, standing, found, contribution_form=form, status=422)
    except StaleContribution as stale:
        return _show_stale(request, standing, found, department, stale.current)
    except PermissionDenied:
        found = for_page().get(pk=pk)
        return show_item(request, standing, found, unsaved=request.POST.get("text", ""), status=403)
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('response', args=[pk])}#by-{department.pk}")


@require_POST
def draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """Store a contribution while somebody types (JSON, as :func:`assessments.views.autosave.draft`)."""
    standing, found = _found(request, pk)
    department = _department(standing, found, request.POST.get("department", ""))
    if department is None:
        return refuse_locked()
    stored = found.contributions.filter(department=department).first()
    form = ContributionForm(request.POST, department=department, contribution=stored)
    if not form.is_valid():
        return refuse(_("The page is incomplete. Reload it."), 422)
    try:
        saved = save_contribution(
            response=found,
            department=department,
            done=bool(stored and stored.done),
            by=request.user,
            operation=read_operation(request),
            **form.words(),
        )
    except ValidationError as problem:
        if not hasattr(problem, "error_dict"):
            return refuse(" ".join(problem.messages), 422)
        version = form.cleaned_data["version"]
        return JsonResponse(
            {"version": version, "saved_at": time_in_words(), "problems": problem.message_dict}
        )
    except StaleContribution as stale:
        return _show_both(request, department, stale.current)
    except PermissionDenied:
        return refuse_locked()
    return JsonResponse({"version": saved.version, "saved_at": time_in_words(), "problems": {}})


@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write a comment (POST); a reader is led to the item."""
    standing, found = _found(request, pk)
    if request.method != "POST":
        return redirect(f"{reverse('response', args=[pk])}#comments")
    text = request.POST.get("text", "")
    try:
        write_comment(response=found, text=text, by=request.user)
    except ValidationError as problem:
        problems = problem.messages
        return show_item(request, standing, found, comment=text, comment_problems=problems, status=422)
    return redirect(f"{reverse('response', args=[pk])}#comments")


def _show_both(request: SignedInRequest, department: Organisation, current: Contribution) -> HttpResponse:
    """The stored and the typed text side by side, for the page to put above its form."""
    stored = ContributionForm(department=department, contribution=current)
    typed = ContributionForm(request.POST, department=department, contribution=current)
    context = {
        "response": current,
        "differing": differing(stored, typed),
        "form_id": f"contribution-{department.pk}",
    }
    return render(request, "assessments/_merge.html", context, status=409)


def _found(request: SignedInRequest, pk: int) -> tuple[Standing, Response]:
    """The item, for who works on it. Raises ``Http404`` and ``PermissionDenied``."""
    standing = request.standing
    found = get_object_or_404(for_page().filter(pk__in=responses_visible_to(standing)), pk=pk)
    if not works_on(standing, found):
        raise PermissionDenied
    return standing, found


def _department(standing: Standing, found: Response, number: str) -> Organisation | None:
    """The department for which the person may write: the one named, or where none is named any."""
    assignment = getattr(found, "assignment", None)
    for department in assignment.supporting.all() if assignment else ():
        if number in ("", str(department.pk)) and may_contribute(standing, found, department.pk):
            return department
    return None


def _done(request: SignedInRequest, stored: Contribution | None) -> bool:
    if "reopen" in request.POST:
        return False
    return "done" in request.POST or bool(stored and stored.done)


def _words(request: SignedInRequest, form: ContributionForm, stored: Contribution | None) -> dict[str, Any]:
    """To take the done mark back nothing else is sent: the text stays."""
    if "reopen" in request.POST and stored:
        version = form.cleaned_data["version"]
        return {"text": stored.text, "materials": stored.materials, "version": version}
    return form.words()


def _show_stale(
    request: SignedInRequest,
    standing: Standing,
    found: Response,
    department: Organisation,
    current: Contribution,
) -> HttpResponse:
    """Both texts: the stored one above the form, in which what was typed stands to be saved on top."""
    data = request.POST.copy()
    data["version"] = str(current.version)
    form = ContributionForm(data, department=department, contribution=current)
    form.is_valid()
    return show_item(request, standing, found, contribution_form=form, status=409)
