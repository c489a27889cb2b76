"""Whether the points of a table add up: what it states against what its items give, by cell."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators.exchange import FrameworkData, SectionData
from indicators.scoring.points import ZERO, plain
from indicators.weights import Leaf, sums_to_state, weigh, weights_by_profile
from spreadsheets.grid import Cell
from spreadsheets.notes import Notes, Place

MOST_KINDS = 30
"""Kinds of district that are added up apart; more than that is no framework to check."""

Places = dict[tuple[str | int, ...], Place]


def check_sums(framework: FrameworkData, places: Places, notes: Notes) -> None:
    """Note sections, groups and a total that state other points than they have. Bonus points stand beside;
    alternatives for different kinds of district are added up for each kind apart."""
    if len(framework.profiles) > MOST_KINDS:
        return
    for number, section in enumerate(framework.sections):
        path = ("sections", number)
        place = places.get((*path, "stated_weight")) or places.get(path, ("", ""))
        if not section.items:
            _note_empty(section, place, notes)
            continue
        leaves = list(section.leaves())
        members: dict[str | None, list[Leaf]] = {}
        for item, leaf in zip(section.items, leaves, strict=True):
            members.setdefault(item.group, []).append(leaf)
        for index, group in enumerate(section.groups):
            at = places.get((*path, "groups", index, "stated_weight"), place)
            inside = members.get(group.title, [])
            _compare(group.title, group.stated_weight, inside, framework.profiles, at, notes)
        _compare(section.title, section.stated_weight, leaves, framework.profiles, place, notes)
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
    leaves: Sequence[Leaf],
    profiles: Sequence[str],
    place: Place,
    notes: Notes,
) -> None:
    if stated is None or not leaves:
        return
    for kind, total in sums_to_state(leaves, profiles).items():
        # An alternative need not be there for every kind.
        if total != stated and (total or not kind):
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
    leaves = [list(section.leaves()) for section in framework.sections]
    for kind in framework.profiles or ("",):
        by_items, by_sections = ZERO, ZERO
        for section, inside in zip(framework.sections, leaves, strict=True):
            mine = [leaf for leaf in inside if leaf.is_for(kind)]
            own = weigh(mine).points
            by_items += own
            is_bonus = bool(mine) and all(leaf.bonus for leaf in mine)
            meant = not section.profiles or kind in section.profiles
            states = section.stated_weight is not None and meant and not is_bonus
            by_sections += section.stated_weight if states and section.stated_weight is not None else own
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


def check_subtotal(
    section: SectionData, stated: Decimal, profiles: Sequence[str], cell: Cell, sheet: str, notes: Notes
) -> None:
    """A row 小计 against the section's items: with or without bonus points, of any kind of district."""
    weights = weights_by_profile(section.leaves(), profiles)
    sums = {total for weight in weights.values() for total in (weight.points, weight.points + weight.bonus)}
    if section.items and stated not in sums:
        notes.remark(sheet, cell, _difference(section.title, "", stated, next(iter(weights.values())).points))


def check_scale(framework: FrameworkData, sheet: str, notes: Notes) -> None:
    """Weights that are shares of 1, as 0.25: no points, and not turned into any unasked."""
    weights = [leaf.weight for section in framework.sections for leaf in section.leaves() if not leaf.bonus]
    if len(weights) > 1 and sum(weights, ZERO) == 1:
        message = _("All points add up to 1. If they are shares, write them in percent or in points.")
        notes.remark(sheet, "", message)
