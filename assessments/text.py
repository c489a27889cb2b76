"""Text as it is kept, whatever Word, a web page or a file left in it. Pure: no Django."""

import re
import unicodedata

LONGEST_WORD = 500
"""Characters without a place to break a line; the longest real address has far fewer."""

_ENDLESS = re.compile(rf"[^\s⺀-\uffef\U00020000-\U000323af]{{{LONGEST_WORD + 1}}}")
_CLOSING = "。；，！.;,! "


def clean_text(text: str) -> str:
    """Paragraphs, one a line: no empty lines, each cleaned by :func:`clean_line`."""
    return "\n".join(line for line in map(clean_line, text.splitlines()) if line)


def clean_line(text: str) -> str:
    """One line without white space around it.

    Control characters and line ends become spaces. Invisible characters (direction marks, zero-width
    spaces, soft hyphens), halves of characters and code points that are no characters are left out: a
    figure must be what it looks like, and a file must hold nothing that its readers refuse.
    """
    if text.isprintable():  # nearly always, and then nothing of the kind is in it
        return text.strip()
    kept = (
        " " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character
        for character in text
        if unicodedata.category(character) not in ("Cf", "Cs") and not _is_noncharacter(ord(character))
    )
    return "".join(kept).strip()


def sentence(text: str) -> str:
    """A line without its closing mark, as reasons are kept; the report puts the mark."""
    return clean_line(text).rstrip(_CLOSING)


def has_endless_word(text: str) -> bool:
    """Whether more than :data:`LONGEST_WORD` characters stand together that nothing breaks.

    No page can hold them, and to find that out takes the printer time by the square of their number.
    """
    return _ENDLESS.search(text) is not None


def _is_noncharacter(point: int) -> bool:
    return point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF
