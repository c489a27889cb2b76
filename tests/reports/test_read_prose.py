"""One chapter's prose as a coordinator types it."""

from reports.document import Paragraph, Passage
from reports.read.prose import read_chapter
from reports.render.text import chapter_text


def test_headings_take_the_paragraphs_below_them() -> None:
    text = "(一)强化督导\n1.考核。\n2.约谈。\n补充一段。\n\n（二）强化保障\n投入。\n"
    assert read_chapter(text) == (
        Passage((Paragraph("考核。", 1), Paragraph("约谈。", 2), Paragraph("补充一段。")), "强化督导"),
        Passage((Paragraph("投入。"),), "强化保障"),
    )


def test_without_headings_numbers_begin_entries() -> None:
    assert read_chapter("1.甲。\n续甲。\n2、乙。") == (
        Passage((Paragraph("甲。", 1), Paragraph("续甲。"))),
        Passage((Paragraph("乙。", 2),)),
    )


def test_without_headings_and_numbers_each_paragraph_is_an_entry() -> None:
    assert read_chapter("甲。\n乙。") == (Passage((Paragraph("甲。"),)), Passage((Paragraph("乙。"),)))


def test_a_heading_may_share_its_line_with_the_first_paragraph() -> None:
    assert read_chapter("(一)投入不足。由于财力有限。") == (
        Passage((Paragraph("由于财力有限。"),), "投入不足"),
    )


def test_empty_text_has_no_passages() -> None:
    assert read_chapter(" \n\n") == ()
    assert chapter_text(()) == ""


def test_ordinary_prose_is_written_without_escapes() -> None:
    passages = (
        Passage((Paragraph("考核。", 1), Paragraph("8.1亿元用于建设（分值2分，自评2分）。")), "强化督导"),
        Passage((), "强化保障"),
    )
    assert chapter_text(passages) == (
        "（一）强化督导\n1.考核。\n8.1亿元用于建设（分值2分，自评2分）。\n（二）强化保障"
    )


def test_prose_that_looks_like_something_else_is_escaped() -> None:
    passages = (
        Passage(
            (Paragraph("三、存在的问题"), Paragraph("\\n", 2), Paragraph("1.不是编号")), "（一）。题。目"
        ),
        Passage((Paragraph("另一条"), Paragraph("续一段"))),
    )
    assert chapter_text(passages).splitlines() == [
        "（一）\\（一）。题。目",
        "\\三、存在的问题",
        "2.\\\\n",
        "\\1.不是编号",
        "\\",
        "另一条",
        "\\ 续一段",
    ]
    assert read_chapter(chapter_text(passages)) == passages
