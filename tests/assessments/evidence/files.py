"""Rows for files that tests have received."""

from django.utils import timezone

from assessments.evidence.storing import Received
from assessments.models import Evidence, EvidenceFile
from tests.factories import World


def make_file(world: World, received: Received) -> EvidenceFile:
    """The only file of a piece of evidence of district a's first department."""
    by, now = next(iter(world.people.values())), timezone.now()
    evidence = Evidence.objects.create(
        assessment=world.assessments["a"],
        owner=world.departments["a1"],
        title=received.name,
        added_by=by,
        added_at=now,
        changed_by=by,
        changed_at=now,
    )
    return EvidenceFile.objects.create(
        evidence=evidence,
        number=1,
        key=received.key,
        name=received.name,
        format=received.format.code,
        size=received.size,
        sha256=received.sha256,
        uploaded_by=by,
        uploaded_at=now,
    )
