"""Accounts: created, corrected, locked and unlocked here alone; nothing is deleted.

Functions check everything before they write, in one transaction with the event, and raise
``PermissionDenied`` or ``ValidationError`` (by field where it is of one). ``by`` is the acting person;
``None`` stands for a command of the operator, who may do all.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.access import held_or_to_come, may_change_person, may_give, people_managed_by
from accounts.memberships import check_kind, put_in_force
from accounts.models import Membership, Organisation, User
from accounts.standing import standing_of
from accounts.steps import changes_of, one_step, plain_line, require, with_lineage
from audit.trail import record

REASON_LIMIT = 300


def create_person(
    *,
    name: str,
    username: str = "",
    staff_number: str = "",
    phone: str = "",
    organisation: Organisation,
    role: str,
    starts_on: date | None = None,
    ends_on: date | None = None,
    by: User | None,
) -> User:
    """An account with its first role, without a password yet: nobody signs in until one is given.

    Without a user name the staff number serves, or the phone.
    """
    username = plain_line(username) or plain_line(staff_number) or plain_line(phone).lstrip("+")
    with one_step():
        check_kind(role, organisation)
        require(by is None or may_give(standing_of(by), role, with_lineage(organisation)))
        person = User()
        _describe(person, username, name, staff_number, phone)
        person.set_unusable_password()
        person.full_clean(exclude=["password"])
        person.save()
        put_in_force(Membership(user=person, organisation=organisation, role=role), starts_on, ends_on, by)
        _record(person, "user.created", by, changes=changes_of(None, person, _DETAILS))
    return person


def change_person(
    *, person: User, name: str, username: str, staff_number: str, phone: str, by: User | None
) -> User:
    """Correct what a person is called and signs in with."""
    with one_step():
        locked = _lock_person_row(person, by)
        before = User.objects.get(pk=locked.pk)
        _describe(locked, username, name, staff_number, phone)
        locked.full_clean(exclude=["password"])
        if changes := changes_of(before, locked, _DETAILS):
            locked.save(update_fields=list(_DETAILS))
            _record(locked, "user.changed", by, changes=changes)
    return locked


def lock_person(*, person: User, reason: str, by: User | None) -> User:
    """From the next request on the account is signed out everywhere, and cannot sign in. Roles stay."""
    reason = plain_line(reason)
    with one_step():
        locked = _lock_person_row(person, by)
        if by is not None and by.pk == locked.pk:
            raise ValidationError(_("Nobody locks the own account."))
        if not reason:
            raise ValidationError({"reason": _("Say why.")})
        if len(reason) > REASON_LIMIT:
            raise ValidationError({"reason": _("At most %(limit)s characters.") % {"limit": REASON_LIMIT}})
        if locked.is_active:
            locked.lock()
            locked.save(update_fields=["is_active", "sessions_ended"])
            _record(locked, "user.locked", by, reason=reason)
    return locked


def unlock_person(*, person: User, by: User | None) -> User:
    """Let a locked account sign in again, with password and roles as they were; no session is revived."""
    with one_step():
        locked = _lock_person_row(person, by)
        if not locked.is_active:
            locked.is_active = True
            locked.save(update_fields=["is_active"])
            _record(locked, "user.unlocked", by)
    return locked


_DETAILS = ("username", "name", "staff_number", "phone")


def _describe(person: User, username: str, name: str, staff_number: str, phone: str) -> None:
    person.username, person.name = plain_line(username), plain_line(name)
    person.staff_number, person.phone = plain_line(staff_number) or None, plain_line(phone) or None


def _lock_person_row(person: User, by: User | None) -> User:
    locked = User.objects.select_for_update().get(pk=person.pk)
    if by is not None:
        standing = standing_of(by)
        require(people_managed_by(standing).filter(pk=locked.pk).exists())
        require(may_change_person(standing, locked, held_or_to_come(locked)))
    return locked


def _home(person: User) -> int | None:
    """In which organisation's trail an event of an account stands: where its role lasts longest."""
    lasting_first = F("ends_on").desc(nulls_first=True)
    held = Membership.objects.filter(user=person).order_by(lasting_first, "-pk")
    return held.values_list("organisation", flat=True).first()


def _record(person: User, action: str, by: User | None, **details: object) -> None:
    record(by=by, action=action, subject=person, organisation_id=_home(person), **details)
