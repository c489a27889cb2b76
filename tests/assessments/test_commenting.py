"""Comments on an item: who writes and reads them, and that they stay as they were written."""

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from django.test import Client

from accounts.roles import Role
from assessments.models import Response, ResponseComment
from assessments.states import State
from tests.factories import World

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


@pytest.fixture
def supported(world: World) -> World:
    world.response("1").assignment.supporting.add(world.departments["a2"])
    return world


def signed_in(world: World, role: Role = Role.FILLER, organisation: str = "a1") -> Client:
    client = Client()
    client.force_login(world.people[role, organisation])
    client.cookies["django_language"] = "en"
    return client


def url(world: World, label: str = "1", route: str = "comment/") -> str:
    return f"/responses/{world.response(label).pk}/{route}"


@pytest.mark.parametrize(
    ("role", "organisation"),
    [
        (Role.FILLER, "a1"),
        (Role.DEPARTMENT_HEAD, "a2"),
        (Role.COORDINATOR, "a"),
        (Role.LEADER, "a"),
    ],
)
def test_who_works_on_the_item_writes_for_the_own_office(
    supported: World, role: Role, organisation: str
) -> None:
    client = signed_in(supported, role, organisation)
    assert client.post(url(supported), {"text": " 请补材料。\0 "}).status_code == 302
    comment = ResponseComment.objects.get()
    assert (comment.text, comment.organisation.code) == ("请补材料。", organisation)
    assert comment.author == supported.people[role, organisation]
    assert "请补材料。" in client.get(url(supported, route="")).content.decode()


@pytest.mark.parametrize(
    ("text", "words"), [("", "Write a comment."), ("长" * 501, "At most 500"), ("A" * 501, "At")]
)
def test_what_cannot_be_said_is_refused_and_kept_in_the_form(world: World, text: str, words: str) -> None:
    answer = signed_in(world).post(url(world), {"text": text})
    assert answer.status_code == 422
    assert words in answer.context["comment_problems"][0]
    assert answer.context["comment"] == text
    assert not ResponseComment.objects.exists()


def test_sent_twice_is_one_comment(world: World) -> None:
    client = signed_in(world)
    for _turn in range(2):
        client.post(url(world), {"text": "一样的"})
    assert ResponseComment.objects.count() == 1


def test_comments_are_not_shown_to_other_departments(world: World) -> None:
    signed_in(world).post(url(world), {"text": "内部意见"})
    Response.objects.filter(pk=world.response("1").pk).update(state=State.ACCEPTED)
    page = signed_in(world, Role.FILLER, "a2").get(url(world, route=""))
    assert page.status_code == 200
    assert "内部意见" not in page.content.decode()
    assert "comments" not in page.context
    assert signed_in(world, Role.AUDITOR, "a").post(url(world), {"text": "审计"}).status_code == 403


def test_markup_in_a_comment_is_text(world: World) -> None:
    client = signed_in(world)
    client.post(url(world), {"text": HOSTILE})
    content = client.get(url(world, route="")).content.decode()
    assert "&lt;script&gt;alert(1)" in content
    assert "<script>alert" not in content


def test_comments_are_kept_for_good(world: World) -> None:
    signed_in(world).post(url(world), {"text": "留言"})
    for change in (lambda: ResponseComment.objects.update(text="改"), ResponseComment.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
