"""Everything a real framework holds, comment rounds and the journal of edits; and the triggers anew.

Triggers are dropped first, since SQLite rebuilds the tables, and made again for all columns. What is open to
comments may become a draft again; what is published still changes only to superseded, and what was said of it
and done to it before stays with it.
"""

import django.db.models.deletion
import uuid
from importlib import import_module

from django.conf import settings
from django.db import migrations, models


from audit.immutability import refuse, undo

before = import_module("indicators.migrations.0002_published_is_immutable")

FRAMEWORK_COLUMNS = (
    *before.FRAMEWORK_COLUMNS,
    "committee_id",
    "predecessor_id",
    "notes",
    "stated_weight",
    "profiles",
)
TREE = {
    **before.TREE,
    "indicators_material": before.TREE["indicators_measure"],
}
REVIEW = ("indicators_comment", "indicators_edit")
PUBLISHED = "IN ('published', 'superseded')"
FROZEN = f"OLD.status {PUBLISHED}"


def framework_operations():
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in FRAMEWORK_COLUMNS)
    superseding = f"OLD.status = 'published' AND NEW.status = 'superseded' AND NOT ({changed})"
    yield refuse("indicators_framework", verbs=["UPDATE"], when=f"{FROZEN} AND NOT ({superseding})")
    yield refuse("indicators_framework", verbs=["DELETE"], when=FROZEN)


def tree_operations():
    """The tree stands still once it is open to comments."""
    for table, (column, source) in TREE.items():
        yield from refuse_all(table, column, source, "<> 'draft'")


def review_operations():
    for table in REVIEW:
        yield from refuse_all(table, *TREE["indicators_section"], PUBLISHED)


def refuse_all(table, column, source, states):
    """Refuse every change of rows whose framework, found by this column, is in one of these states."""
    old, new = (
        f"(SELECT f.status FROM {source.format(row=f'{row}.{column}')}) {states}" for row in ("OLD", "NEW")
    )
    yield refuse(table, verbs=["INSERT"], when=new)
    yield refuse(table, verbs=["UPDATE"], when=f"{old} OR {new}")
    yield refuse(table, verbs=["DELETE"], when=old)


def give_keys(apps, editor):
    """Nodes that were there before get an identity each."""
    for name in ("Section", "Group", "Item"):
        rows = list(apps.get_model("indicators", name).objects.all())
        for row in rows:
            row.key = uuid.uuid4()
        apps.get_model("indicators", name).objects.bulk_update(rows, ["key"], batch_size=500)


def close_rounds(apps, editor):
    """The release before knows no comment rounds: what is open becomes a draft."""
    apps.get_model("indicators", "Framework").objects.filter(status="consulting").update(status="draft")


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('indicators', '0002_published_is_immutable'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *(undo(made) for made in (*before.framework_operations(), *before.tree_operations())),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('node', models.UUIDField(blank=True, null=True, verbose_name='node')),
                ('place', models.CharField(max_length=300, verbose_name='place')),
                ('text', models.CharField(max_length=1000, verbose_name='comment')),
                ('written_at', models.DateTimeField(verbose_name='written at')),
                ('answer', models.CharField(blank=True, max_length=1000, verbose_name='answer')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered at')),
            ],
            options={
                'verbose_name': 'comment',
                'verbose_name_plural': 'comments',
                'ordering': ('framework', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='Edit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('summary', models.CharField(max_length=300, verbose_name='what was done')),
                ('changes', models.JSONField(verbose_name='changes')),
                ('undone', models.BooleanField(default=False, verbose_name='undone')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'edit',
                'verbose_name_plural': 'edits',
                'ordering': ('framework', 'number'),
            },
        ),
        migrations.CreateModel(
            name='Material',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(verbose_name='order')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
            ],
            options={
                'verbose_name': 'required material',
                'verbose_name_plural': 'required materials',
                'ordering': ('item', 'order'),
            },
        ),
        migrations.RemoveConstraint(
            model_name='framework',
            name='framework_published_at',
        ),
        migrations.AddField(
            model_name='framework',
            name='committee',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='frameworks', to='accounts.organisation', verbose_name='committee'),
        ),
        migrations.AddField(
            model_name='framework',
            name='notes',
            field=models.TextField(blank=True, verbose_name='notes'),
        ),
        migrations.AddField(
            model_name='framework',
            name='predecessor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successors', to='indicators.framework', verbose_name='copied from'),
        ),
        migrations.AddField(
            model_name='framework',
            name='profiles',
            field=models.JSONField(blank=True, default=list, verbose_name='kinds of district'),
        ),
        migrations.AddField(
            model_name='framework',
            name='stated_weight',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='stated total'),
        ),
        migrations.AddField(
            model_name='gradeband',
            name='section_floor',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='every section at least (percent)'),
        ),
        migrations.AddField(
            model_name='group',
            name='key',
            field=models.UUIDField(default=uuid.uuid4, editable=False, verbose_name='identity'),
        ),
        migrations.AddField(
            model_name='group',
            name='profiles',
            field=models.JSONField(blank=True, default=list, verbose_name='only for'),
        ),
        migrations.AddField(
            model_name='group',
            name='stated_weight',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='stated weight'),
        ),
        migrations.AddField(
            model_name='item',
            name='bonus',
            field=models.BooleanField(default=False, verbose_name='bonus item'),
        ),
        migrations.AddField(
            model_name='item',
            name='committee_only',
            field=models.BooleanField(default=False, verbose_name='scored by the committee only'),
        ),
        migrations.AddField(
            model_name='item',
            name='key',
            field=models.UUIDField(default=uuid.uuid4, editable=False, verbose_name='identity'),
        ),
        migrations.AddField(
            model_name='item',
            name='profiles',
            field=models.JSONField(blank=True, default=list, verbose_name='only for'),
        ),
        migrations.AddField(
            model_name='item',
            name='responsible',
            field=models.CharField(blank=True, max_length=200, verbose_name='responsible offices'),
        ),
        migrations.AddField(
            model_name='item',
            name='rule_prose',
            field=models.TextField(blank=True, verbose_name='scoring rule as published'),
        ),
        migrations.AddField(
            model_name='measure',
            name='kind',
            field=models.CharField(choices=[('number', 'number'), ('count', 'count'), ('yes_no', 'yes or no'), ('met', 'met, partly met or unmet')], default='number', max_length=16, verbose_name='kind'),
        ),
        migrations.AddField(
            model_name='section',
            name='key',
            field=models.UUIDField(default=uuid.uuid4, editable=False, verbose_name='identity'),
        ),
        migrations.AddField(
            model_name='section',
            name='label',
            field=models.CharField(blank=True, max_length=20, verbose_name='label'),
        ),
        migrations.AddField(
            model_name='section',
            name='note',
            field=models.TextField(blank=True, verbose_name='note'),
        ),
        migrations.AddField(
            model_name='section',
            name='profiles',
            field=models.JSONField(blank=True, default=list, verbose_name='only for'),
        ),
        migrations.AlterField(
            model_name='framework',
            name='status',
            field=models.CharField(choices=[('draft', 'draft framework'), ('consulting', 'open to comments'), ('published', 'published'), ('superseded', 'superseded')], default='draft', max_length=16, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='group',
            name='title',
            field=models.CharField(max_length=200, verbose_name='title'),
        ),
        migrations.AlterField(
            model_name='item',
            name='title',
            field=models.CharField(max_length=200, verbose_name='title'),
        ),
        migrations.AlterField(
            model_name='measure',
            name='name',
            field=models.CharField(max_length=200, verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='section',
            name='title',
            field=models.CharField(max_length=200, verbose_name='title'),
        ),
        migrations.AddConstraint(
            model_name='framework',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('status__in', ('draft', 'consulting'))), models.Q(models.Q(('status__in', ('draft', 'consulting')), _negated=True), ('published_at__isnull', False)), _connector='OR'), name='framework_published_at'),
        ),
        migrations.AddConstraint(
            model_name='gradeband',
            constraint=models.CheckConstraint(condition=models.Q(('section_floor__isnull', True), models.Q(('section_floor__gte', 0), ('section_floor__lte', 100)), _connector='OR'), name='grade_band_section_floor'),
        ),
        migrations.RunPython(give_keys, close_rounds),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.UniqueConstraint(fields=('section', 'key'), name='group_key'),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.CheckConstraint(condition=models.Q(('stated_weight__isnull', True), ('stated_weight__gte', 0), _connector='OR'), name='group_stated_weight'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.UniqueConstraint(fields=('section', 'key'), name='item_key'),
        ),
        migrations.AddConstraint(
            model_name='section',
            constraint=models.UniqueConstraint(fields=('framework', 'key'), name='section_key'),
        ),
        migrations.AddField(
            model_name='comment',
            name='answered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='comment',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='comment',
            name='framework',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='indicators.framework'),
        ),
        migrations.AddField(
            model_name='comment',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='edit',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='edit',
            name='framework',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='edits', to='indicators.framework'),
        ),
        migrations.AddField(
            model_name='material',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='materials', to='indicators.item'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='comment_has_text'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('answered_by__isnull', True)), models.Q(models.Q(('answer', ''), _negated=True), ('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='comment_answer_signed'),
        ),
        migrations.AddConstraint(
            model_name='edit',
            constraint=models.UniqueConstraint(fields=('framework', 'number'), name='edit_number'),
        ),
        migrations.AddConstraint(
            model_name='material',
            constraint=models.UniqueConstraint(fields=('item', 'order'), name='material_order'),
        ),
        *framework_operations(),
        *tree_operations(),
        *review_operations(),
    ]
