"""Numbers as offices type them."""

import pytest

from indicators.editor.numbers import as_number


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
