"""The sheet of the tree read back: sections, groups and items, row by row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from indicators.workbook.form import SUBTOTAL, SUM, TOTAL, TREE_COLUMNS, choices
from indicators.workbook.plan import Draft, Path
from spreadsheets.grid import Sheet
from spreadsheets.notes import Notes
from spreadsheets.table import OwnTable
from spreadsheets.values import lines


@dataclass(eq=False)
class OwnItem:
    """An item that was read, and where it is in the data."""

    data: dict[str, Any]
    path: Path


@dataclass
class OwnTree:
    """The sheet of the tree, and what other sheets look up in it."""

    sheet: Sheet
    draft: Draft
    notes: Notes
    items: int = 0
    by_key: dict[str, OwnItem] = field(default_factory=dict)
    by_name: dict[tuple[str, str | None], list[OwnItem]] = field(default_factory=dict)

    def read(self) -> None:
        """Sections, groups and items, row by row."""
        self.table = OwnTable(self.sheet, TREE_COLUMNS, self.notes, choices())
        self.sections: list[dict[str, Any]] = []
        self.section: dict[str, Any] = {}
        self.group: dict[str, Any] | None = None
        self.keys: set[str] = set()
        self.after_sum = False
        self.by_section_key: dict[str, dict[str, Any]] = {}
        self.draft.data["sections"] = self.sections
        self.draft.places["sections",] = self.sheet.name, ""
        for row in self.table.rows():
            if self._is_sum(row):
                self.after_sum = True
            else:
                self._read_row(row)

    def _is_sum(self, row: int) -> bool:
        mark = self.table.cell(row, "row")
        if mark is not None:
            return mark.text == SUM
        words = (self.table.cell(row, name) for name in ("section", "section_label", "group_label", "group"))
        return any(cell is not None and cell.text.strip() in (SUBTOTAL, TOTAL) for cell in words)

    def _read_row(self, row: int) -> None:
        if self.table.cell(row, "section", merged=True) is not None:
            self.after_sum = False
        self._enter_section(row)
        values = {column.name: self.table.cell(row, column.name) for column in TREE_COLUMNS}
        content = [name for name in ("label", "title", "requirement", "weight", "rule_prose") if values[name]]
        if not self.section:
            if content:
                cell = values[content[0]]
                self.notes.error(self.sheet.name, cell or "", _("This row is in no first-level indicator."))
            return
        self._enter_group(row, added=values["row"] is None)
        if content:
            if self.after_sum:
                message = _("This row stands under a sum; it was read into “%(name)s”.")
                place = self.table.place(row, content[0])
                self.notes.remark(*place, message % {"name": self.section["title"]})
            self._read_item(row)

    def _node(self, row: int, prefix: str) -> dict[str, Any] | None:
        """The section or group that stands in a row or covers it."""
        cell = self.table.cell(row, prefix, merged=True)
        if cell is None:
            return None

        def read(name: str) -> Any:
            return self.table.read(self.table.cell(row, name, merged=True), name)

        node = {
            "key": read(f"{prefix}_key"),
            "label": read(f"{prefix}_label") or "",
            "title": self.table.values.line(cell),
            "profiles": self._profiles(row, f"{prefix}_profiles", merged=True),
            "stated_weight": read(f"{prefix}_weight"),
        }
        if prefix == "section":
            node["note"] = read("section_note") or ""
        return node

    def _enter_section(self, row: int) -> None:
        cell = self.table.cell(row, "section", merged=True)
        if cell is None:
            return
        if self.section and (self.sheet.name, cell.address) == self.draft.places[self._section_path()]:
            return
        node = self._node(row, "section")
        if node is None or (self.section and _same(node, self.section)):
            return
        known = self.by_section_key.get(node["key"])
        if known is not None and _same(node, known):
            self.section, self.group = known, None
            return
        node["key"] = self._fresh(node["key"], row, "section")
        node |= {"groups": [], "items": []}
        self.sections.append(node)
        self.by_section_key[node["key"]] = node
        self.section, self.group = node, None
        self._place(self._section_path(), row, "section", node)

    def _section_path(self) -> Path:
        last = len(self.sections) - 1
        return ("sections", next(n for n in range(last, -1, -1) if self.sections[n] is self.section))

    def _enter_group(self, row: int, *, added: bool) -> None:
        node = self._node(row, "group")
        if node is None:
            # A row that a person put in under the last of a group belongs to it.
            self.group = self.group if added else None
            return
        for entry in self.section["groups"]:
            if entry["title"] == node["title"]:
                self.group = entry
                return
        node["key"] = self._fresh(node["key"], row, "group")
        self.section["groups"].append(node)
        self.group = node
        self._place((*self._section_path(), "groups", len(self.section["groups"]) - 1), row, "group", node)

    def _read_item(self, row: int) -> None:
        table = self.table
        data: dict[str, Any] = {}
        for name in ("label", "title", "requirement", "weight", "rule_prose", "responsible"):
            data[name] = table.read(table.cell(row, name), name)
        for name in ("title", "responsible", "label"):
            data[name] = table.values.line(table.cell(row, name))
        for name in ("bonus", "committee_only", "na_allowed"):
            data[name] = table.read(table.cell(row, name), name) or False
        data["materials"] = lines(table.read(table.cell(row, "materials"), "materials") or "")
        data["profiles"] = self._profiles(row, "profiles")
        data["requirement"], data["rule_prose"] = data["requirement"] or "", data["rule_prose"] or ""
        data["label"] = data["label"] or str(self.items + 1)
        data["group"] = self.group["title"] if self.group else None
        data["key"] = self._fresh(table.read(table.cell(row, "key"), "key"), row, "title")
        data |= {"measures": [], "rules": []}
        if data["weight"] is None:
            if table.cell(row, "weight") is None:
                place = table.place(row, "weight")
                self.notes.error(*place, _("The points are missing; write 0 where there are none."))
            data["weight"] = "0"
        self.section["items"].append(data)
        path = (*self._section_path(), "items", len(self.section["items"]) - 1)
        self._place(path, row, "title", data, prefix="")
        self.items += 1
        self._remember(OwnItem(data, path))

    def _profiles(self, row: int, name: str, *, merged: bool = False) -> list[str]:
        """The kinds of district that a cell names; those that the settings do not have are told."""
        cell = self.table.cell(row, name, merged=merged)
        named = lines(self.table.read(cell, name) or "")
        known = self.draft.data.get("profiles", ())
        if cell is not None and (unknown := [kind for kind in named if kind not in known]):
            message = _("The settings have no kind of district %(names)s.")
            self.notes.error(self.sheet.name, cell, message % {"names": _(", ").join(unknown)})
        return [kind for kind in named if kind in known]

    def _place(
        self, path: Path, row: int, name: str, data: Mapping[str, Any], prefix: str | None = None
    ) -> None:
        """Remember the cells that a node and its fields come from."""
        self.draft.places[path] = self.table.place(row, name)
        own = {"title": name, "stated_weight": f"{name}_weight"} if prefix is None else {}
        for field_name in data:
            column = own.get(field_name, field_name if prefix == "" else f"{name}_{field_name}")
            if column in self.table.where:
                self.draft.places[(*path, field_name)] = self.table.place(row, column)

    def _fresh(self, key: Any, row: int, name: str) -> str:
        """The key where it is one and not taken yet, else a new one: rows are copied with theirs."""
        found = str(UUID(str(key))) if _is_key(str(key)) else ""
        if found and found in self.keys:
            message = _("A copy of another row; it counts as a new one.")
            self.notes.remark(*self.table.place(row, name), message)
        if not found or found in self.keys:
            found = str(uuid4())
        self.keys.add(found)
        return found

    def find(self, table: OwnTable, row: int) -> OwnItem | None:
        """The item that a row of another sheet speaks of: by key, or by number and name."""
        key = table.values.text(table.cell(row, "key"))
        label = table.values.line(table.cell(row, "label", merged=True))
        title = table.values.line(table.cell(row, "title", merged=True))
        by_key, named = self.by_key.get(key), self.by_name.get((label, title), [])
        if by_key is not None and (by_key in named or not named):
            return by_key
        if len(named) != 1 and not title:
            named = self.by_name.get((label, None), [])
        if len(named) == 1:
            return named[0]
        if not named and _is_key(key):
            message = _("Its item is not in the table any more; the row is left out.")
            self.notes.remark(*table.place(row, "label"), message)
            return None
        message = _("There is no one item with number “%(label)s” and name “%(title)s”.")
        self.notes.error(*table.place(row, "label"), message % {"label": label[:20], "title": title[:40]})
        return None

    def _remember(self, item: OwnItem) -> None:
        """So that the other sheets find it."""
        label, title = item.data["label"], item.data["title"]
        self.by_key[item.data["key"]] = item
        for name in ((label, title), (label, None)):
            self.by_name.setdefault(name, []).append(item)


def _is_key(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _same(node: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    """Whether a row names the section again: by key and title, or by title alone where a person added it."""
    same_title = (node["title"], node["label"]) == (entry["title"], entry["label"])
    return same_title and node["key"] in (None, entry["key"])
