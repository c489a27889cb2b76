"""Steps in a draft's tree (move, delete) and in its history (undo, redo)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from indicators.editor.journal import redo_edits, undo_edits
from indicators.editor.moving import delete_node, dissolve_group, group_items, move_node, move_node_to
from indicators.editor.nodes import StaleEdit, describe_node
from indicators.exchange import GroupData
from indicators.models import Framework, Section
from indicators.views.editor_page import Place, form_of, managed_framework, page_context, place_of

EDITS_SHOWN = 200
"""In the list of changes; older ones come into it as later ones are undone."""


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: SignedInRequest, pk: int, key: UUID) -> HttpResponse:
    """Move a node (POST): ``direction`` up, down, in, out, ``to`` another place; group or ungroup items."""
    place = place_of(managed_framework(request, pk), key)
    if request.method == "POST":
        try:
            _move(request, place, key)
        except (ValidationError, ObjectDoesNotExist) as problem:
            words = (
                problem.messages if isinstance(problem, ValidationError) else [_("There is no such place.")]
            )
            for message in words:
                messages.error(request, message)
    if request.htmx and request.method == "POST":
        place = place_of(place.framework, key)
        context = page_context(request, place, form_of(place))
        context["tree_messages"] = list(messages.get_messages(request))
        return render(request, "indicators/_tree_live.html", context)
    return redirect(place.address)


def _move(request: SignedInRequest, place: Place, key: UUID) -> None:
    common: dict[str, Any] = {"framework": place.framework, "key": key, "by": request.user}
    if request.POST.get("to"):
        try:
            target = UUID(request.POST["to"])
        except ValueError:
            raise ObjectDoesNotExist from None
        move_node_to(target=target, **common)
        return
    match request.POST.get("direction"):
        case "up" | "down" | "in" | "out" as direction:
            move_node(direction=direction, **common)
        case "group" if place.kind == "section":
            title = " ".join(request.POST.get("title", "").split())[:200]
            if not title:
                raise ValidationError(_("Give the new group a title."))
            group_items(data=GroupData(title=title), **common)
        case "dissolve" if place.kind == "group":
            place.node = dissolve_group(**common)
        case _:
            raise ObjectDoesNotExist


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SignedInRequest, pk: int, key: UUID) -> HttpResponse:
    """Remove a node with all below it (POST); it can be undone."""
    place = place_of(managed_framework(request, pk), key)
    if request.method != "POST" or place.node is None:
        return redirect(place.address)
    try:
        delete_node(framework=place.framework, key=key, read=request.POST.get("version", ""), by=request.user)
    except StaleEdit:
        messages.error(request, _("Somebody changed this meanwhile. Look at it again before you delete it."))
        return redirect(place.address)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect(place.address)
    messages.success(request, _("Deleted: %(node)s. It can be undone.") % {"node": describe_node(place.node)})
    above = None if isinstance(place.node, Section) else place.node.section
    return redirect(Place(place.framework, above).address)


@require_http_methods(["GET", "HEAD", "POST"])
def history(request: SignedInRequest, pk: int) -> HttpResponse:
    """The edits, latest first; ``undo`` and ``redo`` (POST) take one step, or go to the one they name."""
    framework = managed_framework(request, pk)
    if request.method == "POST":
        try:
            _step_back_or_forth(request, framework)
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
        if "stay" in request.POST:
            return redirect("framework-history", pk)
        return redirect(_place_after(framework, request.POST.get("at", "")).address)
    edits = list(framework.edits.select_related("by").order_by("-number")[:EDITS_SHOWN])
    context = {
        "framework": framework,
        "edits": edits,
        "latest": next((edit for edit in edits if not edit.undone), None),
        "limit": EDITS_SHOWN if len(edits) == EDITS_SHOWN else None,
    }
    return render(request, "indicators/edit_history.html", context)


def _step_back_or_forth(request: SignedInRequest, framework: Framework) -> None:
    redo = "redo" in request.POST
    to = _number(request.POST.get("redo" if redo else "undo", ""))
    if redo:
        edits = redo_edits(framework=framework, by=request.user, up_to=to)
        words = _("Done again: %(what)s")
    else:
        latest = _number(request.POST.get("latest", ""))
        edits = undo_edits(framework=framework, by=request.user, down_to=to, latest=latest)
        words = _("Undone: %(what)s")
    what = edits[-1].summary if len(edits) == 1 else _("%(count)s changes") % {"count": len(edits)}
    messages.success(request, words % {"what": what})


def _place_after(framework: Framework, at: str) -> Place:
    """Where the person was, unless that is gone now."""
    try:
        return place_of(framework, UUID(at))
    except (ValueError, Http404):
        return Place(framework)


def _number(text: str) -> int | None:
    """The number or key of an edit; ``None`` where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
