"""Numbers as prose writes them: 0.5, 1, 两, 十二, 零点五, 半."""

from decimal import Decimal

_DIGITS = {
    sign: number
    for number, signs in enumerate(("零〇", "一", "二两", "三", "四", "五", "六", "七", "八", "九"))
    for sign in signs
}
_CHINESE = "零〇一二两三四五六七八九十百"

ARABIC = r"(?<![0-9.])[0-9]{1,9}(?:\.[0-9]{1,4})?(?![0-9.])"
CHINESE = (
    rf"(?<![{_CHINESE}点])(?:[{_CHINESE}]{{1,6}}(?:点[零〇一二三四五六七八九]{{1,2}})?|半)(?![{_CHINESE}点])"
)
NUMBER = rf"(?:{ARABIC}|{CHINESE})"
"""A pattern for one number that stands by itself, not a part of a longer one."""


def read_number(text: str) -> Decimal | None:
    """The value of what :data:`NUMBER` matched; ``None`` for signs that make no number (十百, 二三)."""
    if text[:1].isascii():
        return Decimal(text)
    if text == "半":
        return Decimal("0.5")
    whole, _, places = text.partition("点")
    value = _read_whole(whole)
    if value is None or not places:
        return None if value is None else Decimal(value)
    return Decimal(f"{value}.{''.join(str(_DIGITS[sign]) for sign in places)}")


def _read_whole(text: str) -> int | None:
    """一 to 九百九十九, as written with 百 and 十; a row of digits (二三) may mean two or three."""
    total = 0
    rank = 1000
    rest = text
    for sign, value in (("百", 100), ("十", 10)):
        head, found, tail = rest.partition(sign)
        if not found:
            continue
        head = head.lstrip("零〇") if value == 10 else head
        if len(head) > 1 or (head and head not in _DIGITS) or rank <= value or (not head and value == 100):
            return None
        total += (_DIGITS[head] if head else 1) * value
        rank = value
        rest = tail
    if not rest:
        return total if total or text else None
    rest = rest.lstrip("零〇") or "零"
    return total + _DIGITS[rest] if len(rest) == 1 and rest in _DIGITS else None
