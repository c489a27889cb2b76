"""A report that was read → an assessment. First a plan, which stores nothing; then, if it is sound, the rows.

The points of the report become both the department's and the district's score: it has been signed and
published, so its items come in as accepted.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.checking import REASON_LIMIT, checked
from assessments.models import Assessment, Response
from assessments.responses import load_all_for_saving, write
from assessments.settling import Content, Loss, Settled, propose, settle
from assessments.states import State
from audit.trail import record
from indicators.models import Item as FrameworkItem
from indicators.scoring.points import plain, plain_or
from reports.compose import GRADE_PLACEHOLDER, TOTAL_PLACEHOLDER, default_prose
from reports.document import Item, Passage, Report
from reports.models import ReportProse
from reports.prose import UNPRINTABLE_CHAPTER, ProseContent, fill_prose, store_prose
from reports.render.text import chapter_text
from reports.render.writable import UnwritableReport


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an item cannot be loaded: its line in the file (0 for the whole) and a sentence."""

    line: int
    message: str

    def __str__(self) -> str:
        if not self.line:
            return self.message
        return _("Line %(line)s: %(message)s") % {"line": self.line, "message": self.message}


@dataclass(frozen=True, slots=True)
class PlannedResponse:
    """One item's response as it will be stored."""

    response: Response
    content: Content
    settled: Settled


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """What loading would store, and what stands in its way; it can be carried out without ``faults``."""

    assessment: Assessment
    report: Report
    planned: tuple[PlannedResponse, ...]
    prose: ProseContent
    faults: tuple[Fault, ...]


def plan_load(*, report: Report, assessment: Assessment) -> LoadPlan:
    """Match the report's items to the framework's, by label and weight, and work out every response.

    Stores nothing. A constant number of queries.
    """
    responses = load_all_for_saving(assessment)
    faults: list[Fault] = []
    if any(response.state != State.EMPTY for response in responses):
        message = _("The assessment has been begun; a report is loaded only into an empty one.")
        faults.append(Fault(0, message))
    planned = []
    for response, item in _matched(responses, list(report.items()), faults):
        try:
            planned.append(_plan(response, item))
        except ValidationError as problem:
            faults.append(_item_fault(item, "；".join(problem.messages)))
    prose = _prose_of(report, assessment, faults)
    return LoadPlan(assessment, report, tuple(planned), prose, tuple(faults))


def _item_fault(item: Item, message: str) -> Fault:
    return Fault(item.line or 0, _("Item %(label)s: %(message)s") % {"label": item.label, "message": message})


def load_report(plan: LoadPlan, *, by: User | None) -> None:
    """Carry a plan out, all or nothing.

    Raises ``ValidationError`` with every fault when it has any, and
    :class:`assessments.responses.StaleSave` or :class:`reports.prose.StaleProse` when somebody began the
    assessment or its prose since it was made.
    """
    if plan.faults:
        raise ValidationError([str(fault) for fault in plan.faults])
    with transaction.atomic():
        for entry in plan.planned:
            fields = {
                "state": State.ACCEPTED,
                "department_score": entry.settled.score,
                "department_reason": entry.content.reason,
                "district_score": entry.settled.score,
            }
            write(entry.response, entry.content, entry.settled, fields, by=by)
        store_prose(assessment=plan.assessment, content=plan.prose, version=0, by=by)
        record(
            by=by,
            action="report.loaded",
            subject=plan.assessment,
            organisation_id=plan.assessment.organisation_id,
            items=len(plan.planned),
            stated_total=plain_or(plan.report.total_self_score, None),
            scores="department and district",
        )


def _matched(
    responses: Sequence[Response], items: Sequence[Item], faults: list[Fault]
) -> Iterator[tuple[Response, Item]]:
    """Pairs of the same label and weight; whatever is left over on either side is a fault."""
    by_label: dict[str, Item] = {}
    for item in items:
        if by_label.setdefault(item.label, item) is not item:
            faults.append(_item_fault(item, _("The report uses this number more than once.")))
    for response in responses:
        found = by_label.pop(response.item.label, None)
        if found is None:
            faults.append(Fault(0, _("The report has no item %(item)s.") % {"item": response.item}))
        elif found.weight is not None and found.weight != response.item.weight:
            faults.append(_weight_fault(found, response.item))
        else:
            yield response, found
    for item in by_label.values():
        faults.append(
            Fault(item.line or 0, _("The framework has no item %(label)s.") % {"label": item.label})
        )


def _weight_fault(item: Item, expected: FrameworkItem) -> Fault:
    return Fault(
        item.line or 0,
        _("Item %(label)s has %(found)s points here, %(weight)s in the framework.")
        % {
            "label": item.label,
            "found": plain_or(item.weight, "—"),
            "weight": plain(expected.weight),
        },
    )


def _plan(response: Response, item: Item) -> PlannedResponse:
    if item.applicable and item.self_score is None:
        raise ValidationError(_("The self-assessed score is missing."))
    content = checked(response.item, _content(response.item, item))
    settled = settle(response.item, content)
    if item.self_score is not None and settled.score != item.self_score:
        raise ValidationError(
            _("Under the framework's policy it is worth %(worth)s points, the report says %(stated)s.")
            % {
                "worth": plain_or(settled.score, "—"),
                "stated": plain(item.self_score),
            }
        )
    return PlannedResponse(response, content, settled)


def _content(framework_item: FrameworkItem, item: Item) -> Content:
    if not item.applicable:
        reason = item.text.partition("\n")[0][:REASON_LIMIT]
        return Content(narrative=item.text, applicable=False, na_reason=reason)
    measures = _measures(framework_item, item)
    outcome = propose(framework_item, measures)
    by_rule = outcome is not None and outcome.score is not None
    losses = () if by_rule else tuple(_losses(item))
    return Content(
        narrative=item.text,
        measures=measures,
        score=item.self_score,
        reason="；".join(loss.reason for loss in item.deductions if loss.reason),
        losses=losses,
    )


def _measures(framework_item: FrameworkItem, item: Item) -> dict[str, Decimal | None]:
    """The figures that the report's deductions state against the standard of one of the item's rules."""
    measures: dict[str, Decimal | None] = {}
    for rule in framework_item.parsed_rules():
        for loss in item.deductions:
            if (
                rule.kind == "shortfall"
                and loss.measured is not None
                and (loss.standard, loss.unit) == (rule.standard, rule.unit)
            ):
                measures[rule.measure] = loss.measured
    return measures


def _losses(item: Item) -> Iterator[Loss]:
    for loss in item.deductions:
        if loss.points:
            yield Loss(loss.points, loss.reason, "", loss.measured, loss.standard, loss.unit)


def _prose_of(report: Report, assessment: Assessment, faults: list[Fault]) -> ProseContent:
    """The report's prose, where it has no title or addressee with those that every report starts from."""
    standard = default_prose(assessment)
    content = ProseContent(
        title=report.title or standard.title,
        addressee=report.addressee or standard.addressee,
        preamble=_with_placeholders(report),
        experience=_chapter(report.experience, faults),
        problems=_chapter(report.problems, faults),
        improvements=_chapter(report.improvements, faults),
        issuer=report.organisation,
        document_number=report.document_number,
        signatory=report.signatory,
        issued_on=report.issued_on,
    )
    if ReportProse.objects.filter(assessment=assessment).exists():
        faults.append(Fault(0, _("The report's prose has been begun.")))
        return content
    try:
        fill_prose(standard, content)
    except ValidationError as problem:
        faults += (Fault(0, message) for message in problem.messages)
    return content


def _chapter(passages: Sequence[Passage], faults: list[Fault]) -> str:
    try:
        return chapter_text(passages)
    except UnwritableReport:
        faults.append(Fault(0, str(UNPRINTABLE_CHAPTER)))
        return ""


def _with_placeholders(report: Report) -> str:
    """The preamble with its total and grade replaced by what follows the scores from now on."""
    preamble = "\n".join(report.preamble)
    if report.total_self_score is not None:
        total = plain(report.total_self_score)
        preamble = preamble.replace(f"总分{total}分", f"总分{TOTAL_PLACEHOLDER}分")
    if report.grade:
        stated = re.compile(f"(等次[^“]{{0,4}}“){re.escape(report.grade)}”")
        preamble = stated.sub(rf"\g<1>{GRADE_PLACEHOLDER}”", preamble)
    return preamble
