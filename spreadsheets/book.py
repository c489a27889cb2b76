"""How our workbooks look and how their cells are written: text as text, numbers exact, bytes that repeat."""

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from spreadsheets.columns import CHOICES, FIRST_ROW, HEADING_ROW, NAME_ROW, YES_NO, Choices, Column

Value = str | int | Decimal | None

LONGEST = 32_000
"""UTF-16 units of a cell; Excel holds 32,767."""
SPARE_ROWS = 500
"""Rows below a table that have its drop-downs."""

_ACTIVE = ("=", "+", "-", "@", "\t", "\n")
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NO_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_LINE = Side(style="thin", color="FF9AA5B1")
_GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD, _SECTION, _SUM = (PatternFill("solid", fgColor=f"FF{tone}") for tone in ("D0DCF0", "F1F5FB", "E8EEF8"))
_LOCKED, _OPEN = Protection(locked=True), Protection(locked=False)


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell is drawn."""

    font: Font
    alignment: Alignment
    fill: PatternFill | None = None
    border: Border | None = _GRID
    protection: Protection = _OPEN
    number_format: str = "General"
    """``@`` keeps what somebody types as text: neither a date nor a formula is made of it."""


def _centred(horizontal: str) -> Alignment:
    return Alignment(horizontal=horizontal, vertical="center", wrap_text=True)


_BODY, _BOLD = Font(name="宋体", size=10.5), Font(name="黑体", size=10.5)
TITLE = Look(Font(name="黑体", size=16), _centred("center"), border=None, protection=_LOCKED)
PLAIN = Look(_BODY, _centred("left"), border=None, protection=_LOCKED)
HEADING = Look(_BOLD, _centred("center"), _HEAD, protection=_LOCKED)
TEXT = Look(_BODY, _centred("left"))
CENTRE = Look(_BODY, _centred("center"))
SECTION = Look(_BOLD, _centred("center"), _SECTION)
SUBTOTAL = Look(_BOLD, _centred("center"), _SUM, protection=_LOCKED)
TOTAL = Look(_BOLD, _centred("center"), _HEAD, protection=_LOCKED)
LABEL = Look(_BOLD, _centred("left"), _SECTION, protection=_LOCKED)
HINT = Look(_BODY, _centred("left"), protection=_LOCKED)


class Book:
    """A workbook that is being written; ``choices`` are the drop-downs that its columns name."""

    def __init__(self, choices: Choices = YES_NO) -> None:
        self.choices = choices
        self.workbook = Workbook()
        self.workbook.remove(self.workbook.worksheets[0])
        self._styles: dict[int, object] = {}
        self._quoted: dict[int, object] = {}
        self._looks: list[Look] = []

    def add(self, title: str) -> Worksheet:
        """A new sheet, the last."""
        sheet: Worksheet = self.workbook.create_sheet(title)
        return sheet

    def put(self, sheet: Worksheet, row: int, column: int, value: Value, look: Look) -> None:
        """Write one cell; what a formula could be made of is written as text."""
        cell = sheet.cell(row, column)
        quoted = False
        if isinstance(value, int | Decimal):
            # As its own digits: openpyxl would write 99.1 as 99.09999999999999.
            cell.value, cell.data_type = format(Decimal(value).normalize(), "f"), "n"
        elif value:
            # The type is forced, as openpyxl takes "=…" for a formula and "#N/A" for an error.
            cell.value, cell.data_type = _written(value), "s"
            quoted = value.startswith(_ACTIVE)
        cell._style = copy(self._style(sheet, look, quoted))  # type: ignore[union-attr]

    def _style(self, sheet: Worksheet, look: Look, quoted: bool) -> object:
        """openpyxl's number for a look, worked out once."""
        known = self._quoted if quoted else self._styles
        if id(look) not in known:
            cell = Cell(sheet, row=1, column=1)
            cell.font, cell.alignment, cell.protection = look.font, look.alignment, look.protection
            cell.number_format = look.number_format
            if look.fill:
                cell.fill = look.fill
            if look.border:
                cell.border = look.border
            # So that text stays text when somebody edits the cell.
            cell.quotePrefix = quoted
            known[id(look)] = cell._style  # type: ignore[attr-defined]
            self._looks.append(look)
        return known[id(look)]

    def merge(self, sheet: Worksheet, top: int, left: int, bottom: int, right: int) -> None:
        """Merge an area; a single cell stays as it is."""
        if (top, left) != (bottom, right):
            # Not sheet.merge_cells: it compares with every area there is already, and drops the borders.
            area = CellRange(min_row=top, min_col=left, max_row=bottom, max_col=right)
            sheet.merged_cells.ranges.add(area)

    def head(self, sheet: Worksheet, title: str, columns: Sequence[Column]) -> None:
        """Title, headings, the hidden row of names, widths."""
        visible = [number for number, column in enumerate(columns, 1) if not column.hidden]
        self.put(sheet, 1, 1, title, TITLE)
        self.merge(sheet, 1, 1, 1, visible[-1])
        sheet.row_dimensions[1].height = 32
        sheet.row_dimensions[HEADING_ROW].height = 46
        sheet.row_dimensions[NAME_ROW].hidden = True
        for number, column in enumerate(columns, 1):
            self.put(sheet, HEADING_ROW, number, column.heading, HEADING)
            self.put(sheet, NAME_ROW, number, column.name, HINT)
            dimension = sheet.column_dimensions[get_column_letter(number)]
            dimension.width, dimension.hidden = column.width, column.hidden

    def style_columns(self, sheet: Worksheet, columns: Sequence[Column]) -> None:
        """Look of the cells that are not written: a large table stays small, and rows can be added below."""
        for number, column in enumerate(columns, 1):
            style = self._style(sheet, look_of(column), quoted=False)
            sheet.column_dimensions[get_column_letter(number)]._style = copy(style)  # type: ignore[attr-defined]

    def row(self, sheet: Worksheet, row: int, columns: Sequence[Column], values: Mapping[str, Value]) -> None:
        """Write what there is of a row; the other cells look like their columns."""
        for number, column in enumerate(columns, 1):
            value = values.get(column.name)
            if value not in (None, ""):
                self.put(sheet, row, number, value, look_of(column))

    def finish(self, sheet: Worksheet, columns: Sequence[Column], *, frozen: str) -> None:
        """Drop-downs, protection of the headings, and the page."""
        last = max(sheet.max_row, NAME_ROW)
        for number, column in enumerate(columns, 1):
            if rule := self._validation(column):
                letter = get_column_letter(number)
                rule.add(f"{letter}{FIRST_ROW}:{letter}{last + SPARE_ROWS}")
                sheet.add_data_validation(rule)
        sheet.freeze_panes = frozen
        protect(sheet)
        set_up_page(sheet, landscape=True)
        sheet.print_title_rows = f"{HEADING_ROW}:{HEADING_ROW}"
        sheet.print_area = f"A1:{get_column_letter(len(columns))}{max(last, FIRST_ROW)}"

    def add_choices(self) -> None:
        """The hidden sheet that drop-downs take their words from, one list a column."""
        sheet = self.add(CHOICES)
        sheet.sheet_state = "hidden"
        for column, words in enumerate(self.choices.values(), 1):
            for row, word in enumerate(words, 1):
                self.put(sheet, row, column, word, PLAIN)
        protect(sheet)

    def validation_of(self, name: str) -> DataValidation:
        """A drop-down of the words of a choice."""
        number = list(self.choices).index(name) + 1
        letter, last = get_column_letter(number), len(self.choices[name])
        rule = DataValidation("list", formula1=f"{CHOICES}!${letter}$1:${letter}${last}", allow_blank=True)
        rule.showErrorMessage, rule.error, rule.errorTitle = True, "请从下拉列表中选择。", "无此选项"
        return rule

    def _validation(self, column: Column) -> DataValidation | None:
        if column.choices:
            return self.validation_of(column.choices)
        if column.kind == "number":
            rule = DataValidation("decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=True)
            rule.showErrorMessage, rule.error, rule.errorTitle = True, "请填写不小于0的数字。", "不是数字"
            return rule
        return None

    def saved(self, title: str) -> bytes:
        """The file, dated throughout as a ZIP's earliest day: the same contents give the same bytes."""
        self.workbook.properties.title, self.workbook.properties.creator = _written(title), ""
        self.workbook.properties.created = self.workbook.properties.modified = datetime(1980, 1, 1)
        raw, packed = BytesIO(), BytesIO()
        with ZipFile(raw, "w") as archive:
            ExcelWriter(self.workbook, archive).write_data()
        with ZipFile(raw) as source, ZipFile(packed, "w") as target:
            for name in source.namelist():
                target.writestr(ZipInfo(name), source.read(name), ZIP_DEFLATED)
        return packed.getvalue()


def protect(sheet: Worksheet) -> None:
    """Keep what is locked from slips; no password, and rows may be put in, taken out and formatted."""
    sheet.protection.enable()
    for allowed in ("formatCells", "formatColumns", "formatRows", "insertRows", "deleteRows", "sort"):
        setattr(sheet.protection, allowed, False)


def set_up_page(sheet: Worksheet, *, landscape: bool) -> None:
    """A4, as wide as the page, numbered."""
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    footer = HeaderFooterItem()
    footer.center.text = "第&P页，共&N页"
    sheet.HeaderFooter.oddFooter = footer


def fits(text: str) -> bool:
    """Whether a cell holds a text, as Excel counts it and as our reader does."""
    if len(text) <= LONGEST // 7:  # no character becomes more than seven
        return True
    return len(text.encode("utf-16-le")) // 2 <= LONGEST and len(_written(text)) <= LONGEST


def check_lengths(texts: Iterable[tuple[str, str]]) -> None:
    """Whether every text fits into a cell. Raises ``ValidationError`` that names the first that does not."""
    for place, text in texts:
        if len(text) > LONGEST // 2 and len(text.encode("utf-16-le")) // 2 > LONGEST:
            message = _("%(place)s: a text of %(length)s characters does not fit into a cell. Use JSON.")
            raise ValidationError(message % {"place": place, "length": len(text)})


def _written(text: str) -> str:
    """As XML holds it: what it cannot hold, and what looks like Excel's escape, becomes that escape."""
    text = _ESCAPED.sub("_x005F_", text)
    return _NO_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def look_of(column: Column) -> Look:
    """How the cells of a column look: long texts from the left, all else in the middle."""
    return TEXT if column.width > 20 else CENTRE


def written_label(label: str) -> str | int:
    """A plain number as a number, so that Excel does not flag it as "stored as text"."""
    return int(label) if label.isascii() and label.isdecimal() and str(int(label)) == label else label
