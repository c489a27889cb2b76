"""Uploads to a server as in production: too large, broken off, killed."""

import hashlib
import json
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.assessments.evidence import corpus
from tests.browser.conftest import PASSWORD, PROJECT, Server, environment

pytestmark = pytest.mark.browser

BOUNDARY = "selfassess-boundary"
LARGE = 5_000_000
"""Bytes that go onto the disk while they arrive."""


class Sender:
    """Somebody who is signed in and sends files into the library, as the page's script does."""

    def __init__(self, server: Server, username: str = "tongchou") -> None:
        self.port = server.port
        self.jar: SimpleCookie = SimpleCookie()
        self.ask("GET", "/sign-in/")
        fields = {
            "username": username,
            "password": PASSWORD,
            "csrfmiddlewaretoken": self.jar["csrftoken"].value,
        }
        self.ask("POST", "/sign-in/", urlencode(fields).encode(), "application/x-www-form-urlencoded")
        [(self.assessment,)] = server.ask("select id from assessments_assessment order by id desc limit 1")

    def headers(self, kind: str = f"multipart/form-data; boundary={BOUNDARY}") -> dict[str, str]:
        token = self.jar["csrftoken"].value if "csrftoken" in self.jar else ""
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in self.jar.items())
        return {"Cookie": cookies, "X-CSRFToken": token, "HX-Request": "true", "Content-Type": kind}

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, self.headers(kind) if kind else self.headers())
            answer: HTTPResponse = connection.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or ():
                self.jar.load(cookie)
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    @property
    def address(self) -> str:
        return f"/assessments/{self.assessment}/evidence/upload/"

    def send(self, content: bytes) -> int:
        """The status, 0 where there was no answer."""
        try:
            return self.ask("POST", self.address, form(content))[0]
        except (OSError, HTTPException):
            return 0

    def begin(self, length: int, content: bytes) -> socket.socket:
        """An upload of so many bytes of which only these come."""
        lines = [f"POST {self.address} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {length}"]
        lines += [f"{name}: {value}" for name, value in self.headers().items()]
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + content)
        return connection


def answer_on(connection: socket.socket) -> tuple[int, str]:
    """Status and text."""
    with closing(HTTPResponse(connection)) as answer:
        answer.begin()
        return answer.status, answer.read().decode()


def form(content: bytes) -> bytes:
    """A file as a browser sends it."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n'
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


@pytest.fixture
def sender(server: Server) -> Sender:
    return Sender(server)


def folder_of(server: Server) -> Path:
    return Path(environment(server.database)["SELFASSESS_EVIDENCE"])


def stored(server: Server) -> set[str]:
    return {path.name for path in folder_of(server).iterdir() if path.is_file()}


def without_row(server: Server) -> set[str]:
    return stored(server) - {key for (key,) in server.ask("select key from assessments_evidencefile")}


def arriving(server: Server) -> list[str]:
    return [path.name for path in (folder_of(server) / "incoming").iterdir()]


def wait_for(server: Server, count: int) -> None:
    """Until so many uploads are on their way."""
    until = time.monotonic() + 60
    while len(arriving(server)) != count:
        assert time.monotonic() < until, arriving(server)
        time.sleep(0.02)


def sweep(server: Server) -> dict[str, list[str]]:
    """All that is left over, an hour later."""
    for path in [*folder_of(server).iterdir(), *(folder_of(server) / "incoming").iterdir()]:
        os.utime(path, (0, 0))
    command = [sys.executable, "manage.py", "sweep_evidence", "--json"]
    done = subprocess.run(
        command, cwd=PROJECT, env=environment(server.database), capture_output=True, check=True
    )
    swept: dict[str, list[str]] = json.loads(done.stdout)
    return swept


def test_upload_that_is_too_large_is_refused_before_it_is_sent(server: Server, sender: Sender) -> None:
    with sender.begin(300_000_000, b"") as connection:
        status, said = answer_on(connection)
    assert status == 413
    assert "200 MB" in said
    assert (without_row(server), arriving(server)) == (set(), [])


def test_upload_of_who_is_not_signed_in_is_not_read(server: Server, sender: Sender) -> None:
    sender.jar = SimpleCookie()
    with sender.begin(LARGE, b"") as connection:
        assert answer_on(connection)[0] == 403
    assert (without_row(server), arriving(server)) == (set(), [])


def test_upload_that_breaks_off_leaves_nothing(server: Server, sender: Sender) -> None:
    with sender.begin(LARGE, form(bytes(LARGE))[: LARGE // 2]):
        wait_for(server, 1)
    wait_for(server, 0)
    assert without_row(server) == set()


def test_upload_killed_on_its_way_leaves_nothing_after_the_sweep(server: Server, sender: Sender) -> None:
    with sender.begin(LARGE, form(bytes(LARGE))[: LARGE // 2]):
        wait_for(server, 1)
        server.kill()
    server.start()
    assert len(sweep(server)["arriving"]) == 1
    assert (without_row(server), arriving(server)) == (set(), [])


def test_kill_leaves_neither_rows_without_files_nor_files_without_rows(
    server: Server, sender: Sender
) -> None:
    acknowledged: list[str] = []
    base = corpus.picture()

    def upload(number: int) -> None:
        for turn in range(40):
            content = base + f"{number}/{turn}".encode().ljust(3_000_000, b"\0")
            if sender.send(content) != 200:
                return
            acknowledged.append(hashlib.sha256(content).hexdigest())

    with ThreadPoolExecutor(6) as threads:
        for number in range(6):
            threads.submit(upload, number)
        until = time.monotonic() + 60
        while len(acknowledged) < 8 and time.monotonic() < until:
            time.sleep(0.05)
        server.kill()
    server.start()
    assert sweep(server)["missing"] == []
    rows = dict(server.ask("select key, sha256 from assessments_evidencefile"))
    assert stored(server) == set(rows)
    assert arriving(server) == []
    assert set(acknowledged) <= set(rows.values())
    assert len(acknowledged) >= 8
    for key, sha256 in rows.items():
        assert hashlib.sha256((folder_of(server) / key).read_bytes()).hexdigest() == sha256
