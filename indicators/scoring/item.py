"""An item as scoring sees it: its weight and its rules, and whether they fit together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from indicators.scoring.answer import Answer
from indicators.scoring.findings import Finding, Veto
from indicators.scoring.points import CENT, ZERO, is_points, plain


@dataclass(frozen=True, slots=True)
class RuleFault:
    """What is wrong with an item's rules taken together: a message key and its values.

    ``rule`` is the one at fault, counted from 1; 0 where it is all of them. The words are in
    :func:`indicators.wording.fault_in_words`.
    """

    key: str
    values: Mapping[str, Decimal | str] = field(default_factory=dict)
    rule: int = 0

    def __str__(self) -> str:
        values = (
            f"{name}={plain(value) if isinstance(value, Decimal) else value}"
            for name, value in self.values.items()
        )
        return " ".join((f"rule {self.rule}:" if self.rule else "rules:", self.key, *values))


class InvalidItem(ValueError):
    """An item's weight, step and rules cannot be scored with; ``faults`` says why."""

    def __init__(self, faults: Iterable[RuleFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(map(str, self.faults)))


class ScoringRule(Protocol):
    """What scoring asks of a rule; the kinds are in :mod:`indicators.scoring.rules`."""

    @property
    def kind(self) -> str: ...

    @property
    def share(self) -> Decimal | None:
        """The points of the item that the rule speaks for; ``None`` for the whole item."""

    @property
    def limit(self) -> Decimal | None:
        """The most that the rule takes off or adds, all it finds together; ``None`` for no limit."""

    @property
    def by_hand(self) -> bool:
        """Whether the rule speaks of the points that people give by hand."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Codes of the figures without which the rule cannot speak."""

    @property
    def ranked_by(self) -> tuple[str, ...]:
        """Codes of the figures by which the district must have its place first."""

    def findings(self, item: "ScoredItem", answer: Answer) -> Sequence[Finding]:
        """What the rule takes off or adds, in two decimals; asked only when all it needs is there."""

    def veto(self, answer: Answer) -> Veto | None:
        """The veto that the answer trips, if any; asked only when all it needs is there."""


class _ByHand:
    """Stands in where no rule speaks of it: points may be given by hand, within the weight."""

    share = None
    limit = None
    by_hand = True
    needs: tuple[str, ...] = ()
    ranked_by: tuple[str, ...] = ()

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def findings(self, item: "ScoredItem", answer: Answer) -> Sequence[Finding]:
        return [entry.as_finding() for entry in (answer.credits if item.bonus else answer.manual)]

    def veto(self, answer: Answer) -> Veto | None:
        return None


_TAKEN_BY_HAND, _ADDED_BY_HAND = _ByHand("manual"), _ByHand("bonus")


@dataclass(frozen=True, slots=True)
class ScoredItem:
    """An item as scoring sees it: its weight (0 where it is only checked) and its rules.

    ``step`` is what computed points are rounded to, half up: a cent, unless the framework says its own
    step. A ``bonus`` item (加分项) starts at 0 and earns up to its weight. Raises :class:`InvalidItem`.
    """

    weight: Decimal
    rules: tuple[ScoringRule, ...] = ()
    step: Decimal = CENT
    bonus: bool = False

    def __post_init__(self) -> None:
        if not is_points(self.weight):
            raise InvalidItem([RuleFault("weight_is_no_points", {"weight": str(self.weight)})])
        if not is_points(self.step) or self.step == ZERO:
            raise InvalidItem([RuleFault("step_is_no_points", {"step": str(self.step)})])
        if faults := tuple(misfits(self.rules, self.weight, bonus=self.bonus)):
            raise InvalidItem(faults)

    def rules_in_force(self) -> tuple[ScoringRule, ...]:
        """The item's rules; points given by hand count on every item, last where no rule speaks of them."""
        if any(rule.by_hand for rule in self.rules):
            return self.rules
        return (*self.rules, _ADDED_BY_HAND if self.bonus else _TAKEN_BY_HAND)


def misfits(rules: Sequence[ScoringRule], weight: Decimal, *, bonus: bool) -> Iterator[RuleFault]:
    """Why these rules cannot stand on one item of this weight."""
    shared = sum((rule.share for rule in rules if rule.share is not None), ZERO)
    if shared > weight:
        values = {"shares": shared, "weight": weight, "difference": shared - weight}
        yield RuleFault("shares_above_weight", values)
    for number, rule in enumerate(rules, 1):
        if (rule.kind == "bonus") is not bonus:
            yield RuleFault("loss_on_bonus_item" if bonus else "bonus_on_ordinary_item", {}, number)
    by_hand = [number for number, rule in enumerate(rules, 1) if rule.by_hand]
    if len(by_hand) > 1:
        yield RuleFault("several_by_hand", {}, by_hand[1])
