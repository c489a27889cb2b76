"""Last year's text copied in with one click, and an old content put back, as people do it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, SignIn

pytestmark = pytest.mark.browser

NARRATIVE = "select r.narrative, r.version from assessments_response r where r.id = ?"


def item_15(server: Server) -> int:
    """This year's item on class sizes, whose text of last year is in the finished assessment."""
    ((number,),) = server.ask(
        "select r.id from assessments_response r join assessments_assessment a on a.id = r.assessment_id"
        " join assessments_cycle c on c.id = a.cycle_id join indicators_item i on i.id = r.item_id"
        " where c.year = 2022 and i.label = '15'"
    )
    return int(number)


def saved(page: Page, server: Server, number: int, text: str) -> None:
    """Once the page has saved by itself."""
    for _turn in range(50):
        ((stored, _version),) = server.ask(NARRATIVE, number)
        if stored == text:
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"not saved: {text}")


def test_last_year_is_copied_appended_undone_and_restored(server: Server, sign_in: SignIn) -> None:
    number = item_15(server)
    page = sign_in("tianbao")
    page.goto(f"{server.address}/responses/{number}/")
    box, panel = page.locator("#id_narrative"), page.locator("section.last-year")
    last = page.evaluate("document.getElementById('last-year-source').content.textContent")
    assert "80.84%" in last

    panel.locator("[data-copy='']").click()
    expect(box).to_have_value(last)
    saved(page, server, number, last)

    # What is typed is not overwritten: the one button has become two.
    box.fill("今年的话。")
    expect(panel.locator("[data-copy='']")).to_be_hidden()
    panel.locator("[data-copy='append']").click()
    expect(box).to_have_value(f"今年的话。\n{last}")
    panel.locator("[data-undo]").click()
    expect(box).to_have_value("今年的话。")
    saved(page, server, number, "今年的话。")

    # What one person saved within ten minutes is one entry.
    page.reload()
    page.locator("#history summary").click()
    expect(page.locator("#history-recent a")).to_have_count(1)
    page.locator("#history").get_by_role("link").last.click()
    expect(page).to_have_url(re.compile(r"/history/$"))
    page.locator(".history.whole a").first.click()
    expect(page.locator(".text-difference ins").first).to_contain_text("今年的话。")


@pytest.mark.parametrize("width", [1366, 390])
def test_without_script_the_same_buttons_save_and_the_history_restores(
    server: Server, sign_in: SignIn, width: int
) -> None:
    number = item_15(server)
    page = sign_in("tianbao", java_script_enabled=False, viewport={"width": width, "height": 800})
    page.goto(f"{server.address}/responses/{number}/")
    page.locator("section.last-year [data-copy='']").click()
    ((copied, version),) = server.ask(NARRATIVE, number)
    assert ("80.84%" in copied, version) == (True, 1)
    expect(page.locator("section.last-year .state-same")).to_be_visible()

    other = sign_in("shenhe", java_script_enabled=False)
    other.goto(f"{server.address}/responses/{number}/")
    other.locator("#id_narrative").fill("写坏了。")
    other.locator(".savebar button[name=save]").click()
    assert server.ask(NARRATIVE, number) == [("写坏了。", 2)]

    page.goto(f"{server.address}/responses/{number}/history/")
    page.locator(".history.whole a").last.click()
    page.locator("form.confirm button").click()
    assert server.ask(NARRATIVE, number) == [(copied, 3)]
    page.locator(".history.whole a").nth(1).click()
    page.locator("form.confirm button").click()
    assert server.ask(NARRATIVE, number) == [("写坏了。", 4)]
    for place in ("", "history/", "history/1/"):
        page.goto(f"{server.address}/responses/{number}/{place}")
        assert page.evaluate("document.documentElement.scrollWidth") == width
