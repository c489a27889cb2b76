"""Cuts squeezed prose into its parts (1. 2. ①②) and their clauses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from indicators.reading.numbers import CHINESE

CLAUSE_LIMIT = 300
"""A clause longer than this is not read: no office writes one, and it keeps reading linear."""

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_ORDINALS = {sign: number for number, sign in enumerate("一二三四五六七八九十", 1)}
_MARK = re.compile(
    rf"(?P<circle>[{_CIRCLED}])"
    r"|(?:^|(?<=[。；;，,.\n:!?分)%、 ]))(?:"
    r"(?P<digit>[0-9]{1,2})(?:[.、)](?![0-9])|[.、](?=[0-9]{4}年))"
    r"|\((?:(?P<bracket>[0-9]{1,2})|(?P<bracketed>[一二三四五六七八九十]))\)"
    r"|(?P<chinese>[一二三四五六七八九十])(?:、|是(?!否)))"
)
_BREAK = re.compile(
    r"(?P<stop>[，。；;!?\n]|:(?![0-9])|,(?![0-9]{3})|(?<![0-9])\.(?![0-9])|(?<=[分)])[、.])"
    r"|(?P<limit>(?:本项|该项|此项)?(?:累计|合计)?(?:最多|最高|至多)(?:可|累计)?(?:扣|加|得)"
    r"|(?:扣分)?(?:直至|直到|至)?(?:本项|该项|此项|基本)?(?:分值?|分数)?扣完为止|扣至0分|(?:扣分|加分|得分)(?:累计)?(?:最多|最高|上限|不得?超过))"
)
_SPEAKING = re.compile(rf"(?:[0-9]|{CHINESE})分(?![之别钟])|[每扣]|得分|不[足满](?!于)|按比例")
_BRACKET_LIMIT = 80


class Clause(NamedTuple):
    """``text`` stands at ``start`` of the squeezed prose and is followed by ``stop``."""

    text: str
    start: int
    end: int
    stop: str


@dataclass(slots=True)
class Part:
    """One point of a list, or prose without a list: its own clauses, then those under it."""

    start: int
    end: int
    marked: bool
    clauses: list[Clause] = field(default_factory=list)
    parts: "list[Part]" = field(default_factory=list)


def sentences(part: Part) -> list[Part]:
    """The sentences of a part, each as a part of its own."""
    found: list[Part] = []
    begun: list[Clause] = []
    for clause in part.clauses:
        begun.append(clause)
        if clause.stop in ("。", "\n", ".", ""):
            found.append(Part(begun[0].start, clause.end, False, begun))
            begun = []
    return [*found, *([Part(begun[0].start, part.end, False, begun)] if begun else [])]


class _Mark(NamedTuple):
    style: str
    number: int
    start: int
    end: int


def cut_parts(text: str) -> list[Part]:
    """The parts of the prose, words before the first mark as one without. Lists have two levels."""
    marks = list(_marks(text))
    ends = [mark.start for mark in marks[1:]] + [len(text)]
    head_end = marks[0].start if marks else len(text)
    parts = [_part(text, 0, head_end, False)] if head_end else []
    for mark, end in zip(marks, ends, strict=True) if marks else ():
        part = _part(text, mark.end, end, True)
        nested = mark.style != marks[0].style and parts and parts[-1].marked
        (parts[-1].parts if nested else parts).append(part)
    return parts


def _marks(text: str) -> Iterator[_Mark]:
    """Marks that count on (2 after 1) or begin a list (1); a first mark may bear any number."""
    last: dict[str, int] = {}
    for found in _MARK.finditer(text):
        style = str(found.lastgroup)
        number = _mark_number(style, found[style])
        expected = last.get(style, 0) + 1
        if number in (1, expected) or (not last and found.start() == 0):
            last[style] = number
            yield _Mark(style, number, found.start(), found.end())


def _mark_number(style: str, sign: str) -> int:
    if style == "circle":
        return _CIRCLED.index(sign) + 1
    return int(sign) if sign.isascii() else _ORDINALS[sign]


def _part(text: str, start: int, end: int, marked: bool) -> Part:
    return Part(start, end, marked, list(_clauses(text, start, end)))


def _clauses(text: str, start: int, end: int) -> Iterator[Clause]:
    begin = start
    for at, after, stop in _breaks(text, start, end):
        if at > begin:
            yield Clause(text[begin:at], begin, at, stop)
        begin = after
    if end > begin:
        yield Clause(text[begin:end], begin, end, "")


def _breaks(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Where clauses part, in order: at stops, before words of a limit, and at brackets that speak of points.

    Stops within any other bracket part nothing.
    """
    breaks: list[tuple[int, int, str]] = []
    quiet: set[int] = set()
    for opened, closed in _bracket_pairs(text, start, end):
        if _SPEAKING.search(text, opened, closed):
            breaks += [(opened, opened + 1, "("), (closed, closed + 1, ")")]
        else:
            quiet.update(range(opened, closed))
    for found in _BREAK.finditer(text, start, end):
        if found.start() not in quiet:
            breaks.append(
                (found.start(), found.start() if found["limit"] else found.end(), found["stop"] or "，")
            )
    yield from sorted(breaks)


def _bracket_pairs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    opened = text.find("(", start, end)
    while opened >= 0:
        closed = text.find(")", opened, min(end, opened + _BRACKET_LIMIT))
        if closed >= 0:
            yield opened, closed
        opened = text.find("(", max(opened, closed) + 1, end)
