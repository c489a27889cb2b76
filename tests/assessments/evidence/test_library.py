"""The writer of the library: adding, revising, describing, removing; what is refused leaves nothing."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.roles import Role
from accounts.standing import standing_of
from assessments.evidence.library import (
    Description,
    StaleEvidence,
    add_evidence,
    describe_evidence,
    description_of,
    put_back_evidence,
    remove_evidence,
    revise_evidence,
    same_file,
)
from assessments.models import Erasure, Evidence, EvidenceFile, Response
from assessments.states import State
from audit.models import Event
from tests.assessments.evidence.archiving import put
from tests.assessments.evidence.received import is_stored, received
from tests.factories import World

NOTICE = Description("实施方案", "洪教字[2021]第12号", "市教育局", date(2021, 3, 4), "document")


def add(world: World, by: tuple[Role, str] = (Role.FILLER, "a1"), **changes: Any) -> Evidence:
    return add_evidence(
        **{
            "assessment": world.assessments["a"],
            "owner": world.departments["a1"],
            "description": NOTICE,
            "by": world.people[by],
            **changes,
        }
    )


def events() -> list[str]:
    acts = Event.objects.filter(subject_type="assessments.evidence").order_by("sequence")
    return list(acts.values_list("action", flat=True))


def lock(world: World, evidence: Evidence, state: State = State.SUBMITTED) -> None:
    """An item that cites the evidence has left its department."""
    Response.objects.filter(evidence_uses__evidence=evidence).update(state=state)


def test_evidence_is_stored_with_its_file_and_its_number_in_one_form(world: World) -> None:
    file = received()
    added = add(world, received=file)
    kept = EvidenceFile.objects.get()
    assert description_of(added) == Description(
        "实施方案", "洪教字〔2021〕12号", "市教育局", date(2021, 3, 4), "document"
    )
    assert (kept.evidence, kept.number, kept.key, kept.format, kept.sha256) == (
        added,
        1,
        file.key,
        "pdf",
        file.sha256,
    )
    assert (added.added_by, events()) == (world.people[Role.FILLER, "a1"], ["evidence.added"])


def test_number_that_is_none_is_kept_as_typed(world: World) -> None:
    assert (
        add(world, description=Description("纪要", "  会议纪要 第4期 ")).document_number == "会议纪要 第4期"
    )


def test_coordinator_adds_for_the_district(world: World) -> None:
    added = add(world, (Role.COORDINATOR, "a"), owner=world.districts["a"])
    assert (added.owner, added.files.count()) == (world.districts["a"], 0)


@pytest.mark.parametrize(
    ("by", "owner"),
    [
        ((Role.FILLER, "a2"), "a1"),
        ((Role.FILLER, "b1"), "b1"),
        ((Role.LEADER, "a"), "a1"),
        ((Role.AUDITOR, "a"), "a1"),
        ((Role.ADMINISTRATOR, "a"), "a1"),
        ((Role.COORDINATOR, "a"), "a1"),
        ((Role.SECRETARY, "c"), "a1"),
    ],
)
def test_nobody_adds_for_another_office_and_no_file_is_left(
    world: World, by: tuple[Role, str], owner: str
) -> None:
    file = received()
    with pytest.raises(PermissionDenied):
        add(world, by, owner=world.departments[owner], received=file)
    assert (Evidence.objects.count(), is_stored(file)) == (0, False)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " \u200b "}, "title"),
        ({"title": "长" * 201}, "title"),
        ({"document_number": "长" * 101}, "document_number"),
        ({"issuer": "长" * 101}, "issuer"),
        ({"dated": date(2999, 1, 1)}, "dated"),
        ({"kind": "secret"}, "kind"),
    ],
)
def test_description_is_refused_by_field_and_no_file_is_left(
    world: World, changes: dict[str, Any], field: str
) -> None:
    file = received()
    with pytest.raises(ValidationError) as refused:
        add(world, description=Description(**{"title": "方案", **changes}), received=file)
    assert list(refused.value.message_dict) == [field]
    assert (Evidence.objects.count(), EvidenceFile.objects.count(), is_stored(file)) == (0, 0, False)


def test_date_of_today_is_taken(world: World) -> None:
    assert add(world, description=Description("方案", dated=timezone.localdate())).dated
    with pytest.raises(ValidationError):
        add(world, description=Description("方案", dated=timezone.localdate() + timedelta(days=1)))


def test_invisible_characters_and_line_ends_are_no_part_of_a_title(world: World) -> None:
    assert add(world, description=Description("方\u202e案\n\0一")).title == "方案  一"


def test_upload_sent_again_is_stored_once(world: World) -> None:
    operation = uuid4()
    first, again = received(), received()
    one = add(world, received=first, operation=operation)
    assert add(world, received=again, operation=operation) == one
    assert (Evidence.objects.count(), is_stored(first), is_stored(again)) == (1, True, False)


def test_name_of_anothers_upload_brings_nothing_of_it(world: World) -> None:
    operation = uuid4()
    add(world, received=received(), operation=operation)
    file = received(b"%PDF-1.7 2")
    with pytest.raises(ValidationError):
        add(world, (Role.DEPARTMENT_HEAD, "a1"), received=file, operation=operation)
    assert (Evidence.objects.count(), is_stored(file)) == (1, False)


def test_revisions_are_numbered_and_earlier_ones_stay(world: World) -> None:
    added = add(world, received=received())
    revise_evidence(
        evidence=added, received=received(b"%PDF-1.7 2"), by=world.people[Role.DEPARTMENT_HEAD, "a1"]
    )
    assert list(added.files.values_list("number", flat=True)) == [1, 2]
    assert events() == ["evidence.added", "evidence.revised"]
    with pytest.raises(DatabaseError), transaction.atomic():
        added.files.all().delete()


def test_same_file_is_no_revision_of_itself(world: World) -> None:
    added, again = add(world, received=received()), received()
    with pytest.raises(ValidationError):
        revise_evidence(evidence=added, received=again, by=world.people[Role.FILLER, "a1"])
    assert (added.files.count(), is_stored(again)) == (1, False)


def test_same_file_is_found_within_what_a_person_sees_alone(world: World) -> None:
    added = add(world, received=received())
    sha256 = added.files.get().sha256

    def found(role: Role, organisation: str) -> Evidence | None:
        standing = standing_of(world.people[role, organisation])
        return same_file(standing=standing, assessment=world.assessments["a"], sha256=sha256)

    assert found(Role.FILLER, "a1") == found(Role.COORDINATOR, "a") == added
    assert found(Role.FILLER, "a2") is found(Role.FILLER, "b1") is None
    remove_evidence(evidence=added, by=world.people[Role.FILLER, "a1"])
    assert found(Role.FILLER, "a1") is None


def test_erased_file_does_not_come_back(world: World) -> None:
    added, again = add(world, received=received()), received()
    asker = world.people[Role.COORDINATOR, "a"]
    Erasure.objects.create(file=added.files.get(), reason="涉密", asked_by=asker, asked_at=timezone.now())
    with pytest.raises(ValidationError):
        add(world, received=again)
    other = received()
    with pytest.raises(ValidationError):
        revise_evidence(evidence=add(world), received=other, by=world.people[Role.FILLER, "a1"])
    assert (is_stored(again), is_stored(other), EvidenceFile.objects.count()) == (False, False, 1)


def describe(
    world: World, evidence: Evidence, by: tuple[Role, str] = (Role.FILLER, "a1"), **changes: Any
) -> Any:
    version = changes.pop("version", 1)
    description = Description(**{"title": "新题", **changes})
    return describe_evidence(evidence=evidence, description=description, version=version, by=world.people[by])


def test_description_is_guarded_by_the_version_that_was_read(world: World) -> None:
    added = add(world)
    assert describe(world, added).version == 2
    with pytest.raises(StaleEvidence) as stale:
        describe(world, added, (Role.DEPARTMENT_HEAD, "a1"), title="别的")
    assert (stale.value.current.title, stale.value.current.version) == ("新题", 2)
    assert Evidence.objects.get().title == "新题"


def test_description_that_differs_in_nothing_writes_nothing(world: World) -> None:
    added = add(world, description=Description("新题"))
    assert describe(world, added).version == 1
    assert events() == ["evidence.added"]


def test_trail_says_what_was_changed(world: World) -> None:
    describe(world, add(world, description=Description("旧题", dated=date(2021, 1, 2))))
    event = Event.objects.get(action="evidence.described")
    assert event.details == {"changes": {"title": ["旧题", "新题"], "dated": ["2021-01-02", None]}}
    assert event.organisation_id == world.districts["a"].pk


@pytest.mark.parametrize("state", [State.SUBMITTED, State.ACCEPTED])
def test_owner_changes_nothing_that_a_locked_item_cites(world: World, state: State) -> None:
    evidence = put(world, "方案", b"%PDF-1.7 1", "1")
    lock(world, evidence, state)
    filler, file = world.people[Role.FILLER, "a1"], received(b"%PDF-1.7 2")
    with pytest.raises(PermissionDenied):
        describe(world, evidence)
    with pytest.raises(PermissionDenied):
        revise_evidence(evidence=evidence, received=file, by=filler)
    with pytest.raises(PermissionDenied):
        remove_evidence(evidence=evidence, by=filler)
    assert (Evidence.objects.get().title, evidence.files.count(), is_stored(file)) == ("方案", 1, False)
    assert events() == []


def test_coordinator_changes_what_is_locked_with_an_event(world: World) -> None:
    evidence = put(world, "方案", b"%PDF-1.7 1", "1")
    lock(world, evidence, State.ACCEPTED)
    describe(world, evidence, (Role.COORDINATOR, "a"))
    remove_evidence(evidence=evidence, by=world.people[Role.COORDINATOR, "a"])
    assert events() == ["evidence.described", "evidence.removed"]


@pytest.mark.parametrize(
    "by", [(Role.FILLER, "a2"), (Role.LEADER, "a"), (Role.AUDITOR, "a"), (Role.COORDINATOR, "b")]
)
def test_nobody_else_changes_it(world: World, by: tuple[Role, str]) -> None:
    evidence = put(world, "方案")
    with pytest.raises(PermissionDenied):
        describe(world, evidence, by)
    with pytest.raises(PermissionDenied):
        remove_evidence(evidence=evidence, by=world.people[by])


def test_what_was_removed_is_put_back_with_its_uses(world: World) -> None:
    evidence, filler = put(world, "方案", b"%PDF-1.7 1", "1"), world.people[Role.FILLER, "a1"]
    remove_evidence(evidence=evidence, by=filler)
    remove_evidence(evidence=evidence, by=filler)
    assert Evidence.objects.get().removed
    with pytest.raises(ValidationError):
        describe(world, evidence)
    put_back_evidence(evidence=evidence, by=filler)
    assert (Evidence.objects.get().removed, evidence.uses.count()) == (False, 1)
    assert events() == ["evidence.removed", "evidence.put_back"]


def test_file_that_waited_too_long_gets_no_row(world: World) -> None:
    """A sweep might have taken it: a process that stood still for an hour goes on as if nothing were."""
    file = replace(received(), until=timezone.now() - timedelta(seconds=1))
    with pytest.raises(ValidationError, match="Storing this file took too long"):
        add(world, received=file)
    assert (is_stored(file), Evidence.objects.count(), events()) == (False, 0, [])
