"""Sites of their own: processes with a production environment and a database on this run's vendor."""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings

PROJECT = Path(__file__).resolve().parent.parent.parent
ON_POSTGRES = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


@dataclass(frozen=True)
class Site:
    """Runs Python in processes with a production environment; ``environ`` changes it, None takes away."""

    database: str

    def python(self, *arguments: str, **environ: str | None) -> subprocess.CompletedProcess[str]:
        inherited = {name: os.environ.get(name) for name in ("PATH", "HOME", "SELFASSESS_FONTS")}
        production = {
            "DATABASE_URL": self.database,
            "DJANGO_SETTINGS_MODULE": "selfassess.settings",
            "SELFASSESS_SECRET_KEY": secrets.token_urlsafe(50),
            "SELFASSESS_HOSTS": "example.org",
        }
        # Static files are collected where a site is installed, not for these tests.
        warnings = ("-W", "error", "-W", "ignore:No directory at")
        whole = inherited | production | environ
        return subprocess.run(
            [sys.executable, *warnings, *arguments],
            cwd=PROJECT,
            env={name: value for name, value in whole.items() if value is not None},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def manage(self, *arguments: str, **environ: str | None) -> subprocess.CompletedProcess[str]:
        return self.python("manage.py", *arguments, **environ)

    def shell(self, script: str, **environ: str | None) -> subprocess.CompletedProcess[str]:
        """Runs a script with Django set up."""
        return self.python("-c", f"import django; django.setup()\n{script}", **environ)


@contextmanager
def new_database(folder: Path, like: str | None = None) -> Iterator[str]:
    """The address of a new database: empty, or a copy of another one."""
    name = f"site_{uuid4().hex}"
    if not ON_POSTGRES:
        file = folder / f"{name}.sqlite3"
        if like:
            shutil.copy(like.removeprefix("sqlite:///"), file)
        yield f"sqlite:///{file}"
        return
    server = os.environ["DATABASE_URL"]
    template = like.split("/")[3].split("?")[0] if like else "template1"
    with psycopg.connect(server.replace("/selfassess?", "/postgres?"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
        yield server.replace("/selfassess?", f"/{name}?")
        connection.execute(f'DROP DATABASE "{name}"'.encode())


@pytest.fixture
def empty_site(tmp_path: Path) -> Iterator[Site]:
    """A site whose database has no tables yet."""
    with new_database(tmp_path) as database:
        yield Site(database)


@pytest.fixture(scope="session")
def _migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with new_database(tmp_path_factory.mktemp("site")) as database:
        made = Site(database).manage("migrate", "--no-input", "--verbosity", "0")
        assert (made.returncode, made.stdout, made.stderr) == (0, "", "")
        yield database


@pytest.fixture
def site(tmp_path: Path, _migrated: str) -> Iterator[Site]:
    """A site with a database that is migrated and holds nothing."""
    with new_database(tmp_path, like=_migrated) as database:
        yield Site(database)
