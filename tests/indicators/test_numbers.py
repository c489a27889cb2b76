"""Numbers as offices type them."""

import pytest

from indicators.editor.nodes import label_after
from indicators.numbers import as_number


@pytest.mark.parametrize(
    ("typed", "unit", "number"),
    [
        ("13.5", "", "13.5"),
        (" １３。５ ", "", "13.5"),
        ("90％", "%", "90"),
        ("1,234,567.5", "", "1234567.5"),
        ("+3", "", "3"),
        ("-0.5分", "分", "-0.5"),
        ("", "", ""),
    ],
)
def test_numbers_are_read_as_they_are_typed(typed: str, unit: str, number: str) -> None:
    assert as_number(typed, unit) == number


@pytest.mark.parametrize("typed", ["九十", "1e9", "NaN", "1,23", "--1", "1.", "9" * 21, "9" * 1000])
def test_what_is_no_number_comes_back_as_it_was(typed: str) -> None:
    assert as_number(typed) == typed


@pytest.mark.parametrize(
    ("label", "following"),
    [
        ("54", "55"),
        ("1.1.9", "1.1.10"),
        ("A2", "A3"),
        ("（37）", "（38）"),
        ("2-09", "2-10"),
        ("一", ""),
        ("", ""),
    ],
)
def test_the_next_label_counts_on(label: str, following: str) -> None:
    assert label_after(label) == following
