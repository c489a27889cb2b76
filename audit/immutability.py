"""Triggers by which the database itself refuses to change what is past.

Use :func:`refuse` in migrations. SQLite drops a table's triggers when a later migration rebuilds the
table, so such a migration must name them again; a test compares the triggers with what is promised.
"""

from collections.abc import Iterator, Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython
from django.db.migrations.state import StateApps


def refuse(table: str, *, verbs: Sequence[str], when: str = "TRUE") -> RunPython:
    """An operation that makes ``verbs`` on rows of ``table`` fail where ``when`` holds.

    ``when`` is an SQL condition over OLD and NEW (both databases understand it), possibly with
    sub-selects. The statement then raises ``IntegrityError`` with the table's name. Where DELETE is refused,
    PostgreSQL refuses TRUNCATE as well, whatever the rows are.
    """

    def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        vendor = editor.connection.vendor
        for trigger in _triggers(vendor, table, verbs, when):
            for statement in _CREATE[vendor]:
                editor.execute(statement.format(**trigger), params=None)

    def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        vendor = editor.connection.vendor
        for trigger in _triggers(vendor, table, verbs, when):
            for statement in _DROP[vendor]:
                editor.execute(statement.format(**trigger), params=None)

    return RunPython(create, drop)


def undo(made: RunPython) -> RunPython:
    """An operation that drops the triggers which :func:`refuse` made: a later migration changes the table."""
    if made.reverse_code is None:
        raise ValueError("only what can be reversed can be undone")
    return RunPython(made.reverse_code, made.code)


def _triggers(vendor: str, table: str, verbs: Sequence[str], when: str) -> Iterator[dict[str, str]]:
    """What the statements below are filled with, a trigger at a time."""
    for verb in verbs:
        name = f"{table}_refuse_{verb.lower()}"
        yield {"name": name, "table": table, "verb": verb, "level": "ROW", "when": when}
    if vendor == "postgresql" and "DELETE" in verbs:
        name = f"{table}_refuse_truncate"
        yield {"name": name, "table": table, "verb": "TRUNCATE", "level": "STATEMENT", "when": "TRUE"}


_CREATE = {
    "sqlite": (
        "CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {when} "
        "BEGIN SELECT RAISE(ABORT, '{table} is immutable'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {when} THEN "
        "RAISE EXCEPTION '{table} is immutable' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH {level} EXECUTE FUNCTION {name}()",
    ),
}
_DROP = {
    "sqlite": ("DROP TRIGGER {name}",),
    "postgresql": ("DROP TRIGGER {name} ON {table}", "DROP FUNCTION {name}()"),
}
