"""材料目录.xlsx: what the archive holds, item by item, linked to its files; and what is not there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.utils import timezone
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from assessments.evidence.archive.listing import Folder, Listing, Paper
from spreadsheets.book import CENTRE, LABEL, PLAIN, TEXT, TITLE, Book, Look, Value, set_up_page, written_label
from spreadsheets.columns import FIRST_ROW, NAME_ROW, Column

CONTENTS = "材料目录.xlsx"
SHEET, NOTES = "材料目录", "说明"

COLUMNS = (
    Column("label", "指标序号", 9),
    Column("item", "指标名称", 24),
    Column("number", "材料编号", 11),
    Column("title", "材料名称", 40),
    Column("document_number", "文号", 22),
    Column("issuer", "发文单位", 22),
    Column("dated", "成文日期", 12),
    Column("passage", "佐证页码或段落", 22),
    Column("material", "对应材料清单", 24),
    Column("department", "提供单位", 18),
    Column("file", "文件", 12),
    Column("size", "大小（字节）", 13, kind="number"),
    Column("note", "备注", 26),
    Column("sha256", "校验值（SHA-256）", 68),
)
_LINKED = next(number for number, column in enumerate(COLUMNS, 1) if column.name == "file")
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
_MISSING = Look(
    Font(name="宋体", size=10.5, color="FF9C2B1F"), _LEFT, PatternFill("solid", fgColor="FFFCEBE8")
)
_LINK = Look(Font(name="宋体", size=10.5, color="FF1658B8", underline="single"), CENTRE.alignment)

_HOW = (
    "每个三级指标一个文件夹，文件名依次为材料编号、文号、标题；“文件”一列可点击打开，请先解压全部文件，再打开本目录。",
    "{copies}",
    "底色为浅红的行是指标要求提供而尚缺的材料。",
    "“仅登记出处”的材料没有上传文件；“已销毁”的材料内容已依规定销毁，只留登记信息和校验值。",
    "SHA256SUMS和manifest.json记有各文件的校验值，可用sha256sum -c SHA256SUMS核对文件是否完整、未被改动。",
)
_COPIES = "同一份材料被几项指标引用的，每项文件夹中各放一份，单独移交任何一个文件夹都是完整的。"
_ONCE = "同一份材料被几项指标引用的，只放在首次引用的文件夹中，其余各项点击“文件”一列即可打开。"


@dataclass(frozen=True, slots=True)
class Occasion:
    """By whom and when an archive was made."""

    by: str
    at: datetime
    copies: bool = True


def write_contents(listing: Listing, occasion: Occasion) -> bytes:
    """The workbook's bytes: the same contents give the same bytes."""
    book = Book()
    sheet = book.add(SHEET)
    book.head(sheet, _title(listing), COLUMNS)
    row = FIRST_ROW
    for folder in listing.folders:
        for values, look in _rows(folder):
            _write(book, sheet, row, values, look)
            row += 1
    book.finish(sheet, COLUMNS, frozen=f"D{NAME_ROW + 1}")
    # A list to work with: nothing reads it back.
    sheet.protection.disable()
    sheet.auto_filter.ref = f"A{NAME_ROW}:{get_column_letter(len(COLUMNS))}{max(row - 1, NAME_ROW)}"
    _write_notes(book, listing, occasion)
    return book.saved(_title(listing))


def _title(listing: Listing) -> str:
    assessment = listing.assessment
    words = (str(assessment.organisation), str(assessment.cycle), listing.scope, "佐证材料目录")
    return "　".join(word for word in words if word)


def _rows(folder: Folder) -> Iterator[tuple[dict[str, Value], Look | None]]:
    """The values of the rows of one item, and how they look where that is not as their columns do."""
    about: dict[str, Value] = {"label": written_label(folder.label), "item": folder.title}
    for paper in folder.papers:
        yield {**about, **_described(paper)}, None
    for name, reference in folder.ticked:
        yield {**about, "title": name, "material": name, "note": _noted(reference)}, None
    for name in folder.missing:
        yield {**about, "title": name, "material": name, "note": "缺：尚未提供"}, _MISSING


def _described(paper: Paper) -> dict[str, Value]:
    evidence, file = paper.evidence, paper.file
    return {
        "number": paper.number,
        "title": evidence.title,
        "document_number": evidence.document_number,
        "issuer": evidence.issuer,
        "dated": evidence.dated.isoformat() if evidence.dated else "",
        "passage": "\n".join(paper.passages),
        "material": "\n".join(paper.materials),
        "department": str(evidence.owner),
        "file": paper.path,
        "size": file.size if file else "",
        "note": _state(paper),
        "sha256": file.sha256 if file else "",
    }


def _state(paper: Paper) -> str:
    if paper.file is None:
        return "仅登记出处，无文件"
    if not paper.erased:
        return ""
    at = paper.file.erasure.confirmed_at
    return f"已销毁（{timezone.localtime(at):%Y-%m-%d}）" if at else "已申请销毁，停止提供"


def _noted(reference: str) -> str:
    return f"已勾选，未附文件：{reference}" if reference else "已勾选，未附文件"


def _write(book: Book, sheet: Worksheet, row: int, values: dict[str, Value], look: Look | None) -> None:
    for number, column in enumerate(COLUMNS, 1):
        value = values.get(column.name)
        usual = TEXT if column.width > 20 else CENTRE
        if number == _LINKED and value:
            book.put(sheet, row, number, "打开", _LINK)
            # Written as a relative address: only blanks have to be escaped, the names have none of the rest.
            link = Hyperlink(ref=sheet.cell(row, number).coordinate, target=_address(str(value)))
            sheet.cell(row, number).hyperlink = link
        else:
            book.put(sheet, row, number, value, look or usual)


def _address(path: str) -> str:
    """Blanks, and what is ASCII and has a meaning in addresses, are escaped; Chinese stays, as WPS wants."""
    return "".join(quote(mark, safe="/()[]!$&'*,;=@") if mark.isascii() else mark for mark in path)


def _write_notes(book: Book, listing: Listing, occasion: Occasion) -> None:
    sheet = book.add(NOTES)
    for letter, width in (("A", 14), ("B", 76)):
        sheet.column_dimensions[letter].width = width
    book.put(sheet, 1, 1, "说明", TITLE)
    book.merge(sheet, 1, 1, 1, 2)
    sheet.row_dimensions[1].height = 32
    made = timezone.localtime(occasion.at)
    about: tuple[tuple[str, Value], ...] = (
        ("单位", str(listing.assessment.organisation)),
        ("评价", str(listing.assessment.cycle)),
        ("范围", listing.scope or "全部指标"),
        ("文件数", listing.count),
        ("尚缺材料", listing.missing),
        ("导出", f"{occasion.by} {made:%Y-%m-%d %H:%M}"),
    )
    for row, (label, value) in enumerate(about, 2):
        book.put(sheet, row, 1, label, LABEL)
        book.put(sheet, row, 2, value, TEXT)
    for row, sentence in enumerate(_HOW, len(about) + 3):
        number = row - len(about) - 2
        text = sentence.format(copies=_COPIES if occasion.copies else _ONCE)
        book.put(sheet, row, 1, f"{number}. {text}", PLAIN)
        book.merge(sheet, row, 1, row, 2)
        sheet.row_dimensions[row].height = 32
    set_up_page(sheet, landscape=False)
