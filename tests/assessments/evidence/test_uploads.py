"""Files taken in on an item's page and in the library: one by one by script, several by a form."""

from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import Settings

from accounts.models import Membership
from accounts.roles import Role
from assessments.models import Evidence, EvidenceFile, EvidenceUse, Response
from assessments.states import State
from audit.models import Event
from tests.assessments.evidence.demanding import make_demanding_world
from tests.factories import World

BY_SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def world(db: None) -> World:
    return make_demanding_world()


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    local = settings.STORAGES["evidence"] | {"OPTIONS": {"location": tmp_path / "evidence"}}
    settings.STORAGES = {**settings.STORAGES, "evidence": local}


def picture(shade: int = 0) -> bytes:
    written = BytesIO()
    Image.new("L", (8, 8), shade).save(written, "PNG")
    return written.getvalue()


def file(
    name: str = "关于办学的通知(赣教发[2021]4号).png", content: bytes | None = None
) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture() if content is None else content)


def visitor(world: World, place: str = "a1", role: Role = Role.FILLER) -> Client:
    client = Client()
    client.force_login(world.people[role, place])
    client.cookies["django_language"] = "en"
    return client


def item(world: World, label: str = "1") -> str:
    return f"/responses/{world.response(label).pk}/evidence/"


def library(world: World) -> str:
    return f"/assessments/{world.assessments['a'].pk}/evidence/upload/"


def send(client: Client, address: str, **fields: Any) -> Any:
    return client.post(address, {"files": file(), "operation": str(uuid4()), **fields}, headers=BY_SCRIPT)


def stored() -> list[str]:
    try:
        return storages["evidence"].listdir("")[1]
    except FileNotFoundError:
        return []


def test_file_on_an_item_is_evidence_that_it_cites(world: World) -> None:
    answer = send(visitor(world), item(world), material="实施方案")
    assert answer.status_code == 200
    evidence, use = Evidence.objects.get(), EvidenceUse.objects.get()
    assert (evidence.title, evidence.document_number, evidence.kind) == (
        *("关于办学的通知", "赣教发〔2021〕4号"),
        "photo",
    )
    assert (evidence.owner, use.evidence, use.response) == (
        *(world.departments["a1"], evidence),
        world.response("1"),
    )
    assert (use.department, use.material) == (world.departments["a1"], "实施方案")
    assert EvidenceFile.objects.get().format == "png"
    assert [event.action for event in Event.objects.filter(action__startswith="evidence.")] == [
        *("evidence.added", "evidence.cited"),
    ]
    row = answer.content.decode()
    assert 'data-settled="stored"' in row
    assert 'value="关于办学的通知"' in row
    assert 'name="passage"' in row


def test_file_in_the_library_is_cited_by_nothing(world: World) -> None:
    row = send(visitor(world), library(world)).content.decode()
    assert Evidence.objects.get().owner == world.departments["a1"]
    assert not EvidenceUse.objects.exists()
    assert 'name="passage"' not in row


def test_upload_that_is_sent_again_is_stored_once(world: World) -> None:
    client, operation = visitor(world), str(uuid4())
    for _sending in range(3):
        answer = send(client, item(world), operation=operation)
        assert (answer.status_code, 'data-settled="stored"' in answer.content.decode()) == (200, True)
    assert (Evidence.objects.count(), EvidenceUse.objects.count(), len(stored())) == (1, 1, 1)


def test_operation_of_somebody_else_brings_nothing_of_theirs(world: World) -> None:
    operation = str(uuid4())
    send(visitor(world), library(world), operation=operation)
    answer = send(visitor(world, "a2"), library(world), operation=operation, files=file(content=picture(9)))
    assert answer.status_code == 422
    assert "关于办学的通知</a>" not in answer.content.decode()
    assert len(stored()) == 1


def test_same_content_is_offered_as_what_is_there(world: World) -> None:
    client = visitor(world)
    send(client, library(world))
    again = send(client, item(world), files=file("另一份.png"), material="实施方案")
    assert again.status_code == 409
    evidence = Evidence.objects.get()
    row = again.content.decode()
    assert f'<input type="hidden" name="evidence" value="{evidence.pk}">' in row
    assert len(stored()) == 1
    cited = client.post(
        f"{item(world)}choose/", {"evidence": evidence.pk, "material": "实施方案"}, headers=BY_SCRIPT
    )
    assert cited.status_code == 200
    assert EvidenceUse.objects.get().material == "实施方案"


def test_same_content_of_who_is_not_seen_is_not_told(world: World) -> None:
    send(visitor(world, "a2"), library(world))
    answer = send(visitor(world), item(world), files=file("另一份.png"))
    assert answer.status_code == 200
    assert Evidence.objects.count() == 2
    assert "关于办学" not in answer.content.decode()


def test_form_without_script_takes_several_and_names_what_is_refused(world: World) -> None:
    client = visitor(world)
    files = [
        file("一.png"),
        file("二.png", b"<svg onload=alert(1)>"),
        file("三.png", picture(5)),
        file("四.png"),
    ]
    answer = client.post(item(world), {"files": files})
    assert answer.headers["Location"] == f"/responses/{world.response('1').pk}/#evidence"
    assert set(Evidence.objects.values_list("title", flat=True)) == {"一", "三"}
    page = client.get(answer.headers["Location"]).content.decode()
    assert "2 files stored." in page
    assert "二.png" in page
    assert "四.png is the same as “一”" in page
    assert len(stored()) == 2


def test_who_works_for_the_lead_and_a_supporting_office_chooses(world: World) -> None:
    second = world.departments["a2"]
    world.response("1").assignment.supporting.add(second)
    Membership.objects.create(user=world.people[Role.FILLER, "a1"], organisation=second, role=Role.FILLER)
    client = visitor(world)
    assert 'name="owner"' in client.get(f"/responses/{world.response('1').pk}/").content.decode()
    send(client, item(world), owner=str(second.pk))
    send(client, item(world), files=file("二.png", picture(2)), owner=str(world.departments["b1"].pk))
    uses = EvidenceUse.objects.order_by("order").values_list("department__code", "evidence__owner__code")
    first = world.departments["a1"]
    assert list(uses) == [(second.code, second.code), (first.code, first.code)]


def test_form_without_files_or_with_too_many_says_so(world: World) -> None:
    client, address = visitor(world), item(world)
    client.post(address, {})
    assert "Choose a file." in client.get(f"/responses/{world.response('1').pk}/").content.decode()
    client.post(address, {"files": [file(f"{number}.png") for number in range(21)]})
    assert (
        "More than 20 files at once." in client.get(f"/responses/{world.response('1').pk}/").content.decode()
    )
    assert not Evidence.objects.exists()
    assert send(client, address, files="none").status_code == 422


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("通知.pdf", b"MZ\x90\x00" + bytes(200)),
        ("通知.pdf", b"<html><script>alert(1)</script>"),
        ("通知.docx", b"PK\x03\x04" + bytes(50)),
        ("通知.pdf", b""),
    ],
)
def test_what_is_refused_leaves_nothing_behind(world: World, name: str, content: bytes) -> None:
    answer = send(visitor(world), item(world), files=file(name, content))
    assert (answer.status_code, stored(), Evidence.objects.count()) == (422, [], 0)
    assert 'data-settled="refused"' in answer.content.decode()


def test_name_of_a_file_is_text_and_no_more(world: World) -> None:
    answer = send(visitor(world), item(world), files=file('"><script>alert(1)</script>‮.png'))
    assert "<script>" not in answer.content.decode()
    assert "‮" not in Evidence.objects.get().title
    long = send(visitor(world), item(world), files=file("长" * 500 + ".png", picture(3)))
    assert long.status_code == 200


def test_material_that_the_item_does_not_require_keeps_the_file_in_the_library(world: World) -> None:
    answer = send(visitor(world), item(world), material="没有这项")
    assert answer.status_code == 200
    assert "Stored in the library, but not cited here" in answer.content.decode()
    assert (Evidence.objects.count(), EvidenceUse.objects.count()) == (1, 0)


def test_owner_of_another_office_is_ignored(world: World) -> None:
    send(visitor(world), library(world), owner=str(world.departments["a2"].pk))
    assert Evidence.objects.get().owner == world.departments["a1"]


def test_supporting_department_brings_its_own(world: World) -> None:
    world.response("1").assignment.supporting.add(world.departments["a2"])
    assert send(visitor(world, "a2"), item(world)).status_code == 200
    assert EvidenceUse.objects.get().department == world.departments["a2"]


def test_locked_item_takes_nothing_in(world: World) -> None:
    Response.objects.filter(pk=world.response("1").pk).update(state=State.SUBMITTED)
    assert send(visitor(world), item(world)).status_code == 403
    assert (stored(), Evidence.objects.count()) == ([], 0)


def described(use: EvidenceUse | None = None, **fields: str) -> dict[str, str]:
    data = {
        "version": "1",
        "title": "新标题",
        "document_number": "",
        "issuer": "",
        "dated": "",
        "kind": "record",
    }
    return data | ({"use": str(use.pk), "material": "", "passage": "第3页"} if use else {}) | fields


def test_row_is_put_right_without_leaving_the_page(world: World) -> None:
    client = visitor(world)
    send(client, item(world))
    evidence, use = Evidence.objects.get(), EvidenceUse.objects.get()
    typed = described(use, document_number="赣教字(2020)第05号", dated="2020-03-01", material="实施方案")
    answer = client.post(f"/evidence/{evidence.pk}/describe/", typed, headers=BY_SCRIPT)
    assert 'data-settled="saved"' in answer.content.decode()
    evidence.refresh_from_db()
    use.refresh_from_db()
    assert (evidence.title, evidence.document_number, str(evidence.dated)) == (
        *("新标题", "赣教字〔2020〕5号"),
        "2020-03-01",
    )
    assert (use.material, use.passage) == ("实施方案", "第3页")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"title": ""}, "This field is required."),
        ({"title": "长" * 201}, "At most 200 characters."),
        ({"dated": "2020-13-01"}, "Write the date like 2026-01-09."),
        ({"kind": "none"}, "Select a valid choice."),
        ({"material": "没有这项"}, "Select a valid choice."),
        ({"version": "7"}, "Somebody else has described it meanwhile."),
        ({"dated": "2999-01-01"}, "The date lies in the future."),
    ],
)
def test_row_that_is_refused_says_why(world: World, typed: dict[str, str], sentence: str) -> None:
    client = visitor(world)
    send(client, item(world))
    evidence, use = Evidence.objects.get(), EvidenceUse.objects.get()
    answer = client.post(f"/evidence/{evidence.pk}/describe/", described(use, **typed), headers=BY_SCRIPT)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert (Evidence.objects.get().title, EvidenceUse.objects.get().passage) == (evidence.title, "")


def test_use_of_another_district_in_a_row_is_none(world: World) -> None:
    client = visitor(world)
    send(client, library(world))
    send(visitor(world, "b1"), f"/responses/{world.response('1', 'b').pk}/evidence/")
    evidence = Evidence.objects.get(owner=world.departments["a1"])
    foreign = EvidenceUse.objects.get()
    client.post(f"/evidence/{evidence.pk}/describe/", described(foreign), headers=BY_SCRIPT)
    assert EvidenceUse.objects.get().passage == ""
    other = foreign.evidence_id
    assert client.post(f"/evidence/{other}/describe/", described(), headers=BY_SCRIPT).status_code == 404
