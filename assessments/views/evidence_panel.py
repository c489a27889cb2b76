"""The evidence of an item on its page: what is cited, by whom and as what; citing more and taking back."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Organisation
from accounts.requests import SignedInRequest
from accounts.standing import Standing
from assessments.access import lead_of, responses_visible_to
from assessments.evidence.access import evidence_visible_to, may_add, may_change_use, may_cite, may_cite_for
from assessments.evidence.citing import change_use, cite, uncite
from assessments.evidence.document_numbers import normalised
from assessments.evidence.formats import FORMATS
from assessments.evidence.library import add_evidence
from assessments.evidence.listing import (
    Wanted,
    library_of,
    matching,
    page_of,
    rows_of,
)
from assessments.forms.evidence_uploads import ReferenceForm, UseForm, material_choices
from assessments.models import Evidence, EvidenceFile, EvidenceUse, Response
from assessments.responses import for_saving

ACCEPTED = ",".join([*(form.extension for form in FORMATS.values()), ".jpeg", ".tiff"])
"""Endings of the files that may be evidence, for a chooser of files."""
_PAGE = re.compile(r"(?:[pP]{1,2}\.?|第)?\s*(\d{1,5})(?:\s*[-–—~～至到、,，]\s*\d{1,5})*\s*(?:页|頁)?")
"""A passage that is the number of a page, or of several: 12, 第12页, p. 12, 第3-5页, 2、3."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A use as a line. ``address`` is the page of the file that proves it, or of the evidence; ``leafs`` says
    that it is the former. ``mine`` is what the reader may change and take back."""

    pk: int
    title: str
    number: str
    passage: str
    material: str
    form: str | Promise
    code: str
    address: str
    leafs: bool
    erased: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class Office:
    """An office and what it cites on the item."""

    name: str
    role: str | Promise
    uses: list[Cited]


@dataclass(frozen=True, slots=True)
class Wants:
    """A required material: ``there`` where evidence is cited as it or it is ticked, with where it is."""

    name: str
    there: bool
    where: str


@dataclass(frozen=True, slots=True)
class Panel:
    """All of it. ``citing`` are the offices for which the reader may cite now, none for who only reads."""

    offices: list[Office]
    wanted: list[Wants]
    citing: list[Organisation]
    count: int

    @property
    def most(self) -> int:
        """Megabytes of a file."""
        return settings.UPLOAD_MB

    @property
    def accepted(self) -> str:
        """What a chooser of files offers."""
        return ACCEPTED

    @property
    def missing(self) -> list[str]:
        """The required materials that are neither cited nor ticked."""
        return [each.name for each in self.wanted if not each.there]


def panel_of(standing: Standing, found: Response) -> Panel:
    """What the item's page shows of its evidence: two queries of plain values, for it is asked for often.
    Needs the response read :func:`assessments.views.item_page.for_page`."""
    uses = EvidenceUse.objects.filter(response=found, evidence__removed=False).order_by("order", "pk")
    rows = [_Use._make(row) for row in uses.values_list(*_COLUMNS)]
    files = _current_files({row.evidence for row in rows})
    offices = may_cite_for(standing, found)
    may_change = {office.pk for office in offices}
    all_are_mine = lead_of(found) in may_change or found.assessment.organisation_id in may_change
    by_office: dict[tuple[int, str], list[Cited]] = {}
    for row in rows:
        mine = all_are_mine or row.department in may_change
        line = _line(row, files.get(row.evidence), mine=mine)
        by_office.setdefault((row.department, row.office), []).append(line)
    shown = [Office(name, _role(found, pk), lines) for (pk, name), lines in by_office.items()]
    shown.sort(key=lambda office: office.role is not _LEADS)
    counted = {line.material for office in shown for line in office.uses if not line.erased}
    return Panel(shown, _wanted(found, counted), offices, len(rows))


class _Use(NamedTuple):
    """A use as it is read."""

    pk: int
    evidence: int
    title: str
    number: str
    department: int
    office: str
    material: str
    passage: str


_COLUMNS = (
    *("pk", "evidence", "evidence__title", "evidence__document_number"),
    *("department", "department__name", "material", "passage"),
)


class _File(NamedTuple):
    """The revision that stands for a piece of evidence, as :func:`~assessments.evidence.listing.current_file`
    has it."""

    pk: int
    form: str
    withheld: bool


def _current_files(evidence: set[int]) -> dict[int, _File]:
    if not evidence:
        return {}
    files = EvidenceFile.objects.filter(evidence__in=evidence).order_by("number")
    found: dict[int, _File] = {}
    for owner, pk, form, erasure in files.values_list("evidence", "pk", "format", "erasure__pk"):
        file = _File(pk, form, erasure is not None)
        if not file.withheld or owner not in found or found[owner].withheld:
            found[owner] = file
    return found


_LEADS = gettext_lazy("leads")
_SUPPORTS = gettext_lazy("supports")
_DISTRICT = gettext_lazy("district")


def _role(found: Response, office: int) -> str | Promise:
    if office == found.assessment.organisation_id:
        return _DISTRICT
    return _LEADS if office == lead_of(found) else _SUPPORTS


def _wanted(found: Response, cited: set[str]) -> list[Wants]:
    if not found.applicable or found.item.committee_only:
        return []
    ticks = {tick.name: tick.reference for tick in found.material_ticks.all()}
    return [
        Wants(material.name, material.name in cited or material.name in ticks, ticks.get(material.name, ""))
        for material in found.item.materials.all()
    ]


def _line(use: _Use, file: _File | None, *, mine: bool) -> Cited:
    erased = bool(file and file.withheld)
    form = FORMATS.get(file.form) if file else None
    leafs = bool(form and form.has_preview and not erased)
    address = _address("evidence", use.evidence)
    if leafs and file:
        asked = _PAGE.fullmatch(use.passage)
        address = _address("evidence-page", file.pk, max(int(asked[1]), 1) if asked else 1)
    return Cited(
        use.pk,
        use.title,
        use.number,
        use.passage,
        use.material,
        form.label if form else "",
        form.code if form else "",
        address,
        leafs,
        erased,
        mine,
    )


@lru_cache(maxsize=10_000)
def _address(name: str, *numbers: int) -> str:
    return reverse(name, args=numbers)


def show_list(
    request: SignedInRequest, found: Response, *, taken_back: EvidenceUse | None = None
) -> HttpResponse:
    """The lines of the panel alone, for a script to put in place; with what was taken back just now."""
    panel = panel_of(request.standing, found)
    context = {"evidence": panel, "response": found, "taken_back": taken_back}
    return render(request, "assessments/_evidence_list.html", context)


def fetch_item(request: SignedInRequest, pk: int) -> Response:
    """The item, if the person sees it."""
    readable = for_saving().prefetch_related("assignment__supporting")
    return get_object_or_404(readable.filter(pk__in=responses_visible_to(request.standing)), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: SignedInRequest, pk: int) -> HttpResponse:
    """What of the library the item may cite, searched; POST cites one."""
    found = fetch_item(request, pk)
    office = may_cite(request.standing, found)
    if office is None:
        raise PermissionDenied
    problem = ""
    if request.method == "POST":
        try:
            _cite_posted(request, found, office)
        except ValidationError as refused:
            problem = " ".join(refused.messages)
        else:
            return _answer_done(request, found, _("Cited."))
    standing = request.standing
    wanted = Wanted.read({"q": request.GET.get("q", ""), "show": request.GET.get("show", "")})
    fitting = matching(library_of(standing, found.assessment), wanted, standing)
    page = page_of(fitting, standing, request.GET.get("page"))
    here = set(EvidenceUse.objects.filter(response=found).values_list("evidence", flat=True))
    context = {
        "response": found,
        "wanted": wanted,
        "page": page,
        "rows": [(row, row.evidence.pk in here) for row in rows_of(page)],
        "materials": material_choices(found),
        "material": request.GET.get("material", ""),
        "problem": problem,
        "leaf": "assessments/_evidence_choose.html",
    }
    status = 422 if problem else 200
    return _render_leaf(request, context, status)


def _cite_posted(request: SignedInRequest, found: Response, office: Organisation) -> EvidenceUse:
    number = request.POST.get("evidence", "")
    seen = evidence_visible_to(request.standing).filter(assessment=found.assessment)
    is_number = number.isascii() and number.isdecimal() and len(number) < 19
    chosen = seen.filter(pk=int(number)).first() if is_number else None
    if chosen is None:
        raise ValidationError(_("This evidence is not in the library any more."))
    # What was taken back by who may cite for several offices goes back to the one that it was of.
    offices = {str(each.pk): each for each in may_cite_for(request.standing, found)}
    return cite(
        evidence=chosen,
        response=found,
        department=offices.get(request.POST.get("department", ""), office),
        material=request.POST.get("material", ""),
        passage=request.POST.get("passage", ""),
        by=request.user,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def reference(request: SignedInRequest, pk: int) -> HttpResponse:
    """Cite a document by its number, without a file. One that the library has already is offered instead."""
    found = fetch_item(request, pk)
    office = may_cite(request.standing, found)
    if office is None or office not in may_add(request.standing, found.assessment):
        raise PermissionDenied
    asked = {"material": request.GET.get("material", "")}
    form = ReferenceForm(request.POST if request.method == "POST" else None, response=found, initial=asked)
    same: list[Evidence] = []
    if form.is_bound and form.is_valid():
        if "anyway" not in request.POST:
            same = _same_number(request, found, form.cleaned_data["document_number"])
        if not same and _add_reference(request, found, office, form):
            return _answer_done(request, found, _("Cited."))
    context = {"response": found, "form": form, "same": same, "leaf": "assessments/_evidence_reference.html"}
    return _render_leaf(request, context, 422 if form.is_bound else 200)


def _same_number(request: SignedInRequest, found: Response, number: str) -> list[Evidence]:
    seen = evidence_visible_to(request.standing).filter(assessment=found.assessment)
    known = normalised(number)
    return list(seen.filter(document_number=known)[:5]) if known else []


def _add_reference(
    request: SignedInRequest, found: Response, office: Organisation, form: ReferenceForm
) -> bool:
    data = form.cleaned_data
    try:
        with transaction.atomic():
            added = add_evidence(
                assessment=found.assessment, owner=office, description=form.description(), by=request.user
            )
            cite(
                evidence=added,
                response=found,
                department=office,
                material=data["material"],
                passage=data["passage"],
                by=request.user,
            )
    except ValidationError as problem:
        form.add_problem(problem)
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def use(request: SignedInRequest, pk: int, use: int) -> HttpResponse:
    """As which material and where the item cites it; POST changes that."""
    found = fetch_item(request, pk)
    cited = _fetch_use(request, found, use)
    form = UseForm(request.POST if request.method == "POST" else None, response=found, use=cited)
    if form.is_bound and form.is_valid():
        try:
            change_use(use=cited, **form.cleaned_data, by=request.user)
        except ValidationError as problem:
            form.add_problem(problem)
        else:
            return _answer_done(request, found, _("Saved."))
    context = {"response": found, "use": cited, "form": form, "leaf": "assessments/_evidence_use.html"}
    return _render_leaf(request, context, 422 if form.is_bound else 200)


@require_POST
def remove_use(request: SignedInRequest, pk: int, use: int) -> HttpResponse:
    """The item cites it no more; by script the line comes back with a button that undoes it."""
    found = fetch_item(request, pk)
    cited = _fetch_use(request, found, use)
    uncite(use=cited, by=request.user)
    if request.htmx:
        return show_list(request, found, taken_back=cited)
    messages.success(request, _("Not cited any more; it is still in the library, to be chosen again."))
    return _to_panel(found)


def _fetch_use(request: SignedInRequest, found: Response, pk: int) -> EvidenceUse:
    uses = EvidenceUse.objects.filter(response=found, evidence__removed=False).select_related("evidence")
    cited = get_object_or_404(uses, pk=pk)
    cited.response = found
    if not may_change_use(request.standing, cited):
        raise PermissionDenied
    return cited


def _render_leaf(request: SignedInRequest, context: dict[str, Any], status: int) -> HttpResponse:
    """A page, or what a script puts into the item's dialog."""
    context["item"] = context["response"].item
    template = context["leaf"] if request.htmx else "assessments/evidence_step.html"
    return render(request, template, context, status=status)


def _answer_done(request: SignedInRequest, found: Response, words: str) -> HttpResponse:
    if not request.htmx:
        messages.success(request, words)
        return _to_panel(found)
    answer = show_list(request, found)
    for name, value in (
        ("Retarget", "#evidence-list"),
        ("Reswap", "outerHTML"),
        ("Trigger", "evidence-done"),
    ):
        answer.headers[f"HX-{name}"] = value
    return answer


def _to_panel(found: Response) -> HttpResponse:
    return redirect(f"{reverse('response', args=[found.pk])}#evidence")
