"""Reads a table as an office wrote it into a framework: nothing of it is lost, everything odd is noted."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _

from indicators.scoring.points import plain
from indicators.workbook import headings, marks
from indicators.workbook.foreign_item import ITEM_WEIGHT, LONGEST_LABEL, LONGEST_TITLE, ItemCells
from indicators.workbook.headings import Header
from indicators.workbook.plan import Draft, Path
from indicators.workbook.table import PART, Row, RowKind, Table
from spreadsheets.grid import Cell
from spreadsheets.notes import Notes
from spreadsheets.values import Values, in_one_line, lines

MOST_ROWS = 5_000
_TITLE_WORDS = re.compile("细则|指标|体系|标准|方案|评分|考核|评价|评估|验收")
_TO_FILL_IN = re.compile("[:：]|盖章|填报|填表")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_YEAR_IN_NAME = re.compile(_YEAR.pattern + "(年度?)?")
_SCORED = re.compile("[0-9]\\s*分|[得扣计加减满]分|酌情|否决")
_BONUS = re.compile("加分|附加")
_NO_BONUS = re.compile("扣分|减分|加减|奖扣")


@dataclass
class Stated:
    """Points that the table states of a section, a group or all, and where."""

    points: Decimal
    cell: Cell


@dataclass
class Foreign:
    """What is read, beside the data: the sums that the table states."""

    draft: Draft = field(default_factory=Draft)
    total: Stated | None = None
    sections: dict[int, Stated] = field(default_factory=dict)
    groups: dict[tuple[int, int], Stated] = field(default_factory=dict)
    section_cells: list[Cell] = field(default_factory=list)
    subtotals: list[tuple[int, Stated]] = field(default_factory=list)


def read_table(header: Header, notes: Notes, stem: str) -> Foreign:
    """The framework that stands under these headings; ``stem`` is the file's name, for its code."""
    return _Reader(header, notes, stem).read()


class _Reader:
    def __init__(self, header: Header, notes: Notes, stem: str) -> None:
        self.header, self.sheet, self.notes, self.stem = header, header.sheet, notes, stem
        self.values = Values(header.sheet.name, notes)
        self.found = Foreign()
        self.data, self.places = self.found.draft.data, self.found.draft.places
        self.sections: list[dict[str, Any]] = []
        self.group: str | None = None
        self.section_text = self.group_text = ""
        self.groups: set[str] = set()
        self.items: list[dict[str, Any]] = []
        self.parts: list[str] = []
        self.said: list[str] = []
        self.count = 0

    def read(self) -> Foreign:
        """Everything under the headings, and the title above."""
        if sum(row > self.header.last for row in self.sheet.by_row) > MOST_ROWS:
            message = _("The table has more than %(limit)s rows.") % {"limit": MOST_ROWS}
            self.notes.error(self.sheet.name, "", message)
            return self.found
        self.table = Table(self.sheet, self.header)
        self.cells = ItemCells(self.table, self.values)
        for cell in self.table.unread:
            message = _("The column “%(name)s” is not read.") % {"name": in_one_line(cell.text)[:40]}
            self.notes.remark(self.sheet.name, cell, message)
        self._remark_hidden()
        self._read_title()
        if (above := self.table.section_above()) is not None:
            named = marks.take_apart(self.values.line(above))
            self._open_section(named, above, named.points, above)
        for row in self.table.rows():
            match row.kind:
                case RowKind.TOTAL:
                    self._read_total(row)
                case RowKind.SUBTOTAL:
                    self._read_subtotal(row)
                case RowKind.NOTE:
                    self._read_note(row)
                case RowKind.SECTION | RowKind.GROUP:
                    self._read_heading_row(row)
                case RowKind.ITEM:
                    self._read_item(row)
                case RowKind.MORE:
                    self._read_more(row)
        self._finish()
        return self.found

    def _remark_hidden(self) -> None:
        """What nobody sees on the screen is read as well, and that is said."""
        for column, cell in self.header.cells.items():
            if column in self.sheet.hidden_columns:
                self.values.remark(cell, _("This column is hidden; it was read."))
        for number in sorted(self.sheet.hidden_rows & set(self.table.numbers)):
            self.values.remark(self.sheet.by_row[number][0], _("This row is hidden; it was read."))

    # The framework itself

    def _read_title(self) -> None:
        section = self.table.section_above()
        above = [cell for cell in self.table.above() if cell is not section]
        texts = [self.values.text(cell) for cell in above]
        short = [in_one_line(text) for text in texts if len(text) <= LONGEST_TITLE]
        titles = [text for text in short if _TITLE_WORDS.search(text) and not _TO_FILL_IN.search(text)]
        title = max(titles or short or [""], key=len)
        self.said += [text for text in texts if len(text) > 60 and text != title]
        year = _YEAR.search(title) or _YEAR.search(self.stem)
        self.data |= {
            "code": self._code(),
            "year": int(year[1]) if year else date.today().year,
            "title": title or in_one_line(self.stem) or self.sheet.name,
            "bands": [],
        }
        self.data["version"] = str(self.data["year"])

    def _code(self) -> str:
        """The file's name without its year, which is the version: proposed, and typed over in the preview."""
        name = in_one_line(_YEAR_IN_NAME.sub("", self.stem)).strip(" -_—（）()【】[]")
        return name[:32].rstrip() or "指标体系"

    def _finish(self) -> None:
        self.data["sections"] = self.sections
        for section in self.sections:
            section.pop("first_level")
        self.data["profiles"] = list(self.cells.kinds)
        self.data["notes"] = "\n".join(self.said)
        if self.found.total:
            self.data["stated_weight"] = plain(self.found.total.points)
        if not self.count:
            self.notes.error(self.sheet.name, "", _("There are no items under the headings."))

    def _read_total(self, row: Row) -> None:
        stated = self._stated(row, marks.total_of)
        if stated and self.found.total and self.found.total.points != stated.points:
            first = {"cell": self.found.total.cell.address, "points": plain(self.found.total.points)}
            message = _("Another total stands in %(cell)s: %(points)s.") % first
            self.notes.remark(self.sheet.name, stated.cell, message)
        self.found.total = self.found.total or stated

    def _read_subtotal(self, row: Row) -> None:
        stated = self._stated(row, marks.subtotal_of)
        if stated and self.sections:
            self.found.subtotals.append((len(self.sections) - 1, stated))

    def _stated(self, row: Row, words: Any) -> Stated | None:
        """The points that stand in the row's column of points, or in the words themselves."""
        cell = row.cell(ITEM_WEIGHT)
        if cell is not None:
            weight = marks.read_weight(self.values.text(cell))
            if weight is not None and not weight.nothing:
                return Stated(weight.points, cell)
        by_kind = {self.cells.weight_in(cell).points: cell for cell in row.own.get(headings.KIND, ())}
        if len(by_kind) > 1:
            message = _("The sums differ by kind of district; none is checked.")
            self.values.remark(next(iter(by_kind.values())), message)
        elif by_kind:
            points, cell = next(iter(by_kind.items()))
            return Stated(points, cell)
        for own in self.sheet.by_row[row.number]:
            _is, points = words(own.text)
            if points is not None:
                return Stated(points, own)
        return None

    def _read_note(self, row: Row) -> None:
        texts = [self.values.text(cell) for cell in self.sheet.by_row[row.number]]
        self.said.append(" ".join(filter(None, texts)))
        self.items = []

    # Sections and groups

    def _read_heading_row(self, row: Row) -> None:
        cells = self.sheet.by_row[row.number]
        at, name, label = self._heading(row, cells)
        parts = marks.take_apart(name)
        weight = row.cell(ITEM_WEIGHT)
        stated = self.cells.weight_in(weight) if weight is not None else None
        points = stated.points if stated and not stated.nothing else parts.points
        rest = [cell for cell in cells if cell not in (cells[0], at, weight) and self._is_text(row, cell)]
        note = "\n".join(filter(None, (self.values.text(cell) for cell in rest)))
        if row.kind == RowKind.GROUP and self.sections and self._has_first_level():
            self._open_group(parts, at, points, weight or at, label)
            note = f"{parts.text}：{note}" if note else ""
        else:
            self._open_section(parts, at, points, weight or at, label)
        self._append(self.sections[-1], "note", [note])

    def _heading(self, row: Row, cells: list[Cell]) -> tuple[Cell, str, str]:
        """Where the name of a section or group stands in its row, the name and its label."""
        text = self.values.line(cells[0])
        named = row.cell(headings.TITLE) or row.cell(headings.REQUIREMENT) or cells[min(1, len(cells) - 1)]
        if row.number in self.table.levels:
            label, name = marks.split_label(self.values.line(named))
            return named, name, label or self.values.label(row.cell(headings.LABEL))
        level = marks.bare_ordinal(text)
        if not level or len(cells) < 2:
            return cells[0], text, ""
        gap = "" if level == 2 else "、"
        return named, f"{text.rstrip('、.．')}{gap}{self.values.line(named)}", ""

    def _is_text(self, row: Row, cell: Cell) -> bool:
        """Whether a cell of a section's row says something of the section."""
        roles = (headings.TITLE, headings.REQUIREMENT, headings.RULE, headings.MATERIALS, headings.NOTE)
        return any(cell in row.own.get(role, ()) for role in roles)

    def _has_first_level(self) -> bool:
        return any(section["first_level"] for section in self.sections)

    def _open_section(
        self, name: marks.Named, cell: Cell, points: Decimal | None, at: Cell, label: str = ""
    ) -> None:
        number = len(self.sections)
        title, kinds = self.cells.kinds_in(name.text)
        if name.ordinal:
            label = "" if marks.number_of(name.ordinal) in (0, number + 1) else name.ordinal
        title, note = self.cells.title_in(title or name.ordinal or _("(without a name)"), cell)
        self.sections.append(
            {
                "key": str(uuid4()),
                "label": label[:LONGEST_LABEL],
                "title": title,
                "stated_weight": None if points is None else plain(points),
                "profiles": kinds,
                "note": note,
                "groups": [],
                "items": [],
                "first_level": name.level != 2,
            }
        )
        self.group, self.group_text, self.groups, self.items = None, "", set(), []
        self.found.section_cells.append(cell)
        self._place(("sections", number), cell, {"stated_weight": at})
        if points is not None:
            self.found.sections[number] = Stated(points, at)

    def _open_group(
        self, name: marks.Named, cell: Cell, points: Decimal | None, at: Cell, label: str = ""
    ) -> None:
        groups = self.sections[-1]["groups"]
        title, kinds = self.cells.kinds_in(name.text)
        title, _note = self.cells.title_in(title or name.ordinal or _("(without a name)"), cell)
        self.items = []
        self.group = title
        if title in self.groups:
            return
        self.groups.add(title)
        groups.append(
            {
                "key": str(uuid4()),
                "label": label[:LONGEST_LABEL],
                "title": title,
                "stated_weight": None if points is None else plain(points),
                "profiles": kinds,
            }
        )
        place = (len(self.sections) - 1, len(groups) - 1)
        self._place(("sections", place[0], "groups", place[1]), cell, {"stated_weight": at})
        if points is not None:
            self.found.groups[place] = Stated(points, at)

    def _enter_columns(self, row: Row) -> None:
        """Open the section and the group that stand in columns of their own."""
        for role, is_section in ((headings.SECTION, True), (headings.GROUP, False)):
            cell = row.covering(role)
            if cell is None:
                continue
            text = self.values.line(cell)
            if not text or text == (self.section_text if is_section else self.group_text):
                continue
            label, name = marks.split_label(text)
            parts = marks.take_apart(name)
            weight = row.covering(f"weight:{role}")
            stated = self.cells.weight_in(weight) if weight is not None else None
            points = stated.points if stated and not stated.nothing else parts.points
            if is_section:
                self._open_section(parts, cell, points, weight or cell, label)
                self.section_text, self.group_text = text, ""
            elif self.sections:
                self._open_group(parts, cell, points, weight or cell, label)
                self.group_text = text
        above = self.table.levels_above(row.number)
        if above == 0 and (cell := row.cell(headings.TITLE)):
            # A number of the first level with nothing under it: a section of one item.
            label, name = marks.split_label(self.values.line(cell))
            label = label or self.values.label(row.cell(headings.LABEL))
            self._open_section(marks.take_apart(name), cell, None, cell, label)
        elif above == 1:
            self.group = None
        if not self.sections:
            first = row.first
            if first is not None:
                self._open_section(marks.Named(self.data["title"][:LONGEST_TITLE]), first, None, first)

    # Items

    def _read_item(self, row: Row) -> None:
        self._enter_columns(row)
        number = len(self.sections[-1]["items"])
        item = self._item(row)
        self.items = self._alternatives(row, item) if self.header.kinds else [item]
        self.sections[-1]["items"] += self.items
        cells = {
            "weight": row.covering(ITEM_WEIGHT),
            "label": row.covering(headings.LABEL),
            "responsible": row.covering(headings.RESPONSIBLE),
            "materials": row.covering(headings.MATERIALS),
            "requirement": row.covering(headings.REQUIREMENT),
            "rule_prose": row.covering(headings.RULE) or row.covering(headings.REQUIREMENT),
        }
        place = row.covering(headings.TITLE) or row.first
        for index in range(len(self.items)):
            if place is not None:
                self._place(("sections", len(self.sections) - 1, "items", number + index), place, cells)

    def _item(self, row: Row) -> dict[str, Any]:
        cells, self.count = self.cells, self.count + 1
        label, name, points, after = cells.label_and_name(row)
        weight = cells.weight(row, points)
        requirement = cells.texts(row, headings.REQUIREMENT)
        self.parts = [cells.rule(row)]
        rule = [after, *self.parts]
        if not name:
            name = next(iter(lines(requirement or self.parts[0])), "") or label
            requirement = "" if requirement == name else requirement
        title, more = cells.title_in(name, row.covering(headings.TITLE) or row.first)
        requirement = f"{more}\n{requirement}".strip()
        if self.header.column(headings.RULE) is None and _SCORED.search(requirement):
            # One column says both what is wanted and how it is scored: it is the rule as published.
            requirement, rule = "", [after, requirement]
        asides = [cells.texts(row, headings.NOTE), *cells.asides(row)]
        return {
            "key": str(uuid4()),
            "label": (label or str(self.count))[:LONGEST_LABEL],
            "title": title,
            "requirement": "\n".join(filter(None, (requirement, *asides))),
            "rule_prose": "\n".join(filter(None, rule)),
            "weight": plain(weight.points),
            "bonus": self._is_bonus(row, weight),
            "committee_only": cells.is_reserved(row),
            "na_allowed": cells.is_ticked(row, headings.NA),
            "profiles": cells.profiles(row),
            "responsible": cells.responsible(row),
            "materials": cells.materials(row),
            "group": self.group,
            "measures": [],
            "rules": [],
        }

    def _alternatives(self, row: Row, item: dict[str, Any]) -> list[dict[str, Any]]:
        """The item once for each number of points that it has for kinds of district; not for those that
        have none."""
        by_points: dict[Decimal, list[str]] = {}
        for cell in row.own.get(headings.KIND, ()):
            if points := self.cells.weight_in(cell).points:
                by_points.setdefault(points, []).append(self.header.kinds[cell.column])
        if not by_points and (place := row.first) is not None:
            self.values.remark(place, _("No points are stated; 0 is stored."))
        found = []
        for points, kinds in by_points.items():
            only = [] if len(kinds) == len(self.header.kinds) else self.cells.known_kinds("、".join(kinds))
            own = {"key": str(uuid4()), "weight": plain(points), "profiles": only}
            found.append({**item, **own, "materials": [*item["materials"]]})
        return found or [item]

    def _is_bonus(self, row: Row, weight: marks.Weight) -> bool:
        names = (self.sections[-1]["title"], self.group or "")
        named = any(_BONUS.search(name) and not _NO_BONUS.search(name) for name in names)
        return weight.bonus or named or self.cells.is_ticked(row, headings.BONUS)

    def _read_more(self, row: Row) -> None:
        """Lines that go on under an item, or under a section that has none yet."""
        cells = self.cells
        wanted = [self.values.text(cell) for cell in row.own.get(headings.REQUIREMENT, ())]
        rule = [cells.rule(row)] if row.cell(headings.RULE) else []
        if not self.items:
            self._say([*wanted, *rule])
            return
        if (named := row.cell(headings.TITLE)) is not None:
            label = self.values.label(row.cell(headings.LABEL))
            wanted.insert(0, f"{label} {self.values.text(named)}".strip())
        part = row.cell(f"weight:{PART}")
        self.parts += rule or [""]
        for item in self.items:
            both = self.header.column(headings.RULE) is None and item["rule_prose"]
            self._append(item, "rule_prose" if both else "requirement", wanted)
            self._append(item, "requirement", cells.asides(row))
            if part is None:
                self._append(item, "rule_prose", rule)
            else:
                self._add_part(item, cells.weight_in(part))
            if row.cell(headings.MATERIALS):
                item["materials"] += cells.materials(row)

    def _say(self, texts: list[str]) -> None:
        """Keep what is said of a section, or of the table, before its first item."""
        if self.sections:
            self._append(self.sections[-1], "note", texts)
        else:
            self.said += texts

    def _add_part(self, item: dict[str, Any], points: marks.Weight) -> None:
        """A further row of an item's rule with its points: the rows become numbered lines."""
        numbered = [
            text if marks.split_label(text)[0] else f"{number}.{text}"
            for number, text in enumerate(self.parts, 1)
        ]
        item["rule_prose"] = "\n".join(numbered)
        if headings.TITLE not in self.table.weights:
            item["weight"] = plain(Decimal(item["weight"]) + points.points)

    def _append(self, node: dict[str, Any], name: str, texts: Iterable[str]) -> None:
        node[name] = "\n".join(filter(None, (node[name], *texts)))

    def _place(self, path: Path, cell: Cell, fields: dict[str, Cell | None]) -> None:
        self.places[path] = self.sheet.name, cell.address
        for name, at in fields.items():
            if at is not None:
                self.places[(*path, name)] = self.sheet.name, at.address
