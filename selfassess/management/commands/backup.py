"""Writes all that the site has into one archive, while people work."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from selfassess.backup.command import BackupCommand
from selfassess.backup.making import Made, make_backup
from selfassess.commandline import FINDINGS


class Command(BackupCommand):
    help = (
        "Write the database and all stored files into one archive, readable by you alone. It holds personal "
        "data and password hashes, but no sessions, settings or secret key. Exit 1: made, but something of "
        "the site is missing or damaged."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--force", action="store_true", help="replace a file that is there")

    def work(self, file: Path, options: dict[str, Any]) -> int:
        made = make_backup(target=file, replace=options["force"], progress=self.progress)
        if options["json"]:
            self.print_json(
                {
                    "file": str(file),
                    "bytes": made.bytes,
                    "whole": made.is_whole,
                    "erased_meanwhile": made.erased,
                    "manifest": made.manifest.model_dump(mode="json"),
                }
            )
        else:
            self._tell(file, made)
        return 0 if made.is_whole else FINDINGS

    def _tell(self, file: Path, made: Made) -> None:
        manifest = made.manifest
        self.stdout.write(f"{file}  {made.bytes / 1e6:.1f} MB")
        self.tell_contents(manifest)
        for key in made.erased:
            self.stdout.write(_("Erased while the backup was made: %(name)s") % {"name": key})
        self.stdout.write(
            _("The backup holds personal data and password hashes. Keep it where only you can read it.")
        )
