"""Collection sheets in a browser: passed on, sent back with one that is wrong, taken in, filled in."""

from collections.abc import Callable
from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Server

SignIn = Callable[..., Page]

pytestmark = pytest.mark.browser

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ITEM = """select response.id from assessments_response response
    join indicators_item item on item.id = response.item_id where item.label = '15'
    and response.assessment_id = (select max(id) from assessments_assessment)"""


def returned(page: Page, unit: str, figure: float | str) -> FilePayload:
    """The sheet that is sent to every unit, as one sends it back."""
    content = page.context.request.get(page.url + "sheet/each/").body()
    book = load_workbook(BytesIO(content))
    book["数据收集表"]["A4"], book["数据收集表"]["B4"] = unit, figure
    file = BytesIO()
    book.save(file)
    return {"name": f"{unit}.xlsx", "mimeType": XLSX, "buffer": file.getvalue()}


@pytest.mark.parametrize("width", [1366, 390])
def test_sheets_come_back_one_of_them_wrong(sign_in: SignIn, server: Server, width: int) -> None:
    page = sign_in("tianbao", viewport={"width": width, "height": 768})
    page.goto(f"/responses/{server.ask(ITEM)[0][0]}/collection/")
    page.fill("[name=units]", "一小\n二小\n三小")
    page.get_by_role("button", name="加入名单").click()
    expect(page.locator(".collected tbody tr")).to_have_count(3)
    sheets = [returned(page, "一小", 90), returned(page, "二小", "约九十"), returned(page, "三小", 96)]
    page.set_input_files("[name=sheets]", sheets)
    page.get_by_role("button", name="读取并预览").click()
    expect(page.locator(".import-notes li")).to_have_text(["二小.xlsx 《数据收集表》B4 “约九十”不是数字。"])
    expect(page.locator(".savebar button")).to_be_disabled()
    page.locator("[name=leave_out]").click()
    expect(page.locator(".collected tbody tr")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator(".savebar button").click()
    expect(page.locator(".collected tbody tr", has_text="二小")).to_contain_text("未报")
    page.locator("[name=fill]").click()
    expect(page.locator("#id_measure_class_size_g12")).to_have_value("93")
