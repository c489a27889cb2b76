"""Writes a framework to standard output."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from indicators.exchange import write_framework
from indicators.models import Framework


class Command(BaseCommand):
    help = "Export a framework as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code")
        parser.add_argument("--version-name", default=None, help="which version; default: the newest")
        parser.add_argument("--format", choices=["json"], default="json")

    def handle(self, *args: Any, **options: Any) -> None:
        frameworks = Framework.objects.with_tree().filter(code=options["code"])
        if options["version_name"]:
            frameworks = frameworks.filter(version=options["version_name"])
        framework = frameworks.order_by("year", "pk").last()
        if framework is None:
            name = " ".join(filter(None, (options["code"], options["version_name"])))
            raise CommandError(_("There is no framework “%(name)s”.") % {"name": name}, returncode=2)
        self.stdout.write(json.dumps(write_framework(framework), ensure_ascii=False, indent=1))
