"""The page before an archive of evidence is downloaded: what will be in it, and how much it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from assessments.access import assessments_visible_to, responses_visible_to
from assessments.evidence.archive.boxes import SPINES, Boxing
from assessments.evidence.archive.contents import Occasion
from assessments.evidence.archive.listing import Listing, list_archive
from assessments.evidence.archive.streaming import Archive
from assessments.models import Response
from indicators.models import Section


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for: ``?section=`` its key, ``?item=`` the number of a response, neither for the
    whole; ``?copies=once`` for each file once."""

    listing: Listing
    section: Section | None
    response: Response | None
    copies: bool

    def query(self, *, copies: bool | None = None) -> str:
        """The same in an address, with copies or without."""
        kept: dict[str, Any] = {}
        if self.section:
            kept["section"] = self.section.key
        if self.response:
            kept["item"] = self.response.pk
        if not (self.copies if copies is None else copies):
            kept["copies"] = "once"
        return urlencode(kept)

    def archive(self, request: SignedInRequest, beside: Mapping[str, bytes] | None = None) -> Archive:
        """Of what is wanted, made now by who asks, with small files beside."""
        return Archive(self.listing, Occasion(str(request.user), timezone.now(), self.copies), beside)


def fetch_wanted(request: SignedInRequest, pk: int) -> Wanted:
    """404 for what is not there for the person."""
    standing = request.standing
    visible = assessments_visible_to(standing).select_related("cycle", "organisation")
    assessment = get_object_or_404(visible, pk=pk)
    section = response = None
    if "section" in request.GET:
        sections = Section.objects.filter(framework=assessment.cycle.framework_id)
        section = get_object_or_404(sections, key=_key(request.GET.get("section", "")))
    if "item" in request.GET:
        responses = responses_visible_to(standing).filter(assessment=assessment).select_related("item")
        response = get_object_or_404(responses, pk=_number(request.GET.get("item", "")))
    copies = request.GET.get("copies") != "once"
    listing = list_archive(standing, assessment, section=section, response=response, copies=copies)
    return Wanted(listing, section, response, copies)


@require_safe
def archive(request: SignedInRequest, pk: int) -> HttpResponse:
    """The list of contents as it will be in the archive, with number and size of the files."""
    wanted = fetch_wanted(request, pk)
    listing = wanted.listing
    context = {
        "assessment": listing.assessment,
        "listing": listing,
        "wanted": wanted,
        "query": wanted.query(),
        "other_query": wanted.query(copies=not wanted.copies),
        "once": _repeated_bytes(listing),
        "boxings": list(Boxing),
        "spines": SPINES,
    }
    return render(request, "assessments/evidence_archive.html", context)


def _repeated_bytes(listing: Listing) -> int:
    """Bytes that lie in the archive more than once."""
    sizes = {file.pk: file.size for _paper, file in listing.stored()}
    return listing.bytes - sum(sizes.values())


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as fault:
        raise Http404 from fault


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Http404
    return int(text)
