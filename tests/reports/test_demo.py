"""The demo: loaded once, for a machine of one's own alone."""

from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import Membership, Organisation, User
from accounts.roles import OrganisationKind, Role
from assessments.models import Assessment, Assignment
from assessments.results import results_of
from reports.demo import DEMO_PASSWORD, load_demo


@pytest.fixture
def _demo(db: None, settings: Settings) -> None:
    settings.LOCAL = True


def counts() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


@pytest.mark.usefixtures("_demo")
def test_demo_holds_the_real_report_and_a_person_for_every_role() -> None:
    assessment = load_demo()
    results = results_of(assessment)
    assert results.total is not None
    assert str(results.total.total) == "99.10"
    assert set(Membership.objects.values_list("role", flat=True)) == set(Role.values)
    assert Organisation.objects.filter(kind=OrganisationKind.DEPARTMENT).count() == 9
    assert not User.objects.filter(is_demo=False).exists()
    assert all(user.check_password(DEMO_PASSWORD) for user in User.objects.all())
    assert [(found.cycle.code, found.responses.count()) for found in Assessment.objects.order_by("pk")] == [
        ("2021", 54),
        ("2022", 54),
    ]
    assert Assignment.objects.count() == 106  # two of the open year are still to be assigned


@pytest.mark.usefixtures("_demo")
def test_demo_is_loaded_once() -> None:
    first = load_demo()
    before = counts()
    assert load_demo() == first
    assert counts() == before


def test_demo_is_refused_elsewhere(db: None, settings: Settings, tmp_path: Path) -> None:
    settings.LOCAL = False
    before = counts()
    with pytest.raises(ImproperlyConfigured, match="SELFASSESS_DEMO"):
        load_demo()
    with pytest.raises(CommandError, match="SELFASSESS_DEMO") as refused:
        call_command("load_demo", "--output", str(tmp_path / "demo"))
    assert refused.value.returncode == 2
    assert counts() == before
    assert not (tmp_path / "demo").exists()


@pytest.mark.usefixtures("_demo")
def test_command_writes_every_form_and_says_how_to_sign_in(tmp_path: Path) -> None:
    out = StringIO()
    call_command("load_demo", "--output", str(tmp_path), stdout=out)
    assert {path.name for path in tmp_path.iterdir()} == {
        "report.pdf",
        "report.html",
        "report.txt",
        "report.xlsx",
    }
    printed = out.getvalue()
    assert DEMO_PASSWORD in printed
    assert all(user.username in printed for user in User.objects.all())
