"""An assessment and its prose → :class:`~reports.document.Report`. The only reader of the database here."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import count

from django.utils import translation

from assessments.models import Assessment, Response
from assessments.results import Part, Results, SectionResult, results_of
from assessments.settling import REPORT_LANGUAGE
from assessments.text import sentence
from indicators.scoring.points import plain_or
from reports.document import Credit, Deduction, Item, Report, Section, chinese_ordinal
from reports.models import ReportProse
from reports.read.prose import read_chapter

TOTAL_PLACEHOLDER = "{总分}"
GRADE_PLACEHOLDER = "{等次}"
WEIGHT_PLACEHOLDER = "{满分}"
"""Stand in the preamble for the figures that follow the scores; replaced as plain text."""

UNKNOWN = "——"

DEFAULT_PREAMBLE = (
    "根据上级关于督导评价工作的有关文件精神，对照评价指标体系，我区组织相关部门，逐条逐项进行了自评，"
    f"自评总分{TOTAL_PLACEHOLDER}分，自评等次为“{GRADE_PLACEHOLDER}”。现将自评情况报告如下："
)

PARTIAL_PREAMBLE = (
    "根据上级关于督导评价工作的有关文件精神，对照评价指标体系，我区组织相关部门，逐条逐项进行了自评。"
    f"自评部分满分{WEIGHT_PLACEHOLDER}分，自评总分{TOTAL_PLACEHOLDER}分，其余分值由督导委员会评定。"
    "现将自评情况报告如下："
)
"""Where the committee alone scores some items: the district's points are a part of all, without a grade."""


def compose(assessment: Assessment) -> Report:
    """The report of an assessment as it stands now. A constant number of queries."""
    results = results_of(assessment)
    partial = bool(results.total and results.total.reserved)
    stored = ReportProse.objects.filter(assessment=assessment).first()
    prose = stored or default_prose(assessment, partial=partial)
    total = results.total.total if results.total else None
    weight = results.total.weight if results.total else None
    grade = results.grade.name if results.grade else ""
    return Report(
        title=prose.title,
        addressee=prose.addressee,
        year=assessment.cycle.year,
        preamble=tuple(_fill_in(prose.preamble, weight, total, grade).splitlines()),
        total_weight=weight,
        total_self_score=total,
        grade=grade,
        sections=_sections(results),
        experience=read_chapter(prose.experience),
        problems=read_chapter(prose.problems),
        improvements=read_chapter(prose.improvements),
        organisation=prose.issuer or default_issuer(assessment),
        document_number=prose.document_number,
        signatory=prose.signatory,
        issued_on=prose.issued_on,
        bonus_counted=results.total.bonus_counted if results.total else None,
    )


def default_prose(assessment: Assessment, *, partial: bool | None = None) -> ReportProse:
    """What a report starts from before anybody has written its prose; not stored.

    ``partial`` says whether the committee alone scores some items; it is looked up where it is not given.
    """
    cycle = assessment.cycle
    if partial is None:
        partial = assessment.responses.filter(item__committee_only=True).exists()
    return ReportProse(
        assessment=assessment,
        title=f"关于{cycle.name}自评的报告",
        addressee=cycle.committee.name,
        preamble=PARTIAL_PREAMBLE if partial else DEFAULT_PREAMBLE,
    )


def default_issuer(assessment: Assessment) -> str:
    """Who signs the report where its prose names nobody: the district's government."""
    return f"{assessment.organisation.name}人民政府"


def _fill_in(preamble: str, weight: Decimal | None, total: Decimal | None, grade: str) -> str:
    figures = {
        WEIGHT_PLACEHOLDER: plain_or(weight, UNKNOWN),
        TOTAL_PLACEHOLDER: plain_or(total, UNKNOWN),
        GRADE_PLACEHOLDER: grade or UNKNOWN,
    }
    for placeholder, figure in figures.items():
        preamble = preamble.replace(placeholder, figure)
    return preamble


MOST_ORDINALS = 99


def _sections(results: Results) -> tuple[Section, ...]:
    """The nodes that directly hold items: sections, or groups with their section as the part above.

    What the committee alone scores is no part of the self-assessment. Where all have a part above them they
    are numbered in each from 一; else, so that nothing stands out of order, through.
    """
    vetoes = _vetoes(results)
    nodes = [node for result in results.sections for node in _nodes(result)]
    in_each = all(above is not None for above, _title, _part in nodes) or len(nodes) > MOST_ORDINALS
    numbers, sections, order, last = count(1), list[Section](), 0, None
    for above, title, part in nodes:
        order = 1 if in_each and above != last else order + 1
        last = above
        items = tuple(_item(next(numbers), response, vetoes) for response in _printed(part))
        sections.append(_section(part, items, order, title, above))
    return tuple(sections)


Vetoes = Mapping[int, Sequence[str]]
"""Sentences by the number of the response."""


def _vetoes(results: Results) -> Vetoes:
    """The vetoes that take effect beyond their item; one that takes the item's own points is a deduction."""
    vetoes: dict[int, list[str]] = {}
    with translation.override(REPORT_LANGUAGE):
        for tripped in results.vetoes:
            if tripped.veto.effect != "zero_item":
                vetoes.setdefault(tripped.response.pk, []).append(str(tripped))
    return vetoes


def _nodes(result: SectionResult) -> Iterator[tuple[str | None, str, Part]]:
    """The parts of a section that are printed: the title above each, its own, and itself."""
    below = [part for part in result.parts() if _printed(part)]
    above = result.section.title if any(part.group for part in below) else None
    for part in below:
        yield above, part.group.title if part.group else result.section.title, part


def _printed(part: Part) -> list[Response]:
    return [response for response in part.responses if not response.item.committee_only]


def _section(part: Part, items: tuple[Item, ...], order: int, title: str, above: str | None) -> Section:
    total = part.total
    complete = total is not None and total.complete
    return Section(
        ordinal=chinese_ordinal(order),
        title=title,
        weight=total.weight if total else None,
        self_score=total.score if total and complete else None,
        items=items,
        part=above,
        bonus=total.bonus if total and complete and total.bonus_weight else None,
    )


def _item(number: int, response: Response, vetoes: Vetoes) -> Item:
    return Item(
        number=number,
        label=response.item.label,
        weight=response.item.weight,
        self_score=response.score,
        paragraphs=_paragraphs(response),
        applicable=response.applicable,
        deductions=tuple(
            Deduction(loss.points, loss.reason, loss.measured, loss.standard, loss.unit)
            for loss in response.deductions.all()
        ),
        bonus=response.item.bonus,
        credits=tuple(Credit(gain.points, gain.reason) for gain in response.credits.all()),
        vetoes=tuple(vetoes.get(response.pk, ())),
        title=response.item.title,
    )


def _paragraphs(response: Response) -> tuple[str, ...]:
    """What was done; where the item is not applicable first why, unless a paragraph begins with just that."""
    narrative = response.narrative.splitlines()
    reason = sentence(response.na_reason)
    if response.applicable or any(sentence(paragraph).startswith(reason) for paragraph in narrative):
        return tuple(narrative)
    return (response.na_reason, *narrative)
