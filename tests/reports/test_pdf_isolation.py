"""Printing reaches nothing: no server, no file, whatever a text says."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.render.html import render_html_unstyled
from reports.render.pdf import _press, refuse, render_pdf
from tests.reports.sample import signed_report, with_text


@pytest.fixture
def listener() -> Iterator[tuple[str, list[object]]]:
    """An address of this machine, and what connected to it."""
    connected: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                try:
                    connection, source = server.accept()
                except TimeoutError:
                    continue
                connected.append(source)
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/a", connected
        stop.set()
        thread.join()


TRICKS = (
    '<img src="{0}"/>',
    '<link rel="stylesheet" href="{0}"/>',
    '<link rel="attachment" href="{0}"/>',
    "<style>@import url({0}); p {{ background: url({0}) }}</style>",
    '<object data="{0}"></object>',
    '<embed src="{0}"/>',
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="{0}"/><use href="{0}#a"/></svg>',
    '<base href="{0}"/>',
)


@pytest.mark.parametrize("trick", TRICKS)
def test_text_that_looks_like_markup_reaches_nothing(listener: tuple[str, list[object]], trick: str) -> None:
    address, connected = listener
    assert render_pdf(with_text(trick.format(address))).startswith(b"%PDF")
    assert connected == []


@pytest.mark.parametrize("trick", TRICKS)
def test_even_real_markup_reaches_nothing(listener: tuple[str, list[object]], trick: str) -> None:
    address, connected = listener
    html = render_html_unstyled(signed_report()).replace("</main>", trick.format(address) + "</main>")
    assert _press().print(html).startswith(b"%PDF")
    assert connected == []


@pytest.mark.parametrize("scheme", ["file", "data"])
def test_files_and_data_are_refused_too(tmp_path: Path, scheme: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("password")
    address = secret.as_uri() if scheme == "file" else "data:text/plain,password"
    attach = f'<link rel="attachment" href="{address}"/>'
    html = render_html_unstyled(signed_report()).replace("</head>", attach + "</head>")
    printed = _press().print(html)
    assert b"/EmbeddedFile" not in printed
    with pytest.raises(ValueError, match="a report loads nothing"):
        refuse(address)
