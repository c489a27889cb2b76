"""From items to sections and a total, under a framework's policy for what is not applicable.

Points are Decimal with two decimals. Unscored is ``None``, never 0. Bonus points (加分项) stand outside all
sums and are added to the total at the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from indicators.scoring.points import ZERO, is_points, plain, round_points


class NaPolicy(StrEnum):
    """What an item earns that is not applicable (我区暂无…). A bonus item then never earns anything."""

    FULL = "full"
    """Its whole weight, as in the real report of 2021."""
    EXCLUDE = "exclude"
    """It is left out, and the total is scaled to the weight of the whole framework."""
    ZERO = "zero"
    """Nothing."""


class EmptyFramework(ValueError):
    """A framework without items, or whose items weigh nothing together, has no total."""


class NothingApplicable(ValueError):
    """Under ``exclude`` nothing with any weight is left to be scored: 0 of 0 is no result."""


@dataclass(frozen=True, slots=True)
class CountedItem:
    """An item's points for the roll-up; ``score`` is not looked at where the item is not applicable.

    A ``bonus`` item counts beside the weight; a ``committee_only`` one is reserved while it has no score;
    ``zeroes_section`` says that its veto was tripped. Raises ``ValueError`` unless 0 ≤ score ≤ weight, both
    Decimal in two decimals.
    """

    weight: Decimal
    score: Decimal | None
    applicable: bool = True
    bonus: bool = False
    committee_only: bool = False
    zeroes_section: bool = False

    def __post_init__(self) -> None:
        if not is_points(self.weight):
            raise ValueError(f"a weight is a Decimal, 0 or more, with two decimals, not {self.weight!r}")
        if self.score is not None and not (is_points(self.score) and self.score <= self.weight):
            raise ValueError(
                f"a score is a Decimal from 0 to {plain(self.weight)} with two decimals, not {self.score!r}"
            )

    def reserved(self) -> bool:
        """Whether its points are the committee's to give, and not given yet."""
        return self.committee_only and self.applicable and self.score is None

    def counts(self, policy: NaPolicy) -> bool:
        """Whether the item's points were to be had."""
        return self.applicable or policy is not NaPolicy.EXCLUDE

    def settled(self) -> bool:
        """Whether nothing is awaited: it is scored, or not applicable."""
        return self.score is not None or not self.applicable

    def earned(self, policy: NaPolicy) -> Decimal:
        """Points so far: 0 while unscored."""
        if self.applicable:
            return ZERO if self.score is None else self.score
        return self.weight if policy is NaPolicy.FULL and not self.bonus else ZERO


@dataclass(frozen=True, slots=True)
class SectionTotal:
    """A section, never scaled.

    ``attainable`` is the part of ``weight`` that was to be had. ``score`` is what is earned so far;
    ``None``, shown as "—", where the whole section is left out as not applicable. ``scored`` counts the
    settled ones of ``items``: scored or not applicable. ``reserved`` is the weight of what the committee
    alone scores and has not scored yet: all else is reckoned without it. ``bonus`` of ``bonus_weight`` is
    earned beside; no other figure but the counts includes bonus items. A veto that zeroes the section takes
    ``forfeited`` from its score, and all its bonus.
    """

    weight: Decimal
    attainable: Decimal
    score: Decimal | None
    scored: int
    items: int
    bonus: Decimal = ZERO
    bonus_weight: Decimal = ZERO
    reserved: Decimal = ZERO
    zeroed: bool = False
    forfeited: Decimal = ZERO

    @property
    def complete(self) -> bool:
        return self.scored == self.items

    @property
    def earned(self) -> Decimal:
        """The score as it goes into the sum: 0 where the section is left out."""
        return ZERO if self.score is None else self.score

    @property
    def percent(self) -> Decimal | None:
        """The score in percent of what was to be had, in two decimals; ``None`` while open, or 0 of 0."""
        if self.score is None or not self.complete or self.attainable == ZERO:
            return None
        return round_points(self.score * 100 / self.attainable)


@dataclass(frozen=True, slots=True)
class Total:
    """The whole framework under one policy; the fields of :class:`SectionTotal` mean the same here.

    ``earned`` is the running, unscaled sum of the sections, ``bonus`` what is earned beside. ``total`` is the
    result out of ``weight``: ``earned``, under ``exclude`` scaled from ``attainable`` to ``weight`` and
    rounded half up, and the bonus, which may carry it past ``weight`` only where the framework says so;
    ``None`` while an applicable item is unscored. ``percent`` is ``total`` in percent of ``weight``, in two
    decimals: what :func:`indicators.scoring.grading.grade` takes; ``None`` also while points are
    ``reserved``.
    """

    policy: NaPolicy
    sections: tuple[SectionTotal, ...]
    weight: Decimal
    attainable: Decimal
    earned: Decimal
    bonus: Decimal
    bonus_weight: Decimal
    reserved: Decimal
    scored: int
    items: int
    bonus_may_exceed: bool
    counted: tuple[tuple[CountedItem, ...], ...] = field(repr=False)

    @property
    def complete(self) -> bool:
        return self.scored == self.items

    @property
    def total(self) -> Decimal | None:
        if not self.complete:
            return None
        total = self._regular + self.bonus
        return total if self.bonus_may_exceed else min(total, self.weight)

    @property
    def bonus_counted(self) -> Decimal | None:
        """What of ``total`` is bonus: not all of it where the total may not pass ``weight``."""
        return None if self.total is None else self.total - self._regular

    @property
    def _regular(self) -> Decimal:
        return round_points(self.earned * self.weight / self.attainable)

    @property
    def percent(self) -> Decimal | None:
        if self.total is None or self.reserved:
            return None
        return round_points(self.total * 100 / self.weight)

    def under(self, policy: NaPolicy) -> "Total":
        """The same items under another policy; raises :class:`NothingApplicable`."""
        if policy is self.policy:
            return self
        return roll_up(self.counted, policy, bonus_may_exceed=self.bonus_may_exceed)


def roll_up(
    sections: Sequence[Sequence[CountedItem]], policy: NaPolicy, *, bonus_may_exceed: bool = False
) -> Total:
    """Add items up to sections and a total.

    Raises :class:`EmptyFramework`, and :class:`NothingApplicable` under ``exclude``.
    """
    counted = tuple(tuple(items) for items in sections)
    totals = tuple(section_total(items, policy) for items in counted)
    weight = sum((section.weight for section in totals), ZERO)
    attainable = sum((section.attainable for section in totals), ZERO)
    if weight == ZERO:
        raise EmptyFramework("the framework has no points to be had")
    if attainable == ZERO:
        raise NothingApplicable("every item with points is not applicable: there is nothing to score")
    return Total(
        policy=policy,
        sections=totals,
        weight=weight,
        attainable=attainable,
        earned=sum((section.earned for section in totals), ZERO),
        bonus=sum((section.bonus for section in totals), ZERO),
        bonus_weight=sum((section.bonus_weight for section in totals), ZERO),
        reserved=sum((section.reserved for section in totals), ZERO),
        scored=sum(section.scored for section in totals),
        items=sum(section.items for section in totals),
        bonus_may_exceed=bonus_may_exceed,
        counted=counted,
    )


def section_total(items: tuple[CountedItem, ...], policy: NaPolicy) -> SectionTotal:
    open_to_all = [item for item in items if not item.reserved()]
    regular = [item for item in open_to_all if not item.bonus]
    bonus = [item for item in open_to_all if item.bonus]
    left_out = bool(items) and not any(item.counts(policy) for item in items)
    zeroed = any(item.zeroes_section and item.applicable for item in items)
    earned = sum((item.earned(policy) for item in regular), ZERO)
    return SectionTotal(
        weight=sum((item.weight for item in regular), ZERO),
        attainable=sum((item.weight for item in regular if item.counts(policy)), ZERO),
        score=None if left_out else ZERO if zeroed else earned,
        scored=sum(item.settled() for item in open_to_all),
        items=len(open_to_all),
        bonus=ZERO if zeroed else sum((item.earned(policy) for item in bonus), ZERO),
        bonus_weight=sum((item.weight for item in bonus), ZERO),
        reserved=sum((item.weight for item in items if item.reserved() and not item.bonus), ZERO),
        zeroed=zeroed,
        forfeited=earned if zeroed else ZERO,
    )
