"""What of the required materials is there, and what is not cited."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from assessments.evidence.coverage import (
    cited_materials,
    coverage_of,
    missing_materials,
    required_materials,
    uncited,
)
from assessments.models import Erasure, Evidence, MaterialTick, Response
from tests.assessments.evidence.archiving import put, revise, signed_in
from tests.factories import World, every_kind_data, make_framework, make_world

ITEM = "1 制度建设情况"
PLAN = (ITEM, {"material": "实施方案"})


@pytest.fixture
def world(db: None) -> World:
    """Item 1 requires 实施方案 and 人员名册, the others nothing."""
    return make_world(make_framework(**every_kind_data()))


def responses(world: World) -> list[Response]:
    order = ("item__section__order", "item__order")
    found = Response.objects.filter(assessment=world.assessments["a"]).select_related("item__section")
    return list(found.order_by(*order))


def missing(world: World) -> list[str]:
    return missing_materials(responses(world)).get(world.response(ITEM).pk, [])


def erase(evidence: Evidence, number: int = 1) -> None:
    by = evidence.added_by
    file = evidence.files.get(number=number)
    Erasure.objects.create(file=file, reason="涉密", asked_by=by, asked_at=timezone.now())


def test_material_is_there_when_it_is_ticked_or_cited(world: World) -> None:
    assert missing(world) == ["实施方案", "人员名册"]
    put(world, "方案", b"%PDF-1.7 1", PLAN)
    assert missing(world) == ["人员名册"]
    MaterialTick.objects.create(response=world.response(ITEM), name="人员名册")
    assert missing_materials(responses(world)) == {}
    assert cited_materials(world.response(ITEM)) == {"实施方案"}


def test_evidence_that_is_cited_as_no_material_counts_for_none(world: World) -> None:
    put(world, "方案", b"%PDF-1.7 1", ITEM)
    assert missing(world) == ["实施方案", "人员名册"]


def test_reference_without_a_file_counts(world: World) -> None:
    put(world, "方案", None, PLAN)
    assert missing(world) == ["人员名册"]


def test_removed_evidence_does_not_count(world: World) -> None:
    put(world, "方案", b"%PDF-1.7 1", PLAN, removed=True)
    assert missing(world) == ["实施方案", "人员名册"]


def test_evidence_of_which_every_file_must_go_does_not_count(world: World) -> None:
    evidence = put(world, "方案", b"%PDF-1.7 1", PLAN)
    erase(evidence)
    assert missing(world) == ["实施方案", "人员名册"]
    revise(evidence, b"%PDF-1.7 2", number=2)
    assert missing(world) == ["人员名册"]


def test_tick_of_another_item_or_district_does_not_count(world: World) -> None:
    MaterialTick.objects.create(response=world.response(ITEM, "b"), name="实施方案")
    MaterialTick.objects.create(response=world.response("2 经费只增不减"), name="人员名册")
    assert missing(world) == ["实施方案", "人员名册"]


def test_nothing_is_required_of_what_does_not_apply(world: World) -> None:
    Response.objects.filter(pk=world.response(ITEM).pk).update(applicable=False, na_reason="没有")
    assert missing_materials(responses(world)) == {}


def test_coverage_is_by_section_with_the_items_that_lack_something(world: World) -> None:
    put(world, "方案", b"%PDF-1.7 1", PLAN)
    (section,) = coverage_of(responses(world))
    assert (section.section.title, section.required, section.there, section.lacking) == ("综合保障", 2, 1, 1)
    assert section.missing == [(world.response(ITEM), ["人员名册"])]


def test_queries_are_three_however_many_items(world: World) -> None:
    put(world, "方案", b"%PDF-1.7 1", PLAN)
    every = responses(world)
    for some in (every[:1], every):
        with CaptureQueriesContext(connection) as asked:
            required_materials(some)
        assert len(asked) == 3
    assert required_materials([]) == {}


def test_uncited_is_what_no_item_cites(world: World) -> None:
    put(world, "引用", b"%PDF-1.7 1", ITEM)
    put(world, "未引用", b"%PDF-1.7 2")
    put(world, "移除", b"%PDF-1.7 3", removed=True)
    put(world, "外区", b"%PDF-1.7 4", owner="b1", district="b")
    put(world, "撤下项", b"%PDF-1.7 5", "2 经费只增不减")
    Response.objects.filter(pk=world.response("2 经费只增不减").pk).update(withdrawn=True)
    assert [str(each) for each in uncited(world.assessments["a"])] == ["撤下项", "未引用"]


def test_item_page_names_what_is_neither_ticked_nor_cited(world: World) -> None:
    put(world, "方案", b"%PDF-1.7 1", PLAN)
    page = signed_in(world, Role.FILLER, "a1").get(f"/responses/{world.response(ITEM).pk}/")
    assert page.context["missing_materials"] == ["人员名册"]
