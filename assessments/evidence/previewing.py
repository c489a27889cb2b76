"""Pictures of the pages of PDF files and images, made on the server when somebody looks at one.

A file that strangers made is never shown itself: :mod:`assessments.evidence.page_child` makes a picture of
the page, under limits. It is kept in the storage ``previews`` under the hash of the file and the number of
the page (no backup needs it), and goes with the file.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from assessments.evidence.formats import FORMATS
from assessments.evidence.storing import Erased, open_file
from assessments.models import Erasure, EvidenceFile
from sandbox.running import Stopped, run

MEDIA_TYPE = "image/webp"
SECONDS = 10.0
"""Of wall time for a page."""
MOST_PAGES = 100_000
AT_ONCE = 2
"""Pages that one server process has made at the same time; each may take the child's memory."""
PATIENCE = 5.0
"""Seconds that somebody waits for a turn."""

_turns = BoundedSemaphore(AT_ONCE)

_DOWNLOAD = gettext_noop("Download the file to look at it.")
_REFUSALS = {
    "form": gettext_noop("A file of this kind cannot be shown here."),
    "damaged": gettext_noop("This file is damaged, or not built as such a file should be."),
    "password": gettext_noop("This file is protected by a password."),
    "pixels": gettext_noop("This page is too large to be shown here."),
    "memory": gettext_noop("This page is too complicated to be shown here."),
    "time": gettext_noop("Showing this page takes too long."),
    "busy": gettext_noop("Many pages are being made at this moment. Try again in a while."),
    "erased": gettext_noop("This file has been erased, or is about to be."),
}
_WITHOUT_ADVICE = {"busy", "erased"}
_LASTS = {"damaged", "password", "pixels", "memory"}
"""What is said again without trying."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a file as a picture of :data:`MEDIA_TYPE`, ``number`` of ``pages``, counted from 1."""

    number: int
    pages: int
    picture: bytes


class NoSuchPage(Exception):
    """The file has fewer pages."""


class NoPicture(Exception):
    """There is a page and no picture of it; the sentence says why and what to do."""

    def __init__(self, key: str) -> None:
        words = _(_REFUSALS[key])
        if key not in _WITHOUT_ADVICE:
            words = _("%(sentence)s %(advice)s") % {"sentence": words, "advice": _(_DOWNLOAD)}
        super().__init__(words)
        self.key = key


def page_picture(file: EvidenceFile, number: int) -> Page:
    """A page of the file, from what is kept or made now: never call this inside a transaction.

    Raises :class:`NoSuchPage`, :class:`NoPicture`, and ``StorageDown`` with its sentence.
    """
    form = FORMATS[file.format]
    if not 1 <= number <= MOST_PAGES:
        raise NoSuchPage
    if not form.has_preview:
        raise NoPicture("form")
    if Erasure.objects.filter(file=file).exists():
        raise NoPicture("erased")
    answer = _kept(file, number)
    if answer is None:
        answer = _made(file, "picture" if form.is_picture else "pdf", number)
    line, _newline, picture = answer.partition(b"\n")
    said = json.loads(line)
    if said.get("refused") == "no_page":
        raise NoSuchPage
    if "refused" in said:
        raise NoPicture(said["refused"])
    return Page(number, said["pages"], picture)


def forget_pages(sha256: str) -> None:
    """Delete all pictures of a file's pages: part of erasing it."""
    storage, folder = _storage(), sha256
    try:
        names = storage.listdir(folder)[1]
    except FileNotFoundError:
        return
    for name in names:
        storage.delete(f"{folder}/{name}")
    storage.delete(folder)


def sweep_pages() -> int:
    """Delete the pictures of files that are not there any more; how many files that was."""
    there = EvidenceFile.objects.exclude(erasure__confirmed_at__isnull=False)
    hashes = set(there.values_list("sha256", flat=True))
    try:
        gone = [folder for folder in _storage().listdir("")[0] if folder not in hashes]
    except FileNotFoundError:
        return 0
    for folder in gone:
        forget_pages(folder)
    return len(gone)


def _kept(file: EvidenceFile, number: int) -> bytes | None:
    try:
        with _storage().open(_key(file, number)) as kept:
            answer: bytes = kept.read()
    except OSError:
        return None
    return answer


def _made(file: EvidenceFile, kind: str, number: int) -> bytes:
    try:
        with _turn(), open_file(file) as source:
            answer = run(
                "assessments.evidence.page_child", source, kind, str(number), *_fonts(), seconds=SECONDS
            )
    except Erased as gone:
        raise NoPicture("erased") from gone
    except Stopped as stopped:
        answer = json.dumps({"refused": stopped.why}).encode()
    if json.loads(answer.partition(b"\n")[0]).get("refused", "damaged") in _LASTS:
        _keep(file, number, answer)
    return answer


def _keep(file: EvidenceFile, number: int, answer: bytes) -> None:
    try:
        _storage().save(_key(file, number), ContentFile(answer))
    except OSError:
        return  # it is made again
    if Erasure.objects.filter(file=file, confirmed_at__isnull=False).exists():
        # It was erased while the page was being made.
        forget_pages(file.sha256)


def _key(file: EvidenceFile, number: int) -> str:
    return f"{file.sha256}/{number}"


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=PATIENCE):
        raise NoPicture("busy")
    try:
        yield
    finally:
        _turns.release()


def _fonts() -> list[str]:
    """Folders of faces for text that brings none: the office's own first."""
    folders = (settings.OFFICE_FONT_FOLDER, settings.FONT_FOLDER)
    return [folder for folder in folders if folder and Path(folder).is_dir()]


def _storage() -> Storage:
    return storages["previews"]
