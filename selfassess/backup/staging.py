"""Folders in which something is made beside its goal: hidden, for their owner alone, and gone afterwards."""

import fcntl
import os
import secrets
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
    # Named before it is made: a signal may come between any two steps, and ends the block.
    folder = beside / f"{_PREFIX}{secrets.token_hex(8)}"
    try:
        folder.mkdir(mode=0o700)
        lock = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
        finally:
            os.close(lock)
    finally:
        with suppress(FileNotFoundError):
            shutil.rmtree(folder)


def _sweep(beside: Path) -> None:
    for left in beside.glob(f"{_PREFIX}*"):
        # Who works there holds its lock; it may have gone this moment; in /tmp it may be a stranger's.
        with suppress(OSError):
            _remove_if_left(left)


def _remove_if_left(folder: Path) -> None:
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if time.time() - os.fstat(lock).st_mtime >= _YOUNG:  # else its lock may be about to be taken
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
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
