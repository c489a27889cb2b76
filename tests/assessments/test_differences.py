"""What differs between two texts, in pieces that people can read."""

import random
from time import perf_counter

import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.differences import Mark, Paragraph, compare_texts


def in_short(difference: tuple[Paragraph, ...]) -> list[str]:
    """Each paragraph with ``+[…]`` around what came and ``-[…]`` around what went."""
    words = {Mark.KEPT: "{}", Mark.ADDED: "+[{}]", Mark.REMOVED: "-[{}]"}
    return [
        "".join(words[piece.mark].format(piece.text) for piece in paragraph.pieces)
        for paragraph in difference
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", []),
        ("一样。", "一样。", ["一样。"]),
        ("", "新写。", ["+[新写。]"]),
        ("删去。", "", ["-[删去。]"]),
        (
            "标准班额占比为80.84%，落实经费。",
            "标准班额占比为85.2%，落实经费。",
            ["标准班额占比为8-[0.84]+[5.2]%，落实经费。"],
        ),
        # What has little in common is not cut into single characters.
        ("全区新建学校三所。", "教师培训费到位。", ["-[全区新建学校三所。]", "+[教师培训费到位。]"]),
        ("第一段。\n第二段。", "第一段。\n中间一段。\n第二段。", ["第一段。", "+[中间一段。]", "第二段。"]),
        (
            "甲项工作已经完成。\n乙项工作正在推进。",
            "丙项另起。\n甲项工作全部完成。\n乙项工作正在推进。",
            ["+[丙项另起。]", "甲项工作-[已经]+[全部]完成。", "乙项工作正在推进。"],
        ),
        ("两段\n并成一段", "两段并成一段", ["-[两段]", "+[两段]并成一段"]),
    ],
)  # fmt: skip
def test_compare_texts_goes_by_paragraphs_then_by_characters(old: str, new: str, expected: list[str]) -> None:
    assert in_short(compare_texts(old, new)) == expected


def test_paragraph_says_whether_it_changed() -> None:
    assert [paragraph.changed for paragraph in compare_texts("甲\n乙", "甲\n丙")] == [False, True, True]


TEXTS = st.text(alphabet="甲乙，。8\n", max_size=60)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_both_texts_are_whole_in_their_difference(old: str, new: str) -> None:
    difference = compare_texts(old, new)

    def without(mark: Mark) -> list[str]:
        lines = ("".join(p.text for p in line.pieces if p.mark is not mark) for line in difference)
        return [line for line in lines if line]

    assert without(Mark.ADDED) == [line for line in old.split("\n") if line]
    assert without(Mark.REMOVED) == [line for line in new.split("\n") if line]


@pytest.mark.parametrize("alphabet", ["甲乙", "甲\n", "".join(map(chr, range(0x4E00, 0x5300)))])
def test_texts_that_differ_everywhere_take_no_longer_than_announced(alphabet: str) -> None:
    chance = random.Random(5)  # noqa: S311 - not a secret
    old, new = ("".join(chance.choices(alphabet, k=20_000)) for _text in range(2))
    started = perf_counter()
    compare_texts(old, new)
    # Twice the limit on an idle machine; CI is not idle.
    assert perf_counter() - started < 1


def test_difference_is_marked_in_words_too_and_runs_no_markup() -> None:
    difference = compare_texts("班额<b>80</b>%", "班额<b>85</b>%")
    page = render_to_string("assessments/_difference.html", {"difference": difference})
    spoken = '<span class="visually-hidden">{}</span>'
    removed = f"<del>{spoken.format('[removed:')}0{spoken.format('[end]')}</del>"
    added = f"<ins>{spoken.format('[added:')}5{spoken.format('[end]')}</ins>"
    assert f"<p>班额&lt;b&gt;8{removed}{added}&lt;/b&gt;%</p>" in page
