"""Files as offices have them and as somebody may forge them, made here."""

import io
import struct
import zipfile
from collections.abc import Mapping
from typing import Any

from openpyxl import Workbook
from PIL import Image
from pypdf import PdfWriter

MAIN = "application/vnd.openxmlformats-officedocument.{}.main+xml"
PARTS = {
    "docx": ("wordprocessingml.document", "word/document.xml"),
    "pptx": ("presentationml.presentation", "ppt/presentation.xml"),
}


def pdf(asked: str | None = None, owner: str | None = None) -> bytes:
    """One empty page; ``asked`` is the password for who opens it, ``owner`` for who changes it."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    if asked is not None or owner is not None:
        writer.encrypt(asked or "", owner, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(form: str = "JPEG", size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    """A red one."""
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, form, **options)
    return out.getvalue()


def package(entries: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def office(kind: str = "docx", more: Mapping[str, bytes | str] | None = None, types: str = "") -> bytes:
    """A DOCX or PPTX with these entries more."""
    main, part = PARTS[kind]
    listed = f'<Types><Override PartName="/{part}" ContentType="{MAIN.format(main)}"/>{types}</Types>'
    return package({"[Content_Types].xml": listed, part: "<document/>", **(more or {})})


def xlsx() -> bytes:
    """An empty workbook."""
    out = io.BytesIO()
    Workbook().save(out)
    return out.getvalue()


def ofd() -> bytes:
    """The frame of an OFD document."""
    return package({"OFD.xml": "<ofd:OFD/>", "Doc_0/Document.xml": "<ofd:Document/>"})


def compound(*streams: str, content: bytes = b"") -> bytes:
    """An OLE2 file with these streams; ``content`` begins the first of them."""
    sector, free, end, table = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    size, root = 4096, 5
    chain: list[int] = [table, *range(2, 5), end]  # sector 0: the table; 1 to 4: the directory
    entries = [("Root Entry", root, end, 0, 1 if streams else free, free)]
    for number, name in enumerate(streams):
        first = len(chain)
        chain += [*range(first + 1, first + size // sector), end]
        entries.append((name, 2, first, size, free, number + 2 if number + 1 < len(streams) else free))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(6) + struct.pack("<9L", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109L", 0, *[free] * 108)
    directory = b"".join(_entry(*entry) for entry in entries)
    data = content.ljust(size, b"\0") + bytes(size * (len(streams) - 1)) if streams else b""
    fat = struct.pack("<128L", *chain, *[free] * (128 - len(chain)))
    return header + fat + directory.ljust(4 * sector, b"\0") + data


def _entry(name: str, kind: int, first: int, size: int, child: int, right: int) -> bytes:
    written = name.encode("utf-16-le")
    head = written.ljust(64, b"\0") + struct.pack(
        "<HBB3L", len(written) + 2, kind, 1, 0xFFFFFFFF, right, child
    )
    return head + bytes(36) + struct.pack("<LQ", first, size)
