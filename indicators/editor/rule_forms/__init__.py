"""Forms of scoring rules, made from the JSON Schema of their classes: one generator for all kinds.

A rule in a form is a :data:`TypedRule`, text as typed. Fields come under names such as ``rules-0-standard``,
the lines of a list as ``rules-0-tiers-1-low``. A figure is named in words; its code goes along hidden, or is
made when the name is new, so that nobody types codes.
"""

from indicators.editor.rule_forms.boxes import Box, Lines, RuleForm, kind_choices, rule_forms
from indicators.editor.rule_forms.figures import Figure
from indicators.editor.rule_forms.reading import ReadRules, read_rules
from indicators.editor.rule_forms.specs import LAST_FIELDS, Spec, specs_of
from indicators.editor.rule_forms.typed import (
    MOST_ROWS,
    TypedRule,
    new_line,
    new_rule,
    rows_posted,
    rules_posted,
    typed_rules,
    without_empty_lines,
)

__all__ = [
    "LAST_FIELDS",
    "MOST_ROWS",
    "Box",
    "Figure",
    "Lines",
    "ReadRules",
    "RuleForm",
    "Spec",
    "TypedRule",
    "kind_choices",
    "new_line",
    "new_rule",
    "read_rules",
    "rows_posted",
    "rule_forms",
    "rules_posted",
    "specs_of",
    "typed_rules",
    "without_empty_lines",
]
