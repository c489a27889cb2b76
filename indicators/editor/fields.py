"""Fields of the editor's forms: text as people type and paste it. What is valid, others say."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from indicators.numbers import as_number

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TEXT_LIMIT = 20_000
"""Characters of one text: the longest real rule prose has about 2,000."""

_SPACES = {ord(mark): " " for mark in "\r\n\t"}


class LineField(forms.CharField):
    """One line of text; line breaks and tabs that were pasted along become spaces."""

    def __init__(self, *, label: "StrOrPromise", help_text: "StrOrPromise" = "") -> None:
        super().__init__(label=label, required=False, help_text=help_text)
        self.widget.attrs["class"] = "form-control"

    def to_python(self, value: Any) -> str:
        return str(value or "").translate(_SPACES).strip()


class LinesField(LineField):
    """Text of several lines, at most :data:`TEXT_LIMIT` characters."""

    widget = forms.Textarea

    def __init__(self, *, label: "StrOrPromise", rows: int = 3, help_text: "StrOrPromise" = "") -> None:
        super().__init__(label=label, help_text=help_text)
        self.widget.attrs["rows"] = rows

    def to_python(self, value: Any) -> str:
        text = str(value or "").replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").strip()
        if len(text) > TEXT_LIMIT:
            raise ValidationError(_("At most %(max_length)s characters.") % {"max_length": TEXT_LIMIT})
        return text


class PointsField(LineField):
    """Points as people type them; what is no number is refused in :meth:`NodeForm.checked`."""

    def __init__(self, *, label: "StrOrPromise", help_text: "StrOrPromise" = "") -> None:
        super().__init__(label=label, help_text=help_text)
        self.widget.attrs |= {"inputmode": "decimal", "class": "form-control num"}

    def to_python(self, value: Any) -> str:
        return as_number(super().to_python(value), "分")


class TickField(forms.BooleanField):
    def __init__(self, *, label: "StrOrPromise", help_text: "StrOrPromise" = "") -> None:
        super().__init__(label=label, required=False, help_text=help_text)
        self.widget.attrs["class"] = "form-check-input"
