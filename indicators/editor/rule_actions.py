"""Steps in the form of an item's rules that store nothing: more, fewer, another order, read from prose."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from indicators.editor.forms import ItemForm
from indicators.editor.rule_forms import (
    LAST_FIELDS,
    MOST_ROWS,
    Figure,
    TypedRule,
    kind_choices,
    new_line,
    new_rule,
    specs_of,
    typed_rules,
)
from indicators.reading.rule_prose import read_rule_prose
from indicators.reading.wording import remark_in_words
from indicators.scoring.rules import KINDS, dump_rules

_STEP = re.compile(
    r"(?P<what>add|drop|up|down)-(?P<list>rules|figures)"
    r"(?:-(?P<rule>[0-9]{1,3})(?:-(?P<lines>[a-z_]{1,20})(?:-(?P<line>[0-9]{1,3}))?)?)?"
)

NEXT_KIND = "new_kind"
"""The field that says which kind of rule is added next."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What was read from the prose: how many rules, what to look at, and what no rule speaks for."""

    count: int = 0
    remarks: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def act_on_rules(form: ItemForm, step: str, data: Mapping[str, str]) -> Proposed | None:
    """Take one step; what is none changes nothing. Returns the proposal where one was asked for."""
    if step == "read-prose":
        return _read_prose(form)
    if not (match := _STEP.fullmatch(step)):
        return None
    number = int(match["rule"]) if match["rule"] else None
    if match["list"] == "figures":
        _act_on_figures(form, match["what"], number)
    elif match["lines"]:
        form.focus = _act_on_lines(form.rules, number or 0, match["lines"], match["what"], match["line"])
    elif match["what"] == "add":
        _add_rule(form, data.get(NEXT_KIND, ""))
    elif number is not None:
        form.focus = _move_or_drop(form.rules, match["what"], number)
    return None


def _add_rule(form: ItemForm, kind: str) -> None:
    """A rule of the kind; of one that the item can have where it was ticked as a bonus item after the kinds
    had been offered."""
    if kind not in KINDS or len(form.rules) >= MOST_ROWS:
        return
    offered = dict(kind_choices(bonus=form.bonus_typed()))
    form.rules.append(new_rule(kind if kind in offered else next(iter(offered))))
    form.focus = _first_box(form.rules, len(form.rules) - 1)


def _act_on_figures(form: ItemForm, what: str, number: int | None) -> None:
    if what == "add" and len(form.loose) < MOST_ROWS:
        form.loose.append(Figure("", ""))
        form.focus = "figures"
    elif what == "drop" and number is not None and number < len(form.loose):
        del form.loose[number]


def _first_box(rules: list[TypedRule], number: int) -> str:
    """The name of what is filled in first in a rule; where nothing is, the next rule's kind."""
    spec = specs_of(rules[number]["kind"])[0]
    if spec.name in LAST_FIELDS:
        return NEXT_KIND
    name = f"rules-{number}-{spec.name}"
    return f"{name}-0-{spec.columns[0].name}" if spec.columns else name


def _act_on_lines(rules: list[TypedRule], number: int, lines: str, what: str, place: str | None) -> str:
    """Add or drop a line of a list; returns the name of where the person goes on."""
    found = rules[number].get(lines) if number < len(rules) else None
    if not isinstance(found, list):
        return ""
    if what == "add" and len(found) < MOST_ROWS:
        found.append(new_line(rules[number]["kind"], lines))
        at = len(found) - 1
    elif what == "drop" and place is not None and int(place) < len(found):
        del found[int(place)]
        at = min(int(place), len(found) - 1)
    else:
        return ""
    return f"rules-{number}-{lines}-{at}-{next(iter(found[at]))}" if found else NEXT_KIND


def _move_or_drop(rules: list[TypedRule], what: str, number: int) -> str:
    """Move a rule or drop it; returns the name of where the person goes on."""
    if number >= len(rules):
        return ""
    rule = rules.pop(number)
    if what == "drop":
        return NEXT_KIND
    at = max(number - 1, 0) if what == "up" else min(number + 1, len(rules))
    rules.insert(at, rule)
    return _first_box(rules, at)


def _read_prose(form: ItemForm) -> Proposed:
    """Put the rules that the prose says in place of those in the form; they count when they are saved."""
    prose = form.cleaned_data.get("rule_prose", "")
    if not prose.strip():
        return Proposed(remarks=(_("Paste the scoring rule as published first."),))
    proposal = read_rule_prose(prose, form.weight_typed(), form.cleaned_data.get("title", ""))
    proposed = {
        figure.code: Figure(figure.code, figure.name, figure.unit, figure.kind.value)
        for figure in proposal.measures
    }
    form.rules = typed_rules(dump_rules(proposal.rules), proposed)
    _forget_codes(form.rules)
    return Proposed(
        len(proposal.rules),
        tuple(remark_in_words(remark) for remark in proposal.remarks),
        tuple(filter(None, (prose[span.start : span.end].strip() for span in proposal.left))),
    )


def _forget_codes(rules: list[TypedRule]) -> None:
    """Proposed figures are found by their names among those that the item has; their codes mean nothing."""
    for rule in rules:
        lines = [line for value in rule.values() if isinstance(value, list) for line in value]
        for part in (rule, *lines):
            for name in part:
                if name.endswith("-code"):
                    part[name] = ""
