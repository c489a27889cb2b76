"""Markup typed into a framework or said of it is text on every page and in every file, formulas as well."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from accounts.models import User
from accounts.roles import Role
from indicators.consulting import answer_comment, close_round, open_round, write_comment
from indicators.editor.moving import move_node
from indicators.exchange import read_framework, store_framework
from indicators.models import Section
from indicators.publishing import copy_framework, publish_framework
from tests.crawling import crawl
from tests.factories import World, every_kind_data, make_world

pytestmark = pytest.mark.django_db

MARK, ESCAPED = "=<b x>", "=&lt;b x&gt;"
TEXTS = {
    "title",
    "name",
    "requirement",
    "rule_prose",
    "responsible",
    "note",
    "notes",
    "label",
    "unit",
    "group",
}
TEXTS |= {"grade", "materials", "profiles"}


def marked(value: Any, name: str = "") -> Any:
    """The data of a framework with the mark before every text in it."""
    if isinstance(value, dict):
        return {key: marked(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [marked(each, name) for each in value]
    return f"{MARK}{value}" if name in TEXTS else value


def hostile_data() -> dict[str, Any]:
    data = every_kind_data(notes="说明", profiles=["城区"])
    section = data["sections"][0]
    section["note"] = "备注"
    section["items"][0] |= {"requirement": "要求", "profiles": ["城区"]}
    result: dict[str, Any] = marked(data)
    return result


@pytest.fixture
def world() -> World:
    """The district works on such a framework; the next one is a draft that was commented on and edited."""
    framework = store_framework(data=read_framework(hostile_data()), by=None)
    world = make_world(publish_framework(framework=framework, by=None), profile=f"{MARK}城区")
    User.objects.update(name=f"{MARK}某人")
    draft = copy_framework(
        framework=framework,
        code="every",
        version="2",
        year=2022,
        title=f"{MARK}新",
        by=None,
        committee=world.committee,
    )
    first = Section.objects.filter(framework=draft)[0]
    open_round(framework=draft, by=None)
    comment = write_comment(
        framework=draft,
        node=first.key,
        organisation=world.departments["a1"],
        text=f"{MARK}意见",
        by=world.people[Role.FILLER, "a1"],
    )
    secretary = world.people[Role.SECRETARY, "c"]
    answer_comment(comment=comment, text=f"{MARK}答复", by=secretary)
    close_round(framework=draft, by=None)
    move_node(framework=draft, key=first.key, direction="down", by=secretary)
    return world


@pytest.mark.parametrize(
    ("role", "office"), [(Role.SECRETARY, "c"), (Role.FILLER, "a1"), (Role.COORDINATOR, "a")]
)
def test_markup_is_text_on_every_page(world: World, role: Role, office: str) -> None:
    client = Client()
    client.force_login(world.people[role, office])
    pages = crawl(client)
    assert [path for path, page in pages.items() if "<b x>" in page] == []
    everything = "\n".join(pages.values())
    said = {Role.SECRETARY: ["意见", "答复", "备注", "说明", "实施方案"], Role.FILLER: ["意见", "答复"]}
    assert [text for text in said.get(role, []) if ESCAPED + text not in everything] == []


def test_what_begins_like_a_formula_is_text_in_workbooks(world: World) -> None:
    client = Client()
    client.force_login(world.people[Role.COORDINATOR, "a"])
    addresses = (
        f"/frameworks/{world.framework.pk}/file/xlsx/",
        f"/assessments/{world.assessments['a'].pk}/report/file/xlsx/",
    )
    for address in addresses:
        book = load_workbook(BytesIO(client.get(address).content))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert [
            cell.coordinate for cell in cells if cell.data_type == "f" and "<b x>" in str(cell.value)
        ] == []
        assert any("<b x>" in str(cell.value) for cell in cells)


def test_a_framework_as_json_is_a_file_to_keep(world: World) -> None:
    client = Client()
    client.force_login(world.people[Role.FILLER, "a1"])
    answer = client.get(f"/frameworks/{world.framework.pk}/file/json/")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert read_framework(json.loads(answer.content)).title == f"{MARK}各类细则评价体系"
