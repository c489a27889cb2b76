"""Rules in the making: figures still bear names, not codes, and shares are not yet dealt out."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from indicators.reading.proposal import ProposedMeasure
from indicators.scoring.measures import MeasureKind
from indicators.scoring.points import plain

NAME_LIMIT = 200
_BEFORE = re.compile(
    r"^(?:[，、。；;：:\-.)]|的|且|和|若|如果|如(?!实)|对于|凡是?|其中|因(?!地)|有关|并(?!网)|评分标准|评分办法|计分办法|同时)+"
)
_AFTER = re.compile(
    r"(?:[，、。；;：:\-(.]|的|且|和(?<!共和)|达到?|应(?<![反响供效])|(?<![行作人认])为|(?<!按)每|按照?|要求|(?<!省定)(?<!国家)标准|均(?<![平人户生])|(?<![所存])在|(?<![有])要)+$"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that a rule needs, named as the prose names it; ``part`` tells those of two parts apart."""

    name: str
    unit: str
    kind: MeasureKind
    part: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule but for its share: its kind and fields, with :class:`Figure` where a code will stand.

    ``own_share`` is what the rule takes by its own words (未建立扣1分).
    """

    kind: str
    fields: Mapping[str, object] = field(default_factory=dict)
    own_share: Decimal | None = None

    def in_part(self, part: int) -> "Draft":
        """The same rule with the figures of its part of the prose."""
        return replace(self, fields=_mapped(self.fields, lambda figure: replace(figure, part=part)))

    def as_data(self, codes: Mapping[Figure, str], share: Decimal | None) -> dict[str, object]:
        """The rule as ``parse_rules`` takes it."""
        said = self.own_share if self.own_share is not None else share
        given = {name: value for name, value in self.fields.items() if value is not None}
        data: dict[str, object] = {"kind": self.kind, **_mapped(given, lambda figure: codes[figure])}
        return data | ({} if said is None else {"share": plain(said)})

    def figures(self) -> list[Figure]:
        """The figures of the rule, in the order of its fields."""
        found: list[Figure] = []
        _mapped(self.fields, lambda figure: found.append(figure))
        return found


def measures_of(drafts: Sequence[Draft]) -> dict[Figure, ProposedMeasure]:
    """The figures of all rules with their codes: the same figure has one, and no two have the same name."""
    measures: dict[Figure, ProposedMeasure] = {}
    names: set[str] = set()
    for number, figure in enumerate(
        dict.fromkeys(figure for draft in drafts for figure in draft.figures()), 1
    ):
        name = figure.name if figure.name not in names else f"{figure.name[: NAME_LIMIT - 8]}（{number}）"
        names.add(name)
        measures[figure] = ProposedMeasure(f"figure-{number}", name, figure.unit, figure.kind)
    return measures


def _mapped(value: Any, change: Callable[[Figure], object]) -> Any:
    """Data with each figure changed, and numbers as text where they stand in lists or fields."""
    if isinstance(value, Figure):
        return change(value)
    if isinstance(value, Mapping):
        return {name: _mapped(inner, change) for name, inner in value.items()}
    return [_mapped(inner, change) for inner in value] if isinstance(value, list) else value


def clean_name(text: str) -> str:
    """A name for a figure out of a piece of prose: what joins it to the rest is left out."""
    name = _AFTER.sub("", _BEFORE.sub("", text.strip()[: NAME_LIMIT + 40]))
    if name.count("(") != name.count(")"):
        name = name.replace("(", "").replace(")", "")
    return name[:NAME_LIMIT]


def clean_condition(text: str) -> str:
    """A condition as the prose has it, without what joins it to its consequence."""
    return _BEFORE.sub("", text).rstrip("，、。；;：:-(. 的者")[:NAME_LIMIT]


def clean_text(text: str) -> str:
    """A sub-point's own text, without the marks around it."""
    return text.strip("，、。；;:-.( \n").removesuffix("的").rstrip("，")[:NAME_LIMIT]


def last_piece(text: str) -> str:
    """The last of several pieces between commas that makes a name."""
    return next(filter(None, (clean_name(piece) for piece in reversed(text.split("，")))), "")
