"""What a framework weighs for one kind of district (城区, 乡镇). Pure: no Django.

Alternatives for different kinds are never added up together. Bonus items stand beside the regular points;
points that only the committee gives are part of them, and told apart.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from indicators.scoring.points import ZERO

if TYPE_CHECKING:
    from indicators.models import Section

EVERY_KIND = ""
"""Stands for all districts where a framework has no kinds of them."""


class Weighed(Protocol):
    """What is asked of an item: :class:`indicators.models.Item` and :class:`Leaf` have it."""

    @property
    def weight(self) -> Decimal: ...
    @property
    def bonus(self) -> bool: ...
    @property
    def committee_only(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Weight:
    """Points to be had: the regular ones, those of them that only the committee gives, the bonus beside."""

    points: Decimal = ZERO
    committee: Decimal = ZERO
    bonus: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Leaf:
    """An item's points, and for which kinds of district it and each node above it are."""

    weight: Decimal
    levels: tuple[Collection[str], ...] = ()
    bonus: bool = False
    committee_only: bool = False

    def is_for(self, profile: str) -> bool:
        return all(applies(profiles, profile) for profiles in self.levels)


def applies(profiles: Collection[str], profile: str) -> bool:
    """Whether a node that is for ``profiles`` (all where empty) is for districts of the kind ``profile``."""
    return not profiles or profile in profiles


def weigh(items: Iterable[Weighed]) -> Weight:
    """The points of several items together."""
    points = committee = bonus = ZERO
    for item in items:
        if item.bonus:
            bonus += item.weight
            continue
        points += item.weight
        if item.committee_only:
            committee += item.weight
    return Weight(points, committee, bonus)


def weights_by_profile(leaves: Iterable[Leaf], profiles: Sequence[str]) -> dict[str, Weight]:
    """What each kind of district has; under :data:`EVERY_KIND` alone where there are no kinds."""
    leaves = tuple(leaves)
    return {
        profile: weigh(leaf for leaf in leaves if leaf.is_for(profile))
        for profile in tuple(profiles) or (EVERY_KIND,)
    }


def sums_to_state(leaves: Collection[Leaf], profiles: Sequence[str]) -> dict[str, Decimal]:
    """What a stated weight is compared with, by kind of district: the regular points, or the bonus points
    where there are bonus items alone."""
    bonus_alone = all(leaf.bonus for leaf in leaves)
    weights = weights_by_profile(leaves, profiles)
    return {profile: weight.bonus if bonus_alone else weight.points for profile, weight in weights.items()}


def leaves_of(section: "Section") -> Iterator[Leaf]:
    """A section's items in order. Needs ``groups`` and ``items`` read along."""
    groups = {group.pk: group.profiles for group in section.groups.all()}
    for item in section.items.all():
        above = groups.get(item.group_id, ()) if item.group_id else ()
        yield Leaf(item.weight, (section.profiles, above, item.profiles), item.bonus, item.committee_only)
