"""What a measurement says of its targets."""

import pytest

from bench.output import Target


@pytest.mark.parametrize(
    ("sign", "met"),
    [("<=", (True, True, False)), ("<", (True, False, False)), (">=", (False, True, True))],
)
def test_target_is_met_on_its_side_of_the_limit(sign: str, met: tuple[bool, ...]) -> None:
    assert tuple(Target("", value, 2, sign).met for value in (1, 2, 3)) == met
