"""The form of the workbook: its sheets and their columns. Always Chinese, as its readers' files are."""

from dataclasses import dataclass

from assessments.collecting.form import choices_of
from spreadsheets.columns import YES_NO, Choices, Column

LANGUAGE = "zh-hans"
NOTES = "填写说明"
MARK = "mark"

ROW_WIDTHS = {"label": 8, "title": 28}
SPARE_LOSSES = 3
"""Empty rows for further points off, of each item that is open."""


@dataclass(frozen=True, slots=True)
class Form:
    """A sheet: its name and title, what it is told apart by (``key``), and its columns."""

    name: str
    title: str
    key: str
    columns: tuple[Column, ...]


def _form(name: str, title: str, key: str, *columns: Column) -> Form:
    before = (
        Column(MARK, "标识", 4, hidden=True),
        Column("label", "编号", ROW_WIDTHS["label"]),
        Column("item", "指标", ROW_WIDTHS["title"]),
    )
    return Form(name, title, key, (*before, *columns))


ITEMS = _form(
    "填报",
    "自查情况与自评分",
    "narrative",
    Column("weight", "分值", 7),
    Column("rules", "考核要求与评分细则", 44),
    Column("due_on", "截止日期", 12),
    Column("state", "状态", 9),
    Column("narrative", "自查情况", 64),
    Column("applicable", "是否适用", 8, choices="yes"),
    Column("na_reason", "不适用理由", 24),
    Column("score", "自评分\n（留空即按细则计分）", 11),
    Column("reason", "得分理由\n（与细则计分不同时填写）", 30),
)
FIGURES = _form(
    "数据指标",
    "数据指标",
    "figure",
    Column("figure", "数据名称", 40),
    Column("unit", "计量单位", 10),
    Column("how", "填写方式", 12),
    Column("last_year", "上年", 14),
    Column("this_year", "本年", 16),
)
LOSSES = _form(
    "扣分说明",
    "扣分（加分）说明",
    "points",
    Column("sign", "类别", 7),
    Column("points", "分数", 9),
    Column("why", "原因", 60),
    Column("measured", "实际值", 11),
    Column("standard", "标准值", 11),
    Column("loss_unit", "单位", 9),
)
MATERIALS = _form(
    "佐证材料",
    "佐证材料清单",
    "material",
    Column("material", "材料名称", 50),
    Column("there", "是否具备", 9, choices="yes"),
    Column("reference", "文号或名称", 50),
)
CONTRIBUTIONS = _form(
    "配合意见",
    "配合部门意见",
    "contribution",
    Column("lead", "牵头部门", 18),
    Column("office", "配合部门", 18),
    Column("rules", "考核要求与评分细则", 40),
    Column("due_on", "截止日期", 12),
    Column("state", "状态", 9),
    Column("contribution", "本部门完成情况", 60),
    Column("enclosed", "佐证材料\n（每行一份）", 34),
    Column("done", "是否完成", 9, choices="yes"),
)
FORMS = (ITEMS, FIGURES, LOSSES, MATERIALS, CONTRIBUTIONS)


def choices() -> Choices:
    """The words of all drop-downs."""
    return {**YES_NO, **{name: words for name, words in choices_of().items() if words}}
