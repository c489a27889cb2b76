"""Opening an assessment, and saying who does what."""

from collections.abc import Mapping, Sequence

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import OrganisationKind
from assessments.models import Assessment, Assignment, Response
from assessments.opening import assign_items, open_assessment
from assessments.states import State
from audit.models import Event
from tests.factories import World, make_cycle, make_organisation


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
