"""What a district said on the same item last year: the accepted answer of its previous assessment, else what
a report says that its coordinator had read.

Items are the same by their key, else by a title that is nobody else's in either framework. What was never
accepted is not shown: it may be another department's draft.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, prefetch_related_objects
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.standing import standing_of
from assessments.access import capacity_to_edit
from assessments.figures import figure_in_words
from assessments.matching import Names, matches
from assessments.models import Assessment, PastAnswer, Response
from assessments.responses import content_of, save_response
from assessments.settling import as_typed
from assessments.states import State
from indicators.scoring.measures import MeasureKind
from indicators.scoring.points import plain

NUMBERS = (MeasureKind.NUMBER, MeasureKind.COUNT)


@dataclass(frozen=True, slots=True)
class PastFigure:
    """A figure of last year in words, and what this year's is more by, where both are numbers of one unit."""

    name: str
    words: str
    unit: str
    value: Decimal
    more: Decimal | None = None

    @property
    def difference(self) -> str:
        """How much more or less it is this year: +3.2, −3.2, ±0; "" where that cannot be said."""
        if self.more is None:
            return ""
        sign = "+" if self.more > 0 else "−" if self.more < 0 else "±"
        return f"{sign}{plain(abs(self.more))}"


@dataclass(frozen=True, slots=True)
class PastLoss:
    """Points lost (on a bonus item earned) last year, and why."""

    points: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class LastYear:
    """Last year's answer. ``source`` is the cycle's name or the report's title; ``response`` the number of
    the answer where it is in the product. ``figures`` are by code. Unscored is ``None``."""

    source: str
    year: int | None
    narrative: str
    score: Decimal | None
    weight: Decimal | None
    applicable: bool = True
    na_reason: str = ""
    figures: Mapping[str, PastFigure] = field(default_factory=dict)
    losses: tuple[PastLoss, ...] = ()
    response: int | None = None


def last_year_of(response: Response) -> LastYear | None:
    """For one item, as :func:`last_years_of`."""
    return last_years_of([response]).get(response.pk)


def last_years_of(responses: Sequence[Response]) -> dict[int, LastYear]:
    """By the number of the response; what has no last year is left out.

    Constant queries, however many responses of however many assessments. Needs ``item__section``,
    ``assessment__cycle`` and ``measure_values`` of the responses read along.
    """
    pairs = _previous_answers(responses)
    answers = _answers(pairs.values())
    reports = _past_answers(response for response in responses if response.pk not in pairs)
    found = {
        response.pk: _from_answer(answers[pairs[response.pk]], response)
        for response in responses
        if response.pk in pairs
    }
    return found | {pk: _from_report(answer) for pk, answer in reports.items()}


def _answers(numbers: Collection[int]) -> dict[int, Response]:
    """By number, with what is told of them."""
    if not numbers:
        return {}
    answers = list(
        Response.objects.filter(pk__in=numbers)
        .select_related("assessment__cycle", "item")
        .prefetch_related("item__measures", "measure_values")
    )
    prefetch_related_objects([answer for answer in answers if not answer.item.bonus], "deductions")
    prefetch_related_objects([answer for answer in answers if answer.item.bonus], "credits")
    return {answer.pk: answer for answer in answers}


def same_as_last_year(responses: Sequence[Response]) -> set[int]:
    """Numbers of those whose text is last year's, unchanged. Constant queries; needs ``item__section`` and
    ``assessment__cycle`` read along."""
    pairs = _previous_answers(responses)
    texts = dict(Response.objects.filter(pk__in=pairs.values()).values_list("pk", "narrative"))
    reports = _past_answers(response for response in responses if response.pk not in pairs)
    last = {pk: texts[answer] for pk, answer in pairs.items()}
    last |= {pk: answer.narrative for pk, answer in reports.items()}
    return {
        response.pk
        for response in responses
        if response.narrative and last.get(response.pk) == response.narrative
    }


def copy_last_year(
    *, response: Response, version: int, by: User, append: bool = False, replace_text: bool = False
) -> Response:
    """Save last year's text as this year's, alone, or where there is text already after it or in its place.

    All else stays. Raises ``ValidationError`` where there is no text to copy or, with neither ``append`` nor
    ``replace_text``, text is there already, and what :func:`assessments.responses.save_response` raises.
    ``response`` is to be read ``for_saving`` just now.
    """
    if capacity_to_edit(standing_of(by), response) is None:
        raise PermissionDenied
    last = last_year_of(response)
    if last is None or not last.narrative:
        raise ValidationError(_("There is no text of last year for this item."))
    narrative = last.narrative
    if response.narrative and append:
        narrative = f"{response.narrative}\n{narrative}"
    elif response.narrative and not replace_text and response.version == version:
        raise ValidationError(_("There is text already: append to it, or replace it."))
    content = as_typed(response.item, content_of(response), response.computed_score)
    content = replace(content, narrative=narrative)
    return save_response(response=response, content=content, version=version, by=by)


def _from_answer(answer: Response, mine: Response) -> LastYear:
    entries = answer.credits.all() if answer.item.bonus else answer.deductions.all()
    return LastYear(
        source=answer.assessment.cycle.name,
        year=answer.assessment.cycle.year,
        narrative=answer.narrative,
        score=answer.score,
        weight=answer.item.weight,
        applicable=answer.applicable,
        na_reason=answer.na_reason,
        figures=_figures(answer, mine),
        losses=tuple(PastLoss(entry.points, entry.reason) for entry in entries),
        response=answer.pk,
    )


def _from_report(answer: PastAnswer) -> LastYear:
    return LastYear(answer.source, answer.year, answer.narrative, answer.score, None)


def _figures(answer: Response, mine: Response) -> dict[str, PastFigure]:
    values = {value.code: value.value for value in answer.measure_values.all()}
    now = {value.code: value.value for value in mine.measure_values.all()}
    units = {measure.code: (measure.unit, measure.kind) for measure in mine.item.measures.all()}
    figures = {}
    for measure in answer.item.measures.all():
        if (value := values.get(measure.code)) is None:
            continue
        same = units.get(measure.code) == (measure.unit, measure.kind) and measure.kind in NUMBERS
        more = now[measure.code] - value if same and measure.code in now else None
        words = figure_in_words(measure, value)
        figures[measure.code] = PastFigure(measure.name, words, measure.unit, value, more)
    return figures


# Which answer is last year's.


def _previous_answers(responses: Sequence[Response]) -> dict[int, int]:
    """Numbers of last year's accepted answers by the numbers of this year's: by key in one query, by title in
    two more where the key finds none."""
    previous = _previous_assessments(response.assessment for response in responses)
    keys = {response.item.key for response in responses}
    by_key: dict[tuple[int, UUID], tuple[int, str]] = {}
    if previous:
        known = Response.objects.filter(assessment__in=set(previous.values()), item__key__in=keys)
        for assessment, key, pk, state in known.values_list("assessment", "item__key", "pk", "state"):
            by_key[assessment, key] = (pk, state)
    found = {
        response.pk: by_key[place]
        for response in responses
        if (place := (previous.get(response.assessment_id, 0), response.item.key)) in by_key
    }
    left = [response for response in responses if response.pk not in found]
    found |= _by_title([each for each in left if each.assessment_id in previous], previous)
    return {pk: answer for pk, (answer, state) in found.items() if state == State.ACCEPTED}


def _previous_assessments(assessments: Iterable[Assessment]) -> dict[int, int]:
    """By the assessment: the same district's in the latest cycle of an earlier year. One query."""
    wanted = {assessment.pk: assessment for assessment in assessments}
    districts = {assessment.organisation_id for assessment in wanted.values()}
    rows = Assessment.objects.filter(organisation__in=districts).order_by(
        "cycle__year", "cycle__opens_on", "pk"
    )
    found: dict[int, int] = {}
    for pk, district, year in rows.values_list("pk", "organisation", "cycle__year"):
        for assessment in wanted.values():
            if assessment.organisation_id == district and year < assessment.cycle.year:
                found[assessment.pk] = pk
    return found


def _by_title(responses: Sequence[Response], previous: Mapping[int, int]) -> dict[int, tuple[int, str]]:
    """By titles that are unambiguous in both frameworks."""
    if not responses:
        return {}
    found: dict[int, tuple[int, str]] = {}
    numbers = {response.assessment_id for response in responses}
    rows = Response.objects.filter(assessment__in=numbers | {previous[number] for number in numbers})
    names: dict[int, dict[int, Names]] = defaultdict(dict)
    states: dict[int, str] = {}
    for assessment, pk, state, key, title, section in rows.values_list(
        "assessment", "pk", "state", "item__key", "item__title", "item__section__title"
    ):
        names[assessment][pk] = ((str(key),), (title,), (section, title))
        states[pk] = state
    for number in numbers:
        for pk, answer in matches(names[number], names[previous[number]]).items():
            found[pk] = (answer, states[answer])
    return {response.pk: found[response.pk] for response in responses if response.pk in found}


def _past_answers(responses: Iterable[Response]) -> dict[int, PastAnswer]:
    """What a read report says, by the response; by the item's key, so that it outlives a correction."""
    places = {(response.assessment_id, response.item.key): response.pk for response in responses}
    if not places:
        return {}
    answers = PastAnswer.objects.filter(
        assessment__in={assessment for assessment, _key in places},
        item__key__in={key for _assessment, key in places},
    ).annotate(key=F("item__key"))
    return {
        places[place]: answer for answer in answers if (place := (answer.assessment_id, answer.key)) in places
    }
