"""Rules of every kind, from the figures to points, losses, gains and vetoes in the report's words."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.checking import checked
from assessments.settling import Content, Gain, Loss, Reckoned, Settled, propose, settle, vetoes_of
from indicators.models import Item
from indicators.scoring.measures import MeasureKind
from tests.factories import bare_kind, every_kind_data

Figures = dict[str, str]


def settled(title: str, figures: Figures, **content: object) -> Settled:
    item = bare_kind(title)
    filled = Content(measures={code: Decimal(value) for code, value in figures.items()}, **content)  # type: ignore[arg-type]
    return settle(item, checked(item, filled))


KINDS: list[tuple[str, Figures, str, list[str]]] = [
    ("制度建设情况", {"plan": "1", "staff": "1"}, "2", []),
    ("制度建设情况", {"plan": "0.5", "staff": "0"}, "0.5", ["checklist 0.5", "checklist 1"]),
    ("经费只增不减", {"spending": "100", "spending_before": "100"}, "3", []),
    ("经费只增不减", {"spending": "99", "spending_before": "100"}, "1", ["no_decrease 2"]),
    ("资金到位率", {"paid": "80"}, "3.2", ["proportional 0.8"]),
    ("抽检合格率", {"passed": "95"}, "4", []),
    ("抽检合格率", {"passed": "94.99"}, "3", ["tiers 1"]),
    ("抽检合格率", {"passed": "-1"}, "0", ["tiers 4"]),
    ("安全责任事故", {"accidents": "0"}, "3", []),
    ("安全责任事故", {"accidents": "5"}, "1", ["per_occurrence 2"]),
    ("标准班额", {"share": "80.84"}, "3.1", ["shortfall 0.9"]),
    ("通过认证", {"certified": "1"}, "2", []),
    ("通过认证", {"certified": "0"}, "0", ["all_or_nothing 2"]),
]


@pytest.mark.parametrize(("title", "figures", "score", "lost"), KINDS)
def test_figures_give_points_and_losses_that_add_up(
    title: str, figures: Figures, score: str, lost: list[str]
) -> None:
    found = settled(title, figures)
    assert (found.computed, found.score, found.gains) == (Decimal(score), Decimal(score), ())
    assert [f"{loss.rule_kind} {loss.points.normalize():f}" for loss in found.losses] == lost
    assert sum(loss.points for loss in found.losses) == bare_kind(title).weight - Decimal(score)
    assert all(loss.reason and "%(" not in loss.reason for loss in found.losses)


@pytest.mark.parametrize("title", sorted({title for title, *_rest in KINDS}))
def test_every_figure_is_waited_for(title: str) -> None:
    found = settled(title, {})
    assert (found.computed, found.score, found.losses) == (None, None, ())
    assert set(found.missing) == {measure.code for measure in bare_kind(title).measures.all()}


@pytest.mark.parametrize(
    ("title", "figures", "computed", "taken"),
    [(title, figures, score, "0.3") for title, figures, score, _lost in KINDS if Decimal(score) > 1],
)
def test_points_other_than_by_the_rules_need_a_reason_and_keep_both_figures(
    title: str, figures: Figures, computed: str, taken: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        settled(title, figures, score=Decimal(taken))
    assert set(refused.value.message_dict) == {"reason"}
    found = settled(title, figures, score=Decimal(taken), reason="另有扣分")
    assert (found.computed, found.score) == (Decimal(computed), Decimal(taken))
    assert found.losses[-1] == Loss(Decimal(computed) - Decimal(taken), "另有扣分")


@pytest.mark.parametrize(
    ("title", "code", "value", "message"),
    [
        ("安全责任事故", "accidents", "1.5", "A whole number, 0 or more."),
        ("安全责任事故", "accidents", "-1", "A whole number, 0 or more."),
        ("安全责任事故", "accidents", "1E+12", "At most 11 digits, and 4 after the point."),
        ("通过认证", "certified", "0.5", "Choose one of the answers given."),
        ("通过认证", "certified", "2", "Choose one of the answers given."),
        ("制度建设情况", "plan", "0.3", "Choose one of the answers given."),
        ("资金到位率", "paid", "1.00001", "At most 11 digits, and 4 after the point."),
    ],
)
def test_figure_that_is_none_of_its_kind_is_refused(title: str, code: str, value: str, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        settled(title, {code: value})
    assert refused.value.message_dict == {f"measure_{code}": [message]}


def tiers(*rows: tuple[str | None, str | None, str]) -> list[dict[str, object]]:
    table = [{"low": low, "high": high, "points": points} for low, high, points in rows]
    table = [{name: value for name, value in row.items() if value is not None} for row in table]
    return [{"kind": "tiers", "measure": "passed", "unit": "%", "tiers": table}]


HIGHER = tiers(("95", "100", "4"), ("90", "95", "3"))
LOWER = tiers(("5", None, "0"), ("2", "5", "2"), ("0", "2", "4"))


@pytest.mark.parametrize(
    ("rules", "figure", "score"), [(HIGHER, "80", "0"), (LOWER, "700", "0"), (LOWER, "0", "4")]
)
def test_figure_short_of_the_worst_tier_earns_nothing(
    rules: list[dict[str, object]], figure: str, score: str
) -> None:
    item = bare_kind("抽检合格率", rules=rules)
    content = checked(item, Content(measures={"passed": Decimal(figure)}))
    assert settle(item, content).score == Decimal(score)


@pytest.mark.parametrize(("rules", "figure"), [(HIGHER, "100"), (HIGHER, "101"), (LOWER, "-0.1")])
def test_figure_past_the_best_tier_is_refused(rules: list[dict[str, object]], figure: str) -> None:
    with pytest.raises(ValidationError) as refused:
        checked(bare_kind("抽检合格率", rules=rules), Content(measures={"passed": Decimal(figure)}))
    assert refused.value.message_dict == {
        "measure_passed": [f"The table of the rule does not reach to {figure}%; check the figure."]
    }


def test_points_by_rank_wait_for_the_other_districts() -> None:
    found = settled("服务人数", {"served": "500"})
    assert (found.computed, found.score, found.missing) == (None, None, ())
    assert found.awaiting_rank == ("served",)


@pytest.mark.parametrize(("rank", "score"), [(1, "4"), (2, "3"), (3, "1"), (40, "1")])
def test_rank_gives_its_points(rank: int, score: str) -> None:
    item = bare_kind("服务人数")
    found = settle(item, Content(measures={"served": Decimal(500)}, ranks={"served": rank}))
    assert (found.computed, found.awaiting_rank) == (Decimal(score), ())
    assert sum((loss.points for loss in found.losses), Decimal(0)) == 4 - Decimal(score)


# Bonus items.


@pytest.mark.parametrize(
    ("awards", "score", "gained"), [("0", "0", []), ("2", "1", ["1"]), ("7", "1.5", ["1.5"])]
)
def test_measured_bonus_earns_up_to_its_cap(awards: str, score: str, gained: list[str]) -> None:
    found = settled("获得表彰", {"awards": awards})
    assert (found.computed, found.score, found.losses) == (Decimal(score), Decimal(score), ())
    assert [gain.points for gain in found.gains] == [Decimal(points) for points in gained]
    assert {gain.rule_kind for gain in found.gains} <= {"bonus"}


def test_bonus_by_hand_is_explained_by_its_reason() -> None:
    found = settled("创新做法", {}, score=Decimal("0.8"), reason="获省级推广。")
    assert (found.computed, found.score, found.losses) == (None, Decimal("0.8"), ())
    assert found.gains == (Gain(Decimal("0.8"), "获省级推广"),)


def test_bonus_by_hand_without_a_reason_is_refused() -> None:
    with pytest.raises(ValidationError) as refused:
        settled("创新做法", {}, score=Decimal("0.8"))
    assert refused.value.message_dict == {"reason": ["Say what the 0.8 points are added for."]}


def test_no_bonus_needs_no_reason() -> None:
    found = settled("创新做法", {}, score=Decimal(0))
    assert (found.score, found.gains) == (Decimal(0), ())


def test_more_bonus_than_by_the_rules_stands_beside_them() -> None:
    found = settled("获得表彰", {"awards": "2"}, score=Decimal("1.5"), reason="另获国家级表彰")
    assert found.computed == 1
    assert [(gain.points, gain.rule_kind) for gain in found.gains] == [(1, "bonus"), (Decimal("0.5"), "")]
    assert found.gains[1] == Gain(Decimal("0.5"), "另获国家级表彰")


def test_less_bonus_than_by_the_rules_is_explained_by_its_reason_alone() -> None:
    found = settled("获得表彰", {"awards": "2"}, score=Decimal("0.5"), reason="一项不计")
    assert found.gains == (Gain(Decimal("0.5"), "一项不计"),)


def test_bonus_beyond_what_the_rule_allows_is_refused() -> None:
    item = bare_kind("创新做法", rules=[{"kind": "bonus", "cap": "0.5"}])
    with pytest.raises(ValidationError) as refused:
        settle(item, Content(score=Decimal("0.8"), reason="获推广"))
    assert refused.value.message_dict == {"score": ["At most 0.5 points: the rules let no more be added."]}


@pytest.mark.parametrize(("policy", "score"), [("full", 0), ("zero", 0), ("exclude", None)])
def test_bonus_that_is_not_applicable_adds_nothing(policy: str, score: int | None) -> None:
    item = bare_kind("创新做法", na_policy=policy, na_allowed=True)
    found = settle(item, Content(applicable=False, na_reason="我区暂无"))
    assert (found.score, found.losses, found.gains) == (score, (), ())


# Vetoes.


def vetoes(title: str, **figures: str) -> list[str]:
    measures = {code: Decimal(value) for code, value in figures.items()}
    return [veto.effect for veto in vetoes_of(bare_kind(title), measures)]


def test_yes_trips_a_veto_and_no_does_not() -> None:
    assert vetoes("重大事故", disaster="1") == ["lower_grade"]
    assert vetoes("重大事故", disaster="0") == []
    assert vetoes("重大事故") == []
    assert vetoes("材料真实", forged="1") == ["bar_grade"]


def test_item_that_only_vetoes_proposes_no_points_but_waits_for_its_figure() -> None:
    item = bare_kind("材料真实")
    open_one, tripped = propose(item, {}), propose(item, {"forged": Decimal(1)})
    assert open_one is not None
    assert tripped is not None
    assert (open_one.missing, tripped.score, len(tripped.vetoes)) == (("forged",), None, 1)
    assert settled("材料真实", {"forged": "1"}, score=Decimal("0.6"), reason="补正两次").losses == (
        Loss(Decimal("0.4"), "补正两次"),
    )


def test_item_of_no_weight_has_no_points_to_give() -> None:
    assert settled("重大事故", {}).missing == ("disaster",)
    assert settled("重大事故", {"disaster": "1"}).score == 0
    assert settled("材料真实", {}).score is None
    assert settle(bare_kind("创新做法", weight="0", bonus=False, rules=[]), Content()).score == 0


def test_veto_of_the_item_takes_all_its_points() -> None:
    rule = {"kind": "veto", "measure": "forged", "effect": "zero_item"}
    item = bare_kind("材料真实", rules=[rule])
    found = settle(item, Content(measures={"forged": Decimal(1)}))
    assert (found.computed, found.score) == (Decimal(0), Decimal(0))
    assert [(loss.points, loss.rule_kind) for loss in found.losses] == [(Decimal(1), "veto")]


# Whatever is typed.


def figures_of(item: Item) -> st.SearchStrategy[dict[str, Decimal | None]]:
    kinds = {
        MeasureKind.NUMBER: st.decimals(-50, 200, places=2),
        MeasureKind.COUNT: st.integers(0, 30).map(Decimal),
        MeasureKind.YES_NO: st.sampled_from([Decimal(0), Decimal(1)]),
        MeasureKind.MET: st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(1)]),
    }
    return st.fixed_dictionaries(
        {measure.code: st.none() | kinds[MeasureKind(measure.kind)] for measure in item.measures.all()}
    )


TITLES = [item["title"] for section in every_kind_data()["sections"] for item in section["items"]]
some_entries = st.lists(
    st.builds(Loss, points=st.decimals("0.01", 2, places=2), reason=st.just("甲")), max_size=2
)


@settings(max_examples=200)
@given(data=st.data())
def test_reasons_always_account_for_every_point(data: st.DataObject) -> None:
    item = bare_kind(data.draw(st.sampled_from(TITLES)))
    score = data.draw(st.none() | st.decimals(0, item.weight, places=2))
    content = Content(
        measures=data.draw(figures_of(item)),
        score=score,
        reason=data.draw(st.sampled_from(["", "理由"])),
        losses=data.draw(some_entries),
        ranks=data.draw(st.sampled_from([{}, {"served": 1}, {"served": 3}])) if item.label == "5" else {},
    )
    try:
        found = settle(item, content)
    except ValidationError:
        return
    entries: tuple[Reckoned, ...] = (*found.losses, *found.gains)
    assert all(entry.points > 0 and entry.reason for entry in entries)
    assert all(isinstance(entry, Gain if item.bonus else Loss) for entry in entries)
    if found.score is not None:
        moved = sum((entry.points for entry in entries), Decimal(0))
        assert moved == (found.score if item.bonus else item.weight - found.score)
