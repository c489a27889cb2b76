"""How the collection pages say what units gave, and how the item's figure comes about."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.collecting.combining import Choice, Combined, Figure, Way, choices_for
from assessments.collecting.storing import Collected, PlannedRow
from assessments.figures import figure_in_words
from assessments.models import CollectedUnit, Response
from indicators.models import Measure
from indicators.scoring.points import plain

WAYS = {
    Way.SUM: gettext_lazy("sum"),
    Way.MEAN: gettext_lazy("mean"),
    Way.LEAST: gettext_lazy("lowest"),
    Way.MOST: gettext_lazy("highest"),
    Way.EVERY: gettext_lazy("all of them, else the worst"),
    Way.SOME: gettext_lazy("any of them, the best"),
}
WRITTEN_OUT = 8
"""Units up to which a sum is written out."""


@dataclass(frozen=True, slots=True)
class Column:
    """A figure of the page: what it comes to by the way chosen, in words, and what the item has now."""

    figure: Figure
    ways: list[tuple[str, str]]
    combined: Combined
    result: str
    arithmetic: str
    stored: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A unit of the page with its figures in words, each after its name, in the order of the columns."""

    unit: CollectedUnit
    figures: list[tuple[str, str]]
    answered: bool


def columns_of(
    found: Response, collected: Collected, chosen: Mapping[str, Choice], measures: Mapping[str, Measure]
) -> list[Column]:
    stored = {value.code: value.value for value in found.measure_values.all()}
    names = {figure.code: figure.name for figure in collected.figures}
    combined = collected.combined(chosen)
    columns = []
    for figure in collected.figures:
        measure, own = measures[figure.code], combined[figure.code]
        columns.append(
            Column(
                figure,
                [(str(each), _way_in_words(each, names)) for each in choices_for(figure, collected.figures)],
                own,
                figure_in_words(measure, own.result),
                _arithmetic(own, measure),
                figure_in_words(measure, stored.get(figure.code)),
                own.result is not None and own.result != stored.get(figure.code),
            )
        )
    return columns


def _way_in_words(choice: Choice, names: Mapping[str, str]) -> str:
    if choice.way is Way.WEIGHTED:
        return _("mean weighted by %(name)s") % {"name": names[choice.by]}
    return str(WAYS[choice.way])


def _arithmetic(combined: Combined, measure: Measure) -> str:
    """How the result comes about, with every unit's value as long as a person can follow."""
    terms, number = combined.terms, len(combined.terms)
    if not terms:
        return ""
    if combined.result is None:
        return _("This way gives no figure here.")
    result = figure_in_words(measure, combined.result)
    short = number <= WRITTEN_OUT
    values = " + ".join(_term(plain(term.value)) for term in terms)
    match combined.choice.way:
        case Way.SUM:
            return f"{values} = {result}" if short else _of_many(_("sum of %(number)s units"), number, result)
        case Way.MEAN:
            if short:
                return f"({values}) ÷ {number} = {result}"
            return _of_many(_("mean of %(number)s units"), number, result)
        case Way.WEIGHTED:
            if not short:
                return _of_many(_("weighted mean of %(number)s units"), number, result)
            parts = " + ".join(f"{_term(plain(term.value))} × {_weight(term.weight)}" for term in terms)
            weights = " + ".join(_weight(term.weight) for term in terms)
            return f"({parts}) ÷ ({weights}) = {result}"
        case _:
            deciding = [term.unit for term in terms if term.value == combined.result]
            return _("%(result)s (%(units)s)") % {"result": result, "units": _few(deciding)}


def _term(number: str) -> str:
    return f"({number})" if number.startswith("-") else number


def _weight(weight: Decimal | None) -> str:
    return plain(weight) if weight is not None else ""


def _of_many(words: str, number: int, result: str) -> str:
    return f"{words % {'number': number}} = {result}"


def _few(names: list[str]) -> str:
    """Names up to three, and how many there are."""
    shown = _(", ").join(names[:3])
    if len(names) <= 3:
        return shown
    return _("%(names)s and %(number)s more") % {"names": shown, "number": len(names) - 3}


def line_of(unit: CollectedUnit, collected: Collected, measures: Mapping[str, Measure]) -> Line:
    given = collected.given[unit.name]
    words = [
        (figure.name, figure_in_words(measures[figure.code], given.get(figure.code)))
        for figure in collected.figures
    ]
    return Line(unit, words, bool(given))


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A row of the preview: each figure's name, what was read in words, and what was before where that
    differs."""

    planned: PlannedRow
    figures: list[tuple[str, str, str]]


def preview_line(planned: PlannedRow, collected: Collected, measures: Mapping[str, Measure]) -> PreviewLine:
    figures = []
    for figure in collected.figures:
        now, before = planned.row.values.get(figure.code), planned.before.get(figure.code)
        measure = measures[figure.code]
        was = figure_in_words(measure, before) if planned.before and before != now else ""
        figures.append((figure.name, figure_in_words(measure, now), was))
    return PreviewLine(planned, figures)
