"""manifest.json and SHA256SUMS: what lies in the archive, for programs. Both have the same length whatever
becomes of a file on the way, so that the length of the archive is known before it is sent."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils import timezone

from assessments.evidence.archive.contents import Occasion
from assessments.evidence.archive.listing import Listing, Paper

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"


class Fate(StrEnum):
    """What became of a file; all words have one length.

    ``gone``: it was erased since the list was made. ``lost``: the storage does not have it. ``torn``: the
    storage has more or fewer bytes than were taken in.
    """

    KEPT = "kept"
    GONE = "gone"
    LOST = "lost"
    TORN = "torn"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the archive as it was sent. ``sha256`` is what its bytes should have."""

    path: str
    size: int
    sha256: str
    paper: Paper | None = None
    fate: Fate = Fate.KEPT


def write_manifest(listing: Listing, occasion: Occasion, entries: Iterable[Entry]) -> bytes:
    """All entries but the lists of entries themselves."""
    content = {
        "district": str(listing.assessment.organisation),
        "cycle": str(listing.assessment.cycle),
        "scope": listing.scope,
        "made_by": occasion.by,
        "made_at": timezone.localtime(occasion.at).isoformat(timespec="seconds"),
        "files": [_plain(entry) for entry in entries],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def write_sums(entries: Iterable[Entry]) -> bytes:
    """As ``sha256sum -c`` checks them."""
    return "".join(f"{entry.sha256}  {entry.path}\n" for entry in entries).encode()


def _plain(entry: Entry) -> dict[str, Any]:
    plain = {"path": entry.path, "size": entry.size, "sha256": entry.sha256, "state": str(entry.fate)}
    if entry.paper is None:
        return plain
    evidence = entry.paper.evidence
    return plain | {
        "number": entry.paper.number,
        "title": evidence.title,
        "document_number": evidence.document_number,
        "original": entry.paper.file.sha256 if entry.paper.file else "",
    }
