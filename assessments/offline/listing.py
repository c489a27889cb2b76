"""Which items of an assessment are in a person's workbook. A constant number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from accounts.models import Organisation
from accounts.roles import FILLS, Role
from accounts.standing import Standing
from assessments.access import Capacity, capacity_to_edit, may_contribute, responses_visible_to
from assessments.models import Assessment, Contribution, Response
from assessments.responses import for_saving


@dataclass(frozen=True, slots=True)
class Supported:
    """An item that a department of the person supports, and what it has contributed so far."""

    response: Response
    department: Organisation
    contribution: Contribution | None


@dataclass(frozen=True, slots=True)
class Mine:
    """What a person fills in offline: the items that their departments lead, and those that they support.

    The coordinator has the whole district's, of which those accepted are open to them.
    """

    standing: Standing
    assessment: Assessment
    responses: Sequence[Response]
    supported: Sequence[Supported]

    @property
    def coordinates(self) -> bool:
        return self.standing.holds(self.assessment.organisation_id, Role.COORDINATOR)

    @property
    def departments(self) -> list[Organisation]:
        """The person's departments that are in the workbook, each once."""
        led = [
            response.assignment.lead
            for response in self.responses
            if getattr(response, "assignment", None) and self.standing.holds(_lead(response), *FILLS)
        ]
        found = {each.pk: each for each in [*led, *(each.department for each in self.supported)] if each}
        return list(found.values())

    def capacity(self, response: Response) -> Capacity | None:
        """In which capacity the person may edit an answer now."""
        return capacity_to_edit(self.standing, response)

    def may_contribute(self, supported: Supported) -> bool:
        """Whether the contribution may be written now."""
        return may_contribute(self.standing, supported.response, supported.department.pk)

    @property
    def open(self) -> int:
        """How many items and contributions can be filled in now."""
        answers = sum(self.capacity(response) is not None for response in self.responses)
        return answers + sum(map(self.may_contribute, self.supported))


def list_mine(standing: Standing, assessment: Assessment) -> Mine:
    """The person's part of an assessment that they see. Raises ``PermissionDenied`` for who fills in nothing
    of it by their roles: leaders, auditors."""
    departments = standing.organisations(*FILLS)
    coordinates = standing.holds(assessment.organisation_id, Role.COORDINATOR)
    if not departments and not coordinates:
        raise PermissionDenied
    visible = responses_visible_to(standing).filter(assessment=assessment, item__committee_only=False)
    led, supported = Q(assignment__lead__in=departments), Q(assignment__supporting__in=departments)
    whose = Q() if coordinates else led | supported
    found = list(
        for_saving()
        .filter(pk__in=visible.filter(whose).values("pk"))
        .prefetch_related("assignment__supporting")
        .order_by("item__section__order", "item__order")
    )
    responses = [each for each in found if coordinates or _lead(each) in departments]
    return Mine(standing, assessment, responses, _supported(found, departments))


def _lead(response: Response) -> int | None:
    assignment = getattr(response, "assignment", None)
    return assignment.lead_id if assignment else None


def _supported(responses: Sequence[Response], departments: frozenset[int]) -> list[Supported]:
    written = {
        (each.response_id, each.department_id): each
        for each in Contribution.objects.filter(
            response__in=[response.pk for response in responses], department__in=departments
        ).select_related("saved_by")
    }
    return [
        Supported(response, office, written.get((response.pk, office.pk)))
        for response in responses
        if getattr(response, "assignment", None)
        for office in response.assignment.supporting.all()
        if office.pk in departments
    ]
