"""Middleware of the project as a whole."""

import socket

from django.test import Client

from selfassess.middleware import PATIENCE


def test_connection_that_stands_still_is_left(db: None, client: Client) -> None:
    """Sending and receiving alike: it would hold a thread for good."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        client.get("/sign-in/", **{"gunicorn.socket": ours})  # type: ignore[arg-type]
        assert ours.gettimeout() == PATIENCE
