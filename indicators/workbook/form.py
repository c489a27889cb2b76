"""The form of our own workbook: its sheets, their columns, and the Chinese words for choices.

Writing and reading share it. Columns are found by the names in a hidden row, not by their headings, and the
rules' columns follow from the classes of the rules: a new kind of rule has its columns by itself.
"""

import typing
from contextlib import AbstractContextManager
from functools import cache

from django.utils import translation
from pydantic import BaseModel

from indicators.models import Policy
from indicators.scoring.measures import MeasureKind
from indicators.scoring.rules import KINDS, BaseRule
from indicators.wording import choice_label, field_label, kind_label, measure_kind_label
from spreadsheets.columns import YES_NO, Choices, Column

LANGUAGE = "zh-hans"

NOTES, TREE, RULES, MEASURES, BANDS = "说明", "指标体系", "评分规则", "数据指标", "等次"
SUBTOTAL, TOTAL = "小计", "合计"
LINE_OF = "└ "
"""Before what a row gives for a list inside the rule above it: tiers, sub-points, places."""
SUM, EMPTY, ITEM = "sum", "empty", "item"
"""Marks of the tree's rows."""


TREE_COLUMNS = (
    Column("section_label", "一级编号", 6),
    Column("section", "一级指标", 14),
    Column("section_weight", "一级分值", 6.5, "number"),
    Column("group_label", "二级编号", 6),
    Column("group", "二级指标", 14),
    Column("group_weight", "二级分值", 6.5, "number"),
    Column("label", "编号", 7),
    Column("title", "三级指标／观测点", 24),
    Column("requirement", "考核要求", 40),
    Column("weight", "分值", 7, "number"),
    Column("rule_prose", "评分细则（原文）", 40),
    Column("responsible", "责任单位", 14),
    Column("materials", "佐证材料（一行一项）", 24),
    Column("bonus", "加分项", 7, "yes", "yes"),
    Column("committee_only", "仅由上级评分", 8, "yes", "yes"),
    Column("na_allowed", "可不适用", 7, "yes", "yes"),
    Column("profiles", "适用类别", 10),
    Column("section_profiles", "一级适用类别", 10),
    Column("group_profiles", "二级适用类别", 10),
    Column("section_note", "一级指标说明", 24),
    Column("section_key", "一级标识", 4, hidden=True),
    Column("group_key", "二级标识", 4, hidden=True),
    Column("key", "标识", 4, hidden=True),
    Column("row", "行", 4, hidden=True),
)
OF_SECTION = ("section_label", "section", "section_weight", "section_profiles", "section_note", "section_key")
OF_GROUP = ("group_label", "group", "group_weight", "group_profiles", "group_key")

MEASURE_COLUMNS = (
    Column("label", "编号", 7),
    Column("title", "三级指标／观测点", 30),
    Column("code", "代码", 16),
    Column("name", "数据指标", 44),
    Column("unit", "单位", 8),
    Column("kind", "填报方式", 18, choices="measure_kind"),
    Column("key", "标识", 4, hidden=True),
)
BAND_COLUMNS = (
    Column("name", "等次", 14),
    Column("threshold", "总分不低于（百分比）", 14, "number"),
    Column("section_floor", "各一级指标不低于（百分比）", 16, "number"),
)
SETTINGS = (
    Column("code", "体系代码", 0),
    Column("version", "版本", 0),
    Column("year", "年度", 0, "number"),
    Column("title", "名称", 0),
    Column("notes", "备注", 0),
    Column("stated_weight", "公布的总分", 0, "number"),
    Column("profiles", "被评单位类别（一行一类）", 0),
    Column("step", "手工评分步长", 0, "number"),
    Column("computed_step", "自动计分步长（留空为0.01）", 0, "number"),
    Column("na_policy", "不适用项目", 0, choices="na_policy"),
    Column("bonus_may_exceed", "加分可超过总分", 0, "yes", "yes"),
    Column("bands_are_example", "等次为示例", 0, "yes", "yes"),
)


def in_chinese() -> AbstractContextManager[None]:
    """While it lasts, words are given in the workbook's language."""
    return translation.override(LANGUAGE)


@cache
def choices() -> Choices:
    """The words of each drop-down by name, and what they stand for."""
    with in_chinese():
        found: dict[str, dict[str, str]] = {
            "yes": dict(YES_NO["yes"]),
            "measure_kind": {measure_kind_label(kind): kind.value for kind in MeasureKind},
            "na_policy": {str(policy.label): policy.value for policy in Policy},
            "kind": {kind_label(kind): kind for kind in KINDS},
        }
        for kind, field, values in _rule_choices():
            words = found.setdefault(field.rpartition(".")[2], {})
            for value in values:
                words[choice_label(kind, field, value)] = (
                    str(value).lower() if value in (True, False) else value
                )
    return found


def word_of(name: str, value: str) -> str:
    """The word that a drop-down has for a value; the value itself where it has none."""
    return next((word for word, meant in choices()[name].items() if meant == value), value)


def _rule_choices() -> list[tuple[str, str, tuple[typing.Any, ...]]]:
    found = []
    for kind, rule in KINDS.items():
        fields = [(name, field.annotation) for name, field in rule.model_fields.items() if name != "kind"]
        if line := line_of(rule):
            name, part = line
            if part:
                fields += [(f"{name}.{own}", field.annotation) for own, field in part.model_fields.items()]
        for name, annotation in fields:
            if annotation is bool:
                found.append((kind, name, (True, False)))
            elif typing.get_origin(annotation) is typing.Literal:
                found.append((kind, name, typing.get_args(annotation)))
    return found


def line_of(rule: type[BaseRule]) -> tuple[str, type[BaseModel] | None] | None:
    """The field of a kind of rule that is a list, and the class of its lines (``None`` for plain numbers)."""
    for name, field in rule.model_fields.items():
        if typing.get_origin(field.annotation) is tuple:
            part = typing.get_args(field.annotation)[0]
            return name, part if isinstance(part, type) and issubclass(part, BaseModel) else None
    return None


@cache
def rule_columns() -> tuple[Column, ...]:
    """Columns of the rules' sheet: who and what, the rule as a sentence, every field of any kind once."""
    headings: dict[str, list[str]] = {}
    with in_chinese():
        for kind, rule in KINDS.items():
            for path in _paths(rule):
                labels, label = headings.setdefault(path.rpartition(".")[2], []), field_label(kind, path)
                if label not in labels:
                    labels.append(label)
    first = (
        Column("label", "编号", 7),
        Column("title", "三级指标／观测点", 24),
        Column("kind", "规则类型", 20, choices="kind"),
    )
    fields = tuple(
        Column(name, "／".join(labels), 12, choices=name if name in choices() else "")
        for name, labels in headings.items()
    )
    return (*first, Column("sentence", "规则释义（仅供阅读，导入时不读）", 60), *fields, KEY)


KEY = Column("key", "标识", 4, hidden=True)


def _paths(rule: type[BaseRule]) -> list[str]:
    """Dotted names of the fields that have a column: a list has those of its lines."""
    line = line_of(rule)
    paths = [name for name in rule.model_fields if name != "kind" and (line is None or name != line[0])]
    if line:
        name, part = line
        paths += [f"{name}.{own}" for own in part.model_fields] if part else [name]
    return paths
