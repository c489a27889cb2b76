"""From what an editor filled in to proposal, score and losses. Reads rows, writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from assessments.text import sentence
from indicators.models import Item, Policy
from indicators.scoring.outcome import Answer, Outcome, ScoredItem, score
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
    rules = tuple(rule for rule in item.parsed_rules() if rule.kind != "manual")
    if not rules:
        return None
    step = item.section.framework.computed_step
    return score(ScoredItem(item.weight, rules, step), Answer(measures=measures))


def settle(item: Item, content: Content) -> Settled:
    """Work out proposal, score and losses. Raises ``ValidationError`` by field.

    Needs ``section__framework`` and ``measures`` read along.
    """
    if not content.applicable:
        worth = worth_when_not_applicable(item)
        lost = item.weight - worth if worth is not None else ZERO
        return Settled(None, worth, (Loss(lost, sentence(content.na_reason)),) if lost else (), ())
    outcome = propose(item, content.measures)
    computed = outcome.score if outcome else None
    taken = computed if content.score is None else content.score
    missing = outcome.missing if outcome else ()
    if taken is None:
        return Settled(computed, None, (), missing)
    with translation.override(REPORT_LANGUAGE):
        by_rule = losses_by_rule(outcome, item) if outcome else []
    return Settled(computed, taken, _lay_out(item.weight, taken, computed, by_rule, content), missing)


def worth_when_not_applicable(item: Item) -> Decimal | None:
    """The points of an item that does not apply, by the framework's policy; ``None`` if it is left out."""
    worth = {Policy.FULL: item.weight, Policy.ZERO: ZERO, Policy.EXCLUDE: None}
    return worth[Policy(item.section.framework.na_policy)]


def _lay_out(
    weight: Decimal, taken: Decimal, computed: Decimal | None, by_rule: list[Loss], content: Content
) -> tuple[Loss, ...]:
    """Losses that add up to ``weight - taken``: by the rules, as itemised, and the rest for the reason given.

    Where fewer points are lost than that, the reason alone speaks for them.
    """
    if taken == computed:
        return tuple(by_rule)
    lost = weight - taken
    losses = (*by_rule, *content.losses)
    unexplained = lost - sum((loss.points for loss in losses), ZERO)
    if not unexplained:
        return losses
    reason = sentence(content.reason)
    if not reason:
        raise ValidationError({"reason": _ask_for_reason(taken, computed, lost)})
    if unexplained > 0:
        return (*losses, Loss(unexplained, reason))
    return (Loss(lost, reason),) if lost else ()


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
            deduction.kind,
            deduction.measured,
            deduction.standard,
            deduction.unit,
        )
        for deduction in outcome.deductions
        if deduction.points
    ]
