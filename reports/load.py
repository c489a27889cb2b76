"""A report that was read → an assessment. First a plan, which stores nothing; then, if it is sound, the rows.

The points of the report become both the department's and the district's score: it has been signed and
published, so its items come in as accepted.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.checking import REASON_LIMIT, checked
from assessments.matching import Names, matches
from assessments.models import Assessment, Response
from assessments.ranking import hold_ranking
from assessments.responses import load_all_for_saving, settle_ranks, write
from assessments.settling import (
    REPORT_LANGUAGE,
    Content,
    Gain,
    Loss,
    Reckoned,
    Settled,
    propose,
    scored_item,
    settle,
)
from assessments.states import State
from audit.trail import record
from indicators.models import Item as FrameworkItem
from indicators.models import MeasureType
from indicators.scoring.item import ScoringRule
from indicators.scoring.measures import YES
from indicators.scoring.outcome import Answer, InvalidAnswer, ScoredItem
from indicators.scoring.points import plain, plain_or
from indicators.scoring.rules import VetoRule
from indicators.wording import explain_veto
from reports.compose import GRADE_PLACEHOLDER, TOTAL_PLACEHOLDER, default_prose
from reports.document import Credit, Deduction, Item, Passage, Report
from reports.models import ReportProse
from reports.prose import UNPRINTABLE_CHAPTER, ProseContent, fill_prose, store_prose
from reports.render.text import chapter_text
from reports.render.writable import UnwritableReport

NUMBERS = (MeasureType.NUMBER, MeasureType.COUNT)


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
    """Match the report's items to the framework's, by label (with the section's title where the label alone
    does not tell) and weight, and work out every response.

    Stores nothing. A constant number of queries.
    """
    responses = [entry for entry in load_all_for_saving(assessment) if not entry.item.committee_only]
    faults: list[Fault] = []
    if any(response.state != State.EMPTY for response in responses):
        message = _("The assessment has been begun; a report is loaded only into an empty one.")
        faults.append(Fault(0, message))
    planned = []
    for response, item in _matched(responses, report, faults):
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
            hold_ranking(entry.response)
        for entry in plan.planned:
            fields = {
                "state": State.ACCEPTED,
                "department_score": entry.settled.score,
                "department_reason": entry.content.reason,
                "district_score": entry.settled.score,
            }
            write(entry.response, entry.content, entry.settled, fields, by=by)
        for entry in plan.planned:
            settle_ranks(item=entry.response.item, cycle_id=plan.assessment.cycle_id)
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
    responses: Sequence[Response], report: Report, faults: list[Fault]
) -> Iterator[tuple[Response, Item]]:
    """Pairs of the same number and weight; whatever is left over on either side is a fault."""
    pairs = match_items({response.pk: response.item for response in responses}, report)
    items = {item.number: item for item in report.items()}
    for response in responses:
        found = items.get(pairs.get(response.pk, 0))
        if found is None:
            faults.append(Fault(0, _("The report has no item %(item)s.") % {"item": response.item}))
        elif found.weight is not None and found.weight != response.item.weight:
            faults.append(_weight_fault(found, response.item))
        elif found.bonus != response.item.bonus:
            faults.append(_bonus_fault(found))
        else:
            yield response, found
    taken = set(pairs.values())
    left_over = [item for item in items.values() if item.number not in taken]
    faults += _left_over(left_over, [item.label for item in items.values()], responses)


def match_items(ours: Mapping[int, FrameworkItem], report: Report) -> dict[int, int]:
    """By the numbers of ``ours`` those of the report's items that have the same label, with the section's
    title where the label alone does not tell. Needs ``section`` and ``group`` of the items read along."""
    theirs = {
        item.number: _names(item.label, section.title, section.part)
        for section in report.sections
        for item in section.items
    }
    return matches({number: _names_in_framework(item) for number, item in ours.items()}, theirs)


def _names(label: str, section: str, part: str | None) -> Names:
    return (label,), (section, label), (part or "", section, label)


def _names_in_framework(item: FrameworkItem) -> Names:
    """As a report names it: by the group where there is one, its section the part above."""
    if item.group:
        return _names(item.label, item.group.title, item.section.title)
    return _names(item.label, item.section.title, None)


def _left_over(
    items: Sequence[Item], labels: Sequence[str], responses: Sequence[Response]
) -> Iterator[Fault]:
    of_framework = Counter(response.item.label for response in responses)
    for item in items:
        if of_framework[item.label] > 1:
            message = _("Several items of the framework have this number; by the section's title it is none.")
            yield _item_fault(item, message)
        elif labels.count(item.label) > 1:
            yield _item_fault(item, _("The report uses this number more than once."))
        else:
            message = _("The framework has no item %(label)s.") % {"label": item.label}
            yield Fault(item.line or 0, message)


def _bonus_fault(item: Item) -> Fault:
    if item.bonus:
        return _item_fault(item, _("It is a bonus item here, and none in the framework."))
    return _item_fault(item, _("It is a bonus item in the framework, and none here."))


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
    computed = outcome.score if outcome else None
    itemised = tuple(_itemised(item))
    # What the rules account for needs no reason: so the points go on following the figures.
    by_the_rules = computed is not None and computed == item.self_score
    reasons = [] if by_the_rules else [entry.reason for entry in _entries(item) if entry.reason]
    if computed is not None and not by_the_rules:
        # Rows beside the rules stay when a figure is changed, and the points follow.
        scored = scored_item(framework_item)
        rows = tuple(entry for entry in itemised if not _is_found(scored, entry))
        content = Content(narrative=item.text, measures=measures, score=item.self_score, losses=rows)
        if settle(framework_item, replace(content, score=None)).score == item.self_score:
            return content
    return Content(
        narrative=item.text,
        measures=measures,
        score=item.self_score,
        reason="；".join(reasons),
        losses=() if computed is not None else itemised,
    )


def _entries(item: Item) -> Sequence[Deduction | Credit]:
    return item.credits if item.bonus else item.deductions


def _itemised(item: Item) -> Iterator[Reckoned]:
    if item.bonus:
        yield from (Gain(gain.points, gain.reason) for gain in item.credits if gain.points)
        return
    for loss in item.deductions:
        if loss.points:
            yield Loss(loss.points, loss.reason, "", loss.measured, loss.standard, loss.unit)


def _measures(framework_item: FrameworkItem, item: Item) -> dict[str, Decimal | None]:
    """The figures that the report's deductions state: those for which a rule finds points lost against the
    very standard that is stated."""
    scored = scored_item(framework_item)
    numbers = {measure.code for measure in framework_item.measures.all() if measure.kind in NUMBERS}
    measures: dict[str, Decimal | None] = {}
    for rule in scored.rules:
        if len(rule.needs) != 1 or not numbers.issuperset(rule.needs) or rule.ranked_by:
            continue
        (code,) = rule.needs
        for loss in item.deductions:
            if loss.measured is not None and _finds(rule, scored, code, loss):
                measures[code] = loss.measured
    return measures | _tripped(framework_item, item.vetoes)


def _tripped(item: FrameworkItem, stated: Collection[str]) -> dict[str, Decimal | None]:
    """The figures of the vetoes that the report states in just the words that ours prints."""
    with translation.override(REPORT_LANGUAGE):
        names = item.measure_names()
        rules = [rule for rule in item.parsed_rules() if isinstance(rule, VetoRule)]
        vetoes = {rule.measure: rule.veto(Answer(measures={rule.measure: YES})) for rule in rules}
        return {code: YES for code, veto in vetoes.items() if veto and explain_veto(veto, names) in stated}


def _is_found(scored: ScoredItem, entry: Reckoned) -> bool:
    """Whether a rule of the item finds just these points lost."""
    return entry.measured is not None and any(
        _finds(rule, scored, rule.needs[0], entry) for rule in scored.rules if len(rule.needs) == 1
    )


def _finds(rule: ScoringRule, scored: ScoredItem, code: str, stated: Deduction | Reckoned) -> bool:
    try:
        found = rule.findings(scored, Answer(measures={code: stated.measured}))
    except InvalidAnswer:
        return False
    return any((finding.standard, finding.unit) == (stated.standard, stated.unit) for finding in found)


def _prose_of(report: Report, assessment: Assessment, faults: list[Fault]) -> ProseContent:
    """The report's prose, where it has no title or addressee with those that every report starts from."""
    standard = default_prose(assessment, partial=False)
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
