"""Pages of one, of 54 and of 500 items: time in the server, and queries, which are to be the same."""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.cold import ROOT
from bench.output import FOLDER, Result, Target
from bench.serving import environment

SIZES = (1, 54, 500)

NOTES = (
    "Time of the WSGI application in one process, from the request to the last byte, without the socket: all",
    "middleware and the template are in it; SQLite stays connected. 40 turns a page, one after another.",
    "54 is the framework of 2021, the others are made up; every item is filled in, and all are",
    "one department's of 40. The item page is one in the middle, of those with figures, saved five times,",
    "open to its filler.",
)


def measure() -> Result:
    """Run it all; about a minute."""
    sizes = {items: _times(items) for items in SIZES}
    rows: list[dict[str, str | float | int | None]] = []
    for page in sizes[54]:
        row: dict[str, str | float | int | None] = {"page": page}
        for items, pages in sizes.items():
            cuts = statistics.quantiles(pages[page]["ms"], n=20)
            row |= {
                f"{items}: p50 (ms)": round(cuts[9], 1),
                f"{items}: p95": round(cuts[18], 1),
                f"{items}: queries": pages[page]["queries"],
            }
        rows.append(row)
    targets = [Target("item page of 54, p50 in ms", statistics.median(sizes[54]["item"]["ms"]), 25)]
    for page in sizes[54]:
        counts = [pages[page]["queries"] for pages in sizes.values()]
        targets.append(Target(f"{page}: more queries for more items", max(counts) - min(counts), 0))
    return Result("Pages", rows, targets, NOTES)


def _times(items: int) -> dict[str, dict[str, Any]]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        done = subprocess.run(
            [sys.executable, "-m", "bench.page_times", str(items)],
            cwd=ROOT,
            env=environment(Path(folder) / "db.sqlite3"),
            check=True,
            stdout=subprocess.PIPE,
        )
    times: dict[str, dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return times
