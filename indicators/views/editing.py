"""The secretary's editor: fetch through what is visible, call one domain function, answer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Organisation
from accounts.requests import SignedInRequest
from accounts.roles import Role
from indicators.access import may_create
from indicators.editor.editing import save_group, save_item, save_section, save_settings
from indicators.editor.forms import ItemForm, NodeForm
from indicators.editor.forms_settings import SettingsForm
from indicators.editor.nodes import Node, StaleEdit, container_of, fingerprint
from indicators.editor.rule_actions import act_on_rules
from indicators.exchange import store_framework
from indicators.models import Framework, Group, Item, Section
from indicators.views.editor_page import (
    KINDS,
    Place,
    form_of,
    managed_framework,
    page_context,
    place_of,
    show_page,
)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the framework says of itself, its grades included."""
    return _edit(request, Place(managed_framework(request, pk)))


@require_http_methods(["GET", "HEAD", "POST"])
def node(request: SignedInRequest, pk: int, key: UUID) -> HttpResponse:
    """A section, a group or an item: read, try out (``preview``), change the rules' forms (``do``), save."""
    return _edit(request, place_of(managed_framework(request, pk), key))


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """A new section, or a group or item ``?in=`` what stands above it; stored when it is complete."""
    framework = managed_framework(request, pk)
    if kind not in KINDS:
        raise Http404
    parent: Section | Group | None = None
    if kind != "section":
        try:
            section, group = container_of(framework, UUID(request.GET.get("in", "")))
        except (ObjectDoesNotExist, ValueError):
            raise Http404 from None
        parent = section if kind == "group" or group is None else group
    return _edit(request, Place(framework, None, kind, parent))


def _edit(request: SignedInRequest, place: Place) -> HttpResponse:
    if request.method != "POST":
        return show_page(request, place, form_of(place))
    form = form_of(place, request.POST)
    form.is_valid()
    if "preview" in request.POST or "do" in request.POST:
        return _work_on(request, place, form)
    data = form.read()
    if data is None:
        return show_page(request, place, form, status=422)
    try:
        stored = _save(place, data, request)
    except ValidationError as problem:
        form.add_problem(problem)
        return show_page(request, place, form, status=422)
    except StaleEdit as stale:
        return _show_stale(request, place, stale)
    messages.success(request, _("Saved."))
    if "save_and_add" in request.POST and isinstance(stored, Item):
        above = stored.group or stored.section
        return redirect(f"{reverse('framework-add', args=[place.framework.pk, 'item'])}?in={above.key}")
    at = Place(place.framework, stored if not isinstance(stored, Framework) else None)
    return redirect(at.address)


def _save(place: Place, data: Any, request: SignedInRequest) -> Framework | Node:
    common: dict[str, Any] = {
        "framework": place.framework,
        "data": data,
        "read": request.POST.get("version", ""),
        "by": request.user,
    }
    above = place.parent.key if place.parent else None
    match place.kind:
        case "settings":
            return save_settings(**common)
        case "section":
            return save_section(key=place.key, **common)
        case "group":
            return save_group(key=place.key, section=above, **common)
        case _:
            return save_item(key=place.key, parent=above, **common)


def _show_stale(request: SignedInRequest, place: Place, stale: StaleEdit) -> HttpResponse:
    """Both: what somebody else stored, and what was typed here, to be saved on top once merged."""
    if stale.current is None:
        raise Http404
    data = request.POST.copy()
    data["version"] = fingerprint(stale.current)
    if not isinstance(stale.current, Framework):
        place = Place(place.framework, stale.current, place.kind)
    else:
        place = Place(stale.current)
    form = form_of(place, data)
    form.is_valid()
    return show_page(request, place, form, stale=form_of(place), status=409)


def _work_on(request: SignedInRequest, place: Place, form: NodeForm) -> HttpResponse:
    """A step in the form that stores nothing: a rule or a line more or less, rules read from the prose, or
    what the rules give for some figures."""
    proposed = None
    if isinstance(form, ItemForm) and "do" in request.POST:
        proposed = act_on_rules(form, request.POST["do"], request.POST)
    if not request.htmx:
        return show_page(request, place, form, proposed=proposed)
    if "preview" in request.POST:
        return render(request, "indicators/_tryout_live.html", page_context(request, place, form))
    return render(
        request, "indicators/_node_form.html", page_context(request, place, form, proposed=proposed)
    )


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: SignedInRequest) -> HttpResponse:
    """A blank draft of one's own committee."""
    standing = request.standing
    if not may_create(standing):
        raise PermissionDenied
    committees = list(Organisation.objects.filter(pk__in=standing.organisations(Role.SECRETARY)))
    form = SettingsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and (data := form.read()) is not None:
        chosen = request.POST.get("committee", "")
        committee = next((one for one in committees if str(one.pk) == chosen), committees[0])
        try:
            framework = store_framework(
                data=data, by=request.user, committee=committee, action="framework.started"
            )
        except ValidationError as problem:
            form.add_problem(problem)
        else:
            messages.success(request, _("The draft was made. Add its first section."))
            return redirect(Place(framework, None, "section").address)
    if not form.is_bound:
        form.start_afresh(timezone.localdate().year)
    context = {"form": form, "committees": committees, "address": reverse("framework-new"), "editable": True}
    return render(request, "indicators/edit_new.html", context, status=422 if form.is_bound else 200)
