"""Publishing names every fault, changes nothing while there is one, and freezes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from audit.models import Event
from indicators.models import Framework, FrameworkStatus, Item
from indicators.publishing import find_faults, publish_framework
from tests.factories import SHORTFALL, make_framework, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def draft(**changes: Any) -> Framework:
    make_framework(publish=False, **changes)
    return Framework.objects.with_tree().get()


def section(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"title": "教育保障", "items": list(items), **changes}


def item(weight: str, **changes: Any) -> dict[str, Any]:
    return {"label": "1", "title": "标准班额", "weight": weight, **changes}


def faults(**changes: Any) -> list[str]:
    return [str(fault) for fault in find_faults(draft(**changes))]


SHARE = {"code": "share", "name": "占比"}
BANDS = "Grades: List the grades from the best down, each from a lower percent than before, the last from 0."


def test_a_framework_in_order_has_no_faults() -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ([], ["评价指标体系: There is no section."]),
        ([section()], ["教育保障: The section has no items."]),
        (
            [section(item("2"), item("1.5"), stated_weight="4")],
            ["教育保障: The section states 4 points, its items have 3.5: a difference of 0.5."],
        ),
        (
            [section(item("2"), stated_weight="1.9")],
            ["教育保障: The section states 1.9 points, its items have 2: a difference of 0.1."],
        ),
        ([section(item("2"), stated_weight="2")], []),
        ([section(item("0"))], ["评价指标体系: There are no points to be had."]),
        ([section(item("0"), item("1"))], []),
        (
            [section(item("4", rules=[SHORTFALL]))],
            ["1 标准班额: A rule needs the figure “share”, which is not declared."],
        ),
        (
            [section(item("4", rules=[{**SHORTFALL, "share": "4.01"}], measures=[SHARE]))],
            ["1 标准班额: The rules speak for more points than the item has."],
        ),
        (
            [section(item("4", rules=[{**SHORTFALL, "share": "2.01"}] * 2, measures=[SHARE]))],
            ["1 标准班额: The rules speak for more points than the item has."],
        ),
        ([section(item("4", rules=[{**SHORTFALL, "share": "4"}], measures=[SHARE]))], []),
    ],
)
def test_a_fault_in_the_tree_is_named_with_its_place(
    sections: list[dict[str, Any]], expected: list[str]
) -> None:
    assert faults(sections=sections) == expected


@pytest.mark.parametrize(
    "bands",
    [
        [],
        [{"name": "合格", "threshold": "60"}],
        [{"name": "合格", "threshold": "0"}, {"name": "优秀", "threshold": "90"}],
        [{"name": "优秀", "threshold": "0"}, {"name": "合格", "threshold": "0"}],
    ],
    ids=["none", "last not from 0", "worst first", "equal"],
)
def test_grades_that_leave_a_result_without_one_or_with_two_are_a_fault(bands: list[dict[str, Any]]) -> None:
    assert faults(bands=bands) == [BANDS]


def test_rules_spoilt_in_the_database_are_a_fault() -> None:
    framework = draft()
    Item.objects.filter(label="1").update(rules=[{"kind": "guess"}])
    fault = str(find_faults(Framework.objects.with_tree().get(pk=framework.pk))[0])
    assert fault.startswith("1 经费投入: These rules cannot be used: rule 1: no such kind of rule;")


def test_publishing_names_every_fault_in_the_order_of_the_tree_and_changes_nothing() -> None:
    framework = draft(
        sections=[
            section(item("2", rules=[SHORTFALL]), stated_weight="3"),
            section(title="协调发展"),
        ],
        bands=[],
    )
    events = Event.objects.count()
    with pytest.raises(ValidationError) as refusal:
        publish_framework(framework=framework, by=None)
    assert refusal.value.messages == [
        "教育保障: The section states 3 points, its items have 2: a difference of 1.",
        "1 标准班额: A rule needs the figure “share”, which is not declared.",
        "协调发展: The section has no items.",
        BANDS,
    ]
    stored = Framework.objects.get()
    assert (stored.status, stored.published_at) == (FrameworkStatus.DRAFT, None)
    assert Event.objects.count() == events


def test_publishing_freezes_and_leaves_an_event() -> None:
    user = make_user("secretary")
    before = datetime.now(UTC)
    published = publish_framework(framework=draft(), by=user)
    stored = Framework.objects.get()
    assert stored.status == published.status == FrameworkStatus.PUBLISHED
    assert stored.published_at is not None
    assert before <= stored.published_at <= datetime.now(UTC)
    event = Event.objects.last()
    assert event is not None
    assert (event.action, event.actor_id, event.subject_id) == (
        "framework.published",
        user.pk,
        str(stored.pk),
    )
    assert event.details == {"items": 3, "weight": "10"}


@pytest.mark.parametrize("status", [FrameworkStatus.PUBLISHED, FrameworkStatus.SUPERSEDED])
def test_only_a_draft_can_be_published(status: FrameworkStatus) -> None:
    framework = make_framework()
    if status == FrameworkStatus.SUPERSEDED:
        Framework.objects.update(status=status)
    with pytest.raises(ValidationError) as refusal:
        publish_framework(framework=framework, by=None)
    assert refusal.value.messages == ["Only a draft can be published."]


def test_publishing_looks_at_what_is_stored_not_at_what_it_is_given() -> None:
    framework = draft()
    Item.objects.filter(label="1").update(weight=3)
    with pytest.raises(ValidationError, match="a difference of 1"):
        publish_framework(framework=framework, by=None)
