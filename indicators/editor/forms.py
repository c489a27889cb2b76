"""The forms of the editor: what is typed about a section, a group or an item.

What is valid is said by the models of :mod:`indicators.exchange`, here as in every import; a form takes their
faults over, each at its field, and keeps what was typed.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeVar
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel
from pydantic import ValidationError as SchemaError

from indicators.editor.fields import LineField, LinesField, PointsField, TickField
from indicators.editor.nodes import fingerprint
from indicators.editor.rule_forms import (
    Figure,
    ReadRules,
    read_rules,
    rows_posted,
    rules_posted,
    typed_rules,
    without_empty_lines,
)
from indicators.exchange import GroupData, ItemData, SectionData
from indicators.models import Framework, Group, Item, Section
from indicators.numbers import NUMBER
from indicators.schema_faults import schema_fault_in_words
from indicators.scoring.measures import MeasureKind
from indicators.scoring.points import is_points, plain
from indicators.scoring.rules import parse_rules
from indicators.wording import measure_kind_label

Data = TypeVar("Data", bound=BaseModel)


class NodeForm(forms.Form):
    """What all share: the fingerprint of what was read, the key of what is new (a form that is sent twice
    adds one node), and faults put at their fields.

    Profiles come as one tick each, for a framework that has kinds of district.
    """

    version = forms.CharField(widget=forms.HiddenInput, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    columns: tuple[str, ...] = ()
    """Fields that go into the data as they are; empty ones are left out."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        framework: Framework | None = None,
        node: Framework | Section | Group | Item | None = None,
    ) -> None:
        self.node = node
        self.profile_names: list[str] = list(framework.profiles) if framework else []
        read = {"version": fingerprint(node)} if node else {"key": uuid4()}
        super().__init__(data, initial={**_initial(node, self.columns), **read})
        own = node.profiles if node is not None else []
        for number, name in enumerate(self.profile_names):
            self.fields[f"profile-{number}"] = TickField(label=name)
            self.initial[f"profile-{number}"] = name in own

    def profile_fields(self) -> list[forms.BoundField]:
        return [self[f"profile-{number}"] for number in range(len(self.profile_names))]

    def profiles(self) -> list[str]:
        ticked = [
            name
            for number, name in enumerate(self.profile_names)
            if self.cleaned_data.get(f"profile-{number}")
        ]
        return [] if len(ticked) == len(self.profile_names) else ticked

    def as_data(self) -> dict[str, Any]:
        names = (*self.columns, "key") if self.node is None else self.columns
        values = {name: self.cleaned_data.get(name) for name in names}
        return {name: value for name, value in values.items() if value != "" and value is not None}

    def checked(self, model: type[Data], **more: Any) -> Data | None:
        """The form as valid data, or ``None`` when there are faults, which it then has. Read all it needs
        before: a form is checked once."""
        try:
            found = model.model_validate({**self.as_data(), **more})
        except SchemaError as refused:
            for fault in refused.errors(include_url=False):
                self.add_fault(fault["loc"], _missing_or(schema_fault_in_words(dict(fault)), fault["type"]))
            return None
        return None if self.errors else found

    def add_fault(self, place: tuple[int | str, ...], words: str) -> None:
        """Put a fault at the field it is about."""
        name = str(place[0]) if place else ""
        self.add_error(name if name in self.fields else None, words)

    def add_problem(self, problem: ValidationError) -> None:
        """Take over what a domain function refused."""
        if not hasattr(problem, "error_dict"):
            self.add_error(None, problem.messages)
            return
        for name, messages in problem.message_dict.items():
            self.add_error(name if name in self.fields else None, messages)


def _missing_or(words: str, key: str) -> str:
    if key == "missing":
        return _("Fill this in.")
    if key == "int_parsing":
        return _("Write a whole number, such as 2022.")
    if key in ("number_as_text", "decimal_parsing"):
        return _("Write a number, such as 13.5.")
    return words


def _initial(node: Any, columns: Iterable[str]) -> dict[str, Any]:
    if node is None:
        return {}
    values = {name: getattr(node, name) for name in columns}
    return {name: plain(value) if hasattr(value, "as_tuple") else value for name, value in values.items()}


class SectionForm(NodeForm):
    columns = ("label", "title", "stated_weight", "note")
    label = LineField(
        label=gettext_lazy("label"), help_text=gettext_lazy("As printed, such as A1; may stay empty.")
    )
    title = LineField(label=gettext_lazy("name of the indicator"))
    stated_weight = PointsField(
        label=gettext_lazy("stated weight"),
        help_text=gettext_lazy("What the document says; compared with the sum of the items."),
    )
    note = LinesField(label=gettext_lazy("note"), rows=2)

    def read(self) -> SectionData | None:
        return self.checked(SectionData, profiles=self.profiles(), items=())


class GroupForm(NodeForm):
    columns = ("label", "title", "stated_weight")
    label = LineField(
        label=gettext_lazy("label"), help_text=gettext_lazy("As printed, such as A1; may stay empty.")
    )
    title = LineField(label=gettext_lazy("name of the indicator"))
    stated_weight = PointsField(
        label=gettext_lazy("stated weight"),
        help_text=gettext_lazy("What the document says; compared with the sum of the items."),
    )

    def read(self) -> GroupData | None:
        return self.checked(GroupData, profiles=self.profiles())


class ItemForm(NodeForm):
    """An item with its rules and figures; these are text as typed until :meth:`read`."""

    columns = (
        "label",
        "title",
        "weight",
        "requirement",
        "bonus",
        "committee_only",
        "na_allowed",
        "responsible",
        "rule_prose",
    )
    label = LineField(label=gettext_lazy("label"))
    title = LineField(label=gettext_lazy("name of the indicator"))
    weight = PointsField(label=gettext_lazy("weight"))
    requirement = LinesField(label=gettext_lazy("requirement"), rows=3)
    responsible = LineField(label=gettext_lazy("responsible offices"))
    materials = LinesField(
        label=gettext_lazy("required materials"), help_text=gettext_lazy("One a line, in order.")
    )
    bonus = TickField(label=gettext_lazy("bonus item"), help_text=gettext_lazy("Added outside the total."))
    committee_only = TickField(
        label=gettext_lazy("scored by the committee only"),
        help_text=gettext_lazy("Districts do not assess it."),
    )
    na_allowed = TickField(label=gettext_lazy("may be not applicable"))
    rule_prose = LinesField(label=gettext_lazy("scoring rule as published"), rows=3)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, framework: Framework, node: Item | None = None
    ) -> None:
        super().__init__(data, framework=framework, node=node)
        self.focus = ""
        stored = list(node.measures.all()) if node else []
        self.stored = {measure.code: measure for measure in stored}
        if node:
            self.initial["materials"] = "\n".join(material.name for material in node.materials.all())
        if data is not None:
            self.rules = rules_posted(data)
            self.loose = [_loose(row) for row in rows_posted(data, "figures")]
        else:
            self.rules = typed_rules(node.rules if node else [], self.stored)
            used = {code for rule in node.parsed_rules() for code in rule.needs} if node else set()
            self.loose = [
                Figure(measure.code, measure.name, measure.unit, measure.kind)
                for measure in stored
                if measure.code not in used
            ]

    def read_rules(self) -> ReadRules:
        """The rules as typed."""
        return read_rules(without_empty_lines(self.rules), self.stored.values())

    def weight_typed(self) -> Decimal | None:
        """The weight as it stands in the form; ``None`` where it is none."""
        if not self.is_bound:
            return self.node.weight if isinstance(self.node, Item) else None
        text = self.cleaned_data.get("weight", "")
        weight = Decimal(text) if NUMBER.fullmatch(text) else None
        return weight if is_points(weight) else None

    def bonus_typed(self) -> bool:
        return bool(self["bonus"].value())

    def material_names(self) -> list[str]:
        lines = self.cleaned_data.get("materials", "").split("\n")
        return [line.strip() for line in lines if line.strip()]

    def read(self) -> ItemData | None:
        """The item as typed, or ``None``; the rules' own faults stand in what :meth:`read_rules` gives."""
        self.rules = without_empty_lines(self.rules)
        self.loose = [figure for figure in self.loose if figure.name or figure.unit]
        rules = self.read_rules()
        if rules.errors:
            self.add_error(None, _("Something in the scoring rules is missing or wrong: see there."))
        figures = [*rules.figures.values(), *self._loose_with_codes(rules)]
        order = {code: number for number, code in enumerate(self.stored)}
        figures.sort(key=lambda figure: order.get(figure.code, len(order)))
        return self.checked(
            ItemData,
            profiles=self.profiles(),
            materials=self.material_names(),
            measures=[figure.as_data() for figure in figures],
            rules=[] if rules.errors else parse_rules(rules.data),
        )

    def _loose_with_codes(self, rules: ReadRules) -> list[Figure]:
        taken = {*rules.figures, *self.stored}
        for figure in self.loose:
            if figure.code not in self.stored or figure.code in rules.figures:
                figure.code = next(code for code in _codes() if code not in taken)
            taken.add(figure.code)
        return self.loose

    def add_fault(self, place: tuple[int | str, ...], words: str) -> None:
        if place and place[0] == "measures":
            self.add_error(None, _("Other figures: %(message)s") % {"message": words})
        else:
            super().add_fault(place, words)


def _codes() -> Iterable[str]:
    return (f"figure-{number}" for number in range(1, 10_000))


def _loose(row: Mapping[str, str]) -> Figure:
    kind = row.get("kind", "")
    return Figure(
        row.get("code", ""),
        row.get("name", "").strip(),
        row.get("unit", "").strip(),
        kind if kind in list(MeasureKind) else MeasureKind.NUMBER.value,
    )


def figure_kinds() -> list[tuple[str, str]]:
    """The kinds of figure to choose from."""
    return [(kind.value, measure_kind_label(kind)) for kind in MeasureKind]
