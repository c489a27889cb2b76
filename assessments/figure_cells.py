"""A figure (数据指标) as it stands in a cell of a workbook."""

import unicodedata
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.collecting.combining import Figure
from assessments.collecting.form import meaning_of
from assessments.figures import CHOICES
from indicators.numbers import NUMBER, as_number
from indicators.scoring.measures import MeasureKind, is_figure_of
from indicators.scoring.points import ZERO, plain
from spreadsheets.grid import Cell
from spreadsheets.values import Values

_PERCENT = ("%", "％")


def read_figure(figure: Figure, cell: Cell, values: Values) -> Decimal | None:
    """What a cell says, ``None`` for an empty one, and with an error among the notes of ``values`` where that
    is no such figure."""
    text = values.line(cell)
    if not text:
        return None
    if figure.kind in CHOICES:
        chosen = meaning_of(figure.kind, text)
        if chosen is None:
            values.error(cell, _("“%(word)s” is not to be chosen here.") % {"word": text[:40]})
        return chosen
    number = as_number(_plain_text(text, figure.unit), _plain_unit(figure.unit))
    if not NUMBER.fullmatch(number):
        values.error(cell, _("“%(text)s” is not a number.") % {"text": text[:40]})
        return None
    value = Decimal(number)
    if not is_figure_of(figure.kind, value):
        values.error(cell, _figure_fault(figure.kind, number))
        return None
    if figure.unit.strip() in _PERCENT and ZERO < value <= 1 and cell.kind != "p":
        message = _("%(number)s%% was read; if %(hundredfold)s%% is meant, correct it.")
        values.remark(cell, message % {"number": plain(value), "hundredfold": plain(value * 100)})
    return value


def _plain_text(text: str, unit: str) -> str:
    """Without its percent sign, unless the figure counts something: 3 people are not 300%."""
    text = unicodedata.normalize("NFKC", text).strip()
    return (
        text
        if unit.strip() and "百分" not in unit and unit.strip() not in _PERCENT
        else text.removesuffix("%")
    )


def _plain_unit(unit: str) -> str:
    return "" if unit.strip() in _PERCENT else unit.strip()


def _figure_fault(kind: MeasureKind, number: str) -> str:
    if kind is MeasureKind.COUNT:
        return _("%(number)s: a whole number, 0 or more, is needed.") % {"number": number[:40]}
    return _("%(number)s: at most 11 digits, and 4 after the point.") % {"number": number[:40]}
