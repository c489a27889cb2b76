"""The start page and the page of an assessment: what each person finds there, in how many queries."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from assessments.assigning import assign_items
from assessments.models import Response
from assessments.opening import open_assessment
from assessments.states import State
from tests.factories import World, make_cycle, make_framework, make_real_world, make_world


def signed_in(world: World, role: Role, organisation: str) -> Client:
    client = Client()
    client.force_login(world.people[role, organisation])
    client.cookies["django_language"] = "en"
    return client


def put(world: World, state: State, label: str, district: str = "a", **fields: object) -> None:
    Response.objects.filter(pk=world.response(label, district).pk).update(state=state, **fields)


@pytest.mark.parametrize(
    ("role", "organisation", "districts"),
    [
        (Role.FILLER, "a1", ["a"]),
        (Role.DEPARTMENT_HEAD, "b2", ["b"]),
        (Role.COORDINATOR, "a", ["a"]),
        (Role.LEADER, "b", ["b"]),
        (Role.AUDITOR, "a", ["a"]),
        (Role.ADMINISTRATOR, "a", []),
        (Role.SECRETARY, "c", []),
        (Role.ADMINISTRATOR, "c", []),
    ],
)
def test_list_has_the_assessments_of_ones_own_district(
    world: World, role: Role, organisation: str, districts: list[str]
) -> None:
    page = signed_in(world, role, organisation).get("/assessments/")
    assert [assessment.organisation.code for assessment in page.context["assessments"]] == districts


@pytest.mark.parametrize(
    ("role", "organisation", "cycles"),
    [
        (Role.SECRETARY, "c", ["2021"]),
        (Role.VERIFIER, "c", ["2021"]),
        (Role.AUDITOR, "c", ["2021"]),
        (Role.ADMINISTRATOR, "c", []),
        (Role.AUDITOR, "a", []),
        (Role.COORDINATOR, "a", []),
    ],
)
def test_start_page_shows_a_committee_the_counts_of_its_cycles(
    world: World, role: Role, organisation: str, cycles: list[str]
) -> None:
    page = signed_in(world, role, organisation).get("/")
    assert [cycle.code for cycle in page.context["cycles"]] == cycles


def test_counts_say_how_far_an_assessment_is(world: World) -> None:
    put(world, State.RETURNED, "1")
    put(world, State.SUBMITTED, "2")
    put(world, State.ACCEPTED, "3", district_score=Decimal(4))
    (own,) = signed_in(world, Role.FILLER, "a1").get("/assessments/").context["assessments"]
    assert (own.items, own.filled, own.to_review, own.accepted) == (3, 3, 0, 1)
    assert (own.own, own.own_open, own.own_returned) == (3, 1, 1)
    (other,) = signed_in(world, Role.FILLER, "a2").get("/assessments/").context["assessments"]
    assert (other.items, other.own, other.own_open) == (3, 0, 0)
    waiting = {
        role: signed_in(world, role, "a").get("/").context["assessments"].get().to_review
        for role in (Role.COORDINATOR, Role.LEADER, Role.AUDITOR)
    }
    assert waiting == {Role.COORDINATOR: 1, Role.LEADER: 0, Role.AUDITOR: 0}
    (cycle,) = signed_in(world, Role.SECRETARY, "c").get("/").context["cycles"]
    counts = [(found.organisation.code, found.items, found.filled) for found in cycle.assessments.all()]
    assert counts == [("a", 3, 3), ("b", 3, 0)]


def test_committee_reads_no_contents_before_submission(world: World) -> None:
    put(world, State.ACCEPTED, "1", narrative="只在本区可见的文字", district_score=Decimal(2))
    for role in (Role.SECRETARY, Role.VERIFIER, Role.AUDITOR, Role.ADMINISTRATOR):
        client = signed_in(world, role, "c")
        assert "只在本区可见的文字" not in client.get("/").content.decode()
        assert client.get(f"/assessments/{world.assessments['a'].pk}/").status_code == 404
        assert client.get(f"/responses/{world.response('1').pk}/").status_code == 404


def test_assessment_page_shows_whole_and_total_to_the_district(world: World) -> None:
    for label, score in (("1", 2), ("2", 4), ("3", 4)):
        put(world, State.DRAFT, label, department_score=Decimal(score))
    page = signed_in(world, Role.LEADER, "a").get(f"/assessments/{world.assessments['a'].pk}/")
    assert [entry.item.label for entry in page.context["results"].responses()] == ["1", "2", "3"]
    assert page.context["results"].total.total == 10
    assert "优秀" in page.content.decode()


def test_assessment_page_shows_a_department_its_own_and_what_is_accepted(world: World) -> None:
    assign_items(
        assessment=world.assessments["a"],
        leads={"1": "a1", "2": "a2", "3": "a2"},
        supports={"2": ["a1"]},
        by=None,
    )
    url = f"/assessments/{world.assessments['a'].pk}/"
    client = signed_in(world, Role.FILLER, "a1")
    assert labels(client, url) == ["1", "2"]
    put(world, State.ACCEPTED, "3", department_score=Decimal(4), district_score=Decimal(4))
    assert labels(client, url) == ["1", "2", "3"]


def labels(client: Client, url: str) -> list[str]:
    return [entry.item.label for entry in client.get(url).context["results"].responses()]


def test_assessment_page_without_an_item_of_ones_own_says_so(world: World) -> None:
    page = signed_in(world, Role.FILLER, "a2").get(f"/assessments/{world.assessments['a'].pk}/")
    assert page.status_code == 200
    assert "results" not in page.context


@pytest.mark.parametrize(("role", "organisation"), [(Role.FILLER, "a1"), (Role.COORDINATOR, "a")])
def test_assessment_page_holds_where_no_points_are_to_be_had(db: None, role: Role, organisation: str) -> None:
    world = make_world(make_framework(na_policy="exclude", sections=[NOT_APPLICABLE]))
    put(world, State.DRAFT, "1", applicable=False, na_reason="我区暂无高中")
    page = signed_in(world, role, organisation).get(f"/assessments/{world.assessments['a'].pk}/")
    assert page.status_code == 200
    assert page.context["results"].total is None


NOT_APPLICABLE = {
    "title": "高中教育",
    "items": [{"label": "1", "title": "高中", "weight": "4", "na_allowed": True}],
}


def test_pages_take_the_same_queries_for_one_item_and_for_54(db: None) -> None:
    world = make_real_world()
    sections = [{"title": "一", "items": [{"label": "1", "title": "一", "weight": "1"}]}]
    cycle = make_cycle(make_framework(code="small", sections=sections), world.committee, code="small")
    small = open_assessment(cycle=cycle, organisation=world.districts["a"], by=None)
    assign_items(assessment=small, leads={"1": "a1"}, supports={}, by=None)
    for role, organisation in ((Role.COORDINATOR, "a"), (Role.FILLER, "a1")):
        client = signed_in(world, role, organisation)
        counts = []
        for pk in (small.pk, world.assessments["a"].pk):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"/assessments/{pk}/").status_code == 200
            counts.append(len(queries))
        assert counts == [13, 13]


def test_start_page_takes_the_same_queries_for_one_assessment_and_for_two(world: World) -> None:
    clients = [signed_in(world, Role.FILLER, "a1"), signed_in(world, Role.SECRETARY, "c")]
    before = [queries_of(client) for client in clients]
    cycle = make_cycle(world.framework, world.committee, code="2022")
    for district in world.districts.values():
        open_assessment(cycle=cycle, organisation=district, by=None)
    assert [queries_of(client) for client in clients] == before


def queries_of(client: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/").status_code == 200
    return len(queries)
