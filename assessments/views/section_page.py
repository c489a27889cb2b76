"""What the page of a section shows, and to whom."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from accounts.requests import SignedInRequest
from accounts.roles import FILLS, READS_DISTRICT, Role
from accounts.standing import Standing
from assessments.access import (
    Capacity,
    assessments_visible_to,
    capacity_to_edit,
    lead_of,
    responses_visible_to,
)
from assessments.figures import figure_in_words
from assessments.filling_sections import Fate, RowResult
from assessments.forms.rows import RowForm, seen_of, written_seen
from assessments.last_year import last_years_of
from assessments.models import Assessment, Response
from assessments.responses import for_saving
from indicators.models import Section
from indicators.scoring.points import ZERO


@dataclass(frozen=True, slots=True)
class SectionPage:
    """A section as a person sees it, with the responses that it lists for them."""

    standing: Standing
    assessment: Assessment
    section: Section
    responses: Sequence[Response]

    @property
    def may_save(self) -> bool:
        """Whether the person fills in any of this, be it locked at the moment."""
        return self.standing.holds(self.assessment.organisation_id, Role.COORDINATOR) or any(
            self.standing.holds(lead_of(response), *FILLS) for response in self.responses
        )

    def capacity(self, response: Response) -> Capacity | None:
        """In which capacity the person edits a row."""
        return capacity_to_edit(self.standing, response)


def fetch_section(request: SignedInRequest, pk: int, key: UUID) -> SectionPage:
    standing = request.standing
    assessment = get_object_or_404(
        assessments_visible_to(standing).select_related("cycle", "organisation"), pk=pk
    )
    found = get_object_or_404(Section, framework=assessment.cycle.framework_id, key=key)
    listed = for_saving().filter(pk__in=_listed(standing, assessment), item__section=found)
    page = SectionPage(standing, assessment, found, list(listed.order_by("item__order")))
    if request.method == "POST" and not page.may_save:
        raise PermissionDenied
    return page


def _listed(standing: Standing, assessment: Assessment) -> list[int]:
    """Who reads the district sees all items, a department those that it leads."""
    visible = responses_visible_to(standing).filter(assessment=assessment)
    if not standing.holds(assessment.organisation_id, *READS_DISTRICT):
        visible = visible.filter(assignment__lead__in=standing.organisations(*FILLS))
    return list(visible.values_list("pk", flat=True))


class Counts:
    """How many rows were saved, and how many were not."""

    def __init__(self, results: Sequence[RowResult]) -> None:
        fates = Counter(result.fate for result in results)
        self.saved, self.stale = fates[Fate.SAVED], fates[Fate.STALE]
        self.refused, self.locked = fates[Fate.REFUSED], fates[Fate.LOCKED]

    @property
    def failed(self) -> int:
        """Rows that were touched and are not stored."""
        return self.refused + self.stale + self.locked


@dataclass(frozen=True, slots=True)
class Row:
    """One item of the page. ``form`` is ``None`` where nothing can be filled in here; ``stored`` says what
    somebody else saved meanwhile, ``faults`` what is not one field's."""

    response: Response
    form: RowForm | None
    figures: list[tuple[str, str]]
    last_year: Decimal | None
    result: RowResult | None = None
    faults: tuple[str, ...] = ()

    @property
    def is_stale(self) -> bool:
        return self.result is not None and self.result.fate is Fate.STALE


def show_section(
    request: SignedInRequest,
    page: SectionPage,
    results: Mapping[int, RowResult] | None = None,
    counts: Counts | None = None,
) -> HttpResponse:
    results = results or {}
    last_years = last_years_of(page.responses)
    rows = []
    for response in page.responses:
        past = last_years.get(response.pk)
        rows.append(_row(request, page, response, results.get(response.pk), past.score if past else None))
    seen = {
        row.response.pk: seen_of(RowForm(response=row.response), row.response.version)
        for row in rows
        if row.form is not None
    }
    counted = [
        response
        for response in page.responses
        if not response.item.bonus and not response.item.committee_only
    ]
    context = {
        "assessment": page.assessment,
        "section": page.section,
        "sections": _sections(page),
        "rows": rows,
        "seen": written_seen(seen),
        "editable": len(seen),
        "counts": counts,
        "earned": sum((response.score or ZERO for response in counted), ZERO),
        "weight": sum((response.item.weight for response in counted), ZERO),
        "coordinates": page.standing.holds(page.assessment.organisation_id, Role.COORDINATOR),
        "has_last_year": bool(last_years),
    }
    status = 200
    if counts is not None:
        status = 409 if counts.stale and counts.failed == counts.stale else 422
    return render(request, "assessments/section.html", context, status=status)


def _row(
    request: SignedInRequest,
    page: SectionPage,
    response: Response,
    result: RowResult | None,
    last_year: Decimal | None,
) -> Row:
    faults: tuple[str, ...] = ()
    stored = {value.code: value.value for value in response.measure_values.all()}
    figures = [
        (measure.name, figure_in_words(measure, stored.get(measure.code)))
        for measure in response.item.measures.all()
    ]
    if page.capacity(response) is None:
        faults = (_("The item is no longer open to you; this was not stored."),) if result else ()
        return Row(response, None, figures, last_year, result, faults)
    form = RowForm(response=response)
    if result is not None and result.fate not in (Fate.SAVED, Fate.UNCHANGED):
        # What was typed stands in the row; it is saved on top of what is stored now.
        form = RowForm(request.POST, response=response)
        form.is_valid()
        placed = {name: messages for name, messages in result.problems.items() if name in form.fields}
        for name, messages in placed.items():
            form.add_error(name, messages)
        form.mark_faults()
        faults = tuple(
            message
            for name, messages in result.problems.items()
            if name not in placed
            for message in messages
        )
    return Row(response, form if form.fields else None, figures, last_year, result, faults)


def _sections(page: SectionPage) -> list[Section]:
    """The sections in which the person has items, to go from one to the next."""
    listed = _listed(page.standing, page.assessment)
    return list(Section.objects.filter(items__responses__in=listed).distinct().order_by("order"))
