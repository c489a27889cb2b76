"""The score table (自评得分汇总表): the same rows and words for page, print and workbook. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from indicators.scoring.points import ZERO, plain
from reports.document import Credit, Deduction, Item, Report
from reports.render.typography import typeset

TITLE = "自评得分汇总表"
HEADINGS = ("序号", "指标", "分值", "自评分", "扣分", "扣分说明")
UNKNOWN = "—"
"""Stands for a figure that is not known."""

LONGEST_TITLE = 16
"""Characters of a title that is taken from an item's text."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line, its cells in the order of :data:`HEADINGS`; its texts are typeset.

    ``beside`` is what bonus items add to ``self_score``. A bonus item's own points stand in its note, so that
    the columns add up.
    """

    label: str
    title: str
    weight: Decimal | None
    self_score: Decimal | None
    note: str
    beside: Decimal = ZERO

    @property
    def lost(self) -> Decimal | None:
        """Points lost, ``None`` unless weight and score are known."""
        if self.weight is None or self.self_score is None:
            return None
        return self.weight - (self.self_score - self.beside)

    @property
    def loses(self) -> bool:
        return self.lost is not None and self.lost > 0


@dataclass(frozen=True, slots=True)
class Group:
    """A section with its items; ``part`` is the level above it, "" but for the first section below one."""

    part: str
    section: Row
    items: tuple[Row, ...]


def groups(report: Report) -> Iterator[Group]:
    """The sections in their order, with the points that the report states."""
    part = None
    for section in report.sections:
        opened = section.part if section.part != part else None
        part = section.part
        row = Row(
            typeset(f"（{section.ordinal}）"),
            typeset(section.title),
            section.weight,
            section.self_score,
            "小计" if section.bonus is None else f"小计，另加{plain(section.bonus)}分",
        )
        yield Group(typeset(opened or ""), row, tuple(map(_item_row, section.items)))


def total(report: Report) -> Row:
    """The last line, with the grade, and with what of the score is bonus."""
    note = f"自评等次：{typeset(report.grade) or UNKNOWN}"
    beside = _added(report)
    if beside:
        note = f"含加分{plain(beside)}分；{note}"
    return Row("", "合计", report.total_weight, report.total_self_score, note, beside)


def _added(report: Report) -> Decimal:
    """What bonus points add to the total in the end: no more than is missing where they may not pass it."""
    if report.bonus_counted is not None:
        return report.bonus_counted
    scores = [section.self_score for section in report.sections]
    if report.bonus is None or report.total_self_score is None or None in scores:
        return ZERO
    return min(report.bonus, report.total_self_score - sum((score for score in scores if score), ZERO))


def item_title(item: Item) -> str:
    """The framework's short name, or else the beginning of the item's text."""
    if item.title:
        return typeset(item.title)
    text = typeset(item.text.partition("\n")[0])
    for mark in "。；，":
        text = text.partition(mark)[0] if text.find(mark) >= LONGEST_TITLE // 2 else text
    text = text.rstrip("。；，")
    return text if len(text) <= LONGEST_TITLE else text[: LONGEST_TITLE - 1] + "…"


def reason_with_points(deduction: Deduction) -> str:
    """「班额不达标，扣0.9分」, without its closing mark."""
    reason = typeset(deduction.reason).rstrip("。")
    lost = "" if deduction.points is None else f"扣{plain(deduction.points)}分"
    if not lost or reason.endswith(lost):
        return reason
    return f"{reason}，{lost}" if reason else lost


def credit_with_points(credit: Credit) -> str:
    """「获省级表彰，加1.5分」, without its closing mark."""
    reason = typeset(credit.reason).rstrip("。")
    added = "" if credit.points is None else f"加{plain(credit.points)}分"
    return f"{reason}，{added}" if reason and added else reason or added


def _item_row(item: Item) -> Row:
    if item.bonus:
        return Row(typeset(item.label), item_title(item), None, None, _bonus_note(item))
    notes = [_reason(deduction, item.points_lost) for deduction in item.deductions]
    notes += map(typeset, item.vetoes)
    note = "；".join(filter(None, notes if item.applicable else ["不适用", *notes]))
    return Row(typeset(item.label), item_title(item), item.weight, item.self_score, note)


def _bonus_note(item: Item) -> str:
    most = "加分项" if item.weight is None else f"加分项，最多加{plain(item.weight)}分"
    if not item.applicable:
        return f"{most}；不适用"
    added = "尚无自评分" if item.self_score is None else f"加{plain(item.self_score)}分"
    reasons = "；".join(typeset(credit.reason).rstrip("。") for credit in item.credits if credit.reason)
    return f"{most}；{added}" + (f"：{reasons}" if reasons else "")


def _reason(deduction: Deduction, lost: Decimal | None) -> str:
    """The reason, with its points unless the column before already says them."""
    if deduction.points == lost:
        return typeset(deduction.reason).rstrip("。")
    return reason_with_points(deduction)
