"""The fields of rules, from the JSON Schema of their classes."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, NamedTuple

from indicators.scoring.rules import KINDS

CODE_PATTERN = "^[A-Za-z0-9_-]+$"
LAST_FIELDS = ("cap", "share")
"""Seldom needed, so they come last."""

Input = Literal["number", "text", "choice", "figure", "lines"]


class Spec(NamedTuple):
    """A field of a rule as its schema says: what it takes, and of a list what each line takes."""

    name: str
    label: str
    takes: Input
    required: bool
    choices: tuple[str, ...] = ()
    columns: tuple["Spec", ...] = ()


@cache
def specs_of(kind: str) -> tuple[Spec, ...]:
    """The fields of a kind of rule in the order of its form."""
    schema = KINDS[kind].model_json_schema()
    found = _specs(schema, schema.get("$defs", {}))
    return tuple(
        sorted(found, key=lambda spec: LAST_FIELDS.index(spec.name) + 1 if spec.name in LAST_FIELDS else 0)
    )


def _specs(schema: Mapping[str, Any], definitions: Mapping[str, Any], above: str = "") -> list[Spec]:
    specs = []
    for name, entry in schema["properties"].items():
        if name == "kind" or entry.get("type") == "null":
            continue
        takes, choices = _takes(entry)
        columns: tuple[Spec, ...] = ()
        if takes == "lines":
            columns = _columns(entry["items"], definitions, name)
        required = name in schema.get("required", ())
        specs.append(Spec(name, f"{above}{name}", takes, required, choices, columns))
    return specs


def _columns(entry: Mapping[str, Any], definitions: Mapping[str, Any], name: str) -> tuple[Spec, ...]:
    if "$ref" in entry:
        return tuple(_specs(definitions[entry["$ref"].rsplit("/", 1)[1]], definitions, f"{name}."))
    return (Spec("value", name, _takes(entry)[0], True),)


def _takes(entry: Mapping[str, Any]) -> tuple[Input, tuple[str, ...]]:
    kinds = entry.get("anyOf", [entry])
    if any(kind.get("type") == "integer" for kind in kinds):
        return "number", ()
    if any(kind.get("pattern") == CODE_PATTERN for kind in kinds):
        return "figure", ()
    if "enum" in entry:
        return "choice", tuple(entry["enum"])
    if entry.get("type") == "boolean":
        return "choice", ("true", "false")
    return ("lines" if entry.get("type") == "array" else "text"), ()
