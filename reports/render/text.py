r"""Plain text in the order of the real report; ``read_text(render_text(report)).report == report``.

A blank line parts paragraphs. Prose that would read as something else is escaped, as described in
:mod:`reports.read.marks` and :mod:`reports.read.prose`; whether it would is asked of the reader itself, so
that ordinary reports carry no marks.

A report can be written if (else :class:`~reports.render.writable.UnwritableReport`, naming the place):

- every text is one line without surrounding space or control characters (a tab inside is allowed);
  paragraphs are not empty, all other texts may be;
- there is at least one item, and items count from 1; ordinals hold no 〕 and units no 〔;
- points are not negative and have at most nine digits before and after the point, figures of a deduction
  may be negative; a year has four digits; a paragraph's number is 1 to 999;
- a passage has a heading or a paragraph, and a chapter at most 99 headings.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from indicators.scoring.points import plain, plain_or
from reports.document import (
    CHAPTERS,
    Credit,
    Deduction,
    Item,
    Paragraph,
    Passage,
    Report,
    Section,
    chinese_ordinal,
)
from reports.read.blocks import Block
from reports.read.characters import fold
from reports.read.closing import closing_date, is_issuer
from reports.read.furniture import is_furniture
from reports.read.header import read_header
from reports.read.labels import parse_section
from reports.read.marks import DeductionNote, Summary, parse_mark
from reports.read.prose import BREAK, GO_ON, parse_line
from reports.read.reading import Remarks
from reports.read.sections import ALL_STYLES, SectionsReader
from reports.read.tokens import Token, tokens_of
from reports.read.totals import inferred_weight, stated_totals
from reports.render.writable import UnwritableReport, refuse_unwritable, refuse_unwritable_passages

UNKNOWN = "—"


def render_text(report: Report) -> str:
    """The report as text. Chapters without content are left out."""
    refuse_unwritable(report)
    chapters = (
        list(_self_check_lines(report.sections)),
        list(_passage_lines(report.experience)),
        list(_passage_lines(report.problems)),
        list(_passage_lines(report.improvements)),
    )
    lines = list(_header_lines(report))
    written = [(title, inner) for title, inner in zip(CHAPTERS, chapters, strict=True) if inner]
    for number, (title, inner) in enumerate(written, start=1):
        lines += [f"{chinese_ordinal(number)}、{title}", *inner]
    return "\n\n".join([*lines, *_closing_lines(report)]) + "\n"


def chapter_text(passages: Sequence[Passage]) -> str:
    """One chapter's prose as it is edited in a text box, the inverse of ``read_chapter``."""
    refuse_unwritable_passages(tuple(passages))
    return "\n".join(_passage_lines(passages))


def _closing_lines(report: Report) -> Iterator[str]:
    """Issuer and date, which a reader takes off again; an issuer that it would not know is left out."""
    if report.issued_on:
        if is_issuer(report.organisation):
            yield report.organisation
        yield f"{report.issued_on.year}年{report.issued_on.month}月{report.issued_on.day}日"


# Title, addressee, preamble.


def _header_lines(report: Report) -> Iterator[str]:
    preamble = [_escaped(text) for text in report.preamble]
    plain_form = [
        line for line in (report.title, f"{report.addressee}：" if report.addressee else "") if line
    ]
    yield from plain_form if _reads_as_header(plain_form, preamble, report) else _escaped_header(report)
    yield from preamble
    summary = Summary(report.year, report.total_weight, report.total_self_score, report.grade)
    if summary != _stated(report):
        yield _summary_line(summary)


def _reads_as_header(lines: Sequence[str], preamble: Sequence[str], report: Report) -> bool:
    if any(_is_structural(line) for line in lines):
        return False
    read = read_header([Block(line) for line in (*lines, *preamble)], [], Remarks())
    return (read.title, read.addressee, read.preamble) == (report.title, report.addressee, report.preamble)


def _escaped_header(report: Report) -> tuple[str, str]:
    return f"\\{report.title}", f"\\{report.addressee}："


def _stated(report: Report) -> Summary:
    """What a reader would take from title, preamble and sections."""
    stated = stated_totals(report.title, report.preamble)
    if stated.total_weight is not None:
        return stated
    return Summary(stated.year, inferred_weight(report.sections), stated.total_self_score, stated.grade)


def _summary_line(summary: Summary) -> str:
    parts = [
        f"{summary.year}年度" if summary.year is not None else "",
        f"分值{_points(summary.total_weight)}分" if summary.total_weight is not None else "",
        f"自评{_points(summary.total_self_score)}分" if summary.total_self_score is not None else "",
        f"等次{summary.grade}" if summary.grade else "",
    ]
    return f"自评概况：{'，'.join(part for part in parts if part) or '无'}。"


# Sections and items.


def _self_check_lines(sections: Sequence[Section]) -> Iterator[str]:
    part = None
    for section in sections:
        if section.part != part:
            part = section.part
            yield f"【{part or ''}】"
        yield _section_line(section)
        for item in section.items:
            yield from _item_lines(item)


def _section_line(section: Section) -> str:
    beside = f"，另加{_points(section.bonus)}分" if section.bonus is not None else ""
    points = f"（权重{_points(section.weight)}分，自评{_points(section.self_score)}分{beside}）"
    line = f"（{section.ordinal}）{section.title}{points}"
    read = _read([line], []).finish()
    if [(one.ordinal, one.title, one.weight, one.self_score, one.bonus, one.items) for one in read] == [
        (section.ordinal, section.title, section.weight, section.self_score, section.bonus, ())
    ]:
        return line
    return f"〔{section.ordinal}〕{section.title}{points}"


def _item_lines(item: Item) -> Iterator[str]:
    lines, read = _item_form(item)
    yield from lines
    if read.applicable != item.applicable:
        yield "本项适用。" if item.applicable else "本项不适用。"
    yield from (_deduction_line(deduction) for deduction in item.deductions)
    if read.deductions and not item.deductions:
        yield "（扣分说明：无。）"
    yield from (_credit_line(credit) for credit in item.credits)
    yield from (f"（否决说明：{reason}。）" for reason in item.vetoes)


def _item_form(item: Item) -> tuple[list[str], Item]:
    """The item as it is printed if it reads back, else label and points on a line before its paragraphs.

    Also what the reader makes of those lines: it may see deductions or 暂无 where the item has none.
    """
    word = "加分上限" if item.bonus else "分值"
    points = f"（{word}{_points(item.weight)}分，自评{_points(item.self_score)}分）"
    first, *others = item.paragraphs or ("",)
    texts = [_printed_label(item.label) + first, *(_escaped(text) for text in others)]
    texts[-1] += f"{points}。"
    read = _only_item(texts)
    if read and _core(read) == _core(item):
        return texts, read
    texts = [f"〔{item.label}〕{points}", *(_escaped(text) for text in item.paragraphs)]
    explicit = _only_item(texts)
    if explicit is None:
        raise UnwritableReport(f"第{item.number}项无法写成文字。")
    return texts, explicit


def _only_item(lines: Sequence[str]) -> Item | None:
    sections = _read([], lines).finish()
    items = [item for section in sections for item in section.items]
    return items[0] if len(items) == 1 and len(sections) == 1 and not sections[0].title else None


def _core(item: Item) -> tuple[str, Decimal | None, Decimal | None, bool, tuple[str, ...]]:
    return item.label, item.weight, item.self_score, item.bonus, item.paragraphs


def _read(headings: Sequence[str], items: Sequence[str]) -> SectionsReader:
    reader = SectionsReader(ALL_STYLES, Remarks())
    reader.read([token for line in (*headings, *items) for token in _tokens(line)])
    return reader


def _tokens(line: str) -> list[Token]:
    return [] if is_furniture(line.strip()) else tokens_of(Block(line.strip()))


def _printed_label(label: str) -> str:
    if label.isascii() and label.isdigit():
        return f"{label}."
    return f"{label} " if label[-1:].isalnum() else label


def _points(value: Decimal | None) -> str:
    return UNKNOWN if value is None else plain(abs(value))


def _deduction_line(deduction: Deduction) -> str:
    lost = f"，扣{_points(deduction.points)}分。"
    line = f"（扣分说明：{deduction.reason}{lost}）"
    if parse_mark(line) == DeductionNote(deduction):
        return line
    measured, standard = _figure(deduction.measured), _figure(deduction.standard)
    return f"（扣分说明：{deduction.reason}〔实际{measured}，标准{standard}，单位{deduction.unit}〕{lost}）"


def _credit_line(credit: Credit) -> str:
    return f"（加分说明：{credit.reason}，加{_points(credit.points)}分。）"


def _figure(value: Decimal | None) -> str:
    return plain_or(value, "无")


# Prose.


def _passage_lines(passages: Sequence[Passage]) -> Iterator[str]:
    ordinal = 0
    before: Passage | None = None
    for passage in passages:
        if passage.heading:
            ordinal += 1
            yield _heading_line(ordinal, passage.heading)
        elif before and _would_take(before, passage.paragraphs[0]):
            yield BREAK
        for place, paragraph in enumerate(passage.paragraphs):
            inside = place > 0 and not _would_take(passage, paragraph)
            yield (GO_ON if inside else "") + _paragraph_line(paragraph)
        before = passage


def _would_take(passage: Passage, paragraph: Paragraph) -> bool:
    if passage.heading:
        return True
    return paragraph.number is None and passage.paragraphs[0].number is not None


def _heading_line(ordinal: int, heading: str) -> str:
    line = f"（{chinese_ordinal(ordinal)}）{heading}"
    if parse_line(line) == (heading, None) and not any(token.points for token in tokens_of(Block(line))):
        return line
    return f"（{chinese_ordinal(ordinal)}）\\{heading}"


def _paragraph_line(paragraph: Paragraph) -> str:
    if paragraph.number is None:
        return _escaped(paragraph.text, points=False)
    line = f"{paragraph.number}.{paragraph.text}"
    if parse_line(line) == ("", paragraph) and not is_furniture(line):
        return line
    return f"{paragraph.number}.\\{paragraph.text}"


def _escaped(text: str, *, points: bool = True) -> str:
    return f"\\{text}" if _is_structural(text, points=points) else text


def _is_structural(text: str, *, points: bool = True) -> bool:
    """Whether a plain paragraph would be taken for a heading, an item, a mark or the like."""
    if text.startswith("\\") or is_furniture(text) or parse_section(fold(text)):
        return True
    if closing_date(text) or is_issuer(text):
        return True
    return any(
        token.mark or token.chapter or token.label or (points and (token.points or token.row))
        for token in tokens_of(Block(text))
    )
