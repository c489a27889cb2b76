"""Hypothesis strategies for well-formed reports, with prose that looks like anything but prose."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from reports.document import Credit, Deduction, Item, Paragraph, Passage, Report, Section

SNIPPETS = (
    *(
        "\\",
        "\\ ",
        "。",
        "，",
        ",",
        "：",
        ":",
        "（",
        "(",
        ")",
        "）",
        "〔",
        "〕",
        "【",
        "】",
        "《",
        "》",
        " ",
        "\t",
        "-",
        "—",
        ".",
    ),
    *("一、", "二、", "三、存在的问题", "四、改进措施", "第五部分", "（一）", "(二)", "三)", ")", "十二、"),
    *(
        "1.",
        "15．",
        "2、",
        "(37)",
        "（3）",
        "1.1.3",
        "1、1、1",
        "2-1-4 ",
        "3.2 ",
        "1.5亿元",
        "16.2021年",
        "９．",
    ),
    *(
        "分值",
        "权重",
        "自评",
        "得分",
        "4分",
        "xx分",
        "分",
        "扣",
        "扣0.9分",
        "此项扣除0.9",
        "每",
        "0.9",
        "80.84%",
        "低于",
        "90",
    ),
    *(
        "(分值1分,自评1分)",
        "（分值1分，自评1分）。",
        "分值1.5分,自评1.5",
        "（权重11分，自评11分）",
        "（权重11分，自评11分，另加1分）",
        "（加分上限2分，自评1分）。",
        "加分上限",
        "另加",
        "(18分)",
        "（分值—分，自评—分）",
    ),
    *(
        "我区暂无普通高中",
        "暂无",
        "目前",
        "学校",
        "本项适用。",
        "本项不适用。",
        "扣分说明：",
        "（扣分说明：无。）",
        "（加分说明：获奖，加1分。）",
        "加1分。）",
        "扣—分。",
    ),
    *(
        "自评总分99.1分",
        "自评等次为“优秀”",
        "自评概况：无。",
        "自评概况：2021年度，等次",
        "2021年",
        "总分100分",
        "满分",
        "的报告",
    ),
    *(
        "访问量:",
        "微博",
        "— 3 —",
        "| 首页 > ",
        "来源：",
        "map",
        "如下：",
        "教育督导委员会：",
        "〔实际1，标准2，单位",
        "〔1〕",
        "我区",
    ),
)


def lines(*, min_size: int = 1) -> st.SearchStrategy[str]:
    """One line without surrounding space or control characters."""
    plain = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), max_size=8)
    built = st.lists(st.one_of(st.sampled_from(SNIPPETS), plain), max_size=5).map("".join).map(str.strip)
    return built.filter(lambda text: len(text) >= min_size)


points = (
    st.none()
    | st.decimals(0, 999_999_999, places=2)
    | st.sampled_from([Decimal(n) for n in ("0", "0.5", "1.50", "1E+2")])
)
figures = (
    st.none() | st.decimals(-999_999, 999_999, places=3) | st.sampled_from([Decimal("80.84"), Decimal(90)])
)
labels = (
    lines(min_size=0)
    | st.integers(0, 999).map(str)
    | st.sampled_from(["1.1.3", "(37)", "（3）", "1、1、1", "1-1-1"])
)
ordinals = st.sampled_from("一二三四五六七八九") | lines(min_size=0).map(
    lambda text: text.replace("〕", "").strip()
)
units = st.sampled_from(["", "%", "元", "人"]) | lines(min_size=0).map(
    lambda text: text.replace("〔", "").strip()
)
paragraphs = st.lists(lines(), max_size=3).map(tuple)

deductions = st.builds(
    Deduction, points=points, reason=lines(min_size=0), measured=figures, standard=figures, unit=units
)
credits = st.builds(Credit, points=points, reason=lines(min_size=0))
sections = st.builds(
    Section,
    ordinal=ordinals,
    title=lines(min_size=0),
    weight=points,
    self_score=points,
    part=st.none() | lines(),
    bonus=points,
    items=st.lists(
        st.builds(
            Item,
            number=st.just(0),
            label=labels,
            weight=points,
            self_score=points,
            paragraphs=paragraphs,
            applicable=st.booleans(),
            deductions=st.lists(deductions, max_size=2).map(tuple),
            bonus=st.booleans(),
            credits=st.lists(credits, max_size=2).map(tuple),
            vetoes=st.lists(lines(min_size=0), max_size=2).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
)
prose = st.builds(Paragraph, text=lines(), number=st.none() | st.integers(1, 999))
passages = st.builds(
    Passage, paragraphs=st.lists(prose, min_size=1, max_size=3).map(tuple), heading=lines(min_size=0)
) | st.builds(Passage, paragraphs=st.just(()), heading=lines())
chapters = st.lists(passages, max_size=3).map(tuple)


def numbered(found: list[Section]) -> tuple[Section, ...]:
    """The sections with their items counted from 1 through the report."""
    number = 0
    result = []
    for section in found:
        items = []
        for item in section.items:
            number += 1
            items.append(replace(item, number=number))
        result.append(replace(section, items=tuple(items)))
    return tuple(result)


reports = st.builds(
    Report,
    title=lines(min_size=0),
    addressee=lines(min_size=0),
    year=st.none() | st.integers(1000, 9999) | st.just(2021),
    preamble=paragraphs,
    total_weight=points,
    total_self_score=points,
    grade=st.sampled_from(["", "优秀"]) | lines(min_size=0),
    sections=st.lists(sections, min_size=1, max_size=3)
    .map(numbered)
    .filter(lambda found: any(section.items for section in found)),
    experience=chapters,
    problems=chapters,
    improvements=chapters,
    organisation=st.sampled_from(["", "某某区人民政府"]) | lines(min_size=0),
    issued_on=st.none() | st.dates(date(2000, 1, 1), date(2099, 12, 31)),
)
