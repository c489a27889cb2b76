"""From the bytes of a file to text: size, form and encoding, checked before anything is read."""

from pathlib import Path
from typing import Final

from reports.read.reading import UnreadableReport

MAX_BYTES: Final = 5_000_000
_LATER_SUFFIXES: Final = (".docx", ".doc", ".xlsx", ".xls", ".pdf", ".wps", ".et")
_LATER_SIGNATURES: Final = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def text_of_file(path: Path) -> str:
    """The text of a report's file. Raises :class:`UnreadableReport` with a sentence for the sender."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError:
        raise UnreadableReport(f"无法打开文件{path.name}。") from None
    return text_of(data, path.name)


def text_of(data: bytes, name: str) -> str:
    """Decode a text file in UTF-8, GB18030 or (with its mark) UTF-16; other forms are refused."""
    if len(data) > MAX_BYTES:
        raise UnreadableReport(f"文件{name}过大，最多读取{MAX_BYTES // 1_000_000} MB。")
    if name.lower().endswith(_LATER_SUFFIXES) or data.startswith(_LATER_SIGNATURES):
        raise UnreadableReport(
            f"文件{name}不是纯文本；Word、Excel和PDF文件由以后的版本读取，请先另存为.txt。"
        )
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decoded(data, encoding, name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(data, "gb18030", name)


def _decoded(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableReport(f"文件{name}不是可识别的文本，请另存为UTF-8编码的.txt。") from None
