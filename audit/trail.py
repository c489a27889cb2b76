"""Writing the trail, and finding out whether it is whole."""

import hashlib
import json
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.models import ChainHead, Event

GENESIS = "0" * 64

origin: ContextVar[str] = ContextVar("origin", default="")
"""Where the current request comes from; set by :class:`audit.middleware.OriginMiddleware`."""


class Actor(Protocol):
    """Whoever acts: a user; ``None`` stands for a command run by the operator."""

    pk: Any

    def get_username(self) -> str: ...


class Problem(models.TextChoices):
    """What is wrong with a chain at an event."""

    MISSING = "missing", _("the event is missing")
    ALTERED = "altered", _("the event, or its link to the one before, was altered")
    CUT_OFF = "cut off", _("the event and all after it are missing")
    ADDED = "added", _("the event was added from outside")


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain does not hold."""

    sequence: int
    problem: Problem


def record(
    *,
    by: Actor | None,
    action: str,
    subject: models.Model,
    organisation_id: int | None = None,
    **details: Any,
) -> Event:
    """Append an event, inside the caller's transaction, so that act and event stand or fall together.

    ``action`` is a verb in the past ("response.accepted"); ``details`` are JSON values without floats, and
    Decimals, kept as text. Raises ``TransactionManagementError`` outside a transaction and ``TypeError`` for
    a value of another kind.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an event belongs in the transaction of its act")
    head = ChainHead.objects.select_for_update().get(pk=1)
    event = Event(
        sequence=head.sequence + 1,
        at=timezone.now(),
        actor_id=by.pk if by else None,
        actor_name=by.get_username() if by else "",
        origin=origin.get(),
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_name=str(subject)[:300],
        organisation_id=organisation_id,
        details=_plain_details(details),
        previous_hash=head.hash,
    )
    event.hash = _hash(event)
    event.save(force_insert=True)
    head.sequence, head.hash = event.sequence, event.hash
    head.save(update_fields=["sequence", "hash"])
    return event


def first_break() -> Break | None:
    """Walk the whole chain, a few rows in memory at a time; ``None`` when it holds.

    Events may be recorded meanwhile: the head is read before and after, and only ever moves on.
    """
    head = ChainHead.objects.get(pk=1)
    previous, expected = GENESIS, 1
    for event in Event.objects.order_by("sequence").iterator(chunk_size=500):
        if event.sequence != expected:
            return Break(expected, Problem.MISSING)
        if event.previous_hash != previous or event.hash != _hash(event):
            return Break(expected, Problem.ALTERED)
        if expected == head.sequence and event.hash != head.hash:
            return Break(expected, Problem.ALTERED)
        previous, expected = event.hash, expected + 1
    if expected <= head.sequence:
        return Break(expected, Problem.CUT_OFF)
    head = ChainHead.objects.get(pk=1)
    if expected > head.sequence + 1:
        return Break(head.sequence + 1, Problem.ADDED)
    return None


def _plain_details(details: dict[str, Any]) -> Any:
    """As they will come back from the database, so that they hash alike. A float might come back changed."""
    text = json.dumps(details, default=_json_value)
    return json.loads(text, parse_float=_refuse_float, parse_constant=_refuse_float)


def _refuse_float(text: str) -> None:
    raise TypeError(f"not a value for the trail: the float {text}")


def _hash(event: Event) -> str:
    """SHA-256 over the canonical JSON of everything but the hash itself."""
    content = {
        field.attname: getattr(event, field.attname) for field in event._meta.fields if field.name != "hash"
    }
    text = json.dumps(content, default=_json_value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _json_value(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"not a value for the trail: {value!r}")
