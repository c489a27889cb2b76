"""The form that puts an old content back."""

from django import forms


class RestoreForm(forms.Form):
    """The version that the person had read."""

    version = forms.IntegerField(min_value=0)
