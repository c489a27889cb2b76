"""每获得一项加1分，最多加2分: what is added, where an item does nothing but add."""

from collections.abc import Sequence

from indicators.reading.drafts import Draft, Figure
from indicators.reading.losses import case_name
from indicators.reading.statements import Award, Each, Limit, Once, Plain, Said
from indicators.reading.topic import Topic
from indicators.reading.words import is_counted
from indicators.scoring.measures import MeasureKind


def is_bonus(said: Sequence[Said], title: str) -> bool:
    """Whether these clauses add points and neither take nor give any."""
    gains = [clause for clause in said if isinstance(clause, Each | Once) and clause.sign == "gain"]
    others = [clause for clause in said if isinstance(clause, Each | Once) and clause.sign == "loss"]
    given = [
        clause for clause in said if isinstance(clause, Award) and not (clause.stated and clause is said[0])
    ]
    known = all(isinstance(clause, Each | Once | Limit | Plain | Award) for clause in said)
    return bool(gains) and not others and not given and (known or "加分" in title)


def read_bonus(said: Sequence[Said], title: str) -> tuple[Draft, list[str]]:
    """One figure that is counted, or all credits by hand: several, with one limit, cannot be told apart."""
    gains = [clause for clause in said if isinstance(clause, Each | Once)]
    limits = {clause.points for clause in said if isinstance(clause, Limit)}
    cap = limits.pop() if len(limits) == 1 else None
    each = gains[0]
    if len(gains) == 1 and isinstance(each, Once):
        cap = cap or each.points
    unread = any(not isinstance(clause, Each | Once | Limit | Plain | Award) for clause in said)
    if unread or len(gains) > 1 or not isinstance(each, Each) or each.count != 1 or not is_counted(each.unit):
        return Draft("bonus", {"cap": cap}), ["bonus_by_hand"]
    texts = [clause.text for clause in said[: said.index(each)] if isinstance(clause, Plain)]
    name = case_name(each, Topic(texts, title))
    if not name:
        return Draft("bonus", {"cap": cap}), ["bonus_by_hand"]
    figure = Figure(name, each.unit, MeasureKind.COUNT)
    return Draft("bonus", {"measure": figure, "unit": each.unit, "points_each": each.points, "cap": cap}), []
