"""Title, addressee and preamble: what stands before the first chapter."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reports.read.blocks import TITLE_ENDS, Block
from reports.read.characters import SENTENCE_ENDS
from reports.read.furniture import site_names
from reports.read.marks import Summary, parse_mark
from reports.read.reading import RemarkKind, Remarks

_SPACED_END: Final = re.compile(r"报\s{1,8}告\Z")
_ADDRESSEE_LENGTH: Final = 80
_TITLE_LENGTH: Final = 120


@dataclass(frozen=True, slots=True)
class Header:
    """``summary`` is the line that states year, totals and grade, where there is one."""

    title: str
    addressee: str
    preamble: tuple[str, ...]
    summary: Summary | None = None


def read_header(blocks: Sequence[Block], furniture: Sequence[str], remarks: Remarks) -> Header:
    """Read the blocks before the first chapter; ``furniture`` are the lines already left out.

    The addressee is the first short line that ends with a colon; the title stands before it. A header whose
    first two lines are escaped is exactly title and addressee.
    """
    summaries = [mark for block in blocks if isinstance(mark := parse_mark(block.text), Summary)]
    lines = [block for block in blocks if not isinstance(parse_mark(block.text), Summary)]
    summary = summaries[0] if summaries else None
    if len(lines) >= 2 and lines[0].verbatim and lines[1].verbatim and lines[1].text[-1] in ":：":
        title, addressee, *rest = (line.plain for line in lines)
        return Header(title, addressee[:-1].strip(), tuple(rest), summary)
    end = next((place for place, line in enumerate(lines) if _is_addressee(line)), None)
    before = lines[:end] if end is not None else lines[:1]
    title_at = _title_place(before)
    title = _clean(lines[title_at].text, furniture) if title_at is not None else ""
    if end is not None:
        addressee, body = lines[end].text[:-1].strip(), lines[end + 1 :]
        _note_unplaced([line for place, line in enumerate(before) if place != title_at], remarks)
    else:
        addressee, body = "", lines[1:] if title_at is not None else lines
    return Header(title, addressee, tuple(line.plain for line in body), summary)


def _is_addressee(line: Block) -> bool:
    text = line.text
    if line.verbatim or text[-1] not in ":：" or not 1 < len(text) <= _ADDRESSEE_LENGTH:
        return False
    return not text[:-1].endswith("如下") and not any(mark in text for mark in ",，。;；")


def _title_place(lines: Sequence[Block]) -> int | None:
    """The first line that ends as a report's title does, else the first that may be one."""
    may_be = [place for place, line in enumerate(lines) if _may_be_title(line)]
    sure = [place for place in may_be if "".join(lines[place].text.split()).endswith(TITLE_ENDS)]
    return next(iter(sure or may_be), None)


def _may_be_title(line: Block) -> bool:
    return (
        not line.verbatim and len(line.text) <= _TITLE_LENGTH and line.text[-1] not in SENTENCE_ENDS + ":："
    )


def _clean(title: str, furniture: Sequence[str]) -> str:
    """The title without a site's name glued before it, and without the space within 报 告."""
    title = _SPACED_END.sub("报告", title)
    for name in site_names(list(furniture)):
        if title.startswith(name) and len(title) > len(name):
            return title[len(name) :].strip()
    return title


def _note_unplaced(lines: Sequence[Block], remarks: Remarks) -> None:
    for line in lines:
        remarks.add(RemarkKind.TEXT_UNPLACED, line.place(), f"题头中的此行未读入:「{line.text[:20]}」")
