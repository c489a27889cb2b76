"""The form of an item."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assessments.checking import measure_field
from assessments.figures import choices_of
from assessments.models import Response
from assessments.ranking import is_ranked
from assessments.responses import content_of
from assessments.settling import Content
from indicators.models import Measure
from indicators.numbers import NUMBER, as_number
from indicators.scoring.measures import MeasureKind, is_figure_of
from indicators.scoring.points import plain

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


class ResponseForm(RefusableForm):
    """What an editor fills in on one item; what makes a valid save is :mod:`assessments.responses`' to say.

    There are no points to give where the item has none or they follow by rank. Needs the response read
    :func:`assessments.responses.for_saving`.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    narrative = TextField(
        label=_("What was done"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    not_applicable = forms.BooleanField(label=_("Not applicable"), required=False)
    na_reason = TextField(label=_("Reason for not applicable"), required=False)
    score = NumberField(label=_("Points"), unit="分")
    reason = TextField(label=_("Reason for the points"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, response: Response) -> None:
        self.stored = content_of(response)
        self.measures: list[Measure] = list(response.item.measures.all())
        super().__init__(data, initial=_initial(self.stored, response))
        for measure in self.measures:
            self.fields[measure_field(measure.code)] = figure_field(measure)
        if not response.item.weight or (is_ranked(response.item) and response.computed_score is None):
            del self.fields["score"], self.fields["reason"]
        if not response.item.na_allowed:
            del self.fields["not_applicable"], self.fields["na_reason"]
        self._dress()

    def _dress(self) -> None:
        for name, field in self.fields.items():
            widget = field.widget
            if name == "not_applicable":
                widget.attrs["class"] = "form-check-input"
            elif isinstance(widget, forms.Select):
                widget.attrs["class"] = "form-select figure-input"
            elif not widget.is_hidden:
                widget.attrs["class"] = "form-control"
        if "score" in self.fields:
            self.fields["score"].widget.attrs["aria-describedby"] = "proposal"

    def show_proposed(self, points: Decimal | None) -> None:
        """Say in the empty field which points it stands for."""
        if points is not None and self.stored.applicable and "score" in self.fields:
            self.fields["score"].widget.attrs["placeholder"] = plain(points)

    def measure_fields(self) -> list[tuple[Measure, forms.BoundField]]:
        """The figures with their fields."""
        return [(measure, self[measure_field(measure.code)]) for measure in self.measures]

    def figures(self) -> dict[str, Decimal | None]:
        """The figures that could be read so far, also from a form with errors."""
        return {measure.code: self.cleaned_data.get(measure_field(measure.code)) for measure in self.measures}

    def plausible_figures(self) -> dict[str, Decimal | None]:
        """:meth:`figures` without those that cannot be, with which nothing can be reckoned."""
        kinds = {measure.code: MeasureKind(measure.kind) for measure in self.measures}
        return {
            code: value if is_figure_of(kinds[code], value) else None
            for code, value in self.figures().items()
        }

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
            score=data.get("score"),
            reason=data.get("reason", ""),
            losses=self.stored.losses if kept else (),
        )


def _initial(content: Content, response: Response) -> dict[str, Any]:
    """A stored content as the form shows it, every number written once.

    Points that are just those by the rules are left empty, so that they follow when a figure is changed.
    """
    by_the_rules = content.score == response.computed_score and not content.reason
    figures = {measure_field(code): _once(value) for code, value in content.measures.items()}
    return {
        "version": response.version,
        "narrative": content.narrative,
        "not_applicable": not content.applicable,
        "na_reason": content.na_reason,
        "score": _once(content.score) if content.applicable and not by_the_rules else None,
        "reason": content.reason,
        **figures,
    }


def _once(value: Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(plain(value))


class ActionForm(RefusableForm):
    """A step of the workflow: the version that was read, a reason, and the district's points on accepting.

    A page has one of it for several steps, so its fields carry no ids.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = TextField(label=_("Reason"), required=False)
    score = NumberField(label=_("District score"), unit="分")

    def __init__(self, data: Mapping[str, Any] | None = None, *, response: Response) -> None:
        super().__init__(data, initial={"version": response.version}, auto_id=False)
