"""What the page that compares two versions shows: :mod:`indicators.versions.comparing` in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from indicators.models import Framework, MeasureType
from indicators.scoring.points import plain
from indicators.scoring.rules import InvalidRules, parse_rules
from indicators.versions.comparing import (
    Change,
    ChangeKind,
    Comparison,
    Difference,
    Level,
    Node,
    Piece,
    Version,
    compare,
    match,
    word_diff,
)
from indicators.versions.stored import version_of
from indicators.weights import Weight, leaves_of, weights_by_profile
from indicators.wording import describe_rule
from indicators.wording.changes import (
    FIELD_LABELS,
    KIND_LABELS,
    describe_change,
    difference_in_words,
    setting_in_words,
)

MOST_SHOWN = 200
"""Differences up to which a page shows all of them; beyond, one section at a time."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One change in words: as pieces of a text, as lines before and after, or as a sentence."""

    label: str
    sentence: str = ""
    pieces: Sequence[Piece] = ()
    before: Sequence[str] = ()
    after: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A node that differs, with what stands above it (also before, where it moved)."""

    node: Node
    level: str
    kinds: list[tuple[str, str]]
    place: str
    details: list[Detail]


@dataclass(frozen=True, slots=True)
class SectionWeights:
    """A section's points in both versions; "—" where there is no such section."""

    title: str
    before: str
    after: str
    difference: str


@dataclass(frozen=True, slots=True)
class SectionDifferences:
    """A section's differences; ``entries`` is empty unless they are shown."""

    number: str
    title: str
    count: int
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything that the page shows. ``by_section`` says that one section is shown at a time."""

    counts: list[tuple[str, str, int]]
    settings: list[Detail]
    weights: list[SectionWeights]
    sections: list[SectionDifferences]
    by_section: bool

    @property
    def differs(self) -> bool:
        return bool(self.settings or self.sections)


def comparison_of(before: Framework, after: Framework, *, section: str = "") -> Shown:
    """Compare two frameworks read ``with_tree()``; asks the database nothing.

    ``section`` is the number of the section to show where they differ too much for one page.
    """
    old, new = version_of(before), version_of(after)
    found = compare(old, new)
    by_section = len(found.nodes) > MOST_SHOWN
    return Shown(
        [(kind, str(KIND_LABELS[kind]), times) for kind, times in found.count().items() if times],
        [_setting(change) for change in found.settings],
        list(_weights(before, after, old, new)),
        list(_sections(found, old, new, section if by_section else None)),
        by_section,
    )


def _sections(
    found: Comparison, old: Version, new: Version, wanted: str | None
) -> Iterator[SectionDifferences]:
    """Differences under the section they stand in; of removed nodes the one they stood in, if it is left."""
    above_old, above_new = _Places(old), _Places(new)
    pairs = match(old.nodes, new.nodes)
    by_section: dict[UUID, list[Difference]] = {}
    for each in found.nodes:
        top = above_new.section(each.after) if each.after else above_old.section(each.node)
        by_section.setdefault(pairs.get(top.key, top.key), []).append(each)
    tops = {node.key: node for node in (*old.nodes, *new.nodes) if node.level is Level.SECTION}
    for number, (key, differences) in enumerate(by_section.items(), 1):
        shown = wanted is None or str(number) == (wanted or "1")
        entries = [_entry(each, above_old, above_new) for each in differences] if shown else []
        yield SectionDifferences(str(number), tops[key].name, len(differences), entries)


class _Places:
    """What stands above the nodes of one version."""

    def __init__(self, version: Version) -> None:
        self._nodes = {node.key: node for node in version.nodes}

    def section(self, node: Node) -> Node:
        while node.parent:
            node = self._nodes[node.parent]
        return node

    def path(self, node: Node) -> str:
        names: list[str] = []
        while node.parent:
            node = self._nodes[node.parent]
            names.insert(0, node.name)
        return " › ".join(names)


def _entry(each: Difference, above_old: _Places, above_new: _Places) -> Entry:
    place = (above_new if each.after else above_old).path(each.node)
    details = [detail for change in each.changes for detail in _details(change, each)]
    if each.before and each.after and ChangeKind.MOVED in each.kinds:
        details.insert(0, _moved(above_old.path(each.before), place))
    kinds = [(str(kind), str(KIND_LABELS[kind])) for kind in ChangeKind if kind in each.kinds]
    return Entry(each.node, str(each.node.level), kinds, place, details)


def _moved(before: str, after: str) -> Detail:
    label = str(KIND_LABELS[ChangeKind.MOVED])
    if before == after:
        return Detail(label, _("stands in another order among its neighbours"))
    words = {"before": before or "—", "after": after or "—"}
    return Detail(label, _("from %(before)s to %(after)s") % words)


def _details(change: Change, each: Difference) -> Iterator[Detail]:
    label = str(KIND_LABELS[change.kind])
    match change.kind:
        case ChangeKind.ADDED | ChangeKind.REMOVED:
            yield from _whole(each.node)
        case ChangeKind.REWEIGHTED:
            yield Detail(label, _weight_change(change))
        case ChangeKind.RULES:
            yield Detail(label, before=_rules(each.before), after=_rules(each.after))
        case ChangeKind.FIGURES:
            yield Detail(label, before=_figures(each.before), after=_figures(each.after))
        case ChangeKind.MATERIALS:
            gone = [name for name in change.before if name not in change.after]
            come = [name for name in change.after if name not in change.before]
            yield Detail(label, _("in another order") if not (gone or come) else "", before=gone, after=come)
        case ChangeKind.REWORDED:
            pieces = word_diff(change.before or "", change.after or "")
            yield Detail(str(FIELD_LABELS[change.field]), pieces=pieces)
        case ChangeKind.FLAGS:
            yield Detail(label, describe_change(change))


def _whole(node: Node) -> Iterator[Detail]:
    """What an added or removed item says."""
    if node.weight is not None:
        weight = _("%(points)s points") % {"points": plain(node.weight)}
        yield Detail(str(KIND_LABELS[ChangeKind.REWEIGHTED]), weight)
    for name in ("requirement", "rule_prose"):
        if text := node.texts.get(name):
            yield Detail(str(FIELD_LABELS[name]), text)


def _weight_change(change: Change) -> str:
    before, after = (plain(value) if value is not None else "—" for value in (change.before, change.after))
    words = f"{before} → {after}"
    difference = difference_in_words(change.before, change.after)
    return (
        _("%(words)s (%(difference)s)") % {"words": words, "difference": difference} if difference else words
    )


def _rules(node: Node | None) -> list[str]:
    """A node's rules as sentences. Rules that cannot be read are not, which their draft says elsewhere."""
    try:
        return [describe_rule(rule, node.names) for rule in parse_rules(node.rules)] if node else []
    except InvalidRules:
        return []


def _figures(node: Node | None) -> list[str]:
    if node is None:
        return []
    words = (
        (node.names.get(code, code), unit, str(MeasureType(kind).label)) for code, unit, kind in node.figures
    )
    return [_(", ").join(filter(None, each)) for each in words]


def _setting(change: Change) -> Detail:
    before = setting_in_words(change.field, change.before)
    after = setting_in_words(change.field, change.after)
    return Detail(str(FIELD_LABELS[change.field]), pieces=(("gone", before), ("same", " → "), ("new", after)))


def _weights(before: Framework, after: Framework, old: Version, new: Version) -> Iterator[SectionWeights]:
    """Sections side by side, in the order of the later version, those gone last; then the whole."""
    pairs = match(old.nodes, new.nodes)
    earlier = {pairs.get(section.key, section.key): section for section in before.sections.all()}
    total_before = _all_leaves(before)
    for section in after.sections.all():
        twin = earlier.pop(section.key, None)
        yield _row(
            f"{section.label} {section.title}".strip(),
            weights_by_profile(leaves_of(twin), before.profiles) if twin else None,
            weights_by_profile(leaves_of(section), after.profiles),
        )
    for section in earlier.values():
        weights = weights_by_profile(leaves_of(section), before.profiles)
        yield _row(f"{section.label} {section.title}".strip(), weights, None)
    yield _row(
        _("Total"),
        weights_by_profile(total_before, before.profiles),
        weights_by_profile(_all_leaves(after), after.profiles),
    )


def _all_leaves(framework: Framework) -> list[Any]:
    return [leaf for section in framework.sections.all() for leaf in leaves_of(section)]


def _row(title: str, before: dict[str, Weight] | None, after: dict[str, Weight] | None) -> SectionWeights:
    difference = difference_in_words(_single(before), _single(after))
    return SectionWeights(title, _in_words(before), _in_words(after), difference)


def _single(weights: dict[str, Weight] | None) -> Decimal | None:
    """The points, where they are the same for all kinds of district."""
    different = {weight.points for weight in weights.values()} if weights else set()
    return different.pop() if len(different) == 1 else None


def _in_words(weights: dict[str, Weight] | None) -> str:
    if weights is None:
        return "—"
    if len(set(weights.values())) == 1:
        return _points(next(iter(weights.values())))
    return _(", ").join(f"{profile} {_points(weight)}" for profile, weight in weights.items())


def _points(weight: Weight) -> str:
    points = plain(weight.points)
    if not weight.bonus:
        return points
    return _("%(points)s (bonus %(bonus)s)") % {"points": points, "bonus": plain(weight.bonus)}
