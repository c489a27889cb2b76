"""Publishing a framework: what must be right, and freezing it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.trail import record
from indicators.models import Framework, FrameworkStatus, Item, Section
from indicators.scoring.grading import InvalidBands, validate_bands
from indicators.scoring.outcome import InvalidItem, ScoredItem
from indicators.scoring.points import ZERO, plain
from indicators.scoring.rules import InvalidRules

MOST_SECTIONS = 99
"""A report numbers its sections with Chinese ordinals, 一 to 九十九."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a framework cannot be published: where, and what is wrong, in the user's language."""

    place: str
    message: str

    def __str__(self) -> str:
        return _("%(place)s: %(message)s") % {"place": self.place, "message": self.message}


def weight_of(items: Iterable[Item]) -> Decimal:
    """The points of several items together."""
    return sum((item.weight for item in items), start=ZERO)


def find_faults(framework: Framework) -> list[Fault]:
    """Everything that stands in the way of publishing, in the order of the tree.

    Pass a framework read :meth:`~indicators.models.FrameworkQuerySet.with_tree`.
    """
    return [*_framework_faults(framework), *_grade_faults(framework)]


def _framework_faults(framework: Framework) -> Iterator[Fault]:
    sections = list(framework.sections.all())
    if not sections:
        yield Fault(framework.title, _("There is no section."))
    if len(sections) > MOST_SECTIONS:
        yield Fault(framework.title, _("At most %(limit)s sections.") % {"limit": MOST_SECTIONS})
    for section in sections:
        yield from _section_faults(section)
    items = [item for section in sections for item in section.items.all()]
    if items and weight_of(items) == ZERO:
        yield Fault(framework.title, _("There are no points to be had."))


def _section_faults(section: Section) -> Iterator[Fault]:
    items = list(section.items.all())
    if not items:
        yield Fault(section.title, _("The section has no items."))
        return
    total = weight_of(items)
    if section.stated_weight is not None and section.stated_weight != total:
        yield Fault(
            section.title,
            _("The section states %(stated)s points, its items have %(sum)s: a difference of %(difference)s.")
            % {
                "stated": plain(section.stated_weight),
                "sum": plain(total),
                "difference": plain(abs(section.stated_weight - total)),
            },
        )
    for item in items:
        yield from _item_faults(item)


def _item_faults(item: Item) -> Iterator[Fault]:
    try:
        rules = item.parsed_rules()
    except InvalidRules as problem:
        yield Fault(str(item), _("These rules cannot be used: %(problem)s.") % {"problem": problem})
        return
    known = item.measure_names().keys()
    for rule in rules:
        for code in rule.needs:
            if code not in known:
                message = _("A rule needs the figure “%(code)s”, which is not declared.")
                yield Fault(str(item), message % {"code": code})
    try:
        ScoredItem(item.weight, rules)
    except InvalidItem:
        yield Fault(str(item), _("The rules speak for more points than the item has."))


def _grade_faults(framework: Framework) -> Iterator[Fault]:
    try:
        validate_bands(framework.bands())
    except InvalidBands:
        yield Fault(
            _("Grades"),
            _("List the grades from the best down, each from a lower percent than before, the last from 0."),
        )


@transaction.atomic
def publish_framework(*, framework: Framework, by: User | None) -> Framework:
    """Check and freeze a draft. Raises ``ValidationError`` that lists every fault; then nothing changed."""
    locked = Framework.objects.select_for_update().get(pk=framework.pk)
    if locked.status != FrameworkStatus.DRAFT:
        raise ValidationError(_("Only a draft can be published."))
    complete = Framework.objects.with_tree().get(pk=framework.pk)
    if faults := find_faults(complete):
        raise ValidationError([str(fault) for fault in faults])
    locked.status, locked.published_at = FrameworkStatus.PUBLISHED, timezone.now()
    locked.save(update_fields=["status", "published_at"])
    items = [item for section in complete.sections.all() for item in section.items.all()]
    record(
        by=by, action="framework.published", subject=locked, items=len(items), weight=plain(weight_of(items))
    )
    return locked
