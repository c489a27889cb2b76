"""The writers of where a draft's nodes stand: move, indent, group, delete. Each is one edit of the journal.

Refusals are those of :mod:`indicators.editor.editing`; an unknown key raises ``ObjectDoesNotExist``.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from indicators.editor.journal import edited, locked_draft, renumber
from indicators.editor.nodes import (
    Block,
    Node,
    blocks_of,
    container_of,
    describe_node,
    find_node,
    next_order,
    refuse_if_full,
    refuse_same_title,
    refuse_stale,
    renumber_section,
    section_of,
    store_node,
)
from indicators.exchange import GroupData
from indicators.models import Framework, Group, Item, Section

Direction = Literal["up", "down", "in", "out"]
Anything = TypeVar("Anything")


@transaction.atomic
def delete_node(*, framework: Framework, key: UUID, read: str, by: User) -> None:
    """Remove a node with all below it. A group that goes takes its items along."""
    locked = locked_draft(framework)
    node = find_node(locked, key)
    refuse_stale(node, read)
    section = section_of(node)
    summary = _("Deleted: %(node)s") % {"node": describe_node(node)}
    with edited(locked, by=by, summary=lambda: summary, within=[section]):
        if isinstance(node, Group):
            node.items.all().delete()
        node.delete()
        if isinstance(node, Section):
            renumber(locked.sections.all())
        else:
            renumber_section(section, blocks_of(section))


@transaction.atomic
def move_node(*, framework: Framework, key: UUID, direction: Direction, by: User) -> Node:
    """Move a node one place ``up`` or ``down`` among its own, ``in`` under the one before it, or ``out``.

    An item goes into the group before it and out of its group; a group without a place above it becomes a
    section; a section without groups becomes a group of the section before it. Raises ``ValidationError``
    where there is no such place.
    """
    locked = locked_draft(framework)
    node = find_node(locked, key)
    match direction:
        case "up" | "down":
            return _swap(locked, node, -1 if direction == "up" else 1, by)
        case "in":
            return _indent(locked, node, by)
        case "out":
            return _outdent(locked, node, by)


@transaction.atomic
def move_node_to(*, framework: Framework, key: UUID, target: UUID, by: User) -> Node:
    """Move an item to the end of a section or group, or a group with its items to the end of a section."""
    locked = locked_draft(framework)
    node = find_node(locked, key)
    section, group = container_of(locked, target)
    if isinstance(node, Section) or (isinstance(node, Group) and group is not None):
        raise ValidationError(_("A group goes into a section, an item into a section or a group."))
    source = node.section_id
    with _moved(locked, node, by, [source, section.pk]):
        if isinstance(node, Group):
            refuse_same_title(section.pk, node.title, but=node.pk)
            _take_along(node, section)
        else:
            refuse_if_full(section.items.all())
            node.section, node.group, node.order = section, group, next_order(section.items.all())
            node.save()
        for number in {source, section.pk}:
            renumber_section(number, blocks_of(number))
    return node


@transaction.atomic
def group_items(*, framework: Framework, key: UUID, data: GroupData, by: User) -> Group:
    """Put all items of a section that are in no group into a new one, which comes first."""
    locked = locked_draft(framework)
    section = Section.objects.get(framework=locked, key=key)
    loose = section.items.filter(group=None)
    if not loose.exists():
        raise ValidationError(_("Every item of the section is in a group already."))
    refuse_same_title(section.pk, data.title)
    group = Group(section=section, key=data.key, title=data.title, label=data.label)
    group.order = next_order(section.groups.all())
    summary = _("Added: %(node)s") % {"node": describe_node(group)}
    with edited(locked, by=by, summary=lambda: summary, within=[section.pk]):
        store_node(group, data.profiles)
        loose.update(group=group)
        renumber_section(section.pk, blocks_of(section.pk))
    return group


@transaction.atomic
def dissolve_group(*, framework: Framework, key: UUID, by: User) -> Section:
    """Remove a group; its items stay in their places, directly under the section."""
    locked = locked_draft(framework)
    group = Group.objects.select_related("section").get(section__framework=locked, key=key)
    summary = _("Group dissolved: %(node)s") % {"node": describe_node(group)}
    with edited(locked, by=by, summary=lambda: summary, within=[group.section_id]):
        blocks = blocks_of(group.section_id)
        group.items.update(group=None)
        group.delete()
        kept = [Block(None if block.group == group else block.group, block.items) for block in blocks]
        renumber_section(group.section_id, kept)
    return group.section


def _swap(framework: Framework, node: Node, step: int, by: User) -> Node:
    if isinstance(node, Section):
        sections = list(framework.sections.all())
        with _moved(framework, node, by):
            renumber(_swapped(sections, sections.index(node), step))
        return node
    blocks = blocks_of(node.section_id)
    with _moved(framework, node, by, [node.section_id]):
        if isinstance(node, Item) and node.group_id:
            block = next(block for block in blocks if block.group and block.group.pk == node.group_id)
            block.items = _swapped(block.items, block.items.index(node), step)
        else:
            place = next(number for number, block in enumerate(blocks) if node in (block.group, *block.items))
            blocks = _swapped(blocks, place, step)
        renumber_section(node.section_id, blocks)
    return node


def _swapped(rows: Sequence[Anything], place: int, step: int) -> list[Anything]:
    other = place + step
    if not 0 <= other < len(rows):
        raise ValidationError(_("It is the first already.") if step < 0 else _("It is the last already."))
    swapped = list(rows)
    swapped[place], swapped[other] = swapped[other], swapped[place]
    return swapped


def _indent(framework: Framework, node: Node, by: User) -> Node:
    if isinstance(node, Section):
        return _section_into_the_one_before(framework, node, by)
    if isinstance(node, Group):
        raise ValidationError(_("There is no level below a group but items."))
    blocks = blocks_of(node.section_id)
    place = next((number for number, block in enumerate(blocks) if node in block.items), 0)
    before = blocks[place - 1].group if place else None
    if node.group_id or before is None:
        raise ValidationError(_("There is no group right before it."))
    with _moved(framework, node, by, [node.section_id]):
        node.group = before
        node.save(update_fields=["group"])
        renumber_section(node.section_id, blocks_of(node.section_id))
    return node


def _outdent(framework: Framework, node: Node, by: User) -> Node:
    if isinstance(node, Group):
        return _group_to_section(framework, node, by)
    if isinstance(node, Section) or node.group_id is None:
        raise ValidationError(_("It is on the highest level already."))
    blocks = blocks_of(node.section_id)
    place = next(number for number, block in enumerate(blocks) if node in block.items)
    with _moved(framework, node, by, [node.section_id]):
        blocks[place].items.remove(node)
        node.group = None
        node.save(update_fields=["group"])
        blocks.insert(place + 1, Block(None, [node]))
        renumber_section(node.section_id, blocks)
    return node


def _section_into_the_one_before(framework: Framework, section: Section, by: User) -> Group:
    sections = list(framework.sections.all())
    place = sections.index(section)
    if place == 0:
        raise ValidationError(_("There is no section before it."))
    if section.groups.exists() or section.note:
        raise ValidationError(_("A section with groups or a note cannot become a group."))
    above = sections[place - 1]
    refuse_same_title(above.pk, section.title)
    with _moved(framework, section, by, [section.pk, above.pk]):
        group = Group(section=above, order=next_order(above.groups.all()), **_shared(section))
        store_node(group, section.profiles)
        first = next_order(above.items.all())
        for order, item in enumerate(section.items.all(), start=first):
            item.section, item.group, item.order = above, group, order
            item.save(update_fields=["section", "group", "order"])
        section.delete()
        renumber(framework.sections.all())
        renumber_section(above.pk, blocks_of(above.pk))
    return group


def _group_to_section(framework: Framework, group: Group, by: User) -> Section:
    old = group.section
    items = list(group.items.all())
    sections = list(framework.sections.all())
    with _moved(framework, group, by, [old.pk]):
        section = Section(framework=framework, order=next_order(framework.sections.all()), **_shared(group))
        store_node(section, group.profiles)
        for order, item in enumerate(items, start=1):
            item.section, item.group, item.order = section, None, order
            item.save(update_fields=["section", "group", "order"])
        group.delete()
        sections.insert(sections.index(old) + 1, section)
        renumber(sections)
        renumber_section(old.pk, blocks_of(old.pk))
    return section


def _shared(node: Section | Group) -> dict[str, Any]:
    """What a section and a group have in common, the identity too: it stays the same node."""
    return {name: getattr(node, name) for name in ("key", "label", "title", "stated_weight")}


def _take_along(group: Group, section: Section) -> None:
    items = list(group.items.all())
    group.section, group.order = section, next_order(section.groups.all())
    group.save()
    for order, item in enumerate(items, start=next_order(section.items.all())):
        item.section, item.order = section, order
        item.save(update_fields=["section", "order"])


@contextmanager
def _moved(framework: Framework, node: Node, by: User, within: Iterable[int] = ()) -> Iterator[None]:
    summary = _("Moved: %(node)s") % {"node": describe_node(node)}
    with edited(framework, by=by, summary=lambda: summary, within=within):
        yield
