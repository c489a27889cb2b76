"""What acts on organisations, people and roles have in common: all or nothing, and how it is kept."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation


@contextmanager
def one_step() -> Iterator[None]:
    """All or nothing; what another transaction has taken in the meantime is a refusal, too."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as taken:
        raise ValidationError(_("Somebody else has just saved the same. Look again.")) from taken


def require(allowed: bool) -> None:
    """Raises ``PermissionDenied`` unless it is."""
    if not allowed:
        raise PermissionDenied


def with_lineage(organisation: Organisation) -> Organisation:
    """The organisation read anew with those above it, as :mod:`accounts.access` needs it."""
    return Organisation.objects.select_related("parent__parent").get(pk=organisation.pk)


def plain_line(text: str) -> str:
    """One line of what was typed, without invisible characters, which databases and forms treat unlike."""
    spaced = " ".join(text.split())
    return "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf", "Cs")).strip()


def changes_of(
    before: models.Model | None, after: models.Model, fields: tuple[str, ...]
) -> dict[str, object]:
    """What differs, from ``None`` for what is new, as the trail keeps it."""
    pairs = {name: (_shown(before, name), _shown(after, name)) for name in fields}
    return {name: {"from": old, "to": new} for name, (old, new) in pairs.items() if old != new}


def _shown(obj: models.Model | None, field: str) -> str | None:
    value = getattr(obj, field, None)
    return None if value is None else str(value)
