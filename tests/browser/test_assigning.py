"""The page of assignments in a browser: counts that follow, many items at once, the keyboard, no script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD

SignIn = Callable[..., Page]

pytestmark = pytest.mark.browser


def board(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="2022年度").click()
    page.locator(".page-head").get_by_role("link", name="分工").click()


def unassigned(page: Page) -> str:
    return page.locator(".tabs a").nth(1).inner_text()


def test_section_is_ticked_and_assigned_at_once_then_undone(sign_in: SignIn) -> None:
    page = sign_in("tongchou")
    board(page)
    expect(page.locator(".bulk fieldset")).to_be_hidden()
    page.locator("[data-section]").first.check()
    expect(page.locator("[data-ticked]")).to_have_text("7")
    page.select_option("[name=bulk-lead]", label="区财政局")
    page.click("[name=bulk]")
    assert unassigned(page) == "未分工 1"
    loads = page.locator(".loads li", has_text="区财政局")
    expect(loads.locator("[data-led-count]")).to_have_text("13")
    page.get_by_role("button", name="撤销").click()
    assert unassigned(page) == "未分工 2"
    expect(loads.locator("[data-led-count]")).to_have_text("6")


def test_counts_follow_before_anything_is_saved_and_the_keyboard_is_enough(
    sign_in: SignIn,
) -> None:
    page = sign_in("tongchou")
    board(page)
    row = page.locator("[data-row]").nth(4)
    loads = page.locator(".loads li", has_text="区人社局")
    row.locator(".lead").focus()
    row.locator(".lead").select_option(label="区人社局")
    expect(loads.locator("[data-led-count]")).to_have_text("2")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(row.locator("details")).not_to_have_attribute("open", "")
    expect(row.locator("summary")).to_be_focused()
    expect(row.locator("[data-picked]")).to_have_text("区财政局")
    # Who leads cannot be chosen to support.
    expect(row.locator(".pick-list input:disabled")).to_have_count(1)
    page.get_by_role("button", name="保存 (1)").click()
    assert unassigned(page) == "未分工 1"


def test_page_works_without_script(site: str, chromium: Browser) -> None:
    with chromium.new_context(base_url=site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/sign-in/")
        page.fill("#id_username", "tongchou")
        page.fill("#id_password", PASSWORD)
        page.locator("main button").first.click()
        board(page)
        # A row offers what it has: to be taken away here, and more in the bar below the list.
        row = page.locator("[data-row]").nth(1)
        row.locator("summary").click()
        row.locator(".pick-list input").uncheck()
        page.locator("[name=section]").nth(1).check()
        page.locator(".bulk summary").click()
        page.locator(".bulk .pick-list label", has_text="区公安分局").click()
        page.locator(".bulk .pick-list label", has_text="区司法局").click()
        page.locator("[name=save]").click()
        assert page.locator(".alert-success").inner_text() == "已修改7项指标的分工：配合部门7项。"
