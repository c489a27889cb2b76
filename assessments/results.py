"""The results of an assessment: items, sections, total and grade, from the scoring core.

A constant number of queries, whatever the size of the framework.
"""

from dataclasses import dataclass

from django.db.models import QuerySet

from assessments.models import Assessment, Deduction, Response
from assessments.states import State
from indicators.models import Framework, Section
from indicators.scoring.grading import Grade, grade
from indicators.scoring.rollup import (
    CountedItem,
    EmptyFramework,
    NaPolicy,
    NothingApplicable,
    SectionTotal,
    Total,
    roll_up,
)


@dataclass(frozen=True, slots=True)
class SectionResult:
    """A section with its totals and its responses in order."""

    section: Section
    total: SectionTotal | None
    responses: tuple[Response, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """What an assessment comes to.

    ``total`` and the totals of the sections are ``None`` where no points are to be had: nothing is 0 of 0.
    ``grade`` is ``None`` until every item is scored.
    """

    framework: Framework
    sections: tuple[SectionResult, ...]
    total: Total | None
    grade: Grade | None

    def responses(self) -> list[Response]:
        """All responses in the order of the framework."""
        return [response for section in self.sections for response in section.responses]

    def deductions(self) -> list[Deduction]:
        """All points lost, in the order of the framework."""
        return [loss for response in self.responses() for loss in response.deductions.all()]

    @property
    def filled(self) -> int:
        """How many items have been begun."""
        return sum(response.state != State.EMPTY for response in self.responses())

    def under(self, policy: NaPolicy) -> Total | None:
        """The total under another policy for what is not applicable; ``None`` where there is none."""
        try:
            return self.total.under(policy) if self.total else None
        except NothingApplicable:
            return None


def results_of(assessment: Assessment, *, visible: QuerySet[Response] | None = None) -> Results:
    """Read an assessment and add it up, counting the district's scores, before accepting the department's.

    With ``visible`` only those responses are read and added up; sections without any are left out.
    """
    chosen = Response.objects.all() if visible is None else visible
    framework = Framework.objects.prefetch_related("sections", "grade_bands").get(
        pk=assessment.cycle.framework_id
    )
    responses: dict[int, list[Response]] = {}
    for response in (
        chosen.filter(assessment=assessment)
        .select_related("item", "assignment__lead", "assessment")
        .prefetch_related("deductions")
        .order_by("item__section__order", "item__order")
    ):
        responses.setdefault(response.item.section_id, []).append(response)
    sections = [section for section in framework.sections.all() if section.pk in responses]
    total = _total([responses[section.pk] for section in sections], NaPolicy(framework.na_policy))
    section_totals = total.sections if total else (None,) * len(sections)
    return Results(
        framework=framework,
        sections=tuple(
            SectionResult(section, section_total, tuple(responses[section.pk]))
            for section, section_total in zip(sections, section_totals, strict=True)
        ),
        total=total,
        grade=grade(total.percent, framework.bands()) if total and total.percent is not None else None,
    )


def _total(sections: list[list[Response]], policy: NaPolicy) -> Total | None:
    try:
        return roll_up([[counted(response) for response in section] for section in sections], policy)
    except (EmptyFramework, NothingApplicable):
        return None


def counted(response: Response) -> CountedItem:
    """A response as the roll-up counts it."""
    return CountedItem(response.item.weight, response.score, response.applicable)
