"""The ZIP of 5 GB of evidence out of the real server, beside ``cat`` copying the same files.

What came is looked through afterwards: each file's check sum in the ZIP and its hash in the manifest.
"""

import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from zipfile import ZipFile

from bench.cold import ROOT
from bench.memory import highest_peak, peak_of_tree
from bench.output import FOLDER, Result, Target
from bench.people import Person, sign_in
from bench.serving import Server, environment, free_port, serving
from bench.world import PASSWORD

FILES, MEGABYTES = 256, 20
PIECE = 1024 * 1024

NOTES = (
    "gunicorn, 2 processes of 8 threads, on SQLite; all files are read through the storage and none is kept.",
    "Memory: the peak of the process that has most (RSS), and what all together grow by, shared pages once.",
    "cat and the client write what they get into a file of the same disk, by turns; the median of each.",
    "The archive is read back: check sums of the ZIP and hashes of manifest.json agree for each file.",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """``zip`` and ``cat`` are seconds of each turn; memory in MB: ``peak`` of the largest process of the
    server, ``grown`` what all its processes together have at their peak beyond what they had before."""

    size: int
    zip: list[float]
    cat: list[float]
    peak: float
    grown: float
    faults: list[str]


def measure() -> Result:
    """Run it all; some three minutes, and 10 GB of the disk for as long."""
    done = run(files=FILES, size=MEGABYTES * 1_000_000, turns=3)
    gigabytes, ratio = done.size / 1e9, statistics.median(done.zip) / statistics.median(done.cat)
    rows = [
        _row("the ZIP out of the server", done.zip, gigabytes),
        _row("cat", done.cat, gigabytes),
    ]
    targets = [
        Target(f"peak of a process for {gigabytes:.1f} GB (MB)", done.peak, 200, "<"),
        Target("the server grows by (MB)", done.grown, 20, "<"),
        Target("time, of cat's", ratio, 4),
        Target("faults in the archive", len(done.faults), 0),
    ]
    return Result("Evidence", rows, targets, NOTES)


def _row(name: str, seconds: list[float], gigabytes: float) -> dict[str, str | float | int | None]:
    middle = statistics.median(seconds)
    per = round(middle / gigabytes, 2)
    return {"what": name, "turns": len(seconds), "seconds": round(middle, 2), "a GB (s)": per}


def run(*, files: int, size: int, turns: int) -> Measured:
    """So many files of so many bytes, asked for so many times."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        database, target = Path(folder) / "db.sqlite3", Path(folder) / "got"
        made = _make_world(database, files, size)
        with serving(database, free_port()) as server:
            person = sign_in(server.address, "filler0", PASSWORD, made["item"])
            path = f"/assessments/{made['assessment']}/evidence/archive/zip/"
            with peak_of_tree(server.pid) as before:
                time.sleep(0.5)
            with peak_of_tree(server.pid) as after:
                pairs = [
                    (_copy(Path(folder) / "evidence", target), _download(server, person, path, target))
                    for _turn in range(turns)
                ]
            peak = highest_peak(server.pid)
        cats, zips = zip(*pairs, strict=True)
        faults = list(faults_of(target, files))
        return Measured(target.stat().st_size, list(zips), list(cats), peak, after[0] - before[0], faults)


def _make_world(database: Path, files: int, size: int) -> dict[str, int]:
    made = subprocess.run(
        [sys.executable, "-m", "bench.evidence_world", str(files), str(size)],
        cwd=ROOT,
        env=environment(database),
        check=True,
        stdout=subprocess.PIPE,
    )
    world: dict[str, int] = json.loads(made.stdout)
    return world


def _copy(folder: Path, target: Path) -> float:
    """Seconds of ``cat``."""
    files = sorted(file for file in folder.iterdir() if file.is_file())
    began = time.monotonic()
    with target.open("wb") as copy:
        subprocess.run(["cat", *files], stdout=copy, check=True)
    return time.monotonic() - began


def _download(server: Server, person: Person, path: str, target: Path) -> float:
    """Seconds until the last byte; as many as were announced, or ``http.client`` says so."""
    began = time.monotonic()
    connection = HTTPConnection(*server.address, timeout=60)
    connection.request("GET", path, headers={"Cookie": person.cookie})
    answer = connection.getresponse()
    if answer.status != 200 or not answer.getheader("Content-Length"):
        raise RuntimeError(f"the archive was answered {answer.status}")
    with target.open("wb") as got:
        left = int(answer.headers["Content-Length"])
        while left:
            piece = answer.read(min(PIECE, left))
            if not piece:
                raise RuntimeError(f"the archive ended {left} bytes early")
            got.write(piece)
            left -= len(piece)
    connection.close()
    return time.monotonic() - began


def faults_of(file: Path, files: int) -> Iterator[str]:
    """What is not as it should be in an archive of so many files."""
    with ZipFile(file) as archive:
        listed = json.loads(archive.read("manifest.json"))["files"]
        if len(listed) != files + 1:  # and the list of contents
            yield f"{len(listed)} files in the manifest"
        for entry in listed:
            if _hash(archive, entry["path"]) != entry["sha256"] or entry["state"] != "kept":
                yield f"{entry['path']} is not what was stored"


def _hash(archive: ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as content:
        while piece := content.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()
