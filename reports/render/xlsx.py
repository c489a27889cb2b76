"""The score table (自评得分汇总表) of a report as an Excel workbook.

Points are numeric cells that hold the exact decimal, so that an office can add them up; a number that
is not known is a dash. Whatever the report says as text stays text: nothing in it becomes a formula.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from indicators.scoring.points import plain
from reports.document import Report
from reports.render.score_table import HEADINGS, UNKNOWN, Row, groups, total
from reports.render.score_table import TITLE as SHEET
from reports.render.typography import typeset

WIDTHS = (7, 38, 8, 8, 8, 42)

# Excel holds 32,767 UTF-16 units a cell; half of it is safe for any character.
TEXT_LIMIT = 16_000

UNPRINTABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
LOOKS_ACTIVE = ("=", "+", "-", "@", "\t", "\n")

Value = str | int | Decimal | None
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
RIGHT = Alignment(horizontal="right", vertical="center")
COLUMNS = (CENTRE, LEFT, RIGHT, RIGHT, RIGHT, LEFT)
BODY = Font(name="宋体", size=11)
BOLD = Font(name="黑体", size=11)
TITLE = Font(name="黑体", size=16)
LINE = Side(style="thin", color="FF808080")
GRID = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
SUBTOTAL = PatternFill("solid", fgColor="FFE8EEF8")
TOTAL = PatternFill("solid", fgColor="FFD0DCF0")


def render_xlsx(report: Report) -> bytes:
    """The workbook's bytes; the same report always gives the same bytes.

    One sheet: title, report, addressee and organisation, a header row, then a row for each section
    (its stated points) and item, and the total with the grade.
    """
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = SHEET
    _write_heading(sheet, report)
    _write_scores(sheet, report)
    _set_up_page(sheet, header_row=4)
    return _saved(workbook, title=report.title)


def _write_heading(sheet: Worksheet, report: Report) -> None:
    parties = [("主送", report.addressee), ("自评单位", report.organisation)]
    between = "　".join(f"{label}：{name}" for label, name in parties if name)
    _write_across(sheet, SHEET, TITLE, CENTRE, height=30)
    _write_across(sheet, report.title, BODY, CENTRE, height=32)
    _write_across(sheet, between, BODY, LEFT, height=32)
    _write_row(sheet, HEADINGS, BOLD, TOTAL, alignments=[CENTRE] * len(HEADINGS))


def _write_scores(sheet: Worksheet, report: Report) -> None:
    for group in groups(report):
        if group.part:
            _write_across(sheet, group.part, BOLD, LEFT, height=22)
        _write_row(sheet, _values(group.section), BOLD, SUBTOTAL)
        for item in group.items:
            _write_row(sheet, _values(item), BODY)
    _write_row(sheet, _values(total(report)), BOLD, TOTAL)


def _values(row: Row) -> tuple[Value, ...]:
    return _number(row.label), row.title, row.weight, row.self_score, row.lost, row.note


def _number(label: str) -> str | int:
    """A plain number as a number, so that Excel does not flag it as "stored as text"."""
    return int(label) if len(label) < 10 and label.isdecimal() and str(int(label)) == label else label


def _write_across(sheet: Worksheet, text: str, font: Font, alignment: Alignment, *, height: int) -> None:
    cell = _cell(sheet, text)
    cell.font, cell.alignment = font, alignment
    sheet.append([cell])
    row = sheet.max_row
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(HEADINGS))
    sheet.row_dimensions[row].height = height


def _write_row(
    sheet: Worksheet,
    values: Iterable[Value],
    font: Font,
    fill: PatternFill | None = None,
    alignments: Iterable[Alignment] = COLUMNS,
) -> None:
    cells = [_cell(sheet, value) for value in values]
    for cell, alignment in zip(cells, alignments, strict=True):
        cell.font, cell.alignment, cell.border = font, alignment, GRID
        if fill:
            cell.fill = fill
    sheet.append(cells)


def _cell(sheet: Worksheet, value: Value) -> Cell:
    """A cell for ``sheet.append``, which gives it its place."""
    cell = Cell(sheet, row=1, column=1)
    if isinstance(value, Decimal):
        # As its own digits: openpyxl would write 99.1 as 99.09999999999999.
        cell.value, cell.data_type = plain(value), "n"
    elif isinstance(value, int):
        cell.value = value
    else:
        text = _clean(UNKNOWN if value is None else value)
        # The type is forced, as openpyxl takes "=…" for a formula and "#N/A" for an error.
        cell.value, cell.data_type = text, "s"
        # So that text stays text when somebody edits the cell.
        cell.quotePrefix = text.startswith(LOOKS_ACTIVE)
    return cell


def _clean(text: str) -> str:
    """Text as it prints and as a workbook can hold it.

    Chinese marks are full-width, line ends unified, and what XML cannot hold is shown as U+FFFD.
    """
    text = UNPRINTABLE.sub("\ufffd", typeset(text.replace("\r\n", "\n").replace("\r", "\n")))
    text = LOOKS_ESCAPED.sub("_x005F_", text)
    return text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1] + "…"


def _set_up_page(sheet: Worksheet, *, header_row: int) -> None:
    """A4 portrait, as wide as the page, the header row repeated on each."""
    for letter, width in zip("ABCDEF", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = f"A{header_row + 1}"
    sheet.print_title_rows = f"{header_row}:{header_row}"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "portrait"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_options.horizontalCentered = True
    footer = HeaderFooterItem()
    footer.center.text = "第&P页，共&N页"
    sheet.HeaderFooter.oddFooter = footer


def _saved(workbook: Workbook, *, title: str) -> bytes:
    """The file, dated throughout as a ZIP's earliest day."""
    workbook.properties.title = _clean(title)
    workbook.properties.creator = ""
    workbook.properties.created = workbook.properties.modified = datetime(1980, 1, 1)
    raw, packed = BytesIO(), BytesIO()
    with ZipFile(raw, "w") as archive:
        ExcelWriter(workbook, archive).write_data()
    with ZipFile(raw) as source, ZipFile(packed, "w") as target:
        for name in source.namelist():
            target.writestr(ZipInfo(name), source.read(name), ZIP_DEFLATED)
    return packed.getvalue()
