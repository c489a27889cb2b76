"""Forms of the collection page: the list of units, and the sheets that come back."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from assessments.collecting.reading import MOST_FILES, MOST_UNITS
from assessments.forms.fields import RefusableForm, TextField
from spreadsheets.limits import LARGEST
from spreadsheets.opening import refusal


class UnitsForm(RefusableForm):
    """Names of units, one a line."""

    units = TextField(
        label=_("Schools or townships, one a line"),
        widget=forms.Textarea(attrs={"rows": 5, "class": "form-control"}),
    )

    def names(self) -> list[str]:
        """What was typed, a name a line."""
        lines: list[str] = self.cleaned_data["units"].splitlines()
        if len(lines) > 4 * MOST_UNITS:
            raise forms.ValidationError(_("More than %(limit)s units.") % {"limit": MOST_UNITS})
        return lines


class _ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    widget = _ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(_FilesField, self).clean(file, initial) for file in files or [None]]


class SheetsForm(forms.Form):
    """The workbooks that units have sent back."""

    sheets = _FilesField(
        label=_("Returned sheets"),
        allow_empty_file=True,
        max_length=200,
        help_text=_("Excel workbooks (.xlsx), several at once; up to %(files)s files of 10 MB.")
        % {"files": MOST_FILES},
        widget=_ManyFiles(attrs={"class": "form-control", "accept": ".xlsx"}),
    )

    def clean_sheets(self) -> list[UploadedFile]:
        """Refused by number and size before any is read."""
        files: list[UploadedFile] = self.cleaned_data["sheets"]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(
                _("More than %(limit)s files at once. Choose fewer.") % {"limit": MOST_FILES}
            )
        for file in files:
            if (file.size or 0) > LARGEST:
                raise refusal("large", file.name or "?", {"limit": LARGEST // 1_000_000})
        return files
