"""What the measurement of archive and uploads finds, on small ones; how fast, the measurement itself says."""

import pytest

from bench.evidence import run

pytestmark = pytest.mark.browser
"""A real server on SQLite, as the browser tests have."""


def test_an_archive_is_whole_and_takes_no_memory() -> None:
    done = run(files=40, uploads=4, size=5_000_000, turns=1)
    assert done.faults == []
    assert done.size > 200_000_000
    assert done.grown < 150  # most of it the process that prints the labels, for a moment
    assert done.peak < 150
    assert done.uploaded.errors == []
