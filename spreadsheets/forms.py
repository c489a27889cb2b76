"""The form that takes a workbook."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from spreadsheets.limits import LARGEST
from spreadsheets.opening import refusal


class WorkbookForm(forms.Form):
    """A workbook, refused by size before it is read; what is in it, ``open_workbook`` looks at."""

    file = forms.FileField(
        label=_("file"),
        allow_empty_file=True,
        help_text=_("An Excel workbook (.xlsx), up to 10 MB."),
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".xlsx"}),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise refusal("large", file.name or "?", {"limit": LARGEST // 1_000_000})
        return file
