"""The prose as it is read: one form for each sign, no layout, and the way back to where it stood."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from indicators.reading.proposal import Span

_SAME = str.maketrans(
    "０１２３４５６７８９．％（）：；！？﹤﹥＜＞＋／［］【】〔〕﹪",
    "0123456789.%():;!?<><>+/()()()%",
)
_DASHES = str.maketrans(dict.fromkeys("—–－―～~﹣−‐‑‒", "-"))
_COMMA = str.maketrans({"﹐": "，", "､": "、", "｡": "。"})
_LINE_END = re.compile(r"(?:(?<![百部得])分|[。；;:，,、)%]|得分|满分)$")
_LINE_START = re.compile(r"\(?[0-9]{1,2}[.、)]|\([一二三四五六七八九十]|[①-⑳]|[一二三四五六七八九十]{1,2}、")
_QUOTES = "“”\"‘’'"


class Squeezed(NamedTuple):
    """``text`` without blanks and quotation marks; ``places[i]`` is where its character ``i`` stands."""

    text: str
    places: Sequence[int]

    def span(self, start: int, end: int) -> Span:
        """The place in the prose of ``text[start:end]``, which is not empty."""
        return Span(self.places[start], self.places[end - 1] + 1)


def squeeze(prose: str) -> Squeezed:
    """A blank between two numbers stays, so that they are not read as one; a line's end stays where it ends a
    statement, and goes where a narrow column broke the line."""
    plain = prose.translate(_SAME).translate(_DASHES).translate(_COMMA)
    signs: list[str] = []
    places: list[int] = []
    blank = ""
    for place, sign in enumerate(plain):
        if sign.isspace() or sign in "\u200b\ufeff\u3000":
            blank = "\n" if "\n" in (sign, blank) else " "
            continue
        if sign in _QUOTES:
            continue
        if blank and signs:
            kept = _kept_blank(blank, "".join(signs[-3:]), plain[place : place + 5])
            if kept:
                signs.append(kept)
                places.append(place)
        blank = ""
        signs.append(sign)
        places.append(place)
    return Squeezed("".join(signs), places)


def _kept_blank(blank: str, before: str, after: str) -> str:
    if blank == "\n" and (_LINE_END.search(before) or _LINE_START.match(after)):
        return "\n"
    numbers = before[-1] in "0123456789." and after[0] in "0123456789."
    return " " if numbers else ""
