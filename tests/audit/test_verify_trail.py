"""``manage verify_trail``: what it says of a whole and of a broken chain, and its exit codes."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import translation

from audit.trail import record
from tests.audit.test_trail import write_past_the_triggers
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_events() -> None:
    user = make_user("alice")
    for action in ("one", "two"):
        record(by=user, action=action, subject=user)


def verify(*options: str) -> tuple[int, str]:
    out = StringIO()
    try:
        with translation.override("en"):
            call_command("verify_trail", *options, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def test_a_whole_trail_is_called_whole() -> None:
    assert verify() == (0, "The trail of 2 events is whole.\n")


def test_a_whole_trail_as_json() -> None:
    code, answer = verify("--json")
    assert (code, json.loads(answer)) == (0, {"events": 2, "intact": True, "break": None})


def test_a_broken_trail_is_located() -> None:
    write_past_the_triggers("UPDATE audit_event SET action = 'x' WHERE sequence = 2")
    assert verify() == (
        1,
        "The trail does not hold at event 2: the event, or its link to the one before, was altered.\n",
    )


def test_a_broken_trail_as_json() -> None:
    write_past_the_triggers("DELETE FROM audit_event WHERE sequence = 1")
    code, answer = verify("--json")
    assert (code, json.loads(answer)) == (
        1,
        {"events": 1, "intact": False, "break": {"sequence": 1, "problem": "missing"}},
    )
