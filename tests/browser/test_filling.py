"""A department fills in, a coordinator accepts, the report shows it: as people do it, in a real browser."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect
from pypdf import PdfReader

SignIn = Callable[..., Page]

pytestmark = pytest.mark.browser

OPEN_CYCLE = "2022年度党政领导干部履行教育职责督导评价"
CLOSED_CYCLE = "2021年度党政领导干部履行教育职责督导评价"
SENTENCE = (
    "小学一、二年级标准班额占比80.84%，低于标准90%，差9.16个百分点，"
    "每差1个百分点扣0.1分（不足1个百分点不计），扣0.9分"
)
FIGURE = "小学一、二年级标准班额占比"


def open_assessment(page: Page, cycle: str = OPEN_CYCLE) -> None:
    page.goto("/")
    page.get_by_role("link", name=cycle).click()


def open_item(page: Page, title: str, cycle: str = OPEN_CYCLE) -> None:
    open_assessment(page, cycle)
    page.get_by_role("link", name=title).click()


def total(page: Page) -> Locator:
    return page.locator("#total")


def fill_class_sizes(page: Page, text: str = "小学一、二年级标准班额占比80.84%。") -> None:
    open_item(page, "标准班额达标情况")
    page.get_by_label("自查情况").fill(text)
    page.get_by_label(FIGURE).fill("80.84")


def save(page: Page) -> None:
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已保存。")).to_be_visible()


def test_proposal_appears_while_typing_and_the_total_follows_the_save(sign_in: SignIn) -> None:
    page = sign_in("tianbao")
    open_assessment(page)
    expect(total(page)).to_have_text("0")
    fill_class_sizes(page)
    address = page.url
    page.evaluate("window.notReloaded = true")
    expect(page.locator("#proposal")).to_contain_text("按细则得分：3.1分")
    expect(page.locator("#proposal")).to_contain_text(SENTENCE)
    page.get_by_label(FIGURE).fill("90")
    expect(page.locator("#proposal")).to_contain_text("已达到标准，不扣分。")
    page.get_by_label(FIGURE).fill("80.84")
    expect(page.locator("#proposal")).to_contain_text("3.1分")
    assert page.url == address
    assert page.evaluate("window.notReloaded") is True
    save(page)
    expect(page.get_by_label("部门自评分")).to_have_value("")
    expect(page.get_by_label("部门自评分")).to_have_attribute("placeholder", "3.1")
    open_assessment(page)
    expect(total(page)).to_have_text("3.1")


def test_points_that_differ_from_the_rules_need_a_reason(sign_in: SignIn) -> None:
    page = sign_in("tianbao")
    fill_class_sizes(page)
    page.get_by_label("部门自评分").fill("4")
    page.get_by_role("button", name="保存", exact=True).click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("未保存，请更正")
    summary.get_by_role("link", name="填写其他分值的理由").click()
    expect(page.get_by_label("填写其他分值的理由")).to_be_focused()
    expect(page.get_by_label("部门自评分")).to_have_value("4")
    page.get_by_label("填写其他分值的理由").fill("经复核，按上年标准计")
    save(page)


def test_leaving_with_something_that_cannot_be_stored_asks_first(sign_in: SignIn) -> None:
    page = sign_in("tianbao")
    open_item(page, "标准班额达标情况")
    page.get_by_label("部门自评分").fill("99")
    expect(page.locator("#fill [data-save-status]")).to_contain_text("部分未保存")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_role("link", name="指标体系").click()
    expect(page.get_by_label("部门自评分")).to_have_value("99")
    assert asked == ["beforeunload"]
    page.get_by_label("部门自评分").fill("")
    save(page)


def test_item_goes_from_department_to_coordinator_to_report(sign_in: SignIn) -> None:
    filler = sign_in("tianbao")
    fill_class_sizes(filler)
    save(filler)
    expect(filler.get_by_role("button", name="提交统筹员审核")).to_have_count(0)

    head = sign_in("shenhe")
    open_assessment(head)
    head.get_by_role("link", name="审核并提交下一项").click()
    head.get_by_role("button", name="提交统筹员审核").click()
    expect(head.get_by_text("已提交统筹员审核。")).to_be_visible()
    expect(head.get_by_role("button", name="撤回")).to_be_visible()

    coordinator = sign_in("tongchou")
    open_assessment(coordinator)
    coordinator.get_by_role("link", name="审核下一项").click()
    coordinator.get_by_label("区级自评分").fill("3")
    coordinator.get_by_role("button", name="采纳").click()
    expect(coordinator.get_by_role("alert")).to_contain_text("区级自评分与部门自评分不一致，请说明理由。")
    coordinator.get_by_label("改分理由").fill("班额数据以年报为准")
    coordinator.get_by_role("button", name="采纳").click()
    expect(coordinator.get_by_text("已采纳。", exact=True)).to_be_visible()
    open_assessment(coordinator)
    expect(total(coordinator)).to_have_text("3")
    coordinator.get_by_role("link", name="自评报告").click()
    preview = coordinator.frame_locator("iframe")
    expect(preview.locator("h1")).to_contain_text("2022")
    expect(preview.locator("body")).to_contain_text("小学一、二年级标准班额占比80.84%。")
    expect(preview.locator("body")).to_contain_text("自评3分")


def test_returned_item_says_why_until_it_is_accepted(sign_in: SignIn) -> None:
    head = sign_in("shenhe")
    open_item(head, "学校意识形态工作")
    head.get_by_label("自查情况").fill("责任制落实到位。")
    head.get_by_label("部门自评分").fill("2")
    save(head)
    head.get_by_role("button", name="提交统筹员审核").click()
    coordinator = sign_in("tongchou")
    open_item(coordinator, "学校意识形态工作")
    coordinator.get_by_text("退回部门修改").click()
    coordinator.get_by_label("退回理由").fill("请写明制度名称。")
    coordinator.get_by_role("button", name="退回", exact=True).click()
    expect(coordinator.get_by_text("已退回部门修改。")).to_be_visible()
    open_assessment(head)
    head.get_by_role("link", name="填报下一项").click()
    expect(head.get_by_text("退回理由：请写明制度名称。")).to_be_visible()
    head.get_by_label("自查情况").fill("《意识形态工作责任制实施办法》落实到位。")
    save(head)
    expect(head.get_by_text("退回理由：请写明制度名称。")).to_be_visible()


def test_coordinator_accepts_only_what_was_seen(sign_in: SignIn) -> None:
    head, coordinator = sign_in("shenhe"), sign_in("tongchou")
    fill_class_sizes(head, "第一稿。")
    save(head)
    head.get_by_role("button", name="提交统筹员审核").click()
    open_item(coordinator, "标准班额达标情况")
    head.get_by_role("button", name="撤回").click()
    head.get_by_label("自查情况").fill("第二稿。")
    head.get_by_label(FIGURE).fill("85")
    save(head)
    head.get_by_role("button", name="提交统筹员审核").click()
    coordinator.get_by_role("button", name="采纳").click()
    expect(coordinator.get_by_role("alert")).to_contain_text("本次操作未执行")
    expect(coordinator.get_by_text("第二稿。")).to_be_visible()
    expect(coordinator.get_by_label("区级自评分")).to_have_value("3.5")
    coordinator.get_by_role("button", name="采纳").click()
    expect(coordinator.get_by_text("已采纳。", exact=True)).to_be_visible()


def test_everything_works_without_javascript(sign_in: SignIn) -> None:
    filler = sign_in("tianbao", java_script_enabled=False)
    fill_class_sizes(filler)
    filler.get_by_role("button", name="试算").click()
    expect(filler.locator("#proposal")).to_contain_text(SENTENCE)
    expect(filler.get_by_label("自查情况")).to_have_value("小学一、二年级标准班额占比80.84%。")
    save(filler)
    head = sign_in("shenhe", java_script_enabled=False)
    open_item(head, "标准班额达标情况")
    head.get_by_role("button", name="提交统筹员审核").click()
    coordinator = sign_in("tongchou", java_script_enabled=False)
    open_item(coordinator, "标准班额达标情况")
    coordinator.get_by_role("button", name="采纳").click()
    open_assessment(coordinator)
    expect(total(coordinator)).to_have_text("3.1")


def test_pdf_downloads_and_opens(sign_in: SignIn) -> None:
    page = sign_in("qianpi")
    open_assessment(page, CLOSED_CYCLE)
    expect(total(page)).to_have_text("99.1")
    page.get_by_role("link", name="自评报告").click()
    expect(page.get_by_text("自评总分99.1分（满分100分），等次：优秀")).to_be_visible()
    expect(page.frame_locator("iframe").locator("h1")).to_contain_text("教育职责督导评价")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载PDF").click()
    pdf = PdfReader(BytesIO(Path(download.value.path()).read_bytes()))
    assert download.value.suggested_filename.endswith(".pdf")
    assert len(pdf.pages) > 10
    assert "99.1" in "".join(sheet.extract_text() for sheet in pdf.pages)
