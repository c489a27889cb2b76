"""Documents that are ZIP packages, DOCX to OFD: looked at by their directory alone. Imports no Django."""

import struct
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from assessments.evidence.refused import Refused
from spreadsheets.limits import has_macros, has_unsafe_names

MOST_ENTRIES = 20_000
LARGEST_TOTAL = 2_000_000_000
"""Bytes when unpacked, as the directory says."""
MOST_RATIO = 200
"""How many times its size an entry may unpack to, once it is above :data:`RATIO_FROM` bytes."""
RATIO_FROM = 10_000_000
_LARGEST_TYPES = 1_000_000
"""Bytes of the list of a package's parts; only so much of it is ever unpacked."""

_BY_TYPE = (
    (b"wordprocessingml.document.main+xml", "docx"),
    (b"spreadsheetml.sheet.main+xml", "xlsx"),
    (b"presentationml.presentation.main+xml", "pptx"),
    (b"presentationml.slideshow.main+xml", "pptx"),
)
_END, _ENTRY = b"PK\x05\x06", b"PK\x01\x02"
_END_SIZE, _LONGEST_COMMENT = 22, 65_535
_IN_ZIP64 = 0xFFFF_FFFF
"""In place of a length: it stands in the larger form of the directory."""


def look_into_package(content: IO[bytes]) -> str:
    """One of "docx", "xlsx", "pptx" or "ofd". Raises :class:`Refused`."""
    _check_end(content)
    try:
        package = ZipFile(content)
        entries = package.infolist()
        _check(entries, content.seek(0, 2))
        names = {entry.filename.lower() for entry in entries}
        if "ofd.xml" in names:
            return "ofd"
        if "[content_types].xml" not in names:
            raise Refused("opendocument" if {"mimetype", "content.xml"} <= names else "archive")
        with package.open("[Content_Types].xml") as types:
            return _office_kind(types.read(_LARGEST_TYPES), names)
    except (BadZipFile, ValueError, NotImplementedError, EOFError, KeyError, RuntimeError) as problem:
        raise Refused("damaged") from problem


def is_package_behind(content: IO[bytes]) -> bool:
    """Whether a program that unpacks ZIP would find one at the end of the file."""
    place, tail = _tail(content)
    at = tail.rfind(_END)
    while at >= 0 and len(tail) - at >= _END_SIZE:
        (length,) = struct.unpack_from("<L", tail, at + 12)
        content.seek(max(0, place + at - length))
        if length in (0, _IN_ZIP64) or content.read(4) == _ENTRY:
            return True
        at = tail.rfind(_END, 0, at)
    return False


def _check_end(content: IO[bytes]) -> None:
    """That nothing stands behind the directory."""
    _place, tail = _tail(content)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise Refused("damaged")
    (comment,) = struct.unpack_from("<H", tail, at + 20)
    if tail[at + _END_SIZE + comment :].strip(b"\0"):
        raise Refused("mixed")


def _tail(content: IO[bytes]) -> tuple[int, bytes]:
    """Where the part begins in which the directory of a ZIP must end, and that part."""
    place = max(0, content.seek(0, 2) - _END_SIZE - _LONGEST_COMMENT)
    content.seek(place)
    return place, content.read()


def _check(entries: list[ZipInfo], size: int) -> None:
    if len(entries) > MOST_ENTRIES:
        raise Refused("entries", limit=MOST_ENTRIES)
    if has_unsafe_names(entries):
        raise Refused("names")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("encrypted")
    if sum(entry.file_size for entry in entries) > LARGEST_TOTAL:
        raise Refused("expands", limit=LARGEST_TOTAL // 1_000_000)
    # Entries that share their bytes are how a small file unpacks to petabytes.
    if sum(entry.compress_size for entry in entries) > size or any(map(_is_too_tight, entries)):
        raise Refused("ratio")


def _is_too_tight(entry: ZipInfo) -> bool:
    return entry.file_size > RATIO_FROM and entry.file_size > MOST_RATIO * max(entry.compress_size, 1)


def _office_kind(types: bytes, names: set[str]) -> str:
    lowered = types.lower()
    if b"macroenabled" in lowered or has_macros(names):
        raise Refused("macros")
    for written, kind in _BY_TYPE:
        if written in lowered:
            return kind
    raise Refused("other")
