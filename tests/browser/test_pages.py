"""What holds on every page: it fits a phone, fields have labels, focus is seen, and nothing is refused by
the content security policy (which the fixture ``new_page`` watches)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, serve

SignIn = Callable[..., Page]

pytestmark = pytest.mark.browser

PEOPLE = ["tianbao", "tongchou", "qianpi", "duban"]
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > width + 1)
    .map((element) => `${element.tagName} ${element.className} ${element.textContent.trim().slice(0, 20)}`);
}"""
WITHOUT_LABEL = """() => [...document.querySelectorAll("input, select, textarea")]
  .filter((field) => !["hidden", "submit"].includes(field.type))
  .filter((field) => !field.labels.length && !field.matches("[aria-label], [aria-labelledby]"))
  .map((field) => field.name)"""
LINKS = """() => [...document.querySelectorAll("main a[href]:not([href*='/file/'], [target])")]
  .map((link) => link.pathname)"""


def pages_open_to(page: Page) -> list[str]:
    """The pages two links from home; of the items one that may be not applicable and one with a figure."""
    found = ["/", "/password/", "/frameworks/"]
    for address in found[:1] + [path for path in visit(page, "/") if path.startswith("/assessments/")]:
        found += [path for path in visit(page, address) if path not in found]
    items = [path for path in found if path.startswith("/responses/")]
    kept = {items[place] for place in (9, 14) if place < len(items)}
    return [path for path in found if path not in items or path in kept]


def visit(page: Page, address: str) -> list[str]:
    page.goto(address)
    links: list[str] = page.evaluate(LINKS)
    return links


@pytest.fixture(scope="module")
def site(loaded_database: Path) -> Iterator[str]:
    """One server for all: these pages are read, not written."""
    with serve(loaded_database) as address:
        yield address


@pytest.mark.parametrize("username", PEOPLE)
def test_pages_fit_a_phone_and_label_their_fields(sign_in: SignIn, username: str) -> None:
    page = sign_in(username, viewport={"width": 390, "height": 844})
    for address in pages_open_to(page):
        page.goto(address)
        assert (address, page.evaluate(WITHOUT_LABEL)) == (address, [])
        for width in (390, 320):
            page.set_viewport_size({"width": width, "height": 844})
            assert (address, width, page.evaluate(TOO_WIDE)) == (address, width, [])


def test_sign_in_and_error_pages_fit_a_phone(sign_in: SignIn, new_page: Callable[..., Page]) -> None:
    visitor = new_page(viewport={"width": 320, "height": 700})
    visitor.goto("/sign-in/")
    assert (visitor.evaluate(TOO_WIDE), visitor.evaluate(WITHOUT_LABEL)) == ([], [])
    leader = sign_in("qianpi", viewport={"width": 320, "height": 700})
    for address, heading in (("/nothing/", "页面不存在"), ("/assessments/1/report/prose/", "无权操作")):
        leader.goto(address)
        expect(leader.get_by_role("heading", level=1)).to_have_text(heading)
        assert leader.evaluate(TOO_WIDE) == []


def test_sign_in_by_staff_number_and_out_again(new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto("/frameworks/")
    page.get_by_label("用户名、工号或手机号").fill("D001")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/frameworks/")
    expect(page.get_by_role("link", name="李晓敏")).to_be_visible()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in/")


def test_focus_is_visible_and_not_hidden_behind_the_save_bar(sign_in: SignIn) -> None:
    page = sign_in("tianbao", viewport={"width": 1366, "height": 500}, reduced_motion="reduce")
    page.goto("/")
    page.get_by_role("link", name="2022年度").click()
    page.get_by_role("link", name="标准班额达标情况").click()
    page.get_by_label("自查情况").focus()
    bar = page.locator(".savebar")
    reached = []
    for _step in range(8):
        page.keyboard.press("Tab")
        field = page.locator(":focus")
        if not field.evaluate("field => field.closest('form.fill') && !field.closest('.savebar')"):
            continue
        reached.append(field.evaluate("field => field.name || field.tagName.toLowerCase()"))
        assert field.evaluate("field => getComputedStyle(field).outlineStyle") == "solid"
        box, cover = field.bounding_box(), bar.bounding_box()
        assert box is not None
        assert cover is not None
        assert box["y"] + box["height"] <= cover["y"]
    assert reached[-2:] == ["score", "reason"]


def test_ended_session_is_said_and_not_shown_in_place_of_the_points(sign_in: SignIn) -> None:
    page = sign_in("tianbao")
    page.goto("/")
    page.get_by_role("link", name="2022年度").click()
    page.get_by_role("link", name="标准班额达标情况").click()
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("小学一、二年级标准班额占比").fill("80.84")
    expect(page.locator("#proposal")).to_have_text("登录已过期，请先复制已填写的内容，重新登录后再保存。")
