"""Opening a district's assessment in a cycle."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from assessments.models import Assessment, Cycle, Response
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
