"""A framework's versions: publish, copy, delete, compare."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Organisation
from accounts.requests import SignedInRequest
from accounts.roles import Role
from accounts.standing import Standing
from indicators.access import frameworks_visible_to, may_manage
from indicators.faults import Fault, find_faults
from indicators.models import Framework
from indicators.publishing import (
    StaleDraft,
    contents_hash,
    copy_framework,
    delete_draft,
    publish_framework,
    uses_of,
    versions_replaced_by,
)
from indicators.versions.comparison import comparison_of
from indicators.versions.forms import CopyForm
from indicators.weights import leaves_of, weights_by_profile


def managed_framework(request: SignedInRequest, pk: int) -> Framework:
    """The framework, for who decides on it: 404 where it is invisible, 403 where it is another's."""
    standing = request.standing
    found = get_object_or_404(frameworks_visible_to(standing), pk=pk)
    if not may_manage(standing, found):
        raise PermissionDenied
    return found


def refuse(request: SignedInRequest, problem: ValidationError, pk: int) -> HttpResponse:
    """Back to the framework, with why a step was not taken."""
    for message in problem.messages:
        messages.error(request, message)
    return redirect("framework", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """What stands in the way of publishing, or the question whether to."""
    found = managed_framework(request, pk)
    if not found.is_draft:
        # Sent twice, or come too late: its page says how it stands.
        return redirect("framework", pk)
    if request.method == "POST":
        try:
            publish_framework(framework=found, by=request.user, read=request.POST.get("read"))
        except StaleDraft:
            return _show_faults(request, pk, status=HTTPStatus.CONFLICT)
        except ValidationError:
            return _show_faults(request, pk, status=422)
        messages.success(request, _("Published."))
        return redirect("framework", pk)
    return _show_faults(request, pk)


def _show_faults(request: SignedInRequest, pk: int, status: int = 200) -> HttpResponse:
    found = Framework.objects.with_tree().get(pk=pk)
    faults = find_faults(found)
    leaves = [leaf for section in found.sections.all() for leaf in leaves_of(section)]
    context = {
        "framework": found,
        "faults": [(fault, _address(found, fault)) for fault in faults],
        "items": len(leaves),
        "weights": weights_by_profile(leaves, found.profiles).items(),
        "superseded": versions_replaced_by(found),
        "read": contents_hash(found),
        "stale": status == HTTPStatus.CONFLICT,
        "unanswered": found.comments.filter(answer="").count(),
    }
    return render(request, "indicators/publish.html", context, status=status)


def _address(framework: Framework, fault: Fault) -> str:
    """Where the node at fault is shown; "" for the framework itself."""
    if fault.section is None:
        return ""
    return f"{reverse('framework-section', args=[framework.pk, fault.section])}#node-{fault.node}"


@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new version from this one, as a draft."""
    found = managed_framework(request, pk)
    form = CopyForm(request.POST or None, initial=CopyForm.suggestion(found))
    if request.method == "POST" and form.is_valid():
        own = _own_committee(request.standing)
        try:
            made = copy_framework(framework=found, by=request.user, committee=own, **form.cleaned_data)
        except ValidationError as problem:
            form.add_problem(problem)
        else:
            messages.success(request, _("Copied. This is the new draft."))
            return redirect("framework", made.pk)
    status = 422 if form.errors else 200
    return render(request, "indicators/copy.html", {"framework": found, "form": form}, status=status)


def _own_committee(standing: Standing) -> Organisation | None:
    """The committee whose secretary somebody is; ``None`` where it may be one of several."""
    committees = Organisation.objects.filter(pk__in=standing.organisations(Role.SECRETARY))[:2]
    return committees[0] if len(committees) == 1 else None


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """The question whether to delete a draft, saying what goes with it."""
    found = managed_framework(request, pk)
    if request.method == "POST":
        name = str(found)
        try:
            delete_draft(framework=found, by=request.user)
        except ValidationError as problem:
            return refuse(request, problem, pk)
        messages.success(request, _("“%(name)s” has been deleted.") % {"name": name})
        return redirect("frameworks")
    if not found.is_draft:
        return redirect("framework", pk)
    context = {
        "framework": found,
        "uses": uses_of(found),
        "sections": found.sections.count(),
        "comments": found.comments.count(),
        "edits": found.edits.count(),
    }
    return render(request, "indicators/delete.html", context)


@require_safe
def compare(request: SignedInRequest, pk: int) -> HttpResponse:
    """The versions of a code, and what differs between this one and another (``?with=``)."""
    visible = frameworks_visible_to(request.standing)
    found = get_object_or_404(visible, pk=pk)
    versions = list(visible.filter(code=found.code).order_by("year", "pk"))
    other = _chosen(request.GET.get("with", ""), found, visible)
    context: dict[str, Any] = {
        "framework": found,
        "other": other,
        "versions": versions,
        "others": visible.exclude(pk=pk).exclude(code=found.code),
    }
    if other:
        earlier, later = (
            Framework.objects.with_tree().get(pk=other.pk),
            Framework.objects.with_tree().get(pk=pk),
        )
        context["comparison"] = comparison_of(earlier, later, section=request.GET.get("section", ""))
    return render(request, "indicators/compare.html", context)


def _chosen(wanted: str, found: Framework, visible: Any) -> Framework | None:
    """The version asked for; unless one is, the one that this was copied from."""
    if wanted:
        number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 0
        other: Framework = get_object_or_404(visible.exclude(pk=found.pk), pk=number)
        return other
    return visible.filter(pk=found.predecessor_id).first() if found.predecessor_id else None
