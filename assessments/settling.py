"""From what an editor filled in to proposal, score, losses and credits. Reads rows, writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from assessments.text import sentence
from indicators.models import Item, Policy
from indicators.scoring.outcome import (
    Answer,
    Entry,
    ManualCredit,
    ManualLoss,
    Outcome,
    ScoredItem,
    Veto,
    score,
)
from indicators.scoring.points import ZERO, plain
from indicators.scoring.rules import Rule
from indicators.wording import explain_cause

REPORT_LANGUAGE = "zh-hans"
"""Losses are sentences of the report, which is Chinese whatever language the editor reads."""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Points lost or earned for a stated reason, with the figures it rests on, if any."""

    points: Decimal
    reason: str
    rule_kind: str = ""
    measured: Decimal | None = None
    standard: Decimal | None = None
    unit: str = ""


class Loss(Reckoned):
    """Points lost (扣分)."""

    __slots__ = ()


class Gain(Reckoned):
    """Points earned on a bonus item (加分)."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Content:
    """What an editor fills in. ``score`` is in points; ``None`` takes what follows from rules and ``losses``.

    ``losses`` are points taken off by hand (扣分说明), each with its reason, beside what the rules take; on a
    bonus item points added. ``reason`` explains what neither rules nor ``losses`` explain, and any deviation
    from the proposal. ``ranks`` are not filled in but looked up: the district's places by the figures of an
    accepted item (:mod:`assessments.ranking`). ``materials`` are the required ones that are there, by name,
    with their document number or title.
    """

    narrative: str = ""
    applicable: bool = True
    na_reason: str = ""
    measures: Mapping[str, Decimal | None] = field(default_factory=dict)
    score: Decimal | None = None
    reason: str = ""
    losses: Sequence[Reckoned] = ()
    ranks: Mapping[str, int | None] = field(default_factory=dict)
    materials: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settled:
    """What follows from a content: the proposal, the score that is taken, and where the points went.

    An ordinary item has ``losses``, a bonus item ``gains``. ``missing`` and ``awaiting_rank`` hold the codes
    of the figures that the proposal waits for, or for the district's place by them.
    """

    computed: Decimal | None
    score: Decimal | None
    losses: tuple[Reckoned, ...]
    missing: tuple[str, ...]
    gains: tuple[Reckoned, ...] = ()
    awaiting_rank: tuple[str, ...] = ()


def propose(
    item: Item, measures: Mapping[str, Decimal | None], ranks: Mapping[str, int | None] | None = None
) -> Outcome | None:
    """What the item's rules say of these figures; ``None`` where there are only rules by hand.

    Its score is ``None`` also where the rules do not decide the points but only veto. An item of no weight,
    which is only checked, has 0 points whoever checks it. Needs ``section__framework`` read along.
    """
    rules = item.parsed_rules()
    if item.weight and all(rule.by_hand for rule in rules):
        return None
    outcome = score(_scored(item, rules), Answer(measures=measures, ranks=ranks or {}))
    decides = not item.weight or any(not rule.by_hand and rule.kind != "veto" for rule in rules)
    if decides or any(veto.effect == "zero_item" for veto in outcome.vetoes):
        return outcome
    return replace(outcome, score=None, deductions=(), credits=())


def settle(item: Item, content: Content) -> Settled:
    """Work out proposal, score, losses and gains. Raises ``ValidationError`` by field.

    Needs ``section__framework`` and ``measures`` read along.
    """
    if not content.applicable:
        worth = worth_when_not_applicable(item)
        lost = item.weight - worth if worth is not None and not item.bonus else ZERO
        return Settled(None, worth, (Loss(lost, sentence(content.na_reason)),) if lost else (), ())
    proposal = propose(item, content.measures, content.ranks)
    computed = proposal.score if proposal else None
    taken = _following(item, content, proposal) if content.score is None else content.score
    entries = () if taken is None else _lay_out(item, content, taken, computed)
    return Settled(
        computed,
        taken,
        losses=() if item.bonus else entries,
        missing=proposal.missing if proposal else (),
        gains=entries if item.bonus else (),
        awaiting_rank=proposal.awaiting_rank if proposal else (),
    )


def _following(item: Item, content: Content, proposal: Outcome | None) -> Decimal | None:
    """The points that follow from rules and itemised losses, where none were typed.

    While a figure is missing the itemised losses alone are counted: what was typed is not to be lost. Where
    a place is open there are none yet.
    """
    computed = proposal.score if proposal else None
    if not content.losses or (proposal and proposal.awaiting_rank):
        return computed
    entries = _entries(item, content, content.losses, by_hand_alone=computed is None)
    moved = sum((entry.points for entry in entries), ZERO)
    return moved if item.bonus else item.weight - moved


def as_typed(item: Item, content: Content, computed: Decimal | None) -> Content:
    """A stored content as its editor would type it: nothing twice, and points that only follow left empty.

    ``computed`` are the points by the rules as stored. What :func:`settle` makes of both is the same. A
    reason that just one itemised loss repeats stands for it, with its points; one that only strings several
    together is left out. Needs what ``settle`` needs.
    """
    if not content.applicable:
        return replace(content, score=None, losses=())
    losses, reason = tuple(content.losses), sentence(content.reason)
    if reason and losses and "；".join(loss.reason for loss in losses) == reason:
        bare = replace(content, score=None, reason="")
        if (len(losses) > 1 or _rests_on_figures(losses[0])) and settle(item, bare).score == content.score:
            return bare
    if reason and losses and losses[-1].reason == reason and not _rests_on_figures(losses[-1]):
        losses = losses[:-1]
    content = replace(content, losses=losses)
    if content.reason:
        return content
    follows = settle(item, replace(content, score=None)).score if losses else computed
    return replace(content, score=None) if content.score == follows else content


def _rests_on_figures(loss: Reckoned) -> bool:
    return loss.measured is not None or loss.standard is not None


def vetoes_of(item: Item, measures: Mapping[str, Decimal | None]) -> tuple[Veto, ...]:
    """The vetoes (一票否决) that these figures trip."""
    outcome = propose(item, measures)
    return outcome.vetoes if outcome else ()


def scored_item(item: Item) -> ScoredItem:
    """The item as the scoring core takes it. Needs ``section__framework`` read along."""
    return _scored(item, item.parsed_rules())


def _scored(item: Item, rules: tuple[Rule, ...]) -> ScoredItem:
    return ScoredItem(item.weight, rules, item.section.framework.computed_step, item.bonus)


def worth_when_not_applicable(item: Item) -> Decimal | None:
    """The points of an item that does not apply, by the framework's policy; ``None`` if it is left out."""
    whole = ZERO if item.bonus else item.weight
    worth = {Policy.FULL: whole, Policy.ZERO: ZERO, Policy.EXCLUDE: None}
    return worth[Policy(item.section.framework.na_policy)]


def due(item: Item, taken: Decimal) -> Decimal:
    """The points that reasons must account for: those lost, on a bonus item those earned."""
    return taken if item.bonus else item.weight - taken


def _lay_out(item: Item, content: Content, taken: Decimal, computed: Decimal | None) -> tuple[Reckoned, ...]:
    """Losses that add up to weight less ``taken``: by the rules, as itemised, the rest for the reason given.

    On a bonus item gains that add up to ``taken``. Where fewer points move than rules and items say, the
    reason alone speaks for them.
    """

    def entries_with(*by_hand: Reckoned) -> tuple[Decimal, tuple[Reckoned, ...]]:
        entries = _entries(item, content, by_hand, by_hand_alone=computed is None)
        return sum((entry.points for entry in entries), ZERO), entries

    wanted = due(item, taken)
    if taken == computed:
        return entries_with()[1]
    moved, entries = entries_with(*content.losses)
    if moved == wanted:
        return entries
    reason = sentence(content.reason)
    if not reason:
        raise ValidationError({"reason": _ask_for_reason(item, taken, computed)})
    kind = Gain if item.bonus else Loss
    if moved > wanted:
        return (kind(wanted, reason),) if wanted else ()
    moved, entries = entries_with(*content.losses, kind(wanted - moved, reason))
    if moved != wanted:
        raise ValidationError({"score": _beyond_the_rules(item, moved)})
    return entries


def _entries(
    item: Item, content: Content, by_hand: Sequence[Reckoned], *, by_hand_alone: bool
) -> tuple[Reckoned, ...]:
    """What rules and people move of the points, in the report's language.

    While a figure is missing the rules that wait for it say nothing, and a person's points stand alone.
    """
    outcome = score(*_with_by_hand(item, content, by_hand, by_hand_alone=by_hand_alone))
    with translation.override(REPORT_LANGUAGE):
        return tuple(reckoned_by_rule(outcome, item))


def _with_by_hand(
    item: Item, content: Content, by_hand: Sequence[Reckoned], *, by_hand_alone: bool
) -> tuple[ScoredItem, Answer]:
    """Item and answer as the scoring core takes them, with points given by hand."""
    rules = tuple(rule for rule in item.parsed_rules() if rule.by_hand or not by_hand_alone)
    if item.bonus:
        credits = tuple(ManualCredit(entry.points, entry.reason) for entry in by_hand)
        answer = Answer(measures=content.measures, ranks=content.ranks, credits=credits)
    else:
        manual = tuple(
            ManualLoss(entry.points, entry.reason, entry.measured, entry.standard, entry.unit)
            for entry in by_hand
        )
        answer = Answer(measures=content.measures, ranks=content.ranks, manual=manual)
    return _scored(item, rules), answer


def _ask_for_reason(item: Item, taken: Decimal, computed: Decimal | None) -> str:
    if computed is not None:
        return _("The rules give %(computed)s points; say why it should be %(taken)s.") % {
            "computed": plain(computed),
            "taken": plain(taken),
        }
    if item.bonus:
        return _("Say what the %(points)s points are added for.") % {"points": plain(taken)}
    return _("Say why %(lost)s points are lost.") % {"lost": plain(item.weight - taken)}


def _beyond_the_rules(item: Item, moved: Decimal) -> str:
    if item.bonus:
        return _("At most %(most)s points: the rules let no more be added.") % {"most": plain(moved)}
    least = plain(item.weight - moved)
    return _("At least %(least)s points: the rules let no more be taken off.") % {"least": least}


def reckoned_by_rule(outcome: Outcome, item: Item) -> list[Reckoned]:
    """What the rules take off or add, in the active language; what moved no points is not listed.

    A person's reason stands as it was given.
    """
    names = item.measure_names()
    return [
        _reckoned(entry, item, names) for entry in (*outcome.deductions, *outcome.credits) if entry.points
    ]


def _reckoned(entry: Entry, item: Item, names: Mapping[str, str]) -> Reckoned:
    by_hand = entry.explanation.key in BY_HAND
    values = entry.explanation.values
    return (Gain if item.bonus else Loss)(
        entry.points,
        str(values["reason"]) if by_hand else explain_cause(entry.explanation, names),
        "" if by_hand else entry.kind,
        entry.measured,
        entry.standard,
        entry.unit,
    )


@dataclass(frozen=True, slots=True)
class Share:
    """What one rule of an item moves, or (``rule`` 0) the points given by hand; nothing without entries.

    ``rule`` counts from 1. The reasons of the entries say in the active language what held them back, if
    anything did; an entry that moved nothing for that reason is among them.
    """

    rule: int
    entries: tuple[Reckoned, ...]


def shares_of(item: Item, content: Content) -> list[Share]:
    """Rule by rule what the points that :func:`settle` makes of typed rows rest on; empty while figures are
    missing or places are open, where only rows by hand count."""
    proposal = propose(item, content.measures, content.ranks)
    open_still = proposal is None or proposal.score is None
    scored, answer = _with_by_hand(item, content, content.losses, by_hand_alone=open_still)
    outcome = score(scored, answer)
    names = item.measure_names()
    entries = [*outcome.deductions, *outcome.credits]
    shares = []
    for number, rule in enumerate(scored.rules_in_force(), 1):
        found = len(rule.findings(scored, answer))
        mine, entries = entries[:found], entries[found:]
        told = [_told(entry, item, names) for entry in mine if entry.points or entry.cut]
        shares.append(Share(0 if rule.by_hand else number, tuple(told)))
    if entries:  # a veto that takes all that is left
        shares.append(Share(0, tuple(_told(entry, item, names) for entry in entries)))
    return shares


def _told(entry: Entry, item: Item, names: Mapping[str, str]) -> Reckoned:
    return replace(_reckoned(entry, item, names), reason=explain_cause(entry.explanation, names))


BY_HAND = frozenset({"manual", "bonus.by_hand"})
"""Keys of explanations that are a person's reason."""
