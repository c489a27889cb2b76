"""Other real texts: masked numbers and broken lines, points in other words, headings glued to items."""

from decimal import Decimal
from pathlib import Path

import pytest

from reports.read.reading import RemarkKind, UnreadableReport
from reports.read.text import read_text

CASES = Path(__file__).parents[2] / "fixtures" / "cases"
MASKED = (CASES / "14-jiangxi-county-2022-masked.txt").read_text(encoding="utf-8")
OTHER_WORDS = (CASES / "25-safe-campus-yunnan-standard-score.txt").read_text(encoding="utf-8")


def test_masked_points_are_unknown_and_never_nought() -> None:
    report = read_text(MASKED).report
    (section,) = report.sections
    assert (section.title, section.weight, section.self_score) == ("贯彻执行党的教育方针情况", None, None)
    assert [(item.label, item.weight, item.self_score) for item in section.items] == [
        ("1", None, None),
        ("2", None, None),
    ]
    assert report.total_self_score is None
    assert report.total_weight is None


def test_broken_lines_are_joined() -> None:
    report = read_text(MASKED).report
    assert report.title == "党政领导干部2022年度履行教育职责情况自评报告"
    assert report.year == 2022
    first, second = report.items()
    assert first.text.endswith("县委书记、县长xx等县领导到所联系学校为师生上思想政治课。")
    assert second.text.startswith("认真落实《<党委(组织)意识形态工作责任制实施办法>的实施细则》,")
    assert [item.line for item in (first, second)] == [54, 63]


def test_masked_points_are_remarked_not_called_wrong() -> None:
    kinds = [
        (remark.line, remark.kind)
        for remark in read_text(MASKED).remarks
        if remark.kind is not RemarkKind.LINES_JOINED
    ]
    assert kinds == [
        (19, RemarkKind.CHAPTER_UNKNOWN),
        (48, RemarkKind.CHAPTER_COMBINED),
        (49, RemarkKind.POINTS_MASKED),
        (58, RemarkKind.POINTS_MASKED),
        (63, RemarkKind.POINTS_MISSING),
    ]


def test_other_words_for_points_are_understood() -> None:
    report = read_text(OTHER_WORDS).report
    first, second = report.sections
    assert (first.part, first.title, first.weight, first.self_score) == (
        "创建条件",
        "领导重视",
        Decimal(13),
        Decimal(13),
    )
    assert [(str(item.weight), str(item.self_score)) for item in first.items] == [
        ("3", "3"),
        ("3", "3"),
        ("2", "2"),
        ("3", "3"),
        ("2", "2"),
    ]
    assert (second.title, second.weight, second.self_score) == ("职责明确", Decimal(5), Decimal(5))
    assert [(item.number, item.label, item.weight) for item in second.items] == [(6, "1", None)]


def test_an_unfinished_section_gives_no_total() -> None:
    report = read_text(OTHER_WORDS).report
    assert (report.total_weight, report.total_self_score, report.addressee) == (None, None, "")


def test_a_heading_glued_to_its_first_item_is_parted() -> None:
    first = next(read_text(OTHER_WORDS).report.items())
    assert first.text.startswith("学校党政领导高度重视")
    assert first.line == 5


def test_points_in_a_table_are_refused_with_the_line() -> None:
    rows = "\n".join(f"1、1、{number} 2 2" for number in range(1, 8))
    text = f"申报教育强镇\n\n一、各项指标自评得分表\n\n(一)\n\n{rows}\n"
    with pytest.raises(UnreadableReport) as refusal:
        read_text(text)
    assert str(refusal.value) == "分值写在表格里（从第7行起），本版本只读取正文中逐条写明的分值，未读取。"
