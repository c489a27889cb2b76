"""Writes an assessment's report to a file."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.models import Assessment
from reports.compose import compose
from reports.files import FORMS, render_form
from reports.render.pdf import MissingGlyphs


class Command(BaseCommand):
    help = "Render the report of an assessment, named by its number."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("assessment", type=int)
        parser.add_argument("--format", choices=list(FORMS), default="pdf")
        parser.add_argument("--output", type=Path, required=True)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        assessment = (
            Assessment.objects.select_related("cycle__committee", "organisation")
            .filter(pk=options["assessment"])
            .first()
        )
        if assessment is None:
            raise CommandError(f"There is no assessment {options['assessment']}.", returncode=2)
        try:
            content = render_form(compose(assessment), options["format"])
            options["output"].write_bytes(content)
        except (MissingGlyphs, OSError) as problem:
            raise CommandError(str(problem), returncode=2) from problem
        written = {"file": str(options["output"]), "format": options["format"], "bytes": len(content)}
        self.stdout.write(json.dumps(written, ensure_ascii=False) if options["json"] else written["file"])
