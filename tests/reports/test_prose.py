"""Saving the report's prose."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from reports.models import ReportProse
from reports.prose import ProseContent, StaleProse, save_prose
from tests.factories import World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def save(world: World, version: int = 0, by: User | None = None, **content: Any) -> ReportProse:
    return save_prose(
        assessment=world.assessments["a"],
        content=ProseContent(**{"title": "标题", "addressee": "主送", **content}),
        version=version,
        by=by or world.people[Role.COORDINATOR, "a"],
    )


def faults(world: World, **content: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        save(world, **content)
    assert not ReportProse.objects.exists()
    return refused.value.message_dict


def test_prose_is_kept_with_its_text_cleaned(world: World) -> None:
    save(
        world,
        title=" 自评\n报告 ",
        addressee="主送\x00机关",
        preamble="一\r\n\r\n  二\u200b",
        experience="（一）标题\u2028 1.内容",
        document_number="红教督〔2022〕3号",
        signatory=" 张三 ",
        issued_on=date(2022, 1, 12),
    )
    stored = ReportProse.objects.get()
    assert (stored.title, stored.addressee, stored.signatory) == ("自评 报告", "主送 机关", "张三")
    assert (stored.preamble, stored.experience) == ("一\n二", "（一）标题\n1.内容")
    assert (stored.document_number, stored.issued_on) == ("红教督〔2022〕3号", date(2022, 1, 12))
    assert (stored.version, stored.saved_by) == (1, world.people[Role.COORDINATOR, "a"])


def test_each_save_counts_and_is_an_event(world: World) -> None:
    save(world)
    assert save(world, 1, title="新标题").version == 2
    events = Event.objects.filter(action="report.prose_saved").order_by("sequence")
    assert [event.details for event in events] == [{"version": 1}, {"version": 2}]
    assert {(event.actor_name, event.organisation_id) for event in events} == {
        ("coordinator-a", world.districts["a"].pk)
    }


@pytest.mark.parametrize("version", [-1, 0, 2])
def test_stale_save_is_refused_with_what_stands_now(world: World, version: int) -> None:
    save(world, title="先到")
    events = Event.objects.count()
    with pytest.raises(StaleProse) as refused:
        save(world, version, title="后到")
    assert (refused.value.current.title, refused.value.current.version) == ("先到", 1)
    assert ReportProse.objects.get().title == "先到"
    assert Event.objects.count() == events


def test_of_two_first_saves_one_is_refused(world: World) -> None:
    save(world, 0)
    with pytest.raises(StaleProse):
        save(world, 0)
    assert ReportProse.objects.count() == 1


def test_save_on_a_version_that_never_was_is_refused(world: World) -> None:
    with pytest.raises(StaleProse):
        save(world, 3)
    assert not ReportProse.objects.exists()


def test_only_the_districts_coordinator_writes(world: World) -> None:
    for key, person in world.people.items():
        if key == (Role.COORDINATOR, "a"):
            continue
        with pytest.raises(PermissionDenied):
            save(world, by=person)
    assert not ReportProse.objects.exists()


def test_title_and_addressee_are_needed(world: World) -> None:
    assert set(faults(world, title=" \n", addressee="\u200b")) == {"title", "addressee"}


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("title", "字" * 201, "Ensure this value has at most 200 characters (it has 201)."),
        ("preamble", "字" * 50_001, "The text has 50001 characters; at most 50000 are kept."),
        ("improvements", "字" * 50_001, "The text has 50001 characters; at most 50000 are kept."),
        (
            "problems",
            "\n".join(["（一）标题"] * 100),
            "At most 99 headings, and numbers of paragraphs from 1 to 999.",
        ),
        ("problems", "0.没有这样的编号", "At most 99 headings, and numbers of paragraphs from 1 to 999."),
    ],
)
def test_text_that_cannot_be_printed_is_refused_at_its_field(
    world: World, field: str, text: str, message: str
) -> None:
    assert faults(world, **{field: text}) == {field: [message]}
