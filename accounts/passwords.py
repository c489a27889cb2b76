"""What a password must be, beyond Django's own validators."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LengthValidator(MinimumLengthValidator):
    """Django's, with a message of our own: Django's catalogue has no Chinese for its one."""

    def get_error_message(self) -> str:
        return _("The new password has fewer than %(length)s characters.") % {"length": self.min_length}
