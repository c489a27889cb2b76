"""Deductions in running text: 「…占比80.84%,低于省定标准的90%此项扣除0.9」.

A rule of deduction ("每出现一例扣2分") is not a deduction.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from reports.document import Deduction
from reports.read.characters import fold

_LOST: Final = re.compile(
    r"(此项|本项|该项|因此|故)?\s{0,4}(?:共|合计|自行)?扣(?:除|减|掉|去|了)?\s{0,4}"
    r"([0-9]{1,4}+(?:\.[0-9]{1,4}+)?)\s{0,4}(分(?!类|别|级|为))?"
)
_SEPARATORS: Final = " \t\u3000,，、:："
_SENTENCE_ENDS: Final = "。;!?"
_RULE_WORDS: Final = ("每", "扣完为止", "如果", "若", "凡", "否则", "未达到的")

_NUMBER: Final = r"(?<![0-9.])(-?[0-9]{1,9}+(?:\.[0-9]{1,9}+)?)"
_UNIT: Final = "(%|‰|个百分点|万元|亿元|元|平方米|小时|学时|人|所|个|名|册|次|起|天|年)?"
_FIGURES: Final = re.compile(
    rf"{_NUMBER}\s{{0,4}}{_UNIT}[^0-9。;\-]{{0,12}}?"
    rf"(?:低于|未达到?|达不到|不足|不到|少于|小于|高于|超过|超出|大于)"
    rf"[^0-9。;\-]{{0,20}}{_NUMBER}\s{{0,4}}{_UNIT}"
)


@dataclass(frozen=True, slots=True)
class StatedDeduction:
    """A deduction found in running text, and where its words about points stand."""

    deduction: Deduction
    start: int
    unit_missing: bool


def find_deductions(text: str) -> Iterator[StatedDeduction]:
    """The deductions that a paragraph states, in order; the reason is the sentence before the points."""
    folded = fold(text)
    sentence = clause = 0
    for match in _LOST.finditer(folded):
        last_end = max(folded.rfind(mark, clause, match.start()) for mark in _SENTENCE_ENDS)
        sentence = max(sentence, last_end + 1)
        is_rule = any(word in folded[max(clause, sentence) : match.end()] for word in _RULE_WORDS)
        clause = match.end()
        if is_rule or not (match[1] or match[3]):
            continue
        reason = text[sentence : match.start()].strip(_SEPARATORS)
        sentence = clause
        deduction = Deduction(Decimal(match[2]), reason, *figures_of(reason))
        yield StatedDeduction(deduction, match.start(), unit_missing=not match[3])


def figures_of(reason: str) -> tuple[Decimal | None, Decimal | None, str]:
    """Measured value, standard and unit that a reason compares ("80.84%,低于…90%"), if both share a unit."""
    match = _FIGURES.search(fold(reason))
    if not match or match[2] != match[4]:
        return None, None, ""
    return Decimal(match[1]), Decimal(match[3]), match[2] or ""
