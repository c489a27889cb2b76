"""An assessment and its prose → :class:`~reports.document.Report`. The only reader of the database here."""

from decimal import Decimal

from assessments.models import Assessment, Response
from assessments.results import Results, results_of
from assessments.text import sentence
from indicators.scoring.points import plain_or
from reports.document import Deduction, Item, Report, Section, chinese_ordinal
from reports.models import ReportProse
from reports.read.prose import read_chapter

TOTAL_PLACEHOLDER = "{总分}"
GRADE_PLACEHOLDER = "{等次}"
"""Stand in the preamble for the figures that follow the scores; replaced as plain text."""

UNKNOWN = "——"

DEFAULT_PREAMBLE = (
    "根据上级关于督导评价工作的有关文件精神，对照评价指标体系，我区组织相关部门，逐条逐项进行了自评，"
    f"自评总分{TOTAL_PLACEHOLDER}分，自评等次为“{GRADE_PLACEHOLDER}”。现将自评情况报告如下："
)


def compose(assessment: Assessment) -> Report:
    """The report of an assessment as it stands now. A constant number of queries."""
    results = results_of(assessment)
    prose = ReportProse.objects.filter(assessment=assessment).first() or default_prose(assessment)
    total = results.total.total if results.total else None
    grade = results.grade.name if results.grade else ""
    return Report(
        title=prose.title,
        addressee=prose.addressee,
        year=assessment.cycle.year,
        preamble=tuple(_fill_in(prose.preamble, total, grade).splitlines()),
        total_weight=results.total.weight if results.total else None,
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
    )


def default_prose(assessment: Assessment) -> ReportProse:
    """What a report starts from before anybody has written its prose; not stored."""
    cycle = assessment.cycle
    return ReportProse(
        assessment=assessment,
        title=f"关于{cycle.name}自评的报告",
        addressee=cycle.committee.name,
        preamble=DEFAULT_PREAMBLE,
    )


def default_issuer(assessment: Assessment) -> str:
    """Who signs the report where its prose names nobody: the district's government."""
    return f"{assessment.organisation.name}人民政府"


def _fill_in(preamble: str, total: Decimal | None, grade: str) -> str:
    return preamble.replace(TOTAL_PLACEHOLDER, plain_or(total, UNKNOWN)).replace(
        GRADE_PLACEHOLDER, grade or UNKNOWN
    )


def _sections(results: Results) -> tuple[Section, ...]:
    sections: list[Section] = []
    number = 0
    for order, result in enumerate(results.sections, start=1):
        items = []
        for response in result.responses:
            number += 1
            items.append(_item(number, response))
        sections.append(
            Section(
                ordinal=chinese_ordinal(order),
                title=result.section.title,
                weight=result.total.weight if result.total else None,
                self_score=result.total.score if result.total and result.total.complete else None,
                items=tuple(items),
            )
        )
    return tuple(sections)


def _item(number: int, response: Response) -> Item:
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
        title=response.item.title,
    )


def _paragraphs(response: Response) -> tuple[str, ...]:
    """What was done; where the item is not applicable first why, unless a paragraph begins with just that."""
    narrative = response.narrative.splitlines()
    reason = sentence(response.na_reason)
    if response.applicable or any(sentence(paragraph).startswith(reason) for paragraph in narrative):
        return tuple(narrative)
    return (response.na_reason, *narrative)
