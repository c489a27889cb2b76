"""The forms of the report's prose, and of last year's report."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from reports.models import ReportProse
from reports.prose import ProseContent
from reports.read.files import MAX_BYTES, text_of
from reports.read.reading import UnreadableReport
from reports.read.text import read_text

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


class PastReportForm(forms.Form):
    """Last year's report as a text file, or pasted. Cleaned, ``report`` is its text, which can be read, and
    ``name`` the file's."""

    file = forms.FileField(
        label=_("file"),
        required=False,
        allow_empty_file=True,
        help_text=_("Plain text (.txt), up to 5 MB. Word files: save them as plain text first."),
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".txt,text/plain"}),
    )
    text = forms.CharField(
        label=_("or the text, pasted"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 8}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return data
        file: UploadedFile | None = data.get("file")
        if not file and not data.get("text"):
            raise ValidationError(_("Choose a file, or paste the text."))
        try:
            text, name = _text_of_upload(file) if file else (data["text"], "")
            read_text(text)
        except UnreadableReport as problem:
            raise ValidationError({"file" if file else "text": str(problem)}) from None
        return {**data, "report": text, "name": name}


def _text_of_upload(file: UploadedFile) -> tuple[str, str]:
    name = file.name or "?"
    return text_of(file.read(MAX_BYTES + 1), name), name
