"""Files into the storage ``evidence`` and out of it; what was left over is swept.

A file is in the storage, on its disk, before its row is written, and goes only after the row says so: a
process that dies leaves at worst a file without a row, which :func:`sweep` deletes.
"""

import contextlib
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.evidence.formats import Format, ask_child, recognise, refusal
from assessments.evidence.names import safe_name
from assessments.models import Erasure, EvidenceFile

OLD = timedelta(hours=1)
"""How long a file without a row is kept."""
LEASE = timedelta(minutes=30)
"""How long a file may wait for its row: so much less that no sweep takes one whose row is being written."""
FEW = 5
"""Files without a row that may be more than those with one."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file that is in the storage and has no row yet. ``size`` is in bytes. ``until`` says when
    it is too late for one."""

    key: str
    name: str
    format: Format
    size: int
    sha256: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Swept:
    """``deleted`` are keys in the storage that no row named or that were erased, ``arriving`` the names of
    uploads that never came to their end, ``missing`` the keys of rows whose files are not there."""

    deleted: list[str]
    arriving: list[str]
    missing: list[str]


class Erased(Exception):
    """A file that is nobody's to read: it is gone for good, or somebody has asked that it go."""


class StorageDown(Exception):
    """The storage does not give a file; ``str()`` is the sentence."""


class Suspicious(Exception):
    """So many files without a row that this looks like another site's storage; ``str()`` is the sentence."""


def receive(upload: File, *, strip_location: bool = False) -> Received:
    """Check a file, write it into the storage and onto its disk; never call this inside a transaction.

    With ``strip_location`` a picture is written anew without what its camera noted. Raises
    ``ValidationError`` with a sentence; nothing is left behind then.
    """
    given = safe_name(upload.name or "", "")
    _check_size(upload, given)
    try:
        form = recognise(upload, given)
        name = safe_name(upload.name or "", form.extension)
        if not (strip_location and form.is_picture):
            return _store(upload, name, form)
        with contextlib.closing(_without_location(upload, name)) as stripped:
            return _store(stripped, name, form)
    except OSError as problem:
        sentence = _("%(file)s cannot be stored at the moment. Nothing was stored; try again later.")
        raise ValidationError(sentence % {"file": given}, code="storage") from problem


def discard(received: Received) -> None:
    """Take back a file for which no row was written."""
    # What cannot be deleted now is swept later.
    with contextlib.suppress(OSError):
        _storage().delete(received.key)


def open_file(file: EvidenceFile) -> File:
    """The content, to be read in pieces and closed. Raises :class:`Erased` or :class:`StorageDown`."""
    if Erasure.objects.filter(file=file).exists():
        raise Erased
    try:
        return _storage().open(file.key)
    except OSError as problem:
        raise StorageDown(_("The file cannot be read at the moment. Try again later.")) from problem


def stored_files() -> Iterator[tuple[str, str, int]]:
    """Key, SHA-256 and size in bytes of every file that has a row and is not erased, in order of keys."""
    rows = EvidenceFile.objects.exclude(erasure__confirmed_at__isnull=False).order_by("key")
    yield from rows.values_list("key", "sha256", "size").iterator()


def sweep(older_than: timedelta = OLD, *, however_many: bool = False) -> Swept:
    """Delete what was erased and, once they are that old, files without a row and uploads that broke off.

    With less than :data:`OLD` only while nobody uploads. Raises :class:`StorageDown`, and :class:`Suspicious`
    where more files have no row than have one, unless ``however_many`` may go.
    """
    until = timezone.now() - older_than
    try:
        there = set(_storage().listdir("")[1])
        wanted = {key for key, _hash, _size in stored_files()}
        nameless = {key for key in there - wanted - _erased() if _is_left(key, until)}
        if not however_many:
            _check_number(len(nameless), len(there & wanted))
        left = sorted(nameless | there & _erased())
        for key in left:
            _storage().delete(key)
    except OSError as problem:
        raise StorageDown(_("The storage of the evidence does not answer.")) from problem
    return Swept(left, _sweep_arriving(until), sorted(_missing(wanted - there)))


def sha256_of(content: File) -> str:
    """The hash of a file, read in pieces."""
    digest = hashlib.sha256()
    for chunk in content.chunks():
        digest.update(chunk)
    content.seek(0)
    return digest.hexdigest()


def _check_size(upload: File, name: str) -> None:
    if not upload.size:
        raise refusal("empty", name)
    if upload.size > settings.UPLOAD_MB * 1_000_000:
        raise refusal("large", name, {"limit": settings.UPLOAD_MB})


def _without_location(picture: File, name: str) -> File:
    """The picture anew, in a file that is gone when it is closed. Raises ``ValidationError``."""
    stripped = TemporaryUploadedFile(name, "", 0, None)
    largest = str(settings.UPLOAD_MB * 1_000_000)
    answer = ask_child(picture, "strip", largest, into=stripped.file)
    stripped.size = stripped.seek(0, 2)
    if "refused" in answer:
        stripped.close()
        raise refusal(answer["refused"], name, answer["values"])
    return stripped


def _store(content: File, name: str, form: Format) -> Received:
    digest, until = sha256_of(content), timezone.now() + LEASE
    received = Received(uuid.uuid4().hex, name, form, content.size, digest, until)
    _storage().save(received.key, content)
    return received


def _erased() -> set[str]:
    erased = EvidenceFile.objects.filter(erasure__confirmed_at__isnull=False)
    return set(erased.values_list("key", flat=True))


def _is_left(key: str, until: datetime) -> bool:
    """Whether a file is that old and still has no row."""
    return not EvidenceFile.objects.filter(key=key).exists() and _storage().get_modified_time(key) < until


def _check_number(nameless: int, kept: int) -> None:
    """A database that is empty, old or another's would have all of the evidence deleted."""
    if nameless > max(FEW, kept):
        sentence = _(
            "%(files)s files have no row in the database, %(kept)s have one. Is it the right database? "
            "Nothing was deleted."
        )
        raise Suspicious(sentence % {"files": nameless, "kept": kept})


def _missing(keys: set[str]) -> Iterator[str]:
    """Those keys whose files are still wanted and still not there: rows come while the storage is listed."""
    for key in keys & {key for key, _hash, _size in stored_files()}:
        if not _storage().exists(key):
            yield key


def _sweep_arriving(until: datetime) -> list[str]:
    arriving = FileSystemStorage(settings.FILE_UPLOAD_TEMP_DIR)
    left = sorted(name for name in arriving.listdir("")[1] if arriving.get_modified_time(name) < until)
    for name in left:
        arriving.delete(name)
    return left


def _storage() -> Storage:
    return storages["evidence"]
