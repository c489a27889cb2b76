"""From physical lines to blocks: one heading, item or paragraph each, broken lines put together again."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from reports.read.characters import SENTENCE_ENDS, first_unbalanced, fold
from reports.read.closing import closing_date, is_issuer
from reports.read.furniture import is_furniture
from reports.read.labels import parse_chapter, parse_label, parse_section
from reports.read.marks import is_mark
from reports.read.points import find_points
from reports.read.reading import Place

TITLE_ENDS: Final = ("报告", "总结", "汇报", "材料")
_PHRASE_LENGTH: Final = 80
_HEADING_LENGTH: Final = 120
_HEADING_LINES: Final = 12


@dataclass(frozen=True, slots=True)
class Block:
    """One unit of text without surrounding space, and where each of its pieces stood in the file.

    ``pieces`` are (offset in text, line, column), ascending; more than one where lines were joined.
    """

    text: str
    pieces: tuple[tuple[int, int, int], ...] = ((0, 1, 1),)

    @property
    def verbatim(self) -> bool:
        """Whether the text form says by a leading backslash that this line is a plain paragraph."""
        return self.text.startswith("\\")

    @property
    def plain(self) -> str:
        """The paragraph itself, the escaping backslash removed."""
        return self.text[1:].strip() if self.verbatim else self.text

    @property
    def line(self) -> int:
        """The line where the block begins."""
        return self.pieces[0][1]

    def place(self, offset: int = 0) -> Place:
        """Line and column of a character."""
        start, line, column = self.pieces[bisect_right(self.pieces, offset, key=lambda piece: piece[0]) - 1]
        return line, column + offset - start

    def split(self, cuts: Sequence[int]) -> list["Block"]:
        """The parts between ascending offsets, each without surrounding space."""
        edges = [0, *cuts, len(self.text)]
        return [self._part(start, end) for start, end in pairwise(edges) if start < end]

    def _part(self, start: int, end: int) -> "Block":
        raw = self.text[start:end]
        text = raw.strip()
        start += len(raw) - len(raw.lstrip())
        first = bisect_right(self.pieces, start, key=lambda piece: piece[0])
        last = bisect_right(self.pieces, start + len(text), key=lambda piece: piece[0])
        inner = tuple((offset - start, line, column) for offset, line, column in self.pieces[first:last])
        return Block(text, ((0, *self.place(start)), *inner))


def lines_of(text: str) -> list[Block]:
    """Every line that is not blank, as a block of its own."""
    return [block for block in _lines(text) if block]


def blocks_of(text: str) -> list[Block]:
    """The blocks of a whole report.

    A line goes on in the next one only where no blank line parts them, the first is neither a heading nor
    a finished sentence, and the second begins nothing of its own.
    """
    blocks: list[Block] = []
    pending: list[Block] = []
    in_header = True
    for line in _lines(text):
        begins = line is None or _begins(line.text)
        if pending and (begins or _is_complete(pending, in_header)):
            blocks.extend(_finished(pending, line))
            pending = []
        if line:
            in_header = in_header and parse_chapter(fold(line.text)) is None
            pending.append(line)
    return [*blocks, _joined(pending)] if pending else blocks


def _lines(text: str) -> Iterable[Block | None]:
    for number, raw in enumerate(text.splitlines(), start=1):
        stripped = raw.strip()
        indent = len(raw) - len(raw.lstrip())
        yield Block(stripped, ((0, number, indent + 1),)) if stripped else None


def _finished(lines: Sequence[Block], following: Block | None) -> list[Block]:
    """The block of some lines; an issuer before a closing date stands by itself."""
    if following and len(lines) > 1 and closing_date(following.text) and is_issuer(lines[-1].text):
        return [_joined(lines[:-1]), lines[-1]]
    return [_joined(lines)]


def _joined(lines: Sequence[Block]) -> Block:
    pieces = []
    offset = 0
    for line in lines:
        pieces.append((offset, *line.place()))
        offset += len(line.text)
    return Block("".join(line.text for line in lines), tuple(pieces))


def _begins(line: str) -> bool:
    folded = fold(line)
    return bool(
        line.startswith("\\")
        or "\t" in line
        or is_mark(line)
        or is_furniture(line)
        or closing_date(line)
        or parse_chapter(folded)
        or parse_section(folded)
        or parse_label(folded)
    )


def _is_complete(pending: Sequence[Block], in_header: bool) -> bool:
    first, last = pending[0].text, pending[-1].text
    if last[-1] in SENTENCE_ENDS + ":：" or last.startswith("\\") or "\t" in last:
        return True
    if is_furniture(last) or is_mark(last) or parse_chapter(fold(first[:_HEADING_LENGTH])):
        return True
    if in_header and "".join(last.split()).endswith(TITLE_ENDS):
        return True
    tail = last[-_PHRASE_LENGTH:]
    found = find_points(fold(tail))
    if found and found[-1].end == len(tail):
        return True
    return _is_whole_heading(pending)


def _is_whole_heading(lines: Sequence[Block]) -> bool:
    """Whether the lines are a section heading whose brackets are closed."""
    if not parse_section(fold(lines[0].text[:_PHRASE_LENGTH])) or len(lines) > _HEADING_LINES:
        return False
    text = "".join(line.text for line in lines)
    return len(text) <= _HEADING_LENGTH and first_unbalanced(text) is None
