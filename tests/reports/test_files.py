"""The forms in which a report leaves, and what the files are called."""

from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from reports.document import Item, Report, Section
from reports.files import FORMS, file_name, render_form
from reports.read.text import read_text

REPORT = Report(
    title="关于2021年教育督导自评的报告",
    addressee="市教育督导委员会",
    year=2021,
    preamble=("自评总分1分。",),
    total_weight=Decimal(1),
    total_self_score=Decimal(1),
    grade="优秀",
    sections=(
        Section("一", "教育", Decimal(1), Decimal(1), (Item(1, "1", Decimal(1), Decimal(1), ("做了。",)),)),
    ),
    organisation="红谷滩区",
)


def test_every_form_has_its_content_type() -> None:
    assert {ending: form.content_type for ending, form in FORMS.items()} == {
        "pdf": "application/pdf",
        "html": "text/html; charset=utf-8",
        "txt": "text/plain; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }


def test_every_form_is_what_it_says() -> None:
    files = {ending: render_form(REPORT, ending) for ending in FORMS}
    assert len(PdfReader(BytesIO(files["pdf"])).pages) >= 2
    assert files["html"].decode().startswith("<!DOCTYPE html>")
    assert read_text(files["txt"].decode()).report == REPORT
    assert load_workbook(BytesIO(files["xlsx"])).sheetnames != []


def test_unknown_form_is_refused() -> None:
    with pytest.raises(KeyError):
        render_form(REPORT, "docx")


@pytest.mark.parametrize(
    ("organisation", "title", "name"),
    [
        ("红谷滩区", "关于2021年自评的报告", "红谷滩区关于2021年自评的报告.pdf"),
        ("../../etc", "a/b\\c\r\n\x00\u202e", "etcabc.pdf"),
        ("", "……", "report.pdf"),
        ("区", "长" * 200, f"区{'长' * 79}.pdf"),
    ],
)
def test_file_names_hold_letters_and_digits_alone(organisation: str, title: str, name: str) -> None:
    report = Report(title, "", None, (), None, None, "", (), organisation=organisation)
    assert file_name(report, "pdf") == name
