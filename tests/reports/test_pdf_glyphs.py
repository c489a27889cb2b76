"""No box is ever printed: characters without a glyph are named, with their place, before printing."""

from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from reports.render.pdf import MissingGlyphs, render_pdf
from tests.reports.sample import signed_report


@pytest.mark.parametrize(
    ("character", "code"),
    [("\ue000", "U+E000"), ("😀", "U+1F600"), ("\x01", "U+0001"), ("\ud800", "U+D800"), ("ש", "U+05E9")],
)
def test_character_without_a_glyph_is_named_with_its_place(character: str, code: str) -> None:
    with pytest.raises(MissingGlyphs) as raised:
        render_pdf(replace(signed_report(), addressee=f"督导{character}委员会"))
    assert raised.value.places == {character: "主送机关"}
    assert code in str(raised.value)


def test_first_place_of_every_character_is_told() -> None:
    report = signed_report()
    section = report.sections[0]
    item = replace(section.items[1], paragraphs=("甲😀乙\ue001", "丙😀"))
    with pytest.raises(MissingGlyphs) as raised:
        render_pdf(replace(report, sections=(replace(section, items=(section.items[0], item)),), grade="😀"))
    assert raised.value.places == {"😀": "第2项", "\ue001": "第2项"}
    assert str(raised.value) == (
        "以下字符没有可用的字形，无法打印：😀 U+1F600（第2项）；U+E001（第2项）。请改用其他字符，或补充字体。"
    )


def test_rare_characters_in_names_are_printed() -> None:
    names = "朱镕、李堃、王喆、张䶮、陈㛃，面积8㎡"
    printed = render_pdf(replace(signed_report(), preamble=(names,)))
    page = PdfReader(BytesIO(printed)).pages[0]
    assert names in page.extract_text().replace("\n", "")
    faces = {entry.get_object()["/BaseFont"] for entry in page["/Resources"]["/Font"].values()}  # type: ignore[index]
    assert any("UKai" in face for face in faces)


@pytest.mark.parametrize("blank", ["\u2002", "\u3000", "\u00a0", "\u200b", "\ufe0f", "\t"])
def test_blanks_and_invisible_characters_need_no_glyph(blank: str) -> None:
    assert render_pdf(replace(signed_report(), preamble=(f"前{blank}后",))).startswith(b"%PDF")
