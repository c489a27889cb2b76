"""Points: how they are rounded, checked against a step, and written.

Points are always :class:`~decimal.Decimal`. This module holds the only rounding of the product.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

CENT = Decimal("0.01")
ZERO = Decimal(0)
MAXIMUM = Decimal(1_000_000)

Unknown = TypeVar("Unknown", str, None)


def round_points(value: Decimal, step: Decimal = CENT) -> Decimal:
    """Round points half up to a multiple of ``step`` (two decimals unless a framework says so)."""
    return (value / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step


def is_on_step(value: Decimal, step: Decimal) -> bool:
    """Whether points typed by hand are a multiple of the framework's ``step`` (0.1 by default)."""
    return value % step == ZERO


def is_points(value: object) -> bool:
    """Whether ``value`` can stand as points: a Decimal, not a float, from 0 to a million, in two decimals."""
    return (
        isinstance(value, Decimal) and value.is_finite() and ZERO <= value < MAXIMUM and value % CENT == ZERO
    )


def plain(value: Decimal) -> str:
    """Write a number once: 11, 13.5, 25.3, never 11.00, 1E+1 or -0."""
    text = format(value if value else ZERO, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain_or(value: Decimal | None, unknown: Unknown) -> str | Unknown:
    """:func:`plain`, or ``unknown`` where there is no number: "—" for people, ``None`` for programs."""
    return unknown if value is None else plain(value)
