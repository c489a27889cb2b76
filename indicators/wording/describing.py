"""What a rule says, in plain words."""

from collections.abc import Callable, Mapping
from functools import reduce
from typing import assert_never

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from indicators.scoring.findings import Explanation
from indicators.scoring.rules import (
    AllOrNothingRule,
    BonusRule,
    ChecklistRule,
    ManualRule,
    NoDecreaseRule,
    PerOccurrenceRule,
    ProportionalRule,
    RankingRule,
    Rule,
    ShortfallRule,
    SubPoint,
    TiersRule,
    VetoRule,
)
from indicators.wording.amounts import award, circled, difference, listed, number, points, rate, then, tier

_STANDARDS = {
    "at_least": gettext_noop("%(measure)s below %(standard)s: %(rate)s"),
    "at_most": gettext_noop("%(measure)s above %(standard)s: %(rate)s"),
}
_CONDITIONS = {
    "at_least": gettext_noop("%(measure)s below %(standard)s: no points given"),
    "at_most": gettext_noop("%(measure)s above %(standard)s: no points given"),
    "above": gettext_noop("%(measure)s not above %(standard)s: no points given"),
    "below": gettext_noop("%(measure)s not below %(standard)s: no points given"),
    "equal": gettext_noop("%(measure)s other than %(standard)s: no points given"),
    "yes": gettext_noop("unless %(measure)s: no points given"),
    "no": gettext_noop("if %(measure)s: no points given"),
}
_PROPORTIONS = {
    "from_nothing": gettext_noop("%(measure)s: all points from %(full)s up, below in proportion"),
    "rising": gettext_noop(
        "%(measure)s: all points from %(full)s up, none at %(zero)s or less, in proportion between"
    ),
    "falling": gettext_noop(
        "%(measure)s: all points at %(full)s or less, none from %(zero)s up, in proportion between"
    ),
}
_VETOES = {
    "bar_grade": gettext_noop("if %(measure)s: a veto, the grade “%(grade)s” may not be given"),
    "lower_grade": gettext_noop("if %(measure)s: the grade is lowered by one"),
    "zero_section": gettext_noop("if %(measure)s: a veto, the section gets no points"),
    "zero_item": gettext_noop("if %(measure)s: a veto, the item gets no points"),
}
_ORDERS = {
    "highest": gettext_noop("%(measure)s ranked from the highest: %(points)s points by place"),
    "lowest": gettext_noop("%(measure)s ranked from the lowest: %(points)s points by place"),
}
_LIMITS = {
    "lost": gettext_noop("%(rule)s, %(points)s at most"),
    "added": gettext_noop("%(rule)s, %(points)s added at most"),
    "given": gettext_noop("%(rule)s (for %(points)s)"),
}

Name = Callable[[str], str]


def describe_rule(rule: Rule, measure_names: Mapping[str, str]) -> str:
    """A rule in plain words.

    小学一、二年级标准班额占比低于90%的，每差1个百分点扣0.1分（不足1个百分点不计），最多扣2分
    """
    description = _description(rule, lambda code: measure_names.get(code, code))
    if rule.limit is not None:
        return _(_LIMITS[_moves(rule)]) % {"rule": description, "points": points(rule.limit)}
    if isinstance(rule, PerOccurrenceRule):
        return then(description, _("until none are left"))
    return description


def _moves(rule: Rule) -> str:
    match rule:
        case BonusRule():
            return "added"
        case ManualRule() | ShortfallRule() | PerOccurrenceRule() | NoDecreaseRule():
            return "lost"
        case _:
            return "given"


def _description(rule: Rule, name: Name) -> str:
    match rule:
        case ManualRule():
            return _("points are taken off by judgement, each time with a reason")
        case ShortfallRule():
            return _(_STANDARDS[rule.direction]) % {
                "measure": name(rule.measure),
                "standard": number(rule.standard) + rule.unit,
                "rate": rate(rule.direction, rule.rounding, rule.points_per_unit, rule.unit_size, rule.unit),
            }
        case PerOccurrenceRule():
            return _per_occurrence(rule, name)
        case ProportionalRule():
            return _proportional(rule, name)
        case TiersRule():
            return _tiers(rule, name)
        case ChecklistRule():
            return _checklist(rule, name)
        case AllOrNothingRule():
            standard = "" if rule.standard is None else number(rule.standard) + rule.unit
            return _(_CONDITIONS[rule.comparison]) % {"measure": name(rule.measure), "standard": standard}
        case NoDecreaseRule():
            return _no_decrease(rule, name)
        case BonusRule():
            return _bonus(rule, name)
        case RankingRule():
            places = listed(map(number, rule.points))
            words = _(_ORDERS[rule.order]) % {"measure": name(rule.measure), "points": places}
            return then(words, _("%(award)s for all other places") % {"award": award(rule.otherwise)})
        case VetoRule():
            return _(_VETOES[rule.effect]) % {"measure": name(rule.measure), "grade": rule.grade}
        case _:
            assert_never(rule)


def _per_occurrence(rule: PerOccurrenceRule, name: Name) -> str:
    words = {
        "measure": name(rule.measure),
        "points": points(rule.points_each),
        "one": f"1{rule.unit}",
        "free": number(rule.free) + rule.unit,
    }
    if rule.free:
        return _("%(measure)s: %(points)s off for each %(one)s, up to %(free)s let pass") % words
    return _("%(measure)s: %(points)s off for each %(one)s") % words


def _proportional(rule: ProportionalRule, name: Name) -> str:
    words = {
        "measure": name(rule.measure),
        "full": number(rule.full_at) + rule.unit,
        "zero": number(rule.zero_at) + rule.unit,
    }
    return _(_proportion(rule)) % words


def _proportion(rule: ProportionalRule) -> str:
    if rule.full_at < rule.zero_at:
        return _PROPORTIONS["falling"]
    return _PROPORTIONS["rising" if rule.zero_at else "from_nothing"]


def _tiers(rule: TiersRule, name: Name) -> str:
    lines = [
        _("%(tier)s: %(award)s")
        % {
            "tier": tier(Explanation("tiers.within", {"unit": rule.unit, **line.bounds()})),
            "award": award(line.points),
        }
        for line in rule.tiers
    ]
    return _("%(measure)s: %(tiers)s") % {"measure": name(rule.measure), "tiers": reduce(then, lines)}


def _checklist(rule: ChecklistRule, name: Name) -> str:
    sub_points = (_sub_point(point, place, name) for place, point in enumerate(rule.points, 1))
    words = reduce(_beside, sub_points)
    if all(point.partly is not None for point in rule.points):
        return words
    return _("%(checklist)s; what is partly met gives half") % {"checklist": words}


def _beside(some: str, more: str) -> str:
    return _("%(sub_points)s %(sub_point)s") % {"sub_points": some, "sub_point": more}


def _sub_point(point: SubPoint, place: int, name: Name) -> str:
    words = {
        "number": circled(place),
        "name": name(point.measure),
        "points": points(point.points),
        "award": "" if point.partly is None else award(point.partly),
    }
    if point.partly is None:
        return _("%(number)s %(name)s (%(points)s)") % words
    return _("%(number)s %(name)s (%(points)s; partly met: %(award)s)") % words


def _no_decrease(rule: NoDecreaseRule, name: Name) -> str:
    words = {
        "measure": name(rule.measure),
        "before": name(rule.before),
        "points": points(rule.points),
        "tolerance": difference(rule.tolerance, rule.unit),
    }
    if rule.tolerance:
        return _("%(measure)s more than %(tolerance)s below %(before)s: %(points)s off") % words
    return _("%(measure)s may not decrease; below %(before)s: %(points)s off") % words


def _bonus(rule: BonusRule, name: Name) -> str:
    if rule.measure is None or rule.points_each is None:
        return _("points are added by judgement, each time with a reason")
    words = {
        "measure": name(rule.measure),
        "points": points(rule.points_each),
        "one": f"1{rule.unit}",
    }
    if not rule.unit:
        return _("%(measure)s: %(points)s added for each") % words
    return _("%(measure)s: %(points)s added for each %(one)s") % words
