"""How long a session lasts, and what is left at the machine when it is over."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db

HOUR = 3600


@pytest.fixture
def alice() -> User:
    return make_user("alice")


@pytest.fixture
def client(alice: User) -> Client:
    """Alice's browser, just signed in."""
    client = Client()
    client.post("/sign-in/", {"username": "alice", "password": "correct horse"})
    return client


def let_pass(client: Client, hours: float) -> None:
    """As if nothing had been asked for so long."""
    session = client.session
    for moment in ("signed_in_at", "renewed_at"):
        session[moment] -= int(hours * HOUR)
    session.save()
    row = Session.objects.get()
    row.expire_date -= timedelta(hours=hours)
    row.save()


def ends_in(client: Client) -> float:
    """Hours until the session ends if nothing is asked for, rounded."""
    return round((Session.objects.get().expire_date - timezone.now()) / timedelta(hours=1), 1)


def is_signed_in(client: Client) -> bool:
    return client.get("/frameworks/").status_code == 200


def test_a_session_ends_when_nothing_was_asked_for_eight_hours(client: Client) -> None:
    assert ends_in(client) == 8
    let_pass(client, 8)
    assert not is_signed_in(client)


@pytest.mark.parametrize(("hours", "left"), [(1.9, 6.1), (2, 8), (7.9, 8)])
def test_a_session_is_renewed_when_a_quarter_of_its_time_has_passed(
    client: Client, hours: float, left: float
) -> None:
    let_pass(client, hours)
    assert is_signed_in(client)
    assert ends_in(client) == left


def test_a_session_ends_twelve_hours_after_signing_in_whatever_is_done(client: Client) -> None:
    for _ in range(3):
        let_pass(client, 3.9)
        assert is_signed_in(client)
    let_pass(client, 0.3)
    assert client.get("/frameworks/").headers["Location"] == "/sign-in/?next=/frameworks/"
    assert not Session.objects.exists()


def test_both_limits_begin_anew_with_a_new_sign_in(client: Client) -> None:
    let_pass(client, 7)
    is_signed_in(client)
    let_pass(client, 6)
    client.post("/sign-in/", {"username": "alice", "password": "correct horse"})
    assert ends_in(client) == 8
    let_pass(client, 7.5)
    assert is_signed_in(client)


def test_a_session_begun_elsewhere_is_not_renewed(alice: User) -> None:
    client = Client()
    client.force_login(alice)
    Session.objects.update(expire_date=timezone.now() + timedelta(hours=1))
    assert is_signed_in(client)
    assert ends_in(client) == 1


# What is left at the machine


def test_signing_out_clears_the_browser(client: Client) -> None:
    response = client.post("/sign-out/")
    assert response.headers["Clear-Site-Data"] == '"cache"'


@pytest.mark.parametrize("path", ["/", "/frameworks/", "/nowhere/", "/language/", "/admin/login/"])
def test_a_page_is_kept_by_its_readers_browser_alone(client: Client, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "private, no-cache"


def test_a_page_with_a_rule_of_its_own_keeps_it() -> None:
    assert "no-store" in Client().get("/sign-in/").headers["Cache-Control"]


def test_a_page_says_whose_it_is_and_the_site_who_is_signed_in(client: Client, alice: User) -> None:
    assert f'<body data-user="{alice.pk}" ' in client.get("/").content.decode()
    assert client.get("/who-is-signed-in/").content.decode() == str(alice.pk)
    client.post("/sign-out/")
    assert client.get("/who-is-signed-in/").status_code == 302
    assert "data-user" not in client.get("/sign-in/").content.decode()
