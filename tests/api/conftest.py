"""A small world, and programs that ask about it."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from accounts.tokens import issue_token
from tests.factories import World, make_world

Program = Callable[..., Client]


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def program() -> Program:
    """A client that signs in with a token of a person, and asks for English."""

    def make(person: User, *, read_only: bool = False, language: str = "en") -> Client:
        issued = issue_token(person=person, name=f"测试{read_only}{language}", days=30, read_only=read_only)
        return Client(headers={"Authorization": f"Bearer {issued.text}", "Accept-Language": language})

    return make
