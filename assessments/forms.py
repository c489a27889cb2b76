"""The form of an item."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assessments.checking import NARRATIVE_LIMIT, REASON_LIMIT, measure_field
from assessments.models import Response
from assessments.responses import content_of
from assessments.settling import Content
from indicators.models import Measure
from indicators.scoring.points import plain


class RefusableForm(forms.Form):
    """A form whose content a domain function may refuse."""

    def add_problem(self, problem: ValidationError) -> None:
        """Take over what was refused, each at its field, the rest on top."""
        if not hasattr(problem, "error_dict"):
            self.add_error(None, problem.messages)
            return
        for field, messages in problem.message_dict.items():
            self.add_error(field if field in self.fields else None, messages)


class ResponseForm(RefusableForm):
    """What an editor fills in on one item; what makes a valid save is :mod:`assessments.responses`' to say.

    Needs the response read :func:`assessments.responses.for_saving`.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    narrative = forms.CharField(
        label=_("What was done"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    not_applicable = forms.BooleanField(label=_("Not applicable"), required=False)
    na_reason = forms.CharField(
        label=_("Reason for not applicable"), max_length=REASON_LIMIT, required=False, widget=forms.TextInput
    )
    score = forms.DecimalField(label=_("Points"), required=False, max_digits=6, decimal_places=2)
    reason = forms.CharField(label=_("Reason for the points"), max_length=REASON_LIMIT, required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, response: Response) -> None:
        self.stored = content_of(response)
        self.measures: list[Measure] = list(response.item.measures.all())
        super().__init__(data, initial=_initial(self.stored, response.version))
        for measure in self.measures:
            self.fields[measure_field(measure.code)] = forms.DecimalField(
                label=measure.name, required=False, max_digits=15, decimal_places=4
            )
        if not response.item.na_allowed:
            del self.fields["not_applicable"], self.fields["na_reason"]
        self._dress(response)

    def _dress(self, response: Response) -> None:
        """Classes, and limits that the browser can check by itself."""
        for name, field in self.fields.items():
            widget = field.widget
            if name == "not_applicable":
                widget.attrs["class"] = "form-check-input"
            elif not widget.is_hidden:
                widget.attrs["class"] = "form-control"
            if isinstance(field, forms.DecimalField):
                # A text field with a numeric keypad: number fields change under the mouse wheel.
                field.widget = forms.TextInput(attrs={**widget.attrs, "inputmode": "decimal"})
                field.widget.attrs.pop("step", None)
        self.fields["score"].widget.attrs["aria-describedby"] = "proposal"
        self.fields["narrative"].widget.attrs["maxlength"] = NARRATIVE_LIMIT

    def measure_fields(self) -> list[tuple[Measure, forms.BoundField]]:
        """The figures with their fields."""
        return [(measure, self[measure_field(measure.code)]) for measure in self.measures]

    def figures(self) -> dict[str, Decimal | None]:
        """The figures that could be read so far, also from a form with errors."""
        return {measure.code: self.cleaned_data.get(measure_field(measure.code)) for measure in self.measures}

    def content(self) -> Content:
        """The cleaned form as the content of a response.

        Losses that were itemised stay so as long as the points and their reason do.
        """
        data = self.cleaned_data
        kept = not {"score", "reason"} & set(self.changed_data)
        return Content(
            narrative=data["narrative"],
            applicable=not data.get("not_applicable", False),
            na_reason=data.get("na_reason", ""),
            measures=self.figures(),
            score=data["score"],
            reason=data["reason"],
            losses=self.stored.losses if kept else (),
        )


def _initial(content: Content, version: int) -> dict[str, Any]:
    """A stored content as the form shows it, every number written once."""
    figures = {measure_field(code): _once(value) for code, value in content.measures.items()}
    return {
        "version": version,
        "narrative": content.narrative,
        "not_applicable": not content.applicable,
        "na_reason": content.na_reason,
        "score": _once(content.score) if content.applicable else None,
        "reason": content.reason,
        **figures,
    }


def _once(value: Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(plain(value))


class ActionForm(RefusableForm):
    """What a step of the workflow may carry: a reason, and the district's points on accepting."""

    reason = forms.CharField(label=_("Reason"), max_length=REASON_LIMIT, required=False)
    score = forms.DecimalField(label=_("District score"), required=False, max_digits=6, decimal_places=2)
