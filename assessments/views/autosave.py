"""What an open item page says to the server by itself: drafts while somebody types, and who is there."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.standing import Standing
from assessments.access import (
    is_visible_to,
    responses_visible_to,
    withdrawn_once_visible_to,
)
from assessments.draft_reading import read_for_draft
from assessments.drafts import save_draft
from assessments.forms.merging import differing
from assessments.forms.response import ResponseForm
from assessments.models import Response
from assessments.presence import Presence, leave, note_presence
from assessments.responses import StaleSave
from indicators.scoring.points import plain_or

LONGEST_AGO = 24 * 60 * 60
"""Seconds back to which it is told when somebody last typed."""


@require_POST
def draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """Store what can be stored of an item's form, and name the rest (JSON).

    Asked while somebody types: it reads the response once, and renders nothing but the two texts of a save
    that comes too late (409).
    """
    standing = request.standing
    found = read_for_draft(pk)
    if found is None or not is_visible_to(standing, found):
        return _gone(standing, pk)
    form = ResponseForm(request.POST, response=found)
    form.is_valid()
    version = form.cleaned_data.get("version")
    if version is None:
        return refuse(_("The page is incomplete. Reload it."), 422)
    try:
        saved = save_draft(
            response=found,
            content=form.content(),
            version=version,
            by=request.user,
            operation=read_operation(request),
            standing=standing,
        )
    except StaleSave as stale:
        return _show_both(request, stale.current)
    except PermissionDenied:
        return refuse_locked()
    except ValidationError as problem:
        return refuse(" ".join(problem.messages), 422)
    problems = {name: list(messages) for name, messages in form.errors.items()} | saved.problems
    answer: dict[str, Any] = {"version": saved.version, "saved_at": time_in_words(), "problems": problems}
    if saved.missing is not None:
        answer |= {"missing": saved.missing, "score": plain_or(saved.score, None)}
    return JsonResponse(answer)


def read_operation(request: SignedInRequest) -> UUID | None:
    """The name that the browser gave a save, ``None`` where it is none."""
    try:
        return UUID(request.POST.get("operation", ""))
    except ValueError:
        return None


def refuse(sentence: str, status: int) -> JsonResponse:
    """An answer of a draft route that stores nothing."""
    return JsonResponse({"error": sentence}, status=status)


def refuse_locked() -> JsonResponse:
    """The answer to who may not edit, or not any more."""
    return refuse(_("The item is locked in its present state, or it is not yours to edit."), 403)


def time_in_words(moment: datetime | None = None) -> str:
    """A moment of the day to the second, now where none is given."""
    return timezone.localtime(moment).strftime("%H:%M:%S")


def _gone(standing: Standing, pk: int) -> HttpResponse:
    if not withdrawn_once_visible_to(standing).filter(pk=pk).exists():
        raise Http404
    return refuse(_("This item has been taken out of the framework. Nothing was stored."), 410)


def _show_both(request: SignedInRequest, current: Response) -> HttpResponse:
    """The stored and the typed text side by side, for the page to put above its form."""
    typed = ResponseForm(request.POST, response=current)
    context = {"response": current, "differing": differing(ResponseForm(response=current), typed)}
    return render(request, "assessments/_merge.html", context, status=409)


@require_POST
def presence(request: SignedInRequest, pk: int) -> HttpResponse:
    """A page's sign of life (JSON): who else is on the item, and its version with whose it is.

    ``typed`` is how many seconds ago something was typed, ``leaving`` that the page is being closed.
    """
    visible = responses_visible_to(request.standing)
    about = visible.filter(pk=pk).values("version", "saved_by", "saved_by__name", "saved_at")
    found = about.first()
    if found is None:
        raise Http404
    if "leaving" in request.POST:
        leave(response_id=pk, user=request.user)
        return JsonResponse({})
    ago = request.POST.get("typed", "")
    typed_at = None
    if ago.isascii() and ago.isdigit() and len(ago) < 6 and int(ago) < LONGEST_AGO:
        typed_at = timezone.now() - timedelta(seconds=int(ago))
    others = note_presence(response_id=pk, user=request.user, typed_at=typed_at)
    answer = {
        "version": found["version"],
        "saved": _saved_in_words(found, request.user),
        "others": [_in_words(one) for one in others],
    }
    return JsonResponse(answer)


def _in_words(other: Presence) -> str:
    if other.typed_at is None:
        return _("%(name)s has this item open too") % {"name": other.name}
    at = time_in_words(other.typed_at)
    return _("%(name)s has this item open too, last typed at %(at)s") % {"name": other.name, "at": at}


def _saved_in_words(found: Mapping[str, Any], user: User) -> str:
    if found["saved_by"] is None:
        return ""
    at = time_in_words(found["saved_at"])
    if found["saved_by"] == user.pk:
        return _("You saved this item at %(at)s, in another window or while this page was loading.") % {
            "at": at
        }
    return _("%(name)s has just saved this item (%(at)s).") % {"name": found["saved_by__name"], "at": at}
