"""The parts of an answer that are compared one by one: its text, its figures…, as values and in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.figures import figure_in_words
from assessments.models import Contribution, Response
from assessments.ranking import is_ranked
from assessments.responses import content_of
from assessments.settling import Content, Gain, Loss, Reckoned, as_typed
from assessments.text import clean_line, clean_text, sentence
from indicators.models import Item
from indicators.scoring.points import plain
from spreadsheets.book import fits

NARRATIVE, APPLICABLE, SCORE, LOSSES = "narrative", "applicable", "score", "losses"
FIGURE, MATERIAL = "figure:", "material:"
"""Before the code of a figure, and the place of a material in the item's list."""
TEXT, MATERIALS, DONE = "text", "materials", "done"
"""Of a contribution."""
POINTS = "points"
"""Score and losses, which are decided together: either rests on the other."""

Values = Mapping[str, Any]
"""By part."""


def unit_of(part: str) -> str:
    """What a part is decided with."""
    return POINTS if part in (SCORE, LOSSES) else part


def typed_content(response: Response) -> Content:
    """The stored content as its editor would type it."""
    return as_typed(response.item, content_of(response), response.computed_score)


def values_of(item: Item, content: Content) -> dict[str, Any]:
    """The parts of a content, cleaned as they would be stored: two that mean the same are equal."""
    is_in = content.applicable
    score = (content.score, clean_line(content.reason)) if is_in else (None, clean_line(content.reason))
    return {
        NARRATIVE: clean_text(content.narrative),
        APPLICABLE: (is_in, "" if is_in else clean_line(content.na_reason)),
        SCORE: score,
        LOSSES: tuple(replace(loss, reason=sentence(loss.reason)) for loss in content.losses)
        if is_in
        else (),
        **{FIGURE + measure.code: content.measures.get(measure.code) for measure in item.measures.all()},
        **{
            f"{MATERIAL}{number}": _reference(content.materials.get(material.name))
            for number, material in enumerate(item.materials.all())
        },
    }


def _reference(where: str | None) -> str | None:
    return None if where is None else clean_line(where)


def content_with(item: Item, content: Content, values: Values) -> Content:
    """A content with other values in some of its parts."""
    whole = values_of(item, content) | dict(values)
    applicable, na_reason = whole[APPLICABLE]
    score, reason = whole[SCORE]
    kind = Gain if item.bonus else Loss
    return replace(
        content,
        narrative=whole[NARRATIVE],
        applicable=applicable,
        na_reason=na_reason,
        score=score if applicable else None,
        reason=reason,
        losses=[kind(**asdict(loss)) for loss in whole[LOSSES]] if applicable else (),
        measures={measure.code: whole[FIGURE + measure.code] for measure in item.measures.all()},
        materials={
            material.name: where
            for number, material in enumerate(item.materials.all())
            if (where := whole[f"{MATERIAL}{number}"]) is not None
        },
    )


def contribution_values(contribution: Contribution | None) -> dict[str, Any]:
    """The parts of a contribution; of none yet they are empty."""
    if contribution is None:
        return {TEXT: "", MATERIALS: "", DONE: False}
    text, materials = clean_text(contribution.text), clean_text(contribution.materials)
    return {TEXT: text, MATERIALS: materials, DONE: contribution.done}


def to_fill_in(response: Response, values: Values) -> set[str]:
    """The parts that a workbook has cells for: not what the item has not, nor what no cell can hold."""
    item, parts = response.item, set(values)
    if not item.na_allowed:
        parts.discard(APPLICABLE)
    if not item.weight or (is_ranked(item) and response.computed_score is None):
        parts -= {SCORE, LOSSES}
    return {part for part in parts if not isinstance(values[part], str) or fits(values[part])}


# In words


def label_of(item: Item, unit: str) -> str:
    """What a unit is called on the pages."""
    if unit.startswith(FIGURE):
        return item.measure_names().get(unit.removeprefix(FIGURE), unit)
    if unit.startswith(MATERIAL):
        names = [material.name for material in item.materials.all()]
        return _("Required material: %(name)s") % {"name": names[int(unit.removeprefix(MATERIAL))]}
    labels = {
        NARRATIVE: _("What was done"),
        APPLICABLE: _("Applies"),
        POINTS: _("Points"),
        TEXT: _("What our department did"),
        MATERIALS: _("Supporting materials"),
        DONE: _("Marked as done"),
    }
    return labels[unit]


def words_of(item: Item, unit: str, values: Values) -> str:
    """The value of a unit as people read it, "" for an empty one. ``values`` has all of its parts."""
    if unit == POINTS:
        score, reason = values[SCORE]
        return "\n".join(_points_in_words(item, score, reason, values[LOSSES]))
    value = values[unit]
    if unit == APPLICABLE:
        applicable, reason = value
        return _("Applies") if applicable else _("Not applicable: %(reason)s") % {"reason": reason}
    if unit.startswith(FIGURE):
        code = unit.removeprefix(FIGURE)
        measure = next(each for each in item.measures.all() if each.code == code)
        return "" if value is None else figure_in_words(measure, value)
    if unit.startswith(MATERIAL):
        return "" if value is None else value or _("there")
    if unit == DONE:
        return _("yes") if value else _("no")
    return str(value)


def _points_in_words(
    item: Item, score: Decimal | None, reason: str, losses: Sequence[Reckoned]
) -> Iterable[str]:
    if score is not None:
        yield _("%(points)s points") % {"points": plain(score)}
    elif reason or losses:
        yield _("as follows from the rules")
    if reason:
        yield _("Reason: %(reason)s") % {"reason": reason}
    sign = "+" if item.bonus else "−"
    for loss in losses:
        yield f"{sign}{plain(loss.points)}　{loss.reason}{_details(loss)}"


def _details(loss: Reckoned) -> str:
    figures = (_("measured %(figure)s"), loss.measured), (_("standard %(figure)s"), loss.standard)
    found = [words % {"figure": plain(value) + loss.unit} for words, value in figures if value is not None]
    return _(" (%(details)s)") % {"details": _(", ").join(found)} if found else ""
