"""The HTML form: whole, safe, and saying what the report says."""

import base64
import hashlib
import re
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings

from indicators.scoring.points import plain
from reports.document import Credit, Deduction, Item, Paragraph, Passage, Report, Section
from reports.render.html import (
    addressee_line,
    body,
    deduction_note,
    render_html,
    style_source,
)
from reports.render.typography import typeset
from tests.reports.reports_strategies import reports
from tests.reports.sample import real_report, signed_report, with_text


def tree(report: Report) -> ElementTree.Element:
    return ElementTree.fromstring(render_html(report))  # noqa: S314 - our own


def words(element: ElementTree.Element) -> str:
    return "".join(element.itertext())


def table_rows(report: Report) -> list[list[str]]:
    return [[words(cell) for cell in row] for row in tree(report).iter("tr")]


def test_document_is_whole_and_loads_nothing() -> None:
    html = render_html(signed_report())
    assert html.startswith("<!DOCTYPE html>\n")
    assert (
        re.findall(r"<script|<link|<img|<iframe|<base|\ssrc=|\shref=|@import|url\(|\sstyle=|\son\w+=", html)
        == []
    )
    assert html.count("<style>") == 1
    assert tree(signed_report()).attrib == {"lang": "zh-CN"}


def test_style_source_is_the_hash_of_the_style_element() -> None:
    html = render_html(real_report())
    style = html[html.index("<style>") + 7 : html.index("</style>")]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert style_source() == f"'sha256-{digest}'"


def test_every_paragraph_of_the_real_report_is_there() -> None:
    report = real_report()
    printed = words(tree(report))
    texts = [
        *report.preamble,
        *(text for item in report.items() for text in item.paragraphs),
        *(section.title for section in report.sections),
        *(passage.heading for passage in report.experience),
        *(
            paragraph.text
            for passage in (*report.experience, *report.problems, *report.improvements)
            for paragraph in passage.paragraphs
        ),
    ]
    assert [text for text in texts if typeset(text) not in printed] == []


def test_body_has_the_headings_and_items_in_order() -> None:
    blocks = list(body(real_report()))
    assert [block.text for block in blocks if block.tag == "h2"] == [
        "一、自查情况",
        "二、经验做法",
        "三、存在的问题",
        "四、改进措施",
    ]
    assert [block.text for block in blocks if block.tag == "h3"] == [
        "（一）贯彻执行党的教育（权重11分，自评11分）",
        "（二）落实国家教育法律、法规、规章和政策情况（权重13.5分，自评13.5分）",
        "（三）健全教育保障机制（权重26.2分，自评25.3分）",
        "（四）推进各级各类教育协调发展（权重35.3分，自评35.3分）",
        "（五）规范学校办学行为（权重8.5分，自评8.5分）",
        "（六）重点工作落实情况（权重5.5分，自评5.5分）",
        "（一）强化教育督导注重结果运用，问责有力",
        "（二）强化教育保障，夯实教育基础",
        "（三）压实“双减”责任，狠抓工作落实",
    ]
    assert [block.anchor for block in blocks if block.anchor] == [f"item-{n}" for n in range(1, 55)]


def test_item_ends_with_its_points_and_then_its_deduction() -> None:
    blocks = list(body(real_report()))
    place = next(place for place, block in enumerate(blocks) if block.anchor == "item-15")
    assert blocks[place].text.startswith("15.我区新建、改扩建学校按照国家规定标准核定校额，")
    assert blocks[place].text.endswith("95.15%。（分值4分，自评3.1分）。")
    note = "（扣分说明：小学一、二年级标准班额数占比80.84%，低于省定标准的90%，扣0.9分。）"
    assert blocks[place + 1].text == note


@pytest.mark.parametrize(
    ("points", "reason", "note"),
    [
        ("0.9", "班额不达标", "（扣分说明：班额不达标，扣0.9分。）"),
        ("0.90", "差9个百分点,扣0.9分", "（扣分说明：差9个百分点，扣0.9分。）"),
        (None, "班额不达标。", "（扣分说明：班额不达标。）"),
        ("1", "", "（扣分说明：扣1分。）"),
    ],
)
def test_deduction_note(points: str | None, reason: str, note: str) -> None:
    assert deduction_note(Deduction(Decimal(points) if points else None, reason)) == note


def test_table_totals_equal_the_reports() -> None:
    report = real_report()
    rows = table_rows(report)
    assert rows[0] == ["序号", "指标", "分值", "自评分", "扣分", "扣分说明"]
    assert [row[1:] for row in rows if row[0].startswith("（")] == [
        [plain(section.weight), plain(section.self_score), plain(section.weight - section.self_score), "小计"]
        for section in report.sections
        if section.weight is not None and section.self_score is not None
    ]
    name, weight, self_score, lost, grade = rows[-1]
    assert (name, grade) == ("合计", "自评等次：优秀")
    assert (Decimal(weight), Decimal(self_score)) == (report.total_weight, report.total_self_score)
    assert Decimal(lost) == Decimal("0.9")
    items = [row for row in rows if row[0].isdigit()]
    assert [(row[0], Decimal(row[2]), Decimal(row[3])) for row in items] == [
        (item.label, item.weight, item.self_score) for item in report.items()
    ]
    assert [int(row[0]) for row in items if row[5] == "不适用"] == [10, 33, 34, 35, 38, 39, 40, 45]


def test_unknown_points_print_as_a_dash() -> None:
    item = Item(1, "1", None, None, ("做了工作。",))
    report = replace(
        signed_report(), sections=(Section("一", "甲", None, None, (item,)),), total_self_score=None
    )
    assert [block.text for block in body(report)][-2:] == [
        "（一）甲（权重—分，自评—分）",
        "1.做了工作。（分值—分，自评—分）。",
    ]
    assert table_rows(report)[2] == ["1", "做了工作", "—", "—", "—", ""]
    assert table_rows(report)[-1] == ["合计", "100", "—", "—", "自评等次：优秀"]
    assert "尚无自评分" in render_html(report)


def test_parts_stand_above_their_sections() -> None:
    section = signed_report().sections[0]
    report = replace(
        signed_report(), sections=(replace(section, part="第一部分"), replace(section, part="第二部分"))
    )
    assert [(block.tag, block.text) for block in body(report) if block.tag in {"h3", "h4"}] == [
        ("h3", "第一部分"),
        ("h4", "（一）贯彻执行党的教育（权重11分，自评11分）"),
        ("h3", "第二部分"),
        ("h4", "（一）贯彻执行党的教育（权重11分，自评11分）"),
    ]


def test_chapters_without_content_are_left_out_and_the_others_counted_on() -> None:
    problems = (Passage((Paragraph("班额不达标。"),)),)
    report = replace(signed_report(), problems=problems)
    assert [block.text for block in body(report) if block.tag == "h2"] == ["一、自查情况", "二、存在的问题"]


@pytest.mark.parametrize(
    ("name", "line"), [("督导委员会", "督导委员会："), ("督导委员会:", "督导委员会："), ("", "")]
)
def test_addressee_ends_with_one_full_width_colon(name: str, line: str) -> None:
    assert addressee_line(name) == line


def test_annexes_are_listed_and_numbered() -> None:
    document = tree(signed_report())
    listed = [words(entry) for entry in document.iter("div") if entry.get("class") == "annexes"]
    assert listed[0].split() == ["附件：1.自评得分汇总表", "2.自评得分图表"]
    marks = [words(entry) for entry in document.iter("p") if entry.get("class") == "mark"]
    assert marks == ["附件1", "附件2"]


def test_signature_and_date_are_written_without_padding() -> None:
    (closing,) = (entry for entry in tree(signed_report()).iter("div") if entry.get("class") == "closing")
    assert words(closing).split() == ["南昌市红谷滩区人民政府", "2021年12月5日"]
    assert not [entry for entry in tree(real_report()).iter("div") if entry.get("class") == "closing"]


def test_date_not_given_yet_is_left_to_be_filled_in() -> None:
    document = tree(replace(signed_report(), issued_on=None))
    (closing,) = (entry for entry in document.iter("div") if entry.get("class") == "closing")
    assert words(closing).split() == ["南昌市红谷滩区人民政府", "年", "月", "日"]


@pytest.mark.parametrize(
    ("number", "signatory", "head"),
    [
        ("红府〔2021〕8号", "刘国平", ["红府〔2021〕8号签发人：刘国平"]),
        ("红府〔2021〕8号", "", ["红府〔2021〕8号"]),
        ("", "刘国平", ["签发人：刘国平"]),
        ("", "", []),
    ],
)
def test_head_names_document_number_and_who_signed_off(number: str, signatory: str, head: list[str]) -> None:
    document = tree(replace(signed_report(), document_number=number, signatory=signatory))
    assert [words(entry) for entry in document.iter("p") if entry.get("class") == "number"] == head


@pytest.mark.parametrize(
    ("lost", "sentence"),
    [
        ({}, "各项指标均未扣分。"),
        ({0: "0.5"}, ""),
        ({0: "0.5", 1: "1"}, ""),
    ],
)
def test_losses_are_bars_or_a_sentence_that_there_are_none(lost: dict[int, str], sentence: str) -> None:
    section = signed_report().sections[0]
    items = tuple(
        replace(item, self_score=item.weight - Decimal(lost.get(place, 0)))
        for place, item in enumerate(section.items)
        if item.weight is not None
    )
    report = replace(signed_report(), sections=(replace(section, items=items),))
    html = render_html(report)
    assert sentence in html
    assert ("图2" in html) is (sentence == "")


HOSTILE = "<script>alert(1)</script><img src=x onerror=a>&\"'</style><!--{{ style }}{% if %}"


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)


def test_markup_in_every_field_stays_text() -> None:
    plain_tags, hostile_tags = Tags(), Tags()
    plain_tags.feed(render_html(with_text("文字")))
    hostile_tags.feed(render_html(with_text(HOSTILE)))
    assert hostile_tags.seen == plain_tags.seen
    assert "<script" not in render_html(with_text(HOSTILE))


@given(reports)
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
def test_any_report_gives_a_well_formed_document(report: Report) -> None:
    assert tree(report).tag == "html"


def test_bonus_is_printed_beside_the_other_points_and_left_out_of_the_charts() -> None:
    gain = Credit(Decimal("1.5"), "获省级表彰。")
    items = (
        Item(1, "1", Decimal(10), Decimal(10), ("做了。",)),
        Item(2, "2", Decimal(2), Decimal("1.5"), ("获奖。",), bonus=True, credits=(gain,)),
    )
    section = Section("一", "制度", Decimal(10), Decimal(10), items, part="保障", bonus=Decimal("1.5"))
    report = replace(signed_report(), sections=(section,))
    blocks = [(block.tag, block.text) for block in body(report)]
    assert blocks[2:7] == [
        ("h3", "保障"),
        ("h4", "（一）制度（权重10分，自评10分，另加1.5分）"),
        ("p", "1.做了。（分值10分，自评10分）。"),
        ("p", "2.获奖。（加分上限2分，自评1.5分）。"),
        ("p", "（加分说明：获省级表彰，加1.5分。）"),
    ]
    assert "各项指标均未扣分。加分1.5分不计入图中。" in render_html(report)
