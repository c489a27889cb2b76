"""Text as it is kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.text import clean_line, clean_text, has_endless_word, sentence


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("一\n二", "一\n二"),
        ("一\r\n二\r三", "一\n二\n三"),
        ("一\x0b二\x0c三", "一\n二\n三"),
        ("一\u2028二\u2029三\x85四", "一\n二\n三\n四"),
        ("  一\u3000\n\n \t \n二  ", "一\n二"),
        ("a\x00b\x07c", "a b c"),
        ("99\u202e1.\u200b分\ufeff\xad", "991.分"),
        ("半个字\ud83d。", "半个字。"),
        ("非字符\ufffe\uffff\ufdd0\U0001ffff。", "非字符。"),
        ("㛃\U00031350\ue000", "㛃\U00031350\ue000"),
        ("", ""),
    ],
)
def test_clean_text_keeps_visible_text_in_lines(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


@settings(deadline=None)
@given(st.text())
def test_clean_text_is_settled_after_once(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert once.splitlines() == [line.strip() for line in once.split("\n") if line.strip()]


def test_clean_line_puts_lines_into_one() -> None:
    assert clean_line(" 一\n二\t三 ") == "一 二 三"


@pytest.mark.parametrize("reason", ["材料不全", "材料不全。", " 材料不全。；", "材料不全!"])
def test_sentence_has_no_closing_mark(reason: str) -> None:
    assert sentence(reason) == "材料不全"


@pytest.mark.parametrize(
    ("text", "endless"),
    [
        ("x" * 501, True),
        ("x" * 500, False),
        ("https://example.org/" + "a" * 481, True),
        ("班" * 5000, False),
        ("x，" * 600, False),
        ("x " * 600, False),
        ("ж1." * 167, True),
    ],
)
def test_endless_words_are_found(text: str, endless: bool) -> None:
    assert has_endless_word(text) is endless
