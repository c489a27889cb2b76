"""What the database holds that Django's default connection shows: a site's, a snapshot or a restored one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import Storage, storages
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from assessments.evidence import storing
from assessments.models import Erasure, EvidenceFile
from audit.trail import first_break
from selfassess.backup.manifest import Contents

LEFT_OUT = (
    "django_session",
    "axes_accessattemptexpiration",
    "axes_accessattempt",
    "axes_accessfailurelog",
    "axes_accesslog",
)
"""Tables whose rows no backup holds, in an order in which they can be emptied: who is signed in, and who
failed to. With a session's key one could be that person; after a restore everybody signs in anew, and nobody
is locked."""

_MADE_BY_MIGRATING = {"django_migrations", "django_content_type", "auth_permission", "audit_chainhead"}

_TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger"
    " WHERE NOT tgisinternal AND tgenabled = 'O' AND pg_table_is_visible(tgrelid)",
}


@dataclass(frozen=True, slots=True, order=True)
class StoredFile:
    """A file that the database names: its name in the storage, and the SHA-256 of what was once stored."""

    key: str
    sha256: str


def evidence() -> Storage:
    """Where stored files are."""
    return storages["evidence"]


def read_contents() -> Contents:
    """What a copy is compared by, asked of whatever version's tables; all but whether the trail is whole."""
    applied = MigrationRecorder(connection).applied_migrations()
    tables = [name for name in _tables() if name not in LEFT_OUT]
    head = _ask("SELECT sequence, hash FROM audit_chainhead") if "audit_chainhead" in tables else []
    sequence, link = head[0] if head else (0, "")
    return Contents(
        migrations=tuple(sorted(f"{app}.{name}" for app, name in applied)),
        counts={name: _ask(f"SELECT COUNT(*) FROM {_quoted(name)}")[0][0] for name in tables},  # noqa: S608
        triggers=tuple(sorted(name for (name,) in _ask(_TRIGGERS[connection.vendor]))),
        sequence=sequence,
        hash=link,
    )


def broken_at() -> int | None:
    """The event at which the trail does not hold. Walks all of it."""
    broken = first_break()
    return broken.sequence if broken else None


def holds_anything() -> bool:
    """Whether there is more than migrating makes."""
    return any(
        _ask(f"SELECT 1 FROM {_quoted(name)} LIMIT 1")  # noqa: S608
        for name in _tables()
        if name not in _MADE_BY_MIGRATING and name not in LEFT_OUT
    )


def stored_files() -> list[StoredFile]:
    """The files whose bytes should be there, in order of name: all but the erased ones."""
    if EvidenceFile._meta.db_table not in _tables():
        return []
    return sorted(StoredFile(key, sha256) for key, sha256, _size in storing.stored_files())


def erased(keys: Iterable[str]) -> set[str]:
    """Which of these files two people have agreed to erase."""
    if Erasure._meta.db_table not in _tables():
        return set()
    confirmed = Erasure.objects.filter(confirmed_at__isnull=False)
    return set(keys).intersection(confirmed.values_list("file__key", flat=True))


def _tables() -> list[str]:
    return sorted(connection.introspection.table_names())


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _ask(question: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
