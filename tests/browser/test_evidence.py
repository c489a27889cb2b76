"""Evidence as people bring it: dropped, cut off and gone on, chosen, shown; and without script."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Dialog, Page, Route, expect
from pypdf import PdfWriter

from tests.browser.conftest import PASSWORD, Server

SignIn = Callable[..., Page]
Came = Callable[[], tuple[int, int]]

pytestmark = pytest.mark.browser

DROP = """([place, files]) => {
  const carried = new DataTransfer();
  for (const [name, bytes] of files) carried.items.add(new File([new Uint8Array(bytes)], name));
  const told = (type) => new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true });
  const target = document.querySelector(place);
  target.dispatchEvent(told("dragover"));
  target.dispatchEvent(told("drop"));
}"""


def pdf(pages: int = 3) -> bytes:
    writer, written = PdfWriter(), BytesIO()
    for _page in range(pages):
        writer.add_blank_page(595, 842)
    writer.write(written)
    return written.getvalue()


def photo(size: int = 40) -> bytes:
    written = BytesIO()
    Image.effect_noise((size, size), 90).save(written, "PNG")
    return written.getvalue()


def item(server: Server, label: str = "22") -> str:
    """The page of an item of the year under way."""
    found = server.ask(
        "SELECT max(response.id) FROM assessments_response response"
        " JOIN indicators_item item ON item.id = response.item_id WHERE item.label = ?",
        label,
    )
    return f"/responses/{found[0][0]}/"


@pytest.fixture
def came(server: Server) -> Came:
    """How many files, and uses on items, have come since the test began."""

    def count() -> tuple[int, int]:
        files, uses = (
            server.ask(f"SELECT count(*) FROM assessments_{table}")[0][0]  # noqa: S608 - our own
            for table in ("evidencefile", "evidenceuse")
        )
        return files, uses

    files, uses = count()

    def since() -> tuple[int, int]:
        now = count()
        return now[0] - files, now[1] - uses

    return since


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    payloads: list[Any] = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in files
    ]
    page.locator("#zone-files").set_input_files(payloads)


def test_three_files_are_dropped_and_one_is_refused(server: Server, sign_in: SignIn, came: Came) -> None:
    page = sign_in("tianbao")
    page.goto(item(server))
    files = [("赣教字〔2021〕4号 通知.pdf", pdf()), ("图.svg", b"<svg/>"), ("照片.png", photo())]
    page.evaluate(DROP, ["#evidence", [[name, list(content)] for name, content in files]])
    expect(page.locator(".uploads [data-settled=stored]")).to_have_count(2)
    expect(page.locator(".uploads [data-settled=refused]")).to_contain_text("图.svg")
    expect(page.locator("#evidence-list .cited li")).to_have_count(2)
    expect(page.locator("#evidence-list")).to_contain_text("赣教字〔2021〕4号")
    opened = page.locator(".uploads .upload-said[open]")
    expect(opened).to_have_count(1)
    opened.locator("[name=title]").fill("关于教职工配备的通知")
    opened.locator("[name=passage]").fill("2")
    opened.locator("button:not([type=button])").click()
    expect(page.locator("#evidence-list")).to_contain_text("关于教职工配备的通知")
    expect(opened.locator("[name=passage]")).to_have_value("")
    assert came() == (2, 2)


def test_upload_whose_answer_is_lost_goes_on_by_itself_and_is_stored_once(
    server: Server, sign_in: SignIn, came: Came
) -> None:
    page = sign_in("tianbao")
    page.goto(item(server))
    sendings: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        sendings.append(route.request.url)
        if len(sendings) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/evidence/", lose_the_first_answer)
    choose(page, ("通知.pdf", pdf()))
    expect(page.locator(".uploads [data-again]")).to_be_visible()
    expect(page.locator(".uploads [data-settled=stored]")).to_have_count(1)
    assert len(sendings) == 2
    assert came() == (1, 1)


def test_session_that_has_ended_is_asked_for_and_the_upload_goes_on(
    server: Server, sign_in: SignIn, came: Came
) -> None:
    page = sign_in("tianbao")
    page.goto(item(server))
    page.context.clear_cookies(name="sessionid")
    choose(page, ("通知.pdf", pdf()))
    page.locator("#sign-in-again [type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".uploads [data-settled=stored]")).to_have_count(1)
    assert came() == (1, 1)
    page.context.clear_cookies(name="sessionid")
    page.locator(".evidence-ways a").first.click()
    page.wait_for_url("**/sign-in/**")


def test_progress_is_seen_and_leaving_asks(server: Server, sign_in: SignIn, came: Came) -> None:
    page = sign_in("tianbao")
    page.goto(item(server))
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 150_000}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    choose(page, ("照片.png", photo(1_000)))
    expect(page.locator(".uploads .upload-state")).to_contain_text("%")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.locator("#zone-location").click()
    page.locator("header .brand").click(no_wait_after=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    page.locator(".uploads [data-cancel]").click()
    expect(page.locator(".uploads li")).to_have_count(0)
    assert came() == (0, 0)


def test_evidence_is_cited_from_the_library_and_taken_back_and_back_again(
    server: Server, sign_in: SignIn
) -> None:
    page = sign_in("tianbao")
    page.goto(item(server, "15"))
    choose(page, ("幼儿园经费决算表.pdf", pdf()), ("校园照片.png", photo()))
    expect(page.locator(".uploads [data-settled=stored]")).to_have_count(2)
    page.goto(item(server))
    page.locator(".evidence-ways a").first.click()
    dialog = page.locator("#step-dialog")
    expect(dialog.locator(".choices-list li").filter(has_text="校园照片")).to_have_count(1)
    dialog.locator("[name=q]").fill("幼儿园经费决算表")
    dialog.locator("[name=q]").press("Enter")
    expect(dialog.locator(".choices-list li")).to_have_count(1)
    dialog.locator(".choices-list [name=passage]").fill("第2页")
    dialog.locator(".choices-list .btn-primary").click()
    expect(dialog).to_be_hidden()
    cited = page.locator("#evidence-list .cited li")
    expect(cited).to_contain_text("决算表")
    cited.locator(".use-acts button").click()
    expect(cited).to_have_count(0)
    page.locator(".taken-back button").click()
    expect(cited).to_contain_text("第2页")


def test_title_opens_the_preview_at_the_page_in_place(server: Server, sign_in: SignIn) -> None:
    page = sign_in("tianbao")
    page.goto(item(server))
    choose(page, ("通知.pdf", pdf()))
    row = page.locator(".uploads [data-settled=stored]")
    row.locator("[name=passage]").fill("2")
    row.locator("button:not([type=button])").click()
    expect(page.locator("#evidence-list .cited .note")).to_have_text("2")
    page.locator("#evidence-list .cited a").first.click()
    picture = page.locator("#step-dialog img")
    expect(picture).to_be_visible()
    assert "/pages/2/picture/" in (picture.get_attribute("src") or "")
    expect(picture).to_have_js_property("naturalHeight", 1600)
    page.locator("#step-dialog [rel=next]").click()
    expect(page.locator("#step-dialog [rel=next]")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#step-dialog")).to_be_hidden()


def test_form_without_script_takes_several_files(server: Server, sign_in: SignIn, tmp_path: Path) -> None:
    page = sign_in("tianbao", java_script_enabled=False)
    page.goto(item(server))
    choose(page, ("一.pdf", pdf(1)), ("二.png", photo()), ("三.svg", b"<svg/>"))
    page.locator("form.zone > button").click()
    expect(page.locator("#evidence-list .cited li")).to_have_count(2)
    expect(page.locator(".alert-danger")).to_contain_text("三.svg")
    page.locator("#evidence-list .cited a").first.click()
    expect(page.locator("img.leaf-picture")).to_be_visible()
