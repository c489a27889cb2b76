"""Reports to print: the real one as read from its text, and the same one signed."""

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from reports.document import Deduction, Report
from reports.read.text import read_text

FIXTURES = Path(__file__).parents[2] / "fixtures"


@cache
def real_report() -> Report:
    """The published report: 54 items, 99.1 of 100, one deduction, neither signed nor dated."""
    return read_text((FIXTURES / "honggutan-2021.txt").read_text(encoding="utf-8")).report


def signed_report() -> Report:
    """A short report with a number, a signature and a date in early December."""
    whole = real_report()
    section = replace(whole.sections[0], items=whole.sections[0].items[:2])
    return replace(
        whole,
        sections=(section,),
        experience=(),
        problems=(),
        improvements=(),
        preamble=("现将自评情况报告如下：",),
        organisation="南昌市红谷滩区人民政府",
        document_number="红府〔2021〕8号",
        signatory="刘国平",
        issued_on=date(2021, 12, 5),
    )


def with_text(text: str) -> Report:
    """A short report whose every text field is ``text``."""
    short = signed_report()
    section = short.sections[0]
    deduction = replace(whole_deduction(), reason=text, unit=text)
    item = replace(section.items[0], paragraphs=(text, text), label=text, title=text, deductions=(deduction,))
    passage = real_report().experience[0]
    paragraph = replace(passage.paragraphs[0], text=text)
    passages = (replace(passage, heading=text, paragraphs=(paragraph,)),)
    return replace(
        short,
        title=text,
        addressee=text,
        preamble=(text,),
        grade=text,
        sections=(replace(section, ordinal=text, title=text, part=text, items=(item,)),),
        experience=passages,
        problems=passages,
        improvements=passages,
        organisation=text,
        document_number=text,
        signatory=text,
    )


def whole_deduction() -> Deduction:
    """Item 15's deduction."""
    return real_report().sections[2].items[1].deductions[0]
