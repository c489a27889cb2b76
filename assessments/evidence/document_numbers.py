"""Numbers of official documents (发文字号): 代字〔年份〕序号号, as GB/T 9704 has them. Pure: no Django."""

import re
import unicodedata

_OPENING, _CLOSING = "[(【〔﹝〖{<《「〈［（｛", "])】〕﹞〗}>》」〉］）｝"
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―－﹣", "-"))
_BRACKETS = str.maketrans(dict.fromkeys(_OPENING, "〔") | dict.fromkeys(_CLOSING, "〕"))
_WRITTEN = re.compile(
    rf"""
    (?P<office>[^\W\d_][\w·\-]{{0,39}}?)      # 国办发, 赣府厅字
    [{re.escape(_OPENING)}] (?P<year>(?:19|20)\d\d) 年? [{re.escape(_CLOSING)}]
    第? 0* (?P<number>[1-9]\d{{0,5}}) 号?
    """,
    re.VERBOSE,
)


def normalised(text: str) -> str | None:
    """国办发〔2021〕4号, whatever brackets, widths, spaces and “第” it was typed with.

    Leading zeros of the number are left out, as the standard says. ``None`` where it cannot be read as such
    a number.
    """
    found = _WRITTEN.fullmatch(_squeezed(text))
    if found is None:
        return None
    return f"{found['office']}〔{found['year']}〕{found['number']}号"


def office_of(number: str) -> str:
    """The part that names the issuing office (代字) of a :func:`normalised` number, "" of any other."""
    return number.partition("〔")[0] if normalised(number) == number else ""


def as_searched(text: str) -> str:
    """What to look for in normalised numbers where somebody types a part of one: ﹝2021﹞ → 〔2021〕."""
    return _squeezed(text).translate(_BRACKETS)


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).translate(_DASHES).split())
