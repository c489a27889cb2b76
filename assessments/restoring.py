"""An old content of a response, or of a contribution to it, put back as a new save."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.standing import standing_of
from assessments.access import Capacity, capacity_to_edit, may_contribute
from assessments.contributions import save_contribution
from assessments.history import MOVED
from assessments.models import Contribution, Response, ResponseRevision
from assessments.responses import content_of, save_response
from assessments.revisions import content_kept, number_kept
from assessments.settling import Content, as_typed
from audit.models import Event
from indicators.models import Measure


def restore_version(*, response: Response, old: int, version: int, by: User) -> Response:
    """Save an old content anew, so that restoring the one before undoes it; returns the response.

    ``response`` is to be read ``for_saving`` just now, ``version`` is the one that the person had read.
    Materials that the item no longer asks for are left out. Raises ``ValidationError`` where the content
    does not fit the item as it is now, or is just what is stored, and what
    :func:`assessments.responses.save_response` raises.
    """
    capacity = capacity_to_edit(standing_of(by), response)
    if capacity is None:
        raise PermissionDenied
    revision = response.revisions.filter(version=old).first()
    if revision is None:
        raise ValidationError(_("There is no such save."))
    content = _restorable(response, revision, capacity)
    if response.version == version and content == _typed_now(response):
        raise ValidationError(_("This is just what is stored now."))
    return save_response(response=response, content=content, version=version, by=by)


def restore_contribution(
    *, response: Response, contribution: Contribution, old: int, version: int, by: User
) -> Contribution:
    """The same of a supporting department's contribution, with its done mark.

    Raises ``ValidationError`` as above and what :func:`assessments.contributions.save_contribution` raises;
    needs of the response what that needs, and ``department`` of the contribution.
    """
    if not may_contribute(standing_of(by), response, contribution.department_id):
        raise PermissionDenied
    kept = contribution.revisions.filter(version=old).first()
    if kept is None:
        raise ValidationError(_("There is no such save."))
    stored = (contribution.version, contribution.text, contribution.materials, contribution.done)
    if stored == (version, kept.text, kept.materials, kept.done):
        raise ValidationError(_("This is just what is stored now."))
    return save_contribution(
        response=response,
        department=contribution.department,
        text=kept.text,
        materials=kept.materials,
        done=kept.done,
        version=version,
        by=by,
    )


def _typed_now(response: Response) -> Content:
    return as_typed(response.item, content_of(response), response.computed_score)


def _restorable(response: Response, revision: ResponseRevision, capacity: Capacity) -> Content:
    """An old content for the item as it is now. Raises ``ValidationError`` where its figures are no more."""
    old = content_kept(response.item, revision.content, capacity)
    if lost := _lost_figures(response, revision, old.measures):
        raise ValidationError(
            _("The framework was corrected since: it no longer asks for %(figures)s as this save has it.")
            % {"figures": _(", ").join(sorted(lost))}
        )
    asked = {material.name for material in response.item.materials.all()}
    materials = {name: where for name, where in old.materials.items() if name in asked}
    computed = number_kept(revision.content["computed_score"])
    return as_typed(response.item, replace(old, materials=materials), computed)


def _lost_figures(
    response: Response, revision: ResponseRevision, figures: Mapping[str, Decimal | None]
) -> set[str]:
    """Names of the figures that the item no longer has, or has with another unit or of another kind."""
    now = {measure.code: measure for measure in response.item.measures.all()}
    moved = Event.objects.filter(
        subject_type="assessments.assessment",
        subject_id=str(response.assessment_id),
        action=MOVED,
        at__gte=revision.saved_at,
    )
    if not figures or not moved.exists():
        return {code for code in figures if code not in now}
    versions = Measure.objects.filter(item__key=response.item.key, code__in=figures).order_by("pk")
    lost = {
        before.code: before.name
        for before in versions
        if (kept := now.get(before.code)) is None or (kept.unit, kept.kind) != (before.unit, before.kind)
    }
    return {lost.get(code, code) for code in figures if code in lost or code not in now}
