"""Reads a workbook of our own form back, as a person has edited it: rows added, moved, taken out.

Columns are found by the hidden row of names. An item keeps its identity by its hidden key; rules and figures
find their item by that key, or by number and name where a person added them.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from indicators.workbook.form import BAND_COLUMNS, BANDS, MEASURES, NOTES, RULES, SETTINGS, TREE, choices
from indicators.workbook.own_rules import OwnRules, read_measures
from indicators.workbook.own_tree import OwnTree
from indicators.workbook.plan import Draft
from indicators.workbook.writing import MARK
from spreadsheets.columns import NAME_ROW
from spreadsheets.grid import Sheet
from spreadsheets.notes import Notes
from spreadsheets.table import OwnCells, OwnTable
from spreadsheets.values import lines

_MARK_AT = (1, 4)


def is_own_form(sheets: Sequence[Sheet]) -> bool:
    """Whether the product wrote this workbook, though a sheet may be gone or renamed since."""
    by_name = {sheet.name: sheet for sheet in sheets}
    mark = by_name[NOTES].own(*_MARK_AT) if NOTES in by_name else None
    return (mark is not None and mark.text == MARK) or any(map(_has_names, sheets))


def _has_names(sheet: Sheet) -> bool:
    """Whether the hidden row of names of the tree's columns is on the sheet."""
    names = {cell.text for cell in sheet.by_row.get(NAME_ROW, ())}
    return {"section_key", "rule_prose", "row"} <= names


def read_own_form(sheets: Sequence[Sheet], notes: Notes) -> Draft:
    """The framework as data with the place of each part; what cannot be read is noted."""
    by_name = {sheet.name: sheet for sheet in sheets}
    draft = Draft()
    for name in (NOTES, TREE):
        if name not in by_name:
            message = _("The sheet “%(name)s” is missing or has another name. Export again and edit that.")
            notes.error("", "", message % {"name": name})
    if notes.has_errors:
        return draft
    for name in (RULES, MEASURES, BANDS):
        if name not in by_name:
            message = _("The sheet “%(name)s” is missing or has another name; nothing of it was read.")
            notes.remark("", "", message % {"name": name})
    _read_settings(by_name[NOTES], draft, notes)
    tree = OwnTree(by_name[TREE], draft, notes)
    tree.read()
    if MEASURES in by_name and tree.items:
        read_measures(by_name[MEASURES], tree, notes)
    if RULES in by_name and tree.items:
        OwnRules(by_name[RULES], tree, notes).read()
    draft.data["bands"] = list(_read_bands(by_name[BANDS], draft, notes)) if BANDS in by_name else []
    return draft


def _read_settings(sheet: Sheet, draft: Draft, notes: Notes) -> None:
    table = OwnCells(sheet, SETTINGS, notes, choices())
    names = {cell.text: row for (row, column), cell in sheet.cells.items() if column == _MARK_AT[1]}
    for setting in SETTINGS:
        row = names.get(setting.name)
        if row is None:
            continue
        cell = sheet.own(row, 2)
        draft.places[(setting.name,)] = sheet.name, f"B{row}"
        value = table.read(cell, setting.name)
        if setting.name == "profiles":
            draft.data["profiles"] = lines(value or "")
        elif setting.name == "year" and value is not None and value.isdecimal():
            draft.data["year"] = int(value)
        elif value is not None:
            draft.data[setting.name] = value


def _read_bands(sheet: Sheet, draft: Draft, notes: Notes) -> Iterator[dict[str, Any]]:
    table = OwnTable(sheet, BAND_COLUMNS, notes, choices())
    draft.places["bands",] = sheet.name, ""
    number = 0
    for row in table.rows():
        values = {
            column.name: table.read(table.cell(row, column.name), column.name) for column in BAND_COLUMNS
        }
        values = {name: value for name, value in values.items() if value is not None}
        if not values:
            continue
        draft.places["bands", number] = table.place(row, "name")
        for column in BAND_COLUMNS:
            draft.places["bands", number, column.name] = table.place(row, column.name)
        number += 1
        yield values
