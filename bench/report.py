"""The PDF of the real report, beside headless Chromium printing the same HTML with the same faces.

Both run on the same machine in the same run, turn by turn, so that what else the machine does falls on both.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import count
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from pypdf import PdfReader

from bench.cold import ROOT, prepare, real_report
from bench.memory import peak_of_tree, tree
from bench.output import Result, Target

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WARM_TURNS, COLD_TURNS = 9, 5

NOTES = (
    "Ours starts from the report as a value (cold: from its text); Chromium is given the finished HTML.",
    "Chromium finds the same faces by the same private fontconfig file, and tags and outlines its PDF too.",
    "A new page for each report keeps one office's report from another's. One page refilled with the same",
    "report again finds its text shaped already: Chromium's best case, with nothing of the kind on our side.",
    "Cold is a new process each. A new profile is what Playwright and Puppeteer start with; fontconfig's and",
    "Python's caches are there, and the system's.",
    "Memory is the peak over all processes of a printer, pages they share counted once.",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of each turn, the last PDF, and the peak of memory in MB."""

    seconds: list[float]
    pdf: bytes
    memory: float

    @property
    def median(self) -> float:
        """Seconds."""
        return statistics.median(self.seconds)


def measure() -> Result:
    """Run it all; about a minute on two quiet cores."""
    prepare()
    from reports.render import fonts
    from reports.render.html import render_html

    fonts.configure()
    html = render_html(real_report())
    warm = _measure_warm(html)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        cold = _measure_cold(html, Path(folder))
    rows = [
        _row("selfassess, warm", warm["ours"], warm["ours"]),
        _row("Chromium, warm, a new page for each report", warm["new page"], warm["ours"]),
        _row("Chromium, warm, one page refilled", warm["one page"], warm["ours"]),
        _row("selfassess, cold", cold["ours"], cold["ours"]),
        _row("Chromium, cold, a new profile each time", cold["new profile"], cold["ours"]),
        _row("Chromium, cold, one profile kept", cold["one profile"], cold["ours"]),
    ]
    warm_ratio = warm["ours"].median / warm["new page"].median
    cold_ratio = cold["ours"].median / cold["new profile"].median
    targets = [
        Target("warm, of Chromium's with a new page", warm_ratio, 0.6),
        Target("cold, of Chromium's with a new profile", cold_ratio, 1.0, "<"),
    ]
    return Result("PDF of the real report", rows, targets, NOTES)


def _row(name: str, measured: Measured, ours: Measured) -> dict[str, str | float | int | None]:
    return {
        "printer": name,
        "seconds (median)": round(measured.median, 3),
        "fastest": round(min(measured.seconds), 3),
        "turns": len(measured.seconds),
        "ours / this": round(ours.median / measured.median, 2),
        "pages": len(PdfReader(BytesIO(measured.pdf)).pages),
        "kB": round(len(measured.pdf) / 1000),
        "MB at peak": round(measured.memory),
    }


def _measure_warm(html: str) -> dict[str, Measured]:
    with get_context("spawn").Pool(1, prepare) as pool, _browser() as browser:
        refilled = browser.new_page()
        printers: dict[str, Callable[[], bytes]] = {
            "ours": lambda: pool.apply(print_once),
            "new page": lambda: _print_new_page(browser, html),
            "one page": lambda: _print_page(refilled, html),
        }
        for work in printers.values():
            work()
            work()
        seconds: dict[str, list[float]] = {name: [] for name in printers}
        pdfs = {}
        for _ in range(WARM_TURNS):
            for name, work in printers.items():
                taken, pdfs[name] = _timed(work)
                seconds[name].append(taken)
        memory = _warm_memory(pool, printers, refilled)
    return {name: Measured(seconds[name], pdfs[name], memory[name]) for name in printers}


def _warm_memory(pool: Pool, printers: dict[str, Callable[[], bytes]], refilled: Page) -> dict[str, float]:
    memory = {}
    for name, process in (
        ("ours", pool.apply(os.getpid)),
        ("one page", _browser_process()),
        ("new page", _browser_process()),
    ):
        if name == "new page":
            refilled.close()
        with peak_of_tree(process) as peak:
            printers[name]()
        memory[name] = peak[0]
    return memory


def print_once() -> bytes:
    """The PDF, made in this process."""
    from reports.render.pdf import render_pdf

    return render_pdf(real_report())


def _timed(work: Callable[[], bytes]) -> tuple[float, bytes]:
    started = time.perf_counter()
    done = work()
    return time.perf_counter() - started, done


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


def _browser_process() -> int:
    """The Chromium that playwright started below this process."""
    for process in tree(os.getpid()):
        command = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
        if b"chromium" in command[0] and not any(part.startswith(b"--type=") for part in command):
            return process
    raise RuntimeError("no Chromium below this process")


def _print_new_page(browser: Browser, html: str) -> bytes:
    page = browser.new_page()
    try:
        return _print_page(page, html)
    finally:
        page.close()


def _print_page(page: Page, html: str) -> bytes:
    page.set_content(html)
    return page.pdf(prefer_css_page_size=True, tagged=True, outline=True)


def _measure_cold(html: str, folder: Path) -> dict[str, Measured]:
    page, pdf = folder / "report.html", folder / "report.pdf"
    page.write_text(html, encoding="utf-8")
    chromium = [
        CHROMIUM,
        *FLAGS,
        "--no-pdf-header-footer",
        "--generate-pdf-document-outline",
        f"--print-to-pdf={pdf}",
        page.as_uri(),
    ]
    numbers = count()
    commands: dict[str, Callable[[], list[str]]] = {
        "ours": lambda: [sys.executable, "-m", "bench.cold", str(pdf)],
        "new profile": lambda: [*chromium, f"--user-data-dir={folder}/profile-{next(numbers)}"],
        "one profile": lambda: [*chromium, f"--user-data-dir={folder}/profile"],
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    pdfs = {}
    for turn in range(COLD_TURNS + 1):
        for name, command in commands.items():
            started = time.perf_counter()
            _run(command())
            # The first turn fills caches.
            if turn:
                seconds[name].append(time.perf_counter() - started)
            pdfs[name] = pdf.read_bytes()
    return {
        name: Measured(seconds[name], pdfs[name], _run_for_memory(command()))
        for name, command in commands.items()
    }


def _run(command: list[str]) -> None:
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _run_for_memory(command: list[str]) -> float:
    quiet = subprocess.DEVNULL
    with (
        subprocess.Popen(command, cwd=ROOT, stdout=quiet, stderr=quiet) as process,
        peak_of_tree(process.pid) as peak,
    ):
        process.wait()
    return peak[0]
