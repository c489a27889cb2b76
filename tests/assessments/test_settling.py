"""From figures, points and reasons to the score that is taken and the losses that explain it."""

from collections.abc import Mapping
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.settling import Content, Gain, Loss, as_typed, settle, shares_of
from tests.factories import bare_item, bare_kind

ARITHMETIC = "标准班额占比80.84%，低于标准90%，差9.16个百分点，每差1个百分点扣0.1分（不足1个百分点不计）"
BY_RULE = Loss(Decimal("0.9"), ARITHMETIC, "shortfall", Decimal("80.84"), Decimal(90), "%")
FIGURES: Mapping[str, Decimal | None] = {"share": Decimal("80.84")}


def test_blank_points_take_the_computed_proposal_with_its_arithmetic_in_words() -> None:
    settled = settle(bare_item("2"), Content(measures=FIGURES))
    assert settled.computed == settled.score == Decimal("3.1")
    assert settled.losses == (BY_RULE,)
    assert settled.missing == ()


def test_nothing_is_guessed_while_a_figure_is_missing() -> None:
    settled = settle(bare_item("2"), Content())
    assert (settled.computed, settled.score, settled.losses) == (None, None, ())
    assert settled.missing == ("share",)


def test_points_given_without_the_figure_wait_for_it_still() -> None:
    settled = settle(bare_item("2"), Content(score=Decimal(4)))
    assert (settled.computed, settled.score, settled.losses) == (None, Decimal(4), ())
    assert settled.missing == ("share",)


def test_full_points_lose_nothing() -> None:
    assert settle(bare_item("1"), Content(score=Decimal(2))).losses == ()


def test_points_lost_by_hand_carry_their_reason_without_its_closing_mark() -> None:
    settled = settle(bare_item("1"), Content(score=Decimal("1.5"), reason="材料不全。"))
    assert settled.losses == (Loss(Decimal("0.5"), "材料不全"),)


@pytest.mark.parametrize("reason", ["", "  ", "。"])
def test_points_lost_by_hand_need_a_reason(reason: str) -> None:
    with pytest.raises(ValidationError) as refused:
        settle(bare_item("1"), Content(score=Decimal("1.5"), reason=reason))
    assert refused.value.message_dict == {"reason": ["Say why 0.5 points are lost."]}


@pytest.mark.parametrize("taken", [Decimal(3), Decimal("3.5"), Decimal(4), Decimal(0)])
def test_deviation_from_the_proposal_needs_a_reason(taken: Decimal) -> None:
    with pytest.raises(ValidationError) as refused:
        settle(bare_item("2"), Content(measures=FIGURES, score=taken))
    assert refused.value.message_dict == {
        "reason": [f"The rules give 3.1 points; say why it should be {taken}."]
    }


def test_deviation_downwards_stands_beside_what_the_rules_take() -> None:
    settled = settle(bare_item("2"), Content(measures=FIGURES, score=Decimal(3), reason="另查出1个班超额"))
    assert settled.losses == (BY_RULE, Loss(Decimal("0.1"), "另查出1个班超额"))


def test_deviation_upwards_is_explained_by_its_reason_alone() -> None:
    settled = settle(bare_item("2"), Content(measures=FIGURES, score=Decimal("3.5"), reason="年底已整改"))
    assert settled.computed == Decimal("3.1")
    assert settled.losses == (Loss(Decimal("0.5"), "年底已整改"),)


def test_deviation_to_full_points_needs_a_reason_and_loses_nothing() -> None:
    settled = settle(bare_item("2"), Content(measures=FIGURES, score=Decimal(4), reason="年底已整改"))
    assert settled.losses == ()


def test_points_as_computed_are_explained_by_the_rules_whatever_else_is_said() -> None:
    content = Content(
        measures=FIGURES, score=Decimal("3.1"), reason="多余", losses=[Loss(Decimal("0.2"), "多余")]
    )
    assert settle(bare_item("2"), content).losses == (BY_RULE,)


def test_itemised_losses_count_before_the_reason() -> None:
    lost = [Loss(Decimal("0.5"), "甲"), Loss(Decimal("0.3"), "乙")]
    whole = settle(bare_item("1"), Content(score=Decimal("1.2"), losses=lost))
    assert whole.losses == tuple(lost)
    rest = settle(bare_item("1"), Content(score=Decimal(1), losses=lost, reason="丙"))
    assert rest.losses == (*lost, Loss(Decimal("0.2"), "丙"))
    too_much = settle(bare_item("1"), Content(score=Decimal("1.5"), losses=lost, reason="甲；乙"))
    assert too_much.losses == (Loss(Decimal("0.5"), "甲；乙"),)


@pytest.mark.parametrize(
    ("policy", "score", "losses"),
    [
        ("full", Decimal(4), ()),
        ("zero", Decimal(0), (Loss(Decimal(4), "我区暂无高中"),)),
        ("exclude", None, ()),
    ],
)
def test_not_applicable_is_worth_what_the_policy_says(
    policy: str, score: Decimal | None, losses: tuple[Loss, ...]
) -> None:
    item = bare_item("3", na_policy=policy)
    settled = settle(item, Content(applicable=False, na_reason="我区暂无高中。", score=Decimal(1)))
    assert (settled.computed, settled.score, settled.losses) == (None, score, losses)


def test_rule_by_judgement_takes_no_more_than_its_share() -> None:
    item = bare_item("1", rules=[{"kind": "manual", "share": "0.5"}])
    settled = settle(item, Content(score=Decimal("1.5"), reason="材料不全"))
    assert settled.losses == (Loss(Decimal("0.5"), "材料不全"),)
    with pytest.raises(ValidationError) as refusal:
        settle(item, Content(score=Decimal("1.4"), reason="材料不全"))
    assert set(refusal.value.message_dict) == {"score"}


def test_figures_of_an_itemised_loss_are_kept() -> None:
    loss = Loss(Decimal("0.5"), "完成率95%，低于98%", "", Decimal(95), Decimal(98), "%")
    assert settle(bare_item("1"), Content(score=Decimal("1.5"), losses=(loss,))).losses == (loss,)


def test_losses_are_chinese_whatever_language_the_editor_reads() -> None:
    assert settle(bare_item("2"), Content(measures=FIGURES)).losses[0].reason == ARITHMETIC


ROWS = (Loss(Decimal("0.5"), "甲"), Loss(Decimal("0.3"), "乙", "", Decimal(95), Decimal(98), "%"))


def test_score_follows_from_the_rows_where_no_rule_decides() -> None:
    settled = settle(bare_item("1"), Content(losses=ROWS))
    assert (settled.computed, settled.score, settled.losses) == (None, Decimal("1.2"), ROWS)


def test_score_follows_from_rules_and_rows_together() -> None:
    settled = settle(bare_item("2"), Content(measures=FIGURES, losses=ROWS))
    assert (settled.computed, settled.score) == (Decimal("3.1"), Decimal("2.3"))
    assert settled.losses == (BY_RULE, *ROWS)


def test_rows_count_alone_while_a_figure_is_missing() -> None:
    settled = settle(bare_item("2"), Content(losses=ROWS))
    assert (settled.computed, settled.score, settled.losses) == (None, Decimal("3.2"), ROWS)
    assert settled.missing == ("share",)


def test_rows_take_no_more_than_is_left() -> None:
    rows = (Loss(Decimal("1.8"), "甲"), Loss(Decimal(1), "乙"), Loss(Decimal(1), "丙"))
    settled = settle(bare_item("1"), Content(losses=rows))
    assert settled.score == 0
    assert settled.losses == (rows[0], Loss(Decimal("0.2"), "乙"))


def test_gains_add_up_to_the_points_of_a_bonus_item() -> None:
    rows = (Gain(Decimal("0.4"), "省级表彰"), Gain(Decimal("0.3"), "市级表彰"))
    settled = settle(bare_kind("创新做法"), Content(losses=rows))
    assert (settled.score, settled.gains, settled.losses) == (Decimal("0.7"), rows, ())
    full = settle(bare_kind("创新做法"), Content(losses=[Gain(Decimal(3), "国家级表彰")]))
    assert (full.score, full.gains) == (Decimal(1), (Gain(Decimal(1), "国家级表彰"),))


def test_rows_wait_with_the_points_for_an_open_place() -> None:
    settled = settle(bare_kind("服务人数"), Content(measures={"served": Decimal(3)}, losses=ROWS))
    assert (settled.score, settled.losses, settled.awaiting_rank) == (None, (), ("served",))


@pytest.mark.parametrize(
    ("label", "stored", "computed", "typed"),
    [
        # Points that follow are left empty, with rows and without.
        ("2", Content(measures=FIGURES, score=Decimal("3.1")), "3.1", (None, "", ())),
        ("2", Content(measures=FIGURES, score=Decimal("2.3"), losses=ROWS), "3.1", (None, "", ROWS)),
        ("1", Content(score=Decimal("1.2"), losses=ROWS), None, (None, "", ROWS)),
        # One reason with typed points stands for the row that it made.
        (
            "1",
            Content(score=Decimal("1.5"), reason="甲。", losses=ROWS[:1]),
            None,
            (Decimal("1.5"), "甲。", ()),
        ),
        # The rest that the reason explains is not a row.
        (
            "1",
            Content(score=Decimal(1), reason="丙", losses=(*ROWS, Loss(Decimal("0.2"), "丙"))),
            None,
            (Decimal(1), "丙", ROWS),
        ),
        # A read report strings the reasons of its rows together.
        ("1", Content(score=Decimal("1.2"), reason="甲；乙", losses=ROWS), None, (None, "", ROWS)),
        ("1", Content(score=Decimal("1.7"), reason="乙", losses=ROWS[1:]), None, (None, "", ROWS[1:])),
        # Not applicable: no points, no rows.
        ("3", Content(applicable=False, na_reason="无", score=Decimal(4)), None, (None, "", ())),
    ],
)
def test_stored_content_is_shown_as_it_was_typed(
    label: str, stored: Content, computed: str | None, typed: tuple[Decimal | None, str, tuple[Loss, ...]]
) -> None:
    item = bare_item(label)
    shown = as_typed(item, stored, Decimal(computed) if computed else None)
    assert (shown.score, shown.reason, shown.losses) == typed
    assert settle(item, shown) == settle(item, stored)


def test_shares_say_what_each_rule_takes_and_what_holds_it_back() -> None:
    item = bare_kind("安全责任事故")
    rows = [Loss(Decimal(5), "另查出隐患")]
    with translation.override("zh-hans"):
        shares = shares_of(item, Content(measures={"accidents": Decimal(9)}, losses=rows))
    told = [(share.rule, [(entry.points, entry.reason) for entry in share.entries]) for share in shares]
    assert told == [
        (1, [(Decimal(2), "责任事故9起，每发现1起扣0.5分，应扣4.5分，最多扣2分")]),
        (0, [(Decimal(1), "另查出隐患，应扣5分，仅余1分，扣完为止")]),
    ]


def test_shares_of_a_rule_that_takes_nothing_are_empty() -> None:
    shares = shares_of(bare_item("2"), Content(measures={"share": Decimal(95)}))
    assert [(share.rule, share.entries) for share in shares] == [(1, ()), (0, ())]


points = st.decimals(0, 4, places=2)
some_losses = st.lists(
    st.builds(Loss, points=st.decimals("0.01", 4, places=2), reason=st.sampled_from("甲乙丙")), max_size=3
)


def test_losses_always_add_up_to_weight_less_score() -> None:
    ruled = bare_item("2")

    @settings(deadline=None)
    @given(
        figure=st.none() | st.decimals(0, 120, places=4),
        score=st.none() | points,
        reason=st.sampled_from(["", "。", "理由"]),
        losses=some_losses,
    )
    def holds(figure: Decimal | None, score: Decimal | None, reason: str, losses: list[Loss]) -> None:
        content = Content(measures={"share": figure}, score=score, reason=reason, losses=losses)
        try:
            settled = settle(ruled, content)
        except ValidationError:
            assert reason != "理由"
            return
        if settled.score is None:
            assert (score, figure, losses, settled.losses) == (None, None, [], ())
            return
        assert sum((loss.points for loss in settled.losses), Decimal(0)) == ruled.weight - settled.score
        assert all(loss.points > 0 and loss.reason for loss in settled.losses)
        if score is not None or not losses:
            assert settled.score == (settled.computed if score is None else score)
        else:
            by_rules = ruled.weight if settled.computed is None else settled.computed
            assert settled.score == max(Decimal(0), by_rules - sum(loss.points for loss in losses))

    holds()
