"""The description of the API is committed, and the API does as it says.

``SELFASSESS_API_EXAMPLES=300`` lets schemathesis look longer than the suite has time for.
"""

from collections.abc import Iterator
from contextlib import closing
from os import environ
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounded
from hypothesis import strategies as st
from pytest_django import Settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks

from accounts.roles import Role
from accounts.tokens import issue_token
from selfassess.handler import Handler
from tests.api.conftest import Program
from tests.assessments.evidence.files import make_file
from tests.assessments.evidence.received import received
from tests.factories import World

COMMITTED = Path(__file__).resolve().parents[2] / "docs/openapi.yml"
EXAMPLES = int(environ.get("SELFASSESS_API_EXAMPLES", "5"))


def test_description_is_the_committed_one(world: World, program: Program) -> None:
    """By ``./run manage spectacular --lang en --validate --fail-on-warn --file docs/openapi.yml``."""
    client = program(world.people[Role.FILLER, "a1"])
    with translation.override("en"):
        served = client.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi"})
    assert yaml.safe_load(served.content) == yaml.safe_load(COMMITTED.read_text(encoding="utf-8"))


def test_description_is_for_who_is_signed_in(db: None) -> None:
    answer = Client().get("/api/schema/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")


@pytest.fixture
def _connection_stays() -> Iterator[None]:
    """A request of a server ends with its connection, in which the test has its data."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def whole(asked: dict[str, Any], start_response: Any) -> list[bytes]:
    """The product, with files read to their end and closed: a server does so, werkzeug's client does not."""
    answer = Handler()(asked, start_response)
    with closing(answer):
        return [b"".join(answer)]


def known_objects(world: World) -> dict[str, list[str]]:
    """Numbers of what there is, by the first part of the address: of one's own district and of another."""
    responses = [world.response("2").pk, world.response("1").pk, world.response("2", "b").pk]
    file = make_file(world, received())
    file.evidence.uses.create(
        response=world.response("2"),
        department=world.departments["a1"],
        order=1,
        added_by=file.uploaded_by,
        added_at=file.uploaded_at,
    )
    found = {
        "frameworks": [world.framework.pk],
        "cycles": [world.assessments["a"].cycle_id],
        "assessments": [world.assessments["a"].pk, world.assessments["b"].pk],
        "responses": responses,
        "evidence": [file.evidence_id],
        "evidence-files": [file.pk],
    }
    return {name: [str(number) for number in numbers] for name, numbers in found.items()}


CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


@pytest.mark.usefixtures("_connection_stays")
@pytest.mark.parametrize(
    ("role", "place"), [(Role.FILLER, "a1"), (Role.COORDINATOR, "a"), (Role.SECRETARY, "c")]
)
def test_whatever_is_sent_is_answered_as_described(
    world: World, settings: Settings, role: Role, place: str
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    issued = issue_token(person=world.people[role, place], name="测试", days=30, read_only=False)
    headers = {"Authorization": f"Bearer {issued.text}"}
    schema = schemathesis.openapi.from_dict(yaml.safe_load(COMMITTED.read_text(encoding="utf-8")))
    schema.app = whole
    known, asked = known_objects(world), 0
    for operation in schema.get_all_operations():
        assert isinstance(operation, Ok)
        try_out(operation.ok(), headers, known)
        asked += 1
    assert asked == 20


def try_out(operation: Any, headers: dict[str, str], known: dict[str, list[str]]) -> None:
    """What fits the description and what does not; two times of three about something that there is."""
    numbers = known.get(operation.path.split("/")[3], [])

    @bounded(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), choice=st.integers(0, 5), version=st.integers(0, 2))
    def ask(case: Any, choice: int, version: int) -> None:
        if numbers and choice < 4 and "id" in (case.path_parameters or {}):
            case.path_parameters["id"] = numbers[choice % len(numbers)]
        if case.method in ("PUT", "PATCH") and choice < 4:
            case.headers = {**(case.headers or {}), "If-Match": f'"{version}"'}
        case.call_and_validate(headers=headers, checks=CHECKS)

    ask()
