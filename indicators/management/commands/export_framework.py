"""Writes a framework to standard output."""

import json
from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from indicators.exchange import write_framework
from indicators.models import Framework
from selfassess.commandline import JsonCommand, Unusable


class Command(JsonCommand):
    help = "Export a framework as JSON; with --json on one line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code")
        parser.add_argument("--version-name", default=None, help="which version; default: the newest")
        parser.add_argument("--format", choices=["json"], default="json")

    def run(self, options: dict[str, Any]) -> int:
        frameworks = Framework.objects.with_tree().filter(code=options["code"])
        if options["version_name"]:
            frameworks = frameworks.filter(version=options["version_name"])
        framework = frameworks.order_by("year", "pk").last()
        if framework is None:
            name = " ".join(filter(None, (options["code"], options["version_name"])))
            raise Unusable(_("There is no framework “%(name)s”.") % {"name": name})
        indent = None if options["json"] else 1
        self.stdout.write(json.dumps(write_framework(framework), ensure_ascii=False, indent=indent))
        return 0
