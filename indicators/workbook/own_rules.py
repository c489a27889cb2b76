"""The sheets of rules and figures read back: each row finds its item."""

import typing
from collections.abc import Mapping
from itertools import count
from typing import Any

from django.utils.translation import gettext as _

from indicators.scoring.rules import KINDS
from indicators.workbook import form
from indicators.workbook.form import LINE_OF, MEASURE_COLUMNS, MEASURES
from indicators.workbook.own_tree import OwnItem, OwnTree
from indicators.workbook.plan import Path
from spreadsheets.grid import Cell, Sheet
from spreadsheets.notes import Notes
from spreadsheets.table import OwnTable

_FIGURES = ("measure", "before")


class OwnRules:
    """The sheet of rules."""

    def __init__(self, sheet: Sheet, tree: OwnTree, notes: Notes) -> None:
        self.table = OwnTable(sheet, form.rule_columns(), notes, form.choices())
        self.tree, self.notes = tree, notes
        self.item: OwnItem | None = None
        self.rule: dict[str, Any] | None = None
        self.path: Path = ()
        self.is_left_out = False

    def read(self) -> None:
        """A rule a row, lines of its list in the rows under it."""
        for row in self.table.rows():
            cell = self.table.cell(row, "kind")
            word = self.table.values.text(cell)
            if word and not word.startswith(LINE_OF.strip()):
                self._read_rule(row, word)
            elif any(self.table.cell(row, name) for name in self._field_names()):
                self._read_line(row)

    def _field_names(self) -> list[str]:
        outside = ("label", "title", "kind", "sentence", "key")
        return [name for name in self.table.where if name not in outside]

    def _read_rule(self, row: int, word: str) -> None:
        self.rule = None
        self.item = item = self.tree.find(self.table, row)
        kind = self.table.choice(self.table.cell(row, "kind"), "kind", word)
        self.is_left_out = item is None or kind is None
        if item is None or kind is None:
            return
        index = len(item.data["rules"])
        self.rule = {"kind": kind, **self._fields(row, KINDS[kind].model_fields)}
        self.path = (*item.path, "rules", index, kind)
        item.data["rules"].append(self.rule)
        if line := form.line_of(KINDS[kind]):
            self.rule[line[0]] = []
        self._place(row, (*item.path, "rules", index))
        self._place(row, self.path, KINDS[kind].model_fields)

    def _read_line(self, row: int) -> None:
        if self.is_left_out:
            return
        line = form.line_of(KINDS[self.rule["kind"]]) if self.rule else None
        if self.rule is None or line is None:
            message = _("No rule with tiers, sub-points or places stands above this row.")
            self.notes.error(*self.table.place(row, "kind"), message)
            return
        name, part = line
        path = (*self.path, name, len(self.rule[name]))
        if part is None:
            self.rule[name].append(self.table.values.plain_number(self.table.cell(row, name)))
            self._place(row, path)
        else:
            self.rule[name].append(self._fields(row, part.model_fields))
            self._place(row, path, part.model_fields)

    def _fields(self, row: int, fields: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, declared in fields.items():
            annotation = declared.annotation
            if name == "kind" or typing.get_origin(annotation) is tuple:
                continue
            cell = self.table.cell(row, name)
            column = self.table.columns[name]
            if column.choices and cell is not None:
                value = self.table.choice(cell, column.choices, self.table.values.text(cell))
            elif name in _FIGURES:
                value = self._code(cell) or ("" if declared.is_required() else None)
            elif annotation is str or str in typing.get_args(annotation):
                value = self.table.values.line(cell) or ("" if declared.is_required() else None)
            else:
                value = self.table.values.plain_number(cell)
            if value is not None:
                found[name] = value
        return found

    def _code(self, cell: Cell | None) -> str:
        """The code of a figure that is given by code or by name."""
        text = self.table.values.line(cell)
        figures = self.item.data["measures"] if self.item else []
        named = [figure["code"] for figure in figures if figure["name"] == text]
        if len(named) == 1 and not any(figure["code"] == text for figure in figures):
            return named[0]
        if cell is not None and not text.isascii():
            message = _("The item has no figure “%(name)s”; write it on the sheet “%(sheet)s”.")
            self.notes.error(self.table.sheet.name, cell, message % {"name": text[:40], "sheet": MEASURES})
            return "unknown"
        return text

    def _place(self, row: int, path: Path, fields: Mapping[str, Any] | None = None) -> None:
        places = self.tree.draft.places
        places[path] = self.table.place(row, "kind")
        for name in fields or ():
            if name in self.table.where:
                places[(*path, name)] = self.table.place(row, name)


def read_measures(sheet: Sheet, tree: OwnTree, notes: Notes) -> None:
    table = OwnTable(sheet, MEASURE_COLUMNS, notes, form.choices())
    for row in table.rows():
        if not any(table.cell(row, name) for name in ("code", "name", "unit", "kind")):
            continue
        item = tree.find(table, row)
        if item is None:
            continue
        path = (*item.path, "measures", len(item.data["measures"]))
        data = {name: table.values.line(table.cell(row, name)) for name in ("code", "name", "unit")}
        data["code"] = data["code"] or _free_code(item)
        kind = table.read(table.cell(row, "kind"), "kind")
        item.data["measures"].append(data | ({"kind": kind} if kind else {}))
        tree.draft.places[path] = table.place(row, "name")
        for name in ("code", "name", "unit", "kind"):
            tree.draft.places[(*path, name)] = table.place(row, name)


def _free_code(item: OwnItem) -> str:
    """A code for a figure that a person gave none."""
    taken = {figure["code"] for figure in item.data["measures"]}
    return next(code for number in count(1) if (code := f"figure-{number}") not in taken)
