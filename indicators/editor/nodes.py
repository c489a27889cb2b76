"""The nodes of a draft: finding them, whether they are still as they were read, and how they are arranged."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from indicators.editor.journal import renumber, values_of
from indicators.models import Framework, Group, Item, Section

MOST_NODES = 5000
"""Of groups or items in one section, and of sections: more than any framework has, less than orders hold."""

Node = Section | Group | Item


class StaleEdit(Exception):
    """Somebody changed the node since it was read; ``current`` is as it stands now, ``None`` if gone."""

    def __init__(self, current: Framework | Node | None) -> None:
        super().__init__("the node has been changed by somebody else")
        self.current = current


def fingerprint(node: Framework | Node) -> str:
    """Of what a node's form shows; its place in the tree is no part of it."""
    values: dict[str, Any] = values_of(node)
    for place in ("order", "section_id", "group_id", "framework_id"):
        values.pop(place, None)
    if isinstance(node, Framework):
        values["bands"] = [values_of(band) for band in node.grade_bands.all()]
    if isinstance(node, Item):
        values["measures"] = [values_of(measure) for measure in node.measures.all()]
        values["materials"] = [values_of(material) for material in node.materials.all()]
    text = json.dumps(values, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def find_node(framework: Framework, key: UUID) -> Node:
    """A node of this framework by its key. Raises ``ObjectDoesNotExist``; at most three queries."""
    if section := Section.objects.filter(framework=framework, key=key).first():
        return section
    if group := Group.objects.filter(section__framework=framework, key=key).select_related("section").first():
        return group
    items = Item.objects.filter(section__framework=framework).select_related("section", "group")
    return items.get(key=key)


def describe_node(node: Node) -> str:
    """“1.2 标题”, short enough for a list."""
    text = f"{node.label} {node.title}".strip()
    return text if len(text) <= 60 else f"{text[:59]}…"


def refuse_stale(node: Framework | Node, read: str) -> None:
    if fingerprint(node) != read:
        raise StaleEdit(node)


@dataclass(slots=True)
class Block:
    """Part of a section: a group with its items, or one item that is in no group."""

    group: Group | None
    items: list[Item] = field(default_factory=list)


def arrange(groups: Iterable[Group], items: Iterable[Item]) -> list[Block]:
    """A section's contents as people read it. A group stands where its first item does, an empty one after
    the group before it."""
    of_group = {group.pk: Block(group) for group in groups}
    blocks: list[Block] = []
    for item in items:
        block = of_group.get(item.group_id) if item.group_id else None
        if block is None:
            blocks.append(Block(None, [item]))
            continue
        if not block.items:
            blocks.append(block)
        block.items.append(item)
    place = 0
    for block in of_group.values():
        if block.items:
            place = blocks.index(block) + 1
        else:
            blocks.insert(place or len(blocks), block)
            place = (place or len(blocks) - 1) + 1
    return blocks


def store_node(node: Node, profiles: Iterable[str]) -> None:
    node.profiles = list(profiles)
    node.full_clean(validate_unique=False, validate_constraints=False)
    node.save()


def refuse_same_title(section: int, title: str, but: int | None = None) -> None:
    """Items name their group by its title where a framework is written out."""
    pks = Group.objects.filter(section=section, title=title).values_list("pk", flat=True)
    if any(pk != but for pk in pks):
        raise ValidationError({"title": _("The section has a group of this title already.")})


def refuse_if_full(rows: "QuerySet[Any]") -> None:
    if rows.count() >= MOST_NODES:
        raise ValidationError(_("At most %(limit)s in one place.") % {"limit": MOST_NODES})


def next_order(rows: "QuerySet[Any]") -> int:
    refuse_if_full(rows)
    last = rows.aggregate(last=Max("order"))["last"]
    return int(last or 0) + 1


def container_of(framework: Framework, key: UUID | None) -> tuple[Section, Group | None]:
    """A section, or a group with its section. Raises ``ObjectDoesNotExist``."""
    if key is None:
        raise ObjectDoesNotExist
    found = find_node(framework, key)
    if isinstance(found, Item):
        raise ObjectDoesNotExist
    return (found.section, found) if isinstance(found, Group) else (found, None)


def section_of(node: Node) -> int:
    return node.pk if isinstance(node, Section) else node.section_id


def blocks_of(section: int) -> list[Block]:
    groups = Group.objects.filter(section=section).order_by("order")
    return arrange(groups, Item.objects.filter(section=section).order_by("order"))


def renumber_section(section: int, blocks: list[Block]) -> None:
    """Number a section's groups and items as the blocks come."""
    renumber(block.group for block in blocks if block.group)
    renumber(item for block in blocks for item in block.items)


def label_after(label: str) -> str:
    """The label that follows: 1.1.4 after 1.1.3, A3 after A2; empty after one without a number."""
    found = re.fullmatch(r"(.*?)([0-9]{1,9})([^0-9]*)", label)
    return f"{found[1]}{int(found[2]) + 1:0{len(found[2])}}{found[3]}" if found else ""
