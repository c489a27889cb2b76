"""What the measurement of saving finds right or wrong; how fast it is, is for the measurement to say."""

import pytest

from bench.autosave import run

pytestmark = pytest.mark.browser
"""A real server on SQLite, as the browser tests have."""


def test_what_was_acknowledged_outlives_the_server() -> None:
    done = run(people=4, seconds=0.4, block=0.2, kills=1)
    assert done.missing == []
    assert (done.draft.faults, done.bare.faults) == ([], [])
    assert done.acknowledged > 20
    assert len(done.bare.saves) > 4
