"""What stands in the way of publishing a framework: each fault with its place, in the reader's language."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from django.utils.translation import gettext as _

from indicators.models import Framework, Group, Item, Section
from indicators.schema_faults import problems_in_words
from indicators.scoring.faults import faults_of
from indicators.scoring.grading import InvalidBands, validate_bands
from indicators.scoring.measures import MeasureKind
from indicators.scoring.points import ZERO, plain
from indicators.scoring.rules import InvalidRules
from indicators.weights import EVERY_KIND, Leaf, Weight, applies, leaves_of, sums_to_state, weights_by_profile
from indicators.wording import bands_in_words, fault_in_words

MOST_SECTIONS = 99
"""A report numbers its sections with Chinese ordinals, 一 to 九十九."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a framework cannot be published: where, and what is wrong.

    ``node`` is the key of the section, group or item, ``section`` that of the section it stands in; ``None``
    where it is the framework itself.
    """

    place: str
    message: str
    node: UUID | None = None
    section: UUID | None = None

    def __str__(self) -> str:
        return _("%(place)s: %(message)s") % {"place": self.place, "message": self.message}


def find_faults(framework: Framework) -> list[Fault]:
    """Everything that stands in the way of publishing, in the order of the tree.

    Pass a framework read :meth:`~indicators.models.FrameworkQuerySet.with_tree`; asks the database nothing.
    """
    return [
        *_size_faults(framework),
        *(
            replace(fault, section=section.key)
            for section in framework.sections.all()
            for fault in _section_faults(framework, section)
        ),
        *_total_faults(framework),
        *_band_faults(framework),
    ]


def _size_faults(framework: Framework) -> Iterator[Fault]:
    sections = len(framework.sections.all())
    if not sections:
        yield Fault(framework.title, _("There is no section."))
    if sections > MOST_SECTIONS:
        yield Fault(framework.title, _("At most %(limit)s sections.") % {"limit": MOST_SECTIONS})


def _section_faults(framework: Framework, section: Section) -> Iterator[Fault]:
    items, groups = list(section.items.all()), {group.pk: group for group in section.groups.all()}
    place = _place(section)
    yield from _profile_faults(section, place, framework.profiles)
    if not items:
        yield Fault(place, _("The section has no items."), section.key)
    else:
        leaves = list(leaves_of(section))
        yield from _weight_faults(section, place, leaves, framework.profiles)
    for group in groups.values():
        members = [item for item in items if item.group_id == group.pk]
        yield from _group_faults(framework, section, group, members)
    yield from _order_faults(items, groups)
    yield from _label_faults(section, items, groups, framework.profiles)
    grades = [band.name for band in framework.grade_bands.all()]
    for item in items:
        above = groups[item.group_id].profiles if item.group_id in groups else ()
        allowed = _narrowed(_narrowed(framework.profiles, section.profiles), above)
        yield from _profile_faults(item, str(item), allowed)
        yield from _rule_faults(item, grades)


def _group_faults(
    framework: Framework, section: Section, group: Group, members: Sequence[Item]
) -> Iterator[Fault]:
    place = _place(group)
    yield from _profile_faults(group, place, _narrowed(framework.profiles, section.profiles))
    if not members:
        yield Fault(place, _("The group has no items."), group.key)
        return
    leaves = [
        Leaf(item.weight, (section.profiles, group.profiles, item.profiles), item.bonus) for item in members
    ]
    yield from _weight_faults(group, place, leaves, framework.profiles)


def _narrowed(allowed: Sequence[str], profiles: Sequence[str]) -> list[str]:
    """The kinds of district that reach below a node which is for ``profiles``."""
    return [profile for profile in allowed if applies(profiles, profile)]


def _profile_faults(node: Section | Group | Item, place: str, allowed: Sequence[str]) -> Iterator[Fault]:
    if stray := [profile for profile in node.profiles if profile not in allowed]:
        message = _("It is for a kind of district that what stands above it is not for: %(names)s.")
        yield Fault(place, message % {"names": _(", ").join(stray)}, node.key)


def _weight_faults(
    node: Section | Group, place: str, leaves: Sequence[Leaf], profiles: Sequence[str]
) -> Iterator[Fault]:
    """The stated weight against the sum, for each kind of district that has anything here."""
    if node.stated_weight is None:
        return
    found = {
        profile: total
        for profile, total in sums_to_state(leaves, profiles).items()
        if any(leaf.is_for(profile) for leaf in leaves)
    }
    message = (
        _("The section states %(stated)s points, its items have %(sum)s: a difference of %(difference)s.")
        if isinstance(node, Section)
        else _("The group states %(stated)s points, its items have %(sum)s: a difference of %(difference)s.")
    )
    for fault in _differences(node.stated_weight, found, message):
        yield Fault(place, fault, node.key)


def _differences(stated: Decimal, found: dict[str, Decimal], message: str) -> Iterator[str]:
    """``message`` for each sum that is not as stated; once where it is the same for all kinds of district."""
    alike = len(set(found.values())) == 1
    for profile, total in found.items():
        if total == stated:
            continue
        words = message % {
            "stated": plain(stated),
            "sum": plain(total),
            "difference": plain(abs(stated - total)),
        }
        yield words if alike or not profile else _for_profile(profile, words)
        if alike:
            return


def _for_profile(profile: str, message: str) -> str:
    return _("For %(profile)s: %(message)s") % {"profile": profile, "message": message}


def _order_faults(items: Iterable[Item], groups: dict[int, Group]) -> Iterator[Fault]:
    """The items of a group follow one another, as a table prints them."""
    runs = Counter(number for number, _run in groupby(item.group_id for item in items))
    for number, times in runs.items():
        if number is not None and times > 1 and (group := groups.get(number)):
            yield Fault(_place(group), _("Its items do not follow one another."), group.key)


def _label_faults(
    section: Section, items: Sequence[Item], groups: dict[int, Group], profiles: Sequence[str]
) -> Iterator[Fault]:
    """A label stands once in a section; another section may start again, and so may alternatives."""
    kinds = tuple(profiles) or (EVERY_KIND,)
    for label, times in Counter(item.label for item in items).items():
        namesakes = [item for item in items if item.label == label] if times > 1 else []
        for_each = Counter(kind for item in namesakes for kind in kinds if _is_for(item, groups, kind))
        if any(count > 1 for count in for_each.values()):
            message = _("The label “%(label)s” stands %(times)s times in this section.")
            yield Fault(_place(section), message % {"label": label, "times": times}, namesakes[1].key)


def _is_for(item: Item, groups: dict[int, Group], profile: str) -> bool:
    above: Collection[str] = groups[item.group_id].profiles if item.group_id in groups else ()
    return applies(item.profiles, profile) and applies(above, profile)


def _rule_faults(item: Item, grades: Sequence[str]) -> Iterator[Fault]:
    place = str(item)
    try:
        rules = item.parsed_rules()
    except InvalidRules as problem:
        for words in problems_in_words(problem):
            yield Fault(place, words, item.key)
        return
    names = item.measure_names()
    kinds = {measure.code: MeasureKind(measure.kind) for measure in item.measures.all()}
    for fault in faults_of(rules, kinds, weight=item.weight, bonus=item.bonus, grades=grades):
        yield Fault(place, fault_in_words(fault, names), item.key)


def _total_faults(framework: Framework) -> Iterator[Fault]:
    sections = list(framework.sections.all())
    leaves = [leaf for section in sections for leaf in leaves_of(section)]
    if not leaves:
        return
    weights = weights_by_profile(leaves, framework.profiles)
    for profile, weight in weights.items():
        yield from _emptiness_faults(framework, profile, weight, any(leaf.is_for(profile) for leaf in leaves))
    if framework.stated_weight is not None:
        found = {profile: weight.points for profile, weight in weights.items()}
        message = _(
            "The framework states %(stated)s points, its items have %(sum)s: a difference of %(difference)s."
        )
        for words in _differences(framework.stated_weight, found, message):
            yield Fault(framework.title, words)


def _emptiness_faults(framework: Framework, profile: str, weight: Weight, has_items: bool) -> Iterator[Fault]:
    if weight.points != ZERO:
        return
    message = _("There are no points to be had.") if has_items else _("There are no items.")
    yield Fault(framework.title, _for_profile(profile, message) if profile else message)


def _band_faults(framework: Framework) -> Iterator[Fault]:
    try:
        validate_bands(framework.bands())
    except InvalidBands as problem:
        yield Fault(_("Grades"), bands_in_words(problem))


def _place(node: Section | Group) -> str:
    return f"{node.label} {node.title}".strip()
