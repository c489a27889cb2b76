"""Who manages whom, and which roles each may give: in every organisation, for everybody of the world."""

import pytest

from accounts.access import (
    held_or_to_come,
    may_add_below,
    may_change_organisation,
    may_change_person,
    organisations_managed_by,
    people_managed_by,
    roles_to_give,
)
from accounts.models import Membership, Organisation, User
from accounts.roles import OrganisationKind, Role
from accounts.standing import standing_of
from tests.factories import make_organisation, make_user

pytestmark = pytest.mark.django_db

DISTRICT_ROLES = {Role.COORDINATOR, Role.LEADER, Role.AUDITOR}
DEPARTMENT_ROLES = {Role.FILLER, Role.DEPARTMENT_HEAD}
COMMITTEE_ROLES = {Role.VERIFIER, Role.SECRETARY, Role.AUDITOR, Role.ADMINISTRATOR}


@pytest.fixture
def tree() -> dict[str, Organisation]:
    """Committee c with districts a and b, a department in each; committee d."""
    c = make_organisation("c", OrganisationKind.COMMITTEE)
    made = {"c": c, "d": make_organisation("d", OrganisationKind.COMMITTEE)}
    for code in "ab":
        made[code] = make_organisation(code, OrganisationKind.DISTRICT, c)
        made[f"{code}1"] = make_organisation(f"{code}1", OrganisationKind.DEPARTMENT, made[code])
    return made


MANAGED = [
    (Role.ADMINISTRATOR, "c", {"c", "a", "a1", "b", "b1"}),
    (Role.ADMINISTRATOR, "d", {"d"}),
    (Role.ADMINISTRATOR, "a", {"a", "a1"}),
    (Role.COORDINATOR, "a", {"a", "a1"}),
    (Role.LEADER, "a", set()),
    (Role.AUDITOR, "a", set()),
    (Role.AUDITOR, "c", set()),
    (Role.SECRETARY, "c", set()),
    (Role.VERIFIER, "c", set()),
    (Role.FILLER, "a1", set()),
    (Role.DEPARTMENT_HEAD, "a1", set()),
]


@pytest.mark.parametrize(("role", "where", "managed"), MANAGED)
def test_a_role_manages_the_own_organisation_and_what_is_below(
    tree: dict[str, Organisation], role: Role, where: str, managed: set[str]
) -> None:
    for code, organisation in tree.items():
        make_user(f"in-{code}").memberships.create(organisation=organisation, role="auditor")
    standing = standing_of(make_user("boss", (role, tree[where])))
    assert standing.manages_people is bool(managed)
    assert {each.code for each in organisations_managed_by(standing)} == managed
    seen = set(people_managed_by(standing).values_list("username", flat=True))
    assert seen - {"boss"} == {f"in-{code}" for code in managed}


@pytest.mark.parametrize(
    ("role", "where", "given"),
    [
        (
            Role.ADMINISTRATOR,
            "c",
            {
                "c": COMMITTEE_ROLES,
                **dict.fromkeys("ab", DISTRICT_ROLES | {Role.ADMINISTRATOR}),
                **dict.fromkeys(("a1", "b1"), DEPARTMENT_ROLES),
            },
        ),
        (Role.ADMINISTRATOR, "a", {"a": DISTRICT_ROLES | {Role.ADMINISTRATOR}, "a1": DEPARTMENT_ROLES}),
        (Role.COORDINATOR, "a", {"a": DISTRICT_ROLES, "a1": DEPARTMENT_ROLES}),
        (Role.LEADER, "a", {}),
        (Role.SECRETARY, "c", {}),
    ],
)
def test_nobody_gives_a_role_above_the_own(
    tree: dict[str, Organisation], role: Role, where: str, given: dict[str, set[Role]]
) -> None:
    standing = standing_of(make_user("boss", (role, tree[where])))
    found = {code: set(roles_to_give(standing, organisation)) for code, organisation in tree.items()}
    assert {code: roles for code, roles in found.items() if roles} == given


def test_all_roles_of_a_person_count_together(tree: dict[str, Organisation]) -> None:
    boss = make_user("boss", (Role.COORDINATOR, tree["a"]), (Role.ADMINISTRATOR, tree["b"]))
    standing = standing_of(boss)
    assert {each.code for each in organisations_managed_by(standing)} == {"a", "a1", "b", "b1"}
    assert Role.ADMINISTRATOR in roles_to_give(standing, tree["b"])
    assert Role.ADMINISTRATOR not in roles_to_give(standing, tree["a"])


def may_change(boss: User, person: User) -> bool:
    return may_change_person(standing_of(boss), person, held_or_to_come(person))


def test_an_account_is_changed_by_who_could_give_all_its_roles(tree: dict[str, Organisation]) -> None:
    coordinator = make_user("coordinator", (Role.COORDINATOR, tree["a"]))
    district = make_user("district", (Role.ADMINISTRATOR, tree["a"]))
    committee = make_user("committee", (Role.ADMINISTRATOR, tree["c"]))
    filler = make_user("filler", (Role.FILLER, tree["a1"]))
    between = make_user("between", (Role.FILLER, tree["a1"]), (Role.FILLER, tree["b1"]))
    assert [may_change(boss, filler) for boss in (coordinator, district, committee)] == [True] * 3
    assert [may_change(boss, district) for boss in (coordinator, district, committee)] == [False, True, True]
    assert [may_change(boss, committee) for boss in (coordinator, district, committee)] == [
        False,
        False,
        True,
    ]
    assert [may_change(boss, between) for boss in (coordinator, district, committee)] == [False, False, True]


def test_a_role_that_is_over_elsewhere_stands_in_nobodys_way(tree: dict[str, Organisation]) -> None:
    coordinator = make_user("coordinator", (Role.COORDINATOR, tree["a"]))
    person = make_user("person", (Role.FILLER, tree["a1"]))
    Membership.objects.create(
        user=person, organisation=tree["b1"], role="filler", starts_on="2020-01-01", ends_on="2021-01-01"
    )
    assert may_change(coordinator, person) is True


def test_the_operators_account_is_nobodys_to_change(tree: dict[str, Organisation]) -> None:
    committee = make_user("committee", (Role.ADMINISTRATOR, tree["c"]))
    operator = User.objects.create_superuser("root", "correct horse", name="运维")
    operator.memberships.create(organisation=tree["a1"], role=Role.FILLER)
    assert may_change(committee, operator) is False


@pytest.mark.parametrize(
    ("role", "where", "add", "change"),
    [
        (Role.ADMINISTRATOR, "c", {"c", "a", "b"}, {"c", "a", "a1", "b", "b1"}),
        (Role.ADMINISTRATOR, "a", {"a"}, {"a1"}),
        (Role.COORDINATOR, "a", {"a"}, {"a1"}),
        (Role.LEADER, "a", set(), set()),
    ],
)
def test_organisations_are_created_and_renamed_from_above(
    tree: dict[str, Organisation], role: Role, where: str, add: set[str], change: set[str]
) -> None:
    standing = standing_of(make_user("boss", (role, tree[where])))
    assert {code for code in tree if may_add_below(standing, tree[code])} == add
    assert {code for code in tree if may_change_organisation(standing, tree[code])} == change
