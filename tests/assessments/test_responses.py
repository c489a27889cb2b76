"""Saving a response: who may, what is kept, and what a save that came too late does."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from assessments.checking import checked
from assessments.models import Assignment, Deduction, MeasureValue, Response, ResponseRevision
from assessments.responses import StaleSave, content_of, load_for_saving, save_response, store, write
from assessments.settling import Content, Loss, settle
from assessments.states import Action, State
from assessments.workflow import perform
from audit.models import Event
from indicators.models import FrameworkStatus
from tests.factories import SHORTFALL, World, framework_data, make_framework, make_world

FILLED = Content(narrative="做了", measures={"share": Decimal("80.84")})


def save(
    world: World, label: str = "2", by: User | None = None, version: int = 0, **content: Any
) -> Response:
    filler = world.people[Role.FILLER, "a1"]
    return save_response(
        response=world.response(label), content=Content(**content), version=version, by=by or filler
    )


def accept(world: World, label: str = "2", **content: Any) -> Response:
    """An item that has gone all the way, with the department's points."""
    response = save(world, label, **{"narrative": "做了", **content})
    head, boss = world.people[Role.DEPARTMENT_HEAD, "a1"], world.people[Role.COORDINATOR, "a"]
    perform(response, Action.SUBMIT, by=head, version=response.version)
    return perform(response, Action.ACCEPT, by=boss, version=response.version)


def stored() -> dict[str, Any]:
    """Everything that a save may touch."""
    models = (Response, MeasureValue, Deduction, ResponseRevision, Event)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_first_save_makes_a_draft_with_the_computed_points(world: World) -> None:
    filler = world.people[Role.FILLER, "a1"]
    saved = save_response(response=world.response("2"), content=FILLED, version=0, by=filler)
    assert (saved.state, saved.version, saved.saved_by) == (State.DRAFT, 1, filler)
    assert saved.narrative == "做了"
    assert saved.computed_score == saved.department_score == Decimal("3.1")
    assert saved.district_score is None
    assert [(value.code, value.value) for value in saved.measure_values.all()] == [
        ("share", Decimal("80.84"))
    ]
    assert [
        (loss.order, loss.points, loss.rule_kind, loss.measured, loss.standard, loss.unit)
        for loss in saved.deductions.all()
    ] == [(1, Decimal("0.9"), "shortfall", Decimal("80.84"), Decimal(90), "%")]


def test_next_save_replaces_figures_and_deductions_and_counts(world: World) -> None:
    save(world, measures={"share": Decimal("80.84")})
    again = save(world, version=1, measures={"share": Decimal("88.5")}, score=Decimal(3), reason="另有扣分")
    assert again.version == 2
    assert again.computed_score == Decimal("3.9")
    assert [value.value for value in again.measure_values.all()] == [Decimal("88.5")]
    assert [(loss.points, loss.rule_kind) for loss in again.deductions.all()] == [
        (Decimal("0.1"), "shortfall"),
        (Decimal("0.9"), ""),
    ]
    cleared = save(world, version=2)
    assert (cleared.computed_score, cleared.department_score) == (None, None)
    assert not cleared.measure_values.exists()
    assert not cleared.deductions.exists()


def test_every_save_leaves_a_revision_with_the_whole_content(world: World) -> None:
    save(world, narrative="一\r\n二", measures={"share": Decimal("80.84")}, score=Decimal(3), reason="另有")
    save(world, version=1)
    first, second = ResponseRevision.objects.filter(response=world.response("2"))
    assert (first.version, second.version) == (1, 2)
    assert first.saved_by == world.people[Role.FILLER, "a1"]
    assert first.content == {
        "narrative": "一\n二",
        "applicable": True,
        "na_reason": "",
        "state": "draft",
        "computed_score": "3.1",
        "department_score": "3",
        "department_reason": "另有",
        "district_score": None,
        "district_reason": "",
        "measures": {"share": "80.84"},
        "losses": [
            {
                "points": "0.9",
                "reason": "标准班额占比80.84%，低于标准90%，差9.16个百分点，"
                "每差1个百分点扣0.1分（不足1个百分点不计）",
                "rule_kind": "shortfall",
                "measured": "80.84",
                "standard": "90",
                "unit": "%",
            },
            {
                "points": "0.1",
                "reason": "另有",
                "rule_kind": "",
                "measured": None,
                "standard": None,
                "unit": "",
            },
        ],
        "gains": [],
        "ranks": {},
        "materials": {},
    }
    assert second.content["department_score"] is None
    assert second.content["losses"] == []


def test_revisions_cannot_be_changed_or_deleted(world: World) -> None:
    save(world)
    revisions = ResponseRevision.objects.all()
    with pytest.raises(IntegrityError), transaction.atomic():
        revisions.update(version=9)
    with pytest.raises(IntegrityError), transaction.atomic():
        revisions._raw_delete(revisions.db)
    assert revisions.get().version == 1


def test_stale_save_is_refused_with_what_stands_now_and_stores_nothing(world: World) -> None:
    save(world, narrative="先到")
    before = stored()
    with pytest.raises(StaleSave) as refused:
        save(world, narrative="后到", by=world.people[Role.DEPARTMENT_HEAD, "a1"])
    assert (refused.value.current.version, refused.value.current.narrative) == (1, "先到")
    assert stored() == before


@pytest.mark.parametrize("version", [-1, 2, 10**30])
def test_save_on_a_version_that_never_was_is_refused(world: World, version: int) -> None:
    save(world)
    with pytest.raises(StaleSave):
        save(world, version=version)


def test_of_two_that_read_the_same_version_one_writes(world: World) -> None:
    save(world, narrative="第一稿")
    mine, yours = load_for_saving(world.response("2").pk), load_for_saving(world.response("2").pk)
    fields = {"state": State.DRAFT}
    write(mine, FILLED, settle(mine.item, FILLED), fields, by=None)
    before = stored()
    other = Content(narrative="另一份")
    with pytest.raises(StaleSave) as refused:
        write(yours, other, settle(yours.item, other), fields, by=None)
    assert refused.value.current.narrative == "做了"
    assert stored() == before


def test_save_does_not_undo_a_step_taken_meanwhile(world: World) -> None:
    save(world, measures={"share": Decimal(95)}, narrative="做了")
    read_before = load_for_saving(world.response("2").pk)
    perform(read_before, Action.SUBMIT, by=world.people[Role.DEPARTMENT_HEAD, "a1"], version=1)
    content = checked(read_before.item, FILLED)
    with pytest.raises(StaleSave) as refused:
        write(read_before, content, settle(read_before.item, content), {"state": State.DRAFT}, by=None)
    assert refused.value.current.state == State.SUBMITTED


EDITORS: dict[State, set[tuple[str, str]]] = {
    State.EMPTY: {(Role.FILLER, "a1"), (Role.DEPARTMENT_HEAD, "a1")},
    State.DRAFT: {(Role.FILLER, "a1"), (Role.DEPARTMENT_HEAD, "a1")},
    State.SUBMITTED: set(),
    State.ACCEPTED: {(Role.COORDINATOR, "a")},
    State.RETURNED: {(Role.FILLER, "a1"), (Role.DEPARTMENT_HEAD, "a1")},
}
"""Who may save in which state: item 1 is led by one department of district a, supported by the other."""


@pytest.mark.parametrize("state", State)
def test_who_may_save_in_which_state(world: World, state: State) -> None:
    response = world.response("1")
    assignment = Assignment.objects.get(response=response)
    assignment.supporting.add(world.departments["a2"])
    Response.objects.filter(pk=response.pk).update(state=state, department_score=Decimal(2))
    allowed = set()
    for key, person in world.people.items():
        try:
            with transaction.atomic():
                save_response(
                    response=load_for_saving(response.pk),
                    content=Content(score=Decimal(2)),
                    version=0,
                    by=person,
                )
                allowed.add(key)
                transaction.set_rollback(True)
        except PermissionDenied:
            assert world.response("1").version == 0
    assert allowed == EDITORS[state]


def test_nobody_fills_in_what_is_assigned_to_nobody(world: World) -> None:
    Assignment.objects.all().delete()
    for person in world.people.values():
        with pytest.raises(PermissionDenied):
            save(world, by=person)


def test_refused_content_stores_nothing(world: World) -> None:
    before = stored()
    with pytest.raises(ValidationError):
        save(world, measures={"share": Decimal("80.84")}, score=Decimal(4))
    with pytest.raises(ValidationError):
        save(world, narrative="字" * 20_001)
    with pytest.raises(ValidationError):
        save(world, measures={"share": Decimal("NaN")})
    assert stored() == before


@pytest.mark.parametrize(
    ("policy", "score", "lost"), [("full", 4, []), ("zero", 0, [4]), ("exclude", None, [])]
)
def test_not_applicable_is_stored_by_policy(
    db: None, policy: str, score: int | None, lost: list[int]
) -> None:
    world = make_world(make_framework(na_policy=policy))
    saved = save(world, "3", applicable=False, na_reason="我区暂无高中")
    assert (saved.applicable, saved.na_reason, saved.department_score) == (False, "我区暂无高中", score)
    assert [loss.points for loss in saved.deductions.all()] == lost


def test_reason_for_not_applicable_goes_when_the_item_applies_again(world: World) -> None:
    save(world, "3", applicable=False, na_reason="我区暂无高中")
    again = save(world, "3", version=1, na_reason="我区暂无高中", score=Decimal(4))
    assert (again.applicable, again.na_reason) == (True, "")


def test_coordinator_edits_what_is_accepted_with_an_event(world: World) -> None:
    accept(world, measures={"share": Decimal("80.84")})
    boss = world.people[Role.COORDINATOR, "a"]
    edited = save(
        world,
        by=boss,
        version=1,
        narrative="改了字",
        measures={"share": Decimal("80.84")},
        score=Decimal("3.1"),
    )
    assert (edited.state, edited.narrative, edited.version) == (State.ACCEPTED, "改了字", 2)
    assert (edited.department_score, edited.district_score) == (Decimal("3.1"), Decimal("3.1"))
    event = Event.objects.order_by("-sequence")[0]
    assert (event.action, event.actor_name, event.organisation_id) == (
        "response.edited",
        "coordinator-a",
        world.districts["a"].pk,
    )
    assert event.details == {"version": 2, "score": "3.1", "reason": ""}


def test_district_points_that_differ_need_a_reason_of_their_own(world: World) -> None:
    accept(world, "1", score=Decimal("1.5"), reason="少一次会议")
    boss = world.people[Role.COORDINATOR, "a"]
    message = {"reason": ["Say why the district's points differ from the department's."]}
    with pytest.raises(ValidationError) as refused:
        save(world, "1", by=boss, version=1, score=Decimal(1), reason="少一次会议")
    assert refused.value.message_dict == message
    with pytest.raises(ValidationError) as refused:
        save(world, "1", by=boss, version=1, score=Decimal(2))
    assert refused.value.message_dict == message
    edited = save(world, "1", by=boss, version=1, score=Decimal(1), reason="少两次会议")
    assert (edited.department_score, edited.department_reason) == (Decimal("1.5"), "少一次会议")
    assert (edited.district_score, edited.district_reason) == (Decimal(1), "少两次会议")
    assert [(loss.points, loss.reason) for loss in edited.deductions.all()] == [(Decimal(1), "少两次会议")]


def test_accepted_item_keeps_its_points(world: World) -> None:
    accept(world, "1", score=Decimal(2))
    with pytest.raises(ValidationError) as refused:
        save(world, "1", by=world.people[Role.COORDINATOR, "a"], version=1)
    assert refused.value.message_dict == {"score": ["An accepted item needs its points."]}


def test_content_of_is_what_saves_the_same_again(world: World) -> None:
    save(
        world,
        narrative="做了",
        measures={"share": Decimal("80.84")},
        score=Decimal(3),
        reason="另有",
    )
    first = load_for_saving(world.response("2").pk)
    content = content_of(first)
    assert content == Content(
        narrative="做了",
        measures={"share": Decimal("80.84")},
        score=Decimal(3),
        reason="另有",
        losses=[Loss(Decimal("0.1"), "另有")],
    )
    assert [loss.points for loss in settle(first.item, content).losses] == [Decimal("0.9"), Decimal("0.1")]


def test_content_of_leaves_out_a_loss_that_replaced_the_rules(world: World) -> None:
    save(world, measures={"share": Decimal("80.84")}, score=Decimal("3.5"), reason="已整改")
    content = content_of(load_for_saving(world.response("2").pk))
    assert (content.score, content.reason, content.losses) == (Decimal("3.5"), "已整改", [])


def test_what_did_not_change_is_not_written(world: World) -> None:
    """Saving a text costs, once it is read, the roles, one UPDATE and one revision, in one transaction."""
    save(world, narrative=FILLED.narrative, measures=FILLED.measures)
    read, filler = load_for_saving(world.response("2").pk), world.people[Role.FILLER, "a1"]
    with CaptureQueriesContext(connection) as queries:
        store(response=read, content=replace(FILLED, narrative="又做了"), version=1, by=filler)
    verbs = [query["sql"].split()[0] for query in queries]
    assert verbs == ["SELECT", "SAVEPOINT", "UPDATE", "INSERT", "RELEASE"]


def test_save_sent_again_is_stored_once(world: World) -> None:
    filler, operation = world.people[Role.FILLER, "a1"], uuid4()
    first = load_for_saving(world.response("2").pk)
    for _sent in range(2):
        saved = save_response(response=first, content=FILLED, version=0, by=filler, operation=operation)
        assert saved.version == 1
    assert ResponseRevision.objects.get().operation == operation


def test_save_sent_again_does_not_hide_what_others_saved_since(world: World) -> None:
    """The one who sends again goes on from their own version, and so meets the other's save."""
    head, filler, operation = (
        world.people[Role.DEPARTMENT_HEAD, "a1"],
        world.people[Role.FILLER, "a1"],
        uuid4(),
    )
    first = load_for_saving(world.response("2").pk)
    save_response(response=first, content=FILLED, version=0, by=filler, operation=operation)
    save(world, version=1, by=head, narrative="审核人的")
    again = save_response(response=first, content=FILLED, version=0, by=filler, operation=operation)
    assert (again.version, again.narrative) == (1, "审核人的")
    with pytest.raises(StaleSave):
        save(world, version=again.version, narrative="填报人的")
    assert world.response("2").version == 2


def test_save_sent_again_after_the_item_was_handed_in_succeeds(world: World) -> None:
    filler, operation = world.people[Role.FILLER, "a1"], uuid4()
    first = load_for_saving(world.response("2").pk)
    saved = save_response(response=first, content=FILLED, version=0, by=filler, operation=operation)
    perform(saved, Action.SUBMIT, by=world.people[Role.DEPARTMENT_HEAD, "a1"], version=1)
    late = load_for_saving(first.pk)
    again = save_response(response=late, content=FILLED, version=0, by=filler, operation=operation)
    assert (again.version, again.state) == (1, State.SUBMITTED)


def test_operation_of_another_save_is_refused(world: World) -> None:
    filler, operation = world.people[Role.FILLER, "a1"], uuid4()
    first, other = (load_for_saving(world.response(label).pk) for label in ("2", "1"))
    save_response(response=first, content=FILLED, version=0, by=filler, operation=operation)
    with pytest.raises(ValidationError, match="another item"):
        save_response(
            response=other, content=Content(narrative="别的"), version=0, by=filler, operation=operation
        )
    assert world.response("1").version == 0


def test_database_refuses_what_no_response_may_be(world: World) -> None:
    """Behind the back of the writers, too."""
    response = world.response("1")
    assert response.assessment.cycle.framework.status == FrameworkStatus.PUBLISHED
    for fields in (
        {"department_score": Decimal("-0.1")},
        {"applicable": False},
        {"district_score": Decimal(1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Response.objects.filter(pk=response.pk).update(**fields)
    for points, reason in ((Decimal(0), "甲"), (Decimal("0.1"), "")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Deduction.objects.create(response=response, order=1, points=points, reason=reason)


@pytest.mark.django_db
def test_largest_figure_and_standard_are_stored_and_read_again() -> None:
    largest = "99999999999.9999"
    sections = framework_data()["sections"]
    sections[0]["items"][1]["rules"] = [{**SHORTFALL, "standard": largest, "rounding": "exact"}]
    world = make_world(make_framework(sections=sections))
    saved = save(world, "2", measures={"share": Decimal(f"-{largest}")})
    stored = world.response("2")
    assert (saved.department_score, stored.department_score) == (Decimal(0), Decimal(0))
    (loss,) = stored.deductions.all()
    assert (loss.points, loss.measured, loss.standard) == (
        Decimal(4),
        Decimal(f"-{largest}"),
        Decimal(largest),
    )


def test_revision_keeps_chinese_as_it_is(world: World) -> None:
    """Escapes would take twice the bytes, of every save for good."""
    save(world, "1", narrative="做了“很多”")
    kept = ResponseRevision.objects.annotate(text=Cast("content", TextField())).get().text
    assert "做了“很多”" in kept
    assert "\\u" not in kept
