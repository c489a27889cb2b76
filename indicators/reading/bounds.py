"""Standards and ranges in a clause: 不低于90%, 90%(含)以上, 80%—90%, 60%≤完成率<80%."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from indicators.reading.numbers import CHINESE, NUMBER, read_number
from indicators.reading.words import UNIT

_AT_LEAST = (
    "不低于|未低于|不少于|不小于|不得低于|不得少于|应?达到|达|至少|≥|>=|大于等于|大于或等于|高于或等于"
)
_ABOVE = "高于|超过|超出|大于|多于|>"
_AT_MOST = "不高于|未超过|未高于|不超过|不大于|不多于|不得高于|不得超过|控制在|≤|<=|小于等于|小于或等于"
_BELOW = "低于|不足|不满|小于|少于|未达到?|没有达到|没达到|达不到|不到|<"
_RELATION = f"(?P<below>{_BELOW})|(?P<least>{_AT_LEAST})|(?P<most>{_AT_MOST})|(?P<above>{_ABOVE})"
_ENDS = r"\((?P<{0}>不?含)[^()]{{0,8}}\)"
_VALUE = rf"(?:百分之(?P<percent>{CHINESE})|(?P<number>{NUMBER})(?P<unit>{UNIT}|分(?!别|之|钟))?)"
_ONE = re.compile(
    rf"(?:{_RELATION})?{_VALUE}(?:{_ENDS.format('inner')})?"
    rf"(?:(?:及|或)?(?P<side>以上|以下|以内|之内)(?:{_ENDS.format('outer')})?)?"
)
_RANGE = re.compile(
    rf"(?P<low>{NUMBER})(?P<low_unit>{UNIT}|分)?(?:以上)?(?:{_ENDS.format('low_end')})?"
    rf"[-至到](?P<high>{NUMBER})(?P<high_unit>{UNIT}|分(?!别|之|钟))?(?:以下)?(?:{_ENDS.format('high_end')})?(?:之间|以内)?"
    r"(?:\((?P<named>不?含)(?P<end>[0-9.]{1,9})%?\))?"
)
_CHAIN = re.compile(
    rf"(?P<low>{NUMBER})(?P<unit>{UNIT})?(?P<first>≤|<=|<)(?P<name>[^≤<，]{{0,30}})"
    rf"(?P<second>≤|<=|<)(?P<high>{NUMBER})(?P<high_unit>{UNIT})?"
)


@dataclass(frozen=True, slots=True)
class End:
    """One end of a range. ``closed`` is ``None`` where the words leave it to custom (90%以上, 80%—90%)."""

    value: Decimal
    closed: bool | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where a figure lies, by the words at ``start`` to ``end`` of their text; ``bare`` is a figure alone."""

    unit: str
    start: int
    end: int
    low: End | None = None
    high: End | None = None
    bare: Decimal | None = None

    @property
    def single(self) -> Decimal | None:
        """The figure, where there is only one."""
        if self.low and self.high:
            return None
        side = self.low or self.high
        return side.value if side else self.bare


def find_bounds(text: str) -> list[Bounds]:
    """All standards and ranges in a text, in order; a range goes before the single figures that make it."""
    found: list[Bounds] = []
    for pattern, read in ((_CHAIN, _chain), (_RANGE, _range), (_ONE, _one)):
        taken = {place for bounds in found for place in range(bounds.start, bounds.end)}
        for match in pattern.finditer(text):
            bounds = None if taken.intersection(range(match.start(), match.end())) else read(match)
            if bounds is not None:
                found.append(bounds)
    return sorted(found, key=lambda bounds: bounds.start)


def _one(match: re.Match[str]) -> Bounds | None:
    value = read_number(match["percent"] or match["number"])
    if value is None:
        return None
    unit = "%" if match["percent"] else match["unit"] or ""
    said = match["inner"] or match["outer"]
    closed = None if said is None else said == "含"
    whole = Bounds(unit, match.start(), match.end())
    upward = match["side"] == "以上" or match["least"] or match["above"]
    downward = match["side"] in ("以下", "以内", "之内") or match["most"] or match["below"]
    if upward and downward:
        return whole
    if upward:
        strict = False if match["above"] else True if match["least"] else None
        return replace(whole, low=End(value, strict if closed is None else closed))
    if downward:
        strict = False if match["below"] else True if match["most"] else None
        return replace(whole, high=End(value, strict if closed is None else closed))
    return replace(whole, bare=value)


def _range(match: re.Match[str]) -> Bounds | None:
    low, high = read_number(match["low"]), read_number(match["high"])
    unit = match["high_unit"] or match["low_unit"] or ""
    if low is None or high is None or low >= high or (match["low_unit"] or unit) != unit:
        return None
    ends = {low: _said(match["low_end"]), high: _said(match["high_end"])}
    if match["named"] and Decimal(match["end"].strip(".") or 0) in ends:
        ends[Decimal(match["end"].strip(".") or 0)] = match["named"] == "含"
    return Bounds(unit, match.start(), match.end(), End(low, ends[low]), End(high, ends[high]))


def _chain(match: re.Match[str]) -> Bounds | None:
    low, high = read_number(match["low"]), read_number(match["high"])
    if low is None or high is None or low >= high:
        return None
    unit = match["high_unit"] or match["unit"] or ""
    return Bounds(
        unit, match.start(), match.end(), End(low, match["first"] != "<"), End(high, match["second"] != "<")
    )


def _said(word: str | None) -> bool | None:
    return None if word is None else word == "含"
