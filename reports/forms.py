"""The form of the report's prose."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.models import ReportProse
from reports.prose import ProseContent

FIELDS = (
    "title",
    "addressee",
    "preamble",
    "experience",
    "problems",
    "improvements",
    "issuer",
    "document_number",
    "signatory",
    "issued_on",
)


class ProseForm(forms.ModelForm):
    """All that a coordinator writes of the report; saving it is :func:`reports.prose.save_prose`'s."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = ReportProse
        fields = FIELDS
        widgets = {  # noqa: RUF012 - Django's own way
            "preamble": forms.Textarea(attrs={"rows": 4}),
            "experience": forms.Textarea(attrs={"rows": 14}),
            "problems": forms.Textarea(attrs={"rows": 5}),
            "improvements": forms.Textarea(attrs={"rows": 8}),
            "issued_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {  # noqa: RUF012
            "experience": _("“(一)…” begins a heading, “1.…” a numbered paragraph."),
            "issuer": _("Left empty, the district's government signs."),
            "document_number": _("For example 红教督〔2022〕3号; may be added later."),
        }

    def __init__(self, data: Mapping[str, Any] | None = None, *, prose: ReportProse) -> None:
        super().__init__(data, instance=prose, initial={"version": prose.version})
        for field in self.fields.values():
            if not field.widget.is_hidden:
                field.widget.attrs["class"] = "form-control"

    def content(self) -> ProseContent:
        """The cleaned form as content to save."""
        return ProseContent(**{name: self.cleaned_data[name] for name in FIELDS})
