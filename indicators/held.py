"""A file between its preview and its storing: kept on the server for the one session that sent it.

It lies in a row of the session table of its own, whose key only the person's session knows: no path and no
number in an address leads to it, it expires by itself, and a new file or the storing takes it away. What the
browser sends back is never taken for the plan.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from accounts.models import User

SECONDS = 60 * 60
_KEY = "held_import"


@dataclass(frozen=True, slots=True)
class Held:
    """The file as it was sent."""

    name: str
    content: bytes


def hold_file(*, session: SessionBase, by: User, name: str, content: bytes) -> None:
    """Keep a file for an hour, in place of one held before."""
    release_file(session=session)
    store = _store(None)
    store.clear_expired()
    store.update({"owner": by.pk, "name": name, "content": b64encode(content).decode("ascii")})
    store.set_expiry(SECONDS)
    store.create()
    session[_KEY] = store.session_key


def held_file(*, session: SessionBase, by: User) -> Held | None:
    """The file that this person's session has sent, ``None`` where there is none any more."""
    if not session.get(_KEY):
        return None
    store = _store(session[_KEY])
    if store.get("owner") != by.pk:
        return None
    return Held(store["name"], b64decode(store["content"]))


def release_file(*, session: SessionBase) -> None:
    """Forget the file, if there is one."""
    if key := session.pop(_KEY, None):
        _store(None).delete(key)


def _store(key: str | None) -> SessionBase:
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return store
