"""My tasks: what a department leads and supports, by deadline and state, with what comes next."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from accounts.standing import standing_of
from assessments.assigning import assign_items
from assessments.deadlines import Deadline
from assessments.models import Contribution, Response
from assessments.opening import open_assessment
from assessments.states import State
from assessments.tasks import Task, TaskList, next_to_do, next_to_submit, tasks_of
from tests.factories import World, make_cycle, make_real_framework

TODAY = timezone.localdate()


@pytest.fixture
def world(world: World) -> World:
    """Department a1 leads items 1 and 2 and supports 3; item 2 is due tomorrow, the cycle in ten days."""
    assert world.cycle is not None
    world.cycle.due_on = TODAY + timedelta(days=10)
    world.cycle.save()
    assign_items(
        assessment=world.assessments["a"],
        leads={"1": "a1", "2": "a1", "3": "a2"},
        supports={"3": ["a1"]},
        deadlines={"2": TODAY + timedelta(days=1)},
        by=None,
    )
    return world


def put(world: World, label: str, state: State, **fields: object) -> None:
    Response.objects.filter(pk=world.response(label).pk).update(state=state, **fields)


def lists(world: World, role: Role = Role.FILLER, department: str = "a1") -> list[TaskList]:
    return tasks_of(standing_of(world.people[role, department]))


def tasks(world: World, role: Role = Role.FILLER, department: str = "a1") -> dict[str, Task]:
    return {
        task.response.item.label: task for found in lists(world, role, department) for task in found.tasks
    }


def client_of(world: World, role: Role, organisation: str) -> Client:
    client = Client()
    client.force_login(world.people[role, organisation])
    client.cookies["django_language"] = "en"
    return client


@pytest.mark.parametrize(
    ("days", "words", "late", "soon"),
    [
        (-2, "2 days late", True, False),
        (-1, "1 day late", True, False),
        (0, "due today", False, True),
        (1, "1 day left", False, True),
        (3, "3 days left", False, True),
        (4, "4 days left", False, False),
    ],
)
def test_deadline_says_how_long_there_is(days: int, words: str, late: bool, soon: bool) -> None:
    today = date(2026, 2, 27)
    deadline = Deadline(today + timedelta(days=days), today)
    assert (str(deadline), deadline.is_late, deadline.is_soon) == (words, late, soon)


def test_tasks_are_what_a_department_leads_and_supports_by_deadline(world: World) -> None:
    (found,) = lists(world)
    assert [(task.response.item.label, task.supports, task.urgency) for task in found.tasks] == [
        ("2", False, "soon"),
        ("1", False, "later"),
        ("3", True, "later"),
    ]
    assert [task.deadline.days for task in found.tasks] == [1, 10, 10]
    assert list(tasks(world, department="a2")) == ["3"]
    assert lists(world, Role.COORDINATOR, "a") == []


def test_returned_comes_first_and_done_last(world: World) -> None:
    put(world, "1", State.RETURNED, return_reason="请补充数据")
    put(world, "2", State.SUBMITTED)
    (found,) = lists(world)
    assert [(task.response.item.label, task.urgency) for task in found.tasks] == [
        ("1", "returned"),
        ("3", "later"),
        ("2", "done"),
    ]
    page = client_of(world, Role.FILLER, "a1").get("/tasks/").content.decode()
    assert "Returned: 请补充数据" in page


def test_passed_deadline_is_late_only_while_something_is_to_do(world: World) -> None:
    assert world.cycle is not None
    world.cycle.due_on = TODAY - timedelta(days=2)
    world.cycle.save()
    put(world, "1", State.ACCEPTED, district_score=Decimal(2))
    found = tasks(world)
    assert {label: task.is_late for label, task in found.items()} == {"1": False, "2": False, "3": True}
    assert found["3"].urgency == "late"


def test_begun_items_say_what_is_missing(world: World) -> None:
    put(world, "1", State.DRAFT, narrative="已落实。")
    put(world, "2", State.RETURNED)
    found = tasks(world)
    assert found["1"].missing == ("self-assessed score",)
    assert found["2"].missing == ("标准班额占比", "what was done", "self-assessed score")
    assert found["3"].missing == ()


def test_complete_draft_waits_for_who_may_submit(world: World) -> None:
    put(world, "1", State.DRAFT, narrative="已落实。", department_score=Decimal(2))
    for role, may_submit in ((Role.FILLER, False), (Role.DEPARTMENT_HEAD, True)):
        task = tasks(world, role)["1"]
        assert (task.is_filled, task.may_submit, task.matches("submit")) == (True, may_submit, may_submit)
        submitting = next_to_submit(lists(world, role))
        assert (submitting.response.item.label if submitting else None) == ("1" if may_submit else None)


def test_next_is_what_was_returned_then_by_deadline_then_what_is_supported(world: World) -> None:
    def following() -> str | None:
        found = next_to_do(lists(world))
        return found.response.item.label if found else None

    assert following() == "2"
    put(world, "1", State.RETURNED)
    assert following() == "1"
    put(world, "1", State.SUBMITTED)
    put(world, "2", State.SUBMITTED)
    assert following() == "3"
    Contribution.objects.create(
        response=world.response("3"), department=world.departments["a1"], text="配合做了", done=True
    )
    assert following() is None


def test_contribution_counts_as_done_by_its_mark(world: World) -> None:
    mine = Contribution.objects.create(
        response=world.response("3"), department=world.departments["a1"], text="配合做了"
    )
    assert tasks(world)["3"].is_open
    assert lists(world)[0].contributed == 0
    mine.done = True
    mine.save()
    assert not tasks(world)["3"].is_open
    assert lists(world)[0].contributed == 1


def test_progress_counts_what_was_handed_in(world: World) -> None:
    put(world, "1", State.SUBMITTED)
    (found,) = lists(world)
    assert (len(found.led), found.handed_in, len(found.supported), found.contributed) == (2, 1, 1, 0)
    assert not found.is_settled


@pytest.mark.parametrize(
    ("shown", "labels"),
    [
        ("", ["2", "3"]),
        ("open", ["2", "3"]),
        ("returned", []),
        ("supported", ["3"]),
        ("submitted", []),
        ("accepted", ["1"]),
        ("all", ["2", "3", "1"]),
        ("elsewhere", ["2", "3"]),
    ],
)
def test_list_narrows_by_state(world: World, shown: str, labels: list[str]) -> None:
    put(world, "1", State.ACCEPTED, district_score=Decimal(2))
    page = client_of(world, Role.FILLER, "a1").get("/tasks/", {"show": shown})
    ((_list, found),) = page.context["lists"]
    assert [task.response.item.label for task in found] == labels


def test_start_page_of_who_fills_in_is_the_tasks(world: World) -> None:
    for role, organisation, template in (
        (Role.FILLER, "a1", "assessments/tasks.html"),
        (Role.DEPARTMENT_HEAD, "a1", "assessments/tasks.html"),
        (Role.COORDINATOR, "a", "assessments/home.html"),
        (Role.SECRETARY, "c", "assessments/home.html"),
        (Role.ADMINISTRATOR, "a", "assessments/home.html"),
    ):
        page = client_of(world, role, organisation).get("/")
        assert page.templates[0].name == template


def test_empty_lists_say_what_happens_next(world: World) -> None:
    assign_items(assessment=world.assessments["a"], leads={"3": "a1"}, supports={}, by=None)
    page = client_of(world, Role.FILLER, "a2").get("/tasks/").content.decode()
    assert "As soon as the district's coordinator has assigned items" in page
    assert (
        "You fill in for no department." in client_of(world, Role.LEADER, "a").get("/tasks/").content.decode()
    )
    for label in ("1", "2", "3"):
        put(world, label, State.ACCEPTED, district_score=Decimal(2))
    page = client_of(world, Role.FILLER, "a1").get("/tasks/").content.decode()
    assert "All accepted; nothing is left to do." in page


def test_items_of_other_districts_are_nobodys_tasks(world: World) -> None:
    Response.objects.filter(assessment=world.assessments["b"]).update(narrative="乙区")
    assert {task.response.assessment_id for task in tasks(world).values()} == {world.assessments["a"].pk}


def test_tasks_take_the_same_queries_for_few_and_for_many(world: World) -> None:
    client = client_of(world, Role.DEPARTMENT_HEAD, "a1")
    put(world, "1", State.DRAFT, narrative="已落实。")
    before = queries_of(client)
    cycle = make_cycle(make_real_framework(), world.committee, code="2022")
    large = open_assessment(cycle=cycle, organisation=world.districts["a"], by=None)
    leads = {response.item.label: "a1" for response in large.responses.select_related("item")}
    assign_items(assessment=large, leads=leads, supports={"1": ["a2"]}, by=None)
    Response.objects.filter(assessment=large).update(state=State.DRAFT, narrative="已落实。")
    assert queries_of(client) == before


def queries_of(client: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/").status_code == 200
    return len(queries)
