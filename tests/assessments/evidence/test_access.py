"""Who sees which evidence, and for whom they may add and cite."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from accounts.roles import Role
from accounts.standing import standing_of
from assessments.evidence.access import (
    evidence_once_visible_to,
    evidence_visible_to,
    may_add,
    may_ask_for_erasure,
    may_change,
    may_change_use,
    may_cite,
    uses_visible_to,
)
from assessments.models import Response
from assessments.states import State
from tests.assessments.evidence.archiving import put
from tests.factories import World

DISTRICT = [(Role.COORDINATOR, "a"), (Role.LEADER, "a"), (Role.AUDITOR, "a")]
NOBODY = [
    (Role.ADMINISTRATOR, "a"),
    (Role.COORDINATOR, "b"),
    (Role.FILLER, "b1"),
    (Role.VERIFIER, "c"),
    (Role.SECRETARY, "c"),
    (Role.AUDITOR, "c"),
    (Role.ADMINISTRATOR, "c"),
]


def seen(world: World, *who: tuple[Role, str]) -> list[set[str]]:
    return [
        set(evidence_visible_to(standing_of(world.people[each])).values_list("title", flat=True))
        for each in who
    ]


def put_state(world: World, label: str, state: State) -> None:
    Response.objects.filter(pk=world.response(label).pk).update(state=state)


def test_department_sees_its_own_and_what_its_items_cite(world: World) -> None:
    world.response("1").assignment.supporting.add(world.departments["a2"])
    put(world, "未引用")
    put(world, "配合项", b"%PDF-1.7 1", "1")
    put(world, "他项", b"%PDF-1.7 2", "2")
    put(world, "本单位", b"%PDF-1.7 3", owner="a2")
    put(world, "外区", b"%PDF-1.7 4", "1", owner="b1", district="b")
    assert seen(world, (Role.FILLER, "a1"), (Role.FILLER, "a2")) == [
        {"未引用", "配合项", "他项"},
        {"配合项", "本单位"},
    ]
    everything = {"未引用", "配合项", "他项", "本单位"}
    assert seen(world, *DISTRICT) == [everything] * 3
    assert seen(world, *NOBODY) == [set(), {"外区"}, {"外区"}, set(), set(), set(), set()]


@pytest.mark.parametrize("state", list(State))
def test_department_sees_what_accepted_items_of_its_district_cite(world: World, state: State) -> None:
    put(world, "他项", b"%PDF-1.7 2", "2")
    put_state(world, "2", state)
    accepted = {"他项"} if state is State.ACCEPTED else set()
    assert seen(world, (Role.FILLER, "a2"), (Role.FILLER, "b1")) == [accepted, set()]


def test_what_a_withdrawn_item_cites_is_not_shown_for_it(world: World) -> None:
    put(world, "他项", b"%PDF-1.7 2", "2")
    Response.objects.filter(pk=world.response("2").pk).update(withdrawn=True, state=State.ACCEPTED)
    assert seen(world, (Role.FILLER, "a2"), (Role.FILLER, "a1")) == [set(), {"他项"}]


def test_removed_evidence_is_seen_by_nobody_but_to_put_it_back(world: World) -> None:
    put(world, "移除", b"%PDF-1.7 2", "2", removed=True)
    assert seen(world, (Role.FILLER, "a1"), (Role.COORDINATOR, "a")) == [set(), set()]
    standing = standing_of(world.people[Role.FILLER, "a1"])
    assert [str(each) for each in evidence_once_visible_to(standing)] == ["移除"]
    assert not uses_visible_to(standing).exists()


def test_role_that_is_over_sees_nothing(world: World) -> None:
    put(world, "方案")
    Membership.objects.update(starts_on="2000-01-01", ends_on="2000-12-31")
    assert seen(world, (Role.FILLER, "a1"), (Role.COORDINATOR, "a")) == [set(), set()]


def test_offices_for_which_somebody_adds(world: World) -> None:
    assessment = world.assessments["a"]

    def offices(*who: tuple[Role, str]) -> list[list[str]]:
        return [
            [office.code for office in may_add(standing_of(world.people[one]), assessment)] for one in who
        ]

    adding = [(Role.FILLER, "a1"), (Role.DEPARTMENT_HEAD, "a2"), (Role.COORDINATOR, "a")]
    assert offices(*adding) == [["a1"], ["a2"], ["a"]]
    assert offices(*NOBODY, (Role.LEADER, "a"), (Role.AUDITOR, "a")) == [[]] * 9


def test_owner_changes_until_an_item_that_cites_it_is_locked(world: World) -> None:
    evidence = put(world, "方案", b"%PDF-1.7 1", "1", "2")

    def changers() -> list[tuple[Role, str]]:
        who = [(Role.FILLER, "a1"), (Role.FILLER, "a2"), *DISTRICT, *NOBODY]
        return [each for each in who if may_change(standing_of(world.people[each]), evidence)]

    assert changers() == [(Role.FILLER, "a1"), (Role.COORDINATOR, "a")]
    put_state(world, "2", State.SUBMITTED)
    assert changers() == [(Role.COORDINATOR, "a")]
    put_state(world, "2", State.RETURNED)
    assert changers() == [(Role.FILLER, "a1"), (Role.COORDINATOR, "a")]


def test_office_for_which_somebody_cites(world: World) -> None:
    world.response("1").assignment.supporting.add(world.departments["a2"])

    def office(role: Role, place: str) -> str:
        found = may_cite(standing_of(world.people[role, place]), world.response("1"))
        return found.code if found else ""

    assert [office(Role.FILLER, "a1"), office(Role.FILLER, "a2"), office(Role.COORDINATOR, "a")] == [
        "a1",
        "a2",
        "",
    ]
    put_state(world, "1", State.ACCEPTED)
    assert [office(Role.FILLER, "a1"), office(Role.FILLER, "a2"), office(Role.COORDINATOR, "a")] == [
        "",
        "",
        "a",
    ]


def test_unassigned_item_is_cited_on_by_nobody(world: World) -> None:
    put(world, "方案", b"%PDF-1.7 1", "1")
    use = world.response("1").evidence_uses.get()
    world.response("1").assignment.delete()
    standing = standing_of(world.people[Role.FILLER, "a1"])
    assert may_cite(standing, world.response("1")) is None
    assert not may_change_use(standing, type(use).objects.get())


def test_coordinator_and_administrator_of_district_or_committee_erase(world: World) -> None:
    def roles(role: Role, place: str) -> set[Role]:
        return set(may_ask_for_erasure(standing_of(world.people[role, place]), world.districts["a"]))

    assert roles(Role.COORDINATOR, "a") == {Role.COORDINATOR}
    assert roles(Role.ADMINISTRATOR, "a") == roles(Role.ADMINISTRATOR, "c") == {Role.ADMINISTRATOR}
    for who in [(Role.ADMINISTRATOR, "b"), (Role.COORDINATOR, "b"), (Role.LEADER, "a"), (Role.FILLER, "a1")]:
        assert roles(*who) == set()


@pytest.mark.parametrize("who", [(Role.FILLER, "a1"), (Role.COORDINATOR, "a")])
def test_visible_evidence_is_one_query(world: World, who: tuple[Role, str]) -> None:
    for number in range(3):
        put(world, f"{number}", None, "1")
    standing = standing_of(world.people[who])
    with CaptureQueriesContext(connection) as asked:
        assert evidence_visible_to(standing).count() == 3
    assert len(asked) == 1
