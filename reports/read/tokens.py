"""Blocks of the self-check chapter with everything that can be recognised at once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reports.read.blocks import Block
from reports.read.characters import fold
from reports.read.labels import Heading, Label, LabelStyle, parse_chapter, parse_label, parse_section
from reports.read.marks import Mark, SectionMark, parse_mark
from reports.read.points import Points, find_points, section_weight

_TITLE_LENGTH: Final = 60
_ROW: Final = re.compile(r"(?:\s{0,4}[0-9]{1,4}(?:\.[0-9]{1,4})?){2,6}")


@dataclass(frozen=True, slots=True)
class Token:
    """A block with what was recognised in it; a verbatim block is text and nothing else.

    ``section`` is set for a section heading only, ``label`` for what may begin an item. ``points`` is the
    last points phrase, ``earlier`` says how many stand before it. ``row`` marks a row of a table.
    """

    block: Block
    mark: Mark | None = None
    chapter: Heading | None = None
    section: Heading | None = None
    label: Label | None = None
    points: Points | None = None
    earlier: int = 0
    row: bool = False

    @property
    def opens_section(self) -> bool:
        """Whether the token is a section heading, however written."""
        return self.section is not None or isinstance(self.mark, SectionMark)

    @property
    def is_scored_section(self) -> bool:
        """Whether it is a section heading with ordinal and points and nothing else, its title not escaped."""
        if not (self.section and self.section.ordinal and self.points):
            return False
        if self.points.end < len(self.block.text):
            return False
        return not self.block.text.startswith("\\", self.section.end)

    @property
    def is_scored_item(self) -> bool:
        """Whether it is a labelled item with points."""
        return self.label is not None and self.points is not None


def tokens_of(block: Block) -> list[Token]:
    """The tokens of a block: more than one where headings and items stand glued on one line."""
    if block.verbatim:
        return [Token(block)]
    if mark := parse_mark(block.text):
        return [Token(block, mark=mark)]
    folded = fold(block.text)
    found = find_points(folded)
    cuts = [points.end for points in found if _begins(folded, points.end)]
    if not cuts:
        return [_token(block, folded, found)]
    parts = [(part, fold(part.text)) for part in block.split(cuts)]
    return [_token(part, text, find_points(text)) for part, text in parts]


def _begins(folded: str, start: int) -> bool:
    while start < len(folded) and folded[start].isspace():
        start += 1
    return parse_label(folded, start) is not None or parse_section(folded, start) is not None


def _token(block: Block, folded: str, found: Sequence[Points]) -> Token:
    points = found[-1] if found else None
    section = parse_section(folded)
    if section is None and folded.startswith(")") and points:
        section = Heading("", 1)
    if section and points is None:
        points = section_weight(folded)
    label = parse_label(folded)
    if section and not _is_title(folded[section.end : points.start if points else None]):
        label = label or _chinese_label(section)
        section = None
    return Token(
        block,
        chapter=parse_chapter(folded),
        section=section,
        label=label,
        points=points,
        earlier=max(len(found) - 1, 0),
        row="\t" in block.text or (label is not None and _ROW.fullmatch(folded, label.end) is not None),
    )


def _is_title(text: str) -> bool:
    return 0 < len(text.strip()) <= _TITLE_LENGTH and "。" not in text


def _chinese_label(section: Heading) -> Label | None:
    return Label(LabelStyle.CHINESE, section.end, section.end, ()) if section.ordinal else None
