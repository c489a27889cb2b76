"""The figures that rules in a form name: which figure each place means, and of what kind it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from indicators.editor.rule_forms.specs import specs_of
from indicators.models import Measure
from indicators.scoring.measures import MeasureKind
from indicators.scoring.points import ZERO
from indicators.scoring.rules import KINDS
from indicators.scoring.rules.giving import SubPoint

PREFERRED = (MeasureKind.MET, MeasureKind.NUMBER, MeasureKind.COUNT, MeasureKind.YES_NO)
"""The kind of a new figure is the first of these that its rule can take."""


@dataclass(slots=True)
class Figure:
    """A figure of the item: those that rules name, and those that are only reported."""

    code: str
    name: str
    unit: str = ""
    kind: str = MeasureKind.NUMBER.value

    def as_data(self) -> dict[str, str]:
        return {"code": self.code, "name": self.name, "unit": self.unit, "kind": self.kind}


class _Slot(NamedTuple):
    """A place in a rule where a figure is named."""

    path: str
    name: str
    code: str
    kind: str
    kinds: frozenset[MeasureKind]
    unit: str | None


class NamedFigures:
    """Which figure each place means.

    A figure keeps its code when it is given another name, unless another place still names it as before;
    places that give the same name mean the same figure.
    """

    def __init__(self, typed: Sequence[Mapping[str, Any]], stored: Iterable[Measure | Figure]) -> None:
        self.stored = {figure.code: figure for figure in stored}
        self.used: dict[str, Figure] = {}
        self._codes: dict[str, str] = {}
        slots = [slot for number, rule in enumerate(typed) for slot in _slots(rule, number)]
        for slot in slots:
            if slot.name:
                self._codes[slot.path] = self._settle(slot, slots)

    def code_at(self, path: str) -> str:
        return self._codes.get(path, "")

    def _settle(self, slot: _Slot, slots: Sequence[_Slot]) -> str:
        code = self._code(slot, slots)
        stored = self.used.get(code) or self.stored.get(code)
        kind = next(
            (kind for kind in (slot.kind, stored.kind if stored else "", *PREFERRED) if kind in slot.kinds),
            slot.kind,
        )
        if code not in self.used:
            unit = slot.unit if slot.unit is not None else stored.unit if stored else ""
            self.used[code] = Figure(code, slot.name, unit, str(kind))
        return code

    def _code(self, slot: _Slot, slots: Sequence[_Slot]) -> str:
        if code := next((code for code, figure in self.used.items() if figure.name == slot.name), ""):
            return code
        known = self.stored.get(slot.code)
        if known is not None and slot.code not in self.used:
            others = {other.name for other in slots if other.code == slot.code and other.name}
            if slot.name == known.name or known.name not in others:
                return slot.code
        same = [code for code, figure in self.stored.items() if figure.name == slot.name]
        if same and same[0] not in self.used:
            return same[0]
        return self._new_code()

    def _new_code(self) -> str:
        taken = self.stored.keys() | self.used.keys()
        return next(code for code in (f"figure-{number}" for number in range(1, 10_000)) if code not in taken)


def _slots(rule: Mapping[str, Any], number: int) -> list[_Slot]:
    kinds = kinds_by_place(rule)
    slots = []
    unit = str(rule["unit"]).strip().replace("％", "%") if "unit" in rule else None
    for spec in specs_of(rule["kind"]):
        if spec.takes == "figure":
            slots.append(_slot(rule, spec.name, f"{number}-{spec.name}", kinds.get(spec.name), unit))
        for column in spec.columns:
            if column.takes == "figure":
                for place, line in enumerate(rule[spec.name]):
                    path = f"{spec.name}-{place}-{column.name}"
                    slots.append(_slot(line, column.name, f"{number}-{path}", kinds.get(path), unit))
    return slots


def _slot(
    typed: Mapping[str, str], name: str, path: str, kinds: frozenset[MeasureKind] | None, unit: str | None
) -> _Slot:
    text = " ".join(str(typed.get(name, "")).split())
    chosen = typed.get(f"{name}-kind", "")
    return _Slot(path, text, typed.get(f"{name}-code", ""), chosen, kinds or frozenset(MeasureKind), unit)


def kinds_by_place(rule: Mapping[str, Any]) -> dict[str, frozenset[MeasureKind]]:
    """The kinds that a figure may have, by its place: asked of a rule that has the places for codes."""
    values: dict[str, Any] = {name: name for name in ("measure", "before") if name in rule}
    values |= {name: rule[name] for name in ("comparison", "effect") if name in rule}
    values["standard"] = None
    if rule["kind"] == "checklist":
        paths = [f"points-{place}-measure" for place in range(len(rule["points"]))]
        values = {"points": tuple(SubPoint.model_construct(measure=path, points=ZERO) for path in paths)}
    found = KINDS[rule["kind"]].model_construct(**values).figures
    return {figure.code: figure.kinds for figure in found}
