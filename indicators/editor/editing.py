"""The writers of what a draft's nodes say; where they stand is changed in :mod:`indicators.editor.moving`.

Every change of the editor is one function and one edit of the journal. It is refused with a
``ValidationError`` when the framework is no draft, and with :class:`~indicators.editor.nodes.StaleEdit`
when the node is no longer as it was read; nothing is stored then. A save that is sent twice is no conflict:
where what is stored says the same already, nothing is done. What a valid node is, say the models of
:mod:`indicators.exchange`.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from indicators.editor.journal import edited, locked_draft, values_of
from indicators.editor.nodes import (
    StaleEdit,
    blocks_of,
    container_of,
    describe_node,
    find_node,
    fingerprint,
    next_order,
    refuse_same_title,
    renumber_section,
    store_node,
)
from indicators.exchange import BandData, FrameworkData, GroupData, ItemData, MeasureData, SectionData
from indicators.models import Framework, GradeBand, Group, Item, Material, Measure, Section
from indicators.scoring.points import CENT
from indicators.scoring.rules import dump_rules

SomeNode = TypeVar("SomeNode", Section, Group, Item)


@transaction.atomic
def save_settings(*, framework: Framework, data: FrameworkData, read: str, by: User) -> Framework:
    """Change what a framework says of itself, its grades included; ``data`` comes without sections.

    ``read`` is the fingerprint of what the editor had read. A kind of district that nodes still name stays.
    """
    locked = locked_draft(framework)
    stale = None if fingerprint(locked) == read else StaleEdit(Framework.objects.get(pk=locked.pk))
    _refuse_profiles_in_use(locked, data.profiles)
    with edited(locked, by=by, summary=lambda: _("Settings of the framework changed"), refusal=stale):
        for name in _SETTINGS:
            setattr(locked, name, getattr(data, name))
        locked.profiles, locked.computed_step = list(data.profiles), data.computed_step or CENT
        locked.full_clean()
        locked.save()
        _replace_bands(locked, data.bands)
    return locked


_SETTINGS = (
    "code",
    "version",
    "year",
    "title",
    "notes",
    "stated_weight",
    "step",
    "na_policy",
    "bonus_may_exceed",
    "bands_are_example",
)


def _refuse_profiles_in_use(framework: Framework, profiles: Iterable[str]) -> None:
    nodes: tuple[models.QuerySet[Any], ...] = (
        Section.objects.filter(framework=framework),
        Group.objects.filter(section__framework=framework),
        Item.objects.filter(section__framework=framework),
    )
    used = {name for rows in nodes for names in rows.values_list("profiles", flat=True) for name in names}
    if missing := sorted(used - set(profiles)):
        message = _("Nodes of the tree are still only for: %(names)s.")
        raise ValidationError({"profiles": message % {"names": "、".join(missing)}})


def _replace_bands(framework: Framework, bands: Iterable[BandData]) -> None:
    new = [
        GradeBand(
            framework=framework,
            order=order,
            name=band.name,
            threshold=band.threshold,
            section_floor=band.section_floor,
        )
        for order, band in enumerate(bands, start=1)
    ]
    old = list(framework.grade_bands.all())
    if [_said(row) for row in old] != [_said(row) for row in new]:
        framework.grade_bands.all().delete()
        GradeBand.objects.bulk_create(new)


def _said(row: models.Model) -> dict[str, Any]:
    return {name: value for name, value in values_of(row).items() if name != "item_id"}


@transaction.atomic
def save_section(
    *, framework: Framework, key: UUID | None, data: SectionData, read: str = "", by: User
) -> Section:
    """Change a section, or add one at the end where ``key`` is ``None``; its contents are not looked at."""
    locked = locked_draft(framework)
    _refuse_unknown_profiles(locked, data.profiles)

    def new() -> Section:
        return Section(framework=locked, key=data.key, order=next_order(locked.sections.all()))

    opened = _open(locked, Section.objects.filter(framework=locked), key, data.key, read, new)
    section = opened.node
    with _writing(locked, opened, by):
        for name in ("label", "title", "stated_weight", "note"):
            setattr(section, name, getattr(data, name))
        store_node(section, data.profiles)
    return section


@transaction.atomic
def save_group(
    *,
    framework: Framework,
    key: UUID | None,
    data: GroupData,
    section: UUID | None = None,
    read: str = "",
    by: User,
) -> Group:
    """Change a group, or add one to ``section`` where ``key`` is ``None``. Titles differ within a section."""
    locked = locked_draft(framework)
    _refuse_unknown_profiles(locked, data.profiles)

    def new() -> Group:
        above = container_of(locked, section)[0]
        return Group(section=above, key=data.key, order=next_order(above.groups.all()))

    opened = _open(locked, Group.objects.filter(section__framework=locked), key, data.key, read, new)
    group = opened.node
    refuse_same_title(group.section_id, data.title, but=group.pk)
    with _writing(locked, opened, by, [group.section_id]):
        for name in ("label", "title", "stated_weight"):
            setattr(group, name, getattr(data, name))
        store_node(group, data.profiles)
    return group


@transaction.atomic
def save_item(
    *,
    framework: Framework,
    key: UUID | None,
    data: ItemData,
    parent: UUID | None = None,
    read: str = "",
    by: User,
) -> Item:
    """Change an item with its rules, figures and materials, or add one at the end of ``parent``, a section or
    a group, where ``key`` is ``None``. ``data.group`` is not looked at: items are moved by :func:`move_node`.
    """
    locked = locked_draft(framework)
    _refuse_unknown_profiles(locked, data.profiles)

    def new() -> Item:
        section, group = container_of(locked, parent)
        return Item(section=section, group=group, key=data.key, order=next_order(section.items.all()))

    opened = _open(locked, Item.objects.filter(section__framework=locked), key, data.key, read, new)
    item = opened.node
    with _writing(locked, opened, by, [item.section_id]):
        for name in _ITEM_FIELDS:
            setattr(item, name, getattr(data, name))
        item.rules = dump_rules(data.rules)
        store_node(item, data.profiles)
        _write_measures(item, data.measures)
        _write_materials(item, data.materials)
        if opened.is_new:
            renumber_section(item.section_id, blocks_of(item.section_id))
    return item


_ITEM_FIELDS = (
    "label",
    "title",
    "requirement",
    "weight",
    "bonus",
    "committee_only",
    "na_allowed",
    "responsible",
    "rule_prose",
)


def _write_measures(item: Item, measures: Iterable[MeasureData]) -> None:
    """Figures keep their rows by their codes; where the order of those that stay changes, rows are made anew,
    since it is that of the rows."""
    wanted = {measure.code: measure for measure in measures}
    item.measures.exclude(code__in=wanted).delete()
    stored = {measure.code: measure for measure in item.measures.all()}
    if list(wanted)[: len(stored)] != list(stored):
        item.measures.all().delete()
        stored = {}
    for code, data in wanted.items():
        measure = stored.get(code) or Measure(item=item, code=code)
        measure.name, measure.unit, measure.kind = data.name, data.unit, data.kind
        measure.save()


def _write_materials(item: Item, names: Iterable[str]) -> None:
    names = list(names)
    if [material.name for material in item.materials.all()] != names:
        item.materials.all().delete()
        Material.objects.bulk_create(
            Material(item=item, order=order, name=name) for order, name in enumerate(names, start=1)
        )


@dataclass(frozen=True, slots=True)
class _Opened(Generic[SomeNode]):
    """A node to be written, with the refusal that is due where it is no longer as the editor had read it."""

    node: SomeNode
    is_new: bool = False
    stale: StaleEdit | None = None


def _open(
    framework: Framework,
    rows: "models.QuerySet[SomeNode]",
    key: UUID | None,
    new_key: UUID,
    read: str,
    new: Callable[[], SomeNode],
) -> _Opened[SomeNode]:
    """The node of ``key``, or a new one of ``new_key`` unless that is there: its form was sent twice then."""
    if key is None and not _is_stored(framework, new_key):
        return _Opened(new(), is_new=True)
    node = rows.filter(key=key or new_key).first()
    if node is None:
        raise StaleEdit(None)
    stale = None if fingerprint(node) == read else StaleEdit(rows.get(pk=node.pk))
    return _Opened(node, stale=stale)


def _is_stored(framework: Framework, key: UUID) -> bool:
    try:
        find_node(framework, key)
    except ObjectDoesNotExist:
        return False
    return True


def _writing(
    framework: Framework, opened: _Opened[SomeNode], by: User, within: Iterable[int] = ()
) -> AbstractContextManager[None]:
    def summary() -> str:
        words = _("Added: %(node)s") if opened.is_new else _("Changed: %(node)s")
        return words % {"node": describe_node(opened.node)}

    return edited(framework, by=by, summary=summary, within=within, refusal=opened.stale)


def _refuse_unknown_profiles(framework: Framework, profiles: Iterable[str]) -> None:
    if unknown := sorted(set(profiles) - set(framework.profiles)):
        message = _("The framework does not know these kinds of district: %(names)s.")
        raise ValidationError({"profiles": message % {"names": "、".join(unknown)}})
