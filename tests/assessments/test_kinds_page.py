"""The page of an item whose figures are no plain numbers, of bonus items, and of the committee's own."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from accounts.roles import Role
from accounts.standing import standing_of
from assessments.access import actions_open_to, capacity_to_edit
from assessments.models import Assessment, Response
from assessments.progress import with_progress
from assessments.responses import load_for_saving, save_response
from assessments.settling import Content
from assessments.states import Action, State
from assessments.workflow import perform
from tests.factories import World, every_kind_data, make_framework, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world(make_framework(**every_kind_data()))


def client_of(world: World, role: Role = Role.FILLER, organisation: str = "a1") -> Client:
    client = Client()
    client.force_login(world.people[role, organisation])
    client.cookies["django_language"] = "en"
    return client


def url(world: World, label: str) -> str:
    return f"/responses/{world.response(label).pk}/"


def typed(**fields: Any) -> dict[str, Any]:
    return {"version": "0", "narrative": "做了", "score": "", "reason": "", **fields}


def test_what_is_met_is_chosen(world: World) -> None:
    client, at = client_of(world), url(world, "1 制度建设情况")
    field = client.get(at).context["form"]["measure_plan"]
    assert [value for value, _words in field.field.choices] == ["", "1", "0.5", "0"]
    assert client.post(at, typed(measure_plan="0.5", measure_staff="1")).status_code == 302
    response = world.response("1 制度建设情况")
    assert response.department_score == Decimal("1.5")
    page = client.get(at)
    assert page.context["figures"] == [("制定实施方案", "partly met"), ("配齐工作人员", "met")]
    assert '<option value="0.5" selected>' in page.content.decode()


def test_page_lists_materials_offices_and_the_rule_as_published(world: World) -> None:
    content = client_of(world).get(url(world, "1 制度建设情况")).content.decode()
    assert "<legend>Required materials</legend>" in content
    for number, name in enumerate(("实施方案", "人员名册")):
        assert f'<label class="form-check-label" for="id_material_{number}">{name}</label>' in content
    assert "Responsible offices: 教育局" in content
    assert "As published: ①制定实施方案（1分）②配齐工作人员（1分）" in content
    assert '<li class="group">制度建设</li>' in content


@pytest.mark.parametrize(
    ("label", "field", "value"),
    [
        ("2 安全责任事故", "measure_accidents", "1.5"),
        ("4", "measure_certified", "3"),
        ("4", "measure_certified", "yes"),
        ("1 制度建设情况", "measure_plan", "0.7"),
    ],
)
def test_figure_that_is_none_of_its_kind_gets_a_sentence_at_its_field(
    world: World, label: str, field: str, value: str
) -> None:
    answer = client_of(world).post(url(world, label), typed(**{field: value}))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert world.response(label).version == 0


@pytest.mark.parametrize("value", ["1.5", "-3", "99999999999999", "1.00001", "x", ""])
def test_trying_out_a_figure_that_cannot_be_waits_for_one(world: World, value: str) -> None:
    answer = client_of(world).post(
        url(world, "2 安全责任事故"),
        typed(measure_accidents=value, preview="1"),
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    assert "follow once this is filled in: 责任事故" in answer.content.decode()


def test_missing_figures_are_named(world: World) -> None:
    answer = client_of(world).post(
        url(world, "2 经费只增不减"), typed(measure_spending="5", preview="1"), headers={"HX-Request": "true"}
    )
    assert "follow once this is filled in: 上年经费" in answer.content.decode()


def test_veto_is_shown_in_words_while_it_is_typed(world: World) -> None:
    answer = client_of(world).post(
        url(world, "7"), typed(measure_forged="1", preview="1"), headers={"HX-Request": "true"}
    )
    assert "弄虚作假: a veto, the grade “优秀” may not be given" in answer.content.decode()


def test_item_of_no_weight_asks_for_no_points(world: World) -> None:
    client, at = client_of(world), url(world, "6")
    page = client.get(at)
    assert not {"score", "reason"} & set(page.context["form"].fields)
    client.post(at, typed(measure_disaster="0"))
    assert world.response("6").department_score == 0
    assert "This item is only checked: it has no points." in client.get(at).content.decode()


def test_bonus_by_hand_says_what_it_is_for(world: World) -> None:
    client, at = client_of(world), url(world, "加2")
    refused = client.post(at, typed(score="0.5"))
    assert refused.context["form"].errors == {"reason": ["Say what the 0.5 points are added for."]}
    assert "Bonus item: adds 1 points at most, beside the total" in refused.content.decode()
    assert client.post(at, typed(score="0.5", reason="获省级推广。")).status_code == 302
    (gain,) = world.response("加2").credits.all()
    assert (gain.points, gain.reason, gain.rule_kind) == (Decimal("0.5"), "获省级推广", "")
    assert "Added: 获省级推广, 0.5 points" in client.get(at).content.decode()
    client.post(at, typed(score="0", version="1"))
    assert not world.response("加2").credits.exists()


def test_measured_bonus_follows_its_figure(world: World) -> None:
    client, at = client_of(world), url(world, "加1")
    client.post(at, typed(measure_awards="2"))
    assert client.get(at).context["form"]["score"].value() is None
    client.post(at, typed(measure_awards="7", version="1"))
    response = world.response("加1")
    assert (response.computed_score, response.department_score) == (Decimal("1.5"), Decimal("1.5"))
    assert [gain.points for gain in response.credits.all()] == [Decimal("1.5")]


def test_coordinator_lowers_a_bonus_and_returning_restores_it(world: World) -> None:
    client = client_of(world)
    client.post(url(world, "加2"), typed(score="0.5", reason="获省级推广"))
    head, boss = world.people[Role.DEPARTMENT_HEAD, "a1"], world.people[Role.COORDINATOR, "a"]
    perform(world.response("加2"), Action.SUBMIT, by=head, version=1)
    accepted = perform(
        world.response("加2"), Action.ACCEPT, by=boss, version=1, score=Decimal("0.2"), reason="核减"
    )
    assert [(gain.points, gain.reason) for gain in accepted.credits.all()] == [(Decimal("0.2"), "核减")]
    returned = perform(accepted, Action.RETURN, by=boss, version=2, reason="请补充")
    assert [(gain.points, gain.reason) for gain in returned.credits.all()] == [(Decimal("0.5"), "获省级推广")]


# What the committee alone scores.


def test_nobody_fills_in_or_submits_what_the_committee_alone_scores(world: World) -> None:
    response = load_for_saving(world.response("核1").pk)
    for person in world.people.values():
        standing = standing_of(person)
        assert capacity_to_edit(standing, response) is None
        assert actions_open_to(standing, response) == []
        with pytest.raises(PermissionDenied):
            save_response(response=response, content=Content(score=Decimal(10)), version=0, by=person)
    for state in State:
        Response.objects.filter(pk=response.pk).update(state=state)
        moved = load_for_saving(response.pk)
        assert all(actions_open_to(standing_of(person), moved) == [] for person in world.people.values())


def test_page_of_the_committees_item_says_so(world: World) -> None:
    page = client_of(world).get(url(world, "核1"))
    assert page.context["form"] is None
    assert "the district has nothing to fill in" in page.content.decode()
    assert client_of(world).post(url(world, "核1"), typed(score="10")).status_code == 403


def test_next_item_to_fill_is_never_the_committees(world: World) -> None:
    answer = client_of(world).post(url(world, "加2"), typed(score="0", save_and_next="1"))
    assert answer.headers["Location"] == url(world, "加2")


def test_committees_item_is_not_awaited(world: World) -> None:
    found = with_progress(Assessment.objects.filter(pk=world.assessments["a"].pk)).get()
    assert (found.items, found.filled, found.accepted) == (12, 0, 0)  # type: ignore[attr-defined]


def test_assessment_shows_bonus_reserved_points_and_groups(world: World) -> None:
    client = client_of(world)
    client.post(url(world, "加1"), typed(measure_awards="2"))
    client.post(url(world, "6"), typed(measure_disaster="1"))
    page = client_of(world, Role.COORDINATOR, "a").get(f"/assessments/{world.assessments['a'].pk}/")
    content = page.content.decode()
    assert "and 1 of 3 bonus points" in content
    assert "10 more points are the committee's alone to give" in content
    assert '<h3 class="group">B1 制度建设</h3>' in content
    assert "发生重大责任事故: the grade is lowered by one" in content
    overview = page.context["overview"]
    assert (overview.items, overview.weight, overview.earned, overview.bonus) == (12, 27, 0, 1)


def test_department_sees_its_bonus_beside(world: World) -> None:
    client = client_of(world)
    client.post(url(world, "加1"), typed(measure_awards="2"))
    content = client.get(f"/assessments/{world.assessments['a'].pk}/").content.decode()
    assert "and 1 bonus points" in content
