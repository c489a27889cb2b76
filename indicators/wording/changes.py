"""What differs between two versions of a framework, in a few words."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.models import Policy
from indicators.scoring.points import plain, plain_or
from indicators.versions.comparing import Change, ChangeKind

KIND_LABELS = {
    ChangeKind.ADDED: gettext_lazy("Added"),
    ChangeKind.REMOVED: gettext_lazy("Removed"),
    ChangeKind.MOVED: gettext_lazy("Moved"),
    ChangeKind.REWEIGHTED: gettext_lazy("Weight"),
    ChangeKind.RULES: gettext_lazy("Scoring rules"),
    ChangeKind.FIGURES: gettext_lazy("Figures"),
    ChangeKind.FLAGS: gettext_lazy("Settings"),
    ChangeKind.REWORDED: gettext_lazy("Wording"),
    ChangeKind.MATERIALS: gettext_lazy("Materials"),
}

FIELD_LABELS = {
    "label": gettext_lazy("label"),
    "title": gettext_lazy("title"),
    "requirement": gettext_lazy("requirement"),
    "rule_prose": gettext_lazy("scoring rule as published"),
    "responsible": gettext_lazy("responsible offices"),
    "figure_names": gettext_lazy("names of figures"),
    "note": gettext_lazy("note"),
    "year": gettext_lazy("year"),
    "notes": gettext_lazy("notes"),
    "stated_weight": gettext_lazy("stated weight"),
    "stated_total": gettext_lazy("stated total"),
    "profiles": gettext_lazy("kinds of district"),
    "step": gettext_lazy("step of points typed by hand"),
    "computed_step": gettext_lazy("step of computed points"),
    "na_policy": gettext_lazy("not applicable"),
    "bonus_may_exceed": gettext_lazy("bonus may pass the full total"),
    "bands_are_example": gettext_lazy("grade thresholds are an example"),
    "bands": gettext_lazy("grades"),
}

_FLAGS = {
    ("bonus", True): gettext_lazy("now a bonus item"),
    ("bonus", False): gettext_lazy("no longer a bonus item"),
    ("committee_only", True): gettext_lazy("now scored by the committee only"),
    ("committee_only", False): gettext_lazy("now self-assessed"),
    ("na_allowed", True): gettext_lazy("may now be not applicable"),
    ("na_allowed", False): gettext_lazy("may no longer be not applicable"),
}


def describe_change(change: Change) -> str:
    """A change as part of a sentence: 分值由4分改为5分."""
    match change.kind:
        case ChangeKind.REWEIGHTED:
            before, after = plain_or(change.before, "—"), plain_or(change.after, "—")
            return _("weight changed from %(before)s to %(after)s points") % {
                "before": before,
                "after": after,
            }
        case ChangeKind.RULES:
            return _("scoring rules changed")
        case ChangeKind.FIGURES:
            return _("figures changed")
        case ChangeKind.MATERIALS:
            return _("required materials changed")
        case ChangeKind.FLAGS:
            return _describe_flag(change)
        case ChangeKind.REWORDED:
            return _("%(field)s reworded") % {"field": FIELD_LABELS[change.field]}
        case _:
            return str(KIND_LABELS[change.kind])


def _describe_flag(change: Change) -> str:
    if (change.field, change.after) in _FLAGS:
        return str(_FLAGS[change.field, change.after])
    return _("%(field)s: %(before)s → %(after)s") % {
        "field": FIELD_LABELS[change.field],
        "before": setting_in_words(change.field, change.before),
        "after": setting_in_words(change.field, change.after),
    }


def setting_in_words(name: str, value: Any) -> str:
    """A setting's value as a reader takes it; “—” where there is none."""
    if name == "bands":
        return _(", ").join(_band_in_words(*band) for band in value) or "—"
    if name == "na_policy":
        return str(Policy(value).label)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, list):
        return _(", ").join(value) or _("all")
    return str(value or "—")


def _band_in_words(name: str, threshold: str, floor: str) -> str:
    words = f"{name} ≥ {threshold}%"
    if not floor:
        return words
    return _("%(grade)s (every section ≥ %(floor)s%%)") % {"grade": words, "floor": floor}


def difference_in_words(before: Decimal | None, after: Decimal | None) -> str:
    """+1, −0.5; nothing where one of them is not known."""
    if before is None or after is None or before == after:
        return ""
    return ("+" if after > before else "−") + plain(abs(after - before))
