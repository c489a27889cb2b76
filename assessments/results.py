"""The results of an assessment: items, sections, total and grade, from the scoring core.

A constant number of queries, whatever the size of the framework.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import QuerySet, prefetch_related_objects

from assessments.models import Assessment, Credit, Deduction, Response
from assessments.settling import vetoes_of
from assessments.states import State
from indicators.models import Framework, Group, Section
from indicators.scoring.grading import Grade, grade
from indicators.scoring.outcome import Veto
from indicators.scoring.rollup import (
    CountedItem,
    EmptyFramework,
    NaPolicy,
    NothingApplicable,
    SectionTotal,
    Total,
    roll_up,
    section_total,
)
from indicators.wording import explain_grade_cause, explain_veto


@dataclass(frozen=True, slots=True)
class Tripped:
    """A veto (一票否决) that the figures of a response tripped."""

    response: Response
    veto: Veto

    def __str__(self) -> str:
        """In words, in the reader's language."""
        return explain_veto(self.veto, self.response.item.measure_names())


@dataclass(frozen=True, slots=True)
class Part:
    """The items of a section that stand together: below one group (二级指标), or below none.

    ``total`` is theirs, as :class:`SectionResult` has it.
    """

    group: Group | None
    responses: tuple[Response, ...]
    total: SectionTotal | None


@dataclass(frozen=True, slots=True)
class SectionResult:
    """A section with its totals and its responses in order."""

    section: Section
    total: SectionTotal | None
    responses: tuple[Response, ...]
    policy: NaPolicy

    def parts(self) -> list[Part]:
        """The responses by group, in order; one part where the section has no groups."""
        grouped = groupby(self.responses, key=lambda response: response.item.group_id)
        members = [tuple(found) for _group, found in grouped]
        if len(members) == 1:
            return [Part(self.responses[0].item.group, self.responses, self.total)]
        return [Part(part[0].item.group, part, self._total_of(part)) for part in members]

    def _total_of(self, responses: Sequence[Response]) -> SectionTotal | None:
        """Of a part; where a veto leaves the section nothing, its parts have nothing either."""
        if self.total is None:
            return None
        rows = tuple(counted(response, zeroing=self.total.zeroed) for response in responses)
        return section_total(rows, self.policy)


@dataclass(frozen=True, slots=True)
class Results:
    """What an assessment comes to.

    ``total`` and the totals of the sections are ``None`` where no points are to be had: nothing is 0 of 0.
    ``grade`` is ``None`` until every item is scored, and where the committee has points still to give.
    ``vetoes`` are all that were tripped so far.
    """

    framework: Framework
    sections: tuple[SectionResult, ...]
    total: Total | None
    grade: Grade | None
    vetoes: tuple[Tripped, ...] = ()

    def responses(self) -> list[Response]:
        """All responses in the order of the framework."""
        return [response for section in self.sections for response in section.responses]

    def deductions(self) -> list[Deduction]:
        """All points lost, in the order of the framework."""
        return [loss for response in self.responses() for loss in response.deductions.all()]

    def credits(self) -> list[Credit]:
        """All bonus points, in the order of the framework."""
        return [gain for response in self.responses() for gain in response.credits.all()]

    def grade_causes(self) -> list[str]:
        """Why the grade is lower than by percent alone, a sentence a cause, in the reader's language."""
        return list(self._causes()) if self.grade else []

    def _causes(self) -> Iterator[str]:
        for cause in self.grade.causes if self.grade else ():
            if cause.kind == "section_floor":
                place = self.sections[cause.place].section.title
            else:
                place = str(self.vetoes[cause.place])
            yield explain_grade_cause(cause, place)

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
    read = list(
        chosen.filter(assessment=assessment)
        .select_related("item__section", "item__group", "assignment__lead", "assessment")
        .prefetch_related("deductions", "credits")
        .order_by("item__section__order", "item__order")
    )
    # By the responses themselves: the cycle may have been moved since the assessment was read.
    framework_id = read[0].item.section.framework_id if read else assessment.cycle.framework_id
    framework = Framework.objects.prefetch_related("sections", "grade_bands").get(pk=framework_id)
    of_framework = {section.pk: section for section in framework.sections.all()}
    responses: dict[int, list[Response]] = {}
    for response in read:
        response.item.section = of_framework[response.item.section_id]
        responses.setdefault(response.item.section_id, []).append(response)
    sections = [section for section in of_framework.values() if section.pk in responses]
    vetoes = _tripped([response for section in sections for response in responses[section.pk]])
    policy = NaPolicy(framework.na_policy)
    total = _total([responses[section.pk] for section in sections], vetoes, framework)
    totals = total.sections if total else (None,) * len(sections)
    return Results(
        framework=framework,
        sections=tuple(
            SectionResult(section, own_total, tuple(responses[section.pk]), policy)
            for section, own_total in zip(sections, totals, strict=True)
        ),
        total=total,
        grade=_grade(total, vetoes, framework) if total else None,
        vetoes=vetoes,
    )


def _tripped(responses: Sequence[Response]) -> tuple[Tripped, ...]:
    """The vetoes of items that have such a rule: two queries where any has."""
    with_vetoes = [
        response
        for response in responses
        if response.applicable and any(rule["kind"] == "veto" for rule in response.item.rules)
    ]
    prefetch_related_objects(with_vetoes, "measure_values", "item__measures")
    return tuple(
        Tripped(response, veto)
        for response in with_vetoes
        for veto in vetoes_of(
            response.item, {value.code: value.value for value in response.measure_values.all()}
        )
    )


def _total(
    sections: Sequence[Sequence[Response]], vetoes: Sequence[Tripped], framework: Framework
) -> Total | None:
    zeroing = {tripped.response.pk for tripped in vetoes if tripped.veto.effect == "zero_section"}
    rows = [[counted(response, zeroing=response.pk in zeroing) for response in rows] for rows in sections]
    try:
        return roll_up(rows, NaPolicy(framework.na_policy), bonus_may_exceed=framework.bonus_may_exceed)
    except (EmptyFramework, NothingApplicable):
        return None


def _grade(total: Total, vetoes: Sequence[Tripped], framework: Framework) -> Grade | None:
    if total.percent is None:
        return None
    return grade(
        total.percent,
        framework.bands(),
        section_percents=[section.percent for section in total.sections],
        vetoes=[tripped.veto for tripped in vetoes],
    )


def counted(response: Response, *, zeroing: bool = False) -> CountedItem:
    """A response as the roll-up counts it; ``zeroing`` where its veto leaves the section nothing."""
    item = response.item
    return CountedItem(
        item.weight, response.score, response.applicable, item.bonus, item.committee_only, zeroing
    )
