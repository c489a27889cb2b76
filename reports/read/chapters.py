"""Which chapter each block belongs to: told by the words of the titles, not by fixed numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from reports.read.blocks import Block
from reports.read.characters import fold
from reports.read.labels import Chapter, chapters_named, ordinal_value, parse_chapter
from reports.read.points import find_points
from reports.read.reading import RemarkKind, Remarks
from reports.read.tokens import Token, tokens_of


@dataclass(slots=True)
class ChapterBlocks:
    """A chapter as it stands: ``chapter`` is ``None`` where the title's words say nothing."""

    heading: Block | None
    title: str
    chapter: Chapter | None
    blocks: list[Block] = field(default_factory=list)

    def tokens(self) -> list[Token]:
        """The chapter's blocks with everything recognised in them."""
        return [token for block in self.blocks for token in tokens_of(block)]


def split_chapters(blocks: Sequence[Block], remarks: Remarks) -> tuple[list[Block], list[ChapterBlocks]]:
    """The blocks of the header, and the chapters.

    A heading counts if its title names a known chapter or its ordinal follows the one before. A text
    without such headings is one chapter that begins with its first section or item with points.
    """
    header: list[Block] = []
    chapters: list[ChapterBlocks] = []
    ordinal = 0
    for block in blocks:
        chapter = _heading(block, ordinal, remarks)
        if chapter:
            chapters.append(chapter)
            ordinal = _ordinal(block)
        elif chapters:
            chapters[-1].blocks.append(block)
        elif _is_scored(block):
            chapters.append(ChapterBlocks(None, "", Chapter.SELF_CHECK, [block]))
        else:
            header.append(block)
    return header, chapters


def _heading(block: Block, previous: int, remarks: Remarks) -> ChapterBlocks | None:
    found = None if block.verbatim else parse_chapter(fold(block.text))
    if not found:
        return None
    points = find_points(fold(block.text))
    title = block.text[found.end : points[0].start if points else None].strip()
    named = chapters_named(title)
    if not named and ordinal_value(found.ordinal) != previous + 1:
        return None
    if len(named) > 1:
        message = f"标题「{title}」兼指几章,全部读作一章。"
        remarks.add(RemarkKind.CHAPTER_COMBINED, block.place(), message)
    return ChapterBlocks(block, title, named[0] if named else None)


def _ordinal(block: Block) -> int:
    found = parse_chapter(fold(block.text))
    return (ordinal_value(found.ordinal) if found else None) or 0


def _is_scored(block: Block) -> bool:
    return any(token.is_scored_section or token.is_scored_item for token in tokens_of(block))
