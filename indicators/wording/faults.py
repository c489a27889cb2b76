"""What is wrong with an item's rules or with grade bands, as sentences."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from indicators.scoring.grading import InvalidBands
from indicators.scoring.item import RuleFault
from indicators.wording.amounts import listed, points
from indicators.wording.labels import measure_kind_label

_FAULTS = {
    "weight_is_no_points": gettext_noop("The weight is not a number of points with two decimals."),
    "step_is_no_points": gettext_noop("The step is not a number of points with two decimals."),
    "shares_above_weight": gettext_noop(
        "The rules speak for %(shares)s, the item has %(weight)s: %(difference)s too many."
    ),
    "shares_below_weight": gettext_noop(
        "The rules speak for %(shares)s, the item has %(weight)s: %(difference)s missing."
    ),
    "several_by_hand": gettext_noop("An item has at most one rule by judgement."),
    "bonus_on_ordinary_item": gettext_noop("Only a bonus item has rules that add points."),
    "loss_on_bonus_item": gettext_noop("A bonus item has only rules that add points."),
    "figure_undeclared": gettext_noop("A rule needs the figure “%(code)s”, which is not declared."),
    "figure_of_wrong_kind": gettext_noop(
        "The figure “%(code)s” is declared as “%(kind)s”; the rule needs: %(kinds)s."
    ),
    "checklist_sum": gettext_noop(
        "The sub-points give %(most)s, %(stake)s are at stake: a difference of %(difference)s."
    ),
    "tiers_best": gettext_noop(
        "The best tier gives %(most)s, %(stake)s are at stake: a difference of %(difference)s."
    ),
    "ranking_best": gettext_noop(
        "The first place gives %(most)s, %(stake)s are at stake: a difference of %(difference)s."
    ),
    "grade_unknown": gettext_noop("The framework has no grade “%(grade)s”."),
    "grade_is_last": gettext_noop("“%(grade)s” is the last grade and cannot be barred."),
}

_BANDS = {
    "no_bands": gettext_noop("There are no grades."),
    "threshold_is_no_percent": gettext_noop(
        "“%(band)s” begins at a percent from 0 to 100 with at most two decimals."
    ),
    "floor_is_no_percent": gettext_noop(
        "“%(band)s” demands of every section a percent from 0 to 100 with at most two decimals."
    ),
    "band_names_repeat": gettext_noop("Every grade has a name of its own."),
    "bands_out_of_order": gettext_noop("“%(band)s” must begin below “%(better)s”."),
    "last_band_not_zero": gettext_noop("“%(band)s” is the last grade and begins at 0."),
    "last_band_has_floor": gettext_noop("“%(band)s” is the last grade and demands nothing of sections."),
    "grade_unknown": gettext_noop("The framework has no grade “%(grade)s”."),
}


def fault_in_words(fault: RuleFault, measure_names: Mapping[str, str]) -> str:
    """A sentence, with the rule it speaks of: 第2条细则：各分项合计2分，应为3分，相差1分。"""
    values = {name: points(value) for name, value in fault.values.items() if isinstance(value, Decimal)}
    words = {name: str(value) for name, value in fault.values.items()} | values
    if "code" in words:
        words["code"] = measure_names.get(words["code"], words["code"])
    if "kinds" in words:
        words["kind"] = measure_kind_label(words["kind"])
        words["kinds"] = listed(map(measure_kind_label, words["kinds"].split()))
    message = _(_FAULTS[fault.key]) % words
    if not fault.rule:
        return message
    return _("Rule %(rule)s: %(message)s") % {"rule": fault.rule, "message": message}


def bands_in_words(problem: InvalidBands) -> str:
    """What is wrong with grade bands, as a sentence."""
    return _(_BANDS[problem.key]) % problem.values
