"""Who is on an item at this moment.

Not a record: it lives in the cache, costs no write of the database, and is gone within a minute.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone

from accounts.models import User

GONE_AFTER = timedelta(seconds=40)
"""Without a sign of life; pages give one every 15 seconds."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody on an item: when the page last spoke, and when something was last typed there."""

    user_id: int
    name: str
    seen_at: datetime
    typed_at: datetime | None


def note_presence(*, response_id: int, user: User, typed_at: datetime | None) -> list[Presence]:
    """Say that somebody is on an item, and learn who else is, by name.

    Two pages that speak at the same moment may overwrite each other; the next sign of life mends that.
    """
    now = timezone.now()
    present = _present(response_id, now)
    present[user.pk] = Presence(user.pk, user.name, now, typed_at)
    _keep(response_id, present)
    return sorted((one for one in present.values() if one.user_id != user.pk), key=lambda one: one.name)


def leave(*, response_id: int, user: User) -> None:
    """Say that somebody has closed the item."""
    present = _present(response_id, timezone.now())
    if present.pop(user.pk, None):
        _keep(response_id, present)


def _present(response_id: int, now: datetime) -> dict[int, Presence]:
    found: dict[int, Presence] = cache.get(_key(response_id), {})
    return {pk: one for pk, one in found.items() if now - one.seen_at < GONE_AFTER}


def _keep(response_id: int, present: dict[int, Presence]) -> None:
    if not present:
        cache.delete(_key(response_id))
        return
    cache.set(_key(response_id), present, timeout=GONE_AFTER.total_seconds())


def _key(response_id: int) -> str:
    return f"presence.{response_id}"
