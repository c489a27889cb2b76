"""The form of a supporting department's contribution."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from assessments.forms.fields import RefusableForm, TextField
from assessments.models import Contribution


class ContributionForm(RefusableForm):
    """What one department writes on one item; ``contribution`` is what it has stored, if anything."""

    department = forms.IntegerField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    text = TextField(
        label=_("What our department did"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "class": "form-control", "data-plain": ""}),
    )
    materials = TextField(
        label=_("Our supporting materials, one a line"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control", "data-plain": ""}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        department: Organisation,
        contribution: Contribution | None,
    ) -> None:
        initial = {
            "department": department.pk,
            "version": contribution.version if contribution else 0,
            "text": contribution.text if contribution else "",
            "materials": contribution.materials if contribution else "",
        }
        super().__init__(data, initial=initial, auto_id=f"id_by_{department.pk}_%s")

    def words(self) -> dict[str, Any]:
        """What was typed, and on which version."""
        return {name: self.cleaned_data[name] for name in ("text", "materials", "version")}
