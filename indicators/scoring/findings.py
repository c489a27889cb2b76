"""What a rule finds in an answer: points to take off or to add, a veto, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from indicators.scoring.points import ZERO

Values = dict[str, Decimal | str]
"""What an explanation is made of, by name."""

VetoEffect = Literal["bar_grade", "lower_grade", "zero_section", "zero_item"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why points were lost or added: a message key and its values, the words for which the caller makes.

    Every explanation of a deduction or credit has ``computed`` (the points by the rule alone) and ``points``
    (those that count). It has ``at_most`` where the rule's limit took effect, ``left_of_limit`` where no more
    of that was left after what the rule found before, ``left`` where no more was left of the item
    (扣完为止). The other values belong to the key and stand with the rule that uses it.
    """

    key: str
    values: Mapping[str, Decimal | str]


@dataclass(frozen=True, slots=True)
class Finding:
    """Points that a rule takes off an item, or adds to a bonus item, before the limits of rule and item.

    ``measured`` and ``standard`` are in ``unit``; ``None`` where the points rest on no figure.
    Raises ``ValueError`` for points below 0: no rule gives back what another takes.
    """

    points: Decimal
    explanation: Explanation
    measured: Decimal | None = None
    standard: Decimal | None = None
    unit: str = ""

    def __post_init__(self) -> None:
        if self.points < ZERO:
            raise ValueError(f"what a rule finds is 0 points or more, not {self.points}")


@dataclass(frozen=True, slots=True)
class Veto:
    """A veto (一票否决) that was tripped.

    ``grade`` is the best grade that may no longer be given, "" unless ``effect`` bars one. Explained by
    ``veto.<effect>`` with measure and grade.
    """

    effect: VetoEffect
    grade: str
    explanation: Explanation
