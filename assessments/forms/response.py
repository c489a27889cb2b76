"""The form of an item."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from assessments.checking import measure_field
from assessments.forms.fields import NumberField, RefusableForm, TextField, figure_field
from assessments.models import Response
from assessments.ranking import is_ranked
from assessments.responses import content_of
from assessments.settling import Content, Gain, Loss, Reckoned, as_typed, propose
from assessments.states import State
from indicators.models import Material, Measure
from indicators.scoring.measures import MeasureKind, is_figure, is_figure_of
from indicators.scoring.points import ZERO, is_points, plain

MOST_ROWS = 30
"""Rows of points that the form takes; what is stored is shown even where it is more."""

_ROW = re.compile(r"loss_(\d{1,3})_(?:points|reason)")
_PARTS = ("points", "reason", "measured", "standard", "unit")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of points taken off or added by hand, as its fields; ``detailed`` where it rests on figures."""

    number: int
    points: forms.BoundField
    reason: forms.BoundField
    measured: forms.BoundField
    standard: forms.BoundField
    unit: forms.BoundField

    @property
    def detailed(self) -> bool:
        return any(field.value() or field.errors for field in (self.measured, self.standard, self.unit))

    @property
    def fields(self) -> tuple[forms.BoundField, ...]:
        return (self.points, self.reason, self.measured, self.standard, self.unit)


class ResponseForm(RefusableForm):
    """What an editor fills in on one item; what makes a valid save is :mod:`assessments.responses`' to say.

    There are no points to give where the item has none or they follow by rank. Needs the response read
    :func:`assessments.responses.for_saving`. ``rows`` is how many rows of points it has: those given, and an
    empty one.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    narrative = TextField(
        label=_("What was done"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "data-plain": ""}),
    )
    not_applicable = forms.BooleanField(label=_("Not applicable"), required=False)
    na_reason = TextField(label=_("Reason for not applicable"), required=False)
    score = NumberField(label=_("Department score"), unit="分")
    reason = TextField(label=_("Why other points"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, response: Response) -> None:
        self.item = response.item
        self.typed = as_typed(self.item, content_of(response), response.computed_score)
        self.measures: list[Measure] = list(response.item.measures.all())
        self.materials: list[Material] = list(response.item.materials.all())
        super().__init__(data, initial=_initial(self.typed, response, self.materials))
        for measure in self.measures:
            self.fields[measure_field(measure.code)] = figure_field(measure)
        for number, material in enumerate(self.materials):
            self.fields[f"material_{number}"] = forms.BooleanField(label=material.name, required=False)
            self.fields[f"material_{number}_reference"] = TextField(
                label=_("%(material)s: document number or title") % {"material": material.name},
                required=False,
            )
        scored = response.item.weight and not (is_ranked(response.item) and response.computed_score is None)
        self.rows = self._add_rows(data) if scored else 0
        if not scored:
            del self.fields["score"], self.fields["reason"]
        elif response.state == State.ACCEPTED:
            self.fields["score"].label = _("District score")
        if not response.item.na_allowed:
            del self.fields["not_applicable"], self.fields["na_reason"]
        self._dress()

    def _add_rows(self, data: Mapping[str, Any] | None) -> int:
        """The fields of the rows of points, one row more than are given."""
        given = len(self.typed.losses)
        if data is not None:
            found = [int(match[1]) for name in data if (match := _ROW.fullmatch(name)) and data[name]]
            given = max([number + 1 for number in found if number < MOST_ROWS], default=0)
            shown = str(data.get("rows", ""))
            given = max(given, int(shown) - 1 if shown.isascii() and shown.isdigit() else 0)
            given = min(given, MOST_ROWS)
        rows = given + 1 if given < MOST_ROWS else given
        points, reason = _("Off (points)"), _("Why")
        if self.item.bonus:
            points, reason = _("On (points)"), _("What for")
        for number in range(rows):
            self.fields[f"loss_{number}_points"] = NumberField(label=points, unit="分")
            self.fields[f"loss_{number}_reason"] = TextField(label=reason, required=False)
            self.fields[f"loss_{number}_measured"] = NumberField(label=_("Measured"))
            self.fields[f"loss_{number}_standard"] = NumberField(label=_("Standard"))
            self.fields[f"loss_{number}_unit"] = TextField(label=_("Unit"), required=False)
        return rows

    def _dress(self) -> None:
        for name, field in self.fields.items():
            widget = field.widget
            if isinstance(field, forms.BooleanField):
                widget.attrs["class"] = "form-check-input"
            elif isinstance(widget, forms.Select):
                widget.attrs["class"] = "form-select figure-input"
            elif not widget.is_hidden:
                widget.attrs["class"] = "form-control"
            if name.startswith(("loss_", "material_")):
                widget.attrs["autocomplete"] = "off"
        if "score" in self.fields:
            self.fields["score"].widget.attrs |= {"aria-describedby": "proposal", "autocomplete": "off"}

    def show_proposed(self, points: Decimal | None) -> None:
        """Say in the empty field which points it stands for."""
        if points is not None and self.typed.applicable and "score" in self.fields:
            self.fields["score"].widget.attrs["placeholder"] = plain(points)

    def measure_fields(self) -> list[tuple[Measure, forms.BoundField]]:
        """The figures with their fields."""
        return [(measure, self[measure_field(measure.code)]) for measure in self.measures]

    def material_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The required materials: whether each is there, and where."""
        numbers = range(len(self.materials))
        return [(self[f"material_{number}"], self[f"material_{number}_reference"]) for number in numbers]

    def row_fields(self) -> list[Row]:
        """The rows of points taken off or added by hand."""
        return [
            Row(number, *(self[f"loss_{number}_{part}"] for part in _PARTS)) for number in range(self.rows)
        ]

    def clean(self) -> dict[str, Any]:
        for number in range(self.rows):
            self._check_row(number)
        losses = self.losses()
        if losses and self.cleaned_data.get("score") is not None and not self.errors:
            outcome = propose(self.item, self.plausible_figures())
            if outcome and outcome.score == self.cleaned_data["score"]:
                message = _("Leave the points empty so that the rows count, or empty the rows.")
                self.add_error("score", message)
        return self.cleaned_data

    def _check_row(self, number: int) -> None:
        points, reason, *figures, unit = (self.cleaned_data.get(f"loss_{number}_{part}") for part in _PARTS)
        name = f"loss_{number}"
        if any(self.has_error(f"{name}_{part}") for part in _PARTS):
            return
        if points is not None and (not is_points(points) or points == ZERO):
            self.add_error(f"{name}_points", _("Above 0, with at most two decimals."))
        elif points is not None and not reason:
            self.add_error(f"{name}_reason", _("Say what the points are for."))
        elif points is None and (reason or unit or any(figure is not None for figure in figures)):
            self.add_error(f"{name}_points", _("Write how many points, or empty the row."))
        for part, figure in zip(("measured", "standard"), figures, strict=True):
            if figure is not None and not is_figure(figure):
                self.add_error(f"{name}_{part}", _("At most 11 digits, and 4 after the point."))

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

    def losses(self) -> tuple[Reckoned, ...]:
        """The rows of points that could be read so far, each with points and reason."""
        return tuple(self._losses())

    def _losses(self) -> Iterator[Reckoned]:
        kind = Gain if self.item.bonus else Loss
        for number in range(self.rows):
            points, reason, measured, standard, unit = (
                self.cleaned_data.get(f"loss_{number}_{part}") for part in _PARTS
            )
            if points is not None and is_points(points) and points > ZERO and reason:
                yield kind(points, reason, "", measured, standard, unit or "")

    def content(self) -> Content:
        """The cleaned form as the content of a response.

        Of a form with errors, what could be read; a field that could not, and what belongs to it, stays as
        it is stored. Where the rows of points or the materials were not sent at all (a shorter form), they
        stay as they are stored, rows as long as the points and their reason do.
        """
        data, typed = self.cleaned_data, self.typed
        content = Content(
            narrative=data.get("narrative", typed.narrative),
            applicable=not data.get("not_applicable", False),
            na_reason=data.get("na_reason", "") if "na_reason" in data else typed.na_reason,
            measures={
                measure.code: data.get(measure_field(measure.code), typed.measures.get(measure.code))
                for measure in self.measures
            },
            materials=self._ticked(),
            **self._points(),
        )
        return content

    def _points(self) -> dict[str, Any]:
        typed = self.typed
        if any(name in ("score", "reason") or name.startswith("loss_") for name in self.errors):
            return {"score": typed.score, "reason": typed.reason, "losses": typed.losses}
        losses = self.losses()
        if not any(_ROW.fullmatch(name) for name in self.data):
            losses = () if {"score", "reason"} & set(self.changed_data) else tuple(typed.losses)
        return {
            "score": self.cleaned_data.get("score"),
            "reason": self.cleaned_data.get("reason", ""),
            "losses": losses,
        }

    def _ticked(self) -> Mapping[str, str]:
        """The materials that are there; a document number says so too."""
        if "material_0_reference" not in self.data:
            return self.typed.materials
        ticked = {}
        for number, material in enumerate(self.materials):
            reference = self.cleaned_data.get(f"material_{number}_reference", "")
            if self.cleaned_data.get(f"material_{number}") or reference:
                ticked[material.name] = reference
        return ticked

    def add_problem(self, problem: ValidationError) -> None:
        """Faults of rows and materials that are not one field's stand at the first one."""
        if hasattr(problem, "error_dict"):
            places = {"losses": "loss_0_points", "materials": "material_0_reference"}
            problem = ValidationError(
                {places.get(name, name): messages for name, messages in problem.message_dict.items()}
            )
        super().add_problem(problem)


def with_rows(data: QueryDict) -> QueryDict:
    """What was posted, with one more row of points (``add_row``) or without one of them (``drop_row``)."""
    rows = str(data.get("rows", ""))
    if not ({"add_row", "drop_row"} & data.keys()) or not re.fullmatch(r"\d{1,2}", rows, re.ASCII):
        return data
    changed = data.copy()
    if "add_row" in data:
        changed["rows"] = str(int(rows) + 1)
        return changed
    dropped = str(data["drop_row"])
    if not re.fullmatch(r"\d{1,2}", dropped, re.ASCII):
        return data
    for number in range(int(dropped), int(rows)):
        for part in _PARTS:
            changed[f"loss_{number}_{part}"] = str(data.get(f"loss_{number + 1}_{part}", ""))
    changed["rows"] = str(int(rows) - 1)
    return changed


def _initial(content: Content, response: Response, materials: list[Material]) -> dict[str, Any]:
    """A content as typed as the form shows it, every number written once."""
    figures = {measure_field(code): _once(value) for code, value in content.measures.items()}
    rows = {
        f"loss_{number}_{part}": _once(value) if isinstance(value, Decimal) else value
        for number, loss in enumerate(content.losses)
        for part in _PARTS
        if (value := getattr(loss, part)) is not None
    }
    ticks: dict[str, Any] = {}
    for number, material in enumerate(materials):
        ticks[f"material_{number}"] = material.name in content.materials
        ticks[f"material_{number}_reference"] = content.materials.get(material.name, "")
    return {
        "version": response.version,
        "narrative": content.narrative,
        "not_applicable": not content.applicable,
        "na_reason": content.na_reason,
        "score": _once(content.score),
        "reason": content.reason,
        **figures,
        **rows,
        **ticks,
    }


def _once(value: Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(plain(value))
