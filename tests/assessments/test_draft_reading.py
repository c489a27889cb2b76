"""Reading for a draft: the same content as for saving, in fewer queries."""

from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from assessments.draft_reading import read_for_draft
from assessments.models import Credit, Deduction, MaterialTick, MeasureValue, Response
from assessments.responses import content_of, for_saving
from indicators.models import Item
from indicators.published import published_item
from tests.factories import every_kind_data, make_framework, make_world

pytestmark = pytest.mark.django_db


def read(pk: int) -> Response:
    found = read_for_draft(pk)
    assert found is not None
    return found


def test_draft_is_read_with_all_that_stands_beside_it() -> None:
    world = make_world(make_framework(**every_kind_data()))
    for response in for_saving().filter(assessment=world.assessments["a"]):
        for measure in response.item.measures.all():
            MeasureValue.objects.create(response=response, code=measure.code, value=Decimal(1))
        for material in response.item.materials.all():
            MaterialTick.objects.create(response=response, name=material.name, reference="见附件")
        kind = Credit if response.item.bonus else Deduction
        kind.objects.create(response=response, order=1, points=Decimal("0.5"), reason="理由")
        expected = for_saving().get(pk=response.pk)
        assert content_of(read(response.pk)) == content_of(expected)
        assert read(response.pk).item == expected.item


def test_draft_is_read_in_constant_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """The response, its figures and deductions; an item without figures needs no look for any."""
    world = make_world()
    for label, queries in (("1", 2), ("2", 3)):
        response = read(world.response(label).pk)
        with django_assert_num_queries(queries):
            again = read(response.pk)
            assert again.assessment.organisation_id == world.districts["a"].pk
            assert again.assignment.lead_id == world.departments["a1"].pk
            assert again.item.section.framework == world.framework
            content_of(again)


def test_published_item_is_remembered_and_another_is_not(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    world = make_world()
    item = world.response("2").item
    published_item(item.pk)
    with django_assert_num_queries(0):
        again = published_item(item.pk)
        assert [measure.code for measure in again.measures.all()] == ["share"]
        assert again.section.framework.title == "评价指标体系"
    draft = make_framework(publish=False, version="2")
    with pytest.raises(Item.DoesNotExist):
        published_item(Item.objects.filter(section__framework=draft)[0].pk)
