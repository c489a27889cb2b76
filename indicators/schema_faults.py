"""What pydantic refuses, in the reader’s language: of data by its path, of rules by their fields."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import ValidationError as SchemaError

from indicators.scoring.points import plain
from indicators.scoring.rules import KINDS, InvalidRules, RuleProblem
from indicators.wording import choice_label, field_label, kind_label
from indicators.wording.amounts import listed

_NUMBER = gettext_noop("This must be a number, written as text: “3.5”.")
_INTEGER = gettext_noop("This must be a whole number.")
_YES_OR_NO = gettext_noop("This must be true or false.")
_OBJECT = gettext_noop("This must be an object with named fields.")
_ONE_OF = gettext_noop("This must be one of: %(expected)s.")
_DIGITS = gettext_noop("The number has too many digits.")
_CHARACTERS = gettext_noop("This has characters that cannot be stored.")
_MESSAGES = {
    "missing": gettext_noop("This is missing."),
    "extra_forbidden": gettext_noop("There is no field of this name."),
    "none_required": gettext_noop("This must stay empty."),
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "tuple_type": gettext_noop("This must be a list."),
    "too_long": gettext_noop("At most %(max_length)s entries."),
    "too_short": gettext_noop("At least %(min_length)s entries."),
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "literal_error": _ONE_OF,
    "enum": _ONE_OF,
    "string_type": gettext_noop("This must be text."),
    "string_too_short": gettext_noop("This must not be empty."),
    "string_too_long": gettext_noop("At most %(max_length)s characters."),
    "string_unicode": _CHARACTERS,
    "string_pattern_mismatch": gettext_noop("Latin letters, digits, hyphens and underscores only."),
    "int_type": _INTEGER,
    "int_parsing": _INTEGER,
    "int_parsing_size": _INTEGER,
    "int_from_float": _INTEGER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "number_as_text": _NUMBER,
    "decimal_max_digits": _DIGITS,
    "decimal_whole_digits": _DIGITS,
    "decimal_max_places": gettext_noop("At most %(decimal_places)s decimals."),
    "greater_than": gettext_noop("This must be more than %(gt)s."),
    "greater_than_equal": gettext_noop("This must be %(ge)s or more."),
    "less_than_equal": gettext_noop("This must be %(le)s or less."),
    "union_tag_invalid": gettext_noop("There is no such kind of rule; there are: %(expected_tags)s."),
    "union_tag_not_found": gettext_noop("The kind of rule is missing."),
    # The scoring rules' own, see indicators.scoring.rules.
    "mark_not_allowed": gettext_noop("No line breaks, control characters or the marks 〔 and 〕."),
    "several_by_hand": gettext_noop("An item has at most one rule by judgement."),
    "before_is_measure": gettext_noop("A figure is compared with another one, not with itself."),
    "full_at_zero_at": gettext_noop("All points and no points cannot begin at the same figure."),
    "tier_is_empty": gettext_noop("A tier ends above where it begins."),
    "tiers_overlap": gettext_noop("Tier %(tier)s reaches into the one above it; the highest comes first."),
    "tiers_gap": gettext_noop("No tier speaks of what lies between %(from)s and %(figure)s."),
    "tiers_share_end": gettext_noop("%(figure)s belongs to two tiers."),
    "tiers_leave_end": gettext_noop("%(figure)s belongs to no tier."),
    "partly_above_points": gettext_noop("What is partly met gives no more points than what is met."),
    "standard_missing": gettext_noop("State the standard with which the figure is compared."),
    "standard_not_here": gettext_noop("A yes or no is not compared with a standard."),
    "points_increase": gettext_noop("Place %(place)s gives more points than the one before it."),
    "points_each_missing": gettext_noop("Say how many points are added for each."),
    "points_each_not_here": gettext_noop("Points added by judgement have no figure to count them by."),
    "grade_missing": gettext_noop("Say which grade may not be given."),
    "grade_not_here": gettext_noop("Only a veto that bars a grade names one."),
    # The framework's own, see indicators.exchange.
    "control_character": _CHARACTERS,
    "repeated": gettext_noop("Given more than once: %(names)s."),
    "unknown_profile": gettext_noop("The framework does not name these kinds of district: %(names)s."),
    "unknown_group": gettext_noop(
        "Item %(label)s names the group “%(group)s”, which the section does not have."
    ),
}
_UNUSABLE = gettext_noop("This cannot be used.")
MOST = 100
MOST_LOOKED_AT = 20_000
"""Faults that are told of one file, and more than which are not even listed: that takes seconds."""


def in_words(problem: SchemaError) -> ValidationError:
    """Every fault as a sentence after its place: ``sections.0.items.2.weight``, or "$" for the whole. Of
    more than :data:`MOST` the first, and how many more there are."""
    if problem.error_count() > MOST_LOOKED_AT:
        return ValidationError(too_many_faults(problem))
    faults = problem.errors(include_url=False, include_input=False)
    sentences = [
        _("%(place)s: %(message)s")
        % {
            "place": ".".join(map(str, fault["loc"])) or "$",
            "message": _message(fault["type"], _with_choices_listed(fault.get("ctx", {}))),
        }
        for fault in faults[:MOST]
    ]
    if len(faults) > MOST:
        sentences.append(_("And %(number)s more.") % {"number": len(faults) - MOST})
    return ValidationError(sentences)


def too_many_faults(problem: SchemaError) -> str:
    """What is said of a file that is nothing but faults."""
    return _("There are %(number)s faults: this is no framework.") % {"number": problem.error_count()}


def schema_fault_in_words(fault: Mapping[str, Any]) -> str:
    """One of pydantic's errors as a sentence without its place; in rules by the words of their fields."""
    place = list(fault["loc"])
    if "rules" in place and len(place) > place.index("rules") + 2:
        rule, kind, *field = place[place.index("rules") + 1 :]
        found = RuleProblem(
            rule + 1, kind, ".".join(map(str, field)), fault["type"], fault.get("ctx", {}), fault["msg"]
        )
        return problem_in_words(found)
    return _message(fault["type"], _with_choices_listed(fault.get("ctx", {})))


def problems_in_words(refused: InvalidRules) -> list[str]:
    """Everything wrong with rules, each as a sentence after its place: 第2条细则“标准”：缺少此项。"""
    return [
        _("%(place)s: %(message)s") % {"place": _place(problem), "message": problem_in_words(problem)}
        for problem in refused.problems
    ]


def problem_in_words(problem: RuleProblem) -> str:
    """One problem as a sentence without its place, as it stands beside a field; choices by their labels."""
    key, values = problem.key, problem.values
    if _MESSAGES.get(key) == _NUMBER:
        return _("Write a number, such as 13.5.")
    if key == "union_tag_invalid":
        values = {"expected_tags": listed(map(kind_label, KINDS))}
    elif _MESSAGES.get(key) in (_ONE_OF, _YES_OR_NO):
        choices: list[str | bool] = [*_choices(values)] if "expected" in values else [True, False]
        key = "literal_error"
        values = {"expected": listed(choice_label(problem.kind, _path(problem), each) for each in choices)}
    return _message(key, values)


def _place(problem: RuleProblem) -> str:
    if not problem.rule:
        return _("Scoring rules")
    words = {"rule": problem.rule, "field": _field(problem)}
    return (_("Rule %(rule)s, “%(field)s”") if words["field"] else _("Rule %(rule)s")) % words


def _field(problem: RuleProblem) -> str:
    """The field as the form calls it, with the line of a list, counted from 1."""
    try:
        field = field_label(problem.kind, _path(problem))
    except KeyError:  # a field that there is not: its name is all that can be said
        return problem.field
    lines = [int(part) + 1 for part in problem.field.split(".") if part.isdigit()]
    return _("%(field)s, line %(line)s") % {"field": field, "line": lines[0]} if lines else field


def _path(problem: RuleProblem) -> str:
    """The dotted name of the field without the numbers of lines."""
    return ".".join(part for part in problem.field.split(".") if not part.isdigit())


def _with_choices_listed(values: Mapping[str, Any]) -> Mapping[str, Any]:
    named = {name: listed(_choices(values, name)) for name in ("expected", "expected_tags") if name in values}
    return {**values, **named}


def _choices(values: Mapping[str, Any], name: str = "expected") -> list[str]:
    """The choices that pydantic lists as ``'a', 'b' or 'c'``."""
    return re.findall("'([^']*)'", str(values[name]))


def _message(key: str, values: Mapping[str, Any]) -> str:
    words = {name: plain(value) if isinstance(value, Decimal) else value for name, value in values.items()}
    return _(_MESSAGES.get(key, _UNUSABLE)) % words
