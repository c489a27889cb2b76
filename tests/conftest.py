"""Settings that tests need, and the people and trees they start from."""

import os
import subprocess
from pathlib import Path

import hypothesis
import pytest
from pytest_django import Settings

from indicators.published import published_item, published_places

# How long an example takes says what else the machine does; what must be quick is measured elsewhere.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")

DATABASE_FIXTURES = {"db", "transactional_db", "site", "empty_site"}
"""What stands for a database of the run's vendor; sites are processes with one of their own."""
LOCALE = Path(__file__).resolve().parent.parent / "selfassess/locale"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks with ``database`` what another vendor of it may let turn out otherwise."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or DATABASE_FIXTURES & fixtures:
            item.add_marker("database")


@pytest.fixture(autouse=True, scope="session")
def _compiled_catalogues() -> None:
    """Tests read the words as committed, whoever compiled them last; two processes may do this at once."""
    for source in LOCALE.glob("*/LC_MESSAGES/django.po"):
        target, part = source.with_suffix(".mo"), source.with_suffix(f".{os.getpid()}")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            subprocess.run(["msgfmt", "-o", part, source], check=True)
            part.replace(target)


@pytest.fixture(scope="session")
def _evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where files go that tests upload; what looks at all that is there makes itself a folder of its own."""
    folder = tmp_path_factory.mktemp("evidence")
    (folder / "incoming").mkdir()
    return folder


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What was published in one test never was in the next, and its number is free again."""
    published_item.cache_clear()
    published_places.cache_clear()


@pytest.fixture(autouse=True)
def _plain_http(settings: Settings, _evidence: Path) -> None:
    """Tests speak http to a host of their own and need neither collected files nor slow passwords."""
    settings.SECURE_SSL_REDIRECT = False
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.API_RATES = {"person": None, "address": None}
    settings.STATIC_ROOT = settings.BASE_DIR / "selfassess" / "static"
    settings.WHITENOISE_AUTOREFRESH = True  # looks at a file when it is asked for, at none for each client
    settings.FILE_UPLOAD_TEMP_DIR = _evidence / "incoming"
    settings.STORAGES = {
        **settings.STORAGES,
        "evidence": {
            "BACKEND": "assessments.evidence.local.LocalStorage",
            "OPTIONS": {"location": _evidence},
        },
        "previews": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": _evidence.with_name("previews"), "allow_overwrite": True},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
