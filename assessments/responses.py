"""The writer of responses: what an editor filled in becomes a save.

A save is one conditional UPDATE guarded by the version and state that the editor had read, one revision row,
and the figures and deductions that belong to it; everything is read and checked before the first write.
"""

from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.standing import standing_of
from assessments.access import Capacity, capacity_to_edit
from assessments.checking import checked
from assessments.models import Assessment, Deduction, MeasureValue, Response, ResponseRevision
from assessments.settling import Content, Loss, Settled, settle
from assessments.states import State
from assessments.text import sentence
from audit.trail import record
from indicators.scoring.points import plain


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
        "saved_by",
    ).prefetch_related("item__measures", "measure_values", "deductions")


def load_for_saving(pk: int) -> Response:
    """One response, read :func:`for_saving`."""
    return for_saving().get(pk=pk)


def load_all_for_saving(assessment: Assessment) -> list[Response]:
    """All responses of an assessment in the order of the framework, read :func:`for_saving`."""
    return list(for_saving().filter(assessment=assessment).order_by("item__section__order", "item__order"))


def content_of(response: Response) -> Content:
    """The stored content, as an editor would fill it in again; the score is the one that counts.

    Losses are those that a person gave a reason for beside what the rules take.
    """
    computed, score = response.computed_score, response.score
    beside_the_rules = computed is None or score is None or score <= computed
    losses = [
        Loss(loss.points, loss.reason, "", loss.measured, loss.standard, loss.unit)
        for loss in response.deductions.all()
        if beside_the_rules and not loss.rule_kind
    ]
    return Content(
        narrative=response.narrative,
        applicable=response.applicable,
        na_reason=response.na_reason,
        measures={value.code: value.value for value in response.measure_values.all()},
        score=score,
        reason=response.district_reason or response.department_reason,
        losses=losses,
    )


def save_response(*, response: Response, content: Content, version: int, by: User) -> Response:
    """Save what an editor filled in, and return the response as stored.

    ``version`` is the one that the editor had read. The lead department's points become the department
    score; on an accepted response the coordinator's become the district score, with an event. Raises
    ``ValidationError`` by field, ``PermissionDenied``, and :class:`StaleSave` when somebody else saved or
    took a step since; nothing is stored then.
    """
    stored = load_for_saving(response.pk)
    capacity = capacity_to_edit(standing_of(by), stored)
    if capacity is None:
        raise PermissionDenied
    if stored.version != version:
        raise StaleSave(stored)
    content = checked(stored.item, content)
    settled = settle(stored.item, content)
    if capacity is Capacity.DEPARTMENT:
        write(stored, content, settled, _department_scores(settled, content), by=by)
    else:
        _write_for_district(stored, content, settled, by)
    return load_for_saving(stored.pk)


def _department_scores(settled: Settled, content: Content) -> dict[str, Any]:
    return {
        "department_score": settled.score,
        "department_reason": content.reason,
        "state": State.DRAFT,
    }


@transaction.atomic
def _write_for_district(response: Response, content: Content, settled: Settled, by: User) -> None:
    scores = _district_scores(response, settled, content)
    write(response, content, settled, scores, by=by)
    record(
        by=by,
        action="response.edited",
        subject=response,
        organisation_id=response.assessment.organisation_id,
        version=response.version + 1,
        score=plain(settled.score) if settled.score is not None else None,
        reason=scores["district_reason"],
    )


def _district_scores(response: Response, settled: Settled, content: Content) -> dict[str, Any]:
    """The district's points; where they differ from the department's, so must the reason."""
    if settled.score is None and content.applicable:
        raise ValidationError({"score": _("An accepted item needs its points.")})
    own_reason = "" if content.reason == response.department_reason else content.reason
    if settled.score != response.department_score and not sentence(own_reason):
        raise ValidationError({"reason": _("Say why the district's points differ from the department's.")})
    return {"district_score": settled.score, "district_reason": own_reason}


@transaction.atomic
def write(
    response: Response,
    content: Content,
    settled: Settled,
    fields: dict[str, Any],
    *,
    by: User | None,
) -> None:
    """Store a checked content.

    Raises :class:`StaleSave` when version or state has moved on since the response was read.
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
    unmoved = Response.objects.filter(pk=response.pk, version=response.version, state=response.state)
    if not unmoved.update(**fields):
        raise StaleSave(load_for_saving(response.pk))
    response.measure_values.all().delete()
    MeasureValue.objects.bulk_create(
        MeasureValue(response=response, code=code, value=value)
        for code, value in content.measures.items()
        if value is not None
    )
    write_deductions(response, settled.losses)
    ResponseRevision.objects.create(
        response=response,
        version=response.version + 1,
        content=_revision(response, content, settled, fields),
        saved_by=by,
        saved_at=now,
    )


def write_deductions(response: Response, losses: Iterable[Loss]) -> None:
    """Replace a response's deductions."""
    response.deductions.all().delete()
    Deduction.objects.bulk_create(
        Deduction(response=response, order=order, **asdict(loss))
        for order, loss in enumerate(losses, start=1)
    )


_KEPT = (
    "narrative",
    "applicable",
    "na_reason",
    "state",
    "computed_score",
    "department_score",
    "department_reason",
    "district_score",
    "district_reason",
)


def _revision(
    response: Response, content: Content, settled: Settled, fields: dict[str, Any]
) -> dict[str, Any]:
    """The whole content after a save, points and figures as plain strings."""
    figures = {code: value for code, value in content.measures.items() if value is not None}
    return {
        **_as_json({name: fields.get(name, getattr(response, name)) for name in _KEPT}),
        "measures": _as_json(figures),
        "losses": [_as_json(asdict(loss)) for loss in settled.losses],
    }


def _as_json(values: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(value) if isinstance(value, Decimal) else value for name, value in values.items()}
