"""Deletes files of evidence that no row names, and says which rows miss theirs."""

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from assessments.evidence.previewing import sweep_pages
from assessments.evidence.storing import StorageDown, Suspicious, sweep
from selfassess.commandline import FINDINGS, JsonCommand, Unusable


class Command(JsonCommand):
    help = "Delete what uploads left that broke off an hour ago, and what was erased; report missing files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much may go."""
        super().add_arguments(parser)
        parser.add_argument("--all", action="store_true", help="even if more files have no row than have one")

    def run(self, options: dict[str, Any]) -> int:
        """Exit code 1 where files are missing."""
        try:
            swept = sweep(however_many=options["all"])
            sweep_pages()
        except Suspicious as doubt:
            raise Unusable(f"{doubt} (--all)") from doubt
        except StorageDown as down:
            raise Unusable(str(down)) from down
        if options["json"]:
            self.print_json(asdict(swept))
        else:
            numbers = {"files": len(swept.deleted), "arriving": len(swept.arriving)}
            self.stdout.write(_("Deleted: %(files)s files, %(arriving)s unfinished uploads.") % numbers)
            for key in swept.missing:
                self.stderr.write(_("Missing: %(key)s") % {"key": key})
        return FINDINGS if swept.missing else 0
