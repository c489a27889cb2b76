"""Long answers, files of evidence and archives of them: only a few at once.

Each takes one of the server's threads until its last byte; without bounds a handful of downloads by slow
receivers would leave nobody to serve the pages.
"""

from collections.abc import Callable, Iterator
from threading import BoundedSemaphore
from typing import Protocol

from django.utils.translation import gettext as _

from assessments.evidence.storing import StorageDown

AT_ONCE = 3
"""Long answers that one process sends at once; it has four threads or more."""
LONG = 1_000_000
"""An answer of fewer bytes goes out without waiting for its receiver, or nearly so."""

_free = BoundedSemaphore(AT_ONCE)


class Busy(StorageDown):
    """As many as may be are being sent; ``str()`` is the sentence."""


class Pieces(Protocol):
    """What is sent."""

    def __iter__(self) -> Iterator[bytes]: ...
    def close(self) -> None: ...


class Sending(Iterator[bytes]):
    """The pieces of a long answer, to be closed at the end by whoever got it.

    ``begin`` opens them, once there is a place. Raises :class:`Busy`, and what ``begin`` raises.
    """

    def __init__(self, begin: Callable[[], Pieces]) -> None:
        self._has_place = _free.acquire(blocking=False)
        if not self._has_place:
            raise Busy(_("Many files are being downloaded at the moment. Try again in a while."))
        try:
            self._opened = begin()
            self._pieces = iter(self._opened)
        except BaseException:
            self._leave()
            raise

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """Let go of the file that is being sent, and of the place."""
        if self._has_place:
            self._opened.close()
        self._leave()

    def __del__(self) -> None:
        # An answer that was replaced by another, as when a session has ended meanwhile, is closed by nobody.
        self._leave()

    def _leave(self) -> None:
        if self._has_place:
            self._has_place = False
            _free.release()
