"""Places (名次) among the districts of a cycle, for rules that give points by them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, TypeVar

District = TypeVar("District")


def ranks_among(
    figures: Mapping[District, Decimal | None], order: Literal["highest", "lowest"]
) -> dict[District, int | None]:
    """Each district's place by a figure, 1 the best; all ``None`` until every figure is in.

    Equal figures share the better place, and the places after it stay free: 1, 1, 3. Leave out districts
    to which the item does not apply.
    """
    known = [figure for figure in figures.values() if figure is not None]
    if len(known) < len(figures):
        return dict.fromkeys(figures)
    places: dict[Decimal, int] = {}
    for place, figure in enumerate(sorted(known, reverse=order == "highest"), 1):
        places.setdefault(figure, place)
    return {district: places[figure] for district, figure in figures.items() if figure is not None}
