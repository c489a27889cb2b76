"""What ``backup`` and ``restore`` share: progress, an end by a signal, faults as sentences."""

import sqlite3
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext as _

from selfassess.backup.manifest import Manifest
from selfassess.backup.staging import ended_politely
from selfassess.commandline import JsonCommand, Unusable

EVERY = 2
"""Seconds between two lines of progress."""


class BackupCommand(JsonCommand):
    """Subclasses implement :meth:`work`."""

    _told = 0.0

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)

    def work(self, file: Path, options: dict[str, Any]) -> int:
        """Do it and give the exit code."""
        raise NotImplementedError

    def run(self, options: dict[str, Any]) -> int:
        self._told = time.monotonic()
        try:
            with ended_politely():
                return self.work(options["file"], options)
        except (DatabaseError, sqlite3.Error) as problem:
            first = str(problem).strip().partition("\n")[0]
            raise Unusable(_("The database refuses: %(problem)s") % {"problem": first}) from problem
        except OSError as problem:
            reason = problem.strerror or str(problem)
            raise Unusable(_("Nothing was changed: %(reason)s.") % {"reason": reason}) from problem

    def progress(self, line: str) -> None:
        """A line now and then on the error output; what takes a moment says nothing."""
        if time.monotonic() - self._told >= EVERY:
            self._told = time.monotonic()
            self.stderr.write(line)

    def tell_contents(self, manifest: Manifest) -> None:
        """What a backup holds, and what it lacks."""
        contents = manifest.contents
        self.stdout.write(
            _("Made at %(at)s: %(rows)s rows, %(files)s files; the trail ends with event %(sequence)s.")
            % {
                "at": f"{manifest.made_at:%Y-%m-%d %H:%M:%S}",
                "rows": sum(contents.counts.values()),
                "files": manifest.files,
                "sequence": contents.sequence,
            }
        )
        for key in manifest.missing:
            self.stdout.write(_("A file that the database names is missing: %(name)s") % {"name": key})
        for key in manifest.damaged:
            self.stdout.write(_("A file is not what was once stored: %(name)s") % {"name": key})
        if manifest.broken is not None:
            self.stdout.write(
                _("The trail does not hold at event %(sequence)s.") % {"sequence": manifest.broken}
            )
