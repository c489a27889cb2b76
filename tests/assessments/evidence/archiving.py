"""Evidence put straight into rows and storage, for tests of what is done with it."""

import hashlib
import uuid
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation
from accounts.roles import Role
from assessments.models import Erasure, Evidence, EvidenceFile, EvidenceUse, Response
from reports.render.box_labels import render_box_labels
from tests.factories import World


def signed_in(world: World, role: Role = Role.COORDINATOR, organisation: str = "a") -> Client:
    client = Client()
    client.force_login(world.people[role, organisation])
    client.cookies["django_language"] = "en"
    return client


def put(
    world: World,
    title: str,
    content: bytes | None = b"%PDF-1.7 ...",
    *cited: str | tuple[str, dict[str, str]],
    owner: str = "a1",
    district: str = "a",
    **fields: Any,
) -> Evidence:
    """A piece of evidence with its file, ``None`` for a reference; cited by the items with these labels."""
    person = world.people[Role.FILLER, owner]
    now = timezone.now()
    evidence = Evidence.objects.create(
        assessment=world.assessments[district],
        owner=world.departments[owner],
        title=title,
        **{"added_by": person, "added_at": now, "changed_by": person, "changed_at": now, **fields},
    )
    if content is not None:
        revise(evidence, content)
    for each in cited:
        label, said = each if isinstance(each, tuple) else (each, {})
        cite(evidence, world.response(label, district), world.departments[owner], **said)
    return evidence


def revise(evidence: Evidence, content: bytes, form: str = "pdf", number: int = 1) -> EvidenceFile:
    key = storages["evidence"].save(uuid.uuid4().hex, ContentFile(content))
    return EvidenceFile.objects.create(
        evidence=evidence,
        number=number,
        key=key,
        name=f"原名.{form}",
        format=form,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=evidence.added_by,
        uploaded_at=timezone.now(),
    )


def cite(evidence: Evidence, response: Response, department: Organisation, **said: str) -> EvidenceUse:
    return EvidenceUse.objects.create(
        evidence=evidence,
        response=response,
        department=department,
        order=response.evidence_uses.count() + 1,
        added_by=evidence.added_by,
        added_at=timezone.now(),
        **said,
    )


def erase(world: World, evidence: Evidence, *, confirmed: bool = True) -> Erasure:
    now = timezone.now()
    second = {"confirmed_by": world.people[Role.ADMINISTRATOR, "a"], "confirmed_at": now}
    file = evidence.files.get()
    erasure = Erasure.objects.create(
        file=file,
        reason="涉密",
        asked_by=world.people[Role.COORDINATOR, "a"],
        asked_at=now,
        **(second if confirmed else {}),
    )
    if confirmed:
        storages["evidence"].delete(file.key)
    return erasure


@pytest.fixture
def printed_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Labels by the same printer in this process, which need not start for each archive."""
    monkeypatch.setattr("reports.views_evidence.print_box_labels", render_box_labels)


def bytes_of(answer: HttpResponseBase) -> bytes:
    assert isinstance(answer, StreamingHttpResponse)
    content = b"".join(answer.streaming_content)  # type: ignore[arg-type]
    assert answer.headers["Content-Length"] == str(len(content))
    return content


def archive_of(world: World, client: Client | None = None, query: str = "") -> ZipFile:
    """The ZIP that the page gives, whole and sound."""
    client = client or signed_in(world)
    answer = client.get(f"/assessments/{world.assessments['a'].pk}/evidence/archive/file/zip/{query}")
    assert answer.status_code == 200
    archive = ZipFile(BytesIO(bytes_of(answer)))
    assert archive.testzip() is None
    return archive


DAY = date(2021, 9, 1)
