"""A secretary edits a draft: as people do it, in a real browser, with the keyboard, and without script."""

from collections.abc import Callable
from time import perf_counter

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_pages import TOO_WIDE, WITHOUT_LABEL

SignIn = Callable[..., Page]

pytestmark = pytest.mark.browser


def start_draft(page: Page) -> None:
    """A blank draft with one section, the form of its first item open."""
    page.goto("/frameworks/new/")
    page.get_by_label("体系名称").fill("平安校园评价指标体系")
    page.get_by_label("代码").fill("paxy")
    page.get_by_role("button", name="建立草案").click()
    page.get_by_label("指标名称").fill("校园安全")
    page.get_by_label("标明的分值").fill("10")
    save(page)
    page.get_by_role("link", name="＋三级指标").click()


def save(page: Page) -> None:
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已保存。")).to_be_visible()


def add_item(page: Page, label: str, title: str, weight: str) -> None:
    page.get_by_label("编号").fill(label)
    page.get_by_label("指标名称").fill(title)
    page.get_by_label("分值", exact=True).fill(weight)


def add_rule(page: Page, kind: str) -> None:
    page.get_by_label("新增细则").select_option(label=kind)
    page.get_by_role("button", name="新增", exact=True).click()


def tree(page: Page) -> Locator:
    return page.locator("#tree")


def items(page: Page) -> Locator:
    return tree(page).locator(".at-item .title")


def test_an_item_with_a_rule_is_added_and_tried_out_while_typing(sign_in: SignIn) -> None:
    page = sign_in("duban")
    start_draft(page)
    begun = perf_counter()
    add_item(page, "1", "责任事故", "4")
    expect(tree(page)).to_contain_text("比标明的10分少6分")
    add_rule(page, "按次数扣分")
    expect(page.get_by_label("数据指标", exact=True)).to_be_focused()
    page.keyboard.type("安全责任事故")
    page.get_by_label("单位", exact=True).fill("起")
    page.get_by_label("每次扣分").fill("0.5")
    expect(page.locator("#rules-0-words")).to_have_text("安全责任事故每发现1起扣0.5分，扣完为止。")
    page.locator("#try-figures").get_by_label("安全责任事故").fill("3")
    expect(page.locator("#try-result")).to_contain_text("得2.5分（分值4分）")
    expect(page.locator("#try-result")).to_contain_text("扣1.5分")
    save(page)
    assert perf_counter() - begun < 20
    expect(items(page)).to_have_text(["1 责任事故"])
    expect(page.get_by_label("数据指标", exact=True)).to_have_value("安全责任事故")


def test_rules_are_read_from_the_prose_and_saved_after_a_look(sign_in: SignIn) -> None:
    page = sign_in("duban")
    start_draft(page)
    add_item(page, "1", "班额", "4")
    page.get_by_label("评分细则原文").fill("标准班额占比低于90%的，每低1个百分点扣0.1分。")
    page.get_by_role("button", name="从原文读取规则").click()
    expect(page.get_by_role("status")).to_contain_text("已读出1条细则")
    expect(page.locator("#rules-0-words")).to_contain_text("低于90%的，每差1个百分点扣0.1分")
    expect(page.get_by_label("指标名称")).to_have_value("班额")
    save(page)


def test_nodes_are_moved_with_keys_and_the_focus_stays(sign_in: SignIn) -> None:
    page = sign_in("duban")
    start_draft(page)
    for number in ("1", "2", "3"):
        add_item(page, number, f"第{number}项", "1")
        page.get_by_role("button", name="保存并新增下一项").click()
        expect(items(page)).to_have_count(int(number))
    last = items(page).get_by_text("3 第3项")
    tree(page).get_by_role("link", name="3 第3项").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(items(page)).to_have_text(["1 第1项", "3 第3项", "2 第2项"])
    moved = tree(page).get_by_role("link", name="3 第3项")
    expect(moved).to_be_focused()
    assert moved.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
    page.keyboard.press("Alt+ArrowRight")
    expect(tree(page)).to_contain_text("它前面没有紧邻的二级指标。")
    page.keyboard.press("Alt+ArrowDown")
    expect(items(page)).to_have_text(["1 第1项", "2 第2项", "3 第3项"])
    expect(last).to_be_visible()
    page.get_by_role("button", name="撤销").click()
    page.get_by_role("link", name="校园安全").click()
    expect(items(page)).to_have_text(["1 第1项", "3 第3项", "2 第2项"])
    page.get_by_role("link", name="修改记录").click()
    expect(page.get_by_role("row")).to_have_count(7)
    page.get_by_role("button", name="撤销此项及其后修改").last.click()
    expect(page.get_by_role("button", name="恢复到此处")).to_have_count(6)


def test_two_secretaries_see_both_texts(sign_in: SignIn) -> None:
    one, two = sign_in("duban"), sign_in("duban")
    start_draft(one)
    add_item(one, "1", "责任事故", "4")
    save(one)
    two.goto(one.url)
    one.get_by_label("指标名称").fill("安全责任事故")
    save(one)
    two.get_by_label("指标名称").fill("校园责任事故")
    two.get_by_role("button", name="保存", exact=True).click()
    expect(two.get_by_role("alert")).to_contain_text("安全责任事故")
    expect(two.get_by_label("指标名称")).to_have_value("校园责任事故")
    save(two)


def test_what_was_typed_survives_an_ended_session_with_its_rules(sign_in: SignIn) -> None:
    page = sign_in("duban")
    start_draft(page)
    add_item(page, "1", "责任事故", "4")
    save(page)
    address = page.url
    add_rule(page, "按名次得分")
    page.get_by_label("数据指标", exact=True).fill("得分率")
    session = next(kept["value"] for kept in page.context.cookies() if kept["name"] == "sessionid")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/sign-in/**")
    page.context.add_cookies([{"name": "sessionid", "value": session, "domain": "127.0.0.1", "path": "/"}])
    page.goto(address)
    expect(page.get_by_text("已恢复未保存的内容，请核对后保存。")).to_be_visible()
    expect(page.get_by_label("数据指标", exact=True)).to_have_value("得分率")


def test_everything_works_without_javascript(sign_in: SignIn) -> None:
    page = sign_in("duban", java_script_enabled=False)
    start_draft(page)
    add_item(page, "1", "责任事故", "4")
    add_rule(page, "按次数扣分")
    page.get_by_label("数据指标", exact=True).fill("安全责任事故")
    page.get_by_label("单位", exact=True).fill("起")
    page.get_by_label("每次扣分").fill("0.5")
    page.get_by_role("button", name="试算").click()
    page.locator("#try-figures").get_by_label("安全责任事故").fill("3")
    page.get_by_role("button", name="试算").click()
    expect(page.locator("#try-result")).to_contain_text("得2.5分（分值4分）")
    page.get_by_role("button", name="保存并新增下一项").click()
    add_item(page, "2", "演练", "6")
    save(page)
    page.get_by_role("button", name="上移").click()
    expect(items(page)).to_have_text(["2 演练", "1 责任事故"])
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_text("已撤销：已移动：2 演练")).to_be_visible()
    page.goto("/frameworks/")
    page.get_by_role("link", name="平安校园评价指标体系").click()
    expect(page.get_by_text("安全责任事故每发现1起扣0.5分")).to_be_visible()


def test_pages_of_the_editor_fit_a_phone_and_label_their_fields(sign_in: SignIn) -> None:
    page = sign_in("duban")
    start_draft(page)
    add_item(page, "1", "很长的指标名称" * 10, "4")
    for kind in ("分档得分", "分项得分", "按名次得分", "按差距扣分"):
        add_rule(page, kind)
        expect(page.locator("fieldset.rule legend").get_by_text(kind)).to_have_count(1)
    assert page.evaluate(WITHOUT_LABEL) == []
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        assert (width, page.evaluate(TOO_WIDE)) == (width, [])


def test_a_bonus_item_is_offered_bonus_rules_as_soon_as_it_is_ticked(sign_in: SignIn) -> None:
    page = sign_in("duban")
    start_draft(page)
    add_item(page, "1", "获奖情况", "2")
    page.get_by_label("加分项", exact=True).check()
    expect(page.get_by_label("新增细则").locator("option")).to_have_text(["加分"])
    page.get_by_role("button", name="新增", exact=True).click()
    expect(page.get_by_label("数据指标", exact=True)).to_be_focused()
    page.get_by_role("button", name="移除", exact=True).click()
    expect(page.get_by_label("新增细则")).to_be_focused()


def test_a_long_tree_shows_where_one_is(sign_in: SignIn) -> None:
    page = sign_in("duban", viewport={"width": 390, "height": 500})
    page.goto("/frameworks/2/edit/")
    tree(page).get_by_role("link", name="推进各级各类教育协调发展").click()
    items(page).last.click()
    expect(page.locator("#fill")).to_contain_text("三级指标")
    expect(items(page).last).to_be_in_viewport()
