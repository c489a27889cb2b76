"""The WSGI handler."""

import socket
from io import BytesIO
from wsgiref.util import setup_testing_defaults

from selfassess.handler import PATIENCE, Handler


def test_connection_that_stands_still_is_left() -> None:
    """Sending and receiving alike: it would hold a thread for good."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        environ: dict[str, object] = {"gunicorn.socket": ours, "PATH_INFO": "/", "wsgi.input": BytesIO()}
        setup_testing_defaults(environ)
        Handler()(environ, lambda *_answer: None).close()
        assert ours.gettimeout() == PATIENCE
