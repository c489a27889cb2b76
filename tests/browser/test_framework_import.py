"""The secretary imports an office's table in a real browser, and gets it back as a workbook."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.browser.conftest import SignIn
from tests.indicators.office_tables import shicheng

pytestmark = pytest.mark.browser


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "shicheng.xlsx"
    path.write_bytes(shicheng())
    return path


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_a_table_is_chosen_previewed_and_stored(sign_in: SignIn, table: Path, javascript: bool) -> None:
    page = sign_in("duban", java_script_enabled=javascript)
    page.goto("/frameworks/import/")
    page.locator("input[type=file]").set_input_files(table)
    page.locator("form.fill button").click()
    page.wait_for_url("**/frameworks/import/preview/")
    expect(page.locator(".import-notes").first).to_contain_text("C32")
    expect(page.locator("#rule-15")).to_be_checked()
    expect(page.locator("#rule-17")).not_to_be_checked()
    page.locator("#rule-15").uncheck()
    page.locator("#id_code").fill("hezhang")
    page.locator(".savebar button").click()
    page.wait_for_url("**/frameworks/*/")
    expect(page.locator("h1")).to_contain_text("石城县2018年度河长制湖长制工作")
    address = page.locator("a[href$='/file/xlsx/']").get_attribute("href")
    workbook = load_workbook(BytesIO(page.context.request.get(str(address)).body()))
    assert workbook["指标体系"]["H4"].value == '完善"四个到位"'
    labels = {row[0] for row in workbook["评分规则"].iter_rows(min_row=4, values_only=True)}
    assert {15, 19} <= labels
    assert 16 not in labels


@pytest.mark.parametrize("width", [390, 320])
def test_the_pages_fit_on_a_phone(sign_in: SignIn, table: Path, width: int) -> None:
    page = sign_in("duban", viewport={"width": width, "height": 800})
    page.goto("/frameworks/import/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("input[type=file]").set_input_files(table)
    page.locator("form.fill button").click()
    page.wait_for_url("**/preview/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
