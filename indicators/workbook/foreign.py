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
from indicators.workbook.grid import Cell
from indicators.workbook.headings import Header
from indicators.workbook.plan import Draft, Notes, Path
from indicators.workbook.table import Row, RowKind, Table
from indicators.workbook.values import Values, in_one_line, lines

LONGEST_TITLE, LONGEST_LABEL = 200, 20
MOST_ROWS = 5_000
MOST_KINDS = 30
_ITEM_WEIGHT = f"weight:{headings.TITLE}"
_TITLE_WORDS = re.compile("细则|指标|体系|标准|方案|评分|考核|评价|评估|验收")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_EVERYBODY = {"全部", "通用", "所有", "均适用", "各类", "全体", "不限", "共同", "共性", "/", "—"}
_TICKS = {"是", "√", "✓", "✔", "■", "●", "☑", "Y", "y", "1", "有"}
_ABOVE = re.compile("市级|省级|上级|督导|考核组|评估组|专家|评委|委员会|第三方|主管部门")
_SELF = re.compile("自评|自查|县|区|乡镇|街道|学校|被考核|各单位")
_APPLIES = re.compile(r"[(（](?:仅?适用于?|限)[:：]?\s*([^()（）]{1,40})[)）]")
_PROFILE_GAP = re.compile(r"[、，,;；/／\n和及]")
_SCORED = re.compile("[0-9]\\s*分|[得扣计加减满]分|酌情|否决")
_BONUS = re.compile("加分|附加分")
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
        self.item: dict[str, Any] | None = None
        self.kinds: dict[str, None] = {}
        self.said: list[str] = []
        self.count = 0

    def read(self) -> Foreign:
        """Everything under the headings, and the title above."""
        if sum(row > self.header.last for row in self.sheet.by_row) > MOST_ROWS:
            message = _("The table has more than %(limit)s rows.") % {"limit": MOST_ROWS}
            self.notes.error(self.sheet.name, "", message)
            return self.found
        self.table = Table(self.sheet, self.header)
        for cell in self.header.unread:
            message = _("The column “%(name)s” is not read.") % {"name": in_one_line(cell.text)[:40]}
            self.notes.remark(self.sheet.name, cell, message)
        self._read_title()
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

    # The framework itself

    def _read_title(self) -> None:
        above = self.table.above()
        texts = [self.values.text(cell) for cell in above]
        short = [in_one_line(text) for text in texts if len(text) <= LONGEST_TITLE]
        title = max([text for text in short if _TITLE_WORDS.search(text)] or short or [""], key=len)
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
        code = re.sub("[^A-Za-z0-9-]+", "-", self.stem).strip("-")[:32].strip("-")
        return code if re.search("[A-Za-z]", code) else "framework"

    def _finish(self) -> None:
        self.data["sections"] = self.sections
        for section in self.sections:
            section.pop("first_level")
        self.data["profiles"] = list(self.kinds)
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
        cell = row.cell(_ITEM_WEIGHT)
        if cell is not None:
            weight = marks.read_weight(self.values.text(cell))
            if weight is not None and not weight.nothing:
                return Stated(weight.points, cell)
        for own in self.sheet.by_row[row.number]:
            _is, points = words(own.text)
            if points is not None:
                return Stated(points, own)
        return None

    def _read_note(self, row: Row) -> None:
        texts = [self.values.text(cell) for cell in self.sheet.by_row[row.number]]
        self.said.append(" ".join(filter(None, texts)))
        self.item = None

    # Sections and groups

    def _read_heading_row(self, row: Row) -> None:
        cells = self.sheet.by_row[row.number]
        texts = [self.values.line(cell) for cell in cells]
        level, name, at = marks.bare_ordinal(texts[0]), texts[0], cells[0]
        if level and len(cells) > 1:
            named = row.cell(headings.TITLE) or row.cell(headings.REQUIREMENT) or cells[1]
            at, name = named, f"{texts[0].rstrip('、.．')}、{self.values.line(named)}"
            if level == 2:
                name = f"{texts[0]}{self.values.line(named)}"
        parts = marks.take_apart(name)
        weight = row.cell(_ITEM_WEIGHT)
        stated = self._weight_of(weight) if weight is not None else None
        points = stated.points if stated else parts.points
        rest = [cell for cell in cells if cell not in (cells[0], at, weight) and self._is_text(row, cell)]
        note = "\n".join(filter(None, (self.values.text(cell) for cell in rest)))
        if row.kind == RowKind.GROUP and self.sections and self._has_first_level():
            self._open_group(parts, at, points, weight or at)
        else:
            self._open_section(parts, at, points, weight or at)
            self.sections[-1]["note"] = note

    def _is_text(self, row: Row, cell: Cell) -> bool:
        """Whether a cell of a section's row says something of the section."""
        roles = (headings.TITLE, headings.REQUIREMENT, headings.RULE, headings.MATERIALS, headings.NOTE)
        return any(cell in row.own.get(role, ()) for role in roles)

    def _has_first_level(self) -> bool:
        return any(section["first_level"] for section in self.sections)

    def _open_section(self, name: marks.Named, cell: Cell, points: Decimal | None, at: Cell) -> None:
        number = len(self.sections)
        title, kinds = self._kinds_in(name.text)
        label = "" if marks.number_of(name.ordinal) in (0, number + 1) else name.ordinal
        title, note = self._title(title or name.ordinal or _("(without a name)"), cell)
        self.sections.append(
            {
                "key": str(uuid4()),
                "label": label,
                "title": title,
                "stated_weight": None if points is None else plain(points),
                "profiles": kinds,
                "note": note,
                "groups": [],
                "items": [],
                "first_level": name.level != 2,
            }
        )
        self.group, self.group_text, self.item = None, "", None
        self.found.section_cells.append(cell)
        self._place(("sections", number), cell, {"stated_weight": at})
        if points is not None:
            self.found.sections[number] = Stated(points, at)

    def _open_group(self, name: marks.Named, cell: Cell, points: Decimal | None, at: Cell) -> None:
        groups = self.sections[-1]["groups"]
        title, kinds = self._kinds_in(name.text)
        title, _note = self._title(title or name.ordinal or _("(without a name)"), cell)
        self.item = None
        self.group = title
        if any(group["title"] == title for group in groups):
            return
        groups.append(
            {
                "key": str(uuid4()),
                "label": "",
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
            parts = marks.take_apart(text)
            weight = row.covering(f"weight:{role}")
            stated = self._weight_of(weight) if weight is not None else None
            points = stated.points if stated else parts.points
            if is_section:
                self._open_section(parts, cell, points, weight or cell)
                self.section_text, self.group_text = text, ""
            elif self.sections:
                self._open_group(parts, cell, points, weight or cell)
                self.group_text = text
        if not self.sections:
            name = marks.Named(self.data["title"][:LONGEST_TITLE])
            first = row.first
            if first is not None:
                self._open_section(name, first, None, first)

    # Items

    def _read_item(self, row: Row) -> None:
        self._enter_columns(row)
        number = len(self.sections[-1]["items"])
        title_cell = row.covering(headings.TITLE)
        label, name, points = self._label_and_name(row)
        weight = self._item_weight(row, points)
        requirement = self._texts(row, headings.REQUIREMENT)
        rule = self._texts(row, headings.RULE)
        if not name:
            name = next(iter(lines(requirement or rule)), "") or label
        title, more = self._title(name, title_cell or row.first)
        if more:
            requirement = f"{more}\n{requirement}".strip()
        if self.header.column(headings.RULE) is None and _SCORED.search(requirement):
            # One column says both what is wanted and how it is scored: it is the rule as published.
            requirement, rule = "", requirement
        self.count += 1
        self.item = {
            "key": str(uuid4()),
            "label": (label or str(self.count))[:LONGEST_LABEL],
            "title": title,
            "requirement": requirement,
            "rule_prose": rule,
            "weight": plain(weight.points),
            "bonus": self._is_bonus(row, weight),
            "committee_only": self._is_reserved(row),
            "na_allowed": self._is_ticked(row, headings.NA),
            "profiles": self._profiles(row),
            "responsible": self._responsible(row),
            "materials": self._materials(row),
            "group": self.group,
            "measures": [],
            "rules": [],
        }
        if note := self._texts(row, headings.NOTE):
            self.item["requirement"] = f"{self.item['requirement']}\n{note}".strip()
        self.sections[-1]["items"].append(self.item)
        cells = {
            "weight": row.covering(_ITEM_WEIGHT),
            "label": row.covering(headings.LABEL),
            "responsible": row.covering(headings.RESPONSIBLE),
            "materials": row.covering(headings.MATERIALS),
            "requirement": row.covering(headings.REQUIREMENT),
            "rule_prose": row.covering(headings.RULE) or row.covering(headings.REQUIREMENT),
        }
        place = title_cell or row.first
        if place is not None:
            self._place(("sections", len(self.sections) - 1, "items", number), place, cells)

    def _label_and_name(self, row: Row) -> tuple[str, str, Decimal | None]:
        """The item's number, its name and the points that stand in the name."""
        label = self.values.line(row.covering(headings.LABEL)).strip(" 、.．")
        name, points = marks.without_points(self.values.text(row.covering(headings.TITLE)))
        if not label and marks.is_label(name):
            return name.rstrip(" .．、"), "", points
        front, rest = marks.split_label(name)
        if front and (not label or front == label):
            label, name = front, rest
        if len(label) > LONGEST_LABEL:
            label, name = "", f"{label} {name}".strip()
        return label, name, points

    def _item_weight(self, row: Row, points: Decimal | None) -> marks.Weight:
        cell = row.cell(_ITEM_WEIGHT)
        if cell is None and (self._is_reserved(row) or points is None):
            cell = self._reserved_points(row)
        if cell is not None:
            return self._weight_of(cell)
        if points is not None:
            return marks.Weight(points)
        place = row.covering(headings.TITLE) or row.first
        if place is not None:
            message = _("No points are stated; 0 is stored.")
            self.notes.remark(self.sheet.name, self._beside(row, place), message)
        return marks.Weight(Decimal(0), nothing=True)

    def _beside(self, row: Row, place: Cell) -> Cell:
        """The empty cell of the points in this row."""
        column = self.table.weights.get(headings.TITLE)
        return Cell(row.number, column, "s", "") if column else place

    def _weight_of(self, cell: Cell) -> marks.Weight:
        """Points of a cell; what are none is noted as an error."""
        text = self.values.text(cell)
        weight = marks.read_weight(text) if text else marks.Weight(Decimal(0))
        if weight is None:
            message = _("“%(text)s” is not a number of points.") % {"text": text[:40]}
            self.notes.error(self.sheet.name, cell, message)
            return marks.Weight(Decimal(0))
        if weight.off:
            message = _("“%(text)s”: points that can only be lost; 0 is stored, the rule is kept as text.")
            self.notes.remark(self.sheet.name, cell, message % {"text": text[:40]})
        return weight

    def _reserved_points(self, row: Row) -> Cell | None:
        """Points in a column of what the committee scores."""
        cell = row.cell(headings.RESERVED)
        return (
            cell
            if cell is not None and (marks.read_weight(cell.text) or marks.Weight(Decimal(0))).points
            else None
        )

    def _texts(self, row: Row, role: str) -> str:
        return "\n".join(filter(None, (self.values.text(cell) for cell in row.seen.get(role, ()))))

    def _responsible(self, row: Row) -> str:
        cells = row.seen.get(headings.RESPONSIBLE, [])
        joined = "、".join(office for cell in cells for office in self.values.text(cell).split())
        if len(joined) > LONGEST_TITLE:
            message = _("Too many offices for one item; the first are stored.")
            self.notes.remark(self.sheet.name, cells[0], message)
            joined = joined[: LONGEST_TITLE - 1].rpartition("、")[0] + "等"
        return joined

    def _materials(self, row: Row) -> list[str]:
        texts = lines(self._texts(row, headings.MATERIALS))
        if len(texts) == 1:
            parts = re.split(r"[；;]|(?<=[^0-9])(?=[0-9]{1,2}[.．、](?![0-9]))", texts[0])
            texts = [part.strip() for part in parts if part.strip(" 。")]
        names = [re.sub(r"^(?:[0-9]{1,2}[.．、]|[(（][0-9]{1,2}[)）]|[①-⑳])\s*", "", text) for text in texts]
        return [name.strip("；;。 ")[:LONGEST_TITLE] for name in names if name.strip("；;。 ")]

    def _is_bonus(self, row: Row, weight: marks.Weight) -> bool:
        names = (self.sections[-1]["title"], self.group or "")
        named = any(_BONUS.search(name) and not _NO_BONUS.search(name) for name in names)
        return weight.bonus or named or self._is_ticked(row, headings.BONUS)

    def _is_reserved(self, row: Row) -> bool:
        scorer = self._texts(row, headings.SCORER)
        if _ABOVE.search(scorer) and not _SELF.search(_ABOVE.sub("", scorer)):
            return True
        return self._is_ticked(row, headings.RESERVED) or (
            row.cell(_ITEM_WEIGHT) is None and self._reserved_points(row) is not None
        )

    def _is_ticked(self, row: Row, role: str) -> bool:
        return self._texts(row, role).strip() in _TICKS

    def _profiles(self, row: Row) -> list[str]:
        return self._known_kinds(self._texts(row, headings.PROFILES))

    def _known_kinds(self, text: str) -> list[str]:
        """Kinds of district named in a text; none where it names all."""
        names = [name.strip() for name in _PROFILE_GAP.split(text)]
        names = list(dict.fromkeys(name[:40] for name in names if name and name not in _EVERYBODY))
        if len(names) + len(self.kinds) > MOST_KINDS:
            message = _("More than %(limit)s kinds of district.") % {"limit": MOST_KINDS}
            self.notes.error(self.sheet.name, "", message)
            return []
        self.kinds |= dict.fromkeys(names)
        return names

    def _kinds_in(self, name: str) -> tuple[str, list[str]]:
        """A section's name without “（适用于城区）”, and the kinds of district that it is for."""
        found = _APPLIES.search(name)
        if not found:
            return name, []
        return (name[: found.start()] + name[found.end() :]).strip(), self._known_kinds(found[1])

    def _title(self, text: str, cell: Cell | None) -> tuple[str, str]:
        """A name of one line, and the whole text where it is too long for a name."""
        line = in_one_line(text)
        if len(line) <= LONGEST_TITLE:
            return line, ""
        clause = re.match(r"[^。；;！]{4,120}", line)
        name = clause[0] if clause and len(clause[0]) < 120 else f"{line[:60]}…"
        if cell is not None:
            message = _("Too long for a name; it was shortened and the whole text kept as the requirement.")
            self.notes.remark(self.sheet.name, cell, message)
        return name, text

    def _read_more(self, row: Row) -> None:
        """Lines that go on under an item, or under a section that has none yet."""
        texts = {role: [self.values.text(cell) for cell in cells] for role, cells in row.own.items()}
        if self.item is None:
            said = [text for role in (headings.REQUIREMENT, headings.RULE) for text in texts.get(role, ())]
            if self.sections:
                self._append(self.sections[-1], "note", said)
            else:
                self.said += said
            return
        names = texts.get(headings.TITLE, []) if row.cell(headings.TITLE) else []
        both = self.header.column(headings.RULE) is None and self.item["rule_prose"]
        wanted = [*names, *texts.get(headings.REQUIREMENT, ())]
        self._append(self.item, "rule_prose" if both else "requirement", wanted)
        self._append(self.item, "rule_prose", texts.get(headings.RULE, ()))
        if row.cell(headings.MATERIALS):
            self.item["materials"] += self._materials(row)

    def _append(self, node: dict[str, Any], name: str, texts: Iterable[str]) -> None:
        node[name] = "\n".join(filter(None, (node[name], *texts)))

    def _place(self, path: Path, cell: Cell, fields: dict[str, Cell | None]) -> None:
        self.places[path] = self.sheet.name, cell.address
        for name, at in fields.items():
            if at is not None:
                self.places[(*path, name)] = self.sheet.name, at.address
