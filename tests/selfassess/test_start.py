"""What a site needs before it serves anybody, and what it says when that is missing."""

import re
from subprocess import CompletedProcess

import pytest

from tests.selfassess.conftest import Site

START = "import selfassess.wsgi; print('serving')"
DEMO_ACCOUNT = """
from accounts.models import User
User.objects.create_user("tianbao", "demo-2021", name="李晓敏", is_demo=True)
"""
CLEAN = "System check identified no issues (0 silenced).\n"


def errors(result: CompletedProcess[str]) -> set[str]:
    return set(re.findall(r"selfassess\.E\d+", result.stderr))


def test_a_site_with_key_hosts_and_tables_starts(site: Site) -> None:
    result = site.python("-c", START)
    assert (result.returncode, result.stdout) == (0, CLEAN + "serving\n"), result.stderr


@pytest.mark.parametrize("value", [None, ""], ids=["unset", "empty"])
def test_a_site_without_key_and_hosts_does_not_start(site: Site, value: str | None) -> None:
    result = site.python("-c", START, SELFASSESS_SECRET_KEY=value, SELFASSESS_HOSTS=value)
    assert (result.returncode, result.stdout) == (1, "")
    assert errors(result) == {"selfassess.E001", "selfassess.E002"}
    assert "SELFASSESS_SECRET_KEY is not set." in result.stderr
    assert "SELFASSESS_HOSTS is not set." in result.stderr


@pytest.mark.parametrize("rate", ["300", "0/min", "300/fortnight", "many/min"])
def test_a_site_whose_limit_cannot_be_read_does_not_start(site: Site, rate: str) -> None:
    result = site.python("-c", START, SELFASSESS_API_RATE=rate)
    assert (result.returncode, result.stdout, errors(result)) == (1, "", {"selfassess.E007"})
    assert f"The limit of the API is '{rate}'." in result.stderr


def test_a_site_without_a_limit_starts(site: Site) -> None:
    assert site.python("-c", START, SELFASSESS_API_RATE="").returncode == 0


def test_a_site_without_tables_does_not_start(empty_site: Site) -> None:
    result = empty_site.python("-c", START)
    assert (result.returncode, result.stdout, errors(result)) == (1, "", {"selfassess.E004"})
    assert "run manage.py migrate" in result.stderr


def test_a_site_with_demo_accounts_starts_in_the_demo_alone(site: Site) -> None:
    made = site.shell(DEMO_ACCOUNT)
    assert made.returncode == 0, made.stderr
    result = site.python("-c", START)
    assert (result.returncode, result.stdout, errors(result)) == (1, "", {"selfassess.E003"})
    assert "The database holds demo accounts: tianbao." in result.stderr
    environ = {"SELFASSESS_DEMO": "1", "SELFASSESS_SECRET_KEY": None, "SELFASSESS_HOSTS": None}
    demo = site.python("-c", START, **environ)
    assert (demo.returncode, demo.stdout) == (0, CLEAN + "serving\n"), demo.stderr


def test_demo_accounts_cannot_be_loaded_outside_the_demo(site: Site) -> None:
    result = site.shell("from reports.demo import load_demo; load_demo()")
    assert result.returncode == 1
    assert "ImproperlyConfigured: Demo accounts have a known password" in result.stderr


def test_commands_need_no_environment(site: Site) -> None:
    result = site.manage("check", SELFASSESS_SECRET_KEY=None, SELFASSESS_HOSTS=None)
    assert (result.returncode, result.stdout) == (0, CLEAN), result.stderr


def test_the_deployment_check_is_clean_in_a_proper_environment(site: Site) -> None:
    result = site.manage("check", "--deploy", "--fail-level", "WARNING", "--database", "default")
    assert (result.returncode, result.stdout) == (0, CLEAN), result.stderr


def test_an_empty_database_is_migrated_with_production_settings(site: Site) -> None:
    assert site.manage("migrate", "--check").returncode == 0


def test_migrations_can_be_taken_back_and_made_again(site: Site) -> None:
    """The triggers too: their functions would clash if one stayed behind."""
    for target in ("zero", "0002"):
        result = site.manage("migrate", "indicators", target, "--verbosity", "0")
        assert (result.returncode, result.stderr) == (0, "")
