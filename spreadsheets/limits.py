"""What a file is and whether a workbook may be opened at all: looked at before anything of it is unpacked.

Pure. What is refused is named by a key with its values; the words are in :mod:`spreadsheets.opening`.
"""

from collections import Counter
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

LARGEST = 10_000_000
"""Bytes of a file; a workbook of 2,000 items has about 300,000."""
MOST_ENTRIES = 1_000
LARGEST_ENTRY = 30_000_000
LARGEST_TOTAL = 60_000_000
"""Bytes when unpacked, by one entry and by all."""
MOST_RATIO = 150
"""How many times its size an entry may unpack to, once it is above :data:`RATIO_FROM` bytes."""
RATIO_FROM = 1_000_000

_SIGNATURES = (
    (b"%PDF", "pdf"),
    (b"{\\rtf", "other"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKAGES = (
    ("xl/workbook.bin", "xlsb"),
    ("word/document.xml", "docx"),
    ("ppt/presentation.xml", "other"),
    ("content.xml", "ods"),
)


class Refused(Exception):
    """A file that is not read: why, as a key and its values."""

    def __init__(self, key: str, **values: str | int) -> None:
        super().__init__(key, values)
        self.key, self.values = key, values


def kind_of(content: bytes) -> str:
    """What a file is by its content: "xlsx" (any ZIP), "json", or the key of what is refused."""
    if not content.strip(b"\0 \t\r\n"):
        return "empty"
    if content.startswith(b"PK"):
        return "xlsx"
    if content.startswith(_OLE):
        return "encrypted" if "EncryptedPackage".encode("utf-16-le") in content else "xls"
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    start = content[:2_000].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"{", b"[")):
        return "json"
    if start.startswith(b"<"):
        return "html"
    return "text"


def look_inside(content: bytes) -> ZipFile:
    """The package of a workbook whose entries may be unpacked. Raises :class:`Refused`."""
    try:
        package = ZipFile(BytesIO(content))
    except (BadZipFile, ValueError, NotImplementedError, EOFError) as problem:
        raise Refused("damaged") from problem
    entries = package.infolist()
    if len(entries) > MOST_ENTRIES:
        raise Refused("entries", limit=MOST_ENTRIES)
    if has_unsafe_names(entries):
        raise Refused("names")
    _check_sizes(entries)
    _check_kind({entry.filename.lower() for entry in entries})
    return package


def has_unsafe_names(entries: list[ZipInfo]) -> bool:
    """Whether a package names an entry twice, or one outside itself."""
    times = Counter(entry.filename.lower() for entry in entries)
    return any(
        count > 1 or name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/")
        for name, count in times.items()
    ) or any("\0" in entry.orig_filename or ":" in entry.filename for entry in entries)


def has_macros(names: set[str]) -> bool:
    """Whether a package of an office holds programs, by the names of its entries in lower case."""
    return any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names)


def _check_sizes(entries: list[ZipInfo]) -> None:
    for entry in entries:
        if entry.flag_bits & 1:
            raise Refused("encrypted")
        if entry.file_size > LARGEST_ENTRY:
            raise Refused("expands", limit=LARGEST_ENTRY // 1_000_000)
        if entry.file_size > RATIO_FROM and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise Refused("ratio")
    if sum(entry.file_size for entry in entries) > LARGEST_TOTAL:
        raise Refused("expands", limit=LARGEST_TOTAL // 1_000_000)


def _check_kind(names: set[str]) -> None:
    for name, kind in _PACKAGES:
        if name in names:
            raise Refused(kind)
    if "[content_types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise Refused("archive")
    if has_macros(names):
        raise Refused("macros")
    if any(name.startswith("xl/externallinks/") for name in names):
        raise Refused("external_links")
