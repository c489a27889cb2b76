"""Small readings of what stands in the cells of offices' tables: ordinals, labels, points in words. Pure."""

import re
from dataclasses import dataclass
from decimal import Decimal

from indicators.workbook.headings import squeezed

_ORDINAL = "[一二三四五六七八九十百]{1,4}"
_FIRST = re.compile(
    rf"(?:第?({_ORDINAL})(?:部分|章|大类|类)?[、.．:：]|第({_ORDINAL})(?:部分|章|大类|类))\s*"
)
_SECOND = re.compile(rf"[(（]({_ORDINAL})[)）][、.．]?\s*")
_BARE = re.compile(rf"({_ORDINAL})[、.．]?|[(（]({_ORDINAL})[)）]")
_LABEL = re.compile(
    r"((?:[A-Z]{1,2}-?)?[0-9]{1,4}(?:[.．、\-—][0-9]{1,3}){1,4}|[A-Z]{1,2}-?[0-9]{1,4}|[(（][0-9]{1,4}[)）]|[①-⑳]|[0-9]{1,4})"
    r"(?:[.．、:：]\s*|\s+|(?=[^0-9.．、]))"
)
_POINTS = re.compile(
    r"[(（\[【]\s{0,3}(?:共|计|满分|分值|权重|标准分|合计|总分)?[:：]?\s{0,3}([0-9]{1,4}(?:\.[0-9]{1,2})?)\s{0,3}分?[^()（）\[\]【】]{0,20}[)）\]】]"
)
_POINTS_AFTER = re.compile(
    r"(?<![扣减加奖得罚每0-9.])[\s:：,，—-]{0,3}(?:共|计|满分|分值)?([0-9]{1,4}(?:\.[0-9]{1,2})?)\s?分$"
)
_TOTAL = re.compile(
    r"(?:以上|全部|各项)?(?:总分|合计|总计|共计|总分值|总得分|合计得分|合计总分|合计分值|总计分)(?:值|\(分\))?[:：]?"
    r"(?:([0-9]{1,4}(?:\.[0-9]{1,2})?)分?)?"
)
_SUBTOTAL = re.compile(r".{0,12}小计[:：]?(?:([0-9]{1,4}(?:\.[0-9]{1,2})?)分?)?")
_NOTE = re.compile(r"(?:备注|注|说明|注意|填表说明|备注说明)\s*(?:[0-9]?[:：.、]|$)")
_LIMIT = "(?:不超过|不高于|最多|最高|至多|上限|累计|总计|合计|可|满分|分值|标准分|共|计|得)*"
_WEIGHT = re.compile(
    rf"(?P<each>每[项次个篇件])?{_LIMIT}(?P<bonus>[+]|奖?加分?|附加分?|奖励?分?)?(?P<minus>[-−]|倒?扣分?|减分?)?"
    rf"{_LIMIT}[:：]?(?P<number>[0-9]{{1,4}}(?:\.[0-9]{{1,4}})?)(?P<percent>%)?分?"
    r"(?:封顶|为限|以内)?(?:\((?P<remark>[^()]{0,20})\))?"
)
_MOST = re.compile(
    r"(?:[0-9]{1,4}(?:\.[0-9]{1,2})?分?[-—~～–至]|≤|<=)(?P<number>[0-9]{1,4}(?:\.[0-9]{1,2})?)分?"
)
_LONGEST_WEIGHT = 40
_LONGEST_MARK = 100
"""Characters of a cell that may be an ordinal or a sum."""
_AROUND = re.compile(r"\((.{1,20})\)|\[(.{1,20})\]|【(.{1,20})】")
_OFF = {"扣分", "减分", "倒扣", "倒扣分", "只扣分", "扣分项", "减分项", "只扣不加", "只扣不奖"}
_EXTRA = {"加分", "加分项", "奖分", "附加分"}
_NOTHING = {
    "/",
    "\\",
    "—",
    "-",
    "--",
    "——",
    "无",
    "不计分",
    "不赋分",
    "√",
    "一票否决",
    "一票否决项",
    "否决项",
    "*",
}


_COUNTED = re.compile("[年月日个名项次份分%％所人篇条天]")


@dataclass(frozen=True, slots=True)
class Named:
    """A name as it stands in a cell, taken apart. ``level`` 1 for 一、, 2 for （一）, 0 without ordinal."""

    text: str
    level: int = 0
    ordinal: str = ""
    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Weight:
    """Points as a cell gives them. ``off``: they can only be lost; ``nothing``: a mark stands for none;
    ``most``: a range or a limit stands there, of which these are the most."""

    points: Decimal
    bonus: bool = False
    off: bool = False
    nothing: bool = False
    most: bool = False


def take_apart(text: str) -> Named:
    """Ordinal, name and points of “一、政府责任（18分）”."""
    text, level, ordinal = text.strip(), 0, ""
    for number, pattern in ((1, _FIRST), (2, _SECOND)):
        # Both stand before some names: 一、（一）规划与机制
        if found := pattern.match(text):
            level, ordinal, text = number, found[1] or found[number] or "", text[found.end() :]
    text, points = without_points(text)
    return Named(text.strip(" :：-—"), level, ordinal, points)


def without_points(text: str) -> tuple[str, Decimal | None]:
    """A name without the points that stand in it, and these; a text with points of several parts stays
    whole, and their sum, or the one that states it, is given."""
    found = points_in(text)
    if len(found) > 1:
        return text, sum_stated([Decimal(match[1]) for match in found])
    if found:
        return (text[: found[0].start()] + text[found[0].end() :]).strip(), Decimal(found[0][1])
    if after := _POINTS_AFTER.search(text.rstrip()):
        return text[: after.start()].strip(), Decimal(after[1])
    return text, None


def points_in(text: str) -> list[re.Match[str]]:
    """Where points stand in brackets: （3分）, and （3） at the end."""
    return [match for match in _POINTS.finditer(text) if "分" in match[0] or not text[match.end() :].strip()]


def sum_stated(points: list[Decimal]) -> Decimal:
    """What several points in one text come to: the first or last where it states the sum of the others."""
    total = sum(points, Decimal(0))
    return total / 2 if len(points) > 2 and total / 2 in (points[0], points[-1]) else total


def bare_ordinal(text: str) -> int:
    """1 where a cell holds “一、” alone, 2 for “（一）”, else 0."""
    found = _BARE.fullmatch(squeezed(text)) if len(text) < _LONGEST_MARK else None
    return 0 if not found else 1 if found[1] else 2


def number_of(ordinal: str) -> int:
    """The number that a Chinese ordinal below 100 names; 0 for none."""
    digits = "零一二三四五六七八九"
    tens, ten, ones = ordinal.rpartition("十")
    if not all(mark in digits for mark in tens + ones) or len(tens) > 1 or len(ones) > 1:
        return 0
    return (10 * (digits.index(tens) if tens else 1) if ten else 0) + (digits.index(ones) if ones else 0)


def split_label(text: str) -> tuple[str, str]:
    """The label in front of a name, "" where there is none: 1.1.3, A2, (37), 1、1、1."""
    if found := _LABEL.match(text):
        rest = text[found.end() :].strip()
        # “3名教师” counts, it is not number 3.
        counts = found[1].isdecimal() and text[found.end(1) : found.end()] == ""
        if rest and not (counts and _COUNTED.match(rest)):
            return found[1], rest
    return ("", text)


def is_label(text: str) -> bool:
    """Whether the text is a label and nothing else."""
    return bool(_LABEL.fullmatch(text + " "))


def total_of(text: str) -> tuple[bool, Decimal | None]:
    """Whether this is a row of the total, and the points that the words give."""
    found = _TOTAL.fullmatch(squeezed(text)) if len(text) < _LONGEST_MARK else None
    return bool(found), Decimal(found[1]) if found and found[1] else None


def subtotal_of(text: str) -> tuple[bool, Decimal | None]:
    """Whether this is a row of a section's sum, and the points that the words give."""
    found = _SUBTOTAL.fullmatch(squeezed(text)) if len(text) < _LONGEST_MARK else None
    return bool(found), Decimal(found[1]) if found and found[1] else None


def is_note(text: str) -> bool:
    """Whether this is said of the table: 注：…"""
    return bool(_NOTE.match(text.strip()))


def label_parts(label: str) -> tuple[str, ...]:
    """The numbers of a label of levels: 1.2.3 or 1-2-3; empty for another."""
    parts = re.split(r"[.．\-—]", label.strip(" 、.．"))
    return tuple(parts) if all(part.isascii() and part.isdecimal() for part in parts) else ()


def read_weight(text: str) -> Weight | None:
    """Points as written: 3, 3分, （3.0 分）, 20%, 加2分, -1, 0—3分. ``None`` where they cannot be told."""
    word = squeezed(text[: 3 * _LONGEST_WEIGHT])
    if len(word) > _LONGEST_WEIGHT:
        return None
    if around := _AROUND.fullmatch(word):
        word = next(filter(None, around.groups()))
    if word in _NOTHING:
        return Weight(Decimal(0), nothing=True)
    if word in _OFF:
        return Weight(Decimal(0), off=True)
    if word in _EXTRA:
        return Weight(Decimal(0), bonus=True, nothing=True)
    found = _WEIGHT.fullmatch(word)
    if not found:
        most = _MOST.fullmatch(word)
        return Weight(Decimal(most["number"]), most=True) if most else None
    points = Decimal(found["number"])
    if found["minus"]:
        return Weight(Decimal(0), off=True)
    bonus = bool(found["bonus"]) or "加分" in (found["remark"] or "")
    return Weight(points, bonus=bonus, most=bool(found["each"]))
