"""Taking files in: on an item's page, where they are cited at once, and in the library.

A script sends one file at a time under a name of its own (``operation``), so that one whose answer was lost
is sent again and stored once; without script a form sends several.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import Organisation
from accounts.requests import SignedInRequest
from assessments.access import assessments_visible_to, responses_visible_to
from assessments.evidence.access import evidence_visible_to, may_add, may_change, may_change_use, may_cite_for
from assessments.evidence.citing import change_use
from assessments.evidence.document_numbers import normalised
from assessments.evidence.library import StaleEvidence, describe_evidence
from assessments.evidence.listing import current_file
from assessments.evidence.names import safe_name
from assessments.evidence.taking_in import Citation, SameFile, take_in
from assessments.forms.evidence_uploads import UploadedForm
from assessments.models import Assessment, Evidence, EvidenceUse, Response
from assessments.views.autosave import read_operation
from assessments.views.evidence_panel import fetch_item, show_list

MOST_FILES = 20
"""Of one form; a script sends each by itself."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file: stored (``evidence``, cited as ``use``), the ``same`` as one that is there
    already, or not stored, and why."""

    name: str
    evidence: Evidence | None = None
    use: EvidenceUse | None = None
    same: Evidence | None = None
    problem: str = ""

    @property
    def status(self) -> int:
        if self.evidence:
            return 200
        return 409 if self.same else 422


@dataclass(frozen=True, slots=True)
class Place:
    """Where files go: a library, for an office; on an item's page they are cited there too."""

    assessment: Assessment
    office: Organisation
    response: Response | None = None
    material: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
def for_item(request: SignedInRequest, pk: int) -> HttpResponse:
    """The evidence of an item: its lines for a script (GET), files taken in and cited (POST)."""
    found = fetch_item(request, pk)
    if request.method != "POST":
        return show_list(request, found) if request.htmx else _back(found)
    offices = may_cite_for(request.standing, found)
    office = _chosen(request, offices) if offices else None
    if office is None or office not in may_add(request.standing, found.assessment):
        raise PermissionDenied
    material = request.POST.get("material", "")
    return _take_in(request, Place(found.assessment, office, found, material))


@require_http_methods(["GET", "HEAD", "POST"])
def for_library(request: SignedInRequest, pk: int) -> HttpResponse:
    """Files into the library, no item citing them yet (POST)."""
    visible = assessments_visible_to(request.standing).select_related("organisation")
    found = get_object_or_404(visible, pk=pk)
    if request.method != "POST":
        return redirect("evidence-library", pk)
    offices = may_add(request.standing, found)
    if not offices:
        raise PermissionDenied
    return _take_in(request, Place(found, _chosen(request, offices)))


def _chosen(request: SignedInRequest, offices: list[Organisation]) -> Organisation:
    """The one of a person's offices for which the files come, the first unless they say which."""
    return {str(office.pk): office for office in offices}.get(request.POST.get("owner", ""), offices[0])


def _take_in(request: SignedInRequest, place: Place) -> HttpResponse:
    files = request.FILES.getlist("files")
    if request.htmx:
        taken = _take(request, place, files[0]) if files else Taken("", problem=_("Choose a file."))
        return _show(request, place, taken)
    refused = _("More than %(limit)s files at once. Choose fewer.") % {"limit": MOST_FILES}
    if not files or len(files) > MOST_FILES:
        messages.error(request, refused if files else _("Choose a file."))
        return _back(place.response or place.assessment)
    every = [_take(request, place, file) for file in files]
    _tell(request, every)
    return _back(place.response or place.assessment)


def _take(request: SignedInRequest, place: Place, file: UploadedFile) -> Taken:
    name, item = safe_name(file.name or "", ""), place.response
    number = normalised(request.POST.get("document_number", ""))
    try:
        taken = take_in(
            file,
            assessment=place.assessment,
            owner=place.office,
            said={"document_number": number} if number else {},
            by=request.user,
            # Several files of one form share no name: only a script sends them one by one.
            operation=read_operation(request) if request.htmx else None,
            citation=Citation(item, place.office, place.material) if item else None,
            strip_location="location" in request.POST,
        )
    except SameFile as there:
        return Taken(name, same=there.evidence)
    except ValidationError as problem:
        return Taken(name, problem=" ".join(problem.messages))
    return Taken(name, taken.evidence, taken.use, problem=taken.problem)


def _show(request: SignedInRequest, place: Place, taken: Taken) -> HttpResponse:
    context: dict[str, Any] = {"taken": taken, "response": place.response, "material": place.material}
    if taken.evidence:
        context["form"] = UploadedForm(evidence=taken.evidence, use=taken.use)
        context["file"] = current_file(taken.evidence)
    return render(request, "assessments/_evidence_uploaded.html", context, status=taken.status)


def _tell(request: SignedInRequest, every: list[Taken]) -> None:
    stored = sum(taken.evidence is not None for taken in every)
    if stored:
        words = ngettext("%(count)s file stored.", "%(count)s files stored.", stored)
        messages.success(request, words % {"count": stored})
    for taken in every:
        if taken.same:
            words = _("%(name)s is the same as “%(title)s”, which is in the library. Choose it there.")
            messages.warning(request, words % {"name": taken.name, "title": taken.same.title})
        elif taken.problem:
            messages.error(request, taken.problem)


@require_http_methods(["GET", "HEAD", "POST"])
def describe(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is said of a file that has just come, put right in its row (POST, by script); ``use`` names where
    it is cited. A reader is led to the page of the evidence."""
    seen = evidence_visible_to(request.standing).select_related("assessment")
    found = get_object_or_404(seen.prefetch_related("files__erasure"), pk=pk)
    if request.method != "POST":
        return redirect("evidence", pk)
    if not may_change(request.standing, found):
        raise PermissionDenied
    use = _posted_use(request, found)
    form = UploadedForm(request.POST, evidence=found, use=use)
    if form.is_valid() and _store(request, found, use, form):
        if not request.htmx:
            messages.success(request, _("Saved."))
            return redirect("evidence", pk)
        context = {"evidence": found, "saved": True}
        return render(request, "assessments/_evidence_described.html", context)
    taken = Taken(found.title, found, use)
    context = {"taken": taken, "form": form, "file": current_file(found)}
    context |= {"response": use.response if use else None}
    return render(request, "assessments/_evidence_uploaded.html", context, status=422)


def _posted_use(request: SignedInRequest, found: Evidence) -> EvidenceUse | None:
    number = request.POST.get("use", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    items = responses_visible_to(request.standing)
    use = found.uses.filter(pk=int(number), response__in=items.values("pk")).first()
    if use is not None:
        use.response = fetch_item(request, use.response_id)
        if not may_change_use(request.standing, use):
            raise PermissionDenied
    return use


def _store(request: SignedInRequest, found: Evidence, use: EvidenceUse | None, form: UploadedForm) -> bool:
    data = form.cleaned_data
    try:
        with transaction.atomic():
            if use is not None:
                change_use(use=use, material=data["material"], passage=data["passage"], by=request.user)
            stored = describe_evidence(
                evidence=found, description=form.description(), version=data["version"], by=request.user
            )
    except StaleEvidence:
        form.add_error(None, _("Somebody else has described it meanwhile. Open it to see how it stands."))
        return False
    except ValidationError as problem:
        form.add_problem(problem)
        return False
    found.title, found.document_number = stored.title, stored.document_number
    return True


def _back(place: Response | Assessment) -> HttpResponse:
    if isinstance(place, Response):
        return redirect(f"{reverse('response', args=[place.pk])}#evidence")
    return redirect("evidence-library", place.pk)
