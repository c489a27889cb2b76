"""Two people make a file's bytes go for good; from the first word on nobody gets them."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import storages
from django.db import DatabaseError, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import Membership
from accounts.roles import Role
from accounts.standing import standing_of
from assessments.evidence.erasing import (
    ask_for_erasure,
    confirm_erasure,
    erasures_visible_to,
    requests_for,
    take_back_erasure,
    to_confirm,
)
from assessments.evidence.storing import Erased, open_file, stored_files, sweep
from assessments.models import Erasure, EvidenceFile
from audit.models import Event
from tests.assessments.evidence.archiving import put
from tests.factories import World, make_user

BOSS, ADMIN, UPPER = (Role.COORDINATOR, "a"), (Role.ADMINISTRATOR, "a"), (Role.ADMINISTRATOR, "c")
Commits = DjangoCaptureOnCommitCallbacks


def ask(world: World, file: EvidenceFile, by: tuple[Role, str] = BOSS, reason: str = "涉密") -> Erasure:
    return ask_for_erasure(file=file, reason=reason, by=world.people[by])


def a_file(world: World) -> EvidenceFile:
    return put(world, "花名册", b"%PDF-1.7 1", "1").files.get()


def is_there(file: EvidenceFile) -> bool:
    return storages["evidence"].exists(file.key)


def acts() -> list[str]:
    return list(
        Event.objects.filter(action__startswith="evidence.")
        .order_by("sequence")
        .values_list("action", flat=True)
    )


@pytest.mark.parametrize(("first", "second"), [(BOSS, ADMIN), (ADMIN, BOSS), (BOSS, UPPER), (UPPER, BOSS)])
def test_coordinator_and_administrator_erase_either_first(
    world: World,
    first: tuple[Role, str],
    second: tuple[Role, str],
    django_capture_on_commit_callbacks: Commits,
) -> None:
    file = a_file(world)
    erasure = ask(world, file, first)
    assert is_there(file)
    with pytest.raises(Erased):
        open_file(file)
    with django_capture_on_commit_callbacks(execute=True):
        confirm_erasure(erasure=erasure, by=world.people[second])
    stored = Erasure.objects.get()
    assert (stored.asked_by, stored.confirmed_by) == (world.people[first], world.people[second])
    assert (is_there(file), acts()) == (False, ["evidence.erasure_asked", "evidence.erased"])
    assert Event.objects.get(action="evidence.erased").details == {
        "file": "原名.pdf",
        "revision": 1,
        "sha256": file.sha256,
        "reason": "涉密",
        "asked_by": world.people[first].username,
    }


def test_row_says_so_before_the_bytes_go_and_the_sweep_finishes(world: World) -> None:
    """The process dies after the transaction: nothing ran on its commit here."""
    file = a_file(world)
    confirm_erasure(erasure=ask(world, file), by=world.people[ADMIN])
    assert is_there(file)
    assert file.key not in {key for key, _hash, _size in stored_files()}
    assert file.key in sweep().deleted
    assert not is_there(file)


@pytest.mark.parametrize(
    "second", [BOSS, (Role.COORDINATOR, "b"), (Role.ADMINISTRATOR, "b"), (Role.LEADER, "a")]
)
def test_nobody_else_confirms(world: World, second: tuple[Role, str]) -> None:
    erasure = ask(world, a_file(world))
    with pytest.raises(PermissionDenied):
        confirm_erasure(erasure=erasure, by=world.people[second])
    assert Erasure.objects.get().confirmed_at is None


def test_two_of_one_role_are_not_both(world: World) -> None:
    second = make_user("another", (Role.COORDINATOR, world.districts["a"]))
    with pytest.raises(PermissionDenied):
        confirm_erasure(erasure=ask(world, a_file(world)), by=second)


def test_who_has_both_roles_is_still_one_person(world: World) -> None:
    both = world.people[BOSS]
    Membership.objects.create(user=both, role=Role.ADMINISTRATOR, organisation=world.districts["a"])
    erasure = ask(world, a_file(world))
    with pytest.raises(PermissionDenied):
        confirm_erasure(erasure=erasure, by=both)
    with pytest.raises(DatabaseError), transaction.atomic():
        Erasure.objects.update(confirmed_by=both, confirmed_at=erasure.asked_at)


def test_asker_who_has_left_confirms_nothing_by_the_other(world: World) -> None:
    """The other takes it back, and it is asked for anew."""
    erasure = ask(world, a_file(world))
    world.people[BOSS].memberships.all().delete()
    with pytest.raises(PermissionDenied):
        confirm_erasure(erasure=erasure, by=world.people[ADMIN])
    take_back_erasure(erasure=erasure, by=world.people[ADMIN])
    assert not Erasure.objects.exists()


@pytest.mark.parametrize(
    "by", [(Role.FILLER, "a1"), (Role.LEADER, "a"), (Role.AUDITOR, "a"), (Role.COORDINATOR, "b")]
)
def test_nobody_else_asks(world: World, by: tuple[Role, str]) -> None:
    with pytest.raises(PermissionDenied):
        ask(world, a_file(world), by)


@pytest.mark.parametrize("reason", ["", " \u200b\n", "长" * 501])
def test_reason_is_demanded(world: World, reason: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ask(world, a_file(world), reason=reason)
    assert (list(refused.value.message_dict), Erasure.objects.count()) == (["reason"], 0)


def test_asker_takes_back_and_the_file_is_served_again(world: World) -> None:
    file = a_file(world)
    erasure = ask(world, file)
    with pytest.raises(PermissionDenied):
        take_back_erasure(erasure=erasure, by=world.people[ADMIN])
    take_back_erasure(erasure=erasure, by=world.people[BOSS])
    with open_file(file) as content:
        assert content.read() == b"%PDF-1.7 1"
    assert acts() == ["evidence.erasure_asked", "evidence.erasure_taken_back"]
    with pytest.raises(ValidationError):
        confirm_erasure(erasure=erasure, by=world.people[ADMIN])


def test_what_is_erased_stays_so(world: World) -> None:
    erasure = ask(world, a_file(world))
    confirm_erasure(erasure=erasure, by=world.people[ADMIN])
    for by in (BOSS, ADMIN):
        with pytest.raises(ValidationError):
            take_back_erasure(erasure=erasure, by=world.people[by])
        with pytest.raises(ValidationError):
            confirm_erasure(erasure=erasure, by=world.people[by])
    with pytest.raises(DatabaseError), transaction.atomic():
        Erasure.objects.all().delete()


def test_file_is_asked_for_once(world: World) -> None:
    file = a_file(world)
    ask(world, file)
    with pytest.raises(ValidationError):
        ask(world, file, ADMIN)


def test_the_very_same_file_goes_everywhere_in_the_district(
    world: World, django_capture_on_commit_callbacks: Commits
) -> None:
    file = a_file(world)
    other = put(world, "同一份", b"%PDF-1.7 1", owner="a2").files.get()
    elsewhere = put(world, "外区", b"%PDF-1.7 1", owner="b1", district="b").files.get()
    with django_capture_on_commit_callbacks(execute=True):
        confirm_erasure(erasure=ask(world, file), by=world.people[ADMIN])
    assert [is_there(each) for each in (file, other, elsewhere)] == [False, False, True]
    assert Erasure.objects.filter(confirmed_at__isnull=False).count() == 2


def test_file_that_came_in_meanwhile_goes_too(world: World) -> None:
    erasure = ask(world, a_file(world))
    late = put(world, "同时上传", b"%PDF-1.7 1", owner="a2").files.get()
    confirm_erasure(erasure=erasure, by=world.people[ADMIN])
    late.refresh_from_db()
    assert (late.erasure.reason, late.erasure.asked_by) == ("涉密", world.people[BOSS])
    assert late.erasure.confirmed_by == world.people[ADMIN]


def test_two_files_of_one_request_are_confirmed_once(world: World) -> None:
    file = a_file(world)
    other = put(world, "同一份", b"%PDF-1.7 1", owner="a2").files.get()
    erasure = ask(world, file)
    confirm_erasure(erasure=Erasure.objects.get(file=other), by=world.people[ADMIN])
    with pytest.raises(ValidationError):
        confirm_erasure(erasure=erasure, by=world.people[UPPER])
    assert acts() == [*["evidence.erasure_asked"] * 2, *["evidence.erased"] * 2]


def test_who_may_confirm_is_told_how_many_wait(world: World) -> None:
    ask(world, a_file(world))
    waiting = {
        who: to_confirm(standing_of(world.people[who]), world.people[who]) for who in (BOSS, ADMIN, UPPER)
    }
    assert waiting == {BOSS: 0, ADMIN: 1, UPPER: 1}
    assert to_confirm(standing_of(world.people[Role.FILLER, "a1"]), world.people[Role.FILLER, "a1"]) == 0


def test_requests_are_seen_by_the_two_of_the_district_alone(world: World) -> None:
    erasure = ask(world, a_file(world))
    for who in (BOSS, ADMIN, UPPER):
        assert list(erasures_visible_to(standing_of(world.people[who]))) == [erasure]
    for who in ((Role.FILLER, "a1"), (Role.LEADER, "a"), (Role.COORDINATOR, "b"), (Role.ADMINISTRATOR, "b")):
        assert not erasures_visible_to(standing_of(world.people[who])).exists()


def test_page_offers_each_what_they_may_do(world: World) -> None:
    ask(world, a_file(world))

    def offered(who: tuple[Role, str]) -> list[tuple[bool, bool]]:
        person = world.people[who]
        return [(each.may_confirm, each.may_take_back) for each in requests_for(standing_of(person), person)]

    assert [offered(BOSS), offered(ADMIN), offered(UPPER)] == [
        [(False, True)],
        [(True, False)],
        [(True, False)],
    ]
