"""Django's admin: the operator's alone, every change an event, nothing deleted, no password told."""

import json
from http import HTTPStatus

import pytest
from django.test import Client

from accounts.models import Membership, Organisation, User
from accounts.roles import OrganisationKind, Role
from audit.models import Event
from tests.factories import make_organisation, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client: Client) -> User:
    operator = User.objects.create_superuser("root", "correct horse", name="运维")
    client.force_login(operator)
    return operator


@pytest.fixture
def committee() -> Organisation:
    return make_organisation("c", OrganisationKind.COMMITTEE)


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/", "/admin/login/"])
def test_people_without_superuser_rights_do_not_get_in(
    client: Client, committee: Organisation, path: str
) -> None:
    client.force_login(make_user("boss", (Role.ADMINISTRATOR, committee)))
    response = client.get(path, follow=True)
    assert response.status_code == HTTPStatus.FORBIDDEN


def test_the_admins_own_sign_in_page_leads_to_ours(client: Client) -> None:
    assert client.get("/admin/login/").headers["Location"] == "/sign-in/?next=/admin/login/"


def test_the_operator_gets_in(client: Client, operator: User) -> None:
    assert client.get("/admin/").status_code == HTTPStatus.OK
    assert client.get("/admin/login/").headers["Location"] == "/admin/"


@pytest.mark.parametrize("model", ["organisation", "membership", "user"])
def test_lists_and_forms_open(client: Client, operator: User, committee: Organisation, model: str) -> None:
    Membership.objects.create(user=operator, role=Role.SECRETARY, organisation=committee)
    pk = {"organisation": committee.pk, "user": operator.pk}.get(model) or Membership.objects.get().pk
    for page in ("", "?q=c", "add/", f"{pk}/change/", f"{pk}/history/"):
        assert client.get(f"/admin/accounts/{model}/{page}").status_code == HTTPStatus.OK


def test_a_new_organisation_is_an_event(client: Client, operator: User, committee: Organisation) -> None:
    client.post(
        "/admin/accounts/organisation/add/",
        {"code": "360113", "name": "红谷滩区", "kind": "district", "parent": committee.pk},
    )
    event = Event.objects.get()
    created = Organisation.objects.get(code="360113")
    assert (event.action, event.actor_name, event.organisation_id) == (
        "organisation.created",
        "root",
        created.pk,
    )
    assert event.details == {
        "changes": {
            "code": {"from": None, "to": "360113"},
            "name": {"from": None, "to": "红谷滩区"},
            "kind": {"from": None, "to": "district"},
            "parent": {"from": None, "to": "单位c"},
        }
    }


def test_a_changed_organisation_is_an_event_with_both_values(
    client: Client, operator: User, committee: Organisation
) -> None:
    client.post(
        f"/admin/accounts/organisation/{committee.pk}/change/",
        {"code": "c", "name": "市督导办", "kind": "committee", "parent": ""},
    )
    event = Event.objects.get()
    assert event.action == "organisation.changed"
    assert event.details == {"changes": {"name": {"from": "单位c", "to": "市督导办"}}}


def test_a_refused_change_is_no_event(client: Client, operator: User, committee: Organisation) -> None:
    response = client.post(
        f"/admin/accounts/organisation/{committee.pk}/change/",
        {"code": "c", "name": "市督导办", "kind": "district", "parent": ""},
    )
    assert response.status_code == HTTPStatus.OK
    assert Event.objects.count() == 0
    committee.refresh_from_db()
    assert committee.name == "单位c"


def test_a_role_that_ends_is_an_event_of_its_organisation(
    client: Client, operator: User, committee: Organisation
) -> None:
    user = make_user("alice", (Role.SECRETARY, committee))
    membership = Membership.objects.get()
    client.post(
        f"/admin/accounts/membership/{membership.pk}/change/",
        {
            "user": user.pk,
            "organisation": committee.pk,
            "role": "secretary",
            "starts_on": "",
            "ends_on": "2022-01-14",
        },
    )
    event = Event.objects.get()
    assert (event.action, event.organisation_id) == ("membership.changed", committee.pk)
    assert event.details == {"changes": {"ends_on": {"from": None, "to": "2022-01-14"}}}


def test_a_role_in_the_wrong_kind_of_organisation_is_refused(
    client: Client, operator: User, committee: Organisation
) -> None:
    response = client.post(
        "/admin/accounts/membership/add/",
        {"user": operator.pk, "organisation": committee.pk, "role": "filler"},
    )
    assert response.status_code == HTTPStatus.OK
    assert Membership.objects.count() == Event.objects.count() == 0


def test_a_new_person_is_an_event_without_the_password(client: Client, operator: User) -> None:
    client.post(
        "/admin/accounts/user/add/",
        {
            "username": "alice",
            "name": "李晓敏",
            "usable_password": "true",
            "password1": "a long new secret",
            "password2": "a long new secret",
        },
    )
    assert User.objects.get(username="alice").check_password("a long new secret")
    event = Event.objects.get()
    assert event.action == "user.created"
    assert event.details == {
        "changes": {"username": {"from": None, "to": "alice"}, "name": {"from": None, "to": "李晓敏"}}
    }


def test_a_locked_person_is_an_event(client: Client, operator: User) -> None:
    alice = make_user("alice")
    client.post(f"/admin/accounts/user/{alice.pk}/change/", {"username": "alice", "name": "alice"})
    alice.refresh_from_db()
    assert alice.is_active is False
    event = Event.objects.get()
    assert (event.action, event.subject_id) == ("user.changed", str(alice.pk))
    assert event.details == {"changes": {"is_active": {"from": "True", "to": "False"}}}


def test_a_lock_by_the_operator_ends_sessions_for_good(client: Client, operator: User) -> None:
    alice, browser = make_user("alice"), Client()
    browser.force_login(alice)
    address, typed = f"/admin/accounts/user/{alice.pk}/change/", {"username": "alice", "name": "alice"}
    for is_active in ({}, {"is_active": "on"}):
        assert client.post(address, typed | is_active).status_code == 302
        assert browser.get("/frameworks/").status_code == 302
    alice.refresh_from_db()
    assert alice.is_active is True


def test_a_password_set_for_another_is_an_event_without_the_password(client: Client, operator: User) -> None:
    alice = make_user("alice")
    page = f"/admin/accounts/user/{alice.pk}/password/"
    assert client.get(page).status_code == HTTPStatus.OK
    client.post(
        page,
        {
            "usable_password": "true",
            "password1": "a long new secret",
            "password2": "a long new secret",
            "set-password": "1",
        },
    )
    alice.refresh_from_db()
    assert alice.check_password("a long new secret")
    event = Event.objects.get()
    assert (event.action, event.actor_name, event.subject_id) == ("user.password_set", "root", str(alice.pk))
    assert event.details == {}


def test_a_password_that_is_refused_is_no_event(client: Client, operator: User) -> None:
    alice = make_user("alice")
    client.post(
        f"/admin/accounts/user/{alice.pk}/password/",
        {"usable_password": "true", "password1": "short", "password2": "short", "set-password": "1"},
    )
    assert Event.objects.count() == 0
    alice.refresh_from_db()
    assert alice.check_password("correct horse")


def test_superuser_rights_cannot_be_given(client: Client, operator: User) -> None:
    alice = make_user("alice")
    client.post(
        f"/admin/accounts/user/{alice.pk}/change/",
        {"username": "alice", "name": "alice", "is_active": "on", "is_superuser": "on", "is_demo": "on"},
    )
    alice.refresh_from_db()
    assert (alice.is_superuser, alice.is_demo) == (False, False)


@pytest.mark.parametrize("model", ["organisation", "membership", "user"])
def test_nothing_is_deleted(client: Client, operator: User, committee: Organisation, model: str) -> None:
    membership = Membership.objects.create(user=operator, role=Role.SECRETARY, organisation=committee)
    pk = {"organisation": committee.pk, "membership": membership.pk, "user": operator.pk}[model]
    url = f"/admin/accounts/{model}/"
    assert client.post(f"{url}{pk}/delete/", {"post": "yes"}).status_code == HTTPStatus.FORBIDDEN
    client.post(url, {"action": "delete_selected", "_selected_action": [pk], "post": "yes"})
    assert (Organisation.objects.count(), Membership.objects.count(), User.objects.count()) == (1, 1, 1)


def test_no_event_holds_a_hash(client: Client, operator: User) -> None:
    alice = make_user("alice")
    client.post(f"/admin/accounts/user/{alice.pk}/change/", {"username": "alice2", "name": "alice"})
    kept = json.dumps(list(Event.objects.values_list("details", flat=True)))
    assert "alice2" in kept
    assert alice.password not in kept
