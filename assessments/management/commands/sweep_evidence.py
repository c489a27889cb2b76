"""Deletes files of evidence that no row names, and says which rows miss theirs."""

from argparse import ArgumentParser
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from assessments.evidence.previewing import sweep_pages
from assessments.evidence.storing import StorageDown, sweep
from selfassess.commandline import FINDINGS, JsonCommand, Unusable


class Command(JsonCommand):
    help = "Delete what uploads that broke off have left, and what was erased; report files that are missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How old what is deleted must be."""
        super().add_arguments(parser)
        parser.add_argument("--minutes", type=int, default=60, help="older than this (default 60)")

    def run(self, options: dict[str, Any]) -> int:
        """Exit code 1 where files are missing."""
        try:
            swept = sweep(timedelta(minutes=options["minutes"]))
            sweep_pages()
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
