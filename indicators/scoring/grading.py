"""Grades (等次): ordered bands on the total, in percent of the points that were to be had."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from indicators.scoring.points import ZERO, is_points, round_points


class InvalidBands(ValueError):
    """Grade bands that leave a result without a grade, or with two; the message says which."""


@dataclass(frozen=True, slots=True)
class Band:
    """A grade and the percent from which it is given, that percent included: 优秀 from 90."""

    name: str
    threshold: Decimal


@dataclass(frozen=True, slots=True)
class Grade:
    """The grade given: its name, its place (1 is the best), and the percent that earned it, as compared."""

    name: str
    rank: int
    percent: Decimal


def grade(percent: Decimal, bands: Sequence[Band]) -> Grade:
    """The best band whose threshold ``percent`` reaches, once rounded half up to two decimals.

    ``percent`` is :attr:`indicators.scoring.rollup.Total.percent`; bonus points may carry it past 100.
    Raises :class:`InvalidBands`, and ``ValueError`` for a percent that is no Decimal or below 0.
    """
    validate_bands(bands)
    if not (isinstance(percent, Decimal) and percent.is_finite() and percent >= ZERO):
        raise ValueError(f"a percent is a Decimal, 0 or more, not {percent!r}")
    reached = round_points(percent)
    rank, band = next((rank, band) for rank, band in enumerate(bands, 1) if reached >= band.threshold)
    return Grade(band.name, rank, reached)


def validate_bands(bands: Sequence[Band]) -> None:
    """Raise :class:`InvalidBands` unless the bands, best first, give every result exactly one grade.

    Thresholds are percents from 100 down to 0 with at most two decimals, each below the one before it; the
    last is 0. Published tables with gaps (80—89, 90) are entered closed below: 80, 90.
    """
    if not bands:
        raise InvalidBands("there are no grade bands")
    for band in bands:
        if not (is_points(band.threshold) and band.threshold <= 100):
            raise InvalidBands(f"{band.name}: a threshold is a Decimal from 0 to 100 with two decimals")
    names = [band.name.strip() for band in bands]
    if not all(names) or len(set(names)) < len(names):
        raise InvalidBands("every grade band has a name of its own")
    for better, worse in pairwise(bands):
        if worse.threshold >= better.threshold:
            raise InvalidBands(f"{worse.name} must start below {better.name}")
    if bands[-1].threshold != ZERO:
        raise InvalidBands(f"{bands[-1].name}: the last grade band starts at 0")
