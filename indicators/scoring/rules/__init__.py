"""Scoring rules (评分细则) as data: one class for each kind, validated, with a JSON Schema.

To add a kind, write its class beside its likes and name it in ``Rule``; nothing else in the core changes:

1. ``class TiersRule(BaseRule)`` with ``kind: Literal["tiers"]`` and its parameters, typed by the names in
   :mod:`~indicators.scoring.rules.base`; what fields must be together is said by a ``PydanticCustomError``;
2. ``figures``, where it waits for any; ``limit``, where it moves less than its share;
3. ``findings(item, answer)``: a :class:`~indicators.scoring.findings.Finding` for each thing found, its
   points rounded by ``round_points(…, item.step)``, nothing where nothing is lost. A kind that takes what
   it does not give reckons from ``self.at_stake(item.weight)``. The caller applies limits and 扣完为止;
4. its words, in :mod:`indicators.wording` (a test there names every kind without words).

``kind`` is stored with the frameworks: once published, a name stays.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from indicators.scoring.measures import NeededFigure
from indicators.scoring.rules.base import (
    BaseRule,
    Figure,
    MeasureCode,
    Points,
    Rate,
    exact_number,
)
from indicators.scoring.rules.beyond import BonusRule, VetoRule
from indicators.scoring.rules.giving import (
    AllOrNothingRule,
    ChecklistRule,
    ProportionalRule,
    RankingRule,
    SubPoint,
    Tier,
    TiersRule,
)
from indicators.scoring.rules.losing import ManualRule, NoDecreaseRule, PerOccurrenceRule, ShortfallRule

__all__ = [
    "KINDS",
    "AllOrNothingRule",
    "BaseRule",
    "BonusRule",
    "ChecklistRule",
    "Figure",
    "InvalidRules",
    "ManualRule",
    "MeasureCode",
    "NeededFigure",
    "NoDecreaseRule",
    "PerOccurrenceRule",
    "Points",
    "ProportionalRule",
    "RankingRule",
    "Rate",
    "Rule",
    "RuleProblem",
    "Rules",
    "ShortfallRule",
    "SubPoint",
    "Tier",
    "TiersRule",
    "VetoRule",
    "dump_rules",
    "exact_number",
    "parse_rules",
    "rules_json_schema",
]

Rule = Annotated[
    ManualRule
    | ShortfallRule
    | PerOccurrenceRule
    | ProportionalRule
    | TiersRule
    | ChecklistRule
    | AllOrNothingRule
    | NoDecreaseRule
    | BonusRule
    | RankingRule
    | VetoRule,
    Field(discriminator="kind"),
]

KINDS: dict[str, type[BaseRule]] = {
    "manual": ManualRule,
    "shortfall": ShortfallRule,
    "per_occurrence": PerOccurrenceRule,
    "proportional": ProportionalRule,
    "tiers": TiersRule,
    "checklist": ChecklistRule,
    "all_or_nothing": AllOrNothingRule,
    "no_decrease": NoDecreaseRule,
    "bonus": BonusRule,
    "ranking": RankingRule,
    "veto": VetoRule,
}
"""The class of each kind, in the order in which people choose among them."""

MOST_RULES = 50


def _one_by_hand(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    if sum(rule.by_hand for rule in rules) > 1:
        raise PydanticCustomError("several_by_hand", "an item has at most one rule by hand")
    return rules


Rules = Annotated[tuple[Rule, ...], Field(max_length=MOST_RULES), AfterValidator(_one_by_hand)]
"""The rules of one item."""

_RULES: TypeAdapter[tuple[Rule, ...]] = TypeAdapter(Rules)


class RuleProblem(NamedTuple):
    """One thing wrong with rules as data.

    ``rule`` is counted from 1, 0 for the whole; ``kind`` is its kind, "" where that is what is wrong;
    ``field`` is dotted (``tiers.1.low``, lines counted from 0), "" for the rule itself. ``key`` and
    ``values`` are pydantic's type and context of the error, or our own; the words are in
    :func:`indicators.schema_faults.problems_in_words`. ``message`` is for logs.
    """

    rule: int
    kind: str
    field: str
    key: str
    values: dict[str, Any]
    message: str

    def __str__(self) -> str:
        place = ", ".join(filter(None, (f"rule {self.rule}" if self.rule else "rules", self.field)))
        return f"{place}: {self.message}"


class InvalidRules(ValueError):
    """Rules that cannot be used; ``problems`` has all that is wrong with them, by place."""

    def __init__(self, problems: Iterable[RuleProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)))


def parse_rules(data: object) -> tuple[Rule, ...]:
    """Rules from data as stored, imported or posted: a list of objects, numbers as text or whole numbers.

    Raises :class:`InvalidRules`.
    """
    try:
        return _RULES.validate_python(data)
    except ValidationError as error:
        raise InvalidRules(_problem(dict(found)) for found in error.errors(include_url=False)) from None


def dump_rules(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """Rules as JSON-ready data, numbers as text; ``parse_rules`` gives the same rules back."""
    dumped: list[dict[str, Any]] = _RULES.dump_python(tuple(rules), mode="json", exclude_none=True)
    return list(dumped)


def rules_json_schema() -> dict[str, Any]:
    """JSON Schema of an item's rules."""
    return _RULES.json_schema()


def _problem(found: dict[str, Any]) -> RuleProblem:
    place = found["loc"]
    # A place reads (index, kind, field…), without the kind where that is what is wrong.
    rule = place[0] + 1 if place else 0
    kind, field = "".join(place[1:2]), ".".join(map(str, place[2:]))
    return RuleProblem(rule, kind, field, found["type"], found.get("ctx", {}), found["msg"])
