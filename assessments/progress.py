"""How far assessments are: counts alone, so that a committee may see them before submission."""

from django.db.models import Case, Count, F, Prefetch, Q, QuerySet, When

from accounts.roles import FILLS, Role
from accounts.standing import Standing
from assessments.models import Assessment, Cycle
from assessments.states import OPEN_TO_DEPARTMENT, State

AWAITED = Q(responses__withdrawn=False, responses__item__committee_only=False)
"""Responses that the district is to give: not what was withdrawn or is the committee's alone."""


def with_progress(assessments: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """Each assessment with ``items``, ``filled`` (begun) and ``accepted``, read along in the same query."""
    return assessments.select_related("cycle", "organisation").annotate(
        items=Count("responses", filter=AWAITED),
        filled=Count("responses", filter=AWAITED & ~Q(responses__state=State.EMPTY)),
        accepted=Count("responses", filter=AWAITED & Q(responses__state=State.ACCEPTED)),
    )


def with_own_progress(assessments: QuerySet[Assessment], standing: Standing) -> QuerySet[Assessment]:
    """:func:`with_progress`, and ``own`` items that the person's departments lead, ``own_open`` of them
    still to be filled in, ``own_returned`` of these sent back; for the coordinator those ``to_review`` and
    ``unassigned``. ``is_settled`` says that the district has nothing left to do."""
    own = AWAITED & Q(responses__assignment__lead__in=standing.organisations(*FILLS))
    coordinated = Q(organisation__in=standing.organisations(Role.COORDINATOR))
    return with_progress(assessments).annotate(
        own=Count("responses", filter=own),
        own_open=Count("responses", filter=own & Q(responses__state__in=OPEN_TO_DEPARTMENT)),
        own_returned=Count("responses", filter=own & Q(responses__state=State.RETURNED)),
        to_review=Count("responses", filter=AWAITED & coordinated & Q(responses__state=State.SUBMITTED)),
        unassigned=Count("responses", filter=AWAITED & coordinated & Q(responses__assignment__isnull=True)),
        is_settled=Case(When(accepted=F("items"), then=True), default=False),
    )


def cycles_with_progress(cycles: QuerySet[Cycle]) -> QuerySet[Cycle]:
    """Each cycle with its ``assessments`` and their progress: two queries whatever the number."""
    progress = with_progress(Assessment.objects.order_by("organisation__code"))
    return cycles.select_related("framework").prefetch_related(Prefetch("assessments", queryset=progress))
