"""The writer of contributions (配合部门意见): what a supporting department says on an item, beside the lead.

Saved with the guarantees of :mod:`assessments.responses`: one conditional UPDATE guarded by the version that
was read and the state of the item, one revision row, everything checked before; a save whose answer was lost
and that is sent again succeeds.
"""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.standing import standing_of
from assessments.access import may_contribute
from assessments.checking import NARRATIVE_LIMIT, endless_word_fault
from assessments.models import Contribution, ContributionRevision, Response
from assessments.states import OPEN_TO_DEPARTMENT
from assessments.text import clean_text, has_endless_word

MATERIALS_LIMIT = 2_000
"""Characters of the list of materials."""


class StaleContribution(Exception):
    """Somebody of the department saved in between; ``current`` is the contribution as it stands now."""

    def __init__(self, current: Contribution) -> None:
        super().__init__("the contribution has been saved by somebody else")
        self.current = current


@dataclass(frozen=True, slots=True)
class _Words:
    text: str
    materials: str
    done: bool


def save_contribution(
    *,
    response: Response,
    department: Organisation,
    text: str,
    materials: str,
    done: bool,
    version: int,
    by: User,
    operation: UUID | None = None,
) -> Contribution:
    """Save a supporting department's text, materials (one a line) and done mark (完成).

    ``version`` is the one that the editor had read, 0 where there was nothing yet; the contribution comes
    back as stored, with the version that this save made. Only the department's fillers and heads write it,
    while the item is open to departments. Raises ``PermissionDenied``, :class:`StaleContribution` and
    ``ValidationError`` by field; nothing is stored then. Where nothing differs from what is stored, nothing
    is written. Needs ``assignment`` and ``item`` of the response read along.
    """
    try:
        return _save(response, department, _Words(text, materials, done), version, by, operation)
    except (StaleContribution, PermissionDenied):
        if operation is None or not _is_stored(response, department, version, by, operation):
            raise
        stored = Contribution.objects.get(response=response, department=department)
        stored.version = version + 1
        return stored


def check_contribution(*, text: str, materials: str, done: bool) -> None:
    """Raise ``ValidationError`` by field for what :func:`save_contribution` would refuse to store."""
    _checked(_Words(text, materials, done))


def is_merged(contribution: Contribution, narrative: str) -> bool:
    """Whether every paragraph of the contribution stands in the lead's text."""
    paragraphs = contribution.text.splitlines()
    return bool(paragraphs) and set(paragraphs) <= set(narrative.splitlines())


def merged(narrative: str, contribution: Contribution) -> str:
    """The lead's text with those paragraphs of the contribution that are not in it yet, at its end."""
    lines = clean_text(narrative).splitlines()
    return "\n".join([*lines, *(line for line in contribution.text.splitlines() if line not in lines)])


def _save(
    response: Response,
    department: Organisation,
    words: _Words,
    version: int,
    by: User,
    operation: UUID | None,
) -> Contribution:
    if not may_contribute(standing_of(by), response, department.pk):
        raise PermissionDenied
    words = _checked(words)
    stored = Contribution.objects.filter(response=response, department=department).first()
    if version != (stored.version if stored else 0):
        raise _stale(response, department)
    if stored and words == _Words(stored.text, stored.materials, stored.done):
        return stored
    try:
        return _write(response, department, words, version, by, operation)
    except IntegrityError as problem:
        if operation and ContributionRevision.objects.filter(operation=operation).exists():
            raise ValidationError(_("This save has been stored for another item.")) from problem
        # Two began the contribution at the same moment.
        raise _stale(response, department) from problem


@transaction.atomic
def _write(
    response: Response,
    department: Organisation,
    words: _Words,
    version: int,
    by: User,
    operation: UUID | None,
) -> Contribution:
    now = timezone.now()
    if not version:
        Contribution.objects.get_or_create(response=response, department=department)
    unmoved = Contribution.objects.filter(
        response=response,
        department=department,
        version=version,
        response__state__in=OPEN_TO_DEPARTMENT,
        response__withdrawn=False,
    )
    fields = {"text": words.text, "materials": words.materials, "done": words.done}
    if not unmoved.update(**fields, version=version + 1, saved_by=by, saved_at=now):
        raise _stale(response, department)
    stored = Contribution.objects.get(response=response, department=department)
    ContributionRevision.objects.create(
        contribution=stored, version=version + 1, operation=operation, saved_by=by, saved_at=now, **fields
    )
    return stored


def _checked(words: _Words) -> _Words:
    words = _Words(clean_text(words.text), clean_text(words.materials), words.done)
    faults = {}
    for name, text, limit in (
        ("text", words.text, NARRATIVE_LIMIT),
        ("materials", words.materials, MATERIALS_LIMIT),
    ):
        if len(text) > limit:
            message = _("The text has %(length)s characters; at most %(limit)s are kept.")
            faults[name] = message % {"length": len(text), "limit": limit}
        elif has_endless_word(text):
            faults[name] = endless_word_fault()
    if words.done and not words.text:
        faults["text"] = _("Write what your department did before you mark it as done.")
    if faults:
        raise ValidationError(faults)
    return words


def _stale(response: Response, department: Organisation) -> StaleContribution | PermissionDenied:
    """Why it could not be stored: somebody else of the department saved, or the item is no longer open."""
    stored = Response.objects.filter(pk=response.pk, state__in=OPEN_TO_DEPARTMENT)
    current = Contribution.objects.filter(response=response, department=department).first()
    return StaleContribution(current) if current and stored.exists() else PermissionDenied()


def _is_stored(response: Response, department: Organisation, version: int, by: User, operation: UUID) -> bool:
    """Whether this very save has been stored before."""
    return ContributionRevision.objects.filter(
        operation=operation,
        contribution__response=response,
        contribution__department=department,
        saved_by=by,
        version=version + 1,
    ).exists()
