"""Sending an archive: in the trail before its first byte, and only a few at once.

Each takes one of the server's threads until its last byte; without bounds a handful of downloads that were
paused would leave nobody to serve the pages.
"""

from collections.abc import Iterator
from threading import BoundedSemaphore
from typing import Any

from django.db import transaction

from accounts.models import User
from assessments.evidence.archive.streaming import Archive
from audit.trail import record

AT_ONCE = 3
"""Archives that one process sends at once."""
PATIENCE = 60
"""Seconds after which a receiver that takes nothing more is left."""

_free = BoundedSemaphore(AT_ONCE)


class Busy(Exception):
    """As many archives as may be are being sent."""


class Sending(Iterator[bytes]):
    """The pieces of an archive, to be closed at the end by whoever got it. Raises :class:`Busy`."""

    def __init__(self, archive: Archive) -> None:
        if not _free.acquire(blocking=False):
            raise Busy
        self._pieces, self._is_open = iter(archive), True

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """Let go of the file that is being sent, and of the place."""
        self._pieces.close()
        if self._is_open:
            self._is_open = False
            _free.release()


def hand_out(archive: Archive, *, by: User, socket: Any = None) -> Sending:
    """Record that somebody gets it, and begin. ``socket`` is the receiver's, if the server tells.

    The event comes first: who breaks off near the end has most of it all the same. Raises :class:`Busy`.
    """
    sending = Sending(archive)
    try:
        _record(archive, by)
        if socket is not None:
            socket.settimeout(PATIENCE)
    except BaseException:
        sending.close()
        raise
    return sending


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
