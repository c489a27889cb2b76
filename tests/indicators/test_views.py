"""Frameworks to read: published ones alone, in a constant number of queries."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from indicators.models import Framework, FrameworkStatus
from tests.factories import SHORTFALL, make_framework, make_user

pytestmark = pytest.mark.django_db

SESSION_AND_USER = 2
TREE = 6


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
    with django_assert_num_queries(SESSION_AND_USER + 1):
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
    assert (response.context["weight"], response.context["items"]) == (6, 4)
    assert [entry["weight"] for entry in response.context["sections"]] == [3, 3]


@pytest.mark.parametrize("items", [1, 27])
def test_a_page_makes_the_same_queries_with_2_and_with_54_items(
    reader: Client, items: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    framework = make_framework(sections=sections(items))
    with django_assert_num_queries(SESSION_AND_USER + TREE):
        reader.get(f"/frameworks/{framework.pk}/")


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
