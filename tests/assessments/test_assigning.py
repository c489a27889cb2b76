"""Who does what: set by one writer, all or nothing, by nobody but the district's coordinator."""

from collections.abc import Mapping, Sequence
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import OrganisationKind, Role
from assessments.assigning import (
    Assigned,
    Bulk,
    Change,
    Duty,
    StaleAssignment,
    Unassignable,
    assign_items,
    board_of,
    store_assignments,
)
from assessments.assigning_proposals import Offices, as_framework_says, as_last_year, duty_in
from assessments.models import Assignment, Contribution, Response
from assessments.opening import open_assessment
from assessments.states import State
from audit.models import Event
from tests.factories import (
    World,
    every_kind_data,
    make_cycle,
    make_framework,
    make_organisation,
    make_real_framework,
    make_world,
)


def assign(
    world: World,
    leads: Mapping[str, str],
    supports: Mapping[str, Sequence[str]],
    deadlines: Mapping[str, date] | None = None,
) -> Assigned:
    return assign_items(
        assessment=world.assessments["a"], leads=leads, supports=supports, deadlines=deadlines, by=None
    )


def assigned(world: World) -> dict[str, tuple[str, list[str]]]:
    return {
        assignment.response.item.label: (
            assignment.lead.code,
            [department.code for department in assignment.supporting.order_by("code")],
        )
        for assignment in Assignment.objects.filter(response__assessment=world.assessments["a"])
    }


def duties(world: World) -> dict[str, Duty]:
    return {line.response.item.label: line.duty for line in board_of(world.assessments["a"]).lines}


def duty(world: World, lead: str, *supporting: str, due_on: date | None = None) -> Duty:
    return Duty(
        world.departments[lead].pk, frozenset(world.departments[code].pk for code in supporting), due_on
    )


def change(world: World, label: str, becomes: Duty) -> Change:
    return Change(world.response(label).pk, duties(world)[label], becomes)


def store(world: World, *changes: Change) -> Assigned:
    coordinator = world.people[Role.COORDINATOR, "a"]
    return store_assignments(assessment=world.assessments["a"], changes=changes, by=coordinator)


# One writer.


def test_storing_sets_lead_support_and_deadline_with_its_event(world: World) -> None:
    day = date(2022, 1, 7)
    done = store(
        world,
        change(world, "1", duty(world, "a2", "a1", due_on=day)),
        change(world, "2", Duty()),
        change(world, "3", duty(world, "a1")),
    )
    assert duties(world) == {"1": duty(world, "a2", "a1", due_on=day), "2": Duty(), "3": duty(world, "a1")}
    assert [found.response for found in done.changes] == [world.response("1").pk, world.response("2").pk]
    event = Event.objects.order_by("-sequence")[0]
    before: dict[str, object] = {"lead": "a1", "supporting": [], "due_on": None}
    assert (event.action, event.actor_name, event.organisation_id, event.details) == (
        "assessment.assigned",
        "coordinator-a",
        world.districts["a"].pk,
        {
            "changes": [
                {
                    "item": "1 经费投入",
                    "response": world.response("1").pk,
                    "before": before,
                    "after": {"lead": "a2", "supporting": ["a1"], "due_on": "2022-01-07"},
                },
                {
                    "item": "2 标准班额",
                    "response": world.response("2").pk,
                    "before": before,
                    "after": {"lead": None, "supporting": [], "due_on": None},
                },
            ]
        },
    )


def test_storing_what_is_already_so_writes_nothing(world: World) -> None:
    before = Event.objects.count()
    assert store(world, change(world, "1", duty(world, "a1"))) == Assigned()
    assert Event.objects.count() == before


def test_undoing_brings_back_what_was(world: World) -> None:
    before = duties(world)
    done = store(world, change(world, "1", duty(world, "a2", "a1")), change(world, "2", Duty()))
    store(world, *(found.undone for found in done.changes))
    assert duties(world) == before


@pytest.mark.parametrize(
    ("role", "organisation"),
    [
        (Role.LEADER, "a"),
        (Role.AUDITOR, "a"),
        (Role.ADMINISTRATOR, "a"),
        (Role.DEPARTMENT_HEAD, "a1"),
        (Role.SECRETARY, "c"),
        (Role.COORDINATOR, "b"),
    ],
)
def test_nobody_but_the_districts_coordinator_assigns(world: World, role: Role, organisation: str) -> None:
    before = duties(world)
    with pytest.raises(PermissionDenied):
        store_assignments(
            assessment=world.assessments["a"],
            changes=[change(world, "1", duty(world, "a2"))],
            by=world.people[role, organisation],
        )
    assert duties(world) == before


def refused(world: World, *changes: Change) -> list[str]:
    before, events = duties(world), Event.objects.count()
    with pytest.raises(ValidationError) as problem:
        store(world, *changes)
    assert (duties(world), Event.objects.count()) == (before, events)
    return problem.value.messages


def test_departments_of_another_district_are_refused(world: World) -> None:
    good = change(world, "2", duty(world, "a2"))
    message = "“1 经费投入”: This is not a department of the district."
    assert refused(world, good, change(world, "1", duty(world, "b1"))) == [message]
    assert refused(world, good, change(world, "1", duty(world, "a1", "b1"))) == [message]
    assert refused(world, change(world, "1", Duty(world.districts["a"].pk))) == [message]
    assert refused(world, change(world, "1", Duty(10**18))) == [message]


def test_items_of_another_district_are_refused(world: World) -> None:
    foreign = Change(world.response("1", "b").pk, duty(world, "b1"), duty(world, "a1"))
    assert refused(world, foreign) == ["An item is not in this assessment any more. Nothing was stored."]


def test_department_does_not_lead_and_support_at_once(world: World) -> None:
    assert refused(world, change(world, "1", duty(world, "a1", "a1", "a2"))) == [
        "“1 经费投入”: 单位a1 leads this item; it cannot support it too."
    ]


def test_without_a_lead_there_is_neither_support_nor_deadline(world: World) -> None:
    alone = Duty(None, frozenset({world.departments["a2"].pk}))
    dated = Duty(None, frozenset(), date(2022, 1, 1))
    for wrong in (alone, dated):
        assert refused(world, change(world, "1", wrong)) == [
            "“1 经费投入”: Choose the lead department first."
        ]


def test_deadline_before_the_cycle_opens_is_refused_and_after_its_end_remarked(world: World) -> None:
    early = duty(world, "a1", due_on=date(2021, 11, 30))
    assert refused(world, change(world, "1", early)) == [
        "“1 经费投入”: The deadline is before the cycle opens (2021-12-01)."
    ]
    late = duty(world, "a1", due_on=date(2022, 1, 15))
    assert store(world, change(world, "1", late)).remarks == ["Due after the cycle (2022-01-14): 1."]
    assert duties(world)["1"] == late


def test_items_that_the_committee_alone_scores_are_refused(db: None) -> None:
    world = make_world(make_framework(**every_kind_data()))
    Assignment.objects.all().delete()
    assert refused(world, change(world, "核1", duty(world, "a1"))) == [
        "“核1 社会满意度”: The committee alone scores this item; nobody is to fill it in."
    ]
    assert "核1" not in {line.response.item.label for line in board_of(world.assessments["a"]).unassigned}


def test_all_faults_are_told_by_item_and_field(world: World) -> None:
    wrong = duty(world, "b1", "b1", due_on=date(2020, 1, 1))
    with pytest.raises(Unassignable) as problem:
        store(world, change(world, "1", wrong))
    ((_pk, faults),) = problem.value.faults.items()
    assert [fault.field for fault in faults] == ["lead", "supporting", "supporting", "due_on"]


def test_begun_item_keeps_what_was_written_when_its_lead_goes(world: World) -> None:
    Response.objects.filter(pk=world.response("1").pk).update(state=State.DRAFT, narrative="已落实。")
    done = store(world, change(world, "1", Duty()), change(world, "2", Duty()))
    assert done.remarks == ["Begun by another department: 1. What was written stays with the item."]
    assert world.response("1").narrative == "已落实。"


def test_contribution_of_a_department_taken_off_stays(world: World) -> None:
    store(world, change(world, "1", duty(world, "a1", "a2")), change(world, "2", duty(world, "a1", "a2")))
    department = world.departments["a2"]
    for label, text in (("1", "配合做了"), ("2", "")):
        Contribution.objects.create(response=world.response(label), department=department, text=text)
    done = store(world, change(world, "1", duty(world, "a1")), change(world, "2", duty(world, "a1")))
    assert done.remarks == ["单位a2 has written on “1 经费投入”; what it wrote stays there to be read."]
    assert Contribution.objects.get(response=world.response("1")).text == "配合做了"


def test_two_who_assign_do_not_overwrite_each_other_unseen(world: World) -> None:
    first, second = change(world, "1", duty(world, "a2")), change(world, "1", duty(world, "a1", "a2"))
    other = change(world, "2", duty(world, "a2"))
    store(world, first)
    with pytest.raises(StaleAssignment) as stale:
        store(world, second, other)
    assert stale.value.moved == {world.response("1").pk}
    assert duties(world)["2"] == duty(world, "a1")
    # Another item is nobody's quarrel, and the same twice is no conflict.
    store(world, other, first)
    assert duties(world)["2"] == duty(world, "a2")


def test_storing_takes_the_same_queries_for_one_item_and_for_54(db: None) -> None:
    world = make_world(make_real_framework())
    counts = []
    for lines in (board_of(world.assessments["a"]).lines[:1], board_of(world.assessments["a"]).lines[1:]):
        changes = [
            Change(line.response.pk, line.duty, duty(world, "a2", "a1", due_on=date(2022, 1, 1)))
            for line in lines
        ]
        with CaptureQueriesContext(connection) as queries:
            store(world, *changes)
        counts.append(len(queries))
    assert counts == [15, 15]


@pytest.mark.parametrize(
    "text",
    ["", "1", "1|2", "1|::|x::", "x|::|::", "1|::|:1.x:", "1|::|::2022-13-01", "1|::|::|::", "1|:|::"],
)
def test_change_that_cannot_be_read_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of int, date or unpacking alike
        Change.read(text)


def test_change_reads_what_it_wrote() -> None:
    written = Change(7, Duty(), Duty(1, frozenset({3, 2}), date(2022, 1, 7)))
    assert str(written) == "7|::|1:2.3:2022-01-07"
    assert Change.read(str(written)) == written


def test_bulk_changes_only_what_is_chosen() -> None:
    before = Duty(1, frozenset({2, 3}), date(2022, 1, 7))
    assert not Bulk()
    assert Bulk().applied_to(before) == before
    assert Bulk(lead=2).applied_to(before) == Duty(2, frozenset({3}), date(2022, 1, 7))
    assert Bulk(add=frozenset({1, 4})).applied_to(before) == Duty(1, frozenset({2, 3, 4}), date(2022, 1, 7))
    assert Bulk(remove=frozenset({3})).applied_to(before) == Duty(1, frozenset({2}), date(2022, 1, 7))
    assert Bulk(due_on=date(2022, 1, 9)).applied_to(before).due_on == date(2022, 1, 9)
    assert Bulk(by_cycle=True).applied_to(before).due_on is None
    assert Bulk(nobody=True).applied_to(before) == Duty()


def test_loads_count_items_led_and_supported(world: World) -> None:
    store(world, change(world, "1", duty(world, "a2", "a1")))
    board = board_of(world.assessments["a"])
    assert [(found.code, led, supported) for found, led, supported in board.loads()] == [
        ("a1", 2, 1),
        ("a2", 1, 0),
    ]


# By name.


def test_assigning_replaces_what_was_set(world: World) -> None:
    assign(world, {"1": "a1", "2": "a1", "3": "a2"}, {"1": ["a2"], "3": ["a1"]}, {"3": date(2022, 1, 3)})
    assign(world, {"1": "a2", "2": "a1"}, {"2": ["a2"]})
    assert assigned(world) == {"1": ("a2", []), "2": ("a1", ["a2"]), "3": ("a2", ["a1"])}
    assert duties(world)["3"].due_on == date(2022, 1, 3)


def test_assigning_names_what_does_not_exist_and_stores_nothing(world: World) -> None:
    before = assigned(world)
    with pytest.raises(ValidationError) as problem:
        assign(world, {"1": "b1", "9": "a1", "2": "a2"}, {"3": ["a1"], "1": ["c"]}, {"7": date(2022, 1, 1)})
    assert problem.value.messages == ["Not in this assessment: 3, 7, 9, b1, c."]
    assert assigned(world) == before


@pytest.fixture
def repeating(db: None) -> World:
    """A world where labels repeat, with nobody assigned."""
    world = make_world(make_framework(**every_kind_data()))
    Assignment.objects.all().delete()
    return world


def test_number_that_repeats_is_told_apart_by_what_stands_above_it(repeating: World) -> None:
    assign(repeating, {"综合保障/1": "a1", "A2/1": "a2", "经费投入/3": "a2", "4": "a1"}, {"A2/1": ["a1"]})
    assert {
        (assignment.response.item.title, assignment.lead.code) for assignment in Assignment.objects.all()
    } == {("制度建设情况", "a1"), ("抽检合格率", "a2"), ("资金到位率", "a2"), ("通过认证", "a1")}


def test_number_that_says_too_little_is_named(repeating: World) -> None:
    with pytest.raises(ValidationError) as problem:
        assign(repeating, {"1": "a1", "4": "a1"}, {})
    assert problem.value.messages == [
        "Several items have the number 1. Write what stands above it, such as "
        "综合保障/制度建设/1, 质量安全/1."
    ]
    assert not Assignment.objects.exists()


def test_item_that_is_given_twice_is_refused(repeating: World) -> None:
    with pytest.raises(ValidationError) as problem:
        assign(repeating, {"综合保障/1": "a1", "制度建设/1": "a2"}, {})
    assert problem.value.messages == ["Given twice: 制度建设/1, 综合保障/1."]


# As last year.


def next_year(world: World) -> World:
    """The district's assessment of the next year in place of this one's; this one's stays in the database."""
    cycle = make_cycle(world.framework, world.committee, code="2022")
    cycle.year = 2022
    cycle.save()
    world.assessments["a"] = open_assessment(cycle=cycle, organisation=world.districts["a"], by=None)
    return world


def test_last_years_lead_and_support_are_proposed_without_the_deadline(world: World) -> None:
    assign(world, {"1": "a2", "2": "a1"}, {"1": ["a1"]}, {"1": date(2022, 1, 3)})
    world.response("3").assignment.delete()
    next_year(world)
    proposal = as_last_year(board_of(world.assessments["a"]))
    assert proposal.source is not None
    assert [(found.was, found.becomes) for found in proposal.changes] == [
        (Duty(), duty(world, "a2", "a1")),
        (Duty(), duty(world, "a1")),
    ]
    assert [line.response.item.label for line in proposal.without] == ["3"]
    assert duties(world)["1"] == Duty()


def test_last_years_leave_alone_what_has_a_lead_unless_asked(world: World) -> None:
    next_year(world)
    assign(world, {"1": "a2", "2": "a1"}, {})
    board = board_of(world.assessments["a"])
    by_item = {line.response.pk: line.response.item.label for line in board.lines}
    assert [by_item[found.response] for found in as_last_year(board).changes] == ["3"]
    assert [by_item[found.response] for found in as_last_year(board, again=True).changes] == ["1", "3"]


def test_item_with_another_key_is_found_by_its_title(world: World) -> None:
    assign(world, {"1": "a2", "2": "a1", "3": "a1"}, {})
    world.framework = make_framework(code="other")
    proposal = as_last_year(board_of(next_year(world).assessments["a"]))
    assert [found.becomes for found in proposal.changes] == [
        duty(world, "a2"),
        duty(world, "a1"),
        duty(world, "a1"),
    ]


def test_without_a_year_before_there_is_nothing_to_propose(world: World) -> None:
    proposal = as_last_year(board_of(world.assessments["a"]), again=True)
    assert (proposal.source, proposal.changes) == (None, ())


# As the framework says.


@pytest.mark.parametrize(
    ("prose", "lead", "supporting"),
    [
        ("区教育局", "区教育局", []),
        ("教育局、财政局", "区教育局", ["区财政局"]),
        ("县财政局；配合单位：教育局、人社局", "区财政局", ["区教育局", "区人社局"]),
        ("牵头：财政局，协同：财政局、公安分局", "区财政局", ["区公安分局"]),
        ("国有资产管理局、财政局", "区财政局", []),
        ("各乡镇", None, []),
        ("配合：教育局", None, []),
        ("", None, []),
    ],
)
def test_responsible_offices_are_matched_by_name(
    db: None, prose: str, lead: str | None, supporting: list[str]
) -> None:
    committee = make_organisation("x", OrganisationKind.COMMITTEE)
    district = make_organisation("x1", OrganisationKind.DISTRICT, committee)
    departments = {}
    for number, name in enumerate(("区教育局", "区财政局", "区人社局", "区公安分局")):
        found = make_organisation(f"x1-{number}", OrganisationKind.DEPARTMENT, district)
        found.name = name
        departments[found.pk] = found
    meant = duty_in(prose, Offices(departments))
    names = {pk: found.name for pk, found in departments.items()}
    assert (names[meant.lead] if meant and meant.lead else None) == lead
    assert sorted(names[pk] for pk in (meant.supporting if meant else ())) == sorted(supporting)


def test_framework_is_asked_only_for_items_without_a_lead(repeating: World) -> None:
    department = repeating.departments["a2"]
    department.name = "区教育局"
    department.save()
    board = board_of(repeating.assessments["a"])
    (only,) = as_framework_says(board).changes
    assert (board.by_response[only.response].response.item.title, only.becomes) == (
        "制度建设情况",
        Duty(department.pk),
    )
    store(repeating, only)
    assert as_framework_says(board_of(repeating.assessments["a"])).changes == ()
