"""What must be right before the product serves anybody (``manage check --deploy``, run by wsgi.py)."""

import re
import sqlite3
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connection
from django.utils import translation
from django.utils.translation import gettext


@register(Tags.security, deploy=True)
def served_with_key_and_hosts(**_: Any) -> list[CheckMessage]:
    """A served site has its own secret key and knows its names."""
    messages: list[CheckMessage] = []
    if settings.LOCAL:
        return messages
    if not settings.SECRET_KEY_GIVEN:
        messages.append(
            Error(
                "SELFASSESS_SECRET_KEY is not set.",
                hint="Set it to 50 or more random characters and keep it.",
                id="selfassess.E001",
            )
        )
    if not settings.ALLOWED_HOSTS:
        messages.append(
            Error(
                "SELFASSESS_HOSTS is not set.",
                hint="Name the hosts that this site answers to, separated by commas.",
                id="selfassess.E002",
            )
        )
    return messages


@register(Tags.database, deploy=True)
def no_demo_accounts_in_production(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Demo accounts have known passwords: they exist in the demo alone."""
    from accounts.models import User

    if settings.LOCAL or not databases:
        return []
    try:
        names = list(User.objects.filter(is_demo=True).values_list("username", flat=True))
    except DatabaseError as problem:
        return [
            Error(
                f"The database cannot be read: {problem}".rstrip(),
                hint="Look at DATABASE_URL, and run manage.py migrate.",
                id="selfassess.E004",
            )
        ]
    if not names:
        return []
    return [
        Error(
            f"The database holds demo accounts: {', '.join(names)}.",
            hint="Use a database without the demo, or set SELFASSESS_DEMO on a machine of your own.",
            id="selfassess.E003",
        )
    ]


@register(Tags.security)
def rates_are_readable(**_: Any) -> list[CheckMessage]:
    """A limit that cannot be read would refuse every program, or none."""
    return [
        Error(
            f"The limit of the API is {rate!r}.",
            hint="Write SELFASSESS_API_RATE and SELFASSESS_API_ADDRESS_RATE as 300/min: a number, /, "
            "sec, min, hour or day; or leave it empty.",
            id="selfassess.E007",
        )
        for rate in settings.API_RATES.values()
        if rate and not re.fullmatch(r"[1-9][0-9]{0,8}/(sec|min|hour|day)", rate)
    ]


@register(Tags.compatibility)
def sqlite_is_new_enough(**_: Any) -> list[CheckMessage]:
    """The triggers that keep the past as it was use IS DISTINCT FROM, known to SQLite from 3.39 on."""
    if connection.vendor != "sqlite" or sqlite3.sqlite_version_info >= (3, 39):
        return []
    return [
        Error(
            f"SQLite {sqlite3.sqlite_version} is too old; 3.39 or newer is needed.",
            hint="Use a newer system, or PostgreSQL by DATABASE_URL.",
            id="selfassess.E006",
        )
    ]


@register(Tags.translation)
def chinese_catalogue_is_compiled(**_: Any) -> list[CheckMessage]:
    """Without it pages are English, and so would be the reasons of deductions that a save keeps for good."""
    with translation.override("zh-hans"):
        if gettext("Accepted.") != "Accepted.":
            return []
    return [
        Error(
            "The Chinese message catalogue is not compiled.",
            hint="Run ./run setup, or manage.py compilemessages.",
            id="selfassess.E005",
        )
    ]
