"""The writer of uses: which item cites which piece of evidence, as which material, with which passage."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.standing import standing_of
from assessments.evidence.access import evidence_visible_to, may_change_use, may_cite_for
from assessments.evidence.library import record_for
from assessments.models import Evidence, EvidenceUse, Response
from assessments.responses import for_saving
from assessments.text import clean_line

PASSAGE_LIMIT = 200


@transaction.atomic
def cite(
    *,
    evidence: Evidence,
    response: Response,
    department: Organisation,
    material: str = "",
    passage: str = "",
    by: User,
) -> EvidenceUse:
    """Let the item cite a piece of evidence of the same library, for ``department``.

    ``material`` is one that the item requires, or "". What is cited as the same material already is cited
    once: that use comes back, as it is. Raises ``PermissionDenied`` and ``ValidationError`` by field.
    """
    held = _hold_response(response)
    standing = standing_of(by)
    if department not in may_cite_for(standing, held):
        raise PermissionDenied
    known = Evidence.objects.select_for_update().filter(pk=evidence.pk).first()
    seen = evidence_visible_to(standing).filter(pk=evidence.pk, assessment=held.assessment)
    if known is None or not seen.exists():
        raise ValidationError({"evidence": _("This evidence is not in the library any more.")})
    passage = _checked(held, material, passage)
    uses = EvidenceUse.objects.filter(response=held)
    if use := uses.filter(evidence=known, material=material).first():
        return use
    use = EvidenceUse.objects.create(
        evidence=known,
        response=held,
        department=department,
        material=material,
        passage=passage,
        order=(uses.aggregate(last=Max("order"))["last"] or 0) + 1,
        added_by=by,
        added_at=timezone.now(),
    )
    _record(use, held, "cited", by=by, material=material, passage=passage)
    return use


@transaction.atomic
def change_use(*, use: EvidenceUse, material: str, passage: str, by: User) -> EvidenceUse:
    """Say otherwise as which material and where the evidence proves the point. Raises as :func:`cite`."""
    held, stored = _hold_use(use, by)
    passage = _checked(held, material, passage)
    before = {"material": stored.material, "passage": stored.passage}
    if before == {"material": material, "passage": passage}:
        return stored
    others = EvidenceUse.objects.filter(response=held, evidence=stored.evidence_id).exclude(pk=stored.pk)
    if others.filter(material=material).exists():
        raise ValidationError({"material": _("The item cites it as this material already.")})
    stored.material, stored.passage = material, passage
    stored.save(update_fields=["material", "passage"])
    _record(stored, held, "use_changed", by=by, before=before, material=material, passage=passage)
    return stored


@transaction.atomic
def uncite(*, use: EvidenceUse, by: User) -> None:
    """The item cites it no more; the evidence stays in the library. Raises ``PermissionDenied``; what is
    gone already stays so."""
    if not EvidenceUse.objects.filter(pk=use.pk).exists():
        return
    held, stored = _hold_use(use, by)
    _record(stored, held, "uncited", by=by, material=stored.material, passage=stored.passage)
    stored.delete()


def _hold_response(response: Response) -> Response:
    """As it stands, held until the transaction ends. In the order of one table: a join would lock all."""
    if Response.objects.select_for_update().filter(pk=response.pk).order_by("pk").first() is None:
        raise ValidationError(_("This item has been taken out of the framework. Nothing was stored."))
    return for_saving().prefetch_related("assignment__supporting").get(pk=response.pk)


def _hold_use(use: EvidenceUse, by: User) -> tuple[Response, EvidenceUse]:
    held = _hold_response(use.response)
    stored = EvidenceUse.objects.select_related("evidence__assessment").filter(pk=use.pk).first()
    if stored is None:
        raise ValidationError(_("The item does not cite it any more."))
    stored.response = held
    if not may_change_use(standing_of(by), stored):
        raise PermissionDenied
    return held, stored


def _checked(response: Response, material: str, passage: str) -> str:
    """The passage as it is kept."""
    passage = clean_line(passage)
    if material and material not in {wanted.name for wanted in response.item.materials.all()}:
        raise ValidationError({"material": _("The item requires no such material.")})
    if len(passage) > PASSAGE_LIMIT:
        raise ValidationError({"passage": _("At most %(limit)s characters.") % {"limit": PASSAGE_LIMIT}})
    return passage


def _record(use: EvidenceUse, response: Response, done: str, *, by: User, **details: Any) -> None:
    item = f"{response.item.section} {response.item}"
    record_for(use.evidence, done, by=by, response=response.pk, item=item, **details)
