"""The page of an item: read, fill in, take a step."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from accounts.roles import FILLS
from accounts.standing import Standing, standing_of
from assessments.access import (
    actions_open_to,
    capacity_to_edit,
    responses_visible_to,
    withdrawn_once_visible_to,
)
from assessments.figures import figure_in_words
from assessments.forms.action import ActionForm
from assessments.forms.response import ResponseForm
from assessments.models import Response
from assessments.ranking import ranks_for
from assessments.responses import StaleSave, for_saving, save_response
from assessments.settling import Reckoned, propose, reckoned_by_rule
from assessments.states import OPEN_TO_DEPARTMENT, Action, State
from assessments.workflow import missing_for_submission, perform
from indicators.scoring.points import plain
from indicators.wording import explain_veto


@require_http_methods(["GET", "HEAD", "POST"])
def response(request: SignedInRequest, pk: int) -> HttpResponse:
    """One item: read, try figures out (``preview``), save."""
    standing = standing_of(request.user)
    if request.method == "POST" and withdrawn_once_visible_to(standing).filter(pk=pk).exists():
        return _show_gone(request)
    found = get_object_or_404(for_saving().filter(pk__in=responses_visible_to(standing)), pk=pk)
    capacity = capacity_to_edit(standing, found)
    if request.method != "POST":
        return _show(request, standing, found)
    if capacity is None:
        return _show_locked(request, standing, found)
    form = ResponseForm(request.POST, response=found)
    if "preview" in request.POST:
        form.is_valid()
        if request.htmx:
            tried = {"proposal": _proposal(found, form.plausible_figures()), "item": found.item}
            return render(request, "assessments/_proposal.html", tried)
        return _show(request, standing, found, form)
    if not form.is_valid():
        return _show(request, standing, found, form, status=422)
    try:
        saved = save_response(
            response=found, content=form.content(), version=form.cleaned_data["version"], by=request.user
        )
    except ValidationError as problem:
        form.add_problem(problem)
        return _show(request, standing, found, form, status=422)
    except StaleSave as stale:
        return _show_stale(request, standing, stale.current)
    except PermissionDenied:
        return _show_locked(request, standing, for_saving().get(pk=found.pk))
    messages.success(request, _("Saved."))
    if "save_and_next" in request.POST and (to_fill := _neighbours(standing, saved).to_fill):
        return redirect("response", to_fill)
    return redirect("response", saved.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: SignedInRequest, pk: int, action: str) -> HttpResponse:
    """One step of the workflow on an item (POST); whoever comes by its address is led to the item."""
    if action not in list(Action):
        raise Http404
    standing = standing_of(request.user)
    found = get_object_or_404(for_saving().filter(pk__in=responses_visible_to(standing)), pk=pk)
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
    return _show(request, standing, found, action_form=form, tried=action, status=422)


_DONE = {
    Action.SUBMIT: gettext_lazy("Submitted to the coordinator."),
    Action.TAKE_BACK: gettext_lazy("Taken back; you can edit again."),
    Action.ACCEPT: gettext_lazy("Accepted."),
    Action.RETURN: gettext_lazy("Returned to the department."),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the rules say of the figures typed so far: the points and where they went, what is missing.

    ``score`` is ``None`` also where the rules only veto. ``awaits_rank`` says that the points follow by
    place; ``places`` are those known, with the names of their figures. ``vetoes`` are in words.
    """

    score: Decimal | None
    entries: list[Reckoned]
    missing: list[str]
    awaits_rank: bool
    places: list[tuple[str, int]]
    vetoes: list[str]

    @property
    def decides(self) -> bool:
        """Whether points by the rules are there or to come."""
        return self.score is not None or bool(self.missing) or self.awaits_rank


def _proposal(found: Response, figures: Mapping[str, Decimal | None]) -> Proposal | None:
    ranks = ranks_for(found, figures)
    outcome = propose(found.item, figures, ranks)
    if outcome is None:
        return None
    names = found.item.measure_names()
    return Proposal(
        outcome.score,
        reckoned_by_rule(outcome, found.item),
        [names.get(code, code) for code in outcome.missing],
        bool(outcome.awaiting_rank),
        [(names.get(code, code), rank) for code, rank in ranks.items() if rank is not None],
        [explain_veto(veto, names) for veto in outcome.vetoes],
    )


def _show(
    request: SignedInRequest,
    standing: Standing,
    found: Response,
    form: ResponseForm | None = None,
    *,
    action_form: ActionForm | None = None,
    tried: str = "",
    stale: bool = False,
    unsaved: str = "",
    status: int = 200,
) -> HttpResponse:
    capacity = capacity_to_edit(standing, found)
    if form is None and capacity:
        form = ResponseForm(response=found)
    stored = {value.code: value.value for value in found.measure_values.all()}
    figures = form.plausible_figures() if form and form.is_bound else stored
    proposal = _proposal(found, figures)
    if form and proposal:
        form.show_proposed(proposal.score)
    context = {
        "response": found,
        "item": found.item,
        "assessment": found.assessment,
        "form": form,
        "capacity": capacity,
        "proposal": proposal,
        "figures": [
            (measure.name, figure_in_words(measure, stored.get(measure.code)))
            for measure in found.item.measures.all()
        ],
        "actions": [str(action) for action in actions_open_to(standing, found)],
        "action_form": action_form or ActionForm(response=found),
        "tried": tried,
        "missing": missing_for_submission(found),
        "around": _neighbours(standing, found),
        "tree": responses_visible_to(standing)
        .filter(assessment=found.assessment, item__section=found.item.section)
        .select_related("item__group")
        .order_by("item__order"),
        "revisions": found.revisions.select_related("saved_by").order_by("-version")[:5],
        "stale": stale,
        "unsaved": unsaved,
    }
    return render(request, "assessments/response.html", context, status=status)


def _show_stale(request: SignedInRequest, standing: Standing, current: Response) -> HttpResponse:
    """Both texts: what somebody else stored, and what was typed here, to be saved on top once merged."""
    data = request.POST.copy()
    data["version"] = str(current.version)
    form = ResponseForm(data, response=current)
    form.is_valid()
    return _show(request, standing, current, form, stale=True, status=409)


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
    return _show(request, standing, current, action_form=form, tried=action, stale=True, status=409)


def _show_locked(request: SignedInRequest, standing: Standing, found: Response) -> HttpResponse:
    """The item as it stands, forbidden to edit; what was typed is shown, so that it can be copied."""
    return _show(request, standing, found, unsaved=request.POST.get("narrative", ""), status=403)


def _show_gone(request: SignedInRequest) -> HttpResponse:
    """The item has been taken out of the framework; what was typed is shown, so that it can be copied."""
    unsaved = request.POST.get("narrative", "")
    return render(request, "assessments/gone.html", {"unsaved": unsaved}, status=410)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Numbers of the visible responses before and after one in the order of the framework.

    ``to_fill`` is the next one after it that the person's department has still to fill in.
    """

    previous: int | None
    following: int | None
    to_fill: int | None


def _neighbours(standing: Standing, found: Response) -> Neighbours:
    order = list(
        responses_visible_to(standing)
        .filter(assessment=found.assessment)
        .order_by("item__section__order", "item__order")
        .values_list("pk", "state", "assignment__lead", "item__committee_only")
    )
    place = next(index for index, (pk, *_rest) in enumerate(order) if pk == found.pk)
    later = order[place + 1 :]
    to_fill = (
        pk
        for pk, state, lead, committee_only in later
        if State(state) in OPEN_TO_DEPARTMENT and not committee_only and standing.holds(lead, *FILLS)
    )
    return Neighbours(
        previous=order[place - 1][0] if place else None,
        following=later[0][0] if later else None,
        to_fill=next(to_fill, None),
    )
