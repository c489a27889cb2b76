"""The page of an item: read, fill in, take a step."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from accounts.standing import Standing
from assessments.access import (
    capacity_to_edit,
    is_visible_to,
    responses_visible_to,
    withdrawn_once_visible_to,
)
from assessments.contributions import merged
from assessments.draft_reading import read_for_page
from assessments.drafts import is_stored
from assessments.forms.action import ActionForm
from assessments.forms.merging import differing, with_choices
from assessments.forms.response import ResponseForm, with_rows
from assessments.models import Contribution, Response
from assessments.responses import StaleSave, save_response
from assessments.states import Action
from assessments.views.autosave import read_operation
from assessments.views.item_page import for_page, neighbours, proposal_for, show_item
from assessments.workflow import perform
from indicators.scoring.points import plain


@require_http_methods(["GET", "HEAD", "POST"])
def response(request: SignedInRequest, pk: int) -> HttpResponse:
    """One item: read, try figures out (``preview``), save."""
    standing = request.standing
    if request.method == "POST" and withdrawn_once_visible_to(standing).filter(pk=pk).exists():
        return _show_gone(request)
    found = read_for_page(pk)
    if found is None or not is_visible_to(standing, found):
        raise Http404
    capacity = capacity_to_edit(standing, found)
    if request.method != "POST":
        return show_item(request, standing, found)
    if capacity is None:
        return _show_locked(request, standing, found)
    form = ResponseForm(_posted(request, found), response=found)
    if _TRIES & request.POST.keys():
        return _try_out(request, standing, found, form)
    if not form.is_valid():
        return show_item(request, standing, found, form, status=422)
    content, version = form.content(), form.cleaned_data["version"]
    try:
        if version == found.version and is_stored(found, content):
            saved = found
        else:
            saved = save_response(
                response=found,
                content=content,
                version=version,
                by=request.user,
                operation=read_operation(request),
            )
    except ValidationError as problem:
        form.add_problem(problem)
        return show_item(request, standing, found, form, status=422)
    except StaleSave as stale:
        return _show_stale(request, standing, stale.current)
    except PermissionDenied:
        return _show_locked(request, standing, for_page().get(pk=found.pk))
    messages.success(request, _("Saved."))
    if "save_and_next" in request.POST and (to_fill := neighbours(standing, saved).to_fill):
        return redirect("response", to_fill)
    return redirect("response", saved.pk)


_TRIES = {"preview", "add_row", "drop_row", "merge"}
"""Buttons of the form that store nothing: reckon, rows of points, a contribution into the text."""


def _posted(request: SignedInRequest, found: Response) -> QueryDict:
    data = with_rows(with_choices(request.POST, ResponseForm(response=found)))
    if contribution := _to_merge(request, found):
        data = data.copy()
        data["narrative"] = merged(data.get("narrative", ""), contribution)
    return data


def _to_merge(request: SignedInRequest, found: Response) -> Contribution | None:
    department = request.POST.get("merge", "")
    if not (department.isascii() and department.isdigit() and len(department) < 10):
        return None
    return found.contributions.filter(department=int(department)).first()


def _try_out(
    request: SignedInRequest, standing: Standing, found: Response, form: ResponseForm
) -> HttpResponse:
    """What would follow from what is typed; nothing is stored."""
    form.is_valid()
    if not request.htmx:
        return show_item(request, standing, found, form)
    context = {"form": form, "item": found.item, "response": found}
    if {"add_row", "drop_row"} & request.POST.keys():
        return render(request, "assessments/_rows.html", context)
    context["proposal"] = proposal_for(found, form.plausible_figures(), form.losses())
    return render(request, "assessments/_proposal.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: SignedInRequest, pk: int, action: str) -> HttpResponse:
    """One step of the workflow on an item (POST); whoever comes by its address is led to the item."""
    if action not in list(Action):
        raise Http404
    standing = request.standing
    found = get_object_or_404(for_page().filter(pk__in=responses_visible_to(standing)), pk=pk)
    if request.method != "POST":
        return redirect("response", found.pk)
    form = ActionForm(request.POST, response=found)
    if form.is_valid():
        try:
            perform(found, Action(action), by=request.user, **form.cleaned_data)
        except ValidationError as problem:
            form.add_problem(problem)
        except StaleSave as stale:
            return _show_stale_step(request, standing, stale.current, action)
        except PermissionDenied:
            if form.cleaned_data["version"] == found.version:
                raise
            # The step was open when the page was read; what was saved since has closed it.
            return _show_stale_step(request, standing, found, action)
        else:
            messages.success(request, _DONE[Action(action)])
            return redirect("response", found.pk)
    return show_item(request, standing, found, action_form=form, tried=action, status=422)


_DONE = {
    Action.SUBMIT: gettext_lazy("Submitted to the coordinator."),
    Action.TAKE_BACK: gettext_lazy("Taken back; you can edit again."),
    Action.ACCEPT: gettext_lazy("Accepted."),
    Action.RETURN: gettext_lazy("Returned to the department."),
}


def _show_stale(request: SignedInRequest, standing: Standing, current: Response) -> HttpResponse:
    """Both texts: what somebody else stored, and what was typed here, to be saved on top once merged."""
    data = request.POST.copy()
    data["version"] = str(current.version)
    form = ResponseForm(data, response=current)
    form.is_valid()
    differ = differing(ResponseForm(response=current), form)
    return show_item(request, standing, current, form, differing=differ, stale=True, status=409)


def _show_stale_step(
    request: SignedInRequest, standing: Standing, current: Response, action: str
) -> HttpResponse:
    """The item as somebody else stored it; with what was typed here the step may be taken on that.

    Points without a reason were the department's own, as they stood then: now they are as they stand now.
    """
    data = request.POST.copy()
    data["version"] = str(current.version)
    if not data.get("reason") and current.department_score is not None:
        data["score"] = plain(current.department_score)
    form = ActionForm(data, response=current)
    return show_item(request, standing, current, action_form=form, tried=action, stale=True, status=409)


def _show_locked(request: SignedInRequest, standing: Standing, found: Response) -> HttpResponse:
    """The item as it stands, forbidden to edit; what was typed is shown, so that it can be copied."""
    return show_item(request, standing, found, unsaved=request.POST.get("narrative", ""), status=403)


def _show_gone(request: SignedInRequest) -> HttpResponse:
    """The item has been taken out of the framework; what was typed is shown, so that it can be copied."""
    unsaved = request.POST.get("narrative", "")
    return render(request, "assessments/gone.html", {"unsaved": unsaved}, status=410)
