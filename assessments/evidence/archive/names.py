"""Names in the archive that Windows, its WPS and every Linux can hold, and that Excel can link to. Pure."""

import re
import unicodedata

LONGEST = 200
"""A path has fewer UTF-16 units than this: Windows allows 260 with the folder that it is unpacked into."""

SECTION, FOLDER, FILE, NUMBER, DOCUMENT = 24, 40, 110, 24, 40
"""Most UTF-16 units of a folder of a section and of an item, of a file, and within it of number and 文号."""

_BYTES = 240
"""Of one name; Linux refuses 256, and a Chinese character has three."""

UNTITLED = "无标题"

# Forbidden by Windows, or taken by Excel as part of an address: their full-width likes stand in.
_STAND_INS = str.maketrans({mark: chr(ord(mark) + 0xFEE0) for mark in '<>:"/\\|?*#%'})
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin＄|conin\$|conout\$)$", re.IGNORECASE)


def folder_name(label: str, title: str, longest: int = FOLDER) -> str:
    """``15_班额``."""
    return _joined((_clean(label, NUMBER), _clean(title, longest)), longest)


def file_name(number: str, document_number: str, title: str, extension: str) -> str:
    """``15-01_赣教字〔2021〕3号_标题.pdf``; the extension comes with its dot."""
    parts = (number, _clean(document_number, DOCUMENT), _clean(title, FILE) or UNTITLED)
    return _joined(parts, FILE - len(extension), _BYTES - len(extension)) + extension


def running_number(label: str, number: int, count: int) -> str:
    """``15-01``: as many digits as the last of ``count`` has, two at least."""
    return f"{_clean(label, NUMBER) or '0'}-{number:0{max(2, len(str(count)))}d}"


def once(name: str, taken: set[str]) -> str:
    """The name, or with a number behind it where a system that does not tell a from A has it already."""
    found, number = name, 1
    while found.casefold() in taken:
        number += 1
        found = f"{name}（{number}）"
    taken.add(found.casefold())
    return found


def note_name(name: str, number: str) -> str:
    """The name of a note in place of a file: it has exactly as many bytes."""
    free = len(name.encode()) - len(f"{number}.txt".encode())
    word = "_未收入"
    padding = free - len(word.encode())
    return f"{number}{word}{'_' * padding}.txt" if padding >= 0 else f"{number}{'_' * free}.txt"


def _clean(text: str, longest: int) -> str:
    """On one line, without what does not show, at most so many UTF-16 units."""
    lines = " ".join(unicodedata.normalize("NFC", text).split())
    seen = "".join(mark for mark in lines if unicodedata.category(mark)[0] != "C")
    return _cut(" ".join(seen.split()).translate(_STAND_INS).strip(" ."), longest, _BYTES)


def _joined(parts: tuple[str, ...], longest: int, most_bytes: int = _BYTES) -> str:
    name = _cut("_".join(part for part in parts if part), longest, most_bytes) or "_"
    return f"{name}_" if _RESERVED.match(name.partition(".")[0].strip()) else name


def _cut(text: str, longest: int, most_bytes: int) -> str:
    cut = text.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", errors="ignore")
    return cut.encode()[:most_bytes].decode(errors="ignore").rstrip(" .")
