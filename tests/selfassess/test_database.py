"""Many writers at once, and the settings that keep what they wrote."""

import json

from tests.selfassess.conftest import ON_POSTGRES, Site

WRITERS, EVENTS = 8, 5

WRITE_AT_ONCE = f"""
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from django.db import connection, transaction
from accounts.models import Organisation
from audit.models import ChainHead, Event
from audit.trail import first_break, record

Organisation.objects.create(code="c", name="市督导办", kind="committee")
begin = Barrier({WRITERS})

def write(writer):
    begin.wait()
    for number in range({EVENTS}):
        with transaction.atomic():
            committee = Organisation.objects.get()
            committee.name = f"{{writer}}.{{number}}"
            committee.save()
            record(by=None, action="organisation.changed", subject=committee)
    connection.close()

with ThreadPoolExecutor({WRITERS}) as pool:
    writing = [pool.submit(write, writer) for writer in range({WRITERS})]
    walks = [first_break()]
    while not all(writer.done() for writer in writing):
        walks.append(first_break())
    for writer in writing:
        writer.result()
print(json.dumps([
    list(Event.objects.values_list("sequence", flat=True)),
    sorted(Event.objects.values_list("subject_name", flat=True)),
    ChainHead.objects.get().sequence,
    [*{{*walks, first_break()}}],
]))
"""

SQLITE_SETTINGS = """
import json
from django.db import connection, transaction

names = ("journal_mode", "synchronous", "recursive_triggers", "foreign_keys", "busy_timeout")
with connection.cursor() as cursor:
    pragmas = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in names}
statements = []
connection.connection.set_trace_callback(statements.append)
with transaction.atomic():
    pass
print(json.dumps([pragmas, statements]))
"""

POSTGRES_SETTINGS = """
import json
from django.db import connection

with connection.cursor() as cursor:
    cursor.execute("SHOW transaction_isolation")
    print(json.dumps([cursor.fetchone()[0], connection.settings_dict["CONN_HEALTH_CHECKS"]]))
"""


def answer(site: Site, script: str) -> list[object]:
    result = site.shell(script)
    assert result.returncode == 0, result.stderr
    parsed: list[object] = json.loads(result.stdout)
    return parsed


def test_eight_writers_at_once_all_succeed_and_leave_one_whole_chain(site: Site) -> None:
    """On SQLite half of them would fail with Django's defaults; the head of the chain lines them up. Who
    walks the chain meanwhile finds it whole."""
    sequences, names, head, breaks = answer(site, WRITE_AT_ONCE)
    assert sequences == list(range(1, WRITERS * EVENTS + 1))
    assert names == [f"{writer}.{number}" for writer in range(WRITERS) for number in range(EVENTS)]
    assert head == WRITERS * EVENTS
    assert breaks == [None]


def test_the_database_is_set_to_keep_what_was_written(site: Site) -> None:
    """WAL: readers go on. 2 is FULL: it survives a power cut. IMMEDIATE: no write fails half way."""
    if ON_POSTGRES:
        assert answer(site, POSTGRES_SETTINGS) == ["read committed", True]
        return
    assert answer(site, SQLITE_SETTINGS) == [
        {
            "journal_mode": "wal",
            "synchronous": 2,
            "recursive_triggers": 1,
            "foreign_keys": 1,
            "busy_timeout": 20_000,
        },
        ["BEGIN IMMEDIATE", "COMMIT"],
    ]
