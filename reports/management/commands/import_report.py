"""Loads a published report into a district's assessment of a cycle, opening it where there is none."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from assessments.models import Assessment, Cycle
from assessments.opening import open_assessment
from assessments.responses import StaleSave
from reports.load import LoadPlan, load_report, plan_load
from reports.prose import StaleProse
from reports.read.as_json import remark_as_json
from reports.read.files import text_of_file
from reports.read.reading import Reading, UnreadableReport
from reports.read.text import read_text
from selfassess.commandline import JsonCommand, Unusable


class Command(JsonCommand):
    """All or nothing: what cannot be loaded is refused with every fault."""

    help = "Read a report and store it as an assessment. --dry-run shows what would be stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--organisation", required=True, help="code of the district")
        parser.add_argument("--cycle", required=True, help="code of the cycle")
        parser.add_argument("--dry-run", action="store_true")

    def run(self, options: dict[str, Any]) -> int:
        try:
            reading = read_text(text_of_file(options["file"]))
            plan = self._load(reading, options)
        except UnreadableReport as problem:
            raise Unusable(str(problem)) from problem
        except ValidationError as problem:
            raise Unusable(*problem.messages) from problem
        except (StaleSave, StaleProse) as problem:
            message = _("The assessment has been begun; a report is loaded only into an empty one.")
            raise Unusable(message) from problem
        stored = not options["dry_run"]
        if options["json"]:
            self.print_json(_as_json(reading, plan, stored))
        else:
            self._print(reading, plan, stored)
        return 0

    def _load(self, reading: Reading, options: dict[str, Any]) -> LoadPlan:
        """Plan and, unless it is a dry run, store; else all is undone."""
        with transaction.atomic():
            assessment = _assessment(options["cycle"], options["organisation"])
            plan = plan_load(report=reading.report, assessment=assessment)
            if plan.faults:
                raise Unusable(*map(str, plan.faults))
            if options["dry_run"]:
                transaction.set_rollback(True)
            else:
                load_report(plan, by=None)
        return plan

    def _print(self, reading: Reading, plan: LoadPlan, stored: bool) -> None:
        for remark in reading.remarks:
            self.stdout.write(f"{remark.line}:{remark.column} {remark.message}")
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


def _as_json(reading: Reading, plan: LoadPlan, stored: bool) -> dict[str, Any]:
    return {
        "stored": stored,
        "assessment": plan.assessment.pk if stored else None,
        "items": len(plan.planned),
        "remarks": [remark_as_json(remark) for remark in reading.remarks],
    }
