"""Writes a framework to standard output or to a file."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from indicators.models import Framework
from indicators.workbook.files import FORMS, file_of
from selfassess.commandline import JsonCommand, Unusable


class Command(JsonCommand):
    help = "Export a framework as JSON (with --json on one line) or as a workbook."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code")
        parser.add_argument("--version-name", default=None, help="which version; default: the newest")
        parser.add_argument("--format", choices=list(FORMS), default="json")
        parser.add_argument("--output", type=Path, help="a file; needed for a workbook")

    def run(self, options: dict[str, Any]) -> int:
        if options["format"] == "xlsx" and options["output"] is None:
            raise Unusable(_("Say with --output where the workbook goes."))
        content = self._content(_framework(options["code"], options["version_name"]), options)
        if options["output"] is None:
            self.stdout.write(content.decode("utf-8"))
            return 0
        try:
            options["output"].write_bytes(content)
        except OSError as problem:
            raise Unusable(_("%(file)s cannot be written.") % {"file": options["output"]}) from problem
        if options["json"]:
            self.print_json({"file": str(options["output"]), "bytes": len(content)})
        return 0

    def _content(self, framework: Framework, options: dict[str, Any]) -> bytes:
        try:
            content = file_of(framework, options["format"])
        except ValidationError as problem:
            raise Unusable(*problem.messages) from problem
        if options["format"] == "json" and options["json"]:
            return json.dumps(json.loads(content), ensure_ascii=False).encode()
        return content


def _framework(code: str, version: str | None) -> Framework:
    frameworks = Framework.objects.with_tree().filter(code=code)
    if version:
        frameworks = frameworks.filter(version=version)
    framework = frameworks.order_by("year", "pk").last()
    if framework is None:
        name = " ".join(filter(None, (code, version)))
        raise Unusable(_("There is no framework “%(name)s”.") % {"name": name})
    return framework
