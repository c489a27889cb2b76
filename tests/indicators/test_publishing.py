"""A framework's way: draft, published, superseded; copies, and drafts that are deleted."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import Organisation
from accounts.roles import OrganisationKind
from audit.models import Event
from indicators.consulting import open_round
from indicators.exchange import write_framework
from indicators.models import Comment, Framework, FrameworkStatus, Item, Section
from indicators.publishing import copy_framework, delete_draft, publish_framework, uses_of
from tests.factories import SHORTFALL, make_cycle, make_framework, make_organisation, make_user

pytestmark = pytest.mark.django_db

BANDS = "Grades: There are no grades."


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def committee(db: None) -> Organisation:
    return make_organisation("c", OrganisationKind.COMMITTEE)


def owned(committee: Organisation | None, **changes: Any) -> Framework:
    framework = make_framework(publish=False, **changes)
    framework.committee = committee
    framework.save(update_fields=["committee"])
    return framework


def statuses() -> dict[str, str]:
    return dict(Framework.objects.order_by("version").values_list("version", "status"))


def actions() -> list[str]:
    return list(Event.objects.order_by("sequence").values_list("action", flat=True))


def test_publishing_names_every_fault_in_the_order_of_the_tree_and_changes_nothing() -> None:
    item = {"label": "1", "title": "标准班额", "weight": "2", "rules": [SHORTFALL]}
    framework = make_framework(
        publish=False,
        sections=[
            {"title": "教育保障", "stated_weight": "3", "items": [item]},
            {"title": "协调发展", "items": []},
        ],
        bands=[],
    )
    events = Event.objects.count()
    with pytest.raises(ValidationError) as refusal:
        publish_framework(framework=framework, by=None)
    assert refusal.value.messages == [
        "教育保障: The section states 3 points, its items have 2: a difference of 1.",
        "1 标准班额: Rule 1: A rule needs the figure “share”, which is not declared.",
        "协调发展: The section has no items.",
        BANDS,
    ]
    stored = Framework.objects.get()
    assert (stored.status, stored.published_at) == (FrameworkStatus.DRAFT, None)
    assert Event.objects.count() == events


def test_publishing_freezes_and_leaves_an_event() -> None:
    user = make_user("secretary")
    before = datetime.now(UTC)
    published = publish_framework(framework=make_framework(publish=False), by=user)
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


def test_the_event_has_the_weight_of_each_kind_of_district() -> None:
    both = [
        {"label": "1", "title": "城", "weight": "3", "profiles": ["城区"]},
        {"label": "2", "title": "乡", "weight": "4", "profiles": ["乡镇"]},
    ]
    make_framework(sections=[{"title": "教育", "items": both}], profiles=["城区", "乡镇"])
    event = Event.objects.get(action="framework.published")
    assert event.details == {"items": 2, "weight": {"城区": "3", "乡镇": "4"}}


@pytest.mark.parametrize(
    "status", [FrameworkStatus.CONSULTING, FrameworkStatus.PUBLISHED, FrameworkStatus.SUPERSEDED]
)
def test_only_a_draft_can_be_published(status: FrameworkStatus) -> None:
    framework = make_framework(publish=False)
    at = timezone.now() if status != FrameworkStatus.CONSULTING else None
    Framework.objects.update(status=status, published_at=at)
    with pytest.raises(ValidationError) as refusal:
        publish_framework(framework=framework, by=None)
    assert refusal.value.messages == ["Only a draft can be published."]
    assert statuses() == {"1": status}


def test_publishing_looks_at_what_is_stored_not_at_what_it_is_given() -> None:
    framework = make_framework(publish=False)
    Item.objects.filter(label="1").update(weight=3)
    with pytest.raises(ValidationError, match="a difference of 1"):
        publish_framework(framework=framework, by=None)


# A version takes the place of those before


def test_publishing_a_version_supersedes_the_earlier_ones_of_its_code(committee: Organisation) -> None:
    for version in ("1", "2"):
        publish_framework(framework=owned(committee, version=version), by=None)
    assert statuses() == {"1": "superseded", "2": "published"}
    publish_framework(framework=owned(committee, version="3"), by=None)
    owned(committee, version="4")
    assert statuses() == {"1": "superseded", "2": "superseded", "3": "published", "4": "draft"}
    superseded = Event.objects.filter(action="framework.superseded")
    assert [event.details for event in superseded] == [{"by_version": "2"}, {"by_version": "3"}]


def test_publishing_leaves_other_codes_and_other_committees_alone(committee: Organisation) -> None:
    other = make_organisation("d", OrganisationKind.COMMITTEE)
    publish_framework(framework=owned(committee, version="1", code="safety"), by=None)
    publish_framework(framework=owned(other, version="2"), by=None)
    publish_framework(framework=owned(None, version="3"), by=None)
    publish_framework(framework=owned(committee, version="4"), by=None)
    assert statuses() == {"1": "published", "2": "published", "3": "superseded", "4": "published"}


def test_a_correction_of_last_years_leaves_this_years_alone(committee: Organisation) -> None:
    publish_framework(framework=owned(committee, version="2021", year=2021), by=None)
    publish_framework(framework=owned(committee, version="2022", year=2022), by=None)
    publish_framework(framework=owned(committee, version="2021-2", year=2021), by=None)
    assert statuses() == {"2021": "superseded", "2022": "published", "2021-2": "published"}


def test_what_is_superseded_stays_in_use_by_its_cycle(committee: Organisation) -> None:
    first = publish_framework(framework=owned(committee, version="1"), by=None)
    cycle = make_cycle(first, committee)
    publish_framework(framework=owned(committee, version="2"), by=None)
    cycle.refresh_from_db()
    assert (cycle.framework, cycle.framework.status) == (first, "superseded")


# Copies


def copy(framework: Framework, version: str = "2", **changes: Any) -> Framework:
    about = {"code": framework.code, "year": 2022, "title": "新体系", "by": None, **changes}
    return copy_framework(framework=framework, version=version, **about)


def rich() -> Framework:
    item = {
        "label": "A1.1",
        "title": "标准班额",
        "requirement": "达标。",
        "weight": "4",
        "na_allowed": True,
        "profiles": ["城区"],
        "responsible": "教育局",
        "rule_prose": "每低1个百分点扣0.1分。",
        "group": "一组",
        "materials": ["台账", "照片"],
        "measures": [{"code": "share", "name": "标准班额占比", "unit": "%"}],
        "rules": [SHORTFALL],
    }
    others = [
        {"label": "A1.2", "title": "社会评价", "weight": "2", "committee_only": True},
        {"label": "A1.3", "title": "特色", "weight": "1", "bonus": True},
        {"label": "A1.4", "title": "乡镇", "weight": "4", "profiles": ["乡镇"]},
    ]
    groups = [{"title": "一组", "label": "B1", "stated_weight": "4", "profiles": ["城区"]}]
    section = {"title": "教育", "label": "A1", "note": "说明", "stated_weight": "6", "groups": groups}
    return make_framework(
        sections=[{**section, "items": [item, *others]}],
        profiles=["城区", "乡镇"],
        stated_weight="6",
        notes="说明",
        bonus_may_exceed=True,
        bands_are_example=True,
        na_policy="exclude",
        step="0.5",
        computed_step="0.1",
    )


def test_a_copy_has_everything_and_the_same_identity() -> None:
    original = rich()
    made = copy(original)
    stored = Framework.objects.with_tree().get(pk=made.pk)
    before = write_framework(Framework.objects.with_tree().get(pk=original.pk))
    about = {"version": "2", "year": 2022, "title": "新体系"}
    assert write_framework(stored) == {**before, **about}
    assert (stored.status, stored.predecessor, stored.published_at) == ("draft", original, None)
    assert actions()[-1] == "framework.copied"


def test_a_copy_belongs_to_the_committee_of_the_original_or_of_who_copies(committee: Organisation) -> None:
    other = make_organisation("d", OrganisationKind.COMMITTEE)
    assert copy(make_framework(), committee=committee).committee == committee
    own = owned(committee, version="3")
    assert copy(own, version="4", committee=other).committee == committee


def test_a_copy_needs_a_version_of_its_own() -> None:
    original = make_framework()
    with pytest.raises(ValidationError):
        copy(original, version="1")
    assert Framework.objects.get() == original


def test_copying_makes_the_same_queries_with_one_and_with_many() -> None:
    made = []
    for items in (1, 40):
        rows = [{"label": str(number), "title": "项", "weight": "1"} for number in range(items)]
        original = make_framework(code=f"code{items}", sections=[{"title": "教育", "items": rows}])
        with CaptureQueriesContext(connection) as queries:
            copy(original)
        made.append(len(queries))
    assert made[0] == made[1]
    assert Item.objects.count() == 2 * 41


# Deleting a draft


def test_deleting_a_draft_takes_all_of_it_and_leaves_an_event(committee: Organisation) -> None:
    framework = owned(committee)
    Comment.objects.create(
        framework=framework,
        place="全文",
        organisation=committee,
        author=make_user("alice"),
        text="意见",
        written_at=timezone.now(),
    )
    delete_draft(framework=framework, by=None)
    assert (Framework.objects.count(), Section.objects.count(), Comment.objects.count()) == (0, 0, 0)
    event = Event.objects.get(action="framework.deleted")
    assert event.details == {"code": "demo", "version": "1", "comments": 1}


def test_what_is_no_draft_or_in_use_is_not_deleted(committee: Organisation) -> None:
    published, consulting = make_framework(), owned(committee, version="2")
    open_round(framework=consulting, by=None)
    for framework in (published, consulting):
        with pytest.raises(ValidationError, match="Only a draft can be deleted"):
            delete_draft(framework=framework, by=None)
    draft = owned(committee, version="3")
    copy(draft, version="4")
    with pytest.raises(ValidationError) as refusal:
        delete_draft(framework=draft, by=None)
    assert refusal.value.messages == ["In use by the copy “新体系 4”."]
    assert Framework.objects.count() == 4


def test_another_committees_draft_is_not_named_by_what_it_was_copied_from(committee: Organisation) -> None:
    shared = owned(None)
    copy(shared, version="2", committee=committee)
    copy(shared, version="3")
    assert uses_of(shared) == [f"a draft of {committee}", "the copy “新体系 3”"]
    publish_framework(framework=Framework.objects.get(version="2"), by=None)
    assert uses_of(shared) == ["the copy “新体系 2”", "the copy “新体系 3”"]
