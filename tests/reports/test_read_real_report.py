"""The published report of 2021 is read exactly as it was added up by hand."""

import json
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from reports.document import Report
from reports.read.reading import Reading, RemarkKind, Severity
from reports.read.text import read_text

FIXTURES = Path(__file__).parents[2] / "fixtures"
TEXT = (FIXTURES / "honggutan-2021.txt").read_text(encoding="utf-8")
EXPECTED: dict[str, Any] = json.loads((FIXTURES / "honggutan-2021.expected.json").read_text(encoding="utf-8"))


@cache
def reading() -> Reading:
    return read_text(TEXT)


def report() -> Report:
    return reading().report


def lines_with(kind: RemarkKind) -> list[int]:
    return [remark.line for remark in reading().remarks if remark.kind is kind]


def test_header_is_read_and_the_page_around_it_left_out() -> None:
    assert (report().title, report().addressee, report().year) == (
        EXPECTED["title"],
        EXPECTED["addressee"],
        EXPECTED["year"],
    )
    assert len(report().preamble) == 1
    assert report().preamble[0].startswith("根据省市党政领导干部")


def test_totals_and_grade_are_those_stated() -> None:
    assert report().total_weight == Decimal(EXPECTED["total_weight"])
    assert report().total_self_score == Decimal(EXPECTED["total_self_score"])
    assert report().grade == EXPECTED["grade"]


def test_sections_and_items_have_their_points() -> None:
    read = [
        {
            "ordinal": section.ordinal,
            "title": section.title,
            "weight": str(section.weight),
            "self_score": str(section.self_score),
            "items": [
                {"number": item.number, "weight": str(item.weight), "self_score": str(item.self_score)}
                for item in section.items
            ],
        }
        for section in report().sections
    ]
    assert read == EXPECTED["sections"]
    assert [item.label for item in report().items()] == [str(number) for number in range(1, 55)]
    assert {section.part for section in report().sections} == {None}


def test_the_one_deduction_is_found_in_the_running_text() -> None:
    read = [
        {
            "item": item.number,
            "points": str(deduction.points),
            "measured": str(deduction.measured),
            "standard": str(deduction.standard),
            "unit": deduction.unit,
            "reason": deduction.reason,
        }
        for item in report().items()
        for deduction in item.deductions
    ]
    assert read == EXPECTED["deductions"]


def test_items_answered_with_nothing_but_zanwu_are_not_applicable() -> None:
    read = [item.number for item in report().items() if not item.applicable]
    assert read == EXPECTED["not_applicable_items"]
    assert lines_with(RemarkKind.NOT_APPLICABLE) == [37, 87, 89, 91, 97, 99, 101, 111]


def test_prose_chapters_have_their_entries() -> None:
    experience, problems, improvements = report().experience, report().problems, report().improvements
    assert [passage.heading for passage in experience] == [
        "强化教育督导注重结果运用,问责有力",
        "强化教育保障,夯实教育基础",
        "压实“双减”责任,狠抓工作落实",
    ]
    assert len(experience) == EXPECTED["experience_headings"]
    assert [len(passage.paragraphs) for passage in experience] == [2, 3, 3]
    assert len(problems) == EXPECTED["problems"]
    assert problems[0].paragraphs[0].text == "全区小学一、二年级标准班额占比不达标。"
    assert len(improvements) == EXPECTED["improvements"]
    assert [passage.paragraphs[0].number for passage in improvements] == [1, 2, 3]


def test_every_paragraph_is_kept_whole_and_nothing_else() -> None:
    label = re.compile(r"^[0-9]{1,2}\.")
    points = re.compile(r"\({0,2}(?:分值|权重)[0-9.]+分,自评[0-9.]+分?\)?。?$")
    heading = re.compile(r"[(]?[一二三四五六]?\)|[一二三四]、")
    lines = [line.strip() for line in TEXT.splitlines()[10:170] if line.strip()]
    body = [points.sub("", label.sub("", line, count=1)).strip() for line in lines if not heading.match(line)]
    assert sorted(body) == sorted(
        [
            *report().preamble,
            *(paragraph for item in report().items() for paragraph in item.paragraphs),
            *(
                paragraph.text
                for passages in (report().experience, report().problems, report().improvements)
                for passage in passages
                for paragraph in passage.paragraphs
            ),
        ]
    )


def test_places_are_lines_of_the_file() -> None:
    lines = TEXT.splitlines()
    assert all(lines[(item.line or 0) - 1].startswith(f"{item.label}.") for item in report().items())
    assert [section.line for section in report().sections] == [15, 31, 45, 73, 113, 125]


def test_damage_is_remarked_with_its_lines() -> None:
    assert lines_with(RemarkKind.BRACKET_MISSING) == [21, 45, 49, 51, 53, 125, 133]
    assert lines_with(RemarkKind.BRACKET_DOUBLED) == [107]
    assert lines_with(RemarkKind.UNIT_MISSING) == [45, 49, 51, 53, 125]
    assert lines_with(RemarkKind.ORDINAL_MISSING) == [45]
    assert lines_with(RemarkKind.CLOSING_MARK_MISSING) == [29, 51, 53, 131, 133, 149]
    assert lines_with(RemarkKind.BRACKET_UNBALANCED) == [67, 95, 149, 155]
    assert lines_with(RemarkKind.WEIGHT_INFERRED) == [15]
    assert len(reading().remarks) == 33
    assert not [remark for remark in reading().remarks if remark.severity is Severity.ERROR]


def test_a_remark_names_the_column() -> None:
    line = TEXT.splitlines()[20]
    (remark,) = [remark for remark in reading().remarks if remark.line == 21]
    assert line[remark.column - 1 :].startswith("分值2分")
    assert remark.message == "分值前缺少左括号。"


def test_a_text_cut_off_anywhere_still_reads() -> None:
    first_item = TEXT.index("(分值1分,自评1分)。")
    for end in range(first_item + 20, len(TEXT), 397):
        cut = read_text(TEXT[:end]).report
        whole = list(report().items())
        complete = list(cut.items())[:-1]
        assert [(item.weight, item.self_score) for item in complete] == [
            (item.weight, item.self_score) for item in whole[: len(complete)]
        ]
