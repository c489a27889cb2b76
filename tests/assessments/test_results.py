"""What an assessment comes to: the real report's results, the policies, and what is open."""

from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import OuterRef, Subquery
from django.test.utils import CaptureQueriesContext

from assessments.models import Assessment, Response
from assessments.opening import open_assessment
from assessments.results import Results, results_of
from assessments.states import State
from indicators.models import Item
from indicators.scoring.rollup import NaPolicy
from tests.factories import (
    World,
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
        assert len(queries) == 5
