"""Lists: pages without gaps, filters, and as many queries for one row as for many."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import OrganisationKind, Role
from assessments.models import Assignment, Evidence, MeasureValue
from assessments.opening import open_assessment
from tests.api.conftest import Program
from tests.factories import World, make_cycle, make_framework, make_organisation


@pytest.fixture
def coordinator(world: World, program: Program) -> Client:
    return program(world.people[Role.COORDINATOR, "a"])


def test_every_response_is_on_one_page_and_no_other(world: World, coordinator: Client) -> None:
    path, seen = "/api/v1/responses/?page_size=2", []
    while path:
        page = coordinator.get(path).json()
        seen += [row["id"] for row in page["results"]]
        path = page["next"]
    assert seen == [world.response(label).pk for label in ("1", "2", "3")]
    assert page["count"] == 3
    assert page["previous"].endswith("/api/v1/responses/?page_size=2")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("page_size=0", 400),
        ("page_size=501", 400),
        ("page_size=x", 400),
        ("page_size=%E4%B8%80", 400),
        ("page_size=" + "9" * 50, 400),
        ("page=0", 404),
        ("page=2", 404),
        ("page=x", 404),
        ("page=" + "9" * 5000, 404),
        ("page=last", 200),
        ("state=", 200),
        ("year=20211", 400),
        ("section=x", 400),
        ("assessment=99999999999999999999", 400),
        ("cycle=%00", 400),
        ("saved_since=yesterday", 400),
        ("saved_since=2021-12-01T00:00:00%2B08:00", 200),
    ],
)
def test_query_is_read_strictly(coordinator: Client, query: str, status: int) -> None:
    assert coordinator.get(f"/api/v1/responses/?{query}").status_code == status


def test_filters_narrow_what_is_visible(world: World, coordinator: Client) -> None:
    def labels(query: str) -> list[str]:
        rows = coordinator.get(f"/api/v1/responses/?{query}").json()["results"]
        return [row["item"]["label"] for row in rows]

    key = world.response("3").item.section.key
    assert labels(f"section={key}") == ["3"]
    assert labels("state=draft") == []
    assert labels("department=a1&cycle=2021&year=2021&district=a") == ["1", "2", "3"]
    assert labels("department=a2") == []
    assert labels("district=b") == []
    assert labels(f"assessment={world.assessments['b'].pk}") == []


@pytest.mark.parametrize("path", ["assessments", "cycles", "frameworks"])
def test_year_and_code_narrow_the_other_lists(world: World, coordinator: Client, path: str) -> None:
    def count(query: str) -> int:
        found: int = coordinator.get(f"/api/v1/{path}/?{query}").json()["count"]
        return found

    assert (count("year=2021"), count("year=2022")) == (1, 0)
    code = {"assessments": "cycle=2021", "cycles": "code=2021", "frameworks": "code=demo"}[path]
    assert (count(code), count(code + "x")) == (1, 0)


def test_committee_sees_how_far_districts_are_and_nothing_else(world: World, program: Program) -> None:
    secretary = program(world.people[Role.SECRETARY, "c"])
    cycle = secretary.get(f"/api/v1/cycles/{world.assessments['a'].cycle_id}/").json()
    assert [(each["district"]["code"], each["items"], each["filled"]) for each in cycle["assessments"]] == [
        ("a", 3, 0),
        ("b", 3, 0),
    ]
    for path in ("assessments", "responses", "evidence"):
        assert secretary.get(f"/api/v1/{path}/").json()["count"] == 0


def test_department_sees_its_own_district_of_a_cycle(world: World, program: Program) -> None:
    filler = program(world.people[Role.FILLER, "b1"])
    cycle = filler.get(f"/api/v1/cycles/{world.assessments['a'].cycle_id}/").json()
    assert [each["district"]["code"] for each in cycle["assessments"]] == ["b"]


def test_framework_is_the_json_that_is_exported(world: World, coordinator: Client) -> None:
    found = coordinator.get(f"/api/v1/frameworks/{world.framework.pk}/").json()
    item = found["sections"][0]["items"][1]
    assert (item["label"], item["weight"], item["measures"][0]["code"]) == ("2", "4", "share")
    assert item["rules"][0]["standard"] == "90"
    assert (found["status"], found["committee"], found["step"]) == ("published", None, "0.1")


LISTS = ("me", "frameworks", "cycles", "assessments", "responses", "evidence")


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, path
    return len(captured)


def make_evidence(world: World, number: int) -> Evidence:
    by, now = world.people[Role.FILLER, "a1"], timezone.now()
    evidence = Evidence.objects.create(
        assessment=world.assessments["a"],
        owner=world.departments["a1"],
        title=f"材料{number}",
        added_by=by,
        added_at=now,
        changed_by=by,
        changed_at=now,
    )
    for revision in range(number):
        evidence.files.create(
            number=revision + 1,
            key=f"{number}-{revision}",
            name="文件.pdf",
            format="pdf",
            size=1,
            sha256="0" * 64,
            uploaded_by=by,
            uploaded_at=evidence.added_at,
        )
    for label in ("1", "2", "3")[:number]:
        evidence.uses.create(
            response=world.response(label),
            department=world.departments["a1"],
            order=number,
            added_by=by,
            added_at=evidence.added_at,
        )
    return evidence


def test_queries_do_not_grow_with_the_rows(world: World, coordinator: Client) -> None:
    evidence = make_evidence(world, 1)
    objects = {
        "frameworks": world.framework.pk,
        "cycles": world.assessments["a"].cycle_id,
        "assessments": world.assessments["a"].pk,
        "responses": world.response("2").pk,
        "evidence": evidence.pk,
    }
    details = [f"{name}/{pk}/" for name, pk in objects.items()]
    details += [f"assessments/{world.assessments['a'].pk}/{part}/" for part in ("results", "report-files")]
    lists = [f"{name}/?page_size=1" for name in LISTS[1:]]
    coordinator.get("/api/v1/me/")
    few = {path: queries(coordinator, path) for path in [*lists, *details]}
    _grow(world, evidence)
    many = {path.replace("page_size=1", "page_size=500"): count for path, count in few.items()}
    assert {path: queries(coordinator, path) for path in many} == many


def _grow(world: World, evidence: Evidence) -> None:
    """More of everything that the coordinator of district a sees."""
    for number in (2, 3):
        make_evidence(world, number)
        framework = make_framework(code=f"demo{number}")
        cycle = make_cycle(framework, world.committee, f"202{number}")
        assessment = open_assessment(cycle=cycle, organisation=world.districts["a"], by=None)
        department = make_organisation(f"a{number}9", OrganisationKind.DEPARTMENT, world.districts["a"])
        Assignment.objects.bulk_create(
            Assignment(response=response, lead=department) for response in assessment.responses.all()
        )
        world.response("2").assignment.supporting.add(department)
    response = world.response("2")
    MeasureValue.objects.create(response=response, code="share", value=80)
    for number in range(1, 4):
        response.deductions.create(order=number, points=Decimal(1), reason="差")
    response.material_ticks.create(name="方案")
    for label in ("1", "2", "3"):
        evidence.uses.update_or_create(
            response=world.response(label),
            material="",
            defaults={
                "department": world.departments["a1"],
                "order": 9,
                "added_by": evidence.added_by,
                "added_at": evidence.added_at,
            },
        )


def test_numbers_and_times_are_plain(world: World, coordinator: Client) -> None:
    answer: dict[str, Any] = coordinator.get(f"/api/v1/frameworks/{world.framework.pk}/").json()
    assert answer["published_at"].endswith("+08:00")
    assert answer["bands"][0] == {"name": "优秀", "threshold": "90", "section_floor": None}
