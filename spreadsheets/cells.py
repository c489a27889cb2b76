"""The cells of a workbook's sheets, read in one pass over its XML: formulas as a mark, never evaluated.

Pure, streaming, and bounded in rows, cells, merges, depth and text: runs in :mod:`spreadsheets.child`.
openpyxl gives a formula or its stored value, not both, and no merged cells while streaming.
"""

import posixpath
import re
import zlib
from typing import Any, TypeVar
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl
from zipfile import BadZipFile, ZipFile

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.sax import make_parser  # type: ignore[import-untyped]

from spreadsheets.limits import Refused

MOST_SHEETS = 50
MOST_ROWS = 20_000
"""Of a sheet, empty ones that are written down among them."""
MOST_CELLS = 200_000
"""Of a workbook, empty ones among them."""
MOST_MERGES = 20_000
MOST_COLUMNS = 200
MOST_TEXT = 6_000_000
"""Characters of a workbook."""
LONGEST_TEXT = 32_767
"""Characters of a cell, as Excel has it."""
DEEPEST = 60

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_TRUE = ("1", "true")
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.')


def read_sheets(package: ZipFile) -> list[dict[str, Any]]:
    """Every worksheet: name, hidden, cells as [row, column, kind, text, formula], merges, what is hidden.

    ``kind`` is s (text), n (number), b (truth), e (error), d (a number shown as date) or p (as percent);
    the text of a formula without a stored value is empty. Raises :class:`Refused`.
    """
    reader = _Reader(package)
    workbook = reader.parse(reader.workbook, _Workbook())
    if len(workbook.sheets) > MOST_SHEETS:
        raise Refused("sheets", limit=MOST_SHEETS)
    strings = reader.parse_related("/sharedStrings", _Strings())
    styles = reader.parse_related("/styles", _Styles())
    left = _Allowance()
    sheets = []
    for name, relation, hidden in workbook.sheets:
        kind, part = reader.relations.get(relation, ("", ""))
        if kind.endswith("/worksheet") and part in reader.names:
            handler = reader.parse(part, _Sheet(name, strings.texts, styles.kinds, left))
            cells = [cell for cell in handler.cells if cell[3] or cell[4]]
            _check_covered(handler)
            sheets.append(
                {
                    "name": name,
                    "hidden": hidden,
                    "cells": cells,
                    "merges": handler.merges,
                    "hidden_rows": handler.hidden_rows,
                    "hidden_columns": handler.hidden_columns,
                }
            )
    return sheets


def _check_covered(sheet: "_Sheet") -> None:
    """Merged cells may cover so many places of what the sheet uses, one place once for each."""
    last_row = max((cell[0] for cell in sheet.cells), default=0)
    last_column = max((cell[1] for cell in sheet.cells), default=0)
    covered = 0
    for top, left, bottom, right in sheet.merges:
        rows, columns = min(bottom, last_row) - top + 1, min(right, last_column) - left + 1
        covered += max(rows, 0) * max(columns, 0)
    if covered > MOST_CELLS:
        raise Refused("merges", sheet=sheet.name, limit=MOST_CELLS)


class _Reader:
    """The parts of a package, by relation."""

    def __init__(self, package: ZipFile) -> None:
        self.package = package
        self.names = set(package.namelist())
        self.workbook = "xl/workbook.xml"
        for kind, target in self._relations("_rels/.rels", "").values():
            if kind.endswith("/officeDocument"):
                self.workbook = target
        if self.workbook not in self.names:
            raise Refused("damaged")
        self._check_types()
        folder, name = posixpath.split(self.workbook)
        self.relations = self._relations(f"{folder}/_rels/{name}.rels", folder)

    def _check_types(self) -> None:
        """Macros and links are known by the types of the parts too, whatever these are called."""
        for name in self.parse("[Content_Types].xml", _Types()).names:
            if "macroenabled" in name or "vbaproject" in name:
                raise Refused("macros")
            if "externallink" in name:
                raise Refused("external_links")

    def parse(self, part: str, handler: "_AnyHandler") -> "_AnyHandler":
        """The handler after the part has gone through it."""
        parser = make_parser()
        parser.forbid_dtd = True
        parser.setContentHandler(handler)
        try:
            with self.package.open(part) as stream:
                while chunk := stream.read(65_536):
                    parser.feed(chunk)
                parser.close()
        except DefusedXmlException as problem:
            raise Refused("entities") from problem
        except (SAXParseException, BadZipFile, NotImplementedError, EOFError, OSError, zlib.error) as problem:
            raise Refused("damaged") from problem
        return handler

    def parse_related(self, kind: str, handler: "_AnyHandler") -> "_AnyHandler":
        """The handler after the workbook's part of this kind, if it has one."""
        for relation, part in self.relations.values():
            if relation.endswith(kind) and part in self.names:
                return self.parse(part, handler)
        return handler

    def _relations(self, part: str, folder: str) -> dict[str, tuple[str, str]]:
        """Kind and target by id."""
        if part not in self.names:
            return {}
        found = self.parse(part, _Relations()).found
        return {
            name: (kind, posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/"))
            for name, kind, target in found
        }


class _Handler(ContentHandler):
    """Local names, and a bound on depth."""

    depth = 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Refused("deep")
        self.start(name.rpartition(":")[2], attrs)

    def endElement(self, name: str) -> None:
        self.depth -= 1
        self.end(name.rpartition(":")[2])

    def start(self, name: str, attrs: AttributesImpl) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""


_AnyHandler = TypeVar("_AnyHandler", bound=_Handler)


class _Relations(_Handler):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []

    def start(self, name: str, attrs: AttributesImpl) -> None:
        if name == "Relationship" and attrs.get("TargetMode") != "External":
            self.found.append((attrs.get("Id", ""), attrs.get("Type", ""), attrs.get("Target", "")))


class _Types(_Handler):
    """What the parts of a package are said to be."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def start(self, name: str, attrs: AttributesImpl) -> None:
        self.names.add(attrs.get("ContentType", "").lower())


class _Workbook(_Handler):
    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str, bool]] = []

    def start(self, name: str, attrs: AttributesImpl) -> None:
        if name == "sheet":
            relation = next((value for key, value in attrs.items() if key.endswith(":id")), "")
            hidden = attrs.get("state", "visible") != "visible"
            self.sheets.append((attrs.get("name", "")[:100], relation, hidden))


class _Text(_Handler):
    """Collects the text of elements, that of phonetic guides left out."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.collecting = self.guide = False
        self.length = 0

    def characters(self, content: str) -> None:
        if self.collecting and not self.guide:
            self.length += len(content)
            if self.length > LONGEST_TEXT:
                self.too_long()
            self.pieces.append(content)

    def too_long(self) -> None:
        raise Refused("strings", limit=LONGEST_TEXT)

    def taken(self) -> str:
        """The text so far, then from nothing again."""
        text, self.pieces, self.length = "".join(self.pieces), [], 0
        if "_x" in text:
            text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        return text


class _Strings(_Text):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.total = 0

    def start(self, name: str, attrs: AttributesImpl) -> None:
        self.collecting = name == "t"
        self.guide |= name == "rPh"

    def end(self, name: str) -> None:
        self.collecting = False
        if name == "rPh":
            self.guide = False
        elif name == "si":
            self.total += self.length
            self.texts.append(self.taken())
            if self.total > MOST_TEXT or len(self.texts) > MOST_CELLS:
                raise Refused("much_text", limit=MOST_TEXT // 1_000_000)


class _Styles(_Handler):
    """For each style of a cell whether its number is shown as a date (d) or percent (p)."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: list[str] = []
        self.custom: dict[str, str] = {}
        self.in_cells = False

    def start(self, name: str, attrs: AttributesImpl) -> None:
        if name == "numFmt":
            self.custom[attrs.get("numFmtId", "")] = _format_kind(attrs.get("formatCode", ""))
        elif name == "cellXfs":
            self.in_cells = True
        elif name == "xf" and self.in_cells and len(self.kinds) < 100_000:
            number = attrs.get("numFmtId", "0")
            plain = "p" if number in ("9", "10") else "d" if _whole(number) in _DATE_FORMATS else ""
            self.kinds.append(self.custom.get(number, plain))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self.in_cells = False


def _format_kind(code: str) -> str:
    code = _LITERAL.sub("", code[:500].lower())
    if "%" in code:
        return "p"
    return "d" if re.search("[ymdhs]", code.replace("general", "")) else ""


class _Allowance:
    """What is left of the bounds on the workbook as a whole."""

    cells = MOST_CELLS
    text = MOST_TEXT


class _Sheet(_Text):
    def __init__(self, name: str, strings: list[str], kinds: list[str], left: _Allowance) -> None:
        super().__init__()
        self.name, self.strings, self.kinds, self.left = name, strings, kinds, left
        self.cells: list[list[Any]] = []
        self.merges: list[tuple[int, int, int, int]] = []
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[int] = []
        self.rows = self.row = self.column = 0
        self.type = self.style = self.value = ""
        self.formula = self.inline = False

    def start(self, name: str, attrs: AttributesImpl) -> None:
        if name == "c":
            self._start_cell(attrs)
        elif name == "v" or (name == "t" and self.inline):
            self.collecting = True
        elif name == "is":
            self.inline = True
        elif name == "f":
            self.formula = True
        elif name == "rPh":
            self.guide = True
        elif name == "row":
            self._start_row(attrs)
        elif name == "col" and attrs.get("hidden") in _TRUE:
            first, last = _whole(attrs.get("min", "")) or 1, _whole(attrs.get("max", "")) or 1
            self.hidden_columns += range(first, min(last, MOST_COLUMNS) + 1)
        elif name == "mergeCell":
            self._merge(attrs.get("ref", ""))

    def _start_row(self, attrs: AttributesImpl) -> None:
        self.rows += 1
        self.row = _whole(attrs.get("r", "")) or self.row + 1
        self.column = 0
        if attrs.get("hidden") in _TRUE:
            self.hidden_rows.append(self.row)
        if self.rows > MOST_ROWS:
            raise Refused("rows", sheet=self.name, limit=MOST_ROWS)

    def _start_cell(self, attrs: AttributesImpl) -> None:
        self.left.cells -= 1
        if self.left.cells < 0:
            raise Refused("cells", sheet=self.name, limit=MOST_CELLS)
        row, column = place(attrs.get("r", ""))
        self.row, self.column = row or self.row, column or self.column + 1
        self.type, self.style, self.formula = attrs.get("t", "n"), attrs.get("s", ""), False

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self.collecting = False
        elif name == "is":
            self.inline = False
        elif name == "rPh":
            self.guide = False
        elif name == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        kind, text = self._value(self.taken())
        if not text and not self.formula:
            return
        if self.column > MOST_COLUMNS:
            raise Refused("columns", sheet=self.name, limit=MOST_COLUMNS)
        self.left.text -= len(text)
        if self.left.text < 0:
            raise Refused("much_text", limit=MOST_TEXT // 1_000_000)
        self.cells.append([self.row, self.column, kind, text, self.formula])

    def _value(self, text: str) -> tuple[str, str]:
        if self.type == "s":
            index = _whole(text)
            if index is None or index >= len(self.strings):
                raise Refused("damaged")
            return "s", self.strings[index]
        if self.type in ("b", "e"):
            return self.type, text
        if self.type != "n":
            return "s", text
        style = _whole(self.style)
        shown = self.kinds[style] if style is not None and style < len(self.kinds) else ""
        return shown or "n", text.strip()

    def _merge(self, reference: str) -> None:
        first, _colon, last = reference.partition(":")
        area = (*place(first), *place(last or first))
        if 0 in area:
            raise Refused("damaged")
        self.merges.append(area)
        if len(self.merges) > MOST_MERGES:
            raise Refused("merges", sheet=self.name, limit=MOST_MERGES)

    def too_long(self) -> None:
        raise Refused("strings", limit=LONGEST_TEXT)


_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def place(reference: str) -> tuple[int, int]:
    """Row and column of "D12", counted from 1; 0 for what is no such place."""
    found = _PLACE.fullmatch(reference)
    if not found:
        return 0, 0
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None
