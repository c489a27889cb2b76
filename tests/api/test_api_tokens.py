"""Tokens: hashed, for a time, no more than their person may, and ended with password and account."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.first_passwords import reset_passwords
from accounts.models import ApiToken, Membership, User
from accounts.passwords import change_own_password
from accounts.people import lock_person, unlock_person
from accounts.roles import Role
from accounts.tokens import MOST, issue_token, revoke_token, seal_of, token_named
from audit.models import Event
from tests.factories import World


def person_of(world: World) -> User:
    return User.objects.get(pk=world.people[Role.FILLER, "a1"].pk)


def ask(text: str, path: str = "me/", **headers: str) -> int:
    return Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {text}", **headers}).status_code


def test_token_lets_in_as_its_person(world: World) -> None:
    issued = issue_token(person=person_of(world), name=" 每晚 统计 ", days=30, read_only=True)
    answer = Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {issued.text}"}).json()
    assert answer == {
        "username": "filler-a1",
        "name": "filler-a1",
        "roles": [
            {
                "role": "filler",
                "organisation": {"id": world.departments["a1"].pk, "code": "a1", "name": "单位a1"},
                "ends_on": None,
            }
        ],
        "token": {
            "name": "每晚 统计",
            "read_only": True,
            "expires_at": timezone.localtime(issued.token.expires_at).isoformat(),
        },
    }
    assert answer["token"]["expires_at"].endswith("+08:00")


def test_token_is_stored_as_a_hash_alone(world: World) -> None:
    issued = issue_token(person=person_of(world), name="统计", days=30, read_only=True)
    row = ApiToken.objects.values().get()
    assert not any(issued.text in str(value) for value in row.values())
    assert issued.text not in repr(issued)
    assert row["hint"] == issued.text[-4:]
    assert [issued.text in str(event.details) for event in Event.objects.all()] == [
        False
    ] * Event.objects.count()


def test_issuing_and_revoking_are_events_of_the_person_s_office(world: World) -> None:
    person = person_of(world)
    issued = issue_token(person=person, name="统计", days=90, read_only=False)
    revoke_token(token=issued.token, by=person)
    revoke_token(token=issued.token, by=person)
    events = Event.objects.filter(action__startswith="user.token").order_by("sequence")
    office = world.departments["a1"].pk
    hint = issued.token.hint
    assert list(events.values_list("action", "actor_id", "organisation_id", "details")) == [
        (
            "user.token_issued",
            person.pk,
            office,
            {"token": "统计", "hint": hint, "days": 90, "read_only": False},
        ),
        ("user.token_revoked", person.pk, office, {"token": "统计", "hint": hint}),
    ]


@pytest.mark.parametrize(
    ("name", "days", "field"),
    [("", 30, "name"), (" \u200b", 30, "name"), ("长" * 101, 30, "name"), ("统计", 31, "days")],
)
def test_token_without_purpose_or_end_is_refused(world: World, name: str, days: int, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        issue_token(person=person_of(world), name=name, days=days, read_only=True)
    assert set(refused.value.message_dict) == {field}
    assert not ApiToken.objects.exists()


def test_a_purpose_has_one_token_and_a_person_ten(world: World) -> None:
    person = person_of(world)
    for number in range(MOST):
        issue_token(person=person, name=f"统计{number}", days=30, read_only=True)
    with pytest.raises(ValidationError):
        issue_token(person=person, name="再一个", days=30, read_only=True)
    revoke_token(token=ApiToken.objects.get(name="统计0"), by=person)
    with pytest.raises(ValidationError) as refused:
        issue_token(person=person, name="统计1", days=30, read_only=True)
    assert set(refused.value.message_dict) == {"name"}
    issue_token(person=person, name="统计0", days=30, read_only=True)


def ends(world: World, issued_for: User, how: str) -> None:
    coordinator = world.people[Role.COORDINATOR, "a"]
    match how:
        case "revoked":
            revoke_token(token=ApiToken.objects.get(), by=issued_for)
        case "revoked by the administrator":
            revoke_token(token=ApiToken.objects.get(), by=world.people[Role.ADMINISTRATOR, "c"])
        case "expired":
            long_ago = timezone.now() - timedelta(days=31)
            ApiToken.objects.update(issued_at=long_ago, expires_at=long_ago + timedelta(days=30))
        case "locked":
            lock_person(person=issued_for, reason="离职", by=coordinator)
        case "locked and unlocked":
            lock_person(person=issued_for, reason="离职", by=coordinator)
            unlock_person(person=issued_for, by=coordinator)
        case "new password":
            change_own_password(person=issued_for, password="another long one")  # noqa: S106
        case "password reset":
            reset_passwords(people=[issued_for], by=coordinator)


@pytest.mark.parametrize(
    "how",
    [
        "revoked",
        "revoked by the administrator",
        "expired",
        "locked",
        "locked and unlocked",
        "new password",
        "password reset",
    ],
)
def test_token_ends_at_the_next_request(world: World, how: str) -> None:
    person = person_of(world)
    issued = issue_token(person=person, name="统计", days=30, read_only=True)
    assert ask(issued.text) == 200
    ends(world, person, how)
    assert ask(issued.text) == 401
    assert token_named(issued.text) is None


def test_token_waits_for_a_password_that_has_had_its_days(world: World, settings: Settings) -> None:
    person = person_of(world)
    issued = issue_token(person=person, name="统计", days=30, read_only=True)
    settings.PASSWORD_DAYS = 90
    User.objects.filter(pk=person.pk).update(password_set_at=timezone.now() - timedelta(days=91))
    answer = Client().get(
        "/api/v1/me/", headers={"Authorization": f"Bearer {issued.text}", "Accept-Language": "en"}
    )
    assert answer.status_code == 401
    assert answer.json()["detail"] == "First change your password on the pages; then make a new token."


def test_token_has_the_roles_of_the_moment(world: World) -> None:
    issued = issue_token(person=person_of(world), name="统计", days=30, read_only=True)
    path = f"responses/{world.response('1').pk}/"
    assert ask(issued.text, path) == 200
    Membership.objects.filter(user=person_of(world)).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert ask(issued.text, path) == 404


def test_nobody_but_the_owner_and_who_manages_revokes(world: World) -> None:
    issued = issue_token(person=person_of(world), name="统计", days=30, read_only=True)
    for role, place in ((Role.FILLER, "a2"), (Role.COORDINATOR, "b"), (Role.SECRETARY, "c")):
        with pytest.raises(PermissionDenied):
            revoke_token(token=issued.token, by=world.people[role, place])
    assert ask(issued.text) == 200


def test_token_of_a_stale_person_is_not_issued(world: World) -> None:
    """The password was reset while the form was open."""
    person = person_of(world)
    reset_passwords(people=[person_of(world)], by=world.people[Role.COORDINATOR, "a"])
    with pytest.raises(PermissionDenied):
        issue_token(person=person, name="统计", days=30, read_only=True)


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Token x",
        "Basic eA==",
        "Bearer \x00",
        "Bearer 令牌",
        "Bearer " + "x" * 9000,
    ],
)
def test_other_headers_let_nobody_in(world: World, header: str) -> None:
    answer = Client().get("/api/v1/me/", HTTP_AUTHORIZATION=header)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_wrong_token_is_refused_beside_a_session(world: World) -> None:
    client = Client(headers={"Authorization": "Bearer wrong"})
    client.force_login(person_of(world))
    assert client.get("/api/v1/me/").status_code == 401


def test_use_is_noted_no_more_than_every_ten_minutes(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    issued = issue_token(person=person_of(world), name="统计", days=30, read_only=True)
    assert ask(issued.text) == 200
    first = ApiToken.objects.get().used_at
    with django_assert_num_queries(2):  # the token with its person, and the roles
        assert ask(issued.text) == 200
    assert first is not None
    assert ApiToken.objects.get().used_at == first
    ApiToken.objects.update(used_at=first - timedelta(minutes=11))
    ask(issued.text)
    assert ApiToken.objects.get().used_at > first  # type: ignore[operator]


def test_token_that_only_reads_changes_nothing(world: World) -> None:
    person, response = person_of(world), world.response("1")
    issued = issue_token(person=person, name="统计", days=30, read_only=True)
    headers = {"Authorization": f"Bearer {issued.text}", "If-Match": '"0"', "Accept-Language": "en"}
    answer = Client().patch(f"/api/v1/responses/{response.pk}/", "{}", "application/json", headers=headers)
    assert (answer.status_code, answer.json()["type"], answer.json()["detail"]) == (
        403,
        "urn:selfassess:problem:read-only-token",
        "This token only reads.",
    )


def test_seal_does_not_show_the_password_s_hash(world: World) -> None:
    person = person_of(world)
    assert person.password not in seal_of(person)
    assert len(seal_of(person)) == 64


def test_page_shows_a_new_token_once(world: World) -> None:
    client = Client()
    client.force_login(person_of(world))
    posted = {"name": "每晚统计", "days": "90", "read_only": "on", "password": "correct horse"}
    answer = client.post("/tokens/", posted)
    page = answer.content.decode()
    text = page.partition("user-select-all")[2].partition(">")[2].partition("<")[0]
    assert ask(text) == 200
    assert "no-store" in answer.headers["Cache-Control"]
    again = client.post("/tokens/", posted)
    assert again.status_code == 422
    assert text not in again.content.decode() + client.get("/tokens/").content.decode()
    assert ApiToken.objects.count() == 1


def test_page_makes_no_token_without_the_password(world: World) -> None:
    """Who finds a screen left alone has it for a session, and not for a year. Five wrong ones lock."""
    client = Client()
    client.force_login(person_of(world))
    client.cookies["django_language"] = "en"
    posted = {"name": "每晚统计", "days": "365"}
    answers = [client.post("/tokens/", {**posted, "password": guess}) for guess in ("", *"abcde")]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 422, 429]
    assert "This is not your present password." in answers[1].content.decode()
    assert not ApiToken.objects.exists()


def test_page_revokes_after_saying_so(world: World) -> None:
    with translation.override("en"):
        client = Client()
        client.force_login(person_of(world))
        client.cookies["django_language"] = "en"
        token = issue_token(person=person_of(world), name="<b>统计</b>", days=30, read_only=True).token
        page = client.get(f"/tokens/{token.pk}/revoke/").content.decode()
        assert "&lt;b&gt;统计&lt;/b&gt;" in page
        assert "This cannot be taken back" in page
        assert client.post(f"/tokens/{token.pk}/revoke/").headers["Location"] == "/tokens/"
        assert "You have no token." in client.get("/tokens/").content.decode()
        assert client.get(f"/tokens/{token.pk}/revoke/").status_code == 302


def test_who_manages_sees_the_tokens_of_a_person(world: World) -> None:
    person = person_of(world)
    token = issue_token(person=person, name="每晚统计", days=30, read_only=True).token
    client = Client()
    client.force_login(world.people[Role.COORDINATOR, "a"])
    page = client.get(f"/people/{person.pk}/").content.decode()
    assert f"/tokens/{token.pk}/revoke/" in page
    assert "每晚统计" in page
    assert client.post(f"/tokens/{token.pk}/revoke/").headers["Location"] == f"/people/{person.pk}/"
    assert f"/tokens/{token.pk}/revoke/" not in client.get(f"/people/{person.pk}/").content.decode()
