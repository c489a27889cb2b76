"""The database itself refuses to change what is past, whichever way the change comes."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from assessments.models import ResponseRevision
from audit.models import ChainHead, Event
from tests.factories import make_world

pytestmark = pytest.mark.django_db

OF_FRAMEWORKS = ("gradeband", "section", "group", "item", "measure", "material", "comment", "edit")
PROMISED = {
    "audit_event_refuse_update",
    "audit_event_refuse_delete",
    "audit_chainhead_refuse_update",
    "audit_chainhead_refuse_delete",
    "assessments_responserevision_refuse_update",
    "assessments_responserevision_refuse_delete",
    "assessments_contributionrevision_refuse_update",
    "assessments_contributionrevision_refuse_delete",
    "assessments_responsecomment_refuse_update",
    "assessments_responsecomment_refuse_delete",
    "assessments_evidencefile_refuse_update",
    "assessments_evidencefile_refuse_delete",
    "assessments_erasure_refuse_update",
    "assessments_erasure_refuse_delete",
    "indicators_framework_refuse_update",
    "indicators_framework_refuse_delete",
    *(
        f"indicators_{table}_refuse_{verb}"
        for table in OF_FRAMEWORKS
        for verb in ("insert", "update", "delete")
    ),
}


def test_the_database_has_the_promised_triggers_and_no_others() -> None:
    """SQLite drops a table's triggers when a migration rebuilds the table, and says nothing."""
    promised = set(PROMISED)
    if connection.vendor == "postgresql":
        promised |= {
            name.removesuffix("delete") + "truncate" for name in PROMISED if name.endswith("_delete")
        }
    assert triggers() == promised


def triggers() -> set[str]:
    question = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'",
    }
    with connection.cursor() as cursor:
        cursor.execute(question[connection.vendor])
        return {name for (name,) in cursor.fetchall()}


def run(statement: str) -> Callable[[], object]:
    def execute() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return execute


def attempts(model: type[Model], column: str) -> dict[str, Callable[[], object]]:
    """Ways to change or delete the rows of a table, by name."""
    table = model._meta.db_table
    rows = model._default_manager

    def save() -> None:
        rows.all()[0].save()

    def bulk_update() -> None:
        rows.bulk_update(list(rows.all()), [column])

    def overwrite() -> None:
        rows.bulk_create(
            list(rows.all()),
            update_conflicts=True,
            unique_fields=[model._meta.pk.attname],
            update_fields=[column],
        )

    return {
        "save()": save,
        "update()": lambda: rows.update(**{column: ""}),
        "bulk_update()": bulk_update,
        "bulk_create() over what is there": overwrite,
        "delete()": lambda: rows.all()[0].delete(),
        "delete() of all": lambda: rows.all().delete(),
        "raw delete of all": lambda: rows.all()._raw_delete("default"),
        "UPDATE": run(f"UPDATE {table} SET {column} = {column}"),  # noqa: S608
        "DELETE": run(f"DELETE FROM {table}"),  # noqa: S608
        **(
            {"REPLACE": run(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")}  # noqa: S608
            if connection.vendor == "sqlite"
            else {"TRUNCATE": run(f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE")}
        ),
    }


def assert_refused(table: str, attempt: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError, match=f"{table} is immutable"), transaction.atomic():
        attempt()


def test_events_cannot_be_changed_or_deleted() -> None:
    make_world()
    before = list(Event.objects.values())
    assert len(before) > 2
    for attempt in attempts(Event, "action").values():
        assert_refused("audit_event", attempt)
    assert list(Event.objects.values()) == before


def test_revisions_cannot_be_changed_or_deleted() -> None:
    world = make_world()
    response = world.response("1")
    saved = ResponseRevision.objects.create(
        response=response, version=1, content={"narrative": "做了"}, saved_at=timezone.now()
    )
    for attempt in attempts(ResponseRevision, "content").values():
        assert_refused("assessments_responserevision", attempt)
    assert ResponseRevision.objects.get().content == saved.content


def test_the_head_of_the_chain_cannot_go_back_jump_or_go() -> None:
    make_world()
    head = ChainHead.objects.get()
    for move in (-1, 0, 2):
        update = f"UPDATE audit_chainhead SET sequence = {head.sequence + move}"  # noqa: S608
        assert_refused("audit_chainhead", run(update))
    assert_refused("audit_chainhead", lambda: ChainHead.objects.all().delete())
    assert_refused("audit_chainhead", run("DELETE FROM audit_chainhead"))


def test_there_is_one_head() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ChainHead.objects.create(id=2, sequence=0, hash="0" * 64)
