"""Files as they stand in the storage before their row is written."""

import hashlib
import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from assessments.evidence.formats import FORMATS
from assessments.evidence.storing import LEASE, Received


def received(content: bytes = b"%PDF-1.7 1", name: str = "文件.pdf") -> Received:
    key = storages["evidence"].save(uuid.uuid4().hex, ContentFile(content))
    form = FORMATS[name.rpartition(".")[2]]
    digest, until = hashlib.sha256(content).hexdigest(), timezone.now() + LEASE
    return Received(key, name, form, len(content), digest, until)


def is_stored(file: Received) -> bool:
    return storages["evidence"].exists(file.key)
