"""From the text of a form to rules and figures, or to what is wrong and where."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from indicators.editor.rule_forms.figures import Figure, NamedFigures
from indicators.editor.rule_forms.specs import Spec, specs_of
from indicators.editor.rule_forms.typed import TypedLine, TypedRule
from indicators.models import Measure
from indicators.numbers import as_number
from indicators.schema_faults import problem_in_words
from indicators.scoring.rules import KINDS, InvalidRules, Rule, RuleProblem, parse_rules
from indicators.wording import describe_rule


@dataclass(slots=True)
class ReadRules:
    """What a form's rules say: as data, as rules where they are valid (``None`` each where not), the figures
    by code, and what is wrong, by the name of the field or of the rule (``rules-0``)."""

    data: list[dict[str, Any]]
    rules: list[Rule | None]
    figures: dict[str, Figure]
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, str]:
        return {figure.code: figure.name for figure in self.figures.values()}

    def sentence(self, number: int) -> str:
        """The rule in plain words; empty where it is not complete."""
        rule = self.rules[number]
        return "" if rule is None else describe_rule(rule, self.names)


def read_rules(typed: Sequence[TypedRule], stored: Iterable[Measure | Figure]) -> ReadRules:
    """Read a form's rules. ``stored`` are the figures that the item has."""
    figures = NamedFigures(typed, stored)
    data = [_data_of(rule, number, figures) for number, rule in enumerate(typed)]
    read = ReadRules(data, [_parsed([rule]) for rule in data], figures.used)
    try:
        parse_rules(data)
    except InvalidRules as refused:
        for problem in refused.problems:
            read.errors.setdefault(_field_name(problem), []).append(_words(problem))
    return read


def _parsed(data: list[dict[str, Any]]) -> Rule | None:
    try:
        return parse_rules(data)[0]
    except InvalidRules:
        return None


def _field_name(problem: RuleProblem) -> str:
    name = "-".join(
        filter(None, (f"rules-{problem.rule - 1}" if problem.rule else "rules", *problem.field.split(".")))
    )
    return (
        f"{name}-value" if re.fullmatch(r"rules-\d+-[a-z_]+-\d+", name) and _is_plain_list(problem) else name
    )


def _is_plain_list(problem: RuleProblem) -> bool:
    name = problem.field.split(".")[0]
    specs = {spec.name: spec for spec in specs_of(problem.kind)} if problem.kind in KINDS else {}
    return name in specs and [column.name for column in specs[name].columns] == ["value"]


def _words(problem: RuleProblem) -> str:
    if problem.key == "number_as_text":
        return _("Write a number, such as 13.5.")
    return problem_in_words(problem)


def _data_of(rule: TypedRule, number: int, figures: NamedFigures) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": rule["kind"]}
    for spec in specs_of(rule["kind"]):
        path = f"{number}-{spec.name}"
        if spec.takes != "lines":
            _put(data, spec, rule, path, figures, rule.get("unit", ""))
            continue
        lines = []
        for place, line in enumerate(_bounded(rule[spec.name]) if spec.name == "tiers" else rule[spec.name]):
            entry: dict[str, Any] = {}
            for column in spec.columns:
                _put(entry, column, line, f"{path}-{place}-{column.name}", figures, rule.get("unit", ""))
            lines.append(entry.get("value", "") if [c.name for c in spec.columns] == ["value"] else entry)
        data[spec.name] = lines
    return data


def _bounded(tiers: list[TypedLine]) -> list[TypedLine]:
    """A tier without an upper bound ends where the one above it begins: 95, 90, 80 are enough to type."""
    bounded: list[TypedLine] = []
    for tier in tiers:
        above = bounded[-1] if bounded else None
        if above and not tier["high"].strip() and above["low"].strip():
            closed = "false" if above["low_closed"] == "true" else "true"
            tier = {**tier, "high": above["low"], "high_closed": closed}
        bounded.append(tier)
    return bounded


def _put(
    data: dict[str, Any], spec: Spec, typed: Mapping[str, str], path: str, figures: NamedFigures, unit: str
) -> None:
    """Put what was typed for a field into the data; nothing where nothing was, so that it is missed."""
    text = str(typed.get(spec.name, "")).strip()
    if spec.takes == "figure":
        code = figures.code_at(path)
        if code:
            data[spec.name] = code
    elif spec.takes == "text":
        data[spec.name] = text
    elif text and spec.choices == ("true", "false"):
        data[spec.name] = text != "false"
    elif text:
        data[spec.name] = as_number(text, unit) if spec.takes == "number" else text
