"""People who save, in processes of their own, over real connections with real cookies and CSRF tokens.

A person is a value: what is known of him goes into a turn and comes out of it, so that it does not matter
which process plays him, and that a server which was killed in between is met again.
"""

import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from urllib.parse import urlencode
from uuid import uuid4

Address = tuple[str, int]

TEXT = (
    "区政府按规定落实教育经费投入，全区学校办学条件持续改善，相关制度已印发并严格执行，做到月调度、季督查。"
    * 5
)
"""Some 260 characters, half of the longest narrative of the real report."""


@dataclass(frozen=True, slots=True)
class Person:
    """Signed in, with an item's form open: ``version`` is of the last answered save, ``operation`` names the
    next one, or the one whose answer is still to come and that is therefore sent again."""

    item: int
    cookie: str
    token: str
    fields: dict[str, str]
    version: int
    operation: str = field(default_factory=lambda: str(uuid4()))


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of a person's turn: seconds of each answered save, the operations that made a version, and
    what else happened."""

    person: Person
    seconds: list[float] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def sign_in(address: Address, username: str, password: str, item: int) -> Person:
    """By the form, then open the item's page and read its fields."""
    jar: SimpleCookie = SimpleCookie()
    _ask(address, jar, "GET", "/sign-in/")
    sent = {"username": username, "password": password, "csrfmiddlewaretoken": jar["csrftoken"].value}
    if _ask(address, jar, "POST", "/sign-in/", sent)[0] != 302:
        raise RuntimeError(f"{username} could not sign in")
    status, page = _ask(address, jar, "GET", f"/responses/{item}/")
    if status != 200:
        raise RuntimeError(f"item {item} was answered {status}")
    fields = dict(_fields(page))
    cookie = "; ".join(f"{name}={kept.value}" for name, kept in jar.items())
    return Person(item, cookie, jar["csrftoken"].value, fields, int(fields["version"]))


def _ask(
    address: Address, jar: SimpleCookie, method: str, path: str, sent: dict[str, str] | None = None
) -> tuple[int, str]:
    connection = HTTPConnection(*address, timeout=60)
    cookies = "; ".join(f"{name}={kept.value}" for name, kept in jar.items())
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request(method, path, urlencode(sent or {}), headers)
    answer = connection.getresponse()
    for name, value in answer.getheaders():
        if name.lower() == "set-cookie":
            jar.load(value)
    text = answer.read().decode()
    connection.close()
    return answer.status, text


class _Form(HTMLParser):
    """The first form with a field ``narrative``: its fields as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.found: dict[str, str] = {}
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.fields = {}
        elif tag == "input" and name and _is_sent(given):
            self.fields[name] = given.get("value", "on" if given.get("type") == "checkbox" else "")
        elif tag == "textarea":
            self._area, self.fields[name] = name, ""
        elif tag == "select":
            self._select, self.fields[name] = name, ""
        elif tag == "option" and "selected" in given:
            self.fields[self._select] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "form" and "narrative" in self.fields and not self.found:
            self.found = self.fields


def _is_sent(given: dict[str, str]) -> bool:
    kind = given.get("type", "text")
    return kind not in ("submit", "button", "file") and (
        kind not in ("checkbox", "radio") or "checked" in given
    )


def _fields(page: str) -> Iterator[tuple[str, str]]:
    form = _Form()
    form.feed(page)
    for name, value in form.found.items():
        if name != "csrfmiddlewaretoken":
            yield name, value.removeprefix("\n") if name == "narrative" else value


def play(address: Address, path: str, people: Sequence[Person], seconds: float) -> list[Turn]:
    """Everybody saves at ``path`` as fast as answers come, each in a thread."""
    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(lambda person: _play_one(address, path, person, seconds), people))


def _play_one(address: Address, path: str, person: Person, seconds: float) -> Turn:
    """Until the time is over or something goes wrong."""
    connection, until = HTTPConnection(*address, timeout=60), time.monotonic() + seconds
    turn = Turn(person)
    try:
        while time.monotonic() < until and not turn.faults:
            turn = _save(connection, path, turn)
    except (OSError, HTTPException) as gone:
        turn.faults.append(type(gone).__name__)
    finally:
        connection.close()
    return turn


def _save(connection: HTTPConnection, path: str, turn: Turn) -> Turn:
    person = turn.person
    fields = person.fields | {
        "version": str(person.version),
        "narrative": TEXT + person.operation,
        "operation": person.operation,
    }
    headers = {
        "Cookie": person.cookie,
        "X-CSRFToken": person.token,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    began = time.perf_counter()
    connection.request("POST", path.format(item=person.item), urlencode(fields), headers)
    answer = connection.getresponse()
    body = answer.read()
    turn.seconds.append(time.perf_counter() - began)
    if answer.status == 302:
        version = person.version + 1
    elif answer.status != 200:
        turn.faults.append(str(answer.status))
        return turn
    else:
        version = json.loads(body)["version"]
    if version == person.version:
        return turn
    turn.acknowledged.append(person.operation)
    return replace(turn, person=replace(person, version=version, operation=str(uuid4())))
