"""What all commands share: ``--json``, one shape for what cannot be used, exit codes, a closed pipe."""

import json
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

FINDINGS, UNUSABLE, PIPE_CLOSED = 1, 2, 141
"""Exit codes beside 0: the answer is bad news; the input cannot be used and nothing was done; the reader of
the output has gone (as for any program that SIGPIPE ends)."""


class Unusable(Exception):
    """The input cannot be used; ``sentences`` say why, each naming its place."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(*sentences)
        self.sentences = sentences


class JsonCommand(BaseCommand):
    """A command that prints for people, or one line of JSON with ``--json``.

    Subclasses implement :meth:`run`. An input that cannot be used ends with exit code :data:`UNUSABLE`; its
    sentences stand on the error output or, with ``--json``, as ``{"error": "…"}`` on the output, several
    as ``{"error": first, "errors": [all]}``.
    """

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The arguments of the command, ``--json`` among them."""
        parser.add_argument("--json", action="store_true", help="print JSON")

    def run(self, options: dict[str, Any]) -> int:
        """Do the work and give the exit code. Raises :class:`Unusable`."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, and end with the exit code."""
        try:
            code = self._code(options)
            self.stdout.flush()
        except BrokenPipeError:
            # The reader, ``head`` for one, has all it wants. What is left must not fail at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = PIPE_CLOSED
        if code:
            raise SystemExit(code)

    def print_json(self, value: object) -> None:
        """One line of JSON."""
        self.stdout.write(json.dumps(value, ensure_ascii=False))

    def refuse(self, *sentences: str, as_json: bool) -> int:
        """Say why the input cannot be used; gives the exit code for it."""
        if not as_json:
            self.stderr.write("\n".join(sentences))
        elif len(sentences) == 1:
            self.print_json({"error": sentences[0]})
        else:
            self.print_json({"error": sentences[0], "errors": sentences})
        return UNUSABLE

    def _code(self, options: dict[str, Any]) -> int:
        try:
            return self.run(options)
        except Unusable as refused:
            return self.refuse(*refused.sentences, as_json=options["json"])
