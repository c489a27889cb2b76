"""Walks the audit chain and says whether it is whole (exit 1 when it is not)."""

from typing import Any

from django.utils.translation import gettext as _

from audit.models import Event
from audit.trail import first_break
from selfassess.commandline import FINDINGS, JsonCommand


class Command(JsonCommand):
    help = "Verify the hash chain of the audit trail."

    def run(self, options: dict[str, Any]) -> int:
        broken = first_break()
        events = Event.objects.count()
        if options["json"]:
            place = {"sequence": broken.sequence, "problem": broken.problem} if broken else None
            self.print_json({"events": events, "intact": broken is None, "break": place})
        elif broken is None:
            self.stdout.write(_("The trail of %(events)s events is whole.") % {"events": events})
        else:
            self.stdout.write(
                _("The trail does not hold at event %(sequence)s: %(problem)s.")
                % {"sequence": broken.sequence, "problem": broken.problem.label}
            )
        return FINDINGS if broken else 0
