"""Handing out an archive: in the trail before its first byte."""

from collections.abc import Generator

from django.db import transaction

from accounts.models import User
from assessments.evidence.archive.streaming import Archive
from assessments.evidence.sending import Sending
from audit.trail import record


def hand_out(archive: Archive, *, by: User) -> Sending:
    """Record that somebody gets it, and begin.

    The event comes first: who breaks off near the end has most of it all the same. Raises
    :class:`~assessments.evidence.sending.Busy`, and records nothing then.
    """

    def begin() -> Generator[bytes, None, None]:
        _record(archive, by)
        return iter(archive)

    return Sending(begin)


@transaction.atomic
def _record(archive: Archive, by: User) -> None:
    listing = archive.listing
    record(
        by=by,
        action="evidence.archived",
        subject=listing.assessment,
        organisation_id=listing.assessment.organisation_id,
        scope=listing.scope,
        files=listing.count,
        bytes=archive.size,
        copies=archive.occasion.copies,
    )
