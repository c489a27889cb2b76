"""What is wrong with an item's rules taken together: a draft may have it, a published framework may not."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from indicators.scoring.item import RuleFault, misfits
from indicators.scoring.measures import MeasureKind
from indicators.scoring.points import ZERO
from indicators.scoring.rules import ChecklistRule, RankingRule, Rule, TiersRule, VetoRule


def faults_of(
    rules: Sequence[Rule],
    figures: Mapping[str, MeasureKind],
    *,
    weight: Decimal,
    bonus: bool = False,
    grades: Sequence[str] | None = None,
) -> list[RuleFault]:
    """Everything that keeps these rules from scoring an item of this weight as they are meant to.

    ``figures`` are those declared for the item, by code; ``grades`` the names of the framework's bands, best
    first, ``None`` where vetoes are not to be looked at. Those of :func:`~indicators.scoring.item.misfits`,
    with which a :class:`~indicators.scoring.item.ScoredItem` cannot even be made, come first.
    """
    faults = list(misfits(rules, weight, bonus=bonus))
    faults += _shares_below_weight(rules, weight)
    for number, rule in enumerate(rules, 1):
        found = (*_figure_faults(rule, figures), *_sum_faults(rule, weight), *_veto_faults(rule, grades))
        faults += (RuleFault(key, values, number) for key, values in found)
    return faults


Found = Iterator[tuple[str, dict[str, Decimal | str]]]


def _shares_below_weight(rules: Sequence[Rule], weight: Decimal) -> Iterator[RuleFault]:
    """Several rules that divide an item among them must divide all of it."""
    shares = [rule.share for rule in rules if rule.share is not None]
    shared = sum(shares, ZERO)
    if len(shares) > 1 and len(shares) == len(rules) and shared < weight:
        values = {"shares": shared, "weight": weight, "difference": weight - shared}
        yield RuleFault("shares_below_weight", values)


def _figure_faults(rule: Rule, figures: Mapping[str, MeasureKind]) -> Found:
    for figure in rule.figures:
        kind = figures.get(figure.code)
        if kind is None:
            yield "figure_undeclared", {"code": figure.code}
        elif kind not in figure.kinds:
            kinds = " ".join(wanted for wanted in MeasureKind if wanted in figure.kinds)
            yield "figure_of_wrong_kind", {"code": figure.code, "kind": str(kind), "kinds": kinds}


def _sum_faults(rule: Rule, weight: Decimal) -> Found:
    """A rule that states what it gives must be able to give exactly what is at stake."""
    match rule:
        case ChecklistRule():
            key, most = "checklist_sum", sum((point.points for point in rule.points), ZERO)
        case TiersRule():
            key, most = "tiers_best", rule.best.points
        case RankingRule():
            key, most = "ranking_best", rule.points[0]
        case _:
            return
    stake = rule.at_stake(weight)
    if most != stake:
        yield key, {"most": most, "stake": stake, "difference": abs(most - stake)}


def _veto_faults(rule: Rule, grades: Sequence[str] | None) -> Found:
    if grades is None or not isinstance(rule, VetoRule) or not rule.grade:
        return
    if rule.grade not in grades:
        yield "grade_unknown", {"grade": rule.grade}
    elif rule.grade == grades[-1]:
        yield "grade_is_last", {"grade": rule.grade}
