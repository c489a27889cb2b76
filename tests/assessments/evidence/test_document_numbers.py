"""Numbers of official documents, however they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.evidence.document_numbers import as_searched, normalised, office_of


@pytest.mark.parametrize(
    "typed",
    [
        "国办发〔2021〕4号",
        "国办发[2021]4号",
        "国办发［２０２１］４号",
        "国办发（2021）第4号",
        "国办发(2021)4",
        "国办发【2021】 4 号",
        "国办发﹝2021﹞004号",
        "国办发〖2021〗4号",
        "国办发{2021}4号",
        "国办发<2021>4号",
        "国办发《2021》4号",
        "国办发「2021」4号",
        " 国办发 〔 2021年 〕 第 4 号 ",
        "国办发\u3000〔2021]4号",
    ],
)
def test_number_has_one_form_whatever_was_typed(typed: str) -> None:
    assert normalised(typed) == "国办发〔2021〕4号"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("洪红教字[2021]第12号", "洪红教字〔2021〕12号"),
        ("教基一〔2021〕6号", "教基一〔2021〕6号"),
        ("赣府厅发(1998)100号", "赣府厅发〔1998〕100号"),
        ("公文〔2021〕4号", "公文〔2021〕4号"),
        ("赣教-字〔2021〕4号", "赣教-字〔2021〕4号"),
    ],
)
def test_office_keeps_its_own_characters(typed: str, kept: str) -> None:
    assert normalised(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "会议纪要第4期",
        "〔2021〕4号",
        "国办发2021 4号",
        "国办发〔21〕4号",
        "国办发〔1821〕4号",
        "国办发〔2021〕0号",
        "国办发〔2021〕号",
        "国办发〔2021〕4-1号",
        "国办发〔2021〕4号、5号",
        "国办发〔2021〕4号\0",
        "<script>〔2021〕4号",
        "国" * 10_000,
        "国" * 41 + "〔2021〕4号",
    ],
)
def test_what_is_no_such_number_is_none(typed: str) -> None:
    assert normalised(typed) is None


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(typed: str) -> None:
    once = normalised(typed)
    assert once is None or normalised(once) == once


def test_part_of_a_number_is_searched_in_its_one_form() -> None:
    assert as_searched("[2021] 4") == "〔2021〕4"


def test_office_is_told_of_normalised_numbers_alone() -> None:
    assert office_of("国办发〔2021〕4号") == "国办发"
    assert office_of("国办发[2021]4号") == office_of("纪要") == office_of("") == ""
