"""Stores a framework from a file as a draft, or publishes it at once."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from indicators.exchange import read_framework, store_framework
from indicators.models import Framework
from indicators.publishing import find_faults, publish_framework
from selfassess.commandline import JsonCommand, Unusable

LARGEST = 10_000_000
"""Bytes of a file; the real framework has 20,000."""


class Command(JsonCommand):
    help = "Import a framework (.json) as a draft. --dry-run checks and stores nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--publish", action="store_true", help="publish it if nothing stands in the way")

    def run(self, options: dict[str, Any]) -> int:
        try:
            data = read_framework(_read_json(options["file"]))
            with transaction.atomic():
                framework = store_framework(data=data, by=None)
                faults = find_faults(Framework.objects.with_tree().get(pk=framework.pk))
                if options["publish"]:
                    framework = publish_framework(framework=framework, by=None)
                if options["dry_run"]:
                    transaction.set_rollback(True)
        except ValidationError as problem:
            raise Unusable(*problem.messages) from problem
        if options["json"]:
            answer = {"framework": str(framework), "faults": [str(fault) for fault in faults]}
            self.print_json({**answer, "stored": not options["dry_run"]})
            return 0
        self.stdout.write(str(framework))
        for fault in faults:
            self.stdout.write(f"  {fault}")
        return 0


def _read_json(path: Path) -> Any:
    """The parsed file. Raises ``ValidationError`` with a sentence for one that cannot be used."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise ValidationError(_("%(file)s is too large.") % {"file": path.name})
        return json.loads(content.decode("utf-8-sig"))
    except OSError as problem:
        raise ValidationError(_("%(file)s cannot be read.") % {"file": path.name}) from problem
    except json.JSONDecodeError as problem:
        place = {"file": path.name, "line": problem.lineno, "column": problem.colno}
        raise ValidationError(
            _("%(file)s is not JSON from line %(line)s, column %(column)s on.") % place
        ) from problem
    except RecursionError as problem:
        raise ValidationError(_("%(file)s is nested too deeply.") % {"file": path.name}) from problem
    except ValueError as problem:
        raise ValidationError(_("%(file)s is not JSON in UTF-8.") % {"file": path.name}) from problem
