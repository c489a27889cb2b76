"""Makes the site from a backup, or checks one."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from selfassess.backup.command import BackupCommand
from selfassess.backup.restoring import check_backup, restore_backup


class Command(BackupCommand):
    help = (
        "Put the database and the stored files of a backup in the place of this site's, once everything has "
        "been compared. Stop the server first. Everybody has to sign in again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--check", action="store_true", help="read it to its end and change nothing")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="the database is not empty: all that it holds is lost, back it up before",
        )

    def work(self, file: Path, options: dict[str, Any]) -> int:
        if options["check"]:
            return self._check(file, options)
        restored = restore_backup(source=file, replace=options["replace"], progress=self.progress)
        if options["json"]:
            self.print_json(
                {
                    "file": str(file),
                    "migrated": restored.migrated,
                    "kept_erased": restored.kept_erased,
                    "manifest": restored.manifest.model_dump(mode="json"),
                }
            )
            return 0
        self.tell_contents(restored.manifest)
        for name in restored.migrated:
            self.stdout.write(_("Migrated: %(name)s") % {"name": name})
        for key in restored.kept_erased:
            self.stdout.write(
                _("Erased since the backup was made, and not brought back: %(name)s") % {"name": key}
            )
        self.stdout.write(_("Restored. Everybody has to sign in again."))
        return 0

    def _check(self, file: Path, options: dict[str, Any]) -> int:
        manifest = check_backup(source=file, progress=self.progress)
        if options["json"]:
            self.print_json({"file": str(file), "manifest": manifest.model_dump(mode="json")})
        else:
            self.tell_contents(manifest)
            self.stdout.write(_("Nothing is damaged."))
        return 0
