"""Erasing files that must go: asking, confirming, taking back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from assessments.evidence.erasing import (
    BOTH,
    ask_for_erasure,
    confirm_erasure,
    erasures_visible_to,
    files_to_erase,
    requests_for,
    take_back_erasure,
)
from assessments.forms.evidence import ErasureForm

CODE = 12
"""Characters of a file's hash by which the two name it to each other."""


ERASED = 100
"""Erased files that the page shows; older ones stay in the trail."""


@require_safe
def erasures(request: SignedInRequest) -> HttpResponse:
    """What was asked for and what was erased, for coordinators and administrators: hash, reason, names and
    no contents. ``code`` leads to the file of that check code."""
    standing = request.standing
    if not standing.organisations(*BOTH):
        raise PermissionDenied
    code = request.GET.get("code", "").strip().lower()[:64]
    named = files_to_erase(standing).filter(sha256__startswith=code) if len(code) >= CODE else None
    file = named.first() if named is not None and code.isalnum() else None
    if file:
        return redirect("evidence-erase", file.pk, file.sha256[:CODE])
    context = {
        "waiting": requests_for(standing, request.user),
        "erased": erasures_visible_to(standing)
        .filter(confirmed_at__isnull=False)
        .order_by("-confirmed_at", "-pk")[:ERASED],
        "code": code,
    }
    return render(request, "assessments/evidence_erasures.html", context, status=404 if code else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    """Say what erasing a file means; POST asks for it, and freezes the file at once.

    ``code`` is the beginning of its hash: who does not know it finds no file by trying numbers.
    """
    file = get_object_or_404(files_to_erase(request.standing), pk=pk)
    if not file.sha256.startswith(code) or len(code) != CODE:
        raise Http404
    if hasattr(file, "erasure"):
        return redirect("evidence-erasures")
    form = ErasureForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_for_erasure(file=file, reason=form.cleaned_data["reason"], by=request.user)
        except ValidationError as problem:
            form.add_problem(problem)
        else:
            messages.success(
                request, _("Nobody can open the file any more. It is erased once the other one confirms.")
            )
            return redirect("evidence-erasures")
    context = {"file": file, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/evidence_erase.html", context, status=status)


@require_POST
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """The second decides: the file goes for good."""
    found = get_object_or_404(erasures_visible_to(request.standing), pk=pk)
    try:
        confirm_erasure(erasure=found, by=request.user)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, _("Erased."))
    return redirect("evidence-erasures")


@require_POST
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the file be as it was."""
    found = get_object_or_404(erasures_visible_to(request.standing), pk=pk)
    try:
        take_back_erasure(erasure=found, by=request.user)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, _("Taken back. The file can be opened again."))
    return redirect("evidence-erasures")
