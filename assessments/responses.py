"""The writer of responses: what an editor filled in becomes a save.

A save is one conditional UPDATE guarded by the version and state that the editor had read, one revision row,
and those figures, deductions and ticks that changed; everything is read and checked before the first write,
so that the one writer of SQLite is held for no longer than that.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from dataclasses import fields as dataclass_fields
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.standing import Standing, standing_of
from assessments.access import Capacity, capacity_to_edit
from assessments.checking import checked
from assessments.models import (
    Assessment,
    Credit,
    Deduction,
    MaterialTick,
    MeasureValue,
    Response,
    ResponseRevision,
)
from assessments.ranking import hold_ranking, is_ranked, ranks_for, ranks_in_cycle
from assessments.revisions import as_kept
from assessments.settling import Content, Gain, Loss, Reckoned, Settled, due, settle
from assessments.states import State
from assessments.text import sentence
from audit.trail import record
from indicators.models import Item
from indicators.scoring.points import plain_or


class StaleSave(Exception):
    """Somebody saved in between; ``current`` is the response as it stands now. Nothing was stored."""

    def __init__(self, current: Response) -> None:
        super().__init__("the response has been saved by somebody else")
        self.current = current


def for_saving() -> QuerySet[Response]:
    """Responses with all that saving and acting on them reads: a constant number of queries."""
    return Response.objects.select_related(
        "assessment__cycle",
        "assessment__organisation",
        "assignment__lead",
        "item__section__framework",
        "item__group",
        "saved_by",
    ).prefetch_related(
        "item__measures", "item__materials", "measure_values", "deductions", "credits", "material_ticks"
    )


def load_for_saving(pk: int) -> Response:
    """One response, read :func:`for_saving`."""
    return for_saving().get(pk=pk)


def load_all_for_saving(assessment: Assessment) -> list[Response]:
    """All responses of an assessment in the order of the framework, read :func:`for_saving`."""
    return list(for_saving().filter(assessment=assessment).order_by("item__section__order", "item__order"))


def content_of(response: Response) -> Content:
    """The stored content, as an editor would fill it in again; the score is the one that counts.

    Losses (on a bonus item gains) are those that a person gave a reason for beside the rules. Places are not
    looked up: only an accepted item has any.
    """
    item, computed, score = response.item, response.computed_score, response.score
    beside_the_rules = computed is None or score is None or due(item, score) >= due(item, computed)
    kind, entries = (Gain, response.credits.all()) if item.bonus else (Loss, response.deductions.all())
    by_hand = [
        kind(entry.points, entry.reason, "", entry.measured, entry.standard, entry.unit)
        for entry in entries
        if beside_the_rules and not entry.rule_kind
    ]
    return Content(
        narrative=response.narrative,
        applicable=response.applicable,
        na_reason=response.na_reason,
        measures={value.code: value.value for value in response.measure_values.all()},
        score=score,
        reason=response.district_reason or response.department_reason,
        losses=by_hand,
        materials={tick.name: tick.reference for tick in response.material_ticks.all()},
    )


def save_response(
    *, response: Response, content: Content, version: int, by: User, operation: UUID | None = None
) -> Response:
    """Save what an editor filled in, and return the response as stored.

    ``response`` is to be read :func:`for_saving` just now, ``version`` is the one that the editor had read.
    The lead department's points become the department score; on an accepted response the coordinator's become
    the district score, with an event. Raises ``ValidationError`` by field, ``PermissionDenied``, and
    :class:`StaleSave` when somebody else saved or took a step since; nothing is stored then.

    ``operation`` names the save, as :func:`store` says; the response comes back with the version that this
    save made.
    """
    store(response=response, content=content, version=version, by=by, operation=operation)
    stored = load_for_saving(response.pk)
    stored.version = version + 1
    return stored


def store(
    *,
    response: Response,
    content: Content,
    version: int,
    by: User,
    operation: UUID | None = None,
    standing: Standing | None = None,
) -> Settled | None:
    """:func:`save_response` without reading again; what it makes is ``version`` + 1, and what follows from it
    is returned (``None`` where it had been stored before).

    ``operation`` names the save: when its answer was lost and it is sent again, nothing is written and
    nothing raised, whatever was saved since; who goes on from ``version`` + 1 still meets that.
    ``standing`` is the person's, where the caller has just read it.
    """
    try:
        return _store(response, content, version, by, operation, standing or standing_of(by))
    except (StaleSave, PermissionDenied):
        if not _is_stored(response, version, by, operation):
            raise
        return None


def _store(
    response: Response,
    content: Content,
    version: int,
    by: User,
    operation: UUID | None,
    standing: Standing,
) -> Settled:
    capacity = capacity_to_edit(standing, response)
    if capacity is None:
        raise PermissionDenied
    if response.version != version:
        raise _stale(response)
    content, settled = check_save(response, content, capacity)
    try:
        if capacity is Capacity.DEPARTMENT:
            fields = _department_scores(settled, content)
            write(response, content, settled, fields, by=by, operation=operation)
        else:
            _write_for_district(response, content, settled, by, operation)
    except StaleSave as stale:
        if capacity_to_edit(standing, stale.current) is None:
            raise PermissionDenied from stale
        raise
    return settled


def check_save(response: Response, content: Content, capacity: Capacity) -> tuple[Content, Settled]:
    """The content as :func:`store` would write it, and what follows from it; nothing is written.

    Raises ``ValidationError`` by field. ``capacity`` is the one in which the person edits the response.
    """
    content = checked(response.item, replace(content, ranks=ranks_for(response, content.measures)))
    settled = settle(response.item, content)
    refuse_points_before_rank(settled, content)
    if capacity is Capacity.COORDINATOR:
        _district_scores(response, settled, content)
    return content, settled


def _is_stored(response: Response, version: int, by: User, operation: UUID | None) -> bool:
    """Whether this very save has been stored before."""
    if operation is None:
        return False
    made = ResponseRevision.objects.filter(
        operation=operation, response=response, saved_by=by, version=version + 1
    )
    return made.exists()


def refuse_points_before_rank(settled: Settled, content: Content) -> None:
    """Raise ``ValidationError`` for points by hand where those by place are still to come."""
    if settled.awaiting_rank and content.score is not None:
        message = _("Leave the points empty: they follow by rank once every district's figure is accepted.")
        raise ValidationError({"score": message})


def _department_scores(settled: Settled, content: Content) -> dict[str, Any]:
    return {
        "department_score": settled.score,
        "department_reason": content.reason,
        "state": State.DRAFT,
    }


@transaction.atomic
def _write_for_district(
    response: Response, content: Content, settled: Settled, by: User, operation: UUID | None
) -> None:
    hold_ranking(response)
    scores = _district_scores(response, settled, content)
    write(response, content, settled, scores, by=by, operation=operation)
    record(
        by=by,
        action="response.edited",
        subject=response,
        organisation_id=response.assessment.organisation_id,
        version=response.version + 1,
        score=plain_or(settled.score, None),
        reason=scores["district_reason"],
    )
    settle_ranks(item=response.item, cycle_id=response.assessment.cycle_id)


def _district_scores(response: Response, settled: Settled, content: Content) -> dict[str, Any]:
    """The district's points; where they differ from the department's, so must the reason.

    Points by place are given to the district alone: there others than by the rules need the reason.
    """
    if settled.score is None and content.applicable and not settled.awaiting_rank:
        raise ValidationError({"score": _("An accepted item needs its points.")})
    own_reason = "" if content.reason == response.department_reason else content.reason
    expected = response.department_score
    if is_ranked(response.item):
        expected = settled.computed if content.applicable else settled.score
    if settled.score != expected and not sentence(own_reason):
        raise ValidationError({"reason": _("Say why the district's points differ from the department's.")})
    return {"district_score": settled.score, "district_reason": own_reason}


def write(
    response: Response,
    content: Content,
    settled: Settled,
    fields: dict[str, Any],
    *,
    by: User | None,
    operation: UUID | None = None,
) -> None:
    """Store a checked content.

    Raises :class:`StaleSave` when version or state has moved on since the response was read, and
    ``ValidationError`` when ``operation`` has been used for another save.
    """
    now = timezone.now()
    fields = {
        "narrative": content.narrative,
        "applicable": content.applicable,
        "na_reason": "" if content.applicable else content.na_reason,
        "computed_score": settled.computed,
        "version": response.version + 1,
        "saved_by": by,
        "saved_at": now,
        **fields,
    }
    unmoved = Response.objects.filter(
        pk=response.pk, version=response.version, state=response.state, item=response.item_id
    )
    revision = ResponseRevision(
        response=response,
        version=response.version + 1,
        content=as_kept(response, content, settled, fields),
        operation=operation,
        saved_by=by,
        saved_at=now,
    )
    writes = _changed_parts(response, content, settled)
    try:
        with transaction.atomic():
            if not unmoved.update(**fields):
                raise _stale(response)
            for part in writes:
                part()
            revision.save(force_insert=True)
    except IntegrityError as problem:
        if operation and ResponseRevision.objects.filter(operation=operation).exists():
            raise ValidationError(_("This save has been stored for another item.")) from problem
        raise


def _changed_parts(response: Response, content: Content, settled: Settled) -> list[Callable[[], None]]:
    """How to write those rows beside the response that are not what they were."""
    figures = {code: value for code, value in content.measures.items() if value is not None}
    parts: list[Callable[[], None]] = []
    if figures != {value.code: value.value for value in response.measure_values.all()}:
        parts.append(partial(_write_figures, response, figures))
    if content.materials != {tick.name: tick.reference for tick in response.material_ticks.all()}:
        parts.append(partial(_write_ticks, response, content.materials))
    if _differ(response.deductions.all(), settled.losses):
        parts.append(partial(write_deductions, response, settled.losses))
    if response.item.bonus and _differ(response.credits.all(), settled.gains):
        parts.append(partial(write_credits, response, settled.gains))
    return parts


def _differ(rows: Iterable[Deduction | Credit], entries: Sequence[Reckoned]) -> bool:
    names = [field.name for field in dataclass_fields(Reckoned)]
    stored = [[getattr(row, name) for name in names] for row in rows]
    return stored != [[getattr(entry, name) for name in names] for entry in entries]


def _write_figures(response: Response, figures: Mapping[str, Decimal]) -> None:
    response.measure_values.all().delete()
    MeasureValue.objects.bulk_create(
        MeasureValue(response=response, code=code, value=value) for code, value in figures.items()
    )


def _write_ticks(response: Response, materials: Mapping[str, str]) -> None:
    response.material_ticks.all().delete()
    MaterialTick.objects.bulk_create(
        MaterialTick(response=response, name=name, reference=reference)
        for name, reference in materials.items()
    )


def _stale(response: Response) -> StaleSave | ValidationError:
    """Why the response could not be stored: it has moved on, or its item is no longer in the framework."""
    current = for_saving().filter(pk=response.pk).first()
    if current is None:
        return ValidationError(_("This item has been taken out of the framework. Nothing was stored."))
    return StaleSave(current)


def write_deductions(response: Response, losses: Iterable[Reckoned]) -> None:
    """Replace a response's deductions."""
    response.deductions.all().delete()
    Deduction.objects.bulk_create(
        Deduction(response=response, order=order, **asdict(loss))
        for order, loss in enumerate(losses, start=1)
    )


def write_credits(response: Response, gains: Iterable[Reckoned]) -> None:
    """Replace a response's credits."""
    response.credits.all().delete()
    Credit.objects.bulk_create(
        Credit(response=response, order=order, **asdict(gain)) for order, gain in enumerate(gains, start=1)
    )


def settle_ranks(*, item: Item, cycle_id: int) -> None:
    """Give the points by place to all districts of a cycle once the places are known, take them back while
    they are open.

    To be called in the transaction that accepted, reopened, added or changed one of them, after
    :func:`assessments.ranking.hold_ranking`. Where the points by place have moved, others that the district
    had set instead go with them. Each response that changes gets a revision and an event. Constant queries
    where nothing changes, none for items that are not ranked.
    """
    if not is_ranked(item):
        return
    ranks = ranks_in_cycle(item, cycle_id)
    accepted = for_saving().filter(pk__in=ranks, state=State.ACCEPTED)
    for response in accepted.order_by("pk"):
        own = replace(content_of(response), score=None, reason="", losses=(), ranks=ranks[response.pk])
        settled = settle(item, own)
        if settled.computed != response.computed_score:
            _write_ranked(response, own, settled)


def _write_ranked(response: Response, content: Content, settled: Settled) -> None:
    """Points by place as the district's. Nobody of the district did it, so the trail names nobody."""
    fields = {"district_score": settled.score, "district_reason": ""}
    write(response, content, settled, fields, by=None)
    record(
        by=None,
        action="response.ranked",
        subject=response,
        organisation_id=response.assessment.organisation_id,
        version=response.version + 1,
        ranks=dict(content.ranks),
        score=plain_or(settled.score, None),
    )
