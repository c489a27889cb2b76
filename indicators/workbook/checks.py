"""Whether the points of a table add up: what it states against what its items give, by cell."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators.exchange import FrameworkData, ItemData, SectionData
from indicators.scoring.points import ZERO, plain
from indicators.workbook.grid import Cell
from indicators.workbook.plan import Notes, Place

MOST_KINDS = 30
"""Kinds of district that are added up apart; more than that is no framework to check."""

Places = dict[tuple[str | int, ...], Place]


def check_sums(framework: FrameworkData, places: Places, notes: Notes) -> None:
    """Note sections, groups and a total that state other points than they have. Bonus points stand beside;
    alternatives for different kinds of district are added up for each kind apart."""
    if len(framework.profiles) > MOST_KINDS:
        return
    for number, section in enumerate(framework.sections):
        place = places.get(("sections", number, "stated_weight")) or places.get(
            ("sections", number), ("", "")
        )
        if not section.items:
            _note_empty(section, place, notes)
            continue
        members: dict[str | None, list[ItemData]] = {}
        for item in section.items:
            members.setdefault(item.group, []).append(item)
        for index, group in enumerate(section.groups):
            inside = members.get(group.title, [])
            at = places.get(("sections", number, "groups", index, "stated_weight"), place)
            _compare(group.title, group.stated_weight, inside, section, framework, at, notes)
        _compare(section.title, section.stated_weight, section.items, section, framework, place, notes)
    _check_total(framework, places.get(("stated_weight",), ("", "")), notes)


def _note_empty(section: SectionData, place: Place, notes: Notes) -> None:
    if section.stated_weight is None:
        message = _("“%(name)s” has no items.") % {"name": section.title}
    else:
        message = _("“%(name)s” states %(stated)s points but has no items.") % {
            "name": section.title,
            "stated": plain(section.stated_weight),
        }
    notes.remark(*place, message)


def _compare(
    name: str,
    stated: Decimal | None,
    items: Iterable[ItemData],
    section: SectionData,
    framework: FrameworkData,
    place: Place,
    notes: Notes,
) -> None:
    if stated is None or not (items := list(items)):
        return
    bonus_only = all(item.bonus for item in items)
    groups = _groups(section)
    counted = [item for item in items if bonus_only or not item.bonus]
    sums = {
        kind: sum((item.weight for item in counted if _for(kind, section, item, groups)), ZERO)
        for kind in framework.profiles or ("",)
    }
    different = {kind: total for kind, total in sums.items() if total != stated}
    # An alternative need not be there for every kind.
    different = {kind: total for kind, total in different.items() if total or not kind}
    for kind, total in different.items():
        notes.remark(*place, _difference(name, kind, stated, total))


def _difference(name: str, kind: str, stated: Decimal, total: Decimal) -> str:
    values = {
        "name": f"{name}（{kind}）" if kind else name,
        "stated": plain(stated),
        "sum": plain(total),
        "difference": plain(abs(stated - total)),
    }
    return (
        _("“%(name)s” states %(stated)s points, its items have %(sum)s: a difference of %(difference)s.")
        % values
    )


def _check_total(framework: FrameworkData, place: Place, notes: Notes) -> None:
    """The total against the items, and against what the sections state: one of them must agree."""
    stated = framework.stated_weight
    if stated is None:
        return
    for kind in framework.profiles or ("",):
        by_items, by_sections = ZERO, ZERO
        for section in framework.sections:
            groups = _groups(section)
            items = [item for item in section.items if _for(kind, section, item, groups)]
            own = sum((item.weight for item in items if not item.bonus), ZERO)
            by_items += own
            is_bonus = bool(items) and all(item.bonus for item in items)
            meant = not section.profiles or kind in section.profiles
            if section.stated_weight is not None and meant and not is_bonus:
                by_sections += section.stated_weight
            else:
                by_sections += own
        if stated not in (by_items, by_sections):
            notes.remark(*place, _total_difference(kind, stated, by_sections))


def _total_difference(kind: str, stated: Decimal, total: Decimal) -> str:
    values = {
        "stated": plain(stated),
        "sum": plain(total),
        "difference": plain(abs(stated - total)),
        "kind": kind,
    }
    if kind:
        message = _("For %(kind)s the total states %(stated)s, its sections %(sum)s: %(difference)s apart.")
    else:
        message = _("The total states %(stated)s points, the sections %(sum)s: %(difference)s apart.")
    return message % values


def _for(kind: str, section: SectionData, item: ItemData, groups: Mapping[str, Sequence[str]]) -> bool:
    """Whether an item is for a kind of district; ``groups`` has the kinds of its section's groups."""
    above = [section.profiles, groups.get(item.group or "", ()), item.profiles]
    return not kind or all(not only or kind in only for only in above)


def _groups(section: SectionData) -> dict[str, Sequence[str]]:
    return {group.title: group.profiles for group in section.groups}


def check_subtotal(section: SectionData, stated: Decimal, cell: Cell, sheet: str, notes: Notes) -> None:
    """A row 小计 against the section's items."""
    total = sum((item.weight for item in section.items if not item.bonus), ZERO)
    with_bonus = sum((item.weight for item in section.items), ZERO)
    if section.items and stated not in (total, with_bonus):
        notes.remark(sheet, cell, _difference(section.title, "", stated, total))
