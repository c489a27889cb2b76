"""What an item's row says in an office's table: number, name, points, rule, offices, materials."""

import re
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators.scoring.points import plain
from indicators.workbook import headings, marks
from indicators.workbook.table import PART, Row, Table
from spreadsheets.grid import Cell
from spreadsheets.values import Values, in_one_line, lines

LONGEST_TITLE, LONGEST_LABEL = 200, 20
MOST_KINDS = 30
ITEM_WEIGHT = f"weight:{headings.TITLE}"
_EVERYBODY = {"全部", "通用", "所有", "均适用", "各类", "全体", "不限", "共同", "共性", "/", "—"}
_TICKS = {"是", "√", "✓", "✔", "■", "●", "☑", "Y", "y", "1", "有"}
_ABOVE = re.compile("市级|省级|上级|督导|考核组|评估组|专家|评委|委员会|第三方|主管部门")
_SELF = re.compile("自评|自查|县|区|乡镇|街道|学校|被考核|各单位")
_APPLIES = re.compile(r"[(（](?:仅?适用于?|限)[:：]?\s*([^()（）]{1,40})[)）]")
_PROFILE_GAP = re.compile(r"[、，,;；/／\n]|(?<=[区县市镇乡道域类校])[和及]")
"""和平区 is one kind, 城区和乡镇 are two."""


class ItemCells:
    """Reads the rows of one table; ``kinds`` are the kinds of district named so far."""

    def __init__(self, table: Table, values: Values) -> None:
        self.table, self.values = table, values
        self.kinds: dict[str, None] = {}

    def label_and_name(self, row: Row) -> tuple[str, str, Decimal | None, str]:
        """The item's number, its name, the points that stand in the name, and what comes after these."""
        label = self.values.label(row.covering(headings.LABEL))
        cell = row.covering(headings.TITLE)
        text = self.values.text(cell)
        name, points = marks.without_points(text)
        found, after = marks.points_in(text), ""
        if len(found) > 1 and cell is not None:
            name, after = text[: found[0].start()], text
            message = _("Points of several parts stand here; %(points)s were read.")
            self.values.remark(cell, message % {"points": plain(points or Decimal(0))})
        elif found and text[found[0].end() :].strip()[:1] in tuple("。；;：:，,、\n"):
            name, after = text[: found[0].start()], text[found[0].end() :].strip("。；;：:，,、\n ")
        if not label and marks.is_label(name):
            return name.rstrip(" .．、"), "", points, after
        front, rest = marks.split_label(name)
        if front and (not label or front == label):
            label, name = front, rest
        if len(label) > LONGEST_LABEL:
            label, name = "", f"{label} {name}".strip()
        return label, name.strip(), points, after

    def rule(self, row: Row) -> str:
        """The rule as published, with the points of this row where an item's are spread over several."""
        rule, part = self.texts(row, headings.RULE), row.cell(f"weight:{PART}")
        if part is None or not rule or marks.points_in(rule):
            return rule
        return f"{rule.rstrip('。；; ')}（{plain(self.weight_in(part).points)}分）"

    def asides(self, row: Row) -> list[str]:
        """What stands under headings that have no place of their own, each with its heading."""
        cells = [cell for cell in row.own.get(headings.ASIDE, ()) if self.values.text(cell)]
        heads = self.table.header.cells
        return [f"{self.values.line(heads[cell.column])}：{self.values.text(cell)}" for cell in cells]

    def weight(self, row: Row, points: Decimal | None) -> marks.Weight:
        """The item's points: in their own column, in one of the committee's or of bonus points, or those
        that stand in the name."""
        cell = row.cell(ITEM_WEIGHT)
        if cell is None and headings.TITLE not in self.table.weights:
            cell = row.cell(f"weight:{PART}")
        if cell is None and (self.is_reserved(row) or points is None):
            cell = self._points_in(row, headings.RESERVED)
        if cell is not None:
            return self.weight_in(cell)
        if (extra := self._points_in(row, headings.BONUS)) is not None:
            return replace(self.weight_in(extra), bonus=True)
        if points is not None:
            return marks.Weight(points)
        if self.table.header.kinds:
            return marks.Weight(Decimal(0))
        place = row.covering(headings.TITLE) or row.first
        if place is not None:
            self.values.remark(self._beside(row, place), _("No points are stated; 0 is stored."))
        return marks.Weight(Decimal(0), nothing=True)

    def _beside(self, row: Row, place: Cell) -> Cell:
        """The empty cell of the points in this row."""
        column = self.table.weights.get(headings.TITLE)
        return Cell(row.number, column, "s", "") if column else place

    def weight_in(self, cell: Cell) -> marks.Weight:
        """Points of a cell; what are none is noted as an error."""
        text = self.values.text(cell)
        weight = marks.read_weight(text) if text else marks.Weight(Decimal(0))
        if weight is None:
            message = _("“%(text)s” is not a number of points.") % {"text": text[:40]}
            self.values.error(cell, message)
            return marks.Weight(Decimal(0))
        if weight.most:
            message = _("“%(text)s” was read as %(points)s points, the most that can be had.")
            values = {"text": text[:40], "points": plain(weight.points)}
            self.values.remark(cell, message % values)
        if weight.off:
            message = _("“%(text)s”: points that can only be lost; 0 is stored, the rule is kept as text.")
            self.values.remark(cell, message % {"text": text[:40]})
        return weight

    def _points_in(self, row: Row, role: str) -> Cell | None:
        """Points in a column of what the committee scores, or of bonus points; ``None`` for a mere tick."""
        cell = row.cell(role)
        if cell is None or self.values.text(cell) in _TICKS - {"1"}:
            return None
        return cell if (marks.read_weight(cell.text) or marks.Weight(Decimal(0))).points else None

    def texts(self, row: Row, role: str) -> str:
        """What is seen in the row under the headings of a role."""
        return "\n".join(filter(None, (self.values.text(cell) for cell in row.seen.get(role, ()))))

    def responsible(self, row: Row) -> str:
        """The offices, in one line."""
        cells = row.seen.get(headings.RESPONSIBLE, [])
        joined = "、".join(office for cell in cells for office in self.values.text(cell).split())
        if len(joined) > LONGEST_TITLE:
            message = _("Too many offices for one item; the first are stored.")
            self.values.remark(cells[0], message)
            joined = joined[: LONGEST_TITLE - 1].rpartition("、")[0] + "等"
        return joined

    def materials(self, row: Row) -> list[str]:
        """The required materials, one a line or numbered in one."""
        texts = lines(self.texts(row, headings.MATERIALS))
        if len(texts) == 1:
            parts = re.split(r"[；;]|(?<=[^0-9])(?=[0-9]{1,2}[.．、](?![0-9]))", texts[0])
            texts = [part.strip() for part in parts if part.strip(" 。")]
        names = [re.sub(r"^(?:[0-9]{1,2}[.．、]|[(（][0-9]{1,2}[)）]|[①-⑳])\s*", "", text) for text in texts]
        return [name.strip("；;。 ")[:LONGEST_TITLE] for name in names if name.strip("；;。 ")]

    def is_reserved(self, row: Row) -> bool:
        """Whether only the committee scores the item."""
        scorer = self.texts(row, headings.SCORER)
        if _ABOVE.search(scorer) and not _SELF.search(_ABOVE.sub("", scorer)):
            return True
        return self.is_ticked(row, headings.RESERVED) or (
            row.cell(ITEM_WEIGHT) is None and self._points_in(row, headings.RESERVED) is not None
        )

    def is_ticked(self, row: Row, role: str) -> bool:
        """Whether a yes stands under the headings of a role."""
        return self.texts(row, role).strip() in _TICKS

    def profiles(self, row: Row) -> list[str]:
        """The kinds of district that the item is for; none where it is for all."""
        return self.known_kinds(self.texts(row, headings.PROFILES))

    def known_kinds(self, text: str) -> list[str]:
        """Kinds of district named in a text; none where it names all."""
        names = [name.strip() for name in _PROFILE_GAP.split(text)]
        names = list(dict.fromkeys(name[:40] for name in names if name and name not in _EVERYBODY))
        if len({*names, *self.kinds}) > MOST_KINDS:
            message = _("More than %(limit)s kinds of district.") % {"limit": MOST_KINDS}
            self.values.notes.error(self.values.sheet, "", message)
            return []
        self.kinds |= dict.fromkeys(names)
        return names

    def kinds_in(self, name: str) -> tuple[str, list[str]]:
        """A section's name without “（适用于城区）”, and the kinds of district that it is for."""
        found = _APPLIES.search(name)
        if not found:
            return name, []
        return (name[: found.start()] + name[found.end() :]).strip(), self.known_kinds(found[1])

    def title_in(self, text: str, cell: Cell | None) -> tuple[str, str]:
        """A name of one line, and the whole text where it is too long for a name."""
        line = in_one_line(text)
        if len(line) <= LONGEST_TITLE:
            return line, ""
        clause = re.match(r"[^。；;！]{4,120}", line)
        name = clause[0] if clause and len(clause[0]) < 120 else f"{line[:60]}…"
        if cell is not None:
            message = _("Too long for a name; it was shortened and the whole text kept as the requirement.")
            self.values.remark(cell, message)
        return name, text
