"""Signing in again in place, when a session has ended under a page."""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import User
from audit.models import Event
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse"  # noqa: S105 - of the factories' people
AGAIN = "/sign-in/again/"


@pytest.fixture
def alice() -> User:
    return make_user("alice")


@pytest.fixture
def page(alice: User) -> Client:
    """A browser in which alice has signed in and whose session has ended since."""
    client = Client()
    sign_in(client, "alice")
    Session.objects.all().delete()
    return client


def sign_in(client: Client, name: str) -> None:
    assert client.post("/sign-in/", {"username": name, "password": PASSWORD}).status_code == 302


def again(client: Client, number: object, password: str = PASSWORD) -> tuple[int, dict[str, object]]:
    answer = client.post(AGAIN, {"user": str(number), "password": password})
    return answer.status_code, answer.json()


def test_the_right_password_begins_a_session_and_answers_with_a_token(page: Client, alice: User) -> None:
    assert page.get("/password/").status_code == 302
    status, answer = again(page, alice.pk)
    assert (status, answer["user"], len(str(answer["csrf"]))) == (200, alice.pk, 64)
    assert page.get("/password/").status_code == 200
    assert {"signed_in_at", "renewed_at"} <= set(page.session.keys())
    assert [event.action for event in Event.objects.all()] == ["user.signed_in", "user.signed_in"]


def test_the_token_answered_is_taken_and_the_old_one_is_not(alice: User) -> None:
    page = Client(enforce_csrf_checks=True)
    token = page.get(AGAIN).json()["csrf"]
    page.post("/sign-in/", {"username": "alice", "password": PASSWORD, "csrfmiddlewaretoken": token})
    Session.objects.all().delete()
    before = page.get(AGAIN).json()["csrf"]
    posted = {"user": str(alice.pk), "password": PASSWORD}
    assert page.post(AGAIN, posted).status_code == 403
    new = page.post(AGAIN, posted, headers={"X-CSRFToken": before}).json()["csrf"]
    assert page.post("/sign-out/", {"csrfmiddlewaretoken": before}).status_code == 403
    assert page.post("/sign-out/", {"csrfmiddlewaretoken": new}).status_code == 302


def test_who_is_signed_in_is_told_with_a_token(page: Client, alice: User) -> None:
    assert page.get(AGAIN).json()["user"] is None
    sign_in(page, "alice")
    assert page.get(AGAIN).json()["user"] == alice.pk


def test_a_wrong_password_is_told_in_chinese_and_begins_nothing(page: Client, alice: User) -> None:
    status, answer = again(page, alice.pk, "wrong")
    assert status == 422
    assert set(answer) == {"error"}
    assert page.get(AGAIN).json()["user"] is None


def test_five_failures_lock_here_and_on_the_sign_in_page(page: Client, alice: User) -> None:
    assert [again(page, alice.pk, "wrong")[0] for _ in range(5)] == [422, 422, 422, 422, 429]
    status, answer = again(page, alice.pk)
    assert (status, set(answer)) == (429, {"error"})
    assert page.post("/sign-in/", {"username": "alice", "password": PASSWORD}).status_code == 429


def test_numbers_of_others_are_all_answered_alike_and_no_password_is_looked_at(
    page: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There or not, locked or not, and without a hash: neither text nor time tells."""
    bob, gone = make_user("bob"), make_user("gone", is_active=False)
    hashed: list[str] = []
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: hashed.extend(given[1:2]))
    numbers: list[object] = [bob.pk, gone.pk, 999_999, 0, -1, "", "alice", f"{alice.pk} ", "1" * 5000, "\x00"]
    answers = [again(page, number) for number in numbers]
    assert answers == [answers[0]] * len(numbers)
    assert answers[0][0] == 409
    assert hashed == []


def test_who_never_signed_in_here_or_signed_out_signs_in_on_the_page(page: Client, alice: User) -> None:
    assert again(Client(), alice.pk)[0] == 409
    again(page, alice.pk)
    page.post("/sign-out/")
    assert again(page, alice.pk)[0] == 409


def test_a_page_is_not_taken_over_from_who_has_signed_in_since(page: Client, alice: User) -> None:
    make_user("bob")
    sign_in(page, "bob")
    assert again(page, alice.pk)[0] == 409
    Session.objects.all().delete()
    assert again(page, alice.pk)[0] == 409


def test_a_forged_cookie_names_nobody(page: Client, alice: User) -> None:
    make_user("bob")
    bob = User.objects.get(username="bob")
    value = page.cookies["pages_of"].value
    page.cookies["pages_of"] = value.replace(str(alice.pk), str(bob.pk), 1)
    assert again(page, bob.pk)[0] == 409


def test_the_cookie_is_for_this_route_and_no_script(page: Client) -> None:
    cookie = page.cookies["pages_of"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (AGAIN, True, "Lax")
    assert (cookie["secure"], cookie["max-age"]) == (True, "")


def test_a_locked_account_is_answered_like_a_wrong_password(
    page: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = again(page, alice.pk, "wrong")
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(hasher: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    User.objects.update(is_active=False)
    assert again(page, alice.pk) == wrong
    assert len(hashed) == 1


def test_other_methods_are_refused(page: Client) -> None:
    assert page.put(AGAIN).status_code == 405
