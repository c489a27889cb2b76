"""Text as it is kept, whatever Word, a web page or a file left in it. Pure: no Django."""

import unicodedata

_CLOSING = "。；，！.;,! "


def clean_text(text: str) -> str:
    """Paragraphs, one a line: no empty lines, each cleaned by :func:`clean_line`."""
    return "\n".join(line for line in map(clean_line, text.splitlines()) if line)


def clean_line(text: str) -> str:
    """One line without white space around it.

    Control characters and line ends become spaces. Invisible characters (direction marks, zero-width
    spaces, soft hyphens) and halves of characters are left out: a figure must be what it looks like.
    """
    kept = (
        " " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character
        for character in text
        if unicodedata.category(character) not in ("Cf", "Cs")
    )
    return "".join(kept).strip()


def sentence(text: str) -> str:
    """A line without its closing mark, as reasons are kept; the report puts the mark."""
    return clean_line(text).rstrip(_CLOSING)
