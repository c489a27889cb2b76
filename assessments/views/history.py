"""What happened to an item: the list, one entry compared, and putting an old content back."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from accounts.standing import Standing
from assessments.access import capacity_to_edit, may_contribute, responses_visible_to, works_on
from assessments.contributions import StaleContribution
from assessments.differences import compare_texts
from assessments.forms.history import RestoreForm
from assessments.history import History, Save, changes_by, contents_around, recent_entries
from assessments.models import Contribution, Response
from assessments.responses import StaleSave, for_saving
from assessments.restoring import restore_contribution, restore_version

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PAGE = 20


@require_safe
def history(request: SignedInRequest, pk: int) -> HttpResponse:
    """All saves and steps, newest first, a page at a time; the last few alone (``recent``) for the item's
    page, which asks for them when they are opened."""
    _standing, found = _readable(request, pk)
    if "recent" in request.GET:
        recent = {"response": found, "entries": recent_entries(found)}
        return render(request, "assessments/_history_recent.html", recent)
    whole = History(found)
    page = Paginator(whole.lines, PAGE).get_page(request.GET.get("page"))
    context = {"response": found, "page": page, "entries": whole.entries(list(page))}
    return render(request, "assessments/history.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def revision(request: SignedInRequest, pk: int, version: int) -> HttpResponse:
    """One entry beside the one before it, or beside what is stored now (``with=now``); restore it (POST)."""
    standing, found = _readable(request, pk)
    save = _entry(found, version)

    def show(response: Response, **trouble: Any) -> HttpResponse:
        may_restore = capacity_to_edit(standing, response) is not None
        return _show(request, response, save, response.version, may_restore=may_restore, **trouble)

    if request.method != "POST":
        return show(found)
    form = RestoreForm(request.POST)
    if not form.is_valid():
        return show(found, problems=[_("Load the page again.")], status=422)
    try:
        restore_version(response=found, old=save.last, version=form.cleaned_data["version"], by=request.user)
    except ValidationError as problem:
        return show(found, problems=problem.messages, status=422)
    except StaleSave as stale:
        return show(stale.current, problems=[_SAVED_SINCE], now=True, status=409)
    return _restored(request, pk)


@require_http_methods(["GET", "HEAD", "POST"])
def contributed(request: SignedInRequest, pk: int, contribution: int, version: int) -> HttpResponse:
    """:func:`revision` of a supporting department's contribution, which the department alone restores."""
    standing, found = _readable(request, pk)
    save = _entry(found, version, contribution)
    stored = found.contributions.select_related("department").get(pk=contribution)

    def show(current: Contribution, **trouble: Any) -> HttpResponse:
        may_restore = may_contribute(standing, found, current.department_id)
        return _show(request, found, save, current.version, may_restore=may_restore, **trouble)

    if request.method != "POST":
        return show(stored)
    form = RestoreForm(request.POST)
    if not form.is_valid():
        return show(stored, problems=[_("Load the page again.")], status=422)
    read = form.cleaned_data["version"]
    try:
        restore_contribution(
            response=found, contribution=stored, old=save.last, version=read, by=request.user
        )
    except ValidationError as problem:
        return show(stored, problems=problem.messages, status=422)
    except StaleContribution as stale:
        return show(stale.current, problems=[_SAVED_SINCE], now=True, status=409)
    return _restored(request, pk)


_SAVED_SINCE = gettext_lazy(
    "Somebody saved since you opened this page. Look at what is stored now, then restore."
)


def _restored(request: SignedInRequest, pk: int) -> HttpResponse:
    messages.success(request, _("Restored. To undo it, restore the entry before."))
    return redirect("response-history", pk)


def _entry(found: Response, version: int, contribution: int = 0) -> Save:
    save = History(found).save_with(version, contribution)
    if save is None:
        raise Http404
    return save


def _readable(request: SignedInRequest, pk: int) -> tuple[Standing, Response]:
    """404 when the item is invisible, 403 for who sees it without working on it."""
    standing = request.standing
    visible = responses_visible_to(standing)
    found = get_object_or_404(
        for_saving().prefetch_related("assignment__supporting").filter(pk__in=visible), pk=pk
    )
    if not works_on(standing, found):
        raise PermissionDenied
    return standing, found


def _show(
    request: SignedInRequest,
    found: Response,
    save: Save,
    stored: int,
    *,
    may_restore: bool,
    problems: "Sequence[StrOrPromise]" = (),
    now: bool = False,
    status: int = 200,
) -> HttpResponse:
    """``stored`` is the version that is stored now."""
    newest = save.last == stored
    now = (now or request.GET.get("with") == "now") and not newest
    shown = replace(save, first=save.last + 1, last=stored) if now else save
    contents = contents_around(found, [shown])
    text = "text" if save.contribution else "narrative"
    before, after = (
        contents.get((save.contribution, version), {}).get(text, "") for version in (shown.before, shown.last)
    )
    context: dict[str, Any] = {
        "response": found,
        "save": save,
        "now": now,
        "newest": newest,
        "stored": stored,
        "text_changed": before != after,
        "difference": compare_texts(before, after),
        "changes": changes_by(shown, contents, found.item),
        "may_restore": may_restore and not newest,
        "problems": problems,
    }
    return render(request, "assessments/revision.html", context, status=status)
