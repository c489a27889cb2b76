"""A small world for every test, and messages in English, as they stand in the code."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from tests.factories import World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield
