"""The form that copies last year's text in."""

from django import forms


class CopyForm(forms.Form):
    """The version that the person had read, and how: ``append`` or ``replace`` where text is there."""

    version = forms.IntegerField(min_value=0)
    how = forms.ChoiceField(choices=[("append", ""), ("replace", "")], required=False)
