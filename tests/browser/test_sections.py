"""The section page in a browser: many small scores in one go, saved while one types."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, Server

SignIn = Callable[..., Page]

pytestmark = pytest.mark.browser

SCORES = """select item.label, response.department_score from assessments_response response
    join indicators_item item on item.id = response.item_id where response.department_score is not null
    and response.assessment_id = (select max(id) from assessments_assessment) order by item.id"""


def open_section(page: Page) -> None:
    page.goto("/tasks/")
    page.locator(".task-head a[href*=sections]").first.click()


def points(page: Page, label: str) -> str:
    """A selector of the field of an item's points."""
    return f"tr:has(th .label:text-is('{label}')) [name$=score]"


@pytest.mark.parametrize("width", [1366, 390])
def test_scores_are_saved_while_typing_by_keyboard_alone(sign_in: SignIn, server: Server, width: int) -> None:
    page = sign_in("tianbao", viewport={"width": width, "height": 768})
    open_section(page)
    page.focus(points(page, "1"))
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    page.keyboard.type("2")
    expect(page.locator("[data-save-status]")).to_contain_text("已保存")
    expect(page.locator("#section-sum b")).to_have_text("3")
    assert server.ask(SCORES) == [("1", 1), ("2", 2)]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_is_wrong_stands_at_its_row_and_keeps_no_other_from_being_saved(
    sign_in: SignIn, server: Server
) -> None:
    page = sign_in("tianbao")
    open_section(page)
    page.fill(points(page, "1"), "9")
    page.fill(points(page, "2"), "2")
    page.get_by_role("button", name="全部保存").click()
    expect(page.locator(".alert-danger li")).to_contain_text("党对教育工作的领导")
    expect(page.locator(points(page, "1"))).to_have_value("9")
    assert server.ask(SCORES) == [("2", 2)]
    page.fill(points(page, "1"), "1")
    page.get_by_role("button", name="全部保存").click()
    expect(page.locator(".alert-success")).to_be_visible()
    assert server.ask(SCORES) == [("1", 1), ("2", 2)]


def test_page_saves_without_script(site: str, server: Server, chromium: Browser) -> None:
    with chromium.new_context(base_url=site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/sign-in/")
        page.fill("#id_username", "tianbao")
        page.fill("#id_password", PASSWORD)
        page.locator("main button").first.click()
        open_section(page)
        page.fill(points(page, "1"), "0.5")
        page.locator("[name$=reason]").first.fill("会议记录不全")
        page.get_by_role("button", name="全部保存").click()
        expect(page.locator(".alert-success")).to_be_visible()
    assert server.ask(SCORES) == [("1", 0.5)]
