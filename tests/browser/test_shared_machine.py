"""What was typed outlives its session, and a shared machine shows nothing of another person."""

import os
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import FLAGS, PASSWORD

SignIn = Callable[..., Page]

pytestmark = pytest.mark.browser

TEXT = "小学一、二年级标准班额占比80.84%，较上年提高。"
NOTICE = "已恢复本机保留的未保存内容"
NAME = "用户名、工号或手机号"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """As people have it, with the pages that going back brings up again; Playwright switches these off."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=FLAGS + sandbox,
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield browser
        browser.close()


def open_item(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="2022年度").click()
    page.get_by_role("link", name="标准班额达标情况").click()


def fill(page: Page) -> None:
    page.get_by_label("自查情况").fill(TEXT)
    page.get_by_label("小学一、二年级标准班额占比").fill("80.84")


def press_save(page: Page) -> None:
    page.get_by_role("button", name="保存", exact=True).click()


def save(page: Page) -> None:
    press_save(page)
    expect(page.get_by_text("已保存。")).to_be_visible()


def sign_in_here(page: Page, username: str) -> None:
    page.get_by_label(NAME).fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def leave_after_the_session_ended(page: Page) -> None:
    """The dialog in the page is put off, and the page left for the one to sign in."""
    open_item(page)
    page.context.clear_cookies(name="sessionid")
    fill(page)
    page.get_by_role("button", name="稍后").click()
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_label(NAME)).to_be_visible()


def kept_readable(page: Page) -> list[str]:
    """What this browser holds that is not sealed."""
    shelves = "[...Object.values(localStorage), ...Object.values(sessionStorage)]"
    kept: list[str] = page.evaluate(f"{shelves}.filter((one) => one.includes('narrative'))")
    return kept


def test_typed_text_is_put_back_after_signing_in_again(sign_in: SignIn) -> None:
    page = sign_in("tianbao")
    leave_after_the_session_ended(page)
    sign_in_here(page, "tianbao")
    expect(page.get_by_text(NOTICE)).to_be_visible()
    expect(page.get_by_label("自查情况")).to_have_value(TEXT)
    expect(page.get_by_label("小学一、二年级标准班额占比")).to_have_value("80.84")
    expect(page.locator("#proposal")).to_contain_text("按细则得分：3.1分")
    save(page)
    page.get_by_label("自查情况").fill("又改。")
    with page.expect_navigation():  # the page that is left says already that it has been saved
        save(page)
    page.reload()
    expect(page.get_by_label("自查情况")).to_have_value("又改。")
    expect(page.get_by_text(NOTICE)).to_have_count(0)


def test_typed_text_waits_until_its_item_is_opened(sign_in: SignIn) -> None:
    page = sign_in("tianbao")
    leave_after_the_session_ended(page)
    page.goto("/sign-in/")
    sign_in_here(page, "tianbao")
    page.get_by_role("link", name="2022年度").click()
    page.get_by_role("link", name="学校意识形态工作").click()
    expect(page.get_by_label("自查情况")).to_have_value("")
    page.get_by_label("自查情况").fill("责任制落实到位。")
    page.get_by_label("部门自评分").fill("2")
    save(page)
    open_item(page)
    expect(page.get_by_text(NOTICE)).to_be_visible()
    expect(page.get_by_label("自查情况")).to_have_value(TEXT)


def test_another_person_who_signs_in_sees_nothing_of_it(sign_in: SignIn) -> None:
    page = sign_in("tianbao")
    leave_after_the_session_ended(page)
    sign_in_here(page, "shenhe")
    expect(page.get_by_label("自查情况")).to_have_value("")
    expect(page.get_by_text(NOTICE)).to_have_count(0)
    assert kept_readable(page) == []


def test_refused_text_is_shown_by_the_server_alone(sign_in: SignIn) -> None:
    page = sign_in("tianbao")
    open_item(page)
    fill(page)
    page.get_by_label("部门自评分").fill("99")
    press_save(page)
    expect(page.get_by_role("alert")).to_contain_text("未保存，请更正")
    expect(page.get_by_text(NOTICE)).to_have_count(0)


def test_back_brings_typed_text_back(sign_in: SignIn) -> None:
    page = sign_in("tianbao")
    open_item(page)
    page.evaluate("window.putBy = true")
    page.get_by_label("自查情况").fill("已自动保存")
    expect(page.locator("#fill [data-save-status]")).to_contain_text(re.compile(r"^已保存 \d"))
    page.get_by_role("link", name="指标体系").click()
    page.wait_for_url("**/frameworks/")
    page.evaluate("history.back()")
    expect(page).to_have_url(re.compile("/responses/"))
    expect(page.get_by_label("自查情况")).to_be_visible()
    expect(page.get_by_label("自查情况")).to_have_value("已自动保存")
    assert page.evaluate("window.putBy") is True


@pytest.mark.parametrize("header", [True, False], ids=["cleared", "plain http"])
def test_back_after_signing_out_shows_nothing(sign_in: SignIn, header: bool) -> None:
    """With the header that clears the browser, and without it as over plain http."""
    page = sign_in("tianbao")
    if not header:
        _drop_clear_site_data(page)
    open_item(page)
    fill(page)
    save(page)
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_label(NAME)).to_be_visible()
    page.evaluate("history.back()")
    expect(page).to_have_url(re.compile("/sign-in/.next=/responses/"))
    expect(page.get_by_label(NAME)).to_be_visible()
    assert kept_readable(page) == []


def test_back_after_somebody_else_signed_in_shows_their_own(sign_in: SignIn) -> None:
    page = sign_in("tianbao")
    _drop_clear_site_data(page)
    page.goto("/frameworks/")
    expect(page.get_by_role("link", name="李晓敏")).to_be_visible()
    page.get_by_role("button", name="退出").click()
    sign_in_here(page, "shenhe")
    expect(page.get_by_role("link", name="王建华")).to_be_visible()
    page.evaluate("history.go(-2)")
    expect(page).to_have_url(re.compile("/frameworks/$"))
    expect(page.get_by_role("link", name="王建华")).to_be_visible()
    expect(page.get_by_role("link", name="李晓敏")).to_have_count(0)


def _drop_clear_site_data(page: Page) -> None:
    """As if the browser did not heed it."""

    def without(route: object) -> None:
        answer = route.fetch(max_redirects=0)  # type: ignore[attr-defined]
        headers = {name: value for name, value in answer.headers.items() if name != "clear-site-data"}
        route.fulfill(response=answer, headers=headers)  # type: ignore[attr-defined]

    page.route("**/sign-out/", without)
