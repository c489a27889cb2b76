"""Stores what a plan says: all of it, or nothing."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import User
from assessments.access import Capacity
from assessments.contributions import StaleContribution, save_contribution
from assessments.offline.planning import Planned, UploadPlan
from assessments.ranking import hold_ranking
from assessments.responses import StaleSave, store
from audit.trail import record


class StaleUpload(Exception):
    """Somebody saved, or took a step, since the plan was made. Nothing was stored."""


def store_upload(*, plan: UploadPlan, by: User, filename: str) -> int:
    """Save every item that the plan changes, each as its page would; how many these are.

    Raises ``ValidationError`` for a plan with errors, and :class:`StaleUpload`.
    """
    if plan.errors:
        raise ValidationError([str(note) for note in plan.errors])
    # Always in the same order: two who store at the same time wait for one another, and do not lock up.
    wanted = sorted((each for each in plan.planned if each.is_to_store), key=lambda each: each.response.pk)
    if not wanted:
        return 0
    try:
        with transaction.atomic():
            for each in wanted:
                if each.capacity is Capacity.COORDINATOR:
                    hold_ranking(each.response)
            for each in wanted:
                _store(each, plan, by)
            assessment = plan.mine.assessment
            record(
                by=by,
                action="assessment.filled_offline",
                subject=assessment,
                organisation_id=assessment.organisation_id,
                file=filename[:200],
                responses=[each.response.pk for each in wanted],
            )
    except (StaleSave, StaleContribution, PermissionDenied) as stale:
        raise StaleUpload from stale
    return len(wanted)


def _store(planned: Planned, plan: UploadPlan, by: User) -> None:
    if planned.department is None:
        store(
            response=planned.response,
            content=planned.content,
            version=planned.version,
            by=by,
            standing=plan.mine.standing,
        )
    else:
        save_contribution(
            response=planned.response,
            department=planned.department,
            version=planned.version,
            by=by,
            **planned.values,
        )
