"""A collection sheet as a workbook, for all units in one or to be sent to each."""

from collections.abc import Sequence

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from assessments.checking import measure_field
from assessments.collecting.combining import Figure
from assessments.collecting.form import (
    NOTES,
    SHEET,
    TOTAL_NAME,
    UNIT,
    choices_of,
    figures_of,
    mark_of,
    sheet_columns,
)
from assessments.models import Response
from spreadsheets.book import HINT, LABEL, PLAIN, TITLE, TOTAL, Book, Value, protect, set_up_page
from spreadsheets.columns import FIRST_ROW, Column

BLANK_ROWS = 20
"""Where no units are listed yet."""

_HOW = (
    "每个单位填一行；“单位名称”请照单位名单填写或从下拉列表中选择，以便系统识别。",
    "列标题括号内是计量单位和填写方式；百分比填百分号前的数字，如85.2。",
    "有下拉列表的单元格请从列表中选择。",
    "确实没有发生的填0；没有数据、不清楚的留空，不要填0。",
    "“合计”行自动计算，只供核对，系统不读取。",
    "填好后以Excel工作簿（.xlsx）交回牵头部门。请不要删除隐藏的行和列，也不要把内容复制到别的工作簿，系统靠它们识别本表。",
    "不得填写国家秘密和学生个人信息。",
)


def write_sheet(response: Response, units: Sequence[str] = (), *, for_one: bool = False) -> bytes:
    """The workbook's bytes: a row a unit, a column a figure; the same contents give the same bytes.

    ``for_one`` makes the workbook that is sent to each unit, which fills in one row and chooses its name.
    Needs the response read :func:`assessments.responses.for_saving`.
    """
    figures = figures_of(response.item)
    offered = bool(for_one and units)
    columns = sheet_columns(figures, units=offered)
    book = Book(choices_of(units if offered else ()))
    sheet = book.add(SHEET)
    book.head(sheet, f"数据收集表：{response.item}", columns)
    # Beside the title, in the hidden column: it stays with the sheet wherever that is copied to.
    book.put(sheet, 1, len(columns), mark_of(response), HINT)
    book.style_columns(sheet, columns)
    rows = 1 if for_one else len(units) or BLANK_ROWS
    if not for_one:
        for row, unit in enumerate(units, FIRST_ROW):
            book.row(sheet, row, columns, {UNIT: unit})
        _write_totals(book, sheet, figures, columns, FIRST_ROW + rows)
    book.finish(sheet, columns, frozen=f"B{FIRST_ROW}")
    _write_notes(book, response)
    book.add_choices()
    return book.saved(f"数据收集表 {response.item}")


def _write_totals(
    book: Book, sheet: Worksheet, figures: Sequence[Figure], columns: Sequence[Column], row: int
) -> None:
    """Sums for the eye, below what can be added up; the product reckons for itself."""
    amounts = {measure_field(figure.code) for figure in figures if figure.is_amount}
    if not amounts:
        return
    values: dict[str, Value] = {UNIT: TOTAL_NAME}
    for number, column in enumerate(columns, 1):
        book.put(sheet, row, number, values.get(column.name, "" if column.name in amounts else "—"), TOTAL)
        if column.name in amounts:
            letter = get_column_letter(number)
            cell = sheet.cell(row, number)
            # Our own formula: nothing of it was typed by anybody.
            cell.value, cell.data_type = f"=SUM({letter}{FIRST_ROW}:{letter}{row - 1})", "f"


def _write_notes(book: Book, response: Response) -> None:
    sheet = book.add(NOTES)
    for letter, width in (("A", 16), ("B", 70)):
        sheet.column_dimensions[letter].width = width
    book.put(sheet, 1, 1, "填表说明", TITLE)
    book.merge(sheet, 1, 1, 1, 2)
    sheet.row_dimensions[1].height = 32
    cycle, assignment = response.assessment.cycle, getattr(response, "assignment", None)
    about = (
        ("评价", f"{response.assessment.organisation} {cycle.name}"),
        ("指标", str(response.item)),
        ("考核要求", response.item.requirement[:2_000]),
        ("交回", str(assignment.lead) if assignment else ""),
    )
    row = 2
    for label, text in about:
        if text:
            book.put(sheet, row, 1, label, LABEL)
            book.put(sheet, row, 2, text, PLAIN)
            row += 1
    for number, sentence in enumerate(_HOW, 1):
        row += 1
        book.put(sheet, row, 1, f"{number}. {sentence}", PLAIN)
        book.merge(sheet, row, 1, row, 2)
        sheet.row_dimensions[row].height = 32
    protect(sheet)
    set_up_page(sheet, landscape=False)
