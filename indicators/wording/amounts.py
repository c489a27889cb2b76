"""Numbers with what they count: points, figures in their unit, differences, tiers, rates, lists."""

from collections.abc import Iterable
from decimal import Decimal
from functools import reduce

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from indicators.scoring.findings import Explanation
from indicators.scoring.points import plain

Value = Decimal | str
"""A number as scoring gives it, or as text where it comes back from JSON."""

_RATES = {
    ("at_least", "down"): gettext_noop("%(points)s off for every full %(step)s short"),
    ("at_least", "up"): gettext_noop("%(points)s off for every %(step)s short, full or begun"),
    ("at_least", "exact"): gettext_noop("%(points)s off for every %(step)s short, in proportion"),
    ("at_most", "down"): gettext_noop("%(points)s off for every full %(step)s over"),
    ("at_most", "up"): gettext_noop("%(points)s off for every %(step)s over, full or begun"),
    ("at_most", "exact"): gettext_noop("%(points)s off for every %(step)s over, in proportion"),
}


def number(value: Value) -> str:
    return plain(Decimal(value))


def points(value: Value) -> str:
    """3 points, 3分."""
    text = number(value)
    return ngettext("%(number)s point", "%(number)s points", _plural(text)) % {"number": text}


def award(value: Value) -> str:
    """3 points given, 得3分; or that there are none, 不得分."""
    if Decimal(value) == 0:
        return _("no points given")
    return _("%(points)s given") % {"points": points(value)}


def difference(value: Value, unit: str) -> str:
    """Two shares differ by percentage points (个百分点), anything else by its own unit."""
    text = number(value)
    if unit != "%":
        return text + unit
    words = ngettext("%(number)s percentage point", "%(number)s percentage points", _plural(text))
    return words % {"number": text}


def rate(direction: str, rounding: str, per_step: Value, step: Value, unit: str) -> str:
    """0.1 points off for every full 1 percentage point short, 每差1个百分点扣0.1分（不足1个百分点不计）."""
    values = {"points": points(per_step), "step": difference(step, unit)}
    return _(_RATES[direction, rounding]) % values


def tier(explanation: Explanation) -> str:
    """The tier of an explanation, by the bounds it carries: 90%—95%（不含95%）."""
    values = explanation.values
    unit = str(values["unit"])
    low, high = (number(values[end]) + unit if end in values else "" for end in ("low", "high"))
    low_open, high_open = (values.get(f"{end}_end") == "open" for end in ("low", "high"))
    return _tier_pattern(low, high, low_open, high_open) % {"low": low, "high": high}


def _tier_pattern(low: str, high: str, low_open: bool, high_open: bool) -> str:
    if not low and not high:
        return _("any figure")
    if not high:
        return _("more than %(low)s") if low_open else _("%(low)s or more")
    if not low:
        return _("less than %(high)s") if high_open else _("%(high)s or less")
    if low == high:
        return _("exactly %(low)s")
    if low_open and high_open:
        return _("%(low)s to %(high)s (neither %(low)s nor %(high)s)")
    if low_open:
        return _("%(low)s to %(high)s (not %(low)s)")
    if high_open:
        return _("%(low)s to %(high)s (not %(high)s)")
    return _("%(low)s to %(high)s")


def circled(place: int) -> str:
    """①, ②… as sub-points are numbered; in brackets after twenty."""
    return chr(ord("①") + place - 1) if place <= 20 else _("(%(number)s)") % {"number": place}


def then(first: str, second: str) -> str:
    """Two parts of one sentence."""
    return _("%(finding)s, %(result)s") % {"finding": first, "result": second}


def listed(entries: Iterable[str]) -> str:
    """A, B, C; 甲、乙、丙."""
    return reduce(lambda some, entry: _("%(some)s, %(more)s") % {"some": some, "more": entry}, entries)


def _plural(text: str) -> int:
    """1 point, but 0.9 points; gettext wants a whole number to choose by."""
    return 1 if text == "1" else 2
