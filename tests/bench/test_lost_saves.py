"""The measurement of saving finds what is lost: it is given databases in which something is."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from bench.autosave import missing_saves
from bench.people import TEXT, Person

ITEM = 7
SAVES = [str(uuid4()) for _save in range(3)]
STANDS_ELSEWHERE = f"item {ITEM} does not stand at its last save"
TEXT_BEFORE = (
    "UPDATE assessments_response SET narrative ="
    " (SELECT json_extract(content, '$.narrative') FROM assessments_responserevision WHERE version = 2)"
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """As it is after three saves; the two tables as far as they are looked at."""
    path = tmp_path / "db.sqlite3"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE assessments_response (id, version, narrative)")
        connection.execute(
            "CREATE TABLE assessments_responserevision (response_id, version, operation, content)"
        )
        connection.execute("INSERT INTO assessments_response VALUES (?, 3, ?)", [ITEM, TEXT + SAVES[-1]])
        connection.executemany(
            "INSERT INTO assessments_responserevision VALUES (?, ?, ?, ?)",
            [
                (ITEM, version, UUID(save).hex, json.dumps({"narrative": TEXT + save}))
                for version, save in enumerate(SAVES, start=1)
            ],
        )
    return path


def found(database: Path, told: list[str], *damages: str) -> list[str]:
    """What is found missing once the damage is done, where so many saves had been acknowledged."""
    with closing(sqlite3.connect(database)) as connection, connection:
        for damage in damages:
            connection.execute(damage)
    underway = (*SAVES, str(uuid4()))[len(told)]
    person = Person(ITEM, "", "", {}, len(told), underway)
    return missing_saves([person], {ITEM: told}, database)


def test_nothing_is_missing_where_all_is_stored(database: Path) -> None:
    assert found(database, SAVES) == []


def test_save_that_waits_for_its_answer_may_be_stored(database: Path) -> None:
    assert found(database, SAVES[:2]) == []


def test_save_that_waits_for_its_answer_may_not_be_stored(database: Path) -> None:
    gone = "DELETE FROM assessments_responserevision WHERE version = 3"
    assert found(database, SAVES[:2], gone, TEXT_BEFORE, "UPDATE assessments_response SET version = 2") == []


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("DELETE FROM assessments_responserevision WHERE version = 3", 2),
        ("DELETE FROM assessments_responserevision WHERE version = 1", 2),
        ("DELETE FROM assessments_responserevision", 0),
        ("UPDATE assessments_responserevision SET content = '{}' WHERE version = 2", 2),
        ("UPDATE assessments_responserevision SET operation = NULL WHERE version = 2", 2),
    ],
    ids=["last", "first", "all", "text of one", "name of one"],
)
def test_acknowledged_save_that_is_not_stored_is_found(database: Path, damage: str, told: int) -> None:
    assert found(database, SAVES, damage) == [
        f"item {ITEM}: {told} saves stored, 3 told",
        STANDS_ELSEWHERE,
    ]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE assessments_response SET version = 2",
        TEXT_BEFORE,
        "DELETE FROM assessments_response",
    ],
    ids=["version", "text", "all"],
)
def test_response_that_is_not_as_last_saved_is_found(database: Path, damage: str) -> None:
    assert found(database, SAVES, damage) == [STANDS_ELSEWHERE]


def test_saves_in_another_order_than_acknowledged_are_found(database: Path) -> None:
    swapped = "UPDATE assessments_responserevision SET version = 3 - version WHERE version < 3"
    assert found(database, SAVES, swapped) == [f"item {ITEM}: 3 saves stored, 3 told"]


def test_save_stored_twice_is_found(database: Path) -> None:
    twice = (
        "INSERT INTO assessments_responserevision SELECT response_id, 4, operation, content"
        " FROM assessments_responserevision WHERE version = 3"
    )
    assert found(database, SAVES, twice) == [f"item {ITEM}: 4 saves stored, 3 told", STANDS_ELSEWHERE]
