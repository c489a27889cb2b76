"""Every screen at a desk and on a phone: axe-core finds nothing, nothing is wider than the screen, and the
browser has nothing to report. The list is held against the access table: a new page cannot be forgotten."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from playwright.sync_api import Page

from tests.access_table import TABLE
from tests.browser.conftest import PROJECT, copy_demo, environment, serve
from tests.browser.test_pages import TOO_WIDE

SignIn = Callable[..., Page]

AXE = (PROJECT / "tests/browser/vendor/axe-core-4.14.1/axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """(rules) => axe.run(document, {runOnly: rules, resultTypes: ["violations"], iframes: false})
  .then((result) => result.violations.flatMap((found) => found.nodes.map((node) =>
    `${found.id}: ${node.failureSummary.split("\\n").slice(1).join(" ")} ${node.html.slice(0, 150)}`)))"""
HEIGHT = "document.documentElement.scrollHeight"
WIDTHS = (1366, 390)
NARROW = 320


class Screen(NamedTuple):
    """A route, who looks at it, and what its address names: things of :mod:`tests.browser.screens_demo`, or
    words as they are. A sheet of paper is as wide as it is."""

    route: str
    person: str
    named: tuple[str, ...] = ()
    query: str = ""
    is_paper: bool = False


SCREENS = (
    Screen("sign-in", ""),
    Screen("home", "tianbao"),
    Screen("home", "tongchou"),
    Screen("home", "duban"),
    Screen("home", "guanli"),
    Screen("password", "tianbao"),
    Screen("tokens", "tianbao"),
    Screen("token-revoke", "tianbao", ("token",)),
    Screen("tasks", "tianbao"),
    Screen("tasks", "tianbao2"),
    Screen("tasks", "tongchou"),
    Screen("assessments", "tongchou"),
    Screen("assessment", "tianbao", ("begun",)),
    Screen("assessment", "tongchou", ("begun",)),
    Screen("assessment", "qianpi", ("finished",)),
    Screen("section", "tianbao", ("begun", "filled-section")),
    Screen("section", "tongchou", ("begun", "filled-section")),
    Screen("offline", "tianbao", ("begun",)),
    Screen("offline", "tongchou", ("begun",)),
    Screen("evidence-archive", "tongchou", ("begun",)),
    Screen("evidence-library", "tianbao", ("begun",)),
    Screen("evidence-library", "tongchou", ("begun",), query="?q=2021&show=uncited"),
    Screen("evidence-library", "tongchou", ("begun",), query="?show=missing"),
    Screen("evidence-add", "tianbao", ("begun",)),
    Screen("evidence", "tianbao", ("evidence",)),
    Screen("evidence", "tongchou", ("evidence",)),
    Screen("evidence", "qianpi", ("evidence",)),
    Screen("evidence-remove", "tianbao", ("evidence",)),
    Screen("evidence-erase", "tongchou", ("evidence-file", "check-code")),
    Screen("evidence-erasures", "tongchou"),
    Screen("evidence-erasures", "guanli"),
    Screen("evidence-page", "tianbao", ("evidence-file", "1")),
    Screen("evidence-use", "tianbao", ("filled", "use")),
    Screen("response-evidence-choose", "tianbao", ("filled",)),
    Screen("response-evidence-reference", "tianbao", ("filled",)),
    Screen("assignments", "tongchou", ("begun",)),
    Screen("assignments-upload", "tongchou", ("begun",)),
    Screen("assignments-from", "tongchou", ("begun", "last-year")),
    Screen("response", "tianbao", ("empty",)),
    Screen("response", "tianbao", ("filled",)),
    Screen("response", "tianbao", ("figures",)),
    Screen("response", "tianbao", ("returned",)),
    Screen("response", "tianbao2", ("filled",)),
    Screen("response", "shenhe", ("filled",)),
    Screen("response", "shenhe", ("submitted",)),
    Screen("response", "tongchou", ("submitted",)),
    Screen("response", "tongchou", ("accepted",)),
    Screen("response", "tongchou", ("unassigned",)),
    Screen("response", "qianpi", ("returned",)),
    Screen("response-history", "tianbao", ("filled",)),
    Screen("response-revision", "tianbao", ("filled", "2")),
    Screen("contribution-revision", "tianbao", ("filled", "contribution", "1")),
    Screen("collection", "tianbao", ("figures",)),
    Screen("past-report", "tongchou", ("begun",)),
    Screen("report", "tongchou", ("finished",)),
    Screen("report", "tongchou", ("begun",)),
    Screen("report-prose", "tongchou", ("begun",)),
    Screen("report-document", "tongchou", ("finished",), is_paper=True),
    Screen("people", "guanli"),
    Screen("people", "guanli", query="?q=李"),
    Screen("people-organisation", "guanli", ("organisation",)),
    Screen("people-organisation", "guanli", ("department",)),
    Screen("people-organisation-add", "guanli", ("organisation",)),
    Screen("people-organisation-edit", "guanli", ("department",)),
    Screen("person", "guanli", ("person",)),
    Screen("person-add", "guanli", ("department",)),
    Screen("person-edit", "guanli", ("person",)),
    Screen("person-lock", "guanli", ("person",)),
    Screen("role-add", "guanli", ("person",)),
    Screen("role", "guanli", ("role",)),
    Screen("role-deputy", "guanli", ("role",)),
    Screen("people-passwords", "guanli"),
    Screen("people-import", "guanli"),
    Screen("frameworks", "tianbao"),
    Screen("frameworks", "duban"),
    Screen("framework", "tianbao", ("framework",)),
    Screen("framework-section", "duban", ("draft", "draft-section")),
    Screen("framework-new", "duban"),
    Screen("framework-import", "duban"),
    Screen("framework-edit", "duban", ("draft",)),
    Screen("framework-history", "duban", ("draft",)),
    Screen("framework-add", "duban", ("draft", "section")),
    Screen("framework-node", "duban", ("draft", "draft-section")),
    Screen("framework-node", "duban", ("draft", "draft-item")),
    Screen("framework-publish", "duban", ("draft",)),
    Screen("framework-copy", "duban", ("framework",)),
    Screen("framework-delete", "duban", ("draft",)),
    Screen("framework-compare", "duban", ("draft",)),
    Screen("framework-comments", "tianbao", ("asked",)),
    Screen("framework-comments", "duban", ("asked",)),
    Screen("cycle-move", "duban", ("framework",)),
)


class Upload(NamedTuple):
    """A page that takes a file in, who brings one, what both addresses name, and where the file is had from:
    a route, or a file of the fixtures. What is shown then is the screen."""

    route: str
    person: str
    named: tuple[str, ...]
    source: str
    more: tuple[str, ...] = ()


UPLOADS = (
    Upload("framework-import", "duban", (), "framework-2021.json"),
    Upload("people-import", "guanli", (), "people-file"),
    Upload("assignments-upload", "tongchou", ("begun",), "assignments-file"),
    Upload("past-report", "tongchou", ("begun",), "honggutan-2021.txt"),
    Upload("collection", "tianbao", ("figures",), "collection-sheet", ("each",)),
    Upload("offline", "tianbao", ("begun",), "offline-file"),
)

NO_SCREENS = {
    "admin:*": "Django's own",
    "who-is-signed-in": "JSON",
    "sign-in-again": "JSON",
    **{row.route: "for programs" for row in TABLE if row.route.startswith("api:")},
    "api-schema": "for programs",
    "api-docs": "Swagger UI's own; tests/browser/test_api_docs.py looks at it",
    "report-file": "files",
    "framework-file": "files",
    "framework-template": "a file",
    "assignments-file": "a file",
    "offline-file": "a file",
    "collection-sheet": "a file",
    "evidence-archive-file": "a file",
    "evidence-file": "a file",
    "evidence-picture": "a picture",
    "people-template": "a file",
    "people-file": "a file",
}
"""Routes that answer a GET with something that is no page of ours."""


@pytest.fixture(scope="module")
def demo(loaded_database: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A database in which work is under way, and what is in it."""
    database = copy_demo(loaded_database, tmp_path_factory.mktemp("screens") / "db.sqlite3")
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.screens_demo"],
        cwd=PROJECT,
        env=environment(database) | {"DJANGO_SETTINGS_MODULE": "selfassess.settings"},
        check=True,
        stdout=subprocess.PIPE,
    )
    return database, json.loads(done.stdout)


@pytest.fixture(scope="module")
def site(demo: tuple[Path, dict[str, Any]]) -> Iterator[str]:
    """One server for all: these pages are read, not written."""
    with serve(demo[0]) as address:
        yield address


def test_every_page_is_looked_at() -> None:
    pages = {row.route for row in TABLE if row.method == "GET" and "ok" in row.answers.values()}
    previews = {row.route.removesuffix("-preview") for row in TABLE if row.route.endswith("-preview")}
    assert previews <= {upload.route for upload in UPLOADS}
    assert pages - NO_SCREENS.keys() == {screen.route for screen in SCREENS}


@pytest.mark.browser
@pytest.mark.parametrize(
    "person", sorted({screen.person for screen in SCREENS}), ids=lambda name: name or "visitor"
)
def test_screens_are_sound(
    sign_in: SignIn, new_page: Callable[..., Page], demo: tuple[Path, dict[str, Any]], person: str
) -> None:
    page = sign_in(person) if person else new_page()
    found: list[str] = []
    for screen in SCREENS:
        if screen.person == person:
            address = address_of(demo[1], screen.route, screen.named) + screen.query
            answer = page.goto(address)
            assert answer is not None
            assert (address, answer.status) == (address, 200)
            found += (f"{address} {fault}" for fault in faults_of(page))
            if not screen.is_paper:
                found += (f"{address} {fault}" for fault in widths_of(page))
    assert not found, "\n".join(found)


def address_of(things: dict[str, Any], route: str, named: tuple[str, ...]) -> str:
    return reverse(route, args=[things.get(name, name) for name in named])


@pytest.mark.browser
@pytest.mark.parametrize("upload", UPLOADS, ids=lambda upload: upload.route)
def test_what_was_understood_of_a_file_is_sound(
    sign_in: SignIn, demo: tuple[Path, dict[str, Any]], upload: Upload
) -> None:
    page = sign_in(upload.person)
    source = PROJECT / "fixtures" / upload.source
    if source.exists():
        name, content = upload.source, source.read_bytes()
    else:
        file = page.context.request.get(address_of(demo[1], upload.source, upload.named + upload.more))
        name, content = "表格.xlsx", file.body()
    if upload.source == "collection-sheet":
        content = filled_by_a_school(content)
    if upload.source == "offline-file":
        content = filled_offline(content)
    address = address_of(demo[1], upload.route, upload.named)
    page.goto(address)
    page.locator("main input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    with page.expect_navigation():
        page.locator("main form:has(input[type=file]) button").first.click()
    assert page.locator("main form:has(input[type=file])").count() == 0
    assert list(faults_of(page)) + list(widths_of(page)) == []


def filled_by_a_school(sheet: bytes) -> bytes:
    book = load_workbook(BytesIO(sheet))
    cells = book["数据收集表"][4]
    cells[0].value = "第一小学"
    for cell in cells[1:]:
        cell.value = 90
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def filled_offline(workbook: bytes) -> bytes:
    """Every item with a text, those that are locked too, and one with points that are none."""
    book = load_workbook(BytesIO(workbook))
    sheet = book["填报"]
    for row in range(4, sheet.max_row + 1):
        sheet.cell(row, 8).value = "离线填写的一段。\n第二段。"
    sheet.cell(sheet.max_row, 11).value = "很多"
    file = BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.browser
def test_two_texts_side_by_side_are_sound(sign_in: SignIn, demo: tuple[Path, dict[str, Any]]) -> None:
    """What is shown for a save that comes too late."""
    page = sign_in("tianbao")
    page.goto(address_of(demo[1], "response", ("filled",)))
    page.locator("main [name=version]").first.evaluate("field => { field.value = 1; }")
    page.get_by_label("自查情况").first.fill("另外写的一段。")
    page.get_by_role("button", name="保存", exact=True).first.click()
    page.locator(".merge, #merge, [data-merge]").first.wait_for()
    assert list(faults_of(page)) + list(widths_of(page)) == []


@pytest.mark.browser
def test_first_passwords_are_sound(sign_in: SignIn, demo: tuple[Path, dict[str, Any]]) -> None:
    page = sign_in("guanli")
    page.goto(address_of(demo[1], "people-passwords", ()) + f"?person={demo[1]['somebody']}")
    with page.expect_navigation():
        page.locator("main form[method=post] button").first.click()
    assert page.locator(".slip").count() == 1
    assert list(faults_of(page)) + list(widths_of(page)) == []


@pytest.mark.browser
def test_pages_that_say_no_are_sound(sign_in: SignIn, demo: tuple[Path, dict[str, Any]]) -> None:
    page = sign_in("qianpi")
    for address, status in (("/nothing/", 404), (f"/assessments/{demo[1]['begun']}/report/prose/", 403)):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == status
        assert list(faults_of(page)) + list(widths_of(page)) == []


def faults_of(page: Page) -> Iterator[str]:
    """What is wrong with the page that is open, at each size."""
    page.evaluate(AXE)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        # High enough that the bar with the buttons lies over nothing.
        page.set_viewport_size({"width": width, "height": page.evaluate(HEIGHT)})
        yield from (f"{width}: {fault}" for fault in page.evaluate(RUN, RULES))


def widths_of(page: Page) -> Iterator[str]:
    """What is wider than a phone."""
    for width in (WIDTHS[-1], NARROW):
        page.set_viewport_size({"width": width, "height": 844})
        yield from (f"{width} too wide: {wide}" for wide in page.evaluate(TOO_WIDE)[:3])
