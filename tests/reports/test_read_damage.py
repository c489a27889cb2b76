"""Traps that published reports set: each with the smallest text that shows it."""

from decimal import Decimal

import pytest

from reports.document import Deduction, Item, Report
from reports.read.reading import RemarkKind, Severity, UnreadableReport
from reports.read.sections import MAX_ITEMS
from reports.read.text import MAX_CHARACTERS, MAX_LINES, read_text


def report_of(*lines: str, title: str = "关于2021年自评的报告") -> Report:
    return read_text("\n\n".join([title, "一、自查情况", *lines])).report


def items_of(*lines: str) -> list[Item]:
    return list(report_of("(一)甲(权重9分,自评9分)", *lines).items())


def kinds_of(*lines: str) -> list[RemarkKind]:
    text = "\n\n".join(["关于2021年自评的报告", "一、自查情况", "(一)甲(权重9分,自评9分)", *lines])
    return [
        remark.kind for remark in read_text(text).remarks if remark.kind is not RemarkKind.WEIGHT_INFERRED
    ]


@pytest.mark.parametrize(
    "points",
    [
        "(分值2分,自评1.5分)",
        "（分值2分，自评1.5分）。",
        "（分值２分，自评１．５分）。",
        "((分值2分,自评1.5分)",
        "(分值2分,自评1.5分))。",
        "(分值2分,自评1.5分",
        "(分值2分,自评1.5",
        "分值2分,自评1.5分)",
        "分值2,自评1.5",
        "( 分值 2 分 , 自评 1.5 分 )",
        "(满分2分,得分1.5分)",
        "(标准分2分,自评分1.5分)",
        "(赋分2分;自评得1.5分)",
        "(此项2分,自评得分1.5分)",
        "(分值为2分,自评分为1.5分)",
        "(分值:2分,自评:1.5分);",
        "(自评1.5分,分值2分)",
        "【分值2分，自评1.5分】",
    ],
)
def test_points_are_understood_however_written(points: str) -> None:
    (item,) = items_of(f"1.建立了制度{points}")
    assert (item.weight, item.self_score, item.text) == (Decimal(2), Decimal("1.5"), "建立了制度")


@pytest.mark.parametrize(
    ("points", "weight", "self_score"),
    [
        ("(分值xx分,自评xx分)", None, None),
        ("(分值2分,自评××分)", Decimal(2), None),
        ("(分值 分,自评 分)", None, None),
        ("(分值2分)", Decimal(2), None),
        ("(分值2分,自评", Decimal(2), None),
        ("(自评2分)", None, Decimal(2)),
        ("", None, None),
    ],
)
def test_points_that_are_masked_or_absent_are_unknown(
    points: str, weight: Decimal | None, self_score: Decimal | None
) -> None:
    (item, _) = items_of(f"1.建立了制度{points}", "2.乙(分值1分,自评1分)")
    assert (item.weight, item.self_score, item.text) == (weight, self_score, "建立了制度")


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("1.甲(分值2分,自评2分)。", []),
        ("1.甲分值2分,自评2分)。", [RemarkKind.BRACKET_MISSING]),
        ("1.甲(分值2分,自评2分。", [RemarkKind.BRACKET_MISSING]),
        ("1.甲(分值2分,自评2分）。", [RemarkKind.BRACKET_MIXED]),
        ("1.甲(分值2分,自评2)。", [RemarkKind.UNIT_MISSING]),
        ("1.甲(分值2分。", [RemarkKind.POINTS_CUT]),
        ("1.甲(分值x分,自评x分)。", [RemarkKind.POINTS_MASKED]),
        ("1.甲〕乙(分值2分,自评2分)。", [RemarkKind.BRACKET_UNBALANCED]),
        ("甲(分值2分,自评2分)。", [RemarkKind.LABEL_MISSING]),
    ],
)
def test_damage_is_remarked(line: str, kinds: list[RemarkKind]) -> None:
    assert kinds_of(line) == kinds


@pytest.mark.parametrize(
    ("label", "printed"),
    [
        ("15.", "15"),
        ("１５．", "15"),
        ("15、", "15"),
        ("(37)", "(37)"),
        ("（37）", "（37）"),
        ("1.1.3", "1.1.3"),
        ("1、1、3 ", "1、1、3"),
        ("1-1-3", "1-1-3"),
    ],
)
def test_labels_are_kept_as_printed(label: str, printed: str) -> None:
    (item,) = items_of(f"{label}做了工作(分值2分,自评2分)")
    assert (item.number, item.label, item.text) == (1, printed, "做了工作")


@pytest.mark.parametrize("text", ["2021年拨款", "9月开展", "66人以上班额已消除"])
def test_a_text_that_begins_with_a_number_is_not_taken_into_the_label(text: str) -> None:
    (item,) = items_of(f"16.{text}(分值2分,自评2分)")
    assert (item.label, item.text) == ("16", text)


def test_a_quantity_at_the_beginning_of_a_line_is_no_label() -> None:
    (item,) = items_of("1.投入经费：", "8.1亿元用于建设(分值2分,自评2分)。")
    assert item.paragraphs == ("投入经费：", "8.1亿元用于建设")


def test_a_list_inside_an_item_belongs_to_it() -> None:
    first, second = items_of("7.工作如下：", "(1)甲。", "(2)乙(分值2分,自评2分)。", "8.丙(分值1分,自评1分)。")
    assert first.paragraphs == ("工作如下：", "(1)甲。", "(2)乙")
    assert (first.weight, second.label) == (Decimal(2), "8")


def test_items_glued_on_one_line_are_parted() -> None:
    first, second = items_of("1.甲(分值1分,自评1分)。2.乙(分值2分,自评2分)。")
    assert (first.text, second.text) == ("甲", "乙")


def test_numbers_that_repeat_skip_or_go_back_are_remarked_and_counted_through() -> None:
    lines = [f"{label}.甲(分值1分,自评1分)。" for label in (1, 1, 4, 3)]
    assert [(item.number, item.label) for item in items_of(*lines)] == [
        (1, "1"),
        (2, "1"),
        (3, "4"),
        (4, "3"),
    ]
    assert kinds_of(*lines) == [
        RemarkKind.LABEL_REPEATED,
        RemarkKind.LABEL_SKIPPED,
        RemarkKind.LABEL_BACKWARDS,
    ]


def test_numbers_may_begin_again_with_each_section() -> None:
    item = "1.甲(分值9分,自评9分)。"
    assert kinds_of(item, "(二)乙(权重9分,自评9分)", item) == []
    report = report_of("(一)甲(权重9分,自评9分)", item, "(二)乙(权重9分,自评9分)", item)
    assert [item.number for item in report.items()] == [1, 2]
    assert report.total_weight == Decimal(18)


def test_the_level_above_sections_is_their_part() -> None:
    text = (
        "一、政府责任\n(一)规划(10分)\n1.甲(分值10分,自评9分)\n"
        "二、教育管理(权重5分,自评5分)\n2.乙(分值5分,自评5分)"
    )
    sections = read_text(text).report.sections
    assert [(section.part, section.title, section.weight, section.self_score) for section in sections] == [
        ("政府责任", "规划", Decimal(10), None),
        (None, "教育管理", Decimal(5), Decimal(5)),
    ]


def test_chapters_are_known_by_their_words() -> None:
    report = report_of(
        "1.甲(分值1分,自评1分)。",
        "二、主要做法及成效",
        "(一)领导重视。我区成立了小组。",
        "三、困难与短板",
        "经费不足。",
        "师资不足。",
        "四、下一步打算",
        "1、加大投入。",
        "并加强考核。",
        "五、工作建议",
        "建议增加编制。",
    )
    assert [(passage.heading, passage.paragraphs[0].text) for passage in report.experience] == [
        ("领导重视", "我区成立了小组。")
    ]
    assert [passage.paragraphs[0].text for passage in report.problems] == ["经费不足。", "师资不足。"]
    first, unknown = report.improvements
    assert [(paragraph.number, paragraph.text) for paragraph in first.paragraphs] == [
        (1, "加大投入。"),
        (None, "并加强考核。"),
    ]
    assert (unknown.heading, unknown.paragraphs[0].text) == ("工作建议", "建议增加编制。")


def test_points_quoted_in_the_problems_are_no_item() -> None:
    report = report_of("1.甲(分值4分,自评3分)。", "二、存在的问题", "1.第1项班额超标(分值4分,自评3分)。")
    assert len(list(report.items())) == 1
    assert report.problems[0].paragraphs[0].text == "第1项班额超标(分值4分,自评3分)。"


def test_issuer_and_date_are_no_prose() -> None:
    report = report_of(
        "1.甲(分值1分,自评1分)。", "二、改进措施", "加大投入。", "某某区人民政府\n2022年1月5日"
    )
    assert len(report.improvements) == 1
    assert report.organisation == "某某区人民政府"
    assert str(report.issued_on) == "2022-01-05"


@pytest.mark.parametrize(
    ("text", "deductions"),
    [
        ("占比80.84%,低于标准的90%此项扣除0.9", [("0.9", "占比80.84%,低于标准的90%", "80.84", "90", "%")]),
        ("做得好;缺少台账,扣0.5分。", [("0.5", "缺少台账", None, None, "")]),
        ("每低1个百分点扣0.1分,本项扣1分", [("1", "每低1个百分点扣0.1分", None, None, "")]),
        ("每出现一例扣2分,扣完为止", []),
        ("扣20、10分", []),
        ("回扣3个问题", []),
    ],
)
def test_deductions_are_told_from_rules(text: str, deductions: list[tuple[str | None, ...]]) -> None:
    (item,) = items_of(f"1.{text}(分值4分,自评3.1分)。")
    assert [
        tuple(value if value is None or isinstance(value, str) else str(value) for value in row)
        for row in ((one.points, one.reason, one.measured, one.standard, one.unit) for one in item.deductions)
    ] == deductions


def test_a_deduction_may_stand_within_the_points() -> None:
    (item,) = items_of("1.甲(分值4分,自评3分,因缺材料扣1分)。")
    assert item.deductions == (Deduction(Decimal(1), "因缺材料"),)
    assert (item.text, item.self_score) == ("甲", Decimal(3))


@pytest.mark.parametrize(
    ("text", "applicable"),
    [
        ("我区暂无普通高中。", False),
        ("目前，我区暂无中职学校", False),
        ("我县不涉及此项。", False),
        ("目前,我区暂无特殊教育学校委托南昌市培智学校接受我区儿童,每年给予支持。", True),
        ("我区暂无违规办学机构。", True),
        ("我区暂无大班额学校。", True),
        ("我区没有设立重点班的学校。", True),
        ("暂无公办幼儿园欠薪问题学校", True),
        ("全区中小学校无拖欠教师工资学校。", True),
        ("我区实现无烟学校。", True),
        ("全区取缔无证幼儿园。", True),
        ("我区无特殊教育学校。", False),
        ("我区目前没有民办高中。", False),
        ("截至目前，我区无民办高中。", False),
        ("全县没有独立设置的特殊教育学校。", False),
        ("我区未设立特殊教育学校。", False),
        ("建立了机构。", True),
    ],
)
def test_only_zanwu_as_the_whole_answer_is_not_applicable(text: str, applicable: bool) -> None:
    (item,) = items_of(f"1.{text}(分值2分,自评2分)。")
    assert item.applicable is applicable


def test_item_taken_as_not_applicable_is_remarked_with_its_line() -> None:
    reading = read_text(
        "一、自查情况\n\n(一)甲(权重4分,自评4分)\n\n"
        "1.做了。(分值1分,自评1分)。\n\n2.我区暂无高中。(分值2分,自评2分)。\n\n"
        "〔3〕（分值1分，自评1分）\n\n我区暂无高中。\n\n本项不适用。\n"
    )
    assert [item.applicable for item in reading.report.items()] == [True, False, False]
    found = [remark for remark in reading.remarks if remark.kind is RemarkKind.NOT_APPLICABLE]
    assert [(remark.line, remark.severity, remark.message) for remark in found] == [
        (7, Severity.HINT, "条目2只写了“暂无”一类的话，按“不适用”读取。")
    ]


@pytest.mark.parametrize(
    ("preamble", "totals"),
    [
        ("自评总分99.1分,自评等次为“优秀”。", (None, "99.1", "优秀")),
        ("满分100分，自评得分为96.5分，等级为良好。", ("100", "96.5", "良好")),
        ("总得分118分。", (None, "118", "")),
        ("总分100分，自评98分。", ("100", "98", "")),
    ],
)
def test_totals_are_those_of_the_preamble(preamble: str, totals: tuple[str | None, str, str]) -> None:
    text = f"自评报告\n\n某市督导委员会：\n\n{preamble}\n\n一、自查情况\n\n1.甲(分值xx分,自评1分)。"
    report = read_text(text).report
    weight = None if report.total_weight is None else str(report.total_weight)
    assert (weight, str(report.total_self_score), report.grade) == totals


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "文件是空的，没有可读的内容。"),
        (" \n\t\n", "文件是空的，没有可读的内容。"),
        ("a\0b", "这不是文本文件（含有二进制内容），请另存为纯文本后再试。"),
        ("甲" * (MAX_CHARACTERS + 1), f"文件过大（{MAX_CHARACTERS + 1}字），最多读取{MAX_CHARACTERS}字。"),
        ("\n" * MAX_LINES + "甲\n", f"文件超过{MAX_LINES}行，不像一份自评报告，未读取。"),
        ("今天天气很好。\n1.去公园。\n", "没有找到带序号和分值的条目，不像一份自评报告。"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(text: str, message: str) -> None:
    with pytest.raises(UnreadableReport) as refusal:
        read_text(text)
    assert str(refusal.value) == message


def test_too_many_items_are_refused_with_the_line() -> None:
    text = "一、自查情况\n" + "1.甲(分值1分,自评1分)\n" * (MAX_ITEMS + 1)
    with pytest.raises(UnreadableReport) as refusal:
        read_text(text)
    assert str(refusal.value) == f"条目超过{MAX_ITEMS}条（第{MAX_ITEMS + 2}行），不像一份自评报告，未读取。"
