"""The comment round: who comments on what, who reads which comment, and who answers."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts.models import User
from accounts.roles import Role
from accounts.standing import standing_of
from audit.models import Event
from indicators.access import frameworks_visible_to
from indicators.consulting import (
    answer_comment,
    change_comment,
    close_round,
    comments_visible_to,
    frameworks_with_comments_for,
    open_round,
    withdraw_comment,
    write_comment,
)
from indicators.models import Comment, Framework, FrameworkStatus, Item, Section
from indicators.publishing import publish_framework
from tests.factories import World, make_framework, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def draft(world: World) -> Framework:
    framework = make_framework(publish=False, version="2")
    framework.committee = world.committee
    framework.save(update_fields=["committee"])
    return framework


@pytest.fixture
def consulting(draft: Framework) -> Framework:
    return open_round(framework=draft, by=None)


def comment(framework: Framework, world: World, role: Role, office: str, text: str = "分值偏低。") -> Comment:
    return write_comment(
        framework=framework,
        node=Item.objects.get(section__framework=framework, label="1").key,
        organisation={**world.departments, **world.districts, "c": world.committee}[office],
        text=text,
        by=world.people[role, office],
    )


def secretary(world: World) -> User:
    return world.people[Role.SECRETARY, "c"]


# The round


def test_a_round_is_opened_and_closed_and_leaves_events(draft: Framework, world: World) -> None:
    open_round(framework=draft, by=secretary(world))
    assert Framework.objects.get(pk=draft.pk).status == FrameworkStatus.CONSULTING
    close_round(framework=draft, by=secretary(world))
    assert Framework.objects.get(pk=draft.pk).status == FrameworkStatus.DRAFT
    events = Event.objects.filter(action__startswith="framework.comments")
    assert [event.action for event in events.order_by("sequence")] == [
        "framework.comments_opened",
        "framework.comments_closed",
    ]


def test_a_round_opened_or_closed_twice_says_so(draft: Framework) -> None:
    with pytest.raises(ValidationError, match="It is not open to comments"):
        close_round(framework=draft, by=None)
    open_round(framework=draft, by=None)
    with pytest.raises(ValidationError, match="Only a draft can be opened to comments"):
        open_round(framework=draft, by=None)


def test_the_tree_stands_still_while_it_is_open(consulting: Framework) -> None:
    with pytest.raises(IntegrityError, match="is immutable"), transaction.atomic():
        Item.objects.filter(section__framework=consulting).update(weight=1)
    close_round(framework=consulting, by=None)
    assert Item.objects.filter(section__framework=consulting, label="1").update(weight=1) == 1


# Commenting


def test_departments_and_coordinators_comment_on_a_node(consulting: Framework, world: World) -> None:
    written = comment(consulting, world, Role.FILLER, "a1")
    assert (written.place, written.text) == ("教育保障 › 1 经费投入", "分值偏低。")
    assert written.author == world.people[Role.FILLER, "a1"]
    assert comment(consulting, world, Role.DEPARTMENT_HEAD, "b2").organisation == world.departments["b2"]
    assert comment(consulting, world, Role.COORDINATOR, "a").organisation == world.districts["a"]
    event = Event.objects.filter(action="comment.written").order_by("sequence")[0]
    assert event.organisation_id == world.departments["a1"].pk
    assert event.details == {
        "framework": str(consulting.pk),
        "place": "教育保障 › 1 经费投入",
        "text": "分值偏低。",
    }


def test_the_whole_framework_can_be_commented_on(consulting: Framework, world: World) -> None:
    written = write_comment(
        framework=consulting,
        node=None,
        organisation=world.departments["a1"],
        text=" 总体可行。\r\n\x00 ",
        by=world.people[Role.FILLER, "a1"],
    )
    assert (written.node, written.place, written.text) == (None, "The whole framework", "总体可行。")


@pytest.mark.parametrize(
    ("role", "office"),
    [
        (Role.LEADER, "a"),
        (Role.AUDITOR, "a"),
        (Role.ADMINISTRATOR, "a"),
        (Role.SECRETARY, "c"),
        (Role.VERIFIER, "c"),
    ],
)
def test_others_do_not_comment(consulting: Framework, world: World, role: Role, office: str) -> None:
    with pytest.raises(PermissionDenied):
        comment(consulting, world, role, office)


def test_nobody_comments_for_another_office(consulting: Framework, world: World) -> None:
    for office in (world.departments["a2"], world.districts["a"], None):
        with pytest.raises(PermissionDenied):
            write_comment(
                framework=consulting,
                node=None,
                organisation=office,
                text="意见",
                by=world.people[Role.FILLER, "a1"],
            )


def test_nobody_comments_before_or_after_the_round(draft: Framework, world: World) -> None:
    with pytest.raises(PermissionDenied):
        comment(draft, world, Role.FILLER, "a1")
    open_round(framework=draft, by=None)
    written = comment(draft, world, Role.FILLER, "a1")
    close_round(framework=draft, by=None)
    for attempt in (
        lambda: comment(draft, world, Role.FILLER, "a1", "又"),
        lambda: change_comment(comment=written, text="又", by=written.author),
        lambda: withdraw_comment(comment=written, by=written.author),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


@pytest.mark.parametrize(("text", "said"), [(" \n", "Write something."), ("长" * 1001, "At most 1000")])
def test_a_comment_has_some_text_and_not_too_much(
    consulting: Framework, world: World, text: str, said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        comment(consulting, world, Role.FILLER, "a1", text)
    assert not Comment.objects.exists()


def test_a_comment_is_about_a_node_of_this_framework(consulting: Framework, world: World) -> None:
    with pytest.raises(ValidationError, match="There is no such place"):
        write_comment(
            framework=consulting,
            node=uuid4(),
            organisation=world.departments["a1"],
            text="意见",
            by=world.people[Role.FILLER, "a1"],
        )


def test_the_same_comment_sent_twice_is_one(consulting: Framework, world: World) -> None:
    first, second = (comment(consulting, world, Role.FILLER, "a1") for _ in range(2))
    assert first == second
    assert Event.objects.filter(action="comment.written").count() == 1


def test_an_office_changes_and_withdraws_its_comment_until_it_is_answered(
    consulting: Framework, world: World
) -> None:
    written = comment(consulting, world, Role.FILLER, "a1")
    colleague, stranger = world.people[Role.DEPARTMENT_HEAD, "a1"], world.people[Role.FILLER, "a2"]
    changed = change_comment(comment=written, text="应为3分。", by=colleague)
    assert (changed.text, changed.author) == ("应为3分。", colleague)
    with pytest.raises(PermissionDenied):
        change_comment(comment=written, text="别人的", by=stranger)
    with pytest.raises(PermissionDenied):
        withdraw_comment(comment=written, by=stranger)
    answer_comment(comment=written, text="采纳。", by=secretary(world))
    with pytest.raises(PermissionDenied):
        change_comment(comment=written, text="又改", by=colleague)
    with pytest.raises(PermissionDenied):
        withdraw_comment(comment=written, by=colleague)
    other = comment(consulting, world, Role.FILLER, "a1", "另一条")
    withdraw_comment(comment=other, by=colleague)
    assert [each.text for each in Comment.objects.all()] == ["应为3分。"]
    with pytest.raises(PermissionDenied):
        withdraw_comment(comment=other, by=colleague)


# Reading and answering


def test_everybody_reads_the_comments_that_concern_them(consulting: Framework, world: World) -> None:
    for role, office in (
        (Role.FILLER, "a1"),
        (Role.FILLER, "a2"),
        (Role.COORDINATOR, "a"),
        (Role.FILLER, "b1"),
    ):
        comment(consulting, world, role, office, office)

    def read_by(role: Role, office: str) -> set[str]:
        visible = comments_visible_to(standing_of(world.people[role, office]))
        return set(visible.values_list("text", flat=True))

    assert read_by(Role.FILLER, "a1") == {"a1"}
    assert read_by(Role.COORDINATOR, "a") == read_by(Role.LEADER, "a") == {"a", "a1", "a2"}
    assert read_by(Role.COORDINATOR, "b") == {"b1"}
    assert read_by(Role.SECRETARY, "c") == read_by(Role.AUDITOR, "c") == {"a", "a1", "a2", "b1"}
    assert read_by(Role.ADMINISTRATOR, "a") == set()


def test_the_secretary_answers_also_after_the_round_until_publishing(
    consulting: Framework, world: World
) -> None:
    written = comment(consulting, world, Role.FILLER, "a1")
    answer_comment(comment=written, text="研究中。", by=secretary(world))
    close_round(framework=consulting, by=None)
    answered = answer_comment(comment=written, text="采纳。", by=secretary(world))
    assert (answered.answer, answered.answered_by) == ("采纳。", secretary(world))
    publish_framework(framework=consulting, by=None)
    with pytest.raises(PermissionDenied):
        answer_comment(comment=written, text="不采纳。", by=secretary(world))


def test_nobody_else_answers(consulting: Framework, world: World) -> None:
    written = comment(consulting, world, Role.FILLER, "a1")
    for role, office in (
        (Role.FILLER, "a1"),
        (Role.COORDINATOR, "a"),
        (Role.VERIFIER, "c"),
        (Role.AUDITOR, "c"),
    ):
        with pytest.raises(PermissionDenied):
            answer_comment(comment=written, text="采纳。", by=world.people[role, office])


def test_an_office_reads_the_answers_after_the_round_but_not_the_draft(
    consulting: Framework, world: World
) -> None:
    comment(consulting, world, Role.FILLER, "a1")
    close_round(framework=consulting, by=None)
    for office, reads in (("a1", True), ("a2", False), ("b1", False)):
        standing = standing_of(world.people[Role.FILLER, office])
        assert frameworks_with_comments_for(standing).filter(pk=consulting.pk).exists() is reads
        assert not frameworks_visible_to(standing).filter(pk=consulting.pk).exists()


def test_a_comment_on_a_node_that_is_removed_later_stays_readable(
    consulting: Framework, world: World
) -> None:
    comment(consulting, world, Role.FILLER, "a1")
    close_round(framework=consulting, by=None)
    Section.objects.get(framework=consulting, order=1).delete()
    assert Comment.objects.get().place == "教育保障 › 1 经费投入"
