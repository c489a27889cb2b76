"""Evidence over the API: uploaded, cited, described, revised, downloaded."""

import hashlib
import json
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import Membership
from accounts.roles import Role
from assessments.evidence.storing import Received, receive
from assessments.models import Assignment, Erasure, Evidence, EvidenceFile, EvidenceUse, Response
from assessments.states import State
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
    pk, content = upload(client, world).json()["id"], pdf(owner="x")
    for _time in range(2):
        newer = {"file": SimpleUploadedFile("新版.pdf", content)}
        answer = client.post(f"/api/v1/evidence/{pk}/files/", newer, headers={"Idempotency-Key": key})
        assert [file["number"] for file in answer.json()["files"]] == [1, 2]


def test_key_of_another_upload_stores_nothing_and_says_so(world: World) -> None:
    """A program that uses one key for two files is not told that the second is stored."""
    client, key = signed_in(world), str(uuid4())
    upload(client, world, key=key)
    other = upload(client, world, pdf(owner="x")).json()
    assert upload(client, world, pdf(owner="y"), key=key).status_code == 400
    newer = {"file": SimpleUploadedFile("新版.pdf", pdf(owner="z"))}
    path = f"/api/v1/evidence/{other['id']}/files/"
    assert client.post(path, newer, headers={"Idempotency-Key": key}).status_code == 400
    assert EvidenceFile.objects.count() == 2


def test_key_of_somebody_else_brings_nothing_of_theirs(world: World) -> None:
    key = str(uuid4())
    upload(signed_in(world), world, key=key)
    answer = upload(signed_in(world, place="a2"), world, key=key)
    assert answer.status_code == 400
    assert "实施方案" not in answer.content.decode()
    assert Evidence.objects.count() == 1


def test_several_files_at_once_are_refused(world: World) -> None:
    files = [SimpleUploadedFile(f"{name}.pdf", pdf(owner=name)) for name in "xy"]
    answer = upload(signed_in(world), world, files=files)
    assert set(answer.json()["errors"]) == {"files"}
    path = f"/api/v1/assessments/{world.assessments['a'].pk}/evidence/"
    assert set(signed_in(world).post(path, {"file": files}).json()["errors"]) == {"file"}
    assert not Evidence.objects.exists()


def test_office_that_cites_is_the_one_that_brings_it(world: World) -> None:
    """Of a person who fills in for several."""
    person = world.people[Role.FILLER, "a1"]
    Membership.objects.create(user=person, role=Role.FILLER, organisation=world.departments["a2"])
    response = world.response("1")
    Assignment.objects.filter(response=response).update(lead=world.departments["a2"])
    shown = upload(signed_in(world), world, response=response.pk).json()
    assert (shown["owner"]["code"], shown["uses"][0]["department"]["code"]) == ("a2", "a2")


def test_kind_follows_from_the_file_unless_it_is_given(world: World) -> None:
    client, written = signed_in(world), BytesIO()
    Image.new("L", (8, 8)).save(written, "PNG")
    shown = upload(client, world, written.getvalue(), name="校园.png").json()
    assert (shown["kind"], shown["title"]) == ("photo", "校园")
    assert upload(client, world, kind="publicity").json()["kind"] == "publicity"


def test_item_locked_meanwhile_leaves_the_file_in_the_library_and_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked_meanwhile(*file: Any, **how: Any) -> Received:
        Response.objects.update(state=State.SUBMITTED)
        return receive(*file, **how)

    monkeypatch.setattr("assessments.evidence.taking_in.receive", locked_meanwhile)
    answer = upload(signed_in(world), world, response=world.response("1").pk)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:selfassess:problem:not-cited")
    assert answer.json()["detail"] == "Stored in the library, but not cited here: The item is locked now."
    assert answer.json()["evidence"] == Evidence.objects.get().pk


def test_passage_is_refused_before_anything_is_stored(world: World) -> None:
    answer = upload(signed_in(world), world, response=world.response("1").pk, passage="页" * 201)
    assert set(answer.json()["errors"]) == {"passage"}
    assert not Evidence.objects.exists()


def test_part_that_is_not_there_is_a_problem(world: World) -> None:
    client = signed_in(world)
    url = upload(client, world).json()["files"][0]["url"]
    part: Any = client.get(url, headers={"Range": "bytes=0-9"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, PDF[:10])
    answer = client.get(url, headers={"Range": f"bytes={len(PDF)}-"})
    assert (answer.status_code, answer.json()["type"]) == (416, "urn:selfassess:problem:no-such-part")


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
