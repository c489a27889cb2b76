"""Places among the districts of a cycle."""

from decimal import Decimal

from indicators.scoring.ranks import ranks_among

FIGURES = {"甲": Decimal("85.5"), "乙": Decimal(91), "丙": Decimal("85.50"), "丁": Decimal(70)}


def test_the_highest_figure_comes_first_and_equal_ones_share_the_better_place() -> None:
    assert ranks_among(FIGURES, "highest") == {"甲": 2, "乙": 1, "丙": 2, "丁": 4}


def test_the_lowest_figure_comes_first_where_less_is_better() -> None:
    assert ranks_among(FIGURES, "lowest") == {"甲": 2, "乙": 4, "丙": 2, "丁": 1}


def test_all_places_are_open_until_every_figure_is_in() -> None:
    assert ranks_among({**FIGURES, "戊": None}, "highest") == dict.fromkeys("甲乙丙丁戊")


def test_no_district_has_no_place() -> None:
    assert ranks_among({}, "highest") == {}
