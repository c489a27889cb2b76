"""What all kinds of rule share: how their numbers and words are written, and what scoring asks of them."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from indicators.scoring.answer import Answer
from indicators.scoring.findings import Finding, Veto
from indicators.scoring.item import ScoredItem
from indicators.scoring.measures import FIGURE_DIGITS, FIGURE_PLACES, NeededFigure
from indicators.scoring.points import plain

_NUMBER = r"^-?[0-9]{1,20}(\.[0-9]{1,20})?$"
_NUMBER_SCHEMA = {"anyOf": [{"type": "string", "pattern": _NUMBER}, {"type": "integer"}]}
_MOST_LINES = 50

Line = TypeVar("Line")


def exact_number(value: object) -> Decimal:
    """A number written as text or as a whole one. A float has lost its decimals before it comes here, so it
    is refused (``ValueError``), not rounded."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and re.fullmatch(_NUMBER, value):
        return Decimal(value)
    raise PydanticCustomError("number_as_text", 'write the number as text ("0.1") or as a whole number')


def _printable(text: str) -> str:
    """In one line and without the marks that the text form of a report sets around units."""
    if any(unicodedata.category(mark) == "Cc" or mark in "〔〕" for mark in text):
        raise PydanticCustomError("mark_not_allowed", "no line breaks, control characters, 〔 or 〕")
    return text


def _not_empty(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    if not lines:
        raise PydanticCustomError("too_short", "at least one line", {"min_length": 1})
    return lines


_Number = Annotated[
    Decimal,
    BeforeValidator(exact_number),
    PlainSerializer(plain, return_type=str, when_used="json"),
    WithJsonSchema(_NUMBER_SCHEMA),
]
Points = Annotated[_Number, Field(gt=0, max_digits=8, decimal_places=2)]
"""Points of an item: above 0, two decimals."""
Award = Annotated[_Number, Field(ge=0, max_digits=8, decimal_places=2)]
"""Points that may also be none: 0 or more, two decimals."""
Rate = Annotated[_Number, Field(gt=0, max_digits=8, decimal_places=4)]
"""Points for one step of a unit: above 0, four decimals."""
Figure = Annotated[_Number, Field(max_digits=FIGURE_DIGITS, decimal_places=FIGURE_PLACES)]
"""A value that is measured, or a standard for it, in a unit."""
Amount = Annotated[Figure, Field(ge=0)]
"""A figure of 0 or more: what is let pass before points are lost."""
MeasureCode = Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
"""The code of a measure (数据指标)."""
Unit = Annotated[
    str,
    Field(max_length=20, json_schema_extra={"pattern": r"^[^〔〕\r\n]*$"}),
    AfterValidator(_printable),
    AfterValidator(lambda unit: "%" if unit == "％" else unit),
]
"""The unit of a figure: "%" for shares, whose gaps are percentage points; else 人, 起, 次…"""
GradeName = Annotated[str, Field(max_length=20), AfterValidator(_printable)]
AtMostLines = Field(max_length=_MOST_LINES, json_schema_extra={"minItems": 1})
"""Of a list inside a rule: no more lines than anybody reads."""
SomeLines = AfterValidator(_not_empty)
"""Of a list inside a rule: at least one line. Pydantic’s own check would also blame wrong lines."""


class Part(BaseModel):
    """A rule, or a line of one: fixed once made, with no field that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class BaseRule(Part):
    """What all kinds share. ``share`` is the points of the item that the rule speaks for, all if ``None``."""

    share: Points | None = None

    @property
    def limit(self) -> Decimal | None:
        """The most that the rule takes off or adds, all it finds together."""
        return self.share

    @property
    def by_hand(self) -> bool:
        """Whether the rule speaks of the points that people give by hand."""
        return False

    @property
    def figures(self) -> tuple[NeededFigure, ...]:
        """The figures without which the rule cannot speak."""
        return ()

    @property
    def needs(self) -> tuple[str, ...]:
        """Codes of ``figures``."""
        return tuple(figure.code for figure in self.figures)

    @property
    def ranked_by(self) -> tuple[str, ...]:
        """Codes of the figures by which the district must have its place first."""
        return ()

    def findings(self, item: ScoredItem, answer: Answer) -> Sequence[Finding]:
        """What the rule takes off, or adds on a bonus item."""
        return ()

    def veto(self, answer: Answer) -> Veto | None:
        """The veto that the answer trips."""
        return None

    def at_stake(self, weight: Decimal) -> Decimal:
        """The points that the rule speaks for on an item of this weight."""
        return weight if self.share is None else self.share


def least(*limits: Decimal | None) -> Decimal | None:
    """The limit that takes effect first; ``None`` where there is none."""
    return min((limit for limit in limits if limit is not None), default=None)
