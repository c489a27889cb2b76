"""./run and tests/with_postgres: what they refuse, what they leave alone, what they leave behind."""

import hashlib
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
CATALOGUE = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "score"\nmsgstr "得分"\n'


def call(*command: str | Path, cwd: Path = PROJECT, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=os.environ | environ, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder where set-up has nothing left to do and manage.py prints what it was given."""
    folder = tmp_path / "自评 a+b#1"
    python = folder / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    shutil.copy(PROJECT / "run", folder)
    (folder / "requirements.lock").write_text("django\n")
    (folder / "manage.py").write_text(
        "import os, sys\n"
        "print(*sys.argv[1:], os.environ.get('DATABASE_URL'), os.environ.get('SELFASSESS_HTTPS'))\n"
    )
    version = call(python, "-V").stdout
    key = hashlib.sha256(f"{version}{folder}\ndjango\n".encode()).hexdigest()
    (folder / ".venv/complete").write_text(f"{key}  -\n")
    return folder


@pytest.mark.parametrize("arguments", [[], ["help"], ["--help"]])
def test_run_lists_its_commands(arguments: list[str]) -> None:
    result = call("./run", *arguments)
    assert result.returncode == 0
    commands = [line.split()[0] for line in result.stdout.splitlines() if line[:2] == "  " and line[2] != " "]
    assert commands == ["demo", "test", "lint", "bench", "serve", "manage", "setup", "help"]


def test_run_refuses_an_unknown_command() -> None:
    result = call("./run", "tset")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.splitlines()[0] == "run: unknown command tset"


def test_demo_refuses_an_unknown_option(clone: Path) -> None:
    result = call("./run", "demo", "--noserve", cwd=clone)
    assert (result.returncode, result.stderr) == (2, "run: demo knows --no-serve, not --noserve\n")


def test_setup_does_nothing_when_all_is_there(clone: Path) -> None:
    result = call("./run", "setup", cwd=clone)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_setup_says_when_python_is_too_old(clone: Path) -> None:
    (clone / ".venv/complete").unlink()
    result = call("./run", "setup", cwd=clone, PYTHON="false")
    assert result.returncode == 1
    assert result.stderr.startswith("run: Python 3.11 or newer is needed; python3 here is: Python 3.")


def test_setup_compiles_a_catalogue_once(clone: Path) -> None:
    catalogue = clone / "selfassess/locale/zh_Hans/LC_MESSAGES/django.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(CATALOGUE)
    assert call("./run", "setup", cwd=clone).stderr.startswith("message catalogues … ")
    assert {path.name for path in catalogue.parent.iterdir()} == {"django.po", "django.mo"}
    assert call("./run", "setup", cwd=clone).stderr == ""


def test_setup_shows_what_a_failed_step_said(clone: Path) -> None:
    catalogue = clone / "selfassess/locale/en/LC_MESSAGES/django.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(CATALOGUE + "msgid\n")
    result = call("./run", "setup", cwd=clone, LC_ALL="C.UTF-8")
    assert result.returncode == 1
    assert "django.po:7" in result.stderr
    assert result.stderr.splitlines()[-1] == "run: stopped at: message catalogues"
    assert not catalogue.with_suffix(".mo").exists()


def test_manage_passes_arguments_and_the_callers_site(clone: Path) -> None:
    result = call(
        "./run", "manage", "score", "two words", cwd=clone, DATABASE_URL="x://y", SELFASSESS_HTTPS="0"
    )
    assert (result.stdout, result.stderr) == ("score two words x://y 0\n", "")


def test_demo_leaves_the_callers_site_alone(clone: Path) -> None:
    result = call("./run", "demo", "--no-serve", cwd=clone, DATABASE_URL="x://y", SELFASSESS_HTTPS="1")
    assert result.returncode == 0
    assert result.stdout == "load_demo --output var/demo sqlite:///var/demo/db.sqlite3 None\n"


def test_demo_says_when_its_port_is_taken(clone: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        result = call("./run", "demo", cwd=clone, PORT=str(port))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        f"run: port {port} cannot be used: another program has it. Choose one: PORT=8001 ./run demo\n"
    )


def test_with_postgres_gives_a_database_of_its_own_and_leaves_nothing() -> None:
    question = (
        "import os, psycopg; url = os.environ['DATABASE_URL'].replace('/selfassess?', '/postgres?');"
        "print(psycopg.connect(url).execute('select datname from pg_database order by 1').fetchall());"
        "folder = url.split('host=')[1]; print(folder, open(folder + '/data/postmaster.pid').readline());"
        "raise SystemExit(7)"
    )
    result = call("tests/with_postgres", sys.executable, "-c", question, DATABASE_URL="x://y")
    databases, server = result.stdout.split("\n", 1)
    folder, process = server.split()
    assert result.returncode == 7
    assert databases == "[('postgres',), ('template0',), ('template1',)]"
    assert not Path(folder).exists()
    assert not Path("/proc", process).exists()
