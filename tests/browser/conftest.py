"""A real server on a database of its own, and real browsers that visit it.

Nothing here touches Django in this process: the server is started as in production, and only from outside
is it known what people see. Playwright runs an event loop, under which Django's ORM refuses to work, so the
browser lives no longer than a module.
"""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    expect,
    sync_playwright,
)

from tests.browser import serving

PROJECT = Path(__file__).resolve().parents[2]
PASSWORD = "demo-2021"  # noqa: S105 - the demo's own
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

SignIn = Callable[..., Page]

expect.set_options(timeout=15_000)
"""What waits in vain waits long; two cores that run other tests beside are slow at times."""

OPEN = pytest.StashKey[list[BrowserContext]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where a test fails, what its pages showed is told with it."""
    report = yield
    if call.when == "call" and report.failed:
        pages = [page for context in item.stash.get(OPEN, []) for page in context.pages]
        report.sections += [(f"Page {page.url}", text_of(page)) for page in pages]
    return report


def text_of(page: Page) -> str:
    """The beginning of what can be read on it."""
    try:
        return page.locator("body").inner_text(timeout=2_000)[:1_500]
    except Error as problem:
        return f"cannot be read: {problem.message}"


def environment(database: Path) -> dict[str, str]:
    return os.environ | {
        "SELFASSESS_DEMO": "1",
        "SELFASSESS_SECRET_KEY": "of the browser tests: sessions outlive a server that is started again",
        "DATABASE_URL": f"sqlite:///{database}",
        "CACHE_URL": f"filecache://{database.parent / 'cache'}",
        "SELFASSESS_EVIDENCE": str(database.parent / "evidence"),
        "SELFASSESS_PREVIEWS": str(database.parent / "previews"),
    }


@pytest.fixture(scope="session")
def loaded_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's database, made once, and the site loaded on it, to be served."""
    database = tmp_path_factory.mktemp("demo") / "db.sqlite3"
    prepare = (
        "from django.core.management import call_command; from reports.demo import load_demo;"
        "call_command('migrate', verbosity=0); load_demo()"
    )
    subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", prepare],
        cwd=PROJECT,
        env=environment(database),
        check=True,
    )
    serving.load_site(environment(database))
    return database


def copy_demo(loaded: Path, database: Path) -> Path:
    """A demo of one's own: its database, and beside it the files of its evidence."""
    shutil.copy(loaded, database)
    shutil.copytree(loaded.parent / "evidence", database.parent / "evidence", dirs_exist_ok=True)
    return database


class Server:
    """The server's processes; killed and started again, they keep their address and database."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.port = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with socket.create_server(("127.0.0.1", self.port)) as listener:
            self.port = listener.getsockname()[1]
            self.process = serving.start(listener, self.database)
        urlopen(f"{self.address}/sign-in/", timeout=30).close()  # noqa: S310 - our own server

    def kill(self) -> None:
        """As by kill -9, all of its processes at once."""
        assert self.process.pid
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.join(timeout=20)
        while self._listens():  # its workers, for a moment more
            time.sleep(0.02)

    def _listens(self) -> bool:
        with closing(socket.socket()) as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        self.process.terminate()
        self.process.join(timeout=20)
        assert self.process.exitcode == 0

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What stands in the database, read past the server."""
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(query, values).fetchall()


@contextmanager
def serve(database: Path) -> Iterator[str]:
    """The address of a server that lives as long as the block."""
    server = Server(database)
    server.start()
    try:
        yield server.address
    finally:
        server.stop()


@pytest.fixture
def server(loaded_database: Path, tmp_path: Path) -> Iterator[Server]:
    """With a fresh demo."""
    server = Server(copy_demo(loaded_database, tmp_path / "db.sqlite3"))
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def site(server: Server) -> str:
    """The address of a server with a fresh demo."""
    return server.address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS + sandbox)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser profile of its own; ``options`` are those of a context.

    A console error, a script error or a violation of the content security policy on any of the pages fails
    the test. That a refused save comes with a status of its own is no error, nor that the network was cut.
    """
    contexts = request.node.stash[OPEN] = list[BrowserContext]()
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        refused = any(f"a status of {status}" in message.text for status in (403, 404, 409, 422))
        cut = "net::ERR_" in message.text and "/static/" not in message.location["url"]
        if message.type in ("error", "warning") and not refused and not cut:
            problems.append(f"{message.type}: {message.text}")

    def open_page(**options: object) -> Page:
        context = chromium.new_context(base_url=site, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", note)
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def sign_in(new_page: Callable[..., Page]) -> SignIn:
    """Opens an empty page for one of the demo's people, who is signed in; the form has a test of its own."""

    def open_for(username: str, **options: object) -> Page:
        page = new_page(**options)
        page.context.request.get("/sign-in/")
        token = next(kept["value"] for kept in page.context.cookies() if kept["name"] == "csrftoken")
        answer = page.context.request.post(
            "/sign-in/",
            form={"username": username, "password": PASSWORD, "csrfmiddlewaretoken": token},
            max_redirects=0,
        )
        assert answer.status == 302
        return page

    return open_for
