"""Loads a published report into a district's assessment of a cycle, opening it where there is none."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from assessments.models import Assessment, Cycle
from assessments.opening import open_assessment
from assessments.responses import StaleSave
from reports.load import LoadPlan, load_report, plan_load
from reports.prose import StaleProse
from reports.read.as_json import reading_as_json
from reports.read.files import text_of_file
from reports.read.reading import Reading, UnreadableReport
from reports.read.text import read_text

UNUSABLE = 2
"""Exit code: the report could not be loaded, and nothing was stored."""


class Command(BaseCommand):
    """Exits 0, or with :data:`UNUSABLE` after naming every fault."""

    help = "Read a report and store it as an assessment. --dry-run shows what would be stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--organisation", required=True, help="code of the district")
        parser.add_argument("--cycle", required=True, help="code of the cycle")
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        reading: Reading | None = None
        plan: LoadPlan | None = None
        faults: list[str] = []
        try:
            reading = read_text(text_of_file(options["file"]))
            plan = self._load(reading, options)
            faults = [str(fault) for fault in plan.faults]
        except UnreadableReport as problem:
            faults = [str(problem)]
        except ValidationError as problem:
            faults = problem.messages
        except (StaleSave, StaleProse):
            faults = [_("The assessment has been begun; a report is loaded only into an empty one.")]
        stored = not faults and not options["dry_run"]
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(reading, plan, faults, stored), ensure_ascii=False))
        else:
            self._print(reading, plan, faults, stored)
        if faults:
            raise SystemExit(UNUSABLE)

    def _load(self, reading: Reading, options: dict[str, Any]) -> LoadPlan:
        """Plan and, without faults and unless it is a dry run, store; else all is undone."""
        with transaction.atomic():
            assessment = _assessment(options["cycle"], options["organisation"])
            plan = plan_load(report=reading.report, assessment=assessment)
            if options["dry_run"] or plan.faults:
                transaction.set_rollback(True)
            else:
                load_report(plan, by=None)
        return plan

    def _print(self, reading: Reading | None, plan: LoadPlan | None, faults: list[str], stored: bool) -> None:
        for fault in faults:
            self.stderr.write(fault)
        for remark in reading.remarks if reading else ():
            self.stdout.write(f"{remark.line}:{remark.column} {remark.message}")
        if plan and not faults:
            words = _("Stored: %(items)s items.") if stored else _("Would be stored: %(items)s items.")
            self.stdout.write(words % {"items": len(plan.planned)})


def _assessment(cycle_code: str, district_code: str) -> Assessment:
    """The district's assessment in the cycle, opened if need be. Raises ``ValidationError``."""
    cycle = Cycle.objects.select_related("committee").filter(code=cycle_code).first()
    district = Organisation.objects.filter(code=district_code).first()
    if cycle is None or district is None:
        missing = cycle_code if cycle is None else district_code
        raise ValidationError(_("There is no “%(code)s”.") % {"code": missing})
    existing = Assessment.objects.filter(cycle=cycle, organisation=district).first()
    return existing or open_assessment(cycle=cycle, organisation=district, by=None)


def _as_json(
    reading: Reading | None, plan: LoadPlan | None, faults: list[str], stored: bool
) -> dict[str, Any]:
    return {
        "stored": stored,
        "assessment": plan.assessment.pk if plan and stored else None,
        "items": len(plan.planned) if plan else 0,
        "errors": faults,
        "remarks": reading_as_json(reading)["remarks"] if reading else [],
    }
