"""Backing a site up while people type, and making one from the backup.

The site is a large one: some years of saved drafts, and half a gigabyte of evidence.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from threading import Thread

from bench.autosave import CLIENTS, DRAFT, Crowd, _make_world
from bench.cold import ROOT
from bench.output import FOLDER, Result, Target
from bench.people import sign_in
from bench.serving import Server, environment, free_port, serving
from bench.world import PASSWORD

PEOPLE = 8
REVISIONS, FILES, FILE_SIZE = 60_000, 100, 5_000_000
BLOCK = 2.0
"""Seconds of saving after which it is looked whether the backup is ready."""

NOTES = (
    "8 people save without pause (gunicorn, 2 processes of 8 threads, SQLite) before and while the backup is",
    "made, with `nice` as the README advises. People, server and backup share the same 2 cores.",
    "Memory is the largest size in RAM (RSS) of the command.",
)

GROW = """
import hashlib, os, sys
import django
django.setup()
from uuid import uuid4
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone
from accounts.models import Organisation, User
from assessments.models import Assessment, Evidence, EvidenceFile, Response, ResponseRevision

revisions, files, size = map(int, sys.argv[1:])
response, now = Response.objects.order_by("-pk")[0], timezone.now()
user, owner = User.objects.get(username="filler0"), Organisation.objects.get(code="d0")
ResponseRevision.objects.bulk_create(
    (
        ResponseRevision(
            response=response,
            version=n,
            content={"narrative": os.urandom(300).hex() + "落实" * 300},
            saved_at=now,
        )
        for n in range(1, revisions + 1)
    ),
    batch_size=500,
)
for number in range(files):
    content = os.urandom(size)
    evidence = Evidence.objects.create(
        assessment=Assessment.objects.get(), owner=owner, title=str(number),
        added_by=user, added_at=now, changed_by=user, changed_at=now,
    )
    EvidenceFile.objects.create(
        evidence=evidence, number=1, key=storages["evidence"].save(uuid4().hex, ContentFile(content)),
        name="a.bin", format="bin", size=size, sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=user, uploaded_at=now,
    )
"""


@dataclass(slots=True)
class Measured:
    """Seconds of each save, seconds and MB of memory of the commands, MB of the site, faults of any kind."""

    before: list[float] = field(default_factory=list)
    during: list[float] = field(default_factory=list)
    backup: tuple[float, float] = (0, 0)
    restore: tuple[float, float] = (0, 0)
    database: float = 0
    files: float = 0
    faults: list[str] = field(default_factory=list)


def measure() -> Result:
    """Run it all; about two minutes."""
    done = run(revisions=REVISIONS, files=FILES, size=FILE_SIZE, before=10)
    slower = statistics.median(done.during) / statistics.median(done.before)
    rows = [_row("backup", done.backup, done), _row("restore", done.restore, done)]
    targets = [
        Target("memory of the larger (MB)", max(done.backup[1], done.restore[1]), 200),
        Target(
            f"errors in {len(done.before) + len(done.during)} saves and both commands", len(done.faults), 0
        ),
        Target(
            f"a save while it is made (p50 {1000 * statistics.median(done.during):.0f} ms), of one before",
            slower,
            2,
        ),
    ]
    title = f"Backing up {done.database:.0f} MB of database and {done.files:.0f} MB of files"
    return Result(title, rows, targets, NOTES)


def _row(name: str, took: tuple[float, float], done: Measured) -> dict[str, str | float | int | None]:
    seconds, memory = took
    rate = (done.database + done.files) / seconds
    return {
        "what": name,
        "seconds": round(seconds, 1),
        "MB a second": round(rate),
        "memory (MB)": round(memory),
    }


def run(*, revisions: int, files: int, size: int, before: float) -> Measured:
    """So many revisions, and files of so many bytes; ``before`` are the seconds of saving alone."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    done = Measured()
    with tempfile.TemporaryDirectory(dir=FOLDER) as name, get_context("spawn").Pool(CLIENTS) as pool:
        folder = Path(name)
        os.environ["SELFASSESS_EVIDENCE"] = str(folder / "evidence")
        database, port = folder / "db.sqlite3", free_port()
        fillers = _make_world(database, PEOPLE)
        _python(database, "-c", GROW, revisions, files, size)
        done.database, done.files = database.stat().st_size / 1e6, files * size / 1e6
        with serving(database, port) as server:
            people = [sign_in(server.address, name, PASSWORD, led[0]) for name, led in fillers.items()]
            crowd = Crowd(pool, people)
            _save(crowd, server, 1, done)
            done.before = _save(crowd, server, before, done)
            done.backup = _command(
                done, database, "backup", folder / "backup.tar", while_it_runs=(crowd, server)
            )
        os.environ["SELFASSESS_EVIDENCE"] = str(folder / "restored")
        done.restore = _command(done, folder / "restored.sqlite3", "restore", folder / "backup.tar")
    return done


def _save(crowd: Crowd, server: Server, seconds: float, done: Measured) -> list[float]:
    turns = crowd.save(server, DRAFT, seconds)
    done.faults += chain.from_iterable(turn.faults for turn in turns)
    return list(chain.from_iterable(turn.seconds for turn in turns))


def _command(
    done: Measured,
    database: Path,
    command: str,
    archive: Path,
    *,
    while_it_runs: tuple[Crowd, Server] | None = None,
) -> tuple[float, float]:
    """Its seconds and its memory in MB; people may save while it runs."""
    began = time.monotonic()
    process = subprocess.Popen(
        ["nice", sys.executable, "manage.py", command, archive, "--json"],
        cwd=ROOT,
        env=environment(database),
        stdout=subprocess.DEVNULL,
    )
    ended: list[tuple[float, float]] = []

    def wait() -> None:
        _pid, status, used = os.wait4(process.pid, 0)
        ended.append((time.monotonic() - began, used.ru_maxrss / 1024))
        process.returncode = os.waitstatus_to_exitcode(status)

    waiting = Thread(target=wait)
    waiting.start()
    while while_it_runs and waiting.is_alive():
        done.during += _save(*while_it_runs, BLOCK, done)
    waiting.join()
    if process.returncode:
        done.faults.append(f"{command} ended with {process.returncode}")
    return ended[0]


def _python(database: Path, *arguments: object) -> None:
    subprocess.run([sys.executable, *map(str, arguments)], cwd=ROOT, env=environment(database), check=True)
