"""The form of a framework's settings: its name, totals, policies and grades."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.editor.fields import LineField, LinesField, PointsField, TickField
from indicators.editor.forms import NodeForm
from indicators.editor.rule_forms import rows_posted
from indicators.exchange import FrameworkData
from indicators.models import Framework, GradeBand, Policy
from indicators.numbers import as_number
from indicators.scoring.points import plain, plain_or

SPARE_BANDS = 2
"""Empty lines below the grades, to add more."""


class SettingsForm(NodeForm):
    """What a framework says of itself, its grades as lines of text."""

    columns = (
        "code",
        "version",
        "year",
        "title",
        "notes",
        "stated_weight",
        "step",
        "computed_step",
        "na_policy",
        "bonus_may_exceed",
        "bands_are_example",
    )
    title = LineField(label=gettext_lazy("name of the framework"))
    code = LineField(
        label=gettext_lazy("code"),
        help_text=gettext_lazy("The same for all years; never printed in a report."),
    )
    edition = LineField(label=gettext_lazy("version"))
    year = LineField(label=gettext_lazy("year"))
    stated_weight = PointsField(
        label=gettext_lazy("stated total"), help_text=gettext_lazy("Without bonus points: 100, 102, 150…")
    )
    profile_lines = LinesField(
        label=gettext_lazy("kinds of district"),
        rows=2,
        help_text=gettext_lazy("One a line; only where parts of the framework differ by them."),
    )
    step = PointsField(label=gettext_lazy("step of points typed by hand"))
    computed_step = PointsField(label=gettext_lazy("step of computed points"))
    na_policy = forms.ChoiceField(label=gettext_lazy("not applicable items count as"), choices=Policy.choices)
    bonus_may_exceed = TickField(label=gettext_lazy("bonus may pass the full total"))
    bands_are_example = TickField(label=gettext_lazy("grade thresholds are an example"))
    notes = LinesField(label=gettext_lazy("notes"), rows=3)

    def __init__(self, data: Mapping[str, Any] | None = None, *, node: Framework | None = None) -> None:
        super().__init__(data, node=node)
        self.fields["na_policy"].widget.attrs["class"] = "form-select"
        if node:
            self.initial["edition"] = node.version
            self.initial["profile_lines"] = "\n".join(node.profiles)
        stored = [_band(band) for band in node.grade_bands.all()] if node else []
        bands = [_posted_band(row) for row in rows_posted(data, "bands")] if data is not None else stored
        self.bands = [band for band in bands if any(band.values())]
        self.band_errors: dict[int, list[str]] = {}

    def start_afresh(self, year: int) -> None:
        """What most frameworks have, to begin with."""
        self.initial = {
            **self.initial,
            "year": year,
            "edition": str(year),
            "stated_weight": "100",
            "step": "0.1",
            "computed_step": "0.01",
        }
        usual = {_("excellent"): "90", _("good"): "80", _("passed"): "60", _("failed"): "0"}
        self.bands = [
            {"name": name, "threshold": from_, "section_floor": ""} for name, from_ in usual.items()
        ]

    @property
    def shown_bands(self) -> list[tuple[dict[str, str], list[str]]]:
        """The grades with their faults, and spare lines."""
        spare = [_posted_band({}) for _number in range(SPARE_BANDS)]
        return [(band, self.band_errors.get(number, [])) for number, band in enumerate([*self.bands, *spare])]

    def as_data(self) -> dict[str, Any]:
        data = super().as_data()
        for name in ("version", "key"):
            data.pop(name, None)
        if edition := self.cleaned_data.get("edition"):
            data["version"] = edition
        year = str(data.get("year", ""))
        return data | ({"year": int(year)} if year.isascii() and year.isdigit() and len(year) < 5 else {})

    def read(self) -> FrameworkData | None:
        names = self.cleaned_data.get("profile_lines", "").replace("、", "\n").split("\n")
        profiles = [name.strip() for name in names if name.strip()]
        bands = [{name: value for name, value in band.items() if value} for band in self.bands]
        return self.checked(FrameworkData, profiles=profiles, bands=bands, sections=())

    def add_fault(self, place: tuple[int | str, ...], words: str) -> None:
        if len(place) > 1 and place[0] == "bands" and isinstance(place[1], int):
            self.band_errors.setdefault(place[1], []).append(words)
            self.add_error(None, _("Grades: %(message)s") % {"message": words})
        else:
            renamed = {"version": "edition", "profiles": "profile_lines"}
            super().add_fault((renamed.get(str(place[0]), place[0]), *place[1:]) if place else place, words)

    def add_problem(self, problem: ValidationError) -> None:
        if hasattr(problem, "error_dict") and "profiles" in problem.error_dict:
            self.add_error("profile_lines", problem.message_dict["profiles"])
        else:
            super().add_problem(problem)


def _band(band: GradeBand) -> dict[str, str]:
    return {
        "name": band.name,
        "threshold": plain(band.threshold),
        "section_floor": plain_or(band.section_floor, ""),
    }


def _posted_band(row: Mapping[str, str]) -> dict[str, str]:
    threshold, floor = (as_number(row.get(name, "").strip(), "%") for name in ("threshold", "section_floor"))
    return {"name": row.get("name", "").strip(), "threshold": threshold, "section_floor": floor}
