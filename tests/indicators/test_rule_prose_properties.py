# ruff: noqa: E501 - pieces of prose stand as they are
"""Whatever is written as rule prose: reading never fails, and what it proposes can always be stored."""

import time
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.reading.rule_prose import LONGEST, read_rule_prose
from indicators.scoring.item import ScoredItem
from indicators.scoring.points import ZERO
from indicators.scoring.rules import dump_rules, parse_rules

PIECES = [
    "每",
    "少",
    "缺",
    "发现",
    "出现",
    "低于",
    "高于",
    "超过",
    "未",
    "无",
    "不",
    "的",
    "，",
    "。",
    "；",
    "、",
    "（",
    "）",
    "(",
    ")",
    ":",
    "\n",
    "1",
    "2",
    "3",
    "0.5",
    "90",
    "95",
    "100",
    "一",
    "两",
    "十",
    "半",
    "点",
    "%",
    "个百分点",
    "次",
    "起",
    "项",
    "万元",
    "分",
    "扣",
    "得",
    "加",
    "不得分",
    "满分",
    "酌情",
    "按",
    "比例",
    "完成率",
    "以上",
    "以下",
    "达到",
    "不足",
    "含",
    "-",
    "—",
    "≥",
    "＜",
    "①",
    "②",
    "1.",
    "2.",
    "（1）",
    "第一名",
    "名次",
    "排名",
    "前3名",
    "其余",
    "否则",
    "扣完为止",
    "最多扣2分",
    "不计",
    "只增不减",
    "下降",
    "上年",
    "一票否决",
    "不得评为优秀",
    "降低一个等次",
    "该项",
    "建立台账",
    "巩固率",
    "信息",
    "但",
    "得2分",
    "扣1分",
    "每少1次扣0.2分",
]
PROSE = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=60)
WEIGHTS = st.none() | st.decimals(0, 100, places=1) | st.sampled_from([Decimal(2), Decimal(3), Decimal(4)])

HOSTILE = (
    "1", "九", "(", "（", "每", "每1次", "①", "①（1分）", "1.", "1.得1分", "得1分，", "扣1分", "未建立扣1分；", "每少1次扣0.2分，",
    "未达到90%的不得分；", "90%以上得3分，", "90%-95%", "按比例", "名次得10、8", "第1名得6分", " 1", "、", "加强领导，", "分",
)  # fmt: skip


@settings(max_examples=250)
@given(prose=PROSE, weight=WEIGHTS, title=st.sampled_from(["", "巩固率达到95%", "加分项", "（2分）"]))
def test_any_prose_gives_a_proposal_that_can_be_stored(
    prose: str, weight: Decimal | None, title: str
) -> None:
    proposal = read_rule_prose(prose, weight, title)

    assert proposal.rules
    assert parse_rules(dump_rules(proposal.rules)) == proposal.rules
    shares = sum((rule.share for rule in proposal.rules if rule.share is not None), ZERO)
    ScoredItem(shares if weight is None else weight, proposal.rules, bonus=proposal.is_bonus)
    codes = [measure.code for measure in proposal.measures]
    assert len(set(codes)) == len(codes)
    assert {code for rule in proposal.rules for code in rule.needs} <= set(codes)
    assert all(0 < len(measure.name) <= 200 and len(measure.unit) <= 20 for measure in proposal.measures)


@settings(max_examples=250)
@given(prose=PROSE, weight=WEIGHTS)
def test_places_lie_in_the_prose_in_order_and_apart(prose: str, weight: Decimal | None) -> None:
    proposal = read_rule_prose(prose, weight)

    places = sorted((*proposal.understood, *proposal.left))
    assert all(0 <= place.start < place.end <= len(prose) for place in places)
    assert all(before.end <= after.start for before, after in pairwise(places))
    assert all(0 <= remark.start <= remark.end <= len(prose) for remark in proposal.remarks)


@pytest.mark.parametrize("piece", HOSTILE)
def test_reading_takes_time_in_proportion_to_the_text(piece: str) -> None:
    half, whole, more = (times(piece, length) for length in (LONGEST // 2, LONGEST, 100_000))

    assert whole < max(4 * half, 0.1)
    assert whole < 0.5
    assert more < 0.1


def times(piece: str, length: int) -> float:
    """Seconds of the processor, the least of three, to read so many signs of the piece repeated."""
    prose = (piece * (length // len(piece) + 1))[:length]
    taken = []
    for _ in range(3):
        begin = time.process_time()
        read_rule_prose(prose, Decimal(5), "标题")
        taken.append(time.process_time() - begin)
    return min(taken)
