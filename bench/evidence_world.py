"""``python -m bench.evidence_world FILES SIZE`` fills an empty database and the storage for a measurement and
tells about it as JSON: a district whose items cite so many files of so many bytes."""

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from bench.world import make_world

TITLE = "关于进一步做好义务教育阶段学校标准班额工作的通知"


def main(files: int, size: int) -> dict[str, Any]:
    """``assessment`` and ``item``: numbers of the district's and of one response."""
    import django

    django.setup()
    from django.core.management import call_command

    from assessments.models import Response

    call_command("migrate", run_syncdb=True, verbosity=0)
    made = make_world(1)
    responses = list(Response.objects.order_by("pk"))
    body = os.urandom(size - 16)
    for number in range(files):
        _put(number, b"%%PDF-%010d" % number + body, responses[number % len(responses)])
    return {"assessment": made["assessment"], "item": responses[0].pk}


def _put(number: int, content: bytes, response: Any) -> None:
    from django.conf import settings
    from django.utils import timezone

    from accounts.models import Organisation, User
    from assessments.models import Evidence, EvidenceFile, EvidenceUse

    department, user, now = (
        Organisation.objects.get(code="d0"),
        User.objects.get(username="filler0"),
        timezone.now(),
    )
    evidence = Evidence.objects.create(
        assessment=response.assessment,
        owner=department,
        title=f"{TITLE}（{number + 1}）",
        document_number=f"赣教字〔2021〕{number + 1}号",
        added_by=user,
        added_at=now,
        changed_by=user,
        changed_at=now,
    )
    EvidenceUse.objects.create(
        evidence=evidence, response=response, department=department, order=number, added_by=user, added_at=now
    )
    # Not through the storage's save, which waits for the disk each time.
    (Path(settings.EVIDENCE_FOLDER) / f"{number:032x}").write_bytes(content)
    EvidenceFile.objects.create(
        evidence=evidence,
        number=1,
        key=f"{number:032x}",
        name=f"{number}.pdf",
        format="pdf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=user,
        uploaded_at=now,
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.bare.settings")
    json.dump(main(int(sys.argv[1]), int(sys.argv[2])), sys.stdout)
