"""What stands on top of an assessment's page, and which item is next for whom."""

from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.roles import Role
from accounts.standing import standing_of
from assessments.access import may_read_report, responses_visible_to
from assessments.models import Assessment, Response
from assessments.overview import Overview, overview_of
from assessments.responses import save_response
from assessments.results import results_of
from assessments.settling import Content
from assessments.states import Action
from assessments.workflow import perform
from tests.factories import World

pytestmark = pytest.mark.django_db


def overview_for(world: World, role: Role, organisation: str) -> Overview:
    standing = standing_of(world.people[role, organisation])
    assessment = Assessment.objects.select_related("cycle").get(pk=world.assessments["a"].pk)
    results = results_of(assessment, visible=responses_visible_to(standing))
    return overview_of(results, assessment, standing, whole=may_read_report(standing, assessment))


def fill(world: World, label: str, score: str) -> Response:
    content = Content(narrative="已落实。", score=Decimal(score), reason="个别未达标")
    filler = world.people[Role.FILLER, "a1"]
    return save_response(response=world.response(label), content=content, version=0, by=filler)


def label(response: Response | None) -> str | None:
    return response.item.label if response else None


def waiting(overview: Overview) -> tuple[str | None, str | None, str | None]:
    return label(overview.to_fill), label(overview.to_submit), label(overview.to_review)


def test_empty_assessment_waits_for_the_department_alone(world: World) -> None:
    assert waiting(overview_for(world, Role.FILLER, "a1")) == ("1", None, None)
    assert waiting(overview_for(world, Role.DEPARTMENT_HEAD, "a1")) == ("1", None, None)
    assert waiting(overview_for(world, Role.COORDINATOR, "a")) == (None, None, None)
    assert waiting(overview_for(world, Role.LEADER, "a")) == (None, None, None)


def test_next_to_fill_is_what_was_returned_then_what_is_empty(world: World) -> None:
    head, coordinator = world.people[Role.DEPARTMENT_HEAD, "a1"], world.people[Role.COORDINATOR, "a"]
    response = fill(world, "3", "4")
    assert waiting(overview_for(world, Role.FILLER, "a1")) == ("1", None, None)
    assert waiting(overview_for(world, Role.DEPARTMENT_HEAD, "a1")) == ("1", "3", None)
    perform(response, Action.SUBMIT, by=head, version=1)
    assert waiting(overview_for(world, Role.COORDINATOR, "a")) == (None, None, "3")
    perform(response, Action.RETURN, by=coordinator, version=1, reason="请补充")
    assert waiting(overview_for(world, Role.FILLER, "a1")) == ("3", None, None)


def test_department_counts_the_items_it_leads_and_the_district_all(world: World) -> None:
    world.response("3").assignment.delete()
    response = fill(world, "1", "1.5")
    perform(response, Action.SUBMIT, by=world.people[Role.DEPARTMENT_HEAD, "a1"], version=1)
    own = overview_for(world, Role.FILLER, "a1")
    assert own.own == {world.response("1").pk, world.response("2").pk}
    assert (own.whole, own.items, own.done, own.earned, own.weight) == (False, 2, 1, Decimal("1.5"), 6)
    assert [(state, count) for state, _label, count in own.states] == [("empty", 1), ("submitted", 1)]
    whole = overview_for(world, Role.COORDINATOR, "a")
    assert (whole.whole, whole.own, whole.items, whole.done, whole.weight) == (True, frozenset(), 3, 0, 10)
    assert [(state, count) for state, _label, count in whole.states] == [("empty", 2), ("submitted", 1)]


def test_overview_asks_the_database_nothing(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    fill(world, "1", "2")
    standing = standing_of(world.people[Role.DEPARTMENT_HEAD, "a1"])
    assessment = Assessment.objects.select_related("cycle").get(pk=world.assessments["a"].pk)
    results = results_of(assessment)
    with django_assert_num_queries(0):
        overview_of(results, assessment, standing, whole=False)
