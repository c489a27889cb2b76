"""People, the tree of organisations, and roles: what is kept, what is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.roles import HELD_IN, OrganisationKind, Role
from tests.factories import make_organisation, make_user

pytestmark = pytest.mark.django_db

COMMITTEE, DISTRICT, DEPARTMENT = OrganisationKind
TODAY = date(2022, 1, 14)


@pytest.fixture
def tree() -> dict[OrganisationKind, Organisation]:
    committee = make_organisation("c", COMMITTEE)
    district = make_organisation("a", DISTRICT, committee)
    return {
        COMMITTEE: committee,
        DISTRICT: district,
        DEPARTMENT: make_organisation("a1", DEPARTMENT, district),
    }


# People


@pytest.mark.parametrize("username", ["li.xm-2_1", "李晓敏"])
def test_a_user_name_has_letters_digits_dots_hyphens_and_underscores(username: str) -> None:
    assert make_user(username).username == username


@pytest.mark.parametrize("username", ["", "a b", "a@b", "a\n", "长" * 65])
def test_another_user_name_is_refused(username: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        make_user(username, name="李晓敏")
    assert set(refusal.value.message_dict) == {"username"}


@pytest.mark.parametrize("phone", ["13800138000", "+8613800138000"])
def test_a_phone_has_digits(phone: str) -> None:
    assert make_user("alice", phone=phone).phone == phone


@pytest.mark.parametrize("phone", ["1380", "138-0013-8000", "１３８００１３８０００", "13800138000\n"])
def test_another_phone_is_refused(phone: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        make_user("alice", phone=phone)
    assert set(refusal.value.message_dict) == {"phone"}


def test_names_typed_in_full_width_are_kept_in_half_width() -> None:
    user = make_user("ａｌｉｃｅ", staff_number="Ｄ００１")
    assert (user.username, user.staff_number) == ("alice", "D001")


@pytest.mark.parametrize("field", ["username", "staff_number", "phone"])
def test_a_name_that_somebody_else_signs_in_with_is_refused(field: str) -> None:
    make_user("alice", staff_number="13800138000")
    with pytest.raises(ValidationError):
        make_user(**{"username": "bob", "name": "bob", field: "13800138000"})
    assert [user.username for user in User.objects.all()] == ["alice"]


def test_people_without_staff_number_and_phone_do_not_clash() -> None:
    make_user("alice")
    assert make_user("bob").pk


def test_a_person_keeps_his_own_names() -> None:
    make_user("alice", staff_number="D001", phone="13800138000").full_clean()


def test_only_a_superuser_is_staff() -> None:
    assert User.objects.create_superuser("root", "correct horse", name="运维").is_staff is True
    assert make_user("alice").is_staff is False


def test_a_person_is_called_by_name() -> None:
    assert str(make_user("alice", name="李晓敏")) == "李晓敏"


def test_a_password_is_kept_as_a_hash() -> None:
    user = make_user("alice")
    assert "correct horse" not in user.password
    assert user.check_password("correct horse")


# The tree of organisations


@pytest.mark.parametrize("kind", OrganisationKind)
@pytest.mark.parametrize("above", [None, *OrganisationKind])
def test_districts_belong_to_a_committee_and_departments_to_a_district(
    tree: dict[OrganisationKind, Organisation], kind: OrganisationKind, above: OrganisationKind | None
) -> None:
    organisation = Organisation(code="x", name="新", kind=kind, parent=tree[above] if above else None)
    if (above, kind) in {(None, COMMITTEE), (COMMITTEE, DISTRICT), (DISTRICT, DEPARTMENT)}:
        organisation.full_clean()
    else:
        with pytest.raises(ValidationError) as refusal:
            organisation.full_clean()
        assert "parent" in refusal.value.message_dict


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValidationError) as refusal:
        Organisation(code="x", name="新", kind="town").full_clean()
    assert "kind" in refusal.value.message_dict


def test_an_organisation_keeps_its_kind(tree: dict[OrganisationKind, Organisation]) -> None:
    district = tree[DISTRICT]
    district.kind, district.parent = DEPARTMENT, make_organisation("b", DISTRICT, tree[COMMITTEE])
    with pytest.raises(ValidationError) as refusal:
        district.full_clean()
    assert set(refusal.value.message_dict) == {"kind"}


def test_the_database_refuses_a_committee_below_and_others_on_top(
    tree: dict[OrganisationKind, Organisation],
) -> None:
    for kind, parent in [(COMMITTEE, tree[COMMITTEE]), (DISTRICT, None), (DEPARTMENT, None)]:
        with pytest.raises(IntegrityError, match="organisation_parent_by_kind"), transaction.atomic():
            Organisation.objects.create(code="x", name="新", kind=kind, parent=parent)


def test_the_database_refuses_a_code_or_a_name_twice(tree: dict[OrganisationKind, Organisation]) -> None:
    committee, district = tree[COMMITTEE], tree[DISTRICT]
    for code, name in [(district.code, "新"), ("x", district.name)]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Organisation.objects.create(code=code, name=name, kind=DISTRICT, parent=committee)


def test_two_districts_may_have_departments_of_one_name(
    tree: dict[OrganisationKind, Organisation],
) -> None:
    other = make_organisation("b", DISTRICT, tree[COMMITTEE])
    department = Organisation(code="b1", name=tree[DEPARTMENT].name, kind=DEPARTMENT, parent=other)
    department.full_clean()
    department.save()


@pytest.mark.parametrize("kind", [COMMITTEE, DISTRICT])
def test_an_organisation_with_others_below_cannot_be_deleted(
    tree: dict[OrganisationKind, Organisation], kind: OrganisationKind
) -> None:
    with pytest.raises(IntegrityError):
        tree[kind].delete()


# Roles


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", OrganisationKind)
def test_a_role_is_held_in_its_kinds_of_organisation_only(
    tree: dict[OrganisationKind, Organisation], role: Role, kind: OrganisationKind
) -> None:
    membership = Membership(user=make_user("alice"), role=role, organisation=tree[kind])
    if kind in HELD_IN[role]:
        membership.full_clean()
    else:
        with pytest.raises(ValidationError) as refusal:
            membership.full_clean()
        assert set(refusal.value.message_dict) == {"role"}


def test_every_role_is_held_somewhere() -> None:
    assert {role: {str(kind) for kind in kinds} for role, kinds in HELD_IN.items()} == {
        "filler": {"department"},
        "department_head": {"department"},
        "coordinator": {"district"},
        "leader": {"district"},
        "verifier": {"committee"},
        "secretary": {"committee"},
        "auditor": {"committee", "district"},
        "administrator": {"committee", "district"},
    }


def test_an_unknown_role_is_refused(tree: dict[OrganisationKind, Organisation]) -> None:
    with pytest.raises(ValidationError) as refusal:
        Membership(user=make_user("alice"), role="king", organisation=tree[DISTRICT]).full_clean()
    assert set(refusal.value.message_dict) == {"role"}


def test_the_database_refuses_a_role_twice_and_an_end_before_the_start(
    tree: dict[OrganisationKind, Organisation],
) -> None:
    user = make_user("alice", (Role.LEADER, tree[DISTRICT]))
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=user, role=Role.LEADER, organisation=tree[DISTRICT])
    with pytest.raises(IntegrityError, match="membership_ends_after_start"), transaction.atomic():
        Membership.objects.create(
            user=user,
            role=Role.AUDITOR,
            organisation=tree[DISTRICT],
            starts_on=TODAY,
            ends_on=TODAY - timedelta(days=1),
        )


@pytest.mark.parametrize(
    ("starts", "ends", "counts"),
    [
        (None, None, True),
        (None, -1, False),
        (None, 0, True),
        (None, 1, True),
        (-1, None, True),
        (0, None, True),
        (1, None, False),
        (0, 0, True),
        (1, 2, False),
        (-2, -1, False),
    ],
)
def test_a_role_counts_from_its_first_to_its_last_day(
    tree: dict[OrganisationKind, Organisation], starts: int | None, ends: int | None, counts: bool
) -> None:
    def day(offset: int | None) -> date | None:
        return None if offset is None else TODAY + timedelta(days=offset)

    Membership.objects.create(
        user=make_user("alice"),
        role=Role.LEADER,
        organisation=tree[DISTRICT],
        starts_on=day(starts),
        ends_on=day(ends),
    )
    assert Membership.objects.all().current(TODAY).exists() is counts


def test_today_is_the_day_in_shanghai(
    tree: dict[OrganisationKind, Organisation], monkeypatch: pytest.MonkeyPatch
) -> None:
    late_evening = datetime(2022, 1, 13, 16, 30, tzinfo=UTC)  # 00:30 in Shanghai
    monkeypatch.setattr(timezone, "now", lambda: late_evening)
    Membership.objects.create(
        user=make_user("alice"), role=Role.LEADER, organisation=tree[DISTRICT], ends_on=date(2022, 1, 13)
    )
    assert not Membership.objects.all().current().exists()


def test_roles_of_a_locked_person_do_not_count(tree: dict[OrganisationKind, Organisation]) -> None:
    make_user("alice", (Role.LEADER, tree[DISTRICT]), is_active=False)
    assert not Membership.objects.all().current(TODAY).exists()


def test_people_and_organisations_with_roles_cannot_be_deleted(
    tree: dict[OrganisationKind, Organisation],
) -> None:
    user = make_user("alice", (Role.FILLER, tree[DEPARTMENT]))
    for record in (user, tree[DEPARTMENT]):
        with pytest.raises(IntegrityError):
            record.delete()
