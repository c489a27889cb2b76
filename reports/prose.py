"""The writer of the report's prose."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.standing import standing_of
from assessments.access import may_write_report
from assessments.checking import endless_word_fault
from assessments.models import Assessment
from assessments.text import clean_line, clean_text, has_endless_word
from audit.trail import record
from reports.models import ReportProse
from reports.read.prose import read_chapter
from reports.render.text import chapter_text
from reports.render.writable import UnwritableReport

LINES = ("title", "addressee", "issuer", "document_number", "signatory")
CHAPTERS = ("experience", "problems", "improvements")
TEXTS = ("preamble", *CHAPTERS)

TEXT_LIMIT = 50_000
"""Characters of the preamble or one chapter; the longest real one has about 2,000."""

UNPRINTABLE_CHAPTER = gettext_lazy("At most 99 headings, and numbers of paragraphs from 1 to 999.")


@dataclass(frozen=True, slots=True)
class ProseContent:
    """What a coordinator edits of the report; see :class:`reports.models.ReportProse`."""

    title: str
    addressee: str
    preamble: str = ""
    experience: str = ""
    problems: str = ""
    improvements: str = ""
    issuer: str = ""
    document_number: str = ""
    signatory: str = ""
    issued_on: date | None = None


class StaleProse(Exception):
    """Somebody saved in between; ``current`` is the prose as it stands now. Nothing was stored."""

    def __init__(self, current: ReportProse) -> None:
        super().__init__("the prose has been saved by somebody else")
        self.current = current


@transaction.atomic
def save_prose(*, assessment: Assessment, content: ProseContent, version: int, by: User) -> ReportProse:
    """Save the prose. ``version`` is what the editor had read, 0 where none was stored.

    Raises ``PermissionDenied``, ``ValidationError`` by field, and :class:`StaleProse`; nothing is stored
    then.
    """
    if not may_write_report(standing_of(by), assessment):
        raise PermissionDenied
    return store_prose(assessment=assessment, content=content, version=version, by=by)


@transaction.atomic
def store_prose(
    *, assessment: Assessment, content: ProseContent, version: int, by: User | None
) -> ReportProse:
    """:func:`save_prose` without asking for a role: for loading a report, whose caller has asked."""
    # The row of the assessment stands in for the lock while no prose exists yet.
    Assessment.objects.select_for_update().get(pk=assessment.pk)
    prose = ReportProse.objects.filter(assessment=assessment).first() or ReportProse(assessment=assessment)
    if prose.version != version:
        raise StaleProse(prose)
    fill_prose(prose, content)
    prose.version, prose.saved_by, prose.saved_at = version + 1, by, timezone.now()
    prose.save()
    record(
        by=by,
        action="report.prose_saved",
        subject=prose,
        organisation_id=assessment.organisation_id,
        version=prose.version,
    )
    return prose


def fill_prose(prose: ReportProse, content: ProseContent) -> None:
    """Take over a content with its text cleaned, storing nothing. Raises ``ValidationError`` by field."""
    for name in LINES:
        setattr(prose, name, clean_line(getattr(content, name)))
    for name in TEXTS:
        setattr(prose, name, clean_text(getattr(content, name)))
    prose.issued_on = content.issued_on
    prose.full_clean()
    if faults := dict(_text_faults(prose)):
        raise ValidationError(faults)


def _text_faults(prose: ReportProse) -> Iterator[tuple[str, str]]:
    for name in TEXTS:
        text = getattr(prose, name)
        if has_endless_word(text):
            yield name, endless_word_fault()
        if len(text) > TEXT_LIMIT:
            yield (
                name,
                _("The text has %(length)s characters; at most %(limit)s are kept.")
                % {"length": len(text), "limit": TEXT_LIMIT},
            )
        elif name in CHAPTERS and not _is_printable(text):
            yield name, str(UNPRINTABLE_CHAPTER)


def _is_printable(chapter: str) -> bool:
    try:
        chapter_text(read_chapter(chapter))
    except UnwritableReport:
        return False
    return True
