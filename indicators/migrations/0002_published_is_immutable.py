"""A framework that is no longer a draft, and all that belongs to it, cannot be changed in the database.

The one change allowed is published → superseded.
"""

from django.db import migrations

from audit.immutability import refuse

FRAMEWORK_COLUMNS = (
    "code",
    "version",
    "year",
    "title",
    "published_at",
    "step",
    "computed_step",
    "na_policy",
    "bonus_may_exceed",
    "bands_are_example",
)

# By table: the column that leads up, and the join from there to the framework.
TREE = {
    "indicators_gradeband": ("framework_id", "indicators_framework f WHERE f.id = {row}"),
    "indicators_section": ("framework_id", "indicators_framework f WHERE f.id = {row}"),
    "indicators_group": (
        "section_id",
        "indicators_framework f JOIN indicators_section s ON s.framework_id = f.id WHERE s.id = {row}",
    ),
    "indicators_item": (
        "section_id",
        "indicators_framework f JOIN indicators_section s ON s.framework_id = f.id WHERE s.id = {row}",
    ),
    "indicators_measure": (
        "item_id",
        "indicators_framework f JOIN indicators_section s ON s.framework_id = f.id "
        "JOIN indicators_item i ON i.section_id = s.id WHERE i.id = {row}",
    ),
}


def frozen(table, row):
    """An SQL condition: the framework that this row hangs from is not a draft."""
    column, source = TREE[table]
    return f"(SELECT f.status FROM {source.format(row=f'{row}.{column}')}) <> 'draft'"


def framework_operations():
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in FRAMEWORK_COLUMNS)
    superseding = f"OLD.status = 'published' AND NEW.status = 'superseded' AND NOT ({changed})"
    yield refuse(
        "indicators_framework", verbs=["UPDATE"], when=f"OLD.status <> 'draft' AND NOT ({superseding})"
    )
    yield refuse("indicators_framework", verbs=["DELETE"], when="OLD.status <> 'draft'")


def tree_operations():
    for table in TREE:
        yield refuse(table, verbs=["INSERT"], when=frozen(table, "NEW"))
        yield refuse(table, verbs=["UPDATE"], when=f"{frozen(table, 'OLD')} OR {frozen(table, 'NEW')}")
        yield refuse(table, verbs=["DELETE"], when=frozen(table, "OLD"))


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial")]

    operations = [*framework_operations(), *tree_operations()]
