"""The steps of a response: who may take which from where, what must be there, and what follows."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from assessments.models import Assignment, Cycle, Deduction, Response, ResponseRevision
from assessments.responses import StaleSave, content_of, load_for_saving, save_response
from assessments.settling import Content, Loss
from assessments.states import TRANSITIONS, Action, State
from assessments.workflow import missing_for_submission, perform
from audit.models import Event
from tests.factories import World, framework_data, make_framework, make_world

HEAD, FILLER = (Role.DEPARTMENT_HEAD, "a1"), (Role.FILLER, "a1")
COORDINATOR = (Role.COORDINATOR, "a")

ALLOWED: dict[State, dict[Action, set[tuple[str, str]]]] = {
    State.EMPTY: {},
    State.DRAFT: {Action.SUBMIT: {HEAD}},
    State.SUBMITTED: {
        Action.TAKE_BACK: {HEAD, FILLER},
        Action.ACCEPT: {COORDINATOR},
        Action.RETURN: {COORDINATOR},
    },
    State.ACCEPTED: {Action.RETURN: {COORDINATOR}},
    State.RETURNED: {},
}
"""Everything that anybody may do to an item that the first department of district a leads."""


def put(world: World, state: State, label: str = "1", **fields: Any) -> Response:
    """A response with full points and a text, moved behind the workflow's back."""
    values = {"narrative": "做了", "department_score": world.response(label).item.weight, **fields}
    Response.objects.filter(pk=world.response(label).pk).update(state=state, **values)
    return load_for_saving(world.response(label).pk)


def save(world: World, label: str, by: User | None = None, version: int = 0, **content: Any) -> Response:
    return save_response(
        response=world.response(label),
        content=Content(**{"narrative": "做了", **content}),
        version=version,
        by=by or world.people[FILLER],
    )


def step(response: Response, action: Action, *, by: User, **details: Any) -> Response:
    """A step by somebody who has read what is stored now."""
    version = Response.objects.get(pk=response.pk).version
    return perform(response, action, by=by, version=version, **details)


def losses(response: Response) -> list[tuple[Decimal, str, str]]:
    return [
        (loss.points, loss.reason, loss.rule_kind)
        for loss in Deduction.objects.filter(response=response).order_by("order")
    ]


def taken(world: World, response: Response) -> dict[Action, set[tuple[str, str]]]:
    """Who gets through with which action, tried by everybody and undone each time."""
    found: dict[Action, set[tuple[str, str]]] = {}
    for action in Action:
        for key, person in world.people.items():
            try:
                with transaction.atomic():
                    moved = step(response, action, by=person, reason="理由")
                    assert moved.state == TRANSITIONS[action].target
                    found.setdefault(action, set()).add(key)
                    transaction.set_rollback(True)
            except PermissionDenied:
                assert Response.objects.get(pk=response.pk).state == response.state
    return found


@pytest.mark.parametrize("state", State)
def test_who_may_take_which_step(world: World, state: State) -> None:
    response = put(world, state)
    Assignment.objects.get(response=response).supporting.add(world.departments["a2"])
    assert taken(world, response) == ALLOWED[state]


def test_cycle_may_let_fillers_submit(world: World) -> None:
    Cycle.objects.update(filler_may_submit=True)
    assert taken(world, put(world, State.DRAFT)) == {Action.SUBMIT: {HEAD, FILLER}}


def test_nobody_steps_on_what_is_assigned_to_nobody(world: World) -> None:
    Assignment.objects.all().delete()
    assert taken(world, put(world, State.DRAFT)) == {}


def test_every_step_leads_where_the_table_says() -> None:
    assert {
        (source.value, action.value, transition.target.value)
        for action, transition in TRANSITIONS.items()
        for source in transition.sources
    } == {
        ("draft", "submit", "submitted"),
        ("submitted", "take_back", "draft"),
        ("submitted", "accept", "accepted"),
        ("submitted", "return", "returned"),
        ("accepted", "return", "returned"),
    }


def test_submission_names_everything_that_is_missing(world: World) -> None:
    response = save(world, "2", narrative="")
    expected = ["标准班额占比", "what was done", "self-assessed score"]
    assert missing_for_submission(response) == expected
    with pytest.raises(ValidationError) as refused:
        step(response, Action.SUBMIT, by=world.people[HEAD])
    assert refused.value.messages == ["Still missing: 标准班额占比, what was done, self-assessed score."]
    assert load_for_saving(response.pk).state == State.DRAFT
    assert not Event.objects.filter(action="response.submitted").exists()


def test_submission_needs_no_text_for_what_is_not_applicable(world: World) -> None:
    response = save(world, "3", narrative="", applicable=False, na_reason="我区暂无高中")
    assert step(response, Action.SUBMIT, by=world.people[HEAD]).state == State.SUBMITTED


def test_each_step_is_one_event(world: World) -> None:
    response = save(world, "1", score=Decimal(2))
    head, boss = world.people[HEAD], world.people[COORDINATOR]
    before = Event.objects.count()
    step(response, Action.SUBMIT, by=head)
    step(response, Action.TAKE_BACK, by=head)
    step(response, Action.SUBMIT, by=head)
    step(response, Action.ACCEPT, by=boss)
    step(response, Action.RETURN, by=boss, reason=" 补材料\n ")
    events = Event.objects.order_by("sequence")[before:]
    assert [(event.action, event.actor_name, event.details) for event in events] == [
        ("response.submitted", "department_head-a1", {"from": "draft", "to": "submitted"}),
        ("response.taken_back", "department_head-a1", {"from": "submitted", "to": "draft"}),
        ("response.submitted", "department_head-a1", {"from": "draft", "to": "submitted"}),
        ("response.accepted", "coordinator-a", {"from": "submitted", "to": "accepted", "score": "2"}),
        ("response.returned", "coordinator-a", {"from": "accepted", "to": "returned", "reason": "补材料"}),
    ]
    assert {(event.subject_id, event.organisation_id) for event in events} == {
        (str(response.pk), world.districts["a"].pk)
    }


def test_second_click_finds_the_step_taken(world: World) -> None:
    response = save(world, "1", score=Decimal(2))
    step(response, Action.SUBMIT, by=world.people[HEAD])
    with pytest.raises(PermissionDenied):
        step(response, Action.SUBMIT, by=world.people[HEAD])
    assert Event.objects.filter(action="response.submitted").count() == 1


@pytest.mark.parametrize("reason", ["", " \n ", "\u200b", "。"])
def test_returning_needs_a_reason(world: World, reason: str) -> None:
    response = put(world, State.SUBMITTED)
    with pytest.raises(ValidationError) as refused:
        step(response, Action.RETURN, by=world.people[COORDINATOR], reason=reason)
    assert refused.value.message_dict == {"reason": ["Give a reason."]}
    assert load_for_saving(response.pk).state == State.SUBMITTED


def test_reason_has_a_limit(world: World) -> None:
    response = put(world, State.SUBMITTED)
    with pytest.raises(ValidationError) as refused:
        step(response, Action.RETURN, by=world.people[COORDINATOR], reason="字" * 501)
    assert refused.value.message_dict == {"reason": ["At most 500 characters."]}


@pytest.mark.parametrize("score", [None, Decimal("3.1"), Decimal("3.10")])
def test_accepting_takes_over_the_departments_points_and_losses(world: World, score: Decimal | None) -> None:
    response = save(world, "2", measures={"share": Decimal("80.84")})
    step(response, Action.SUBMIT, by=world.people[HEAD])
    before = losses(response)
    accepted = step(response, Action.ACCEPT, by=world.people[COORDINATOR], score=score)
    assert (accepted.state, accepted.district_score) == (State.ACCEPTED, Decimal("3.1"))
    assert accepted.version == 1
    assert losses(response) == before


def test_accepting_other_points_re_lays_the_losses(world: World) -> None:
    response = save(world, "2", measures={"share": Decimal("80.84")}, score=Decimal(3), reason="另有一班")
    step(response, Action.SUBMIT, by=world.people[HEAD])
    accepted = step(
        response, Action.ACCEPT, by=world.people[COORDINATOR], score=Decimal("2.5"), reason="材料不全。"
    )
    assert (accepted.department_score, accepted.district_score) == (Decimal(3), Decimal("2.5"))
    assert accepted.district_reason == "材料不全。"
    assert [(points, reason) for points, reason, _kind in losses(response)[1:]] == [
        (Decimal("0.1"), "另有一班"),
        (Decimal("0.5"), "材料不全"),
    ]
    assert sum(points for points, _reason, _kind in losses(response)) == Decimal("1.5")
    revision = ResponseRevision.objects.get(response=response, version=2)
    assert revision.content["department_score"] == "3"
    assert revision.content["district_score"] == "2.5"


def test_accepting_the_computed_points_lets_the_rules_speak(world: World) -> None:
    response = save(world, "2", measures={"share": Decimal("80.84")}, score=Decimal("3.5"), reason="已整改")
    step(response, Action.SUBMIT, by=world.people[HEAD])
    step(response, Action.ACCEPT, by=world.people[COORDINATOR], score=Decimal("3.1"), reason="按年末数据计")
    assert [(points, kind) for points, _reason, kind in losses(response)] == [(Decimal("0.9"), "shortfall")]


@pytest.mark.parametrize(
    ("score", "reason", "message"),
    [
        ("1.5", "", {"reason": ["Say why the district's points differ from the department's."]}),
        ("2.1", "理由", {"score": ["Between 0 and 2 points."]}),
        ("-1", "理由", {"score": ["Between 0 and 2 points."]}),
        ("1.55", "理由", {"score": ["In steps of 0.1 points."]}),
        ("NaN", "理由", {"score": ["Between 0 and 2 points."]}),
    ],
)
def test_accepting_refuses_points_that_cannot_be(
    world: World, score: str, reason: str, message: dict[str, list[str]]
) -> None:
    response = put(world, State.SUBMITTED)
    with pytest.raises(ValidationError) as refused:
        step(response, Action.ACCEPT, by=world.people[COORDINATOR], score=Decimal(score), reason=reason)
    assert refused.value.message_dict == message
    assert load_for_saving(response.pk).state == State.SUBMITTED


def test_accepting_what_is_not_applicable_takes_what_the_policy_says(db: None) -> None:
    world = make_world(make_framework(na_policy="exclude"))
    response = save(world, "3", applicable=False, na_reason="我区暂无高中")
    step(response, Action.SUBMIT, by=world.people[HEAD])
    accepted = step(response, Action.ACCEPT, by=world.people[COORDINATOR], score=Decimal(1), reason="理由")
    assert (accepted.state, accepted.district_score) == (State.ACCEPTED, None)


def test_returning_restores_the_departments_points_and_losses(world: World) -> None:
    response = save(world, "2", measures={"share": Decimal("80.84")})
    own = losses(response)
    step(response, Action.SUBMIT, by=world.people[HEAD])
    step(response, Action.ACCEPT, by=world.people[COORDINATOR], score=Decimal(2), reason="材料不全")
    returned = step(response, Action.RETURN, by=world.people[COORDINATOR], reason="补材料")
    assert (returned.state, returned.return_reason) == (State.RETURNED, "补材料")
    assert (returned.department_score, returned.district_score) == (Decimal("3.1"), None)
    assert returned.district_reason == ""
    assert losses(response) == own
    assert save(world, "2", version=2, measures={"share": Decimal("80.84")}).state == State.DRAFT


def test_returning_follows_the_figures_that_the_coordinator_changed(world: World) -> None:
    response = save(world, "2", measures={"share": Decimal(95)})
    boss = world.people[COORDINATOR]
    step(response, Action.SUBMIT, by=world.people[HEAD])
    step(response, Action.ACCEPT, by=boss)
    save(world, "2", by=boss, version=1, measures={"share": Decimal("80.84")}, reason="按年末数据")
    returned = step(response, Action.RETURN, by=boss, reason="核对数据")
    assert (returned.computed_score, returned.department_score) == (Decimal("3.1"), Decimal(4))
    assert losses(response) == []
    save(world, "2", version=2, measures={"share": Decimal("80.84")}, score=Decimal("3.1"))
    assert [points for points, _reason, _kind in losses(response)] == [Decimal("0.9")]


def test_returning_gives_the_reason_to_losses_that_nobody_explained(world: World) -> None:
    response = save(world, "2", measures={"share": Decimal("80.84")})
    boss = world.people[COORDINATOR]
    step(response, Action.SUBMIT, by=world.people[HEAD])
    step(response, Action.ACCEPT, by=boss)
    save(world, "2", by=boss, version=1, measures={"share": Decimal(95)}, reason="按年末数据")
    returned = step(response, Action.RETURN, by=boss, reason="核对数据")
    assert (returned.computed_score, returned.department_score) == (Decimal(4), Decimal("3.1"))
    assert losses(response) == [(Decimal("0.9"), "核对数据", "")]


def test_returning_brings_back_the_departments_own_rows(world: World) -> None:
    rows = [Loss(Decimal("0.5"), "预算未达"), Loss(Decimal("0.3"), "拨付迟缓")]
    district = {"losses": [Loss(Decimal("0.2"), "另扣")], "reason": "区里另核"}
    accepted, returned = edited_and_returned(world, "3", {"losses": rows}, district)
    assert accepted.department_score == Decimal("3.2")
    assert (returned.department_score, returned.department_reason) == (Decimal("3.2"), "")
    assert losses(returned) == [(Decimal("0.5"), "预算未达", ""), (Decimal("0.3"), "拨付迟缓", "")]


def test_step_on_an_item_taken_out_of_the_framework_meanwhile_is_refused_in_words(world: World) -> None:
    response = save(world, "3")
    Response.objects.filter(pk=response.pk).update(withdrawn=True)
    with pytest.raises(ValidationError, match="taken out of the framework"):
        perform(response, Action.SUBMIT, by=world.people[HEAD], version=1)


def edited_and_returned(
    world: World, label: str, department: dict[str, Any], district: dict[str, Any]
) -> tuple[Response, Response]:
    """As accepted, and as returned after the coordinator has edited it."""
    boss = world.people[COORDINATOR]
    response = save(world, label, **department)
    step(response, Action.SUBMIT, by=world.people[HEAD])
    accepted = step(response, Action.ACCEPT, by=boss)
    save(world, label, by=boss, version=1, **district)
    return accepted, step(response, Action.RETURN, by=boss, reason="请核对")


NOT_APPLICABLE = {"applicable": False, "na_reason": "我区暂无高中"}


def test_returning_what_the_coordinator_marked_not_applicable_keeps_the_departments_points(
    world: World,
) -> None:
    own = {"score": Decimal(1), "reason": "少三次会议"}
    _accepted, returned = edited_and_returned(world, "3", own, {**NOT_APPLICABLE, "reason": "无高中"})
    assert (returned.department_score, returned.district_score) == (Decimal(1), None)
    assert (returned.applicable, returned.na_reason, returned.version) == (True, "", 3)
    assert losses(returned) == [(Decimal(3), "少三次会议", "")]
    revisions = ResponseRevision.objects.filter(response=returned).order_by("version")
    assert [
        (kept.content["state"], kept.content["applicable"], kept.content["department_score"])
        for kept in revisions
    ] == [("draft", True, "1"), ("accepted", False, "1"), ("returned", True, "1")]
    assert Event.objects.order_by("-sequence")[0].details == {
        "from": "accepted",
        "to": "returned",
        "reason": "请核对",
        "version": 3,
        "applicable": {"from": False, "to": True},
    }


@pytest.mark.parametrize("policy", ["full", "zero", "exclude"])
@pytest.mark.parametrize("department", [{"score": Decimal(1), "reason": "少"}, NOT_APPLICABLE])
@pytest.mark.parametrize("district", [{"score": Decimal(3)}, {"score": Decimal(0)}, NOT_APPLICABLE])
def test_returning_never_changes_the_departments_points(
    db: None, policy: str, department: dict[str, Any], district: dict[str, Any]
) -> None:
    world = make_world(make_framework(na_policy=policy))
    accepted, returned = edited_and_returned(world, "3", department, {**district, "reason": "按区里口径"})
    own = returned.department_score
    assert own == accepted.department_score
    assert sum(points for points, _reason, _kind in losses(returned)) == (0 if own is None else 4 - own)
    if not returned.applicable:
        assert own == {"full": 4, "zero": 0, "exclude": None}[policy]
    content = content_of(returned)
    by = world.people[FILLER]
    saved = save_response(response=returned, content=content, version=returned.version, by=by)
    assert (saved.state, saved.department_score) == (State.DRAFT, own)


def test_returning_is_possible_where_the_changed_figures_allow_no_such_points(db: None) -> None:
    sections = framework_data()["sections"]
    sections[0]["items"][1]["rules"].append({"kind": "manual", "share": "0.5"})
    world = make_world(make_framework(sections=sections))
    low: dict[str, Any] = {"measures": {"share": Decimal("80.84")}}
    high: dict[str, Any] = {"measures": {"share": Decimal(95)}}
    _accepted, returned = edited_and_returned(world, "2", low, {**high, "reason": "按年末数据"})
    assert (returned.computed_score, returned.department_score) == (Decimal(4), Decimal("3.1"))
    assert losses(returned) == [(Decimal("0.9"), "请核对", "")]
    assert save(world, "2", version=2, **high).department_score == 4


@pytest.mark.parametrize(
    ("state", "action", "key"),
    [
        (State.DRAFT, Action.SUBMIT, HEAD),
        (State.SUBMITTED, Action.TAKE_BACK, HEAD),
        (State.SUBMITTED, Action.ACCEPT, COORDINATOR),
        (State.SUBMITTED, Action.RETURN, COORDINATOR),
        (State.ACCEPTED, Action.RETURN, COORDINATOR),
    ],
)
@pytest.mark.parametrize("version", [1, 3, -1, 10**30])
def test_step_on_another_version_is_refused_with_what_stands_now(
    world: World, state: State, action: Action, key: tuple[str, str], version: int
) -> None:
    response = put(world, state, version=2)
    before = (list(Response.objects.values()), Event.objects.count())
    with pytest.raises(StaleSave) as refused:
        perform(response, action, by=world.people[key], version=version, reason="理由")
    assert (refused.value.current.version, refused.value.current.state) == (2, state)
    assert (list(Response.objects.values()), Event.objects.count()) == before


def test_refused_step_stores_nothing(world: World) -> None:
    response = save(world, "2", narrative="")
    before = (list(Response.objects.values()), Event.objects.count(), ResponseRevision.objects.count())
    for person in world.people.values():
        with pytest.raises((PermissionDenied, ValidationError)):
            step(response, Action.SUBMIT, by=person)
    after = (list(Response.objects.values()), Event.objects.count(), ResponseRevision.objects.count())
    assert after == before
