"""The writer of states: every step of a response but its first save goes through :func:`perform`."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.standing import standing_of
from assessments.access import may_perform
from assessments.checking import REASON_LIMIT, checked
from assessments.models import Response
from assessments.responses import content_of, load_for_saving, write, write_deductions
from assessments.settling import propose, settle
from assessments.states import TRANSITIONS, Action, State
from assessments.text import clean_line, sentence
from audit.trail import record
from indicators.scoring.points import plain


@transaction.atomic
def perform(
    response: Response, action: Action, *, by: User, reason: str = "", score: Decimal | None = None
) -> Response:
    """Take one step: check role, state and what must be there, write the state and its event.

    ``score`` is the district's when it accepts other points than the department's (with a reason).
    Raises ``PermissionDenied`` when role or state does not allow the action, and ``ValidationError`` that
    names what is missing; nothing is stored then.
    """
    Response.objects.select_for_update().get(pk=response.pk)
    stored = load_for_saving(response.pk)
    if not may_perform(standing_of(by), stored, action):
        raise PermissionDenied
    reason = clean_line(reason)
    transition = TRANSITIONS[action]
    if transition.needs_reason and not sentence(reason):
        raise ValidationError({"reason": _("Give a reason.")})
    if len(reason) > REASON_LIMIT:
        raise ValidationError({"reason": _("At most 500 characters.")})
    details: dict[str, Any] = {"from": stored.state, "to": transition.target}
    if reason:
        details["reason"] = reason
    match action:
        case Action.SUBMIT:
            _demand_complete(stored)
            _write_state(stored, state=State.SUBMITTED)
        case Action.TAKE_BACK:
            _write_state(stored, state=State.DRAFT)
        case Action.ACCEPT:
            taken = _accept(stored, by=by, reason=reason, score=score)
            details["score"] = plain(taken) if taken is not None else None
        case Action.RETURN:
            _return(stored, reason)
    record(
        by=by,
        action=transition.event,
        subject=stored,
        organisation_id=stored.assessment.organisation_id,
        **details,
    )
    return load_for_saving(stored.pk)


def missing_for_submission(response: Response) -> list[str]:
    """What a response still lacks before it can go to the coordinator, in the user's language."""
    if not response.applicable:
        return []
    names = response.item.measure_names()
    outcome = propose(response.item, content_of(response).measures)
    missing = [names.get(code, code) for code in outcome.missing] if outcome else []
    if not response.narrative:
        missing.append(_("what was done"))
    if response.department_score is None:
        missing.append(_("self-assessed score"))
    return missing


def _demand_complete(response: Response) -> None:
    if missing := missing_for_submission(response):
        raise ValidationError(_("Still missing: %(missing)s.") % {"missing": _(", ").join(missing)})


def _accept(response: Response, *, by: User, reason: str, score: Decimal | None) -> Decimal | None:
    """Take the department's points, or others for a reason; then the deductions follow.

    What is not applicable is worth what the framework's policy says, whatever ``score`` is.
    """
    own = response.department_score
    if not response.applicable or score is None or score == own:
        _write_state(response, state=State.ACCEPTED, district_score=own)
        return own
    if not sentence(reason):
        raise ValidationError({"reason": _("Say why the district's points differ from the department's.")})
    content = checked(response.item, replace(content_of(response), score=score, reason=reason))
    settled = settle(response.item, content)
    fields = {"state": State.ACCEPTED, "district_score": settled.score, "district_reason": reason}
    write(response, content, settled, fields, by=by)
    return settled.score


def _return(response: Response, reason: str) -> None:
    """Back to the department: its own points, and where they went, count again.

    Where the coordinator has changed figures or applicability meanwhile, its points follow from these, and
    the reason for returning speaks for what the department had no reason to explain.
    """
    content = content_of(response)
    own = replace(
        content,
        score=response.department_score,
        reason=sentence(response.department_reason) or reason,
        losses=content.losses if response.score == response.department_score else (),
    )
    settled = settle(response.item, own)
    write_deductions(response, settled.losses)
    _write_state(
        response,
        state=State.RETURNED,
        return_reason=reason,
        department_score=settled.score,
        district_score=None,
        district_reason="",
    )


def _write_state(response: Response, **fields: Any) -> None:
    Response.objects.filter(pk=response.pk).update(**fields)
