"""What makes a valid content of a response. Reads rows, writes nothing."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from assessments.settling import Content, propose
from assessments.text import LONGEST_WORD, clean_line, clean_text, has_endless_word, sentence
from indicators.models import Item
from indicators.scoring.measures import MeasureKind, is_figure, is_figure_of
from indicators.scoring.points import ZERO, is_on_step, is_points, plain
from indicators.scoring.rules import TiersRule

NARRATIVE_LIMIT = 20_000
"""Characters of one narrative; the longest real one has about 500."""

REASON_LIMIT = 500
REFERENCE_LIMIT = 200
"""Characters of one reason."""


def endless_word_fault() -> str:
    """What is said of a text in which :func:`assessments.text.has_endless_word` finds one."""
    return _("More than %(limit)s letters, digits or marks in a row, without any space.") % {
        "limit": LONGEST_WORD
    }


def measure_field(code: str) -> str:
    """The name under which a figure is filled in and its faults are reported."""
    return f"measure_{code}"


def checked(item: Item, content: Content) -> Content:
    """The content with its text cleaned. Raises ``ValidationError`` by field.

    Needs ``section__framework`` and ``measures`` of the item read along.
    """
    content = replace(
        content,
        narrative=clean_text(content.narrative),
        na_reason=clean_line(content.na_reason),
        reason=clean_line(content.reason),
        losses=[replace(loss, reason=sentence(loss.reason)) for loss in content.losses],
        materials={name: clean_line(reference) for name, reference in content.materials.items()},
    )
    if faults := dict(_faults(item, content)):
        raise ValidationError(faults)
    return content


def _faults(item: Item, content: Content) -> Iterator[tuple[str, str]]:
    if len(content.narrative) > NARRATIVE_LIMIT:
        yield (
            "narrative",
            _("The text has %(length)s characters; at most %(limit)s are kept.")
            % {"length": len(content.narrative), "limit": NARRATIVE_LIMIT},
        )
    for name in ("narrative", "na_reason", "reason"):
        if has_endless_word(getattr(content, name)):
            yield name, endless_word_fault()
    for name, text in (("na_reason", content.na_reason), ("reason", content.reason)):
        if len(text) > REASON_LIMIT:
            yield name, _("At most 500 characters.")
    if not content.applicable and not item.na_allowed:
        yield "not_applicable", _("The framework does not allow “not applicable” for this item.")
    elif not content.applicable and not sentence(content.na_reason):
        yield "na_reason", _("Say why the item does not apply.")
    yield from _loss_faults(item, content)
    yield from _material_faults(item, content)
    figure_faults = [*_figure_faults(item, content), *_table_faults(item, content)]
    yield from figure_faults
    if not figure_faults and (fault := _score_fault(item, content)):
        yield "score", fault


def _loss_faults(item: Item, content: Content) -> Iterator[tuple[str, str]]:
    for loss in content.losses:
        figures = [figure for figure in (loss.measured, loss.standard) if figure is not None]
        if not is_points(loss.points) or loss.points == ZERO:
            yield "losses", _("Points lost are above 0, with at most two decimals.")
        elif not loss.reason:
            yield "losses", _("Say why %(lost)s points are lost.") % {"lost": plain(loss.points)}
        elif len(loss.reason) > REASON_LIMIT:
            yield "losses", _("At most 500 characters.")
        elif len(loss.unit) > 20 or not all(map(is_figure, figures)):
            yield "losses", _("At most 11 digits, and 4 after the point.")
        elif content.score is None and not is_on_step(loss.points, item.section.framework.step):
            yield "losses", _("In steps of %(step)s points.") % {"step": plain(item.section.framework.step)}


def _material_faults(item: Item, content: Content) -> Iterator[tuple[str, str]]:
    if not content.materials:
        return
    known = {material.name for material in item.materials.all()}
    for name, reference in content.materials.items():
        if name not in known:
            yield "materials", _("The item asks for no material “%(name)s”.") % {"name": name}
        elif len(reference) > REFERENCE_LIMIT or has_endless_word(reference):
            yield "materials", _("%(name)s: at most 200 characters.") % {"name": name}


def _figure_faults(item: Item, content: Content) -> Iterator[tuple[str, str]]:
    kinds = {measure.code: MeasureKind(measure.kind) for measure in item.measures.all()}
    for code, value in content.measures.items():
        if code not in kinds:
            yield "measures", _("The item has no figure “%(code)s”.") % {"code": code}
        elif value is not None and not is_figure_of(kinds[code], value):
            yield measure_field(code), _figure_fault(kinds[code], value)


def _table_faults(item: Item, content: Content) -> Iterator[tuple[str, str]]:
    """Figures past the best end of a table of tiers, where the table has nothing to say; short of its worst
    end they earn nothing."""
    for rule in item.parsed_rules():
        if not isinstance(rule, TiersRule) or len(rule.tiers) == 1:
            continue
        figure, best = content.measures.get(rule.measure), rule.best
        if figure is None or any(tier.holds(figure) for tier in rule.tiers):
            continue
        edge = rule.tiers[0] if best.low is not None and figure >= best.low else rule.tiers[-1]
        if edge == best:
            message = _("The table of the rule does not reach to %(figure)s; check the figure.")
            yield measure_field(rule.measure), message % {"figure": plain(figure) + rule.unit}


def _figure_fault(kind: MeasureKind, value: Decimal) -> str:
    if kind in (MeasureKind.YES_NO, MeasureKind.MET):
        return _("Choose one of the answers given.")
    if kind is MeasureKind.COUNT and is_figure(value):
        return _("A whole number, 0 or more.")
    return _("At most 11 digits, and 4 after the point.")


def _score_fault(item: Item, content: Content) -> str:
    score = content.score
    if score is None or not content.applicable:
        return ""
    if not (score.is_finite() and ZERO <= score <= item.weight):
        return _("Between 0 and %(weight)s points.") % {"weight": plain(item.weight)}
    step = item.section.framework.step
    if is_on_step(score, step) or score == item.weight:
        return ""
    # What the rules compute is taken as it is, on the step or not.
    outcome = propose(item, content.measures, content.ranks)
    if outcome and score == outcome.score:
        return ""
    return _("In steps of %(step)s points.") % {"step": plain(step)}
