"""A framework as JSON: read, checked as a whole before anything is stored, and written.

The shape is :class:`FrameworkData`; points are strings of plain decimals ("3.5").
"""

import unicodedata
from collections import Counter
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from django.db import transaction
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic import ValidationError as SchemaError
from pydantic_core import PydanticCustomError

from accounts.models import User
from audit.trail import record
from indicators.models import Framework, GradeBand, Group, Item, Measure, Section
from indicators.schema_faults import in_words
from indicators.scoring.points import CENT, plain
from indicators.scoring.rules import MeasureCode, Rule, dump_rules, exact_number


def _one_line(text: str) -> str:
    """Without control characters: PostgreSQL stores no NUL, and a title is printed in one line."""
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise PydanticCustomError("control_character", "control character")
    return text


def _lines(text: str) -> str:
    _one_line(text.replace("\n", ""))
    return text


def _differing_in(field: str) -> AfterValidator:
    """The rows of a list have each its own ``field``."""

    def check(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        times = Counter(getattr(row, field) for row in rows)
        if repeated := [name for name, count in times.items() if count > 1]:
            raise PydanticCustomError("repeated", "repeated", {"names": ", ".join(repeated)})
        return rows

    return AfterValidator(check)


def _at_most_one_manual(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    if sum(rule.kind == "manual" for rule in rules) > 1:
        raise PydanticCustomError("several_manual", "several manual rules")
    return rules


Line = Annotated[str, AfterValidator(_one_line)]
Text = Annotated[str, AfterValidator(_lines)]
Number = Annotated[Decimal, BeforeValidator(exact_number)]
Points = Annotated[Number, Field(ge=0, max_digits=6, decimal_places=2)]
Step = Annotated[Number, Field(gt=0, max_digits=6, decimal_places=2)]
Percent = Annotated[Number, Field(ge=0, le=100, decimal_places=2)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class MeasureData(_Strict):
    code: MeasureCode
    name: Line = Field(min_length=1, max_length=100)
    unit: Line = Field(default="", max_length=20)


class ItemData(_Strict):
    label: Line = Field(min_length=1, max_length=20)
    title: Line = Field(min_length=1, max_length=60)
    requirement: Text = ""
    weight: Points
    na_allowed: bool = False
    group: str | None = None
    measures: Annotated[tuple[MeasureData, ...], _differing_in("code")] = ()
    rules: Annotated[tuple[Rule, ...], AfterValidator(_at_most_one_manual)] = ()


class GroupData(_Strict):
    label: Line = Field(default="", max_length=20)
    title: Line = Field(min_length=1, max_length=100)


class SectionData(_Strict):
    """``group`` of an item is the title of one of the section's ``groups``."""

    title: Line = Field(min_length=1, max_length=100)
    stated_weight: Points | None = None
    groups: Annotated[tuple[GroupData, ...], _differing_in("title")] = ()
    items: tuple[ItemData, ...]

    @model_validator(mode="after")
    def _groups_exist(self) -> Self:
        titles = {None, *(group.title for group in self.groups)}
        for item in self.items:
            if item.group not in titles:
                raise PydanticCustomError(
                    "unknown_group", "unknown group", {"label": item.label, "group": item.group}
                )
        return self


class BandData(_Strict):
    name: Line = Field(min_length=1, max_length=20)
    threshold: Percent


class FrameworkData(_Strict):
    """One framework version. ``computed_step`` null means two decimals."""

    code: Line = Field(min_length=1, max_length=32)
    version: Line = Field(min_length=1, max_length=32)
    year: Annotated[int, Field(ge=1949, le=2999)]
    title: Line = Field(min_length=1, max_length=200)
    step: Step = Decimal("0.1")
    computed_step: Step | None = None
    na_policy: Literal["full", "exclude", "zero"] = "full"
    bonus_may_exceed: bool = False
    bands_are_example: bool = False
    bands: Annotated[tuple[BandData, ...], _differing_in("name")]
    sections: tuple[SectionData, ...]


def read_framework(data: Any) -> FrameworkData:
    """Check parsed JSON as a whole. Raises ``ValidationError`` with the place of every fault."""
    try:
        return FrameworkData.model_validate(data)
    except SchemaError as problem:
        raise in_words(problem) from problem


@transaction.atomic
def store_framework(*, data: FrameworkData, by: User | None) -> Framework:
    """Store a new draft. Raises ``ValidationError`` when this version exists; all or nothing."""
    framework = Framework(
        code=data.code,
        version=data.version,
        year=data.year,
        title=data.title,
        step=data.step,
        computed_step=data.computed_step or CENT,
        na_policy=data.na_policy,
        bonus_may_exceed=data.bonus_may_exceed,
        bands_are_example=data.bands_are_example,
    )
    framework.full_clean()
    framework.save()
    for order, band in enumerate(data.bands, start=1):
        _store(GradeBand(framework=framework, order=order, name=band.name, threshold=band.threshold))
    for order, section in enumerate(data.sections, start=1):
        _store_section(framework, order, section)
    record(by=by, action="framework.imported", subject=framework)
    return framework


def _store_section(framework: Framework, order: int, data: SectionData) -> None:
    section = Section(framework=framework, order=order, title=data.title, stated_weight=data.stated_weight)
    _store(section)
    groups: dict[str | None, Group | None] = {None: None}
    for group_order, group in enumerate(data.groups, start=1):
        stored_group = Group(section=section, order=group_order, label=group.label, title=group.title)
        _store(stored_group)
        groups[group.title] = stored_group
    for item_order, item in enumerate(data.items, start=1):
        stored = Item(
            section=section,
            group=groups[item.group],
            order=item_order,
            label=item.label,
            title=item.title,
            requirement=item.requirement,
            weight=item.weight,
            na_allowed=item.na_allowed,
            rules=dump_rules(item.rules),
        )
        _store(stored)
        for measure in item.measures:
            _store(Measure(item=stored, code=measure.code, name=measure.name, unit=measure.unit))


def _store(row: GradeBand | Section | Group | Item | Measure) -> None:
    row.full_clean(validate_unique=False, validate_constraints=False)
    row.save()


def write_framework(framework: Framework) -> dict[str, Any]:
    """The JSON of a framework read ``with_tree()``; :func:`read_framework` takes it back."""
    return {
        "code": framework.code,
        "version": framework.version,
        "year": framework.year,
        "title": framework.title,
        "step": plain(framework.step),
        "computed_step": plain(framework.computed_step),
        "na_policy": framework.na_policy,
        "bonus_may_exceed": framework.bonus_may_exceed,
        "bands_are_example": framework.bands_are_example,
        "bands": [
            {"name": band.name, "threshold": plain(band.threshold)} for band in framework.grade_bands.all()
        ],
        "sections": [_write_section(section) for section in framework.sections.all()],
    }


def _write_section(section: Section) -> dict[str, Any]:
    titles = {group.pk: group.title for group in section.groups.all()}
    return {
        "title": section.title,
        "stated_weight": plain(section.stated_weight) if section.stated_weight is not None else None,
        "groups": [{"label": group.label, "title": group.title} for group in section.groups.all()],
        "items": [
            {
                "label": item.label,
                "title": item.title,
                "requirement": item.requirement,
                "weight": plain(item.weight),
                "na_allowed": item.na_allowed,
                "group": titles.get(item.group_id) if item.group_id else None,
                "measures": [
                    {"code": measure.code, "name": measure.name, "unit": measure.unit}
                    for measure in item.measures.all()
                ],
                "rules": item.rules,
            }
            for item in section.items.all()
        ],
    }
