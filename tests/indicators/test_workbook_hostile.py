"""Files that are no workbooks, or workbooks made to hurt: a sentence, in under five seconds and 256 MB."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.utils import translation

from indicators.workbook.reading import read_workbook
from sandbox.running import ROOT
from spreadsheets import limits
from tests.indicators.office_tables import workbook

ROWS = [["三级指标", "分值"], ["一项", 60], ["二项", 40]]
SAVE_AS = "Open it in WPS or Excel and save it as an .xlsx workbook, then choose that."


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages are compared in English."""
    with translation.override("en"):
        yield


def seconds() -> float:
    """Of the processor, this process and those that it waited for: others' work does not count."""
    return sum(os.times()[:4])


def good() -> bytes:
    return workbook(ROWS)


def with_entries(**entries: bytes) -> bytes:
    """A good workbook with more entries, or others; ``__`` stands for a slash."""
    return rebuilt({name.replace("__", "/"): content for name, content in entries.items()})


def rebuilt(changes: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with ZipFile(BytesIO(good())) as source, ZipFile(file, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in changes:
                target.writestr(name, source.read(name))
        for name, content in changes.items():
            target.writestr(name, content)
    return file.getvalue()


def sheet(inside: str, before: str = "") -> bytes:
    """A good workbook whose sheet is this XML."""
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'<?xml version="1.0"?>{before}<worksheet xmlns="{namespace}">{inside}</worksheet>'
    return rebuilt({"xl/worksheets/sheet1.xml": xml.encode()})


def sentence(content: bytes, filename: str = "表.xlsx") -> str:
    """The one sentence of a refusal; refused within five seconds of the processor."""
    began = seconds()
    plan = read_workbook(content, filename)
    assert seconds() - began < 5
    assert plan.data is None
    (note,) = plan.notes
    assert note.is_error
    return str(note)


TEXT = f"表.xlsx is plain text, perhaps CSV, or damaged. {SAVE_AS}"
DAMAGED = f"表.xlsx is damaged. {SAVE_AS}"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
KINDS = {
    "empty": (b"", "表.xlsx is empty."),
    "blank": (b" \r\n\0", "表.xlsx is empty."),
    "old": (OLE, f"表.xlsx is a workbook of the old form (.xls, .et). {SAVE_AS}"),
    "encrypted": (
        OLE + "EncryptedPackage".encode("utf-16-le"),
        "表.xlsx is protected by a password. Take the password off, then save it again.",
    ),
    "csv": ("指标,分值\n甲,3\n".encode(), TEXT),
    "gbk": ("指标\t分值\n甲\t3\n".encode("gb18030"), TEXT),
    "pdf": (b"%PDF-1.7\n", "表.xlsx is a PDF. Copy its table into a workbook."),
    "html": (
        b"<html><table><tr><td>1</td></tr></table>",
        f"表.xlsx is a web page or XML, whatever its name says. {SAVE_AS}",
    ),
    "picture": (b"\x89PNG\r\n\x1a\n", "表.xlsx is a picture. Type its table into a workbook."),
    "rar": (b"Rar!\x1a\x07", "表.xlsx is an archive, not a workbook. Unpack it first."),
    "torn": (good()[:-200], DAMAGED),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_another_kind_of_file_is_known_by_its_content(kind: str) -> None:
    content, expected = KINDS[kind]
    assert sentence(content) == expected


PACKAGES = {
    "word__document.xml": "表.xlsx is a Word document. Copy its table into a workbook.",
    "content.xml": f"表.xlsx is an OpenDocument file. {SAVE_AS}",
    "xl__workbook.bin": f"表.xlsx is a binary workbook (.xlsb). {SAVE_AS}",
    "xl__vbaProject.bin": f"表.xlsx contains macros. {SAVE_AS}",
    "xl__externalLinks__externalLink1.xml": (
        "表.xlsx has links to other workbooks. Break the links (Data, Edit Links), then save it again."
    ),
    "..__..__etc__passwd": "表.xlsx contains entries with names that no workbook has.",
    "XL__WORKBOOK.xml": "表.xlsx contains entries with names that no workbook has.",
}


@pytest.mark.parametrize("entry", PACKAGES)
def test_what_a_workbook_must_not_carry_is_refused(entry: str) -> None:
    assert sentence(with_entries(**{entry: b"<x/>"})) == PACKAGES[entry]


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert sentence(file.getvalue()) == "表.xlsx is an archive, not a workbook. Unpack it first."


def test_a_zip_bomb_is_not_unpacked() -> None:
    bomb = rebuilt({"xl/media/image1.png": b"\0" * 29_000_000})
    assert sentence(bomb) == "表.xlsx is packed more tightly than a workbook can be."
    large = rebuilt({"xl/media/image1.png": b"\0" * (limits.LARGEST_ENTRY + 1)})
    assert sentence(large) == "表.xlsx unpacks to more than 30 MB."


def test_a_size_that_lies_is_found_out() -> None:
    content = bytearray(
        rebuilt({"xl/worksheets/sheet1.xml": b"<worksheet>" + b" " * 900_000 + b"</worksheet>"})
    )
    directory = content.rindex(b"xl/worksheets/sheet1.xml") - 46
    content[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    assert sentence(bytes(content)) == DAMAGED


def test_many_entries_are_refused() -> None:
    many = rebuilt({f"xl/x{number}": b"" for number in range(limits.MOST_ENTRIES)})
    assert sentence(many) == "表.xlsx has more than 1000 parts inside."


def test_a_large_file_is_refused_unopened() -> None:
    assert sentence(b"PK\3\4" + b"\0" * limits.LARGEST) == "表.xlsx is larger than 10 MB."


MILLION = 1_000_000
SHEETS = {
    "a million empty rows": (
        "<sheetData>" + "".join(f'<row r="{number}"/>' for number in range(1, MILLION + 1)) + "</sheetData>",
        "Sheet “Sheet1” has more than 20000 rows. Delete the empty ones below the table, then save it.",
    ),
    "too many empty cells": (
        "<sheetData><row>"
        + "".join(f'<c r="A{n}" s="1"/>' for n in range(1, 260_001))
        + "</row></sheetData>",
        "The workbook has more than 200000 cells, up to sheet “Sheet1”. "
        "Delete empty rows and columns that are formatted.",
    ),
    "deep": ("<a>" * 100_000 + "</a>" * 100_000, "表.xlsx is nested too deeply."),
    "giant text": (
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>'
        + os.urandom(5_000_000).hex()
        + "</t></is></c></row></sheetData>",
        "表.xlsx has a text of more than 32767 characters.",
    ),
    "merges": (
        "<sheetData/><mergeCells>" + '<mergeCell ref="A1:B2"/>' * 30_000 + "</mergeCells>",
        "Sheet “Sheet1” has more than 20000 merged cells.",
    ),
    "far right": (
        '<sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData>',
        "Sheet “Sheet1” has more than 200 columns. Delete what stands right of the table.",
    ),
    "no string": ('<sheetData><row r="1"><c r="A1" t="s"><v>7777777</v></c></row></sheetData>', DAMAGED),
    "torn": ("<sheetData>", DAMAGED),
}  # fmt: skip


@pytest.mark.parametrize("kind", SHEETS)
def test_a_sheet_made_to_hurt_is_refused(kind: str) -> None:
    inside, expected = SHEETS[kind]
    assert sentence(sheet(inside)) == expected


ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("declared", [ENTITIES, EXTERNAL, '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">'])
def test_xml_declares_nothing(declared: str) -> None:
    content = sheet("<sheetData/>", before=declared)
    assert sentence(content) == "表.xlsx contains XML declarations that no workbook has."


def test_giant_shared_strings_are_refused() -> None:
    strings = "<si><t>" + "abcdefgh" * 3_000 + "</t></si>"
    content = rebuilt(
        {
            "xl/sharedStrings.xml": f"<sst>{strings * 1_000}</sst>".encode(),
            "xl/_rels/workbook.xml.rels": (
                b'<Relationships><Relationship Id="rId1" Type="x/sharedStrings" Target="sharedStrings.xml"/>'
                b"</Relationships>"
            ),
        }
    )
    assert sentence(content) in (
        "表.xlsx is packed more tightly than a workbook can be.",
        "表.xlsx has more than 6 million characters.",
    )


def test_macros_and_links_are_known_by_their_types() -> None:
    """Whatever the parts are called: an .xlsm under another name."""
    for kind, refused in (
        ("application/vnd.ms-excel.sheet.macroEnabled.main+xml", f"表.xlsx contains macros. {SAVE_AS}"),
        ("application/vnd.ms-office.vbaProject", f"表.xlsx contains macros. {SAVE_AS}"),
    ):
        types = f'<Types><Override PartName="/x" ContentType="{kind}"/></Types>'.encode()
        assert sentence(rebuilt({"[Content_Types].xml": types})) == refused


@pytest.mark.parametrize("encoding", ["UTF-7", "zzz"])
def test_an_encoding_that_is_not_known_is_damage(encoding: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?><worksheet><sheetData/></worksheet>'.encode()
    assert sentence(rebuilt({"xl/worksheets/sheet1.xml": xml})) == DAMAGED


@pytest.mark.parametrize("merges", ['<mergeCell ref="B1:GQ9000"/>', '<mergeCell ref="A1:GR9000"/>' * 5_000])
def test_merged_cells_over_everything_are_refused(merges: str) -> None:
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="9000"><c r="GR9000"><v>1</v></c></row>'
    content = sheet(f"<sheetData>{cells}</sheetData><mergeCells>{merges}</mergeCells>")
    assert sentence(content) == "Sheet “Sheet1” has more than 200000 merged cells."


def stored(rows: list[list[object]]) -> bytes:
    """A workbook whose parts are not packed, so that its texts may repeat."""
    file = BytesIO()
    with ZipFile(BytesIO(workbook(rows))) as source, ZipFile(file, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    return file.getvalue()


LONG_TEXTS = {
    "rules": "每少1次扣0.2分，" * 3_000,
    "points": "（1分" * 10_000,
    "labels": "1." * 16_000,
    "brackets": "（" * 32_000,
    "limits": "累计" * 16_000,
}


@pytest.mark.parametrize("kind", LONG_TEXTS)
def test_long_texts_in_every_cell_take_no_long_time(kind: str) -> None:
    text = LONG_TEXTS[kind]
    head: list[object] = ["一级指标", "三级指标", "分值", "评分标准", "责任单位", "佐证材料"]
    rows = [[text, text, number, text, text, text] for number in range(1, 21)]
    began = seconds()
    plan = read_workbook(stored([head, *rows]), "表.xlsx")
    assert seconds() - began < 5
    assert plan.data is not None or plan.errors


@pytest.mark.parametrize("shape", [("s", "g{n}"), ("s{n}", "g{n}"), ("s{n}", "g")])
def test_many_sections_and_groups_take_no_long_time(shape: tuple[str, str]) -> None:
    rows = [[*(part.format(n=n) for part in shape), f"i{n}", 1] for n in range(4_900)]
    began = seconds()
    plan = read_workbook(workbook([["一级指标", "二级指标", "三级指标", "分值"], *rows]), "表.xlsx")
    assert seconds() - began < 5
    assert plan.count() == 4_900


def test_faults_without_end_are_counted_not_listed() -> None:
    """Of half a million the sentences would take a minute and a gigabyte."""
    head = {"code": "a", "version": "1", "title": "t", "year": 2020, "bands": []}
    items: list[dict[str, str]] = [{}] * 20_000
    content = json.dumps({**head, "sections": [{"title": "a", "items": items}]}).encode()
    assert sentence(content, "x.json") == "There are 60000 faults: this is no framework."
    content = json.dumps({**head, "sections": [{"title": "a", "items": [{}] * 100_000}]}).encode()
    assert sentence(content, "x.json") == "There are more than 350000 values; no framework has so many."
    content = json.dumps({**head, "sections": [{"title": "a", "items": [{}] * 100}]}).encode()
    told = [str(note) for note in read_workbook(content, "x.json").errors]
    assert (len(told), told[-1]) == (101, "And 200 more.")
    plan = read_workbook(workbook([["三级指标", "分值"], *([f"i{n}", "x"] for n in range(150))]), "表.xlsx")
    assert (len(plan.errors), str(plan.errors[-1])) == (101, "And 50 more.")


# The child's limits


def peak_of_child(content: bytes) -> tuple[dict[str, object], float]:
    """The child's answer and the most memory that it took, in MB: measured by one that runs it alone."""
    program = (
        "import resource, subprocess, sys; "
        "subprocess.run([sys.executable, '-m', 'spreadsheets.child'], stdin=sys.stdin); "
        "print('\\n' + str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], input=content, capture_output=True, check=True, cwd=ROOT
    )
    answer, _line, peak = ended.stdout.decode().strip().rpartition("\n")
    return json.loads(answer or "{}"), int(peak) / 1024


def test_the_child_keeps_within_its_memory() -> None:
    rows = "".join(
        f'<row r="{row}">' + f'<c t="inlineStr"><is><t>{row}行的文字{"好" * 400}</t></is></c>' * 8 + "</row>"
        for row in range(1, 2_500)
    )
    answer, peak = peak_of_child(sheet(f"<sheetData>{rows}</sheetData>"))
    assert (answer.get("refused"), "sheets" in answer) in ((None, True), ("memory", False), ("ratio", False))
    assert peak < 256


def test_the_child_says_when_memory_is_not_enough() -> None:
    """Its limit on memory, made small: a sentence, no traceback."""
    program = "import spreadsheets.child as child; child.MEMORY = 60_000_000; child.main()"
    content = sheet("<sheetData>" + "<row><c><v>1</v></c></row>" * 10_000 + "</sheetData>")
    content += os.urandom(40_000_000)
    ended = subprocess.run(
        [sys.executable, "-c", program], input=content, capture_output=True, check=False, cwd=ROOT
    )
    assert ended.returncode != 0 or json.loads(ended.stdout)["refused"] == "memory"


def test_the_child_imports_no_django() -> None:
    program = (
        "import sys; import spreadsheets.child; print('django' in sys.modules, 'openpyxl' in sys.modules)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert ended.stdout == "False False\n"


# Names


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\表\\x.xlsx", "a\0b", "", "长" * 500])
def test_a_files_name_is_only_a_name(name: str) -> None:
    assert "/" not in sentence(b"", name)
    assert len(sentence(b"", name)) < 230


def test_a_good_workbook_is_read() -> None:
    plan = read_workbook(good(), "表.xlsx")
    assert plan.data is not None
    assert [item.title for item in plan.data.sections[0].items] == ["一项", "二项"]


def test_shared_strings_are_read_as_excel_writes_them() -> None:
    """Rich text joined, phonetic guides left out, escapes undone, whatever the names' prefix."""
    strings = (
        '<x:sst xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<x:si><x:t>三级指标</x:t></x:si><x:si><x:t>分值</x:t></x:si>"
        "<x:si><x:r><x:t>一</x:t></x:r><x:r><x:t xml:space='preserve'>项_x0041_</x:t></x:r>"
        "<x:rPh><x:t>yi</x:t></x:rPh></x:si></x:sst>"
    )
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "".join(
        f'<Relationship Id="{name}" Type="{office}/{kind}" Target="/xl/{target}"/>'
        for name, kind, target in [
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId9", "sharedStrings", "sharedStrings.xml"),
        ]
    )
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    rows += '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2"><v>3.1000000000000001</v></c></row>'
    content = rebuilt(
        {
            "xl/sharedStrings.xml": strings.encode(),
            "xl/_rels/workbook.xml.rels": (
                f'<Relationships xmlns="{namespace}">{relations}</Relationships>'.encode()
            ),
            "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode(),
        }
    )
    plan = read_workbook(content, "表.xlsx")
    assert plan.data is not None, plan.notes
    (item,) = plan.data.sections[0].items
    assert (item.title, str(item.weight)) == ("一项A", "3.1")
