"""The writer of states: every step of a response but its first save goes through :func:`perform`."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.standing import standing_of
from assessments.access import Capacity, may_perform
from assessments.checking import REASON_LIMIT, checked
from assessments.models import Response
from assessments.ranking import hold_ranking
from assessments.responses import (
    StaleSave,
    content_of,
    load_for_saving,
    refuse_points_before_rank,
    settle_ranks,
    write,
    write_credits,
    write_deductions,
)
from assessments.revisions import content_kept
from assessments.settling import (
    REPORT_LANGUAGE,
    Content,
    Gain,
    Loss,
    Reckoned,
    Settled,
    due,
    propose,
    settle,
    worth_when_not_applicable,
)
from assessments.states import TRANSITIONS, Action, State
from assessments.text import clean_line, clean_text, sentence
from audit.trail import record
from indicators.models import Item
from indicators.scoring.points import plain
from indicators.versions.comparing import Change
from indicators.wording.changes import describe_change


@transaction.atomic
def perform(
    response: Response,
    action: Action,
    *,
    by: User,
    version: int,
    reason: str = "",
    score: Decimal | None = None,
) -> Response:
    """Take one step: check role, state and what must be there, write the state and its event.

    ``version`` is the one that the person had read: nobody submits, accepts or returns what they have not
    seen. ``score`` is the district's when it accepts other points than the department's (with a reason).
    Raises ``PermissionDenied`` when role or state does not allow the action, :class:`StaleSave` when
    somebody saved since, and ``ValidationError`` that names what is missing; nothing is stored then.
    """
    hold_ranking(response)
    # In the order of one table: to lock a join would lock all of it.
    if Response.objects.select_for_update().filter(pk=response.pk).order_by("pk").first() is None:
        raise ValidationError(_("This item has been taken out of the framework. Nothing was stored."))
    stored = load_for_saving(response.pk)
    if not may_perform(standing_of(by), stored, action):
        raise PermissionDenied
    if stored.version != version:
        raise StaleSave(stored)
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
            details |= _return(stored, by=by, reason=reason)
    record(
        by=by,
        action=transition.event,
        subject=stored,
        organisation_id=stored.assessment.organisation_id,
        **details,
    )
    if State.ACCEPTED in (stored.state, transition.target):
        settle_ranks(item=stored.item, cycle_id=stored.assessment.cycle_id)
    return load_for_saving(stored.pk)


def missing_for_submission(response: Response) -> list[str]:
    """What a response still lacks before it can go to the coordinator, in the user's language.

    Needs ``item__measures``, the item's framework and ``measure_values`` read along.
    """
    if not response.applicable:
        return []
    outcome = propose(response.item, {value.code: value.value for value in response.measure_values.all()})
    figures, waits_for_rank = (outcome.missing, outcome.awaiting_rank) if outcome else ((), ())
    return _in_words(response.item, figures, response.narrative, response.department_score, waits_for_rank)


def missing_from(item: Item, content: Content, settled: Settled) -> list[str]:
    """:func:`missing_for_submission` of what a department has just saved."""
    if not content.applicable:
        return []
    narrative = clean_text(content.narrative)
    return _in_words(item, settled.missing, narrative, settled.score, settled.awaiting_rank)


def _in_words(
    item: Item,
    figures: Collection[str],
    narrative: str,
    score: Decimal | None,
    waits_for_rank: Collection[str],
) -> list[str]:
    names = item.measure_names()
    missing = [names.get(code, code) for code in figures]
    if not narrative:
        missing.append(_("what was done"))
    if score is None and (figures or not waits_for_rank):
        missing.append(_("self-assessed score"))
    return missing


def _demand_complete(response: Response) -> None:
    if missing := missing_for_submission(response):
        raise ValidationError(_("Still missing: %(missing)s.") % {"missing": _(", ").join(missing)})


def _accept(response: Response, *, by: User, reason: str, score: Decimal | None) -> Decimal | None:
    """Take the department's points, or others for a reason; then the deductions follow.

    What is not applicable is worth what the framework's policy says, whatever ``score`` is. What waits for
    the district's place has no points yet.
    """
    own = response.department_score
    if not response.applicable or score is None or score == own:
        _write_state(response, state=State.ACCEPTED, district_score=own)
        return own
    if not sentence(reason):
        raise ValidationError({"reason": _("Say why the district's points differ from the department's.")})
    content = checked(response.item, replace(content_of(response), score=score, reason=reason))
    settled = settle(response.item, content)
    refuse_points_before_rank(settled, content)
    fields = {"state": State.ACCEPTED, "district_score": settled.score, "district_reason": reason}
    write(response, content, settled, fields, by=by)
    return settled.score


def _return(response: Response, *, by: User, reason: str) -> dict[str, Any]:
    """Back to the department: its own points, which never change here, and where they went, count again.

    Figures and text stay as the coordinator left them until the department saves; the reason for returning
    speaks for losses that the department had no reason to explain. What is not applicable is worth what the
    framework's policy says, so where the coordinator marked as not applicable what the department gave other
    points, the item applies again. That is a save, with its revision; the event then says so.
    """
    content = content_of(response)
    own = replace(
        content,
        score=response.department_score,
        reason=sentence(response.department_reason) or reason,
        losses=_departments_losses(response, content),
    )
    fields = {
        "state": State.RETURNED,
        "return_reason": reason,
        "district_score": None,
        "district_reason": "",
    }
    item = response.item
    if not own.applicable and worth_when_not_applicable(item) != own.score:
        own = replace(own, applicable=True)
        write(response, own, _settled_for_department(item, own), fields, by=by)
        return {"version": response.version + 1, "applicable": {"from": False, "to": True}}
    settled = _settled_for_department(item, own)
    write_deductions(response, settled.losses)
    write_credits(response, settled.gains)
    _write_state(response, computed_score=settled.computed, **fields)
    return {}


def _departments_losses(response: Response, content: Content) -> Sequence[Reckoned]:
    """Points by hand as the department last saved them, whatever the coordinator did since; ``content`` is
    what is stored."""
    own = response.revisions.filter(content__state=State.DRAFT).order_by("-version").first()
    if own is not None:
        kept = content_kept(response.item, own.content, Capacity.DEPARTMENT)
        if kept.score == response.department_score:
            return kept.losses
    return content.losses if response.score == response.department_score else ()


def _settled_for_department(item: Item, own: Content) -> Settled:
    """What follows from the department's points; where it gave none yet, none are lost.

    Never refused: where the rules, with the coordinator's figures, let no so many points be lost, the reason
    alone speaks for them.
    """
    by_the_rules = settle(item, replace(own, score=None))
    if own.score is None:
        return replace(by_the_rules, score=None, losses=(), gains=())
    try:
        return settle(item, own)
    except ValidationError:
        points, reason = due(item, own.score), sentence(own.reason)
        if item.bonus:
            return replace(by_the_rules, score=own.score, gains=(Gain(points, reason),))
        return replace(by_the_rules, score=own.score, losses=(Loss(points, reason),))


def _write_state(response: Response, **fields: Any) -> None:
    Response.objects.filter(pk=response.pk).update(**fields)


def carry_over_corrected(
    response: Response,
    *,
    item: Item,
    figures: Collection[str],
    changes: Sequence[Change],
    version: str,
    by: User,
) -> None:
    """Make a response the answer to a corrected item: text and ``figures`` stay, its points are gone.

    What had left the department goes back to it, and ``return_reason`` says what ``changes`` the framework's
    ``version`` brought. To be called in the transaction that moves the cycle; its event names the item. Needs
    the response read ``for_saving``, and ``section__framework`` of ``item``; raises :class:`StaleSave` when
    it has moved on since.
    """
    content = content_of(response)
    applicable = content.applicable or not item.na_allowed
    wanted = {material.name for material in item.materials.all()}
    kept = replace(
        content,
        applicable=applicable,
        narrative=content.narrative or (content.na_reason if applicable else ""),
        measures={code: value for code, value in content.measures.items() if code in figures},
        materials={name: where for name, where in content.materials.items() if name in wanted},
    )
    # What does not apply is worth what the policy says, whoever hands it in.
    settled = Settled(None, None, (), ()) if applicable else settle(item, kept)
    handed_in = response.state in (State.SUBMITTED, State.ACCEPTED)
    fields = {
        "item": item,
        "state": State.RETURNED if handed_in else response.state,
        "return_reason": _reason_for_correction(response, changes, version),
        "department_score": settled.score,
        "district_score": None,
        "district_reason": "",
    }
    write(response, kept, settled, fields, by=by)


def _reason_for_correction(response: Response, changes: Sequence[Change], version: str) -> str:
    """In the language of the report, as districts read it; what was asked before is not forgotten."""
    with translation.override(REPORT_LANGUAGE):
        words = _("; ").join(map(describe_change, changes))
        reason = _("The framework was corrected (version %(version)s): %(changes)s. Give the points anew.")
        reason %= {"version": version, "changes": words}
    asked = response.return_reason if response.state == State.RETURNED else ""
    return f"{reason}{asked}"[:REASON_LIMIT]
