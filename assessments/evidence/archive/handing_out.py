"""That an archive was asked for, in the trail."""

from django.db import transaction

from accounts.models import User
from assessments.evidence.archive.streaming import Archive
from audit.trail import record


@transaction.atomic
def record_archive(archive: Archive, *, by: User) -> None:
    """Before the first byte: who breaks off near the end has most of it all the same."""
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
