"""Points phrases: 「(分值1分,自评1分)」 and what becomes of it in real texts.

Brackets missing, doubled or of mixed width, 分 missing, full-width digits, other words, masked numbers.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from reports.read.characters import CLOSING, OPENING

_BONUS: Final = "加分上限"
_WEIGHT: Final = f"{_BONUS}|权重|分值|满分|标准分值|标准分|赋分|应得分|此项|本项|该项"
_SCORE: Final = "自评得分|自评分数|自评分|自评得|自评|自查得分|实际得分|实得分|得分|得"
_MASK: Final = r"[xX×*_?—\-]"
_IS: Final = r"\s{0,4}(?:为|是|共|:)?\s{0,4}"
_NUMERAL: Final = r"[0-9]{1,9}+(?:\.[0-9]{1,9}+)?"
_MASKED: Final = rf"{_MASK}{{1,6}}+(?:\.{_MASK}{{1,4}}+)?"
_VALUE: Final = rf"({_NUMERAL}|{_MASKED}|(?=\s{{0,4}}分))\s{{0,4}}(分?)"
_AND: Final = r"\s{0,4}[,、;。/|]?\s{0,4}"

_PHRASE: Final = re.compile(
    rf"(?:{_WEIGHT}){_IS}{_VALUE}{_AND}(?:{_SCORE}){_IS}{_VALUE}(?:{_AND}另加{_IS}(?P<beside>{_NUMERAL})\s{{0,4}}分)?"
    rf"|(?:{_SCORE}){_IS}{_VALUE}{_AND}(?:{_WEIGHT}){_IS}{_VALUE}"
    rf"|(?<=[(\[])\s{{0,4}}(?:{_WEIGHT}){_IS}{_VALUE}(?:\s{{0,4}}(?=[)\]])|[,、。]?[自评得分]{{0,4}}\Z)"
    rf"|(?<=[(\[])\s{{0,4}}(?:{_SCORE}){_IS}{_VALUE}\s{{0,4}}(?=[)\]])"
)
_SECTION_WEIGHT: Final = re.compile(rf"(?<=[(\[])\s{{0,4}}(?:共|计)?{_VALUE}\s{{0,4}}(?=[)\]])")
_NOTE: Final = re.compile(r"\s{0,4}[,;、]([^()]{0,80}?扣[^()]{0,40})(?=\))")
_CLOSED: Final = re.compile(r"[。;]|\.(?![0-9])")
_NUMBER: Final = re.compile(_NUMERAL)


@dataclass(frozen=True, slots=True)
class Points:
    """A points phrase and the extent ``start`` to ``end`` with its brackets and closing mark.

    ``opens`` and ``closes`` are the brackets in half width. ``masked`` numbers (xx) are ``None``; ``cut``
    phrases end with the text before the self-score; ``closed`` ones are followed by 。 or the like. ``note``
    is where a deduction stands within the brackets: 「(分值4分,自评3分,因缺材料扣1分)」. ``bonus_item`` says
    that the weight is what a bonus item adds at most (加分上限), ``bonus`` what a section adds beside (另加).
    """

    start: int
    end: int
    weight: Decimal | None
    self_score: Decimal | None
    opens: str
    closes: str
    masked: bool
    unit_missing: bool
    cut: bool
    closed: bool
    note: tuple[int, int] | None
    bonus_item: bool = False
    bonus: Decimal | None = None


def find_points(folded: str) -> list[Points]:
    """All points phrases of a folded text in their order, not overlapping."""
    found: list[Points] = []
    for match in _PHRASE.finditer(folded):
        found.append(_points(folded, match, found[-1].end if found else 0))
    return found


def section_weight(folded: str) -> Points | None:
    """The 「(18分)」 at the end of a section heading: weight alone, no word before it."""
    start = folded.rfind("(") + 1
    match = _SECTION_WEIGHT.match(folded, start) if start else None
    if not match or not match[2] or not _NUMBER.fullmatch(match[1]):
        return None
    points = _points(folded, match, 0, weight_only=True)
    return points if points.end == len(folded) else None


def _points(folded: str, match: re.Match[str], earliest: int, weight_only: bool = False) -> Points:
    start = _opening(folded, match.start(), earliest)
    note = _NOTE.match(folded, match.end()) if start < match.start() else None
    inner_end = note.end() if note else match.end()
    closing_end = _closing(folded, inner_end)
    end = _after_space(folded, closing_end)
    closed = _CLOSED.match(folded, end) is not None
    values, units = _values(match, weight_only)
    return Points(
        start=start,
        end=end + 1 if closed else closing_end,
        weight=_number(values[0]),
        self_score=_number(values[1]),
        opens="".join(folded[start : match.start()].split()),
        closes="".join(folded[inner_end:closing_end].split()),
        note=note.span(1) if note else None,
        bonus_item=_BONUS in match[0],
        bonus=None if weight_only else _number(match.group("beside")),
        masked=any(value is not None and _number(value) is None for value in values),
        unit_missing="" in units,
        cut=match.end() == len(folded) and None in values,
        closed=closed,
    )


def _values(
    match: re.Match[str], weight_only: bool
) -> tuple[tuple[str | None, str | None], list[str | None]]:
    """Weight and self-score as written, ``None`` where not mentioned; and the 分 after each."""
    if weight_only:
        return (match[1], None), [match[2]]
    groups = match.groups()
    weight_first, score_first, weight_alone, score_alone = (
        groups[0:4],
        groups[5:9],
        groups[9:11],
        groups[11:13],
    )
    if weight_first[0] is not None:
        return (weight_first[0], weight_first[2]), [weight_first[1], weight_first[3]]
    if score_first[0] is not None:
        return (score_first[2], score_first[0]), [score_first[1], score_first[3]]
    if weight_alone[0] is not None:
        return (weight_alone[0], None), [weight_alone[1]]
    return (None, score_alone[0]), [score_alone[1]]


def _number(text: str | None) -> Decimal | None:
    return Decimal(text) if text and _NUMBER.fullmatch(text) else None


def _opening(text: str, start: int, earliest: int) -> int:
    """Where the opening brackets before ``start`` begin, spaces between them allowed."""
    first = start
    while start > earliest and (text[start - 1] in OPENING or text[start - 1].isspace()):
        start -= 1
        if text[start] in OPENING:
            first = start
    return first


def _closing(text: str, end: int) -> int:
    last = end
    while end < len(text) and (text[end] in CLOSING or text[end].isspace()):
        end += 1
        if text[end - 1] in CLOSING:
            last = end
    return last


def _after_space(text: str, end: int) -> int:
    while end < len(text) and text[end].isspace():
        end += 1
    return end
