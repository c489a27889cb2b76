"""What a report value must hold to be written as text; see :mod:`reports.render.text`."""

import unicodedata
from decimal import Decimal
from typing import Final

from reports.document import Credit, Deduction, Item, Passage, Report, Section

_LIMIT: Final = Decimal(10) ** 9
_FIGURE_LIMIT: Final = Decimal(10) ** 12
"""An amount of money in 元 has more digits than points have."""
_DIGITS: Final = 9


class UnwritableReport(ValueError):
    """The report cannot be written in a form; the message is a Chinese sentence that names the place."""


def refuse_unwritable(report: Report) -> None:
    """Raise :class:`UnwritableReport` for a report that text cannot hold."""
    _refuse_line("标题", report.title, may_be_empty=True)
    _refuse_line("主送单位", report.addressee, may_be_empty=True)
    _refuse_line("等次", report.grade, may_be_empty=True)
    for text in report.preamble:
        _refuse_line("引言", text)
    if report.year is not None and not 1000 <= report.year <= 9999:
        raise UnwritableReport(f"年度{report.year}不是四位数。")
    _refuse_points("总分", report.total_weight, report.total_self_score)
    for section in report.sections:
        _refuse_section(section)
    _refuse_numbers(report)
    for passages in (report.experience, report.problems, report.improvements):
        refuse_unwritable_passages(passages)


def refuse_unwritable_passages(passages: tuple[Passage, ...]) -> None:
    """Raise :class:`UnwritableReport` for a chapter of prose that text cannot hold."""
    if sum(bool(passage.heading) for passage in passages) > 99:
        raise UnwritableReport("一章的标题超过99个。")
    for passage in passages:
        _refuse_line("标题", passage.heading, may_be_empty=True)
        if not passage.heading and not passage.paragraphs:
            raise UnwritableReport("一段既没有标题也没有正文。")
        for paragraph in passage.paragraphs:
            _refuse_line("段落", paragraph.text)
            if paragraph.number is not None and not 1 <= paragraph.number <= 999:
                raise UnwritableReport(f"段落序号{paragraph.number}不在1至999之间。")


def _refuse_section(section: Section) -> None:
    place = f"第{section.ordinal}部分"
    _refuse_line(place, section.ordinal, may_be_empty=True, without="〕")
    _refuse_line(place, section.title, may_be_empty=True)
    if section.part is not None:
        _refuse_line(place, section.part)
    _refuse_points(place, section.weight, section.self_score, section.bonus)
    for item in section.items:
        _refuse_item(item)


def _refuse_item(item: Item) -> None:
    place = f"第{item.number}项"
    _refuse_line(place, item.label, may_be_empty=True)
    _refuse_points(place, item.weight, item.self_score)
    for text in item.paragraphs:
        _refuse_line(place, text)
    for deduction in item.deductions:
        _refuse_deduction(place, deduction)
    for credit in item.credits:
        _refuse_credit(place, credit)
    for reason in item.vetoes:
        _refuse_line(place, reason, may_be_empty=True)


def _refuse_deduction(place: str, deduction: Deduction) -> None:
    _refuse_line(place, deduction.reason, may_be_empty=True)
    _refuse_line(place, deduction.unit, may_be_empty=True, without="〔")
    _refuse_points(place, deduction.points)
    for figure in (deduction.measured, deduction.standard):
        _refuse_points(place, None if figure is None else abs(figure), limit=_FIGURE_LIMIT)


def _refuse_credit(place: str, credit: Credit) -> None:
    _refuse_line(place, credit.reason, may_be_empty=True)
    _refuse_points(place, credit.points)


def _refuse_numbers(report: Report) -> None:
    numbers = [item.number for item in report.items()]
    if not numbers:
        raise UnwritableReport("报告没有条目。")
    if numbers != list(range(1, len(numbers) + 1)):
        raise UnwritableReport("条目没有从1起连续编号。")


def _refuse_line(place: str, text: str, *, may_be_empty: bool = False, without: str = "") -> None:
    if not text and not may_be_empty:
        raise UnwritableReport(f"{place}的文字是空的。")
    if text != text.strip():
        raise UnwritableReport(f"{place}的文字首尾有空格：「{_excerpt(text)}」")
    if without and without in text:
        raise UnwritableReport(f"{place}的文字含有“{without}”：「{_excerpt(text)}」")
    if len(text.splitlines()) > 1 or any(_is_control(character) for character in text):
        raise UnwritableReport(f"{place}的文字含有换行或控制字符：「{_excerpt(text)}」")


def _excerpt(text: str) -> str:
    """The beginning of a text, its control characters shown as U+FFFD."""
    return "".join("\ufffd" if _is_control(character) else character for character in text[:20])


def _is_control(character: str) -> bool:
    return character != "\t" and unicodedata.category(character) in ("Cc", "Zl", "Zp")


def _refuse_points(place: str, *values: Decimal | None, limit: Decimal = _LIMIT) -> None:
    for value in values:
        if value is None:
            continue
        if not value.is_finite() or value < 0 or value >= limit:
            raise UnwritableReport(f"{place}：{value}不能作为分值。")
        exponent = value.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > _DIGITS:
            raise UnwritableReport(f"{place}：{value}超过{_DIGITS}位小数。")
