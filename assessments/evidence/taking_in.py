"""A file on its way in, whoever sends it: received, told from what is there, described, cited."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.standing import standing_of
from assessments.evidence.citing import cite
from assessments.evidence.formats import Format
from assessments.evidence.library import Description, add_evidence, same_file, stored_before
from assessments.evidence.proposing import propose
from assessments.evidence.storing import discard, receive
from assessments.models import Assessment, Evidence, EvidenceKind, EvidenceUse, Response


class SameFile(Exception):
    """The very same file is in the library already, as ``evidence``; nothing was stored."""

    def __init__(self, evidence: Evidence) -> None:
        super().__init__("the file is in the library already")
        self.evidence = evidence


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a file is to be cited at once, see :func:`~assessments.evidence.citing.cite`."""

    response: Response
    department: Organisation
    material: str = ""
    passage: str = ""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What is in the library, and where it is cited; ``problem`` is the sentence that says why it is not."""

    evidence: Evidence
    use: EvidenceUse | None = None
    problem: str = ""


def take_in(
    upload: File,
    *,
    assessment: Assessment,
    owner: Organisation,
    said: Mapping[str, Any],
    by: User,
    operation: UUID | None = None,
    citation: Citation | None = None,
    strip_location: bool = False,
) -> TakenIn:
    """Put a file into the library, and cite it where that is asked for; never call this in a transaction.

    ``said`` is what is known of the description; the rest is proposed from name and kind of the file. An
    upload that is sent again under its ``operation`` is stored once. Raises :class:`SameFile`,
    ``PermissionDenied`` and ``ValidationError``; nothing is stored then. An item that was locked while the
    file was on its way does not cite it: the file stays in the library.
    """
    received = receive(upload, strip_location=strip_location)
    if stored_before(received, assessment=assessment, by=by, operation=operation) is None:
        same = same_file(standing=standing_of(by), assessment=assessment, sha256=received.sha256)
        if same:
            discard(received)
            raise SameFile(same)
    evidence = add_evidence(
        assessment=assessment,
        owner=owner,
        description=Description(**{**_proposed(received.name, received.format), **said}),
        received=received,
        by=by,
        operation=operation,
    )
    return _cited(evidence, citation, by) if citation else TakenIn(evidence)


def _proposed(name: str, form: Format) -> dict[str, str]:
    title, number = propose(name)
    return {"title": title, "document_number": number, "kind": _kind(form)}


def _kind(form: Format) -> str:
    if form.is_picture:
        return EvidenceKind.PHOTO
    return EvidenceKind.STATISTICS if form.code in ("xls", "xlsx", "et") else EvidenceKind.DOCUMENT


def _cited(evidence: Evidence, wanted: Citation, by: User) -> TakenIn:
    try:
        use = cite(
            evidence=evidence,
            response=wanted.response,
            department=wanted.department,
            material=wanted.material,
            passage=wanted.passage,
            by=by,
        )
    except PermissionDenied:
        why = _("The item is locked now.")
    except ValidationError as refused:
        why = " ".join(refused.messages)
    else:
        return TakenIn(evidence, use)
    problem = _("Stored in the library, but not cited here: %(why)s") % {"why": why}
    return TakenIn(evidence, problem=problem)
