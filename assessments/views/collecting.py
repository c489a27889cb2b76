"""The page of an item's collection sheets: the units asked, what they gave, and the figures that follow."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.held import held_file, hold_file, release_file
from accounts.requests import SignedInRequest
from accounts.standing import Standing
from assessments.access import may_collect, responses_visible_to, works_on
from assessments.collecting.combining import Choice, choices_for
from assessments.collecting.reading import Reading, SheetFile, read_sheets, reading_from
from assessments.collecting.showing import columns_of, line_of, preview_line
from assessments.collecting.storing import (
    Collected,
    CollectionPlan,
    StaleCollection,
    add_units,
    collected_of,
    fill_in,
    plan_collection,
    remove_unit,
    store_collected,
)
from assessments.collecting.writing import write_sheet
from assessments.figures import figure_in_words
from assessments.forms.collecting import SheetsForm, UnitsForm
from assessments.models import CollectedUnit, Response
from assessments.responses import StaleSave
from assessments.views.item_page import for_page
from spreadsheets.answers import workbook_answer


@require_http_methods(["GET", "HEAD", "POST"])
def collection(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who was asked and who answered; sent back sheets (POST) are read and held for the preview."""
    standing, found = _fetch(request, pk)
    if request.method != "POST":
        return _show(request, standing, found)
    _refuse_unless_open(standing, found)
    form = SheetsForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, standing, found, sheets=form, status=422)
    files = [SheetFile(file.name or "?", file.read()) for file in form.cleaned_data["sheets"]]
    reading = read_sheets(found, files)
    if not reading.rows:
        return _show(request, standing, found, unread=reading, status=422)
    _hold(request, found, reading)
    return redirect("collection-preview", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """The held sheets as they were read; storing them takes the place of what their units gave before.

    With ``leave_out`` the files that have errors are let go, and the rest is shown again.
    """
    standing, found = _fetch(request, pk)
    _refuse_unless_open(standing, found)
    held = held_file(session=request.session, by=request.user, purpose=_purpose(found))
    if held is None:
        messages.warning(request, _("The sheets are not held any more. Choose them again."))
        return redirect("collection", found.pk)
    plan = plan_collection(found, reading_from(held.content.decode()))
    if request.method != "POST":
        return _show_plan(request, plan)
    if request.POST.get("fingerprint") != plan.fingerprint:
        return _show_plan(request, plan, problem=_stale(), status=409)
    sound = plan.reading.without_faulty_files()
    if "leave_out" in request.POST and sound.rows:
        _hold(request, found, sound)
        return redirect("collection-preview", found.pk)
    try:
        stored = store_collected(plan=plan, added=request.POST.getlist("add"), by=request.user)
    except ValidationError as problem:
        return _show_plan(request, plan, problem=" ".join(problem.messages), status=422)
    except StaleCollection:
        return _show_plan(request, plan_collection(found, plan.reading), problem=_stale(), status=409)
    release_file(session=request.session, purpose=_purpose(found))
    messages.success(
        request,
        ngettext("The figures of %(number)s unit stored.", "The figures of %(number)s units stored.", stored)
        % {"number": stored},
    )
    return redirect("collection", found.pk)


@require_POST
def units(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put units on the list."""
    standing, found = _fetch(request, pk)
    _refuse_unless_open(standing, found)
    form = UnitsForm(request.POST)
    if form.is_valid():
        try:
            added = add_units(response=found, names=form.names(), by=request.user)
        except ValidationError as problem:
            form.add_error("units", problem.messages)
        except StaleCollection:
            form.add_error(None, _stale())
        else:
            message = ngettext("%(number)s unit added.", "%(number)s units added.", added)
            messages.success(request, message % {"number": added})
            return redirect("collection", found.pk)
    return _show(request, standing, found, units_form=form, status=422)


@require_POST
def remove(request: SignedInRequest, pk: int, unit: int) -> HttpResponse:
    """Take a unit off the list, with what it gave."""
    standing, found = _fetch(request, pk)
    asked = get_object_or_404(CollectedUnit.objects.filter(response=found), pk=unit)
    _refuse_unless_open(standing, found)
    try:
        remove_unit(response=found, unit=asked, by=request.user)
    except StaleCollection:
        messages.error(request, _stale())
    else:
        messages.success(request, _("“%(unit)s” was taken off.") % {"unit": asked.name})
    return redirect("collection", found.pk)


@require_POST
def fill(request: SignedInRequest, pk: int) -> HttpResponse:
    """Reckon by the ways chosen, and with ``fill`` make the ticked results the item's figures."""
    standing, found = _fetch(request, pk)
    _refuse_unless_open(standing, found)
    collected = collected_of(found)
    choices = _chosen(request.POST, collected)
    if "fill" not in request.POST:
        return _show(request, standing, found, choices=choices)
    version = request.POST.get("version", "")
    known = version.isascii() and version.isdigit() and len(version) < 10
    if not known or request.POST.get("fingerprint") != _seen(collected, choices):
        return _show(request, standing, found, choices=choices, problem=_stale(), status=409)
    ticked = set(request.POST.getlist("take"))
    combined = collected.combined(choices)
    results = {
        code: each.result for code, each in combined.items() if code in ticked and each.result is not None
    }
    if not results:
        problem = _("Tick the figures that are to be filled in.")
        return _show(request, standing, found, choices=choices, problem=problem, status=422)
    try:
        fill_in(response=found, results=results, version=int(version), by=request.user)
    except ValidationError as refused:
        problem = " ".join(refused.messages)
        return _show(request, standing, found, choices=choices, problem=problem, status=422)
    except StaleSave as stale:
        return _show(request, standing, stale.current, choices=choices, problem=_stale(), status=409)
    messages.success(request, _filled_in(found, results))
    return redirect("response", found.pk)


@require_safe
def sheet(request: SignedInRequest, pk: int, form: str) -> HttpResponse:
    """The sheet to pass on: ``all`` units in one workbook, or the one that is sent to each of them."""
    if form not in ("all", "each"):
        raise Http404
    _standing, found = _fetch(request, pk)
    for_one = form == "each"
    names = CollectedUnit.objects.filter(response=found).values_list("name", flat=True)
    content = write_sheet(found, list(names), for_one=for_one)
    return workbook_answer(content, f"数据收集表-{found.item.label}{'（各单位填）' if for_one else ''}")


def _fetch(request: SignedInRequest, pk: int) -> tuple[Standing, Response]:
    standing = request.standing
    found = get_object_or_404(for_page().filter(pk__in=responses_visible_to(standing)), pk=pk)
    if not works_on(standing, found):
        raise PermissionDenied
    return standing, found


def _refuse_unless_open(standing: Standing, found: Response) -> None:
    if not may_collect(standing, found):
        raise PermissionDenied


def _purpose(found: Response) -> str:
    return f"collection-{found.pk}"


def _hold(request: SignedInRequest, found: Response, reading: Reading) -> None:
    content = reading.as_json().encode()
    hold_file(session=request.session, by=request.user, purpose=_purpose(found), name="", content=content)


def _stale() -> str:
    return _("Something was saved since you looked. This is how it stands now; please check and try again.")


def _filled_in(found: Response, results: Mapping[str, Decimal]) -> str:
    measures = {measure.code: measure for measure in found.item.measures.all()}
    words = [
        f"{measures[code].name}{_(': ')}{figure_in_words(measures[code], value)}"
        for code, value in results.items()
    ]
    return _("Filled in and saved: %(figures)s") % {"figures": _("; ").join(words)}


def _chosen(data: Mapping[str, Any], collected: Collected) -> dict[str, Choice]:
    chosen = {}
    for figure in collected.figures:
        asked = str(data.get(f"way_{figure.code}", ""))
        possible = choices_for(figure, collected.figures)
        chosen[figure.code] = next((each for each in possible if str(each) == asked), possible[0])
    return chosen


def _seen(collected: Collected, choices: Mapping[str, Choice]) -> str:
    """Names what the figures rest on: another sheet stored, or another way chosen, is not what was seen."""
    ways = ",".join(f"{code}={choice}" for code, choice in sorted(choices.items()))
    return f"{collected.fingerprint} {ways}"


def _show(
    request: SignedInRequest,
    standing: Standing,
    found: Response,
    *,
    choices: Mapping[str, Choice] | None = None,
    units_form: UnitsForm | None = None,
    sheets: SheetsForm | None = None,
    unread: Reading | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    collected = collected_of(found)
    chosen = _chosen({}, collected) if choices is None else choices
    measures = {measure.code: measure for measure in found.item.measures.all()}
    context = {
        "response": found,
        "item": found.item,
        "assessment": found.assessment,
        "collected": collected,
        "columns": columns_of(found, collected, chosen, measures),
        "lines": [line_of(unit, collected, measures) for unit in collected.units],
        "may_collect": may_collect(standing, found),
        "units_form": units_form or UnitsForm(),
        "sheets_form": sheets or SheetsForm(),
        "unread": unread,
        "seen": _seen(collected, chosen),
        "problem": problem,
    }
    return render(request, "assessments/collection.html", context, status=status)


def _show_plan(
    request: SignedInRequest, plan: CollectionPlan, *, problem: str = "", status: int = 200
) -> HttpResponse:
    measures = {measure.code: measure for measure in plan.response.item.measures.all()}
    context = {
        "response": plan.response,
        "item": plan.response.item,
        "assessment": plan.response.assessment,
        "plan": plan,
        "figures": plan.collected.figures,
        "lines": [preview_line(planned, plan.collected, measures) for planned in plan.rows],
        "added": request.POST.getlist("add"),
        "problem": problem,
        "listed": bool(plan.collected.units),
        "sound": plan.reading.without_faulty_files(),
    }
    return render(request, "assessments/collection_preview.html", context, status=status)
