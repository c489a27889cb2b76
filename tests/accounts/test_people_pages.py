"""The pages 组织与用户: one's own part of the tree alone, in lists, counts, search, forms and histories."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.memberships import end_role, name_deputy
from accounts.models import Membership, Organisation, User
from accounts.people import create_person, lock_person
from accounts.roles import OrganisationKind, Role
from audit.models import Event
from tests.accounts.offices import Offices, make_offices
from tests.factories import make_organisation, make_user
from tests.test_catalogues import VisibleText

pytestmark = pytest.mark.django_db

SESSION_USER_AND_STANDING = 3


@pytest.fixture
def offices() -> Offices:
    return make_offices()


@pytest.fixture
def coordinator(offices: Offices) -> Client:
    return signed_in(offices.people[Role.COORDINATOR, "a"])


@pytest.fixture
def administrator(offices: Offices) -> Client:
    return signed_in(offices.people[Role.ADMINISTRATOR, "c"])


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def day(after: int) -> str:
    return (timezone.localdate() + timedelta(days=after)).isoformat()


def get(client: Client, name: str, *args: object, query: str = "") -> str:
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == HTTPStatus.OK
    return answer.content.decode()


def words(page: str) -> str:
    return " ".join(" ".join(VisibleText(page).text).split())


def person(offices: Offices, role: str, where: str) -> User:
    return offices.people[Role(role), where]


# The tree


def test_the_tree_has_ones_own_part_with_the_number_of_people(offices: Offices, coordinator: Client) -> None:
    Membership.objects.filter(organisation__code="a2", role="filler").update(ends_on=day(-1))
    page = coordinator.get("/people/")
    assert [branch.organisation.code for branch in page.context["roots"]] == ["a"]
    (root,) = page.context["roots"]
    assert root.people == 4
    assert [(each.organisation.code, each.people) for each in root.below] == [("a1", 2), ("a2", 1)]
    for other in ("单位b", "单位c", "b1"):
        assert other not in page.content.decode()


def test_a_committee_sees_all_its_districts(offices: Offices, administrator: Client) -> None:
    (root,) = administrator.get("/people/").context["roots"]
    assert (root.organisation.code, root.people) == ("c", 4)
    assert [each.organisation.code for each in root.below] == ["a", "b"]


def test_people_who_manage_nobody_have_no_such_pages(offices: Offices) -> None:
    for who in (("filler", "a1"), ("leader", "a"), ("auditor", "c"), ("secretary", "c")):
        client = signed_in(person(offices, *who))
        assert client.get("/people/").status_code == HTTPStatus.FORBIDDEN
        assert 'href="/people/"' not in client.get("/frameworks/").content.decode()
    for who in (("coordinator", "a"), ("administrator", "a"), ("administrator", "c")):
        assert 'href="/people/"' in signed_in(person(offices, *who)).get("/frameworks/").content.decode()


def test_a_role_that_ends_takes_the_pages_away_at_once(offices: Offices, coordinator: Client) -> None:
    get(coordinator, "people")
    own = person(offices, "coordinator", "a").memberships.get()
    end_role(membership=own, ends_on=timezone.localdate() - timedelta(days=1), by=None)
    assert coordinator.get("/people/").status_code == HTTPStatus.FORBIDDEN
    assert coordinator.get(f"/people/{own.user_id}/").status_code == HTTPStatus.NOT_FOUND


# Search


@pytest.mark.parametrize("query", ["李晓", "D00", "1380", "filler-"])
def test_the_search_finds_by_name_and_numbers_in_ones_own_part(
    offices: Offices, coordinator: Client, query: str
) -> None:
    User.objects.filter(username="filler-a1").update(name="李晓敏", staff_number="D001", phone="13800138000")
    User.objects.filter(username="filler-b1").update(name="李晓华", staff_number="D002", phone="13800138001")
    User.objects.filter(username="filler-a2").update(username="x", name="x")
    page = coordinator.get("/people/", {"q": query})
    assert [found.username for found in page.context["people"]] == ["filler-a1"]
    assert page.context["people"].paginator.count == 1
    assert "李晓华" not in page.content.decode()


def test_who_has_left_is_found_by_name_alone_and_shows_nothing_else(
    offices: Offices, coordinator: Client
) -> None:
    """Numbers, sign-ins and locks of who works elsewhere now are not their former district's to see."""
    gone = person(offices, "filler", "a1")
    User.objects.filter(pk=gone.pk).update(staff_number="D001", phone="13800138000")
    Membership.objects.create(user=gone, organisation=offices.at["b1"], role="filler")
    pages = {}
    for ends_on in (None, timezone.localdate() - timedelta(days=1)):
        gone.memberships.filter(organisation=offices.at["a1"]).update(ends_on=ends_on)
        found = {query: coordinator.get("/people/", {"q": query}) for query in ("filler-a1", "D001", "1380")}
        counts = [page.context["people"].paginator.count for page in found.values()]
        addresses = (
            reverse("person", args=[gone.pk]),
            reverse("people-organisation", args=[offices.at["a1"].pk]),
        )
        shown = [found["filler-a1"], *map(coordinator.get, addresses)]
        pages[ends_on is None] = counts, ["13800138000" in page.content.decode() for page in shown]
    assert pages == {True: ([1, 1, 1], [True] * 3), False: ([1, 0, 0], [False] * 3)}


def test_those_ticked_are_who_gets_a_first_password(offices: Offices, coordinator: Client) -> None:
    """On the page of an organisation and in a search; nobody is offered whom one may not reset."""
    locked = person(offices, "filler", "a1")
    User.objects.filter(pk=locked.pk).update(is_active=False)
    head, leader = person(offices, "department_head", "a1"), person(offices, "leader", "a")
    tick = '<input class="form-check-input" type="checkbox" name="person" value="{}"'
    for address, number in (
        (reverse("people-organisation", args=[offices.at["a1"].pk]), head.pk),
        ("/people/?q=-a", leader.pk),
    ):
        page = coordinator.get(address).content.decode()
        assert tick.format(number) in page
        assert tick.format(locked.pk) not in page
        assert tick.format(person(offices, "administrator", "a").pk) not in page
    asked = coordinator.get("/people/passwords/", {"person": ["", str(head.pk), str(leader.pk)]})
    assert [line.person for line in asked.context["lines"]] == [head, leader]
    nobody = coordinator.get("/people/passwords/", {"person": ""})
    assert (nobody.status_code, nobody.context["problem"]) == (422, "请至少选择一人。")


def test_the_search_shows_of_a_person_the_roles_of_ones_own_part(
    offices: Offices, coordinator: Client
) -> None:
    make_user("both", (Role.FILLER, offices.at["a1"]), (Role.FILLER, offices.at["b1"]))
    page = coordinator.get("/people/", {"q": "both"}).content.decode()
    assert ("单位a1" in page, "单位b1" in page) == (True, False)


@pytest.mark.parametrize(
    "query",
    ["' OR 1=1 --", "%", "_", "\x00", "<b>", "长" * 5000, "？"],
)
def test_a_search_for_anything_is_answered(offices: Offices, coordinator: Client, query: str) -> None:
    page = coordinator.get("/people/", {"q": query, "page": "99999999999999999999"})
    assert page.status_code == HTTPStatus.OK
    assert "<b></b>" not in page.content.decode()
    if "people" in page.context:
        assert page.context["people"].paginator.count == 2 * (query == "_")  # department_head


def test_a_long_result_is_paged(offices: Offices, coordinator: Client) -> None:
    for number in range(51):
        make_user(f"many-{number}", (Role.FILLER, offices.at["a1"]))
    first, second = (coordinator.get("/people/", {"q": "many-", "page": page}) for page in (1, 2))
    assert (len(first.context["people"]), len(second.context["people"])) == (50, 1)
    assert "?q=many-&amp;page=2" in first.content.decode()


# One organisation, one person


def test_an_organisation_shows_its_people_with_their_days(offices: Offices, coordinator: Client) -> None:
    end_role(
        membership=person(offices, "filler", "a1").memberships.get(),
        ends_on=timezone.localdate() + timedelta(days=5),
        by=None,
    )
    page = words(get(coordinator, "people-organisation", offices.at["a1"].pk))
    assert "filler-a1" in page
    assert day(5) in page
    assert "department_head-a1" in page


@pytest.mark.parametrize(
    "name",
    ["people-organisation", "people-organisation-add", "people-organisation-edit", "person-add"],
)
@pytest.mark.parametrize("where", ["b", "b1", "c"])
def test_organisations_of_others_are_not_there(
    offices: Offices, coordinator: Client, name: str, where: str
) -> None:
    place = offices.at[where]
    address = reverse(name, args=[place.pk])
    before = Organisation.objects.count(), User.objects.count()
    posted = {"name": "新", "code": "x1", "username": "x", "role": "filler"}
    assert coordinator.get(address).status_code == HTTPStatus.NOT_FOUND
    assert coordinator.post(address, posted).status_code in (
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
    )
    assert (Organisation.objects.count(), User.objects.count()) == before


@pytest.mark.parametrize("name", ["person", "person-edit", "person-lock", "person-unlock", "role-add"])
@pytest.mark.parametrize(("role", "where"), [("filler", "b1"), ("administrator", "b"), ("secretary", "c")])
def test_people_of_others_are_not_there(
    offices: Offices, coordinator: Client, name: str, role: str, where: str
) -> None:
    address = reverse(name, args=[person(offices, role, where).pk])
    place = f"{offices.at['a1'].pk}-filler"
    posted = {"reason": "理由", "name": "新", "username": "x", "place": place}
    before = list(User.objects.order_by("pk").values()), Membership.objects.count()
    assert coordinator.get(address).status_code == HTTPStatus.NOT_FOUND
    assert coordinator.post(address, posted).status_code in (
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
    )
    assert (list(User.objects.order_by("pk").values()), Membership.objects.count()) == before


@pytest.mark.parametrize("name", ["role", "role-deputy"])
def test_roles_of_others_are_not_there(offices: Offices, coordinator: Client, name: str) -> None:
    for who in (("filler", "b1"), ("secretary", "c")):
        membership = person(offices, *who).memberships.get()
        address = reverse(name, args=[membership.pk])
        assert coordinator.get(address).status_code == HTTPStatus.NOT_FOUND
        posted = {"ends_on": day(1), "at_once": "", "deputy": person(offices, "coordinator", "a").pk}
        assert coordinator.post(address, posted).status_code == HTTPStatus.NOT_FOUND
        membership.refresh_from_db()
        assert membership.ends_on is None


def test_of_a_person_elsewhere_one_sees_ones_own_part(offices: Offices, coordinator: Client) -> None:
    """Neither the other role nor who gave it, nor what was done to it; and the account is not ours alone."""
    place = offices.at["b1"]
    other = person(offices, "coordinator", "b")
    both = create_person(name="李晓敏", username="both", organisation=place, role="filler", by=other)
    Membership.objects.create(user=both, organisation=offices.at["a1"], role="filler")
    page = get(coordinator, "person", both.pk)
    assert "单位a1" in page
    for hidden in ("单位b1", "coordinator-b", "创建账号", reverse("person-edit", args=[both.pk])):
        assert hidden not in page
    for name in ("person-edit", "person-lock", "person-unlock"):
        assert coordinator.get(reverse(name, args=[both.pk])).status_code == HTTPStatus.FORBIDDEN
        answer = coordinator.post(
            reverse(name, args=[both.pk]), {"reason": "理由", "name": "x", "username": "x"}
        )
        assert answer.status_code == HTTPStatus.FORBIDDEN
    both.refresh_from_db()
    assert (both.name, both.is_active) == ("李晓敏", True)


def test_a_person_shows_what_happened_to_the_account(offices: Offices, coordinator: Client) -> None:
    by = person(offices, "coordinator", "a")
    User.objects.filter(pk=by.pk).update(name="张丽娟")
    made = create_person(name="李晓敏", username="li", organisation=offices.at["a1"], role="filler", by=by)
    lock_person(person=made, reason="手机遗失", by=person(offices, "administrator", "c"))
    page = coordinator.get(f"/people/{made.pk}/")
    locked, created, given = page.context["events"]
    assert [line.action for line in (given, created, locked)] == [
        "membership.given",
        "user.created",
        "user.locked",
    ]
    assert (created.actor, locked.actor, locked.reason) == ("张丽娟", "", "手机遗失")
    assert "手机遗失" in words(page.content.decode())


def test_what_is_typed_in_names_is_shown_and_never_run(offices: Offices, administrator: Client) -> None:
    evil = "<script>alert(1)</script>"
    User.objects.filter(username="filler-a1").update(name=evil, staff_number='"><i>', phone="1")
    Organisation.objects.filter(code="a1").update(name="<img src=x>")
    found = person(offices, "filler", "a1")
    membership = found.memberships.get()
    for page in (
        get(administrator, "people"),
        get(administrator, "people", query="?q=script"),
        get(administrator, "people-organisation", offices.at["a1"].pk),
        get(administrator, "person", found.pk),
        get(administrator, "person-lock", found.pk),
        get(administrator, "role", membership.pk),
        get(administrator, "role-deputy", person(offices, "department_head", "a1").memberships.get().pk),
        get(administrator, "role-add", found.pk),
    ):
        assert not re.search(r"<script>alert|<img src=x|\"><i>", page)


# Acts


def test_a_new_person_is_created_and_shown(offices: Offices, coordinator: Client) -> None:
    address = reverse("person-add", args=[offices.at["a1"].pk])
    assert 'value="filler"' in coordinator.get(address).content.decode()
    posted = {
        "name": "李晓敏",
        "staff_number": "D001",
        "role": "filler",
        "ends_on": day(30),
        "is_superuser": "on",
        "is_staff": "on",
        "is_active": "",
        "organisation": offices.at["b1"].pk,
        "password": "correct horse",
    }
    answer = coordinator.post(address, posted)
    made = User.objects.get(staff_number="D001")
    assert answer.headers["Location"] == f"/people/{made.pk}/"
    assert (made.is_superuser, made.is_active, made.has_usable_password()) == (False, True, False)
    role = made.memberships.get()
    assert (role.organisation, role.role, str(role.ends_on)) == (
        offices.at["a1"],
        "filler",
        day(30),
    )


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "\x00"}, "name"),
        ({"role": "administrator"}, "role"),
        ({"role": "coordinator"}, "role"),
        ({"phone": "abc"}, "phone"),
        ({"username": "filler-b1"}, "username"),
        ({"username": "", "staff_number": ""}, "username"),
        ({"ends_on": "31.12.2026"}, "ends_on"),
        ({"ends_on": day(-1)}, "ends_on"),
        ({"starts_on": "9999-99-99"}, "starts_on"),
    ],
)
def test_a_form_that_is_not_right_comes_back_with_what_was_typed(
    offices: Offices, coordinator: Client, changed: dict[str, str], field: str
) -> None:
    before = User.objects.count()
    posted = {"name": "李晓敏", "username": "li", "staff_number": "D001", "role": "filler", **changed}
    answer = coordinator.post(reverse("person-add", args=[offices.at["a1"].pk]), posted)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert field in answer.context["form"].errors
    assert 'value="D001"' in answer.content.decode() or not posted["staff_number"]
    assert User.objects.count() == before


def test_details_are_corrected(offices: Offices, coordinator: Client) -> None:
    found = person(offices, "filler", "a1")
    posted = {"name": "李晓敏", "username": "li", "phone": "13800138000", "is_superuser": "on"}
    answer = coordinator.post(reverse("person-edit", args=[found.pk]), posted)
    assert answer.headers["Location"] == f"/people/{found.pk}/"
    found.refresh_from_db()
    assert (found.name, found.username, found.staff_number, found.phone, found.is_superuser) == (
        "李晓敏",
        "li",
        None,
        "13800138000",
        False,
    )


def test_an_account_is_locked_with_a_reason_and_unlocked(offices: Offices, coordinator: Client) -> None:
    found = person(offices, "filler", "a1")
    address = reverse("person-lock", args=[found.pk])
    assert coordinator.post(address, {"reason": " "}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert coordinator.post(address, {"reason": "离职"}).status_code == HTTPStatus.FOUND
    assert "离职" in get(coordinator, "person", found.pk)
    unlock = reverse("person-unlock", args=[found.pk])
    assert coordinator.get(unlock).headers["Location"] == f"/people/{found.pk}/"
    found.refresh_from_db()
    assert found.is_active is False
    coordinator.post(unlock)
    found.refresh_from_db()
    assert found.is_active is True


def test_a_role_is_given_in_ones_own_part(offices: Offices, coordinator: Client) -> None:
    found = person(offices, "filler", "a1")
    address = reverse("role-add", args=[found.pk])
    choices = re.findall(r'<option value="(\d+)-(\w+)"', coordinator.get(address).content.decode())
    assert {Organisation.objects.get(pk=pk).code for pk, _role in choices} == {"a", "a1", "a2"}
    assert "administrator" not in {role for _pk, role in choices}
    coordinator.post(address, {"place": f"{offices.at['a'].pk}-leader", "starts_on": day(1)})
    assert str(found.memberships.get(role="leader").starts_on) == day(1)


@pytest.mark.parametrize(
    "place", ["", "x", "b1-filler", "a-administrator", "a-filler", "c-secretary", "a1-filler-1", "a1-filler"]
)
def test_a_role_elsewhere_above_or_held_already_is_refused(
    offices: Offices, coordinator: Client, place: str
) -> None:
    found = person(offices, "filler", "a1")
    code, dash, role = place.partition("-")
    places = offices.at
    value = f"{places[code].pk}-{role}" if dash else place
    answer = coordinator.post(reverse("role-add", args=[found.pk]), {"place": value})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert found.memberships.count() == 1


def test_a_role_ends_on_a_day_or_at_once_and_the_end_is_taken_back(
    offices: Offices, coordinator: Client
) -> None:
    membership = person(offices, "filler", "a1").memberships.get()
    address = reverse("role", args=[membership.pk])
    for posted, ends in (
        ({"ends_on": day(3)}, day(3)),
        ({"ends_on": "", "go_on": ""}, "None"),
        ({"ends_on": "", "at_once": ""}, day(-1)),
        ({"ends_on": "", "go_on": ""}, "None"),
    ):
        assert coordinator.post(address, posted).status_code == HTTPStatus.FOUND
        membership.refresh_from_db()
        assert str(membership.ends_on) == ends
    for wrong in ("", day(-2), "x"):
        assert coordinator.post(address, {"ends_on": wrong}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_an_administrator_is_told_why_the_own_role_stays(offices: Offices, administrator: Client) -> None:
    own = person(offices, "administrator", "c").memberships.get()
    answer = administrator.post(reverse("role", args=[own.pk]), {"at_once": ""})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert len(answer.context["form"].non_field_errors()) == 1
    own.refresh_from_db()
    assert own.ends_on is None


def test_a_deputy_is_chosen_from_the_same_district(offices: Offices, administrator: Client) -> None:
    """Also by who manages others: of the committee's administrator's people, those of district a."""
    head = person(offices, "department_head", "a1").memberships.get()
    address = reverse("role-deputy", args=[head.pk])
    offered = set(re.findall(r'<option value="(\d+)"', administrator.get(address).content.decode()))
    usernames = set(User.objects.filter(pk__in=offered).values_list("username", flat=True))
    assert usernames == {
        *("filler-a1", "filler-a2", "department_head-a2"),
        *("coordinator-a", "leader-a", "auditor-a", "administrator-a"),
    }
    wrong = {"deputy": person(offices, "filler", "b1").pk, "ends_on": day(3)}
    assert administrator.post(address, wrong).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    right = {"deputy": person(offices, "filler", "a1").pk, "ends_on": day(3)}
    assert administrator.post(address, right).status_code == HTTPStatus.FOUND
    assert Membership.objects.get(deputises=head.user).user.username == "filler-a1"


def test_organisations_are_created_and_renamed(offices: Offices, coordinator: Client) -> None:
    add = reverse("people-organisation-add", args=[offices.at["a"].pk])
    posted = {"name": "区审计局", "code": "a3", "kind": "district", "parent": offices.at["b"].pk}
    coordinator.post(add, posted)
    made = Organisation.objects.get(code="a3")
    assert (made.kind, made.parent) == ("department", offices.at["a"])
    edit = reverse("people-organisation-edit", args=[made.pk])
    assert (
        coordinator.post(edit, {"name": "区审计局", "code": "a1"}).status_code
        == HTTPStatus.UNPROCESSABLE_ENTITY
    )
    coordinator.post(edit, {"name": "区审计委", "code": "a9", "parent": offices.at["b"].pk})
    made.refresh_from_db()
    assert (made.name, made.code, made.parent) == ("区审计委", "a9", offices.at["a"])


def test_what_is_visible_but_forbidden_says_so(offices: Offices, coordinator: Client) -> None:
    """The district itself is renamed from above, its administrator's role is not the coordinator's to end."""
    district, above = offices.at["a"], person(offices, "administrator", "a")
    role = above.memberships.get()
    for address in (
        reverse("people-organisation-edit", args=[district.pk]),
        reverse("people-organisation-add", args=[offices.at["a1"].pk]),
        reverse("person-lock", args=[above.pk]),
        reverse("person-edit", args=[above.pk]),
        reverse("role", args=[role.pk]),
        reverse("role-deputy", args=[role.pk]),
    ):
        assert coordinator.get(address).status_code == HTTPStatus.FORBIDDEN
        assert coordinator.post(address, {"reason": "x", "at_once": ""}).status_code == HTTPStatus.FORBIDDEN


# Queries


@pytest.mark.parametrize("many", [1, 12])
@pytest.mark.parametrize(
    ("page", "queries"),
    [("tree", 2), ("search", 3), ("organisation", 5), ("person", 7), ("role-add", 2), ("deputy", 2)],
)
def test_pages_make_the_same_queries_with_one_and_with_many(
    offices: Offices, many: int, page: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    by = person(offices, "administrator", "c")
    for number in range(many):
        department = make_organisation(f"a-{number}", OrganisationKind.DEPARTMENT, offices.at["a"])
        made = make_user(f"many-{number}", (Role.FILLER, department), (Role.FILLER, offices.at["a1"]))
        name_deputy(
            membership=person(offices, "department_head", "a1").memberships.get(),
            deputy=made,
            ends_on=timezone.localdate(),
            by=by,
        )
        give = Membership(user=person(offices, "filler", "a1"), organisation=department, role="filler")
        give.save()
        end_role(membership=give, ends_on=timezone.localdate(), by=by)
    head = person(offices, "department_head", "a1").memberships.get()
    address = {
        "tree": "/people/",
        "search": "/people/?q=many",
        "organisation": reverse("people-organisation", args=[offices.at["a1"].pk]),
        "person": reverse("person", args=[person(offices, "filler", "a1").pk]),
        "role-add": reverse("role-add", args=[head.user_id]),
        "deputy": reverse("role-deputy", args=[head.pk]),
    }[page]
    client = signed_in(by)
    with django_assert_num_queries(SESSION_USER_AND_STANDING + queries):
        assert client.get(address).status_code == HTTPStatus.OK


def test_reading_these_pages_is_no_event(offices: Offices, administrator: Client) -> None:
    before = Event.objects.count()
    get(administrator, "people")
    get(administrator, "person", person(offices, "filler", "a1").pk)
    assert Event.objects.count() == before
