"""Prints what an assessment comes to: sections, total, grade, deductions with their arithmetic."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.api import results_as_json
from assessments.models import Assessment
from assessments.results import results_of


class Command(BaseCommand):
    help = "Score an assessment, named by its number."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("assessment", type=int)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        assessment = (
            Assessment.objects.select_related("cycle", "organisation")
            .filter(pk=options["assessment"])
            .first()
        )
        if assessment is None:
            raise CommandError(f"There is no assessment {options['assessment']}.", returncode=2)
        results = results_as_json(results_of(assessment))
        if options["json"]:
            self.stdout.write(json.dumps(results, ensure_ascii=False))
            return
        self.stdout.write(str(assessment))
        for section in results["sections"]:
            self.stdout.write(f"  {section['title']}  {section['score'] or '—'} / {section['weight']}")
        self.stdout.write(
            f"  {results['total'] or '—'} / {results['weight']}  {results['grade'] or '—'}"
            f"  ({results['scored']} / {results['items']})"
        )
        for loss in results["deductions"]:
            self.stdout.write(f"  {loss['item']}  −{loss['points']}  {loss['reason']}")
