"""Year, total and grade as the title and the preamble state them."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from reports.document import Section
from reports.read.characters import fold
from reports.read.marks import Summary

_IS: Final = r"\s{0,4}(?:为|是|共|达到?|:)?\s{0,4}"
_NUMBER: Final = r"([0-9]{1,9}+(?:\.[0-9]{1,9}+)?)\s{0,4}分"
_SELF_TOTAL: Final = re.compile(
    rf"(?:自评总分|自评总得分|自评总成绩|自评综合得分|自评得分|自评分|自评|总得分|综合得分|合计得分){_IS}{_NUMBER}"
)
_TOTAL: Final = re.compile(rf"(?<!自评)总分{_IS}{_NUMBER}")
_FULL: Final = re.compile(rf"(?:总分值|满分|总权重|分值合计){_IS}{_NUMBER}")
_GRADE: Final = re.compile(
    r"等(?:次|级)(?:评定|初评|自评)?\s{0,4}(?:为|是|:)\s{0,4}"
    r"(?:[“\"‘'「《]([^”\"’'」》]{1,20})[”\"’'」》]|(优秀|良好|合格|基本合格|不合格|优|良|中|差|[A-E]级?|[一二三四]等))"
)
_YEAR: Final = re.compile(r"(?<![0-9])([12][0-9]{3})(?![0-9])")
_CHINESE_YEAR: Final = re.compile(r"([一二])([〇○零0Oo一二三四五六七八九]{3})年")
_DIGITS: Final = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")


def stated_totals(title: str, preamble: Sequence[str]) -> Summary:
    """What title and preamble say; the first statement of each counts."""
    text = fold("\n".join(preamble))
    own, total, full = _SELF_TOTAL.search(text), _TOTAL.search(text), _FULL.search(text)
    if not own and total:
        own, total = total, None
    return Summary(
        year=_year(fold(title)),
        total_weight=_points(full or total),
        total_self_score=_points(own),
        grade=_grade(text),
    )


def inferred_weight(sections: Sequence[Section]) -> Decimal | None:
    """The sections' weights together, if each is the sum of its items', bonus left out; ``None`` where
    anything is open."""
    total = Decimal(0)
    for section in sections:
        weights = [item.weight for item in section.items if not item.bonus]
        if section.weight is None or None in weights or not section.items:
            return None
        if section.weight != sum(weight for weight in weights if weight is not None):
            return None
        total += section.weight
    return total if sections else None


def _points(match: re.Match[str] | None) -> Decimal | None:
    return Decimal(match[1]) if match else None


def _grade(text: str) -> str:
    match = _GRADE.search(text)
    return (match[1] or match[2]).strip() if match else ""


def _year(title: str) -> int | None:
    if match := _YEAR.search(title):
        return int(match[1])
    if match := _CHINESE_YEAR.search(title):
        return int((match[1] + match[2]).translate(_DIGITS))
    return None
