"""Rules as the page shows them: boxes to fill in, with what is wrong at each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indicators.editor.rule_forms.figures import PREFERRED, kinds_by_place
from indicators.editor.rule_forms.reading import ReadRules
from indicators.editor.rule_forms.specs import LAST_FIELDS, Input, Spec, specs_of
from indicators.editor.rule_forms.typed import TypedRule
from indicators.scoring.measures import MeasureKind
from indicators.scoring.rules import KINDS
from indicators.wording import choice_label, field_label, kind_label, measure_kind_label


@dataclass(frozen=True, slots=True)
class Box:
    """One thing to fill in."""

    name: str
    label: str
    takes: Input
    value: str
    required: bool
    choices: tuple[tuple[str, str], ...] = ()
    code: str = ""
    kind: str = ""
    kinds: tuple[tuple[str, str], ...] = ()
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lines:
    """A list in a rule: the boxes of each line, and what is wrong with the list."""

    name: str
    label: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Box, ...], ...]
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleForm:
    """A rule as the page shows it; ``more`` are the boxes that are seldom needed."""

    name: str
    kind: str
    label: str
    boxes: tuple[Box, ...]
    more: tuple[Box, ...]
    lists: tuple[Lines, ...]
    sentence: str
    errors: tuple[str, ...]
    is_first: bool

    @property
    def shows_more(self) -> bool:
        return any(box.value or box.errors for box in self.more)


def rule_forms(typed: Sequence[TypedRule], read: ReadRules, *, with_errors: bool) -> list[RuleForm]:
    """The forms of an item's rules."""
    errors = read.errors if with_errors else {}
    return [_rule_form(rule, number, read, errors) for number, rule in enumerate(typed)]


def _rule_form(
    rule: TypedRule, number: int, read: ReadRules, errors: Mapping[str, Sequence[str]]
) -> RuleForm:
    kind, name = rule["kind"], f"rules-{number}"
    specs, kinds = specs_of(kind), kinds_by_place(rule)
    boxes = {
        spec.name: _box(kind, spec, rule, f"{name}-{spec.name}", kinds.get(spec.name), errors)
        for spec in specs
        if spec.takes != "lines"
    }
    known = {box.name for box in boxes.values()}
    lists = tuple(
        _lines(rule, spec, f"{name}-{spec.name}", kinds, errors) for spec in specs if spec.takes == "lines"
    )
    known |= {f"{entry.name}" for entry in lists} | {
        box.name for entry in lists for row in entry.rows for box in row
    }
    own = [
        words
        for place, said in errors.items()
        for words in said
        if _belongs(place, name) and place not in known
    ]
    return RuleForm(
        name,
        kind,
        kind_label(kind),
        tuple(box for field_name, box in boxes.items() if field_name not in LAST_FIELDS),
        tuple(box for field_name, box in boxes.items() if field_name in LAST_FIELDS),
        lists,
        read.sentence(number),
        tuple(own),
        number == 0,
    )


def _belongs(place: str, name: str) -> bool:
    return place == name or place.startswith(f"{name}-")


def _lines(
    rule: TypedRule,
    spec: Spec,
    name: str,
    kinds: Mapping[str, frozenset[MeasureKind]],
    errors: Mapping[str, Sequence[str]],
) -> Lines:
    kind = rule["kind"]
    rows = tuple(
        tuple(
            _box(
                kind,
                column,
                line,
                f"{name}-{place}-{column.name}",
                kinds.get(f"{spec.name}-{place}-{column.name}"),
                errors,
            )
            for column in spec.columns
        )
        for place, line in enumerate(rule[spec.name])
    )
    shown = {box.name for row in rows for box in row}
    own = [
        words
        for place, said in errors.items()
        for words in said
        if _belongs(place, name) and place not in shown
    ]
    headings = tuple(field_label(kind, column.label) for column in spec.columns)
    return Lines(name, field_label(kind, spec.label), headings, rows, tuple(own))


def _box(
    kind: str,
    spec: Spec,
    typed: Mapping[str, str],
    name: str,
    kinds: frozenset[MeasureKind] | None,
    errors: Mapping[str, Sequence[str]],
) -> Box:
    choices = tuple((choice, choice_label(kind, spec.label, choice)) for choice in spec.choices)
    offered = [entry for entry in PREFERRED if kinds and entry in kinds] if spec.takes == "figure" else []
    return Box(
        name,
        field_label(kind, spec.label),
        spec.takes,
        str(typed.get(spec.name, "")),
        spec.required and spec.takes != "text",
        choices,
        code=typed.get(f"{spec.name}-code", ""),
        kind=typed.get(f"{spec.name}-kind", ""),
        kinds=tuple((entry.value, measure_kind_label(entry)) for entry in offered)
        if len(offered) > 1
        else (),
        errors=tuple(errors.get(name, ())),
    )


def kind_choices(*, bonus: bool) -> list[tuple[str, str]]:
    """The kinds to choose from for an ordinary or a bonus item."""
    return [(kind, kind_label(kind)) for kind in KINDS if (kind == "bonus") is bonus]
