"""A request that cannot be read, or that a page does not take, is refused in words and never a fault."""

import encodings.aliases
import io
import logging
from collections.abc import Callable, Iterator
from http import HTTPStatus

import pytest
from django.core import signals
from django.db import close_old_connections
from django.test import Client, RequestFactory
from pytest_django import Settings

from selfassess.handler import Handler
from tests.factories import make_user

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
CODECS = [*sorted(set(encodings.aliases.aliases.values()) - {"utf_8"}), "no-such-codec"]
UNREADABLE = {
    "broken multipart": ("x", "multipart/form-data; boundary="),
    "no boundary": ("x", "multipart/form-data"),
    "too many fields": ("a=1&" * 6_001, FORM),
    "too much": ("a=" + "1" * 2_621_440, FORM),
    "another encoding": ("username=a&password=b", f"{FORM}; charset=utf-16"),
}


@pytest.fixture
def client() -> Client:
    """One that gets the answer instead of the exception, and whose tokens are checked as a browser's are."""
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "a" * 32
    return client


def signed_in(client: Client) -> Client:
    client.force_login(make_user("alice"))
    return client


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/password/", "/language/", "/sign-out/"])
@pytest.mark.parametrize(("body", "content_type"), UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize("someone", [False, True], ids=["signed out", "signed in"])
def test_what_cannot_be_read_is_refused(
    client: Client, path: str, body: str, content_type: str, someone: bool
) -> None:
    if someone:
        signed_in(client)
    response = client.generic("POST", path, body, content_type)
    assert response.status_code == HTTPStatus.BAD_REQUEST
    page = response.content.decode()
    assert "<h1>请求无效</h1>" in page
    assert '<p class="note" lang="en">This request could not be read' in page


@pytest.mark.parametrize(("body", "content_type"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_may_also_be_sent_to_nowhere(
    client: Client, body: str, content_type: str
) -> None:
    refused = (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST)
    assert client.generic("POST", "/nowhere/", body, content_type).status_code in refused


@pytest.fixture(autouse=True)
def _connection_stays() -> Iterator[None]:
    """The server's own handler gives up a connection after a request; the test's transaction is on it."""
    ends = (signals.request_started, signals.request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    yield
    for end in ends:
        end.connect(close_old_connections)


def served(method: str, content_type: str) -> int:
    """The status that the server's own handler answers with, into which the test client's does not look."""
    environ = RequestFactory().generic(method, "/sign-in/?next=%FF%00", b"username=%FF").environ
    environ["CONTENT_TYPE"] = content_type
    statuses = []

    def start(status: str, headers: object, problem: object = None, /) -> Callable[[bytes], object]:
        statuses.append(int(status.split()[0]))
        return bytes

    Handler()(environ, start).close()
    return statuses[0]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("content_type", [FORM, "multipart/form-data; boundary=b", "text/plain"])
def test_no_encoding_is_a_fault(method: str, content_type: str) -> None:
    statuses = {codec: served(method, f"{content_type}; charset={codec}") for codec in CODECS}
    assert statuses == dict.fromkeys(CODECS, HTTPStatus.BAD_REQUEST)


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", "; charset=UTF-8", '; charset="utf-8"'])
def test_utf_8_is_read(charset: str) -> None:
    assert served("GET", FORM + charset) == HTTPStatus.OK
    make_user("李晓敏")
    posted = "username=%E6%9D%8E%E6%99%93%E6%95%8F&password=correct+horse"
    response = Client().generic("POST", "/sign-in/", posted, FORM + charset)
    assert response.status_code == HTTPStatus.FOUND


def test_a_foreign_host_is_told_in_words(client: Client) -> None:
    response = client.get("/sign-in/", headers={"host": "evil.example"})
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert "<h1>请求无效</h1>" in response.content.decode()


# A method that a page does not take


@pytest.mark.parametrize(("language", "heading"), [("zh-hans", "无法直接打开"), ("en", "No page to open")])
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", "/sign-out/", "POST, OPTIONS"), ("GET", "/language/", "POST"), ("PUT", "/", "GET, HEAD")],
)
def test_a_method_that_is_not_taken_leads_back(
    method: str, path: str, allowed: str, language: str, heading: str
) -> None:
    client = signed_in(Client())
    client.cookies["django_language"] = language
    response = client.generic(method, path)
    assert (response.status_code, response.headers["Allow"]) == (HTTPStatus.METHOD_NOT_ALLOWED, allowed)
    page = response.content.decode()
    assert f"<h1>{heading}</h1>" in page
    assert '<a class="btn btn-outline-primary" href="/">' in page


def test_a_program_is_told_so_in_json() -> None:
    response = signed_in(Client()).delete("/api/v1/assessments/1/results/")
    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert response.headers["Content-Type"] == "application/problem+json"
    assert list(response.json()) == ["type", "title", "status", "detail"]


# The log


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is written to the console."""
    handler = next(each for each in logging.getLogger().handlers if each.get_name() == "console")
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


def test_a_refusal_is_one_line_of_the_log(log: io.StringIO) -> None:
    assert signed_in(Client()).get("/admin/login/").status_code == HTTPStatus.FORBIDDEN
    assert [line.split(" ", 2)[2] for line in log.getvalue().splitlines()] == [
        "WARNING django.request Forbidden (Permission denied): /admin/login/"
    ]


def test_a_foreign_host_is_one_line_of_the_log(client: Client, log: io.StringIO) -> None:
    client.get("/sign-in/", headers={"host": "evil.example"})
    assert len(log.getvalue().splitlines()) == 1


def test_a_fault_is_logged_with_its_traceback(client: Client, log: io.StringIO, settings: Settings) -> None:
    settings.LOGIN_URL = "no-such-route"
    assert client.get("/").status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "Traceback" in log.getvalue()
