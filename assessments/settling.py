"""From what an editor filled in to proposal, score and losses. Reads rows, writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from assessments.text import sentence
from indicators.models import Item, Policy
from indicators.scoring.outcome import Answer, ManualLoss, Outcome, ScoredItem, score
from indicators.scoring.points import ZERO, plain
from indicators.wording import explain_cause

REPORT_LANGUAGE = "zh-hans"
"""Losses are sentences of the report, which is Chinese whatever language the editor reads."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Points lost for a stated reason, with the figures it rests on, if any."""

    points: Decimal
    reason: str
    rule_kind: str = ""
    measured: Decimal | None = None
    standard: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What an editor fills in. ``score`` is in points; ``None`` takes the computed proposal, if there is one.

    ``reason`` explains points lost that no rule explains, and any deviation from the proposal.
    ``losses`` are reasons already itemised (a report that was read); they count before ``reason``.
    """

    narrative: str = ""
    applicable: bool = True
    na_reason: str = ""
    measures: Mapping[str, Decimal | None] = field(default_factory=dict)
    score: Decimal | None = None
    reason: str = ""
    losses: Sequence[Loss] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """What follows from a content: the proposal, the score that is taken, and where the points went."""

    computed: Decimal | None
    score: Decimal | None
    losses: tuple[Loss, ...]
    missing: tuple[str, ...]


def propose(item: Item, measures: Mapping[str, Decimal | None]) -> Outcome | None:
    """What the item's rules say of these figures; ``None`` where no rule computes.

    Needs ``section__framework`` read along.
    """
    if all(rule.kind == "manual" for rule in item.parsed_rules()):
        return None
    return _score(item, Answer(measures=measures))


def settle(item: Item, content: Content) -> Settled:
    """Work out proposal, score and losses. Raises ``ValidationError`` by field.

    Needs ``section__framework`` and ``measures`` read along.
    """
    if not content.applicable:
        worth = worth_when_not_applicable(item)
        lost = item.weight - worth if worth is not None else ZERO
        return Settled(None, worth, (Loss(lost, sentence(content.na_reason)),) if lost else (), ())
    proposal = propose(item, content.measures)
    computed = proposal.score if proposal else None
    taken = computed if content.score is None else content.score
    missing = proposal.missing if proposal else ()
    losses = () if taken is None else _lay_out(item, content, taken, computed)
    return Settled(computed, taken, losses, missing)


def _score(item: Item, answer: Answer, *, by_hand_alone: bool = False) -> Outcome:
    rules = tuple(rule for rule in item.parsed_rules() if rule.kind == "manual" or not by_hand_alone)
    return score(ScoredItem(item.weight, rules, item.section.framework.computed_step), answer)


def worth_when_not_applicable(item: Item) -> Decimal | None:
    """The points of an item that does not apply, by the framework's policy; ``None`` if it is left out."""
    worth = {Policy.FULL: item.weight, Policy.ZERO: ZERO, Policy.EXCLUDE: None}
    return worth[Policy(item.section.framework.na_policy)]


def _lay_out(item: Item, content: Content, taken: Decimal, computed: Decimal | None) -> tuple[Loss, ...]:
    """Losses that add up to weight less ``taken``: by the rules, as itemised, the rest for the reason given.

    Where fewer points are lost than rules and items say, the reason alone speaks for them.
    """

    def losses_with(*by_hand: Loss) -> tuple[Decimal, tuple[Loss, ...]]:
        manual = tuple(
            ManualLoss(loss.points, loss.reason, loss.measured, loss.standard, loss.unit) for loss in by_hand
        )
        # While a figure is missing the rules that wait for it say nothing, and a person's points stand alone.
        answer = Answer(measures=content.measures, manual=manual)
        outcome = _score(item, answer, by_hand_alone=computed is None)
        with translation.override(REPORT_LANGUAGE):
            losses = tuple(losses_by_rule(outcome, item))
        return item.weight - sum((loss.points for loss in losses), ZERO), losses

    if taken == computed:
        return losses_with()[1]
    left, losses = losses_with(*content.losses)
    if left == taken:
        return losses
    reason, lost = sentence(content.reason), item.weight - taken
    if not reason:
        raise ValidationError({"reason": _ask_for_reason(taken, computed, lost)})
    if left < taken:
        return (Loss(lost, reason),) if lost else ()
    left, losses = losses_with(*content.losses, Loss(left - taken, reason))
    if left != taken:
        least = _("At least %(least)s points: the rules let no more be taken off.") % {"least": plain(left)}
        raise ValidationError({"score": least})
    return losses


def _ask_for_reason(taken: Decimal, computed: Decimal | None, lost: Decimal) -> str:
    if computed is None:
        return _("Say why %(lost)s points are lost.") % {"lost": plain(lost)}
    return _("The rules give %(computed)s points; say why it should be %(taken)s.") % {
        "computed": plain(computed),
        "taken": plain(taken),
    }


def losses_by_rule(outcome: Outcome, item: Item) -> list[Loss]:
    """What the rules take off, in the active language; a loss for which nothing was left is not listed."""
    names = item.measure_names()
    return [
        Loss(
            deduction.points,
            explain_cause(deduction.explanation, names),
            "" if deduction.kind == "manual" else deduction.kind,
            deduction.measured,
            deduction.standard,
            deduction.unit,
        )
        for deduction in outcome.deductions
        if deduction.points
    ]
