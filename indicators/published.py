"""Items of published frameworks, which do not change any more: read once in a process."""

from datetime import datetime
from functools import lru_cache

from indicators.models import Item

KEPT = 2_000
"""Items remembered in a process; each takes some 12 kB."""


@lru_cache(maxsize=KEPT)
def published_item(pk: int, published_at: datetime) -> Item:
    """An item with its figures, materials, group, section and framework read along.

    ``published_at`` is its framework's, so that what is remembered is never another one's. All requests share
    what comes back: it is not to be changed, and whether the framework has been superseded since is not to be
    read from it.
    """
    items = Item.objects.select_related("section__framework", "group").prefetch_related(
        "measures", "materials"
    )
    return items.get(pk=pk, section__framework__published_at=published_at)
