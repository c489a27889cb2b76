"""Title and document number from the name of a file."""

import pytest

from assessments.evidence.proposing import propose


@pytest.mark.parametrize(
    ("name", "title", "number"),
    [
        ("关于办学的通知(赣教发[2021]4号).pdf", "关于办学的通知", "赣教发〔2021〕4号"),
        ("国办发〔2021〕4号 关于加强管理的意见.pdf", "关于加强管理的意见", "国办发〔2021〕4号"),
        ("15-01_赣府厅字﹝2020﹞12号_督导.docx", "15-01_督导", "赣府厅字〔2020〕12号"),
        ("附件：红谷滩教体字【2021】第 033号.pdf", "附件", "红谷滩教体字〔2021〕33号"),
        ("关于（试行）的通知（洪府办发〔2021〕12号）.doc", "关于（试行）的通知", "洪府办发〔2021〕12号"),
        ("国办发〔2021〕4号.pdf", "国办发〔2021〕4号", "国办发〔2021〕4号"),
        # Where the letters of the office begin cannot be told.
        ("关于办法的通知国办发〔2021〕4号.pdf", "关于办法的通知国办发〔2021〕4号", ""),
        ("教育经费统计表.xlsx", "教育经费统计表", ""),
        ("照片(1).jpg", "照片(1)", ""),
        ("a.b.c.pdf", "a.b.c", ""),
        ("无扩展名", "无扩展名", ""),
    ],
)
def test_title_and_number_come_from_the_name(name: str, title: str, number: str) -> None:
    assert propose(name) == (title, number)


@pytest.mark.parametrize("name", ["", ".", ".pdf", "_.pdf", "（）.pdf", "字" * 5_000 + ".pdf", "(" * 9_000])
def test_any_name_gives_a_title_in_no_time(name: str) -> None:
    title, number = propose(name)
    assert (len(title) <= 200, number) == (True, "")
