"""What an assessment comes to: the real report's results, the policies, and what is open."""

from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import OuterRef, Subquery
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from assessments.models import Assessment, Cycle, Response
from assessments.moving import move_cycle, plan_move
from assessments.opening import open_assessment
from assessments.responses import load_for_saving, save_response
from assessments.results import Results, results_of
from assessments.settling import Content
from assessments.states import State
from indicators.models import Item
from indicators.publishing import copy_framework, publish_framework
from indicators.scoring.rollup import NaPolicy
from tests.factories import (
    World,
    every_kind_data,
    make_cycle,
    make_framework,
    make_real_framework,
    make_real_world,
    make_world,
)

weight_of_item = Item.objects.filter(pk=OuterRef("item")).values("weight")
NOT_APPLICABLE = ["10", "33", "34", "35", "38", "39", "40", "45"]


@pytest.fixture
def real(db: None) -> World:
    return make_real_world()


def results(world: World, district: str = "a") -> Results:
    found = Assessment.objects.select_related("cycle").get(pk=world.assessments[district].pk)
    return results_of(found)


def give(
    world: World, label: str, score: str | None, *, applicable: bool = True, district: str = "a"
) -> None:
    response = world.response(label, district)
    Response.objects.filter(pk=response.pk).update(
        state=State.DRAFT,
        department_score=score,
        applicable=applicable,
        na_reason="" if applicable else "我区暂无",
    )


def test_real_report_comes_to_99_1_and_the_best_grade(real: World) -> None:
    found = results(real)
    assert found.total is not None
    assert [section.total.score for section in found.sections if section.total] == [
        Decimal("11"),
        Decimal("13.5"),
        Decimal("25.3"),
        Decimal("35.3"),
        Decimal("8.5"),
        Decimal("5.5"),
    ]
    assert (found.total.total, found.total.weight) == (Decimal("99.1"), Decimal(100))
    assert found.grade is not None
    assert (found.grade.name, found.grade.rank, found.grade.percent) == ("优秀", 1, Decimal("99.1"))
    assert (found.filled, len(found.responses())) == (54, 54)


def test_real_report_loses_points_once_and_says_why(real: World) -> None:
    (loss,) = results(real).deductions()
    assert loss.response_id == real.response("15").pk
    assert (loss.points, loss.measured, loss.standard, loss.unit) == (
        Decimal("0.9"),
        Decimal("80.84"),
        Decimal(90),
        "%",
    )
    assert loss.reason == (
        "小学一、二年级标准班额占比80.84%，低于标准90%，差9.16个百分点，"
        "每差1个百分点扣0.1分（不足1个百分点不计）"
    )
    assert loss.rule_kind == "shortfall"


def test_real_report_under_the_other_policies(real: World) -> None:
    found = results(real)
    assert [
        response.item.label for response in found.responses() if not response.applicable
    ] == NOT_APPLICABLE
    totals = {policy: found.under(policy) for policy in NaPolicy}
    assert {policy: total.total for policy, total in totals.items() if total} == {
        NaPolicy.FULL: Decimal("99.1"),
        NaPolicy.EXCLUDE: Decimal("98.97"),
        NaPolicy.ZERO: Decimal("86.3"),
    }


@pytest.mark.parametrize(
    ("policy", "total", "name"), [("exclude", "98.97", "优秀"), ("zero", "86.3", "良好")]
)
def test_same_answers_in_a_framework_of_another_policy(db: None, policy: str, total: str, name: str) -> None:
    """Worked example 3: the eight items that do not apply, and 0.9 points lost on item 15."""
    world = make_world(make_real_framework(na_policy=policy))
    Response.objects.update(state=State.DRAFT, department_score=Subquery(weight_of_item))
    Response.objects.filter(item__label="15").update(department_score=Decimal("3.1"))
    Response.objects.filter(item__label__in=NOT_APPLICABLE).update(applicable=False, na_reason="我区暂无")
    found = results(world)
    assert found.total is not None
    assert found.total.total == Decimal(total)
    assert found.grade is not None
    assert found.grade.name == name


def test_unscored_items_leave_no_total_and_no_grade(world: World) -> None:
    give(world, "1", "2")
    give(world, "2", "3.1")
    found = results(world)
    assert found.total is not None
    assert (found.total.total, found.grade, found.total.earned) == (None, None, Decimal("5.1"))
    assert (found.total.scored, found.total.items, found.filled) == (2, 3, 2)
    give(world, "3", "4")
    assert results(world).total.total == Decimal("9.1")  # type: ignore[union-attr]


def test_zero_is_a_score(world: World) -> None:
    for label in ("1", "2", "3"):
        give(world, label, "0")
    found = results(world)
    assert found.total is not None
    assert found.total.total == 0
    assert found.grade is not None
    assert found.grade.name == "不合格"


def test_districts_points_count_once_accepted(world: World) -> None:
    give(world, "1", "2")
    response = world.response("1")
    Response.objects.filter(pk=response.pk).update(state=State.ACCEPTED, district_score=Decimal("1.5"))
    assert results(world).sections[0].total.score == Decimal("1.5")  # type: ignore[union-attr]


def test_only_visible_responses_are_added_up(world: World) -> None:
    give(world, "1", "2")
    give(world, "3", "4")
    visible = Response.objects.filter(item__label__in=["1", "2"])
    found = results_of(world.assessments["a"], visible=visible)
    assert [section.section.title for section in found.sections] == ["教育保障"]
    assert [response.item.label for response in found.responses()] == ["1", "2"]
    assert found.total is not None
    assert (found.total.earned, found.total.weight) == (Decimal(2), Decimal(6))


def test_nothing_to_be_had_is_no_result(db: None) -> None:
    world = make_world(make_framework(na_policy="exclude"))
    give(world, "3", None, applicable=False)
    found = results_of(world.assessments["a"], visible=Response.objects.filter(item__label="3"))
    assert (found.total, found.grade, found.under(NaPolicy.FULL)) == (None, None, None)
    assert [section.total for section in found.sections] == [None]
    assert [response.item.label for response in found.responses()] == ["3"]


def test_nothing_visible_is_no_result(world: World) -> None:
    found = results_of(world.assessments["a"], visible=Response.objects.none())
    assert (found.total, found.sections, found.responses()) == (None, (), [])


def test_results_take_the_same_queries_for_one_item_and_for_54(real: World) -> None:
    sections = [{"title": "一", "items": [{"label": "1", "title": "一", "weight": "1"}]}]
    cycle = make_cycle(make_framework(code="small", sections=sections), real.committee, code="small")
    small = open_assessment(cycle=cycle, organisation=real.districts["a"], by=None)
    for assessment, items in ((small, 1), (real.assessments["a"], 54)):
        found = Assessment.objects.select_related("cycle").get(pk=assessment.pk)
        with CaptureQueriesContext(connection) as queries:
            read = results_of(found)
            assert len(read.responses()) == items
            assert len([loss.reason for loss in read.deductions()]) == (items == 54)
        assert len(queries) == 6


# Bonus, vetoes, and what the committee alone scores.

FIGURES: dict[str, dict[str, str]] = {
    "1 制度建设情况": {"plan": "1", "staff": "1"},
    "2 经费只增不减": {"spending": "2", "spending_before": "1"},
    "3 资金到位率": {"paid": "100"},
    "1 抽检合格率": {"passed": "99"},
    "2 安全责任事故": {"accidents": "0"},
    "3 标准班额": {"share": "95"},
    "4": {"certified": "1"},
    "6": {"disaster": "0"},
    "7": {"forged": "0"},
    "加1": {"awards": "2"},
}
BY_HAND = {"7": "1", "加2": "0.5"}


@pytest.fixture
def every(db: None) -> World:
    """Everything filled in, all points earned, 1.5 of 3 bonus points; the ranks closed."""
    return filled(make_world(make_framework(**every_kind_data())))


def filled(world: World) -> World:
    for label, figures in FIGURES.items():
        answer(world, label, figures, BY_HAND.get(label))
    answer(world, "加2", {}, "0.5")
    Response.objects.filter(item__label="5").update(state=State.ACCEPTED, district_score=4)
    return world


def answer(world: World, label: str, figures: dict[str, str], score: str | None = None) -> Response:
    response = load_for_saving(world.response(label).pk)
    content = Content(
        narrative="做了",
        measures={code: Decimal(value) for code, value in figures.items()},
        score=Decimal(score) if score else None,
        reason="获省级推广" if label == "加2" else "",
    )
    by = world.people[Role.FILLER, "a1"]
    return save_response(response=response, content=content, version=response.version, by=by)


def test_bonus_stands_beside_and_the_committees_points_leave_no_grade(every: World) -> None:
    found = results(every)
    assert found.total is not None
    assert (found.total.weight, found.total.reserved, found.total.bonus_weight) == (27, 10, 3)
    assert (found.total.earned, found.total.bonus, found.total.total) == (27, Decimal("1.5"), 27)
    assert (found.total.complete, found.total.percent, found.grade) == (True, None, None)
    assert [
        (section.total.weight, section.total.score, section.total.bonus, section.total.reserved)
        for section in found.sections
        if section.total
    ] == [(9, 9, 0, 0), (18, 18, 0, 0), (0, 0, Decimal("1.5"), 10)]
    assert [(gain.points, gain.rule_kind) for gain in found.credits()] == [
        (1, "bonus"),
        (Decimal("0.5"), ""),
    ]


@pytest.mark.parametrize(("may_exceed", "total"), [(False, "27"), (True, "28.5")])
def test_bonus_passes_the_full_total_only_where_the_framework_says_so(
    db: None, may_exceed: bool, total: str
) -> None:
    world = filled(make_world(make_framework(**every_kind_data(bonus_may_exceed=may_exceed))))
    found = results(world)
    assert found.total is not None
    assert found.total.total == Decimal(total)


def test_bonus_makes_up_for_points_lost(every: World) -> None:
    answer(every, "4", {"certified": "0"})
    total = results(every).total
    assert total is not None
    assert (total.earned, total.total) == (25, Decimal("26.5"))


def test_parts_of_a_section_have_totals_of_their_own(every: World) -> None:
    answer(every, "2 经费只增不减", {"spending": "1", "spending_before": "2"})
    parts = results(every).sections[0].parts()
    assert [
        (part.group.title, len(part.responses), part.total.weight, part.total.score)
        for part in parts
        if part.group and part.total
    ] == [("制度建设", 1, 2, 2), ("经费投入", 2, 7, 5)]
    whole = results(every).sections[1]
    assert [(part.group, part.total) for part in whole.parts()] == [(None, whole.total)]


@pytest.fixture
def graded(db: None) -> World:
    """Without what the committee alone scores, so that there is a grade; 优秀 needs 60% throughout."""
    data = every_kind_data()
    data["sections"][2]["items"].pop()
    data["bands"][0]["section_floor"] = "60"
    return filled(make_world(make_framework(**data)))


def grade_of(world: World) -> tuple[str, str, list[str]]:
    found = results(world)
    assert found.grade is not None
    return found.grade.before, found.grade.name, found.grade_causes()


def test_everything_reached_is_the_best_grade(graded: World) -> None:
    assert grade_of(graded) == ("优秀", "优秀", [])


def test_veto_lowers_the_grade_and_says_why(graded: World) -> None:
    answer(graded, "6", {"disaster": "1"})
    before, after, causes = grade_of(graded)
    assert (before, after) == ("优秀", "良好")
    assert causes == ["发生重大责任事故: the grade is lowered by one"]
    (tripped,) = results(graded).vetoes
    assert (tripped.response.item.label, str(tripped)) == ("6", causes[0])


def test_vetoes_add_up(graded: World) -> None:
    answer(graded, "6", {"disaster": "1"})
    answer(graded, "7", {"forged": "1"}, "1")
    before, after, causes = grade_of(graded)
    assert (before, after, len(causes)) == ("优秀", "良好", 1)
    answer(graded, "6", {"disaster": "0"})
    assert grade_of(graded)[1:] == ("良好", ["弄虚作假: a veto, the grade “优秀” may not be given"])


def test_section_under_the_floor_bars_the_best_grade(graded: World) -> None:
    for label, figures in (
        ("2 经费只增不减", {"spending": "1", "spending_before": "2"}),
        ("3 资金到位率", {"paid": "50"}),
    ):
        answer(graded, label, figures)
    # 5 of 9 points, 55.56%; in all 23 and 1.5 of 27, 90.74%.
    before, after, causes = grade_of(graded)
    assert (before, after) == ("优秀", "良好")
    assert causes == ["综合保障 earned 55.56%, below the 60% that “优秀” demands"]


def test_veto_leaves_a_section_nothing(db: None) -> None:
    data = every_kind_data()
    data["sections"][1]["items"][5]["rules"][0] = {
        "kind": "veto",
        "measure": "disaster",
        "effect": "zero_section",
    }
    world = filled(make_world(make_framework(**data)))
    answer(world, "6", {"disaster": "1"})
    found = results(world)
    assert found.total is not None
    section = found.sections[1].total
    assert section is not None
    assert (section.score, section.zeroed, section.forfeited) == (0, True, 18)
    assert found.total.total == Decimal("10.5")


def test_vetoes_count_only_where_the_item_applies(db: None) -> None:
    data = every_kind_data()
    data["sections"][1]["items"][5]["na_allowed"] = True
    world = filled(make_world(make_framework(**data)))
    answer(world, "6", {"disaster": "1"})
    assert len(results(world).vetoes) == 1
    Response.objects.filter(item__label="6").update(applicable=False, na_reason="暂无")
    assert results(world).vetoes == ()


def test_results_with_vetoes_take_the_same_queries_for_one_and_for_many(graded: World) -> None:
    counts = []
    for labels in (["6"], ["6", "7"], ["1", "2", "3", "4", "5", "6", "7"]):
        visible = Response.objects.filter(item__label__in=labels)
        found = Assessment.objects.select_related("cycle").get(pk=graded.assessments["a"].pk)
        with CaptureQueriesContext(connection) as queries:
            list(map(str, results_of(found, visible=visible).vetoes))
        counts.append(len(queries))
    assert counts == [8, 8, 8]


def test_assessment_read_before_its_cycle_moved_is_added_up_by_the_correction(graded: World) -> None:
    read_before = Assessment.objects.select_related("cycle__framework").get(pk=graded.assessments["a"].pk)
    correction = copy_framework(
        framework=graded.framework, code="again", version="2", year=2021, title="修订", by=None
    )
    correction = publish_framework(framework=correction, by=None)
    cycle = Cycle.objects.get(pk=read_before.cycle_id)
    move_cycle(plan=plan_move(cycle=cycle, framework=correction), by=graded.people[Role.SECRETARY, "c"])
    assert results_of(read_before).framework == correction
