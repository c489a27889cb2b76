"""The form by which a person makes a token for a program."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import ProductForm
from accounts.requests import SignedInRequest
from accounts.tokens import DAYS, NAME_LENGTH


def _lengths() -> list[tuple[int, str]]:
    return [(days, gettext("%(days)s days") % {"days": days}) for days in DAYS]


class TokenForm(ProductForm):
    """Asks for the password: a token outlasts the session of a screen that was left alone. Wrong ones count
    as failures to sign in, as where the password is changed."""

    name = forms.CharField(
        label=_("purpose"),
        max_length=NAME_LENGTH,
        help_text=_("The program and what it does, such as “nightly statistics”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(
        label=_("ends after"),
        coerce=int,
        choices=_lengths,
        initial=DAYS[1],
    )
    read_only = forms.BooleanField(
        label=_("only reads"),
        required=False,
        initial=True,
        help_text=_("Leave it ticked unless the program is to change something in your name."),
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    password = forms.CharField(
        label=_("present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: SignedInRequest) -> None:
        super().__init__(*args)
        self.request = request

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        person = self.request.user
        if authenticate(self.request, username=person.username, password=password) != person:
            raise forms.ValidationError(_("This is not your present password."))
        return password
