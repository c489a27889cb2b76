"""Half and full width, sentence ends, brackets: what reading needs to know about single characters."""

from typing import Final

_WIDE: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}

OPENING: Final = "([【〔"
CLOSING: Final = ")]】〕"

SENTENCE_ENDS: Final = "。！？!?；;…"

_PAIRS: Final = {")": "(", "]": "[", "】": "【", "〕": "〔", "》": "《", "〉": "〈", "”": "“", "」": "「"}


def fold(text: str) -> str:
    """The text in half width, character for character, so that offsets stay valid in the original."""
    return text.translate(_WIDE)


def first_unbalanced(text: str) -> int | None:
    """Where the first bracket or quotation mark without its partner stands, ``None`` if all are paired.

    Round brackets of different width pair with each other.
    """
    stack: list[tuple[str, int]] = []
    depth = dict.fromkeys(_PAIRS.values(), 0)
    for place, character in enumerate(fold(text)):
        if character in depth:
            stack.append((character, place))
            depth[character] += 1
        elif opener := _PAIRS.get(character):
            if not depth[opener]:
                return place
            if stack[-1][0] != opener:
                return stack[-1][1]
            stack.pop()
            depth[opener] -= 1
    return stack[0][1] if stack else None
