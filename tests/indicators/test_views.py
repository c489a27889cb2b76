"""Frameworks to read: published ones alone, in a constant number of queries."""

import re
from http import HTTPStatus
from time import perf_counter
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from indicators.models import Framework, FrameworkStatus
from tests.factories import SHORTFALL, make_framework, make_user
from tests.test_catalogues import VisibleText

pytestmark = pytest.mark.django_db

SESSION_AND_USER = 2
STANDING = 1
SECTION = 10
"""Framework and grades; its sections, groups and items' weights; one section with all below it."""


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(make_user("alice"))
    return client


def item(number: int) -> dict[str, Any]:
    return {
        "label": str(number),
        "title": f"第{number}项",
        "requirement": f"第{number}项要求。",
        "weight": "1.5",
        "na_allowed": True,
        "measures": [{"code": "share", "name": "标准班额占比", "unit": "%"}],
        "rules": [SHORTFALL],
    }


def sections(items: int) -> list[dict[str, Any]]:
    return [{"title": title, "items": [item(n) for n in range(items)]} for title in ("教育保障", "协调发展")]


def test_the_list_has_the_published_frameworks_newest_first(reader: Client) -> None:
    make_framework(version="1", year=2020, title="旧体系")
    Framework.objects.update(status=FrameworkStatus.SUPERSEDED)
    make_framework(version="2", year=2021, title="新体系")
    make_framework(version="3", year=2022, title="草案", publish=False)
    page = reader.get("/frameworks/").content.decode()
    assert page.index("新体系") < page.index("旧体系")
    assert "草案" not in page


@pytest.mark.parametrize("frameworks", [1, 10])
def test_the_list_makes_the_same_queries_with_one_and_with_many(
    reader: Client, frameworks: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(frameworks):
        make_framework(version=str(number))
    with django_assert_num_queries(SESSION_AND_USER + STANDING + 2):
        reader.get("/frameworks/")


def test_a_page_shows_the_tree_with_weights_and_rules_in_words(reader: Client) -> None:
    framework = make_framework(sections=sections(2), title="评价指标体系", bands_are_example=True)
    response = reader.get(f"/frameworks/{framework.pk}/")
    page = response.content.decode()
    for text in (
        "评价指标体系",
        "教育保障",
        "协调发展",
        "第1项",
        "第1项要求。",
        "标准班额占比",
        "优秀 ≥ 90%",
    ):
        assert text in page
    outline = response.context["outline"]
    assert ([weight.points for _kind, weight in outline.whole.lines], outline.items) == ([6], 4)
    assert [weights.lines[0][1].points for _section, weights in response.context["sections"]] == [3, 3]


@pytest.mark.parametrize("items", [1, 27])
@pytest.mark.parametrize("address", ["", "?all=1"])
def test_a_page_makes_the_same_queries_with_2_and_with_54_items(
    reader: Client, items: int, address: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    framework = make_framework(sections=sections(items))
    with django_assert_num_queries(SESSION_AND_USER + STANDING + SECTION):
        reader.get(f"/frameworks/{framework.pk}/{address}")


def test_a_page_loads_one_section_the_first_unless_another_is_asked_for(reader: Client) -> None:
    framework = make_framework()
    second = framework.sections.all()[1]
    first_page = reader.get(f"/frameworks/{framework.pk}/").content.decode()
    page = reader.get(f"/frameworks/{framework.pk}/sections/{second.key}/").content.decode()
    assert ("经费投入" in first_page, "高中教育" in first_page) == (True, False)
    assert ("经费投入" in page, "高中教育" in page) == (False, True)
    whole = reader.get(f"/frameworks/{framework.pk}/?all=1").content.decode()
    assert ("经费投入" in whole, "高中教育" in whole) == (True, True)


def test_a_section_of_another_framework_is_not_there(reader: Client) -> None:
    framework, other = make_framework(), make_framework(version="2")
    foreign = other.sections.all()[0].key
    assert reader.get(f"/frameworks/{framework.pk}/sections/{foreign}/").status_code == HTTPStatus.NOT_FOUND


def test_a_large_framework_costs_no_more_time_an_item_than_a_small_one(reader: Client) -> None:
    """What is done for all items is light: 2,000 in sections of 50 against 54 in one."""
    small = make_framework(sections=[{"title": "一", "items": [item(n) for n in range(54)]}])
    many = [{"title": f"第{n}", "items": [item(m) for m in range(50)]} for n in range(40)]
    large = make_framework(version="2", sections=many)

    def seconds(framework: Framework) -> float:
        times = []
        for _number in range(3):
            begun = perf_counter()
            reader.get(f"/frameworks/{framework.pk}/")
            times.append(perf_counter() - begun)
        return min(times)

    assert seconds(large) / 2000 < 2 * seconds(small) / 54


def test_flags_groups_materials_and_prose_are_shown(reader: Client) -> None:
    odd = {
        **item(1),
        "bonus": False,
        "committee_only": True,
        "responsible": "区教体局",
        "rule_prose": "每低1个百分点扣0.1分。",
        "materials": ["花名册", "班额统计表"],
        "group": "师资",
    }
    section = {
        "title": "教育保障",
        "label": "A1",
        "note": "按学年计。",
        "groups": [{"title": "师资"}],
        "items": [odd],
    }
    extra = {"title": "加分", "items": [{"label": "J1", "title": "典型经验", "weight": "2", "bonus": True}]}
    framework = make_framework(sections=[section, extra], notes="试行。")
    page = reader.get(f"/frameworks/{framework.pk}/?all=1").content.decode()
    for text in (
        "A1 教育保障",
        "按学年计。",
        "师资",
        "仅由上级评分",
        "区教体局",
        "每低1个百分点扣0.1分。",
        "花名册",
        "加分项",
        "另加2分",
        "试行。",
        "其中1.5分仅由上级评分",
    ):
        assert text in page
    assert '<details class="small" open>' in page, "what is printed shows the scoring rule as published"
    node = framework.sections.all()[0].items.all()[0]
    assert f'id="node-{node.key}"' in page


def test_alternatives_for_kinds_of_district_are_never_added_up_together(reader: Client) -> None:
    both = {"label": "1", "title": "共同项", "weight": "60"}
    city = {"label": "2", "title": "城区项", "weight": "40", "profiles": ["城区"]}
    town = {"label": "2", "title": "乡镇项", "weight": "30", "profiles": ["乡镇"]}
    framework = make_framework(
        profiles=["城区", "乡镇"], sections=[{"title": "一", "items": [both, city, town]}], publish=False
    )
    Framework.objects.update(status=FrameworkStatus.CONSULTING)
    Framework.objects.update(status=FrameworkStatus.PUBLISHED, published_at="2021-12-01T00:00Z")
    answer = reader.get(f"/frameworks/{framework.pk}/")
    assert [(name, weight.points) for name, weight in answer.context["weights"].lines] == [
        ("城区", 100),
        ("乡镇", 90),
    ]
    shown = re.sub(r"\s", "", "".join(VisibleText(answer.content.decode()).text))
    assert "共3项；城区100分；乡镇90分" in shown
    filtered = reader.get(f"/frameworks/{framework.pk}/", {"profile": "乡镇"})
    page = filtered.content.decode()
    assert [weight.points for _name, weight in filtered.context["weights"].lines] == [90]
    assert ("共同项" in page, "城区项" in page, "乡镇项" in page) == (True, False, True)
    unknown = reader.get(f"/frameworks/{framework.pk}/", {"profile": "县城"})
    assert "城区项" in unknown.content.decode()


def test_a_superseded_framework_can_still_be_read(reader: Client) -> None:
    framework = make_framework()
    Framework.objects.update(status=FrameworkStatus.SUPERSEDED)
    assert reader.get(f"/frameworks/{framework.pk}/").status_code == HTTPStatus.OK


def test_a_draft_and_an_unknown_framework_are_not_there(reader: Client) -> None:
    draft = make_framework(publish=False)
    for pk in (draft.pk, draft.pk + 1):
        assert reader.get(f"/frameworks/{pk}/").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("path", ["/frameworks/", "/frameworks/1/"])
def test_pages_are_only_read(reader: Client, path: str) -> None:
    assert reader.post(path).status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_markup_in_a_framework_is_text(reader: Client) -> None:
    framework = make_framework(title="<script>alert(1)</script>")
    page = reader.get(f"/frameworks/{framework.pk}/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
