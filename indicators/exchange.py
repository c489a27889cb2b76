"""A framework as JSON: read, checked as a whole before anything is stored, and written.

The shape is :class:`FrameworkData`; points are strings of plain decimals ("3.5").
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal, Self, TypeVar
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic import ValidationError as SchemaError
from pydantic_core import PydanticCustomError

from accounts.models import Organisation, User
from audit.trail import record
from indicators.models import Framework, GradeBand, Group, Item, Material, Measure, Section
from indicators.schema_faults import in_words
from indicators.scoring.measures import MeasureKind
from indicators.scoring.points import CENT, plain, plain_or
from indicators.scoring.rules import MeasureCode, Rules, dump_rules, exact_number
from indicators.weights import Leaf

MOST_VALUES = 350_000
"""Of parsed JSON, an object counted as four; a framework of 2,000 items has 110,000."""

Row = TypeVar("Row", GradeBand, Section, Group, Item, Measure, Material)


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def _one_line(text: str) -> str:
    """Without control characters: PostgreSQL stores no NUL, and a title is printed in one line."""
    if _CONTROL.search(text):
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


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    if repeated := [name for name, times in Counter(names).items() if times > 1]:
        raise PydanticCustomError("repeated", "repeated", {"names": ", ".join(repeated)})
    return names


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
    name: Line = Field(min_length=1, max_length=200)
    unit: Line = Field(default="", max_length=20)
    kind: MeasureKind = MeasureKind.NUMBER


MaterialName = Annotated[Line, Field(min_length=1, max_length=200)]
ProfileName = Annotated[Line, Field(min_length=1, max_length=40)]
Profiles = Annotated[tuple[ProfileName, ...], AfterValidator(_each_once)]


class _Node(_Strict):
    """``key`` is the node's identity through the versions; a new one unless given. ``profiles`` names the
    kinds of district that it is for, all where empty."""

    key: UUID = Field(default_factory=uuid4)
    profiles: Profiles = ()


class ItemData(_Node):
    """``group`` is the title of one of the section's groups."""

    label: Line = Field(min_length=1, max_length=20)
    title: Line = Field(min_length=1, max_length=200)
    requirement: Text = ""
    weight: Points
    bonus: bool = False
    committee_only: bool = False
    na_allowed: bool = False
    responsible: Line = Field(default="", max_length=200)
    rule_prose: Text = ""
    group: str | None = None
    materials: tuple[MaterialName, ...] = ()
    measures: Annotated[tuple[MeasureData, ...], _differing_in("code")] = ()
    rules: Rules = ()


class GroupData(_Node):
    label: Line = Field(default="", max_length=20)
    title: Line = Field(min_length=1, max_length=200)
    stated_weight: Points | None = None


class SectionData(_Node):
    label: Line = Field(default="", max_length=20)
    title: Line = Field(min_length=1, max_length=200)
    stated_weight: Points | None = None
    note: Text = ""
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

    def leaves(self) -> Iterator[Leaf]:
        """The items' points with the kinds of district that each is for."""
        groups = {group.title: group.profiles for group in self.groups}
        for item in self.items:
            levels = (self.profiles, groups.get(item.group or "", ()), item.profiles)
            yield Leaf(item.weight, levels, item.bonus, item.committee_only)

    def nodes(self) -> Iterator[_Node]:
        """The section, its groups and items."""
        yield self
        yield from self.groups
        yield from self.items


class BandData(_Strict):
    name: Line = Field(min_length=1, max_length=20)
    threshold: Percent
    section_floor: Percent | None = None


class FrameworkData(_Strict):
    """One framework version. ``computed_step`` null means two decimals; ``stated_weight`` is the total it
    announces, bonus left out; ``profiles`` the kinds of district for which nodes may be alternatives."""

    code: Line = Field(min_length=1, max_length=32)
    version: Line = Field(min_length=1, max_length=32)
    year: Annotated[int, Field(ge=1949, le=2999)]
    title: Line = Field(min_length=1, max_length=200)
    notes: Text = ""
    stated_weight: Points | None = None
    profiles: Profiles = ()
    step: Step = Decimal("0.1")
    computed_step: Step | None = None
    na_policy: Literal["full", "exclude", "zero"] = "full"
    bonus_may_exceed: bool = False
    bands_are_example: bool = False
    bands: Annotated[tuple[BandData, ...], _differing_in("name")]
    sections: tuple[SectionData, ...]

    @model_validator(mode="after")
    def _nodes_fit(self) -> Self:
        nodes = [node for section in self.sections for node in section.nodes()]
        keys = Counter(node.key for node in nodes)
        if repeated := [str(key) for key, times in keys.items() if times > 1]:
            raise PydanticCustomError("repeated", "repeated", {"names": ", ".join(repeated)})
        unknown = {name for node in nodes for name in node.profiles} - set(self.profiles)
        if unknown:
            raise PydanticCustomError(
                "unknown_profile", "unknown profile", {"names": ", ".join(sorted(unknown))}
            )
        return self


def read_framework(data: Any) -> FrameworkData:
    """Check parsed JSON as a whole. Raises ``ValidationError`` with the place of every fault, up to a
    hundred."""
    _check_size(data)
    try:
        return FrameworkData.model_validate(data)
    except SchemaError as problem:
        raise in_words(problem) from problem


def _check_size(data: Any) -> None:
    """Counted before it is checked: a fault of each of a million values would take minutes to tell."""
    left, levels = MOST_VALUES, [[data]]
    while levels and left > 0:
        level = levels.pop()
        left -= len(level)
        for value in level if left > 0 else ():
            if isinstance(value, dict):
                # Each may lack a few fields, and every one that is missing is a fault.
                left -= 3
                levels.append(list(value.values()))
            elif isinstance(value, list):
                levels.append(value)
    if left <= 0:
        message = _("There are more than %(limit)s values; no framework has so many.")
        raise ValidationError(message % {"limit": MOST_VALUES})


@transaction.atomic
def store_framework(
    *,
    data: FrameworkData,
    by: User | None,
    committee: Organisation | None = None,
    predecessor: Framework | None = None,
    action: str = "framework.imported",
) -> Framework:
    """Store a new draft. Raises ``ValidationError`` when this version exists; all or nothing.

    A constant number of queries, whatever the size.
    """
    framework = Framework(
        code=data.code,
        version=data.version,
        year=data.year,
        title=data.title,
        committee=committee,
        predecessor=predecessor,
        notes=data.notes,
        stated_weight=data.stated_weight,
        profiles=list(data.profiles),
        step=data.step,
        computed_step=data.computed_step or CENT,
        na_policy=data.na_policy,
        bonus_may_exceed=data.bonus_may_exceed,
        bands_are_example=data.bands_are_example,
    )
    framework.full_clean()
    framework.save()
    _store_bands(framework, data.bands)
    _store_sections(framework, data.sections)
    record(by=by, action=action, subject=framework)
    return framework


def _store_bands(framework: Framework, bands: Iterable[BandData]) -> None:
    _store(
        GradeBand,
        [
            GradeBand(
                framework=framework,
                order=order,
                name=band.name,
                threshold=band.threshold,
                section_floor=band.section_floor,
            )
            for order, band in enumerate(bands, start=1)
        ],
    )


def _store_sections(framework: Framework, data: Iterable[SectionData]) -> None:
    sections = [(row, _section(row, framework, order)) for order, row in enumerate(data, start=1)]
    _store(Section, [section for _row, section in sections])
    groups = {
        (section.pk, row.title): _group(row, section, order)
        for section_data, section in sections
        for order, row in enumerate(section_data.groups, start=1)
    }
    _store(Group, groups.values())
    items = [
        (row, _item(row, section, order, groups.get((section.pk, row.group or ""))))
        for section_data, section in sections
        for order, row in enumerate(section_data.items, start=1)
    ]
    _store(Item, [item for _row, item in items])
    _store(
        Measure,
        [
            Measure(item=item, code=figure.code, name=figure.name, unit=figure.unit, kind=figure.kind)
            for row, item in items
            for figure in row.measures
        ],
    )
    _store(
        Material,
        [
            Material(item=item, order=order, name=name)
            for row, item in items
            for order, name in enumerate(row.materials, start=1)
        ],
    )


_UP = ("framework", "section", "group", "item")
"""The columns that lead up: rows made here point at rows made here, which needs no query each to check."""


def _store(model: type[Row], rows: Collection[Row]) -> None:
    for row in rows:
        row.full_clean(exclude=_UP, validate_unique=False, validate_constraints=False)
    model._default_manager.bulk_create(rows, batch_size=500)


def _section(data: SectionData, framework: Framework, order: int) -> Section:
    return Section(
        framework=framework,
        key=data.key,
        order=order,
        label=data.label,
        title=data.title,
        stated_weight=data.stated_weight,
        profiles=list(data.profiles),
        note=data.note,
    )


def _group(data: GroupData, section: Section, order: int) -> Group:
    return Group(
        section=section,
        key=data.key,
        order=order,
        label=data.label,
        title=data.title,
        stated_weight=data.stated_weight,
        profiles=list(data.profiles),
    )


def _item(data: ItemData, section: Section, order: int, group: Group | None) -> Item:
    return Item(
        section=section,
        group=group,
        key=data.key,
        order=order,
        label=data.label,
        title=data.title,
        requirement=data.requirement,
        weight=data.weight,
        bonus=data.bonus,
        committee_only=data.committee_only,
        na_allowed=data.na_allowed,
        profiles=list(data.profiles),
        responsible=data.responsible,
        rule_prose=data.rule_prose,
        rules=dump_rules(data.rules),
    )


def write_framework(framework: Framework) -> dict[str, Any]:
    """The JSON of a framework read ``with_tree()``; :func:`read_framework` takes it back."""
    return {
        "code": framework.code,
        "version": framework.version,
        "year": framework.year,
        "title": framework.title,
        "notes": framework.notes,
        "stated_weight": plain_or(framework.stated_weight, None),
        "profiles": framework.profiles,
        "step": plain(framework.step),
        "computed_step": plain(framework.computed_step),
        "na_policy": framework.na_policy,
        "bonus_may_exceed": framework.bonus_may_exceed,
        "bands_are_example": framework.bands_are_example,
        "bands": [
            {
                "name": band.name,
                "threshold": plain(band.threshold),
                "section_floor": plain_or(band.section_floor, None),
            }
            for band in framework.grade_bands.all()
        ],
        "sections": [_write_section(section) for section in framework.sections.all()],
    }


def _write_section(section: Section) -> dict[str, Any]:
    titles = {group.pk: group.title for group in section.groups.all()}
    return {
        "key": str(section.key),
        "label": section.label,
        "title": section.title,
        "stated_weight": plain_or(section.stated_weight, None),
        "profiles": section.profiles,
        "note": section.note,
        "groups": [
            {
                "key": str(group.key),
                "label": group.label,
                "title": group.title,
                "stated_weight": plain_or(group.stated_weight, None),
                "profiles": group.profiles,
            }
            for group in section.groups.all()
        ],
        "items": [
            _write_item(item, titles.get(item.group_id) if item.group_id else None)
            for item in section.items.all()
        ],
    }


def _write_item(item: Item, group: str | None) -> dict[str, Any]:
    return {
        "key": str(item.key),
        "label": item.label,
        "title": item.title,
        "requirement": item.requirement,
        "weight": plain(item.weight),
        "bonus": item.bonus,
        "committee_only": item.committee_only,
        "na_allowed": item.na_allowed,
        "profiles": item.profiles,
        "responsible": item.responsible,
        "rule_prose": item.rule_prose,
        "group": group,
        "materials": [material.name for material in item.materials.all()],
        "measures": [
            {"code": measure.code, "name": measure.name, "unit": measure.unit, "kind": measure.kind}
            for measure in item.measures.all()
        ],
        "rules": item.rules,
    }
