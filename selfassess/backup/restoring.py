"""Makes a site from a backup, or says what is wrong with one."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.core.files import File
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from audit.models import ChainHead
from audit.trail import record
from selfassess.backup.archive import Archive, open_archive
from selfassess.backup.contents import broken_at, erased, evidence, read_contents, stored_files
from selfassess.backup.making import EVIDENCE, kind_of_database
from selfassess.backup.manifest import Contents, Manifest
from selfassess.commandline import Unusable

Progress = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back; ``migrated`` are the migrations that the backup's version did not have, ``kept_erased``
    files of the backup that this site has erased since, and whose bytes therefore did not come back."""

    manifest: Manifest
    migrated: tuple[str, ...]
    kept_erased: tuple[str, ...]


def check_backup(*, source: Path, progress: Progress) -> Manifest:
    """Read a backup to its end. Raises :class:`Unusable` with what is wrong with it."""
    with open_archive(source) as archive:
        _require_known(archive.manifest)
        progress(_("comparing checksums"))
        archive.check()
        return archive.manifest


def restore_backup(*, source: Path, replace: bool, progress: Progress) -> Restored:
    """Put a backup's database and files in the place of the site's, once everything has been compared.

    A database that holds anything is refused, or lost if it is to be ``replace``d; stored files that are
    there stay. Whatever goes wrong, the site is as it was. Raises :class:`Unusable`, and ``OSError`` where
    something cannot be written.
    """
    with open_archive(source) as archive:
        manifest, database = archive.manifest, kind_of_database()
        _require_known(manifest)
        _require_kind(manifest)
        database.require_free(replace=replace)
        progress(_("comparing checksums"))
        archive.check()
        gone = erased(_keys(archive)) if database.exists() else set()
        progress(_("database"))
        with archive.open(archive.database) as dump, database.restoring(dump, manifest.size):
            _require_equal(manifest.contents, read_contents())
            migrated = _migrate()
            _require_equal_trail(manifest)
            _require_files(archive)
            with _files_in_place(archive, gone, progress):
                _remember(manifest)
                os.sync()
        return Restored(manifest, migrated, tuple(sorted(gone)))


def _require_known(manifest: Manifest) -> None:
    unknown = set(manifest.contents.migrations) - {
        f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations
    }
    if unknown:
        raise Unusable(
            _("The backup was made by a newer version (%(version)s). Install that version first.")
            % {"version": manifest.version[:40]}
        )


def _require_kind(manifest: Manifest) -> None:
    if manifest.kind != connection.vendor:
        raise Unusable(
            _("The backup is of %(backup)s, this site's database is %(site)s: one cannot become the other.")
            % {"backup": _KINDS[manifest.kind], "site": _KINDS[connection.vendor]}
        )


_KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def _require_equal(told: Contents, found: Contents) -> None:
    for table in sorted(told.counts.keys() | found.counts.keys()):
        rows, wanted = found.counts.get(table), told.counts.get(table)
        if rows != wanted:
            raise Unusable(
                _("The backup is not as its manifest says: %(table)s has %(rows)s rows, not %(told)s.")
                % {"table": ascii(table)[1:-1][:60], "rows": rows, "told": wanted}
            )
    if found != told:
        raise Unusable(_("The backup is not as its manifest says."))


def _migrate() -> tuple[str, ...]:
    """Bring an older backup to this version; gives what was missing."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        call_command("migrate", interactive=False, verbosity=0)
    return tuple(f"{step.app_label}.{step.name}" for step, _backwards in plan)


def _require_equal_trail(manifest: Manifest) -> None:
    head = ChainHead.objects.get(pk=1)
    if (head.sequence, head.hash) != (manifest.contents.sequence, manifest.contents.hash):
        raise Unusable(_("The trail in the backup ends elsewhere than its manifest says."))
    broken = broken_at()
    if broken != manifest.broken:
        raise Unusable(
            _("The trail in the backup does not hold at event %(sequence)s.") % {"sequence": broken}
        )


def _keys(archive: Archive) -> Iterator[str]:
    for member, _sum in archive.files():
        yield _key(member.name)


def _key(name: str) -> str:
    folder, _slash, key = name.partition("/")
    if folder != EVIDENCE:
        raise Unusable(_("This is not a backup: it holds “%(name)s”.") % {"name": name})
    return key


def _require_files(archive: Archive) -> None:
    """The files are those that the database names, no more and no fewer but for those known to be missing."""
    named = {file.key for file in stored_files()}
    held = set(_keys(archive))
    for key in sorted(held - named):
        raise Unusable(
            _("The backup holds a file that its database does not name: %(name)s.") % {"name": key}
        )
    for key in sorted(named - held - set(archive.manifest.missing)):
        raise Unusable(_("The backup lacks a file that its database names: %(name)s.") % {"name": key})


@contextmanager
def _files_in_place(archive: Archive, gone: set[str], progress: Progress) -> Iterator[None]:
    """Add the files that are not there; when the block ends badly, take them away again."""
    added, storage = list[str](), evidence()
    try:
        for number, (member, promised) in enumerate(archive.files()):
            progress(_("files: %(done)s of %(all)s") % {"done": number, "all": archive.manifest.files})
            key = _key(member.name)
            if key in gone or _is_there(key, promised):
                continue
            if storage.exists(key):
                storage.delete(key)  # it is not what was stored under this name
            added.append(key)
            with archive.open(member) as content:
                stored = storage.save(key, File(content, name=key))
            if stored != key or not _is_there(key, promised):
                raise Unusable(_("The file %(name)s cannot be stored.") % {"name": key})
        yield
    except BaseException:
        for key in added:
            storage.delete(key)
        raise


def _is_there(key: str, sha256: str) -> bool:
    storage = evidence()
    if not storage.exists(key):
        return False
    with storage.open(key) as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == sha256


def _remember(manifest: Manifest) -> None:
    """That the site went back to an earlier moment is itself an event."""
    with transaction.atomic():
        record(
            by=None,
            action="site.restored",
            subject=ChainHead.objects.get(pk=1),
            made_at=manifest.made_at,
            version=manifest.version,
        )
