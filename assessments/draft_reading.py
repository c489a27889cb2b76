"""Reading one response for its page and its drafts: often, by everybody, so with as little as that needs."""

from django.db.models import F, QuerySet, prefetch_related_objects

from assessments.models import Response
from indicators.published import published_item


def read_for_draft(pk: int, *, visible: QuerySet[Response]) -> Response | None:
    """A visible response with all that :func:`assessments.drafts.save_draft` reads; ``None`` for none.

    The item has been published and is remembered, and of what stands beside the response only that is read
    which its item can have: two to four queries.
    """
    found = _read(pk, visible.select_related("assessment", "assignment"))
    if found is not None:
        figures, materials = found.item.measures.all(), found.item.materials.all()
        _read_beside(found, measure_values=bool(figures), material_ticks=bool(materials))
    return found


def read_for_page(pk: int, *, visible: QuerySet[Response]) -> Response | None:
    """The same with what the item's page shows beside: cycle, district, departments, who saved. Five queries
    for every item."""
    beside = ("assessment__cycle", "assessment__organisation", "assignment__lead", "saved_by")
    found = _read(pk, visible.select_related(*beside))
    if found is not None:
        prefetch_related_objects([found], "assignment__supporting")
        _read_beside(found, measure_values=True, material_ticks=True)
    return found


def _read(pk: int, visible: QuerySet[Response]) -> Response | None:
    published_at = F("item__section__framework__published_at")
    # Not in the order of the framework, which a single one does not need: that would join its tables.
    found = visible.annotate(published_at=published_at).filter(pk=pk).order_by("pk").first()
    if found is not None:
        found.item = published_item(found.item_id, found.published_at)
    return found


def _read_beside(found: Response, **wanted: bool) -> None:
    """What is stored beside a response, by its name and whether it is wanted: points off or added as its item
    has them. Of what is not wanted there is none."""
    wanted |= {"deductions": not found.item.bonus, "credits": found.item.bonus}
    prefetch_related_objects([found], *(name for name, is_wanted in wanted.items() if is_wanted))
    for name in (name for name, is_wanted in wanted.items() if not is_wanted):
        found._prefetched_objects_cache[name] = getattr(found, name).none()  # type: ignore[attr-defined]
