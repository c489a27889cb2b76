"""The columns of our own sheets: a heading for people, a name in a hidden row for the reader."""

from collections.abc import Mapping
from dataclasses import dataclass

CHOICES = "选项"
"""The hidden sheet of what the drop-downs offer."""

HEADING_ROW, NAME_ROW, FIRST_ROW = 2, 3, 4
YES, NO = "是", "否"

Choices = Mapping[str, Mapping[str, str]]
"""The words of each drop-down by name, and what they stand for."""

YES_NO: Choices = {"yes": {YES: "true", NO: "false"}}


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` is what the hidden row calls it; ``kind`` is ``text`` or ``number``; ``choices`` names its
    drop-down; ``width`` is in characters."""

    name: str
    heading: str
    width: float
    kind: str = "text"
    choices: str = ""
    hidden: bool = False
