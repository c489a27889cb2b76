"""Opening a district's assessment in a cycle, and saying who does what."""

from collections.abc import Mapping, Sequence, Set

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.roles import OrganisationKind
from assessments.models import Assessment, Assignment, Cycle, Response
from audit.trail import record
from indicators.models import Item


@transaction.atomic
def open_assessment(*, cycle: Cycle, organisation: Organisation, by: User | None) -> Assessment:
    """A new assessment with an empty response to each item.

    Raises ``ValidationError`` when there is one already, or the organisation is not a district of the
    cycle's committee.
    """
    # Of two that open at once the second finds what the first has opened.
    Cycle.objects.select_for_update().get(pk=cycle.pk)
    assessment = Assessment(cycle=cycle, organisation=organisation)
    assessment.full_clean()
    if organisation.parent_id != cycle.committee_id:
        raise ValidationError(_("The district belongs to another committee."))
    assessment.save()
    items = Item.objects.filter(section__framework=cycle.framework)
    Response.objects.bulk_create(Response(assessment=assessment, item=item) for item in items)
    record(by=by, action="assessment.opened", subject=assessment, organisation_id=organisation.pk)
    return assessment


@transaction.atomic
def assign_items(
    *,
    assessment: Assessment,
    leads: Mapping[str, str],
    supports: Mapping[str, Sequence[str]],
    by: User | None,
) -> None:
    """Set the lead and supporting departments of items, replacing what was set for them.

    ``leads`` maps an item's label to the code of a department, ``supports`` to several; only an item with a
    lead has supporters. Raises ``ValidationError`` naming the labels and codes that do not exist in this
    assessment; all or nothing. A constant number of queries.
    """
    of_district = Organisation.objects.filter(
        parent=assessment.organisation_id, kind=OrganisationKind.DEPARTMENT
    )
    departments = {department.code: department.pk for department in of_district}
    responses = {response.item.label: response for response in assessment.responses.select_related("item")}
    codes = {*leads.values(), *(code for group in supports.values() for code in group)}
    unknown = (
        (codes - departments.keys()) | (leads.keys() - responses.keys()) | (supports.keys() - leads.keys())
    )
    if unknown:
        raise ValidationError(
            _("Not in this assessment: %(names)s.") % {"names": _(", ").join(sorted(unknown))}
        )
    Assignment.objects.bulk_create(
        (Assignment(response=responses[label], lead_id=departments[code]) for label, code in leads.items()),
        update_conflicts=True,
        unique_fields=["response"],
        update_fields=["lead"],
    )
    _set_supporting(
        {responses[label].pk: {departments[code] for code in supports.get(label, ())} for label in leads}
    )
    record(
        by=by,
        action="assessment.assigned",
        subject=assessment,
        organisation_id=assessment.organisation_id,
        leads=dict(leads),
        supports={label: list(group) for label, group in supports.items()},
    )


def _set_supporting(departments: Mapping[int, Set[int]]) -> None:
    """Replace the supporting departments (numbers) of responses (numbers)."""
    link = Assignment.supporting.through
    assignments = Assignment.objects.filter(response__in=departments)
    link.objects.filter(assignment__in=assignments).delete()
    link.objects.bulk_create(
        link(assignment_id=assignment, organisation_id=department)
        for assignment, response in assignments.values_list("pk", "response")
        for department in departments[response]
    )
