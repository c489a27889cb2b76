"""The server's side: run a module of ours on a file, wait no longer than it may take."""

import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from signal import SIGKILL, SIGXCPU
from typing import IO

ROOT = Path(__file__).resolve().parent.parent


class Stopped(Exception):
    """The child gave no answer. ``why`` is "time", or "memory" for whatever else ended it: a crash looks the
    same as want of memory."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def run(
    module: str,
    source: bytes | IO[bytes],
    *arguments: str,
    seconds: float,
    into: IO[bytes] | None = None,
) -> bytes:
    """What ``python -m module arguments`` writes when it finds ``source`` on its standard input.

    A source that is open is given as a file that can be sought in, never read into memory here. ``seconds``
    are of wall time. A child that makes a large file writes it into ``into`` as its output; the answer is
    then what it writes on its error output. Raises :class:`Stopped`.
    """
    with _as_file(BytesIO(source) if isinstance(source, bytes) else source) as given:
        try:
            ended = subprocess.run(  # noqa: S603 - the program is our own; what it reads comes on its input
                [sys.executable, "-E", "-s", "-m", module, *arguments],
                stdin=given,
                stdout=into or subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=ROOT,
                env={},
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise Stopped("time") from late
    if ended.returncode:
        raise Stopped("time" if ended.returncode in (-SIGXCPU, -SIGKILL) else "memory")
    return ended.stderr if into else ended.stdout


def _as_file(source: IO[bytes]) -> IO[bytes]:
    """The source from its start, for the child alone; of what is in memory a copy without a name.

    Opened anew: with one place for both, the child's seeking would move what the server goes on to read.
    """
    source.seek(0)
    try:
        number = source.fileno()
    except (AttributeError, OSError):
        return _copy(source)
    source.flush()
    return open(f"/proc/self/fd/{number}", "rb")


def _copy(source: IO[bytes]) -> IO[bytes]:
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the caller
    try:
        shutil.copyfileobj(source, copy)
        copy.seek(0)
    except OSError:
        # What is still to be written cannot be: closing tries once more.
        with suppress(OSError):
            copy.close()
        raise
    return copy
