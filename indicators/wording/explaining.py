"""Why points were lost or added, why a veto was tripped, why a grade is lower than its percent."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from indicators.scoring.findings import Explanation, Veto
from indicators.scoring.grading import GradeCause
from indicators.wording.amounts import (
    Value,
    award,
    circled,
    difference,
    number,
    points,
    rate,
    then,
    tier,
)

_FINDINGS = {
    "shortfall.at_least": gettext_noop(
        "%(measure)s %(measured)s is below the standard of %(standard)s by %(gap)s, %(rate)s"
    ),
    "shortfall.at_most": gettext_noop(
        "%(measure)s %(measured)s is above the standard of %(standard)s by %(gap)s, %(rate)s"
    ),
    "per_occurrence": gettext_noop("%(measure)s %(measured)s, %(points)s off for each %(one)s"),
    "per_occurrence.free": gettext_noop(
        "%(measure)s %(measured)s, %(free)s of them let pass, %(points)s off for each %(one)s"
    ),
    "no_decrease": gettext_noop("%(measure)s %(measured)s is below %(before)s %(before_value)s by %(gap)s"),
    "no_decrease.tolerant": gettext_noop(
        "%(measure)s %(measured)s is below %(before)s %(before_value)s by %(gap)s, "
        "more than the %(tolerance)s that is let pass"
    ),
    "proportional": gettext_noop(
        "%(measure)s %(measured)s, in proportion between nothing at %(zero_at)s and %(full)s at %(full_at)s, "
        "%(award)s"
    ),
    "tiers.within": gettext_noop(
        "%(measure)s %(measured)s is in the tier “%(tier)s” (%(full)s at most), %(award)s"
    ),
    "tiers.outside": gettext_noop("%(measure)s %(measured)s is in no tier (%(full)s at most), %(award)s"),
    "checklist.partly": gettext_noop("%(number)s %(measure)s (%(full)s) is partly met, %(award)s"),
    "checklist.unmet": gettext_noop("%(number)s %(measure)s (%(full)s) is not met"),
    "all_or_nothing.at_least": gettext_noop("%(measure)s %(measured)s is below %(standard)s, %(award)s"),
    "all_or_nothing.at_most": gettext_noop("%(measure)s %(measured)s is above %(standard)s, %(award)s"),
    "all_or_nothing.above": gettext_noop("%(measure)s %(measured)s is not above %(standard)s, %(award)s"),
    "all_or_nothing.below": gettext_noop("%(measure)s %(measured)s is not below %(standard)s, %(award)s"),
    "all_or_nothing.equal": gettext_noop("%(measure)s %(measured)s is not %(standard)s, %(award)s"),
    "all_or_nothing.yes": gettext_noop("%(measure)s: no, %(award)s"),
    "all_or_nothing.no": gettext_noop("%(measure)s: yes, %(award)s"),
    "ranking.highest": gettext_noop(
        "%(measure)s %(measured)s, place %(rank)s from the highest (%(full)s at most), %(award)s"
    ),
    "ranking.lowest": gettext_noop(
        "%(measure)s %(measured)s, place %(rank)s from the lowest (%(full)s at most), %(award)s"
    ),
    "bonus.measured": gettext_noop("%(measure)s %(measured)s, %(points)s for each %(one)s"),
    "bonus.measured.without_unit": gettext_noop("%(measure)s %(measured)s, %(points)s for each"),
    "veto.bar_grade": gettext_noop("%(measure)s: a veto, the grade “%(grade)s” may not be given"),
    "veto.lower_grade": gettext_noop("%(measure)s: the grade is lowered by one"),
    "veto.zero_section": gettext_noop("%(measure)s: a veto, the section gets no points"),
    "veto.zero_item": gettext_noop("%(measure)s: a veto, the item gets no points"),
}
_LIMITS = {
    ("lost", "left"): gettext_noop("%(computed)s by the rule, no more than %(left)s left"),
    ("lost", "at_most"): gettext_noop("%(computed)s by the rule, %(at_most)s at most"),
    ("added", "left"): gettext_noop("%(computed)s to add by the rule, no more than %(left)s left to add"),
    ("added", "at_most"): gettext_noop("%(computed)s to add by the rule, %(at_most)s at most"),
}


def explain(explanation: Explanation, measure_names: Mapping[str, str]) -> str:
    """Why points were lost or added, with the arithmetic and the points.

    小学一、二年级标准班额占比80.84%，低于标准90%，差9.16个百分点，每差1个百分点扣0.1分（不足1个百分点不计），扣0.9分

    Values read back from JSON, numbers as text, give the same words. Raises ``ValueError`` for a key of no
    known kind.
    """
    words = {"points": points(explanation.values["points"])}
    result = _("%(points)s added") % words if _adds(explanation) else _("%(points)s lost") % words
    return then(explain_cause(explanation, measure_names), result)


def explain_cause(explanation: Explanation, measure_names: Mapping[str, str]) -> str:
    """:func:`explain` without the points that were moved in the end: a report prints these itself."""
    finding = _finding(explanation, measure_names)
    limit = _limit(explanation)
    return then(finding, limit) if limit else finding


def explain_veto(veto: Veto, measure_names: Mapping[str, str]) -> str:
    """发生重大安全责任事故，一票否决，不得评为优秀."""
    return _finding(veto.explanation, measure_names)


def explain_grade_cause(cause: GradeCause, place: str) -> str:
    """Why a grade is lower than by percent alone; ``place`` is the section's title, or what
    :func:`explain_veto` says of the veto.

    第三部分得分率58%，低于“优秀”等次要求的60%
    """
    match cause.kind:
        case "section_floor" if cause.percent is not None and cause.floor is not None:
            return _("%(section)s earned %(percent)s%%, below the %(floor)s%% that “%(grade)s” demands") % {
                "section": place,
                "percent": number(cause.percent),
                "floor": number(cause.floor),
                "grade": cause.grade,
            }
        case _:
            return place


def _adds(explanation: Explanation) -> bool:
    return explanation.key.startswith("bonus.")


def _finding(explanation: Explanation, measure_names: Mapping[str, str]) -> str:
    if "reason" in explanation.values and explanation.key in ("manual", "bonus.by_hand"):
        return str(explanation.values["reason"]).rstrip("。；，！.;,! ")
    key, words = _key_and_words(explanation)
    if key not in _FINDINGS:
        raise ValueError(f"no words for the explanation {explanation.key!r}")
    for name in ("measure", "before"):
        if name in words:
            words[name] = measure_names.get(words[name], words[name])
    return _(_FINDINGS[key]) % words


def _key_and_words(explanation: Explanation) -> tuple[str, dict[str, str]]:
    """The key of the sentence, and each value as it reads in it."""
    values = explanation.values
    unit = str(values.get("unit", ""))
    words = {name: _word(name, value, unit) for name, value in values.items()}
    if "given" in values:
        words["award"] = award(values["given"])
    kind, *rest = explanation.key.split(".")
    match kind, rest:
        case "shortfall", [direction, rounding]:
            words["rate"] = rate(direction, rounding, values["points_per_unit"], values["unit_size"], unit)
            return f"shortfall.{direction}", words
        case "per_occurrence", []:
            words |= {"points": points(values["points_each"]), "one": f"1{unit}"}
            return "per_occurrence" + (".free" if words["free"] != f"0{unit}" else ""), words
        case "no_decrease", []:
            return "no_decrease" + (".tolerant" if number(values["tolerance"]) != "0" else ""), words
        case "tiers", ["within"]:
            words["tier"] = tier(explanation)
        case "bonus", ["measured"]:
            words |= {"points": points(values["points_each"]), "one": f"1{unit}"}
            return "bonus.measured" + ("" if unit else ".without_unit"), words
    return explanation.key, words


def _word(name: str, value: Value, unit: str) -> str:
    match name:
        case "measured" | "standard" | "free" | "before_value" | "full_at" | "zero_at":
            return number(value) + unit
        case "gap" | "tolerance":
            return difference(value, unit)
        case "full":
            return points(value)
        case "number":
            return circled(int(value))
        case "rank":
            return number(value)
        case _:
            return str(value)


def _limit(explanation: Explanation) -> str:
    """What kept the points from being more, if anything did."""
    values = explanation.values
    direction = "added" if _adds(explanation) else "lost"
    for limit in ("left", "left_of_limit", "at_most"):
        if limit in values:
            kind = limit.removesuffix("_of_limit")
            amounts = {"computed": points(values["computed"]), kind: points(values[limit])}
            return _(_LIMITS[direction, kind]) % amounts
    return ""
