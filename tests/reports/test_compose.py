"""An assessment and its prose become one report."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import OuterRef, Subquery
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.roles import Role
from assessments.models import Assessment, Response
from assessments.opening import open_assessment
from assessments.responses import save_response
from assessments.settling import Content
from assessments.states import State
from indicators.models import Item as FrameworkItem
from reports.compose import compose
from reports.document import Credit, Deduction, Item, Paragraph, Passage, Report
from reports.models import ReportProse
from reports.prose import ProseContent, save_prose
from reports.read.text import read_text
from reports.render.html import render_html
from reports.render.score_table import groups
from reports.render.text import render_text
from tests.factories import (
    World,
    every_kind_data,
    framework_data,
    make_cycle,
    make_framework,
    make_real_world,
    make_world,
    real_report,
)
from tests.reports.reports_strategies import SNIPPETS


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def composed(world: World) -> Report:
    return compose(Assessment.objects.get(pk=world.assessments["a"].pk))


def put(world: World, label: str, **fields: Any) -> None:
    Response.objects.filter(pk=world.response(label).pk).update(**{"state": State.DRAFT, **fields})


def items_of(report: Report) -> list[tuple[int, str, Decimal | None, Decimal | None, str, bool]]:
    return [
        (item.number, item.label, item.weight, item.self_score, item.text, item.applicable)
        for item in report.items()
    ]


def test_real_report_is_composed_as_it_was_published(db: None) -> None:
    report, published = composed(make_real_world()), real_report()
    assert (report.title, report.addressee, report.year) == (published.title, published.addressee, 2021)
    assert report.preamble == published.preamble
    assert (report.total_weight, report.total_self_score, report.grade) == (
        Decimal(100),
        Decimal("99.1"),
        "优秀",
    )
    assert [
        (section.ordinal, section.title, section.weight, section.self_score) for section in report.sections
    ] == [
        (section.ordinal, section.title, section.weight, section.self_score) for section in published.sections
    ]
    assert items_of(report) == items_of(published)
    assert report.experience == published.experience
    assert report.problems == published.problems
    assert report.improvements == published.improvements
    assert [item.number for item in report.items() if not item.applicable] == [10, 33, 34, 35, 38, 39, 40, 45]


def test_real_report_survives_being_written_and_read(db: None) -> None:
    report = composed(make_real_world())
    assert read_text(render_text(report)).report == report


def test_items_carry_the_frameworks_titles_and_their_deductions(db: None) -> None:
    report = composed(make_real_world())
    fifteen = next(item for item in report.items() if item.label == "15")
    assert fifteen.title == "标准班额达标情况"
    assert fifteen.deductions == (
        Deduction(
            Decimal("0.9"),
            "小学一、二年级标准班额占比80.84%，低于标准90%，差9.16个百分点，"
            "每差1个百分点扣0.1分（不足1个百分点不计）",
            Decimal("80.84"),
            Decimal(90),
            "%",
        ),
    )
    assert [item.number for item in report.items() if item.deductions] == [15]


def test_report_of_an_empty_assessment_has_everything_but_points(world: World) -> None:
    report = composed(world)
    assert (report.total_weight, report.total_self_score, report.grade) == (Decimal(10), None, "")
    assert [(section.weight, section.self_score) for section in report.sections] == [
        (Decimal(6), None),
        (Decimal(4), None),
    ]
    assert items_of(report) == [
        (1, "1", Decimal(2), None, "", True),
        (2, "2", Decimal(4), None, "", True),
        (3, "3", Decimal(4), None, "", True),
    ]
    assert read_text(render_text(report)).report == report


def test_section_has_points_once_all_its_items_do(world: World) -> None:
    put(world, "1", department_score=Decimal(2))
    put(world, "3", department_score=Decimal(4))
    report = composed(world)
    assert [section.self_score for section in report.sections] == [None, Decimal(4)]
    assert report.total_self_score is None


def test_report_starts_from_standard_prose(world: World) -> None:
    report = composed(world)
    assert report.title == "关于2021年度督导评价自评的报告"
    assert report.addressee == "单位c"
    assert report.preamble == (
        "根据上级关于督导评价工作的有关文件精神，对照评价指标体系，我区组织相关部门，逐条逐项进行了自评，"
        "自评总分——分，自评等次为“——”。现将自评情况报告如下：",
    )
    assert (report.organisation, report.issued_on) == ("单位a人民政府", None)
    assert (report.experience, report.problems, report.improvements) == ((), (), ())


def test_figures_of_the_preamble_follow_the_scores(world: World) -> None:
    for label, score in (("1", "2"), ("2", "3.1"), ("3", "4")):
        put(world, label, department_score=Decimal(score))
    assert "自评总分9.1分，自评等次为“优秀”" in composed(world).preamble[0]
    put(world, "3", state=State.ACCEPTED, district_score=Decimal("2.5"))
    assert "自评总分7.6分，自评等次为“不合格”" in composed(world).preamble[0]


def test_prose_is_read_into_passages(world: World) -> None:
    write(
        world,
        experience="（一）党建引领\n1.建立机制\n2.压实责任",
        problems="班额超标。\n经费不足。",
        improvements="1.扩大供给\n2.统筹师资",
        issuer="中共单位a委员会",
        document_number="红教督〔2022〕3号",
        signatory="张三",
        issued_on=date(2022, 1, 12),
    )
    report = composed(world)
    assert report.experience == (Passage((Paragraph("建立机制", 1), Paragraph("压实责任", 2)), "党建引领"),)
    assert report.problems == (Passage((Paragraph("班额超标。"),)), Passage((Paragraph("经费不足。"),)))
    assert report.improvements == (
        Passage((Paragraph("扩大供给", 1),)),
        Passage((Paragraph("统筹师资", 2),)),
    )
    assert (report.organisation, report.document_number, report.signatory, report.issued_on) == (
        "中共单位a委员会",
        "红教督〔2022〕3号",
        "张三",
        date(2022, 1, 12),
    )


@pytest.mark.parametrize(
    ("narrative", "paragraphs"),
    [
        ("", ("我区暂无高中",)),
        ("我区暂无高中", ("我区暂无高中",)),
        ("我区暂无高中。", ("我区暂无高中。",)),
        ("已协调邻区。\n我区暂无高中 。", ("已协调邻区。", "我区暂无高中 。")),
        ("我区暂无高中，已协调邻区。", ("我区暂无高中，已协调邻区。",)),
        ("已协调邻区接收学生。", ("我区暂无高中", "已协调邻区接收学生。")),
    ],
)
def test_item_that_is_not_applicable_says_why_once(
    world: World, narrative: str, paragraphs: tuple[str, ...]
) -> None:
    put(
        world,
        "3",
        applicable=False,
        na_reason="我区暂无高中",
        narrative=narrative,
        department_score=Decimal(4),
    )
    item = list(composed(world).items())[2]
    assert item == Item(3, "3", Decimal(4), Decimal(4), paragraphs, applicable=False)


def test_reason_that_ends_with_a_mark_is_not_said_twice(world: World) -> None:
    put(world, "3", applicable=False, na_reason="我区暂无高中。", narrative="我区暂无高中")
    assert list(composed(world).items())[2].paragraphs == ("我区暂无高中",)


def test_excluded_item_has_no_points_in_the_report(db: None) -> None:
    world = make_world(make_framework(na_policy="exclude"))
    put(world, "1", department_score=Decimal(2))
    put(world, "2", department_score=Decimal("3.1"))
    put(world, "3", applicable=False, na_reason="我区暂无高中", department_score=None)
    report = composed(world)
    assert [section.self_score for section in report.sections] == [Decimal("5.1"), None]
    assert (report.total_weight, report.total_self_score) == (Decimal(10), Decimal("8.5"))


def test_report_where_nothing_is_to_be_had_has_no_total(db: None) -> None:
    item = {"label": "1", "title": "高中", "weight": "4", "na_allowed": True}
    world = make_world(make_framework(na_policy="exclude", sections=[{"title": "一", "items": [item]}]))
    put(world, "1", applicable=False, na_reason="我区暂无高中")
    report = composed(world)
    assert (report.total_weight, report.total_self_score, report.grade) == (None, None, "")
    assert "我区暂无高中" in render_text(report)


def test_composing_takes_the_same_queries_for_one_item_and_for_54(db: None) -> None:
    world = make_real_world()
    sections = [{"title": "一", "items": [{"label": "1", "title": "一", "weight": "1"}]}]
    cycle = make_cycle(make_framework(code="small", sections=sections), world.committee, code="small")
    small = open_assessment(cycle=cycle, organisation=world.districts["a"], by=None)
    counts = []
    for assessment in (small, world.assessments["a"]):
        found = Assessment.objects.select_related("cycle__committee", "organisation").get(pk=assessment.pk)
        with CaptureQueriesContext(connection) as queries:
            compose(found)
        counts.append(len(queries))
    assert counts == [7, 7]


def test_largest_figures_are_kept_and_written_exactly(world: World) -> None:
    """An amount in 元 has more than nine digits."""
    largest = Decimal("99999999999.9999")
    put(world, "1", department_score=Decimal("1.5"))
    world.response("1").deductions.create(
        order=1, points=Decimal("0.5"), reason="经费不足", measured=largest, standard=-largest, unit="元"
    )
    report = composed(world)
    (loss,) = next(report.items()).deductions
    assert (loss.measured, loss.standard) == (largest, -largest)
    assert read_text(render_text(report)).report == report


typed = st.lists(st.sampled_from(SNIPPETS) | st.text(max_size=6), max_size=6).map("".join)
lines = st.lists(typed | st.sampled_from(["\n", "\u2028", "\x0b", "\r"]), max_size=6).map("\n".join)


def test_whatever_is_typed_can_be_written_and_read(world: World) -> None:
    filler = world.people[Role.FILLER, "a1"]

    @settings(max_examples=60)
    @given(
        narrative=lines, reason=typed, applicable=st.booleans(), preamble=lines, chapter=lines, title=typed
    )
    def holds(narrative: str, reason: str, applicable: bool, preamble: str, chapter: str, title: str) -> None:
        response = world.response("3")
        save_response(
            response=response,
            content=Content(
                narrative=narrative,
                applicable=applicable,
                na_reason=f"暂无{reason}",
                score=Decimal("3.9"),
                reason=f"因{reason}",
            ),
            version=response.version,
            by=filler,
        )
        prose = ReportProse.objects.first()
        version = prose.version if prose else 0
        # What cannot be printed, a paragraph numbered 0 for one, is refused, and the report stays as it was.
        with suppress(ValidationError):
            write(world, version, title=f"甲{title}", preamble=preamble, experience=chapter, problems=chapter)
        report = composed(world)
        assert read_text(render_text(report)).report == report
        assert render_html(report)

    holds()


def write(world: World, version: int = 0, **content: Any) -> None:
    values = {"title": "标题", "addressee": "主送", **content}
    save_prose(
        assessment=world.assessments["a"],
        content=ProseContent(**values),
        version=version,
        by=world.people[Role.COORDINATOR, "a"],
    )


def test_report_is_a_value(world: World) -> None:
    assert composed(world) == composed(world)
    assert replace(composed(world), grade="优秀") != composed(world)


# Frameworks of another make.


def every_world(**changes: Any) -> World:
    """A framework with groups, bonus items and an item that the committee alone scores; all points given."""
    world = make_world(make_framework(**every_kind_data(**changes)))
    weight = Subquery(FrameworkItem.objects.filter(pk=OuterRef("item")).values("weight"))
    Response.objects.filter(item__committee_only=False).update(
        state=State.ACCEPTED, narrative="做了。", department_score=weight, district_score=weight
    )
    Response.objects.filter(item__label="加2").update(district_score=Decimal("0.5"))
    world.response("加2").credits.create(order=1, points=Decimal("0.5"), reason="获省级推广")
    return world


def test_groups_are_the_sections_and_their_section_the_part_above(db: None) -> None:
    report = composed(every_world())
    assert [
        (section.part, section.ordinal, section.title, section.weight, section.self_score, section.bonus)
        for section in report.sections
    ] == [
        ("综合保障", "一", "制度建设", Decimal(2), Decimal(2), None),
        ("综合保障", "二", "经费投入", Decimal(7), Decimal(7), None),
        (None, "三", "质量安全", Decimal(18), Decimal(18), None),
        (None, "四", "加分与核查", Decimal(0), Decimal(0), Decimal("2.5")),
    ]
    assert [item.number for item in report.items()] == list(range(1, 13))
    assert read_text(render_text(report)).report == report
    page = render_html(report)
    assert "<h3>综合保障</h3>" in page
    assert "<h4>（二）经费投入（权重7分，自评7分）</h4>" in page


def test_groups_are_numbered_in_each_part_where_all_sections_have_them(db: None) -> None:
    sections = [
        {
            "title": title,
            "groups": [{"title": f"{title}1"}, {"title": f"{title}2"}],
            "items": [
                {"label": f"{title}{number}", "title": "甲", "weight": "1", "group": f"{title}{number}"}
                for number in (1, 2)
            ],
        }
        for title in ("保障", "质量")
    ]
    report = composed(make_world(make_framework(sections=sections)))
    assert [(section.part, section.ordinal, section.title) for section in report.sections] == [
        ("保障", "一", "保障1"),
        ("保障", "二", "保障2"),
        ("质量", "一", "质量1"),
        ("质量", "二", "质量2"),
    ]
    assert read_text(render_text(report)).report == report


def test_bonus_items_carry_their_credits(db: None) -> None:
    report = composed(every_world())
    last = list(report.items())[-1]
    assert (last.label, last.bonus, last.weight, last.self_score) == ("加2", True, 1, Decimal("0.5"))
    assert last.credits == (Credit(Decimal("0.5"), "获省级推广"),)
    assert (report.bonus, report.total_self_score) == (Decimal("2.5"), 27)


def test_points_of_the_committee_alone_leave_a_partial_total_without_a_grade(db: None) -> None:
    report = composed(every_world())
    assert (report.total_weight, report.total_self_score, report.grade) == (27, 27, "")
    assert "自评部分满分27分，自评总分27分，其余分值由督导委员会评定。" in report.preamble[0]
    assert "核1" not in [item.label for item in report.items()]


def test_nothing_of_a_section_is_printed_where_the_committee_alone_scores_it(db: None) -> None:
    sections = framework_data()["sections"]
    sections[0]["items"] = [{**item, "committee_only": True} for item in sections[0]["items"]]
    report = composed(make_world(make_framework(sections=sections)))
    assert [(section.ordinal, section.title) for section in report.sections] == [("一", "协调发展")]


def test_bonus_of_an_open_section_is_not_stated_yet(db: None) -> None:
    world = every_world()
    put(world, "加1", district_score=None, department_score=None)
    report = composed(world)
    assert [(section.self_score, section.bonus) for section in report.sections][-1] == (None, None)
    assert read_text(render_text(report)).report == report


def test_parts_of_a_section_that_a_veto_left_nothing_have_nothing(db: None) -> None:
    data = every_kind_data()
    plan = data["sections"][0]["items"][0]
    plan["measures"].append({"code": "forged_plan", "name": "方案造假", "kind": "yes_no"})
    plan["rules"].append({"kind": "veto", "measure": "forged_plan", "effect": "zero_section"})
    world = every_world(sections=data["sections"])
    world.response("1 制度建设情况").measure_values.create(code="forged_plan", value=1)
    report = composed(world)
    assert [section.self_score for section in report.sections] == [0, 0, 18, 0]
    assert report.total_self_score == Decimal("20.5")


def test_vetoes_beyond_an_item_are_told_there_and_in_the_table(db: None) -> None:
    world = every_world()
    for label, code in (("6", "disaster"), ("7", "forged")):
        world.response(label).measure_values.create(code=code, value=1)
    report = composed(world)
    told = {item.label: item.vetoes for item in report.items() if item.vetoes}
    disaster, forged = "发生重大责任事故，降低一个等次", "弄虚作假，一票否决，不得评为优秀"
    assert told == {"6": (disaster,), "7": (forged,)}
    assert f"（否决说明：{disaster}。）" in render_text(report)
    assert f"<p>（否决说明：{disaster}。）</p>" in render_html(report)
    assert read_text(render_text(report)).report == report
    assert [row.note for group in groups(report) for row in group.items if "否决" in row.note] == [forged]
