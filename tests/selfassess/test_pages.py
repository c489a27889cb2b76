"""What every page sends along, and in which language it speaks."""

from http import HTTPStatus

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.roles import Role
from tests.factories import make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client) -> Client:
    client.force_login(make_user("alice"))
    return client


def policy(header: str) -> dict[str, set[str]]:
    directives = (directive.split() for directive in header.split(";"))
    return {name: set(values) for name, *values in directives}


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/frameworks/", "/nowhere/", "/admin/login/"])
def test_the_content_policy_lets_nothing_inline_run(client: Client, path: str) -> None:
    assert policy(client.get(path).headers["Content-Security-Policy"]) == {
        "default-src": {"'none'"},
        "script-src": {"'self'"},
        "style-src": {"'self'"},
        "img-src": {"'self'", "data:"},
        "font-src": {"'self'"},
        "connect-src": {"'self'"},
        "form-action": {"'self'"},
        "frame-src": {"'self'"},
        "frame-ancestors": {"'none'"},
        "base-uri": {"'none'"},
        "manifest-src": {"'self'"},
    }


def test_an_ordinary_page_has_no_script_or_style_of_its_own(signed_in: Client) -> None:
    page = signed_in.get("/").content.decode()
    assert [mark for mark in ("<style", " style=", "<script>", " onclick=") if mark in page] == []


def test_an_ordinary_page_is_not_sniffed_framed_or_told_to_others(signed_in: Client) -> None:
    headers = signed_in.get("/").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_the_reports_document_may_be_framed_by_our_own_pages(client: Client) -> None:
    """The report's page shows it in a frame; nothing else is framed."""
    world = make_world()
    client.force_login(world.people[Role.COORDINATOR, "a"])
    headers = client.get(f"/assessments/{world.assessments['a'].pk}/report/document/").headers
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    directives = policy(headers["Content-Security-Policy"])
    assert (directives["frame-ancestors"], directives["script-src"]) == ({"'self'"}, {"'none'"})


def test_http_is_sent_to_https_and_https_is_remembered(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    plain = client.get("/sign-in/")
    assert (plain.status_code, plain.headers["Location"]) == (301, "https://testserver/sign-in/")
    secure = client.get("/sign-in/", secure=True)
    assert secure.status_code == HTTPStatus.OK
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


def test_cookies_stay_out_of_scripts_and_of_other_sites(client: Client) -> None:
    make_user("alice")
    client.get("/sign-in/")
    client.post("/sign-in/", {"username": "alice", "password": "correct horse"})
    session = client.cookies["sessionid"]
    assert (session["secure"], session["httponly"], session["samesite"]) == (True, True, "Lax")
    assert session["max-age"] == ""  # gone with the browser
    token = client.cookies["csrftoken"]
    assert (token["secure"], token["samesite"]) == (True, "Lax")


def test_an_unknown_host_is_refused(client: Client) -> None:
    assert client.get("/sign-in/", headers={"host": "evil.example"}).status_code == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(
    ("cookie", "accepts", "language"),
    [
        (None, "", "zh-hans"),
        (None, "en-US,en;q=0.9", "zh-hans"),
        ("en", "zh-CN", "en"),
        ("zh-hans", "en", "zh-hans"),
        ("fr", "en", "zh-hans"),
        ("../../x", "en", "zh-hans"),
    ],
)
def test_a_page_is_chinese_unless_english_was_chosen(
    client: Client, cookie: str | None, accepts: str, language: str
) -> None:
    if cookie:
        client.cookies["django_language"] = cookie
    response = client.get("/sign-in/", headers={"accept-language": accepts})
    assert response.headers["Content-Language"] == language
    assert "Cookie" in response.headers["Vary"]
    assert f'<html lang="{"en" if language == "en" else "zh-CN"}">' in response.content.decode()


@pytest.mark.parametrize("path", ["/nowhere/", "/frameworks/9/"])
def test_a_page_that_is_not_there_is_chinese_too(signed_in: Client, path: str) -> None:
    response = signed_in.get(path)
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert '<html lang="zh-CN">' in response.content.decode()
