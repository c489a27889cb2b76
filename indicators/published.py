"""Items of published frameworks, which do not change any more: read once in a process."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from indicators.models import Item

KEPT = 2_000
"""Items remembered in a process; each takes some 12 kB."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands in its framework. ``group`` is "" for an item without one; ``weight`` is in
    points."""

    section: int
    group: str
    label: str
    title: str
    weight: Decimal
    committee_only: bool


@lru_cache(maxsize=50)
def published_places(framework_id: int) -> Mapping[int, Place]:
    """The items of a published framework by their numbers, in its order. One query, once in a process; all
    requests share what comes back."""
    rows = Item.objects.filter(
        section__framework=framework_id, section__framework__published_at__isnull=False
    ).order_by("section__order", "order")
    names = ("pk", "section_id", "group__title", "label", "title", "weight", "committee_only")
    return {pk: Place(section, group or "", *rest) for pk, section, group, *rest in rows.values_list(*names)}


@lru_cache(maxsize=KEPT)
def published_item(pk: int) -> Item:
    """An item with its figures, materials, group, section and framework read along.

    The database refuses to change or delete it, and gives its number to no other. All requests share what
    comes back: it is not to be changed, and whether the framework has been superseded since is not to be
    read from it. Raises ``Item.DoesNotExist`` where no published framework has it.
    """
    items = Item.objects.select_related("section__framework", "group").prefetch_related(
        "measures", "materials"
    )
    return items.get(pk=pk, section__framework__published_at__isnull=False)
