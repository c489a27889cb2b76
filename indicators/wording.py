"""The words of scoring: why points were lost, and what a rule says, in the reader's language.

The scoring core gives keys and values; a new kind of rule gets its words here, in ``_finding`` and
``_description``. Sentences come without their closing mark. ``measure_names`` maps the codes of measures to
their names; a code without a name stands for itself.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import assert_never

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from indicators.scoring.outcome import Explanation
from indicators.scoring.points import plain
from indicators.scoring.rules import ManualRule, Rule, ShortfallRule

_SHORTFALLS = {
    "at_least": gettext_noop(
        "%(measure)s %(measured)s is below the standard of %(standard)s by %(gap)s, %(rate)s"
    ),
    "at_most": gettext_noop(
        "%(measure)s %(measured)s is above the standard of %(standard)s by %(gap)s, %(rate)s"
    ),
}
_STANDARDS = {
    "at_least": gettext_noop("%(measure)s below %(standard)s: %(rate)s"),
    "at_most": gettext_noop("%(measure)s above %(standard)s: %(rate)s"),
}
_RATES = {
    ("at_least", "down"): gettext_noop("%(points)s off for every full %(step)s short"),
    ("at_least", "up"): gettext_noop("%(points)s off for every %(step)s short, full or begun"),
    ("at_least", "exact"): gettext_noop("%(points)s off for every %(step)s short, in proportion"),
    ("at_most", "down"): gettext_noop("%(points)s off for every full %(step)s over"),
    ("at_most", "up"): gettext_noop("%(points)s off for every %(step)s over, full or begun"),
    ("at_most", "exact"): gettext_noop("%(points)s off for every %(step)s over, in proportion"),
}


def explain(explanation: Explanation, measure_names: Mapping[str, str]) -> str:
    """Why points were lost, with the arithmetic and the points.

    小学一、二年级标准班额占比80.84%，低于标准90%，差9.16个百分点，每差1个百分点扣0.1分（不足1个百分点不计），扣0.9分

    Values read back from JSON, numbers as text, give the same words. Raises ``ValueError`` for a key of no
    known kind.
    """
    lost = _("%(points)s lost") % {"points": _points(explanation.values["points"])}
    return _("%(finding)s, %(result)s") % {
        "finding": explain_cause(explanation, measure_names),
        "result": lost,
    }


def explain_cause(explanation: Explanation, measure_names: Mapping[str, str]) -> str:
    """:func:`explain` without the points that were lost in the end: a report prints these itself."""
    finding = _finding(explanation, measure_names)
    limit = _limit(explanation.values)
    return _("%(finding)s, %(result)s") % {"finding": finding, "result": limit} if limit else finding


def describe_rule(rule: Rule, measure_names: Mapping[str, str]) -> str:
    """A rule in plain words.

    小学一、二年级标准班额占比低于90%的，每差1个百分点扣0.1分（不足1个百分点不计），最多扣2分
    """
    description = _description(rule, measure_names)
    if rule.limit is None:
        return description
    return _("%(rule)s, %(points)s at most") % {"rule": description, "points": _points(rule.limit)}


def _finding(explanation: Explanation, measure_names: Mapping[str, str]) -> str:
    values = explanation.values
    match explanation.key.split("."):
        case ["manual"]:
            return str(values["reason"]).rstrip("。；，！.;,! ")
        case ["shortfall", direction, rounding]:
            unit, measure = str(values["unit"]), str(values["measure"])
            return _(_SHORTFALLS[direction]) % {
                "measure": measure_names.get(measure, measure),
                "measured": _number(values["measured"]) + unit,
                "standard": _number(values["standard"]) + unit,
                "gap": _difference(values["gap"], unit),
                "rate": _rate(direction, rounding, values["points_per_unit"], values["unit_size"], unit),
            }
        case _:
            raise ValueError(f"no words for the explanation {explanation.key!r}")


def _description(rule: Rule, measure_names: Mapping[str, str]) -> str:
    match rule:
        case ManualRule():
            return _("points are taken off by judgement, each time with a reason")
        case ShortfallRule():
            return _(_STANDARDS[rule.direction]) % {
                "measure": measure_names.get(rule.measure, rule.measure),
                "standard": _number(rule.standard) + rule.unit,
                "rate": _rate(rule.direction, rule.rounding, rule.points_per_unit, rule.unit_size, rule.unit),
            }
        case _:
            assert_never(rule)


def _limit(values: Mapping[str, Decimal | str]) -> str:
    """What kept the loss from being more, if anything did."""
    amounts = {name: _points(values[name]) for name in ("computed", "left", "at_most") if name in values}
    if "left" in values:
        return _("%(computed)s by the rule, no more than %(left)s left") % amounts
    if "at_most" in values:
        return _("%(computed)s by the rule, %(at_most)s at most") % amounts
    return ""


def _rate(direction: str, rounding: str, points: Decimal | str, unit_size: Decimal | str, unit: str) -> str:
    values = {"points": _points(points), "step": _difference(unit_size, unit)}
    return _(_RATES[direction, rounding]) % values


def _difference(value: Decimal | str, unit: str) -> str:
    """Two shares differ by percentage points (个百分点), anything else by its own unit."""
    number = _number(value)
    if unit != "%":
        return number + unit
    words = ngettext("%(number)s percentage point", "%(number)s percentage points", _plural(number))
    return words % {"number": number}


def _points(value: Decimal | str) -> str:
    number = _number(value)
    return ngettext("%(number)s point", "%(number)s points", _plural(number)) % {"number": number}


def _plural(number: str) -> int:
    """1 point, but 0.9 points; gettext wants a whole number to choose by."""
    return 1 if number == "1" else 2


def _number(value: Decimal | str) -> str:
    return plain(Decimal(value))
