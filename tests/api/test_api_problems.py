"""Every refusal is a problem in the sense of RFC 9457, in the language that the program asks for."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.roles import Role
from tests.api.conftest import Program
from tests.factories import World


def problem(answer: Any) -> dict[str, Any]:
    body = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert body["status"] == answer.status_code
    assert body["type"].startswith("urn:selfassess:problem:")
    assert body["title"]
    assert body["detail"]
    found: dict[str, Any] = body
    return found


@pytest.fixture
def filler(world: World, program: Program) -> Client:
    return program(world.people[Role.FILLER, "a1"])


def test_not_signed_in(world: World) -> None:
    answer = Client().get("/api/v1/me/", headers={"Accept-Language": "en"})
    assert problem(answer) == {
        "type": "urn:selfassess:problem:not-signed-in",
        "title": "Not signed in",
        "status": 401,
        "detail": "Send a valid token, or the cookie of a session.",
    }
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_forbidden_and_invisible(world: World, filler: Client) -> None:
    own, other = (world.assessments[district].pk for district in ("a", "b"))
    assert problem(filler.get(f"/api/v1/assessments/{own}/results/"))["status"] == 403
    assert problem(filler.get(f"/api/v1/assessments/{other}/results/"))["status"] == 404
    assert problem(filler.get(f"/api/v1/assessments/{10**30}/results/"))["status"] == 404


@pytest.mark.parametrize("path", ["/api", "/api/v1/", "/api/v1/nothing/", "/api/v2/me/", "/api/v1/me/x"])
def test_addresses_that_are_not_there(filler: Client, path: str) -> None:
    assert problem(filler.get(path))["type"] == "urn:selfassess:problem:not-found"


def test_methods_and_forms_that_are_not_there(filler: Client) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
        answer = filler.generic(method, "/api/v1/me/")
        assert (problem(answer)["status"], answer.headers["Allow"]) == (405, "GET, HEAD"), method
    assert problem(filler.get("/api/v1/me/", headers={"Accept": "text/csv"}))["status"] == 406
    assert filler.get("/api/v1/me/", headers={"Accept": "text/html,*/*;q=0.8"}).status_code == 200


def test_body_that_is_no_json(world: World, filler: Client) -> None:
    path = f"/api/v1/responses/{world.response('1').pk}/"
    headers = {"If-Match": '"0"'}
    deep = '{"losses": ' + "[" * 30 + "]" * 30 + "}"
    halves = ('{"\\ud800": 1}', '{"measures": {"\\ud800": "1"}}', '{"narrative": "\\ud800"}')
    for body in ("{", '{"narrative": NaN}', b"\xff", "[" * 100_000, deep, *halves):
        answer = filler.patch(path, body, "application/json", headers=headers)
        assert problem(answer)["status"] == 400, body[:20]
    answer = filler.patch(path, '{"narrative":\n"x"', "application/json", headers=headers)
    assert problem(answer)["detail"] == "This is not JSON: line 2, column 4 cannot be read."
    answer = filler.patch(path, "[]", "application/json", headers=headers)
    assert problem(answer)["status"] == 400
    answer = filler.patch(path, "narrative=x", "application/x-www-form-urlencoded", headers=headers)
    assert problem(answer)["status"] == 415
    answer = filler.patch(path, "{}", "application/json; charset=gbk", headers=headers)
    assert problem(answer)["status"] == 400
    answer = filler.patch(
        path, json.dumps({"narrative": "长" * 3_000_000}), "application/json", headers=headers
    )
    assert problem(answer)["status"] == 413


def test_unknown_query_is_refused_with_what_there_is(filler: Client) -> None:
    answer = filler.get("/api/v1/cycles/?yaer=2021")
    assert problem(answer)["errors"] == {
        "yaer": ["There is no such field here. There are: year, code, page, page_size."]
    }


def test_what_is_said_twice_is_refused(filler: Client) -> None:
    """Which of them was meant, nobody knows."""
    answer = filler.get("/api/v1/responses/?state=draft&state=returned&page=1&page=2")
    assert problem(answer)["errors"] == {"state": ["Give this once."], "page": ["Give this once."]}


def test_body_of_unsaid_length_is_refused(world: World, filler: Client) -> None:
    """The server gives us none of it; the change would be answered as if nothing had been sent."""
    headers = {"If-Match": '"0"', "Transfer-Encoding": "chunked"}
    path = f"/api/v1/responses/{world.response('1').pk}/"
    answer = filler.patch(path, "", "application/json", headers=headers)
    assert problem(answer)["status"] == 411


def test_description_is_refused_in_json_too(filler: Client) -> None:
    assert problem(filler.post("/api/schema/"))["status"] == 405
    assert problem(filler.get("/api/schema/", headers={"Accept": "text/html"}))["status"] == 406


def test_fault_is_a_problem_too(world: World, filler: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_arguments: Any, **_named: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("assessments.api.results.results_of", break_down)
    client = Client(raise_request_exception=False, headers={"Accept-Language": "en"})
    client.force_login(world.people[Role.LEADER, "a"])
    answer = client.get(f"/api/v1/assessments/{world.assessments['a'].pk}/results/")
    assert problem(answer)["type"] == "urn:selfassess:problem:fault"


def test_session_needs_its_token(world: World) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en", "If-Match": '"0"'})
    client.force_login(world.people[Role.FILLER, "a1"])
    path = f"/api/v1/responses/{world.response('1').pk}/"
    answer = client.patch(path, '{"narrative": "做了"}', "application/json")
    assert (answer.status_code, problem(answer)["type"]) == (403, "urn:selfassess:problem:csrf")
    client.get("/password/")
    token = client.cookies["csrftoken"].value
    answer = client.patch(path, '{"narrative": "做了"}', "application/json", headers={"X-CSRFToken": token})
    assert answer.status_code == 200


def test_first_password_is_changed_on_the_pages(world: World) -> None:
    person = world.people[Role.FILLER, "a1"]
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person)
    User.objects.filter(pk=person.pk).update(must_change_password=True)
    answer = client.get("/api/v1/me/")
    assert (answer.status_code, problem(answer)["type"]) == (403, "urn:selfassess:problem:password-due")


@pytest.mark.parametrize(
    ("asked", "given"),
    [("zh-CN,zh;q=0.9", "zh-hans"), ("zh", "zh-hans"), ("en-GB", "en"), ("de", "zh-hans"), ("", "zh-hans")],
)
def test_language_is_the_one_that_is_asked_for(db: None, asked: str, given: str) -> None:
    answer = Client().get("/api/v1/me/", headers={"Accept-Language": asked})
    assert answer.headers["Content-Language"] == given
    assert (problem(answer)["title"] == "Not signed in") == (given == "en")
    assert "Accept-Language" in answer.headers["Vary"]


def test_language_that_a_person_chose_goes_first(db: None) -> None:
    client = Client(headers={"Accept-Language": "zh-CN"})
    client.cookies["django_language"] = "en"
    assert problem(client.get("/api/v1/me/"))["title"] == "Not signed in"


def test_pages_of_the_api_stay_pages(world: World) -> None:
    assert Client().get("/api/docs/").headers["Location"] == "/sign-in/?next=/api/docs/"
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(world.people[Role.FILLER, "a1"])
    page = client.get("/api/docs/")
    assert (page.status_code, page.headers["Content-Language"]) == (200, "zh-hans")


def test_too_much_is_refused_for_a_while(world: World, program: Program, settings: Settings) -> None:
    first, second = (program(world.people[Role.FILLER, place]) for place in ("a1", "a2"))
    settings.API_RATES = {"person": "2/min", "address": None}
    assert [first.get("/api/v1/me/").status_code for _ in range(3)] == [200, 200, 429]
    answer = first.get("/api/v1/me/")
    assert problem(answer)["type"] == "urn:selfassess:problem:too-many-requests"
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert second.get("/api/v1/me/").status_code == 200


def test_address_is_counted_before_anybody_is_looked_up(world: World, settings: Settings) -> None:
    settings.API_RATES = {"person": None, "address": "2/min"}
    client = Client(REMOTE_ADDR="203.0.113.7", headers={"Authorization": "Bearer guess"})
    assert [client.get("/api/v1/me/").status_code for _ in range(3)] == [401, 401, 429]
    assert Client(REMOTE_ADDR="203.0.113.8").get("/api/v1/me/").status_code == 401
