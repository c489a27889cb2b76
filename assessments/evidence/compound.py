"""Documents of the old forms, DOC, XLS, PPT and those of WPS: looked at by their directory.

Imports no Django.
"""

import struct
from typing import IO

import olefile

from assessments.evidence.refused import Refused

_BY_STREAM = (("WordDocument", "doc"), ("Workbook", "xls"), ("Book", "xls"), ("PowerPoint Document", "ppt"))
_MACROS = {"macros", "_vba_project_cur", "vba", "_vba_project"}
_INSTALLER = "000C1084-0000-0000-C000-000000000046"
_FILEPASS = 0x2F


def look_into_compound(content: IO[bytes]) -> str:
    """One of "doc", "xls" or "ppt". Raises :class:`Refused`."""
    content.seek(0)
    try:
        file = olefile.OleFileIO(content)
        streams = file.listdir(streams=True, storages=True)
    except (OSError, ValueError, IndexError, struct.error) as problem:
        raise Refused("damaged") from problem
    first = {path[0].lower() for path in streams}
    if file.root.clsid == _INSTALLER:
        raise Refused("program")
    if first & {"encryptedpackage", "encryptedsummary"}:
        raise Refused("encrypted")
    if any(_MACROS & {part.lower() for part in path} for path in streams):
        raise Refused("macros")
    for stream, kind in _BY_STREAM:
        if stream.lower() in first:
            if _is_encrypted(file.openstream(stream).read(), kind):
                raise Refused("encrypted")
            return kind
    raise Refused("other")


def _is_encrypted(stream: bytes, kind: str) -> bool:
    if kind == "doc":
        return len(stream) > 11 and bool(stream[11] & 1)
    return kind == "xls" and _FILEPASS in _records(stream)


def _records(stream: bytes) -> set[int]:
    """The kinds of the records of a workbook's globals, which end at EOF (10)."""
    kinds: set[int] = set()
    at = 0
    while at + 4 <= len(stream) and 10 not in kinds:
        kind, length = struct.unpack_from("<HH", stream, at)
        kinds.add(kind)
        at += 4 + length
    return kinds
