"""The ZIP of 5 GB of evidence out of the real server, beside ``cat`` copying the same files; and 50 uploads
of 20 MB at once.

What came out is looked through afterwards: each file's check sum in the ZIP and its hash in the manifest.
"""

import hashlib
import json
import os
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
from bench.memory import forget_peaks, highest_peak, peak_of_tree
from bench.output import FOLDER, Result, Target
from bench.people import Person, sign_in
from bench.serving import Server, environment, free_port, serving
from bench.uploads import Uploaded, upload_at_once
from bench.world import PASSWORD

FILES, UPLOADS, MEGABYTES = 256, 50, 20
PIECE = 1024 * 1024

NOTES = (
    "gunicorn, 2 processes of 8 threads, on SQLite; all files are read through the storage and none is kept.",
    "Memory: the peak of the process that has most (RSS), and what all together grow by, shared pages once.",
    "cat through a pipe and the server through a socket bring the bytes to one that drops them, by turns.",
    "A quarter of the time is the check sum that a ZIP has of each file.",
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
    uploaded: Uploaded


def measure() -> Result:
    """Run it all; some two minutes, and 10 GB of the disk for as long."""
    done = run(files=FILES, uploads=UPLOADS, size=MEGABYTES * 1_000_000, turns=3)
    uploaded, sent = done.uploaded, UPLOADS * MEGABYTES / 1000
    gigabytes, ratio = done.size / 1e9, statistics.median(done.zip) / statistics.median(done.cat)
    rows = [
        _row("the ZIP out of the server", done.zip, gigabytes),
        _row("cat", done.cat, gigabytes),
        _row(f"{UPLOADS} uploads at once", [uploaded.seconds], sent),
    ]
    targets = [
        Target(f"peak of a process for {gigabytes:.1f} GB (MB)", done.peak, 200, "<"),
        Target("the server grows by, with the printer of the labels (MB)", done.grown, 150, "<"),
        Target("time, of cat's", ratio, 5),
        Target("faults in the archive", len(done.faults), 0),
        Target(f"peak of a process for {UPLOADS} uploads of {MEGABYTES} MB (MB)", uploaded.largest, 200, "<"),
        Target("the server grows by (MB)", uploaded.grown, 150, "<"),
        Target("uploads refused", len(uploaded.errors), 0),
    ]
    return Result("Evidence", rows, targets, NOTES)


def _row(name: str, seconds: list[float], gigabytes: float) -> dict[str, str | float | int | None]:
    middle = statistics.median(seconds)
    per = round(middle / gigabytes, 2)
    return {"what": name, "turns": len(seconds), "seconds": round(middle, 2), "a GB (s)": per}


def run(*, files: int, uploads: int, size: int, turns: int) -> Measured:
    """So many files of so many bytes, asked for so many times, and once more to be looked through; then so
    many that are sent."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        database, got = Path(folder) / "db.sqlite3", Path(folder) / "got.zip"
        made = _make_world(database, files, size)
        with serving(database, free_port()) as server:
            person = sign_in(server.address, "filler0", PASSWORD, made["item"])
            path = f"/assessments/{made['assessment']}/evidence/archive/file/zip/"
            with peak_of_tree(server.pid) as before:
                time.sleep(0.5)
            forget_peaks(server.pid)
            with peak_of_tree(server.pid) as after:
                pairs = [
                    (_copy(Path(folder) / "evidence"), _download(server, person, path))
                    for _turn in range(turns)
                ]
            peak = highest_peak(server.pid)
            _download(server, person, path, got)
            into = f"/assessments/{made['assessment']}/evidence/upload/"
            uploaded = upload_at_once(server, person, into, uploads=uploads, size=size)
        cats, zips = zip(*pairs, strict=True)
        faults = list(faults_of(got, files))
        return Measured(
            got.stat().st_size, list(zips), list(cats), peak, after[0] - before[0], faults, uploaded
        )


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


def _copy(folder: Path) -> float:
    """Seconds until ``cat`` has handed the last byte on."""
    files = sorted(file for file in folder.iterdir() if file.is_file())
    began = time.monotonic()
    with subprocess.Popen(["cat", *files], stdout=subprocess.PIPE, bufsize=0) as cat:
        while cat.stdout and cat.stdout.read(PIECE):
            pass
    return time.monotonic() - began


def _download(server: Server, person: Person, path: str, target: Path = Path(os.devnull)) -> float:
    """Seconds until the last byte; as many as were announced."""
    began = time.monotonic()
    connection = HTTPConnection(*server.address, timeout=60)
    connection.request("GET", path, headers={"Cookie": person.cookie})
    answer = connection.getresponse()
    if answer.status != 200 or not answer.getheader("Content-Length"):
        raise RuntimeError(f"the archive was answered {answer.status}")
    left = int(answer.headers["Content-Length"])
    with target.open("wb") as got:
        while piece := answer.read(PIECE):
            left -= got.write(piece)
    connection.close()
    if left:
        raise RuntimeError(f"the archive ended {left} bytes early")
    return time.monotonic() - began


def faults_of(file: Path, files: int) -> Iterator[str]:
    """What is not as it should be in an archive of so many files."""
    with ZipFile(file) as archive:
        listed = json.loads(archive.read("manifest.json"))["files"]
        if len(listed) != files + 2:  # and the list of contents, and the labels
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
