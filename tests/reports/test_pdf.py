"""The PDF of the real report, measured: GB/T 9704-2012, justification, kinsoku, tags, bookmarks, fonts."""

import re
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from typing import Any

import pdfplumber
import pytest
from pypdf import PdfReader

from reports.render.html import body
from reports.render.pdf import render_pdf
from reports.render.typography import CLOSING_MARKS, OPENING_MARKS
from tests.reports.sample import real_report, signed_report

MM = 72 / 25.4
LINE = 28.95
LEFT, RIGHT, TOP, BOTTOM = 28 * MM, 184 * MM, 37 * MM, 262 * MM


@pytest.fixture(scope="module")
def printed() -> bytes:
    return render_pdf(real_report())


@pytest.fixture(scope="module")
def pages(printed: bytes) -> list[Any]:
    return pdfplumber.open(BytesIO(printed)).pages


@pytest.fixture(scope="module")
def reader(printed: bytes) -> PdfReader:
    return PdfReader(BytesIO(printed))


@pytest.fixture(scope="module")
def lines(pages: list[Any]) -> list[list[Any]]:
    """The lines of every page, each a list of characters from left to right, page numbers left out."""
    return [lines_of(page) for page in pages]


def lines_of(page: Any) -> list[list[Any]]:
    by_place: dict[int, list[Any]] = {}
    for character in page.chars:
        if character["bottom"] < BOTTOM + 2:
            by_place.setdefault(round(character["matrix"][5]), []).append(character)
    return [sorted(by_place[place], key=lambda c: c["x0"]) for place in sorted(by_place, reverse=True)]


def text(line: list[Any]) -> str:
    return "".join(character["text"] for character in line)


def face(line: list[Any]) -> tuple[str, float]:
    character = line[0]
    return character["fontname"].partition("+")[2], round(character["size"], 1)


def body_pages(lines: list[list[Any]]) -> list[list[Any]]:
    """Pages before the first annex."""
    return lines[: next(number for number, page in enumerate(lines) if text(page[0]) == "附件1")]


def test_pages_are_a4(pages: list[Any]) -> None:
    assert {(round(page.width / MM), round(page.height / MM)) for page in pages} == {(210, 297)}


def test_text_keeps_to_156_by_225_mm(lines: list[list[Any]]) -> None:
    for page in lines:
        for line in page:
            assert line[0]["x0"] >= LEFT - 0.1
            assert line[-1]["x1"] <= RIGHT + 0.8
            assert line[0]["top"] >= TOP
            assert line[0]["bottom"] <= BOTTOM


def test_full_page_has_22_lines_on_the_grid(lines: list[list[Any]]) -> None:
    full = [page for page in body_pages(lines)[1:-1] if len(page) == 22]
    assert len(full) >= 12
    for page in full:
        places = [line[0]["matrix"][5] for line in page]
        steps = [above - below for above, below in pairwise(places)]
        assert [round(step, 2) for step in steps] == [LINE] * 21
        assert places[0] == pytest.approx(842 - TOP - 23, abs=3)
    assert max(len(page) for page in body_pages(lines)) == 22


def test_line_holds_28_characters(lines: list[list[Any]]) -> None:
    every = [line for page in body_pages(lines) for line in page]
    chinese = [line for line in every if not re.search("[ -~]", text(line))]
    assert max(len(line) for line in chinese) == 28


def test_faces_and_sizes(lines: list[list[Any]]) -> None:
    first = body_pages(lines)[0]
    assert [(text(line), face(line)) for line in first[:3]] == [
        ("关于2021年党政领导干部履行", ("Fandol-Xiaobiaosong-Bold", 22)),
        ("教育职责督导评价自评的报告", ("Fandol-Xiaobiaosong-Bold", 22)),
        ("南昌市人民政府教育督导委员会：", ("FandolFang", 16)),
    ]
    every = [line for page in body_pages(lines) for line in page]
    assert {face(line) for line in every if re.match("[一二三四]、", text(line))} == {("FandolHei", 16)}
    assert {face(line) for line in every if re.match("（[一二三四五六]）", text(line))} == {("FandolKai", 16)}
    assert {face(line) for line in every if re.match(r"\d+\.\D", text(line))} == {("FandolFang", 16)}


def test_title_is_centred_and_the_addressee_flush_left(lines: list[list[Any]]) -> None:
    title, _, addressee = body_pages(lines)[0][:3]
    assert (title[0]["x0"] + title[-1]["x1"]) / 2 == pytest.approx((LEFT + RIGHT) / 2, abs=0.5)
    assert addressee[0]["x0"] == pytest.approx(LEFT, abs=0.5)


def test_paragraphs_are_indented_by_two_characters(lines: list[list[Any]]) -> None:
    every = [line for page in body_pages(lines) for line in page]
    starts = [line for line in every if re.match(r"\d+\.(?!自评得分)\D|[一二三四]、", text(line))]
    assert len(starts) > 50
    assert {round(line[0]["x0"] - LEFT) for line in starts} == {32}


def test_page_number_stands_right_on_odd_and_left_on_even_pages(pages: list[Any]) -> None:
    for number, page in enumerate(pages, start=1):
        foot = [character for character in page.chars if character["top"] > BOTTOM + 2]
        assert "".join(character["text"] for character in foot) == f"— {number} —"
        assert {face([character]) for character in foot} == {("FandolSong", 14)}
        if number % 2:
            assert foot[-1]["x1"] == pytest.approx(RIGHT - 14, abs=0.5)
        else:
            assert foot[0]["x0"] == pytest.approx(LEFT + 14, abs=0.5)
        assert foot[0]["top"] - BOTTOM == pytest.approx(7 * MM, abs=4)


def test_no_line_starts_with_a_closing_mark_or_ends_with_an_opening_one(lines: list[list[Any]]) -> None:
    for page in body_pages(lines):
        for line in page:
            assert text(line)[0] not in CLOSING_MARKS
            assert text(line)[-1] not in OPENING_MARKS


def test_lines_that_go_on_are_justified(lines: list[list[Any]]) -> None:
    every = [line for page in body_pages(lines) for line in page if face(line) == ("FandolFang", 16)]
    within = [line for line, after in pairwise(every) if after[0]["x0"] < LEFT + 1]
    going_on = [line for line in within if text(line)[-1:] != "："]
    assert len(going_on) > 150
    assert [text(line) for line in going_on if abs(line[-1]["x1"] - RIGHT) > 0.8] == []


def test_last_lines_are_not_stretched(lines: list[list[Any]]) -> None:
    last = [
        line
        for page in body_pages(lines)
        for line in page
        if text(line).endswith("分）。") and line[-1]["x1"] < RIGHT - 20
    ]
    assert len(last) > 30
    for line in last:
        gaps = [b["x0"] - a["x1"] for a, b in pairwise(line)]
        assert max(gaps) < 0.3


def test_every_paragraph_is_in_the_text(reader: PdfReader) -> None:
    extracted = "".join("".join(page.extract_text().splitlines()[:-1]) for page in reader.pages)
    whole = re.sub(r"\s", "", extracted)
    assert [block.text for block in body(real_report()) if re.sub(r"\s", "", block.text) not in whole] == []


def test_bookmarks(reader: PdfReader) -> None:
    def names(outline: Any) -> list[Any]:
        return [names(entry) if isinstance(entry, list) else str(entry.title) for entry in outline]

    chapters = names(reader.outline)
    assert [entry for entry in chapters if isinstance(entry, str)] == [
        "一、自查情况",
        "二、经验做法",
        "三、存在的问题",
        "四、改进措施",
        "附件1　自评得分汇总表",
        "附件2　自评得分图表",
    ]
    assert [len(entry) for entry in chapters if isinstance(entry, list)] == [6, 3]


def test_document_is_tagged_chinese_and_named(reader: PdfReader) -> None:
    root: Any = reader.root_object
    assert root["/Lang"] == "zh-CN"
    assert root["/MarkInfo"]["/Marked"]
    assert 'pdfuaid:part="1"' in root["/Metadata"].get_object().get_data().decode()
    assert reader.metadata is not None
    assert reader.metadata.title == "关于2021年党政领导干部履行教育职责督导评价自评的报告"


def tags(element: Any) -> list[Any]:
    """Every structure element below, in order."""
    kids = element.get("/K", [])
    found = []
    for kid in kids if isinstance(kids, list) else [kids]:
        one = kid.get_object()
        if isinstance(one, dict) and "/S" in one:
            found += [one, *tags(one)]
    return found


def test_tags_name_headings_tables_and_figures(reader: PdfReader) -> None:
    root: Any = reader.root_object
    found = tags(root["/StructTreeRoot"])
    names = [str(element["/S"]) for element in found]
    assert names.count("/H1") == 1
    assert names.count("/H2") == 6
    assert names.count("/H3") == 9
    assert {"/Table", "/TR", "/TH", "/TD", "/P"} <= set(names)
    shares, losses = (element["/Alt"] for element in found if element["/S"] == "/Figure")
    assert shares.startswith("各部分自评得分占权重的百分比：贯彻执行党的教育100%；")
    assert losses == "各项扣分：第15项扣0.9分。"


def test_fonts_are_embedded_subsets(reader: PdfReader, printed: bytes) -> None:
    fonts = {
        font["/BaseFont"]: font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        for page in reader.pages
        for font in (entry.get_object() for entry in page["/Resources"]["/Font"].values())  # type: ignore[index]
    }
    assert {name.partition("+")[2] for name in fonts} == {
        "Fandol-Xiaobiaosong-Bold",
        "FandolFang",
        "FandolHei",
        "FandolKai",
        "FandolSong",
    }
    assert all("/FontFile3" in descriptor or "/FontFile2" in descriptor for descriptor in fonts.values())
    assert len(printed) < 700_000


def test_table_repeats_its_head_and_adds_up(pages: list[Any], lines: list[list[Any]]) -> None:
    annex = [page.extract_table() for page in pages[len(body_pages(lines)) : -1]]
    assert len(annex) >= 2
    head = ["序号", "指标", "分值", "自评分", "扣分", "扣分说明"]
    assert [rows[0] for rows in annex] == [head] * len(annex)
    rows = [row for rows in annex for row in rows[1:]]
    report = real_report()
    assert [(row[0], Decimal(row[2]), Decimal(row[3])) for row in rows if row[0].isdigit()] == [
        (item.label, item.weight, item.self_score) for item in report.items()
    ]
    assert [(Decimal(row[2]), Decimal(row[3])) for row in rows if row[0].startswith("（")] == [
        (section.weight, section.self_score) for section in report.sections
    ]
    total = rows[-1]
    assert (Decimal(total[2]), Decimal(total[3])) == (report.total_weight, report.total_self_score)
    assert total[5] == "自评等次：优秀"


def test_annexes_start_on_pages_of_their_own(lines: list[list[Any]]) -> None:
    marks = [page[0] for page in lines if text(page[0]).startswith("附件")]
    assert [text(line) for line in marks] == ["附件1", "附件2"]
    assert {face(line) for line in marks} == {("FandolHei", 16)}
    assert {round(line[0]["x0"] - LEFT) for line in marks} == {0}


def test_signature_and_date_stand_at_the_right() -> None:
    signed = [lines_of(page) for page in pdfplumber.open(BytesIO(render_pdf(signed_report()))).pages]
    number = signed[0][0]
    assert text(number) == "红府〔2021〕8号签发人：刘国平"
    assert number[0]["x0"] - LEFT == pytest.approx(16, abs=1)
    assert RIGHT - number[-1]["x1"] == pytest.approx(16, abs=1)
    found = {text(line): line for line in body_pages(signed)[-1]}
    assert "附件：1.自评得分汇总表" in found, "a signature never stands on a page of its own"
    date, signature = found["2021年12月5日"], found["南昌市红谷滩区人民政府"]
    assert RIGHT - date[-1]["x1"] == pytest.approx(64, abs=1)
    centre = (date[0]["x0"] + date[-1]["x1"]) / 2
    assert (signature[0]["x0"] + signature[-1]["x1"]) / 2 == pytest.approx(centre, abs=1)


def test_same_report_gives_the_same_bytes(printed: bytes) -> None:
    assert render_pdf(real_report()) == printed
