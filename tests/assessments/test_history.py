"""The history of a response: saves and steps, what changed, and an old content put back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from assessments.contributions import save_contribution
from assessments.history import History, Save, Step, recent_entries
from assessments.models import Contribution, ContributionRevision, Response, ResponseRevision
from assessments.moving import move_cycle, plan_move
from assessments.responses import StaleSave, load_for_saving, save_response
from assessments.restoring import restore_version
from assessments.settling import Content, Loss
from assessments.states import Action, State
from assessments.workflow import perform
from audit.models import Event
from audit.trail import record
from indicators.exchange import read_framework, store_framework, write_framework
from indicators.models import Framework
from indicators.publishing import publish_framework
from tests.factories import SHORTFALL, World, framework_data

pytestmark = pytest.mark.django_db

Saver = Callable[..., Response]


@pytest.fixture
def filler(world: World) -> User:
    return world.people["filler", "a1"]


@pytest.fixture
def save(world: World, filler: User) -> Saver:
    """Save item 2, by default as the department's filler."""

    def save(by: User = filler, **content: object) -> Response:
        response = load_for_saving(world.response("2").pk)
        share = content.pop("share", None)
        measures = {"share": Decimal(str(share))} if share is not None else {}
        filled = Content(measures=measures, **content)  # type: ignore[arg-type]
        return save_response(response=response, content=filled, version=response.version, by=by)

    return save


def save_at_minutes(response: Response, content: object, by: User, minutes: list[int]) -> None:
    """Saves as they stand in the database, made so many minutes after one o'clock."""
    for version, minute in enumerate(minutes, start=1):
        ResponseRevision.objects.create(
            response=response,
            version=version,
            content=content,
            saved_by=by,
            saved_at=datetime(2022, 1, 1, 13, tzinfo=UTC) + timedelta(minutes=minute),
        )


def read(response: Response) -> History:
    return History(load_for_saving(response.pk))


def changes(response: Response) -> list[tuple[str, ...]]:
    """What each save changed, newest first."""
    history = read(response)
    return [entry.changes for entry in history.entries(history.lines) if entry.save]


def test_saves_of_one_person_within_ten_minutes_are_one_entry(
    world: World, save: Saver, filler: User
) -> None:
    content = save(narrative="稿", share=95).revisions.get().content
    save_at_minutes(world.response("1"), content, filler, [0, 4, 10, 11, 22])
    groups = [(entry.first, entry.last, entry.times) for entry in read(world.response("1")).saves]
    assert groups == [(1, 3, 3), (4, 4, 1), (5, 5, 1)]


def test_last_entry_says_what_it_changed_however_often_was_saved(
    world: World, save: Saver, filler: User
) -> None:
    content = save(narrative="稿", share=95).revisions.get().content
    save_at_minutes(world.response("1"), content, filler, [0] * 100 + [20] * 100)
    last, first = recent_entries(load_for_saving(world.response("1").pk))
    assert (last.save and last.save.first, last.changes) == (101, ())
    assert (first.save and first.save.first, len(first.changes)) == (1, 3)


def test_saves_of_two_people_are_two_entries(world: World, save: Saver) -> None:
    save(narrative="甲", share=95)
    save(by=world.people["department_head", "a1"], narrative="乙", share=95)
    save(narrative="丙", share=95)
    assert [(entry.who, entry.first, entry.last) for entry in read(world.response("2")).saves] == [
        ("filler-a1", 1, 1),
        ("department_head-a1", 2, 2),
        ("filler-a1", 3, 3),
    ]


def test_steps_stand_between_the_saves_with_their_reasons(world: World, save: Saver) -> None:
    head, coordinator = world.people["department_head", "a1"], world.people["coordinator", "a"]
    response = save(narrative="初稿", share=95)
    response = perform(response, Action.SUBMIT, by=head, version=1)
    response = perform(response, Action.RETURN, by=coordinator, version=1, reason="数据不符")
    save(narrative="二稿", share=95)
    told = [
        (line.label, line.who, line.reason) if isinstance(line, Step) else (line.first, line.last, line.who)
        for line in read(response).lines
    ]
    assert told == [
        (2, 2, "filler-a1"),
        ("Returned", "coordinator-a", "数据不符"),
        ("Submitted", "department_head-a1", ""),
        (1, 1, "filler-a1"),
    ]


def test_what_changed_is_told_in_words(world: World, save: Saver) -> None:
    save(narrative="标准班额占比达标。", share=95)
    save(by=world.people["department_head", "a1"], narrative="标准班额占比未达标。", share="80.84")
    save(
        narrative="标准班额占比未达标。",
        share="80.84",
        score=Decimal("2.5"),
        reason="占比下降",
    )
    assert changes(world.response("2")) == [
        (
            "Department score: 3.1 → 2.5",
            "Reason for the points: “占比下降”",
            "Points off: 标准班额占比80.84%，低于标准90%，差9.16个百分点，每差1个百分点扣0.1分"
            "（不足1个百分点不计） (0.9) → 标准班额占比80.84%，低于标准90%，差9.16个百分点，"
            "每差1个百分点扣0.1分（不足1个百分点不计） (0.9); 占比下降 (0.6)",
        ),
        (
            "Text: from 9 to 10 characters",
            "标准班额占比: 95% → 80.84%",
            "Department score: 4 → 3.1",
            "Points off: — → 标准班额占比80.84%，低于标准90%，差9.16个百分点，每差1个百分点扣0.1分"
            "（不足1个百分点不计） (0.9)",
        ),
        ("Text: written, 9 characters", "标准班额占比: — → 95%", "Department score: — → 4"),
    ]


def test_text_that_changed_in_its_length_or_not_is_told(world: World, save: Saver) -> None:
    head = world.people["department_head", "a1"]
    save(narrative="一二三")
    save(by=head, narrative="一二四")
    save(narrative="")
    save(by=head, narrative="")
    assert changes(world.response("2")) == [
        (),
        ("Text: from 3 to 0 characters",),
        ("Text: changed, 3 characters",),
        ("Text: written, 3 characters",),
    ]


def test_not_applicable_and_applicable_again_are_told(world: World, filler: User) -> None:
    response = load_for_saving(world.response("3").pk)
    save_response(
        response=response, content=Content(applicable=False, na_reason="没有高中"), version=0, by=filler
    )
    response = load_for_saving(response.pk)
    head = world.people["department_head", "a1"]
    save_response(response=response, content=Content(narrative="办好高中"), version=1, by=head)
    assert changes(response) == [
        ("Text: written, 4 characters", "Applies again", "Department score: 4 → —"),
        ("Not applicable: 没有高中", "Department score: — → 4"),
    ]


def test_restoring_is_a_new_save_and_undone_by_restoring_again(world: World, save: Saver) -> None:
    filler = world.people["filler", "a1"]
    save(narrative="好的文字", share="80.84", score=Decimal("2.5"), reason="占比下降")
    spoilt = save(narrative="写坏了", share=95)
    restored = restore_version(response=spoilt, old=1, version=2, by=filler)
    assert (restored.version, restored.narrative, restored.department_score) == (
        3,
        "好的文字",
        Decimal("2.5"),
    )
    assert restored.department_reason == "占比下降"
    assert [(loss.points, loss.rule_kind) for loss in restored.deductions.all()] == [
        (Decimal("0.9"), "shortfall"),
        (Decimal("0.6"), ""),
    ]
    undone = restore_version(response=load_for_saving(restored.pk), old=2, version=3, by=filler)
    assert (undone.version, undone.narrative, undone.department_score) == (4, "写坏了", Decimal(4))
    assert {value.code: value.value for value in undone.measure_values.all()} == {"share": Decimal(95)}
    assert undone.deductions.count() == 0


def test_points_by_the_rules_go_on_following_the_figure_after_restoring(world: World, save: Saver) -> None:
    save(narrative="一", share="80.84")
    spoilt = save(narrative="二", share="80.84", score=Decimal(2), reason="另有原因")
    restored = restore_version(response=spoilt, old=1, version=2, by=world.people["filler", "a1"])
    assert (restored.department_score, restored.department_reason) == (Decimal("3.1"), "")


def test_itemised_losses_come_back(world: World, filler: User) -> None:
    response = load_for_saving(world.response("1").pk)
    losses = [Loss(Decimal("0.5"), "预算未达"), Loss(Decimal("0.3"), "拨付迟缓")]
    save_response(response=response, content=Content("做了", losses=losses), version=0, by=filler)
    spoilt = save_response(
        response=load_for_saving(response.pk), content=Content("改了", score=Decimal(2)), version=1, by=filler
    )
    restored = restore_version(response=spoilt, old=1, version=2, by=filler)
    assert restored.department_score == Decimal("1.2")
    assert [(loss.points, loss.reason) for loss in restored.deductions.all()] == [
        (Decimal("0.5"), "预算未达"),
        (Decimal("0.3"), "拨付迟缓"),
    ]


def test_restoring_what_is_stored_is_refused_in_words(world: World, save: Saver) -> None:
    response = save(narrative="一", share=95)
    with pytest.raises(ValidationError, match="just what is stored now"):
        restore_version(response=response, old=1, version=1, by=world.people["filler", "a1"])
    assert world.response("2").version == 1


def test_restoring_a_save_that_is_not_there_is_refused(world: World, save: Saver) -> None:
    response = save(narrative="一", share=95)
    with pytest.raises(ValidationError, match="no such save"):
        restore_version(response=response, old=7, version=1, by=world.people["filler", "a1"])


def test_restoring_on_top_of_somebody_elses_save_is_stale(world: World, save: Saver) -> None:
    save(narrative="一", share=95)
    response = save(narrative="二", share=95)
    with pytest.raises(StaleSave):
        restore_version(response=response, old=1, version=1, by=world.people["filler", "a1"])
    assert world.response("2").narrative == "二"


@pytest.mark.parametrize("who", [("filler", "a2"), ("leader", "a"), ("coordinator", "a"), ("filler", "b1")])
def test_only_who_may_edit_now_restores(world: World, save: Saver, who: tuple[str, str]) -> None:
    save(narrative="一", share=95)
    response = save(narrative="二", share=95)
    with pytest.raises(PermissionDenied):
        restore_version(response=response, old=1, version=2, by=world.people[who])
    assert world.response("2").version == 2


def test_coordinator_restores_an_accepted_item_with_its_points_and_an_event(
    world: World, save: Saver
) -> None:
    head, coordinator = world.people["department_head", "a1"], world.people["coordinator", "a"]
    save(narrative="部门文字", share="80.84")
    response = perform(load_for_saving(world.response("2").pk), Action.SUBMIT, by=head, version=1)
    perform(response, Action.ACCEPT, by=coordinator, version=1)
    save(by=coordinator, narrative="区里改过", share="80.84", score=Decimal(3), reason="再扣")
    restored = restore_version(response=load_for_saving(response.pk), old=1, version=2, by=coordinator)
    assert (restored.state, restored.narrative, restored.district_score) == (
        State.ACCEPTED,
        "部门文字",
        Decimal("3.1"),
    )
    assert Event.objects.filter(action="response.edited").count() == 2


@pytest.mark.parametrize(
    ("measure", "rule"),
    [
        ({"code": "ratio", "name": "班额占比", "unit": "%"}, {"measure": "ratio"}),
        ({"code": "share", "name": "班额占比", "unit": "人"}, {"unit": "人"}),
    ],
    ids=["gone", "another unit"],
)
def test_figures_that_a_corrected_framework_no_longer_asks_for_are_named(
    world: World, save: Saver, filler: User, measure: dict[str, str], rule: dict[str, str]
) -> None:
    save(narrative="一", share=95)
    data = framework_data(version="2")
    data["sections"][0]["items"][1] |= {"measures": [measure], "rules": [SHORTFALL | rule]}
    keys = write_framework(Framework.objects.with_tree().get(pk=world.framework.pk))
    data["sections"][0]["key"] = keys["sections"][0]["key"]
    for item, old in zip(data["sections"][0]["items"], keys["sections"][0]["items"], strict=True):
        item["key"] = old["key"]
    framework = publish_framework(framework=store_framework(data=read_framework(data), by=None), by=None)
    assert world.cycle is not None
    move_cycle(plan=plan_move(cycle=world.cycle, framework=framework), by=world.people["secretary", "c"])
    response = save(narrative="二")
    with pytest.raises(ValidationError) as refused:
        restore_version(response=response, old=1, version=response.version, by=filler)
    assert refused.value.messages == [
        "The framework was corrected since: it no longer asks for 标准班额占比 as this save has it."
    ]
    assert world.response("2").narrative == "二"
    assert [line.label for line in read(response).lines if isinstance(line, Step)] == ["Framework corrected"]


# The pages.


@pytest.fixture
def page(client: Client, filler: User) -> Client:
    client.cookies["django_language"] = "en"
    client.force_login(filler)
    return client


def address(world: World, version: int | None = None) -> str:
    pk = world.response("2").pk
    if version is None:
        return reverse("response-history", args=[pk])
    return reverse("response-revision", args=[pk, version])


def test_history_lists_the_newest_first_with_what_changed(page: Client, world: World, save: Saver) -> None:
    save(narrative="<b>一</b>", share=95)
    save(by=world.people["department_head", "a1"], narrative="二", share=96)
    text = page.get(address(world)).content.decode()
    assert text.index("department_head-a1") < text.index("Text: written, 8 characters")
    assert "标准班额占比: 95% → 96%" in text


def test_history_takes_the_same_queries_for_one_save_and_for_many(
    page: Client, world: World, save: Saver
) -> None:
    counts = []
    head = world.people["department_head", "a1"]
    for saves in (1, 30):
        for number in range(saves):
            save(by=head if number % 2 else world.people["filler", "a1"], narrative=f"{saves} {number}")
        with CaptureQueriesContext(connection) as queries:
            assert page.get(address(world)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_history_shows_twenty_entries_a_page(page: Client, world: World, save: Saver) -> None:
    head = world.people["department_head", "a1"]
    for number in range(25):
        save(by=head if number % 2 else world.people["filler", "a1"], narrative=f"第{number}稿")
    first, second, beyond, junk = (
        page.get(address(world) + query).content.decode() for query in ("", "?page=2", "?page=99", "?page=x")
    )
    assert [text.count("<time") for text in (first, second, beyond, junk)] == [20, 5, 5, 20]
    assert "Page 1 of 2" in first


def test_an_entry_shows_its_text_against_the_one_before_and_against_now(
    page: Client, world: World, save: Saver
) -> None:
    head = world.people["department_head", "a1"]
    save(narrative="标准班额占比为80%，达标。", share=95)
    save(by=head, narrative="标准班额占比为85%，达标。", share=95)
    save(narrative="标准班额占比为85%，<i>达标</i>。", share=95)
    before = page.get(address(world, 2)).content.decode()
    now = page.get(address(world, 2) + "?with=now").content.decode()
    assert ">0<span" in before
    assert ">5<span" in before
    assert "&lt;i&gt;" not in before
    assert "&lt;i&gt;" in now
    assert "Restore this content" in before
    assert "Restore this content" not in page.get(address(world, 3)).content.decode()


def test_a_save_that_is_not_there_is_not_found(page: Client, world: World, save: Saver) -> None:
    save(narrative="一")
    assert page.get(address(world, 2)).status_code == 404
    assert page.post(address(world, 0), {"version": "1"}).status_code == 404


def test_restore_on_the_page(page: Client, world: World, save: Saver) -> None:
    save(narrative="一", share=95)
    save(by=world.people["department_head", "a1"], narrative="二", share=95)
    answer = page.post(address(world, 1), {"version": "2"}, follow=True)
    assert "Restored. To undo it, restore the entry before." in answer.content.decode()
    assert world.response("2").narrative == "一"


def test_restore_on_an_old_page_stores_nothing(page: Client, world: World, save: Saver) -> None:
    save(narrative="一", share=95)
    save(by=world.people["department_head", "a1"], narrative="二", share=95)
    for version, status in (("1", 409), ("", 422), ("x" * 50, 422)):
        assert page.post(address(world, 1), {"version": version}).status_code == status
    assert world.response("2").narrative == "二"


def test_history_is_not_for_departments_that_merely_see_an_accepted_item(
    client: Client, world: World, save: Saver
) -> None:
    save(narrative="初稿里的话", share=95)
    save(by=world.people["department_head", "a1"], narrative="定稿", share=95)
    Response.objects.filter(pk=world.response("2").pk).update(state=State.ACCEPTED, district_score=4)
    expected = {
        ("filler", "a1"): 200,
        ("filler", "a2"): 403,
        ("leader", "a"): 200,
        ("auditor", "a"): 200,
        ("coordinator", "b"): 404,
        ("secretary", "c"): 404,
    }
    for who, status in expected.items():
        client.force_login(world.people[who])
        for url in (address(world), address(world, 1)):
            answer = client.get(url)
            assert answer.status_code == status
            assert status == 200 or "初稿里的话" not in answer.content.decode()


def test_a_group_of_saves_is_found_by_each_of_them(world: World, save: Saver) -> None:
    for number in range(3):
        save(narrative=f"第{number}稿")
    history = read(world.response("2"))
    found = {version: history.save_with(version) for version in range(5)}
    (whole,) = history.saves
    assert isinstance(whole, Save)
    assert found == {0: None, 1: whole, 2: whole, 3: whole, 4: None}


# Contributions.


@pytest.fixture
def contribute(world: World) -> Callable[..., Contribution]:
    """Save what a2, which supports item 2, contributes to it."""
    world.response("2").assignment.supporting.add(world.departments["a2"])

    def contribute(text: str, materials: str = "", *, done: bool = False) -> Contribution:
        stored = Contribution.objects.filter(response=world.response("2")).first()
        return save_contribution(
            response=world.response("2"),
            department=world.departments["a2"],
            text=text,
            materials=materials,
            done=done,
            version=stored.version if stored else 0,
            by=world.people["filler", "a2"],
        )

    return contribute


Contribute = Callable[..., Contribution]


def test_contributions_stand_among_the_saves_and_steps(
    world: World, save: Saver, contribute: Contribute
) -> None:
    save(narrative="一")
    contribute("配合")
    contribute("配合了", "红头文件\n台账", done=True)
    save(narrative="二")
    history = read(world.response("2"))
    told = [
        (entry.save.department, entry.save.who, entry.save.times, entry.changes)
        for entry in history.entries(history.lines)
        if entry.save
    ]
    assert told == [
        ("", "filler-a1", 2, ("Text: written, 1 characters",)),
        (
            str(world.departments["a2"]),
            "filler-a2",
            2,
            ("Text: written, 3 characters", "Supporting materials: — → 红头文件; 台账", "Marked as done"),
        ),
    ]


def test_contribution_of_another_item_is_not_in_the_history(
    page: Client, world: World, save: Saver, contribute: Contribute
) -> None:
    contribution = contribute("配合")
    other = reverse("contribution-revision", args=[world.response("1").pk, contribution.pk, 1])
    assert page.get(other).status_code == 404
    assert read(world.response("1")).lines == []


def test_contribution_is_compared_with_the_one_before(
    page: Client, world: World, contribute: Contribute
) -> None:
    contribution = contribute("拨付80万元。")
    ContributionRevision.objects.create(
        contribution=contribution,
        version=2,
        text="拨付85<i>万元。",
        materials="",
        done=False,
        saved_at=datetime(2030, 1, 1, tzinfo=UTC),
    )
    text = page.get(contribution_address(contribution, 2)).content.decode()
    assert ">5&lt;i&gt;<span" in text
    assert "Restore this content" not in text


def test_supporting_department_restores_its_contribution(
    client: Client, world: World, contribute: Contribute
) -> None:
    contribute("好的文字", "台账", done=True)
    # The next entry: a step stands between.
    record_step(world.response("2"))
    contribution = contribute("写坏了")
    client.force_login(world.people["filler", "a2"])
    for version, status in (("1", 409), ("", 422), ("2", 302), ("3", 422)):
        answer = client.post(contribution_address(contribution, 1), {"version": version})
        assert answer.status_code == status
    contribution.refresh_from_db()
    assert (contribution.version, contribution.text) == (3, "好的文字")
    assert (contribution.materials, contribution.done) == ("台账", True)


def test_lead_does_not_restore_what_others_contributed(
    page: Client, world: World, contribute: Contribute
) -> None:
    contribution = contribute("配合")
    assert page.get(contribution_address(contribution, 1)).status_code == 200
    assert page.post(contribution_address(contribution, 1), {"version": "1"}).status_code == 403


def test_history_takes_the_same_queries_for_one_contribution_and_for_many(
    page: Client, world: World, contribute: Contribute
) -> None:
    counts = []
    for number in range(2):
        contribute(f"第{number}稿")
        record_step(world.response("2"))
        with CaptureQueriesContext(connection) as queries:
            assert page.get(address(world)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def contribution_address(contribution: Contribution, version: int) -> str:
    return reverse("contribution-revision", args=[contribution.response_id, contribution.pk, version])


def record_step(response: Response) -> None:
    with transaction.atomic():
        record(by=None, action="response.taken_back", subject=response)
