"""Rules as text in a form: from what is stored, and from what was posted."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from indicators.editor.rule_forms.figures import Figure
from indicators.editor.rule_forms.specs import Spec, specs_of
from indicators.models import Measure
from indicators.scoring.rules import KINDS

MOST_ROWS = 60
"""Of rules and of lines in a rule that a form takes; the rules themselves allow fewer, and say so."""

TypedLine = dict[str, str]
TypedRule = dict[str, Any]
"""Text by field, ``kind`` among them; a list of :data:`TypedLine` for a list."""


def typed_rules(
    rules: Iterable[Mapping[str, Any]], figures: Mapping[str, Measure | Figure]
) -> list[TypedRule]:
    """Stored rules (or proposed ones, dumped) as a form shows them; ``figures`` by code."""
    return [
        _typed(rule, specs_of(str(rule["kind"])), figures) | {"kind": str(rule["kind"])} for rule in rules
    ]


def _typed(
    data: Mapping[str, Any], specs: Iterable[Spec], figures: Mapping[str, Measure | Figure]
) -> TypedRule:
    typed: TypedRule = {}
    for spec in specs:
        value = data.get(spec.name)
        if spec.takes == "lines":
            lines = [line if isinstance(line, dict) else {"value": line} for line in value or ()]
            typed[spec.name] = [_typed(line, spec.columns, figures) for line in lines]
        elif spec.takes == "figure":
            figure = figures.get(str(value))
            typed[spec.name] = figure.name if figure else value or ""
            typed[f"{spec.name}-code"] = value if figure else ""
            typed[f"{spec.name}-kind"] = figure.kind if figure else ""
        else:
            typed[spec.name] = _text_of(value)
    return typed


def _text_of(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def new_rule(kind: str) -> TypedRule:
    """An empty rule of a kind, its defaults filled in, lists with the lines people need most often."""
    schema = KINDS[kind].model_json_schema()
    rule: TypedRule = {"kind": kind}
    for spec in specs_of(kind):
        if spec.takes == "lines":
            rule[spec.name] = [new_line(kind, spec.name) for _number in range(3)]
        else:
            rule[spec.name] = str(schema["properties"][spec.name].get("default") or "")
            if spec.takes == "choice" and not rule[spec.name]:
                rule[spec.name] = spec.choices[0]
    return rule


def new_line(kind: str, name: str) -> TypedLine:
    """An empty line of a list."""
    columns = next(spec.columns for spec in specs_of(kind) if spec.name == name)
    closed = {"low_closed": "true", "high_closed": "false"}
    return {column.name: closed.get(column.name, "") for column in columns}


def rows_posted(data: Mapping[str, Any], prefix: str) -> list[dict[str, str]]:
    """What was posted under ``prefix-<number>-…``, by rest of the name, in the order of the numbers."""
    pattern = re.compile(rf"{re.escape(prefix)}-([0-9]{{1,4}})-([a-z0-9_-]{{1,80}})")
    rows: dict[int, dict[str, str]] = {}
    for name in data:
        if match := pattern.fullmatch(name):
            rows.setdefault(int(match[1]), {})[match[2]] = str(data[name])
    return [rows[number] for number in sorted(rows)][:MOST_ROWS]


def rules_posted(data: Mapping[str, Any]) -> list[TypedRule]:
    """The rules of a posted form; those of no known kind and fields that a kind has not are left out."""
    return [_posted(row) for row in rows_posted(data, "rules") if row.get("kind") in KINDS]


def _posted(row: Mapping[str, str]) -> TypedRule:
    rule: TypedRule = {"kind": row["kind"]}
    for spec in specs_of(row["kind"]):
        if spec.takes == "lines":
            lines = rows_posted(row, spec.name)
            rule[spec.name] = [_line_posted(line, spec.columns) for line in lines]
        else:
            rule |= _line_posted(row, [spec])
    return rule


def _line_posted(row: Mapping[str, str], specs: Iterable[Spec]) -> TypedLine:
    names = [name for spec in specs for name in _names(spec)]
    return {name: row.get(name, "") for name in names}


def _names(spec: Spec) -> list[str]:
    return [spec.name, f"{spec.name}-code", f"{spec.name}-kind"] if spec.takes == "figure" else [spec.name]


def without_empty_lines(rules: Iterable[TypedRule]) -> list[TypedRule]:
    """Lines in which nothing was typed are no lines."""
    return [
        {
            name: [line for line in value if _is_filled(line)] if isinstance(value, list) else value
            for name, value in rule.items()
        }
        for rule in rules
    ]


def _is_filled(line: TypedLine) -> bool:
    return any(
        value.strip() for name, value in line.items() if not name.endswith(("_closed", "-code", "-kind"))
    )
