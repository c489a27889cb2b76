"""The library of a district's evidence, and the page of one piece of it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Organisation
from accounts.requests import SignedInRequest
from accounts.roles import FILLS, READS_DISTRICT
from accounts.standing import Standing
from assessments.access import assessments_visible_to, responses_visible_to
from assessments.evidence.access import (
    evidence_once_visible_to,
    evidence_visible_to,
    is_locked,
    may_add,
    may_ask_for_erasure,
    may_change,
)
from assessments.evidence.coverage import coverage_of, uncited
from assessments.evidence.formats import FORMATS
from assessments.evidence.history import history_of
from assessments.evidence.library import (
    StaleEvidence,
    add_evidence,
    describe_evidence,
    put_back_evidence,
    remove_evidence,
    revise_evidence,
)
from assessments.evidence.listing import (
    Wanted,
    current_file,
    is_odd,
    is_withheld,
    issuers_known_to,
    library_of,
    matching,
    page_of,
    removed_from,
    rows_of,
    sort_names,
)
from assessments.evidence.storing import receive
from assessments.forms.evidence import DescriptionForm, ReferenceForm, RevisionForm
from assessments.models import Assessment, Evidence, EvidenceFile, EvidenceKind, Response
from assessments.views.autosave import read_operation
from assessments.views.evidence_panel import ACCEPTED


@require_safe
def library(request: SignedInRequest, pk: int) -> HttpResponse:
    """The evidence of one assessment, as far as a person sees it: searched, narrowed, sorted; and what of
    the required materials is there. ``show`` is ``uncited``, ``missing``, or ``removed`` for what can be put
    back."""
    standing = request.standing
    found = _assessment(standing, pk)
    everything, wanted = library_of(standing, found), Wanted.read(request.GET.dict())
    removed = removed_from(standing, found)
    show = request.GET.get("show", "")
    shown = removed if show == "removed" else everything
    page = page_of(matching(shown, wanted, standing), standing, request.GET.get("page"))
    responses = _worked_on(standing, found)
    coverage = coverage_of(responses)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "assessment": found,
        "show": show if show in ("uncited", "missing", "removed") else "",
        "wanted": wanted,
        "page": page,
        "rows": rows_of(page),
        "total": everything.count(),
        "removed": removed.count(),
        "uncited": everything.filter(pk__in=uncited(found).values("pk")).count(),
        "coverage": coverage,
        "missing": sum(section.lacking for section in coverage),
        "lacking": sum(len(section.missing) for section in coverage),
        "sections": list({each.item.section_id: each.item.section for each in responses}.values()),
        "items": responses,
        "offices": Organisation.objects.filter(pk__in=everything.values("owner")),
        "kinds": EvidenceKind.choices,
        "sorts": sort_names(),
        "may_add": bool(may_add(standing, found)),
        "query": query.urlencode(),
    }
    return render(request, "assessments/evidence_library.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Where files are put into the library, and (POST) what is cited without one."""
    standing = request.standing
    found = _assessment(standing, pk)
    offices = may_add(standing, found)
    if not offices:
        raise PermissionDenied
    form = ReferenceForm(request.POST if request.method == "POST" else None, offices=offices)
    if request.method == "POST" and form.is_valid():
        owner = form.cleaned_data["owner"]
        try:
            added = add_evidence(
                assessment=found, owner=owner, description=form.description(), by=request.user
            )
        except ValidationError as problem:
            form.add_problem(problem)
        else:
            messages.success(request, _("Added to the library."))
            return redirect("evidence", added.pk)
    context = {
        "assessment": found,
        "form": form,
        "offices": offices,
        "issuers": issuers_known_to(standing, found),
        "upload_to": reverse("evidence-upload", args=[pk]),
        "most": settings.UPLOAD_MB,
        "accepted": ACCEPTED,
    }
    return render(request, "assessments/evidence_add.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: SignedInRequest, pk: int) -> HttpResponse:
    """One piece: what is said of it (POST changes that), its files, where it is used, what happened to it."""
    found = _fetch(request.standing, pk)
    if request.method != "POST":
        return _show(request, found)
    if found.removed or not may_change(request.standing, found):
        raise PermissionDenied
    form = DescriptionForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form=form, status=422)
    try:
        describe_evidence(
            evidence=found,
            description=form.description(),
            version=form.cleaned_data["version"],
            by=request.user,
        )
    except ValidationError as problem:
        form.add_problem(problem)
        return _show(request, found, form=form, status=422)
    except StaleEvidence as stale:
        data = {**request.POST.dict(), "version": str(stale.current.version)}
        return _show(
            request, _fetch(request.standing, pk), form=DescriptionForm(data), stale=True, status=409
        )
    messages.success(request, _("Saved."))
    return redirect("evidence", pk)


@require_POST
def revise(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take in another file of the same evidence."""
    found = _fetch(request.standing, pk)
    if found.removed or not may_change(request.standing, found):
        raise PermissionDenied
    form = RevisionForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            received = receive(form.cleaned_data["file"])
            revise_evidence(
                evidence=found, received=received, by=request.user, operation=read_operation(request)
            )
        except ValidationError as problem:
            form.add_error("file", problem.messages)
        else:
            messages.success(request, _("Stored as the newest revision."))
            return redirect("evidence", pk)
    return _show(request, found, revision=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what removing it does; POST removes."""
    found = _fetch(request.standing, pk)
    if not may_change(request.standing, found):
        raise PermissionDenied
    if request.method == "POST":
        remove_evidence(evidence=found, by=request.user)
        messages.success(request, _("Removed from the library. It can be put back here."))
        return redirect("evidence", pk)
    context = {"evidence": found, "assessment": found.assessment, **_uses(request.standing, found)}
    return render(request, "assessments/evidence_remove.html", context)


@require_POST
def put_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Undo the removal."""
    found = _fetch(request.standing, pk)
    if not may_change(request.standing, found):
        raise PermissionDenied
    put_back_evidence(evidence=found, by=request.user)
    messages.success(request, _("Put back. It is cited where it was."))
    return redirect("evidence", pk)


def _assessment(standing: Standing, pk: int) -> Assessment:
    visible = assessments_visible_to(standing).select_related("cycle", "organisation")
    return get_object_or_404(visible, pk=pk)


def _fetch(standing: Standing, pk: int) -> Evidence:
    """What a person sees; what was removed is there for who may put it back."""
    files = EvidenceFile.objects.select_related(
        "erasure__asked_by", "erasure__confirmed_by", "uploaded_by"
    ).order_by("number")
    found = get_object_or_404(
        evidence_once_visible_to(standing)
        .select_related("assessment__cycle", "assessment__organisation", "owner", "added_by", "changed_by")
        .prefetch_related(Prefetch("files", files)),
        pk=pk,
    )
    if found.removed and not may_change(standing, found):
        get_object_or_404(evidence_visible_to(standing), pk=pk)
    return found


def _worked_on(standing: Standing, assessment: Assessment) -> list[Response]:
    """The items whose materials are a person's to look after: all of the district, or what the departments
    lead and support."""
    responses = responses_visible_to(standing).filter(assessment=assessment)
    if not standing.holds(assessment.organisation_id, *READS_DISTRICT):
        departments = standing.organisations(*FILLS)
        supported = Q(assignment__supporting__in=departments)
        responses = responses.filter(Q(assignment__lead__in=departments) | supported).distinct()
    order = ("item__section__order", "item__order")
    return list(responses.select_related("item__section").order_by(*order))


def _show(
    request: SignedInRequest,
    found: Evidence,
    *,
    form: DescriptionForm | None = None,
    revision: RevisionForm | None = None,
    stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    standing = request.standing
    mine = may_change(standing, found)
    changeable = mine and not found.removed
    district = found.assessment.organisation
    uses = _uses(standing, found)
    works = standing.holds(district.pk, *READS_DISTRICT) or standing.holds(found.owner_id, *FILLS)
    files = list(found.files.all())
    current = current_file(found)
    if current and (is_withheld(current) or found.removed):
        current = None
    context: dict[str, Any] = {
        "evidence": found,
        "assessment": found.assessment,
        "may_change": mine,
        "form": (form or DescriptionForm(evidence=found)) if changeable else None,
        "revision": (revision or RevisionForm()) if changeable else None,
        "stale": stale,
        "odd": is_odd(found.document_number),
        "locked": not mine and standing.holds(found.owner_id, *FILLS) and is_locked(found),
        "issuers": issuers_known_to(standing, found.assessment, found.document_number) if changeable else [],
        "files": files[::-1],
        "current": current,
        "has_preview": current is not None and FORMATS[current.format].has_preview,
        "may_erase": bool(may_ask_for_erasure(standing, district)),
        "history": history_of(found, seen={use.response_id for use in uses["uses"]}) if works else None,
        **uses,
    }
    return render(request, "assessments/evidence.html", context, status=status)


def _uses(standing: Standing, found: Evidence) -> dict[str, Any]:
    """Where it is used: by item what a person sees, and how many items more there are."""
    uses = list(
        found.uses.filter(response__in=responses_visible_to(standing).values("pk"))
        .select_related("response__item__section", "department")
        .order_by("response__item__section__order", "response__item__order", "order")
    )
    every = found.uses.filter(response__withdrawn=False).values("response").distinct().count()
    return {"uses": uses, "hidden": every - len({use.response_id for use in uses})}
