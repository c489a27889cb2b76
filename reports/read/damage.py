"""Remarks on what is damaged in a text, each with its place."""

from reports.read.blocks import Block
from reports.read.characters import first_unbalanced
from reports.read.labels import ordinal_value
from reports.read.points import Points
from reports.read.reading import Place, RemarkKind, Remarks

_EXCERPT = 20


def note_points(remarks: Remarks, block: Block, points: Points) -> None:
    """Brackets, 分 and numbers of a points phrase."""
    start, end = block.place(points.start), block.place(points.end - 1)
    if not points.opens and not points.closes:
        remarks.add(RemarkKind.BRACKET_MISSING, start, "分值两侧缺少括号。")
    elif not points.opens:
        remarks.add(RemarkKind.BRACKET_MISSING, start, "分值前缺少左括号。")
    elif not points.closes and not points.cut:
        remarks.add(RemarkKind.BRACKET_MISSING, end, "分值后缺少右括号。")
    if len(points.opens) > 1 or len(points.closes) > 1:
        remarks.add(RemarkKind.BRACKET_DOUBLED, start, "分值的括号重复。")
    written = block.text[points.start : points.end]
    if points.opens and points.closes and ("(" in written) != (")" in written):
        remarks.add(RemarkKind.BRACKET_MIXED, start, "分值的括号全角、半角混用。")
    if points.unit_missing:
        remarks.add(RemarkKind.UNIT_MISSING, start, "分值的数字后缺少“分”字。")
    if points.masked:
        remarks.add(RemarkKind.POINTS_MASKED, start, "分值或自评分被遮盖，按未知处理。")
    if points.cut:
        remarks.add(RemarkKind.POINTS_CUT, start, "分值没有写完，缺少自评分。")


def note_brackets(remarks: Remarks, block: Block, text: str, start: int = 0) -> None:
    """The first bracket or quotation mark without its partner; the text begins at ``start`` in the block."""
    offset = first_unbalanced(text)
    if offset is not None:
        place = block.place(min(start + offset, len(block.text) - 1))
        remarks.add(RemarkKind.BRACKET_UNBALANCED, place, f"“{text[offset]}”没有与之配对的另一半。")


def note_joined(remarks: Remarks, block: Block) -> None:
    """That a paragraph was put together from broken lines."""
    if len(block.pieces) > 1:
        message = f"此段断成{len(block.pieces)}行，已拼接。"
        remarks.add(RemarkKind.LINES_JOINED, block.place(), message)


def note_ordinal(remarks: Remarks, ordinal: str, last: str | None, place: Place) -> None:
    """Sections go up by one, or begin again at 一."""
    value, before = ordinal_value(ordinal), ordinal_value(last) if last else 0
    if value != 1 and value != (before or 0) + 1:
        remarks.add(RemarkKind.ORDINAL_IRREGULAR, place, f"标题序号({ordinal})与前一个不连续。")


def note_label(
    remarks: Remarks, label: str, parts: tuple[int, ...], last: tuple[int, ...], place: Place, *, first: bool
) -> None:
    """Labels go up by one; the ``first`` of a section, or one with a new prefix, may begin again."""
    if not parts or not last or parts[:-1] != last[:-1]:
        return
    number, expected = parts[-1], last[-1] + 1
    if number == expected or (first and number == 1):
        return
    if parts == last:
        remarks.add(RemarkKind.LABEL_REPEATED, place, f"序号{label}重复。")
    elif number > expected:
        remarks.add(RemarkKind.LABEL_SKIPPED, place, f"序号从{last[-1]}跳到{number}。")
    else:
        remarks.add(RemarkKind.LABEL_BACKWARDS, place, f"序号从{last[-1]}退回{number}。")


def note_unplaced(remarks: Remarks, place: Place, text: str) -> None:
    """That a paragraph belongs to no item and was left out."""
    excerpt = text if len(text) <= _EXCERPT else text[:_EXCERPT] + "…"
    remarks.add(RemarkKind.TEXT_UNPLACED, place, f"此段不属于任何条目，未读入：「{excerpt}」")
