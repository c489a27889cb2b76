"""A first password, or one that has had its days, opens nothing but the page that changes it."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from tests.factories import World, make_user, make_world

pytestmark = pytest.mark.django_db

FIRST, OWN = "correct horse", "another long horse"
PAGE = "/password/?next="


@pytest.fixture
def alice() -> User:
    return make_user("alice", must_change_password=True)


@pytest.fixture
def client(alice: User) -> Client:
    return signed_in("alice", FIRST)


def signed_in(name: str, password: str) -> Client:
    client = Client()
    assert client.post("/sign-in/", {"username": name, "password": password}).status_code == 302
    return client


def change(client: Client, new: str, **data: str) -> tuple[int, str]:
    posted = {"old_password": FIRST, "new_password1": new, "new_password2": new, **data}
    answer = client.post("/password/", posted)
    return answer.status_code, answer.headers.get("Location", "")


@pytest.mark.parametrize(
    "path", ["/", "/frameworks/", "/frameworks/import/", "/admin/", "/frameworks/99/?a=1&b=2"]
)
def test_every_page_leads_to_the_password(client: Client, path: str) -> None:
    for method in (client.get, client.post):
        answer = method(path)
        assert answer.status_code == 302
        assert answer.headers["Location"] == PAGE + path.replace("?a=1&b=2", "%3Fa%3D1%26b%3D2").replace(
            "/", "%2F"
        )


@pytest.mark.parametrize(
    "headers", [{"Accept": "application/json"}, {"HX-Request": "true"}, {"Sec-Fetch-Dest": "empty"}]
)
def test_a_script_is_told_and_its_page_stays(client: Client, headers: dict[str, str]) -> None:
    answer = client.post("/frameworks/", headers=headers)
    assert answer.status_code == 403
    assert answer.json()["password"] == PAGE + "%2Fframeworks%2F"
    assert answer.json()["error"]


def test_the_api_is_closed_too(client: Client) -> None:
    answer = client.get("/api/v1/assessments/1/results/")
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:selfassess:problem:password-due")


def test_what_stays_open(client: Client) -> None:
    assert client.get("/password/").status_code == 200
    assert client.get("/who-is-signed-in/").status_code == 200
    assert client.post("/language/", {"language": "en", "next": "/"}).status_code == 302
    assert client.get("/sign-in/again/").status_code == 200
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"


def test_the_page_says_why_and_offers_no_way_round(client: Client) -> None:
    page = client.get("/password/?next=/frameworks/").content.decode()
    assert 'name="next" value="/frameworks/"' in page
    assert 'class="btn btn-link"' not in page


def test_after_the_change_the_session_goes_on_and_the_others_end(client: Client, alice: User) -> None:
    other = signed_in("alice", FIRST)
    assert change(client, OWN, next="/frameworks/") == (302, "/frameworks/")
    assert client.get("/frameworks/").status_code == 200
    assert other.get("/password/").headers["Location"] == "/sign-in/?next=/password/"
    alice.refresh_from_db()
    assert alice.must_change_password is False
    assert alice.password_set_at is not None
    assert Event.objects.filter(action="user.password_changed").count() == 1


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_change_does_not_lead_elsewhere(client: Client, target: str) -> None:
    assert change(client, OWN, next=target) == (302, "/")


def test_the_first_password_is_not_taken_again(client: Client, alice: User) -> None:
    assert change(client, FIRST)[0] == 200
    alice.refresh_from_db()
    assert alice.must_change_password is True
    assert client.get("/").status_code == 302


def test_what_an_administrator_does_in_that_moment_stands(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock or a new first password that comes between reading the account and storing is not undone."""
    reset = make_password("reset meanwhile")
    for meanwhile in ({"is_active": False}, {"password": reset}):
        User.objects.filter(pk=alice.pk).update(is_active=True, password=make_password(FIRST))
        client = signed_in("alice", FIRST)

        def hash_slowly(password: str, change: Mapping[str, object] = meanwhile) -> str:
            User.objects.filter(pk=alice.pk).update(**change)
            return make_password(password)

        monkeypatch.setattr("accounts.passwords.make_password", hash_slowly)
        page = client.post("/password/", {"old_password": FIRST, "new_password1": OWN, "new_password2": OWN})
        assert "重新登录" in page.content.decode()
        alice.refresh_from_db()
        assert alice.must_change_password is True
        assert {name: getattr(alice, name) for name in meanwhile} == meanwhile
        assert client.get("/password/").headers["Location"].startswith("/sign-in/")
    assert not Event.objects.filter(action="user.password_changed").exists()


def test_nothing_that_is_posted_meanwhile_is_done(db: None) -> None:
    world: World = make_world()
    person = world.people[Role.FILLER, "a1"]
    client = Client()
    client.force_login(person)
    User.objects.filter(pk=person.pk).update(must_change_password=True)
    response = world.response("1")
    posted = {"version": "0", "narrative": "做了", "score": "2", "reason": ""}
    assert client.post(f"/responses/{response.pk}/", posted).status_code == 302
    assert world.response("1").version == 0


# Ageing


def test_passwords_do_not_age_by_themselves(settings: Settings) -> None:
    make_user("bob", password_set_at=timezone.now() - timedelta(days=5000))
    assert settings.PASSWORD_DAYS == 0
    assert signed_in("bob", FIRST).get("/").status_code == 200


@pytest.mark.parametrize(("days", "status"), [(89, 200), (90, 302)])
def test_a_password_has_its_days_when_somebody_signs_in(settings: Settings, days: int, status: int) -> None:
    settings.PASSWORD_DAYS = 90
    make_user("bob", password_set_at=timezone.now() - timedelta(days=days, minutes=5))
    assert signed_in("bob", FIRST).get("/").status_code == status


def test_nobody_is_stopped_in_the_middle_of_work(settings: Settings) -> None:
    settings.PASSWORD_DAYS = 90
    bob = make_user("bob", password_set_at=timezone.now() - timedelta(days=89))
    client = signed_in("bob", FIRST)
    User.objects.filter(pk=bob.pk).update(
        password_set_at=timezone.now() - timedelta(days=90) + timedelta(seconds=-1)
    )
    session = client.session
    session["signed_in_at"] -= 3600
    session.save()
    assert client.get("/").status_code == 200


def test_an_old_password_counts_from_when_the_account_was_made(settings: Settings) -> None:
    settings.PASSWORD_DAYS = 90
    make_user("bob", date_joined=timezone.now() - timedelta(days=91))
    client = signed_in("bob", FIRST)
    assert client.get("/").status_code == 302
    assert change(client, OWN)[0] == 302
    assert client.get("/").status_code == 200
