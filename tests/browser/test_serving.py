"""What a browser does that no test client does: it connects in advance, and it clicks where a button was."""

import socket
from collections.abc import Callable
from contextlib import ExitStack
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.conftest import Server
from tests.browser.test_autosave import open_item, text

pytestmark = pytest.mark.browser


def test_connections_on_which_nothing_is_asked_keep_nobody_waiting(server: Server) -> None:
    """The server has four threads; each would listen to one of them for five seconds."""
    with ExitStack() as idle:
        for _ in range(8):
            idle.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        urlopen(f"{server.address}/sign-in/", timeout=4).close()  # noqa: S310 - our own server


def test_page_stands_still_while_somebody_clicks(sign_in: Callable[..., Page]) -> None:
    """A page that glides to what has the focus is elsewhere when the mouse button is let go."""
    page = sign_in("shenhe", viewport={"width": 1366, "height": 500})
    open_item(page)
    places = page.evaluate(
        "() => { document.activeElement.blur(); scrollTo(0, document.body.scrollHeight); const now = scrollY;"
        " return new Promise((done) => setTimeout(() => done([now, scrollY]), 500)); }"
    )
    assert places[0] == places[1] > 0


def test_page_read_behind_takes_no_message_from_the_one_that_is_opened(
    sign_in: Callable[..., Page],
) -> None:
    """What a save has changed is read again behind, here just before the next page is asked for."""
    page = sign_in("shenhe")
    open_item(page)
    held: list[Route] = []

    def answer(route: Route, request: Request) -> None:
        if request.method == "POST":
            saved = route.fetch(max_redirects=0)
            for behind in held:
                headers = {name: value for name, value in behind.request.headers.items() if name != "cookie"}
                assert page.context.request.get(request.url, headers=headers).ok
            kept = {name: value for name, value in saved.headers.items() if name != "set-cookie"}
            route.fulfill(response=saved, headers=kept)  # the browser has the cookies by now
        elif request.resource_type == "fetch":
            held.append(route)
        else:
            route.continue_()

    page.route("**/responses/*/", answer)
    text(page).fill("先自动保存，再按保存。")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已保存。", exact=True)).to_be_visible()
    assert len(held) == 1
