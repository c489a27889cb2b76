"""Who reads, comments on and edits which framework.

What is published is public to everybody who is signed in. A draft belongs to its committee: the secretary
edits it, the committee reads it; while it is open to comments, everybody under the committee reads it. A
draft without a committee belongs to every committee.
"""

from django.db.models import Q, QuerySet

from accounts.models import Organisation
from accounts.roles import FILLS, READS_DISTRICT, STEERS_COMMITTEE, Role
from accounts.standing import Standing
from indicators.models import UNPUBLISHED, Framework, FrameworkStatus

COMMENTS = FILLS | {Role.COORDINATOR}
"""Roles that comment on a draft for their office."""


def frameworks_visible_to(standing: Standing) -> QuerySet[Framework]:
    """Frameworks that a person may read."""
    own = standing.organisations(*STEERS_COMMITTEE)
    below = _committees_above(standing.organisations(*FILLS, *READS_DISTRICT))
    visible = ~Q(status__in=UNPUBLISHED) | Q(committee__in=own)
    visible |= Q(status=FrameworkStatus.CONSULTING, committee__in=below)
    if own:
        visible |= Q(committee__isnull=True)
    elif standing.organisations(*FILLS, *READS_DISTRICT):
        visible |= Q(status=FrameworkStatus.CONSULTING, committee__isnull=True)
    return Framework.objects.filter(visible)


def may_manage(standing: Standing, framework: Framework) -> bool:
    """Whether a person decides on this framework: edit the draft, open it to comments, publish, copy it."""
    secretary = standing.organisations(Role.SECRETARY)
    return bool(secretary) if framework.committee_id is None else framework.committee_id in secretary


def may_create(standing: Standing) -> bool:
    """Whether a person may start or import a draft."""
    return bool(standing.organisations(Role.SECRETARY))


def commenting_offices(standing: Standing, framework: Framework) -> QuerySet[Organisation]:
    """Offices for which a person may comment on the framework now: none unless it is open to comments."""
    offices = Organisation.objects.filter(pk__in=standing.organisations(*COMMENTS))
    if framework.status != FrameworkStatus.CONSULTING:
        return offices.none()
    if framework.committee_id is None:
        return offices
    under = Q(parent=framework.committee_id) | Q(parent__parent=framework.committee_id)
    return offices.filter(under)


def _committees_above(organisations: frozenset[int]) -> QuerySet[Organisation]:
    """Committees of districts and of districts' departments."""
    return Organisation.objects.filter(
        Q(children__in=organisations) | Q(children__children__in=organisations)
    )
