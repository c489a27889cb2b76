"""A site that is backed up and restored, played in one process; ``test_backup.py`` gives it a database.

Django is set up already. Each scene prints what it saw as JSON.
"""

import hashlib
import json
import os
import resource
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation

from accounts.models import Organisation, User
from accounts.roles import OrganisationKind
from assessments.models import Assessment, Erasure, Evidence, EvidenceFile
from audit.models import Event
from audit.trail import first_break
from selfassess.backup import sqlite
from selfassess.backup.archive import DATABASES, Writer, open_archive
from selfassess.backup.contents import LEFT_OUT
from selfassess.backup.making import make_backup
from selfassess.backup.manifest import Manifest
from selfassess.backup.staging import staging
from tests.factories import World, make_organisation, make_user, make_world

FOLDER = settings.EVIDENCE_FOLDER.parent
BACKUP = FOLDER / "backups" / "site.tar"
FIGURES = "实有在编教师1,204人。".encode()


def play(scene: str) -> None:
    """Run the scene of this name and print what came of it."""
    BACKUP.parent.mkdir()
    with translation.override("en"):
        print(json.dumps(globals()[scene](), default=str))  # noqa: T201 - the answer


def command(*arguments: object) -> list[Any]:
    """Exit code, output and error output."""
    out, err = StringIO(), StringIO()
    try:
        call_command(*map(str, arguments), stdout=out, stderr=err)
        code: object = 0
    except SystemExit as end:
        code = end.code
    return [code, out.getvalue(), err.getvalue()]


def make_file(world: World, content: bytes, number: int = 1) -> EvidenceFile:
    """A piece of evidence of one file."""
    owner, filler = world.departments["a1"], world.people["filler", "a1"]
    return add_file(world.assessments["a"], owner, filler, content, number)


def add_file(
    assessment: Assessment, owner: Organisation, filler: User, content: bytes, number: int
) -> EvidenceFile:
    """As :func:`make_file`, for whom one likes."""
    now = timezone.now()
    evidence = Evidence.objects.create(
        assessment=assessment,
        owner=owner,
        title=f"材料{number}",
        added_by=filler,
        added_at=now,
        changed_by=filler,
        changed_at=now,
    )
    return EvidenceFile.objects.create(
        evidence=evidence,
        number=1,
        key=storages["evidence"].save(uuid4().hex, ContentFile(content)),
        name="材料.txt",
        format="txt",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=filler,
        uploaded_at=now,
    )


def erase(world: World, file: EvidenceFile, *, delete: bool = True) -> None:
    Erasure.objects.create(
        file=file,
        reason="涉密",
        asked_by=world.people["coordinator", "a"],
        asked_at=timezone.now(),
        confirmed_by=world.people["administrator", "a"],
        confirmed_at=timezone.now(),
    )
    if delete:
        storages["evidence"].delete(file.key)


def everything() -> dict[str, Any]:
    """The rows of all tables, and the hash of each stored file."""
    tables = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names()):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            tables[table] = sorted(map(str, cursor.fetchall()))
    connection.close()
    return tables | {"files": files()}


def files() -> dict[str, str]:
    folder = settings.EVIDENCE_FOLDER
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.is_file()
    }


def left_behind() -> list[str]:
    """What lies about beside the backup and the database."""
    beside = {BACKUP.parent, Path(connection.settings_dict["NAME"]).parent}
    return [path.name for folder in beside for path in folder.glob(".selfassess-*")]


def sign_somebody_in() -> None:
    from axes.models import AccessAttempt
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session["_auth_user_id"] = "1"
    session.save()
    AccessAttempt.objects.create(username="alice", ip_address="10.0.0.1", failures_since_start=3)


def coming_back() -> dict[str, Any]:
    """Back up, lose everything, restore."""
    world = make_world()
    kept, gone = make_file(world, FIGURES), make_file(world, b"secret", 2)
    erase(world, gone)
    sign_somebody_in()
    before = everything()
    made = command("backup", BACKUP, "--json")
    mode = oct(BACKUP.stat().st_mode & 0o777)
    make_user("late")
    storages["evidence"].delete(kept.key)
    added = make_file(world, b"later", 3)
    restored = command("restore", BACKUP, "--replace", "--json")
    after = everything()
    changed = [name for name in before if before[name] != after[name]]
    last = Event.objects.order_by("-sequence")[0]
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute("DELETE FROM audit_event")
            refused = False
        except IntegrityError:
            refused = True
    manifest = json.loads(made[1])["manifest"]
    return {
        "made": [made[0], made[2], json.loads(made[1])["whole"], mode],
        "restored": [restored[0], restored[2], json.loads(restored[1])["manifest"] == manifest],
        "changed": changed,
        "sessions and failures": [len(before[name]) for name in LEFT_OUT if before[name]]
        + [len(after[name]) for name in LEFT_OUT if after[name]],
        "files": [after["files"].get(file.key) == file.sha256 for file in (kept, added)],
        "last event": [last.action, last.actor_name, len(after["audit_event"]) - len(before["audit_event"])],
        "break": first_break(),
        "refuses": refused,
        "next user": make_user("next").pk - User.objects.order_by("-pk")[1].pk,
        "files in it": manifest["files"],
        "left": left_behind(),
    }


def from_nothing() -> dict[str, Any]:
    """The database is lost, but for SQLite's log with what was written last."""
    make_world()
    before = everything()
    made = command("backup", BACKUP)
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        with closing(sqlite3.connect(file)) as last:
            last.execute("UPDATE accounts_user SET name = 'lost'")
            last.commit()
            log = file.with_name(f"{file.name}-wal").read_bytes()
        file.unlink()
        file.with_name(f"{file.name}-wal").write_bytes(log)
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        connection.close()
    restored = command("restore", BACKUP)
    after = everything()
    return {
        "codes": [made[0], restored[0]],
        "changed": [name for name in before if before[name] != after[name]],
        "break": first_break(),
    }


def killed() -> dict[str, Any]:
    """What killed processes left is removed by the next one, but not what others are at."""
    make_world()
    before = everything()
    command("backup", BACKUP)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER SCHEMA public RENAME TO before_restore")
            cursor.execute("CREATE SCHEMA public")
        connection.close()
    else:
        leave_behind(Path(connection.settings_dict["NAME"]).parent)
    refused = command("restore", BACKUP)
    back = everything() == before
    restored = command("restore", BACKUP, "--replace")
    if connection.vendor == "postgresql":
        # Killed when all was in its place; people have worked since.
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA before_restore")
        connection.close()
    make_user("late")
    worked = everything()
    late = command("restore", BACKUP)
    kept = everything() == worked
    leave_behind(BACKUP.parent)
    stranger = BACKUP.parent / ".selfassess-stranger"
    stranger.symlink_to("/nowhere")
    with staging(BACKUP.parent) as others:
        os.utime(others, (0, 0))
        made = command("backup", BACKUP, "--force")
        left = set(left_behind()) == {others.name, stranger.name}
    return {
        "codes": [refused[0], restored[0], late[0], made[0]],
        "taken back": back,
        "kept": kept,
        "left": left,
        "break": first_break(),
    }


def leave_behind(beside: Path) -> None:
    """As a process that was killed a while ago."""
    left = beside / ".selfassess-killed"
    left.mkdir()
    (left / "database.sqlite3").write_bytes(b"half")
    os.utime(left, (0, 0))


def written_between_steps() -> dict[str, Any]:
    """Somebody writes after every step of the copy."""
    world = make_world()
    sqlite.PAGES = 20
    make_file(world, FIGURES)
    before, told = Organisation.objects.count(), list[str]()

    def write(line: str) -> None:
        told.append(line)
        make_organisation(uuid4().hex, OrganisationKind.DISTRICT, world.committee)

    made = make_backup(target=BACKUP, replace=False, progress=write)
    return {
        "steps": sum(line.startswith("database") for line in told),
        "copied since": made.manifest.contents.counts["accounts_organisation"] - before,
        "written": Organisation.objects.count() - before == len(told),
        "whole": made.is_whole,
    }


def refusals() -> dict[str, Any]:
    """What is refused leaves everything as it was."""
    world = make_world()
    file = make_file(world, FIGURES)
    command("backup", BACKUP)
    before, whole = everything(), BACKUP.read_bytes()
    told = json.loads(manifest_of(BACKUP).model_dump_json())
    contents = told["contents"]
    foreign, spoilt = BACKUP.with_name("foreign"), BACKUP.with_name("spoilt")
    foreign.write_bytes(b"%PDF-1.7" * 1_000)
    spoilt.write_bytes(whole.replace(FIGURES, FIGURES.replace(b"1,204", b"1,205")))
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    counts = contents["counts"] | {"accounts_user": 3}
    seen = {
        "there": command("backup", BACKUP),
        "no folder": command("backup", BACKUP.parent / "none" / "x.tar"),
        "not empty": command("restore", BACKUP),
        "nothing": command("restore", BACKUP.with_name("nothing"), "--replace"),
        "folder": command("restore", BACKUP.parent, "--replace"),
        "foreign": command("restore", foreign, "--replace"),
        "spoilt": command("restore", spoilt, "--replace"),
        "spoilt, checked": command("restore", spoilt, "--check"),
        "newer": command(
            "restore",
            rewritten({"contents": contents | {"migrations": [*contents["migrations"], "audit.0099_new"]}}),
            "--replace",
        ),
        "other kind": command("restore", rewritten({"kind": other}, database=DATABASES[other]), "--replace"),
        "other counts": command(
            "restore", rewritten({"contents": contents | {"counts": counts}}), "--replace"
        ),
        "other trail": command(
            "restore", rewritten({"contents": contents | {"hash": "0" * 64}}), "--replace"
        ),
        "file lacking": command("restore", rewritten({}, without=file.key), "--replace"),
        "file added": command("restore", rewritten({}, added=uuid4().hex), "--replace"),
        "no database": command("restore", rewritten({}, content=b"\x1f\x8bno database"), "--replace"),
    }
    with in_use():
        seen["in use"] = command("restore", BACKUP, "--replace")
    return {
        "seen": {
            name: [code, out, err.replace(str(BACKUP.parent), "…")] for name, (code, out, err) in seen.items()
        },
        "key": file.key,
        "unchanged": everything() == before,
        "backup unchanged": BACKUP.read_bytes() == whole,
        "checked": command("restore", BACKUP, "--check")[::2],
        "forced": command("backup", BACKUP, "--force")[::2],
        "left": left_behind(),
    }


def manifest_of(path: Path) -> Manifest:
    with open_archive(path) as archive:
        return archive.manifest


def rewritten(
    changes: dict[str, Any],
    *,
    database: str = DATABASES[connection.vendor],
    content: bytes | None = None,
    without: str = "",
    added: str = "",
) -> Path:
    """The backup with another manifest, database or other files, its checksums right."""
    path = BACKUP.with_name("rewritten")
    with open_archive(BACKUP) as archive, path.open("wb") as out:
        writer = Writer(out, at=0)
        dump = archive.open(archive.database).read() if content is None else content
        writer.add(database, BytesIO(dump), len(dump))
        held = {member.name: archive.open(member).read() for member, _sum in archive.files()}
        held |= {f"evidence/{added}": b"x"} if added else {}
        for name in sorted(held):
            if not without or not name.endswith(without):
                writer.add(name, BytesIO(held[name]), len(held[name]))
        writer.close(
            Manifest.model_validate_json(json.dumps(archive.manifest.model_dump(mode="json") | changes))
        )
    return path


@contextmanager
def in_use() -> Iterator[None]:
    """As by a server that has the database open and asks nothing."""
    connection.close()
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as other:
            other.execute("SELECT COUNT(*) FROM accounts_user").fetchone()
            yield
    else:
        with psycopg.connect(os.environ["DATABASE_URL"]):
            yield


def lacking() -> dict[str, Any]:
    """Files that are missing or are not what was stored are told, and erased ones do not come back."""
    world = make_world()
    missing, damaged, erased = (make_file(world, name, n) for n, name in enumerate((b"m", b"d", b"e")))
    storages["evidence"].delete(missing.key)
    Path(storages["evidence"].path(damaged.key)).write_bytes(b"D")
    made = command("backup", BACKUP)
    replaced = command("restore", BACKUP, "--replace")
    erase(world, erased)
    again = command("restore", BACKUP, "--replace", "--json")
    return {
        "keys": [missing.key, damaged.key, erased.key],
        "made": [made[0], made[1].splitlines()[2:-1], made[2]],
        "restored": [replaced[0], replaced[1].splitlines()[1:]],
        "kept erased": [again[0], json.loads(again[1])["kept_erased"], sorted(files()) == [damaged.key]],
    }


def older() -> dict[str, Any]:
    """A backup of a version that had not all migrations yet."""
    make_world()
    call_command("migrate", "sessions", "zero", verbosity=0)
    before = everything()
    made = command("backup", BACKUP)
    restored = command("restore", BACKUP, "--replace", "--json")
    return {
        "codes": [made[0], restored[0]],
        "migrated": json.loads(restored[1])["migrated"],
        "same": all(
            everything()[name] == rows
            for name, rows in before.items()
            if name not in ("django_migrations", "audit_event", "audit_chainhead")
        ),
        "break": first_break(),
    }


def broken_off() -> dict[str, Any]:
    """A full disk and a signal leave nothing behind."""
    world = make_world()
    for number in range(3):
        make_file(world, os.urandom(700_000), number)
    before = everything()
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_400_000, usual[1]))  # takes the database, not the archive
    full = command("backup", BACKUP)
    resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    after_full = [path.name for path in BACKUP.parent.iterdir()]

    def end_soon() -> None:
        while not any(BACKUP.parent.iterdir()):
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=end_soon, daemon=True).start()
    ended = command("backup", BACKUP)
    after_signal = [path.name for path in BACKUP.parent.iterdir()]
    return {
        "full": full,
        "ended": ended[:2],
        "left": [*after_full, *after_signal],
        "unchanged": everything() == before,
    }
