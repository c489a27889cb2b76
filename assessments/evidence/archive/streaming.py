"""The ZIP, piece by piece: at no time is more of it in memory than one piece and its lists.

Its length is known before the first byte, so that browsers show how far it is and notice when it is cut off.
It stays the same whatever becomes of a file on the way: a note of the file's length takes the place of one
that is gone, and one that is too short or too long is made up with zeros or cut.
"""

import hashlib
import logging
from collections.abc import Generator, Iterator, Mapping
from functools import cached_property
from typing import IO

from django.core.files.base import File
from zipstream import ZipStream

from assessments.evidence.archive.contents import CONTENTS, Occasion, write_contents
from assessments.evidence.archive.listing import Listing, Paper
from assessments.evidence.archive.manifest import MANIFEST, SUMS, Entry, Fate, write_manifest, write_sums
from assessments.evidence.archive.names import note_name
from assessments.evidence.storing import Erased, StorageDown, open_file
from assessments.models import EvidenceFile

PIECE = 256 * 1024
"""Bytes that are read and sent at once."""

_NOTES = {
    Fate.GONE: "这份材料在打包期间已依规定销毁，未能收入。",
    Fate.LOST: "存储中找不到这份材料的文件，未能收入，请与系统管理员联系。",
}
_WHY_LONG = "本说明以空行补足到原文件的长度，以免打包下载中断。"

log = logging.getLogger(__name__)


class Archive:
    """An iterable of the ZIP's bytes; ``size`` is how many there will be.

    ``beside`` are small files that lie at its top, beside the list of contents. All words are written when it
    is made; after that the database is asked about nothing but what was erased meanwhile. Stored, not
    deflated: PDF, pictures and Office documents are packed already. Raises ``StorageDown`` in between where
    the storage does not answer, and the server breaks off.
    """

    def __init__(
        self, listing: Listing, occasion: Occasion, beside: Mapping[str, bytes] | None = None
    ) -> None:
        self.listing, self.occasion = listing, occasion
        self._small = {CONTENTS: write_contents(listing, occasion), **(beside or {})}

    @property
    def contents(self) -> bytes:
        """The list of contents."""
        return self._small[CONTENTS]

    @cached_property
    def size(self) -> int:
        """Bytes of the whole."""
        zipped, entries = ZipStream(sized=True), self._small_entries()
        entries += [Entry(paper.path, file.size, file.sha256, paper) for paper, file in self.listing.stored()]
        for entry in entries:
            zipped.add(iter(()), entry.path, size=entry.size)
        self._add_lists(zipped, entries)
        return len(zipped)

    def __iter__(self) -> Generator[bytes, None, None]:
        zipped, entries = ZipStream(sized=True), self._small_entries()
        for name, content in self._small.items():
            zipped.add(content, name)
        yield from zipped.all_files()
        for paper, file in self.listing.stored():
            entries.append((yield from _send(zipped, paper, file)))
        self._add_lists(zipped, entries)
        yield from zipped.finalize()

    def _small_entries(self) -> list[Entry]:
        return [
            Entry(name, len(content), hashlib.sha256(content).hexdigest())
            for name, content in self._small.items()
        ]

    def _add_lists(self, zipped: ZipStream, entries: list[Entry]) -> None:
        manifest = write_manifest(self.listing, self.occasion, entries)
        zipped.add(manifest, MANIFEST)
        of_manifest = Entry(MANIFEST, len(manifest), hashlib.sha256(manifest).hexdigest())
        zipped.add(write_sums([*entries, of_manifest]), SUMS)


def _send(zipped: ZipStream, paper: Paper, file: EvidenceFile) -> Generator[bytes, None, Entry]:
    """Send a file of the storage; returns what was sent."""
    try:
        content = open_file(file)
    except Erased:
        return (yield from _send_note(zipped, paper, file, Fate.GONE))
    except StorageDown as problem:
        if not isinstance(problem.__cause__, FileNotFoundError):
            raise
        log.error("the storage does not have %s", file.key)
        return (yield from _send_note(zipped, paper, file, Fate.LOST))
    with content:
        exact = _Exactly(content, file.size)
        zipped.add(iter(exact), paper.path, size=file.size)
        yield from zipped.all_files()
    if exact.torn:
        log.error("%s has not the %d bytes that were stored", file.key, file.size)
    return Entry(paper.path, file.size, file.sha256, paper, Fate.TORN if exact.torn else Fate.KEPT)


def _send_note(
    zipped: ZipStream, paper: Paper, file: EvidenceFile, fate: Fate
) -> Generator[bytes, None, Entry]:
    folder, _slash, name = paper.path.rpartition("/")
    path, digest = f"{folder}/{note_name(name, paper.number)}", hashlib.sha256()
    for piece in _note(fate, file.size):
        digest.update(piece)
    zipped.add(_note(fate, file.size), path, size=file.size)
    yield from zipped.all_files()
    return Entry(path, file.size, digest.hexdigest(), paper, fate)


class _Exactly:
    """As many bytes of a file as were announced; ``torn`` says afterwards that it has others."""

    def __init__(self, content: IO[bytes] | File, size: int) -> None:
        self._content, self._size, self.torn = content, size, False

    def __iter__(self) -> Iterator[bytes]:
        left = self._size
        while left and (piece := self._content.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
        self.torn = bool(left or self._content.read(1))
        yield from _repeated(b"\0", left)


def _note(fate: Fate, size: int) -> Iterator[bytes]:
    text = f"{_NOTES[fate]}\r\n{_WHY_LONG}\r\n".encode()[:size]
    yield text
    yield from _repeated(b"\n", size - len(text))


def _repeated(byte: bytes, count: int) -> Iterator[bytes]:
    while count:
        piece = min(PIECE, count)
        yield byte * piece
        count -= piece
