"""How the papers of an archive go into boxes (档案盒), for the labels on their spines (DA/T 22-2015)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assessments.evidence.archive.listing import Folder, Listing, Paper

MOST = 40
"""Papers in a box: as many as one of 50 mm holds, if they have ten sheets each."""

SPINES = (20, 30, 40, 50)
"""Widths of boxes, in millimetres."""


class Boxing(StrEnum):
    """When a new box is begun: with each item, with each section, or only when one is full."""

    ITEM = "item"
    SECTION = "section"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Box:
    """``first`` and ``last`` are the numbers of its papers, ``items`` the labels of its items."""

    number: int
    section: str
    title: str
    items: tuple[str, str]
    first: str
    last: str
    count: int


def boxes_of(listing: Listing, boxing: Boxing = Boxing.ITEM) -> list[Box]:
    """The boxes in order, none with more than :data:`MOST` papers. Papers that are erased are in none."""
    return [_box(number, filled) for number, filled in enumerate(_filled(listing, boxing), 1)]


def _filled(listing: Listing, boxing: Boxing) -> Iterator[list[tuple[Folder, Paper]]]:
    filled: list[tuple[Folder, Paper]] = []
    for folder in listing.folders:
        papers = [(folder, paper) for paper in folder.papers if not paper.erased]
        if filled and papers and _begins_another(filled, folder, len(papers), boxing):
            yield filled
            filled = []
        for paper in papers:
            if len(filled) == MOST:
                yield filled
                filled = []
            filled.append(paper)
    if filled:
        yield filled


def _begins_another(
    filled: Sequence[tuple[Folder, Paper]], folder: Folder, count: int, boxing: Boxing
) -> bool:
    """An item is not parted if it fits into a box of its own."""
    last = filled[-1][0]
    if boxing is Boxing.ITEM or folder.response is None:
        return True
    if boxing is Boxing.SECTION and last.section != folder.section:
        return True
    return len(filled) + count > MOST >= count


def _box(number: int, filled: Sequence[tuple[Folder, Paper]]) -> Box:
    (first, first_paper), (last, last_paper) = filled[0], filled[-1]
    sections = "—".join(dict.fromkeys((first.section, last.section)))
    return Box(
        number=number,
        section=sections,
        title=first.title if first is last else sections,
        items=(first.label, last.label),
        first=first_paper.number,
        last=last_paper.number,
        count=len(filled),
    )
