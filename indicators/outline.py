"""A framework's sections with their weights, for pages: the whole is added up, only what is shown is read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from indicators.models import Framework, Group, Item, Section
from indicators.scoring.points import ZERO
from indicators.weights import EVERY_KIND, Leaf, Weight, weigh, weights_by_profile


class Difference(NamedTuple):
    """Points more than stated (``above``) or less, for one kind of district; for all where it is ""."""

    profile: str
    points: Decimal
    above: bool


@dataclass(frozen=True, slots=True)
class Weights:
    """What a node weighs by kind of district, for which there is anything; and what it states."""

    by_profile: dict[str, Weight]
    stated: Decimal | None = None

    @property
    def lines(self) -> list[tuple[str, Weight]]:
        """By kind of district; one line without a name where all weigh the same."""
        if len(set(self.by_profile.values())) <= 1:
            return [(EVERY_KIND, next(iter(self.by_profile.values()), Weight()))]
        return list(self.by_profile.items())

    @property
    def differences(self) -> list[Difference]:
        """From the stated weight; where there are bonus items alone it is theirs, as for the publisher."""
        if self.stated is None:
            return []
        bonus_alone = all(weight.points == ZERO for weight in self.by_profile.values())
        found = ((name, weight.bonus if bonus_alone else weight.points) for name, weight in self.lines)
        return [
            Difference(name, abs(points - self.stated), points > self.stated)
            for name, points in found
            if points != self.stated
        ]


@dataclass(frozen=True, slots=True)
class Outline:
    """The sections in order, and the weights of the whole, of sections and of groups by their keys."""

    sections: list[Section]
    whole: Weights
    of: dict[UUID, Weights]
    items: int


class _Row(NamedTuple):
    section_id: int
    group_id: int | None
    key: UUID
    weight: Decimal
    bonus: bool
    committee_only: bool
    profiles: list[str]


_COLUMNS = _Row._fields


def outline_of(framework: Framework, *, profile: str = EVERY_KIND, typed: Item | None = None) -> Outline:
    """A framework's outline, for one kind of district or all. Three queries, light at any size.

    ``typed`` is an item as it stands in a form, not stored yet: it counts in place of the stored one.
    """
    sections = list(framework.sections.all())
    groups = {group.pk: group for group in Group.objects.filter(section__framework=framework)}
    rows = [_Row(*row) for row in Item.objects.filter(section__framework=framework).values_list(*_COLUMNS)]
    if typed is not None:
        rows = [row for row in rows if row.key != typed.key]
        rows.append(_Row(*(getattr(typed, column) for column in _COLUMNS)))
    by_pk = {section.pk: section for section in sections}
    leaves = [(row, _leaf(row, by_pk[row.section_id], groups.get(row.group_id or 0))) for row in rows]
    if profile:
        leaves = [(row, leaf) for row, leaf in leaves if leaf.is_for(profile)]
        sections = [section for section in sections if not section.profiles or profile in section.profiles]
    kinds = [profile] if profile else framework.profiles
    of_section: dict[int, list[Leaf]] = {}
    of_group: dict[int, list[Leaf]] = {}
    for row, leaf in leaves:
        of_section.setdefault(row.section_id, []).append(leaf)
        if row.group_id:
            of_group.setdefault(row.group_id, []).append(leaf)
    found = {section.key: _weights(of_section.get(section.pk, ()), kinds, section) for section in sections}
    found |= {group.key: _weights(of_group.get(group.pk, ()), kinds, group) for group in groups.values()}
    whole = Weights(weights_by_profile([leaf for _row, leaf in leaves], kinds), framework.stated_weight)
    return Outline(sections, whole, found, len(leaves))


def _leaf(row: _Row, section: Section, group: Group | None) -> Leaf:
    levels = (section.profiles, group.profiles if group else (), row.profiles)
    return Leaf(row.weight, levels, row.bonus, row.committee_only)


def _weights(leaves: Sequence[Leaf], kinds: Iterable[str], node: Section | Group) -> Weights:
    """Of kinds of district only those for which there is anything."""
    kinds = list(kinds) or [EVERY_KIND]
    found = {
        kind: weigh(leaf for leaf in leaves if leaf.is_for(kind) or not kind)
        for kind in kinds
        if not leaves or not kind or any(leaf.is_for(kind) for leaf in leaves)
    }
    return Weights(found, node.stated_weight)
