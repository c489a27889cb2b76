"""Prints what an assessment comes to: sections, total, grade, deductions with their arithmetic."""

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from assessments.api import results_as_json
from assessments.models import Assessment
from assessments.results import results_of
from selfassess.commandline import JsonCommand, Unusable


class Command(JsonCommand):
    help = "Score an assessment, named by its number."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("assessment", type=int)

    def run(self, options: dict[str, Any]) -> int:
        assessment = (
            Assessment.objects.select_related("cycle", "organisation")
            .filter(pk=options["assessment"])
            .first()
        )
        if assessment is None:
            raise Unusable(_("There is no assessment %(number)s.") % {"number": options["assessment"]})
        results = results_as_json(results_of(assessment))
        if options["json"]:
            self.print_json(results)
        else:
            self._print(str(assessment), results)
        return 0

    def _print(self, name: str, results: dict[str, Any]) -> None:
        self.stdout.write(name)
        for section in results["sections"]:
            self.stdout.write(f"  {section['title']}  {section['score'] or '—'} / {section['weight'] or '—'}")
        self.stdout.write(
            f"  {results['total'] or '—'} / {results['weight'] or '—'}  {results['grade'] or '—'}"
            f"  ({results['scored']} / {results['items']})"
        )
        for loss in results["deductions"]:
            self.stdout.write(f"  {loss['label']}  −{loss['points']}  {loss['reason']}")
