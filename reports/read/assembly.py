"""From header and chapters to a report."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from indicators.scoring.points import plain
from reports.document import Item, Paragraph, Passage, Report, Section
from reports.read.blocks import Block
from reports.read.chapters import ChapterBlocks
from reports.read.damage import note_brackets, note_joined
from reports.read.header import Header
from reports.read.labels import Chapter
from reports.read.prose import parse_line, read_passages
from reports.read.reading import RemarkKind, Remarks, UnreadableReport
from reports.read.sections import SectionsReader, label_styles
from reports.read.tokens import Token, tokens_of
from reports.read.totals import inferred_weight, stated_totals

_TABLE_ROWS: Final = 3
_ENDS: Final = "。！？!?；;：:…”）)》"


def assemble(header: Header, chapters: Sequence[ChapterBlocks], remarks: Remarks) -> Report:
    """The report; raises :class:`UnreadableReport` where no chapter holds an item that can be read."""
    scored = [chapter for chapter in chapters if _holds_items(chapter)]
    sections = _read_sections(scored, remarks)
    _refuse_without_items(sections, chapters)
    prose, before = _read_prose(chapters, scored, remarks)
    preamble = [*header.preamble, *before]
    totals = header.summary or stated_totals(header.title, preamble)
    weight = totals.total_weight
    if weight is None and not header.summary:
        weight = _inferred_weight(sections, remarks)
    return Report(
        title=header.title,
        addressee=header.addressee,
        year=totals.year,
        preamble=tuple(preamble),
        total_weight=weight,
        total_self_score=totals.total_self_score,
        grade=totals.grade,
        sections=sections,
        experience=tuple(prose[Chapter.EXPERIENCE]),
        problems=tuple(prose[Chapter.PROBLEMS]),
        improvements=tuple(prose[Chapter.IMPROVEMENTS]),
    )


def _holds_items(chapter: ChapterBlocks) -> bool:
    if chapter.chapter is Chapter.SELF_CHECK:
        return True
    tokens = chapter.tokens()
    scored_items = any(token.is_scored_item for token in tokens)
    if chapter.chapter:
        return scored_items and any(token.is_scored_section for token in tokens)
    heading = tokens_of(chapter.heading)[0] if chapter.heading else None
    return (
        scored_items
        or any(token.is_scored_section for token in tokens)
        or (heading is not None and heading.points is not None)
    )


def _read_sections(chapters: Sequence[ChapterBlocks], remarks: Remarks) -> tuple[Section, ...]:
    tokens = [chapter.tokens() for chapter in chapters]
    reader = SectionsReader(label_styles(token for part in tokens for token in part), remarks)
    for chapter, inner in zip(chapters, tokens, strict=True):
        reader.read(inner, part=_open(chapter, inner, reader))
    return reader.finish()


def _open(chapter: ChapterBlocks, tokens: Sequence[Token], reader: SectionsReader) -> str | None:
    """The part that a title is, if any; with points but no sections below, it is a section itself."""
    if chapter.chapter is Chapter.SELF_CHECK or chapter.heading is None:
        return None
    heading = tokens_of(chapter.heading)[0]
    if heading.points and heading.chapter and not any(token.opens_section for token in tokens):
        reader.read([], part=None)
        reader.open_section(heading, heading.chapter.ordinal, heading.chapter.end)
        return None
    start = heading.chapter.end if heading.chapter else 0
    return chapter.heading.text[start : heading.points.start if heading.points else None].strip() or None


def _refuse_without_items(sections: Sequence[Section], chapters: Sequence[ChapterBlocks]) -> None:
    items = [item for section in sections for item in section.items]
    nodes: list[Item | Section] = [*items, *sections]
    if items and any(node.weight is not None or node.self_score is not None for node in nodes):
        return
    rows = [token.block.line for chapter in chapters for token in chapter.tokens() if token.row]
    if len(rows) >= _TABLE_ROWS:
        raise UnreadableReport(
            f"分值写在表格里（从第{rows[0]}行起），本版本只读取正文中逐条写明的分值，未读取。"
        )
    if not items:
        raise UnreadableReport("没有找到带序号和分值的条目，不像一份自评报告。")


def _read_prose(
    chapters: Sequence[ChapterBlocks], scored: Sequence[ChapterBlocks], remarks: Remarks
) -> tuple[dict[Chapter, list[Passage]], list[str]]:
    """The prose chapters, and the paragraphs of unknown chapters before the first one with items."""
    prose: dict[Chapter, list[Passage]] = {chapter: [] for chapter in Chapter}
    before: list[str] = []
    last = Chapter.EXPERIENCE
    seen_items = False
    for chapter in chapters:
        if any(chapter is one for one in scored):
            seen_items = True
            continue
        _check_paragraphs(chapter.blocks, remarks)
        if chapter.chapter:
            last = chapter.chapter
            prose[last].extend(read_passages(chapter.blocks))
        elif seen_items:
            _note_unknown(chapter, remarks)
            prose[last].append(_as_passage(chapter))
        else:
            _note_unknown(chapter, remarks)
            before.extend(_plain(chapter))
    return prose, before


def _as_passage(chapter: ChapterBlocks) -> Passage:
    inner = read_passages(chapter.blocks)
    return Passage(tuple(_flattened(inner)), chapter.title)


def _flattened(passages: Sequence[Passage]) -> Iterator[Paragraph]:
    for passage in passages:
        if passage.heading:
            yield Paragraph(passage.heading)
        yield from passage.paragraphs


def _plain(chapter: ChapterBlocks) -> Iterator[str]:
    if chapter.heading:
        yield chapter.heading.text
    yield from (block.plain for block in chapter.blocks)


def _note_unknown(chapter: ChapterBlocks, remarks: Remarks) -> None:
    if chapter.heading:
        message = f"章标题「{chapter.title}」不在已知各章之内，内容并入相邻部分。"
        remarks.add(RemarkKind.CHAPTER_UNKNOWN, chapter.heading.place(), message)


def _check_paragraphs(blocks: Sequence[Block], remarks: Remarks) -> None:
    for block in blocks:
        text = block.text
        note_joined(remarks, block)
        note_brackets(remarks, block, text)
        if text[-1] not in _ENDS and not parse_line(text)[0]:
            place = block.place(len(text) - 1)
            remarks.add(RemarkKind.CLOSING_MARK_MISSING, place, "段落末尾缺少句号。")


def _inferred_weight(sections: Sequence[Section], remarks: Remarks) -> Decimal | None:
    weight = inferred_weight(sections)
    if weight is not None:
        message = f"文中没有写明总分值，按各节权重相加为{plain(weight)}分。"
        remarks.add(RemarkKind.WEIGHT_INFERRED, (sections[0].line or 1, 1), message)
    return weight
