"""Who sees evidence, and who adds, changes, cites and erases it.

A department sees its own, what the items cite that it leads or supports, and what the accepted items of its
district cite; district roles all of the district. The committee sees nothing before submission.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Organisation
from accounts.roles import FILLS, READS_DISTRICT, Role
from accounts.standing import Standing
from assessments.access import lead_of, responses_visible_to
from assessments.models import Assessment, Evidence, EvidenceUse, Response
from assessments.states import OPEN_TO_DEPARTMENT, State

LOCKED = frozenset({State.SUBMITTED, State.ACCEPTED})
"""States of an item in which the evidence that it cites is no longer its owner's to change."""


def evidence_visible_to(standing: Standing) -> QuerySet[Evidence]:
    """What a person sees of the libraries, without what was removed."""
    return evidence_once_visible_to(standing).filter(removed=False)


def evidence_once_visible_to(standing: Standing) -> QuerySet[Evidence]:
    """The same with what was removed and can be put back."""
    district, departments = standing.organisations(*READS_DISTRICT), standing.organisations(*FILLS)
    visible = Q(assessment__organisation__in=district) if district else Q()
    if departments:
        cited = EvidenceUse.objects.filter(response__in=responses_visible_to(standing).values("pk"))
        visible |= Q(owner__in=departments) | Q(pk__in=cited.values("evidence"))
    return Evidence.objects.filter(visible) if visible else Evidence.objects.none()


def uses_visible_to(standing: Standing) -> QuerySet[EvidenceUse]:
    """Where evidence is used, as far as a person sees the items; without what was removed."""
    return EvidenceUse.objects.filter(
        response__in=responses_visible_to(standing).values("pk"), evidence__removed=False
    )


def may_add(standing: Standing, assessment: Assessment) -> list[Organisation]:
    """The offices for which a person may bring evidence into this district's library: their departments,
    and the district for its coordinator. Nobody else gets any; one query."""
    district, departments = assessment.organisation_id, standing.organisations(*FILLS)
    offices = Q(pk__in=departments, parent=district) if departments else Q()
    if standing.holds(district, Role.COORDINATOR):
        offices |= Q(pk=district)
    return list(Organisation.objects.filter(offices)) if offices else []


def may_change(standing: Standing, evidence: Evidence) -> bool:
    """Whether a person may describe, revise, remove it or put it back.

    The owner, while no item that cites it is submitted or accepted; the district's coordinator always.
    Needs ``assessment`` read along.
    """
    if standing.holds(evidence.assessment.organisation_id, Role.COORDINATOR):
        return True
    return standing.holds(evidence.owner_id, *FILLS) and not is_locked(evidence)


def is_locked(evidence: Evidence) -> bool:
    """Whether an item that cites it has left the departments: one query."""
    return evidence.uses.filter(_LOCKS).exists()


_LOCKS = Q(response__state__in=LOCKED, response__withdrawn=False)


def removed_to_put_back(standing: Standing, assessment: Assessment) -> QuerySet[Evidence]:
    """What was removed from a district's library and a person may put back, as :func:`may_change` has it."""
    removed = Evidence.objects.filter(assessment=assessment, removed=True)
    if standing.holds(assessment.organisation_id, Role.COORDINATOR):
        return removed
    locks = EvidenceUse.objects.filter(_LOCKS, evidence=OuterRef("pk"))
    return removed.filter(~Exists(locks), owner__in=standing.organisations(*FILLS))


def may_cite(standing: Standing, response: Response) -> Organisation | None:
    """The office for which a person may cite evidence on the item now, ``None`` who may not.

    A department that leads or supports it while it is open to departments, the lead first; the district once
    it is accepted, for its coordinator. Needs the response read
    :func:`assessments.views.item_page.for_page`.
    """
    offices = may_cite_for(standing, response)
    return offices[0] if offices else None


def may_cite_for(standing: Standing, response: Response) -> list[Organisation]:
    """All offices for which a person may; see :func:`may_cite`."""
    if response.item.committee_only or response.withdrawn:
        return []
    if State(response.state) in OPEN_TO_DEPARTMENT:
        assignment = getattr(response, "assignment", None)
        if assignment is None:
            return []
        working = {office.pk: office for office in (assignment.lead, *assignment.supporting.all())}
        return [office for office in working.values() if standing.holds(office.pk, *FILLS)]
    district = response.assessment.organisation
    accepted = response.state == State.ACCEPTED
    return [district] if accepted and standing.holds(district.pk, Role.COORDINATOR) else []


def may_change_use(standing: Standing, use: EvidenceUse) -> bool:
    """Whether a person may change or take back that the item cites it: who cited it and the lead while the
    item is open to departments, the coordinator once it is accepted.

    Needs ``response`` read as for :func:`may_cite`.
    """
    response = use.response
    offices = {office.pk for office in may_cite_for(standing, response)}
    if response.state == State.ACCEPTED:
        return bool(offices)
    return use.department_id in offices or lead_of(response) in offices


def may_ask_for_erasure(standing: Standing, district: Organisation) -> frozenset[Role]:
    """In which of the two roles a person may ask for an erasure in this district, or confirm one: as its
    coordinator, as its administrator or the one of the committee above."""
    found = set()
    if standing.holds(district.pk, Role.COORDINATOR):
        found.add(Role.COORDINATOR)
    if standing.holds(district.pk, Role.ADMINISTRATOR) or standing.holds(
        district.parent_id, Role.ADMINISTRATOR
    ):
        found.add(Role.ADMINISTRATOR)
    return frozenset(found)
