"""The self-check chapter: its tokens become sections with items, points and deductions."""

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Final

from reports.document import Section, chinese_ordinal
from reports.read.blocks import Block
from reports.read.characters import fold
from reports.read.damage import (
    note_brackets,
    note_joined,
    note_label,
    note_ordinal,
    note_points,
    note_unplaced,
)
from reports.read.deductions import find_deductions
from reports.read.drafts import ItemDraft, SectionDraft
from reports.read.labels import Label, LabelStyle, ordinal_value
from reports.read.marks import (
    Applicability,
    CreditNote,
    DeductionNote,
    ItemMark,
    Mark,
    PartMark,
    SectionMark,
    VetoNote,
)
from reports.read.points import Points
from reports.read.reading import RemarkKind, Remarks, UnreadableReport
from reports.read.tokens import Token

MAX_ITEMS: Final = 5000
ALL_STYLES: Final = frozenset(LabelStyle)


def label_styles(tokens: Iterable[Token]) -> frozenset[LabelStyle]:
    """The label styles that items have in a text: those with points before the next label or heading.

    Lists inside an item have labels of another style. Where no label has points, the first style counts.
    """
    styles: set[LabelStyle] = set()
    first: LabelStyle | None = None
    current: LabelStyle | None = None
    for token in tokens:
        if token.section or token.mark:
            current = None
        elif token.label and not token.row:
            current = token.label.style
            first = first or current
        if token.points and current:
            styles.add(current)
    return frozenset(styles or ({first} if first else ()))


class SectionsReader:
    """Takes the tokens of one chapter after another; ``finish`` gives the sections.

    Only labels of the given styles begin items.
    """

    def __init__(self, styles: frozenset[LabelStyle], remarks: Remarks) -> None:
        self._styles = styles
        self._remarks = remarks
        self._sections: list[SectionDraft] = []
        self._part: str | None = None
        self._count = 0
        self._last_parts: tuple[int, ...] = ()
        self._list_number = 0
        self._in_table = False

    def read(self, tokens: Sequence[Token], part: str | None = None) -> None:
        """Read one chapter; ``part`` is the level above its sections, if it counts as one."""
        self._part = part
        for token, following in zip(tokens, [*tokens[1:], None], strict=False):
            self._take(token, following)

    def open_section(self, token: Token, ordinal: str, title_start: int) -> None:
        """Begin the section whose heading the token is; a lost ordinal ("") follows from the one before."""
        block, points = token.block, token.points
        place, last = block.place(), self._sections[-1].ordinal if self._sections else None
        title = block.text[title_start : points.start if points else None].strip()
        if not ordinal:
            ordinal = chinese_ordinal(min(((ordinal_value(last) if last else 0) or 0) + 1, 99))
            message = f"标题「{title}」缺少序号，按前后文读作({ordinal})。"
            self._remarks.add(RemarkKind.ORDINAL_MISSING, place, message)
        note_ordinal(self._remarks, ordinal, last, place)
        weight, score = (points.weight, points.self_score) if points else (None, None)
        bonus = points.bonus if points else None
        self._sections.append(SectionDraft(place, ordinal, title, weight, score, self._part, bonus))
        if points:
            note_points(self._remarks, block, points)
            if rest := block.text[points.end :].strip():
                note_unplaced(self._remarks, block.place(points.end), rest)

    def finish(self) -> tuple[Section, ...]:
        """The sections with their items, numbered through."""
        items = [item for section in self._sections for item in section.items]
        unclosed = [item.unclosed for item in items if item.unclosed]
        if 2 * len(unclosed) < sum(item.scored for item in items):
            for place in unclosed:
                self._remarks.add(RemarkKind.CLOSING_MARK_MISSING, place, "条目末尾缺少句号。")
        for item in items:
            if not item.scored:
                message = f"条目{item.label}没有分值，按未知处理。"
                self._remarks.add(RemarkKind.POINTS_MISSING, item.place, message)
            if item.is_absent:
                message = f"条目{item.label}只写了“暂无”一类的话，按“不适用”读取。"
                self._remarks.add(RemarkKind.NOT_APPLICABLE, item.place, message)
        numbers = count(1)
        return tuple(section.finished(numbers) for section in self._sections)

    @property
    def _item(self) -> ItemDraft | None:
        return self._sections[-1].items[-1] if self._sections and self._sections[-1].items else None

    def _take(self, token: Token, following: Token | None) -> None:
        if token.row:
            self._skip_row(token.block)
            return
        self._in_table = False
        if token.mark:
            self._take_mark(token.mark, token.block)
        elif token.section:
            self.open_section(token, token.section.ordinal, token.section.end)
        elif token.chapter and following and following.opens_section:
            self._part = token.block.text[token.chapter.end :].strip()
        elif token.label and self._goes_on_list(token.label):
            self._add_paragraph(token, 0)
        elif token.label and token.label.style in self._styles:
            self._open_item(token, token.label)
        elif token.points and (not self._item or self._item.scored):
            self._take_unlabelled(token, token.points)
        else:
            self._add_paragraph(token, 0)

    def _take_mark(self, mark: Mark, block: Block) -> None:
        place = block.place()
        match mark:
            case PartMark(title):
                self._part = title
            case SectionMark(ordinal, title, weight, score, bonus):
                self._sections.append(SectionDraft(place, ordinal, title, weight, score, self._part, bonus))
            case ItemMark(label, weight, score, bonus):
                self._add_item(ItemDraft(place, label, (), weight, score, scored=True, bonus=bonus))
            case Applicability(applicable) if self._item:
                self._item.applicable = applicable
            case DeductionNote() if self._item:
                self._item.notes.append(mark)
            case CreditNote(credit) if self._item:
                self._item.credits.append(credit)
            case VetoNote(reason) if self._item:
                self._item.vetoes.append(reason)
            case _:
                note_unplaced(self._remarks, place, block.text)

    def _add_item(self, item: ItemDraft) -> None:
        self._count += 1
        if self._count > MAX_ITEMS:
            raise UnreadableReport(
                f"条目超过{MAX_ITEMS}条（第{item.place[0]}行），不像一份自评报告，未读取。"
            )
        if not self._sections:
            self._sections.append(SectionDraft(item.place, "", "", None, None, self._part))
        self._sections[-1].items.append(item)

    def _open_item(self, token: Token, label: Label) -> None:
        place, first = token.block.place(), not self._item
        item = ItemDraft(place, self._printed(token.block, label), label.parts)
        note_label(self._remarks, item.label, item.parts, self._last_parts, place, first=first)
        self._last_parts = item.parts or self._last_parts
        self._add_item(item)
        self._add_paragraph(token, label.end)

    @staticmethod
    def _printed(block: Block, label: Label) -> str:
        printed = block.text[: label.printed]
        return fold(printed) if label.style is LabelStyle.PLAIN else printed

    def _goes_on_list(self, label: Label) -> bool:
        """Whether a label belongs to a list 1, 2, 3 inside an item that has no points yet."""
        number = label.parts[-1] if label.parts else 0
        inside = self._item is not None and not self._item.scored and number == self._list_number + 1
        self._list_number = number if inside else 0
        return inside

    def _take_unlabelled(self, token: Token, points: Points) -> None:
        """Points without a label: a section heading that lost its ordinal, or an item that lost its label."""
        block = token.block
        before = block.text[: points.start]
        if "。" not in before and "权重" in block.text[points.start :]:
            self.open_section(token, "", len(before) - len(fold(before).lstrip("(")))
            return
        self._remarks.add(RemarkKind.LABEL_MISSING, block.place(), "条目缺少序号。")
        self._add_item(ItemDraft(block.place(), ""))
        self._add_paragraph(token, 0)

    def _add_paragraph(self, token: Token, start: int) -> None:
        item, block = self._item, token.block
        if item is None:
            note_unplaced(self._remarks, block.place(), block.plain)
            return
        note_joined(self._remarks, block)
        text = block.plain[start:].strip()
        if token.points:
            text = self._without_points(item, token, token.points, start)
        if text:
            item.paragraphs.append(text)
            note_brackets(self._remarks, block, text, start)
            self._find_deductions(item, block, text, start)

    def _without_points(self, item: ItemDraft, token: Token, points: Points, start: int) -> str:
        """Give the item the points of this paragraph; its text without them."""
        block = token.block
        place = block.place(points.start)
        item.scored = True
        item.weight, item.self_score, item.bonus = points.weight, points.self_score, points.bonus_item
        note_points(self._remarks, block, points)
        if points.note:
            self._find_deductions(item, block, block.text[slice(*points.note)], points.note[0])
        if token.earlier:
            message = "同一条目写了几处分值，以最后一处为准。"
            self._remarks.add(RemarkKind.POINTS_REPEATED, block.place(), message)
        before, after = block.text[start : points.start], block.text[points.end :]
        if after.strip():
            self._remarks.add(RemarkKind.POINTS_INSIDE, place, "分值写在句子中间。")
            return (before + after).strip()
        if not points.closed:
            item.unclosed = block.place(points.end - 1)
        return before.strip()

    def _find_deductions(self, item: ItemDraft, block: Block, text: str, start: int) -> None:
        for stated in find_deductions(text):
            item.stated.append(stated.deduction)
            if stated.unit_missing:
                place = block.place(min(start + stated.start, len(block.text) - 1))
                self._remarks.add(RemarkKind.UNIT_MISSING, place, "扣分的数字后缺少“分”字。")

    def _skip_row(self, block: Block) -> None:
        if not self._in_table:
            message = "此处是表格，本版本只读取正文，表格未读入。"
            self._remarks.add(RemarkKind.TABLE_UNREAD, block.place(), message)
        self._in_table = True
