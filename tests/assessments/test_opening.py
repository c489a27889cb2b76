"""Opening an assessment."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.roles import OrganisationKind
from assessments.models import Assessment, Response
from assessments.opening import open_assessment
from assessments.results import results_of
from assessments.states import State
from audit.models import Event
from indicators.consulting import open_round
from indicators.exchange import read_framework, store_framework
from tests.factories import (
    World,
    framework_data,
    make_cycle,
    make_framework,
    make_organisation,
    make_world,
)


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


@pytest.mark.parametrize("consulting", [False, True])
def test_cycle_runs_on_no_framework_that_may_still_change(db: None, consulting: bool) -> None:
    committee = make_organisation("c", OrganisationKind.COMMITTEE)
    framework = store_framework(data=read_framework(framework_data()), by=None, committee=committee)
    if consulting:
        open_round(framework=framework, by=None)
    with pytest.raises(ValidationError, match="has not been published"):
        make_cycle(framework, committee)
