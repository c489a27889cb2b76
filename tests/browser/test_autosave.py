"""Nothing typed is ever lost: cut networks, dead servers, ended sessions, crashed tabs, two editors."""

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import BrowserContext, Dialog, Error, Locator, Page, Route, expect

from tests.browser.conftest import PASSWORD, Server

SignIn = Callable[..., Page]

pytestmark = pytest.mark.browser

CYCLE = "2022年度党政领导干部履行教育职责督导评价"
ITEM = "学校意识形态工作"
SAVED = re.compile(r"^已保存 \d\d:\d\d:\d\d$")
OFFLINE = re.compile("未保存：网络中断，已存在本机")
PUT_BACK = "已恢复本机保留的未保存内容"
PAUSE_AND_SAVE = 8_000
"""Milliseconds within which a save is seen after the last key: the pause of 0.8 s, and a busy machine; less
than the 10 s after which somebody who goes on typing is saved."""


def open_item(page: Page, title: str = ITEM) -> None:
    page.goto("/")
    page.get_by_role("link", name=CYCLE).first.click()
    page.get_by_role("link", name=title).first.click()
    page.wait_for_url("**/responses/*/")


def text(page: Page) -> Locator:
    return page.get_by_label("自查情况", exact=False).first


def status(page: Page) -> Locator:
    return page.locator("#fill [data-save-status]")


def type_and_save(page: Page, content: str) -> None:
    text(page).fill(content)
    expect(status(page)).to_have_text(SAVED, timeout=PAUSE_AND_SAVE)


def stored(server: Server, page: Page) -> tuple[str, int]:
    """Text and version of the page's response, as the database has them."""
    number = page.url.rstrip("/").rsplit("/", 1)[1]
    [(narrative, version)] = server.ask(
        "select narrative, version from assessments_response where id = ?", number
    )
    return narrative, version


def sign_in_as(context: BrowserContext, username: str) -> None:
    """As in another tab of the same browser."""
    context.clear_cookies(name="sessionid")
    token = next(cookie["value"] for cookie in context.cookies() if cookie["name"] == "csrftoken")
    form: dict[str, str | float | bool] = {
        "username": username,
        "password": PASSWORD,
        "csrfmiddlewaretoken": token,
    }
    assert context.request.post("/sign-in/", form=form, max_redirects=0).status == 302


def crash(page: Page) -> None:
    """No handler of the page runs."""
    with suppress(Error):
        page.goto("chrome://crash", timeout=2_000)
    page.close()


def tab_of(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_default_timeout(20_000)
    return page


def test_typed_text_is_saved_without_a_click_and_outlives_a_killed_server(
    sign_in: SignIn, server: Server
) -> None:
    page = sign_in("tianbao")
    open_item(page)
    text(page).press_sequentially("责任制落实到位。")
    expect(status(page)).to_have_text(SAVED, timeout=PAUSE_AND_SAVE)
    server.kill()
    assert stored(server, page) == ("责任制落实到位。", 1)
    text(page).fill("服务器停机时写的。")
    expect(status(page)).to_have_text(OFFLINE)
    server.start()
    expect(status(page)).to_have_text(SAVED)
    assert stored(server, page) == ("服务器停机时写的。", 2)


def test_text_typed_offline_is_sent_as_soon_as_the_network_is_back(sign_in: SignIn, server: Server) -> None:
    page = sign_in("tianbao")
    open_item(page)
    page.context.set_offline(True)
    text(page).fill("第一段。")
    expect(status(page)).to_have_text(OFFLINE)
    text(page).fill("第一段。\n第二段。")
    page.context.set_offline(False)
    expect(status(page)).to_have_text(SAVED, timeout=PAUSE_AND_SAVE)
    expect(text(page)).to_have_value("第一段。\n第二段。")
    assert stored(server, page)[0] == "第一段。\n第二段。"


def test_save_whose_answer_was_lost_is_stored_once_and_does_not_conflict(
    sign_in: SignIn, server: Server
) -> None:
    page = sign_in("tianbao")
    open_item(page)
    answers: list[int] = []

    def lose_the_first(route: Route) -> None:
        answer = route.fetch()
        answers.append(answer.status)
        if len(answers) == 1:
            route.abort()
        else:
            route.fulfill(response=answer)

    page.route("**/draft/", lose_the_first)
    text(page).fill("答复丢失。")
    expect(status(page)).to_have_text(OFFLINE)
    expect(status(page)).to_have_text(SAVED)
    assert answers == [200, 200]
    assert stored(server, page) == ("答复丢失。", 1)
    type_and_save(page, "接着写。")
    assert stored(server, page) == ("接着写。", 2)


def test_ended_session_asks_for_the_password_in_place_and_goes_on(sign_in: SignIn, server: Server) -> None:
    page = sign_in("shenhe")
    open_item(page)
    page.evaluate("window.notReloaded = true")
    page.get_by_label("部门自评分").fill("2")
    page.context.clear_cookies(name="sessionid")
    text(page).fill("登录失效后写的。")
    dialog = page.get_by_role("dialog", name="请重新登录")
    expect(dialog).to_contain_text("王建华")
    dialog.get_by_label("密码").fill(PASSWORD)
    dialog.get_by_role("button", name="登录").click()
    expect(dialog).to_be_hidden()
    expect(status(page)).to_have_text(SAVED, timeout=PAUSE_AND_SAVE)
    assert page.evaluate("window.notReloaded") is True
    assert stored(server, page)[0] == "登录失效后写的。"
    # The steps of the page go on with the new session, too.
    page.get_by_role("button", name="提交统筹员审核").click()
    expect(page.get_by_text("已提交统筹员审核。")).to_be_visible()


def test_dialog_put_off_keeps_the_text_until_saving_is_asked_for(sign_in: SignIn, server: Server) -> None:
    page = sign_in("tianbao")
    open_item(page)
    page.context.clear_cookies(name="sessionid")
    text(page).fill("稍后再登录。")
    dialog = page.get_by_role("dialog", name="请重新登录")
    dialog.get_by_role("button", name="稍后").click()
    expect(status(page)).to_contain_text("未保存：登录已失效")
    page.get_by_role("button", name="保存", exact=True).click()
    dialog.get_by_label("密码").fill(PASSWORD)
    dialog.get_by_label("密码").press("Enter")
    expect(page.get_by_text("已保存。", exact=True)).to_be_visible()
    assert stored(server, page)[0] == "稍后再登录。"


def test_two_editors_see_each_other_and_merge_both_texts(sign_in: SignIn, server: Server) -> None:
    filler, head = sign_in("tianbao"), sign_in("shenhe")
    open_item(filler)
    open_item(head)
    expect(head.locator("[data-presence]")).to_contain_text("李晓敏也打开了本项")
    type_and_save(head, "共同的开头。\n审核人的一段。")
    for page in (head, filler):
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        page.wait_for_timeout(300)
    expect(filler.locator("[data-presence]")).to_contain_text("王建华刚刚保存了本项")
    expect(filler.locator("[data-presence]")).to_contain_text("王建华也在填报本项，最近输入于")
    text(filler).fill("共同的开头。\n填报人的一段。")
    panel = filler.locator(".merge")
    expect(panel).to_contain_text("王建华已于")
    row = panel.get_by_role("group", name="自查情况")
    expect(row.locator("mark")).to_have_text(["审核", "填报"])
    expect(text(filler)).to_have_value("共同的开头。\n填报人的一段。")
    expect(status(filler)).to_contain_text("未保存：他人已先保存")
    row.get_by_label("用对方的").check()
    expect(text(filler)).to_have_value("共同的开头。\n审核人的一段。")
    row.get_by_label("合并两段后修改").check()
    both = "共同的开头。\n审核人的一段。\n填报人的一段。"
    expect(text(filler)).to_have_value(both)
    assert stored(server, filler)[0] == "共同的开头。\n审核人的一段。"
    panel.get_by_role("button", name="保存合并结果").click()
    expect(filler.get_by_text("已保存。", exact=True)).to_be_visible()
    assert stored(server, filler) == (both, 2)


def test_what_only_the_other_one_changed_is_theirs_unless_chosen_otherwise(
    sign_in: SignIn, server: Server
) -> None:
    filler, head = sign_in("tianbao"), sign_in("shenhe")
    open_item(filler)
    open_item(head)
    head.get_by_label("部门自评分").fill("2")
    expect(status(head)).to_have_text(SAVED)
    text(filler).fill("填报人的内容。")
    panel = filler.locator(".merge")
    expect(panel.get_by_role("group", name="部门自评分").get_by_label("用对方的")).to_be_checked()
    expect(panel.get_by_role("group", name="自查情况").get_by_label("用我的")).to_be_checked()
    expect(filler.get_by_label("部门自评分")).to_have_value("2")
    panel.get_by_role("button", name="保存合并结果").click()
    expect(filler.get_by_text("已保存。", exact=True)).to_be_visible()
    assert stored(server, filler) == ("填报人的内容。", 2)


def test_merging_works_without_script(sign_in: SignIn, server: Server) -> None:
    filler, head = sign_in("tianbao", java_script_enabled=False), sign_in("shenhe")
    open_item(filler)
    open_item(head)
    type_and_save(head, "审核人的内容。")
    text(filler).fill("填报人的内容。")
    filler.get_by_label("部门自评分").fill("2")
    filler.get_by_role("button", name="保存", exact=True).click()
    panel = filler.locator(".merge")
    expect(panel.locator("mark")).to_have_text(["审核", "填报", "2"])
    panel.get_by_role("group", name="自查情况").get_by_label("用对方的").check()
    panel.get_by_role("button", name="保存合并结果").click()
    expect(filler.get_by_text("已保存。", exact=True)).to_be_visible()
    expect(filler.get_by_label("部门自评分")).to_have_value("2")
    assert stored(server, filler) == ("审核人的内容。", 2)


def test_crashed_tab_gives_its_text_back(sign_in: SignIn, server: Server) -> None:
    page = sign_in("tianbao")
    open_item(page)
    type_and_save(page, "第一稿。")
    page.context.set_offline(True)
    text(page).press_sequentially("崩溃前写的。")
    context, address = page.context, page.url
    crash(page)
    context.set_offline(False)
    page = tab_of(context)
    page.goto(address)
    expect(page.get_by_text(PUT_BACK)).to_be_visible()
    expect(text(page)).to_have_value("第一稿。崩溃前写的。")
    expect(status(page)).to_have_text(SAVED)
    assert stored(server, page) == ("第一稿。崩溃前写的。", 2)
    page.get_by_role("button", name="放弃恢复的内容").click()
    expect(text(page)).to_have_value("第一稿。")
    expect(page.get_by_text(PUT_BACK)).to_have_count(0)
    expect(status(page)).to_have_text(SAVED)
    assert stored(server, page) == ("第一稿。", 3)


def test_text_put_back_meets_what_was_saved_meanwhile(sign_in: SignIn, server: Server) -> None:
    page, head = sign_in("tianbao"), sign_in("shenhe")
    open_item(page)
    page.context.set_offline(True)
    text(page).fill("填报人的内容。")
    expect(status(page)).to_have_text(OFFLINE)
    context, address = page.context, page.url
    crash(page)
    open_item(head)
    type_and_save(head, "审核人的内容。")
    context.set_offline(False)
    page = tab_of(context)
    page.goto(address)
    expect(page.locator(".merge mark")).to_have_text(["审核", "填报"])
    expect(text(page)).to_have_value("填报人的内容。")
    assert stored(server, page) == ("审核人的内容。", 1)


def test_two_tabs_of_one_person_keep_what_is_typed_in_each(sign_in: SignIn, server: Server) -> None:
    first = sign_in("tianbao")
    open_item(first)
    context, address = first.context, first.url
    first.route("**/draft/", lambda route: route.abort())
    text(first).fill("第一个窗口写的。")
    expect(status(first)).to_have_text(OFFLINE)
    second = tab_of(context)
    second.goto(address)
    expect(text(second)).to_have_value("第一个窗口写的。")
    expect(status(second)).to_have_text(SAVED)
    text(first).fill("第一个窗口又写的。")
    type_and_save(second, "第二个窗口写的。")
    crash(first)
    second.reload()
    # What was saved in one tab has not made the browser forget what the other had kept.
    expect(second.locator(".merge mark")).to_have_text(["二", "一", "又"])
    expect(text(second)).to_have_value("第一个窗口又写的。")
    assert stored(server, second) == ("第二个窗口写的。", 2)


def test_save_stored_without_an_answer_is_not_put_back_over_a_newer_one(
    sign_in: SignIn, server: Server
) -> None:
    page, head = sign_in("tianbao"), sign_in("shenhe")
    open_item(page)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/draft/", lose)
    text(page).fill("答复丢失的。")
    expect(status(page)).to_have_text(OFFLINE)
    context, address = page.context, page.url
    crash(page)
    open_item(head)
    type_and_save(head, "答复丢失的。\n审核人接着写的。")
    page = tab_of(context)
    page.goto(address)
    expect(text(page)).to_have_value("答复丢失的。\n审核人接着写的。")
    page.evaluate(  # not wait_for_function, which evaluates text in the page: its policy forbids that
        "() => new Promise((done) => { const look = () => Object.keys(localStorage)"
        ".some((name) => name.startsWith('draft ')) ? setTimeout(look, 50) : done(); look(); })"
    )
    expect(page.get_by_text(PUT_BACK)).to_have_count(0)
    type_and_save(page, "接着写。")
    assert stored(server, page) == ("接着写。", 3)


def test_row_that_is_being_written_is_waited_for_without_alarm(sign_in: SignIn, server: Server) -> None:
    page = sign_in("shenhe")
    open_item(page)
    row = page.get_by_role("group", name="第1行")
    row.get_by_label("扣分", exact=True).fill("0.5")
    text(page).fill("正文。")
    expect(status(page)).to_have_text("其余已保存，尚待填写：扣分原因")
    expect(status(page)).not_to_have_class(re.compile("trouble"))
    expect(row.get_by_label("扣分原因")).not_to_have_attribute("aria-invalid", "true")
    assert stored(server, page)[0] == "正文。"
    row.get_by_label("扣分原因").fill("材料不全")
    expect(status(page)).to_have_text(SAVED, timeout=PAUSE_AND_SAVE)


def kept(page: Page) -> str:
    found: str = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    return found


def test_shared_machine_keeps_each_draft_for_its_writer(sign_in: SignIn, server: Server) -> None:
    page = sign_in("tianbao")
    open_item(page)
    page.context.set_offline(True)
    text(page).fill("李晓敏的内容。")
    expect(status(page)).to_have_text(OFFLINE)
    context, address = page.context, page.url
    crash(page)
    context.set_offline(False)
    sign_in_as(context, "shenhe")
    other = tab_of(context)
    other.goto(address)
    expect(text(other)).to_have_value("")
    expect(other.get_by_text(PUT_BACK)).to_have_count(0)
    assert "draft" in kept(other)
    assert "李晓敏" not in kept(other)
    other.close()
    sign_in_as(context, "tianbao")
    page = tab_of(context)
    page.goto(address)
    expect(page.get_by_text(PUT_BACK)).to_be_visible()
    expect(status(page)).to_have_text(SAVED)
    assert stored(server, page) == ("李晓敏的内容。", 1)


def test_page_gives_way_when_somebody_else_has_signed_in(sign_in: SignIn, server: Server) -> None:
    page = sign_in("tianbao")
    open_item(page)
    address = page.url
    sign_in_as(page.context, "shenhe")
    text(page).fill("李晓敏的内容。")
    expect(page.get_by_role("heading", name="现在登录的是另一位用户")).to_be_visible()
    assert "李晓敏" not in page.content() + kept(page)
    sign_in_as(page.context, "tianbao")
    page.goto(address)
    expect(text(page)).to_have_value("李晓敏的内容。")
    expect(status(page)).to_have_text(SAVED)
    assert stored(server, page) == ("李晓敏的内容。", 1)


def test_plain_http_keeps_drafts_in_the_tab_and_nobody_else_sees_them(sign_in: SignIn) -> None:
    page = sign_in("tianbao")
    page.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
    page.on("dialog", lambda dialog: dialog.accept())
    open_item(page)
    page.get_by_label("部门自评分").fill("99")
    expect(status(page)).to_contain_text("部分未保存")
    assert '"score","99"' in kept(page).replace("\\", "")
    page.reload()
    expect(page.get_by_label("部门自评分")).to_have_value("99")
    sign_in_as(page.context, "shenhe")
    page.reload()
    expect(page.get_by_label("部门自评分")).to_have_value("")
    assert "draft" not in kept(page)


def test_what_cannot_be_stored_is_named_and_the_rest_is_stored(sign_in: SignIn, server: Server) -> None:
    page = sign_in("tianbao")
    open_item(page)
    points = page.get_by_label("部门自评分")
    text(page).fill("正文照存。")
    # The points last: on a slow machine they may go in a second save, which then stores nothing.
    points.fill("99")
    expect(status(page)).to_contain_text("部分未保存，请更正：部门自评分")
    expect(points).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#id_score_error")).to_be_visible()
    assert stored(server, page) == ("正文照存。", 1)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(points).to_have_value("99")
    expect(status(page)).to_contain_text("部分未保存")
    points.fill("2")
    expect(status(page)).to_have_text(SAVED, timeout=PAUSE_AND_SAVE)
    expect(page.locator("#id_score_error")).to_have_count(0)


def test_saving_and_the_next_step_wait_for_what_was_just_typed(sign_in: SignIn, server: Server) -> None:
    head = sign_in("shenhe")
    open_item(head)
    head.get_by_label("部门自评分").fill("2")
    text(head).fill("第一稿。")
    submit = head.get_by_role("button", name="提交统筹员审核")
    expect(submit).to_be_enabled()
    text(head).fill("提交前最后一改。")
    submit.click()
    expect(head.get_by_text("已提交统筹员审核。")).to_be_visible()
    assert stored(server, head)[0] == "提交前最后一改。"


def test_leaving_right_after_typing_loses_nothing(sign_in: SignIn, server: Server) -> None:
    page = sign_in("tianbao")
    open_item(page)
    address = page.url
    text(page).press_sequentially("刚写完就走。")
    page.get_by_role("link", name="指标体系").click()
    page.wait_for_url("**/frameworks/")
    page.goto(address)
    expect(text(page)).to_have_value("刚写完就走。")
    expect(status(page)).to_contain_text(re.compile("^已保存|^最近保存|保存$"))
    assert stored(server, page) == ("刚写完就走。", 1)


def test_signing_out_sends_first_and_asks_when_that_fails(sign_in: SignIn, server: Server) -> None:
    page = sign_in("tianbao")
    open_item(page)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", stay)
    page.route("**/draft/", lambda route: route.abort())
    text(page).fill("退出前写的。")
    page.get_by_role("button", name="退出").click()
    expect(text(page)).to_have_value("退出前写的。")
    expect(status(page)).to_have_text(OFFLINE)
    page.unroute("**/draft/")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_label("用户名、工号或手机号")).to_be_visible()
    assert [message[:14] for message in asked] == ["有内容尚未保存，也未能发送。"]
    [(narrative,)] = server.ask("select narrative from assessments_response where narrative like '退出前%'")
    assert narrative == "退出前写的。"


def test_accepted_item_is_changed_by_its_button_alone(sign_in: SignIn, server: Server) -> None:
    """What the coordinator types there stands in the report: kept in the browser, sent when meant."""
    page = sign_in("tongchou")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/")
    page.get_by_role("link", name=CYCLE.replace("2022", "2021")).first.click()
    page.get_by_role("link", name=ITEM).first.click()
    page.wait_for_url("**/responses/*/")
    before, version = stored(server, page)
    text(page).fill("统筹员修改。")
    expect(status(page)).to_have_text("有改动，尚未保存")
    page.wait_for_timeout(1_500)
    assert stored(server, page) == (before, version)
    page.reload()
    expect(text(page)).to_have_value("统筹员修改。")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已保存。", exact=True)).to_be_visible()
    expect(page.get_by_text(PUT_BACK)).to_have_count(0)
    assert stored(server, page) == ("统筹员修改。", version + 1)
