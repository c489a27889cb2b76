"""Stores a framework from a file as a draft, or publishes it at once."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.roles import OrganisationKind
from indicators.exchange import FrameworkData, read_framework, store_framework
from indicators.faults import find_faults
from indicators.models import Framework
from indicators.publishing import publish_framework
from indicators.workbook.plan import ImportPlan
from indicators.workbook.reading import read_workbook
from selfassess.commandline import UNUSABLE, JsonCommand, Unusable
from spreadsheets.limits import LARGEST
from spreadsheets.notes import Note
from spreadsheets.opening import refusal

OVERRIDES = ("code", "version_name", "year", "title")


class Command(JsonCommand):
    help = (
        "Import a framework (.xlsx of our own form or an office's table, .json) as a draft. What is odd is "
        "reported by sheet and cell; what cannot be read is refused whole. --dry-run stores nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--publish", action="store_true", help="publish it if nothing stands in the way")
        parser.add_argument("--committee", metavar="CODE", help="the committee that owns it")
        parser.add_argument("--sheet", default="", help="which sheet, of a workbook with several tables")
        parser.add_argument(
            "--accept-rules",
            action="store_true",
            help="store the rules read from prose where all of it was understood; default: none",
        )
        parser.add_argument("--code", help="store it under this code")
        parser.add_argument("--version-name", help="store it as this version")
        parser.add_argument("--year", type=int)
        parser.add_argument("--title")

    def run(self, options: dict[str, Any]) -> int:
        committee = _committee(options["committee"])
        plan = read_workbook(_content(options["file"]), options["file"].name, sheet=options["sheet"])
        if plan.data is None:
            return self._refuse_plan(plan, as_json=options["json"])
        accepted = plan.certain() if options["accept_rules"] else frozenset()
        try:
            data = _overridden(plan.accepted(accepted), options)
            framework, faults = _store(data, committee, options)
        except ValidationError as problem:
            raise Unusable(*problem.messages) from problem
        if options["json"]:
            answer = {
                "framework": str(framework),
                "faults": [str(fault) for fault in faults],
                "remarks": [_placed(note) for note in plan.remarks],
                "proposals": [
                    {"item": str(found.item.label), "accepted": found.number in accepted}
                    for found in plan.proposals
                ],
            }
            self.print_json({**answer, "stored": not options["dry_run"]})
            return 0
        self.stdout.write(str(framework))
        for sentence in dict.fromkeys([*map(str, plan.remarks), *map(str, faults)]):
            self.stdout.write(f"  {sentence}")
        return 0

    def _refuse_plan(self, plan: ImportPlan, *, as_json: bool) -> int:
        sentences = [str(note) for note in plan.errors]
        if as_json and any(note.sheet for note in plan.errors):
            places = [_placed(note) for note in plan.errors]
            self.print_json({"error": sentences[0], "errors": sentences, "places": places})
            return UNUSABLE
        return self.refuse(*sentences, as_json=as_json)


def _store(
    data: FrameworkData, committee: Organisation | None, options: dict[str, Any]
) -> tuple[Framework, list[Any]]:
    """The framework as stored, and what stands in the way of publishing it; all undone in a dry run."""
    with transaction.atomic():
        framework = store_framework(data=data, by=None, committee=committee)
        faults = find_faults(Framework.objects.with_tree().get(pk=framework.pk))
        if options["publish"]:
            framework = publish_framework(framework=framework, by=None)
        if options["dry_run"]:
            transaction.set_rollback(True)
    return framework, faults


def _placed(note: Note) -> dict[str, str]:
    return {"sheet": note.sheet, "cell": note.cell, "message": note.message}


def _overridden(data: FrameworkData, options: dict[str, Any]) -> FrameworkData:
    """The framework with what the options say of it. Raises ``ValidationError``."""
    given = {name.removesuffix("_name"): options[name] for name in OVERRIDES if options[name] is not None}
    return read_framework({**dict(data), **given}) if given else data


def _committee(code: str | None) -> Organisation | None:
    if code is None:
        return None
    try:
        return Organisation.objects.get(code=code, kind=OrganisationKind.COMMITTEE)
    except Organisation.DoesNotExist as problem:
        raise Unusable(_("There is no committee “%(code)s”.") % {"code": code}) from problem


def _content(path: Path) -> bytes:
    """The file's bytes, one more than is read of it at most."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as problem:
        raise Unusable(_("%(file)s cannot be read.") % {"file": path.name}) from problem
    if len(content) > LARGEST:
        raise Unusable(*refusal("large", path.name, {"limit": LARGEST // 1_000_000}).messages)
    return content
