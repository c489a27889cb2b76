"""Saving drafts beside the least that a signed-in Django view can do, and what ``kill -9`` leaves.

Both are asked for by the same people on the same server and database, in short blocks by turns, so that what
else the machine does falls on both. Then the server is killed in the middle of the load, several times, and
what had been acknowledged is looked for in the database.
"""

import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from multiprocessing import get_context
from multiprocessing.pool import AsyncResult, Pool
from pathlib import Path
from random import Random
from uuid import UUID

from bench.cold import ROOT
from bench.output import FOLDER, Result, Target
from bench.people import TEXT, Person, Turn, play, sign_in
from bench.serving import PROCESSES, THREADS, Server, environment, free_port, serving
from bench.world import PASSWORD

PEOPLE = PROCESSES * THREADS
CLIENTS = 2
"""Processes that play the people."""

KILLS = 6

DRAFT, BARE = "/responses/{item}/draft/", "/bare/{item}/"

NOTES = (
    "gunicorn, 2 processes of 8 threads, on SQLite (WAL, synchronous FULL); 16 people save different items",
    "of the framework of 2021, each as fast as answers come, with session cookie and CSRF token.",
    "The bare view posts the same form: one UPDATE and one INSERT in one transaction, for who is signed in.",
    "The people are played by 2 processes on the same 2 cores, which is part of both figures.",
    "After each kill -9 the save without an answer is sent again with its operation id, as the page does.",
)


@dataclass(slots=True)
class Tally:
    """What one view answered in all its blocks: seconds they took, of each save, and what went wrong."""

    seconds: float = 0
    saves: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Saves a second."""
        return len(self.saves) / self.seconds


@dataclass(frozen=True, slots=True)
class Measured:
    """Both views' tallies, how many saves had been acknowledged at the last kill, and all that was not found
    as it should be after one."""

    draft: Tally
    bare: Tally
    acknowledged: int
    missing: list[str]


class Crowd:
    """The people, and what has been acknowledged to them: operations by item, first to last."""

    def __init__(self, pool: Pool, people: list[Person]) -> None:
        self.pool, self.people = pool, people
        self.acknowledged: dict[int, list[str]] = {person.item: [] for person in people}

    def save(self, server: Server, path: str, seconds: float) -> list[Turn]:
        """Everybody saves for so long."""
        return self.come_back(self.go(server, path, seconds))

    def go(self, server: Server, path: str, seconds: float) -> "AsyncResult[list[list[Turn]]]":
        """Begin to save; until they have come back nothing else may be asked of them."""
        groups = [(server.address, path, self.people[start::CLIENTS], seconds) for start in range(CLIENTS)]
        return self.pool.starmap_async(play, groups)

    def come_back(self, gone: "AsyncResult[list[list[Turn]]]") -> list[Turn]:
        """What came of it."""
        turns = list(chain.from_iterable(gone.get(timeout=180)))
        self.people = [turn.person for turn in turns]
        for turn in turns:
            self.acknowledged[turn.person.item] += turn.acknowledged
        return turns


def measure() -> Result:
    """Run it all; some two and a half minutes."""
    done = run(people=PEOPLE, seconds=60, block=5, kills=KILLS)
    rows = [_row("a draft saved", done.draft), _row("a bare view's UPDATE and INSERT", done.bare)]
    targets = [
        Target("drafts a second, of the bare view's", done.draft.rate / done.bare.rate, 0.4, ">="),
        Target("errors", len(done.draft.faults) + len(done.bare.faults), 0),
        Target(f"missing after {KILLS} × kill -9, of {done.acknowledged} saves", len(done.missing), 0),
    ]
    return Result(f"Saving while {PEOPLE} people type", rows, targets, NOTES)


def _row(name: str, tally: Tally) -> dict[str, str | float | int | None]:
    cuts = statistics.quantiles(tally.saves, n=20)
    return {
        "what": name,
        "saves": len(tally.saves),
        "a second": round(tally.rate, 1),
        "p50 (ms)": round(1000 * cuts[9], 1),
        "p95 (ms)": round(1000 * cuts[18], 1),
        "errors": len(tally.faults),
    }


def run(*, people: int, seconds: float, block: float, kills: int) -> Measured:
    """Each view for ``seconds`` in blocks of ``block`` by turns, then the end of the server, so often."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder, get_context("spawn").Pool(CLIENTS) as pool:
        database, port = Path(folder) / "db.sqlite3", free_port()
        fillers = _make_world(database, people)
        with serving(database, port) as server:
            signed_in = [sign_in(server.address, name, PASSWORD, led[0]) for name, led in fillers.items()]
            crowd = Crowd(pool, signed_in)
            tallies = _take_turns(crowd, server, seconds, block)
        missing = _kill_often(crowd, database, port, kills)
        return Measured(tallies[DRAFT], tallies[BARE], sum(map(len, crowd.acknowledged.values())), missing)


def _take_turns(crowd: Crowd, server: Server, seconds: float, block: float) -> dict[str, Tally]:
    tallies = {DRAFT: Tally(), BARE: Tally()}
    for path in tallies:
        crowd.save(server, path, block / 5)  # what is done once in a process is done
    for _turn in range(round(seconds / block)):
        for path, tally in tallies.items():
            began = time.monotonic()
            turns = crowd.save(server, path, block)
            tally.seconds += time.monotonic() - began
            tally.saves += chain.from_iterable(turn.seconds for turn in turns)
            tally.faults += chain.from_iterable(turn.faults for turn in turns)
    return tallies


def _kill_often(crowd: Crowd, database: Path, port: int, kills: int) -> list[str]:
    """Kill the server in the middle of the load, and look: at once, and when all have gone on saving."""
    missing: list[str] = []
    random = Random(5)  # noqa: S311 - moments, not secrets
    for _kill in range(kills):
        with serving(database, port) as server:
            gone = crowd.go(server, DRAFT, 3)
            time.sleep(random.uniform(0.5, 2))
            server.kill()
            crowd.come_back(gone)
        missing += missing_saves(crowd.people, crowd.acknowledged, database)
    with serving(database, port) as server:
        faults = chain.from_iterable(turn.faults for turn in crowd.save(server, DRAFT, 1))
        missing += [f"not saved again: {fault}" for fault in faults]
    return missing + missing_saves(crowd.people, crowd.acknowledged, database)


def missing_saves(
    people: Sequence[Person], acknowledged: Mapping[int, list[str]], database: Path
) -> list[str]:
    """What is not stored as acknowledged, by item. A save that waits for its answer may be stored or not."""
    found: list[str] = []
    with closing(sqlite3.connect(database)) as connection:
        for person in people:
            told = acknowledged[person.item]
            stored = list(_stored_operations(connection, person.item))
            if stored not in (told, [*told, person.operation]):
                found.append(f"item {person.item}: {len(stored)} saves stored, {len(told)} told")
            now = connection.execute(
                "SELECT version, narrative FROM assessments_response WHERE id = ?", [person.item]
            ).fetchone()
            if now != (len(stored), TEXT + stored[-1] if stored else ""):
                found.append(f"item {person.item} does not stand at its last save")
    return found


def _stored_operations(connection: sqlite3.Connection, item: int) -> Iterator[str]:
    """By version; a revision whose text is not that of its operation is none."""
    rows = connection.execute(
        "SELECT operation, json_extract(content, '$.narrative') FROM assessments_responserevision"
        " WHERE response_id = ? ORDER BY version",
        [item],
    )
    for operation, narrative in rows:
        if operation and narrative == TEXT + str(UUID(operation)):
            yield str(UUID(operation))


def _make_world(database: Path, people: int) -> dict[str, list[int]]:
    made = subprocess.run(
        [sys.executable, "-m", "bench.world", str(people)],
        cwd=ROOT,
        env=environment(database),
        check=True,
        stdout=subprocess.PIPE,
    )
    fillers: dict[str, list[int]] = json.loads(made.stdout)["fillers"]
    return fillers
