"""Fields of the pages' forms, and a form whose content the domain may refuse."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assessments.figures import choices_of
from indicators.models import Measure
from indicators.numbers import NUMBER, as_number

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class TextField(forms.CharField):
    """Text whose length and characters the domain looks after, with better words; nothing is cut off."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(str(value or "").replace("\0", " "))


class NumberField(forms.Field):
    """A number as people type it: full-width, with the stop of a Chinese keyboard, thousands, or its unit.

    How many digits it may have is the domain's to say.
    """

    # A text field with a numeric keypad: number fields change under the mouse wheel.
    widget = forms.TextInput

    def __init__(self, *, label: "StrOrPromise", unit: str = "") -> None:
        self.unit = unit
        super().__init__(label=label, required=False)
        self.widget.attrs["inputmode"] = "decimal"

    def to_python(self, value: Any) -> Decimal | None:
        text = as_number(str(value or ""), self.unit).strip()
        if not text:
            return None
        if not NUMBER.fullmatch(text):
            raise ValidationError(_("Write a number, such as 13.5."))
        return Decimal(text)


def figure_field(measure: Measure) -> forms.Field:
    """The field of a figure: a number, or a choice for what is met or a yes."""
    choices = choices_of(measure)
    if choices is None:
        return NumberField(label=measure.name, unit=measure.unit)
    return forms.TypedChoiceField(
        label=measure.name,
        choices=[("", _("Choose")), *choices],
        coerce=Decimal,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": _("Choose one of the answers given.")},
    )


class RefusableForm(forms.Form):
    """A form whose content a domain function may refuse."""

    def add_problem(self, problem: ValidationError) -> None:
        """Take over what was refused, each at its field, the rest on top."""
        if not hasattr(problem, "error_dict"):
            self.add_error(None, problem.messages)
            return
        for field, messages in problem.message_dict.items():
            self.add_error(field if field in self.fields else None, messages)
