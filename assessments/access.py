"""Who sees and who may do what: querysets and predicates, all built on the roles in force.

Views fetch through ``…_visible_to`` (what is invisible is a 404) and ask the predicates before acting
(visible but forbidden is a 403). A committee sees progress counts of its cycles and no contents: these
become visible to it with the submission of an assessment.

The functions take a :class:`~accounts.standing.Standing`, read once a request with
:func:`accounts.standing.standing_of`, so that a page asks the database for roles only once.
"""

from enum import StrEnum

from django.db.models import Q, QuerySet

from accounts.roles import FILLS, READS_DISTRICT, STEERS_COMMITTEE, Role
from accounts.standing import Standing
from assessments.models import Assessment, Assignment, Cycle, Response
from assessments.states import OPEN_TO_DEPARTMENT, TRANSITIONS, Action, State


class Capacity(StrEnum):
    """In which capacity a person edits a response."""

    DEPARTMENT = "department"
    COORDINATOR = "coordinator"


def cycles_visible_to(standing: Standing) -> QuerySet[Cycle]:
    """Cycles of the committees that a person serves."""
    return Cycle.objects.filter(committee__in=standing.organisations(*STEERS_COMMITTEE))


def assessments_visible_to(standing: Standing) -> QuerySet[Assessment]:
    """Assessments of the person's own district, whether the role is held there or in a department."""
    districts = standing.organisations(*READS_DISTRICT) | standing.above(*FILLS)
    return Assessment.objects.filter(organisation__in=districts)


def responses_visible_to(standing: Standing) -> QuerySet[Response]:
    """For district roles all of the district; for a department what it leads or supports, and what its
    district has accepted."""
    return _visible_among(Response.objects.all(), standing)


def is_visible_to(standing: Standing, response: Response) -> bool:
    """Whether a response is among those visible. Who works on it sees it: the database is asked for others
    alone, which spares most requests a query. Needs what :func:`works_on` needs."""
    return works_on(standing, response) or responses_visible_to(standing).filter(pk=response.pk).exists()


def withdrawn_once_visible_to(standing: Standing) -> QuerySet[Response]:
    """What such a person saw until its item was taken out of the framework: nobody's to see any more."""
    return _visible_among(Response.everything.filter(withdrawn=True), standing)


def _visible_among(responses: QuerySet[Response], standing: Standing) -> QuerySet[Response]:
    # Only what can be true for the person is asked: most are of a department or of a district, not of both.
    district, departments = standing.organisations(*READS_DISTRICT), standing.organisations(*FILLS)
    visible = Q(assessment__organisation__in=district) if district else Q()
    if departments:
        assigned = Assignment.objects.filter(Q(lead__in=departments) | Q(supporting__in=departments))
        accepted = Q(state=State.ACCEPTED, assessment__organisation__in=standing.above(*FILLS))
        visible |= Q(pk__in=assigned.values("response")) | accepted
    return responses.filter(visible) if visible else responses.none()


def capacity_to_edit(standing: Standing, response: Response) -> Capacity | None:
    """In which capacity the response may be edited now, ``None`` if it may not.

    The lead department edits while the response is open to it, the coordinator once it is accepted (until
    then a response that is not right is returned); what the committee alone scores is nobody's to fill in.
    Needs ``assessment``, ``assignment`` and ``item`` read along.
    """
    if response.item.committee_only:
        return None
    lead = lead_of(response)
    if State(response.state) in OPEN_TO_DEPARTMENT and standing.holds(lead, *FILLS):
        return Capacity.DEPARTMENT
    if response.state == State.ACCEPTED and standing.holds(
        response.assessment.organisation_id, Role.COORDINATOR
    ):
        return Capacity.COORDINATOR
    return None


def actions_open_to(standing: Standing, response: Response) -> list[Action]:
    """The actions that this person may take on the response in its present state."""
    return [action for action in Action if may_perform(standing, response, action)]


def may_perform(standing: Standing, response: Response, action: Action) -> bool:
    """Whether state and role allow an action; what else must be there is the workflow's to check.

    Needs ``assessment__cycle``, ``assignment`` and ``item`` read along.
    """
    transition = TRANSITIONS[action]
    if State(response.state) not in transition.sources or response.item.committee_only:
        return False
    department_roles = {Role(name) for name in transition.by_department}
    if action is Action.SUBMIT and response.assessment.cycle.filler_may_submit:
        department_roles.add(Role.FILLER)
    district_roles = {Role(name) for name in transition.by_district}
    return standing.holds(lead_of(response), *department_roles) or standing.holds(
        response.assessment.organisation_id, *district_roles
    )


def may_assign(standing: Standing, assessment: Assessment) -> bool:
    """Whether a person may say who does what: the coordinator of the district alone."""
    return standing.holds(assessment.organisation_id, Role.COORDINATOR)


def may_collect(standing: Standing, response: Response) -> bool:
    """Whether a person may take such figures in: the lead department while the item is open to it."""
    return capacity_to_edit(standing, response) is Capacity.DEPARTMENT


def may_write_report(standing: Standing, assessment: Assessment) -> bool:
    """Whether the report's prose may be edited: the coordinator's work."""
    return standing.holds(assessment.organisation_id, Role.COORDINATOR)


def may_read_report(standing: Standing, assessment: Assessment) -> bool:
    """Whether the whole report may be read: it holds every department's text, so district roles only."""
    return standing.holds(assessment.organisation_id, *READS_DISTRICT)


def lead_of(response: Response) -> int | None:
    """The lead department's number, ``None`` while nobody is assigned."""
    assignment = getattr(response, "assignment", None)
    return assignment.lead_id if assignment else None


def supporting_of(response: Response) -> list[int]:
    """The supporting departments' numbers. Needs ``assignment__supporting`` read along."""
    assignment = getattr(response, "assignment", None)
    return [department.pk for department in assignment.supporting.all()] if assignment else []


def works_on(standing: Standing, response: Response) -> bool:
    """Whether drafts' history, comments and contributions are the person's to see: the departments assigned
    to the item, and the district's own roles. Other departments see no more of it than was accepted."""
    return (
        standing.holds(response.assessment.organisation_id, *READS_DISTRICT)
        or standing.holds(lead_of(response), *FILLS)
        or any(standing.holds(department, *FILLS) for department in supporting_of(response))
    )


def may_contribute(standing: Standing, response: Response, department_id: int) -> bool:
    """Whether a person writes for a department that supports the item, while it is open to departments."""
    return (
        State(response.state) in OPEN_TO_DEPARTMENT
        and not response.item.committee_only
        and department_id in supporting_of(response)
        and standing.holds(department_id, *FILLS)
    )


def comments_for(standing: Standing, response: Response) -> int | None:
    """The office for which a person comments on the item, ``None`` for who may not: the lead, a supporting
    department, the district's coordinator and leader."""
    for department in (lead_of(response), *supporting_of(response)):
        if department and standing.holds(department, *FILLS):
            return department
    district = response.assessment.organisation_id
    return district if standing.holds(district, Role.COORDINATOR, Role.LEADER) else None


def cycles_known_to(standing: Standing) -> QuerySet[Cycle]:
    """Cycles that a person sees as a committee, or works in: of both there is one each."""
    works_in = assessments_visible_to(standing).values("cycle")
    return Cycle.objects.filter(Q(pk__in=cycles_visible_to(standing).values("pk")) | Q(pk__in=works_in))


def progress_visible_to(standing: Standing) -> QuerySet[Assessment]:
    """Assessments of which a person sees the progress: one's own, and those of one's committee's cycles."""
    steered = cycles_visible_to(standing).values("pk")
    own = assessments_visible_to(standing).values("pk")
    return Assessment.objects.filter(Q(cycle__in=steered) | Q(pk__in=own))
