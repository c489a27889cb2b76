"""Responses over the API: what they show, and saving from the version that was read."""

import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.roles import Role
from assessments.models import Response, ResponseRevision
from assessments.states import State
from tests.factories import World, every_kind_data, make_framework, make_world

CONTENT: dict[str, Any] = {
    "narrative": "做了两件事。",
    "applicable": True,
    "na_reason": "",
    "measures": {"share": "80.84"},
    "score": None,
    "reason": "",
    "losses": [],
    "materials": {},
}


def signed_in(world: World, role: Role = Role.FILLER, place: str = "a1") -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(world.people[role, place])
    return client


def path(response: Response) -> str:
    return f"/api/v1/responses/{response.pk}/"


def send(client: Client, response: Response, body: Any, version: object = 0, **options: Any) -> Any:
    headers = {"If-Match": f'"{version}"', **options.pop("headers", {})}
    method = options.pop("method", "PUT")
    return client.generic(method, path(response), json.dumps(body), "application/json", headers=headers)


def test_response_is_shown_with_its_version_as_tag(world: World) -> None:
    response = world.response("2")
    answer = signed_in(world).get(path(response))
    assert answer.headers["ETag"] == '"0"'
    shown = answer.json()
    assert shown["content"] == {**CONTENT, "narrative": "", "measures": {"share": None}}
    assert (shown["state"], shown["version"], shown["editable_as"]) == ("empty", 0, "department")
    assert shown["lead"]["code"] == "a1"
    assert (shown["item"]["label"], shown["item"]["weight"]) == ("2", "4")
    assert [shown[name] for name in ("score", "computed_score", "department_score", "district_score")] == [
        None
    ] * 4


def test_content_is_saved_and_comes_back_as_it_was_sent(world: World) -> None:
    response, client = world.response("2"), signed_in(world)
    answer = send(client, response, CONTENT)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    shown = answer.json()
    assert shown["content"] == CONTENT
    assert (shown["state"], shown["score"], shown["computed_score"]) == ("draft", "3.1", "3.1")
    (loss,) = shown["deductions"]
    assert (loss["points"], loss["rule"], loss["measured"], loss["standard"]) == (
        "0.9",
        "shortfall",
        "80.84",
        "90",
    )
    assert shown["saved_at"].endswith("+08:00")
    assert shown["saved_by"] == "filler-a1"
    assert client.get(path(response)).json() == shown


def test_sending_back_what_was_read_saves_nothing(world: World) -> None:
    response, client = world.response("2"), signed_in(world)
    send(client, response, CONTENT)
    read = client.get(path(response)).json()
    answer = send(client, response, read["content"], version=1)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert ResponseRevision.objects.filter(response=response).count() == 1


def test_part_of_the_content_leaves_the_rest(world: World) -> None:
    response, client = world.response("2"), signed_in(world)
    send(client, response, CONTENT)
    answer = send(client, response, {"narrative": "改了。"}, version=1, method="PATCH")
    assert answer.json()["content"] == {**CONTENT, "narrative": "改了。"}
    answer = send(client, response, {"measures": {"share": None}}, version=2, method="PATCH")
    assert answer.json()["content"] == {**CONTENT, "narrative": "改了。", "measures": {"share": None}}
    assert answer.json()["score"] is None


def test_whole_content_names_every_field(world: World) -> None:
    """Nothing is wiped because a program forgot it."""
    answer = send(signed_in(world), world.response("2"), {"narrative": "做了。"})
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == set(CONTENT) - {"narrative"}


def test_stale_save_brings_the_stored_one_along(world: World) -> None:
    response, client = world.response("2"), signed_in(world)
    send(client, response, CONTENT)
    answer = send(client, response, {**CONTENT, "narrative": "别的。"})
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (412, "urn:selfassess:problem:stale")
    assert (problem["version"], problem["current"]["content"]["narrative"]) == (1, "做了两件事。")
    assert Response.objects.get(pk=response.pk).narrative == "做了两件事。"


@pytest.mark.parametrize("header", [None, "", "*"])
def test_save_without_a_version_is_refused(world: World, header: str | None) -> None:
    headers = {} if header is None else {"If-Match": header}
    client, response = signed_in(world), world.response("2")
    answer = client.put(path(response), json.dumps(CONTENT), "application/json", headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (428, "urn:selfassess:problem:version-missing")
    assert Response.objects.get(pk=response.pk).version == 0


@pytest.mark.parametrize(("header", "status"), [('W/"0"', 200), ("0", 200), ('"x"', 400), ('"0", "1"', 400)])
def test_tags_are_read_as_proxies_leave_them(world: World, header: str, status: int) -> None:
    answer = send(signed_in(world), world.response("2"), CONTENT, headers={"If-Match": header})
    assert answer.status_code == status


def test_lost_answer_sent_again_succeeds(world: World) -> None:
    """Also when somebody has saved on top since: who goes on from the answer meets that."""
    response, client, key = world.response("2"), signed_in(world), str(uuid4())
    first = send(client, response, CONTENT, headers={"Idempotency-Key": key})
    again = send(client, response, CONTENT, headers={"Idempotency-Key": f'"{key}"'})
    assert [first.status_code, again.status_code] == [200, 200]
    assert again.headers["ETag"] == '"1"'
    send(signed_in(world, Role.DEPARTMENT_HEAD), response, {**CONTENT, "narrative": "更新。"}, version=1)
    third = send(client, response, CONTENT, headers={"Idempotency-Key": key})
    assert (third.status_code, third.headers["ETag"]) == (200, '"1"')
    assert send(client, response, CONTENT, version=1).status_code == 412
    assert ResponseRevision.objects.filter(response=response).count() == 2


def test_key_is_of_one_change_alone(world: World) -> None:
    client, key = signed_in(world), str(uuid4())
    send(client, world.response("2"), CONTENT, headers={"Idempotency-Key": key})
    other = {**CONTENT, "measures": {}}
    answer = send(client, world.response("1"), other, headers={"Idempotency-Key": key})
    assert (answer.status_code, world.response("1").version) == (400, 0)
    answer = send(client, world.response("1"), other, headers={"Idempotency-Key": "7"})
    assert set(answer.json()["errors"]) == {"Idempotency-Key"}


def test_read_only_fields_are_refused_and_not_passed_over(world: World) -> None:
    answer = send(signed_in(world), world.response("2"), {"state": "accepted"}, method="PATCH")
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"state"})
    answer = send(signed_in(world), world.response("2"), {**CONTENT, "assessment": world.assessments["b"].pk})
    assert set(answer.json()["errors"]) == {"assessment"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"score": "5"}, "score"),
        ({"score": "3.15"}, "score"),
        ({"score": "3"}, "reason"),
        ({"score": 3.5}, "score"),
        ({"score": 3}, "score"),
        ({"score": "1e2"}, "score"),
        ({"score": "３"}, "score"),
        ({"score": "9" * 31}, "score"),
        ({"measures": {"share": "1234567890123"}}, "measures.share"),
        ({"measures": {"share": "x"}}, "measures.share"),
        ({"measures": {"other": "1"}}, "measures"),
        ({"applicable": False}, "applicable"),
        ({"applicable": "perhaps"}, "applicable"),
        ({"narrative": "长" * 20_001}, "narrative"),
        ({"narrative": "a\x00b"}, "narrative"),
        ({"narrative": None}, "narrative"),
        ({"narrative": ["x"]}, "narrative"),
        ({"materials": {"没有": "x"}}, "materials"),
        ({"losses": [{"points": "1"}]}, "losses.0.reason"),
        ({"losses": [{"points": "-1", "reason": "差"}]}, "losses"),
        ({"losses": [{"points": "1", "reason": "差", "rule_kind": "x"}]}, "losses.0.rule_kind"),
        ({"losses": [{"points": "0.1", "reason": "差"}] * 101}, "losses"),
    ],
)
def test_what_cannot_be_is_named_by_its_field(world: World, change: dict[str, Any], field: str) -> None:
    response = world.response("2")
    answer = send(signed_in(world), response, {**CONTENT, **change})
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {field}
    assert Response.objects.get(pk=response.pk).version == 0
    assert not ResponseRevision.objects.exists()


def test_markup_is_text(world: World) -> None:
    text = "<script>alert(1)</script>=1+1"
    answer = send(signed_in(world), world.response("2"), {**CONTENT, "narrative": text})
    assert answer.json()["content"]["narrative"] == text
    assert answer.headers["Content-Type"] == "application/json"


def test_losses_by_hand_count_as_on_the_page(world: World) -> None:
    losses = [{"points": "0.5", "reason": "台账不全", "measured": "3", "standard": "4", "unit": "册"}]
    body = {**CONTENT, "measures": {}, "losses": losses}
    answer = send(signed_in(world), world.response("1"), body)
    assert (answer.status_code, answer.json()["score"]) == (200, "1.5")
    assert answer.json()["content"]["losses"] == losses


def test_accepted_response_is_the_coordinator_s_to_save(world: World) -> None:
    response = world.response("1")
    Response.objects.filter(pk=response.pk).update(
        state=State.ACCEPTED,
        department_score=Decimal(2),
        district_score=Decimal(2),
        department_reason="内部理由",
        return_reason="退回过",
        version=3,
    )
    body = {**CONTENT, "measures": {}, "score": "1.5", "reason": "佐证不足"}
    assert send(signed_in(world), response, body, version=3).status_code == 403
    answer = send(signed_in(world, Role.COORDINATOR, "a"), response, body, version=3)
    assert (answer.status_code, answer.json()["district_score"]) == (200, "1.5")
    assert answer.json()["editable_as"] == "coordinator"
    seen = signed_in(world, Role.FILLER, "a2").get(path(response)).json()
    assert (seen["content"]["reason"], seen["saved_by"], seen["return_reason"]) == ("", None, "")
    assert seen["editable_as"] is None


def test_withdrawn_item_is_gone_for_who_saw_it(world: World) -> None:
    response = world.response("1")
    Response.objects.filter(pk=response.pk).update(withdrawn=True)
    assert signed_in(world).get(path(response)).status_code == 410
    assert send(signed_in(world), response, {**CONTENT, "measures": {}}).status_code == 410
    assert signed_in(world, Role.FILLER, "b1").get(path(response)).status_code == 404


def test_every_kind_of_item_is_shown_and_saved_as_it_stands(db: None) -> None:
    world = make_world(make_framework(**every_kind_data()))
    client = signed_in(world)
    rows = client.get("/api/v1/responses/?page_size=500").json()["results"]
    assert len(rows) == 13
    for row in rows:
        response = Response.objects.get(pk=row["id"])
        status = send(client, response, {**row["content"], "narrative": "做了。"}).status_code
        assert status == (403 if row["item"]["committee_only"] else 200), row["item"]
