"""Reading one response for its page and its drafts: often, by everybody, so with as little as that needs."""

from django.db.models import prefetch_related_objects

from assessments.models import Response
from indicators.published import published_item


def read_for_draft(pk: int) -> Response | None:
    """A response with all that :func:`assessments.drafts.save_draft` reads; ``None`` for none.

    The item has been published and is remembered, and of what stands beside the response only that is read
    which its item can have: two to four queries. Whose it is to see is the caller's to ask.
    """
    return _read(pk, "assessment", "assignment")


def read_for_page(pk: int) -> Response | None:
    """The same with what the item's page shows beside: cycle, district, departments, who saved. Three to five
    queries."""
    found = _read(pk, "assessment__cycle", "assessment__organisation", "assignment__lead", "saved_by")
    if found is not None:
        prefetch_related_objects([found], "assignment__supporting")
    return found


def _read(pk: int, *beside: str) -> Response | None:
    # Not in the order of the framework, which a single one does not need: that would join its tables.
    found = Response.objects.select_related(*beside).filter(pk=pk).order_by("pk").first()
    if found is not None:
        found.item = published_item(found.item_id)
        _read_what_it_has(found)
    return found


def _read_what_it_has(found: Response) -> None:
    item = found.item
    wanted = {
        "measure_values": bool(item.measures.all()),
        "material_ticks": bool(item.materials.all()),
        "deductions": not item.bonus,
        "credits": item.bonus,
    }
    prefetch_related_objects([found], *(name for name, is_wanted in wanted.items() if is_wanted))
    for name in (name for name, is_wanted in wanted.items() if not is_wanted):
        found._prefetched_objects_cache[name] = getattr(found, name).none()  # type: ignore[attr-defined]
