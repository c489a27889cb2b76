"""A real server on a database of its own, and real browsers that visit it.

Nothing here touches Django in this process: the server is started as in production, and only from outside
is it known what people see. Playwright runs an event loop, under which Django's ORM refuses to work, so the
browser lives no longer than a module.
"""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

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


def environment(database: Path) -> dict[str, str]:
    return os.environ | {"SELFASSESS_DEMO": "1", "DATABASE_URL": f"sqlite:///{database}"}


@pytest.fixture(scope="session")
def loaded_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's database, made once."""
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
    return database


@pytest.fixture
def site(loaded_database: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a server with a fresh demo."""
    database = tmp_path / "db.sqlite3"
    shutil.copy(loaded_database, database)
    with serve(database) as address:
        yield address


@contextmanager
def serve(database: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "--no-control-socket", "--log-level", "warning"),
                *("--worker-class", "gthread", "--threads", "4", "--graceful-timeout", "2"),
                *("--bind", f"fd://{listener.fileno()}", "selfassess.wsgi"),
            ],
            cwd=PROJECT,
            env=environment(database),
            pass_fds=[listener.fileno()],
        )
    try:
        urlopen(f"{address}/sign-in/", timeout=30).close()  # noqa: S310 - our own server
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS + sandbox)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser profile of its own; ``options`` are those of a context.

    A console error, a script error or a violation of the content security policy on any of the pages fails
    the test. That a refused save comes with a status of its own is no error.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        refused = any(f"a status of {status}" in message.text for status in (403, 404, 409, 422))
        if message.type in ("error", "warning") and not refused:
            problems.append(f"{message.type}: {message.text}")

    def open_page(**options: object) -> Page:
        context = chromium.new_context(base_url=site, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
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
