"""A framework that is no longer a draft cannot be changed in the database, by whatever way."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Model
from django.utils import timezone

from indicators.models import Framework, FrameworkStatus, GradeBand, Group, Item, Measure, Section
from tests.factories import SHORTFALL, framework_data, make_framework

pytestmark = pytest.mark.django_db

TREE: tuple[type[Model], ...] = (GradeBand, Section, Group, Item, Measure)
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
    up = {"GradeBand": "framework", "Section": "framework", "Measure": "item"}.get(model.__name__, "section")
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
    frozen |= {"bonus_may_exceed", "bands_are_example"}
    assert {field.column for field in Framework._meta.fields} == frozen | {"id", "status"}


def test_a_frozen_framework_cannot_be_deleted(frozen: Framework) -> None:
    before = contents()
    for attempt in (frozen.delete, lambda: execute("DELETE FROM indicators_framework")):
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
    }
