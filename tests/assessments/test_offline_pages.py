"""The pages of filling in offline: download, upload, preview, store."""

import re
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.response import HttpResponseBase
from django.test import Client
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.roles import Role
from assessments.models import Assignment
from assessments.offline.form import ITEMS
from assessments.responses import load_for_saving, save_response
from assessments.settling import Content
from tests.assessments.offline_workbooks import download, edited, put
from tests.factories import World


@pytest.fixture
def client(filler: User) -> Client:
    client = Client()
    client.force_login(filler)
    client.cookies["django_language"] = "en"
    return client


def page(world: World, name: str = "") -> str:
    return f"/assessments/{world.assessments['a'].pk}/offline/{name}"


def send(client: Client, world: World, content: bytes, name: str = "填报表.xlsx") -> HttpResponseBase:
    return client.post(page(world), {"file": SimpleUploadedFile(name, content)})


def save(world: World, label: str, by: User, **fields: Any) -> None:
    response = load_for_saving(world.response(label).pk)
    save_response(response=response, content=Content(**fields), version=response.version, by=by)


def shown(answer: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(text.split())


def posted(answer: Any, **choices: str) -> dict[str, str]:
    found = re.search(r'name="plan" value="(\w+)"', answer.content.decode())
    assert found
    return {"plan": found[1], **choices}


def test_workbook_goes_out_and_comes_back(world: World, client: Client) -> None:
    out = client.get(page(world, "file/"))
    assert out.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''2021")
    assert load_workbook(BytesIO(out.content)).sheetnames == [
        "填写说明",
        "填报",
        "数据指标",
        "扣分说明",
        "选项",
    ]
    answer = send(client, world, edited(out.content, put(ITEMS, "1", narrative="做了。")))
    assert answer.headers["Location"] == page(world, "preview/")
    preview = client.get(page(world, "preview/"))
    assert "1 item changed" in shown(preview)
    stored = client.post(page(world, "preview/"), posted(preview))
    assert stored.headers["Location"] == "/tasks/"
    assert world.response("1").narrative == "做了。"
    assert client.get(page(world, "preview/")).headers["Location"] == page(world)


def test_what_cannot_be_read_is_not_held(world: World, client: Client) -> None:
    answer = send(client, world, b"nothing of the kind")
    assert answer.status_code == 422
    assert "Nothing was stored" in shown(answer)
    assert client.get(page(world, "preview/")).status_code == 302


def test_errors_keep_everything_from_being_stored(world: World, client: Client, filler: User) -> None:
    content = edited(
        download(world, filler), put(ITEMS, "1", narrative="做了。"), put(ITEMS, "2", score="很多")
    )
    send(client, world, content)
    preview = client.get(page(world, "preview/"))
    assert "1 item changed , 1 error" in shown(preview)
    assert "sheet “填报” K5 “很多” is not a number." in shown(preview)
    assert client.post(page(world, "preview/"), posted(preview)).status_code == 422
    assert world.response("1").version == 0


def test_conflict_is_shown_and_the_stored_one_stays_unless_chosen(
    world: World, client: Client, filler: User, head: User
) -> None:
    content = edited(
        download(world, filler), put(ITEMS, "1", narrative="我写的。"), put(ITEMS, "3", narrative="高中。")
    )
    save(world, "1", head, narrative="他写的。")
    send(client, world, content)
    preview = client.get(page(world, "preview/"))
    assert "2 items changed , 1 conflict" in shown(preview)
    assert "department_head-a1 saved this last" in shown(preview)
    client.post(page(world, "preview/"), posted(preview))
    assert (world.response("1").narrative, world.response("3").narrative) == ("他写的。", "高中。")
    send(client, world, content)
    preview = client.get(page(world, "preview/"))
    mine = {f"take_{world.response('1').pk}_0_narrative": "mine"}
    client.post(page(world, "preview/"), posted(preview, **mine))
    assert world.response("1").narrative == "我写的。"


def test_save_after_the_preview_leads_to_the_preview_again(
    world: World, client: Client, filler: User, head: User
) -> None:
    send(client, world, edited(download(world, filler), put(ITEMS, "1", narrative="我写的。")))
    preview = client.get(page(world, "preview/"))
    save(world, "1", head, narrative="他写的。")
    again = client.post(page(world, "preview/"), posted(preview))
    assert again.status_code == 409
    assert "1 conflict" in shown(again)
    assert world.response("1").narrative == "他写的。"


def test_choice_that_cannot_be_stored_can_be_chosen_otherwise(
    world: World, client: Client, filler: User, head: User
) -> None:
    """Points without a reason, against points that somebody else gave meanwhile."""
    content = edited(download(world, filler), put(ITEMS, "1", score=1))
    save(world, "1", head, score=Decimal("1.5"), reason="他定的")
    send(client, world, content)
    preview = client.get(page(world, "preview/"))
    mine = {f"take_{world.response('1').pk}_0_points": "mine"}
    refused = client.post(page(world, "preview/"), posted(preview, **mine))
    assert refused.status_code == 422
    assert "Say why 1 points are lost." in shown(refused)
    assert client.post(page(world, "preview/"), posted(refused)).status_code == 302
    assert world.response("1").department_score == Decimal("1.5")


def test_markup_in_the_workbook_is_shown_as_text(world: World, client: Client, filler: User) -> None:
    text = "<script>alert(1)</script><b>粗</b>"
    save(world, "1", filler, narrative="旧文。")
    content = edited(download(world, filler), put(ITEMS, "1", narrative=text, score=1, reason=text))
    answer = send(client, world, content, name="<i>名</i>.xlsx")
    assert answer.status_code == 302
    preview = client.get(page(world, "preview/")).content.decode()
    assert "<script>alert" not in preview
    assert "<b>粗" not in preview
    assert "<i>名" not in preview


def test_held_file_is_the_sessions_alone(world: World, client: Client, filler: User, head: User) -> None:
    send(client, world, edited(download(world, filler), put(ITEMS, "1", narrative="做了。")))
    other = Client()
    other.force_login(head)
    assert other.get(page(world, "preview/")).headers["Location"] == page(world)


@pytest.mark.parametrize("hostile", [{"plan": "\0"}, {"plan": "x" * 10_000}, {"take_x": "mine"}, {}])
def test_plan_that_was_not_shown_is_not_stored(
    world: World, client: Client, filler: User, hostile: dict[str, str]
) -> None:
    send(client, world, edited(download(world, filler), put(ITEMS, "1", narrative="做了。")))
    assert client.post(page(world, "preview/"), hostile).status_code == 409
    assert world.response("1").version == 0


def test_links_lead_there(world: World, client: Client) -> None:
    for address in ("/tasks/", f"/assessments/{world.assessments['a'].pk}/"):
        assert page(world) in client.get(address).content.decode(), address


def test_department_without_items_is_told_so(world: World) -> None:
    client = Client()
    client.force_login(world.people[Role.FILLER, "a2"])
    client.cookies["django_language"] = "en"
    assert "Nothing of this assessment is assigned to your department." in shown(client.get(page(world)))
    assert client.get(page(world, "file/")).headers["Location"] == page(world)


@pytest.mark.parametrize("labels", [("1",), ("1", "2", "3")])
def test_pages_ask_as_little_for_many_items_as_for_one(
    world: World,
    client: Client,
    filler: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    labels: tuple[str, ...],
) -> None:
    for label in {"1", "2", "3"} - set(labels):
        Assignment.objects.filter(response=world.response(label)).update(lead=world.departments["a2"])
    content = edited(download(world, filler), *(put(ITEMS, label, narrative="做了。") for label in labels))
    send(client, world, content)
    with django_assert_num_queries(PAGE):
        client.get(page(world))
    with django_assert_num_queries(FILE):
        client.get(page(world, "file/"))
    with django_assert_num_queries(PREVIEW):
        client.get(page(world, "preview/"))


PAGE, FILE, PREVIEW = 13, 15, 14
