"""Opening an assessment, and saying who does what."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import OrganisationKind
from assessments.models import Assessment, Assignment, Response
from assessments.opening import assign_items, open_assessment
from assessments.results import results_of
from assessments.states import State
from audit.models import Event
from tests.factories import (
    World,
    every_kind_data,
    framework_data,
    make_cycle,
    make_framework,
    make_organisation,
    make_world,
)


def assign(world: World, leads: Mapping[str, str], supports: Mapping[str, Sequence[str]]) -> None:
    assign_items(assessment=world.assessments["a"], leads=leads, supports=supports, by=None)


def assigned(world: World) -> dict[str, tuple[str, list[str]]]:
    return {
        assignment.response.item.label: (
            assignment.lead.code,
            [department.code for department in assignment.supporting.order_by("code")],
        )
        for assignment in Assignment.objects.filter(response__assessment=world.assessments["a"])
    }


def test_opening_makes_an_empty_response_to_each_item(world: World) -> None:
    responses = Response.objects.filter(assessment=world.assessments["a"])
    assert [response.item.label for response in responses] == ["1", "2", "3"]
    assert {(response.state, response.version, response.score) for response in responses} == {
        (State.EMPTY, 0, None)
    }
    event = Event.objects.filter(action="assessment.opened")[0]
    assert event.organisation_id == world.districts["a"].pk


def test_opening_happens_once(world: World) -> None:
    assert world.cycle is not None
    before = Response.objects.count()
    with pytest.raises(ValidationError):
        open_assessment(cycle=world.cycle, organisation=world.districts["a"], by=None)
    assert Response.objects.count() == before


def test_only_a_district_of_the_committee_opens(world: World) -> None:
    other = make_organisation("x", OrganisationKind.COMMITTEE)
    stranger = make_organisation("x1", OrganisationKind.DISTRICT, other)
    cycle = make_cycle(world.framework, world.committee, code="2022")
    for organisation in (world.departments["a1"], world.committee, stranger):
        with pytest.raises(ValidationError):
            open_assessment(cycle=cycle, organisation=organisation, by=None)
    assert not Assessment.objects.filter(cycle=cycle).exists()


def test_assigning_replaces_what_was_set(world: World) -> None:
    assign(world, {"1": "a1", "2": "a1", "3": "a2"}, {"1": ["a2"], "3": ["a1"]})
    assign(world, {"1": "a2", "2": "a1"}, {"2": ["a2"]})
    assert assigned(world) == {"1": ("a2", []), "2": ("a1", ["a2"]), "3": ("a2", ["a1"])}
    event = Event.objects.order_by("-sequence")[0]
    assert (event.action, event.details) == (
        "assessment.assigned",
        {"leads": {"1": "a2", "2": "a1"}, "supports": {"2": ["a2"]}},
    )


def test_assigning_names_what_does_not_exist_and_stores_nothing(world: World) -> None:
    before = assigned(world)
    with pytest.raises(ValidationError) as refused:
        assign(world, {"1": "b1", "9": "a1", "2": "a2"}, {"3": ["a1"], "1": ["c"]})
    assert refused.value.messages == ["Not in this assessment: 3, 9, b1, c."]
    assert assigned(world) == before


def test_assigning_takes_the_same_queries_for_one_item_and_for_all(world: World) -> None:
    counts = []
    for labels in (["1"], ["1", "2", "3"]):
        with CaptureQueriesContext(connection) as queries:
            assign(world, dict.fromkeys(labels, "a1"), {label: ["a2"] for label in labels})
        counts.append(len(queries))
    assert counts == [11, 11]


# Kinds of district.


def kinds_data() -> dict[str, Any]:
    """Item 1 for all; a section, a group and an item for one kind each."""
    groups = [{"title": "城区专项", "profiles": ["城区"]}, {"title": "共同"}]
    return framework_data(
        profiles=["城区", "乡镇"],
        sections=[
            {"title": "乡镇部分", "profiles": ["乡镇"], "items": [leaf("乡1", 40)]},
            {
                "title": "公共部分",
                "groups": groups,
                "items": [
                    leaf("城1", 20, group="城区专项"),
                    leaf("城2", 20, group="共同", profiles=["城区"]),
                    leaf("1", 60, group="共同"),
                ],
            },
        ],
    )


def leaf(label: str, weight: int, **fields: Any) -> dict[str, Any]:
    return {"label": label, "title": f"指标{label}", "weight": str(weight), **fields}


@pytest.mark.parametrize(("profile", "labels"), [("城区", ["城1", "城2", "1"]), ("乡镇", ["乡1", "1"])])
def test_district_answers_what_is_for_its_kind(db: None, profile: str, labels: list[str]) -> None:
    world = make_world(make_framework(**kinds_data()), profile=profile)
    assessment = world.assessments["a"]
    assert assessment.profile == profile
    assert [response.item.label for response in assessment.responses.select_related("item")] == labels
    total = results_of(assessment).total
    assert total is not None
    assert total.weight == 100


@pytest.mark.parametrize(
    ("profiles", "profile", "message"),
    [
        (["城区", "乡镇"], "", "Say which kind of district it is: 城区, 乡镇."),
        (
            ["城区", "乡镇"],
            "山区",
            "The framework has no kind of district “山区”; it has: 城区, 乡镇.",
        ),
        ([], "城区", "The framework has no kind of district “城区”; it has: —."),
    ],
)
def test_kind_of_district_must_be_one_of_the_frameworks(
    world: World, profiles: list[str], profile: str, message: str
) -> None:
    cycle = make_cycle(make_framework(code="kinds", profiles=profiles), world.committee, code="kinds")
    with pytest.raises(ValidationError) as refused:
        open_assessment(cycle=cycle, organisation=world.districts["a"], by=None, profile=profile)
    assert refused.value.messages == [message]
    assert not Assessment.objects.filter(cycle=cycle).exists()


def test_only_kind_of_a_framework_need_not_be_said(db: None) -> None:
    world = make_world(make_framework(profiles=["城区"]))
    assert world.assessments["a"].profile == "城区"


# Labels that repeat.


@pytest.fixture
def repeating(db: None) -> World:
    world = make_world(make_framework(**every_kind_data()))
    Assignment.objects.all().delete()
    return world


def test_number_that_repeats_is_told_apart_by_what_stands_above_it(repeating: World) -> None:
    assign(repeating, {"综合保障/1": "a1", "A2/1": "a2", "经费投入/3": "a2", "4": "a1"}, {"A2/1": ["a1"]})
    assert {
        (assignment.response.item.title, assignment.lead.code) for assignment in Assignment.objects.all()
    } == {("制度建设情况", "a1"), ("抽检合格率", "a2"), ("资金到位率", "a2"), ("通过认证", "a1")}


def test_number_that_says_too_little_is_named(repeating: World) -> None:
    with pytest.raises(ValidationError) as refused:
        assign(repeating, {"1": "a1", "4": "a1"}, {})
    assert refused.value.messages == [
        "Several items have the number 1. Write what stands above it, such as "
        "综合保障/制度建设/1, 质量安全/1."
    ]
    assert not Assignment.objects.exists()


def test_item_that_is_given_twice_is_refused(repeating: World) -> None:
    with pytest.raises(ValidationError) as refused:
        assign(repeating, {"综合保障/1": "a1", "制度建设/1": "a2"}, {})
    assert refused.value.messages == ["Given twice: 制度建设/1, 综合保障/1."]
