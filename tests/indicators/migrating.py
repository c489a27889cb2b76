"""From the release before, with frameworks in it, to this one, on an empty database.

test_immutability.py runs it. Prints, as JSON, what came of them.
"""

import json
import os
from typing import Any
from uuid import UUID

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "selfassess.settings"
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import IntegrityError, connection, transaction  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402
from django.db.migrations.state import StateApps  # noqa: E402
from django.utils import timezone  # noqa: E402

BEFORE = [("indicators", "0002_published_is_immutable"), ("assessments", "0002_revisions_append_only")]
TABLES = ("framework", "gradeband", "section", "group", "item", "measure")


def migrate_to(targets: list[tuple[str, str]]) -> StateApps:
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


def fill(apps: StateApps, version: str, *, publish: bool) -> None:
    def create(model: str, **values: Any) -> Any:
        return apps.get_model("indicators", model).objects.create(**values)

    framework = create("Framework", code="demo", version=version, year=2021, title="体系")
    create("GradeBand", framework=framework, order=1, name="合格", threshold=0)
    section = create("Section", framework=framework, order=1, title="教育")
    group = create("Group", section=section, order=1, title="一组")
    for order in (1, 2):
        item = create(
            "Item", section=section, group=group, order=order, label=str(order), title="项", weight=1
        )
        create("Measure", item=item, code="share", name="占比", unit="%")
    if publish:
        framework.status, framework.published_at = "published", timezone.now()
        framework.save()


def refused(table: str) -> bool:
    """Whether the rows of the published framework, the first in every table, refuse to change."""
    name = f"indicators_{table}"
    column = "title" if table == "framework" else "id"
    value = "'x'" if table == "framework" else "id"
    statement = f'UPDATE "{name}" SET {column} = {value} WHERE id = (SELECT min(id) FROM "{name}")'  # noqa: S608
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except IntegrityError as problem:
        return f"{name} is immutable" in str(problem)
    return False


def keys(apps: StateApps) -> list[UUID]:
    return [
        key
        for model in ("Section", "Group", "Item")
        for key in apps.get_model("indicators", model).objects.values_list("key", flat=True)
    ]


def migrated() -> dict[str, object]:
    apps = migrate_to(BEFORE)
    fill(apps, "1", publish=True)
    fill(apps, "2", publish=False)
    fill(apps, "3", publish=False)
    found: dict[str, object] = {"refused before": all(map(refused, TABLES))}
    call_command("migrate", verbosity=0)
    from indicators.models import Framework, Item

    apps = MigrationExecutor(connection).loader.project_state().apps
    given = keys(apps)
    found["keys"], found["different keys"] = len(given), len(set(given))
    found["titles"] = [f"{row.version} {row.status}" for row in Framework.objects.order_by("version")]
    found["refused after"] = sorted(f"indicators_{table}" for table in TABLES if refused(table))
    Framework.objects.filter(version="3").update(status="consulting")
    found["draft is free"] = Item.objects.filter(section__framework__version="2", label="1").update(weight=5)
    apps = migrate_to(BEFORE)
    again = all(map(refused, TABLES))
    states = apps.get_model("indicators", "Framework").objects.order_by("version")
    found["states before"] = list(states.values_list("status", flat=True))
    call_command("migrate", verbosity=0)
    found["back and forth"] = again and all(map(refused, TABLES))
    return found


if __name__ == "__main__":
    print(json.dumps(migrated()))  # noqa: T201
