"""Frameworks in from a file, with a preview, and out as one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.held import held_file, hold_file, release_file
from accounts.models import Organisation
from accounts.requests import SignedInRequest
from accounts.roles import Role
from accounts.standing import Standing
from indicators.access import frameworks_visible_to, may_create
from indicators.exchange import FrameworkData, GroupData, ItemData, SectionData, store_framework
from indicators.forms_import import FileForm, StoreForm
from indicators.models import Framework
from indicators.outline import Weights
from indicators.reading.wording import remark_in_words
from indicators.weights import Leaf, weights_by_profile
from indicators.wording import describe_rule
from indicators.workbook.files import FORMS, XLSX, file_name, file_of
from indicators.workbook.plan import ImportPlan, ProposedRules
from indicators.workbook.reading import read_workbook
from indicators.workbook.writing import write_template

PURPOSE = "framework"
"""Of the held file."""


def _importer(request: SignedInRequest) -> Standing:
    standing = request.standing
    if not may_create(standing):
        raise PermissionDenied
    return standing


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: SignedInRequest) -> HttpResponse:
    """Choose a file; what can be read is held and shown, what cannot is told by its cells."""
    _importer(request)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    errors: tuple[Any, ...] = ()
    if form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        plan = read_workbook(content, file.name)
        if plan.data is not None or len(plan.sheets) > 1:
            hold_file(
                session=request.session, by=request.user, purpose=PURPOSE, name=file.name, content=content
            )
            return redirect("framework-import-preview")
        errors = plan.notes
    status = 422 if form.is_bound else 200
    return render(request, "indicators/import.html", {"form": form, "notes": errors}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: SignedInRequest) -> HttpResponse:
    """The held file as it was understood; storing it makes a draft."""
    standing = _importer(request)
    held = held_file(session=request.session, by=request.user, purpose=PURPOSE)
    if held is None:
        messages.warning(request, _("The file is not held any more. Choose it again."))
        return redirect("framework-import")
    asked = request.POST if request.method == "POST" else request.GET
    confirmed = {int(number) for number in request.POST.getlist("rule") if number.isdecimal()}
    plan = read_workbook(held.content, held.name, sheet=asked.get("sheet", ""), confirmed=confirmed)
    committees = Organisation.objects.filter(pk__in=standing.organisations(Role.SECRETARY)).order_by("code")
    form = StoreForm(request.POST if request.method == "POST" else None, plan=plan, committees=committees)
    if plan.data is not None and form.is_bound and form.is_valid():
        try:
            framework = store_framework(
                data=form.framework(), by=request.user, committee=form.cleaned_data["committee"]
            )
        except ValidationError as problem:
            form.add_error(None, problem.messages)
        else:
            release_file(session=request.session, purpose=PURPOSE)
            messages.success(request, _("Stored as a draft."))
            return redirect("framework", framework.pk)
    context = {"form": form, "plan": plan, "file": held.name, **_shown(plan, form)}
    return render(request, "indicators/import_preview.html", context, status=422 if form.is_bound else 200)


@require_safe
def template(request: SignedInRequest) -> HttpResponse:
    """A workbook to start from."""
    _importer(request)
    return _attachment(write_template(timezone.localdate().year), XLSX, _("Framework template") + ".xlsx")


@require_safe
def file(request: SignedInRequest, pk: int, form: str) -> HttpResponse:
    """A framework as a file to keep."""
    if form not in FORMS:
        raise Http404
    visible = get_object_or_404(frameworks_visible_to(request.standing), pk=pk)
    found = Framework.objects.with_tree().get(pk=visible.pk)
    try:
        content = file_of(found, form)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("framework", found.pk)
    return _attachment(content, FORMS[form].content_type, file_name(found, form))


def _attachment(content: bytes, content_type: str, name: str) -> HttpResponse:
    disposition = content_disposition_header(True, name) or "attachment"
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition})


# What the preview shows


@dataclass
class Line:
    """An item, where it stands in the file, and the rules proposed for it."""

    item: ItemData
    cell: str
    number: int
    group: GroupData | None = None
    proposal: ProposedRules | None = None
    ticked: bool = False
    rules: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass
class Part:
    """A section with its lines and what they weigh."""

    section: SectionData
    weights: Weights
    lines: list[Line]


def _shown(plan: ImportPlan, form: StoreForm) -> dict[str, Any]:
    if plan.data is None:
        return {}
    proposals = {found.number: found for found in plan.proposals}
    ticked, number, parts = form.accepted(), 0, []
    for section in plan.data.sections:
        lines = []
        groups = {group.title: group for group in section.groups}
        last = None
        for item in section.items:
            group = groups.get(item.group or "") if item.group != last else None
            last = item.group
            lines.append(_line(item, number, group, plan, proposals.get(number), number in ticked))
            number += 1
        parts.append(Part(section, _weights(section.leaves(), plan.data, section.stated_weight), lines))
    leaves = [leaf for section in plan.data.sections for leaf in section.leaves()]
    counts = [
        ngettext("%(number)s section", "%(number)s sections", len(parts)) % {"number": len(parts)},
        ngettext("%(number)s item", "%(number)s items", number) % {"number": number},
    ]
    weights = _weights(leaves, plan.data, plan.data.stated_weight)
    return {"parts": parts, "weights": weights, "counts": counts}


def _weights(leaves: Iterable[Leaf], data: FrameworkData, stated: Decimal | None) -> Weights:
    """By kind of district, of those for which there is anything."""
    leaves = list(leaves)
    found = weights_by_profile(leaves, data.profiles)
    there = {kind: weight for kind, weight in found.items() if any(leaf.is_for(kind) for leaf in leaves)}
    return Weights(there or found, stated)


def _line(
    item: ItemData,
    number: int,
    group: GroupData | None,
    plan: ImportPlan,
    proposal: ProposedRules | None,
    ticked: bool,
) -> Line:
    _sheet, cell = plan.places.get(number, ("", ""))
    line = Line(item, cell, number, group, proposal, ticked)
    measures = {measure.code: measure.name for measure in item.measures}
    if proposal is not None:
        measures = {measure.code: measure.name for measure in proposal.proposal.measures}
        line.remarks = [remark_in_words(remark) for remark in proposal.proposal.remarks]
    rules = proposal.proposal.rules if proposal is not None else item.rules
    line.rules = [describe_rule(rule, measures) for rule in rules]
    return line
