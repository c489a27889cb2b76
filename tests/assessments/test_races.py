"""People who act at the same moment: one gets through, the others are told, nothing is lost or done twice."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection
from psycopg import sql

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def database_of_its_own(db: None, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of the kind that the suite runs on; what it commits cannot be undone."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'races.sqlite3'}"
        return
    server = urlsplit(os.environ["DATABASE_URL"])
    name = f"races_{os.getpid()}"
    with psycopg.connect(server._replace(path="/postgres").geturl(), autocommit=True) as administration:
        administration.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield server._replace(path=f"/{name}").geturl()
        finally:
            administration.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_of_those_that_act_at_once_one_gets_through(database_of_its_own: str) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.assessments.races"],
        cwd=PROJECT,
        env={**os.environ, "DATABASE_URL": database_of_its_own},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.stderr == ""
    assert json.loads(run.stdout) == {
        "first saves": ["Response"] + ["StaleSave"] * 3,
        "next saves": ["Response"] + ["StaleSave"] * 3,
        "one save sent again before its answer": ["Response"] * 4,
        "first contributions": ["Contribution"] + ["StaleContribution"] * 3,
        "of a save and a submission get through": [1] * 4,
        "a submission that meets a save under way": ["Response", "StaleSave"],
        "submissions": ["PermissionDenied"] * 3 + ["Response"],
        "acceptances and taking back": ["PermissionDenied"] * 3 + ["Response"],
        "first saves of the prose": ["ReportProse"] + ["StaleProse"] * 3,
        "past reports": ["int"] * 4,
        "loads": ["NoneType"] + ["StaleSave"] * 2,
        "openings": ["Assessment"] + ["ValidationError"] * 2,
        "publications": ["Framework"] + ["ValidationError"] * 2,
        "moves": ["Cycle"] + ["ValidationError"] * 2,
        "last acceptances that close the ranks": ["Response", "Response", "3.00", "4.00"],
        "citations of the same": [["EvidenceUse"] * 4, 1],
        "descriptions": ["Evidence"] + ["StaleEvidence"] * 2,
        "removals and citations are all answered": True,
        "revisions are saves": True,
        "break in the trail": None,
    }
