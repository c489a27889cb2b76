"""First passwords: made, shown once on slips, never stored or told elsewhere; and resetting them."""

import logging
import re
from http import HTTPStatus

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.first_passwords import LETTERS, MOST, make_first_password, reset_passwords
from accounts.models import Membership, User
from accounts.roles import Role
from audit.models import Event
from tests.factories import World, make_user, make_world

pytestmark = pytest.mark.django_db

PAGE = "/people/passwords/"
SLIP = re.compile(r'class="first-password">([^<]+)<')
ONCE = re.compile(r'name="once" value="([^"]+)"')


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def client(world: World) -> Client:
    """The coordinator of district a."""
    return signed_in(world.people[Role.COORDINATOR, "a"])


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def ask(client: Client, *people: User) -> str:
    answer = client.get(PAGE, {"person": [person.pk for person in people]})
    assert answer.status_code == HTTPStatus.OK
    return answer.content.decode()


def reset(client: Client, *people: User) -> str:
    """The page of slips."""
    once = ONCE.findall(ask(client, *people))[0]
    answer = client.post(PAGE, {"person": [person.pk for person in people], "once": once})
    assert answer.status_code == HTTPStatus.OK
    return answer.content.decode()


def test_a_first_password_is_readable_and_not_to_be_guessed() -> None:
    made = {make_first_password() for _ in range(500)}
    assert len(made) == 500
    assert all(re.fullmatch(r"\w{4}-\w{4}-\w{4}", password) for password in made)
    assert set("".join(made)) == {*LETTERS, "-"}
    assert not set("0o1li5s2zOI") & set(LETTERS)


def test_a_reset_sets_it_to_be_changed_and_ends_sessions(client: Client, world: World) -> None:
    person = world.people[Role.FILLER, "a1"]
    other = signed_in(person)
    (password,) = SLIP.findall(reset(client, person))
    person.refresh_from_db()
    assert person.check_password(password)
    assert person.must_change_password is True
    assert other.get("/password/").headers["Location"] == "/sign-in/?next=/password/"
    fresh = Client()
    fresh.post("/sign-in/", {"username": person.username, "password": password})
    assert fresh.get("/").headers["Location"] == "/password/?next=%2F"


def test_one_event_for_each_person_and_the_password_nowhere(
    client: Client, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    people = [world.people[Role.FILLER, "a1"], world.people[Role.FILLER, "a2"]]
    passwords = SLIP.findall(reset(client, *people))
    assert len(set(passwords)) == 2
    events = Event.objects.filter(action="user.password_reset")
    assert {(event.subject_id, event.organisation_id) for event in events} == {
        (str(people[0].pk), world.departments["a1"].pk),
        (str(people[1].pk), world.departments["a2"].pk),
    }
    sessions = [session.get_decoded() for session in Session.objects.all()]
    kept = f"{[event.details for event in events]}{sessions}{caplog.text}{list(User.objects.values())}"
    assert not any(password in kept for password in passwords)


def test_the_slips_name_person_place_names_address_and_are_not_cached(client: Client, world: World) -> None:
    person = world.people[Role.FILLER, "a1"]
    once = ONCE.findall(ask(client, person))[0]
    answer = client.post(PAGE, {"person": person.pk, "once": once})
    page = answer.content.decode()
    for text in ("单位a1", "<code>filler-a1</code>", "http://testserver/sign-in/"):
        assert text in page
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_page_sent_twice_makes_no_other_passwords(client: Client, world: World) -> None:
    person = world.people[Role.FILLER, "a1"]
    posted = {"person": person.pk, "once": ONCE.findall(ask(client, person))[0]}
    (password,) = SLIP.findall(client.post(PAGE, posted).content.decode())
    again = client.post(PAGE, posted)
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert SLIP.findall(again.content.decode()) == []
    person.refresh_from_db()
    assert person.check_password(password)


def test_who_has_no_password_is_listed_without_being_named(client: Client, world: World) -> None:
    assert ONCE.findall(client.get(PAGE).content.decode()) == []
    person = world.people[Role.FILLER, "a2"]
    person.set_unusable_password()
    person.save()
    stranger = world.people[Role.FILLER, "b1"]
    stranger.set_unusable_password()
    stranger.save()
    page = client.get(PAGE).content.decode()
    assert "filler-a2" in page
    assert "filler-b1" not in page


@pytest.mark.parametrize("person", ["x", "-1", "0", "９", str(2**70), "1 OR 1=1", "\x00"])
def test_numbers_of_nobody_change_nothing(client: Client, world: World, person: str) -> None:
    before = list(User.objects.values_list("password", flat=True))
    for method in (client.get, client.post):
        assert method(PAGE, {"person": person}).status_code in (200, 404, 422)
    assert list(User.objects.values_list("password", flat=True)) == before


def test_people_of_another_district_are_not_there(client: Client, world: World) -> None:
    stranger, own = world.people[Role.FILLER, "b1"], world.people[Role.FILLER, "a1"]
    once = ONCE.findall(ask(client, own))[0]
    for people in ([stranger.pk], [own.pk, stranger.pk]):
        assert client.get(PAGE, {"person": people}).status_code == HTTPStatus.NOT_FOUND
        assert client.post(PAGE, {"person": people, "once": once}).status_code == HTTPStatus.NOT_FOUND
    assert Event.objects.filter(action="user.password_reset").count() == 0


def test_nobody_reaches_a_higher_role_by_a_reset(client: Client, world: World) -> None:
    """The coordinator does not reset the administrator's password, nor that of who also works for others."""
    both = world.people[Role.FILLER, "a1"]
    Membership.objects.create(user=both, role=Role.FILLER, organisation=world.departments["b1"])
    for person in (world.people[Role.ADMINISTRATOR, "a"], both):
        once = re.findall(r'name="once" value="([^"]+)"', ask(client, person))[0]
        assert client.post(PAGE, {"person": person.pk, "once": once}).status_code == HTTPStatus.FORBIDDEN
        with pytest.raises(PermissionDenied):
            reset_passwords(people=[person], by=world.people[Role.COORDINATOR, "a"])
    assert Event.objects.filter(action="user.password_reset").count() == 0


def test_a_superuser_is_nobodys_to_reset(client: Client, world: World) -> None:
    person = world.people[Role.FILLER, "a1"]
    User.objects.filter(pk=person.pk).update(is_superuser=True)
    person.refresh_from_db()
    with pytest.raises(PermissionDenied):
        reset_passwords(people=[person], by=world.people[Role.COORDINATOR, "a"])


def test_nobody_too_many_and_locked_accounts_are_refused(world: World) -> None:
    by, person = world.people[Role.COORDINATOR, "a"], world.people[Role.FILLER, "a1"]
    person.is_active = False
    for people in ([], [person] * (MOST + 1), [person]):
        with pytest.raises(ValidationError):
            reset_passwords(people=people, by=by)


def test_others_have_no_such_page(world: World) -> None:
    for persona in ((Role.FILLER, "a1"), (Role.LEADER, "a"), (Role.AUDITOR, "a"), (Role.SECRETARY, "c")):
        assert signed_in(world.people[persona]).get(PAGE).status_code == HTTPStatus.FORBIDDEN


def test_the_page_asks_as_much_for_one_as_for_many(client: Client, world: World) -> None:
    one = [world.people[Role.FILLER, "a1"]]
    many = [make_user(f"many{number}", (Role.FILLER, world.departments["a1"])) for number in range(30)]
    counted = []
    for people in (one, many):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            ask(client, *people)
        counted.append(len(asked))
    assert counted[0] == counted[1]
