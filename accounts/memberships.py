"""Roles of people: given, ended, continued, and lent to a deputy here alone; nothing is deleted.

Functions check everything before they write, in one transaction with the event, and raise
``PermissionDenied`` or ``ValidationError`` (by field where it is of one). ``by`` is the acting person;
``None`` stands for a command of the operator, who may do all.
"""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.access import may_give, people_managed_by
from accounts.models import Membership, Organisation, User
from accounts.roles import HELD_IN, Role
from accounts.standing import standing_of
from accounts.steps import one_step, require, with_lineage
from audit.trail import record


def give_role(
    *,
    person: User,
    organisation: Organisation,
    role: str,
    starts_on: date | None = None,
    ends_on: date | None = None,
    by: User | None,
) -> Membership:
    """A role from one day to another, both included; without days from now on and until further notice.

    A role that was held before and is over is taken up again.
    """
    with one_step():
        _require_giver(by, person, role, organisation)
        return put_in_force(_free_place(person, organisation, role), starts_on, ends_on, by)


def end_role(*, membership: Membership, ends_on: date, by: User | None) -> Membership:
    """Let a role end after a day; yesterday, the earliest, means at once. What was done in it stays.

    A role that would begin later than that ends unused, on that day.
    """
    with one_step():
        locked = _lock_membership(membership, by)
        if ends_on < timezone.localdate() - timedelta(days=1):
            raise ValidationError({"ends_on": _("A role does not end in the past.")})
        if locked.ends_on and ends_on > locked.ends_on:
            _require_somebody_else(by, locked.user)
        if by is not None and _is_last_administration(by, locked, ends_on):
            raise ValidationError(_("Nobody takes away the own last role of an administrator."))
        before = locked.ends_on
        if locked.starts_on and locked.starts_on > ends_on:
            locked.starts_on = ends_on
        locked.ends_on = ends_on
        locked.full_clean()
        locked.save(update_fields=["starts_on", "ends_on"])
        if before != ends_on:
            _record_role(locked, "membership.ended", by, until={"from": _day(before), "to": _day(ends_on)})
    return locked


def continue_role(*, membership: Membership, by: User | None) -> Membership:
    """Take an end date back: the role goes on until further notice. A deputy's always ends."""
    with one_step():
        locked = _lock_membership(membership, by)
        _require_somebody_else(by, locked.user)
        if locked.deputises_id:
            raise ValidationError(_("A deputy stands in for somebody else, until a day."))
        before, locked.ends_on = locked.ends_on, None
        locked.save(update_fields=["ends_on"])
        if before:
            _record_role(locked, "membership.continued", by, until={"from": _day(before), "to": None})
    return locked


def name_deputy(
    *,
    membership: Membership,
    deputy: User | None,
    starts_on: date | None = None,
    ends_on: date | None,
    by: User | None,
) -> Membership:
    """Somebody stands in for the holder of a role, with the same role beside the holder, until a day."""
    with one_step():
        held = _lock_membership(membership, by)
        if deputy is None or deputy.pk == held.user_id:
            raise ValidationError({"deputy": _("Choose somebody else as the deputy.")})
        if not deputy.is_active:
            raise ValidationError({"deputy": _("This account is locked.")})
        if ends_on is None:
            raise ValidationError({"ends_on": _("Say until which day.")})
        if held.deputises_id:
            raise ValidationError(_("A deputy has no deputy."))
        if held.ends_on and ends_on > held.ends_on:
            ends = {"day": date_format(held.ends_on, "Y-m-d")}
            raise ValidationError({"ends_on": _("The role itself ends on %(day)s.") % ends})
        _require_giver(by, deputy, held.role, held.organisation)
        place = _free_place(deputy, held.organisation, held.role, field="deputy")
        place.deputises = held.user
        return put_in_force(place, starts_on, ends_on, by)


def put_in_force(
    membership: Membership, starts_on: date | None, ends_on: date | None, by: User | None
) -> Membership:
    """Store a role for these days, and its event, for who has asked whether it may be given."""
    if ends_on and ends_on < timezone.localdate():
        raise ValidationError({"ends_on": _("A role does not end in the past.")})
    if starts_on and ends_on and ends_on < starts_on:
        raise ValidationError({"ends_on": _("A role ends on or after the day it starts.")})
    membership.starts_on, membership.ends_on = starts_on, ends_on
    membership.full_clean()
    membership.save()
    action = "membership.deputy_named" if membership.deputises_id else "membership.given"
    stands_in = {"for": str(membership.deputises)} if membership.deputises else {}
    _record_role(membership, action, by, **{"from": _day(starts_on), "to": _day(ends_on)}, **stands_in)
    return membership


def check_kind(role: str, organisation: Organisation) -> None:
    """Raises ``ValidationError`` where there is no such role, or none in such an organisation."""
    if role not in Role.values or organisation.kind not in HELD_IN[Role(role)]:
        raise ValidationError({"role": _("This role is not held in an organisation of this kind.")})


def _require_giver(by: User | None, person: User, role: str, organisation: Organisation) -> None:
    """To give a role one needs to see the person, not to be it, and to have the role to give."""
    check_kind(role, organisation)
    if by is None:
        return
    standing = standing_of(by)
    require(may_give(standing, role, with_lineage(organisation)))
    require(people_managed_by(standing).filter(pk=person.pk).exists())
    _require_somebody_else(by, person)


def _require_somebody_else(by: User | None, person: User) -> None:
    """Who manages people gets no further by that: a coordinator does not sign off the own report."""
    if by is not None and by.pk == person.pk:
        message = _("Nobody gives a role to themself, or makes it last longer: ask another administrator.")
        raise ValidationError(message)


def _lock_membership(membership: Membership, by: User | None) -> Membership:
    locked = Membership.objects.select_for_update().get(pk=membership.pk)
    locked.organisation = with_lineage(locked.organisation)
    require(by is None or may_give(standing_of(by), locked.role, locked.organisation))
    return locked


def _free_place(person: User, organisation: Organisation, role: str, field: str | None = None) -> Membership:
    """A new membership, or the one that is over."""
    same = {"user": person, "organisation": organisation, "role": role}
    former = Membership.objects.select_for_update().filter(**same).first()
    if former is None:
        return Membership(**same)
    if former.ends_on is None or former.ends_on >= timezone.localdate():
        held = _("%(person)s holds this role there already.") % {"person": person}
        raise ValidationError({field or "role": held})
    former.deputises = None
    return former


def _is_last_administration(by: User, membership: Membership, ends_on: date) -> bool:
    """Whether nothing would be left to somebody as an administrator who ends this own role."""
    if membership.user_id != by.pk or membership.role != Role.ADMINISTRATOR:
        return False
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gt=ends_on)
    others = Membership.objects.filter(lasting, user=by, role=Role.ADMINISTRATOR).current()
    return not others.exclude(pk=membership.pk).exists()


def _record_role(membership: Membership, action: str, by: User | None, **details: object) -> None:
    person = {"person": str(membership.user), "role": membership.role}
    place = membership.organisation_id
    record(by=by, action=action, subject=membership, organisation_id=place, **person, **details)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
