"""A PostgreSQL database dumped while people write to it, and one put in the place of another.

PostgreSQL's own tools do it. The password goes to them by the environment, where other users of the machine
do not see it.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psycopg
from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg.conninfo import make_conninfo

from selfassess.backup.archive import CHUNK
from selfassess.backup.contents import LEFT_OUT, holds_anything
from selfassess.backup.sqlite import in_use, not_empty
from selfassess.commandline import Unusable

ASIDE = "before_restore"
"""The schema that keeps what was there, until what is restored has been compared."""

_OTHERS = (
    "SELECT COUNT(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


_UNDERSTOOD = {
    *("host", "hostaddr", "port", "user", "dbname", "service", "passfile", "options"),
    *("sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "target_session_attrs"),
}
"""What the tools are told of the connection: psycopg's own library may know more than they do."""


@contextmanager
def snapshot(folder: Path, progress: Callable[[str], object]) -> Iterator[tuple[Path, int]]:
    """A dump of this moment in ``folder``, and how many bytes the database has. Within the block Django's
    default connection shows that moment."""
    dump = folder / "database.dump"
    progress(_("database"))
    connection.close()
    with transaction.atomic():
        _run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        moment = str(_value("SELECT pg_export_snapshot()"))
        _call(
            *("pg_dump", "--format=custom", "--no-password", f"--snapshot={moment}", f"--file={dump}"),
            *("--schema=public", "--no-owner", "--no-privileges"),
            *(f"--exclude-table-data=public.{table}" for table in LEFT_OUT),
        )
        yield dump, int(_value("SELECT pg_database_size(current_database())"))


def exists() -> bool:
    """Whether the site has a database, be it empty."""
    return True


def require_free(*, replace: bool) -> None:
    """Refuse a database that holds something, unless it is to be replaced, and one that somebody has open. A
    restore that was killed is taken back; where it had put everything in its place, people may have worked
    with that, and it counts as what the database holds."""
    connection.close()
    if _value(_OTHERS):
        raise Unusable(in_use())
    if not replace and holds_anything():
        raise Unusable(not_empty())
    if _value("SELECT COUNT(*) FROM pg_namespace WHERE nspname = %s", ASIDE):
        _take_back()
        require_free(replace=replace)


@contextmanager
def restoring(dump: IO[bytes], size: int) -> Iterator[None]:
    """Within the block Django's default connection shows what was dumped. It stays when the block ends well;
    otherwise what was there comes back."""
    with transaction.atomic():
        _run(f"ALTER SCHEMA public RENAME TO {ASIDE}")
        _run("CREATE SCHEMA public")
    try:
        _call(
            *("pg_restore", "--no-password", "--single-transaction", "--exit-on-error", "--schema=public"),
            *("--no-owner", "--no-privileges", "--no-comments"),
            given=dump,
        )
        connection.close()
        yield
    except BaseException:
        _take_back()
        raise
    _run(f"DROP SCHEMA {ASIDE} CASCADE")


def _take_back() -> None:
    connection.close()
    with transaction.atomic():
        _run("DROP SCHEMA IF EXISTS public CASCADE")
        _run(f"ALTER SCHEMA {ASIDE} RENAME TO public")


def _call(tool: str, *options: str, given: IO[bytes] | None = None) -> None:
    """Run one of PostgreSQL's tools on this site's database, with ``given`` as its input."""
    place = shutil.which(tool)
    if not place:
        raise Unusable(_("%(tool)s is missing: install the PostgreSQL client.") % {"tool": tool})
    connection.ensure_connection()
    known: psycopg.ConnectionInfo = connection.connection.info
    environ = os.environ | ({"PGPASSWORD": known.password} if known.password else {})
    where = {name: value for name, value in known.get_parameters().items() if name in _UNDERSTOOD}
    command = [place, *options, f"--dbname={make_conninfo(**where)}"]
    with subprocess.Popen(  # noqa: S603 - our own words
        command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        try:
            complaint = _feed(process, given)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        first = complaint.decode(errors="replace").strip().partition("\n")[0]
        raise Unusable(_("%(tool)s failed: %(problem)s") % {"tool": tool, "problem": first})


def _feed(process: "subprocess.Popen[bytes]", given: IO[bytes] | None) -> bytes:
    """What it complained of. Its few lines fit into the pipe while it reads."""
    if given and process.stdin:
        with suppress(BrokenPipeError):  # it says why
            shutil.copyfileobj(given, process.stdin, CHUNK)
    return process.communicate()[1]


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _value(question: str, *parameters: str) -> int | str:
    with connection.cursor() as cursor:
        cursor.execute(question, parameters)
        (value,) = cursor.fetchone()
        found: int | str = value
        return found
