"""What a file is and whether it may be evidence, told from its bytes. Nothing of it is unpacked.

Imports no Django. What is refused is named by a key with its values; the words are in
:mod:`assessments.evidence.formats`.
"""

from collections.abc import Callable
from typing import IO

from assessments.evidence.refused import Refused

_START, _TAIL = 4_096, 1_024


def look_into(content: IO[bytes]) -> str:
    """The code of its format. Raises :class:`Refused`."""
    start = content.read(_START)
    for signature, looker in _TAKEN:
        if start.startswith(signature):
            return looker(content)
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return _picture(content)
    raise Refused(_what_else(start))


def _pdf(content: IO[bytes]) -> str:
    size = content.seek(0, 2)
    content.seek(max(0, size - _TAIL))
    if b"%%EOF" not in content.read():
        raise Refused("damaged")
    from assessments.evidence.packages import is_package_behind

    if is_package_behind(content):
        raise Refused("mixed")
    import pypdfium2

    content.seek(0)
    try:
        pypdfium2.PdfDocument(content).close()
    except pypdfium2.PdfiumError as problem:
        raise Refused("encrypted" if "password" in str(problem).lower() else "damaged") from problem
    return "pdf"


def _picture(content: IO[bytes]) -> str:
    from assessments.evidence.pictures import look_into_picture

    return look_into_picture(content)


def _package(content: IO[bytes]) -> str:
    from assessments.evidence.packages import look_into_package

    return look_into_package(content)


def _compound(content: IO[bytes]) -> str:
    from assessments.evidence.compound import look_into_compound

    return look_into_compound(content)


_TAKEN: tuple[tuple[bytes, Callable[[IO[bytes]], str]], ...] = (
    (b"%PDF-", _pdf),
    (b"\xff\xd8\xff", _picture),
    (b"\x89PNG\r\n\x1a\n", _picture),
    (b"GIF87a", _picture),
    (b"GIF89a", _picture),
    (b"BM", _picture),
    (b"II*\0", _picture),
    (b"MM\0*", _picture),
    (b"PK\x03\x04", _package),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _compound),
)
"""What a file of each kind begins with. Only the looker that is needed is imported, as each is slow to be."""

_NOT_TAKEN = (
    *((signature, "program") for signature in (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"dex\n")),
    *(
        (signature, "program")
        for signature in (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"L\0\0\0\x01\x14\x02\0")
    ),
    *(
        (signature, "archive")
        for signature in (b"PK", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
    ),
    *(
        (signature, "film")
        for signature in (b"RIFF", b"ID3", b"OggS", b"fLaC", b"\x1aE\xdf\xa3", b"FLV", b"#!AMR")
    ),
    *(
        (signature, "film")
        for signature in (b"\xff\xfb", b"\xff\xf3", b"\0\0\x01\xba", b"0&\xb2u\x8ef\xcf\x11")
    ),
    (b"{\\rtf", "rtf"),
    (b"MIME-Version:", "html"),
)
_PHOTOS = (b"heic", b"heix", b"heif", b"hevc", b"mif1", b"msf1", b"avif")


def _what_else(start: bytes) -> str:
    """The key of why a file that begins so is refused."""
    for signature, key in sorted(_NOT_TAKEN, key=lambda pair: -len(pair[0])):
        if start.startswith(signature):
            return key
    if start[4:8] == b"ftyp":
        return "heic" if start[8:12] in _PHOTOS else "film"
    text = (
        start.replace(b"\0", b"")
        .removeprefix(b"\xef\xbb\xbf")
        .removeprefix(b"\xff\xfe")
        .removeprefix(b"\xfe\xff")
    )
    if text.lstrip().startswith(b"<"):
        return "svg" if b"<svg" in text.lower() else "html"
    return "text" if text and min(text) >= 9 else "other"
