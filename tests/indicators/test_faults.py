"""Everything that keeps a framework from being published is named, with its place and node."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from indicators.faults import Fault, find_faults
from indicators.models import Framework, Item
from indicators.weights import Leaf, Weight, applies, weigh, weights_by_profile
from tests.factories import SHORTFALL, make_framework, make_real_framework

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def draft(**changes: Any) -> Framework:
    made = make_framework(publish=False, **changes)
    return Framework.objects.with_tree().get(pk=made.pk)


def section(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"title": "教育保障", "items": list(items), **changes}


def item(weight: str, label: str = "1", **changes: Any) -> dict[str, Any]:
    return {"label": label, "title": "标准班额", "weight": weight, **changes}


def faults(*sections: dict[str, Any], **changes: Any) -> list[str]:
    return [str(fault) for fault in find_faults(draft(sections=list(sections), **changes))]


SHARE = {"code": "share", "name": "占比", "unit": "%"}
CLEAN = {"code": "clean", "name": "是否达标", "kind": "yes_no"}
KINDS = ["城区", "乡镇"]


def veto(grade: str) -> dict[str, Any]:
    return {"kind": "veto", "measure": "clean", "effect": "bar_grade", "grade": grade}


def test_a_framework_in_order_has_no_faults() -> None:
    assert find_faults(draft()) == []


def test_the_real_framework_has_no_faults() -> None:
    framework = make_real_framework()
    assert find_faults(Framework.objects.with_tree().get(pk=framework.pk)) == []


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ([], ["评价指标体系: There is no section."]),
        ([section()], ["教育保障: The section has no items."]),
        (
            [section(item("2"), item("1.5", "2"), stated_weight="4")],
            ["教育保障: The section states 4 points, its items have 3.5: a difference of 0.5."],
        ),
        (
            [section(item("2"), stated_weight="1.9", label="A1")],
            ["A1 教育保障: The section states 1.9 points, its items have 2: a difference of 0.1."],
        ),
        ([section(item("2"), stated_weight="2")], []),
        ([section(item("0"))], ["评价指标体系: There are no points to be had."]),
        ([section(item("0"), item("1", "2"))], []),
        ([section(item("1"), item("2"))], ["教育保障: The label “1” stands 2 times in this section."]),
        ([section(item("1")), section(item("1"), title="协调发展")], []),
        (
            [section(item("4", rules=[SHORTFALL]))],
            ["1 标准班额: Rule 1: A rule needs the figure “share”, which is not declared."],
        ),
        (
            [section(item("4", rules=[{**SHORTFALL, "share": "4.01"}], measures=[SHARE]))],
            ["1 标准班额: The rules speak for 4.01 points, the item has 4 points: 0.01 points too many."],
        ),
        (
            [section(item("4", rules=[{"kind": "bonus"}]))],
            ["1 标准班额: Rule 1: Only a bonus item has rules that add points."],
        ),
        (
            [section(item("4", rules=[veto("特优")], measures=[CLEAN]))],
            ["1 标准班额: Rule 1: The framework has no grade “特优”."],
        ),
        ([section(item("4", rules=[veto("优秀")], measures=[CLEAN]))], []),
    ],
)
def test_a_fault_in_the_tree_is_named_with_its_place(
    sections: list[dict[str, Any]], expected: list[str]
) -> None:
    assert faults(*sections) == expected


def test_more_sections_than_a_report_can_number_are_a_fault() -> None:
    many = [section(item("1"), title=f"第{number}部分") for number in range(100)]
    assert faults(*many) == ["评价指标体系: At most 99 sections."]
    assert faults(*many[:99], version="2") == []


def test_rules_spoilt_in_the_database_are_a_fault() -> None:
    framework = draft()
    Item.objects.filter(label="1").update(rules=[{"kind": "guess"}])
    (fault,) = find_faults(Framework.objects.with_tree().get(pk=framework.pk))
    assert fault.place == "1 经费投入"
    assert fault.message.startswith("Rule 1: ")


def test_a_fault_leads_to_its_node() -> None:
    key = UUID("12345678-1234-5678-1234-567812345678")
    framework = draft(sections=[section(title="空", key=str(key)), section(item("1"))], stated_weight="2")
    assert find_faults(framework) == [
        Fault("空", "The section has no items.", key, key),
        Fault("评价指标体系", "The framework states 2 points, its items have 1: a difference of 1.", None),
    ]


# Groups


def test_a_group_states_its_weight_and_has_items_that_follow_one_another() -> None:
    groups = [{"title": "一组", "stated_weight": "3"}, {"title": "二组"}, {"title": "三组"}]
    items = [item("1", "1", group="一组"), item("1", "2", group="二组"), item("1", "3", group="一组")]
    assert faults(section(*items, groups=groups)) == [
        "一组: The group states 3 points, its items have 2: a difference of 1.",
        "三组: The group has no items.",
        "一组: Its items do not follow one another.",
    ]


# Bonus items and those that only the committee scores


def test_bonus_items_stand_beside_the_total() -> None:
    plus = item("3", "2", bonus=True)
    assert faults(section(item("10"), plus, stated_weight="10"), stated_weight="10") == []
    assert faults(section(item("10"), plus, stated_weight="13"), version="2") == [
        "教育保障: The section states 13 points, its items have 10: a difference of 3."
    ]


def test_a_section_of_bonus_items_alone_states_what_they_add() -> None:
    plus = section(item("3", bonus=True), title="加分项", stated_weight="3")
    assert faults(section(item("10")), plus, stated_weight="10") == []


def test_items_of_the_committee_count_in_the_total_and_are_told_apart() -> None:
    sections = [section(item("73")), section(item("27", committee_only=True), title="满意度")]
    assert faults(*sections, stated_weight="100") == []
    leaves = [Leaf(Decimal(73)), Leaf(Decimal(27), committee_only=True), Leaf(Decimal(5), bonus=True)]
    assert weigh(leaves) == Weight(points=Decimal(100), committee=Decimal(27), bonus=Decimal(5))


# Kinds of district


def test_alternatives_are_never_added_up_together() -> None:
    town = item("6", "2", profiles=["城区"])
    country = item("6", "2", profiles=["乡镇"])
    sections = [section(item("4"), town, country, stated_weight="10")]
    assert faults(*sections, profiles=KINDS, stated_weight="10") == []


def test_a_sum_that_is_wrong_for_one_kind_of_district_names_it() -> None:
    sections = [section(item("4"), item("6", "2", profiles=["城区"]), stated_weight="10")]
    assert faults(*sections, profiles=KINDS, stated_weight="9") == [
        "教育保障: For 乡镇: The section states 10 points, its items have 4: a difference of 6.",
        "评价指标体系: For 城区: The framework states 9 points, its items have 10: a difference of 1.",
        "评价指标体系: For 乡镇: The framework states 9 points, its items have 4: a difference of 5.",
    ]


def test_a_section_for_one_kind_of_district_is_added_up_for_that_alone() -> None:
    only = section(item("6"), title="城区", profiles=["城区"], stated_weight="6")
    assert faults(section(item("4")), only, profiles=KINDS) == []


def test_a_node_for_a_kind_that_its_parent_is_not_for_is_a_fault() -> None:
    items = [item("6", profiles=["乡镇"]), item("1", "2")]
    assert faults(section(*items, profiles=["城区"]), section(item("2"), title="其他"), profiles=KINDS) == [
        "1 标准班额: It is for a kind of district that what stands above it is not for: 乡镇."
    ]


def test_a_kind_of_district_without_items_is_a_fault() -> None:
    assert faults(section(item("6", profiles=["城区"])), profiles=KINDS) == [
        "评价指标体系: For 乡镇: There are no items."
    ]


def test_alternatives_may_have_the_same_label() -> None:
    town, country = item("6", profiles=["城区"]), item("6", profiles=["乡镇"])
    assert faults(section(town, country), profiles=KINDS) == []
    assert faults(section(town, item("6")), profiles=KINDS, version="2") == [
        "教育保障: The label “1” stands 2 times in this section."
    ]


def test_a_node_for_nobody_in_particular_is_for_all() -> None:
    assert applies([], "城区")
    assert applies(["城区", "乡镇"], "乡镇")
    assert not applies(["城区"], "乡镇")
    assert weights_by_profile([Leaf(Decimal(1))], []) == {"": Weight(Decimal(1))}


# Grades


@pytest.mark.parametrize(
    ("bands", "expected"),
    [
        ([], "There are no grades."),
        ([{"name": "合格", "threshold": "60"}], "“合格” is the last grade and begins at 0."),
        (
            [{"name": "合格", "threshold": "0"}, {"name": "优秀", "threshold": "90"}],
            "“优秀” must begin below “合格”.",
        ),
        (
            [{"name": "优秀", "threshold": "90"}, {"name": "合格", "threshold": "0", "section_floor": "60"}],
            "“合格” is the last grade and demands nothing of sections.",
        ),
    ],
    ids=["none", "last not from 0", "worst first", "a floor for the last"],
)
def test_grades_that_leave_a_result_without_one_or_with_two_are_a_fault(
    bands: list[dict[str, Any]], expected: str
) -> None:
    assert faults(section(item("1")), bands=bands) == [f"Grades: {expected}"]


@pytest.mark.parametrize("items", [1, 60])
def test_finding_faults_asks_the_database_nothing(
    items: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [item("1", str(number), measures=[SHARE], rules=[SHORTFALL]) for number in range(items)]
    framework = draft(sections=[section(*rows)])
    with django_assert_num_queries(0):
        assert find_faults(framework) == []
