"""A small world for every test, and messages in English, as they stand in the code."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from accounts.models import User
from accounts.roles import Role
from tests.factories import World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def filler(world: World) -> User:
    return world.people[Role.FILLER, "a1"]


@pytest.fixture
def head(world: World) -> User:
    return world.people[Role.DEPARTMENT_HEAD, "a1"]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield
