"""Making a file's bytes go for good (涉密, pupils' data): two people, one after the other.

The district's coordinator and its administrator ask and confirm, either first. From the moment somebody asks
the file is served to nobody; until the other confirms it can be taken back. Then the row says so first, and
the bytes go once that is stored; should the process die between the two, the sweep deletes them.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.roles import Role
from accounts.standing import Standing, standing_of, standings_of
from assessments.checking import REASON_LIMIT
from assessments.evidence.access import may_ask_for_erasure
from assessments.evidence.previewing import forget_pages
from assessments.models import Erasure, EvidenceFile
from assessments.text import clean_line
from audit.trail import record

BOTH = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
"""The roles in which the two act."""


def erasures_visible_to(standing: Standing) -> QuerySet[Erasure]:
    """Those of the districts where a person has one of the two roles: hash, reason and names, no contents."""
    inside = Erasure.objects.filter(file__in=files_to_erase(standing).values("pk"))
    return inside.select_related(
        "file__evidence__assessment__organisation", "file__evidence__owner", "asked_by", "confirmed_by"
    )


def files_to_erase(standing: Standing) -> QuerySet[EvidenceFile]:
    """The files of these districts."""
    administered = standing.organisations(Role.ADMINISTRATOR)
    districts = Organisation.objects.filter(
        Q(pk__in=standing.organisations(*BOTH)) | Q(parent__in=administered)
    )
    files = EvidenceFile.objects.filter(evidence__assessment__organisation__in=districts.values("pk"))
    return files.select_related("erasure", "evidence__owner", "evidence__assessment__organisation")


@dataclass(frozen=True, slots=True)
class Request:
    """An erasure that was asked for, and what the reader may do about it."""

    erasure: Erasure
    may_confirm: bool
    may_take_back: bool


def requests_for(standing: Standing, by: User) -> list[Request]:
    """What waits for a second person, oldest first, as somebody sees it. Two queries."""
    waiting = list(erasures_visible_to(standing).filter(confirmed_at__isnull=True).order_by("asked_at", "pk"))
    askers = standings_of({each.asked_by_id for each in waiting})
    return [
        Request(
            each,
            may_confirm(standing, each, by, askers[each.asked_by_id]),
            may_take_back(standing, each, by, askers[each.asked_by_id]),
        )
        for each in waiting
    ]


def to_confirm(standing: Standing, by: User) -> int:
    """How many requests wait for this very person. No query for who erases nothing, else two."""
    if not standing.organisations(*BOTH):
        return 0
    return sum(request.may_confirm for request in requests_for(standing, by))


def ask_for_erasure(*, file: EvidenceFile, reason: str, by: User) -> Erasure:
    """Ask that the bytes go; from now on nobody gets them. The very same file elsewhere in the district's
    libraries goes with it. Raises ``PermissionDenied`` and ``ValidationError`` by field."""
    district = file.evidence.assessment.organisation
    if not may_ask_for_erasure(standing_of(by), district):
        raise PermissionDenied
    reason = clean_line(reason)
    if not reason:
        raise ValidationError({"reason": _("Give a reason.")})
    if len(reason) > REASON_LIMIT:
        raise ValidationError({"reason": _("At most 500 characters.")})
    with transaction.atomic():
        same = _same_files(file).filter(erasure__isnull=True)
        held = list(EvidenceFile.objects.select_for_update().filter(pk__in=same.values("pk")).order_by("pk"))
        if file not in held:
            raise ValidationError(_("Its erasure has been asked for already."))
        for each in held:
            asked = Erasure.objects.create(file=each, reason=reason, asked_by=by, asked_at=timezone.now())
            _record(asked, "erasure_asked", by=by, reason=reason)
    return Erasure.objects.get(file=file)


def may_confirm(standing: Standing, erasure: Erasure, by: User, asker: Standing) -> bool:
    """Whether a person may be the second: somebody else than who asked, and with that one both roles.

    Who asked, whose standing is ``asker``, must still have theirs.
    """
    district = erasure.file.evidence.assessment.organisation
    own, others = may_ask_for_erasure(standing, district), may_ask_for_erasure(asker, district)
    another = erasure.confirmed_at is None and erasure.asked_by_id != by.pk
    return another and bool(own) and bool(others) and own | others == BOTH


def may_take_back(standing: Standing, erasure: Erasure, by: User, asker: Standing) -> bool:
    """Whether a person may let the file be as it was: who asked; where that one has neither role any more,
    whoever has one."""
    district = erasure.file.evidence.assessment.organisation
    if erasure.confirmed_at is not None or not may_ask_for_erasure(standing, district):
        return False
    return erasure.asked_by_id == by.pk or not may_ask_for_erasure(asker, district)


def confirm_erasure(*, erasure: Erasure, by: User) -> None:
    """The second decides: the file and all made of it go for good, with the same that was asked for together
    with it. Raises ``PermissionDenied``, and ``ValidationError`` where it was taken back meanwhile."""
    with transaction.atomic():
        together = _hold(erasure)
        if not may_confirm(standing_of(by), together[0], by, standing_of(together[0].asked_by)):
            raise PermissionDenied
        asked, now = together[0], timezone.now()
        # What was on its way in while the request was made.
        for file in _same_files(asked.file).filter(erasure__isnull=True):
            together.append(
                Erasure(file=file, reason=asked.reason, asked_by=asked.asked_by, asked_at=asked.asked_at)
            )
        for held in together:
            held.confirmed_by, held.confirmed_at = by, now
            held.save()
            _record(held, "erased", by=by, reason=held.reason, asked_by=held.asked_by.get_username())
            # What fails now is the sweep's to finish.
            transaction.on_commit(partial(_erase, held.file), robust=True)


def take_back_erasure(*, erasure: Erasure, by: User) -> None:
    """The file is served again to who may see it. Raises as :func:`confirm_erasure`."""
    with transaction.atomic():
        together = _hold(erasure)
        if not may_take_back(standing_of(by), together[0], by, standing_of(together[0].asked_by)):
            raise PermissionDenied
        for held in together:
            _record(held, "erasure_taken_back", by=by, reason=held.reason)
            held.delete()


def _same_files(file: EvidenceFile) -> QuerySet[EvidenceFile]:
    """Those of the district with the very same content, itself included."""
    district = file.evidence.assessment.organisation_id
    same = EvidenceFile.objects.filter(sha256=file.sha256, evidence__assessment__organisation=district)
    return same.select_related("evidence__assessment")


def _erase(file: EvidenceFile) -> None:
    storages["evidence"].delete(file.key)
    forget_pages(file.sha256)


def _hold(erasure: Erasure) -> list[Erasure]:
    """What waits for a second person of the same request: its files, held until the transaction ends. In the
    order of their numbers, for two may confirm two of them at once."""
    held = (
        Erasure.objects.filter(file__in=_same_files(erasure.file).values("pk"))
        .filter(asked_by=erasure.asked_by_id, confirmed_at__isnull=True)
        .select_related("file__evidence__assessment__organisation", "asked_by")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    together = list(held)
    if erasure in together:
        return together
    if Erasure.objects.filter(pk=erasure.pk).exists():
        raise ValidationError(_("The file has been erased already."))
    raise ValidationError(_("The request has been taken back."))


def _record(erasure: Erasure, done: str, *, by: User, **details: Any) -> None:
    file = erasure.file
    record(
        by=by,
        action=f"evidence.{done}",
        subject=file.evidence,
        organisation_id=file.evidence.assessment.organisation_id,
        file=file.name,
        revision=file.number,
        sha256=file.sha256,
        **details,
    )
