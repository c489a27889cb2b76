"""A server as in production on a database of its own: gunicorn, 2 processes of 8 threads."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from bench.cold import ROOT
from bench.output import FOLDER

PROCESSES, THREADS = 2, 8
LOG = FOLDER / "server.log"


def environment(database: Path) -> dict[str, str]:
    """For every process of the site; the key stays, so that sessions outlive the server."""
    return os.environ | {
        "SELFASSESS_DEMO": "1",
        "SELFASSESS_SECRET_KEY": "x" * 50,
        "DJANGO_SETTINGS_MODULE": "bench.bare.settings",
        "DATABASE_URL": f"sqlite:///{database}",
        "SELFASSESS_EVIDENCE": str(database.parent / "evidence"),
    }


class Server:
    """Answers at ``address`` from construction on, until it is stopped or killed."""

    def __init__(self, database: Path, port: int) -> None:
        self.address = ("127.0.0.1", port)
        with LOG.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "gunicorn", "--no-control-socket", "--log-level", "critical"),
                    *("--worker-class", "gthread", "--workers", str(PROCESSES), "--threads", str(THREADS)),
                    *("--bind", f"127.0.0.1:{port}", "selfassess.wsgi"),
                ],
                cwd=ROOT,
                env=environment(database),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while True:
            try:
                urlopen(f"http://127.0.0.1:{self.address[1]}/sign-in/", timeout=30).close()
                return
            except OSError:
                if time.monotonic() > until or self._process.poll() is not None:
                    self.kill()
                    raise
                time.sleep(0.1)

    @property
    def pid(self) -> int:
        """Of the first of its processes."""
        return self._process.pid

    def kill(self) -> None:
        """``kill -9`` of all its processes at once."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=60)


@contextmanager
def serving(database: Path, port: int) -> Iterator[Server]:
    """A server that is gone afterwards."""
    server = Server(database, port)
    try:
        yield server
    finally:
        server.kill()


def free_port() -> int:
    """One that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
