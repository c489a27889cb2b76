r"""The text form's own marks: how a report is written so that it can be read back exactly.

Ordinary reports need none of them. They are written only where the text alone would read differently:

=============================================  ======================================================
``\paragraph``                                 a plain paragraph, whatever it looks like
``〔label〕（分值4分，自评—分）``                  an item whose paragraphs follow on lines of their own
``〔label〕（加分上限2分，自评1分）``              the same for a bonus item
``〔ordinal〕title（权重11分，自评11分）``        a section; ``，另加1分`` inside for bonus points
``【part】``                                    the level above the sections that follow, ``【】`` for none
``本项适用。`` / ``本项不适用。``                  the item's applicability
``（扣分说明：reason，扣0.9分。）``              a deduction; ``（扣分说明：无。）`` for none
``（加分说明：reason，加1分。）``                what a bonus item adds points for
``（否决说明：reason。）``                      a veto that takes effect beyond the item
``自评概况：2021年度，分值100分，…，等次优秀。``  year, totals and grade
=============================================  ======================================================
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from reports.document import Credit, Deduction
from reports.read.characters import fold
from reports.read.deductions import figures_of

_VALUE: Final = r"([0-9]{1,9}+(?:\.[0-9]{1,9}+)?|—)"
_ITEM: Final = re.compile(rf"〔(.*)〕（(分值|加分上限){_VALUE}分，自评{_VALUE}分）")
_SECTION: Final = re.compile(
    rf"〔([^〕]*)〕(.*)（权重{_VALUE}分，自评{_VALUE}分(?:，另加([0-9]{{1,9}}+(?:\.[0-9]{{1,9}}+)?)分)?）"
)
_PART: Final = re.compile(r"【(.*)】")
_APPLICABLE: Final = {"本项适用。": True, "本项不适用。": False}
_NOTE: Final = re.compile(r"\(?扣分(?:说明|原因|理由|情况)\s{0,4}:\s{0,4}")
_CREDIT: Final = re.compile(rf"（加分说明：(.*)，加{_VALUE}分。）")
_VETO: Final = re.compile(r"（否决说明：(.*)。）")
_LOST: Final = re.compile(r"扣除?([0-9]{1,9}+(?:\.[0-9]{1,9}+)?|—)\s{0,4}分?[。.]?")
_FIGURE: Final = r"(-?[0-9]{1,12}+(?:\.[0-9]{1,9}+)?|无)"
_FIGURES: Final = re.compile(rf"〔实际{_FIGURE}，标准{_FIGURE}，单位(.*)〕")
_SUMMARY: Final = re.compile(
    r"自评概况：(?:无|(?:([0-9]{4})年度)?，?(?:分值([0-9.]{1,20})分)?，?(?:自评([0-9.]{1,20})分)?，?(?:等次(.+))?)。"
)


@dataclass(frozen=True, slots=True)
class ItemMark:
    """An explicit item line."""

    label: str
    weight: Decimal | None
    self_score: Decimal | None
    bonus: bool = False


@dataclass(frozen=True, slots=True)
class SectionMark:
    """An explicit section line."""

    ordinal: str
    title: str
    weight: Decimal | None
    self_score: Decimal | None
    bonus: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PartMark:
    """The level above the sections that follow."""

    title: str | None


@dataclass(frozen=True, slots=True)
class Applicability:
    """Whether the item counts as applicable, whatever its text suggests."""

    applicable: bool


@dataclass(frozen=True, slots=True)
class DeductionNote:
    """A deduction of the item, ``None`` where a line says that there is none."""

    deduction: Deduction | None


@dataclass(frozen=True, slots=True)
class CreditNote:
    """What a bonus item adds points for."""

    credit: Credit


@dataclass(frozen=True, slots=True)
class VetoNote:
    """A veto that was tripped by the item and takes effect beyond it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Summary:
    """Year, totals and grade as a line of its own states them."""

    year: int | None
    total_weight: Decimal | None
    total_self_score: Decimal | None
    grade: str


Mark = ItemMark | SectionMark | PartMark | Applicability | DeductionNote | CreditNote | VetoNote | Summary


def parse_mark(line: str) -> Mark | None:
    """The mark that a whole line is, ``None`` for ordinary text."""
    if line.startswith("〔"):
        return _explicit(line)
    if match := _PART.fullmatch(line):
        return PartMark(match[1].strip() or None)
    if line in _APPLICABLE:
        return Applicability(_APPLICABLE[line])
    if line.startswith(("扣分", "（扣分", "(扣分")):
        return _note(line)
    if line.startswith("（加分说明") and (match := _CREDIT.fullmatch(line)):
        return CreditNote(Credit(_decimal(match[2]), match[1]))
    if line.startswith("（否决说明") and (match := _VETO.fullmatch(line)):
        return VetoNote(match[1])
    if line.startswith("自评概况") and (match := _SUMMARY.fullmatch(line)):
        year = int(match[1]) if match[1] else None
        return Summary(year, _decimal(match[2]), _decimal(match[3]), match[4] or "")
    return None


def is_mark(line: str) -> bool:
    """Whether a line is one of the marks."""
    return parse_mark(line) is not None


def _explicit(line: str) -> Mark | None:
    if match := _ITEM.fullmatch(line):
        return ItemMark(match[1], _decimal(match[3]), _decimal(match[4]), match[2] == "加分上限")
    if match := _SECTION.fullmatch(line):
        return SectionMark(match[1], match[2], *map(_decimal, match.group(3, 4, 5)))
    return None


def _note(line: str) -> DeductionNote | None:
    folded = fold(line)
    match = _NOTE.match(folded)
    if not match:
        return None
    body = line[match.end() : -1 if folded[0] == "(" and folded[-1] == ")" else None]
    if body in ("无", "无。"):
        return DeductionNote(None)
    cut = body.rfind("扣")
    lost = _LOST.fullmatch(fold(body), cut) if cut >= 0 else None
    if not lost:
        reason = body.rstrip("。")
        return DeductionNote(Deduction(None, reason, *figures_of(reason)))
    reason = body[:cut]
    return DeductionNote(_deduction(reason[:-1] if reason.endswith((",", "，")) else reason, lost[1]))


def _deduction(reason: str, points: str) -> Deduction:
    cut = reason.rfind("〔实际")
    if cut >= 0 and (match := _FIGURES.fullmatch(reason, cut)):
        return Deduction(_decimal(points), reason[:cut], _decimal(match[1]), _decimal(match[2]), match[3])
    return Deduction(_decimal(points), reason, *figures_of(reason))


def _decimal(text: str | None) -> Decimal | None:
    return None if text in (None, "—", "无") else Decimal(text or 0)
