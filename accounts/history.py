"""What the trail says of an account and of the roles that somebody manages, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import organisations_managed_by, people_managed_by
from accounts.models import Membership, User
from accounts.roles import Role
from accounts.standing import Standing
from audit.models import Event

MOST = 50
"""Lines that a page shows; older ones stay in the trail."""


@dataclass(frozen=True, slots=True)
class Line:
    """One event. ``actor`` is empty for somebody whom the reader does not manage, and for a command."""

    at: datetime
    actor: str
    act: str
    details: tuple[str, ...]
    action: str
    reason: str


def history_of(
    person: User, standing: Standing, part: Iterable[Membership], *, knows: bool = True
) -> list[Line]:
    """The newest events of an account, and of the roles in ``part``, newest first. Two queries.

    Left out is what was done to the account in organisations that the reader does not manage and, unless
    the reader ``knows`` the account, what the person does with it wherever that is, as signing in.
    """
    managed = Q(organisation_id__in=organisations_managed_by(standing).values("pk"))
    account = Q(subject_type="accounts.user", subject_id=str(person.pk)) & (
        managed | Q(organisation_id__isnull=True) if knows else managed
    )
    roles = Q(subject_type="accounts.membership", subject_id__in=[str(each.pk) for each in part])
    events = list(Event.objects.filter(account | roles).order_by("-sequence")[:MOST])
    names = _names(standing, {event.actor_id for event in events if event.actor_id})
    return [_line(event, names) for event in events]


def _names(standing: Standing, numbers: set[int]) -> dict[int | None, str]:
    known = people_managed_by(standing).filter(pk__in=numbers)
    return dict(known.values_list("pk", "name"))


def _line(event: Event, names: dict[int | None, str]) -> Line:
    details = event.details if isinstance(event.details, dict) else {}
    return Line(
        at=event.at,
        actor=names.get(event.actor_id, ""),
        act=str(ACTS.get(event.action, _("Another event of the account"))),
        details=tuple(_details(details)),
        action=event.action,
        reason=str(details.get("reason", "")),
    )


def _details(details: dict[str, Any]) -> Iterable[str]:
    """Role and days, or each field with both values; a reason last."""
    if details.get("role") in Role.values:
        yield str(Role(details["role"]).label)
    if who := details.get("for"):
        yield _("for %(person)s") % {"person": who}
    if token := details.get("token"):
        yield str(token)
    if day := details.get("from"):
        yield _("from %(day)s") % {"day": day}
    if day := details.get("to"):
        yield _("until %(day)s") % {"day": day}
    if until := details.get("until"):
        yield _("last day: %(old)s → %(new)s") % _both(until)
    for name, change in (details.get("changes") or {}).items():
        label = FIELDS.get(name)
        if label and isinstance(change, dict) and change.get("from") is None:
            yield _("%(field)s: %(value)s") % {"field": label, "value": change.get("to") or "—"}
        elif label and isinstance(change, dict):
            yield _("%(field)s: %(old)s → %(new)s") % {"field": label, **_both(change)}
    if reason := details.get("reason"):
        yield _("reason: %(reason)s") % {"reason": reason}


def _both(change: dict[str, Any]) -> dict[str, str]:
    return {"old": change.get("from") or "—", "new": change.get("to") or "—"}


ACTS = {
    "user.created": gettext_lazy("Account created"),
    "user.changed": gettext_lazy("Details changed"),
    "user.locked": gettext_lazy("Account locked"),
    "user.unlocked": gettext_lazy("Account unlocked"),
    "user.signed_in": gettext_lazy("Signed in"),
    "user.password_changed": gettext_lazy("Password changed"),
    "user.password_set": gettext_lazy("Password set by the operator"),
    "user.password_reset": gettext_lazy("First password given"),
    "user.lock_lifted": gettext_lazy("Lock on signing in lifted"),
    "user.token_issued": gettext_lazy("API token issued"),
    "user.token_revoked": gettext_lazy("API token revoked"),
    "membership.created": gettext_lazy("Role given"),
    "membership.changed": gettext_lazy("Role changed"),
    "membership.given": gettext_lazy("Role given"),
    "membership.ended": gettext_lazy("End of a role set"),
    "membership.continued": gettext_lazy("End of a role taken back"),
    "membership.deputy_named": gettext_lazy("Named as a deputy"),
}
FIELDS = {
    "username": gettext_lazy("user name"),
    "name": gettext_lazy("Name"),
    "staff_number": gettext_lazy("staff number"),
    "phone": gettext_lazy("phone"),
}
