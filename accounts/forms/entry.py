"""Forms of signing in and of one's own password."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, UsernameField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


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

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        if authenticate(self.request, username=self.user.username, password=old) != self.user:
            raise forms.ValidationError(self.error_messages["password_incorrect"], "password_incorrect")
        return old
