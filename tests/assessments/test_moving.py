"""An open cycle is moved to a correction as a whole: what happens to every response, and who may do it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.roles import OrganisationKind, Role
from assessments.collecting.reading import SheetFile, read_sheets
from assessments.collecting.storing import collected_of
from assessments.collecting.writing import write_sheet
from assessments.commenting import write_comment
from assessments.contributions import save_contribution
from assessments.last_year import last_year_of
from assessments.models import Assignment, CollectedFigure, CollectedUnit, Cycle, PastAnswer, Response
from assessments.moving import Fate, MovePlan, StaleMove, move_cycle, plan_move
from assessments.opening import open_assessment
from assessments.responses import load_for_saving, save_response
from assessments.settling import Content
from assessments.states import Action, State
from assessments.views.item_page import for_page
from assessments.views.moving import _outcome
from assessments.workflow import perform
from audit.models import Event
from audit.trail import first_break
from indicators.exchange import read_framework, store_framework, write_framework
from indicators.models import Framework
from indicators.publishing import publish_framework
from indicators.versions.comparing import Change, ChangeKind
from tests.factories import (
    SHORTFALL,
    World,
    framework_data,
    make_cycle,
    make_framework,
    make_organisation,
    make_world,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def correction(world: World, *, drop: str = "", **by_label: Any) -> Framework:
    """A published copy of the world's framework; ``by_label`` changes items by label (``i1`` for 1)."""
    return corrected(world.framework, drop=drop, **by_label)


def corrected(framework: Framework, *, drop: str = "", version: str = "2", **by_label: Any) -> Framework:
    settings = by_label.pop("settings", {})
    data = write_framework(Framework.objects.with_tree().get(pk=framework.pk))
    data |= {"version": version, **settings}
    for section in data["sections"]:
        section["stated_weight"] = None
        section["items"] = [
            item | by_label.get(f"i{item['label']}", {}) for item in section["items"] if item["label"] != drop
        ]
        section["items"] += by_label.get("more", {}).get(section["title"], [])
    data["sections"] = [section for section in data["sections"] if section["items"]]
    return publish_framework(framework=store_framework(data=read_framework(data), by=None), by=None)


def fill(world: World, label: str, state: State, **content: Any) -> Response:
    """Item ``label`` of district a filled in and taken as far as ``state``."""
    filler, head = world.people[Role.FILLER, "a1"], world.people[Role.DEPARTMENT_HEAD, "a1"]
    boss = world.people[Role.COORDINATOR, "a"]
    given = Content(narrative="做了", **{"score": Decimal(2), **content})
    response = save_response(response=world.response(label), content=given, version=0, by=filler)
    if state in (State.SUBMITTED, State.ACCEPTED, State.RETURNED):
        response = perform(response, Action.SUBMIT, by=head, version=response.version)
    if state is State.ACCEPTED:
        response = perform(response, Action.ACCEPT, by=boss, version=response.version)
    if state is State.RETURNED:
        response = perform(response, Action.RETURN, by=boss, version=response.version, reason="补充材料")
    return response


def plan(world: World, framework: Framework) -> MovePlan:
    return plan_move(cycle=Cycle.objects.get(pk=world.cycle.pk), framework=framework)  # type: ignore[union-attr]


def move(world: World, framework: Framework) -> Cycle:
    return move_cycle(plan=plan(world, framework), by=world.people[Role.SECRETARY, "c"])


def fates(world: World, framework: Framework) -> dict[str, Fate]:
    of_a = next(
        each for each in plan(world, framework).assessments if each.assessment.organisation.code == "a"
    )
    return {each.item.label: each.fate for each in of_a.moves}


def content_of(label: str = "1") -> tuple[Any, ...]:
    response = Response.objects.get(assessment__organisation__code="a", item__label=label)
    return response.state, response.narrative, response.department_score, response.district_score


def reweighted(world: World) -> Framework:
    """A correction in which item 1 weighs 3 points instead of 2."""
    return correction(world, i1={"weight": "3"})


def test_the_plan_says_what_becomes_of_each_item(world: World) -> None:
    new = {"label": "4", "title": "新增", "weight": "1"}
    framework = correction(
        world, drop="3", i1={"weight": "3"}, i2={"requirement": "改了措辞。"}, more={"教育保障": [new]}
    )
    assert fates(world, framework) == {
        "1": Fate.CHANGED,
        "2": Fate.REWORDED,
        "4": Fate.NEW,
        "3": Fate.GONE,
    }
    assert plan(world, framework).assessments[0].count() == {
        Fate.NEW: 1,
        Fate.CHANGED: 1,
        Fate.REWORDED: 1,
        Fate.UNCHANGED: 0,
        Fate.GONE: 1,
    }


def test_an_item_that_only_stands_elsewhere_says_so(world: World) -> None:
    written = write_framework(Framework.objects.with_tree().get(pk=world.framework.pk))
    item = written["sections"][0]["items"][0]
    framework = correction(world, drop="1", more={"协调发展": [item]})
    moves = {move.item.label: move for move in plan(world, framework).assessments[0].moves}
    assert (moves["1"].fate, moves["1"].changes) == (Fate.REWORDED, (Change(ChangeKind.MOVED),))


def test_planning_writes_nothing(world: World) -> None:
    framework = reweighted(world)
    before = list(Response.everything.values()), Event.objects.count()
    plan(world, framework)
    assert (list(Response.everything.values()), Event.objects.count()) == before


@pytest.mark.parametrize("state", [State.EMPTY, State.DRAFT, State.SUBMITTED, State.ACCEPTED, State.RETURNED])
def test_what_is_unchanged_or_only_reads_differently_keeps_everything(world: World, state: State) -> None:
    if state is not State.EMPTY:
        fill(world, "1", state)
    before = Response.objects.values().get(pk=world.response("1").pk)
    framework = correction(world, i1={"title": "经费", "rule_prose": "酌情。", "materials": ["预算"]})
    move(world, framework)
    after = Response.objects.values().get(pk=before["id"])
    assert after == {**before, "item_id": framework.sections.first().items.get(label="1").pk}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("state", "left_in"),
    [
        (State.DRAFT, State.DRAFT),
        (State.SUBMITTED, State.RETURNED),
        (State.ACCEPTED, State.RETURNED),
        (State.RETURNED, State.RETURNED),
    ],
)
def test_what_counts_differently_keeps_its_text_and_loses_its_points(
    world: World, state: State, left_in: State
) -> None:
    before = fill(world, "1", state, score=Decimal("1.5"), reason="缺材料")
    move(world, reweighted(world))
    assert content_of() == (left_in, "做了", None, None)
    stored = Response.objects.get(pk=before.pk)
    assert stored.deductions.count() == 0
    assert stored.version == before.version + 1
    revision = stored.revisions.get(version=stored.version)
    assert (revision.content["narrative"], revision.content["department_score"]) == ("做了", None)
    assert revision.saved_by == world.people[Role.SECRETARY, "c"]


def test_an_empty_response_stays_empty(world: World) -> None:
    move(world, reweighted(world))
    stored = world.response("1")
    assert (stored.state, stored.version, stored.return_reason) == (State.EMPTY, 0, "")
    assert stored.item.weight == 3


def test_the_reason_says_what_changed_in_the_words_of_the_report(world: World) -> None:
    fill(world, "1", State.RETURNED)
    move(world, reweighted(world))
    reason = world.response("1").return_reason
    assert "2" in reason
    assert "3" in reason
    assert reason.endswith("补充材料")


def test_figures_that_mean_the_same_stay_and_others_go(world: World) -> None:
    fill(world, "2", State.ACCEPTED, score=None, measures={"share": Decimal("95")})
    strict = {**SHORTFALL, "standard": "92"}
    move(world, correction(world, i2={"rules": [strict]}))
    assert [(value.code, value.value) for value in world.response("2").measure_values.all()] == [
        ("share", 95)
    ]
    other_unit = [{"code": "share", "name": "占比", "unit": "人"}]
    second = corrected(Framework.objects.get(version="2"), version="3", i2={"measures": other_unit})
    move(world, second)
    assert not world.response("2").measure_values.exists()


def test_what_is_gone_is_kept_out_of_sight(world: World) -> None:
    fill(world, "3", State.ACCEPTED, score=Decimal(4))
    move(world, correction(world, drop="3"))
    assert not Response.objects.filter(item__label="3").exists()
    kept = Response.everything.get(assessment=world.assessments["a"], item__label="3")
    assert (kept.withdrawn, kept.narrative, kept.district_score) == (True, "做了", 4)


def test_what_comes_back_has_its_text_and_no_points(world: World) -> None:
    fill(world, "3", State.ACCEPTED, score=Decimal(4))
    move(world, correction(world, drop="3"))
    move(world, corrected(world.framework, version="3"))
    assert content_of("3") == (State.RETURNED, "做了", None, None)
    assert world.response("3", "b").state == State.EMPTY
    assert Response.everything.count() == 6


def test_a_new_item_begins_empty_and_assigned_to_nobody(world: World) -> None:
    new = {"label": "4", "title": "新增", "weight": "1"}
    move(world, correction(world, more={"教育保障": [new]}))
    for district in ("a", "b"):
        response = world.response("4", district)
        assert response.state == State.EMPTY
        assert not Assignment.objects.filter(response=response).exists()


def test_an_item_that_becomes_the_committees_is_taken_from_the_district(world: World) -> None:
    fill(world, "1", State.ACCEPTED)
    move(world, correction(world, i1={"committee_only": True}))
    assert content_of() == (State.EMPTY, "", None, None)
    assert Response.everything.get(withdrawn=True).narrative == "做了"


def test_what_the_committee_takes_is_not_said_to_go_back(world: World) -> None:
    fill(world, "1", State.SUBMITTED)
    moved = plan(world, correction(world, i1={"committee_only": True})).assessments[0]
    assert moved.to_redo == []
    assert _outcome(moved.moves[0]) == "kept aside; the committee alone scores it now"


# What others than the lead have given.


@pytest.fixture
def supported(world: World) -> World:
    """Department a2 supports items 2 and 3 of district a, due on a day of their own, and has written on them;
    a school has given a figure of item 2."""
    filler, department = world.people[Role.FILLER, "a2"], world.departments["a2"]
    for label in ("2", "3"):
        assignment = world.response(label).assignment
        assignment.supporting.add(department)
        Assignment.objects.filter(pk=assignment.pk).update(due_on=date(2022, 1, 7))
        words: dict[str, Any] = {"text": "拨款", "materials": "财教1号", "done": True, "version": 0}
        save_contribution(response=asked(world, label), department=department, by=filler, **words)
        write_comment(response=asked(world, label), text="请补充", by=filler)
    unit = CollectedUnit.objects.create(
        response=world.response("2"), order=1, name="一小", source="一小.xlsx"
    )
    CollectedFigure.objects.create(unit=unit, code="share", value=95)
    return world


def asked(world: World, label: str) -> Response:
    return for_page().get(pk=world.response(label).pk)


def given(world: World, label: str = "2") -> tuple[Any, ...]:
    """All that hangs on an item beside the lead's text."""
    response = asked(world, label)
    return (
        str(response.assignment.lead.code),
        [department.code for department in response.assignment.supporting.all()],
        response.assignment.due_on,
        [(entry.department.code, entry.text, entry.done) for entry in response.contributions.all()],
        [comment.text for comment in response.comments.all()],
        {name: dict(figures) for name, figures in collected_of(response).given.items()},
    )


SUPPORTED = (
    *("a1", ["a2"], date(2022, 1, 7), [("a2", "拨款", True)], ["请补充"]),
    {"一小": {"share": Decimal(95)}},
)


@pytest.mark.parametrize("state", [State.EMPTY, State.DRAFT, State.ACCEPTED])
def test_who_does_what_and_what_others_gave_stay(supported: World, state: State) -> None:
    if state is not State.EMPTY:
        fill(supported, "2", state, score=None, measures={"share": Decimal("95")})
    move(supported, correction(supported, i2={"title": "改写的标题", "weight": "4"}))
    assert given(supported) == SUPPORTED


@pytest.mark.parametrize("state", [State.EMPTY, State.ACCEPTED])
def test_collected_figures_with_another_unit_go_and_their_sheet_is_refused(
    supported: World, state: State
) -> None:
    if state is not State.EMPTY:
        fill(supported, "2", state, score=None, measures={"share": Decimal("95")})
    sheet = SheetFile("一小.xlsx", write_sheet(asked(supported, "2"), ["一小"]))
    other_unit = [{"code": "share", "name": "占比", "unit": "人"}]
    move(supported, correction(supported, i2={"measures": other_unit, "rules": []}))
    assert given(supported) == (*SUPPORTED[:-1], {"一小": {}})
    (note,) = read_sheets(asked(supported, "2"), [sheet]).notes
    assert (
        note.note.message == "The figures have changed since this sheet was passed on. Pass on the new one."
    )


def test_materials_that_are_still_asked_keep_their_ticks(world: World) -> None:
    named = correction(world, i1={"materials": ["文件", "照片"]})
    move(world, named)
    fill(world, "1", State.SUBMITTED, materials={"文件": "洪府1号", "照片": ""})
    move(world, corrected(named, version="3", i1={"materials": ["文件"], "weight": "3"}))
    ticks = world.response("1").material_ticks.all()
    assert [(tick.name, tick.reference) for tick in ticks] == [("文件", "洪府1号")]


def test_last_years_answer_is_found_under_the_corrected_item(world: World) -> None:
    item, about = world.response("1").item, {"source": "去年的报告", "narrative": "去年做了"}
    PastAnswer.objects.create(assessment=world.assessments["a"], item=item, read_at=timezone.now(), **about)
    move(world, reweighted(world))
    last = last_year_of(load_for_saving(world.response("1").pk))
    assert last
    assert (last.source, last.narrative) == ("去年的报告", "去年做了")


def test_dropped_item_on_which_only_others_wrote_is_said_to_be_kept_aside(supported: World) -> None:
    gone = next(
        each
        for each in plan(supported, correction(supported, drop="3")).assessments[0].moves
        if each.fate is Fate.GONE
    )
    assert (gone.begun, gone.beside) == (False, True)
    assert _outcome(gone) == "kept aside, no longer counted"


def test_item_that_comes_back_has_its_departments_and_what_they_wrote(supported: World) -> None:
    before = given(supported, "3")
    move(supported, correction(supported, drop="3"))
    move(supported, corrected(supported.framework, version="3"))
    assert given(supported, "3") == before


def test_what_may_no_longer_be_not_applicable_applies_again(world: World) -> None:
    fill(world, "3", State.ACCEPTED, score=None, applicable=False, na_reason="我区暂无")
    fill(world, "1", State.ACCEPTED)
    move(world, correction(world, i3={"na_allowed": False}, i1={"na_allowed": True}))
    stored = world.response("3")
    assert (stored.state, stored.applicable, stored.na_reason) == (State.RETURNED, True, "")
    assert content_of("1")[0] == State.ACCEPTED


def test_settings_count_where_points_rest_on_them(world: World) -> None:
    fill(world, "1", State.ACCEPTED, score=Decimal("1.7"), reason="缺材料")
    fill(world, "2", State.ACCEPTED, score=None, measures={"share": Decimal("95")})
    fill(world, "3", State.ACCEPTED, score=None, applicable=False, na_reason="我区暂无")
    assert set(fates(world, correction(world, settings={"bonus_may_exceed": True})).values()) == {
        Fate.UNCHANGED
    }
    changed = {"step": "0.5", "computed_step": "0.1", "na_policy": "zero"}
    framework = corrected(world.framework, version="3", settings=changed)
    assert fates(world, framework) == dict.fromkeys("123", Fate.CHANGED)


# Kinds of district


def kinds_world() -> World:
    both = [
        {"label": "1", "title": "共同", "weight": "2"},
        {"label": "2", "title": "城区的", "weight": "4", "profiles": ["城区"]},
        {"label": "3", "title": "乡镇的", "weight": "4", "profiles": ["乡镇"]},
    ]
    world = make_world(make_framework(code="plain", sections=[{"title": "教育", "items": both[:1]}]))
    framework = make_framework(sections=[{"title": "教育", "items": both}], profiles=["城区", "乡镇"])
    world.cycle = make_cycle(framework, world.committee, code="2022")
    world.framework = framework
    for code, profile in (("a", "城区"), ("b", "乡镇")):
        world.assessments[code] = open_assessment(
            cycle=world.cycle, organisation=world.districts[code], by=None, profile=profile
        )
    return world


def test_an_item_comes_and_goes_with_the_kind_of_district() -> None:
    world = kinds_world()
    move(world, correction(world, i2={"profiles": ["乡镇"]}, i3={"profiles": ["城区"]}))

    def labels(code: str) -> list[str]:
        responses = Response.objects.filter(assessment=world.assessments[code])
        return sorted(responses.values_list("item__label", flat=True))

    assert (labels("a"), labels("b")) == (["1", "3"], ["1", "2"])
    assert Response.everything.filter(withdrawn=True).count() == 2


def test_a_correction_that_does_not_know_a_districts_kind_is_refused() -> None:
    world = kinds_world()
    framework = correction(world, i3={"profiles": ["城区"]}, settings={"profiles": ["城区"]})
    with pytest.raises(ValidationError, match="no items for the kind of district of: 单位b"):
        plan(world, framework)


# As a whole, and only as previewed


def test_the_cycle_and_every_assessment_have_their_event(world: World) -> None:
    fill(world, "1", State.ACCEPTED)
    cycle = move(world, reweighted(world))
    assert Cycle.objects.get(pk=cycle.pk).framework.version == "2"
    event = Event.objects.get(action="cycle.moved")
    assert event.details == {
        "framework": {"from": "评价指标体系 1", "to": "评价指标体系 2"},
        "assessments": 2,
    }
    moved = Event.objects.filter(action="assessment.moved").order_by("sequence")
    counts = {"new": 0, "changed": 1, "reworded": 0, "unchanged": 2, "gone": 0}
    assert [(each.details["items"], each.details["returned"]) for each in moved] == [
        (counts, ["1"]),
        (counts, []),
    ]
    assert first_break() is None


def test_a_save_since_the_preview_stops_the_move(world: World) -> None:
    framework = reweighted(world)
    seen = plan(world, framework)
    fill(world, "2", State.DRAFT, score=Decimal(4))
    before = list(Response.everything.values())
    with pytest.raises(StaleMove) as stale:
        move_cycle(plan=seen, by=world.people[Role.SECRETARY, "c"])
    assert stale.value.plan.fingerprint != seen.fingerprint
    assert list(Response.everything.values()) == before
    assert Cycle.objects.get(pk=seen.cycle.pk).framework == world.framework


def test_a_move_sent_twice_is_done_once(world: World) -> None:
    seen = plan(world, reweighted(world))
    move_cycle(plan=seen, by=world.people[Role.SECRETARY, "c"])
    with pytest.raises(ValidationError, match="runs on this framework already"):
        move_cycle(plan=seen, by=world.people[Role.SECRETARY, "c"])
    assert Event.objects.filter(action="cycle.moved").count() == 1


def test_only_the_committees_secretary_moves_a_cycle(world: World) -> None:
    seen = plan(world, reweighted(world))
    for (role, office), person in world.people.items():
        if (role, office) != (Role.SECRETARY, "c"):
            with pytest.raises(PermissionDenied):
                move_cycle(plan=seen, by=person)


def test_only_a_published_correction_of_the_cycles_committee_will_do(world: World) -> None:
    draft = make_framework(publish=False, version="2")
    with pytest.raises(ValidationError, match="only be moved to a published framework"):
        plan(world, draft)
    with pytest.raises(ValidationError, match="runs on this framework already"):
        plan(world, world.framework)
    stranger = publish_framework(
        framework=store_framework(
            data=read_framework(framework_data(version="3")), by=None, committee=world.districts["a"].parent
        ),
        by=None,
    )
    with pytest.raises(ValidationError, match="no item in common"):
        plan(world, stranger)


def test_a_district_that_opens_after_the_move_has_the_items_of_the_correction(world: World) -> None:
    assert world.cycle is not None
    read_before = Cycle.objects.select_related("framework").get(pk=world.cycle.pk)
    framework = reweighted(world)
    move(world, framework)
    late = make_organisation("late", OrganisationKind.DISTRICT, world.committee)
    opened = open_assessment(cycle=read_before, organisation=late, by=None)
    found = {response.item.section.framework for response in opened.responses.all()}
    assert found == {framework}


def test_moving_lets_the_department_go_on(world: World) -> None:
    fill(world, "1", State.ACCEPTED)
    move(world, reweighted(world))
    response = world.response("1")
    saved = save_response(
        response=response,
        content=Content(narrative="重做", score=Decimal(3)),
        version=response.version,
        by=world.people[Role.FILLER, "a1"],
    )
    assert (saved.state, saved.department_score) == (State.DRAFT, 3)


def test_planning_makes_the_same_queries_with_one_item_and_with_many() -> None:
    made: list[int] = []
    for items in (1, 30):
        rows = [{"label": str(number), "title": "项", "weight": "1"} for number in range(items)]
        first = make_framework(code=f"code{items}", sections=[{"title": "教育", "items": rows}])
        second = corrected(first, version="2", i1={"weight": "3"})
        if not made:
            world = make_world(first)
        cycle = make_cycle(first, world.committee, code=f"y{items}")
        for district in world.districts.values():
            open_assessment(cycle=cycle, organisation=district, by=None)
        cycle = Cycle.objects.select_related("framework").get(pk=cycle.pk)
        with CaptureQueriesContext(connection) as queries:
            plan_move(cycle=cycle, framework=second)
        made.append(len(queries))
    assert made[0] == made[1]


def two_more_items() -> World:
    """A world with a bonus item (label 8) and one whose points go by rank (label 9)."""
    ranking = {"kind": "ranking", "measure": "rate", "unit": "%", "order": "highest", "points": ["2", "1"]}
    items = [
        {"label": "1", "title": "经费投入", "weight": "2"},
        {"label": "8", "title": "特色工作", "weight": "2", "bonus": True},
        {
            "label": "9",
            "title": "入园率",
            "weight": "2",
            "measures": [{"code": "rate", "name": "入园率", "unit": "%"}],
            "rules": [ranking],
        },
    ]
    return make_world(make_framework(sections=[{"title": "教育保障", "items": items}]))


def test_points_earned_go_with_the_score() -> None:
    world = two_more_items()
    response = fill(world, "8", State.ACCEPTED, score=Decimal("1.5"), reason="经验在全市推广")
    assert response.credits.count() == 1
    move(world, correction(world, i8={"weight": "1"}))
    assert content_of("8") == (State.RETURNED, "做了", None, None)
    assert world.response("8").credits.count() == 0


def test_places_stay_where_the_item_only_reads_differently() -> None:
    world = two_more_items()
    for district, rate in (("a", 95), ("b", 97)):
        give_rate(world, district, Decimal(rate))
    before = {district: world.response("9", district).district_score for district in "ab"}
    assert before == {"a": 1, "b": 2}
    move(world, correction(world, i9={"title": "学前三年入园率"}))
    assert {district: world.response("9", district).district_score for district in "ab"} == before


def give_rate(world: World, district: str, rate: Decimal) -> None:
    filler = world.people[Role.FILLER, f"{district}1"]
    head, boss = world.people[Role.DEPARTMENT_HEAD, f"{district}1"], world.people[Role.COORDINATOR, district]
    content = Content(narrative="做了", measures={"rate": rate})
    response = save_response(response=world.response("9", district), content=content, version=0, by=filler)
    response = perform(response, Action.SUBMIT, by=head, version=response.version)
    perform(response, Action.ACCEPT, by=boss, version=response.version)


def test_what_does_not_apply_has_its_points_by_the_policy_at_once(world: World) -> None:
    fill(world, "3", State.DRAFT, applicable=False, na_reason="我区暂无", score=None)
    move(world, correction(world, i3={"weight": "5"}))
    assert content_of("3") == (State.DRAFT, "做了", Decimal(5), None)
    head, boss = world.people[Role.DEPARTMENT_HEAD, "a1"], world.people[Role.COORDINATOR, "a"]
    response = perform(world.response("3"), Action.SUBMIT, by=head, version=2)
    assert perform(response, Action.ACCEPT, by=boss, version=2).district_score == Decimal(5)


def posted(world: World, path: str, by: tuple[Role, str], **fields: object) -> Any:
    client = Client()
    client.force_login(world.people[by])
    client.cookies["django_language"] = "en"
    return client.post(path, {"narrative": "刚写的文字", "reason": "", **fields})


def test_text_sent_to_an_item_that_is_gone_comes_back_to_be_copied(world: World) -> None:
    path = f"/responses/{world.response('3').pk}/"
    move(world, correction(world, drop="3"))
    answer = posted(world, path, (Role.FILLER, "a1"), version=0)
    assert answer.status_code == 410
    assert "This item has been taken out of the framework." in answer.content.decode()
    assert "刚写的文字</textarea>" in answer.content.decode()
    assert posted(world, path, (Role.FILLER, "b1"), version=0).status_code == 404


def test_step_that_a_move_has_closed_shows_the_item_as_it_stands(world: World) -> None:
    response = fill(world, "1", State.SUBMITTED)
    move(world, reweighted(world))
    path, boss = f"/responses/{response.pk}/accept/", (Role.COORDINATOR, "a")
    answer = posted(world, path, boss, version=response.version)
    assert answer.status_code == 409
    assert "Your step was not taken." in answer.content.decode()
    assert posted(world, path, boss, version=response.version + 1).status_code == 403
