"""The form by which a person makes a token for a program."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import ProductForm
from accounts.tokens import DAYS, NAME_LENGTH


def _lengths() -> list[tuple[int, str]]:
    return [(days, gettext("%(days)s days") % {"days": days}) for days in DAYS]


class TokenForm(ProductForm):
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
