"""The report's pages and files."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from assessments.access import assessments_visible_to, may_read_report, may_write_report
from assessments.models import Assessment
from reports.compose import (
    GRADE_PLACEHOLDER,
    TOTAL_PLACEHOLDER,
    WEIGHT_PLACEHOLDER,
    compose,
    default_prose,
)
from reports.files import FORMS, file_name, render_form
from reports.forms import ProseForm
from reports.models import ReportProse
from reports.prose import StaleProse, save_prose
from reports.render.html import render_html, style_source
from reports.render.pdf import missing_glyphs
from reports.render.writable import UnwritableReport


def _readable_assessment(request: SignedInRequest, pk: int) -> tuple[Assessment, bool]:
    """The assessment, and whether its prose may be edited.

    404 when it is invisible, 403 when it is not to be read whole.
    """
    standing = request.standing
    visible = assessments_visible_to(standing).select_related("cycle__committee", "organisation")
    found = get_object_or_404(visible, pk=pk)
    if not may_read_report(standing, found):
        raise PermissionDenied
    return found, may_write_report(standing, found)


@require_safe
def report(request: SignedInRequest, pk: int) -> HttpResponse:
    """The report as it will print, and its files."""
    found, writable = _readable_assessment(request, pk)
    composed = compose(found)
    context = {
        "assessment": found,
        "report": composed,
        "forms": FORMS.values(),
        "writable": writable,
        "unprintable": missing_glyphs(composed),
        "unscored": sum(item.self_score is None and item.applicable for item in composed.items()),
    }
    return render(request, "reports/report.html", context)


@require_safe
@xframe_options_sameorigin
def document(request: SignedInRequest, pk: int) -> HttpResponse:
    """The report's HTML alone, under a policy that lets its own style through and nothing else."""
    found, _writable = _readable_assessment(request, pk)
    response = HttpResponse(render_html(compose(found)))
    response._csp_replace = {  # type: ignore[attr-defined]
        "script-src": ["'none'"],
        "style-src": [style_source()],
        "img-src": ["data:"],
        "frame-ancestors": ["'self'"],
    }
    return response


@require_safe
def file(request: SignedInRequest, pk: int, form: str) -> HttpResponse:
    """The report as a file to keep."""
    if form not in FORMS:
        raise Http404
    found, _writable = _readable_assessment(request, pk)
    composed = compose(found)
    try:
        content = render_form(composed, form)
    except UnwritableReport as problem:
        messages.error(request, str(problem))
        return redirect("report", found.pk)
    return HttpResponse(
        content,
        content_type=FORMS[form].content_type,
        headers={
            "Content-Disposition": content_disposition_header(True, file_name(composed, form)) or "attachment"
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def prose(request: SignedInRequest, pk: int) -> HttpResponse:
    """The report's own prose to edit: the coordinator's."""
    found, writable = _readable_assessment(request, pk)
    if not writable:
        raise PermissionDenied
    stored = ReportProse.objects.filter(assessment=found).first() or default_prose(found)
    form = ProseForm(request.POST if request.method == "POST" else None, prose=stored)
    stale = None
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            save_prose(assessment=found, content=form.content(), version=version, by=request.user)
        except ValidationError as problem:
            form.add_error(None, problem)
        except StaleProse as problem:
            stale = problem.current
            data = request.POST.copy()
            data["version"] = str(stale.version)
            form = ProseForm(data, prose=stale)
        else:
            messages.success(request, _("Saved."))
            return redirect("report", found.pk)
    context = {
        "assessment": found,
        "form": form,
        "stale": stale,
        "total_placeholder": TOTAL_PLACEHOLDER,
        "grade_placeholder": GRADE_PLACEHOLDER,
        "weight_placeholder": WEIGHT_PLACEHOLDER,
    }
    status = 409 if stale else 422 if form.is_bound else 200
    return render(request, "reports/prose.html", context, status=status)
