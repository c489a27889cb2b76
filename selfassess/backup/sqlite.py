"""A SQLite database copied while people write to it, and one put in the place of another."""

import gzip
import os
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from django.db import connection, connections
from django.utils.translation import gettext as _

from selfassess.backup.archive import CHUNK
from selfassess.backup.contents import LEFT_OUT, holds_anything
from selfassess.backup.staging import settle, staging
from selfassess.commandline import Unusable

PAGES = 1_000
"""Copied in a step."""

Progress = Callable[[str], object]


@contextmanager
def snapshot(folder: Path, progress: Progress) -> Iterator[tuple[Path, int]]:
    """A copy of this moment, packed, in ``folder``, and how many bytes it has unpacked. Within the block
    Django's default connection shows it."""
    source, copy, packed = _file(), folder / "database.sqlite3", folder / "database.sqlite3.gz"
    if not exists():
        raise Unusable(_("There is no database at %(file)s.") % {"file": source})
    _copy(source, copy, progress)
    _clean(copy)
    with copy.open("rb") as plain, gzip.open(packed, "wb", compresslevel=1) as out:
        shutil.copyfileobj(plain, out, CHUNK)
    with _shown(copy):
        yield packed, copy.stat().st_size
    copy.unlink()


def exists() -> bool:
    """Whether the site has a database, be it empty."""
    return _file().is_file()


def require_free(*, replace: bool) -> None:
    """Refuse a database that holds something, unless it is to be replaced, and one that somebody has open."""
    if not exists():
        return
    if not replace and holds_anything():
        raise Unusable(not_empty())
    connection.close()
    with _alone(_file()):
        pass


@contextmanager
def restoring(packed: IO[bytes], size: int) -> Iterator[None]:
    """Within the block Django's default connection shows what was packed. It takes the place of the site's
    database when the block ends well; till then, and otherwise, that one stays as it is."""
    target = _file()
    target.parent.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(target.parent).free < size:
        raise Unusable(
            _("The disk has no room for the database: %(size)s bytes are needed.") % {"size": size}
        )
    connection.close()
    with staging(target.parent) as folder:
        staged = folder / "database.sqlite3"
        _unpack(packed, staged, size)
        _require_whole(staged)
        with _shown(staged):
            yield
        settle(staged)
        _swap(staged, target)


def not_empty() -> str:
    """What is said of a database that would be lost."""
    return _(
        "The database of this site is not empty. Back it up; then %(option)s replaces all that it holds."
    ) % {"option": "--replace"}


def _file() -> Path:
    return Path(connection.settings_dict["NAME"])


def _copy(source: Path, copy: Path, progress: Progress) -> None:
    """By the online backup, in steps. It would begin anew whenever somebody writes between two of them, and
    so never end: the reading transaction around it holds the moment, and in WAL mode writers go on."""

    def tell(_status: int, left: int, pages: int) -> None:
        progress(_("database: %(done)s of %(all)s pages") % {"done": pages - left, "all": pages})

    with closing(_opened(source)) as live, closing(sqlite3.connect(copy)) as target:
        target.execute("PRAGMA synchronous = OFF")
        live.execute("BEGIN")
        live.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        live.backup(target, pages=PAGES, progress=tell)


def _clean(copy: Path) -> None:
    """One file without a log, whole, and without what is left out."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as database:
        for setting in ("journal_mode = DELETE", "synchronous = OFF", "secure_delete = ON"):
            database.execute(f"PRAGMA {setting}").fetchone()
        there = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        database.execute("BEGIN")
        for table in LEFT_OUT:
            if table in there:
                database.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own
        database.execute("COMMIT")
    _require_whole(copy)


def _require_whole(file: Path) -> None:
    try:
        with closing(sqlite3.connect(file)) as database:
            (found,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as problem:
        found = str(problem)
    if found != "ok":
        raise Unusable(_("The database is damaged: %(problem)s") % {"problem": found})


@contextmanager
def _shown(file: Path) -> Iterator[None]:
    """Django's default connection opens this file, which nobody else has and which is not yet precious."""
    usual = connection.settings_dict
    pragmas = "PRAGMA journal_mode=DELETE; PRAGMA synchronous=OFF; PRAGMA recursive_triggers=ON;"
    own = usual | {"NAME": str(file), "OPTIONS": usual["OPTIONS"] | {"init_command": pragmas}}
    connection.close()
    connections["default"] = type(connections["default"])(own, "default")
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = type(connections["default"])(usual, "default")


def _unpack(packed: IO[bytes], target: Path, size: int) -> None:
    """Write what was packed, and not a byte more than was said: a small file may unpack without end."""
    left = size
    try:
        with gzip.open(packed) as plain, target.open("xb") as out:
            while chunk := plain.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    break
                out.write(chunk)
    except (EOFError, gzip.BadGzipFile, zlib.error) as problem:
        raise Unusable(_("The database in the backup cannot be unpacked.")) from problem
    if left:
        raise Unusable(_("The database in the backup has another size than its manifest says."))
    target.chmod(0o600)


@contextmanager
def _alone(file: Path, *, without_log: bool = False) -> Iterator[None]:
    """Nobody else has the file open within the block. Raises :class:`Unusable` where somebody has."""
    with closing(_opened(file)) as database:
        try:
            # Who has it open in WAL mode holds a shared lock on it, whether he reads or not.
            database.execute("PRAGMA locking_mode = EXCLUSIVE").fetchone()
            database.execute("BEGIN EXCLUSIVE")
            database.execute("COMMIT")
            if without_log:
                # A log that stays behind would be written into whatever bears the name next.
                database.execute("PRAGMA journal_mode = DELETE").fetchone()
                database.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as problem:
            raise Unusable(in_use()) from problem
        yield


def in_use() -> str:
    """What is said of a database that somebody has open."""
    return _("The database of this site is in use. Stop the server first.")


def _swap(staged: Path, target: Path) -> None:
    """The new one keeps the owner and the rights of the old one."""
    if not target.exists():
        # SQLite would write what a lost database left behind into the one that now bears its name.
        for left in ("-wal", "-shm", "-journal"):
            target.with_name(target.name + left).unlink(missing_ok=True)
        staged.replace(target)
    else:
        with _alone(target, without_log=True):
            old = target.stat()
            os.chown(staged, old.st_uid, old.st_gid)
            staged.chmod(old.st_mode & 0o777)
            staged.replace(target)
    settle(target.parent)


def _opened(file: Path) -> sqlite3.Connection:
    """A connection that makes no file and waits for nobody."""
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True, timeout=1, isolation_level=None)
