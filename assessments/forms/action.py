"""The form of a step of the workflow."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.forms.fields import NumberField, RefusableForm, TextField
from assessments.models import Response


class ActionForm(RefusableForm):
    """A step of the workflow: the version that was read, a reason, and the district's points on accepting.

    A page has one of it for several steps, so its fields carry no ids.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = TextField(label=_("Reason"), required=False)
    score = NumberField(label=_("District score"), unit="分")

    def __init__(self, data: Mapping[str, Any] | None = None, *, response: Response) -> None:
        super().__init__(data, initial={"version": response.version}, auto_id=False)
