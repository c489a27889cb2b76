"""Signing in and out, one's own password, and the language, by real requests."""

import re
from http import HTTPStatus

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext
from pytest_django import Settings

from accounts.models import User
from audit.models import Event
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse"  # noqa: S105 - of the factories' people


@pytest.fixture(autouse=True)
def alice() -> User:
    return make_user("alice", name="李晓敏", staff_number="D001", phone="13800138000")


class Response:
    """What a test looks at."""

    def __init__(self, response: object) -> None:
        self.status = response.status_code  # type: ignore[attr-defined]
        self.location = response.headers.get("Location")  # type: ignore[attr-defined]
        self.text = response.content.decode()  # type: ignore[attr-defined]


def sign_in(client: Client, username: str, password: str = PASSWORD, **data: str) -> Response:
    return Response(client.post("/sign-in/", {"username": username, "password": password, **data}))


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def without_tokens(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


# Signing in


@pytest.mark.parametrize(
    "name", ["alice", "D001", "13800138000", " alice ", "ａｌｉｃｅ", "１３８００１３８０００"]
)
def test_sign_in_takes_user_name_staff_number_or_phone(client: Client, alice: User, name: str) -> None:
    response = sign_in(client, name)
    assert (response.status, response.location) == (302, "/")
    assert client.session["_auth_user_id"] == str(alice.pk)


def test_sign_in_is_an_event(client: Client, alice: User) -> None:
    sign_in(client, "D001")
    event = Event.objects.get()
    assert (event.action, event.actor_id, event.subject_id) == ("user.signed_in", alice.pk, str(alice.pk))


def test_sign_in_changes_the_session_key(client: Client) -> None:
    client.get("/sign-in/")
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    sign_in(client, "alice")
    assert client.session.session_key != session.session_key


def test_sign_in_returns_to_the_page_that_asked_for_it(client: Client) -> None:
    assert sign_in(client, "alice", next="/frameworks/").location == "/frameworks/"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil"]
)
def test_sign_in_does_not_lead_elsewhere(client: Client, target: str) -> None:
    assert sign_in(client, "alice", next=target).location == "/"


def test_who_is_signed_in_is_led_on(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert Response(client.get("/sign-in/")).location == "/"


def refusals(client: Client) -> dict[str, tuple[str, str]]:
    """Name and password that are refused, by reason."""
    make_user("locked", is_active=False)
    make_user("bob")
    # The form refuses this; data from elsewhere may still have it.
    User.objects.filter(username="bob").update(staff_number="alice")
    return {
        "wrong password": ("D001", "wrong"),
        "unknown": ("nobody", PASSWORD),
        "inactive": ("locked", PASSWORD),
        "two people": ("alice", PASSWORD),
        "two people, wrong password": ("alice", "wrong"),
    }


def test_every_refusal_looks_the_same(client: Client) -> None:
    pages = set()
    for name, password in refusals(client).values():
        response = sign_in(client, name, password)
        assert response.status == HTTPStatus.OK
        assert not is_signed_in(client)
        pages.add(without_tokens(response.text).replace(f'value="{name}"', ""))
    assert len(pages) == 1
    assert Event.objects.count() == 0


def test_every_refusal_costs_one_hash(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time must not tell which names exist: the hash is nearly all of it."""
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(hasher: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    costs = {}
    for reason, (name, password) in refusals(client).items():
        hashed.clear()
        sign_in(client, name, password)
        costs[reason] = len(hashed)
    assert costs == dict.fromkeys(costs, 1)


def test_a_name_is_matched_as_it_is_written(client: Client) -> None:
    assert sign_in(client, "ALICE").status == HTTPStatus.OK
    assert not is_signed_in(client)


@pytest.mark.parametrize("name", ["", "a" * 65, "a\x00"])
def test_a_name_that_cannot_be_one_is_refused_at_its_field(client: Client, name: str) -> None:
    response = sign_in(client, name)
    assert response.status == HTTPStatus.OK
    assert "field-error" in response.text


def test_a_person_who_is_locked_while_signed_in_is_out_with_the_next_request(
    client: Client, alice: User
) -> None:
    client.force_login(alice)
    User.objects.update(is_active=False)
    assert Response(client.get("/")).location == "/sign-in/?next=/"


# Lock-out


def test_five_failures_lock_the_name_for_this_address(client: Client) -> None:
    statuses = [sign_in(client, "alice", "wrong").status for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    assert sign_in(client, "alice").status == HTTPStatus.TOO_MANY_REQUESTS
    assert not is_signed_in(client)


def test_the_locked_page_is_chinese(client: Client) -> None:
    page = [sign_in(client, "alice", "wrong") for _ in range(5)][-1].text
    with translation.override("zh-hans"):
        title = gettext("Locked for a while")
    assert title != "Locked for a while"
    assert '<html lang="zh-CN">' in page
    assert f">{title}</h1>" in page


def test_a_lock_is_for_one_name_and_one_address(client: Client) -> None:
    for _ in range(5):
        sign_in(client, "alice", "wrong")
    make_user("bob")
    assert sign_in(client, "bob").status == HTTPStatus.FOUND
    elsewhere = Client(REMOTE_ADDR="10.1.2.3")
    assert sign_in(elsewhere, "alice").status == HTTPStatus.FOUND


def test_a_lock_is_not_escaped_by_naming_another_address(client: Client) -> None:
    for number in range(5):
        client.defaults["HTTP_X_FORWARDED_FOR"] = f"10.1.2.{number}"
        sign_in(client, "alice", "wrong")
    client.defaults["HTTP_X_FORWARDED_FOR"] = "10.1.2.9"
    assert sign_in(client, "alice").status == HTTPStatus.TOO_MANY_REQUESTS


def test_behind_our_proxy_a_lock_is_for_the_client_alone(client: Client, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    client.defaults["HTTP_X_FORWARDED_FOR"] = "10.1.2.3"
    for _ in range(5):
        sign_in(client, "alice", "wrong")
    client.defaults["HTTP_X_FORWARDED_FOR"] = "10.1.2.4"
    assert sign_in(client, "alice").status == HTTPStatus.FOUND


@pytest.mark.parametrize("name", ["alice", "D001", "13800138000", " ａｌｉｃｅ "])
def test_a_lock_is_for_the_person_whatever_name_is_given(client: Client, name: str) -> None:
    statuses = [sign_in(client, typed, "wrong").status for typed in ["alice", "D001", "13800138000"] * 2]
    assert statuses == [200, 200, 200, 200, 429, 429]
    assert sign_in(client, name).status == HTTPStatus.TOO_MANY_REQUESTS


def test_a_success_by_one_name_forgets_failures_by_another(client: Client) -> None:
    for _ in range(2):
        for _ in range(4):
            assert sign_in(client, "D001", "wrong").status == HTTPStatus.OK
        assert sign_in(client, "13800138000").status == HTTPStatus.FOUND
        client.logout()


def test_a_name_of_nobody_is_locked_like_any_other(client: Client) -> None:
    assert [sign_in(client, "nobody").status for _ in range(5)] == [200, 200, 200, 200, 429]


def test_four_failures_are_forgotten_after_a_success(client: Client) -> None:
    for _ in range(2):
        for _ in range(4):
            assert sign_in(client, "alice", "wrong").status == HTTPStatus.OK
        assert sign_in(client, "alice").status == HTTPStatus.FOUND
        client.logout()


# Signing out


def test_sign_out_is_a_post(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert Response(client.get("/sign-out/")).status == HTTPStatus.METHOD_NOT_ALLOWED
    assert is_signed_in(client)
    response = Response(client.post("/sign-out/"))
    assert (response.status, response.location) == (302, "/sign-in/")
    assert not is_signed_in(client)


def test_posts_need_a_token(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    for path in ("/sign-in/", "/sign-out/", "/password/", "/language/"):
        assert Response(client.post(path)).status == HTTPStatus.FORBIDDEN
    assert is_signed_in(client)


# Passwords


def change_password(client: Client, old: str, new: str, again: str | None = None) -> Response:
    data = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return Response(client.post("/password/", data))


def test_a_changed_password_counts_at_once_and_is_an_event(client: Client, alice: User) -> None:
    client.force_login(alice)
    other = Client()
    other.force_login(alice)
    response = change_password(client, PASSWORD, "another long horse")
    assert (response.status, response.location) == (302, "/")
    event = Event.objects.get()
    assert (event.action, event.actor_id, event.details) == ("user.password_changed", alice.pk, {})
    assert Response(client.get("/password/")).status == HTTPStatus.OK
    assert Response(other.get("/password/")).location == "/sign-in/?next=/password/"
    client.logout()
    assert sign_in(client, "alice").status == HTTPStatus.OK
    assert sign_in(client, "alice", "another long horse").status == HTTPStatus.FOUND


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("wrong", "another long horse", "another long horse"),
        (PASSWORD, "another long horse", "another short horse"),
        (PASSWORD, "shorthors", "shorthors"),
        (PASSWORD, "password1234", "password1234"),
        (PASSWORD, "13800138000", "13800138000"),
    ],
    ids=["old one wrong", "not the same twice", "too short", "common", "own phone"],
)
def test_a_password_that_will_not_do_changes_nothing(
    client: Client, alice: User, old: str, new: str, again: str
) -> None:
    client.force_login(alice)
    response = change_password(client, old, new, again)
    assert response.status == HTTPStatus.OK
    assert "field-error" in response.text
    assert Event.objects.count() == 0
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("shorthors", "新密码不足10个字符。"),
        ("password1234", "这个密码太常见了。"),
        ("13800138000", "密码跟 手机号 太相似了。"),
    ],
)
def test_what_is_wrong_with_a_password_is_said_in_chinese(
    client: Client, alice: User, new: str, message: str
) -> None:
    client.force_login(alice)
    page = change_password(client, PASSWORD, new).text
    assert f">{message}</div>" in page


def test_guessing_the_old_password_locks_as_signing_in_does(client: Client, alice: User) -> None:
    client.force_login(alice)
    new = "another long horse"
    assert [change_password(client, "wrong", new).status for _ in range(5)] == [200, 200, 200, 200, 429]
    assert change_password(client, PASSWORD, new).status == HTTPStatus.TOO_MANY_REQUESTS
    assert sign_in(Client(), "D001").status == HTTPStatus.TOO_MANY_REQUESTS
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_no_password_that_was_typed_is_stored(client: Client, alice: User) -> None:
    client.force_login(alice)
    for typed in ("almost right", "almost right too"):
        change_password(client, typed, "another long horse")
        sign_in(Client(), "alice", typed)
    stored = "".join(f"{row.post_data}{row.get_data}" for row in AccessAttempt.objects.all())
    assert "new_password1=*" in stored
    assert "almost" not in stored
    assert "horse" not in stored


# The language


def choose(client: Client, language: str, back: str = "/frameworks/") -> Response:
    return Response(client.post("/language/", {"language": language, "next": back}))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_language_is_remembered_in_a_cookie(client: Client, language: str) -> None:
    response = choose(client, language)
    assert (response.status, response.location) == (302, "/frameworks/")
    cookie = client.cookies["django_language"]
    assert (cookie.value, cookie["max-age"], cookie["samesite"]) == (language, 31_536_000, "Lax")
    assert cookie["httponly"] is True
    assert cookie["secure"] is True


@pytest.mark.parametrize("language", ["", "fr", "en\r\nSet-Cookie: a=b"])
def test_an_unknown_language_is_not_remembered(client: Client, language: str) -> None:
    assert choose(client, language).status == HTTPStatus.FOUND
    assert "django_language" not in client.cookies


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_choosing_a_language_does_not_lead_elsewhere(client: Client, target: str) -> None:
    assert choose(client, "en", target).location == "/"


def test_choosing_a_language_takes_the_page_as_an_address_not_as_a_route(client: Client) -> None:
    response = choose(client, "en", "sign-in")
    assert (response.status, response.location) == (302, "sign-in")


def test_a_language_is_chosen_by_post(client: Client) -> None:
    assert Response(client.get("/language/")).status == HTTPStatus.METHOD_NOT_ALLOWED


# The demo's accounts on the page


def test_the_page_lists_demo_accounts_in_a_demo_alone(client: Client, settings: Settings) -> None:
    make_user("tianbao", is_demo=True)
    assert "tianbao" not in Response(client.get("/sign-in/")).text
    settings.DEMO = True
    page = Response(client.get("/sign-in/")).text
    assert "tianbao" in page
    assert "alice" not in page
