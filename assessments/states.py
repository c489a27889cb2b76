"""The state machine of a response, as a table. Pure: no Django.

Which roles may do what is part of the table, by the names of :mod:`accounts.roles`. The first save, which
turns an empty or returned response into a draft, is :func:`assessments.responses.save_response`'s own.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Of a response (填报)."""

    EMPTY = "empty"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class Action(StrEnum):
    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    ACCEPT = "accept"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Transition:
    """From which states an action leads to which, by whom; and whether it needs a reason.

    ``event`` is its name in the trail.
    """

    sources: frozenset[State]
    target: State
    event: str
    by_department: frozenset[str] = frozenset()
    by_district: frozenset[str] = frozenset()
    needs_reason: bool = False


TRANSITIONS: dict[Action, Transition] = {
    Action.SUBMIT: Transition(
        frozenset({State.DRAFT}),
        State.SUBMITTED,
        "response.submitted",
        by_department=frozenset({"department_head"}),
    ),
    Action.TAKE_BACK: Transition(
        frozenset({State.SUBMITTED}),
        State.DRAFT,
        "response.taken_back",
        by_department=frozenset({"filler", "department_head"}),
    ),
    Action.ACCEPT: Transition(
        frozenset({State.SUBMITTED}),
        State.ACCEPTED,
        "response.accepted",
        by_district=frozenset({"coordinator"}),
    ),
    Action.RETURN: Transition(
        frozenset({State.SUBMITTED, State.ACCEPTED}),
        State.RETURNED,
        "response.returned",
        by_district=frozenset({"coordinator"}),
        needs_reason=True,
    ),
}

OPEN_TO_DEPARTMENT = frozenset({State.EMPTY, State.DRAFT, State.RETURNED})
"""States in which the lead department edits; a coordinator edits what is accepted."""
