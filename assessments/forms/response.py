"""The form of an item."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.checking import measure_field
from assessments.forms.fields import NumberField, RefusableForm, TextField, figure_field
from assessments.models import Response
from assessments.ranking import is_ranked
from assessments.responses import content_of
from assessments.settling import Content
from indicators.models import Measure
from indicators.scoring.measures import MeasureKind, is_figure_of
from indicators.scoring.points import plain


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
