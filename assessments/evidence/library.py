"""The writer of the library: pieces of evidence, their descriptions and their revisions.

Bytes are in the storage before anything here runs (:mod:`assessments.evidence.storing`); where a row is
refused, what was received for it is let go.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.standing import Standing, standing_of
from assessments.evidence.access import evidence_visible_to, may_add, may_change
from assessments.evidence.document_numbers import normalised
from assessments.evidence.storing import Received, discard
from assessments.models import Assessment, Erasure, Evidence, EvidenceFile, EvidenceKind, Response
from assessments.text import clean_line
from audit.trail import record

LIMITS = {"title": 200, "document_number": 100, "issuer": 100}
"""Most characters of what is described."""


class StaleEvidence(Exception):
    """Somebody changed the description in between; ``current`` is the evidence as it stands now."""

    def __init__(self, current: Evidence) -> None:
        super().__init__("the evidence has been described by somebody else")
        self.current = current


@dataclass(frozen=True, slots=True)
class Description:
    """What is said of a piece of evidence; the document number (文号) as typed or as it is kept."""

    title: str
    document_number: str = ""
    issuer: str = ""
    dated: date | None = None
    kind: str = EvidenceKind.DOCUMENT


def description_of(evidence: Evidence) -> Description:
    """What is stored."""
    return Description(**{name: getattr(evidence, name) for name in Description.__slots__})


def checked(description: Description) -> Description:
    """As it is kept: lines cleaned, a document number in its one form where it can be read as one.

    Raises ``ValidationError`` by field.
    """
    texts = {name: clean_line(getattr(description, name)) for name in LIMITS}
    texts["document_number"] = normalised(texts["document_number"]) or texts["document_number"]
    faults = {
        name: _("At most %(limit)s characters.") % {"limit": limit}
        for name, limit in LIMITS.items()
        if len(texts[name]) > limit
    }
    if not texts["title"]:
        faults["title"] = _("Give the evidence a title.")
    if description.dated and description.dated > timezone.localdate():
        faults["dated"] = _("The date lies in the future.")
    if description.kind not in EvidenceKind.values:
        faults["kind"] = _("Choose one of the kinds given.")
    if faults:
        raise ValidationError(faults)
    return Description(**texts, dated=description.dated, kind=description.kind)


def same_file(*, standing: Standing, assessment: Assessment, sha256: str) -> Evidence | None:
    """Evidence of this library that has the very same file, if the person sees it."""
    same = EvidenceFile.objects.filter(sha256=sha256, erasure__isnull=True)
    found = evidence_visible_to(standing).filter(assessment=assessment, pk__in=same.values("evidence"))
    return found.order_by("pk").first()


def add_evidence(
    *,
    assessment: Assessment,
    owner: Organisation,
    description: Description,
    received: Received | None = None,
    by: User,
    operation: UUID | None = None,
) -> Evidence:
    """Put a piece of evidence into the library: with its file, or as a reference alone.

    ``operation`` names the upload: one that is sent again is stored once, and what it stored comes back. For
    another file, or by somebody else, it is refused.
    Raises ``PermissionDenied`` and ``ValidationError`` by field; what was ``received`` is discarded then.
    """

    def store() -> Evidence:
        if owner not in may_add(standing_of(by), assessment):
            raise PermissionDenied
        fields = asdict(checked(description))
        _refuse_erased(assessment, received)
        now = timezone.now()
        with transaction.atomic():
            evidence = Evidence.objects.create(
                assessment=assessment,
                owner=owner,
                **fields,
                added_by=by,
                added_at=now,
                changed_by=by,
                changed_at=now,
            )
            if received:
                _store_file(evidence, received, number=1, by=by, operation=operation)
            record_for(evidence, "added", by=by, file=received.name if received else "")
        return evidence

    return _once(store, received, assessment=assessment, by=by, operation=operation)


def stored_before(
    received: Received, *, assessment: Assessment, by: User, operation: UUID | None, **of: Any
) -> Evidence | None:
    """What the same upload, of the same file by the same person, has stored; ``of`` narrows where."""
    if operation is None:
        return None
    sent = EvidenceFile.objects.filter(operation=operation, sha256=received.sha256, uploaded_by=by)
    file = sent.filter(evidence__assessment=assessment, **of).select_related("evidence__assessment").first()
    return file.evidence if file else None


def revise_evidence(
    *, evidence: Evidence, received: Received, by: User, operation: UUID | None = None
) -> Evidence:
    """Add a file as the newest revision; the earlier ones stay. Repeats and raises as
    :func:`add_evidence`."""

    def store() -> Evidence:
        _refuse_erased(evidence.assessment, received)
        with transaction.atomic():
            held = _hold_to_change(evidence, by)
            if held.files.filter(sha256=received.sha256).exists():
                raise ValidationError(_("This very file is among its revisions already."))
            number = (held.files.aggregate(last=Max("number"))["last"] or 0) + 1
            _store_file(held, received, number=number, by=by, operation=operation)
            _write(held, by=by)
            record_for(held, "revised", by=by, file=received.name, revision=number)
        return held

    return _once(
        store, received, assessment=evidence.assessment, by=by, operation=operation, evidence=evidence
    )


def describe_evidence(*, evidence: Evidence, description: Description, version: int, by: User) -> Evidence:
    """Store another description; ``version`` is the one that the person had read.

    Where nothing differs nothing is written. Raises ``PermissionDenied``, :class:`StaleEvidence` and
    ``ValidationError`` by field.
    """
    description = checked(description)
    with transaction.atomic():
        held = _hold_to_change(evidence, by)
        before, after = asdict(description_of(held)), asdict(description)
        if held.version != version:
            raise StaleEvidence(held)
        changed = [name for name in after if after[name] != before[name]]
        if changed:
            _write(held, by=by, version=version + 1, **after)
            changes = {name: [_plain(before[name]), _plain(after[name])] for name in changed}
            record_for(held, "described", by=by, changes=changes)
    return held


def remove_evidence(*, evidence: Evidence, by: User) -> None:
    """Take it out of the library, and out of what counts on the items that cite it; it can be put back.

    Raises ``PermissionDenied``. What is removed already stays so.
    """
    _set_removed(evidence, by=by, removed=True)


def put_back_evidence(*, evidence: Evidence, by: User) -> None:
    """Undo :func:`remove_evidence`: it is cited where it was. Raises ``PermissionDenied``."""
    _set_removed(evidence, by=by, removed=False)


def hold_evidence(evidence: Evidence) -> Evidence:
    """The evidence as it stands, held with the items that cite it until the transaction ends.

    Items first, in the order of their numbers, as all who lock both.
    """
    citing = Response.objects.filter(evidence_uses__evidence=evidence).values("pk")
    list(Response.objects.select_for_update().filter(pk__in=citing).order_by("pk").values("pk"))
    Evidence.objects.select_for_update().get(pk=evidence.pk)
    return Evidence.objects.select_related("assessment__organisation", "owner").get(pk=evidence.pk)


def record_for(evidence: Evidence, done: str, *, by: User, **details: Any) -> None:
    """An event ``evidence.…`` in the trail, about this piece of evidence."""
    district = evidence.assessment.organisation_id
    record(by=by, action=f"evidence.{done}", subject=evidence, organisation_id=district, **details)


def _once(
    store: Callable[[], Evidence],
    received: Received | None,
    *,
    assessment: Assessment,
    by: User,
    operation: UUID | None,
    **of: Any,
) -> Evidence:
    """What ``store`` makes of what was received, or what an earlier sending of the same upload made."""

    def earlier() -> Evidence | None:
        if received is None:
            return None
        return stored_before(received, assessment=assessment, by=by, operation=operation, **of)

    stored = earlier()
    if stored is None:
        try:
            return store()
        except BaseException as refused:
            # Both sendings may have been under way at once.
            stored = earlier() if isinstance(refused, IntegrityError) else None
            if stored is None:
                _let_go(received)
                if isinstance(refused, IntegrityError) and operation:
                    raise ValidationError(_("This upload has been stored elsewhere.")) from refused
                raise
    _let_go(received)
    return stored


def _let_go(received: Received | None) -> None:
    if received:
        discard(received)


def _hold_to_change(evidence: Evidence, by: User) -> Evidence:
    held = hold_evidence(evidence)
    if held.removed:
        raise ValidationError(_("This evidence has been removed. Put it back first."))
    if not may_change(standing_of(by), held):
        raise PermissionDenied
    return held


@transaction.atomic
def _set_removed(evidence: Evidence, *, by: User, removed: bool) -> None:
    held = hold_evidence(evidence)
    if not may_change(standing_of(by), held):
        raise PermissionDenied
    if held.removed != removed:
        _write(held, by=by, removed=removed)
        record_for(held, "removed" if removed else "put_back", by=by)


def _write(held: Evidence, *, by: User, **fields: Any) -> None:
    """Store the fields, and keep ``held`` what is stored."""
    fields |= {"changed_by": by, "changed_at": timezone.now()}
    Evidence.objects.filter(pk=held.pk).update(**fields)
    for name, value in fields.items():
        setattr(held, name, value)


def _store_file(
    evidence: Evidence, received: Received, *, number: int, by: User, operation: UUID | None
) -> None:
    if received.until < timezone.now():
        raise ValidationError(_("Storing this file took too long. Nothing was stored; try again."))
    EvidenceFile.objects.create(
        evidence=evidence,
        number=number,
        key=received.key,
        name=received.name,
        format=received.format.code,
        size=received.size,
        sha256=received.sha256,
        operation=operation,
        uploaded_by=by,
        uploaded_at=timezone.now(),
    )


def _refuse_erased(assessment: Assessment, received: Received | None) -> None:
    """What had to go from a district's library does not come back."""
    district = assessment.organisation_id
    erased = Erasure.objects.filter(file__evidence__assessment__organisation=district)
    if received and erased.filter(file__sha256=received.sha256).exists():
        raise ValidationError(_("This very file had to be erased here. It is not taken in again."))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
