"""What makes a valid content: every refusal, at its field."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from assessments.checking import checked
from assessments.settling import Content, Loss
from indicators.models import Item
from tests.factories import SHORTFALL, bare_item


def faults(item: Item, **content: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        checked(item, Content(**content))
    return refused.value.message_dict


def accepted(item: Item, **content: Any) -> Content:
    return checked(item, Content(**content))


@pytest.mark.parametrize(
    "score", ["4.1", "-0.1", "1E+3", "9E+999999", "NaN", "-NaN", "sNaN", "Infinity", "-Infinity"]
)
def test_points_outside_the_weight_are_refused(score: str) -> None:
    assert faults(bare_item("2"), score=Decimal(score)) == {"score": ["Between 0 and 4 points."]}


@pytest.mark.parametrize("score", ["3.15", "3.111", "1E-9", "0.05"])
def test_points_off_the_step_are_refused(score: str) -> None:
    assert faults(bare_item("2"), score=Decimal(score)) == {"score": ["In steps of 0.1 points."]}


@pytest.mark.parametrize("score", ["0", "-0", "0E+9", "3.1", "3.10", "4.00"])
def test_points_on_the_step_are_taken(score: str) -> None:
    assert accepted(bare_item("2"), score=Decimal(score)).score == Decimal(score)


def test_text_that_no_page_can_hold_is_refused() -> None:
    message = ["More than 500 letters, digits or marks in a row, without any space."]
    assert faults(bare_item("1"), narrative="x" * 501) == {"narrative": message}


def test_full_points_are_taken_off_the_step_too() -> None:
    item = bare_item("1", weight="1.25")
    assert accepted(item, score=Decimal("1.25")).score == Decimal("1.25")
    assert faults(item, score=Decimal("1.24")) == {"score": ["In steps of 0.1 points."]}


def test_computed_points_are_taken_off_the_step_too() -> None:
    item = bare_item("2", rules=[{**SHORTFALL, "rounding": "exact"}])
    measures = {"share": Decimal("80.84")}
    assert accepted(item, score=Decimal("3.08"), measures=measures).score == Decimal("3.08")
    assert faults(item, score=Decimal("3.09"), measures=measures) == {"score": ["In steps of 0.1 points."]}


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "1E+11", "-1E+11", "1E-5", "1E+999999"])
def test_figures_that_cannot_be_kept_are_refused_at_their_field(value: str) -> None:
    measures = {"share": Decimal(value)}
    expected = {"measure_share": ["At most 11 digits, and 4 after the point."]}
    assert faults(bare_item("2"), measures=measures) == expected
    assert faults(bare_item("2"), measures=measures, score=Decimal("3.15")) == expected


@pytest.mark.parametrize("value", ["0", "-3.5", "80.8400", "99999999999.9999", "1E+3"])
def test_figures_within_eleven_digits_are_kept(value: str) -> None:
    assert accepted(bare_item("2"), measures={"share": Decimal(value)}).measures == {"share": Decimal(value)}


def test_unknown_figure_is_refused() -> None:
    assert faults(bare_item("1"), measures={"share": Decimal(1)}) == {
        "measures": ["The item has no figure “share”."]
    }


def test_narrative_has_a_limit() -> None:
    assert accepted(bare_item("1"), narrative="字" * 20_000 + "\n ").narrative == "字" * 20_000
    assert faults(bare_item("1"), narrative="字" * 20_001) == {
        "narrative": ["The text has 20001 characters; at most 20000 are kept."]
    }


def test_reasons_have_a_limit() -> None:
    assert faults(bare_item("3"), reason="字" * 501, na_reason="字" * 501) == {
        "reason": ["At most 500 characters."],
        "na_reason": ["At most 500 characters."],
    }


def test_not_applicable_only_where_the_framework_allows_it() -> None:
    assert faults(bare_item("1"), applicable=False, na_reason="我区暂无") == {
        "not_applicable": ["The framework does not allow “not applicable” for this item."]
    }


@pytest.mark.parametrize("reason", ["", " \x00 ", "\u200b", "。"])
def test_not_applicable_needs_a_reason(reason: str) -> None:
    assert faults(bare_item("3"), applicable=False, na_reason=reason) == {
        "na_reason": ["Say why the item does not apply."]
    }


def test_all_faults_are_named_at_once() -> None:
    found = faults(
        bare_item("2"),
        narrative="字" * 20_001,
        applicable=False,
        reason="字" * 501,
        measures={"share": Decimal("NaN"), "other": Decimal(1)},
    )
    assert set(found) == {"narrative", "not_applicable", "reason", "measure_share", "measures"}


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (Loss(Decimal(0), "甲"), "Points lost are above 0, with at most two decimals."),
        (Loss(Decimal("0.125"), "甲"), "Points lost are above 0, with at most two decimals."),
        (Loss(Decimal("0.5"), "。"), "Say why 0.5 points are lost."),
        (Loss(Decimal("0.5"), "字" * 501), "At most 500 characters."),
        (Loss(Decimal("0.5"), "甲", "", Decimal("1E+13")), "At most 11 digits, and 4 after the point."),
        (
            Loss(Decimal("0.5"), "甲", "", None, Decimal("0.00001")),
            "At most 11 digits, and 4 after the point.",
        ),
    ],
)
def test_itemised_losses_are_checked(loss: Loss, message: str) -> None:
    assert faults(bare_item("1"), score=Decimal(1), losses=[loss]) == {"losses": [message]}


def test_text_is_cleaned_everywhere() -> None:
    content = accepted(
        bare_item("3"),
        narrative=" 一\r\n\r\n二\x00 ",
        na_reason=" 暂\n无 ",
        reason="理\t由",
        losses=[Loss(Decimal(1), "甲。\u202e")],
    )
    assert content.narrative == "一\n二"
    assert content.na_reason == "暂 无"
    assert content.reason == "理 由"
    assert content.losses == [Loss(Decimal(1), "甲")]
