"""Writes an assessment's report to a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from assessments.management.commands._assessment import AssessmentCommand
from assessments.models import Assessment
from reports.compose import compose
from reports.files import FORMS, render_form
from reports.render.writable import UnwritableReport
from selfassess.commandline import Unusable


class Command(AssessmentCommand):
    help = "Render the report of an assessment, named by its number."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--format", choices=list(FORMS), default="pdf")
        parser.add_argument("--output", type=Path, required=True)

    def run_on(self, assessment: Assessment, options: dict[str, Any]) -> int:
        target: Path = options["output"]
        try:
            content = render_form(compose(assessment), options["format"])
            target.write_bytes(content)
        except UnwritableReport as problem:
            raise Unusable(str(problem)) from problem
        except OSError as problem:
            raise Unusable(_("%(file)s cannot be written.") % {"file": target}) from problem
        if options["json"]:
            self.print_json({"file": str(target), "format": options["format"], "bytes": len(content)})
        else:
            self.stdout.write(str(target))
        return 0
