"""What changed between two stored contents of a response, in words; contents as a revision keeps them."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.figures import figure_in_words
from indicators.models import Measure


def changes_in_words(
    before: Mapping[str, Any], after: Mapping[str, Any], measures: Sequence[Measure]
) -> Iterator[str]:
    """A sentence a change, in the reader's language. ``before`` is empty for the first save."""
    yield from _text_changes(before, after)
    yield from _figure_changes(before.get("measures", {}), after["measures"], measures)
    yield from _points_changes(before, after)
    yield from _material_changes(before.get("materials", {}), after.get("materials", {}))


def contribution_changes_in_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """The same of a supporting department's contribution."""
    yield from _lengths(before.get("text", ""), after["text"])
    if (old := before.get("materials", "")) != (new := after["materials"]):
        yield _("%(name)s: %(before)s → %(after)s") % {
            "name": _("Supporting materials"),
            "before": _listed(old),
            "after": _listed(new),
        }
    if before.get("done", False) != after["done"]:
        yield _("Marked as done") if after["done"] else _("No longer marked as done")


def _listed(materials: str) -> str:
    """Materials are kept one a line."""
    return _("; ").join(materials.splitlines()) or "—"


def _text_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    yield from _lengths(before.get("narrative", ""), after["narrative"])
    reason = after["na_reason"]
    if after["applicable"] and not before.get("applicable", True):
        yield _("Applies again")
    elif not after["applicable"] and reason != before.get("na_reason", ""):
        yield _("Not applicable: %(reason)s") % {"reason": reason}


def _lengths(old: str, new: str) -> Iterator[str]:
    if old != new and not old:
        yield _("Text: written, %(length)s characters") % {"length": len(new)}
    elif old != new and len(old) == len(new):
        yield _("Text: changed, %(length)s characters") % {"length": len(new)}
    elif old != new:
        yield _("Text: from %(before)s to %(after)s characters") % {"before": len(old), "after": len(new)}


def _figure_changes(
    before: Mapping[str, str], after: Mapping[str, str], measures: Sequence[Measure]
) -> Iterator[str]:
    known = {measure.code: measure for measure in measures}
    for code in dict.fromkeys([*known, *before, *after]):
        if before.get(code) == after.get(code):
            continue
        measure = known.get(code) or Measure(name=_("A figure no longer asked for"))
        yield _("%(name)s: %(before)s → %(after)s") % {
            "name": measure.name,
            "before": figure_in_words(measure, _number(before.get(code))),
            "after": figure_in_words(measure, _number(after.get(code))),
        }


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _points_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    names = {"department_score": _("Department score"), "district_score": _("District score")}
    for field, name in names.items():
        if before.get(field) != after[field]:
            yield _("%(name)s: %(before)s → %(after)s") % {
                "name": name,
                "before": before.get(field) or "—",
                "after": after[field] or "—",
            }
    reasons = {"department_reason": _("Reason for the points"), "district_reason": _("District's reason")}
    for field, name in reasons.items():
        if before.get(field, "") != after[field]:
            yield _("%(name)s: “%(text)s”") % {"name": name, "text": after[field] or "—"}
    for field, words in (("losses", _("Points off")), ("gains", _("Points added"))):
        if (old := _entries(before, field)) != (new := _entries(after, field)):
            yield _("%(name)s: %(before)s → %(after)s") % {"name": words, "before": old, "after": new}


def _entries(content: Mapping[str, Any], field: str) -> str:
    entries = [
        _("%(reason)s (%(points)s)") % {"reason": entry["reason"], "points": entry["points"]}
        for entry in content.get(field, ())
    ]
    return _("; ").join(entries) or "—"


def _material_changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """Which are there now, which no more, and where one is found elsewhere."""
    came = [name for name in after if name not in before]
    went = [name for name in before if name not in after]
    for words, names in ((_("Materials ticked"), came), (_("Materials no longer ticked"), went)):
        if names:
            yield words + _(": ") + _(", ").join(names)
    for name, where in after.items():
        if before.get(name, "") != where:
            yield _("%(name)s: %(before)s → %(after)s") % {
                "name": name,
                "before": before.get(name) or "—",
                "after": where or "—",
            }
