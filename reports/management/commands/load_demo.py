"""Loads the demo, writes its report in every form and says how to sign in."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Membership
from reports.compose import compose
from reports.demo import DEMO_PASSWORD, load_demo
from reports.files import FORMS, render_form


class Command(BaseCommand):
    help = "Load the demo (idempotent) and render its report into a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", type=Path, required=True, help="folder for the files")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            assessment = load_demo()
        except ImproperlyConfigured as problem:
            raise CommandError(str(problem), returncode=2) from problem
        folder: Path = options["output"]
        folder.mkdir(parents=True, exist_ok=True)
        report = compose(assessment)
        for form in FORMS:
            target = folder / f"report.{form}"
            target.write_bytes(render_form(report, form))
            self.stdout.write(str(target))
        self.stdout.write(f"\n演示账号 · demo sign-ins (密码 · password: {DEMO_PASSWORD})")
        for membership in Membership.objects.filter(user__is_demo=True).select_related(
            "user", "organisation"
        ):
            self.stdout.write(
                f"  {membership.user.username:<10} {membership.user.name} "
                f"{membership.organisation} {membership.get_role_display()}"
            )
