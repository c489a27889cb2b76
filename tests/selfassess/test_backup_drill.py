"""The restore drill: back up while eight people save, destroy, restore elsewhere, and compare.

The server is gunicorn with two processes, the people are real connections; what the answers told them is
looked for in what was restored.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from bench.people import Address, Person, Turn, play, sign_in
from bench.world import PASSWORD
from tests.selfassess.conftest import PROJECT, Site, new_database

PEOPLE = 8
DRAFT = "/responses/{item}/draft/"

WORLD = f"""
import json, os
from assessments.models import Assessment, Response
from accounts.models import Organisation, User
from bench.world import make_world
from tests.selfassess.backups import add_file

made = make_world({PEOPLE})
for number in range(20):
    add_file(
        Assessment.objects.get(),
        Organisation.objects.get(code="d0"),
        User.objects.get(username="filler0"),
        os.urandom(100_000),
        number,
    )
print(json.dumps(made["fillers"]))
"""

FOUND = """
import hashlib, json, os
from django.conf import settings
from assessments.models import EvidenceFile, Response, ResponseRevision
from django.test import Client
from accounts.models import User
from audit.trail import first_break
from selfassess.backup.contents import read_contents

stored = {}
for response, operation in ResponseRevision.objects.order_by("version").values_list("response", "operation"):
    stored.setdefault(response, []).append(str(operation))
contents = read_contents()
item = "/responses/%s/" % Response.objects.filter(assignment__lead__code="d0")[0].pk


def answer(client):
    return client.get(item, headers={"host": "example.org"}).status_code


before, anew = Client(), Client()
before.cookies.load(os.environ["COOKIE"])
anew.force_login(User.objects.get(username="filler0"))
print(json.dumps({
    "stored": stored,
    "contents": contents.model_dump(mode="json"),
    "break": first_break(),
    "pages": [answer(before), answer(anew)],
    "files": [
        hashlib.sha256((settings.EVIDENCE_FOLDER / key).read_bytes()).hexdigest() == sha256
        for key, sha256 in EvidenceFile.objects.values_list("key", "sha256")
    ],
}))
"""


def environment(database: str, folder: Path) -> dict[str, str]:
    """Of every process of a site whose files are in this folder."""
    return {
        "DATABASE_URL": database,
        "SELFASSESS_DEMO": "1",
        "SELFASSESS_SECRET_KEY": "x" * 50,
        "SELFASSESS_EVIDENCE": str(folder / "evidence"),
        "CACHE_URL": f"filecache://{folder / 'cache'}",
    }


@contextmanager
def serving(environ: dict[str, str]) -> Iterator[Address]:
    """A server as in production, which ends as by a power cut."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address: Address = listener.getsockname()
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "--no-control-socket", "--log-level", "critical"),
                *("--worker-class", "gthread", "--workers", "2", "--threads", "8"),
                *("--bind", f"fd://{listener.fileno()}", "selfassess.wsgi"),
            ],
            cwd=PROJECT,
            env=os.environ | environ,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
    try:
        urlopen(f"http://127.0.0.1:{address[1]}/sign-in/", timeout=60).close()
        yield address
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(timeout=20)


class People:
    """Who saves, and what has been acknowledged to each: operations, first to last."""

    def __init__(self, people: list[Person]) -> None:
        self.people = people
        self.told: dict[int, list[str]] = {person.item: [] for person in people}

    def save(self, address: Address, seconds: float) -> None:
        """All at once, for so long."""
        turns: list[Turn] = play(address, DRAFT, self.people, seconds)
        assert [turn.faults for turn in turns] == [[]] * len(turns)
        self.people = [turn.person for turn in turns]
        for turn in turns:
            self.told[turn.person.item] += turn.acknowledged


def back_up(target: Path, environ: dict[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", "backup", str(target), "--json"],
        cwd=PROJECT,
        env=os.environ | environ,
        stdout=subprocess.PIPE,
        text=True,
    )


def destroy(database: str, folder: Path) -> None:
    """The files; a PostgreSQL database is left to its fixture, nobody looks at it again."""
    if database.startswith("sqlite"):
        for path in folder.glob("*.sqlite3*"):
            path.unlink()
    shutil.rmtree(folder / "evidence")


def test_what_was_acknowledged_before_a_backup_comes_back_from_it(site: Site, tmp_path: Path) -> None:
    environ = environment(site.database, tmp_path)
    world = site.shell(WORLD, **environ)
    assert world.returncode == 0, world.stderr
    target = tmp_path / "backup.tar"
    with serving(environ) as address:
        fillers = json.loads(world.stdout).items()
        people = People([sign_in(address, name, PASSWORD, led[0]) for name, led in fillers])
        people.save(address, 0.5)
        before = {item: list(told) for item, told in people.told.items()}
        backup = back_up(target, environ)
        while backup.poll() is None:
            people.save(address, 0.3)
        people.save(address, 0.3)
    answer = json.loads(backup.communicate()[0])
    assert (backup.returncode, answer["whole"], answer["manifest"]["files"]) == (0, True, 20)
    destroy(site.database, tmp_path)

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with new_database(elsewhere) as database:
        environ = environment(database, elsewhere)
        restored = Site(database).manage("restore", str(target), "--json", **environ)
        assert restored.returncode == 0, restored.stderr
        looked = Site(database).shell(FOUND, **environ, COOKIE=people.people[0].cookie)
        assert looked.returncode == 0, looked.stderr
        seen = json.loads(looked.stdout)

        contents = answer["manifest"]["contents"]
        contents["counts"]["audit_event"] += 1  # that it was restored
        assert seen["contents"]["counts"] == contents["counts"]
        assert seen["contents"]["triggers"] == contents["triggers"]
        assert seen["contents"]["sequence"] == contents["sequence"] + 1
        assert (seen["break"], seen["files"]) == (None, [True] * 20)
        assert seen["pages"] == [302, 200], "of a session of before, and after signing in"

        stored = {int(item): operations for item, operations in seen["stored"].items()}
        for person in people.people:
            item, told = person.item, [*people.told[person.item], person.operation]
            assert stored[item] == told[: len(stored[item])]
            assert len(stored[item]) >= len(before[item]) > 0
        assert sum(map(len, stored.values())) < sum(map(len, people.told.values()))
