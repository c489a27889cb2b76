"""Prints what an assessment comes to: sections, total, grade, deductions and credits with arithmetic."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from assessments.api.results import results_as_json
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
            self.stdout.write(
                f"  {section['title']}  {section['score'] or '—'} / {section['weight'] or '—'}"
                f"{_beside(section['bonus'])}"
            )
        self.stdout.write(
            f"  {results['total'] or '—'} / {results['weight'] or '—'}  {results['grade'] or '—'}"
            f"  ({results['scored']} / {results['items']}){_beside(results['bonus'])}"
        )
        for line in _remarks(results):
            self.stdout.write(f"  {line}")
        for loss in results["deductions"]:
            self.stdout.write(f"  {loss['label']} {loss['title']}  −{loss['points']}  {loss['reason']}")
        for gain in results["credits"]:
            self.stdout.write(f"  {gain['label']} {gain['title']}  +{gain['points']}  {gain['reason']}")


def _beside(bonus: str | None) -> str:
    return f"  +{bonus}" if bonus not in (None, "0") else ""


def _remarks(results: dict[str, Any]) -> Iterator[str]:
    """What the figures alone do not say: points that the committee gives, vetoes, the cause of the grade."""
    if results["reserved"] not in (None, "0"):
        yield _("%(points)s points are scored by the committee alone; there is no grade without them.") % {
            "points": results["reserved"]
        }
    for veto in results["vetoes"]:
        if not any(veto["reason"] in cause for cause in results["grade_causes"]):
            yield f"{veto['label']} {veto['title']}  {veto['reason']}"
    yield from results["grade_causes"]
