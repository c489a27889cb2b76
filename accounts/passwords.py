"""What a password must be, beyond Django's own validators, and a person's change of the own one."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.trail import record


class LengthValidator(MinimumLengthValidator):
    """Django's, with a message of our own: Django's catalogue has no Chinese for its one."""

    def get_error_message(self) -> str:
        return _("The new password has fewer than %(length)s characters.") % {"length": self.min_length}


def change_own_password(*, person: User, password: str) -> User:
    """The person's own from now on: its days begin, and other sessions end. An event.

    Raises ``ValidationError`` where the account has been locked, or its password reset, since ``person`` was
    read: what an administrator did in that moment stands.
    """
    hashed = make_password(password)  # slow: before the transaction
    with transaction.atomic():
        found = User.objects.select_for_update().get(pk=person.pk)
        if not found.is_active or found.password != person.password:
            raise ValidationError(
                _("This account has just been locked, or its password reset. Sign in again.")
            )
        found.password, found.must_change_password = hashed, False
        found.password_set_at = timezone.now()
        found.save(update_fields=["password", "must_change_password", "password_set_at"])
        record(by=found, action="user.password_changed", subject=found)
    return found
