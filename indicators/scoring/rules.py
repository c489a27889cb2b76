"""Scoring rules (评分细则) as data: one class for each kind, validated, with a JSON Schema.

To add a kind, write its class here and name it in ``Rule``; nothing else in the core changes:

1. ``class TiersRule(_Rule)`` with ``kind: Literal["tiers"]`` and its parameters, typed
   ``Points``, ``Rate``, ``Figure`` or ``MeasureCode`` below;
2. ``needs``, where it waits for figures; ``limit``, where it takes off less than its share;
3. ``losses(item, answer)``: a :class:`~indicators.scoring.outcome.Loss` for each thing found, its points
   rounded by ``round_points(…, item.step)``, an empty list where nothing is lost. A kind that takes what
   it does not give reckons from ``self.at_stake(item)``. Limits and 扣完为止 are applied by the caller;
4. its words, in :mod:`indicators.wording` (a test there names every kind without words).

``kind`` is stored with the frameworks: once published, a name stays.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)

from indicators.scoring.outcome import FIGURE_DIGITS, FIGURE_PLACES, Answer, Explanation, Loss, ScoredItem
from indicators.scoring.points import ZERO, plain, round_points

_NUMBER = r"^-?[0-9]{1,20}(\.[0-9]{1,20})?$"
_NUMBER_SCHEMA = {"anyOf": [{"type": "string", "pattern": _NUMBER}, {"type": "integer"}]}


def exact_number(value: object) -> Decimal:
    """A number written as text or as a whole one. A float has lost its decimals before it comes here, so it
    is refused (``ValueError``), not rounded."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and re.fullmatch(_NUMBER, value):
        return Decimal(value)
    raise ValueError('write the number as text ("0.1") or as a whole number')


_Number = Annotated[
    Decimal,
    BeforeValidator(exact_number),
    PlainSerializer(plain, return_type=str, when_used="json"),
    WithJsonSchema(_NUMBER_SCHEMA),
]
Points = Annotated[_Number, Field(gt=0, max_digits=8, decimal_places=2)]
"""Points of an item: above 0, two decimals."""
Rate = Annotated[_Number, Field(gt=0, max_digits=8, decimal_places=4)]
"""Points for one step of a unit: above 0, four decimals."""
Figure = Annotated[_Number, Field(max_digits=FIGURE_DIGITS, decimal_places=FIGURE_PLACES)]
"""A value that is measured, or a standard for it, in a unit."""
MeasureCode = Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
"""The code of a measure (数据指标)."""


class _Rule(BaseModel):
    """What all kinds share. ``share`` is the points of the item that the rule speaks for, all if ``None``."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    share: Points | None = None

    @property
    def limit(self) -> Decimal | None:
        """The most that the rule takes off, all its losses together."""
        return self.share

    @property
    def needs(self) -> tuple[str, ...]:
        """Codes of the measures that the rule waits for."""
        return ()

    def at_stake(self, item: ScoredItem) -> Decimal:
        """The points that the rule speaks for."""
        return item.weight if self.share is None else self.share


class ManualRule(_Rule):
    """酌情扣分: whoever fills in states the points and the reason."""

    kind: Literal["manual"]

    def losses(self, item: ScoredItem, answer: Answer) -> Sequence[Loss]:
        return [loss.as_loss() for loss in answer.manual]


class ShortfallRule(_Rule):
    """每低于标准1个百分点扣0.1分: points for each step by which a figure misses its standard.

    ``standard`` and the measure are in ``unit``; a share of 80.84 % is 80.84 with unit "%" and its gap is in
    percentage points. One step is ``unit_size`` units; ``rounding`` says what becomes of a part of a step.

    Explained by ``shortfall.<direction>.<rounding>`` with measure, measured, standard, gap, unit, unit_size
    and points_per_unit.
    """

    kind: Literal["shortfall"]
    measure: MeasureCode
    standard: Figure
    direction: Literal["at_least", "at_most"]
    unit: Annotated[
        str,
        Field(max_length=20, pattern=r"^[^〔〕\r\n]*$"),
        AfterValidator(lambda unit: "%" if unit == "％" else unit),
    ]
    unit_size: Annotated[Figure, Field(gt=0)] = Decimal(1)
    points_per_unit: Rate
    rounding: Literal["down", "up", "exact"]
    cap: Points | None = None

    @property
    def limit(self) -> Decimal | None:
        return min((most for most in (self.cap, self.share) if most is not None), default=None)

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.measure,)

    def losses(self, item: ScoredItem, answer: Answer) -> Sequence[Loss]:
        measured = answer.figure(self.measure)
        gap = self.standard - measured if self.direction == "at_least" else measured - self.standard
        points = round_points(self._points_for(gap), item.step) if gap > ZERO else ZERO
        if points == ZERO:
            return []
        return [Loss(points, self._explain(measured, gap), measured, self.standard, self.unit)]

    def _points_for(self, gap: Decimal) -> Decimal:
        if self.rounding == "exact":
            return gap * self.points_per_unit / self.unit_size
        whole, part = divmod(gap, self.unit_size)
        return (whole + 1 if part and self.rounding == "up" else whole) * self.points_per_unit

    def _explain(self, measured: Decimal, gap: Decimal) -> Explanation:
        return Explanation(
            f"shortfall.{self.direction}.{self.rounding}",
            {
                "measure": self.measure,
                "measured": measured,
                "standard": self.standard,
                "gap": gap,
                "unit": self.unit,
                "unit_size": self.unit_size,
                "points_per_unit": self.points_per_unit,
            },
        )


Rule = Annotated[ManualRule | ShortfallRule, Field(discriminator="kind")]

_RULES: TypeAdapter[tuple[Rule, ...]] = TypeAdapter(tuple[Rule, ...])


class RuleProblem(NamedTuple):
    """One thing wrong: the rule (counted from 1, 0 for the whole), its field ("" for the rule itself)."""

    rule: int
    field: str
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
        rules = _RULES.validate_python(data)
    except ValidationError as error:
        raise InvalidRules(_problem(dict(found)) for found in error.errors(include_url=False)) from None
    by_hand = [number for number, rule in enumerate(rules, 1) if rule.kind == "manual"]
    if len(by_hand) > 1:
        raise InvalidRules([RuleProblem(by_hand[1], "kind", "an item has at most one manual rule")])
    return rules


def dump_rules(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """Rules as JSON-ready data, numbers as text; ``parse_rules`` gives the same rules back."""
    dumped: list[dict[str, Any]] = _RULES.dump_python(tuple(rules), mode="json", exclude_none=True)
    return list(dumped)


def rules_json_schema() -> dict[str, Any]:
    """JSON Schema of an item's rules."""
    return _RULES.json_schema()


def _problem(found: dict[str, Any]) -> RuleProblem:
    place = found["loc"]
    rule = place[0] + 1 if place else 0
    # A place reads (index, kind, field…), without the kind where that is what is wrong.
    return RuleProblem(rule, ".".join(map(str, place[2:])), _message(found))


def _message(found: dict[str, Any]) -> str:
    match found["type"]:
        case "union_tag_invalid":
            return f"no such kind of rule; there are {found['ctx']['expected_tags']}"
        case "union_tag_not_found":
            return "the kind of rule is missing"
        case "tuple_type":
            return "rules are a list"
        case "value_error":
            return str(found["ctx"]["error"])
        case _:
            return str(found["msg"])
