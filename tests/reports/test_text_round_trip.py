"""``read_text(render_text(report)).report == report``, and the same for one chapter's prose."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from reports.document import Credit, Deduction, Item, Paragraph, Passage, Report, Section
from reports.read.prose import read_chapter
from reports.read.text import read_text
from reports.render.text import chapter_text, render_text
from reports.render.writable import UnwritableReport
from tests.reports.reports_strategies import chapters, reports

FIXTURES = Path(__file__).parents[2] / "fixtures"


@settings(deadline=None)  # the machine may be busy
@given(reports)
def test_report_survives_being_written_and_read(report: Report) -> None:
    assert read_text(render_text(report)).report == report


@settings(deadline=None)
@given(chapters)
def test_chapter_survives_being_written_and_read(passages: tuple[Passage, ...]) -> None:
    assert read_chapter(chapter_text(passages)) == passages


def test_the_real_report_is_written_without_marks() -> None:
    report = read_text((FIXTURES / "honggutan-2021.txt").read_text(encoding="utf-8")).report
    lines = render_text(report).splitlines()
    assert not [line for line in lines if line.startswith(("\\", "〔", "【", "自评概况", "本项"))]
    assert lines[:9:2] == [
        report.title,
        f"{report.addressee}：",
        report.preamble[0],
        "一、自查情况",
        "（一）贯彻执行党的教育（权重11分，自评11分）",
    ]
    assert lines[lines.index("（三）健全教育保障机制（权重26.2分，自评25.3分）") + 6] == (
        "（扣分说明：小学一、二年级标准班额数占比80.84%,低于省定标准的90%，扣0.9分。）"
    )
    assert read_text(render_text(report)).report == report


def test_every_kind_of_mark_is_written_only_where_needed() -> None:
    items = (
        Item(1, "A1", Decimal(2), None, ("做了(分值1分,自评1分)", "1.不是编号")),
        Item(
            2, "2", Decimal("1.50"), Decimal(1), ("我区暂无普通高中。",), deductions=(Deduction(None, "缺"),)
        ),
        Item(3, "3", Decimal(1), Decimal(1), ("缺台账,此项扣1分。",), applicable=False),
        Item(4, "4", Decimal(1), Decimal(0), (), deductions=(Deduction(Decimal(1), "占80%,低于90%"),)),
    )
    report = Report(
        title="报告",
        addressee="",
        year=2021,
        preamble=("自评总分9分。", "各位领导："),
        total_weight=None,
        total_self_score=Decimal(8),
        grade="优秀",
        sections=(Section("一", "甲", Decimal(5), None, items, part="某级"),),
        issued_on=date(2022, 1, 5),
        organisation="某区人民政府",
    )
    assert render_text(report).splitlines()[::2] == [
        "\\报告",
        "\\：",
        "自评总分9分。",
        "各位领导：",
        "自评概况：2021年度，自评8分，等次优秀。",
        "一、自查情况",
        "【某级】",
        "（一）甲（权重5分，自评—分）",
        "〔A1〕（分值2分，自评—分）",
        "\\做了(分值1分,自评1分)",
        "\\1.不是编号",
        "2.我区暂无普通高中。（分值1.5分，自评1分）。",
        "本项适用。",
        "（扣分说明：缺，扣—分。）",
        "3.缺台账,此项扣1分。（分值1分，自评1分）。",
        "本项不适用。",
        "（扣分说明：无。）",
        "4.（分值1分，自评0分）。",
        "（扣分说明：占80%,低于90%〔实际无，标准无，单位〕，扣1分。）",
        "某区人民政府",
        "2022年1月5日",
    ]
    assert read_text(render_text(report)).report == report


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": " 报告"}, "标题的文字首尾有空格：「 报告」"),
        ({"preamble": ("甲\n乙",)}, "引言的文字含有换行或控制字符：「甲\ufffd乙」"),
        ({"preamble": ("",)}, "引言的文字是空的。"),
        ({"year": 21}, "年度21不是四位数。"),
        ({"total_weight": Decimal(-1)}, "总分：-1不能作为分值。"),
        ({"total_weight": Decimal("NaN")}, "总分：NaN不能作为分值。"),
        ({"sections": ()}, "报告没有条目。"),
        (
            {"sections": (Section("一", "甲", None, None, (Item(2, "2", None, None, ()),)),)},
            "条目没有从1起连续编号。",
        ),
        ({"problems": (Passage(()),)}, "一段既没有标题也没有正文。"),
        ({"problems": (Passage((Paragraph("甲", 0),)),)}, "段落序号0不在1至999之间。"),
    ],
)
def test_a_value_that_text_cannot_hold_is_refused(change: dict[str, Any], message: str) -> None:
    sound = Report(
        title="报告",
        addressee="委员会",
        year=2021,
        preamble=(),
        total_weight=None,
        total_self_score=None,
        grade="",
        sections=(Section("一", "甲", None, None, (Item(1, "1", None, None, ("做了。",)),)),),
    )
    assert read_text(render_text(sound)).report == sound
    with pytest.raises(UnwritableReport, match=f"^{message}$"):
        render_text(replace(sound, **change))


def bonus_report() -> Report:
    """Nine of ten points, 1.5 of 2 bonus points."""
    gain = Credit(Decimal("1.5"), "省级以上表彰3项，每项加0.5分")
    items = (
        Item(1, "1", Decimal(10), Decimal(9), ("做了。",), deductions=(Deduction(Decimal(1), "缺台账"),)),
        Item(2, "2", Decimal(2), Decimal("1.5"), ("获得表彰。",), bonus=True, credits=(gain,)),
        Item(3, "加3", Decimal(1), Decimal(0), ("没有。",), bonus=True),
    )
    section = Section("一", "制度", Decimal(10), Decimal(9), items, part="保障", bonus=Decimal("1.5"))
    return Report(
        title="自评报告",
        addressee="",
        year=None,
        preamble=("自评总分10分。",),
        total_weight=Decimal(10),
        total_self_score=Decimal(10),
        grade="",
        sections=(section,),
    )


def test_bonus_is_written_plainly_beside_the_other_points_and_read_again() -> None:
    lines = render_text(bonus_report()).split("\n\n")
    assert lines[3:] == [
        "【保障】",
        "（一）制度（权重10分，自评9分，另加1.5分）",
        "1.做了。（分值10分，自评9分）。",
        "（扣分说明：缺台账，扣1分。）",
        "2.获得表彰。（加分上限2分，自评1.5分）。",
        "（加分说明：省级以上表彰3项，每项加0.5分，加1.5分。）",
        "〔加3〕（加分上限1分，自评0分）",
        "没有。\n",
    ]
    assert read_text(render_text(bonus_report())).report == bonus_report()


def test_total_that_the_committee_has_still_to_complete_is_read_again() -> None:
    partial = replace(
        bonus_report(),
        preamble=("自评部分满分73分，自评总分70.5分，其余分值由督导委员会评定。",),
        total_weight=Decimal(73),
        total_self_score=Decimal("70.5"),
    )
    text = render_text(partial)
    assert "自评概况" not in text
    assert read_text(text).report == partial
