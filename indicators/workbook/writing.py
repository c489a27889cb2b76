"""A framework as a workbook to edit in WPS or Excel; :mod:`indicators.workbook.own` takes it back."""

from collections.abc import Iterator
from decimal import Decimal

from indicators.exchange import BandData, FrameworkData
from indicators.workbook import form
from indicators.workbook.form import NOTES, SETTINGS
from indicators.workbook.writing_rules import write_bands, write_measures, write_rules
from indicators.workbook.writing_tree import write_tree
from spreadsheets.book import (
    HEADING,
    HINT,
    LABEL,
    PLAIN,
    TEXT,
    TITLE,
    Book,
    Value,
    check_lengths,
    protect,
    set_up_page,
)
from spreadsheets.columns import NO, YES, Column

MARK = "framework-workbook-1"
"""Stands in the hidden column of the first sheet: a workbook of this form."""

_HOW = (
    "本工作簿是指标体系的编辑表，改好后在系统中“导入”，先预览、后保存；导入总是存为新的草案，不改动已发布的版本。",
    "在“指标体系”表中每个三级指标占一行。插入行即新增，删除行即删除；同一一级指标下的行要连在一起。",
    "“小计”“合计”由系统重新计算，不必修改；导入时以各项分值为准，与公布分值不一致的会提示。",
    "“评分规则”表中一条规则占一行；分档、分项、名次各占下面一行，规则类型以“└”开头。看不懂的规则可以不填，保留“评分细则（原文）”即可。",
    "带下拉列表的单元格请从列表中选择；多项内容（佐证材料、类别）在单元格内换行（Alt+Enter），一行一项。",
    "表头已保护，没有密码；需要合并单元格时先“撤销工作表保护”。请不要删除隐藏的行和列，系统靠它们识别同一指标。",
)
_HINTS = {
    "code": "一套体系一个代码，各年相同",
    "version": "同一代码下不能重复，如 2026",
    "year": "四位数字",
    "stated_weight": "不含加分项；不填则不核对",
    "profiles": "如城区、县域；没有区别则不填",
    "step": "填报人填写的得分须是它的整数倍",
    "computed_step": "由数据算出的得分保留到它",
    "bands_are_example": "主管部门尚未公布等次标准时选“是”",
}


def write_workbook(framework: FrameworkData) -> bytes:
    """The workbook's bytes; the same framework gives the same bytes.

    Raises ``ValidationError`` where a text is longer than a cell holds.
    """
    check_lengths(_long_texts(framework))
    return _write(framework, blank=0)


def write_template(year: int) -> bytes:
    """A workbook without a framework in it, to start from."""
    bands = (("优秀", 90), ("良好", 80), ("合格", 60), ("不合格", 0))
    blank = FrameworkData.model_construct(
        code="",
        version="",
        year=year,
        title="",
        bands=tuple(BandData(name=name, threshold=Decimal(percent)) for name, percent in bands),
        sections=(),
    )
    return _write(blank, blank=60)


def _write(framework: FrameworkData, *, blank: int) -> bytes:
    book = Book(form.choices())
    _write_notes(book, framework)
    write_tree(book, framework, blank=blank)
    write_rules(book, framework)
    write_measures(book, framework)
    write_bands(book, framework)
    book.add_choices()
    book.workbook.active = 1
    return book.saved(framework.title)


def _long_texts(framework: FrameworkData) -> Iterator[tuple[str, str]]:
    yield framework.title, framework.notes
    yield framework.title, "\n".join(framework.profiles)
    for section in framework.sections:
        yield section.title, section.note
        for node in (section, *section.groups, *section.items):
            yield section.title, "\n".join(node.profiles)
        for item in section.items:
            for text in (item.requirement, item.rule_prose, "\n".join(item.materials)):
                yield f"{item.label} {item.title}", text


# 说明


def _write_notes(book: Book, framework: FrameworkData) -> None:
    sheet = book.add(NOTES)
    for letter, width in zip("ABCD", (26, 60, 44, 4), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.column_dimensions["D"].hidden = True
    book.put(sheet, 1, 1, "指标体系编辑表", TITLE)
    book.put(sheet, 1, 4, MARK, HINT)
    book.merge(sheet, 1, 1, 1, 3)
    sheet.row_dimensions[1].height = 32
    row = 2
    for number, sentence in enumerate(_HOW, 1):
        book.put(sheet, row, 1, f"{number}. {sentence}", PLAIN)
        book.merge(sheet, row, 1, row, 3)
        sheet.row_dimensions[row].height = 32
        row += 1
    row += 1
    for column, heading in enumerate(("基本设置", "内容", "填写说明"), 1):
        book.put(sheet, row, column, heading, HEADING)
    for setting in SETTINGS:
        row += 1
        book.put(sheet, row, 1, setting.heading, LABEL)
        book.put(sheet, row, 2, _setting(framework, setting), TEXT)
        book.put(sheet, row, 3, _HINTS.get(setting.name), HINT)
        book.put(sheet, row, 4, setting.name, HINT)
        if setting.choices:
            choice = book.validation_of(setting.choices)
            choice.add(f"B{row}")
            sheet.add_data_validation(choice)
    protect(sheet)
    set_up_page(sheet, landscape=True)


def _setting(framework: FrameworkData, setting: Column) -> Value:
    value = getattr(framework, setting.name)
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, tuple):
        return "\n".join(value)
    if setting.choices:
        return form.word_of(setting.choices, value)
    number: Value = value
    return number
