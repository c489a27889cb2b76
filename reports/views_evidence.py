"""The archive of evidence and its labels as files. Here, as labels are printed like reports."""

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from assessments.evidence.archive.boxes import SPINES, Box, Boxing, boxes_of
from assessments.evidence.archive.handing_out import hand_out
from assessments.evidence.archive.listing import Listing
from assessments.evidence.archive.names import folder_name
from assessments.evidence.sending import Busy
from assessments.views.evidence_archive import Wanted, fetch_wanted
from indicators.workbook.files import XLSX
from reports.render.box_labels import Label, print_box_labels

LABELS = "盒脊标签.pdf"


@require_safe
def archive_file(request: SignedInRequest, pk: int, form: str) -> HttpResponseBase:
    """``zip``: all of it; ``xlsx``: its list of contents alone; ``pdf``: the labels of its boxes.

    ``?boxes=`` is a :class:`Boxing`, ``?width=`` that of a spine in millimetres, for the labels in the
    ZIP too.
    """
    answers = {"zip": _zip, "xlsx": _contents, "pdf": _labels}
    if form not in answers:
        raise Http404
    return answers[form](request, fetch_wanted(request, pk))


def _zip(request: SignedInRequest, wanted: Wanted) -> HttpResponseBase:
    labels = _printed(request, wanted)
    archive = wanted.archive(request, {LABELS: labels} if labels else {})
    headers = _headers(wanted.listing, "佐证材料", "zip") | {"Content-Length": str(archive.size)}
    if request.method == "HEAD":
        return HttpResponse(content_type="application/zip", headers=headers)
    try:
        sending = hand_out(archive, by=request.user)
    except Busy as busy:
        messages.warning(request, str(busy))
        return redirect(
            f"{reverse('evidence-archive', args=[wanted.listing.assessment.pk])}?{wanted.query()}"
        )
    return StreamingHttpResponse(sending, content_type="application/zip", headers=headers)


def _contents(request: SignedInRequest, wanted: Wanted) -> HttpResponseBase:
    headers = _headers(wanted.listing, "佐证材料目录", "xlsx")
    return HttpResponse(wanted.archive(request).contents, content_type=XLSX, headers=headers)


def _labels(request: SignedInRequest, wanted: Wanted) -> HttpResponseBase:
    labels = _printed(request, wanted)
    if not labels:
        raise Http404
    headers = _headers(wanted.listing, "盒脊标签", "pdf")
    return HttpResponse(labels, content_type="application/pdf", headers=headers)


def _printed(request: SignedInRequest, wanted: Wanted) -> bytes:
    """The labels, empty where there is nothing to put into boxes."""
    boxing = request.GET.get("boxes", Boxing.ITEM)
    width = request.GET.get("width", "40")
    if boxing not in list(Boxing) or width not in map(str, SPINES):
        raise Http404
    boxes = boxes_of(wanted.listing, Boxing(boxing))
    return print_box_labels([_label(wanted.listing, box) for box in boxes], int(width)) if boxes else b""


def _label(listing: Listing, box: Box) -> Label:
    district, cycle = listing.assessment.organisation, listing.assessment.cycle
    return Label(
        district=str(district),
        series=str(cycle),
        year=cycle.year,
        section=box.section,
        title=box.title,
        items="—".join(dict.fromkeys(label for label in box.items if label)),
        first=box.first,
        last=box.last,
        count=box.count,
        number=box.number,
    )


def _headers(listing: Listing, what: str, ending: str) -> dict[str, str]:
    name = folder_name(
        f"{listing.assessment.organisation}{listing.assessment.cycle.year}年{what}", listing.scope
    )
    return {"Content-Disposition": content_disposition_header(True, f"{name}.{ending}") or "attachment"}
