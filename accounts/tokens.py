"""Tokens for programs (接口令牌): issued, looked up and revoked here alone.

A token stands for its person, with whatever roles the person holds at that moment. It ends when its days are
over, when it is revoked, and with the person's password or account: see :func:`seal_of`.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import held_or_to_come, may_change_person, people_managed_by
from accounts.first_passwords import homes_of
from accounts.forced_change import is_change_due
from accounts.models import ApiToken, User
from accounts.standing import Standing, standing_of
from accounts.steps import plain_line
from audit.trail import record

DAYS = (30, 90, 365)
"""How long a token may last; there is none without an end."""
MOST = 10
"""Tokens of a person in force at once."""
NAME_LENGTH = 100
USED_AGAIN = timedelta(minutes=10)
"""When a token was last used is written no more often than that: reading is not to wait for a writer."""
_PREFIX = "sat_"


class TokenState(StrEnum):
    """``ENDED``: with a new password, or a lock."""

    IN_FORCE = "in_force"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token; in clear it is here alone, to be shown this once."""

    token: ApiToken
    text: str = field(repr=False)


def seal_of(person: User) -> str:
    """What changes with a person's password, whoever changes it, and with each lock of the account."""
    return _digest(f"{person.password}.{person.sessions_ended}")


def state_of(token: ApiToken) -> TokenState:
    """Needs ``user`` read along."""
    if token.revoked_at is not None:
        return TokenState.REVOKED
    if token.expires_at <= timezone.now():
        return TokenState.EXPIRED
    if not token.user.is_active or token.seal != seal_of(token.user):
        return TokenState.ENDED
    return TokenState.IN_FORCE


def tokens_visible_to(person: User, standing: Standing) -> QuerySet[ApiToken]:
    """One's own, and those of people whom one manages."""
    managed = people_managed_by(standing) if standing.manages_people else User.objects.none()
    tokens = ApiToken.objects.filter(Q(user=person) | Q(user__in=managed.values("pk")))
    return tokens.select_related("user")


def may_revoke(by: User, standing: Standing, token: ApiToken) -> bool:
    """The own ones, and those of who could be locked."""
    person = token.user
    return by.pk == person.pk or may_change_person(standing, person, held_or_to_come(person))


def tokens_in_force(person: User) -> list[ApiToken]:
    """Those that let somebody in now, the newest first. One query."""
    held = ApiToken.objects.filter(user=person, revoked_at__isnull=True, expires_at__gt=timezone.now())
    return [token for token in held.select_related("user") if state_of(token) is TokenState.IN_FORCE]


def issue_token(*, person: User, name: str, days: int, read_only: bool) -> IssuedToken:
    """A new token of the person's own; an event. Raises ``ValidationError`` by field."""
    name = plain_line(name)
    if not name:
        raise ValidationError({"name": _("Say what the token is for.")})
    if len(name) > NAME_LENGTH:
        raise ValidationError({"name": _("At most %(limit)s characters.") % {"limit": NAME_LENGTH}})
    if days not in DAYS:
        raise ValidationError({"days": _("Choose one of the answers given.")})
    text, now = _PREFIX + secrets.token_urlsafe(32), timezone.now()
    with transaction.atomic():
        found = User.objects.select_for_update().get(pk=person.pk)
        if not found.is_active or seal_of(found) != seal_of(person):
            raise PermissionDenied
        _check_beside(tokens_in_force(found), name)
        token = ApiToken(
            user=found,
            name=name,
            digest=_digest(text),
            hint=text[-4:],
            seal=seal_of(found),
            read_only=read_only,
            issued_at=now,
            expires_at=now + timedelta(days=days),
        )
        token.full_clean()
        token.save(force_insert=True)
        _record(token, "user.token_issued", found, days=days, read_only=read_only)
    return IssuedToken(token, text)


def _check_beside(held: list[ApiToken], name: str) -> None:
    """Refused is one more than may be, and a name that is in use: a page loaded again makes no second one."""
    if len(held) >= MOST:
        message = _("You have %(most)s tokens already. Revoke one that is no longer used.")
        raise ValidationError(message % {"most": MOST})
    if name in [token.name for token in held]:
        raise ValidationError({"name": _("You have a token for this purpose already.")})


def revoke_token(*, token: ApiToken, by: User) -> None:
    """End a token for good; an event, where it had not been revoked. Raises ``PermissionDenied``."""
    if not may_revoke(by, standing_of(by), token):
        raise PermissionDenied
    with transaction.atomic():
        unrevoked = ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True)
        if unrevoked.update(revoked_at=timezone.now()):
            _record(token, "user.token_revoked", by)


def token_named(text: str) -> ApiToken | None:
    """The token in force that reads so, with its person; ``None`` for any other text."""
    found = ApiToken.objects.select_related("user").filter(digest=_digest(text)).first()
    return found if found and state_of(found) is TokenState.IN_FORCE else None


def is_waiting_for_password(token: ApiToken) -> bool:
    """Whether the person must change the password first, on the pages."""
    return is_change_due(token.user, since=timezone.now())


def note_use(token: ApiToken) -> None:
    """Remember that a token is in use."""
    now = timezone.now()
    if token.used_at is None or now - token.used_at > USED_AGAIN:
        ApiToken.objects.filter(pk=token.pk).update(used_at=now)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _record(token: ApiToken, action: str, by: User, **details: object) -> None:
    home = homes_of([token.user]).get(token.user_id)
    record(
        by=by,
        action=action,
        subject=token.user,
        organisation_id=home,
        token=token.name,
        hint=token.hint,
        **details,
    )
