"""Settings follow the environment and are safe without it."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.factories import make_user
from tests.selfassess.conftest import Site

NAMES = (
    "DEBUG",
    "ALLOWED_HOSTS",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SECURE_PROXY_SSL_HEADER",
)
YEAR = 31_536_000
SITE = Site("sqlite://:memory:")


def settings_of(**environ: str | None) -> list[object]:
    result = SITE.python(
        "-c",
        "import json; from selfassess import settings;"
        f"print(json.dumps([getattr(settings, name, None) for name in {NAMES}]))",
        **environ,
    )
    assert result.returncode == 0, result.stderr
    answer: list[object] = json.loads(result.stdout)
    return answer


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, [False, ["example.org"], True, YEAR, True, True, None]),
        (
            {"SELFASSESS_HOSTS": "a.example, b.example"},
            [False, ["a.example", "b.example"], True, YEAR, True, True, None],
        ),
        ({"SELFASSESS_HOSTS": None}, [False, [], True, YEAR, True, True, None]),
        ({"SELFASSESS_HTTPS": "0"}, [False, ["example.org"], False, 0, False, False, None]),
        (
            {"SELFASSESS_PROXY_HEADER": "HTTP_X_FORWARDED_PROTO"},
            [False, ["example.org"], True, YEAR, True, True, ["HTTP_X_FORWARDED_PROTO", "https"]],
        ),
        (
            {"SELFASSESS_DEMO": "1", "SELFASSESS_HOSTS": None},
            [False, ["127.0.0.1", "localhost"], False, 0, False, False, None],
        ),
        ({"SELFASSESS_DEBUG": "1"}, [True, ["example.org"], False, 0, False, False, None]),
    ],
    ids=["production", "two hosts", "no hosts", "no https", "proxy", "demo", "debug"],
)
def test_settings_follow_the_environment(environ: dict[str, str | None], expected: list[object]) -> None:
    assert settings_of(**environ) == expected


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "28800 43200\n"),
        ({"SELFASSESS_SESSION_HOURS": "0.5", "SELFASSESS_SESSION_LIMIT_HOURS": "9"}, "1800 32400\n"),
    ],
    ids=["unset", "set"],
)
def test_the_hours_of_a_session_may_be_set(environ: dict[str, str], expected: str) -> None:
    script = "from selfassess.settings import *; print(SESSION_COOKIE_AGE, SESSION_LIMIT)"
    assert SITE.python("-c", script, **environ).stdout == expected


def test_every_process_without_a_key_makes_one_of_its_own() -> None:
    script = "from selfassess.settings import SECRET_KEY; print(SECRET_KEY)"
    keys = {SITE.python("-c", script, SELFASSESS_SECRET_KEY=None).stdout.strip() for _ in range(2)}
    assert sorted(map(len, keys)) == [50, 50]


def test_sessions_outlive_a_change_of_key(client: Client, db: None, settings: Any) -> None:
    client.force_login(make_user("alice"))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "y" * 50, [settings.SECRET_KEY]
    assert client.get("/password/").status_code == 200
    settings.SECRET_KEY_FALLBACKS = []  # the session has been signed anew
    assert client.get("/password/").status_code == 200
    settings.SECRET_KEY = "z" * 50
    assert client.get("/password/").status_code == 302


def test_locking_ends_sessions_of_a_key_of_before_too(client: Client, db: None, settings: Any) -> None:
    alice = make_user("alice")
    client.force_login(alice)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "y" * 50, [settings.SECRET_KEY]
    alice.lock()
    alice.is_active = True
    alice.save()
    assert client.get("/password/").status_code == 302


def test_keys_of_before_are_read_from_the_environment() -> None:
    script = "from selfassess.settings import SECRET_KEY_FALLBACKS; print(SECRET_KEY_FALLBACKS)"
    assert SITE.python("-c", script).stdout == "[]\n"
    assert SITE.python("-c", script, **{"SELFASSESS_SECRET_KEY_FALLBACKS": "a,b"}).stdout == "['a', 'b']\n"
