"""The demo: the real framework and report, a committee, a district with departments, people by role."""

import json
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from assessments.assigning import assign_items
from assessments.models import Assessment, Cycle
from assessments.opening import open_assessment
from indicators.exchange import read_framework, store_framework
from indicators.models import Framework
from indicators.publishing import copy_framework, publish_framework
from reports.demo_evidence import load_evidence
from reports.load import load_report, plan_load
from reports.read.text import read_text

DEMO_PASSWORD = "demo-2021"  # noqa: S105 - printed on the demo's sign-in page; refused in production


def load_demo() -> Assessment:
    """Load the demo, once: the assessment that holds the real report.

    Its people have a known password, so :class:`~django.core.exceptions.ImproperlyConfigured` is raised
    outside the demo, and a site that is served refuses to start on a database that holds them.
    """
    if not settings.LOCAL:
        raise ImproperlyConfigured("Demo accounts have a known password: set SELFASSESS_DEMO for a demo.")
    data = _read_json("demo.json")
    with transaction.atomic():
        loaded = Assessment.objects.filter(
            cycle__code=data["cycle"]["code"], organisation__code=data["district"]
        ).first()
        loaded = loaded or _load(data)
    load_evidence(data)
    return loaded


def _load(data: dict[str, Any]) -> Assessment:
    organisations = _organisations(data["organisations"])
    _people(data["users"], organisations)
    framework = _framework(data, organisations)
    district = organisations[data["district"]]
    finished = open_assessment(
        cycle=_cycle(data["cycle"], framework, organisations), organisation=district, by=None
    )
    _assign(finished, data["assignments"])
    report = read_text((settings.FIXTURE_DIR / data["report"]).read_text(encoding="utf-8")).report
    load_report(plan_load(report=report, assessment=finished), by=None)
    begun = open_assessment(
        cycle=_cycle(data["next_cycle"], framework, organisations), organisation=district, by=None
    )
    _assign(begun, data["assignments"], **_in_progress(data["next_assignments"]))
    return finished


def _framework(data: dict[str, Any], organisations: dict[str, Organisation]) -> Framework:
    """The published framework; next year's draft stands beside it, to try the editor on."""
    draft = store_framework(
        data=read_framework(_read_json(data["framework"])),
        by=None,
        committee=organisations[data["cycle"]["committee"]],
    )
    published = publish_framework(framework=draft, by=None)
    copy_framework(framework=published, by=None, **data["next_framework"])
    return published


def _organisations(rows: list[dict[str, Any]]) -> dict[str, Organisation]:
    organisations: dict[str, Organisation] = {}
    for row in rows:
        organisation = Organisation(**{**row, "parent": organisations.get(row["parent"])})
        organisation.full_clean()
        organisation.save()
        organisations[organisation.code] = organisation
    return organisations


def _people(rows: list[dict[str, Any]], organisations: dict[str, Organisation]) -> None:
    for row in rows:
        user = User.objects.create_user(
            row["username"],
            DEMO_PASSWORD,
            name=row["name"],
            staff_number=row["staff_number"],
            is_demo=True,
        )
        for role in row["roles"]:
            membership = Membership(
                user=user, organisation=organisations[role["organisation"]], role=role["role"]
            )
            membership.full_clean()
            membership.save()


def _cycle(row: dict[str, Any], framework: Framework, organisations: dict[str, Organisation]) -> Cycle:
    """Its days are dates, or days from today on: the demo has a year under way whenever it is loaded."""
    days = {name: _day(row[name]) for name in ("opens_on", "due_on")}
    cycle = Cycle(**{**row, **days, "framework": framework, "committee": organisations[row["committee"]]})
    cycle.full_clean()
    cycle.save()
    return cycle


def _day(written: str | int) -> date:
    return date.fromisoformat(written) if isinstance(written, str) else _from_today(written)


def _from_today(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def _in_progress(row: dict[str, Any]) -> dict[str, Any]:
    """What a year under way has beside its departments: items nobody leads yet, deadlines of their own."""
    deadlines = {label: _from_today(days) for label, days in row["due_on"].items()}
    return {"unassigned": row["unassigned"], "deadlines": deadlines}


def _assign(
    assessment: Assessment,
    assignments: dict[str, dict[str, list[str]]],
    *,
    unassigned: Collection[str] = (),
    deadlines: Mapping[str, date] | None = None,
) -> None:
    leads = {
        label: code for code, part in assignments.items() for label in part["lead"] if label not in unassigned
    }
    supports: dict[str, list[str]] = {label: [] for label in leads}
    for code, part in assignments.items():
        for label in part["support"]:
            if label in leads:
                supports[label].append(code)
    assign_items(assessment=assessment, leads=leads, supports=supports, deadlines=deadlines, by=None)


def _read_json(name: str) -> Any:
    return json.loads(Path(settings.FIXTURE_DIR / name).read_text(encoding="utf-8"))
