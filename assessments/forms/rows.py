"""The rows of the section page: one narrow form an item, and what was seen of all of them in one field."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.checking import measure_field
from assessments.forms.fields import NumberField, RefusableForm, TextField, figure_field
from assessments.models import Response
from assessments.ranking import is_ranked
from assessments.responses import content_of
from assessments.settling import Content, as_typed
from indicators.models import Measure
from indicators.scoring.points import plain

MOST_ROWS = 2_000
"""Items of a section of which it is read what was seen."""

_SEEN = re.compile("([0-9]{1,9}):([0-9]{1,9}):([0-9a-f]{12})")


class RowForm(RefusableForm):
    """Figures, points and the reason of one item; everything else of it stays as it is stored, and so does
    what a post does not name.

    Points of which several are itemised are the item page's; ``itemised`` says so, and none are asked here.
    Needs the response read :func:`assessments.responses.for_saving`.
    """

    score = NumberField(label=_("Points"), unit="分")
    reason = TextField(
        label=_("Reason for the points"), required=False, widget=forms.Textarea(attrs={"rows": 1})
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, response: Response) -> None:
        item = response.item
        self.typed = as_typed(item, content_of(response), response.computed_score)
        self.measures: list[Measure] = list(item.measures.all())
        self.itemised = bool(self.typed.losses)
        prefix, initial = prefix_of(response), _initial(self.typed)
        # A post without a word about this item leaves it alone.
        is_asked = data is not None and any(name.startswith(f"{prefix}-") for name in data)
        super().__init__(data if is_asked else None, prefix=prefix, initial=initial)
        awaits_rank = is_ranked(item) and response.computed_score is None
        if not self.typed.applicable or not item.weight or awaits_rank or self.itemised:
            del self.fields["score"], self.fields["reason"]
        if self.typed.applicable:
            for measure in self.measures:
                self.fields[measure_field(measure.code)] = figure_field(measure)
        self._dress(response)

    def _dress(self, response: Response) -> None:
        for name, field in self.fields.items():
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"
            field.widget.attrs["autocomplete"] = "off"
            if name == "score" and response.computed_score is not None:
                field.widget.attrs["placeholder"] = plain(response.computed_score)
        if self.is_bound:
            self.mark_faults()

    def mark_faults(self) -> None:
        """Point from each field that has faults to them."""
        for name in self.errors:
            if name in self.fields:
                field_id = self[name].id_for_label
                self.fields[name].widget.attrs |= {
                    "aria-invalid": "true",
                    "aria-describedby": f"{field_id}_error",
                }

    def measure_fields(self) -> list[tuple[Measure, forms.BoundField]]:
        """The figures with their fields."""
        return [
            (measure, self[measure_field(measure.code)])
            for measure in self.measures
            if measure_field(measure.code) in self.fields
        ]

    def content(self) -> Content:
        """The stored content with what was typed; a field that was not sent or could not be read stays as
        it is stored."""
        self.is_valid()
        data = {
            name: value for name, value in self.cleaned_data.items() if self.add_prefix(name) in self.data
        }
        figures = {
            measure.code: data[measure_field(measure.code)]
            for measure in self.measures
            if measure_field(measure.code) in data
        }
        return replace(
            self.typed,
            measures={**self.typed.measures, **figures},
            score=data.get("score", self.typed.score),
            reason=data.get("reason", self.typed.reason),
        )


def prefix_of(response: Response) -> str:
    """What the names of a row's fields begin with."""
    return f"r{response.pk}"


def _initial(content: Content) -> dict[str, Any]:
    figures = {measure_field(code): _once(value) for code, value in content.measures.items()}
    return {"score": _once(content.score), "reason": content.reason, **figures}


def _once(value: Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(plain(value))


@dataclass(frozen=True, slots=True)
class Seen:
    """What an editor had read of a row: its version, and what its fields showed (``shown``, a short name).

    A row whose fields are as they were shown was not touched, whatever others saved meanwhile.
    """

    version: int
    shown: str


def seen_of(form: RowForm, version: int) -> Seen:
    """What a page shows that has this form unbound."""
    return Seen(
        version,
        _shown({name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}),
    )


def sent_of(form: RowForm, version: int) -> Seen:
    """What a page shows once a form was sent and stored as it stands."""
    return Seen(version, _shown({name: form.data.get(form.add_prefix(name)) for name in form.fields}))


def _shown(values: Mapping[str, Any]) -> str:
    lines = sorted((name, str("" if value is None else value).strip()) for name, value in values.items())
    return hashlib.sha256(repr(lines).encode()).hexdigest()[:12]


def written_seen(seen: Mapping[int, Seen]) -> str:
    """What was seen of all rows, as one field holds it."""
    return ",".join(f"{pk}:{each.version}:{each.shown}" for pk, each in seen.items())


def read_seen(text: str) -> dict[int, Seen] | None:
    """:func:`written_seen` read back; ``None`` for what is no such thing."""
    parts = text.split(",") if text else []
    found = [match for part in parts[:MOST_ROWS] if (match := _SEEN.fullmatch(part))]
    if len(found) < len(parts):
        return None
    return {int(match[1]): Seen(int(match[2]), match[3]) for match in found}
