"""Folders in which something is made beside its goal: hidden, for their owner alone, and gone afterwards."""

import fcntl
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_PREFIX = ".selfassess-"
_YOUNG = 60
"""Seconds."""


@contextmanager
def staging(beside: Path) -> Iterator[Path]:
    """A folder in the folder ``beside``, removed with all in it at the end of the block.

    What processes that were killed left there is removed too: each holds a lock on its folder while it lives.
    """
    _sweep(beside)
    with tempfile.TemporaryDirectory(dir=beside, prefix=_PREFIX) as name:
        lock = os.open(name, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(lock)


def _sweep(beside: Path) -> None:
    for left in beside.glob(f"{_PREFIX}*"):
        if time.time() - left.stat().st_mtime < _YOUNG:
            continue  # its lock may be about to be taken
        lock = os.open(left, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left)
        except BlockingIOError:
            pass  # somebody works there
        finally:
            os.close(lock)


@contextmanager
def ended_politely() -> Iterator[None]:
    """SIGTERM and SIGHUP end the block as Ctrl-C does, so that it cleans up."""

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    usual = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)


def settle(path: Path) -> None:
    """Wait until a file, or what a folder lists, is on the disk."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
