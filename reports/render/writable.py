"""What a report value must hold to be written as text; see :mod:`reports.render.text`."""

import unicodedata
from decimal import Decimal
from typing import Final

from reports.document import Deduction, Item, Passage, Report, Section

_LIMIT: Final = Decimal(10) ** 9
_FIGURE_LIMIT: Final = Decimal(10) ** 12
"""An amount of money in 元 has more digits than points have."""
_DIGITS: Final = 9


def refuse_unwritable(report: Report) -> None:
    """Raise ``ValueError``, naming the place, for a report that text cannot hold."""
    _refuse_line("title", report.title, may_be_empty=True)
    _refuse_line("addressee", report.addressee, may_be_empty=True)
    _refuse_line("grade", report.grade, may_be_empty=True)
    for text in report.preamble:
        _refuse_line("preamble", text)
    if report.year is not None and not 1000 <= report.year <= 9999:
        raise ValueError(f"year: {report.year} has not four digits")
    _refuse_points("total", report.total_weight, report.total_self_score)
    for section in report.sections:
        _refuse_section(section)
    _refuse_numbers(report)
    for passages in (report.experience, report.problems, report.improvements):
        refuse_unwritable_passages(passages)


def refuse_unwritable_passages(passages: tuple[Passage, ...]) -> None:
    """Raise ``ValueError`` for a chapter of prose that text cannot hold."""
    if sum(bool(passage.heading) for passage in passages) > 99:
        raise ValueError("chapter: more than 99 headings")
    for passage in passages:
        _refuse_line("heading", passage.heading, may_be_empty=True)
        if not passage.heading and not passage.paragraphs:
            raise ValueError("passage: neither heading nor paragraph")
        for paragraph in passage.paragraphs:
            _refuse_line("paragraph", paragraph.text)
            if paragraph.number is not None and not 1 <= paragraph.number <= 999:
                raise ValueError(f"paragraph: number {paragraph.number} is not within 1 and 999")


def _refuse_section(section: Section) -> None:
    place = f"section {section.ordinal}"
    _refuse_line(place, section.ordinal, may_be_empty=True, without="〕")
    _refuse_line(place, section.title, may_be_empty=True)
    if section.part is not None:
        _refuse_line(place, section.part)
    _refuse_points(place, section.weight, section.self_score)
    for item in section.items:
        _refuse_item(item)


def _refuse_item(item: Item) -> None:
    place = f"item {item.number}"
    _refuse_line(place, item.label, may_be_empty=True)
    _refuse_points(place, item.weight, item.self_score)
    for text in item.paragraphs:
        _refuse_line(place, text)
    for deduction in item.deductions:
        _refuse_deduction(place, deduction)


def _refuse_deduction(place: str, deduction: Deduction) -> None:
    _refuse_line(place, deduction.reason, may_be_empty=True)
    _refuse_line(place, deduction.unit, may_be_empty=True, without="〔")
    _refuse_points(place, deduction.points)
    for figure in (deduction.measured, deduction.standard):
        _refuse_points(place, None if figure is None else abs(figure), limit=_FIGURE_LIMIT)


def _refuse_numbers(report: Report) -> None:
    numbers = [item.number for item in report.items()]
    if not numbers:
        raise ValueError("report: no item")
    if numbers != list(range(1, len(numbers) + 1)):
        raise ValueError("items: numbers do not count from 1")


def _refuse_line(place: str, text: str, *, may_be_empty: bool = False, without: str = "") -> None:
    if not text and not may_be_empty:
        raise ValueError(f"{place}: empty text")
    if text != text.strip():
        raise ValueError(f"{place}: surrounding space in {text[:20]!r}")
    if without and without in text:
        raise ValueError(f"{place}: {without} in {text[:20]!r}")
    if len(text.splitlines()) > 1 or any(_is_control(character) for character in text):
        raise ValueError(f"{place}: line break or control character in {text[:20]!r}")


def _is_control(character: str) -> bool:
    return character != "\t" and unicodedata.category(character) in ("Cc", "Zl", "Zp")


def _refuse_points(place: str, *values: Decimal | None, limit: Decimal = _LIMIT) -> None:
    for value in values:
        if value is None:
            continue
        if not value.is_finite() or value < 0 or value >= limit:
            raise ValueError(f"{place}: {value} cannot be written as points")
        exponent = value.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > _DIGITS:
            raise ValueError(f"{place}: {value} has more than {_DIGITS} decimals")
