"""Servers that start at once: forked from a process that has loaded the site already."""

import multiprocessing
import os
import sys
from collections.abc import Mapping
from multiprocessing import forkserver
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from socket import socket
from unittest.mock import patch

CONTEXT = multiprocessing.get_context("forkserver")


def load_site(environment: Mapping[str, str]) -> None:
    """Load it in the process that the servers of this session are forked from."""
    CONTEXT.set_forkserver_preload(["tests.browser.site"])
    with patch.dict(os.environ, environment):
        forkserver.ensure_running()


def start(listener: socket, database: Path) -> ForkServerProcess:
    """A server of four threads on a database, leader of a group of its own, which answers what comes in."""
    process = CONTEXT.Process(target=_serve, args=(listener, database))
    process.start()
    return process


def _serve(listener: socket, database: Path) -> None:
    from django.conf import settings
    from gunicorn.app.wsgiapp import run

    os.setsid()
    settings.DATABASES["default"]["NAME"] = str(database)
    settings.CACHES["default"]["LOCATION"] = str(database.parent / "cache")
    evidence = database.parent / "evidence"
    settings.FILE_UPLOAD_TEMP_DIR = evidence / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)
    settings.EVIDENCE_FOLDER = evidence
    for name, folder in (("evidence", evidence), ("previews", database.parent / "previews")):
        settings.STORAGES[name]["OPTIONS"]["location"] = folder  # type: ignore[index]
    sys.argv = [
        *("gunicorn", "--no-control-socket", "--log-level", "warning", "--worker-class", "gthread"),
        *("--threads", "4", "--graceful-timeout", "2", "--bind", f"fd://{listener.detach()}"),
        "selfassess.wsgi",
    ]
    run()
