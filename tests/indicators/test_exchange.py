"""A framework as JSON: what goes in comes out; a fault is told with its place, and nothing stored then."""

import json
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import BaseModel

from audit.models import Event
from indicators import exchange, schema_faults
from indicators.exchange import read_framework, store_framework, write_framework
from indicators.models import Framework, FrameworkStatus, GradeBand, Group, Item, Material, Measure, Section
from indicators.publishing import publish_framework
from tests.factories import SHORTFALL, framework_data, make_framework, make_user

WHOLE: dict[str, Any] = {
    "code": "nc-jyzz",
    "version": "2021",
    "year": 2021,
    "title": "评价指标体系",
    "notes": "依据市级文件编制。\n每年修订。",
    "stated_weight": "13.5",
    "profiles": ["城区", "乡镇"],
    "step": "0.5",
    "computed_step": "0.1",
    "na_policy": "exclude",
    "bonus_may_exceed": True,
    "bands_are_example": True,
    "bands": [
        {"name": "优秀", "threshold": "90.5", "section_floor": "85"},
        {"name": "合格", "threshold": "0", "section_floor": None},
    ],
    "sections": [
        {
            "key": "00000000-0000-4000-8000-000000000001",
            "label": "A1",
            "title": "教育保障",
            "stated_weight": "13.5",
            "profiles": [],
            "note": "按年度考核。",
            "groups": [
                {
                    "key": "00000000-0000-4000-8000-000000000011",
                    "label": "1.1",
                    "title": "办学条件",
                    "stated_weight": "11",
                    "profiles": ["城区"],
                },
                {
                    "key": "00000000-0000-4000-8000-000000000012",
                    "label": "",
                    "title": "经费",
                    "stated_weight": None,
                    "profiles": [],
                },
            ],
            "items": [
                {
                    "key": "00000000-0000-4000-8000-000000000111",
                    "label": "1.1.1",
                    "title": "标准班额",
                    "requirement": "班额达标。\n逐年改善。",
                    "weight": "11",
                    "bonus": False,
                    "committee_only": False,
                    "na_allowed": True,
                    "profiles": ["城区"],
                    "responsible": "教育局、财政局",
                    "rule_prose": "每低于标准1个百分点扣0.1分。",
                    "group": "办学条件",
                    "materials": ["班额统计表", "招生方案"],
                    "measures": [
                        {"code": "share", "name": "标准班额占比", "unit": "%", "kind": "number"},
                        {"code": "classes", "name": "班级数", "unit": "", "kind": "count"},
                    ],
                    "rules": [
                        {"kind": "manual", "share": "2.5"},
                        {**SHORTFALL, "unit_size": "1", "cap": "4"},
                    ],
                },
                {
                    "key": "00000000-0000-4000-8000-000000000112",
                    "label": "(2)",
                    "title": "经费投入",
                    "requirement": "",
                    "weight": "2.5",
                    "bonus": True,
                    "committee_only": True,
                    "na_allowed": False,
                    "profiles": [],
                    "responsible": "",
                    "rule_prose": "",
                    "group": None,
                    "materials": [],
                    "measures": [],
                    "rules": [],
                },
            ],
        },
        {
            "key": "00000000-0000-4000-8000-000000000002",
            "label": "",
            "title": "协调发展",
            "stated_weight": None,
            "profiles": ["乡镇"],
            "note": "",
            "groups": [],
            "items": [],
        },
    ],
}


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def fixture() -> Any:
    return json.loads(Path(settings.FIXTURE_DIR / "framework-2021.json").read_text(encoding="utf-8"))


def changed(place: str, value: object) -> dict[str, Any]:
    """WHOLE with the value at a place such as ``sections.0.title`` replaced; ``...`` takes it out."""
    data = deepcopy(WHOLE)
    *path, last = [int(part) if part.isdigit() else part for part in place.split(".")]
    target: Any = data
    for part in path:
        target = target[part]
    if value is ...:
        del target[last]
    else:
        target[last] = value
    return data


def faults(data: object) -> list[str]:
    with pytest.raises(ValidationError) as refusal:
        read_framework(data)
    return refusal.value.messages


# There and back


@pytest.mark.django_db
def test_what_is_stored_is_written_as_it_was_read() -> None:
    store_framework(data=read_framework(WHOLE), by=None)
    assert write_framework(Framework.objects.with_tree().get()) == WHOLE


@pytest.mark.django_db
@pytest.mark.parametrize("data", [WHOLE, framework_data(), fixture()], ids=["whole", "factory", "real"])
def test_reading_what_was_written_gives_the_same(data: dict[str, Any]) -> None:
    read = read_framework(data)
    store_framework(data=read, by=None)
    again = read_framework(write_framework(Framework.objects.with_tree().get()))
    assert again.model_copy(update={"computed_step": read.computed_step}) == read


@pytest.mark.django_db
def test_a_new_framework_is_a_draft_with_an_event() -> None:
    user = make_user("secretary")
    framework = store_framework(data=read_framework(framework_data()), by=user)
    assert (framework.status, framework.published_at) == (FrameworkStatus.DRAFT, None)
    event = Event.objects.get()
    assert (event.action, event.actor_id, event.subject_id) == (
        "framework.imported",
        user.pk,
        str(framework.pk),
    )


@pytest.mark.django_db
def test_the_real_framework_is_imported_and_published() -> None:
    framework = publish_framework(framework=store_framework(data=read_framework(fixture()), by=None), by=None)
    assert Item.objects.filter(section__framework=framework).count() == 54
    assert [sum(item.weight for item in section.items.all()) for section in framework.sections.all()] == [
        Decimal(weight) for weight in ("11", "13.5", "26.2", "35.3", "8.5", "5.5")
    ]
    assert Event.objects.last().details == {"items": 54, "weight": "100"}  # type: ignore[union-attr]


def test_what_may_be_left_out_has_its_usual_value() -> None:
    data = read_framework(
        {
            "code": "demo",
            "version": "1",
            "year": 2021,
            "title": "体系",
            "bands": [],
            "sections": [{"title": "一", "items": [{"label": "1", "title": "项", "weight": 1}]}],
        }
    )
    assert (data.step, data.computed_step, data.na_policy) == (Decimal("0.1"), None, "full")
    assert (data.bonus_may_exceed, data.bands_are_example) == (False, False)
    (item,) = data.sections[0].items
    assert (item.requirement, item.na_allowed, item.group) == ("", False, None)
    assert (item.weight, item.measures, item.rules) == (Decimal(1), (), ())


def test_space_around_a_text_is_left_out() -> None:
    assert read_framework(changed("title", " 体系\n")).title == "体系"


# Faults, with their places


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("title", ..., "This is missing."),
        ("sections.0.items.1.weight", ..., "This is missing."),
        ("sections.0.items.1.weigth", "1", "There is no field of this name."),
        ("title", "", "This must not be empty."),
        ("title", "  ", "This must not be empty."),
        ("title", 5, "This must be text."),
        ("title", None, "This must be text."),
        ("title", "长" * 201, "At most 200 characters."),
        ("sections.0.items.0.title", "长" * 201, "At most 200 characters."),
        ("title", "标\x00题", "This has characters that cannot be stored."),
        ("title", "标\ud800题", "This has characters that cannot be stored."),
        ("title", "标\n题", "This has characters that cannot be stored."),
        ("sections.0.items.1.requirement", "一\x0b二", "This has characters that cannot be stored."),
        ("year", "今年", "This must be a whole number."),
        ("year", 2021.5, "This must be a whole number."),
        ("year", 1900, "This must be 1949 or more."),
        ("year", 3000, "This must be 2999 or less."),
        ("step", "0", "This must be more than 0."),
        ("computed_step", "0", "This must be more than 0."),
        ("sections.0.items.1.weight", "-1", "This must be 0 or more."),
        ("sections.0.items.1.weight", "一", "This must be a number, written as text: “3.5”."),
        ("sections.0.items.1.weight", True, "This must be a number, written as text: “3.5”."),
        ("sections.0.items.1.weight", None, "This must be a number, written as text: “3.5”."),
        ("sections.0.items.1.weight", "NaN", "This must be a number, written as text: “3.5”."),
        ("sections.0.items.1.weight", "Infinity", "This must be a number, written as text: “3.5”."),
        ("sections.0.items.1.weight", "1.005", "At most 2 decimals."),
        ("sections.0.items.1.weight", "10000", "The number has too many digits."),
        ("sections.0.stated_weight", "-0.1", "This must be 0 or more."),
        ("bands.0.threshold", "100.01", "This must be 100 or less."),
        ("bands.0.threshold", "-1", "This must be 0 or more."),
        ("na_policy", "half", "This must be one of: full, exclude, zero."),
        ("bonus_may_exceed", "perhaps", "This must be true or false."),
        ("bonus_may_exceed", None, "This must be true or false."),
        ("sections", {}, "This must be a list."),
        ("sections.1", "协调发展", "This must be an object with named fields."),
        (
            "sections.0.items.0.measures.0.code",
            "占比",
            "Latin letters, digits, hyphens and underscores only.",
        ),
        ("sections.0.items.0.measures.0.code", "a.b", "Latin letters, digits, hyphens and underscores only."),
    ],
)
def test_a_fault_is_told_with_its_place(place: str, value: object, message: str) -> None:
    assert faults(changed(place, value)) == [f"{place}: {message}"]


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        ("bands.1.name", "优秀 ", ["bands: Given more than once: 优秀."]),
        (
            "sections.0.groups.1.title",
            "办学条件",
            ["sections.0.groups: Given more than once: 办学条件."],
        ),
        (
            "sections.0.items.0.measures.1.code",
            "share",
            ["sections.0.items.0.measures: Given more than once: share."],
        ),
        (
            "sections.0.items.1.group",
            "设施",
            ["sections.0: Item (2) names the group “设施”, which the section does not have."],
        ),
        (
            "sections.0.items.0.rules.1",
            {"kind": "manual"},
            ["sections.0.items.0.rules: An item has at most one rule by judgement."],
        ),
        (
            "sections.0.items.0.rules.1.kind",
            "guess",
            [
                "sections.0.items.0.rules.1: There is no such kind of rule; there are: manual, shortfall, "
                "per_occurrence, proportional, tiers, checklist, all_or_nothing, no_decrease, bonus, "
                "ranking, veto."
            ],
        ),
        (
            "sections.0.items.0.rules.1.kind",
            ...,
            ["sections.0.items.0.rules.1: The kind of rule is missing."],
        ),
        (
            "sections.0.items.0.rules.1.standard",
            90.5,
            ["sections.0.items.0.rules.1.shortfall.standard: This must be a number, written as text: “3.5”."],
        ),
        (
            "sections.0.items.0.rules.1.points_per_unit",
            "0",
            ["sections.0.items.0.rules.1.shortfall.points_per_unit: This must be more than 0."],
        ),
    ],
)
def test_a_fault_that_concerns_several_rows_or_a_rule_is_told_with_its_place(
    place: str, value: object, expected: list[str]
) -> None:
    assert faults(changed(place, value)) == expected


def test_a_kind_of_district_that_the_framework_does_not_have_is_refused() -> None:
    assert faults(changed("sections.1.profiles", ["城区", "山区"])) == [
        "$: The framework does not name these kinds of district: 山区."
    ]


def test_an_identity_stands_once_in_a_framework() -> None:
    key = WHOLE["sections"][0]["key"]
    assert faults(changed("sections.0.items.0.key", key)) == [f"$: Given more than once: {key}."]


def test_all_faults_are_told_at_once() -> None:
    data = changed("sections.0.items.1.weight", "-1")
    data["title"] = ""
    del data["bands"]
    assert set(faults(data)) == {
        "title: This must not be empty.",
        "bands: This is missing.",
        "sections.0.items.1.weight: This must be 0 or more.",
    }


@pytest.mark.parametrize("data", [None, [], "text", 5])
def test_what_is_no_framework_at_all_is_told_so(data: object) -> None:
    assert faults(data) == ["$: This must be an object with named fields."]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any, before: str = "") -> list[str]:
    """The path of everything in a JSON value."""
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, inner in rows for path in (f"{before}{key}", *places(inner, f"{before}{key}."))]


@given(place=st.sampled_from(places(WHOLE)), value=JSON)
@hypothesis_settings(max_examples=300)
def test_any_junk_at_any_place_is_taken_or_told_in_our_own_words(place: str, value: object) -> None:
    with translation.override("en"):
        try:
            read_framework(changed(place, value))
        except ValidationError as refusal:
            words = [message.split(": ", 1)[1] for message in refusal.messages]
            known = [message.split("%")[0] for message in schema_faults._MESSAGES.values()]
            strange = [word for word in words if not any(word.startswith(start) for start in known)]
            assert strange == []


# Storing all or nothing


def counts() -> list[int]:
    models = (Framework, GradeBand, Section, Group, Item, Measure, Material, Event)
    return [model._default_manager.count() for model in models]


@pytest.mark.django_db
def test_a_version_that_exists_is_refused_and_nothing_is_stored() -> None:
    make_framework(publish=False)
    before = counts()
    with pytest.raises(ValidationError) as refusal:
        store_framework(data=read_framework(framework_data(title="另一体系")), by=None)
    assert refusal.value.messages == ["There is a version “1” of the code “demo” already."]
    assert counts() == before


@pytest.mark.django_db
def test_a_failure_in_the_middle_leaves_nothing_stored() -> None:
    read = read_framework(WHOLE)
    # Past all checks: data that was put together by other code.
    spoilt = read.sections[0].model_copy(update={"title": "长" * 201})
    before = counts()
    with pytest.raises(ValidationError):
        store_framework(data=read.model_copy(update={"sections": (read.sections[1], spoilt)}), by=None)
    assert counts() == before == [0] * 8


def test_lengths_are_those_of_the_models() -> None:
    pairs: list[tuple[type[BaseModel], Any]] = [
        (exchange.FrameworkData, Framework),
        (exchange.BandData, GradeBand),
        (exchange.SectionData, Section),
        (exchange.GroupData, Group),
        (exchange.ItemData, Item),
        (exchange.MeasureData, Measure),
    ]
    for data, model in pairs:
        schema = data.model_json_schema()["properties"]
        stated = {name: field["maxLength"] for name, field in schema.items() if "maxLength" in field}
        columns = {field.name: field.max_length for field in model._meta.fields if field.max_length}
        assert stated == {name: length for name, length in columns.items() if name in stated}
        assert set(columns) - set(stated) <= {"status", "na_policy", "kind", "key"}
