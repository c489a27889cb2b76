"""Commands on one assessment."""

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from assessments.models import Assessment
from selfassess.commandline import JsonCommand, Unusable


class AssessmentCommand(JsonCommand):
    """A command on an assessment that is named by its number; subclasses implement :meth:`run_on`."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("assessment", type=int)

    def run(self, options: dict[str, Any]) -> int:
        assessment = (
            Assessment.objects.select_related("cycle__committee", "organisation")
            .filter(pk=options["assessment"])
            .first()
        )
        if assessment is None:
            raise Unusable(_("There is no assessment %(number)s.") % {"number": options["assessment"]})
        return self.run_on(assessment, options)

    def run_on(self, assessment: Assessment, options: dict[str, Any]) -> int:
        """Do the work and give the exit code. Raises :class:`Unusable`."""
        raise NotImplementedError
