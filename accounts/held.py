"""A file between its preview and its storing: kept on the server for the one session that sent it.

It lies in a row of the session table of its own, whose key only the person's session knows: no path and no
number in an address leads to it, it expires by itself, and a new file or the storing takes it away. What the
browser sends back is never taken for the plan. ``purpose`` says which import the file is for ("framework",
"people"…): each has a place of its own.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from accounts.models import User

SECONDS = 60 * 60


@dataclass(frozen=True, slots=True)
class Held:
    """The file as it was sent."""

    name: str
    content: bytes


def hold_file(*, session: SessionBase, by: User, purpose: str, name: str, content: bytes) -> None:
    """Keep a file for an hour, in place of one held before."""
    release_file(session=session, purpose=purpose)
    store = _store(None)
    store.clear_expired()
    encoded = b64encode(content).decode("ascii")
    store.update({"owner": by.pk, "purpose": purpose, "name": name, "content": encoded})
    store.set_expiry(SECONDS)
    store.create()
    session[_key(purpose)] = store.session_key


def held_file(*, session: SessionBase, by: User, purpose: str) -> Held | None:
    """The file that this person's session has sent, ``None`` where there is none any more."""
    key = session.get(_key(purpose))
    if not key:
        return None
    store = _store(key)
    if (store.get("owner"), store.get("purpose")) != (by.pk, purpose):
        return None
    return Held(store["name"], b64decode(store["content"]))


def release_file(*, session: SessionBase, purpose: str) -> None:
    """Forget the file, if there is one."""
    if key := session.pop(_key(purpose), None):
        _store(None).delete(key)


def _key(purpose: str) -> str:
    return f"held_{purpose}"


def _store(key: str | None) -> SessionBase:
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return store
