"""Serving the files of evidence, to who may see it and nobody else."""

import re
from collections.abc import Iterator

from django.core.files.base import File
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from assessments.evidence.access import evidence_visible_to
from assessments.evidence.formats import FORMATS
from assessments.evidence.listing import is_withheld
from assessments.evidence.sending import LONG, Sending
from assessments.evidence.storing import Erased, StorageDown, open_file
from assessments.models import EvidenceFile

PIECE = 64 * 1024
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


@require_safe
def download(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """One revision as it was uploaded: a download, never a page of ours. 410 once it is erased, or its
    erasure asked for; what is left of an interrupted one can be asked for with Range."""
    visible = EvidenceFile.objects.filter(evidence__in=evidence_visible_to(request.standing).values("pk"))
    file = get_object_or_404(visible.select_related("erasure", "evidence"), pk=pk)
    if is_withheld(file):
        return _gone(request, file)
    try:
        return serve(request, file)
    except Erased:
        return _gone(request, file)
    except StorageDown as problem:
        return render(
            request, "assessments/evidence_gone.html", {"file": file, "problem": problem}, status=503
        )


def _gone(request: SignedInRequest, file: EvidenceFile) -> HttpResponse:
    return render(request, "assessments/evidence_gone.html", {"file": file}, status=410)


def serve(request: HttpRequest, file: EvidenceFile) -> HttpResponseBase:
    """The bytes, or those of them that were asked for, to who may see the file. Raises
    :class:`~assessments.evidence.storing.Erased` and :class:`~assessments.evidence.storing.StorageDown`."""
    etag = f'"{file.sha256}"'
    asked = request.headers.get("Range", "") if request.headers.get("If-Range", etag) == etag else ""
    wanted = _asked_range(asked, file.size)
    first, last = wanted or (0, file.size - 1)
    answer: HttpResponseBase
    if first > last:
        answer = HttpResponse(status=416, headers={"Content-Range": f"bytes */{file.size}"})
    elif request.method == "HEAD":
        answer = HttpResponse()
    else:
        answer = StreamingHttpResponse(_sent(file, first, last), status=206 if wanted else 200)
        if wanted:
            answer.headers["Content-Range"] = f"bytes {first}-{last}/{file.size}"
    if answer.status_code != 416:
        answer.headers["Content-Length"] = str(last - first + 1)
    known = FORMATS.get(file.format)
    for name, value in {
        "Content-Type": known.media_type if known else "application/octet-stream",
        "Content-Disposition": content_disposition_header(True, file.name) or "attachment",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Accept-Ranges": "bytes",
        "ETag": etag,
    }.items():
        answer.headers[name] = value
    return answer


def _sent(file: EvidenceFile, first: int, last: int) -> "Sending | _Part":
    def begin() -> _Part:
        return _Part(open_file(file), first, last)

    return Sending(begin) if last - first + 1 >= LONG else begin()


def _asked_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of one range, ``None`` for the whole; the last before the first where the file
    has no such bytes. Several ranges at once, and what is none, are answered with the whole."""
    found = _RANGE.fullmatch(header)
    if not found:
        return None
    first, last = (int(number) if number else None for number in found.groups())
    if first is None:
        return None if last is None else (max(size - last, 0) if last else size, size - 1)
    if last is not None and last < first:
        return None
    return (first, size - 1 if last is None else min(last, size - 1))


class _Part:
    """A part of a file, read in pieces and closed by the response."""

    def __init__(self, file: File, first: int, last: int) -> None:
        self._file, self._left = file, last - first + 1
        file.seek(first)

    def __iter__(self) -> Iterator[bytes]:
        while self._left and (piece := self._file.read(min(PIECE, self._left))):
            self._left -= len(piece)
            yield piece

    def close(self) -> None:
        self._file.close()
