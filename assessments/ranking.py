"""Places (名次) of a cycle's districts by a figure. Reads rows, writes nothing.

A place is open until the cycle's assessments have all had the item accepted, with its figure or as not
applicable. A district learns its own place and nobody's figure: so places are only ever given for figures
that are stored and accepted, never for one that is being tried out.
"""

from collections.abc import Mapping
from decimal import Decimal

from assessments.models import Cycle, Response
from assessments.states import State
from indicators.models import Item
from indicators.scoring.ranks import ranks_among
from indicators.scoring.rules import RankingRule

Ranks = Mapping[str, int | None]
"""Places by the code of the figure, 1 the best; ``None`` while open."""


def is_ranked(item: Item) -> bool:
    """Whether points of the item go by place."""
    return any(rule["kind"] == "ranking" for rule in item.rules)


def hold_ranking(response: Response) -> None:
    """Let nobody else in the cycle move the places of this item until the transaction ends.

    To be called before anything of the item is locked or written. Needs ``item`` and ``assessment`` read
    along.
    """
    if is_ranked(response.item):
        Cycle.objects.select_for_update().get(pk=response.assessment.cycle_id)


def ranks_for(response: Response, measures: Mapping[str, Decimal | None]) -> Ranks:
    """The places of an accepted response, for those of these figures that are as stored.

    Three queries for a ranked item, none for others.
    """
    if response.state != State.ACCEPTED or not is_ranked(response.item):
        return {}
    stored = {value.code: value.value for value in response.measure_values.all()}
    ranks = ranks_in_cycle(response.item, response.assessment.cycle_id).get(response.pk, {})
    return {code: rank for code, rank in ranks.items() if measures.get(code) == stored.get(code)}


def ranks_in_cycle(item: Item, cycle_id: int) -> Mapping[int, Ranks]:
    """The places of all districts to which the item applies, by the number of their response."""
    responses = list(
        Response.objects.filter(item=item, assessment__cycle=cycle_id).prefetch_related("measure_values")
    )
    figures = {
        response.pk: {value.code: value.value for value in response.measure_values.all()}
        for response in responses
        if response.applicable
    }
    if any(response.state != State.ACCEPTED for response in responses):
        return {pk: {} for pk in figures}
    ranks: dict[int, dict[str, int | None]] = {pk: {} for pk in figures}
    for rule in item.parsed_rules():
        if isinstance(rule, RankingRule):
            by_district = {pk: values.get(rule.measure) for pk, values in figures.items()}
            for pk, rank in ranks_among(by_district, rule.order).items():
                ranks[pk].setdefault(rule.measure, rank)
    return ranks
