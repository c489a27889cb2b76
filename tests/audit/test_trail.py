"""The trail: what an event keeps, how events hang together, and where a broken chain breaks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.transaction import TransactionManagementError

from accounts.models import Organisation
from accounts.roles import OrganisationKind
from audit.models import ChainHead, Event
from audit.trail import GENESIS, Break, Problem, _hash, first_break, origin, record
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> Organisation:
    return Organisation(pk=7, code="a", name="甲区", kind=OrganisationKind.DISTRICT)


@pytest.fixture
def chain(district: Organisation) -> list[Event]:
    """Four events; the first is number 1."""
    return [record(by=None, action=f"step.{number}", subject=district) for number in range(1, 5)]


def write_past_the_triggers(statement: str, *parameters: int | str | datetime) -> None:
    """What an attacker with the database in hand can do: take the triggers away, then write."""
    with connection.cursor() as cursor:
        for table, verb in [
            ("audit_event", "update"),
            ("audit_event", "delete"),
            ("audit_chainhead", "update"),
            ("audit_chainhead", "delete"),
        ]:
            where = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_refuse_{verb}{where}")
        cursor.execute(statement, parameters)


# What an event keeps


def test_an_event_keeps_who_did_what_to_which_subject(district: Organisation) -> None:
    user = make_user("alice")
    before = datetime.now(UTC)
    event = record(by=user, action="district.opened", subject=district, organisation_id=7, reason="新增")
    stored = Event.objects.get()
    assert stored == event
    assert (stored.actor_id, stored.actor_name) == (user.pk, "alice")
    assert (stored.action, stored.details) == ("district.opened", {"reason": "新增"})
    assert (stored.subject_type, stored.subject_id, stored.subject_name) == (
        "accounts.organisation",
        "7",
        "甲区",
    )
    assert stored.organisation_id == 7
    assert before <= stored.at <= datetime.now(UTC)


def test_an_event_of_the_operator_has_no_actor(district: Organisation) -> None:
    event = record(by=None, action="district.opened", subject=district)
    assert (event.actor_id, event.actor_name, event.origin) == (None, "", "")


def test_a_long_subject_name_is_cut_to_what_the_column_takes(district: Organisation) -> None:
    district.name = "长" * 400
    record(by=None, action="district.opened", subject=district)
    assert Event.objects.get().subject_name == "长" * 300
    assert first_break() is None


def test_an_event_keeps_the_origin_of_the_request(district: Organisation) -> None:
    token = origin.set("10.1.2.3")
    try:
        assert record(by=None, action="district.opened", subject=district).origin == "10.1.2.3"
    finally:
        origin.reset(token)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (Decimal("3.10"), "3.10"),
        (Decimal("1E+2"), "100"),
        (datetime(2021, 12, 1, 8, 0, tzinfo=UTC), "2021-12-01T08:00:00.000000+00:00"),
        (None, None),
        ({"now": [True, 3, "分"]}, {"now": [True, 3, "分"]}),
        (10**30, 10**30),
    ],
)
def test_details_come_back_as_plain_values(district: Organisation, value: Any, kept: Any) -> None:
    record(by=None, action="response.accepted", subject=district, score=value)
    assert Event.objects.get().details == {"score": kept}
    assert first_break() is None


@pytest.mark.parametrize("value", [0.1, {"deep": [1e22]}, float("nan"), {1, 2}, b"bytes", date(2021, 12, 1)])
def test_details_of_another_kind_are_refused(district: Organisation, value: object) -> None:
    with pytest.raises(TypeError, match=r"^not a value for the trail: "):
        record(by=None, action="response.accepted", subject=district, score=value)
    assert Event.objects.count() == 0


def test_an_event_outside_a_transaction_is_refused(district: Organisation) -> None:
    # A thread has a connection of its own, and that one is in no transaction.
    with ThreadPoolExecutor(1) as thread:
        act = thread.submit(record, by=None, action="district.opened", subject=district)
    with pytest.raises(TransactionManagementError, match="an event belongs in the transaction of its act"):
        act.result()
    assert Event.objects.count() == 0


# How events hang together


def test_events_are_numbered_from_1_and_each_names_the_hash_before_it(chain: list[Event]) -> None:
    assert [event.sequence for event in chain] == [1, 2, 3, 4]
    assert [event.previous_hash for event in chain] == [GENESIS, *(event.hash for event in chain[:3])]
    head = ChainHead.objects.get()
    assert (head.sequence, head.hash) == (4, chain[3].hash)


def test_an_untouched_chain_holds(chain: list[Event]) -> None:
    assert first_break() is None


def test_a_chain_without_events_holds() -> None:
    assert first_break() is None


# Where a broken chain breaks


@pytest.mark.parametrize(
    "column", ["action", "actor_name", "origin", "subject_type", "subject_id", "subject_name", "hash"]
)
def test_a_changed_word_is_found(chain: list[Event], column: str) -> None:
    write_past_the_triggers(f"UPDATE audit_event SET {column} = 'x' WHERE sequence = 3")  # noqa: S608
    assert first_break() == Break(3, Problem.ALTERED)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor_id", 99),
        ("organisation_id", 99),
        ("at", datetime(2020, 1, 1, tzinfo=UTC)),
        ("details", '{"score": "4"}'),
    ],
)
def test_a_changed_value_is_found(chain: list[Event], column: str, value: int | str | datetime) -> None:
    write_past_the_triggers(f"UPDATE audit_event SET {column} = %s WHERE sequence = 2", value)  # noqa: S608
    assert first_break() == Break(2, Problem.ALTERED)


def test_two_events_that_changed_places_are_found(chain: list[Event]) -> None:
    write_past_the_triggers("UPDATE audit_event SET sequence = 100 WHERE sequence = 2")
    write_past_the_triggers("UPDATE audit_event SET sequence = 2 WHERE sequence = 3")
    write_past_the_triggers("UPDATE audit_event SET sequence = 3 WHERE sequence = 100")
    assert first_break() == Break(2, Problem.ALTERED)


@pytest.mark.parametrize("sequence", [1, 2, 3])
def test_a_missing_event_is_found(chain: list[Event], sequence: int) -> None:
    write_past_the_triggers("DELETE FROM audit_event WHERE sequence = %s", sequence)
    assert first_break() == Break(sequence, Problem.MISSING)


@pytest.mark.parametrize("first", [1, 3, 4])
def test_a_cut_off_tail_is_found(chain: list[Event], first: int) -> None:
    write_past_the_triggers("DELETE FROM audit_event WHERE sequence >= %s", first)
    assert first_break() == Break(first, Problem.CUT_OFF)


def test_the_first_of_several_breaks_is_named(chain: list[Event]) -> None:
    write_past_the_triggers("UPDATE audit_event SET action = 'x' WHERE sequence IN (2, 4)")
    write_past_the_triggers("DELETE FROM audit_event WHERE sequence = 3")
    assert first_break() == Break(2, Problem.ALTERED)


def test_a_last_event_written_anew_with_a_fitting_hash_is_found(chain: list[Event]) -> None:
    forged = chain[3]
    forged.action = "x"
    write_past_the_triggers(
        "UPDATE audit_event SET action = 'x', hash = %s WHERE sequence = 4", _hash(forged)
    )
    assert first_break() == Break(4, Problem.ALTERED)


def test_an_event_added_past_the_head_is_found(chain: list[Event]) -> None:
    write_past_the_triggers("UPDATE audit_chainhead SET sequence = 3, hash = %s", chain[2].hash)
    assert first_break() == Break(4, Problem.ADDED)


def test_a_break_at_the_end_of_a_long_chain_is_found(district: Organisation) -> None:
    for _ in range(501):  # more than are kept in memory at a time
        record(by=None, action="step", subject=district)
    write_past_the_triggers("DELETE FROM audit_event WHERE sequence = 501")
    assert first_break() == Break(501, Problem.CUT_OFF)
