"""Grade bands, closed below, on the percent as rounded to two decimals."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from indicators.scoring.findings import Explanation, Veto
from indicators.scoring.grading import Band, Grade, GradeCause, InvalidBands, grade, validate_bands
from indicators.wording import bands_in_words


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
    assert grade(Decimal(percent), USUAL) == Grade(name, rank, Decimal(percent), before=name)


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


# Demands on sections

DEMANDING = [
    Band("优秀", Decimal(90), section_floor=Decimal(60)),
    Band("良好", Decimal(80), section_floor=Decimal("50.5")),
    *USUAL[2:],
]


@pytest.mark.parametrize(
    ("sections", "name", "places"),
    [
        (("60", "100"), "优秀", []),
        (("100", None), "优秀", []),
        ((), "优秀", []),
        (("59.99", "100"), "良好", [(0, "优秀")]),
        (("100", "55", "59"), "良好", [(1, "优秀"), (2, "优秀")]),
        (("100", "50.49"), "合格", [(1, "优秀"), (1, "良好")]),
        (("100", "0"), "合格", [(1, "优秀"), (1, "良好")]),
    ],
)
def test_section_under_the_share_that_a_grade_demands_lowers_it(
    sections: tuple[str | None, ...], name: str, places: list[tuple[int, str]]
) -> None:
    percents = [None if text is None else Decimal(text) for text in sections]
    given = grade(Decimal("95"), DEMANDING, section_percents=percents)
    assert (given.name, given.before, given.percent) == (name, "优秀", Decimal(95))
    assert [(cause.place, cause.grade) for cause in given.causes] == places


def test_section_floor_is_named_with_what_was_reached() -> None:
    (cause,) = grade(Decimal(95), DEMANDING, section_percents=[Decimal("58.3")]).causes
    assert cause == GradeCause("section_floor", 0, "优秀", percent=Decimal("58.3"), floor=Decimal(60))


# Vetoes


def veto(effect: Any, grade: str = "") -> Veto:
    return Veto(effect, grade, Explanation(f"veto.{effect}", {"measure": "accident", "grade": grade}))


LOWER, NOT_BEST = veto("lower_grade"), veto("bar_grade", "优秀")


@pytest.mark.parametrize(
    ("percent", "vetoes", "name", "causes"),
    [
        ("95", [NOT_BEST], "良好", [("bar_grade", 0, "优秀")]),
        ("85", [NOT_BEST], "良好", []),
        ("95", [veto("bar_grade", "良好")], "合格", [("bar_grade", 0, "优秀")]),
        ("95", [LOWER], "良好", [("lower_grade", 0, "优秀")]),
        ("95", [LOWER, LOWER], "合格", [("lower_grade", 0, "优秀"), ("lower_grade", 1, "良好")]),
        ("65", [LOWER, LOWER], "不合格", [("lower_grade", 0, "合格")]),
        ("50", [LOWER], "不合格", []),
        ("95", [NOT_BEST, LOWER], "良好", [("lower_grade", 1, "优秀")]),
        (
            "95",
            [veto("bar_grade", "良好"), LOWER],
            "合格",
            [("lower_grade", 1, "优秀"), ("bar_grade", 0, "良好")],
        ),
        ("95", [veto("bar_grade", "不合格")], "不合格", [("bar_grade", 0, "优秀")]),
        ("95", [veto("zero_item"), veto("zero_section")], "优秀", []),
    ],
)
def test_vetoes_lower_the_grade_or_bar_one(
    percent: str, vetoes: list[Veto], name: str, causes: list[tuple[str, int, str]]
) -> None:
    given = grade(Decimal(percent), USUAL, vetoes=vetoes)
    assert given.name == name == USUAL[given.rank - 1].name
    assert [(cause.kind, cause.place, cause.grade) for cause in given.causes] == causes


def test_sections_come_before_vetoes() -> None:
    given = grade(Decimal(95), DEMANDING, section_percents=[Decimal(55)], vetoes=[LOWER])
    assert (given.name, given.before) == ("合格", "优秀")
    assert [cause.kind for cause in given.causes] == ["section_floor", "lower_grade"]


def test_veto_of_a_grade_that_there_is_not_is_refused() -> None:
    with pytest.raises(InvalidBands) as found:
        grade(Decimal(95), USUAL, vetoes=[veto("bar_grade", "甲等")])
    assert (found.value.key, found.value.values) == ("grade_unknown", {"grade": "甲等"})


# Bands


@pytest.mark.parametrize(
    ("refused", "key", "words"),
    [
        ([], "no_bands", "没有设置等次。"),
        (bands(("优秀", "90"), ("合格", "60")), "last_band_not_zero", "“合格”为最低等次，应从0起。"),
        (
            bands(("优秀", "80"), ("良好", "90"), ("不合格", "0")),
            "bands_out_of_order",
            "“良好”的起始百分比应低于“优秀”。",
        ),
        (
            bands(("优秀", "80"), ("良好", "80"), ("不合格", "0")),
            "bands_out_of_order",
            "“良好”的起始百分比应低于“优秀”。",
        ),
        (
            bands(("优秀", "90"), ("优秀", "80"), ("不合格", "0")),
            "band_names_repeat",
            "各等次名称不得为空，也不得重复。",
        ),
        (bands(("优秀", "90"), (" ", "0")), "band_names_repeat", "各等次名称不得为空，也不得重复。"),
        *(
            (
                bands(("优秀", threshold), ("不合格", "0")),
                "threshold_is_no_percent",
                "“优秀”的起始百分比应在0至100之间，最多两位小数。",
            )
            for threshold in ("100.01", "-1", "90.001", "NaN")
        ),
        *(
            (
                [Band("优秀", Decimal(90), Decimal(floor)), Band("不合格", Decimal(0))],
                "floor_is_no_percent",
                "“优秀”对各一级指标得分率的要求应在0至100之间，最多两位小数。",
            )
            for floor in ("100.01", "-1", "0.001")
        ),
        (
            [Band("优秀", Decimal(90)), Band("不合格", Decimal(0), Decimal(10))],
            "last_band_has_floor",
            "“不合格”为最低等次，不应对各一级指标得分率提出要求。",
        ),
    ],
)
def test_bands_that_leave_a_grade_unclear_are_refused(refused: list[Band], key: str, words: str) -> None:
    with pytest.raises(InvalidBands) as found:
        validate_bands(refused)
    assert found.value.key == key
    with translation.override("zh-hans"):
        assert bands_in_words(found.value) == words
    with pytest.raises(InvalidBands, match=key):
        grade(Decimal(100), refused)


def test_bands_refuse_a_float() -> None:
    with pytest.raises(InvalidBands, match="threshold_is_no_percent band=优秀"):
        validate_bands([Band("优秀", 90.0), Band("不合格", Decimal(0))])  # type: ignore[arg-type]
