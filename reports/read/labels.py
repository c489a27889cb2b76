"""Headings of chapters and sections, and the labels of items, at the beginning of a line.

All functions take folded (half-width) text and give offsets that are valid in the original.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from reports.document import CHINESE_DIGITS

_ORDINAL: Final = "[一二三四五六七八九十百]{1,4}"


class LabelStyle(Enum):
    """How items are labelled: 15. / (37) / 1.1.3 / (三)."""

    PLAIN = auto()
    BRACKETED = auto()
    MULTIPART = auto()
    CHINESE = auto()


@dataclass(frozen=True, slots=True)
class Label:
    """An item's label: what is printed is ``text[:printed]``, the item's own text begins at ``end``."""

    style: LabelStyle
    printed: int
    end: int
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its Chinese ordinal ("" where it was lost), and where its title begins."""

    ordinal: str
    end: int


class Chapter(Enum):
    """The chapters a report has; the value says which words of a title tell them, first match first."""

    SELF_CHECK = ("自查", "自评", "自检")
    EXPERIENCE = ("经验", "做法", "亮点", "特色", "成效")
    PROBLEMS = ("问题", "不足", "困难", "短板", "差距")
    IMPROVEMENTS = ("改进", "整改", "措施", "下一步", "打算", "对策", "努力方向")


_PLAIN: Final = re.compile(r"([0-9]{1,3}+)\s{0,2}[.、]{1,2}\s{0,8}")
_QUANTITY: Final = re.compile(
    r"[0-9]{1,3}+\.[0-9]{1,4}+\s?(?:亿|万|千|%|元|倍|个百分点|平方|亩|米|公里|吨|分|小时)"
)
_BRACKETED: Final = re.compile(r"\(?\s{0,2}([0-9]{1,3}+)\s{0,2}\)[.、]?\s{0,8}")
_MULTIPART: Final = re.compile(r"[0-9]{1,3}+(?:[.、\-][0-9]{1,3}+){2,4}+(?![0-9.%年月日])[.、]?\s{0,8}")
_TWO_PARTS: Final = re.compile(r"[0-9]{1,3}+[.、\-][0-9]{1,2}+(?:[.、]\s{0,8}|\s{1,8})(?![0-9.、%])")
_INTEGER: Final = re.compile(r"[0-9]+")

_CHAPTER: Final = re.compile(
    rf"(?:第({_ORDINAL})(?:部分|章)[、.:]?\s{{0,4}}|({_ORDINAL})\s{{0,2}}[、.]\s{{0,4}})(?=\S)"
)
_SECTION: Final = re.compile(rf"\({{0,2}}\s{{0,2}}({_ORDINAL})\s{{0,2}}\){{1,2}}[、.:]?\s{{0,4}}")
_CHAPTER_LENGTH: Final = 40


def parse_label(text: str, start: int = 0) -> Label | None:
    """The item label at ``start``: "15.", "(37)", "1.1.3", "1、1、1", "1-1-1"; ``None`` where there is none.

    "16.2021年" is item 16; "8.1亿元" is a quantity.
    """
    for pattern, style in ((_MULTIPART, LabelStyle.MULTIPART), (_TWO_PARTS, LabelStyle.MULTIPART)):
        if match := pattern.match(text, start):
            printed = text[start : match.end()].rstrip().rstrip(".、")
            parts = tuple(int(part) for part in _INTEGER.findall(printed))
            return Label(style, len(printed), match.end(), parts)
    if _QUANTITY.match(text, start):
        return None
    if match := _PLAIN.match(text, start):
        return Label(LabelStyle.PLAIN, match.end(1) - start, match.end(), (int(match[1]),))
    if match := _BRACKETED.match(text, start):
        printed = match[0].rstrip().rstrip(".、")
        return Label(LabelStyle.BRACKETED, len(printed), match.end(), (int(match[1]),))
    return None


def parse_section(text: str, start: int = 0) -> Heading | None:
    """The "(三)" of a section heading at ``start``; the opening bracket may be missing."""
    match = _SECTION.match(text, start)
    return Heading(match[1], match.end()) if match else None


def parse_chapter(text: str) -> Heading | None:
    """The "三、" or "第三部分" of a chapter heading; such a line is short and no sentence."""
    match = _CHAPTER.match(text)
    if not match or not 0 < len(text) - match.end() <= _CHAPTER_LENGTH:
        return None
    if any(mark in text for mark in "。!?;"):
        return None
    return Heading(match[1] or match[2], match.end())


def chapters_named(title: str) -> list[Chapter]:
    """The chapters whose words a title holds, in their order; usually one."""
    return [chapter for chapter in Chapter if any(word in title for word in chapter.value)]


def ordinal_value(ordinal: str) -> int | None:
    """十二 → 12; ``None`` for what is no Chinese numeral from 1 to 99."""
    tens, ten, ones = ordinal.rpartition("十")
    if not ten:
        tens, ones = "", ordinal
    if len(tens) > 1 or len(ones) > 1 or not (ten or ones):
        return None
    values = [CHINESE_DIGITS.find(digit) if digit else None for digit in (tens, ones)]
    if -1 in values or 0 in values:
        return None
    head, tail = values
    return (10 * (head or 1) if ten else 0) + (tail or 0)
