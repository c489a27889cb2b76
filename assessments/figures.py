"""Figures (数据指标) as people give and read them, by their kind."""

from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indicators.models import Measure
from indicators.scoring.measures import FULLY, NO, PARTLY, UNMET, YES, MeasureKind
from indicators.scoring.points import plain, plain_or

CHOICES: dict[str, list[tuple[Decimal, Promise]]] = {
    MeasureKind.YES_NO: [(YES, _("yes")), (NO, _("no"))],
    MeasureKind.MET: [(FULLY, _("met")), (PARTLY, _("partly met")), (UNMET, _("not met"))],
}
"""What may be chosen for the kinds that are no numbers."""


def choices_of(measure: Measure) -> list[tuple[str, Promise]] | None:
    """Values as text with their words, in the order of offering; ``None`` where a number is typed."""
    choices = CHOICES.get(measure.kind)
    return None if choices is None else [(plain(value), words) for value, words in choices]


def figure_in_words(measure: Measure, value: Decimal | None) -> str:
    """80.84%, 3起, 是, 部分达到; "—" where it is not known."""
    for chosen, words in CHOICES.get(measure.kind, ()):
        if chosen == value:
            return str(words)
    return plain_or(value, "—") + (measure.unit if value is not None else "")
