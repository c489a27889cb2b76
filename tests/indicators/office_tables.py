"""Tables as offices write them, made into workbooks for the tests of the import."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from tests.factories import FIXTURES

CASES = FIXTURES / "cases"
Rows = Iterable[Any]
"""Rows of cells."""


def workbook(rows: Rows, merges: Iterable[str] = (), *, sheet: str = "Sheet1", **others: Rows) -> bytes:
    """A workbook with these rows on a sheet, merged like this, and other sheets after it."""
    book = Workbook()
    first = book.worksheets[0]
    first.title = sheet
    for row in rows:
        first.append(list(row))
    for area in merges:
        first.merge_cells(area)
    for name, more in others.items():
        second = book.create_sheet(name)
        for row in more:
            second.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def shicheng() -> bytes:
    """The township rubric of Shicheng (case 05) as its office had it: its total first, sections in rows."""
    text = (CASES / "05-shicheng-hezhang-township-rubric.txt").read_text(encoding="utf-8")
    rows = [[_typed(cell.strip()) for cell in line.split("\t")] for line in text.splitlines()]
    return workbook(rows, ["A1:E1", "A2:E2"], sheet="考核细则")


def _typed(cell: str) -> Any:
    return int(cell) if cell.isdecimal() else cell or None


def fushan() -> bytes:
    """The scores of Fushan (case 01): sections and groups merged down, points in the group's name."""
    groups = [
        ("一、政府责任", "（一）\n规划与机制\n（18分）", "1、1、", [2, 2, 4, 3, 2, 3, 2]),
        ("一、政府责任", "（二）\n改善办学条件\n（33分）", "1、2、", [12, 4, 5, 4, 4, 2, 2]),
        ("一、政府责任", "（三）\n师资队伍建设\n（18分）", "1、3、", [10, 8]),
        ("二、教育管理", "（四）\n规范办学行为\n（19分）", "2、4、", [3, 3, 3, 3, 3, 2, 2]),
        ("三、办学水平", "（五）\n办学成效\n（12分）", "3、5、", [3, 3, 4, 2]),
    ]
    rows: list[list[Any]] = [["一、各项指标自评得分表"], ["一级指标", "二级指标", "三级指标", "分值", "自评"]]
    merges = ["A1:E1"]
    starts: dict[str, int] = {}
    for section, group, label, weights in groups:
        first = len(rows) + 1
        starts.setdefault(section, first)
        for number, weight in enumerate(weights, 1):
            new = number == 1
            rows.append(
                [
                    section if new and starts[section] == first else None,
                    group if new else None,
                    *(f"{label}{number}", weight, weight),
                ]
            )
        merges.append(f"B{first}:B{len(rows)}")
    ends = [*list(starts.values())[1:], len(rows) + 1]
    merges += [f"A{start}:A{end - 1}" for start, end in zip(starts.values(), ends, strict=True)]
    rows.append(["合计得分", None, None, 100, 96.8])
    return workbook(rows, merges)
