"""An administrator sets up an office in a real browser; its people come in with what is on their slips."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn

pytestmark = pytest.mark.browser

OWN = "my own long one"


def filled(template: bytes, folder: Path, people: int) -> Path:
    """The template with so many people of its first department."""
    book = load_workbook(BytesIO(template))
    places = book["单位"].iter_rows(min_row=4, values_only=True)
    place = next(code for code, _name, _above, _above_name, kind in places if kind == "部门")
    for number in range(people):
        phone = f"139{number:08}"
        book["人员"].append([f"新人{number:02}", None, None, phone, place, None, "填报人"])
    path = folder / "人员.xlsx"
    book.save(path)
    return path


def slips_of(page: Page) -> dict[str, str]:
    """First passwords by name."""
    slips = page.locator(".slip").all()
    return {slip.locator("dd b").inner_text(): slip.locator(".first-password").inner_text() for slip in slips}


def type_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("用户名、工号或手机号").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


@pytest.mark.parametrize(
    ("javascript", "people"), [(True, 50), (False, 8)], ids=["with script", "without script"]
)
def test_people_are_imported_and_come_in_with_their_slips(
    sign_in: SignIn, tmp_path: Path, javascript: bool, people: int
) -> None:
    page = sign_in("guanli", java_script_enabled=javascript)
    page.goto("/people/import/")
    template = page.get_by_role("link", name="下载模板").get_attribute("href")
    path = filled(page.context.request.get(str(template)).body(), tmp_path, people)
    page.locator("input[type=file]").set_input_files(path)
    page.locator("form.fill button").click()
    page.wait_for_url("**/people/import/preview/")
    expect(page.locator("tbody tr")).to_have_count(people)
    page.locator(".savebar button").click()
    page.wait_for_url("**/people/passwords/")
    expect(page.locator("[name=person]:checked")).to_have_count(people)
    page.locator(".savebar button").click(timeout=60_000)  # a slow hash for each
    expect(page.locator(".slip")).to_have_count(people)
    slips = slips_of(page)
    assert len(set(slips.values())) == people

    page.get_by_role("button", name="退出").click()
    page.goto("/frameworks/")
    type_in(page, "13900000007", slips["新人07"])
    page.wait_for_url("**/password/?next=*")
    page.locator("[name=old_password]").fill(slips["新人07"])
    page.locator("[name=new_password1]").fill(OWN)
    page.locator("[name=new_password2]").fill(OWN)
    page.locator("main form button").click()
    page.wait_for_url("**/frameworks/")
    expect(page.get_by_role("link", name="新人07")).to_be_visible()
    page.get_by_role("button", name="退出").click()
    type_in(page, "13900000007", slips["新人07"])
    expect(page.locator(".errorlist, .alert, .field-error").first).to_be_visible()
    type_in(page, "13900000007", OWN)
    expect(page.get_by_role("link", name="新人07")).to_be_visible()


def test_several_are_ticked_for_new_passwords(sign_in: SignIn) -> None:
    page = sign_in("guanli")
    page.goto("/people/?q=a")
    ticks = page.locator("[name=person][type=checkbox]")
    every = page.get_by_label("全部勾选")
    every.check()
    expect(page.locator("[name=person]:checked")).to_have_count(ticks.count())
    every.uncheck()
    for number in (0, 1):
        ticks.nth(number).check()
    assert every.evaluate("box => box.indeterminate") is True
    page.get_by_role("button", name="为勾选人员生成初始密码").click()
    page.wait_for_url("**/people/passwords/?*")
    expect(page.locator("[name=person]:checked")).to_have_count(2)
    page.locator(".savebar button").click()
    expect(page.locator(".slip")).to_have_count(2)


def test_an_account_locked_while_its_page_is_open_stays_out_until_signed_in_again(sign_in: SignIn) -> None:
    """Nothing typed is saved meanwhile, and unlocking does not bring the open page back to life."""
    page, admin = sign_in("tianbao"), sign_in("guanli")
    page.goto("/frameworks/")
    admin.goto("/people/?q=D001")
    admin.locator(".who a").click()
    admin.get_by_role("link", name="锁定账号").click()
    admin.locator("[name=reason]").fill("手机遗失")
    admin.get_by_role("button", name="锁定账号").click()
    admin.get_by_role("button", name="解除锁定").click()
    expect(admin.get_by_role("link", name="锁定账号")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="登录")).to_be_visible()
