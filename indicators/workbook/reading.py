"""From a file to a plan, nothing stored: workbooks of our own form, offices' tables, and JSON."""

import json
from collections.abc import Collection
from dataclasses import replace
from pathlib import PurePath
from time import perf_counter
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from indicators.exchange import FrameworkData, ItemData, read_framework
from indicators.reading.rule_prose import read_rule_prose
from indicators.reading.wording import remark_in_words
from indicators.workbook.checks import check_scale, check_subtotal, check_sums
from indicators.workbook.foreign import Foreign, read_table
from indicators.workbook.own import is_own_form, read_own_form
from indicators.workbook.plan import Draft, ImportPlan, ProposedRules
from indicators.workbook.table import find_tables
from spreadsheets.grid import Sheet
from spreadsheets.limits import kind_of
from spreadsheets.notes import Note, Notes, Place
from spreadsheets.opening import open_workbook, refusal

LARGEST_JSON = 4_000_000
"""Bytes; a framework of 2,000 items has half of that."""

PROSE_SECONDS = 2.0
"""How long rules are read from prose; 2,000 items take less. What is left then stays prose."""


def read_workbook(
    content: bytes, filename: str, *, sheet: str = "", confirmed: Collection[int] = ()
) -> ImportPlan:
    """What the file holds, with an error or a remark for everything that is not plain.

    ``sheet`` chooses among several tables; ``confirmed`` are the numbers of items whose rules a person has
    seen and wants: these are read in any case. Takes up to five seconds; never raises for what a file holds.
    """
    name = PurePath(filename.replace("\\", "/")).name[:200] or "?"
    try:
        if kind_of(content) == "json":
            return ImportPlan(read_framework(parse_json(content, name)))
        return _with_proposals(*_plan(open_workbook(content, name), name, sheet), confirmed)
    except ValidationError as problem:
        return ImportPlan(None, tuple(Note("", "", message, is_error=True) for message in problem.messages))


def parse_json(content: bytes, filename: str) -> Any:
    """Parsed JSON. Raises ``ValidationError`` with a sentence for what is none."""
    if len(content) > LARGEST_JSON:
        raise refusal("large", filename, {"limit": LARGEST_JSON // 1_000_000})
    try:
        return json.loads(content.decode("utf-8-sig"))
    except json.JSONDecodeError as problem:
        place = {"file": filename, "line": problem.lineno, "column": problem.colno}
        raise ValidationError(
            _("%(file)s is not JSON from line %(line)s, column %(column)s on.") % place
        ) from problem
    except RecursionError as problem:
        raise ValidationError(_("%(file)s is nested too deeply.") % {"file": filename}) from problem
    except ValueError as problem:
        raise ValidationError(_("%(file)s is not JSON in UTF-8.") % {"file": filename}) from problem


def _plan(sheets: list[Sheet], filename: str, chosen: str) -> tuple[ImportPlan, Draft, Notes]:
    """The plan without its proposals, and what it was made of."""
    notes = Notes()
    if not is_own_form(sheets):
        return _plan_table(sheets, filename, chosen, notes)
    draft = read_own_form(sheets, notes)
    data = draft.checked(notes) if draft.data else None
    if data is not None:
        check_sums(data, draft.places, notes)
    return ImportPlan(data, own_form=True), draft, notes


def _plan_table(
    sheets: list[Sheet], filename: str, chosen: str, notes: Notes
) -> tuple[ImportPlan, Draft, Notes]:
    tables = find_tables(sheets)
    names = tuple(header.sheet.name for header in tables)
    fitting = [header for header in tables if not chosen or header.sheet.name == chosen]
    if not fitting:
        notes.error("", "", _no_table(names, chosen))
        return ImportPlan(None, sheets=names), Draft(), notes
    sheet = fitting[0].sheet.name
    if len(names) > 1 and not chosen:
        others = _(", ").join(name for name in names if name != sheet)
        message = _("This sheet was read; there are tables on others too: %(names)s.") % {"names": others}
        notes.remark(sheet, "", message)
    found = read_table(fitting[0], notes, PurePath(filename).stem)
    data = found.draft.checked(notes) if found.draft.data else None
    if data is not None and not notes.has_errors:
        _check(found, data, sheet, notes)
    return ImportPlan(data, sheets=names, sheet=sheet), found.draft, notes


def _no_table(names: tuple[str, ...], chosen: str) -> str:
    if chosen and names:
        values = {"name": chosen, "names": _(", ").join(names)}
        return _("There is no table on a sheet “%(name)s”; there are: %(names)s.") % values
    return _(
        "No table of a framework was found. Its headings must name the indicators and their points, such as "
        "“三级指标” and “分值”."
    )


def _check(found: Foreign, data: FrameworkData, sheet: str, notes: Notes) -> None:
    if found.total:
        found.draft.places["stated_weight",] = sheet, found.total.cell.address
    check_sums(data, found.draft.places, notes)
    check_scale(data, sheet, notes)
    for number, stated in found.subtotals:
        check_subtotal(data.sections[number], stated.points, data.profiles, stated.cell, sheet, notes)


def _with_proposals(plan: ImportPlan, draft: Draft, notes: Notes, confirmed: Collection[int]) -> ImportPlan:
    """The plan with its notes and, where nothing is wrong, the rules read from prose."""
    if plan.data is None or notes.has_errors:
        return replace(plan, data=None, notes=tuple(notes))
    paths = [
        ("sections", index, "items", position)
        for index, section in enumerate(plan.data.sections)
        for position in range(len(section.items))
    ]
    places = {number: draft.places.get(path, ("", "")) for number, path in enumerate(paths)}
    items = [item for section in plan.data.sections for item in section.items]
    proposals, late, until = [], False, perf_counter() + PROSE_SECONDS
    for number, item in enumerate(items):
        if not item.rule_prose or item.rules or item.measures:
            continue
        place = draft.places.get((*paths[number], "rule_prose"), places[number])
        if perf_counter() > until and number not in confirmed:
            message = _("There is much text: no rules are read from the prose of this and later items.")
            if not late:
                notes.remark(*place, message)
            late = True
        elif found := _proposed(number, item, place, notes):
            proposals.append(found)
    return replace(plan, notes=tuple(notes), proposals=tuple(proposals), places=places)


def _proposed(number: int, item: ItemData, place: Place, notes: Notes) -> ProposedRules | None:
    """The rules of one item's prose, if any were understood; points that do not add up are noted."""
    proposal = read_rule_prose(item.rule_prose, item.weight, item.title)
    for remark in proposal.remarks:
        if remark.key == "sum_differs":
            notes.remark(*place, remark_in_words(remark))
    if proposal.is_manual or proposal.is_bonus != item.bonus:
        return None
    if not item.weight and any(rule.kind != "veto" for rule in proposal.rules):
        # There is nothing to lose: the rule would never take a point.
        return None
    certain = not proposal.left and not proposal.remarks
    return ProposedRules(number, item, place, proposal, certain)
