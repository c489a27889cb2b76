"""From items to sections and a total, under a framework's policy for what is not applicable.

Points are Decimal with two decimals. Unscored is ``None``, never 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from indicators.scoring.points import ZERO, is_points, plain, round_points


class NaPolicy(StrEnum):
    """What an item earns that is not applicable (我区暂无…)."""

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

    Raises ``ValueError`` unless 0 ≤ score ≤ weight, both Decimal in two decimals.
    """

    weight: Decimal
    score: Decimal | None
    applicable: bool = True

    def __post_init__(self) -> None:
        if not is_points(self.weight):
            raise ValueError(f"a weight is a Decimal, 0 or more, with two decimals, not {self.weight!r}")
        if self.score is not None and not (is_points(self.score) and self.score <= self.weight):
            raise ValueError(
                f"a score is a Decimal from 0 to {plain(self.weight)} with two decimals, not {self.score!r}"
            )

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
        return self.weight if policy is NaPolicy.FULL else ZERO


@dataclass(frozen=True, slots=True)
class SectionTotal:
    """A section, never scaled.

    ``attainable`` is the part of ``weight`` that was to be had. ``score`` is what is earned so far;
    ``None``, shown as "—", where the whole section is left out as not applicable. ``scored`` counts the
    settled ones of ``items``: scored or not applicable.
    """

    weight: Decimal
    attainable: Decimal
    score: Decimal | None
    scored: int
    items: int

    @property
    def complete(self) -> bool:
        return self.scored == self.items


@dataclass(frozen=True, slots=True)
class Total:
    """The whole framework under one policy.

    ``earned`` is the running, unscaled sum of the sections. ``total`` is the result out of ``weight``:
    ``earned``, under ``exclude`` scaled from ``attainable`` to ``weight`` and rounded half up;
    ``None`` while an applicable item is unscored. ``percent`` is ``total`` in percent of ``weight``, in two
    decimals: what :func:`indicators.scoring.grading.grade` takes.
    """

    policy: NaPolicy
    sections: tuple[SectionTotal, ...]
    weight: Decimal
    attainable: Decimal
    earned: Decimal
    scored: int
    items: int
    counted: tuple[tuple[CountedItem, ...], ...] = field(repr=False)

    @property
    def complete(self) -> bool:
        return self.scored == self.items

    @property
    def total(self) -> Decimal | None:
        if not self.complete:
            return None
        return round_points(self.earned * self.weight / self.attainable)

    @property
    def percent(self) -> Decimal | None:
        return None if self.total is None else round_points(self.total * 100 / self.weight)

    def under(self, policy: NaPolicy) -> "Total":
        """The same items under another policy; raises :class:`NothingApplicable`."""
        return self if policy is self.policy else roll_up(self.counted, policy)


def roll_up(sections: Sequence[Sequence[CountedItem]], policy: NaPolicy) -> Total:
    """Add items up to sections and a total.

    Raises :class:`EmptyFramework`, and :class:`NothingApplicable` under ``exclude``.
    """
    counted = tuple(tuple(items) for items in sections)
    totals = tuple(_section_total(items, policy) for items in counted)
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
        earned=sum((section.score for section in totals if section.score is not None), ZERO),
        scored=sum(section.scored for section in totals),
        items=sum(section.items for section in totals),
        counted=counted,
    )


def _section_total(items: tuple[CountedItem, ...], policy: NaPolicy) -> SectionTotal:
    left_out = bool(items) and not any(item.counts(policy) for item in items)
    return SectionTotal(
        weight=sum((item.weight for item in items), ZERO),
        attainable=sum((item.weight for item in items if item.counts(policy)), ZERO),
        score=None if left_out else sum((item.earned(policy) for item in items), ZERO),
        scored=sum(item.settled() for item in items),
        items=len(items),
    )
