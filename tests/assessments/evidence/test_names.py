"""Names of files are made safe for every system."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.evidence.names import LONGEST, MOST_BYTES, safe_name


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("国办发〔2021〕4号 通知.pdf", "国办发〔2021〕4号 通知.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\张三\\方案.PDF", "方案.pdf"),
        ("方案.jpg", "方案.pdf"),
        ("方案.exe", "方案.exe.pdf"),
        ("方案v1.2", "方案v1.2.pdf"),
        ("a\0b\r\nc\td.pdf", "abcd.pdf"),
        ("a\u202egpj.exe", "agpj.exe.pdf"),
        ('a<b>"c":d|e?f*g.pdf', "a_b__c__d_e_f_g.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("com1", "_com1.pdf"),
        ("lpt9.tar.pdf", "_lpt9.tar.pdf"),
        ("合同", "合同.pdf"),
        (" . .. ", "_.pdf"),
        ("", "_.pdf"),
        (".pdf", "_.pdf"),
        ("a" * 10_000 + ".pdf", "a" * LONGEST + ".pdf"),
        ("\ud800.pdf", "_.pdf"),
    ],
)
def test_name_is_made_safe(given: str, safe: str) -> None:
    assert safe_name(given, ".pdf") == safe


def test_name_for_a_sentence_keeps_its_extension() -> None:
    assert safe_name("a/方案.PDF", "") == "方案.PDF"
    assert safe_name("a/方案.exe", "") == "方案.exe"


@given(st.text(st.characters(), max_size=300))
def test_name_fits_everywhere_and_is_safe_once_and_for_all(name: str) -> None:
    safe = safe_name(name, ".docx")
    assert safe.endswith(".docx")
    assert len(safe.encode()) <= MOST_BYTES
    assert not set(safe) & set('<>:"/\\|?*\0\r\n')
    assert safe == safe.strip(" .")
    assert safe_name(safe, ".docx") == safe
