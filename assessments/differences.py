"""What differs between two texts, for people to read: by paragraphs, and inside a changed one by characters,
since Chinese has no words to go by. Pure: no Django."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise
from time import time

from diff_match_patch import diff_match_patch

TIME_LIMIT = 0.1
"""Seconds of search; what has not been looked into by then is shown as removed and added whole."""


class Mark(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters that stayed, came or went together; never empty."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of the two texts laid over each other."""

    pieces: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        return any(piece.mark is not Mark.KEPT for piece in self.pieces)


def compare_texts(old: str, new: str) -> tuple[Paragraph, ...]:
    """From ``old`` to ``new``: paragraphs in reading order, what was removed before what came in its place.

    The kept and removed pieces make up ``old`` again, the kept and added ones ``new`` (but for empty
    lines). Two texts that differ everywhere take little more than :data:`TIME_LIMIT`.
    """
    return tuple(_Comparison(time() + TIME_LIMIT).paragraphs(_lines(old), _lines(new)))


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


_MARKS = {-1: Mark.REMOVED, 0: Mark.KEPT, 1: Mark.ADDED}
_MOST_PAIRS = 1_000
"""Paragraphs removed times paragraphs added, up to which the best pairs are looked for."""
_ALIKE = 0.3
"""Share of character pairs in common from which one paragraph is taken for the other, changed."""


class _Comparison:
    """Comparisons that end together at a moment."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._engine = diff_match_patch()
        # Without a limit of its own the engine makes no guesses, whose time nothing bounds; the deadline is
        # given with each call.
        self._engine.Diff_Timeout = 0

    def paragraphs(self, old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
        """By whole paragraphs first, each standing for one character to the engine."""
        names: dict[str, str] = {}
        texts: list[str] = []

        def named(lines: Sequence[str]) -> str:
            for line in lines:
                if line not in names:
                    names[line] = chr(len(texts))
                    texts.append(line)
            return "".join(names[line] for line in lines)

        removed: list[str] = []
        added: list[str] = []
        for piece in self._pieces(named(old), named(new)):
            lines = [texts[ord(name)] for name in piece.text]
            match piece.mark:
                case Mark.REMOVED:
                    removed += lines
                case Mark.ADDED:
                    added += lines
                case Mark.KEPT:
                    yield from self._replaced(removed, added)
                    removed, added = [], []
                    yield from (Paragraph((Piece(Mark.KEPT, line),)) for line in lines)
        yield from self._replaced(removed, added)

    def _replaced(self, removed: Sequence[str], added: Sequence[str]) -> Iterator[Paragraph]:
        """Paragraphs in whose place others stand: those that are alike are one, changed."""
        pairs = [*_pairs(removed, added), (len(removed), len(added))]
        for (before, here), (after, there) in pairwise([(-1, -1), *pairs]):
            yield from (Paragraph((Piece(Mark.REMOVED, line),)) for line in removed[before + 1 : after])
            yield from (Paragraph((Piece(Mark.ADDED, line),)) for line in added[here + 1 : there])
            if after < len(removed):
                yield Paragraph(self._changed(removed[after], added[there]))

    def _changed(self, old: str, new: str) -> tuple[Piece, ...]:
        return self._pieces(old, new, self._engine.diff_cleanupSemantic)

    def _pieces(
        self, old: str, new: str, clean_up: Callable[[list[tuple[int, str]]], None] | None = None
    ) -> tuple[Piece, ...]:
        found = self._engine.diff_main(old, new, False, self._deadline)
        if clean_up and time() < self._deadline:
            clean_up(found)
        return tuple(Piece(_MARKS[sign], text) for sign, text in found if text)


def _pairs(removed: Sequence[str], added: Sequence[str]) -> list[tuple[int, int]]:
    """Places of paragraphs that are one and the same, changed; both in order."""
    if len(removed) * len(added) > _MOST_PAIRS:
        return [(place, place) for place in range(min(len(removed), len(added)))]
    old, new = list(map(_bigrams, removed)), list(map(_bigrams, added))

    @cache
    def alike(before: int, after: int) -> float:
        shared = len(old[before] & new[after])
        share = 2 * shared / ((len(old[before]) + len(new[after])) or 1)
        return share if share >= _ALIKE else 0

    # best[i][j]: how alike the paragraphs from i and j on can be made.
    best = [[0.0] * (len(new) + 1) for _row in range(len(old) + 1)]
    for before in reversed(range(len(old))):
        for after in reversed(range(len(new))):
            together = alike(before, after)
            together = together and together + best[before + 1][after + 1]
            best[before][after] = max(together, best[before + 1][after], best[before][after + 1])
    pairs = []
    before = after = 0
    while before < len(old) and after < len(new):
        if best[before][after] == best[before + 1][after]:
            before += 1
        elif best[before][after] == best[before][after + 1]:
            after += 1
        else:
            pairs.append((before, after))
            before, after = before + 1, after + 1
    return pairs


def _bigrams(line: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(f"\n{line}\n")))
