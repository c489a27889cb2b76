"""What differs between two versions of a framework. Pure: values in, differences out.

Nodes are the same by their key; where no key is common, by equal label and title under the same parent.
``compare(a, b)`` and ``compare(b, a)`` mirror each other: what one adds the other removes.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID


class Level(StrEnum):
    SECTION = "section"
    GROUP = "group"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Node:
    """A section, group or item as plain values.

    ``parent`` is the key of what stands right above, ``None`` for a section. Only items have a ``weight``.
    ``texts`` are what is only said (requirement, rule as published…), ``rules`` the rules as data;
    ``figures`` (code, unit, kind) and ``materials`` are what is asked for, ``names`` those of the figures by
    code; ``flags`` say how it counts.
    """

    key: UUID
    level: Level
    parent: UUID | None
    label: str
    title: str
    weight: Decimal | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    rules: Sequence[Mapping[str, Any]] = ()
    figures: Sequence[tuple[str, ...]] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    materials: Sequence[str] = ()
    flags: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.label} {self.title}".strip()


@dataclass(frozen=True, slots=True)
class Version:
    """A version as plain values: its nodes in the order of the tree, and its settings, bands among them."""

    nodes: tuple[Node, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    REWEIGHTED = "reweighted"
    RULES = "rules"
    FIGURES = "figures"
    FLAGS = "flags"
    REWORDED = "reworded"
    MATERIALS = "materials"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs: its kind, of which text or flag, before and after."""

    kind: ChangeKind
    field: str = ""
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A node that differs. ``before`` is ``None`` for an added one, ``after`` for a removed one."""

    before: Node | None
    after: Node | None
    changes: tuple[Change, ...]

    @property
    def node(self) -> Node:
        """As it reads in the later version, or read in the earlier."""
        node = self.after or self.before
        assert node is not None  # noqa: S101 - one of them is always there
        return node

    @property
    def kinds(self) -> frozenset[ChangeKind]:
        return frozenset(change.kind for change in self.changes)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that differs: settings first, then nodes in the order of the later tree, each removed one after
    what stood before it."""

    settings: tuple[Change, ...]
    nodes: tuple[Difference, ...]

    def count(self) -> dict[ChangeKind, int]:
        """How many nodes there are of each kind of change; a node may count under several."""
        return {kind: sum(kind in found.kinds for found in self.nodes) for kind in ChangeKind}


Pairs = dict[UUID, UUID]
"""Keys of the earlier version and those of the same nodes in the later."""


def compare(before: Version, after: Version) -> Comparison:
    """Everything that differs. Takes time in proportion to the number of nodes, up to a logarithm."""
    pairs = match(before.nodes, after.nodes)
    moved = _moved(before.nodes, after.nodes, pairs)
    later = {node.key: node for node in after.nodes}
    found = {
        node.key: Difference(node, twin, tuple(_changes(node, twin, moved=node.key in moved)))
        for node in before.nodes
        if node.key in pairs and (twin := later[pairs[node.key]])
    }
    names = sorted(before.settings.keys() | after.settings.keys())
    settings = ((name, before.settings.get(name), after.settings.get(name)) for name in names)
    return Comparison(
        tuple(Change(ChangeKind.FLAGS, name, old, new) for name, old, new in settings if old != new),
        tuple(_in_order(before.nodes, after.nodes, pairs, found)),
    )


def changes_between(before: Node, after: Node) -> tuple[Change, ...]:
    """What differs between two nodes themselves, wherever they stand."""
    return tuple(_changes(before, after, moved=False))


def match(before: Sequence[Node], after: Sequence[Node]) -> Pairs:
    """Which nodes of one version are which of the other; level by level, so that parents are known first."""
    pairs: Pairs = {}
    for level in Level:
        earlier = [node for node in before if node.level == level]
        later = [node for node in after if node.level == level]
        common = {node.key for node in earlier} & {node.key for node in later}
        pairs |= {key: key for key in common}
        waiting: dict[tuple[UUID | None, str, str], list[Node]] = defaultdict(list)
        for node in later:
            if node.key not in common:
                waiting[node.parent, node.label, node.title].append(node)
        for node in earlier:
            parent = pairs.get(node.parent) if node.parent else None
            if node.key in common or (node.parent and parent is None):
                continue
            if namesakes := waiting.get((parent, node.label, node.title)):
                pairs[node.key] = namesakes.pop(0).key
    return pairs


def _moved(before: Sequence[Node], after: Sequence[Node], pairs: Pairs) -> set[UUID]:
    """Keys (of the earlier version) of nodes under another parent, or in another order among their siblings.

    Of siblings in another order as few as possible count as moved; where there is a choice it falls the same
    way in both directions.
    """
    later = {node.key: node for node in after}
    places = {node.key: place for place, node in enumerate(after)}
    moved = set[UUID]()
    siblings: dict[tuple[UUID | None, Level], list[Node]] = defaultdict(list)
    for node in before:
        if node.key not in pairs:
            continue
        twin = later[pairs[node.key]]
        stayed = (pairs.get(node.parent) if node.parent else None) == twin.parent
        if stayed:
            siblings[node.parent, node.level].append(node)
        else:
            moved.add(node.key)
    for family in siblings.values():
        order = [places[pairs[node.key]] for node in family]
        names = [tuple(sorted((node.key.int, pairs[node.key].int))) for node in family]
        stay = _longest_rise(order, names)
        moved |= {node.key for number, node in enumerate(family) if number not in stay}
    return moved


def _longest_rise(order: Sequence[int], names: Sequence[Any]) -> set[int]:
    """Indices of a longest rising subsequence; of equally good next ones the least name is taken."""
    heads: list[int] = []  # negated, so that they rise: the best start of a run of each length
    layers: list[list[int]] = []  # indices by the length of the longest run that begins there
    for index in range(len(order) - 1, -1, -1):
        length = bisect_left(heads, -order[index])
        if length == len(heads):
            heads.append(-order[index])
            layers.append([])
        else:
            heads[length] = -order[index]
        layers[length].append(index)
    chosen: list[int] = []
    for layer in reversed(layers):
        last = chosen[-1] if chosen else None
        fit = [at for at in layer if last is None or (at > last and order[at] > order[last])]
        chosen.append(min(fit, key=lambda at: names[at]))
    return set(chosen)


def _changes(before: Node, after: Node, *, moved: bool) -> Iterator[Change]:
    if moved:
        yield Change(ChangeKind.MOVED)
    if before.weight != after.weight:
        yield Change(ChangeKind.REWEIGHTED, "", before.weight, after.weight)
    for kind, name in (
        (ChangeKind.RULES, "rules"),
        (ChangeKind.FIGURES, "figures"),
        (ChangeKind.MATERIALS, "materials"),
    ):
        old, new = list(getattr(before, name)), list(getattr(after, name))
        if old != new:
            yield Change(kind, "", old, new)
    for kind, old_values, new_values in (
        (ChangeKind.FLAGS, before.flags, after.flags),
        (ChangeKind.REWORDED, _texts(before), _texts(after)),
    ):
        for name in dict.fromkeys((*old_values, *new_values)):
            if old_values.get(name) != new_values.get(name):
                yield Change(kind, name, old_values.get(name), new_values.get(name))


def _texts(node: Node) -> Mapping[str, Any]:
    names = "\n".join(node.names[code] for code in sorted(node.names))
    return {"label": node.label, "title": node.title, **node.texts, "figure_names": names}


def _in_order(
    before: Sequence[Node], after: Sequence[Node], pairs: Pairs, found: Mapping[UUID, Difference]
) -> Iterator[Difference]:
    earlier = {twin: key for key, twin in pairs.items()}
    gone, front = _removed_after(before, pairs)
    yield from front
    for node in after:
        key = earlier.get(node.key)
        if key is None:
            yield Difference(None, node, (Change(ChangeKind.ADDED),))
        else:
            if found[key].changes:
                yield found[key]
            yield from gone.get(key, ())


def _removed_after(
    before: Sequence[Node], pairs: Pairs
) -> tuple[Mapping[UUID, list[Difference]], list[Difference]]:
    """Removed nodes by the key of the last kept one before them, and those before any."""
    gone: dict[UUID, list[Difference]] = defaultdict(list)
    front: list[Difference] = []
    last: UUID | None = None
    for node in before:
        if node.key in pairs:
            last = node.key
            continue
        removed = Difference(node, None, (Change(ChangeKind.REMOVED),))
        (front if last is None else gone[last]).append(removed)
    return gone, front


LONGEST_DIFF = 600
"""Words of a text, after what begins and ends alike, up to which it is compared word by word."""

_WORD = re.compile(r"[A-Za-z]+|[0-9]+(?:\.[0-9]+)?|.", re.DOTALL)

Piece = tuple[Literal["same", "gone", "new"], str]


def word_diff(before: str, after: str) -> list[Piece]:
    """Two texts as pieces that stayed, went and came; a Chinese character is a word, so is a number.

    A text too long to be compared in reasonable time is given as gone and come whole, but for how it begins
    and ends.
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    pieces: list[Piece] = [("same", "".join(old[:start]))]
    if max(len(middle_old), len(middle_new)) > LONGEST_DIFF:
        pieces += [("gone", "".join(middle_old)), ("new", "".join(middle_new))]
    else:
        pieces += _pieces(middle_old, middle_new)
    pieces.append(("same", "".join(old[len(old) - end :])))
    return [piece for piece in pieces if piece[1]]


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many words at the beginning are the same."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(old), len(new)))


def _pieces(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield "same", "".join(old[i1:i2])
        else:
            yield "gone", "".join(old[i1:i2])
            yield "new", "".join(new[j1:j2])
