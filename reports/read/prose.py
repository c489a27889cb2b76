r"""The prose of a chapter: headings 「(一)…」, numbered and plain paragraphs.

Three escapes make every value writable (see :mod:`reports.render.text`): ``\text`` is a plain paragraph
whatever it looks like, ``\ text`` goes on in the entry above, and ``\`` alone ends the entry above.
After a number or an ordinal a backslash makes the rest of the line verbatim: ``1.\text``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from reports.document import Paragraph, Passage
from reports.read.blocks import Block, lines_of
from reports.read.characters import fold
from reports.read.labels import LabelStyle, parse_label, parse_section

BREAK: Final = "\\"
GO_ON: Final = "\\ "

_GLUED_HEADING: Final = 40


def read_chapter(text: str) -> tuple[Passage, ...]:
    """The passages of one chapter as typed in a text box: one heading or paragraph a line."""
    return read_passages(lines_of(text))


@dataclass(slots=True)
class _Entry:
    heading: str = ""
    paragraphs: list[Paragraph] = field(default_factory=list)

    def takes(self, paragraph: Paragraph) -> bool:
        """Whether a paragraph that follows belongs to this entry by itself."""
        return bool(self.heading) or (paragraph.number is None and self.paragraphs[0].number is not None)

    def finished(self) -> Passage:
        return Passage(tuple(self.paragraphs), self.heading)


def read_passages(blocks: Iterable[Block]) -> tuple[Passage, ...]:
    """The passages of a chapter.

    Under a heading all paragraphs belong together. Without headings a numbered paragraph begins an entry
    and plain ones go on in it; where nothing is numbered, each paragraph is an entry.
    """
    entries: list[_Entry] = []
    broken = True
    for block in blocks:
        if block.text == BREAK:
            broken = True
            continue
        heading, paragraph = parse_line(block.text.removeprefix(GO_ON))
        if heading:
            entries.append(_Entry(heading))
        if paragraph:
            goes_on = (
                bool(heading) or block.text.startswith(GO_ON) or (not broken and entries[-1].takes(paragraph))
            )
            if not (entries and goes_on):
                entries.append(_Entry())
            entries[-1].paragraphs.append(paragraph)
        broken = False
    return tuple(entry.finished() for entry in entries)


def parse_line(line: str) -> tuple[str, Paragraph | None]:
    """A line's heading ("" where it has none) and its paragraph, if any.

    「(一)教育投入不足。由于…」 is a heading with its first paragraph on the same line.
    """
    if line.startswith("\\"):
        return "", Paragraph(line[1:].strip())
    folded = fold(line)
    if (section := parse_section(folded)) and section.end < len(line):
        return _heading(line[section.end :])
    label = parse_label(folded)
    if label and label.style is LabelStyle.PLAIN and label.end < len(line):
        return "", Paragraph(line[label.end :].removeprefix("\\").strip(), label.parts[0])
    return "", Paragraph(line)


def _heading(title: str) -> tuple[str, Paragraph | None]:
    if title.startswith("\\"):
        return title[1:].strip(), None
    head, mark, rest = title.partition("。")
    if mark and rest.strip() and len(head) <= _GLUED_HEADING:
        return head.strip(), Paragraph(rest.strip())
    return title, None
