"""A report that was read becomes an assessment: planned first, then stored whole or not at all."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.roles import Role
from assessments.forms.response import ResponseForm
from assessments.models import Assessment, Response, ResponseRevision
from assessments.opening import open_assessment
from assessments.responses import StaleSave, content_of, load_for_saving, save_response
from assessments.results import results_of
from assessments.settling import Content
from assessments.states import State
from audit.models import Event
from reports.compose import compose
from reports.document import Credit, Deduction, Item, Paragraph, Passage, Report, Section
from reports.load import LoadPlan, load_report, plan_load
from reports.models import ReportProse
from reports.prose import ProseContent, StaleProse, save_prose
from reports.read.text import read_text
from reports.render.text import render_text
from tests.factories import (
    World,
    every_kind_data,
    make_cycle,
    make_framework,
    make_real_framework,
    make_real_world,
    make_world,
    real_report,
)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def report(*items: Item, **changes: Any) -> Report:
    """A report for the small framework; its items replaced by label."""
    standard = {
        "1": Item(1, "1", Decimal(2), Decimal(2), ("落实了经费。",), line=11),
        "2": Item(2, "2", Decimal(4), Decimal(4), ("班额达标。",), line=12),
        "3": Item(3, "3", Decimal(4), Decimal(4), ("办好高中。",), line=13),
    }
    found = {**standard, **{item.label: item for item in items}}
    values: dict[str, Any] = {
        "title": "自评报告",
        "addressee": "市教育督导委员会",
        "year": 2021,
        "preamble": ("自评总分10分，自评等次为“优秀”。",),
        "total_weight": Decimal(10),
        "total_self_score": Decimal(10),
        "grade": "优秀",
        "sections": (Section("一", "教育保障", None, None, tuple(found.values())),),
    }
    return Report(**{**values, **changes})


def item(label: str, /, **changes: Any) -> Item:
    return replace(next(found for found in report().items() if found.label == label), **changes)


def plan(world: World, found: Report) -> LoadPlan:
    return plan_load(report=found, assessment=world.assessments["a"])


def faults(world: World, *items: Item, **changes: Any) -> list[str]:
    return [str(fault) for fault in plan(world, report(*items, **changes)).faults]


def load(world: World, *items: Item, **changes: Any) -> None:
    load_report(plan(world, report(*items, **changes)), by=None)


def everything() -> dict[str, list[dict[str, Any]]]:
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values()) for model in apps.get_models()
    }


def test_planning_stores_nothing_at_all(db: None) -> None:
    world = make_world(make_real_framework())
    before = everything()
    made = plan(world, real_report())
    assert (made.faults, len(made.planned)) == ((), 54)
    assert everything() == before


def test_planning_takes_the_same_queries_for_3_items_and_for_54(world: World) -> None:
    cycle = make_cycle(make_real_framework(), world.committee, code="real")
    real = open_assessment(cycle=cycle, organisation=world.districts["a"], by=None)
    counts = []
    for found, assessment in ((report(), world.assessments["a"]), (real_report(), real)):
        assessment = Assessment.objects.get(pk=assessment.pk)
        with CaptureQueriesContext(connection) as queries:
            assert plan_load(report=found, assessment=assessment).faults == ()
        counts.append(len(queries))
    assert counts == [12, 12]


def test_real_report_becomes_accepted_items_with_both_scores(db: None) -> None:
    world = make_real_world()
    responses = Response.objects.filter(assessment=world.assessments["a"]).select_related("item")
    assert {(found.state, found.version, found.saved_by) for found in responses} == {
        (State.ACCEPTED, 1, None)
    }
    printed = {found.label: found for found in real_report().items()}
    for response in responses:
        read = printed[response.item.label]
        assert response.department_score == response.district_score == read.self_score
        assert response.narrative == read.text
        assert response.applicable == read.applicable
        assert response.na_reason == ("" if read.applicable else read.text)
    assert ResponseRevision.objects.filter(response__in=responses).count() == 54


def test_real_report_gives_item_15_its_figure_and_proposal(db: None) -> None:
    response = make_real_world().response("15")
    (figure,) = response.measure_values.all()
    assert (figure.code, figure.value) == ("class_size_g12", Decimal("80.84"))
    assert (response.computed_score, response.district_score) == (Decimal("3.1"), Decimal("3.1"))


def test_reason_stays_empty_where_the_rules_account_for_the_whole_loss(db: None) -> None:
    """So that the page goes on following the figure: nobody keeps 3.1 unasked."""
    world = make_real_world()
    response = world.response("15")
    assert (response.department_reason, response.district_reason) == ("", "")
    form = ResponseForm(response=load_for_saving(response.pk))
    assert (form.initial["score"], form.initial["reason"]) == (None, "")
    boss = world.people[Role.COORDINATOR, "a"]
    content = replace(
        content_of(load_for_saving(response.pk)),
        measures={"class_size_g12": Decimal(85)},
        score=None,
        reason="按年末数据",
    )
    saved = save_response(response=response, content=content, version=1, by=boss)
    assert (saved.computed_score, saved.district_score) == (Decimal("3.5"), Decimal("3.5"))


def test_real_report_leaves_an_event_that_says_what_its_points_became(db: None) -> None:
    world = make_real_world()
    event = Event.objects.get(action="report.loaded")
    assert event.details == {"items": 54, "stated_total": "99.1", "scores": "department and district"}
    assert event.subject_id == str(world.assessments["a"].pk)
    assert event.organisation_id == world.districts["a"].pk


def test_real_report_brings_its_prose_with_figures_that_follow_the_scores(db: None) -> None:
    make_real_world()
    prose = ReportProse.objects.get()
    assert prose.title == "关于2021年党政领导干部履行教育职责督导评价自评的报告"
    assert prose.addressee == "南昌市人民政府教育督导委员会"
    assert "自评总分{总分}分，自评等次为“{等次}”" in prose.preamble.replace(",", "，")
    assert prose.problems == "全区小学一、二年级标准班额占比不达标。"
    assert prose.experience.startswith("（一）")
    assert prose.version == 1


def test_only_the_stated_grade_becomes_a_placeholder(world: World) -> None:
    load(world, preamble=("连续三年“优秀”，自评总分10分，等次“优秀”。", "另有总分10.5分。"))
    assert ReportProse.objects.get().preamble == (
        "连续三年“优秀”，自评总分{总分}分，等次“{等次}”。\n另有总分10.5分。"
    )


def test_prose_without_title_or_addressee_starts_from_the_standard_one(world: World) -> None:
    load(world, title="", addressee="", experience=(Passage((Paragraph("甲", 1),), "经验"),))
    prose = ReportProse.objects.get()
    assert (prose.title, prose.addressee) == ("关于2021年度督导评价自评的报告", "单位c")
    assert prose.experience == "（一）经验\n1.甲"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"label": "2"}, "Line 12: Item 2: The report uses this number more than once."),
        ({"weight": Decimal(3)}, "Line 11: Item 1 has 3 points here, 2 in the framework."),
        ({"self_score": None}, "Line 11: Item 1: The self-assessed score is missing."),
        ({"self_score": Decimal("2.1")}, "Line 11: Item 1: Between 0 and 2 points."),
        ({"self_score": Decimal("1.55")}, "Line 11: Item 1: In steps of 0.1 points."),
        ({"self_score": Decimal("1.5")}, "Line 11: Item 1: Say why 0.5 points are lost."),
        (
            {"applicable": False},
            "Line 11: Item 1: The framework does not allow “not applicable” for this item.",
        ),
        (
            {"paragraphs": ("字" * 20_001,)},
            "Line 11: Item 1: The text has 20001 characters; at most 20000 are kept.",
        ),
        (
            {"self_score": Decimal(1), "deductions": (Deduction(Decimal(1), ""),)},
            "Line 11: Item 1: Say why 1 points are lost.",
        ),
        (
            {"self_score": Decimal(1), "deductions": (Deduction(Decimal(1), "甲", Decimal("1E+15")),)},
            "Line 11: Item 1: At most 11 digits, and 4 after the point.",
        ),
    ],
)
def test_item_that_does_not_fit_is_a_fault_with_its_line(
    world: World, changes: dict[str, Any], fault: str
) -> None:
    changed = item("1", **changes)
    found = report()
    section = found.sections[0]
    items = (changed, *section.items[1:])
    made = plan(world, replace(found, sections=(replace(section, items=items),)))
    assert fault in [str(one) for one in made.faults]
    with pytest.raises(ValidationError):
        load_report(made, by=None)
    assert not Response.objects.exclude(state=State.EMPTY).exists()


def test_missing_and_unknown_items_are_faults(world: World) -> None:
    found = report()
    section = found.sections[0]
    items = (*section.items[:2], item("3", label="4"))
    made = plan(world, replace(found, sections=(replace(section, items=items),)))
    assert [str(fault) for fault in made.faults] == [
        "The report has no item 3 高中教育.",
        "Line 13: The framework has no item 4.",
    ]


def test_unknown_weight_is_taken_from_the_framework(world: World) -> None:
    assert faults(world, item("1", weight=None)) == []


def test_rules_that_disagree_with_the_report_are_a_fault(world: World) -> None:
    lost = Deduction(Decimal("0.5"), "", Decimal("80.84"), Decimal(90), "%")
    assert faults(world, item("2", self_score=Decimal("3.5"), deductions=(lost,))) == [
        "Line 12: Item 2: The rules give 3.1 points; say why it should be 3.5."
    ]


def test_deviation_with_its_reason_is_loaded(world: World) -> None:
    lost = Deduction(Decimal("0.5"), "年底已整改", Decimal("80.84"), Decimal(90), "%")
    load(world, item("2", self_score=Decimal("3.5"), deductions=(lost,)))
    response = world.response("2")
    assert (response.computed_score, response.district_score) == (Decimal("3.1"), Decimal("3.5"))
    assert [(loss.points, loss.reason) for loss in response.deductions.all()] == [
        (Decimal("0.5"), "年底已整改")
    ]


def test_itemised_deductions_are_kept_one_by_one(world: World) -> None:
    lost = (
        Deduction(Decimal("0.5"), "甲", Decimal(3), Decimal(4), "次"),
        Deduction(Decimal("0.3"), "乙。"),
    )
    load(world, item("1", self_score=Decimal("1.2"), deductions=lost))
    response = world.response("1")
    assert response.department_reason == "甲；乙。"
    assert [
        (loss.points, loss.reason, loss.measured, loss.standard, loss.unit)
        for loss in response.deductions.all()
    ] == [(Decimal("0.5"), "甲", Decimal(3), Decimal(4), "次"), (Decimal("0.3"), "乙", None, None, "")]


def test_deduction_without_points_explains_what_is_lost(world: World) -> None:
    load(world, item("1", self_score=Decimal(1), deductions=(Deduction(None, "少一次会议"),)))
    assert [(loss.points, loss.reason) for loss in world.response("1").deductions.all()] == [
        (Decimal(1), "少一次会议")
    ]


@pytest.mark.parametrize(
    ("policy", "score", "fault"),
    [
        ("full", Decimal(4), None),
        ("full", None, None),
        ("full", Decimal(3), "worth 4 points, the report says 3"),
        ("zero", Decimal(0), None),
        ("zero", Decimal(4), "worth 0 points, the report says 4"),
        ("exclude", None, None),
        ("exclude", Decimal(4), "worth — points, the report says 4"),
    ],
)
def test_not_applicable_is_held_against_the_policy(
    db: None, policy: str, score: Decimal | None, fault: str | None
) -> None:
    world = make_world(make_framework(na_policy=policy))
    found = faults(world, item("3", applicable=False, self_score=score, paragraphs=("我区暂无高中。",)))
    expected = f"Line 13: Item 3: Under the framework's policy it is {fault}." if fault else None
    assert found == ([expected] if expected else [])


def test_first_paragraph_of_what_is_not_applicable_is_the_reason(world: World) -> None:
    load(world, item("3", applicable=False, paragraphs=("我区暂无高中。", "已协调邻区接收学生。")))
    response = world.response("3")
    assert (response.narrative, response.na_reason) == (
        "我区暂无高中。\n已协调邻区接收学生。",
        "我区暂无高中。",
    )


def loaded_again(world: World, found: Report) -> Report:
    """The report written as text, read, loaded into district b and composed."""
    read = read_text(render_text(found)).report
    load_report(plan_load(report=read, assessment=world.assessments["b"]), by=None)
    return compose(world.assessments["b"])


def test_real_report_survives_being_written_and_loaded_again(db: None) -> None:
    world = make_real_world()
    found = compose(world.assessments["a"])
    again = loaded_again(world, found)
    assert again == found


@pytest.mark.parametrize(
    "paragraphs",
    [
        ("我区暂无高中。",),
        ("我区暂无高中", "已协调邻区接收学生。"),
        ("我区暂无高中。", "已协调邻区接收学生。", "另有中职。"),
        ("我区暂无高中" + "字" * 600, "已协调。"),
    ],
)
def test_what_is_not_applicable_survives_being_written_and_loaded_again(
    world: World, paragraphs: tuple[str, ...]
) -> None:
    load(world, item("3", applicable=False, paragraphs=paragraphs))
    found = compose(world.assessments["a"])
    assert list(found.items())[2].paragraphs == paragraphs
    assert loaded_again(world, found) == found


def test_long_text_of_what_is_not_applicable_is_kept_whole(world: World) -> None:
    text = "我区暂无高中" + "字" * 600
    load(world, item("3", applicable=False, paragraphs=(text,)))
    response = world.response("3")
    assert (response.narrative, response.na_reason) == (text, text[:500])


def test_begun_assessment_is_refused(world: World) -> None:
    fill(world)
    assert faults(world) == ["The assessment has been begun; a report is loaded only into an empty one."]


def test_begun_prose_is_refused(world: World) -> None:
    write_prose(world)
    assert faults(world) == ["The report's prose has been begun."]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"title": "字" * 201}, "Ensure this value has at most 200 characters (it has 201)."),
        ({"preamble": ("字" * 50_001,)}, "The text has 50001 characters; at most 50000 are kept."),
        (
            {"problems": tuple(Passage((), f"标题{number}") for number in range(100))},
            "At most 99 headings, and numbers of paragraphs from 1 to 999.",
        ),
    ],
)
def test_prose_that_cannot_be_kept_is_a_fault(world: World, changes: dict[str, Any], fault: str) -> None:
    assert faults(world, **changes) == [fault]


def test_all_faults_are_named_at_once(world: World) -> None:
    found = faults(world, item("1", self_score=None), item("2", weight=Decimal(3)), title="字" * 201)
    assert len(found) == 3


def test_load_that_comes_too_late_for_an_item_stores_nothing(world: World) -> None:
    made = plan(world, report())
    fill(world, "3")
    before = everything()
    with pytest.raises(StaleSave):
        load_report(made, by=None)
    assert everything() == before


def test_load_that_comes_too_late_for_the_prose_stores_nothing(world: World) -> None:
    made = plan(world, report())
    write_prose(world)
    before = everything()
    with pytest.raises(StaleProse):
        load_report(made, by=None)
    assert everything() == before


def fill(world: World, label: str = "1") -> None:
    filler = world.people[Role.FILLER, "a1"]
    save_response(response=world.response(label), content=Content(narrative="先到"), version=0, by=filler)


def write_prose(world: World) -> None:
    save_prose(
        assessment=world.assessments["a"],
        content=ProseContent(title="标题", addressee="主送"),
        version=0,
        by=world.people[Role.COORDINATOR, "a"],
    )


# Labels that repeat, figures of any rule, bonus items.


def every_world() -> World:
    return make_world(make_framework(**every_kind_data()))


def every_report(**changes: Any) -> Report:
    """A report for the framework with every kind of rule, as :func:`compose` would make it."""
    rows = [
        ("制度建设", "综合保障", [("1", 2)]),
        ("经费投入", "综合保障", [("2", 3), ("3", 4)]),
        ("质量安全", None, [("1", 4), ("2", 3), ("3", 4), ("4", 2), ("5", 4), ("6", 0), ("7", 1)]),
    ]
    numbers = count(1)
    sections = tuple(
        Section(
            "一",
            title,
            None,
            None,
            tuple(
                Item(next(numbers), label, Decimal(weight), Decimal(weight), (f"{title}{label}",))
                for label, weight in items
            ),
            part=part,
        )
        for title, part, items in rows
    )
    gain = Credit(Decimal("0.5"), "获省级推广")
    bonus = (
        Item(11, "加1", Decimal(2), Decimal(0), ("无",), bonus=True),
        Item(12, "加2", Decimal(1), Decimal("0.5"), ("推广",), bonus=True, credits=(gain,)),
    )
    sections += (Section("二", "加分与核查", None, None, bonus),)
    return report(**{"sections": sections, **changes})


def test_labels_that_repeat_are_told_apart_by_the_section(db: None) -> None:
    world = every_world()
    made = plan(world, every_report())
    assert [str(fault) for fault in made.faults] == []
    assert {
        (entry.response.item.title, entry.content.narrative)
        for entry in made.planned
        if entry.response.item.label in ("1", "2")
    } == {
        ("制度建设情况", "制度建设1"),
        ("经费只增不减", "经费投入2"),
        ("抽检合格率", "质量安全1"),
        ("安全责任事故", "质量安全2"),
    }


def test_number_that_no_section_tells_apart_is_a_fault(db: None) -> None:
    found = every_report()
    third = replace(found.sections[2], title="别的标题")
    made = plan(every_world(), replace(found, sections=(*found.sections[:2], third, found.sections[3])))
    several = "Several items of the framework have this number; by the section's title it is none."
    assert [str(fault) for fault in made.faults] == [
        "The report has no item 1 抽检合格率.",
        "The report has no item 2 安全责任事故.",
        "The report has no item 3 标准班额.",
        f"Item 1: {several}",
        f"Item 2: {several}",
        f"Item 3: {several}",
    ]


def test_bonus_item_comes_with_its_credits(db: None) -> None:
    world = every_world()
    load_report(plan(world, every_report()), by=None)
    response = world.response("加2")
    assert (response.state, response.district_score) == (State.ACCEPTED, Decimal("0.5"))
    assert [(gain.points, gain.reason) for gain in response.credits.all()] == [(Decimal("0.5"), "获省级推广")]
    assert world.response("核1").state == State.EMPTY


def test_veto_that_the_report_states_is_tripped(db: None) -> None:
    found = every_report()
    stated = {"6": ("发生重大责任事故，降低一个等次",), "7": ("他处发生的事，降低一个等次",)}
    sections = tuple(
        replace(
            section,
            items=tuple(replace(item, vetoes=stated.get(item.label, ())) for item in section.items),
        )
        for section in found.sections
    )
    world = every_world()
    load_report(plan(world, replace(found, sections=sections)), by=None)
    assert results_of(world.assessments["a"]).vetoes[0].response == world.response("6")
    assert [world.response(label).measure_values.count() for label in ("6", "7")] == [1, 0]


def test_item_that_is_a_bonus_on_one_side_alone_is_a_fault(db: None) -> None:
    found = every_report()
    last = found.sections[3]
    plain = replace(last.items[0], bonus=False)
    changed = replace(found, sections=(*found.sections[:3], replace(last, items=(plain, last.items[1]))))
    assert [str(fault) for fault in plan(every_world(), changed).faults] == [
        "Item 加1: It is a bonus item in the framework, and none here."
    ]


@pytest.mark.parametrize(
    ("label", "section", "loss", "code"),
    [
        ("1", 2, Deduction(Decimal(1), "合格率偏低", Decimal("94"), Decimal(95), "%"), "passed"),
        ("2", 2, Deduction(Decimal(1), "发生事故2起", Decimal(2), Decimal(0), "起"), "accidents"),
        ("3", 1, Deduction(Decimal("0.8"), "资金到位80%", Decimal(80), Decimal(100), "%"), "paid"),
        ("3", 2, Deduction(Decimal("0.9"), "班额不达标", Decimal("80.84"), Decimal(90), "%"), "share"),
    ],
)
def test_figure_is_the_one_for_which_a_rule_finds_the_same_standard_missed(
    db: None, label: str, section: int, loss: Deduction, code: str
) -> None:
    world = every_world()
    found = every_report()
    sections = list(found.sections)
    items = tuple(
        replace(
            item, self_score=(item.weight or Decimal(0)) - (loss.points or Decimal(0)), deductions=(loss,)
        )
        if item.label == label
        else item
        for item in sections[section].items
    )
    sections[section] = replace(sections[section], items=items)
    made = plan(world, replace(found, sections=tuple(sections)))
    assert [str(fault) for fault in made.faults] == []
    (entry,) = [entry for entry in made.planned if entry.content.measures]
    assert dict(entry.content.measures) == {code: loss.measured}
    assert (entry.settled.computed, entry.content.reason) == (entry.settled.score, "")


def test_figure_against_another_standard_is_no_figure_of_the_rule(world: World) -> None:
    lost = Deduction(Decimal("0.9"), "班额不达标", Decimal("80.84"), Decimal(95), "%")
    load(world, item("2", self_score=Decimal("3.1"), deductions=(lost,)))
    response = world.response("2")
    assert (response.computed_score, response.measure_values.count()) == (None, 0)
    assert [(loss.reason, loss.standard) for loss in response.deductions.all()] == [("班额不达标", 95)]


def test_report_with_every_kind_of_rule_survives_being_written_and_loaded_again(db: None) -> None:
    world = every_world()
    load_report(plan(world, every_report()), by=None)
    found = compose(world.assessments["a"])
    assert loaded_again(world, found) == found


def test_ranked_item_is_loaded_with_the_reports_points_until_the_ranks_are_known(db: None) -> None:
    world = every_world()
    load_report(plan(world, every_report()), by=None)
    response = world.response("5")
    assert (response.computed_score, response.district_score) == (None, 4)
