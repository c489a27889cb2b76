"""A report of last year's, read from its text → what it says beside this year's items (PastAnswer).

First a plan, which stores nothing; then those of its matches that the coordinator lets stand, in place of
what an earlier report said.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.standing import standing_of
from assessments.access import may_write_report
from assessments.checking import NARRATIVE_LIMIT, endless_word_fault
from assessments.models import Assessment, PastAnswer, Response
from assessments.text import clean_line, clean_text, has_endless_word
from audit.trail import record
from indicators.models import Item as FrameworkItem
from indicators.scoring.points import is_points, plain
from reports.document import Item, Report
from reports.load import match_items

SOURCE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Match:
    """An item of this year's framework, and what the report says on it; ``narrative`` as it is stored."""

    item: FrameworkItem
    read: Item
    narrative: str


@dataclass(frozen=True, slots=True)
class Unmatched:
    """An item of the report that is taken for none of the framework's, and why."""

    read: Item
    reason: str


@dataclass(frozen=True, slots=True)
class PastPlan:
    """What storing would do. ``without`` are the items that the report says nothing on.

    ``is_earlier`` is ``False`` where the report says that it is of this year or a later one.
    """

    assessment: Assessment
    source: str
    year: int | None
    matches: tuple[Match, ...]
    unmatched: tuple[Unmatched, ...]
    without: tuple[FrameworkItem, ...]

    @property
    def is_earlier(self) -> bool:
        return self.year is None or self.year < self.assessment.cycle.year


def plan_past(*, report: Report, assessment: Assessment, name: str) -> PastPlan:
    """Match a report to the items of an assessment by label and weight. Stores nothing; one query.

    ``name`` stands for the report where it has no title. Needs ``cycle`` of the assessment read along.
    """
    responses = (
        Response.objects.filter(assessment=assessment, item__committee_only=False)
        .select_related("item__section", "item__group")
        .order_by("item__section__order", "item__order")
    )
    ours = {response.item_id: response.item for response in responses}
    pairs = match_items(ours, report)
    number_of = {number: pk for pk, number in pairs.items()}
    matches, unmatched = [], []
    for read in report.items():
        item = ours.get(number_of.get(read.number, 0))
        narrative = clean_text(read.text)
        if reason := _fault(item, read, narrative):
            unmatched.append(Unmatched(read, reason))
        elif item is not None:
            matches.append(Match(item, read, narrative))
    taken = {match.item.pk for match in matches}
    return PastPlan(
        assessment,
        clean_line(report.title or name)[:SOURCE_LIMIT] or "—",
        report.year if report.year is not None and 1900 < report.year < 2200 else None,
        tuple(matches),
        tuple(unmatched),
        tuple(item for pk, item in ours.items() if pk not in taken),
    )


def _fault(item: FrameworkItem | None, read: Item, narrative: str) -> str:
    """Why what the report says is not this item's, "" where it is."""
    if item is None:
        return _("The framework has no item %(label)s.") % {"label": read.label}
    if read.weight is not None and read.weight != item.weight:
        return _("%(item)s has %(weight)s points, the report's has %(found)s.") % {
            "item": item,
            "weight": plain(item.weight),
            "found": plain(read.weight),
        }
    if read.bonus != item.bonus:
        return _("One of the two is a bonus item, the other is not.")
    if not narrative:
        return _("The report says nothing on it.")
    if len(narrative) > NARRATIVE_LIMIT:
        return _("The text has %(length)s characters; at most %(limit)s are kept.") % {
            "length": len(narrative),
            "limit": NARRATIVE_LIMIT,
        }
    return endless_word_fault() if has_endless_word(narrative) else ""


def store_past(*, plan: PastPlan, items: Collection[int], by: User) -> int:
    """Store what the report says on ``items`` (their numbers) in place of all that was stored, with an event;
    returns how many. Raises ``PermissionDenied`` and, where none of them is matched, ``ValidationError``."""
    _demand_coordinator(plan.assessment, by)
    now = timezone.now()
    rows = [
        PastAnswer(
            assessment=plan.assessment,
            item=match.item,
            source=plan.source,
            year=plan.year,
            narrative=match.narrative,
            score=_points(match),
            read_by=by,
            read_at=now,
        )
        for match in plan.matches
        if match.item.pk in items
    ]
    if not rows:
        raise ValidationError(_("Choose at least one item."))
    with transaction.atomic():
        # Of two that store at once the second replaces what the first has stored.
        Assessment.objects.select_for_update().get(pk=plan.assessment.pk)
        replaced, _by_model = PastAnswer.objects.filter(assessment=plan.assessment).delete()
        PastAnswer.objects.bulk_create(rows)
        record(
            by=by,
            action="past_report.stored",
            subject=plan.assessment,
            organisation_id=plan.assessment.organisation_id,
            source=plan.source,
            year=plan.year,
            items=len(rows),
            replaced=replaced,
        )
    return len(rows)


def remove_past(*, assessment: Assessment, by: User) -> int:
    """Take away what was stored, with an event; returns how many. Raises ``PermissionDenied``."""
    _demand_coordinator(assessment, by)
    with transaction.atomic():
        removed, _by_model = PastAnswer.objects.filter(assessment=assessment).delete()
        if removed:
            record(
                by=by,
                action="past_report.removed",
                subject=assessment,
                organisation_id=assessment.organisation_id,
                items=removed,
            )
    return removed


def _demand_coordinator(assessment: Assessment, by: User) -> None:
    if not may_write_report(standing_of(by), assessment):
        raise PermissionDenied


def _points(match: Match) -> Decimal | None:
    """The report's points, where they can be the item's."""
    points = match.read.self_score
    return points if points is not None and is_points(points) and points <= match.item.weight else None
