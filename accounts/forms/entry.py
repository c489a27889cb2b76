"""Forms of signing in and of one's own password."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, UsernameField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.passwords import change_own_password


class SignInForm(AuthenticationForm):
    """Django's form, asking for any of the names that a person is known by."""

    username = UsernameField(
        label=_("User name, staff number or phone"),
        max_length=64,
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "username", "class": "form-control"}
        ),
    )
    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": _(
            "Name or password is not right. After several failures the name is locked for a while."
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].widget.attrs["class"] = "form-control"


class PasswordForm(PasswordChangeForm):
    """Django's form; wrong old passwords count as failures to sign in, and lock as these do."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        new = cleaned.get("new_password2")
        if new and new == cleaned.get("old_password"):
            self.add_error("new_password1", _("The new password must differ from the present one."))
        return cleaned

    def save(self, commit: bool = True) -> User:
        """See :func:`accounts.passwords.change_own_password`."""
        self.user = change_own_password(person=self.user, password=self.cleaned_data["new_password1"])
        return self.user

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        found = authenticate(self.request, username=self.user.username, password=old)
        if found != self.user:
            raise forms.ValidationError(self.error_messages["password_incorrect"], "password_incorrect")
        self.user = found  # as it was when the password was right
        return old
