"""First passwords: made here, printed once, and changed by the person at first use.

In clear a password is in the :class:`Slip` alone, which goes onto the page that is printed and nowhere else.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import may_change_person, people_managed_by
from accounts.models import Membership, User
from accounts.standing import Standing, standing_of
from audit.trail import record

LETTERS = "abcdefghjkmnpqrtuvwxy346789"
"""None that looks like another one in print: no i l 1, o 0, s 5, z 2."""
GROUPS, LENGTH = 3, 4
"""57 bits: abcd-efgh-jkmn."""
MOST = 200
"""People at a time: each password costs a slow hash, about 0.1 s."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed for a person."""

    person: User
    password: str = field(repr=False)


def make_first_password() -> str:
    """A password that can be read off paper and typed, and guessed by nobody."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(GROUPS))


def without_password(people: QuerySet[User]) -> QuerySet[User]:
    """Those who cannot sign in yet, as nobody has given them a password."""
    return people.filter(is_active=True, password__startswith=UNUSABLE_PASSWORD_PREFIX)


def reset_passwords(*, people: Sequence[User], by: User | None) -> list[Slip]:
    """Give each a new first password, to be changed at first use; their sessions end with the next request.

    One event for each person, without the password. Raises ``PermissionDenied`` where ``by`` may not change
    somebody, ``ValidationError`` for nobody, more than :data:`MOST`, and locked accounts. ``None`` as ``by``
    stands for a command of the operator.
    """
    _check(people)
    slips = [Slip(person, make_first_password()) for person in people]
    hashes = [make_password(slip.password) for slip in slips]  # slow: before the transaction
    with transaction.atomic():
        if by is not None:
            _require_allowed(people, by)
        homes = homes_of(people)
        for slip, hashed in zip(slips, hashes, strict=True):
            person = slip.person
            person.password, person.must_change_password = hashed, True
            person.password_set_at = timezone.now()
            person.save(update_fields=["password", "must_change_password", "password_set_at"])
            home = homes.get(person.pk)
            record(by=by, action="user.password_reset", subject=person, organisation_id=home)
    return slips


def resettable(people: Sequence[User], standing: Standing) -> set[int]:
    """Numbers of those whose password a person may reset. One query."""
    held: dict[int, list[Membership]] = {}
    for membership in _roles(people):
        if membership.ends_on is None or membership.ends_on >= timezone.localdate():
            held.setdefault(membership.user_id, []).append(membership)
    return {person.pk for person in people if may_change_person(standing, person, held.get(person.pk, ()))}


def _check(people: Sequence[User]) -> None:
    if not people:
        raise ValidationError(_("Choose at least one person."))
    if len(people) > MOST:
        raise ValidationError(_("Choose at most %(most)s people at a time.") % {"most": MOST})
    if locked := [str(person) for person in people if not person.is_active]:
        message = _("These accounts are locked; unlock them first: %(names)s.")
        raise ValidationError(message % {"names": _(", ").join(locked[:10])})


def _require_allowed(people: Sequence[User], by: User) -> None:
    standing = standing_of(by)
    numbers = {person.pk for person in people}
    managed = people_managed_by(standing).filter(pk__in=numbers).count() == len(numbers)
    if not managed or resettable(people, standing) != numbers:
        raise PermissionDenied


def homes_of(people: Sequence[User]) -> dict[int, int]:
    """In which organisation's part of the trail an event of each stands: where a role lasts longest."""
    homes: dict[int, int] = {}
    for membership in _roles(people):
        homes.setdefault(membership.user_id, membership.organisation_id)
    return homes


def _roles(people: Sequence[User]) -> QuerySet[Membership]:
    """All roles of these people, those that last longest first."""
    lasting_first = F("ends_on").desc(nulls_first=True)
    held = Membership.objects.filter(user__in=[person.pk for person in people])
    return held.select_related("organisation__parent__parent").order_by(lasting_first, "-pk")
