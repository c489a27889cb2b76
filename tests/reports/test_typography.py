"""Full-width punctuation, quotes and title lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.render.typography import FULL_WIDTH, title_lines, typeset
from tests.reports.sample import FIXTURES


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("对照评价指标体系,我区组织相关部门", "对照评价指标体系，我区组织相关部门"),
        ("报告如下:", "报告如下："),
        ("约谈;取消!为何?", "约谈；取消！为何？"),
        ("全面落实普法宣传工作.", "全面落实普法宣传工作。"),
        ("达标率100%.同时", "达标率100%。同时"),
        ("达标率100%.", "达标率100%。"),
        ("同比增长1.24%;2020年小学", "同比增长1.24%；2020年小学"),
        ("(分值1.5分,自评1.5分)。", "（分值1.5分，自评1.5分）。"),
        ("校(园)长", "校（园）长"),
        ("《办法(试行)》(红谷办发〔2021〕8号),明确", "《办法（试行）》（红谷办发〔2021〕8号），明确"),
        ("增长17.88%(分值1.5分)", "增长17.88%（分值1.5分）"),
        ("共44所中小学含村小)实现", "共44所中小学含村小）实现"),
        ("(1)加强领导", "（1）加强领导"),
        ("规划(2021-2023)完成", "规划（2021-2023）完成"),
        ("2019,2020年", "2019，2020年"),
        ("第1,5,7号", "第1，5，7号"),
        ('落实课后服务"5+2"模式', "落实课后服务“5+2”模式"),
        ("实行'县管校聘'改革", "实行‘县管校聘’改革"),
        ('"双减"与"三个课堂"', "“双减”与“三个课堂”"),
    ],
)
def test_marks_in_chinese_become_full_width(typed: str, printed: str) -> None:
    assert typeset(typed) == printed


@pytest.mark.parametrize(
    "text",
    [
        "比上年增长17.88%",
        "共1,200人",
        "班级比1:2",
        "会议于8:30开始",
        "落实5+2模式",
        "2020-2021年",
        "1.有序扩大供给",
        "1.1.3健全机制",
        "标准GB/T 9704-2012",
        "见https://example.org/a?b=c,d;e(f)",
        "网址www.example.org:8080/a",
        "邮箱a.b@example.org",
        "红谷府办发[2021]10号",
        "赣财教(2020)15号",
        "红谷办发〔2021〕8号",
        "使用Don't一词",
        "f(x)=1.5",
        "A, B and C (see 1.2): done.",
        "已经用了“5+2”模式",
        "缺了一半5+2”模式",
        "省略……与破折——",
        '只有一个"引号',
    ],
)
def test_figures_words_and_what_is_right_already_stay(text: str) -> None:
    assert typeset(text) == text


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("素质教育发展 ,建立健全", "素质教育发展，建立健全"),
        ("前 ( 中 ) 后", "前（中）后"),
        ("第一, 第二", "第一，第二"),
        ("使用 WeasyPrint 打印", "使用 WeasyPrint 打印"),
    ],
)
def test_blanks_beside_full_width_marks_go(typed: str, printed: str) -> None:
    assert typeset(typed) == printed


BACK = {wide: narrow for narrow, wide in FULL_WIDTH.items()} | {"“": '"', "”": '"', "‘": "'", "’": "'"}


def typed(text: str) -> str:
    return "".join(BACK.get(character, character) for character in text if character != " ")


@given(st.text(alphabet="中文，。：；（）“”,.:;?!()\"' 12a%〔〕号[]/@", max_size=60))
def test_nothing_but_marks_and_blanks_changes(text: str) -> None:
    assert typed(typeset(text)) == typed(text)


def test_real_text_keeps_no_half_width_mark_beside_chinese() -> None:
    text = (FIXTURES / "honggutan-2021.txt").read_text(encoding="utf-8")
    lines = [typeset(line) for line in text.splitlines()]
    left = [
        line[max(0, place - 3) : place + 4]
        for line in lines
        for place, mark in enumerate(line)
        if mark in ",;!?()" or (mark == ":" and line[place - 1] > "一")
    ]
    assert left == []


def test_hostile_text_takes_linear_time() -> None:
    for text in ("中" + "(" * 100_000, "中" + ", " * 50_000, "中" + "http://" * 20_000, "中" + "a@" * 50_000):
        assert len(typeset(text)) > 1_000


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("自评报告", ("自评报告",)),
        (
            "关于2021年党政领导干部履行教育职责督导评价自评的报告",
            ("关于2021年党政领导干部履行", "教育职责督导评价自评的报告"),
        ),
        (
            "南昌市红谷滩区人民政府关于2021年党政领导干部履行教育职责督导评价自评的报告",
            ("南昌市红谷滩区人民政府", "关于2021年党政领导干部履行", "教育职责督导评价自评的报告"),
        ),
        ("第一行\n第二行", ("第一行", "第二行")),
        ("", ()),
    ],
)
def test_title_breaks_into_even_lines(title: str, lines: tuple[str, ...]) -> None:
    assert title_lines(title) == lines


@given(st.text(alphabet="中文关于的，》《（）2021aB", max_size=70))
def test_title_lines_hold_the_whole_title(title: str) -> None:
    assert "".join(title_lines(title)) == title
