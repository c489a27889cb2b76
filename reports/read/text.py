"""The reader of published reports in plain text."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from reports.read.assembly import assemble
from reports.read.blocks import Block, blocks_of
from reports.read.chapters import split_chapters
from reports.read.furniture import body_length, is_furniture
from reports.read.header import read_header
from reports.read.reading import Reading, Remarks, UnreadableReport
from reports.read.signature import split_signature

MAX_CHARACTERS: Final = 1_000_000
MAX_LINES: Final = 50_000
"""More than any real report by far; what is larger is refused before any work is done."""


def read_text(text: str) -> Reading:
    """Read a published report.

    Time grows linearly with the text. Points that are masked or absent are ``None``; stated sums are kept
    as stated. Raises :class:`UnreadableReport` for what is empty, too large, binary or holds no item.
    """
    _refuse(text)
    remarks = Remarks()
    body, furniture = _without_furniture(blocks_of(text))
    blocks, signature = split_signature(body)
    header_blocks, chapters = split_chapters(blocks, remarks)
    header = read_header(header_blocks, furniture, remarks)
    report = assemble(header, chapters, remarks)
    signed = replace(report, organisation=signature.organisation, issued_on=signature.issued_on)
    return Reading(signed, remarks.in_order())


def _refuse(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise UnreadableReport(f"文件过大（{len(text)}字），最多读取{MAX_CHARACTERS}字。")
    if "\0" in text:
        raise UnreadableReport("这不是文本文件（含有二进制内容），请另存为纯文本后再试。")
    if not text.strip():
        raise UnreadableReport("文件是空的，没有可读的内容。")
    if text.count("\n") > MAX_LINES:
        raise UnreadableReport(f"文件超过{MAX_LINES}行，不像一份自评报告，未读取。")


def _without_furniture(blocks: Sequence[Block]) -> tuple[list[Block], list[str]]:
    kept = blocks[: body_length([block.text for block in blocks])]
    body = [block for block in kept if not is_furniture(block.text)]
    return body, [block.text for block in kept if is_furniture(block.text)]
