"""Handing out everybody whom a person manages: the trail keeps that personal data left the system."""

from django.db import transaction

from accounts.access import organisations_managed_by
from accounts.models import User
from accounts.standing import Standing
from accounts.workbook.writing import write_people
from audit.trail import record


def export_people(*, by: User, standing: Standing) -> bytes:
    """The workbook of :func:`~accounts.workbook.writing.write_people`, with an event for each organisation at
    the top of what the person manages."""
    content = write_people(standing)
    managed = dict(organisations_managed_by(standing).values_list("pk", "parent"))
    with transaction.atomic():
        for organisation_id in (pk for pk, parent in managed.items() if parent not in managed):
            record(by=by, action="people.exported", subject=by, organisation_id=organisation_id)
    return content
