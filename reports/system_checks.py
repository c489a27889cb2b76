"""Django system checks: what printing needs is there. Messages say what to install."""

from collections.abc import Callable
from ctypes import CDLL
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from reports.render import fonts
from reports.render.engine import UnknownWeasyPrint, refuse_other_versions

HARFBUZZ_SUBSET = (
    "libharfbuzz-subset-0",
    "harfbuzz-subset",
    "harfbuzz-subset-0.0",
    "libharfbuzz-subset.so.0",
    "libharfbuzz-subset.0.dylib",
    "libharfbuzz-subset-0.dll",
)
"""The names by which WeasyPrint 70 looks for the library, in its order."""


def printing_is_ready(app_configs: object = None, **_: Any) -> list[CheckMessage]:
    """All of the checks below."""
    return [*check_weasyprint(), *check_harfbuzz_subset(), *check_fonts()]


def check_weasyprint(installed: str | None = None) -> list[CheckMessage]:
    """WeasyPrint 70: older ones follow redirects to other servers, others the extensions do not know."""
    try:
        refuse_other_versions(installed or version("weasyprint"))
    except UnknownWeasyPrint as refusal:
        return [Error(str(refusal), hint="Run ./run, which installs the locked version.", id="reports.E001")]
    return []


def check_harfbuzz_subset(load: Callable[[str], object] = CDLL) -> list[CheckMessage]:
    """Without the library WeasyPrint subsets fonts in Python, 4 to 24 times slower."""
    for name in HARFBUZZ_SUBSET:
        try:
            load(name)
        except OSError:
            continue
        return []
    return [
        Error(
            "The system library libharfbuzz-subset is missing; reports would take many times as long.",
            hint="Debian, Ubuntu: apt-get install libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0",
            id="reports.E002",
        )
    ]


def check_fonts() -> list[CheckMessage]:
    """The faces of a report stand in the font folder."""
    missing = fonts.missing_faces()
    if not missing:
        return []
    return [
        Error(
            f"Faces are missing in {settings.FONT_FOLDER}: {', '.join(missing)}.",
            hint="Run ./run, which fetches them, or name another folder by SELFASSESS_FONTS.",
            id="reports.E003",
        )
    ]
