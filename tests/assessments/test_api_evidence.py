"""Evidence over the API: uploaded, cited, described, revised, downloaded."""

import hashlib
import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.roles import Role
from assessments.models import Erasure, Evidence, EvidenceFile, EvidenceUse
from tests.assessments.evidence.corpus import pdf
from tests.factories import World

PDF = pdf()
NAME = "实施方案(洪教字[2021]12号).pdf"


def signed_in(world: World, role: Role = Role.FILLER, place: str = "a1") -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(world.people[role, place])
    return client


def upload(client: Client, world: World, content: bytes = PDF, *, key: str = "", **fields: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    name = fields.pop("name", NAME)
    data = {"file": SimpleUploadedFile(name, content), **fields}
    return client.post(f"/api/v1/assessments/{world.assessments['a'].pk}/evidence/", data, headers=headers)


def test_file_is_put_into_the_library_and_cited(world: World) -> None:
    client, response = signed_in(world), world.response("1")
    answer = upload(
        client, world, response=response.pk, passage="第3页", issuer="市教育局", dated="2021-03-04"
    )
    shown = answer.json()
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    names = ("title", "document_number", "issuer", "dated", "kind")
    assert [shown[name] for name in names] == [
        "实施方案",
        "洪教字〔2021〕12号",
        "市教育局",
        "2021-03-04",
        "document",
    ]
    assert shown["owner"]["code"] == "a1"
    (file,) = shown["files"]
    assert (file["number"], file["name"], file["format"], file["size"]) == (1, NAME, "pdf", len(PDF))
    assert (file["sha256"], file["withheld"]) == (hashlib.sha256(PDF).hexdigest(), False)
    assert shown["uses"] == [
        {
            "response": response.pk,
            "department": {"id": world.departments["a1"].pk, "code": "a1", "name": "单位a1"},
            "material": "",
            "passage": "第3页",
        }
    ]
    download: Any = client.get(file["url"], headers={"Accept": "application/pdf"})
    assert b"".join(download.streaming_content) == PDF
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert client.get("/api/v1/evidence/").json()["results"] == [shown]


def test_upload_whose_answer_was_lost_is_stored_once(world: World) -> None:
    client, key, response = signed_in(world), str(uuid4()), world.response("1").pk
    first = upload(client, world, key=key, response=response)
    again = upload(client, world, key=key, response=response)
    assert [first.status_code, again.status_code] == [201, 201]
    assert again.json() == first.json()
    assert (Evidence.objects.count(), EvidenceFile.objects.count(), EvidenceUse.objects.count()) == (1, 1, 1)


def test_same_file_is_pointed_out(world: World) -> None:
    client = signed_in(world)
    first = upload(client, world).json()
    answer = upload(client, world, name="另一个名字.pdf")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:selfassess:problem:same-file")
    assert answer.json()["evidence"] == first["id"]


@pytest.mark.parametrize(
    ("content", "fields", "errors"),
    [
        (b"", {}, {"file"}),
        (b"MZ\x90\x00", {}, {""}),
        (b"<svg onload='x()'/>", {"name": "图.svg"}, {""}),
        (PDF, {"titel": "x"}, {"titel"}),
        (PDF, {"title": "长" * 201}, {"title"}),
        (PDF, {"dated": "2999-01-01"}, {"dated"}),
        (PDF, {"dated": "yesterday"}, {"dated"}),
        (PDF, {"kind": "x"}, {"kind"}),
        (PDF, {"owner": "a2"}, {"owner"}),
        (PDF, {"response": "0"}, {"response"}),
        (PDF, {"response": str(2**70)}, {"response"}),
        (PDF, {"material": "没有"}, set()),
    ],
)
def test_refused_upload_leaves_nothing(
    world: World, content: bytes, fields: dict[str, Any], errors: set[str]
) -> None:
    answer = upload(signed_in(world), world, content, **fields)
    if errors:
        assert (answer.status_code, set(answer.json()["errors"])) == (400, errors)
        assert not Evidence.objects.exists()
    else:  # a material without an item is nobody's
        assert answer.json()["uses"] == []


def test_items_of_others_are_not_cited(world: World) -> None:
    client = signed_in(world)
    answer = upload(client, world, response=world.response("1", "b").pk)
    assert set(answer.json()["errors"]) == {"response"}
    answer = upload(signed_in(world, Role.COORDINATOR, "a"), world, response=world.response("1").pk)
    assert answer.status_code == 403  # still open to its department
    answer = upload(client, world, response=world.response("1").pk, material="没有")
    assert set(answer.json()["errors"]) == {"material"}
    assert not Evidence.objects.exists()


def test_upload_is_a_form_and_not_json(world: World) -> None:
    path = f"/api/v1/assessments/{world.assessments['a'].pk}/evidence/"
    assert signed_in(world).post(path, "{}", "application/json").status_code == 415


def test_description_is_changed_from_the_version_that_was_read(world: World) -> None:
    client = signed_in(world)
    pk = upload(client, world).json()["id"]

    def patch(body: dict[str, Any], version: int) -> Any:
        headers = {"If-Match": f'"{version}"'}
        return client.patch(f"/api/v1/evidence/{pk}/", json.dumps(body), "application/json", headers=headers)

    answer = patch({"title": "工作方案"}, 1)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert (answer.json()["title"], answer.json()["document_number"]) == ("工作方案", "洪教字〔2021〕12号")
    stale = patch({"title": "别的"}, 1)
    assert (stale.status_code, stale.json()["current"]["title"]) == (412, "工作方案")
    assert client.patch(f"/api/v1/evidence/{pk}/", "{}", "application/json").status_code == 428
    assert patch({"removed": True}, 2).status_code == 400


def test_newer_file_is_a_revision(world: World) -> None:
    client, key = signed_in(world), str(uuid4())
    pk = upload(client, world).json()["id"]
    for _time in range(2):
        newer = {"file": SimpleUploadedFile("新版.pdf", pdf(owner="x"))}
        answer = client.post(f"/api/v1/evidence/{pk}/files/", newer, headers={"Idempotency-Key": key})
        assert [file["number"] for file in answer.json()["files"]] == [1, 2]


def test_erased_file_is_gone(world: World) -> None:
    client = signed_in(world)
    shown = upload(client, world).json()
    by = world.people[Role.COORDINATOR, "a"]
    file = EvidenceFile.objects.get()
    Erasure.objects.create(file=file, reason="涉密", asked_by=by, asked_at=file.uploaded_at)
    answer = client.get(shown["files"][0]["url"])
    assert (answer.status_code, answer.json()["type"]) == (410, "urn:selfassess:problem:erased")
    (withheld,) = client.get(f"/api/v1/evidence/{shown['id']}/").json()["files"]
    assert (withheld["withheld"], withheld["url"]) == (True, None)
