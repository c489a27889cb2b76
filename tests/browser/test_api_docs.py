"""The pages of the API's description run under the policy that all pages have, and act in one's session."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, SignIn

pytestmark = pytest.mark.browser


def test_description_is_shown_and_tried_out(server: Server, sign_in: SignIn) -> None:
    page = sign_in("tianbao")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{server.address}/api/docs/")
    expect(page.locator(".opblock")).to_have_count(20)
    expect(page.locator("#operations-me-me .opblock-summary-description")).to_have_text("当前身份")
    page.locator("#operations-me-me .opblock-summary-control").click()
    page.locator("#operations-me-me .try-out__btn").click()
    page.locator("#operations-me-me .execute").click()
    expect(page.locator("#operations-me-me .live-responses-table")).to_contain_text("tianbao")
    assert said == []
