"""Chinese typography: full-width punctuation, quotes, and titles broken into balanced lines. Pure.

Nothing but marks, and the blanks beside them, is changed: no character of the text is lost or added, and
figures, units, Latin words, decimals, ratios, times, addresses and document numbers stay as they were typed.
"""

import re
from collections.abc import Iterator
from itertools import accumulate

FULL_WIDTH = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", ".": "。", "(": "（", ")": "）"}

CLOSING_MARKS = frozenset("，。；：？！、）〕】》〉”’」』％℃…—%)]},.;:?!")
"""Marks that never start a line."""

OPENING_MARKS = frozenset("（〔【《〈“‘「『([{")
"""Marks that never end a line."""

# Addresses, e-mail addresses, file names and document numbers (代字(2021)8号) are left alone.
LITERAL = re.compile(
    r"(?:https?|ftp)://(?:[!-'*-~]|\([!-'*-~]{0,200}\)){1,2000}(?<![.,;:?!])"
    r"|(?<![0-9A-Za-z._-])(?:www\.[0-9A-Za-z._/%?=&#-]{1,500}|[0-9A-Za-z._-]{1,64}@[0-9A-Za-z.-]{1,255})"
    r"|[(（\[〔﹝【]\d{4}[)）\]〕﹞】]第?\d{1,5}号",
    re.ASCII,
)


def is_chinese(character: str) -> bool:
    """Whether a character belongs to running Chinese text: an ideograph or a full-width mark."""
    point = ord(character)
    return (
        0x2E80 <= point <= 0x9FFF
        or 0xF900 <= point <= 0xFAFF
        or 0xFF00 <= point <= 0xFFEF
        or 0x20000 <= point <= 0x323AF
        or character in "“”‘’…—·"
    )


def typeset(text: str) -> str:
    """The text with full-width marks and paired quotes where they stand in Chinese.

    A text without any Chinese is returned as it is.
    """
    if not any(map(is_chinese, text)):
        return text
    characters = list(text)
    literal = _literal_places(text)
    brackets = dict(_bracket_pairs(text, literal))
    chinese_before = list(accumulate(map(is_chinese, text), initial=0))
    for place, mark in enumerate(text):
        if place in literal or mark not in FULL_WIDTH:
            continue
        if mark in "()":
            # A pair decides together: Chinese inside it, before it or after it.
            first, last = sorted((place, brackets.get(place, place)))
            widen = chinese_before[last] > chinese_before[first] or is_beside_chinese(text, first, last)
        else:
            widen = _mark_is_chinese(text, place)
        if widen:
            characters[place] = FULL_WIDTH[mark]
    _pair_quotes(characters, literal, '"', "“”")
    _pair_quotes(characters, literal, "'", "‘’")
    return _without_blanks_at_marks("".join(characters))


def _literal_places(text: str) -> frozenset[int]:
    return frozenset(place for match in LITERAL.finditer(text) for place in range(*match.span()))


def _bracket_pairs(text: str, literal: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Places of matching brackets, of either width, from both sides."""
    opened: list[int] = []
    for place, mark in enumerate(text):
        if place in literal:
            continue
        if mark in "(（":
            opened.append(place)
        elif mark in ")）" and opened:
            partner = opened.pop()
            yield partner, place
            yield place, partner


def is_beside_chinese(text: str, first: int, last: int) -> bool:
    """Whether the nearest character before ``first`` or after ``last``, blanks aside, is Chinese or %."""
    before, after = _before(text, first), _after(text, last)
    return any(side and (is_chinese(side) or side in "%℃㎡") for side in (before, after))


def _before(text: str, place: int) -> str:
    while place > 0 and text[place - 1] == " ":
        place -= 1
    return text[place - 1] if place > 0 else ""


def _after(text: str, place: int) -> str:
    while place + 1 < len(text) and text[place + 1] == " ":
        place += 1
    return text[place + 1] if place + 1 < len(text) else ""


def _mark_is_chinese(text: str, place: int) -> bool:
    """Marks within figures, words and abbreviations stay; a full stop needs more proof than a comma."""
    left, right = text[place - 1 : place], text[place + 1 : place + 2]
    if left.isascii() and left.isalnum() and right.isascii() and right.isalnum():
        return text[place] == "," and _separates_figures(text, place)
    if text[place] == ".":
        return _is_full_stop(text, place, left, right)
    return is_beside_chinese(text, place, place) or _ends_sentence(text, place)


def _separates_figures(text: str, place: int) -> bool:
    """「2019,2020年」 and 「1,5,7号」 are lists; 「1,200人」 is one figure."""
    following = DIGITS.match(text, place + 1)
    return text[place - 1].isdigit() and following is not None and len(following[0]) != 3


DIGITS = re.compile(r"\d{1,20}", re.ASCII)


def _is_full_stop(text: str, place: int, left: str, right: str) -> bool:
    """1.… is a number before a heading, 3.14 a decimal, …. an ellipsis."""
    if left == "." or right == "." or (left.isascii() and left.isalnum()):
        return False
    return is_beside_chinese(text, place, place) or _ends_sentence(text, place)


def _ends_sentence(text: str, place: int) -> bool:
    """After the last word of the text, or before a bracket or quote: 「…75.15%.」."""
    before, after = _before(text, place), _after(text, place)
    return before in (")", "]", "%", '"') and after in ("", "(", ")", '"')


def _pair_quotes(characters: list[str], literal: frozenset[int], straight: str, curly: str) -> None:
    """Straight quotes become opening and closing ones in turn; an odd one out leaves all as typed."""
    places = [
        place
        for place, character in enumerate(characters)
        if character == straight and place not in literal and not _is_apostrophe(characters, place)
    ]
    if len(places) % 2 == 0:
        for turn, place in enumerate(places):
            characters[place] = curly[turn % 2]


def _is_apostrophe(characters: list[str], place: int) -> bool:
    """Don't, 5' and 5": a quote after a letter or a figure that Chinese does not surround."""
    if place == 0:
        return False
    left = characters[place - 1]
    right = characters[place + 1] if place + 1 < len(characters) else ""
    if characters[place] == "'" and left.isascii() and left.isalpha():
        return right.isascii() and right.isalpha()
    return False


BLANKS_AT_MARKS = re.compile(r"(?<=[，。；：？！、（）《“]) {1,100}| {1,100}(?=[，。；：？！、（）》”])")


def _without_blanks_at_marks(text: str) -> str:
    """Full-width marks bring their own room: 「发展 ,建立」 becomes 「发展，建立」."""
    return BLANKS_AT_MARKS.sub("", text)


def title_lines(title: str, width: int = 20) -> tuple[str, ...]:
    """A title in lines of at most ``width`` characters, as even as they come (GB/T 9704: 梯形 or 菱形).

    Line breaks in the title are kept. The issuing body stands on a line of its own before 关于 where the
    title does not fit on one.
    """
    lines: list[str] = []
    for part in title.splitlines():
        body, about, rest = part.partition("关于")
        if _width(part) <= width:
            lines.append(part)
        elif body and about:
            lines += [*_balanced(body, width), *_balanced(about + rest, width)]
        else:
            lines += _balanced(part, width)
    return tuple(line.strip() for line in lines if line.strip())


def _width(text: str) -> float:
    return sum(1.0 if is_chinese(character) else 0.5 for character in text)


def _balanced(text: str, width: int) -> list[str]:
    """Cut into the fewest lines that fit, as near to one width as marks, words and figures allow."""
    count = max(1, -int(-_width(text) // width))
    lines, rest = [], text
    for left in range(count, 1, -1):
        cut = _best_cut(rest, _width(rest) / left, width)
        lines.append(rest[:cut])
        rest = rest[cut:]
    return [*lines, rest]


def _best_cut(text: str, target: float, width: int) -> int:
    """The allowed break nearest to ``target`` characters; a little nearer counts less than a good place."""
    best, best_cost = len(text), float("inf")
    reached = 0.0
    for place in range(1, len(text)):
        reached += 1.0 if is_chinese(text[place - 1]) else 0.5
        if reached > width:
            break
        if not _may_break(text, place):
            continue
        cost = abs(reached - target) - (0.6 if text[place - 1] in "的和与及、，》”" else 0.0)
        if cost < best_cost:
            best, best_cost = place, cost
    return best


def _may_break(text: str, place: int) -> bool:
    left, right = text[place - 1], text[place]
    if left in OPENING_MARKS or right in CLOSING_MARKS or right in "的年月日了":
        return False
    return is_chinese(left) or is_chinese(right) or right == " " or left == " "
