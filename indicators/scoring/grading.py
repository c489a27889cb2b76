"""Grades (等次): ordered bands on the total, in percent of the points that were to be had.

What is earned by percent can only be lowered: by a section under the share that the band demands, then by
vetoes that lower the grade, then by vetoes that bar one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from indicators.scoring.findings import Veto
from indicators.scoring.points import ZERO, is_points, round_points


class InvalidBands(ValueError):
    """Grade bands that leave a result without a grade, or with two.

    ``key`` and ``values`` say how; the words are in :func:`indicators.wording.bands_in_words`.
    """

    def __init__(self, key: str, **values: str) -> None:
        self.key, self.values = key, values
        super().__init__(" ".join((key, *(f"{name}={value}" for name, value in values.items()))))


@dataclass(frozen=True, slots=True)
class Band:
    """A grade and the percent from which it is given, that percent included: 优秀 from 90.

    ``section_floor`` is the percent under which no section may fall for this grade; ``None`` for no such
    demand.
    """

    name: str
    threshold: Decimal
    section_floor: Decimal | None = None


@dataclass(frozen=True, slots=True)
class GradeCause:
    """One reason why a grade is lower than by percent alone.

    ``place`` is the index of the section among ``section_percents``, or of the veto among ``vetoes``;
    ``grade`` the one that is not given for this reason. ``percent`` and ``floor`` are a section's.
    """

    kind: Literal["section_floor", "lower_grade", "bar_grade"]
    place: int
    grade: str
    percent: Decimal | None = None
    floor: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Grade:
    """The grade given: its name, its place (1 is the best), and the percent that earned it, as compared.

    ``before`` is the grade by percent alone, ``causes`` what lowered it from there, in order.
    """

    name: str
    rank: int
    percent: Decimal
    before: str
    causes: tuple[GradeCause, ...] = ()


def grade(
    percent: Decimal,
    bands: Sequence[Band],
    *,
    section_percents: Sequence[Decimal | None] = (),
    vetoes: Sequence[Veto] = (),
) -> Grade:
    """The best band whose threshold ``percent`` reaches, once rounded half up to two decimals, and whose
    demands sections and vetoes leave standing.

    ``percent`` is :attr:`indicators.scoring.rollup.Total.percent`, ``section_percents`` those of the
    sections (``None`` for one left out); bonus points may carry ``percent`` past 100. ``vetoes`` are all that
    were tripped; those that zero an item or a section do not touch the grade. Raises :class:`InvalidBands`
    (also for a barred grade that is not among them) and ``ValueError`` for a percent that is no Decimal or
    below 0.
    """
    validate_bands(bands)
    if not (isinstance(percent, Decimal) and percent.is_finite() and percent >= ZERO):
        raise ValueError(f"a percent is a Decimal, 0 or more, not {percent!r}")
    reached = round_points(percent)
    before = next(place for place, band in enumerate(bands) if reached >= band.threshold)
    place, causes = before, list[GradeCause]()
    while below := list(_sections_under(bands[place], section_percents)):
        causes += below
        place += 1
    for cause, lowered in _vetoed(bands, place, vetoes):
        causes.append(cause)
        place = lowered
    return Grade(bands[place].name, place + 1, reached, bands[before].name, tuple(causes))


def _sections_under(band: Band, percents: Sequence[Decimal | None]) -> Iterator[GradeCause]:
    if (floor := band.section_floor) is None:
        return
    for place, percent in enumerate(percents):
        if percent is not None and percent < floor:
            yield GradeCause("section_floor", place, band.name, percent, floor)


def _vetoed(bands: Sequence[Band], place: int, vetoes: Sequence[Veto]) -> Iterator[tuple[GradeCause, int]]:
    """Each veto that changes something, with the place that it leaves; never below the last."""
    last = len(bands) - 1
    for number, veto in enumerate(vetoes):
        if veto.effect == "lower_grade" and place < last:
            yield GradeCause("lower_grade", number, bands[place].name), place + 1
            place += 1
    names = [band.name for band in bands]
    for number, veto in enumerate(vetoes):
        if veto.effect != "bar_grade":
            continue
        if veto.grade not in names:
            raise InvalidBands("grade_unknown", grade=veto.grade)
        best_left = min(names.index(veto.grade) + 1, last)
        if place < best_left:
            yield GradeCause("bar_grade", number, bands[place].name), best_left
            place = best_left


def validate_bands(bands: Sequence[Band]) -> None:
    """Raise :class:`InvalidBands` unless the bands, best first, give every result exactly one grade.

    Thresholds are percents from 100 down to 0 with at most two decimals, each below the one before it; the
    last is 0 and demands nothing of sections. Published tables with gaps (80—89, 90) are entered closed
    below: 80, 90.
    """
    if not bands:
        raise InvalidBands("no_bands")
    for band in bands:
        if not _is_percent(band.threshold):
            raise InvalidBands("threshold_is_no_percent", band=band.name)
        if band.section_floor is not None and not _is_percent(band.section_floor):
            raise InvalidBands("floor_is_no_percent", band=band.name)
    names = [band.name.strip() for band in bands]
    if not all(names) or len(set(names)) < len(names):
        raise InvalidBands("band_names_repeat")
    for better, worse in pairwise(bands):
        if worse.threshold >= better.threshold:
            raise InvalidBands("bands_out_of_order", band=worse.name, better=better.name)
    if bands[-1].threshold != ZERO:
        raise InvalidBands("last_band_not_zero", band=bands[-1].name)
    if bands[-1].section_floor is not None:
        raise InvalidBands("last_band_has_floor", band=bands[-1].name)


def _is_percent(value: Decimal) -> bool:
    return is_points(value) and value <= 100
