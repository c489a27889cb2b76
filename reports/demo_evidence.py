"""The demo's library of evidence: a few small files, in the year that is closed and in the one under way."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from accounts.models import Organisation, User
from assessments.evidence.citing import cite
from assessments.evidence.library import Description, add_evidence
from assessments.evidence.storing import Received, receive
from assessments.models import Assessment, Evidence
from assessments.responses import for_saving


def load_evidence(data: dict[str, Any]) -> None:
    """Load it, once, into the assessments of the demo. Never call this inside a transaction."""
    assessments = {
        found.cycle.code: found
        for found in Assessment.objects.filter(organisation__code=data["district"]).select_related("cycle")
    }
    if Evidence.objects.filter(assessment__in=assessments.values()).exists():
        return
    pieces = [(row, year, _receive(row)) for row in data["evidence"] for year in row["cited"]]
    with transaction.atomic():
        for row, year, received in pieces:
            _store(row, assessments[year], received, row["cited"][year])


def _receive(row: dict[str, Any]) -> Received | None:
    if not row["file"]:
        return None
    path = settings.FIXTURE_DIR / "evidence" / row["file"]
    return receive(ContentFile(path.read_bytes(), name=row["title"] + path.suffix))


def _store(
    row: dict[str, Any], assessment: Assessment, received: Received | None, uses: list[dict[str, str]]
) -> None:
    said = {name: row[name] for name in ("title", "document_number", "issuer", "kind")}
    evidence = add_evidence(
        assessment=assessment,
        owner=Organisation.objects.get(code=row["owner"]),
        description=Description(**said, dated=date.fromisoformat(row["dated"])),
        received=received,
        by=User.objects.get(username=row["by"]),
    )
    for use in uses:
        cite(
            evidence=evidence,
            response=for_saving().get(assessment=assessment, item__label=use["item"]),
            department=Organisation.objects.get(code=use["department"]),
            passage=use["passage"],
            by=User.objects.get(username=use["by"]),
        )
