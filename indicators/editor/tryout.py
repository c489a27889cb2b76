"""Trying rules out (试算): figures in, points and their explanation out; nothing is stored."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from indicators.editor.rule_forms import Figure
from indicators.numbers import NUMBER, as_number
from indicators.scoring.faults import faults_of
from indicators.scoring.measures import MeasureKind, is_figure_of
from indicators.scoring.outcome import Answer, InvalidAnswer, InvalidItem, Outcome, ScoredItem, score
from indicators.scoring.rules import Rule
from indicators.wording import explain, explain_veto, fault_in_words


@dataclass(frozen=True, slots=True)
class Asked:
    """A figure to try: what was given for it, and whether that can be used."""

    figure: Figure
    value: str
    usable: bool
    is_rank: bool = False

    @property
    def name(self) -> str:
        return f"{'rank' if self.is_rank else 'try'}-{self.figure.code}"

    @property
    def takes_choice(self) -> bool:
        return not self.is_rank and self.figure.kind in (MeasureKind.YES_NO, MeasureKind.MET)


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it. ``outcome`` is ``None`` where the rules are not ``complete`` or cannot score the item;
    ``faults`` say why, or what else is odd about them."""

    asked: list[Asked]
    outcome: Outcome | None
    sentences: list[str]
    waits_for: list[str]
    faults: list[str]
    complete: bool = True

    @property
    def signature(self) -> str:
        """Of the figures that are asked for: while it stays, so do their fields."""
        return "|".join(f"{a.name}:{a.figure.name}:{a.figure.kind}:{a.figure.unit}" for a in self.asked)


def try_out(
    *,
    rules: Sequence[Rule | None],
    weight: Decimal,
    bonus: bool,
    step: Decimal,
    figures: Mapping[str, Figure],
    given: Mapping[str, str],
    grades: Iterable[str] = (),
) -> Tried:
    """Score an item as it stands in a form: a rule is ``None`` while it is not valid. ``given`` has texts by
    ``try-<code>`` and ``rank-<code>``."""
    valid = tuple(rule for rule in rules if rule is not None)
    asked = list(_asked(valid, figures, given))
    if len(valid) < len(rules):
        return Tried(asked, None, [], [], [], complete=False)
    names = {code: figure.name for code, figure in figures.items()}
    kinds = {code: MeasureKind(figure.kind) for code, figure in figures.items()}
    found = faults_of(valid, kinds, weight=weight, bonus=bonus, grades=list(grades) or None)
    faults = [fault_in_words(fault, names) for fault in found]
    try:
        outcome = score(ScoredItem(weight, valid, step=step, bonus=bonus), _answer(asked))
    except (InvalidItem, InvalidAnswer):
        return Tried(asked, None, [], [], faults)
    sentences = [explain(entry.explanation, names) for entry in (*outcome.deductions, *outcome.credits)]
    sentences += [explain_veto(veto, names) for veto in outcome.vetoes if veto.effect != "zero_item"]
    waits_for = [names.get(code, code) for code in dict.fromkeys((*outcome.missing, *outcome.awaiting_rank))]
    return Tried(asked, outcome, sentences, waits_for, faults)


def _asked(rules: Sequence[Rule], figures: Mapping[str, Figure], given: Mapping[str, str]) -> Iterable[Asked]:
    for code in dict.fromkeys(code for rule in rules for code in rule.needs):
        figure = figures[code]
        value = as_number(given.get(f"try-{code}", "").strip(), figure.unit)
        usable = bool(NUMBER.fullmatch(value)) and is_figure_of(MeasureKind(figure.kind), Decimal(value))
        yield Asked(figure, value, usable)
    for code in dict.fromkeys(code for rule in rules for code in rule.ranked_by):
        rank = given.get(f"rank-{code}", "").strip()
        yield Asked(figures[code], rank, rank.isascii() and rank.isdigit() and 0 < int(rank[:4]) < 1000, True)


def _answer(asked: Iterable[Asked]) -> Answer:
    usable = [entry for entry in asked if entry.usable]
    return Answer(
        measures={entry.figure.code: Decimal(entry.value) for entry in usable if not entry.is_rank},
        ranks={entry.figure.code: int(entry.value) for entry in usable if entry.is_rank},
    )
