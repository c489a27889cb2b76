"""Walks the audit chain and says whether it is whole (exit 1 when it is not)."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from audit.models import Event
from audit.trail import first_break


class Command(BaseCommand):
    help = "Verify the hash chain of the audit trail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = first_break()
        events = Event.objects.count()
        if options["json"]:
            place = {"sequence": broken.sequence, "problem": broken.problem} if broken else None
            self.stdout.write(json.dumps({"events": events, "intact": broken is None, "break": place}))
        elif broken is None:
            self.stdout.write(_("The trail of %(events)s events is whole.") % {"events": events})
        else:
            self.stdout.write(
                _("The trail does not hold at event %(sequence)s: %(problem)s.")
                % {"sequence": broken.sequence, "problem": broken.problem.label}
            )
        if broken is not None:
            raise SystemExit(1)
