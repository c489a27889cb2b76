"""The words of remarks on rule prose, in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from indicators.reading.proposal import Remark

_REMARKS = {
    "awards_unread": gettext_noop("“%(text)s”: which of these points count is not clear; it stays by hand."),
    "best_differs": gettext_noop("“%(text)s”: the best gives other points than the wording states."),
    "bonus_beside": gettext_noop("“%(text)s” adds points; only a bonus item can. It was left out."),
    "bonus_by_hand": gettext_noop(
        "Several additions, or one that is not counted: points are added by hand, with reasons."
    ),
    "condition_unread": gettext_noop("“%(text)s”: the condition was not understood."),
    "count_unread": gettext_noop("“%(text)s”: what is counted was not understood."),
    "direction_missing": gettext_noop(
        "“%(text)s” does not say whether more or less than the standard loses."
    ),
    "each_assumed": gettext_noop("“%(text)s” was read as: so many points off each time."),
    "exception": gettext_noop("“%(text)s” has an exception that no rule can say; it stays by hand."),
    "gap_closed": gettext_noop(
        "“%(text)s”: the gap between whole figures was closed upwards from the lower one."
    ),
    "name_missing": gettext_noop("“%(text)s” does not say what is measured."),
    "order_assumed": gettext_noop("“%(text)s” was read as: the highest figure takes the first place."),
    "points_unread": gettext_noop("“%(text)s” speaks of points but was not understood."),
    "ranking_unread": gettext_noop("“%(text)s”: a later place would give more points."),
    "relative_step": gettext_noop("“%(text)s” counts in parts of the target, not in percentage points."),
    "rounding_assumed": gettext_noop(
        "“%(text)s” was read as full steps: what is short of a step is not counted."
    ),
    "rules_unfit": gettext_noop("What was read does not fit the item's weight; it stays by hand."),
    "standard_ambiguous": gettext_noop("“%(text)s”: which standard is meant is not clear."),
    "standard_missing": gettext_noop("“%(text)s”: the standard is not stated."),
    "sum_differs": gettext_noop(
        "The points stated add up to %(sum)s of %(weight)s; difference %(difference)s."
    ),
    "tiers_unread": gettext_noop("“%(text)s”: the tiers do not fit together."),
    "too_long": gettext_noop("The text is longer than %(most)s characters and was not read."),
    "veto_effect_missing": gettext_noop("“%(text)s” does not say what the veto does."),
}


def remark_in_words(remark: Remark) -> str:
    """What the person who confirms a proposal should look at."""
    return _(_REMARKS[remark.key]) % remark.values
