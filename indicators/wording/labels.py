"""What forms and workbooks call the kinds of rule, their fields and the choices in them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from indicators.scoring.measures import MeasureKind

_KINDS = {
    "manual": gettext_noop("points off by judgement"),
    "shortfall": gettext_noop("points off by distance from a standard"),
    "per_occurrence": gettext_noop("points off for each occurrence"),
    "proportional": gettext_noop("points in proportion"),
    "tiers": gettext_noop("points by tiers"),
    "checklist": gettext_noop("points for each sub-point"),
    "all_or_nothing": gettext_noop("all points or none"),
    "no_decrease": gettext_noop("may not decrease"),
    "bonus": gettext_noop("points added"),
    "ranking": gettext_noop("points by place"),
    "veto": gettext_noop("veto"),
}

_FIELDS = {
    "kind": gettext_noop("kind of rule"),
    "share": gettext_noop("points that the rule speaks for"),
    "measure": gettext_noop("figure"),
    "unit": gettext_noop("unit"),
    "standard": gettext_noop("standard"),
    "direction": gettext_noop("must be"),
    "unit_size": gettext_noop("size of a step"),
    "points_per_unit": gettext_noop("points off for each step"),
    "rounding": gettext_noop("part of a step"),
    "cap": gettext_noop("points off at most"),
    "points_each": gettext_noop("points off for each"),
    "free": gettext_noop("number let pass"),
    "full_at": gettext_noop("all points at"),
    "zero_at": gettext_noop("no points at"),
    "tiers": gettext_noop("tiers, the highest first"),
    "tiers.low": gettext_noop("lower bound"),
    "tiers.low_closed": gettext_noop("lower bound included"),
    "tiers.high": gettext_noop("upper bound"),
    "tiers.high_closed": gettext_noop("upper bound included"),
    "tiers.points": gettext_noop("points given"),
    "checklist.points": gettext_noop("sub-points"),
    "checklist.points.measure": gettext_noop("sub-point"),
    "checklist.points.points": gettext_noop("points if met"),
    "checklist.points.partly": gettext_noop("points if partly met"),
    "comparison": gettext_noop("all points if"),
    "before": gettext_noop("figure before"),
    "no_decrease.points": gettext_noop("points off"),
    "tolerance": gettext_noop("decrease let pass"),
    "bonus.points_each": gettext_noop("points added for each"),
    "bonus.cap": gettext_noop("points added at most"),
    "order": gettext_noop("ranked from"),
    "ranking.points": gettext_noop("points by place"),
    "otherwise": gettext_noop("points for all other places"),
    "effect": gettext_noop("effect"),
    "grade": gettext_noop("best grade that may not be given"),
}

_CHOICES = {
    "direction": {
        "at_least": gettext_noop("the standard or more"),
        "at_most": gettext_noop("the standard or less"),
    },
    "rounding": {
        "down": gettext_noop("does not count"),
        "up": gettext_noop("counts as a full one"),
        "exact": gettext_noop("counts in proportion"),
    },
    "tiers.low_closed": {"true": gettext_noop("included"), "false": gettext_noop("not included")},
    "tiers.high_closed": {"true": gettext_noop("included"), "false": gettext_noop("not included")},
    "comparison": {
        "at_least": gettext_noop("the standard or more"),
        "at_most": gettext_noop("the standard or less"),
        "above": gettext_noop("more than the standard"),
        "below": gettext_noop("less than the standard"),
        "equal": gettext_noop("equal to the standard"),
        "yes": gettext_noop("yes"),
        "no": gettext_noop("no"),
    },
    "order": {
        "highest": gettext_noop("the highest figure"),
        "lowest": gettext_noop("the lowest figure"),
    },
    "effect": {
        "bar_grade": gettext_noop("bars a grade"),
        "lower_grade": gettext_noop("lowers the grade by one"),
        "zero_section": gettext_noop("no points for the section"),
        "zero_item": gettext_noop("no points for the item"),
    },
}

_MEASURE_KINDS = {
    MeasureKind.NUMBER: gettext_noop("number"),
    MeasureKind.COUNT: gettext_noop("whole number"),
    MeasureKind.YES_NO: gettext_noop("yes or no"),
    MeasureKind.MET: gettext_noop("met, partly met or not met"),
}


def kind_label(kind: str) -> str:
    """A kind of rule: 按差距扣分. ``KeyError`` for no known kind."""
    return _(_KINDS[kind])


def field_label(kind: str, field: str) -> str:
    """A field of a kind of rule; of a line of a list by its dotted name without numbers: ``tiers.low``.

    ``KeyError`` for no known field.
    """
    own = f"{kind}.{field}"
    return _(_FIELDS[own] if own in _FIELDS else _FIELDS[field])


def choice_label(kind: str, field: str, value: object) -> str:
    """One choice of a field; a boolean is ``True`` or ``False``. ``KeyError`` for no known choice."""
    choices = _CHOICES[f"{kind}.{field}" if f"{kind}.{field}" in _CHOICES else field]
    return _(choices[str(value).lower() if isinstance(value, bool) else str(value)])


def measure_kind_label(kind: MeasureKind | str) -> str:
    """A kind of figure: 数值, 整数, 是／否. ``ValueError`` for no known kind."""
    return _(_MEASURE_KINDS[MeasureKind(kind)])
