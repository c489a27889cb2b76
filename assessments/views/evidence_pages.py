"""Pictures of a file's pages, to who may see the evidence."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from assessments.evidence.access import evidence_visible_to
from assessments.evidence.formats import FORMATS
from assessments.evidence.previewing import MEDIA_TYPE, NoPicture, NoSuchPage, page_picture
from assessments.evidence.storing import StorageDown
from assessments.models import EvidenceFile


@require_safe
def page(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """One page of a file, to be leafed through; by script the leaf alone. ``to`` leads to another page."""
    file = _file(request, pk)
    wanted = request.GET.get("to", "")
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 6:
        return redirect("evidence-page", pk, int(wanted))
    context = {"file": file, "evidence": file.evidence, "format": FORMATS[file.format], "number": number}
    status = 200
    try:
        context["pages"] = page_picture(file, number).pages
    except NoSuchPage:
        context["problem"] = _("The file has no page %(number)s.") % {"number": number}
        context["beyond"] = number != 1
        status = 200 if request.htmx else 404
    except (NoPicture, StorageDown) as problem:
        context["problem"] = str(problem)
    context["leaf"] = template = "assessments/_evidence_leaf.html"
    return render(
        request, template if request.htmx else "assessments/evidence_page.html", context, status=status
    )


@require_safe
def picture(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """The picture itself; 404 where there is none."""
    file = _file(request, pk)
    try:
        found = page_picture(file, number)
    except (NoSuchPage, NoPicture, StorageDown) as problem:
        return HttpResponse(str(problem), status=404, content_type="text/plain; charset=utf-8")
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
    return HttpResponse(found.picture, content_type=MEDIA_TYPE, headers=headers)


def _file(request: SignedInRequest, pk: int) -> EvidenceFile:
    visible = evidence_visible_to(request.standing).values("pk")
    return get_object_or_404(
        EvidenceFile.objects.filter(evidence__in=visible).select_related("evidence__assessment"), pk=pk
    )
