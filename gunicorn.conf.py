"""How gunicorn serves 自评 · selfassess, however it is started from this folder."""

import socket
from typing import Any

PATIENCE = 60  # seconds


def when_ready(server: Any) -> None:
    """Take up a connection once something is asked on it.

    Browsers open connections in advance. Each would keep a thread waiting for five seconds, and a few of them
    the whole site.
    """
    for listener in server.LISTENERS:
        if listener.sock.family in (socket.AF_INET, socket.AF_INET6):
            listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, PATIENCE)
