"""Names of files, made safe for every system they may be saved on. Pure."""

import re
import unicodedata

LONGEST = 120
"""Characters; of Chinese ones 85 fit into the 255 bytes that file systems allow: see :data:`MOST_BYTES`."""
MOST_BYTES = 240
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)", re.IGNORECASE)
_KNOWN = re.compile(
    r"\.(pdf|ofd|jpe?g|jpe|jfif|png|gif|bmp|tiff?|webp|docx?|xlsx?|pptx?|wps|et|dps)$", re.IGNORECASE
)


def safe_name(name: str, extension: str) -> str:
    """The last part of a path as a name with this extension, which may be "".

    Without control characters, marks of direction, characters that some system forbids, reserved names and
    dots at an end; an extension of another format that is taken is replaced, any other stays in front.
    """
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    seen = " ".join(_FORBIDDEN.sub("_", seen).split()).rstrip(" .")
    ending = extension or (match.group() if (match := _KNOWN.search(seen)) else "")
    stem = _KNOWN.sub("", seen).strip(" .")
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    return f"{_shortened(stem or '_', MOST_BYTES - len(ending))}{ending}"


def _shortened(stem: str, most: int) -> str:
    return stem[:LONGEST].encode()[:most].decode(errors="ignore").rstrip(" .")
