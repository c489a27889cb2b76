"""Opening a district's assessment in a cycle, and saying who does what."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.roles import OrganisationKind
from assessments.models import Assessment, Assignment, Cycle, Response
from assessments.responses import settle_ranks
from audit.trail import record
from indicators.models import Framework, Item
from indicators.weights import applies


@transaction.atomic
def open_assessment(
    *, cycle: Cycle, organisation: Organisation, by: User | None, profile: str = ""
) -> Assessment:
    """A new assessment with an empty response to each item that is for this kind of district.

    ``profile`` is the kind, to be given where the framework has several. Raises ``ValidationError`` when it
    is missing or unknown, when there is an assessment already, or the organisation is not a district of the
    cycle's committee. Places that were known are open again: the new district has its own.
    """
    # Of two that open at once the second finds what the first has opened.
    # It is opened on the framework that the cycle runs on by then.
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)
    profile = _checked_profile(cycle.framework, profile)
    assessment = Assessment(cycle=cycle, organisation=organisation, profile=profile)
    assessment.full_clean()
    if organisation.parent_id != cycle.committee_id:
        raise ValidationError(_("The district belongs to another committee."))
    assessment.save()
    items = items_for(cycle.framework, profile)
    Response.objects.bulk_create(Response(assessment=assessment, item=item) for item in items)
    record(by=by, action="assessment.opened", subject=assessment, organisation_id=organisation.pk)
    for item in items:
        settle_ranks(item=item, cycle_id=cycle.pk)
    return assessment


def items_for(framework: Framework, profile: str) -> list[Item]:
    """The items that are for this kind of district, and so are their groups and sections. One query."""
    items = Item.objects.filter(section__framework=framework).select_related("section", "group")
    return [item for item in items if all(applies(names, profile) for names in _levels(item))]


def _levels(item: Item) -> tuple[list[str], ...]:
    """The kinds of district of an item and of what stands above it."""
    return item.profiles, item.section.profiles, item.group.profiles if item.group else []


def _checked_profile(framework: Framework, profile: str) -> str:
    known: list[str] = framework.profiles
    if profile and profile not in known:
        raise ValidationError(
            _("The framework has no kind of district “%(profile)s”; it has: %(known)s.")
            % {"profile": profile, "known": _(", ").join(known) or "—"}
        )
    if not profile and len(known) > 1:
        raise ValidationError(
            _("Say which kind of district it is: %(known)s.") % {"known": _(", ").join(known)}
        )
    return profile or "".join(known)


@transaction.atomic
def assign_items(
    *,
    assessment: Assessment,
    leads: Mapping[str, str],
    supports: Mapping[str, Sequence[str]],
    by: User | None,
) -> None:
    """Set the lead and supporting departments of items, replacing what was set for them.

    ``leads`` maps an item's name to the code of a department, ``supports`` to several; only an item with a
    lead has supporters. A name is the item's label; where several items have it, section or group stands
    before it: ``教育保障/1``. Raises ``ValidationError`` naming the names and codes that do not exist in this
    assessment or say too little; all or nothing. A constant number of queries.
    """
    of_district = Organisation.objects.filter(
        parent=assessment.organisation_id, kind=OrganisationKind.DEPARTMENT
    )
    departments = {department.code: department.pk for department in of_district}
    named = _named(assessment)
    codes = {*leads.values(), *(code for group in supports.values() for code in group)}
    unknown = (codes - departments.keys()) | (leads.keys() - named.keys()) | (supports.keys() - leads.keys())
    if unknown:
        raise ValidationError(
            _("Not in this assessment: %(names)s.") % {"names": _(", ").join(sorted(unknown))}
        )
    responses = _told_apart(named, leads.keys())
    Assignment.objects.bulk_create(
        (Assignment(response_id=responses[name], lead_id=departments[code]) for name, code in leads.items()),
        update_conflicts=True,
        unique_fields=["response"],
        update_fields=["lead"],
    )
    _set_supporting(
        {responses[name]: {departments[code] for code in supports.get(name, ())} for name in leads}
    )
    record(
        by=by,
        action="assessment.assigned",
        subject=assessment,
        organisation_id=assessment.organisation_id,
        leads=dict(leads),
        supports={name: list(group) for name, group in supports.items()},
    )


def _named(assessment: Assessment) -> dict[str, dict[int, str]]:
    """For each name the responses (numbers) that it may mean, with a name that says more."""
    named: dict[str, dict[int, str]] = {}
    for response in assessment.responses.select_related("item__section", "item__group"):
        item, label = response.item, response.item.label
        section, group = item.section, item.group
        full = f"{section.title}/{label}" if group is None else f"{section.title}/{group.title}/{label}"
        above = [section.title, section.label, *((group.title, group.label) if group else ())]
        for name in {label, full, *(f"{title}/{label}" for title in above if title)}:
            named.setdefault(name, {})[response.pk] = full
    return named


def _told_apart(named: Mapping[str, Mapping[int, str]], names: Set[str]) -> dict[str, int]:
    """The one response (number) that each name means. Raises ``ValidationError`` where it may be several, or
    several names mean the same."""
    vague = sorted(name for name in names if len(named[name]) > 1)
    if vague:
        fuller = sorted({full for name in vague for full in named[name].values()})
        raise ValidationError(
            _("Several items have the number %(names)s. Write what stands above it, such as %(fuller)s.")
            % {"names": _(", ").join(vague), "fuller": _(", ").join(fuller[:4])}
        )
    meant = {name: next(iter(named[name])) for name in names}
    times = Counter(meant.values())
    if twice := sorted(name for name, pk in meant.items() if times[pk] > 1):
        raise ValidationError(_("Given twice: %(names)s.") % {"names": _(", ").join(twice)})
    return meant


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
