"""Points by place among the districts of a cycle: open until all are in, given to all at once, taken back."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import OrganisationKind, Role
from assessments.models import Response, ResponseRevision
from assessments.opening import open_assessment
from assessments.ranking import is_ranked, ranks_for
from assessments.responses import content_of, load_for_saving, save_response
from assessments.results import results_of
from assessments.settling import Content
from assessments.states import Action, State
from assessments.workflow import missing_for_submission, perform
from audit.models import Event
from tests.factories import (
    World,
    every_kind_data,
    make_cycle,
    make_district,
    make_framework,
    make_organisation,
    make_world,
)

ITEM = "5 服务人数"


@pytest.fixture
def world(db: None) -> World:
    return make_world(make_framework(**every_kind_data()))


def save(world: World, district: str, by: User, **content: object) -> Response:
    response = load_for_saving(world.response(ITEM, district).pk)
    filled = replace(content_of(response), narrative="做了", score=None, **content)  # type: ignore[arg-type]
    return save_response(response=response, content=filled, version=response.version, by=by)


def fill(world: World, district: str, served: int | None, **content: object) -> Response:
    """Filled in by the lead department, not yet submitted."""
    figure = None if served is None else Decimal(served)
    by = world.people[Role.FILLER, f"{district}1"]
    return save(world, district, by, measures={"served": figure}, **content)


def submit(world: World, district: str, served: int | None, **content: object) -> Response:
    response = fill(world, district, served, **content)
    return step(world, response, Action.SUBMIT, world.people[Role.DEPARTMENT_HEAD, f"{district}1"])


def accept(world: World, district: str, served: int | None, **content: object) -> Response:
    response = submit(world, district, served, **content)
    return step(world, response, Action.ACCEPT, world.people[Role.COORDINATOR, district])


def reopen(world: World, district: str) -> Response:
    boss = world.people[Role.COORDINATOR, district]
    return step(world, world.response(ITEM, district), Action.RETURN, boss, reason="请核对人数")


def step(world: World, response: Response, action: Action, by: User, reason: str = "") -> Response:
    return perform(response, action, by=by, version=response.version, reason=reason)


def points(world: World, *districts: str) -> list[tuple[Decimal | None, Decimal | None]]:
    """Computed and district score."""
    found = [world.response(ITEM, district) for district in districts]
    return [(response.computed_score, response.district_score) for response in found]


def test_item_that_waits_only_for_its_rank_is_submitted_and_accepted_without_points(world: World) -> None:
    assert missing_for_submission(fill(world, "a", None)) == ["服务人数", "self-assessed score"]
    accepted = accept(world, "a", 500)
    assert (accepted.state, accepted.department_score, accepted.district_score) == (
        State.ACCEPTED,
        None,
        None,
    )
    assert ranks_for(accepted, {"served": Decimal(500)}) == {}


def test_last_district_that_is_accepted_closes_the_ranks_of_all(world: World) -> None:
    accept(world, "a", 500)
    assert points(world, "a", "b") == [(None, None), (None, None)]
    accept(world, "b", 700)
    assert points(world, "a", "b") == [(3, 3), (4, 4)]
    second = load_for_saving(world.response(ITEM, "a").pk)
    (loss,) = second.deductions.all()
    assert (loss.points, loss.rule_kind, loss.measured, loss.unit) == (1, "ranking", 500, "人")
    assert "500人" in loss.reason
    assert "700" not in loss.reason
    assert not load_for_saving(world.response(ITEM, "b").pk).deductions.exists()
    assert ranks_for(second, {"served": Decimal(500)}) == {"served": 2}


def test_closing_leaves_a_revision_and_an_event_for_each_district(world: World) -> None:
    accept(world, "a", 500)
    accept(world, "b", 700)
    revision = ResponseRevision.objects.filter(response=world.response(ITEM, "a")).latest("version")
    assert (revision.version, revision.saved_by) == (2, None)
    assert (revision.content["district_score"], revision.content["ranks"]) == ("3", {"served": 2})
    events = Event.objects.filter(action="response.ranked").order_by("sequence")
    assert [
        (event.subject_id, event.organisation_id, event.actor_name, event.details) for event in events
    ] == [
        (
            str(world.response(ITEM, district).pk),
            world.districts[district].pk,
            "",
            {"version": 2, "ranks": {"served": rank}, "score": score},
        )
        for district, rank, score in (("a", 2, "3"), ("b", 1, "4"))
    ]


def test_equal_figures_share_a_rank_and_the_next_stays_free(world: World) -> None:
    make_district(world, "d")
    for district in ("a", "b"):
        accept(world, district, 500)
    assert points(world, "a", "b", "d") == [(None, None)] * 3
    accept(world, "d", 100)
    assert points(world, "a", "b", "d") == [(4, 4), (4, 4), (1, 1)]


def test_reopening_one_takes_the_points_of_all_back(world: World) -> None:
    accept(world, "a", 500)
    accept(world, "b", 700)
    returned = reopen(world, "b")
    assert (returned.state, returned.computed_score, returned.district_score) == (State.RETURNED, None, None)
    assert points(world, "a") == [(None, None)]
    other = load_for_saving(world.response(ITEM, "a").pk)
    assert (other.state, list(other.deductions.all())) == (State.ACCEPTED, [])
    assert Event.objects.filter(action="response.ranked").count() == 3
    accept(world, "b", 400)
    assert points(world, "a", "b") == [(4, 4), (3, 3)]


def test_district_that_opens_late_opens_the_ranks_again(world: World) -> None:
    accept(world, "a", 500)
    accept(world, "b", 700)
    late = make_organisation("late", OrganisationKind.DISTRICT, world.committee)
    assert world.cycle is not None
    open_assessment(cycle=world.cycle, organisation=late, by=None)
    assert points(world, "a", "b") == [(None, None), (None, None)]


def test_district_to_which_the_item_does_not_apply_is_no_competitor(world: World) -> None:
    accept(world, "a", None, applicable=False, na_reason="我区暂无")
    accept(world, "b", 10)
    assert points(world, "a", "b") == [(None, 4), (4, 4)]


def test_other_cycles_do_not_count(world: World) -> None:
    cycle = make_cycle(world.framework, world.committee, code="2022")
    open_assessment(cycle=cycle, organisation=world.districts["a"], by=None)
    accept(world, "a", 500)
    accept(world, "b", 700)
    assert points(world, "a", "b") == [(3, 3), (4, 4)]


def test_figure_changed_by_the_coordinator_moves_the_points_of_all(world: World) -> None:
    accept(world, "a", 500)
    accept(world, "b", 700)
    boss = world.people[Role.COORDINATOR, "a"]
    saved = save(world, "a", boss, measures={"served": Decimal(900)})
    assert (saved.district_score, points(world, "b")) == (4, [(3, 3)])


def test_figure_taken_away_opens_the_ranks_again(world: World) -> None:
    accept(world, "a", 500)
    accept(world, "b", 700)
    save(world, "a", world.people[Role.COORDINATOR, "a"], measures={})
    assert points(world, "a", "b") == [(None, None), (None, None)]


def test_other_points_than_by_rank_need_the_districts_reason_and_stay(world: World) -> None:
    accept(world, "a", 500)
    accept(world, "b", 700)
    boss, response = world.people[Role.COORDINATOR, "a"], load_for_saving(world.response(ITEM, "a").pk)
    content = replace(content_of(response), score=Decimal(2))
    with pytest.raises(ValidationError):
        save_response(response=response, content=content, version=response.version, by=boss)
    content = replace(content, reason="核减重复人数")
    saved = save_response(response=response, content=content, version=response.version, by=boss)
    assert (saved.computed_score, saved.district_score) == (3, 2)
    assert [loss.reason for loss in saved.deductions.all() if not loss.rule_kind] == ["核减重复人数"]


def test_points_are_refused_while_the_rank_is_open(world: World) -> None:
    filler, boss = world.people[Role.FILLER, "a1"], world.people[Role.COORDINATOR, "a"]
    content = Content(narrative="做了", measures={"served": Decimal(500)}, score=Decimal(4))
    message = {
        "score": ["Leave the points empty: they follow by rank once every district's figure is accepted."]
    }
    with pytest.raises(ValidationError) as refused:
        save_response(response=world.response(ITEM), content=content, version=0, by=filler)
    assert refused.value.message_dict == message
    submitted = submit(world, "a", 500)
    with pytest.raises(ValidationError) as refused:
        perform(submitted, Action.ACCEPT, by=boss, version=submitted.version, score=Decimal(4), reason="理由")
    assert refused.value.message_dict == message


def test_total_waits_for_the_rank(world: World) -> None:
    accept(world, "a", 500)
    found = results_of(world.assessments["a"])
    assert found.total is not None
    assert found.total.scored == 0
    accept(world, "b", 700)
    again = results_of(world.assessments["a"]).total
    assert again is not None
    assert (again.scored, again.earned) == (1, 3)


# What a district sees.


def page(world: World, role: Role, organisation: str, district: str = "a") -> tuple[Client, str]:
    client = Client()
    client.force_login(world.people[role, organisation])
    client.cookies["django_language"] = "en"
    return client, f"/responses/{world.response(ITEM, district).pk}/"


def test_page_says_that_the_points_follow_by_rank_and_has_no_field_for_them(world: World) -> None:
    fill(world, "a", 500)
    client, url = page(world, Role.FILLER, "a1")
    answer = client.get(url)
    assert not {"score", "reason"} & set(answer.context["form"].fields)
    assert (
        "The points follow by rank once every district's figure is in and accepted."
        in answer.content.decode()
    )


def test_page_shows_the_own_rank_and_nobody_elses_figure(world: World) -> None:
    accept(world, "a", 512)
    accept(world, "b", 737)
    client, url = page(world, Role.COORDINATOR, "a")
    content = client.get(url).content.decode()
    assert "服务人数: place 2 among the districts" in content
    assert "737" not in content


def test_trying_out_a_figure_does_not_tell_where_it_would_stand(world: World) -> None:
    accept(world, "a", 512)
    accept(world, "b", 737)
    client, url = page(world, Role.COORDINATOR, "a")
    for served in (700, 737, 738):
        tried = client.post(
            url,
            {"version": "2", "narrative": "做了", "measure_served": served, "preview": "1"},
            headers={"HX-Request": "true"},
        )
        assert "place" not in tried.content.decode().replace("placed", "")
        assert "The points follow by rank" in tried.content.decode()


def test_only_items_with_such_a_rule_ask_for_ranks(world: World) -> None:
    plain = load_for_saving(world.response("4").pk)
    Response.objects.filter(pk=plain.pk).update(state=State.ACCEPTED)
    assert not is_ranked(plain.item)
    with CaptureQueriesContext(connection) as queries:
        assert ranks_for(plain, {}) == {}
    assert len(queries) == 0


def test_coordinator_may_mark_an_item_with_an_open_rank_as_not_applicable(world: World) -> None:
    accept(world, "a", 512)
    client, url = page(world, Role.COORDINATOR, "a")
    fields = {"version": "1", "narrative": "做了", "not_applicable": "on", "na_reason": "我区暂无"}
    assert client.post(url, fields).status_code == 302
    assert (world.response(ITEM).applicable, world.response(ITEM).district_score) == (False, 4)
