"""The pages of an import of people: choose, look at the preview, store, print the first passwords."""

import re
from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Membership, User
from accounts.roles import Role
from audit.models import Event
from tests.accounts.people_workbooks import filled
from tests.factories import World, make_user, make_world

pytestmark = pytest.mark.django_db

CHOOSE, PREVIEW = "/people/import/", "/people/import/preview/"
NEW = {"name": "李明", "organisation": "单位a1", "role": "填报人"}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def coordinator(world: World) -> User:
    return world.people[Role.COORDINATOR, "a"]


@pytest.fixture
def client(coordinator: User) -> Client:
    return signed_in(coordinator)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def send(client: Client, content: bytes, name: str = "人员.xlsx") -> Any:
    return client.post(CHOOSE, {"file": SimpleUploadedFile(name, content)})


def looked_at(client: Client) -> tuple[str, str]:
    """The preview's page and the mark of its plan."""
    page = client.get(PREVIEW).content.decode()
    found = re.findall(r'name="plan" value="(\w+)"', page)
    return page, found[0] if found else ""


def test_a_file_is_previewed_stored_and_leads_to_first_passwords(client: Client, coordinator: User) -> None:
    answer = send(client, filled(coordinator, [NEW]))
    assert (answer.status_code, answer.headers["Location"]) == (302, PREVIEW)
    page, mark = looked_at(client)
    assert "李明" in page
    assert "liming" in page
    assert not User.objects.filter(username="liming").exists()
    stored = client.post(PREVIEW, {"plan": mark})
    assert (stored.status_code, stored.headers["Location"]) == (302, "/people/passwords/")
    person = User.objects.get(username="liming")
    waiting = client.get("/people/passwords/").content.decode()
    assert f'value="{person.pk}"' in waiting
    once = re.findall(r'name="once" value="([^"]+)"', waiting)[0]
    slips = client.post("/people/passwords/", {"person": person.pk, "once": once}).content.decode()
    (password,) = re.findall(r'class="first-password">([^<]+)<', slips)
    person.refresh_from_db()
    assert person.check_password(password)


def test_what_is_wrong_is_told_and_nothing_is_kept(client: Client, coordinator: User) -> None:
    answer = send(client, filled(coordinator, [NEW | {"role": "局长"}]))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "G4" in answer.content.decode()
    assert client.get(PREVIEW).headers["Location"] == CHOOSE


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04", b"%PDF-1.7", b"{}"])
def test_what_is_no_workbook_is_refused_in_a_sentence(client: Client, content: bytes) -> None:
    answer = send(client, content)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'role="alert"' in answer.content.decode()


def test_no_file_and_a_huge_one_are_refused_at_the_field(client: Client) -> None:
    for answer in (client.post(CHOOSE, {}), send(client, b"PK" + b"x" * 10_000_001)):
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "field-error" in answer.content.decode()


def test_a_preview_is_of_one_person_alone(client: Client, coordinator: User, world: World) -> None:
    """Neither the mark of a plan nor the key of the held file is of use to anybody else."""
    send(client, filled(coordinator, [NEW]))
    _page, mark = looked_at(client)
    other = signed_in(world.people[Role.ADMINISTRATOR, "c"])
    assert other.post(PREVIEW, {"plan": mark}).headers["Location"] == CHOOSE
    session = other.session
    session["held_people"] = client.session["held_people"]
    session.save()
    assert other.post(PREVIEW, {"plan": mark}).headers["Location"] == CHOOSE
    thief = Client()
    thief.cookies["sessionid"] = client.session["held_people"]
    assert thief.get("/").headers["Location"].startswith("/sign-in/")
    assert not User.objects.filter(username="liming").exists()


def test_a_preview_sent_twice_stores_once(client: Client, coordinator: User) -> None:
    send(client, filled(coordinator, [NEW]))
    _page, mark = looked_at(client)
    answers = [client.post(PREVIEW, {"plan": mark}).headers["Location"] for _ in range(2)]
    assert answers == ["/people/passwords/", CHOOSE]
    assert User.objects.filter(name="李明").count() == 1


@pytest.mark.parametrize("mark", ["", "x", "0" * 64])
def test_what_was_not_looked_at_is_not_stored(client: Client, coordinator: User, mark: str) -> None:
    send(client, filled(coordinator, [NEW]))
    assert client.post(PREVIEW, {"plan": mark}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not User.objects.filter(name="李明").exists()


def test_what_has_changed_since_is_looked_at_again(client: Client, coordinator: User) -> None:
    send(client, filled(coordinator, [NEW]))
    _page, mark = looked_at(client)
    make_user("liming")
    answer = client.post(PREVIEW, {"plan": mark})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "liming2" in answer.content.decode()
    assert not User.objects.filter(username="liming2").exists()


def test_a_role_that_ended_since_stores_nothing(client: Client, coordinator: User) -> None:
    send(client, filled(coordinator, [NEW]))
    _page, mark = looked_at(client)
    Membership.objects.filter(user=coordinator).delete()
    assert client.post(PREVIEW, {"plan": mark}).status_code == HTTPStatus.FORBIDDEN
    assert not User.objects.filter(name="李明").exists()


def test_markup_in_a_file_is_shown_as_text(client: Client, coordinator: User) -> None:
    name = "<script>alert(1)</script>"
    send(client, filled(coordinator, [NEW | {"name": name}]), "<b>.xlsx")
    page, _mark = looked_at(client)
    assert name not in page
    assert "&lt;script&gt;" in page


def test_nothing_to_store_is_said(client: Client, coordinator: User) -> None:
    send(client, client.get("/people/file/").content)
    _page, mark = looked_at(client)
    assert mark == ""
    assert client.post(PREVIEW, {"plan": mark}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_files_are_named_and_kept_from_others(client: Client, world: World) -> None:
    for path in ("/people/file/", "/people/file/template/"):
        answer = client.get(path)
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert answer.content.startswith(b"PK")
        for persona in ((Role.FILLER, "a1"), (Role.LEADER, "a"), (Role.SECRETARY, "c")):
            assert signed_in(world.people[persona]).get(path).status_code == HTTPStatus.FORBIDDEN


def test_taking_people_out_is_an_event_of_what_was_managed(
    client: Client, world: World, coordinator: User
) -> None:
    assert client.get("/people/file/").status_code == HTTPStatus.OK
    [event] = Event.objects.filter(action="people.exported")
    assert (event.actor_id, event.organisation_id) == (coordinator.pk, world.districts["a"].pk)
