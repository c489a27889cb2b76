"""How points are rounded, checked and written."""

from decimal import Decimal

import pytest

from indicators.scoring.points import is_on_step, is_points, plain, round_points


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        ("0.916", "0.92"),
        ("0.915", "0.92"),
        ("0.914", "0.91"),
        ("0.005", "0.01"),
        ("98.96788", "98.97"),
        ("0", "0"),
    ],
)
def test_round_points_takes_halves_up_to_two_decimals(value: str, rounded: str) -> None:
    assert round_points(Decimal(value)) == Decimal(rounded)


@pytest.mark.parametrize(
    ("value", "step", "rounded"),
    [
        ("0.92", "0.1", "0.9"),
        ("0.95", "0.1", "1"),
        ("0.92", "0.5", "1"),
        ("0.74", "0.5", "0.5"),
        ("0.92", "1", "1"),
    ],
)
def test_round_points_goes_to_the_step_of_a_framework(value: str, step: str, rounded: str) -> None:
    assert round_points(Decimal(value), Decimal(step)) == Decimal(rounded)


@pytest.mark.parametrize(
    ("value", "step", "on_step"),
    [
        ("3.1", "0.1", True),
        ("3.10", "0.1", True),
        ("3.15", "0.1", False),
        ("3.15", "0.05", True),
        ("0", "0.1", True),
        ("3.5", "0.5", True),
        ("3.4", "0.5", False),
    ],
)
def test_is_on_step_tells_whether_points_are_a_multiple(value: str, step: str, on_step: bool) -> None:
    assert is_on_step(Decimal(value), Decimal(step)) is on_step


@pytest.mark.parametrize("value", ["0", "0.01", "4", "4.000", "1E+1", "999999.99"])
def test_is_points_accepts_two_decimals_from_zero(value: str) -> None:
    assert is_points(Decimal(value))


@pytest.mark.parametrize(
    "value", ["-0.01", "0.001", "1000000", "1E+400", "1E-400", "NaN", "sNaN", "Infinity"]
)
def test_is_points_refuses_any_other_number(value: str) -> None:
    assert not is_points(Decimal(value))


@pytest.mark.parametrize("value", [0.5, 1, True, "1", None])
def test_is_points_refuses_what_is_no_decimal(value: object) -> None:
    assert not is_points(value)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("11.00", "11"),
        ("13.50", "13.5"),
        ("25.3", "25.3"),
        ("100", "100"),
        ("1E+1", "10"),
        ("0.00", "0"),
        ("-0.00", "0"),
        ("-2.30", "-2.3"),
        ("1E-9", "0.000000001"),
    ],
)
def test_plain_writes_a_number_once(value: str, written: str) -> None:
    assert plain(Decimal(value)) == written
