"""A framework that is no longer a draft cannot be changed in the database, by whatever way.

While it is open to comments its tree stands still; it may become a draft again.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Model
from django.test import Client
from django.utils import timezone
from psycopg import sql

from accounts.roles import OrganisationKind
from indicators.models import (
    Comment,
    Edit,
    Framework,
    FrameworkStatus,
    GradeBand,
    Group,
    Item,
    Material,
    Measure,
    Section,
)
from indicators.publishing import publish_framework
from tests.factories import SHORTFALL, framework_data, make_framework, make_organisation, make_user

pytestmark = pytest.mark.django_db

TREE: tuple[type[Model], ...] = (GradeBand, Section, Group, Item, Measure, Material)
GROUPED = {
    "title": "教育保障",
    "groups": [{"title": "一组"}],
    "items": [
        {
            "label": "1",
            "title": "标准班额",
            "weight": "4",
            "group": "一组",
            "measures": [{"code": "share", "name": "标准班额占比", "unit": "%"}],
            "materials": ["台账"],
            "rules": [SHORTFALL],
        }
    ],
}


def make(publish: bool, **changes: Any) -> Framework:
    return make_framework(publish=publish, sections=[GROUPED], **changes)


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def assert_refused(table: str, attempt: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError, match=f"{table} is immutable"), transaction.atomic():
        attempt()


def contents() -> dict[str, list[dict[str, Any]]]:
    tables: tuple[type[Model], ...] = (Framework, *TREE)
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in tables}


@pytest.fixture(params=[FrameworkStatus.PUBLISHED, FrameworkStatus.SUPERSEDED])
def frozen(request: pytest.FixtureRequest) -> Framework:
    framework = make(publish=True)
    if request.param == FrameworkStatus.SUPERSEDED:
        Framework.objects.update(status=FrameworkStatus.SUPERSEDED)
        framework.refresh_from_db()
    return framework


@pytest.fixture
def consulting(db: None) -> Framework:
    framework = make(publish=False)
    Framework.objects.update(status=FrameworkStatus.CONSULTING)
    framework.refresh_from_db()
    return framework


@pytest.mark.parametrize("model", TREE)
def test_a_row_of_a_frozen_framework_cannot_be_changed_deleted_or_joined(
    frozen: Framework, model: type[Model]
) -> None:
    table = model._meta.db_table
    row = model._default_manager.all()[0]
    before = contents()
    another = model._default_manager.all()[0]
    another.pk = None
    column = "code" if model is Measure else "order"
    setattr(another, column, "other" if model is Measure else 9)
    attempts: dict[str, Callable[[], object]] = {
        "save()": row.save,
        "update()": lambda: model._default_manager.update(**{column: F(column)}),
        "bulk_update()": lambda: model._default_manager.bulk_update([row], [column]),
        "delete()": lambda: model._default_manager.filter(pk=row.pk)._raw_delete("default"),
        "create()": another.save,
        "bulk_create()": lambda: model._default_manager.bulk_create([another]),
        "UPDATE": lambda: execute(f'UPDATE {table} SET "{column}" = "{column}"'),  # noqa: S608
        "DELETE": lambda: execute(f"DELETE FROM {table}"),  # noqa: S608
    }
    for attempt in attempts.values():
        assert_refused(table, attempt)
    assert contents() == before


@pytest.mark.parametrize("model", TREE)
def test_a_row_cannot_be_moved_into_or_out_of_a_frozen_framework(
    frozen: Framework, model: type[Model]
) -> None:
    make(publish=False, version="2")
    inside = model._default_manager.earliest("pk")
    outside = model._default_manager.latest("pk")
    up = {"GradeBand": "framework", "Section": "framework", "Measure": "item", "Material": "item"}.get(
        model.__name__, "section"
    )
    for row, other in ((inside, outside), (outside, inside)):
        move = {f"{up}_id": getattr(other, f"{up}_id")}
        assert_refused(model._meta.db_table, partial(model._default_manager.filter(pk=row.pk).update, **move))


@pytest.mark.parametrize(
    "change",
    [
        {"code": "x"},
        {"version": "x"},
        {"year": 2022},
        {"title": "x"},
        {"published_at": timezone.now() + timedelta(days=1)},
        {"step": Decimal("0.5")},
        {"computed_step": Decimal("0.5")},
        {"na_policy": "zero"},
        {"bonus_may_exceed": True},
        {"bands_are_example": True},
        {"notes": "x"},
        {"stated_weight": Decimal(1)},
        {"profiles": ["城区"]},
        {"predecessor_id": F("id")},
        {"status": FrameworkStatus.DRAFT, "published_at": None},
    ],
    ids=lambda change: next(iter(change)),
)
def test_nothing_of_a_frozen_framework_itself_can_be_changed(
    frozen: Framework, change: dict[str, Any]
) -> None:
    before = contents()
    for attempt in (change, {"status": FrameworkStatus.SUPERSEDED} | change):
        assert_refused("indicators_framework", partial(Framework.objects.update, **attempt))
    assert contents() == before


def test_every_column_of_a_framework_is_frozen() -> None:
    """A column that a later migration adds must be named in the trigger too."""
    frozen = {"code", "version", "year", "title", "published_at", "step", "computed_step", "na_policy"}
    frozen |= {"bonus_may_exceed", "bands_are_example", "committee_id", "predecessor_id", "notes"}
    frozen |= {"stated_weight", "profiles"}
    assert {field.column for field in Framework._meta.fields} == frozen | {"id", "status"}


def test_a_frozen_framework_cannot_be_deleted(frozen: Framework) -> None:
    before = contents()
    attempts: list[Callable[[], object]] = [
        frozen.delete,
        lambda: execute("DELETE FROM indicators_framework"),
    ]
    if connection.vendor == "sqlite":
        replace = "INSERT OR REPLACE INTO indicators_framework SELECT * FROM indicators_framework"
        attempts.append(lambda: execute(replace))
    for attempt in attempts:
        with pytest.raises(IntegrityError, match="is immutable"), transaction.atomic():
            attempt()
    assert contents() == before


def test_a_published_framework_can_be_superseded_once() -> None:
    make(publish=True)
    assert Framework.objects.update(status=FrameworkStatus.SUPERSEDED) == 1
    for status in FrameworkStatus:
        assert_refused("indicators_framework", partial(Framework.objects.update, status=status))


def test_a_published_framework_cannot_be_published_again() -> None:
    make(publish=True)
    assert_refused("indicators_framework", lambda: Framework.objects.update(status=FrameworkStatus.PUBLISHED))


def test_a_draft_beside_a_frozen_framework_is_free(frozen: Framework) -> None:
    draft = make(publish=False, version="2")
    Item.objects.filter(section__framework=draft).update(weight=5)
    Section.objects.create(framework=draft, order=2, title="又一部分")
    draft.delete()
    assert Framework.objects.get() == frozen
    assert Item.objects.get().weight == 4


@pytest.mark.parametrize("model", [Framework, *TREE])
def test_tables_of_frameworks_cannot_be_emptied_at_once(model: type[Model]) -> None:
    """On PostgreSQL by TRUNCATE, which asks no row; SQLite has none and deletes row by row."""
    make(publish=True)
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="is immutable"), transaction.atomic():
            execute(f"TRUNCATE {table} CASCADE")
    else:
        assert_refused(table, lambda: execute(f"DELETE FROM {table}"))  # noqa: S608


def test_the_example_has_a_row_of_every_table() -> None:
    make(publish=False)
    assert {name: len(rows) for name, rows in contents().items()} == {
        "Framework": 1,
        "GradeBand": len(framework_data()["bands"]),
        "Section": 1,
        "Group": 1,
        "Item": 1,
        "Measure": 1,
        "Material": 1,
    }


# What was said of it and done to it


def review(framework: Framework) -> tuple[Model, ...]:
    """A comment and an edit of a framework."""
    office, now = make_organisation("c", OrganisationKind.COMMITTEE), timezone.now()
    author = make_user("author")
    comment = Comment.objects.create(
        framework=framework, place="整体", organisation=office, author=author, text="建议", written_at=now
    )
    edit = Edit.objects.create(framework=framework, number=1, summary="改", changes=[], by=author, at=now)
    return comment, edit


@pytest.mark.parametrize("state", [FrameworkStatus.PUBLISHED, FrameworkStatus.SUPERSEDED])
def test_comments_and_edits_of_a_frozen_framework_stay_as_they_are(state: FrameworkStatus) -> None:
    framework = make(publish=False)
    rows = review(framework)
    other = make(publish=False, version="2")
    publish_framework(framework=framework, by=None)
    Framework.objects.filter(pk=framework.pk).exclude(status=state).update(status=state)
    for row in rows:
        model: type[Model] = type(row)
        column = "text" if isinstance(row, Comment) else "summary"
        table, manager = model._meta.db_table, model._default_manager
        before = list(manager.values())
        another = manager.get()
        another.pk = None
        if isinstance(another, Edit):
            another.number = 2
        attempts: dict[str, Callable[[], object]] = {
            "save()": row.save,
            "update()": partial(manager.update, **{column: "x"}),
            "bulk_update()": partial(manager.bulk_update, [row], [column]),
            "out of it": partial(manager.update, framework=other),
            "delete()": row.delete,
            "create()": another.save,
            "bulk_create()": partial(manager.bulk_create, [another]),
            "UPDATE": partial(execute, f"UPDATE {table} SET {column} = {column}"),  # noqa: S608
            "DELETE": partial(execute, f"DELETE FROM {table}"),  # noqa: S608
        }
        for attempt in attempts.values():
            assert_refused(table, attempt)
        assert list(manager.values()) == before


# Open to comments


@pytest.mark.parametrize("model", TREE)
def test_a_tree_open_to_comments_stands_still(consulting: Framework, model: type[Model]) -> None:
    table, before = model._meta.db_table, contents()
    column = "code" if model is Measure else "order"
    attempts: dict[str, Callable[[], object]] = {
        "update()": lambda: model._default_manager.update(**{column: F(column)}),
        "delete()": lambda: model._default_manager.all()._raw_delete("default"),
        "DELETE": lambda: execute(f"DELETE FROM {table}"),  # noqa: S608
    }
    for attempt in attempts.values():
        assert_refused(table, attempt)
    assert contents() == before


def test_what_is_open_to_comments_may_become_a_draft_again(consulting: Framework) -> None:
    assert Framework.objects.update(status=FrameworkStatus.DRAFT) == 1
    assert Item.objects.update(weight=5) == 1


def test_the_committee_of_a_frozen_framework_stays(frozen: Framework) -> None:
    committee = make_organisation("c", OrganisationKind.COMMITTEE)
    assert_refused("indicators_framework", partial(Framework.objects.update, committee=committee))


# The operator's admin


def test_the_admin_shows_frameworks_and_changes_nothing(client: Client) -> None:
    """Not even a draft: that is edited in the editor, which keeps a journal."""
    draft, operator = make(publish=False), make_user("operator", is_superuser=True)
    client.force_login(operator)
    for model in (Framework, Section, Group, Item, Comment, Edit):
        name = model._meta.model_name
        assert client.get(f"/admin/indicators/{name}/").status_code == 200
        assert client.get(f"/admin/indicators/{name}/add/").status_code == 403
    before = contents()
    for model in (Framework, Section, Group, Item):
        row = model._default_manager.all()[0]
        page = f"/admin/indicators/{model._meta.model_name}/{row.pk}"
        assert client.get(f"{page}/change/").status_code == 200
        assert client.post(f"{page}/change/", {"title": "改"}).status_code == 403
        assert client.post(f"{page}/delete/", {"post": "yes"}).status_code == 403
    assert contents() == before
    assert draft.is_draft


# From the release before

PROJECT = Path(__file__).resolve().parents[2]


@contextmanager
def empty_database(name: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database of the kind that the suite runs on."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    server, own = urlsplit(os.environ["DATABASE_URL"]), sql.Identifier(f"{name}_{os.getpid()}")
    with psycopg.connect(server._replace(path="/postgres").geturl(), autocommit=True) as administration:
        administration.execute(sql.SQL("CREATE DATABASE {}").format(own))
        try:
            yield server._replace(path=f"/{name}_{os.getpid()}").geturl()
        finally:
            administration.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(own))


def test_frameworks_published_before_get_keys_and_stay_frozen(db: None, tmp_path: Path) -> None:
    with empty_database("keys", tmp_path) as database:
        run = subprocess.run(
            [sys.executable, "-W", "error", "-m", "tests.indicators.migrating"],
            cwd=PROJECT,
            env={**os.environ, "DATABASE_URL": database},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert run.stderr == ""
    assert json.loads(run.stdout) == {
        "refused before": True,
        "keys": 12,
        "different keys": 12,
        "titles": ["1 published", "2 draft", "3 draft"],
        "refused after": [
            "indicators_framework",
            "indicators_gradeband",
            "indicators_group",
            "indicators_item",
            "indicators_measure",
            "indicators_section",
        ],
        "draft is free": 1,
        "states before": ["published", "draft", "draft"],
        "back and forth": True,
    }
