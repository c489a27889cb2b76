"""Accounts: created, corrected, locked and unlocked; by whom, with which events, and all or nothing."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, User
from accounts.people import change_person, create_person, lock_person, unlock_person
from accounts.roles import Role
from audit.models import Event
from tests.accounts.offices import Offices, make_offices
from tests.factories import make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def offices() -> Offices:
    return make_offices()


@pytest.fixture
def coordinator(offices: Offices) -> User:
    return offices.people[Role.COORDINATOR, "a"]


def details(person: User, **changes: str) -> dict[str, str]:
    return {
        "name": person.name,
        "username": person.username,
        "staff_number": person.staff_number or "",
        "phone": person.phone or "",
        **changes,
    }


# Created


def test_a_person_is_created_with_a_role_and_without_a_password(offices: Offices, coordinator: User) -> None:
    before = Event.objects.count()
    made = create_person(
        name=" 李　晓敏 ",
        staff_number="D001",
        phone="13800138000",
        organisation=offices.at["a1"],
        role="filler",
        by=coordinator,
    )
    assert (made.name, made.username, made.staff_number, made.phone) == (
        "李 晓敏",
        "D001",
        "D001",
        "13800138000",
    )
    assert (made.is_active, made.is_superuser, made.has_usable_password()) == (True, False, False)
    role = made.memberships.get()
    assert (role.role, role.organisation, role.starts_on, role.ends_on) == (
        "filler",
        offices.at["a1"],
        None,
        None,
    )
    given, created = Event.objects.order_by("sequence")[before:]
    assert (given.action, given.organisation_id, given.details) == (
        "membership.given",
        offices.at["a1"].pk,
        {"person": "李 晓敏", "role": "filler", "from": None, "to": None},
    )
    assert (created.action, created.subject_id, created.actor_name, created.organisation_id) == (
        "user.created",
        str(made.pk),
        "coordinator-a",
        offices.at["a1"].pk,
    )


@pytest.mark.parametrize(
    ("given", "username"),
    [
        ({"username": "li", "staff_number": "D001"}, "li"),
        ({"staff_number": "D001", "phone": "13800138000"}, "D001"),
        ({"phone": "+8613800138000"}, "8613800138000"),
    ],
)
def test_without_a_user_name_the_staff_number_serves_or_the_phone(
    offices: Offices, coordinator: User, given: dict[str, str], username: str
) -> None:
    place = offices.at["a1"]
    made = create_person(name="李晓敏", organisation=place, role="filler", by=coordinator, **given)  # type: ignore[arg-type]
    assert made.username == username


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"username": ""}, {"username"}),
        ({"username": "a b"}, {"username"}),
        ({"name": " \u200b\x00"}, {"name"}),
        ({"name": "长" * 65}, {"name"}),
        ({"phone": "138-0013"}, {"phone"}),
        ({"role": "leader"}, {"role"}),
        ({"role": "king"}, {"role"}),
        ({"username": "filler-a1"}, {"username", "__all__"}),
        ({"staff_number": "filler-a1"}, {"__all__"}),
        ({"ends_on": timezone.localdate() - timedelta(days=1)}, {"ends_on"}),
        (
            {
                "starts_on": timezone.localdate() + timedelta(days=9),
                "ends_on": timezone.localdate() + timedelta(days=8),
            },
            {"ends_on"},
        ),
    ],
)
def test_a_person_that_is_not_right_is_refused_and_nothing_kept(
    offices: Offices, coordinator: User, given: dict[str, str], fields: set[str]
) -> None:
    before = User.objects.count(), Membership.objects.count(), Event.objects.count()
    content = {"name": "李晓敏", "username": "li", "role": "filler", **given}
    with pytest.raises(ValidationError) as refusal:
        create_person(organisation=offices.at["a1"], by=coordinator, **content)  # type: ignore[arg-type]
    assert set(refusal.value.message_dict) == fields
    assert (User.objects.count(), Membership.objects.count(), Event.objects.count()) == before


@pytest.mark.parametrize(
    ("by", "where", "role"),
    [
        ("coordinator", "b1", "filler"),
        ("coordinator", "b", "leader"),
        ("coordinator", "a", "administrator"),
        ("leader", "a1", "filler"),
        ("auditor", "a1", "filler"),
        ("administrator", "c", "secretary"),
        ("administrator", "c", "administrator"),
    ],
)
def test_nobody_creates_an_account_with_a_role_that_is_not_theirs_to_give(
    offices: Offices, by: str, where: str, role: str
) -> None:
    place = offices.at[where]
    before = User.objects.count()
    with pytest.raises(PermissionDenied):
        create_person(
            name="甲", username="x", organisation=place, role=role, by=offices.people[Role(by), "a"]
        )
    assert User.objects.count() == before


def test_a_command_of_the_operator_creates_administrators(offices: Offices) -> None:
    made = create_person(
        name="甲", username="x", organisation=offices.committee, role="administrator", by=None
    )
    assert made.memberships.get().role == "administrator"
    assert Event.objects.get(action="user.created").actor_name == ""


def test_a_name_taken_at_the_same_moment_is_a_refusal(
    offices: Offices, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the database alone notices: the check before has not seen the other's row yet."""
    monkeypatch.setattr(User, "full_clean", lambda self, **_: None)
    with pytest.raises(ValidationError), transaction.atomic():
        create_person(
            name="甲",
            username="filler-a1",
            organisation=offices.at["a1"],
            role="filler",
            by=coordinator,
        )
    assert User.objects.filter(username="filler-a1").count() == 1


# Corrected


def test_a_correction_is_an_event_with_both_values(offices: Offices, coordinator: User) -> None:
    person = offices.people[Role.FILLER, "a1"]
    change_person(person=person, by=coordinator, **details(person, name="李晓敏", phone="13800138000"))
    person.refresh_from_db()
    assert (person.name, person.phone, person.username) == ("李晓敏", "13800138000", "filler-a1")
    event = Event.objects.get(action="user.changed")
    assert event.organisation_id == offices.at["a1"].pk
    assert event.details == {
        "changes": {
            "name": {"from": "filler-a1", "to": "李晓敏"},
            "phone": {"from": None, "to": "13800138000"},
        }
    }


def test_nothing_changed_is_no_event(offices: Offices, coordinator: User) -> None:
    person = offices.people[Role.FILLER, "a1"]
    change_person(person=person, by=coordinator, **details(person))
    assert not Event.objects.filter(action="user.changed").exists()


def test_a_name_that_somebody_elsewhere_signs_in_with_is_refused(offices: Offices, coordinator: User) -> None:
    person = offices.people[Role.FILLER, "a1"]
    with pytest.raises(ValidationError) as refusal:
        change_person(person=person, by=coordinator, **details(person, staff_number="filler-b1"))
    assert "b1" not in str(refusal.value)
    person.refresh_from_db()
    assert person.staff_number is None


Act = Callable[[User, User], object]
ACTS: dict[str, Act] = {
    "change": lambda person, by: change_person(person=person, by=by, **details(person, name="乙")),
    "lock": lambda person, by: lock_person(person=person, reason="离职", by=by),
    "unlock": lambda person, by: unlock_person(person=person, by=by),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=list(ACTS))
@pytest.mark.parametrize(
    ("role", "where"),
    [
        ("filler", "b1"),
        ("coordinator", "b"),
        ("administrator", "a"),
        ("administrator", "c"),
        ("secretary", "c"),
    ],
)
def test_accounts_above_and_elsewhere_are_not_a_coordinators_to_change(
    offices: Offices, coordinator: User, act: Act, role: str, where: str
) -> None:
    person = offices.people[Role(role), where]
    before = User.objects.filter(pk=person.pk).values().get()
    with pytest.raises(PermissionDenied):
        act(person, coordinator)
    assert User.objects.filter(pk=person.pk).values().get() == before


@pytest.mark.parametrize("act", ACTS.values(), ids=list(ACTS))
def test_an_account_with_a_role_in_another_district_is_not_one_districts_to_change(
    offices: Offices, coordinator: User, act: Act
) -> None:
    person = make_user("both", (Role.FILLER, offices.at["a1"]), (Role.FILLER, offices.at["b1"]))
    with pytest.raises(PermissionDenied):
        act(person, coordinator)
    act(person, offices.people[Role.ADMINISTRATOR, "c"])


# Locked and unlocked


def test_a_locked_account_is_gone_at_the_next_request() -> None:
    """A real session, opened with the password; no other one can be opened, whatever name is typed."""
    world = make_world()
    person, coordinator = world.people[Role.FILLER, "a1"], world.people[Role.COORDINATOR, "a"]
    client, names = Client(), {"username": "filler-a1", "password": "correct horse"}
    assert client.post("/sign-in/", names).status_code == HTTPStatus.FOUND
    assert client.get("/password/").status_code == HTTPStatus.OK
    lock_person(person=person, reason="手机遗失", by=coordinator)
    assert client.get("/password/").headers["Location"] == "/sign-in/?next=/password/"
    response = world.response("1")
    saved = client.post(f"/responses/{response.pk}/", {"version": "0", "narrative": "偷改"})
    assert saved.headers["Location"].startswith("/sign-in/")
    response.refresh_from_db()
    assert response.narrative == ""
    assert Client().post("/sign-in/", names).status_code == HTTPStatus.OK
    unlock_person(person=person, by=coordinator)
    assert client.get("/password/").headers["Location"] == "/sign-in/?next=/password/"  # it is over for good
    assert Client().post("/sign-in/", names).status_code == HTTPStatus.FOUND


def test_locking_and_unlocking_are_events_and_keep_the_roles(offices: Offices, coordinator: User) -> None:
    person = offices.people[Role.FILLER, "a1"]
    for _ in range(2):
        lock_person(person=person, reason=" 手机\n遗失 ", by=coordinator)
    for _ in range(2):
        unlock_person(person=person, by=coordinator)
    events = Event.objects.filter(action__in=("user.locked", "user.unlocked"))
    assert [(event.action, event.details) for event in events] == [
        ("user.locked", {"reason": "手机 遗失"}),
        ("user.unlocked", {}),
    ]
    assert person.memberships.get().ends_on is None


@pytest.mark.parametrize("reason", ["", "  \n", "\u200b", "长" * 301])
def test_a_lock_needs_a_reason(offices: Offices, coordinator: User, reason: str) -> None:
    person = offices.people[Role.FILLER, "a1"]
    with pytest.raises(ValidationError) as refusal:
        lock_person(person=person, reason=reason, by=coordinator)
    assert set(refusal.value.message_dict) == {"reason"}
    person.refresh_from_db()
    assert person.is_active is True


def test_nobody_locks_the_own_account(offices: Offices, coordinator: User) -> None:
    with pytest.raises(ValidationError):
        lock_person(person=coordinator, reason="误操作", by=coordinator)
    coordinator.refresh_from_db()
    assert coordinator.is_active is True


def test_a_locked_coordinator_manages_nobody(offices: Offices, coordinator: User) -> None:
    lock_person(person=coordinator, reason="离职", by=offices.people[Role.ADMINISTRATOR, "a"])
    with pytest.raises(PermissionDenied):
        lock_person(person=offices.people[Role.FILLER, "a1"], reason="报复", by=coordinator)


def test_accounts_are_never_deleted(offices: Offices) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        offices.people[Role.FILLER, "a1"].delete()
