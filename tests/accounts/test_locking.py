"""The lock on sign-in as an administrator sees it, and lifting it."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

from accounts.locking import lift_sign_in_lock, sign_in_lock
from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from tests.factories import World, make_world

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse"  # noqa: S105 - of the factories' people


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def person(world: World) -> User:
    return world.people[Role.FILLER, "a1"]


def fail(name: str, times: int, address: str = "127.0.0.1") -> None:
    client = Client(REMOTE_ADDR=address)
    for _ in range(times):
        client.post("/sign-in/", {"username": name, "password": "wrong"})


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def can_sign_in(person: User) -> bool:
    answer = Client().post("/sign-in/", {"username": person.username, "password": PASSWORD})
    return answer.status_code == HTTPStatus.FOUND


def test_four_failures_are_no_lock_and_five_are(person: User) -> None:
    fail("filler-a1", 4)
    assert sign_in_lock(person) is None
    fail("filler-a1", 1)
    found = sign_in_lock(person)
    assert found is not None
    assert found.addresses == ("127.0.0.1",)
    assert timedelta(minutes=14) < found.until - timezone.now() <= timedelta(minutes=15)


def test_each_address_has_a_lock_of_its_own(person: User) -> None:
    fail("filler-a1", 3)
    fail("filler-a1", 4, "10.1.2.3")
    assert sign_in_lock(person) is None
    fail("filler-a1", 1, "10.1.2.3")
    assert getattr(sign_in_lock(person), "addresses", None) == ("10.1.2.3",)


def test_a_lock_opens_by_itself(person: User) -> None:
    fail("filler-a1", 5)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    assert sign_in_lock(person) is None
    assert can_sign_in(person)


def test_who_manages_the_person_lifts_it_with_an_event(world: World, person: User) -> None:
    fail("filler-a1", 5)
    assert not can_sign_in(person)
    answer = signed_in(world.people[Role.COORDINATOR, "a"]).post(f"/people/{person.pk}/sign-in-lock/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/people/{person.pk}/")
    assert can_sign_in(person)
    event = Event.objects.get(action="user.lock_lifted")
    assert (event.actor_name, event.subject_id) == ("coordinator-a", str(person.pk))
    assert event.organisation_id == world.departments["a1"].pk


def test_lifting_for_one_leaves_others_locked(world: World, person: User) -> None:
    other = world.people[Role.FILLER, "a2"]
    for name in ("filler-a1", "filler-a2"):
        fail(name, 5)
    lift_sign_in_lock(person=person, by=world.people[Role.COORDINATOR, "a"])
    assert can_sign_in(person)
    assert not can_sign_in(other)


def test_nothing_to_lift_is_no_event(world: World, person: User) -> None:
    assert lift_sign_in_lock(person=person, by=world.people[Role.COORDINATOR, "a"]) is False
    assert Event.objects.filter(action="user.lock_lifted").count() == 0


def test_others_do_not_lift_it(world: World, person: User) -> None:
    fail("filler-a1", 5)
    path = f"/people/{person.pk}/sign-in-lock/"
    for persona in ((Role.COORDINATOR, "b"), (Role.FILLER, "a2"), (Role.LEADER, "a"), (Role.SECRETARY, "c")):
        assert signed_in(world.people[persona]).post(path).status_code == HTTPStatus.NOT_FOUND
    admin = world.people[Role.ADMINISTRATOR, "a"]
    coordinator = signed_in(world.people[Role.COORDINATOR, "a"])
    answer = coordinator.post(f"/people/{admin.pk}/sign-in-lock/")
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert not can_sign_in(person)


def test_the_panel_shows_on_the_persons_page(world: World, person: User) -> None:
    client = signed_in(world.people[Role.COORDINATOR, "a"])
    action = f'action="/people/{person.pk}/sign-in-lock/"'
    assert action not in client.get(f"/people/{person.pk}/").content.decode()
    fail("filler-a1", 5)
    assert action in client.get(f"/people/{person.pk}/").content.decode()


def test_a_script_is_told_of_the_lock_in_json(person: User) -> None:
    fail("filler-a1", 5)
    answer = Client().post(
        "/sign-in/", {"username": "filler-a1", "password": PASSWORD}, headers={"Accept": "application/json"}
    )
    assert (answer.status_code, set(answer.json())) == (429, {"error"})
