"""Moving a cycle to a correction of its framework: choose the cycle, look at what would happen, confirm."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from assessments.models import Cycle, Response
from assessments.moving import (
    AssessmentMove,
    Fate,
    ItemMove,
    MovePlan,
    StaleMove,
    movable_cycles,
    move_cycle,
    plan_move,
)
from assessments.states import State
from indicators.access import frameworks_visible_to, may_manage
from indicators.models import Framework, FrameworkStatus
from indicators.wording.changes import describe_change

FATE_LABELS = {
    Fate.NEW: gettext_lazy("New"),
    Fate.CHANGED: gettext_lazy("Scored differently"),
    Fate.REWORDED: gettext_lazy("Points not affected"),
    Fate.UNCHANGED: gettext_lazy("Unchanged"),
    Fate.GONE: gettext_lazy("Dropped"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: SignedInRequest, pk: int) -> HttpResponse:
    """For a published framework: its committee's cycles, one of them (``cycle``) previewed, then moved."""
    standing = request.standing
    framework = get_object_or_404(frameworks_visible_to(standing), pk=pk)
    if not may_manage(standing, framework):
        raise PermissionDenied
    if framework.status != FrameworkStatus.PUBLISHED:
        return redirect("framework", pk)
    cycles = movable_cycles(standing).select_related("framework")
    given = request.POST.get("cycle", "") if request.method == "POST" else request.GET.get("cycle", "")
    if not given:
        others = cycles.exclude(framework=framework)
        return render(request, "assessments/move.html", {"framework": framework, "cycles": others})
    known = given.isascii() and given.isdigit() and len(given) < 18
    cycle = get_object_or_404(cycles, pk=int(given) if known else 0)
    if cycle.framework_id == framework.pk:
        # Confirmed twice: it is as it was to be.
        return redirect("framework", pk)
    return _preview(request, framework, cycle)


def _preview(request: SignedInRequest, framework: Framework, cycle: Cycle) -> HttpResponse:
    try:
        plan = plan_move(cycle=cycle, framework=framework)
    except ValidationError as problem:
        return _show(request, framework, cycle, problems=problem.messages, status=422)
    if request.method != "POST":
        return _show(request, framework, cycle, plan)
    if request.POST.get("fingerprint") != plan.fingerprint:
        return _show(request, framework, cycle, plan, problems=[_stale()], status=409)
    try:
        move_cycle(plan=plan, by=request.user)
    except StaleMove as stale:
        return _show(request, framework, cycle, stale.plan, problems=[_stale()], status=409)
    except ValidationError as problem:
        return _show(request, framework, cycle, problems=problem.messages, status=422)
    messages.success(request, _("“%(cycle)s” now runs on this version.") % {"cycle": cycle.name})
    return redirect("framework", framework.pk)


def _stale() -> str:
    return _("Something was saved since you looked. This is how it stands now; please confirm again.")


@dataclass(frozen=True, slots=True)
class Line:
    """An item in the preview: what becomes of it, why, and of what a district had said on it.

    A committee sees states and no contents before an assessment is submitted.
    """

    move: ItemMove
    label: str
    changes: list[str]
    outcome: str


@dataclass(frozen=True, slots=True)
class Preview:
    """One assessment in the preview."""

    plan: AssessmentMove
    counts: list[tuple[str, str, int]]
    lines: list[Line]


def _show(
    request: SignedInRequest,
    framework: Framework,
    cycle: Cycle,
    plan: MovePlan | None = None,
    *,
    problems: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    previews = [_preview_of(each) for each in plan.assessments] if plan else []
    context = {
        "framework": framework,
        "cycle": cycle,
        "plan": plan,
        "previews": previews,
        "to_redo": sum(len(preview.plan.to_redo) for preview in previews),
        "problems": problems or [],
    }
    return render(request, "assessments/move.html", context, status=status)


def _preview_of(plan: AssessmentMove) -> Preview:
    counts = [(str(fate), str(FATE_LABELS[fate]), number) for fate, number in plan.count().items()]
    return Preview(plan, counts, [_line(move) for move in plan.differing])


def _line(move: ItemMove) -> Line:
    return Line(
        move, str(FATE_LABELS[move.fate]), [describe_change(each) for each in move.changes], _outcome(move)
    )


def _outcome(move: ItemMove) -> str:
    """What becomes of the response, and what the department has to do."""
    response = move.response
    match move.fate:
        case Fate.NEW:
            return _("to be filled in; assign a department")
        case Fate.GONE if move.begun or move.beside:
            return _("kept aside, no longer counted")
        case Fate.CHANGED if move.is_taken and move.begun:
            return _("kept aside; the committee alone scores it now")
        case Fate.CHANGED if move.to_redo:
            return _("%(state)s → returned: text and figures stay, points to be given anew") % {
                "state": _state(response)
            }
        case Fate.CHANGED if move.begun:
            return _("%(state)s: text and figures stay, points to be given anew") % {
                "state": _state(response)
            }
        case Fate.REWORDED | Fate.UNCHANGED if move.begun:
            return _("%(state)s, stays as it is") % {"state": _state(response)}
        case _:
            return _("not begun")


def _state(response: Response | None) -> str:
    return str(response.get_state_display()) if response else State.EMPTY
