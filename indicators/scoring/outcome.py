"""One item's points: what a district answers goes in, an outcome goes out.

An ordinary item starts at its weight and loses, ``max(0, weight - losses)``; a bonus item starts at 0 and
earns, ``min(weight, credits)``. This module knows what is common to all kinds of rule (an item's points can
be lost or earned only once, what is printed adds up); what a kind finds, and for which figures it waits, is
in :mod:`indicators.scoring.rules`.

All points are :class:`~decimal.Decimal` with at most two decimals; a float is refused, never converted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from indicators.scoring.answer import Answer, InvalidAnswer, ManualCredit, ManualLoss
from indicators.scoring.findings import Explanation, Finding, Veto
from indicators.scoring.item import InvalidItem, ScoredItem, ScoringRule
from indicators.scoring.measures import FIGURE_DIGITS, FIGURE_PLACES, is_figure
from indicators.scoring.points import ZERO

__all__ = [
    "FIGURE_DIGITS",
    "FIGURE_PLACES",
    "Answer",
    "Credit",
    "Deduction",
    "Explanation",
    "InvalidAnswer",
    "InvalidItem",
    "ManualCredit",
    "ManualLoss",
    "Outcome",
    "ScoredItem",
    "Veto",
    "is_figure",
    "score",
]

_UNLIMITED = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Entry:
    """Points that count, by the ``kind`` of rule that found them.

    ``cut`` says that less was left of the item than the rule would have moved (扣完为止). Where nothing was
    left ``points`` is 0: the finding stays on record, though it changes no more.
    """

    points: Decimal
    kind: str
    explanation: Explanation
    measured: Decimal | None = None
    standard: Decimal | None = None
    unit: str = ""
    cut: bool = False


class Deduction(Entry):
    """Points lost."""

    __slots__ = ()


class Credit(Entry):
    """Points earned on a bonus item."""

    __slots__ = ()


SomeEntry = TypeVar("SomeEntry", Deduction, Credit)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an item scores.

    ``score`` is exactly the weight less the points of ``deductions``, or on a bonus item the sum of
    ``credits``. It is ``None``, without either, while figures are ``missing`` or the place by a figure is
    open (``awaiting_rank``; both hold codes, each once), and where the item is not applicable, for which the
    framework's policy speaks in the roll-up. ``vetoes`` are those tripped, whatever else is still missing.
    """

    score: Decimal | None
    deductions: tuple[Deduction, ...] = ()
    credits: tuple[Credit, ...] = ()
    missing: tuple[str, ...] = ()
    awaiting_rank: tuple[str, ...] = ()
    vetoes: tuple[Veto, ...] = ()


def score(item: ScoredItem, answer: Answer) -> Outcome:
    """Score one item by its rules; what is missing leaves it open, nothing is guessed.

    Raises :class:`~indicators.scoring.answer.InvalidAnswer` for points taken by hand from a bonus item or
    added by hand to an ordinary one, and for a figure that is not what a rule can take.
    """
    if not answer.applicable:
        return Outcome(None)
    if answer.manual if item.bonus else answer.credits:
        raise InvalidAnswer("points are taken from an ordinary item and added to a bonus item only")
    missing = _missing(item, answer)
    vetoes = tuple(_vetoes(item, answer, missing))
    awaiting = _awaiting_rank(item, answer)
    if missing or awaiting:
        return Outcome(None, missing=missing, awaiting_rank=awaiting, vetoes=vetoes)
    if item.bonus:
        credits = tuple(_entries(Credit, item, answer))
        return Outcome(sum((credit.points for credit in credits), ZERO), credits=credits, vetoes=vetoes)
    deductions = tuple(_deductions(item, answer, vetoes))
    left = item.weight - sum((deduction.points for deduction in deductions), ZERO)
    return Outcome(left, deductions, vetoes=vetoes)


def _missing(item: ScoredItem, answer: Answer) -> tuple[str, ...]:
    needed = dict.fromkeys(code for rule in item.rules for code in rule.needs)
    return tuple(code for code in needed if answer.measures.get(code) is None)


def _awaiting_rank(item: ScoredItem, answer: Answer) -> tuple[str, ...]:
    needed = dict.fromkeys(code for rule in item.rules for code in rule.ranked_by)
    return tuple(code for code in needed if answer.ranks.get(code) is None)


def _vetoes(item: ScoredItem, answer: Answer, missing: tuple[str, ...]) -> Iterator[Veto]:
    for rule in item.rules:
        if rule.kind == "veto" and not set(rule.needs) & set(missing) and (veto := rule.veto(answer)):
            yield veto


def _deductions(item: ScoredItem, answer: Answer, vetoes: tuple[Veto, ...]) -> Iterator[Deduction]:
    """What the rules take, and then, by a veto of the item, all that is left."""
    left = item.weight
    for deduction in _entries(Deduction, item, answer):
        left -= deduction.points
        yield deduction
    for veto in vetoes:
        if veto.effect == "zero_item":
            values = {**veto.explanation.values, "computed": left, "points": left}
            yield Deduction(left, "veto", Explanation(veto.explanation.key, values))
            left = ZERO


def _entries(entry: type[SomeEntry], item: ScoredItem, answer: Answer) -> Iterator[SomeEntry]:
    left = item.weight
    for rule in item.rules_in_force():
        allowance = _UNLIMITED if rule.limit is None else rule.limit
        for finding in rule.findings(item, answer):
            counted = _count(entry, finding, rule, allowance, left)
            allowance -= counted.points
            left -= counted.points
            yield counted


def _count(
    entry: type[SomeEntry], finding: Finding, rule: ScoringRule, allowance: Decimal, left: Decimal
) -> SomeEntry:
    """Count a finding within what the rule may still move and what is left of the item."""
    due = min(finding.points, allowance)
    counted = min(due, left)
    values = {**finding.explanation.values, "computed": finding.points, "points": counted}
    if counted < due:
        values["left"] = left
    elif due < finding.points and rule.limit is not None:
        values |= {"at_most": rule.limit} if allowance == rule.limit else {"left_of_limit": allowance}
    explanation = Explanation(finding.explanation.key, values)
    return entry(
        counted, rule.kind, explanation, finding.measured, finding.standard, finding.unit, counted < due
    )
