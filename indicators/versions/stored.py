"""A stored framework as the plain values that :mod:`indicators.versions.comparing` compares."""

from collections.abc import Iterator

from indicators.models import Framework, Group, Item, Section
from indicators.scoring.points import plain, plain_or
from indicators.versions.comparing import Level, Node, Version


def version_of(framework: Framework) -> Version:
    """Pass a framework read :meth:`~indicators.models.FrameworkQuerySet.with_tree`; asks the database
    nothing."""
    nodes = (node for section in framework.sections.all() for node in _section_nodes(section))
    return Version(tuple(nodes), _settings(framework))


def item_node(item: Item, parent: Section | Group) -> Node:
    """An item under its group or section. Needs ``measures`` and ``materials`` read along."""
    return Node(
        key=item.key,
        level=Level.ITEM,
        parent=parent.key,
        label=item.label,
        title=item.title,
        weight=item.weight,
        texts={
            "requirement": item.requirement,
            "rule_prose": item.rule_prose,
            "responsible": item.responsible,
        },
        rules=item.rules,
        figures=tuple(sorted((measure.code, measure.unit, measure.kind) for measure in item.measures.all())),
        names=item.measure_names(),
        materials=tuple(material.name for material in item.materials.all()),
        flags={
            "bonus": item.bonus,
            "committee_only": item.committee_only,
            "na_allowed": item.na_allowed,
            "profiles": sorted(item.profiles),
        },
    )


def _section_nodes(section: Section) -> Iterator[Node]:
    """The section, then its items; a group before the first of its items, groups without any last."""
    yield Node(
        section.key,
        Level.SECTION,
        None,
        section.label,
        section.title,
        texts={"note": section.note},
        flags={"profiles": sorted(section.profiles), "stated_weight": section.stated_weight},
    )
    waiting = {group.pk: group for group in section.groups.all()}
    groups = dict(waiting)
    for item in section.items.all():
        group = groups.get(item.group_id) if item.group_id else None
        if group and waiting.pop(group.pk, None):
            yield _group_node(group, section)
        yield item_node(item, group or section)
    for group in waiting.values():
        yield _group_node(group, section)


def _group_node(group: Group, section: Section) -> Node:
    return Node(
        group.key,
        Level.GROUP,
        section.key,
        group.label,
        group.title,
        flags={"profiles": sorted(group.profiles), "stated_weight": group.stated_weight},
    )


def _settings(framework: Framework) -> dict[str, object]:
    bands = [
        (band.name, plain(band.threshold), plain_or(band.section_floor, ""))
        for band in framework.grade_bands.all()
    ]
    return {
        "title": framework.title,
        "year": framework.year,
        "notes": framework.notes,
        "stated_total": framework.stated_weight,
        "profiles": list(framework.profiles),
        "step": framework.step,
        "computed_step": framework.computed_step,
        "na_policy": framework.na_policy,
        "bonus_may_exceed": framework.bonus_may_exceed,
        "bands_are_example": framework.bands_are_example,
        "bands": bands,
    }
