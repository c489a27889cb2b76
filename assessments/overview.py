"""What the page of an assessment says on top: whose items, how far they are, and which one is next."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from accounts.roles import FILLS
from accounts.standing import Standing
from assessments.access import actions_open_to, lead_of
from assessments.models import Assessment, Response
from assessments.models.response import ResponseState
from assessments.results import Results
from assessments.states import OPEN_TO_DEPARTMENT, Action, State
from indicators.scoring.points import ZERO


@dataclass(frozen=True, slots=True)
class Overview:
    """The items that a person answers for: their department's, or with ``whole`` the district's; what the
    committee alone scores is nobody's. ``earned`` of ``weight`` is without the ``bonus`` earned beside.

    ``own`` are the numbers of the responses that the person's departments lead. ``states`` counts the items
    by state, as (value, label, count), in the order of the work. ``to_fill``, ``to_submit`` and ``to_review``
    are the first response that waits for the person in that way; what was returned comes before the rest.
    ``unassigned`` counts the items that nobody leads.
    """

    whole: bool
    own: frozenset[int]
    states: tuple[tuple[str, str, int], ...]
    items: int
    unassigned: int
    done: int
    earned: Decimal
    weight: Decimal
    bonus: Decimal
    to_fill: Response | None
    to_submit: Response | None
    to_review: Response | None

    @property
    def settled(self) -> bool:
        """Whether all that the person sees is accepted, so that no deadline presses."""
        return all(state == State.ACCEPTED for state, _label, _count in self.states)


def overview_of(results: Results, assessment: Assessment, standing: Standing, *, whole: bool) -> Overview:
    """Look over results that were read for this person. Asks the database nothing.

    Needs ``cycle`` of the assessment read along.
    """
    responses = results.responses()
    for response in responses:
        response.assessment = assessment  # the one whose cycle has been read
    awaited = [response for response in responses if not response.item.committee_only]
    led = [response for response in awaited if standing.holds(lead_of(response), *FILLS)]
    answered_for = awaited if whole else led
    regular = [response for response in answered_for if not response.item.bonus]
    bonus = [response for response in answered_for if response.item.bonus]
    counts = Counter(response.state for response in answered_for)
    open_ones = [response for response in led if State(response.state) in OPEN_TO_DEPARTMENT]
    return Overview(
        whole=whole,
        own=frozenset(response.pk for response in led),
        states=tuple(
            (state.value, str(state.label), counts[state]) for state in ResponseState if counts[state]
        ),
        items=len(answered_for),
        unassigned=sum(lead_of(response) is None for response in awaited),
        done=counts[State.ACCEPTED] if whole else counts[State.SUBMITTED] + counts[State.ACCEPTED],
        earned=sum((response.score or ZERO for response in regular), ZERO),
        weight=sum((response.item.weight for response in regular), ZERO),
        bonus=sum((response.score or ZERO for response in bonus), ZERO),
        to_fill=_first_in(open_ones, State.RETURNED) or _first_in(open_ones, State.EMPTY),
        to_submit=_first_open_to(standing, led, Action.SUBMIT),
        to_review=_first_open_to(standing, responses, Action.ACCEPT),
    )


def _first_in(responses: list[Response], state: State) -> Response | None:
    return next((response for response in responses if response.state == state), None)


def _first_open_to(standing: Standing, responses: list[Response], action: Action) -> Response | None:
    return next((entry for entry in responses if action in actions_open_to(standing, entry)), None)
