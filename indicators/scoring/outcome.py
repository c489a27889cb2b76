"""One item's points: what a district answers goes in, an outcome goes out.

An item starts at its weight and loses: ``max(0, weight - losses)``. This module knows what is common to
all kinds of rule (an item's points can be lost only once, what is printed adds up); what a kind takes
off, and for which figures it waits, is in :mod:`indicators.scoring.rules`.

All points are :class:`~decimal.Decimal` with at most two decimals; a float is refused, never converted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from indicators.scoring.points import CENT, ZERO, is_on_step, is_points, plain

FIGURE_DIGITS = 15
FIGURE_PLACES = 4
"""A figure has at most 15 digits, 4 of them after the point: SQLite keeps no more of a number."""

_FIGURE_STEP = Decimal(1).scaleb(-FIGURE_PLACES)
_FIGURE_BOUND = Decimal(1).scaleb(FIGURE_DIGITS - FIGURE_PLACES)
_UNLIMITED = Decimal("Infinity")


class InvalidItem(ValueError):
    """An item's weight, step and rules do not fit together; the message says which."""


class InvalidAnswer(ValueError):
    """An answer holds what cannot be scored; the message says what."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why points were lost: a message key and its values, the words for which the caller makes.

    Every explanation of a deduction has ``computed`` (the points by the rule alone) and ``points`` (those
    taken). It has ``at_most`` where the rule's limit took effect, ``left`` where no more was left of the
    item (扣完为止). The other values belong to the key and stand with the rule that uses it.
    """

    key: str
    values: Mapping[str, Decimal | str]


@dataclass(frozen=True, slots=True)
class Loss:
    """Points that a rule takes off, before the limits of the rule and of the item.

    ``measured`` and ``standard`` are in ``unit``; ``None`` where the loss rests on no figure.
    Raises ``ValueError`` for points below 0: a rule that adds points is not a loss.
    """

    points: Decimal
    explanation: Explanation
    measured: Decimal | None = None
    standard: Decimal | None = None
    unit: str = ""

    def __post_init__(self) -> None:
        if self.points < ZERO:
            raise ValueError(f"a loss is 0 or more, not {self.points}")


@dataclass(frozen=True, slots=True)
class ManualLoss:
    """Points taken off by hand (酌情扣分), with the reason: a sentence, its closing mark left out.

    The figures that the reason rests on, if any, are carried along and not looked at. Raises
    :class:`InvalidAnswer` for points that are not above 0 with at most two decimals, and for an empty
    reason. Whether they lie on the framework's step is checked where they are typed.
    """

    points: Decimal
    reason: str
    measured: Decimal | None = None
    standard: Decimal | None = None
    unit: str = ""

    def __post_init__(self) -> None:
        if not is_points(self.points) or self.points == ZERO:
            raise InvalidAnswer(
                f"points taken by hand are a Decimal above 0 with two decimals, not {self.points!r}"
            )
        if not self.reason.strip():
            raise InvalidAnswer("points taken by hand need a reason")

    def as_loss(self) -> Loss:
        """The same loss as a rule would state it."""
        explanation = Explanation("manual", {"reason": self.reason.strip()})
        return Loss(self.points, explanation, self.measured, self.standard, self.unit)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a district says on one item, as far as scoring needs it.

    ``measures`` maps the code of a figure to its value in the rule's unit (80.84 for 80.84 %); ``None``
    or absent means not known yet. Raises :class:`InvalidAnswer` for a float, NaN, or too many digits.
    """

    applicable: bool = True
    measures: Mapping[str, Decimal | None] = field(default_factory=dict)
    manual: tuple[ManualLoss, ...] = ()

    def __post_init__(self) -> None:
        for code, value in self.measures.items():
            if value is not None and not is_figure(value):
                raise InvalidAnswer(
                    f"{code}: a figure is a Decimal of at most {FIGURE_DIGITS} digits, "
                    f"{FIGURE_PLACES} of them after the point"
                )

    def figure(self, code: str) -> Decimal:
        """The figure ``code``; ``KeyError`` where it is missing, which a rule's ``needs`` rules out."""
        value = self.measures[code]
        if value is None:
            raise KeyError(code)
        return value


def is_figure(value: object) -> bool:
    """Whether a value can be measured or stand as a standard: a finite Decimal of so many digits."""
    return (
        isinstance(value, Decimal)
        and value.is_finite()
        and abs(value) < _FIGURE_BOUND
        and is_on_step(value, _FIGURE_STEP)
    )


class ScoringRule(Protocol):
    """What scoring asks of a rule; the kinds are in :mod:`indicators.scoring.rules`."""

    @property
    def kind(self) -> str: ...

    @property
    def share(self) -> Decimal | None:
        """The points of the item that the rule speaks for; ``None`` for the whole item."""

    @property
    def limit(self) -> Decimal | None:
        """The most that the rule takes off, all its losses together; ``None`` for no limit of its own."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Codes of the figures without which the rule cannot speak."""

    def losses(self, item: "ScoredItem", answer: Answer) -> Sequence[Loss]:
        """What the rule takes off, rounded to ``item.step``; asked only when all it needs is there."""


class _ByHand:
    """Stands in where an item has no manual rule: points may be taken by hand, within the weight."""

    kind = "manual"
    share = None
    limit = None
    needs: tuple[str, ...] = ()

    def losses(self, item: "ScoredItem", answer: Answer) -> Sequence[Loss]:
        return [loss.as_loss() for loss in answer.manual]


_BY_HAND = _ByHand()


@dataclass(frozen=True, slots=True)
class ScoredItem:
    """An item as scoring sees it: its weight (0 where it is only checked) and its rules.

    ``step`` is what computed points are rounded to, half up: a cent, unless the framework says its own
    step. Raises :class:`InvalidItem`.
    """

    weight: Decimal
    rules: tuple[ScoringRule, ...] = ()
    step: Decimal = CENT

    def __post_init__(self) -> None:
        if not is_points(self.weight):
            raise InvalidItem(
                f"a weight is a Decimal, 0 or more, with at most two decimals, not {self.weight!r}"
            )
        if not is_points(self.step) or self.step == ZERO:
            raise InvalidItem(f"a step is a Decimal above 0 with at most two decimals, not {self.step!r}")
        shared = sum((rule.share for rule in self.rules if rule.share is not None), ZERO)
        if shared > self.weight:
            raise InvalidItem(f"the rules speak for {plain(shared)} points of {plain(self.weight)}")
        if sum(rule.kind == "manual" for rule in self.rules) > 1:
            raise InvalidItem("an item has at most one manual rule")

    def rules_in_force(self) -> tuple[ScoringRule, ...]:
        """The item's rules; points taken by hand count on every item, last where no rule speaks of them."""
        if any(rule.kind == "manual" for rule in self.rules):
            return self.rules
        return (*self.rules, _BY_HAND)


@dataclass(frozen=True, slots=True)
class Deduction:
    """Points lost, by the ``kind`` of rule that took them.

    ``cut`` says that less was left of the item than the rule would have taken (扣完为止). Where nothing was
    left ``points`` is 0: the failing stays on record, though it costs no more.
    """

    points: Decimal
    kind: str
    explanation: Explanation
    measured: Decimal | None = None
    standard: Decimal | None = None
    unit: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an item scores. ``score`` is exactly the weight less the points of ``deductions``.

    ``score`` is ``None``, without deductions, while figures are ``missing`` (their codes, each once) and
    where the item is not applicable, for which the framework's policy speaks in the roll-up.
    """

    score: Decimal | None
    deductions: tuple[Deduction, ...] = ()
    missing: tuple[str, ...] = ()


def score(item: ScoredItem, answer: Answer) -> Outcome:
    """Score one item by its rules; a figure that is missing leaves it open, nothing is guessed."""
    if not answer.applicable:
        return Outcome(None)
    missing = _missing(item, answer)
    if missing:
        return Outcome(None, missing=missing)
    deductions = tuple(_deductions(item, answer))
    return Outcome(item.weight - sum((deduction.points for deduction in deductions), ZERO), deductions)


def _missing(item: ScoredItem, answer: Answer) -> tuple[str, ...]:
    needed = dict.fromkeys(code for rule in item.rules for code in rule.needs)
    return tuple(code for code in needed if answer.measures.get(code) is None)


def _deductions(item: ScoredItem, answer: Answer) -> Iterator[Deduction]:
    left = item.weight
    for rule in item.rules_in_force():
        allowance = _UNLIMITED if rule.limit is None else rule.limit
        for loss in rule.losses(item, answer):
            deduction = _take(loss, rule, allowance, left)
            allowance -= deduction.points
            left -= deduction.points
            yield deduction


def _take(loss: Loss, rule: ScoringRule, allowance: Decimal, left: Decimal) -> Deduction:
    """Take a loss from what the rule may still take and from what is left of the item."""
    due = min(loss.points, allowance)
    taken = min(due, left)
    values = {**loss.explanation.values, "computed": loss.points, "points": taken}
    if taken < due:
        values["left"] = left
    elif due < loss.points and rule.limit is not None:
        values["at_most"] = rule.limit
    explanation = Explanation(loss.explanation.key, values)
    return Deduction(taken, rule.kind, explanation, loss.measured, loss.standard, loss.unit, taken < due)
