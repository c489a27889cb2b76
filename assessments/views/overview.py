"""The start page, and the tree of one assessment."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.models import Membership
from accounts.requests import SignedInRequest
from accounts.standing import Standing
from assessments.access import (
    assessments_visible_to,
    cycles_visible_to,
    may_assign,
    may_read_report,
    responses_visible_to,
)
from assessments.evidence.erasing import to_confirm
from assessments.last_year import same_as_last_year
from assessments.overview import overview_of
from assessments.progress import cycles_with_progress, with_own_progress
from assessments.results import results_of
from assessments.views.tasks import show_tasks


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """The start page: for who fills in the tasks, for all others the assessments."""
    standing = request.standing
    return show_tasks(request, standing) if standing.fills else _show_assessments(request, standing)


@require_safe
def assessments(request: SignedInRequest) -> HttpResponse:
    """The assessments that concern a person; for a committee the progress of its cycles."""
    return _show_assessments(request, request.standing)


def _show_assessments(request: SignedInRequest, standing: Standing) -> HttpResponse:
    context = {
        "memberships": Membership.objects.filter(user=request.user).current().select_related("organisation"),
        "assessments": with_own_progress(assessments_visible_to(standing), standing).order_by(
            "-cycle__year", "pk"
        ),
        "cycles": cycles_with_progress(cycles_visible_to(standing)),
        "erasures": to_confirm(standing, request.user),
    }
    return render(request, "assessments/home.html", context)


@require_safe
def assessment(request: SignedInRequest, pk: int) -> HttpResponse:
    """The tree with states and points, as far as it is visible; totals for who reads the whole."""
    standing = request.standing
    found = get_object_or_404(assessments_visible_to(standing).select_related("cycle", "organisation"), pk=pk)
    visible = responses_visible_to(standing)
    context: dict[str, Any] = {
        "assessment": found,
        "may_assign": may_assign(standing, found),
    }
    if not visible.filter(assessment=found).exists():
        return render(request, "assessments/assessment.html", context)
    results = results_of(found, visible=visible)
    overview = overview_of(results, found, standing, whole=may_read_report(standing, found))
    context |= {
        "results": results,
        "overview": overview,
        "same_as_last_year": same_as_last_year(results.responses()),
    }
    return render(request, "assessments/assessment.html", context)
