"""Prints what an assessment comes to: sections, total, grade, deductions with their arithmetic."""

from typing import Any

from assessments.api import results_as_json
from assessments.management.commands._assessment import AssessmentCommand
from assessments.models import Assessment
from assessments.results import results_of


class Command(AssessmentCommand):
    help = "Score an assessment, named by its number."

    def run_on(self, assessment: Assessment, options: dict[str, Any]) -> int:
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
