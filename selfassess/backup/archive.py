"""The archive: a plain tar, so that ``tar`` opens it and ``sha256sum -c SHA256SUMS`` checks it without us.

First comes the database, then the stored files in order of name, then the manifest, last the checksums of all
of these. Reading trusts nothing: only headers as we write them, only regular files, only names that we give,
and a byte that changed anywhere is noticed.
"""

import hashlib
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tarfile import BLOCKSIZE, GNU_FORMAT, REGTYPE, HeaderError, TarInfo
from typing import IO, Any

from django.utils.translation import gettext as _
from pydantic import ValidationError
from pydantic_core import from_json

from selfassess.backup.manifest import FORMAT, Manifest
from selfassess.commandline import Unusable

DATABASES = {"sqlite": "database.sqlite3.gz", "postgresql": "database.dump"}
"""The member with the database, by its kind."""

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
LARGEST_MANIFEST = 16 * 1024 * 1024
CHUNK = 1024 * 1024

_WORD = r"[A-Za-z0-9_-][A-Za-z0-9._-]*"
_MEMBER = re.compile(rf"{_WORD}(/{_WORD})*")
_LONGEST = 100
"""What a tar header takes without an extension."""
_SUM = re.compile(rb"([0-9a-f]{64})  ([^\n]{1,100})\n")


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the archive; ``offset`` is where its bytes begin."""

    name: str
    size: int
    offset: int


class Writer:
    """Writes an archive from its beginning to its end; nothing is held but the checksums."""

    def __init__(self, file: IO[bytes], *, at: float) -> None:
        self._file, self._at, self._sums = file, int(at), list[str]()

    def add(self, name: str, content: IO[bytes], size: int) -> str:
        """Append a member of ``size`` bytes; gives its SHA-256.

        Raises ``OSError`` where the content is shorter, ``ValueError`` for a name that cannot be read back.
        """
        if not _MEMBER.fullmatch(name) or len(name) > _LONGEST:
            raise ValueError(f"no name for a member: {name!r}")
        info = TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, self._at
        self._file.write(info.tobuf(GNU_FORMAT))
        digest, left = hashlib.sha256(), size
        while left:
            chunk = content.read(min(CHUNK, left))
            if not chunk:
                raise OSError(f"{name} ended early")
            digest.update(chunk)
            self._file.write(chunk)
            left -= len(chunk)
        self._file.write(bytes(-size % BLOCKSIZE))
        self._sums.append(f"{digest.hexdigest()}  {name}\n")
        return digest.hexdigest()

    def close(self, manifest: Manifest) -> None:
        """Write what stands at the end."""
        for name, text in ((MANIFEST, manifest.model_dump_json(indent=1)), (SUMS, None)):
            content = ("".join(self._sums) if text is None else text).encode()
            self.add(name, io.BytesIO(content), len(content))
        self._file.write(bytes(2 * BLOCKSIZE))


class Section(io.RawIOBase):
    """A member's bytes as a file of its own."""

    def __init__(self, file: int, member: Member) -> None:
        self._file, self._member, self._position = file, member, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._member.size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), max(0, self._member.size - self._position))
        read = os.pread(self._file, wanted, self._member.offset + self._position)
        buffer[: len(read)] = read
        self._position += len(read)
        return len(read)


class Archive:
    """An archive that is open for reading; its order and its manifest have been looked at, its bytes only
    after :meth:`check`."""

    def __init__(self, file: int) -> None:
        self._file = file
        self.size = os.fstat(file).st_size
        first, last = None, list[Member]()
        for member in self._members():
            first, last = first or member, [*last[-1:], member]
        if first is None or [member.name for member in last] != [MANIFEST, SUMS]:
            raise Unusable(_("This is not a backup: its list of contents is missing."))
        self._sums = last[1]
        self.manifest = self._read_manifest(last[0])
        if first.name != DATABASES[self.manifest.kind]:
            raise _foreign(first.name)
        self.database = first

    def check(self) -> None:
        """Read it all. Raises :class:`Unusable` with the first member that differs from its checksum."""
        for member, promised in self._summed():
            with self.open(member) as content:
                if hashlib.file_digest(content, "sha256").hexdigest() != promised:
                    raise Unusable(
                        _("The backup is damaged: “%(name)s” was changed.") % {"name": member.name}
                    )

    def files(self) -> Iterator[tuple[Member, str]]:
        """The stored files and their SHA-256, in order of name."""
        for member, promised in self._summed():
            if member.name not in (self.database.name, MANIFEST):
                yield member, promised

    def open(self, member: Member) -> io.BufferedReader:
        """Its bytes."""
        return io.BufferedReader(Section(self._file, member), CHUNK)

    def _summed(self) -> Iterator[tuple[Member, str]]:
        """Each member with its promised checksum: the lists must agree to the end, and no name come twice."""
        before = ""
        with self.open(self._sums) as lines:
            for member in self._members():
                if member.name == SUMS:
                    break
                line = _SUM.fullmatch(lines.readline(200))
                if not line or line[2] != member.name.encode():
                    raise Unusable(
                        _("The backup is damaged: “%(name)s” is not in its list of contents.")
                        % {"name": member.name}
                    )
                if member.name not in (self.database.name, MANIFEST):
                    if "/" not in member.name or member.name <= before:
                        raise _foreign(member.name)
                    before = member.name
                yield member, line[1].decode()
            if lines.read(1):
                raise Unusable(_("The backup is damaged: a file of its list of contents is not there."))

    def _read_manifest(self, member: Member) -> Manifest:
        damaged = Unusable(_("The backup is damaged: “%(name)s” was changed.") % {"name": MANIFEST})
        if member.size > LARGEST_MANIFEST:
            raise damaged
        text = self.open(member).read()
        try:
            told = from_json(text)
            if isinstance(told, dict) and isinstance(told.get("format"), int) and told["format"] > FORMAT:
                raise Unusable(
                    _("The backup was made by a newer version (%(version)s). Install that version first.")
                    % {"version": str(told.get("version"))[:40]}
                )
            return Manifest.model_validate_json(text)
        except (ValidationError, ValueError) as problem:
            raise damaged from problem

    def _members(self) -> Iterator[Member]:
        """By the headers; what lies between is skipped, what fills up must be empty."""
        position, before = 0, ""
        while True:
            header = os.pread(self._file, BLOCKSIZE, position)
            if header == bytes(BLOCKSIZE) and position:
                self._require_empty(position, before)
                return
            member = _read_header(header, position, before)
            end = member.offset + member.size
            filled = -member.size % BLOCKSIZE
            if end + filled > self.size:
                raise _cut_off(member.name)
            if os.pread(self._file, filled, end) != bytes(filled):
                raise _damaged_after(member.name)
            yield member
            position, before = end + filled, member.name

    def _require_empty(self, position: int, before: str) -> None:
        if self.size - position < 2 * BLOCKSIZE:
            raise _cut_off(before)
        while chunk := os.pread(self._file, CHUNK, position):
            if chunk.strip(b"\0"):
                raise _damaged_after(before)
            position += len(chunk)


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a backup. Raises :class:`Unusable` where it is none, is cut off, or is of a newer form."""
    try:
        # Not to wait for the other end of a pipe.
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as problem:
        raise Unusable(
            _("%(file)s cannot be read: %(reason)s.") % {"file": path, "reason": problem.strerror}
        ) from problem
    try:
        if not path.is_file():
            raise Unusable(_("%(file)s is not a file.") % {"file": path})
        yield Archive(file)
    finally:
        os.close(file)


def _read_header(header: bytes, position: int, before: str) -> Member:
    try:
        info = TarInfo.frombuf(header, "ascii", "replace")
    except HeaderError as problem:
        if not before:
            raise Unusable(_("This is not a backup.")) from problem
        raise (_damaged_after if len(header) == BLOCKSIZE else _cut_off)(before) from problem
    if header[148:156] != b"%06o\0 " % info.chksum:
        raise _damaged_after(before)
    if info.type != REGTYPE or info.size < 0 or not _MEMBER.fullmatch(info.name):
        raise _foreign(info.name)
    return Member(info.name, info.size, position + BLOCKSIZE)


def _foreign(name: str) -> Unusable:
    return Unusable(_("This is not a backup: it holds “%(name)s”.") % {"name": ascii(name)[1:-1]})


def _cut_off(name: str) -> Unusable:
    return Unusable(_("The backup is cut off at “%(name)s”.") % {"name": name})


def _damaged_after(name: str) -> Unusable:
    return Unusable(_("The backup is damaged after “%(name)s”.") % {"name": name})
