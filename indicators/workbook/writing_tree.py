"""The sheet of the tree: merged sections and groups, sums, a total."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby

from indicators.exchange import FrameworkData, GroupData, ItemData, SectionData
from indicators.scoring.points import ZERO
from indicators.workbook.form import (
    EMPTY,
    ITEM,
    OF_GROUP,
    OF_SECTION,
    SUBTOTAL,
    SUM,
    TOTAL,
    TREE,
    TREE_COLUMNS,
)
from spreadsheets.book import CENTRE, SECTION, TEXT, Book, Look, Value, written_label
from spreadsheets.book import SUBTOTAL as SUBTOTAL_LOOK
from spreadsheets.book import TOTAL as TOTAL_LOOK
from spreadsheets.columns import FIRST_ROW, YES, Column

_USUALLY_EMPTY = (
    *("section_label", "group_label", "group", "group_weight"),
    *("section_profiles", "group_profiles", "section_note"),
)

_SECTION_COLUMNS = [number for number, column in enumerate(TREE_COLUMNS, 1) if column.name in OF_SECTION]
_GROUP_COLUMNS = [number for number, column in enumerate(TREE_COLUMNS, 1) if column.name in OF_GROUP]
_WEIGHT = next(number for number, column in enumerate(TREE_COLUMNS, 1) if column.name == "weight")
_ROW = len(TREE_COLUMNS)


def write_tree(book: Book, framework: FrameworkData, *, blank: int) -> None:
    """Write the sheet, with ``blank`` rows to fill in before the total."""
    sheet = book.add(TREE)
    columns = _columns_in_use(framework)
    book.head(sheet, framework.title or "指标体系", columns)
    row = FIRST_ROW
    for section in framework.sections:
        row = _write_section(book, row, section)
    for row in range(row, row + blank):  # noqa: B020 - the last one is wanted after
        for number, column in enumerate(columns, 1):
            book.put(sheet, row, number, None, _look(column))
    row += bool(blank)
    total = sum((item.weight for section in framework.sections for item in _counted(section)), ZERO)
    _write_sum(book, row, 1, TOTAL, total if framework.sections else None, TOTAL_LOOK)
    book.finish(sheet, columns, frozen="I4")
    if framework.sections:
        sheet.row_dimensions[1].height = 36


def _columns_in_use(framework: FrameworkData) -> list[Column]:
    """Columns that most frameworks leave empty are hidden, unless there is something in them."""
    used = set()
    for section in framework.sections:
        for values in (_of_section(section), *map(_of_group, section.groups)):
            used |= {name for name, value in values.items() if value not in (None, "")}
    if not framework.sections:
        used |= {"group", "group_weight"}
    return [
        replace(column, hidden=True) if column.name in _USUALLY_EMPTY and column.name not in used else column
        for column in TREE_COLUMNS
    ]


def _write_section(book: Book, row: int, section: SectionData) -> int:
    """The section's rows and its sum; gives the row after."""
    sheet = book.workbook[TREE]
    top, of_section = row, _of_section(section)
    for group, items in groupby(_rows(section), key=lambda entry: entry[0]):
        first, of_group = row, _of_group(group)
        for _group, item in items:
            values = {**_of_item(item), **(of_group if row == first else {})}
            _write_row(book, row, {**values, **(of_section if row == top else {})})
            row += 1
        if group:
            for number in _GROUP_COLUMNS:
                book.merge(sheet, first, number, row - 1, number)
    weight = sum((item.weight for item in _counted(section)), ZERO)
    for number in _SECTION_COLUMNS:
        book.put(sheet, row, number, None, _look(TREE_COLUMNS[number - 1]))
    _write_sum(book, row, _GROUP_COLUMNS[0], SUBTOTAL, weight, SUBTOTAL_LOOK)
    for number in _SECTION_COLUMNS:
        book.merge(sheet, top, number, row, number)
    return row + 1


def _counted(section: SectionData) -> list[ItemData]:
    """Items whose points are in the sum: bonus points stand beside it."""
    return [item for item in section.items if not item.bonus]


def _rows(section: SectionData) -> list[tuple[GroupData | None, ItemData | None]]:
    """A row an item with its group; before them a row a group where the items alone would not tell all
    groups in their order, and one row where there is nothing else."""
    by_title: Mapping[str | None, GroupData] = {group.title: group for group in section.groups}
    rows: list[tuple[GroupData | None, ItemData | None]] = []
    rows += [(by_title.get(item.group), item) for item in section.items]
    appearing = list(dict.fromkeys(group.title for group, _item in rows if group))
    if appearing != [group.title for group in section.groups]:
        rows = [*((group, None) for group in section.groups), *rows]
    return rows or [(None, None)]


def _of_section(section: SectionData) -> dict[str, Value]:
    return {
        "section_label": section.label,
        "section": section.title,
        "section_weight": section.stated_weight,
        "section_profiles": "\n".join(section.profiles),
        "section_note": section.note,
        "section_key": str(section.key),
    }


def _of_group(group: GroupData | None) -> dict[str, Value]:
    if group is None:
        return {}
    return {
        "group_label": group.label,
        "group": group.title,
        "group_weight": group.stated_weight,
        "group_profiles": "\n".join(group.profiles),
        "group_key": str(group.key),
    }


def _of_item(item: ItemData | None) -> dict[str, Value]:
    if item is None:
        return {"row": EMPTY}
    return {
        "label": written_label(item.label),
        "title": item.title,
        "requirement": item.requirement,
        "weight": item.weight,
        "rule_prose": item.rule_prose,
        "responsible": item.responsible,
        "materials": "\n".join(item.materials),
        "bonus": YES if item.bonus else None,
        "committee_only": YES if item.committee_only else None,
        "na_allowed": YES if item.na_allowed else None,
        "profiles": "\n".join(item.profiles),
        "key": str(item.key),
        "row": ITEM,
    }


def _write_row(book: Book, row: int, values: Mapping[str, Value]) -> None:
    sheet = book.workbook[TREE]
    for number, column in enumerate(TREE_COLUMNS, 1):
        book.put(sheet, row, number, values.get(column.name), _look(column))


def _look(column: Column) -> Look:
    if column.name in ("section", "section_label", "section_weight"):
        return SECTION
    if column.kind != "text" or column.name in ("label", "group_label", "group", "section_profiles"):
        return CENTRE
    return TEXT


def _write_sum(book: Book, row: int, left: int, word: str, total: Value, look: Look) -> None:
    sheet = book.workbook[TREE]
    for number in range(left, _ROW + 1):
        if TREE_COLUMNS[number - 1].name not in OF_SECTION or left == 1:
            book.put(sheet, row, number, None, look)
    book.put(sheet, row, left, word, look)
    book.put(sheet, row, _WEIGHT, total, look)
    book.put(sheet, row, _ROW, SUM, look)
    book.merge(sheet, row, left, row, _WEIGHT - 1)
