"""Frameworks as stored: what the database and the models refuse."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from indicators.models import Framework, FrameworkStatus, GradeBand, Group, Item, Measure, Section
from indicators.scoring.grading import Band
from tests.factories import SHORTFALL, make_framework

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Framework:
    return make_framework(publish=False)


def refused(constraint: str) -> Any:
    return pytest.raises(IntegrityError, match=constraint)


# Constraints in the database


def test_a_weight_is_0_or_more(draft: Framework) -> None:
    item = Item.objects.get(label="1")
    Item.objects.filter(pk=item.pk).update(weight=0)
    with refused("item_weight"), transaction.atomic():
        Item.objects.filter(pk=item.pk).update(weight=Decimal("-0.01"))


def test_a_stated_weight_is_0_or_more(draft: Framework) -> None:
    with refused("section_stated_weight"), transaction.atomic():
        Section.objects.update(stated_weight=Decimal("-0.01"))


@pytest.mark.parametrize("field", ["step", "computed_step"])
@pytest.mark.parametrize("value", [Decimal(0), Decimal("-0.1")])
def test_a_step_is_more_than_0(draft: Framework, field: str, value: Decimal) -> None:
    with refused(f"framework_{field}_positive"), transaction.atomic():
        Framework.objects.update(**{field: value})


def test_a_threshold_is_0_or_more(draft: Framework) -> None:
    with refused("grade_band_threshold"), transaction.atomic():
        GradeBand.objects.filter(name="优秀").update(threshold=Decimal("-1"))


@pytest.mark.parametrize(
    ("status", "at_a_time"),
    [
        (FrameworkStatus.DRAFT, True),
        (FrameworkStatus.PUBLISHED, False),
        (FrameworkStatus.SUPERSEDED, False),
    ],
)
def test_what_is_published_has_a_time_and_a_draft_has_none(
    draft: Framework, status: FrameworkStatus, at_a_time: bool
) -> None:
    with refused("framework_published_at"), transaction.atomic():
        Framework.objects.update(status=status, published_at=timezone.now() if at_a_time else None)


def test_an_order_is_given_once_within_its_parent(draft: Framework) -> None:
    first, second = draft.sections.all()
    copies = [
        Section(framework=draft, order=1, title="新"),
        GradeBand(framework=draft, order=1, name="新", threshold=0),
        Item(section=first, order=1, label="9", title="新", weight=Decimal(1)),
        Group(section=first, order=1, title="新"),
    ]
    Group.objects.create(section=first, order=1, title="一组")
    for copy in copies:
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save()
    Group.objects.create(section=second, order=1, title="新")
    Item.objects.create(section=second, order=2, label="1", title="同号", weight=Decimal(1))


def test_a_grade_a_measure_and_a_version_are_named_once(draft: Framework) -> None:
    copies = [
        GradeBand(framework=draft, order=9, name="优秀", threshold=0),
        Measure(item=Item.objects.get(label="2"), code="share", name="新"),
        Framework(code="demo", version="1", year=2022, title="新"),
    ]
    for copy in copies:
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save()
    Measure.objects.create(item=Item.objects.get(label="1"), code="share", name="新")
    Framework.objects.create(code="demo", version="2", year=2022, title="新")


# The models


def test_a_published_framework_cannot_be_cleaned_again() -> None:
    framework = make_framework()
    framework.title = "新标题"
    with pytest.raises(ValidationError) as refusal:
        framework.full_clean()
    assert set(refusal.value.message_dict) == {"__all__"}


def test_a_framework_is_no_draft_because_it_says_so() -> None:
    framework = make_framework()
    framework.status, framework.published_at = FrameworkStatus.DRAFT, None
    with pytest.raises(ValidationError):
        framework.full_clean()


def test_a_draft_can_be_changed(draft: Framework) -> None:
    draft.title = "新标题"
    draft.full_clean()
    draft.save()
    assert str(Framework.objects.get()) == "新标题 1"


@pytest.mark.parametrize(
    "rules",
    [[{"kind": "guess"}], {"kind": "manual"}, [{"kind": "manual"}] * 2, [{**SHORTFALL, "standard": 90.5}]],
    ids=["unknown kind", "no list", "two by judgement", "a float"],
)
def test_an_item_with_rules_that_cannot_be_used_is_refused(draft: Framework, rules: object) -> None:
    item = Item.objects.get(label="1")
    item.rules = rules
    with pytest.raises(ValidationError) as refusal:
        item.full_clean()
    assert set(refusal.value.message_dict) == {"rules"}


def test_a_group_of_another_section_is_refused(draft: Framework) -> None:
    first, second = draft.sections.all()
    item = Item.objects.get(label="1")
    item.group = Group.objects.create(section=second, order=1, title="一组")
    with pytest.raises(ValidationError) as refusal:
        item.full_clean()
    assert set(refusal.value.message_dict) == {"group"}
    item.group = Group.objects.create(section=first, order=1, title="一组")
    item.full_clean()


def test_points_have_two_decimals_and_at_most_four_digits_before(draft: Framework) -> None:
    item = Item.objects.get(label="1")
    for weight in (Decimal("9999.99"), Decimal("0.01")):
        item.weight = weight
        item.full_clean()
    for weight in (Decimal("10000"), Decimal("0.001")):
        item.weight = weight
        with pytest.raises(ValidationError) as refusal:
            item.full_clean()
        assert set(refusal.value.message_dict) == {"weight"}


def test_bands_come_best_first(draft: Framework) -> None:
    assert draft.bands() == (
        Band("优秀", Decimal(90)),
        Band("良好", Decimal(80)),
        Band("不合格", Decimal(0)),
    )


def test_rows_are_called_by_their_titles(draft: Framework) -> None:
    section, item = draft.sections.all()[0], Item.objects.get(label="2")
    group = Group.objects.create(section=section, order=1, title="一组")
    assert [
        str(row) for row in (draft, section, group, item, item.measures.get(), draft.grade_bands.all()[0])
    ] == [
        "评价指标体系 1",
        "教育保障",
        "一组",
        "2 标准班额",
        "标准班额占比",
        "优秀",
    ]


@pytest.mark.parametrize("items", [1, 30])
def test_a_tree_is_seven_queries_whatever_its_size(
    items: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    section = {
        "title": "协调发展",
        "groups": [{"title": "一组"}],
        "items": [
            {
                "label": str(number),
                "title": "高中教育",
                "weight": "1",
                "group": "一组",
                "measures": [{"code": "share", "name": "占比", "unit": "%"}],
                "materials": ["台账"],
                "rules": [SHORTFALL],
            }
            for number in range(items)
        ],
    }
    make_framework(sections=[section, {**section, "title": "又一部分"}])
    with django_assert_num_queries(7):
        framework = Framework.objects.with_tree().get()
        found = [
            (list(section.groups.all()), [item.measure_names() for item in section.items.all()])
            for section in framework.sections.all()
        ]
        assert len(framework.bands()) == 3
    assert [(len(groups), names) for groups, names in found] == [(1, [{"share": "占比"}] * items)] * 2
