"""Roles: given, ended, continued, lent to a deputy; in force to the last day and gone at the next request."""

from datetime import date, timedelta
from http import HTTPStatus

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.memberships import continue_role, end_role, give_role, name_deputy
from accounts.models import Membership, User
from accounts.roles import Role
from accounts.standing import standing_of
from audit.models import Event
from tests.accounts.offices import Offices, make_offices
from tests.factories import make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def offices() -> Offices:
    return make_offices()


@pytest.fixture
def coordinator(offices: Offices) -> User:
    return offices.people[Role.COORDINATOR, "a"]


def day(after: int) -> date:
    return timezone.localdate() + timedelta(days=after)


def held(offices: Offices, role: Role, where: str) -> Membership:
    return offices.people[role, where].memberships.get()


def counts(person: User, role: Role) -> bool:
    return bool(standing_of(person).organisations(role))


# Given


def test_a_role_counts_from_its_first_day(offices: Offices, coordinator: User) -> None:
    person, place = offices.people[Role.FILLER, "a1"], offices.at["a"]
    give_role(
        person=person, organisation=place, role="leader", starts_on=day(1), ends_on=day(9), by=coordinator
    )
    assert counts(person, Role.LEADER) is False
    Membership.objects.filter(role="leader", user=person).update(starts_on=day(0))
    assert counts(person, Role.LEADER) is True
    event = Event.objects.get(action="membership.given")
    assert (event.organisation_id, event.details) == (
        place.pk,
        {
            "person": "filler-a1",
            "role": "leader",
            "from": day(1).isoformat(),
            "to": day(9).isoformat(),
        },
    )


def test_a_role_that_is_held_is_not_given_twice(offices: Offices, coordinator: User) -> None:
    person, place = offices.people[Role.FILLER, "a1"], offices.at["a1"]
    with pytest.raises(ValidationError) as refusal:
        give_role(person=person, organisation=place, role="filler", by=coordinator)
    assert set(refusal.value.message_dict) == {"role"}


def test_a_role_that_is_over_is_taken_up_again(offices: Offices, coordinator: User) -> None:
    membership = held(offices, Role.FILLER, "a1")
    Membership.objects.update(starts_on=day(-90), ends_on=day(-30))
    coordinator.memberships.update(ends_on=None)
    again = give_role(
        person=membership.user, organisation=membership.organisation, role="filler", by=coordinator
    )
    assert (again.pk, again.starts_on, again.ends_on) == (membership.pk, None, None)


@pytest.mark.parametrize(
    ("person", "role", "where"),
    [
        (("filler", "a1"), "filler", "b1"),
        (("filler", "a1"), "leader", "b"),
        (("filler", "a1"), "administrator", "a"),
        (("filler", "a1"), "secretary", "c"),
        (("filler", "b1"), "filler", "a1"),
        (("secretary", "c"), "leader", "a"),
    ],
)
def test_a_coordinator_gives_roles_in_the_district_to_its_people(
    offices: Offices, coordinator: User, person: tuple[str, str], role: str, where: str
) -> None:
    """Neither roles elsewhere or above, nor to people of whom nothing is seen."""
    place = offices.at[where]
    before = Membership.objects.count()
    with pytest.raises(PermissionDenied):
        give_role(
            person=offices.people[Role(person[0]), person[1]], organisation=place, role=role, by=coordinator
        )
    assert Membership.objects.count() == before


def test_an_administrator_of_the_committee_moves_people_between_districts(offices: Offices) -> None:
    person, by = offices.people[Role.FILLER, "a1"], offices.people[Role.ADMINISTRATOR, "c"]
    end_role(membership=person.memberships.get(), ends_on=day(-1), by=by)
    give_role(person=person, organisation=offices.at["b1"], role="filler", by=by)
    assert standing_of(person).organisations(Role.FILLER) == {offices.at["b1"].pk}


# Ended, and continued


def test_a_role_that_ends_is_gone_at_the_next_request() -> None:
    """In the same session: the item is not there any more, while the account still is."""
    world = make_world()
    role, coordinator = world.people[Role.FILLER, "a1"].memberships.get(), world.people[Role.COORDINATOR, "a"]
    client, page = Client(), f"/responses/{world.response('1').pk}/"
    names = {"username": "filler-a1", "password": "correct horse"}
    assert client.post("/sign-in/", names).status_code == HTTPStatus.FOUND
    assert client.get(page).status_code == HTTPStatus.OK
    end_role(membership=role, ends_on=day(-1), by=coordinator)
    assert client.get(page).status_code == HTTPStatus.NOT_FOUND
    assert client.post(page, {"version": "0", "narrative": "偷改"}).status_code == HTTPStatus.NOT_FOUND
    assert client.get("/password/").status_code == HTTPStatus.OK
    continue_role(membership=role, by=coordinator)
    assert client.get(page).status_code == HTTPStatus.OK


def test_a_role_counts_on_its_last_day(offices: Offices, coordinator: User) -> None:
    membership = held(offices, Role.FILLER, "a1")
    end_role(membership=membership, ends_on=day(0), by=coordinator)
    assert counts(membership.user, Role.FILLER) is True


def test_ends_and_their_taking_back_are_events(offices: Offices, coordinator: User) -> None:
    membership = held(offices, Role.FILLER, "a1")
    for _ in range(2):
        end_role(membership=membership, ends_on=day(5), by=coordinator)
    for _ in range(2):
        continue_role(membership=membership, by=coordinator)
    events = Event.objects.filter(subject_type="accounts.membership")
    last = day(5).isoformat()
    assert [(event.action, event.details["until"]) for event in events] == [
        ("membership.ended", {"from": None, "to": last}),
        ("membership.continued", {"from": last, "to": None}),
    ]


def test_a_role_to_come_that_ends_at_once_ends_unused(offices: Offices, coordinator: User) -> None:
    person, place = offices.people[Role.FILLER, "a1"], offices.at["a"]
    given = give_role(person=person, organisation=place, role="leader", starts_on=day(3), by=coordinator)
    ended = end_role(membership=given, ends_on=day(-1), by=coordinator)
    assert (ended.starts_on, ended.ends_on) == (day(-1), day(-1))


def test_the_past_is_not_rewritten(offices: Offices, coordinator: User) -> None:
    membership = held(offices, Role.FILLER, "a1")
    with pytest.raises(ValidationError) as refusal:
        end_role(membership=membership, ends_on=day(-2), by=coordinator)
    assert set(refusal.value.message_dict) == {"ends_on"}


@pytest.mark.parametrize(
    ("role", "where"), [("administrator", "a"), ("administrator", "c"), ("filler", "b1"), ("secretary", "c")]
)
def test_a_coordinator_ends_no_role_that_is_not_the_own_to_give(
    offices: Offices, coordinator: User, role: str, where: str
) -> None:
    membership = held(offices, Role(role), where)
    for act in (
        lambda: end_role(membership=membership, ends_on=day(0), by=coordinator),
        lambda: continue_role(membership=membership, by=coordinator),
        lambda: name_deputy(membership=membership, deputy=coordinator, ends_on=day(1), by=coordinator),
    ):
        with pytest.raises(PermissionDenied):
            act()
    membership.refresh_from_db()
    assert membership.ends_on is None


@pytest.mark.parametrize("ends", [-1, 0, 30])
def test_nobody_takes_away_the_own_last_role_of_an_administrator(offices: Offices, ends: int) -> None:
    administrator = offices.people[Role.ADMINISTRATOR, "c"]
    own = administrator.memberships.get()
    with pytest.raises(ValidationError):
        end_role(membership=own, ends_on=day(ends), by=administrator)
    Membership.objects.create(
        user=administrator,
        organisation=offices.at["a"],
        role="administrator",
        ends_on=day(ends) if ends > 0 else None,
    )
    if ends > 0:
        with pytest.raises(ValidationError):
            end_role(membership=own, ends_on=day(ends), by=administrator)
    else:
        end_role(membership=own, ends_on=day(ends), by=administrator)


def test_another_administrator_ends_it(offices: Offices) -> None:
    other = make_user("other", (Role.ADMINISTRATOR, offices.committee))
    administrator = offices.people[Role.ADMINISTRATOR, "c"]
    end_role(membership=administrator.memberships.get(), ends_on=day(-1), by=other)
    assert counts(administrator, Role.ADMINISTRATOR) is False


# Deputies


def test_a_deputy_holds_the_role_beside_its_holder_until_a_day(offices: Offices, coordinator: User) -> None:
    head, deputy = held(offices, Role.DEPARTMENT_HEAD, "a1"), offices.people[Role.FILLER, "a1"]
    named = name_deputy(membership=head, deputy=deputy, ends_on=day(10), by=coordinator)
    assert (named.user, named.role, named.organisation, named.deputises, named.ends_on) == (
        deputy,
        "department_head",
        offices.at["a1"],
        head.user,
        day(10),
    )
    assert (counts(deputy, Role.DEPARTMENT_HEAD), counts(head.user, Role.DEPARTMENT_HEAD)) == (True, True)
    event = Event.objects.get(action="membership.deputy_named")
    assert event.details == {
        "person": "filler-a1",
        "role": "department_head",
        "for": "department_head-a1",
        "from": None,
        "to": day(10).isoformat(),
    }


def test_a_deputy_may_stand_in_again(offices: Offices, coordinator: User) -> None:
    head, deputy = held(offices, Role.DEPARTMENT_HEAD, "a1"), offices.people[Role.FILLER, "a1"]
    first = name_deputy(membership=head, deputy=deputy, ends_on=day(10), by=coordinator)
    end_role(membership=first, ends_on=day(-1), by=coordinator)
    again = name_deputy(membership=head, deputy=deputy, ends_on=day(20), by=coordinator)
    assert (again.pk, again.ends_on) == (first.pk, day(20))


def test_who_stood_in_may_be_given_the_role_for_good(offices: Offices, coordinator: User) -> None:
    head, deputy = held(offices, Role.DEPARTMENT_HEAD, "a1"), offices.people[Role.FILLER, "a1"]
    first = name_deputy(membership=head, deputy=deputy, ends_on=day(10), by=coordinator)
    end_role(membership=first, ends_on=day(-1), by=coordinator)
    place = offices.at["a1"]
    given = give_role(person=deputy, organisation=place, role="department_head", by=coordinator)
    assert (given.pk, given.deputises, given.ends_on) == (first.pk, None, None)


def test_what_a_deputy_cannot_be(offices: Offices, coordinator: User) -> None:
    head, filler = held(offices, Role.DEPARTMENT_HEAD, "a1"), offices.people[Role.FILLER, "a1"]
    locked = offices.people[Role.FILLER, "a2"]
    User.objects.filter(pk=locked.pk).update(is_active=False)
    locked.refresh_from_db()

    def refused(**given: object) -> set[str]:
        content = {"membership": head, "deputy": filler, "ends_on": day(10), **given}
        with pytest.raises(ValidationError) as refusal:
            name_deputy(by=coordinator, **content)  # type: ignore[arg-type]
        return set(getattr(refusal.value, "message_dict", {"": []}))

    assert refused(deputy=head.user) == {"deputy"}
    assert refused(deputy=None) == {"deputy"}
    assert refused(deputy=locked) == {"deputy"}
    assert refused(ends_on=None) == {"ends_on"}
    assert refused(ends_on=day(-1)) == {"ends_on"}
    assert refused(starts_on=day(11)) == {"ends_on"}
    end_role(membership=head, ends_on=day(9), by=coordinator)
    assert refused() == {"ends_on"}
    named = name_deputy(membership=head, deputy=filler, ends_on=day(9), by=coordinator)
    assert refused(ends_on=day(5)) == {"deputy"}
    assert refused(membership=named, deputy=coordinator, ends_on=day(5)) == {""}


def test_a_deputy_comes_from_ones_own_people(offices: Offices, coordinator: User) -> None:
    head, stranger = held(offices, Role.DEPARTMENT_HEAD, "a1"), offices.people[Role.FILLER, "b1"]
    with pytest.raises(PermissionDenied):
        name_deputy(membership=head, deputy=stranger, ends_on=day(10), by=coordinator)


def test_a_deputys_end_can_be_moved_and_not_taken_away(offices: Offices, coordinator: User) -> None:
    head, deputy = held(offices, Role.DEPARTMENT_HEAD, "a1"), offices.people[Role.FILLER, "a1"]
    named = name_deputy(membership=head, deputy=deputy, ends_on=day(10), by=coordinator)
    assert end_role(membership=named, ends_on=day(20), by=coordinator).ends_on == day(20)
    with pytest.raises(ValidationError):
        continue_role(membership=named, by=coordinator)


# Oneself


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR])
def test_nobody_gets_further_by_managing_people(offices: Offices, role: Role) -> None:
    """A role is not given to oneself, nor made longer, nor taken up for somebody one stands in for."""
    own = offices.people[role, "a"]
    leader = offices.people[Role.LEADER, "a"].memberships.get()
    held = own.memberships.get()
    end_role(membership=held, ends_on=day(5), by=offices.people[Role.ADMINISTRATOR, "c"])
    for act in (
        lambda: give_role(person=own, organisation=offices.at["a"], role="leader", by=own),
        lambda: give_role(person=own, organisation=offices.at["a1"], role="filler", by=own),
        lambda: name_deputy(membership=leader, deputy=own, ends_on=day(3), by=own),
        lambda: continue_role(membership=held, by=own),
        lambda: end_role(membership=held, ends_on=day(6), by=own),
    ):
        with pytest.raises(ValidationError, match="不能给自己"):
            act()
    held.refresh_from_db()
    assert list(own.memberships.all()) == [held]
    assert held.ends_on == day(5)


def test_an_own_role_may_end_earlier(offices: Offices, coordinator: User) -> None:
    own = coordinator.memberships.get()
    for ends in (5, 4):
        assert end_role(membership=own, ends_on=day(ends), by=coordinator).ends_on == day(ends)


# The database


@pytest.mark.parametrize("broken", ["no end", "for oneself"])
def test_the_database_refuses_a_deputy_without_an_end_or_for_oneself(
    offices: Offices, coordinator: User, broken: str
) -> None:
    person = offices.people[Role.FILLER, "a1"]
    fields = {"deputises": coordinator} if broken == "no end" else {"deputises": person, "ends_on": day(1)}
    with pytest.raises(IntegrityError, match="membership_deputy_for_a_time"), transaction.atomic():
        Membership.objects.create(user=person, organisation=offices.at["a2"], role="filler", **fields)
