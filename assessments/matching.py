"""Which two rows are the same, by names that say more and more. Pure: no Django."""

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import TypeVar

Ours = TypeVar("Ours", bound=Hashable)
Theirs = TypeVar("Theirs", bound=Hashable)

Names = tuple[tuple[str, ...], ...]
"""What a row may be called, the shortest name first: as many for each row."""


def matches(ours: Mapping[Ours, Names], theirs: Mapping[Theirs, Names]) -> dict[Ours, Theirs]:
    """Pairs of rows that share a name which is nobody else's on either side, by the shortest such name."""
    pairs: dict[Ours, Theirs] = {}
    for depth in range(max((len(names) for names in (*ours.values(), *theirs.values())), default=0)):
        known = {names[depth]: row for row, names in theirs.items()}
        times = Counter(names[depth] for names in theirs.values())
        times_here = Counter(names[depth] for names in ours.values())
        taken = set(pairs.values())
        for row, names in ours.items():
            name = names[depth]
            free = row not in pairs and known.get(name) not in taken
            if free and times[name] == times_here[name] == 1:
                pairs[row] = known[name]
    return pairs
