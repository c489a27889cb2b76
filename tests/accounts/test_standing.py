"""What a person is at this moment."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership, Organisation
from accounts.roles import OrganisationKind, Role
from accounts.standing import Standing, standing_of
from tests.factories import make_organisation, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def committee() -> Organisation:
    return make_organisation("c", OrganisationKind.COMMITTEE)


@pytest.fixture
def districts(committee: Organisation) -> list[Organisation]:
    return [make_organisation(code, OrganisationKind.DISTRICT, committee) for code in "ab"]


def test_a_standing_has_the_roles_by_organisation(
    committee: Organisation, districts: list[Organisation]
) -> None:
    first, second = districts
    user = make_user(
        "alice",
        (Role.LEADER, first),
        (Role.LEADER, second),
        (Role.COORDINATOR, first),
        (Role.AUDITOR, committee),
    )
    standing = standing_of(user)
    assert standing == Standing(
        {
            Role.LEADER: frozenset({first.pk, second.pk}),
            Role.COORDINATOR: frozenset({first.pk}),
            Role.AUDITOR: frozenset({committee.pk}),
        },
        {first.pk: committee.pk, second.pk: committee.pk, committee.pk: None},
    )
    assert standing.above(Role.COORDINATOR, Role.AUDITOR) == {committee.pk}
    assert standing.above(Role.AUDITOR) == standing.above(Role.FILLER) == frozenset()
    assert standing.organisations(Role.COORDINATOR, Role.AUDITOR) == {first.pk, committee.pk}
    assert standing.organisations() == standing.organisations(Role.FILLER) == frozenset()
    assert standing.holds(second.pk, Role.LEADER)
    assert not standing.holds(second.pk, Role.COORDINATOR)
    assert not standing.holds(None, *Role)


def test_a_page_reads_the_standing_once_for_view_and_navigation(
    districts: list[Organisation], client: Client
) -> None:
    client.force_login(make_user("alice", (Role.COORDINATOR, districts[0])))
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/people/").status_code == 200
    today = [query["sql"] for query in queries if "starts_on" in query["sql"] and "COUNT" not in query["sql"]]
    assert len(today) == 1


def test_a_standing_is_one_query_however_many_roles(
    districts: list[Organisation], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = make_user(
        "alice", *((role, districts[0]) for role in (Role.LEADER, Role.COORDINATOR, Role.AUDITOR))
    )
    with django_assert_num_queries(1):
        assert len(standing_of(user).by_role) == 3


def test_a_role_that_ended_is_gone_with_the_next_reading(districts: list[Organisation]) -> None:
    user = make_user("alice", (Role.LEADER, districts[0]))
    assert standing_of(user).holds(districts[0].pk, Role.LEADER)
    Membership.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert standing_of(user) == Standing({})


def test_nobody_is_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert standing_of(AnonymousUser()) == Standing({})
