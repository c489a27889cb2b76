"""What the trail says of a piece of evidence, in words."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from assessments.models import Evidence, EvidenceKind
from audit.models import Event

MOST = 50
"""Lines that a page shows; older ones stay in the trail."""

ACTS = {
    "evidence.added": gettext_lazy("Put into the library"),
    "evidence.revised": gettext_lazy("New revision"),
    "evidence.described": gettext_lazy("Description changed"),
    "evidence.removed": gettext_lazy("Removed from the library"),
    "evidence.put_back": gettext_lazy("Put back"),
    "evidence.cited": gettext_lazy("Cited"),
    "evidence.use_changed": gettext_lazy("Citation changed"),
    "evidence.uncited": gettext_lazy("Citation taken back"),
    "evidence.erasure_asked": gettext_lazy("Erasure asked for"),
    "evidence.erasure_taken_back": gettext_lazy("Request to erase taken back"),
    "evidence.erased": gettext_lazy("File erased"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One event: when, by whom, what, and its details in words."""

    at: datetime
    who: str
    act: str
    details: list[str]


def history_of(evidence: Evidence, *, seen: Collection[int]) -> list[Line]:
    """The newest events, newest first. Two queries.

    ``seen`` are the numbers of the responses that the reader sees; others stay unnamed.
    """
    subject = {"subject_type": "assessments.evidence", "subject_id": str(evidence.pk)}
    events = list(Event.objects.filter(**subject).order_by("-sequence")[:MOST])
    people = User.objects.filter(pk__in={event.actor_id for event in events if event.actor_id})
    names = dict(people.values_list("pk", "name"))
    return [
        Line(
            event.at,
            names.get(event.actor_id or 0, event.actor_name),
            str(ACTS.get(event.action, _("Another event"))),
            list(_details(event.details, seen)),
        )
        for event in events
    ]


def _details(details: dict[str, Any], seen: Collection[int]) -> Iterator[str]:
    if "response" in details:
        yield details["item"] if details["response"] in seen else _("another department's item")
        yield from filter(None, (details.get("material"), details.get("passage")))
    if number := details.get("revision"):
        yield _("revision %(number)s") % {"number": number}
    if name := details.get("file"):
        yield name
    for field, (before, after) in details.get("changes", {}).items():
        label = Evidence._meta.get_field(field).verbose_name  # type: ignore[union-attr]
        old, new = _shown(field, before), _shown(field, after)
        yield _("%(field)s: %(old)s → %(new)s") % {"field": label, "old": old, "new": new}
    if reason := details.get("reason"):
        yield _("reason: %(reason)s") % {"reason": reason}


def _shown(field: str, value: str | None) -> str:
    if field == "kind" and value in EvidenceKind.values:
        return str(EvidenceKind(value).label)
    return value or "—"
