"""Grade bands, closed below, on the percent as rounded to two decimals."""

from decimal import Decimal
from typing import Any

import pytest

from indicators.scoring.grading import Band, Grade, InvalidBands, grade, validate_bands


def bands(*pairs: tuple[str, str]) -> list[Band]:
    return [Band(name, Decimal(threshold)) for name, threshold in pairs]


USUAL = bands(("优秀", "90"), ("良好", "80"), ("合格", "60"), ("不合格", "0"))


@pytest.mark.parametrize(
    ("percent", "name", "rank"),
    [
        ("100", "优秀", 1),
        ("99.1", "优秀", 1),
        ("90", "优秀", 1),
        ("89.99", "良好", 2),
        ("80", "良好", 2),
        ("79.99", "合格", 3),
        ("60", "合格", 3),
        ("59.99", "不合格", 4),
        ("0", "不合格", 4),
    ],
)
def test_grade_bands_are_closed_below(percent: str, name: str, rank: int) -> None:
    assert grade(Decimal(percent), USUAL) == Grade(name, rank, Decimal(percent))


@pytest.mark.parametrize(
    ("percent", "name", "compared"), [("89.995", "优秀", "90"), ("89.9949", "良好", "89.99")]
)
def test_grade_compares_the_percent_as_rounded(percent: str, name: str, compared: str) -> None:
    given = grade(Decimal(percent), USUAL)
    assert (given.name, given.percent) == (name, Decimal(compared))


def test_grade_takes_bonus_points_past_a_hundred() -> None:
    assert grade(Decimal("102.5"), USUAL).name == "优秀"


def test_grade_with_one_band_is_that_band() -> None:
    assert grade(Decimal(0), bands(("合格", "0"))).name == "合格"


@pytest.mark.parametrize("percent", [Decimal("-0.01"), Decimal("NaN"), Decimal("Infinity"), 99.1, 99, None])
def test_grade_refuses_what_is_no_percent(percent: Any) -> None:
    with pytest.raises(ValueError, match="a percent is a Decimal, 0 or more"):
        grade(percent, USUAL)


@pytest.mark.parametrize(
    ("refused", "message"),
    [
        ([], "there are no grade bands"),
        (bands(("优秀", "90"), ("合格", "60")), "合格: the last grade band starts at 0"),
        (bands(("优秀", "80"), ("良好", "90"), ("不合格", "0")), "良好 must start below 优秀"),
        (bands(("优秀", "80"), ("良好", "80"), ("不合格", "0")), "良好 must start below 优秀"),
        (bands(("优秀", "90"), ("优秀", "80"), ("不合格", "0")), "every grade band has a name of its own"),
        (bands(("优秀", "90"), (" ", "0")), "every grade band has a name of its own"),
        (
            bands(("优秀", "100.01"), ("不合格", "0")),
            "优秀: a threshold is a Decimal from 0 to 100 with two decimals",
        ),
        (
            bands(("优秀", "90"), ("不合格", "-1")),
            "不合格: a threshold is a Decimal from 0 to 100 with two decimals",
        ),
        (
            bands(("优秀", "90.001"), ("不合格", "0")),
            "优秀: a threshold is a Decimal from 0 to 100 with two decimals",
        ),
        (
            bands(("优秀", "NaN"), ("不合格", "0")),
            "优秀: a threshold is a Decimal from 0 to 100 with two decimals",
        ),
    ],
)
def test_bands_that_leave_a_grade_unclear_are_refused(refused: list[Band], message: str) -> None:
    with pytest.raises(InvalidBands) as found:
        validate_bands(refused)
    assert str(found.value) == message
    with pytest.raises(InvalidBands):
        grade(Decimal(100), refused)


def test_bands_refuse_a_float() -> None:
    with pytest.raises(InvalidBands, match="优秀: a threshold is a Decimal"):
        validate_bands([Band("优秀", 90.0), Band("不合格", Decimal(0))])  # type: ignore[arg-type]
