"""What the page of an item shows: the item, its form, what the rules say, and what is said beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import Organisation
from accounts.requests import SignedInRequest
from accounts.roles import FILLS
from accounts.standing import Standing
from assessments.access import (
    actions_open_to,
    capacity_to_edit,
    comments_for,
    may_contribute,
    responses_visible_to,
    works_on,
)
from assessments.contributions import is_merged
from assessments.figures import figure_in_words
from assessments.forms.action import ActionForm
from assessments.forms.contribution import ContributionForm
from assessments.forms.merging import Differing
from assessments.forms.response import ResponseForm
from assessments.last_year import last_year_of
from assessments.models import Contribution, Response
from assessments.models.response import ResponseState
from assessments.ranking import ranks_for
from assessments.responses import for_saving
from assessments.settling import Content, Reckoned, Share, propose, settle, shares_of
from assessments.states import OPEN_TO_DEPARTMENT, State
from assessments.views.evidence_panel import panel_of
from assessments.workflow import missing_for_submission
from indicators.models import Item
from indicators.published import published_places
from indicators.scoring.points import plain
from indicators.wording import explain_veto


def for_page() -> QuerySet[Response]:
    """Responses with all that their page reads: a constant number of queries."""
    return for_saving().prefetch_related("assignment__supporting")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the rules say of the figures typed so far: the points and where they went, what is missing.

    ``score`` is ``None`` also where the rules only veto. ``taken`` is what is left once the points given by
    hand are counted too, ``sum`` how it comes about; "" where there is nothing to add up. ``awaits_rank``
    says that the points follow by place; ``places`` are those known, with the names of their figures.
    ``vetoes`` are in words.
    """

    score: Decimal | None
    taken: Decimal | None
    shares: list[Share]
    sum: str
    missing: list[str]
    awaits_rank: bool
    places: list[tuple[str, int]]
    vetoes: list[str]

    @property
    def decides(self) -> bool:
        """Whether points by the rules are there or to come."""
        return self.score is not None or bool(self.missing) or self.awaits_rank


def proposal_for(
    found: Response, figures: Mapping[str, Decimal | None], losses: Sequence[Reckoned]
) -> Proposal | None:
    """What follows from figures and rows as typed, ``None`` where people alone give the points so far."""
    ranks = ranks_for(found, figures)
    outcome = propose(found.item, figures, ranks)
    if outcome is None and not losses:
        return None
    content = Content(measures=figures, ranks=ranks, losses=losses)
    awaits_rank = bool(outcome and outcome.awaiting_rank)
    score = outcome.score if outcome else None
    counted = score is not None or (bool(losses) and not awaits_rank)
    shares = shares_of(found.item, content) if counted and found.item.weight else []
    taken = settle(found.item, content).score if losses and counted else score
    names = found.item.measure_names()
    return Proposal(
        score,
        taken,
        shares,
        _sum(found.item, shares, taken),
        [names.get(code, code) for code in outcome.missing] if outcome else [],
        awaits_rank,
        [(names.get(code, code), rank) for code, rank in ranks.items() if rank is not None],
        [explain_veto(veto, names) for veto in outcome.vetoes] if outcome else [],
    )


def _sum(item: Item, shares: list[Share], taken: Decimal | None) -> str:
    """4 − 0.9 − 0.5 = 2.6"""
    moved = [entry.points for share in shares for entry in share.entries if entry.points]
    if taken is None or not moved or (item.bonus and len(moved) == 1):
        return ""
    start, sign = ([], " + ") if item.bonus else ([item.weight], " − ")
    return f"{sign.join(map(plain, [*start, *moved]))} = {plain(taken)}"


@dataclass(frozen=True, slots=True)
class Beside:
    """A supporting department and what it contributes; ``form`` where the reader writes for it. What one has
    written that does not support the item any more stays (``former``)."""

    department: Organisation
    contribution: Contribution | None
    merged: bool
    form: ContributionForm | None
    former: bool

    @property
    def stale(self) -> bool:
        """Whether the form holds what was typed on an older version than is stored."""
        return bool(self.form and self.form.is_bound and not self.form.errors)

    @property
    def done(self) -> bool:
        return bool(self.contribution and self.contribution.done)


@dataclass(frozen=True, slots=True)
class Line:
    """An item in the tree beside. ``group`` is the title of its group on the first item of it."""

    pk: int
    address: str
    label: str
    title: str
    group: str
    score: str
    weight: str
    state: str
    word: str
    committee_only: bool


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Numbers of the visible responses before and after one in the order of the framework.

    ``to_fill`` is the next one after it that the person's department has still to fill in, ``tree`` the items
    of its section.
    """

    previous: int | None
    following: int | None
    to_fill: int | None
    tree: list[Line]


def show_item(
    request: SignedInRequest,
    standing: Standing,
    found: Response,
    form: ResponseForm | None = None,
    *,
    action_form: ActionForm | None = None,
    contribution_form: ContributionForm | None = None,
    comment: str = "",
    comment_problems: Sequence[str] = (),
    tried: str = "",
    differing: list[Differing] | None = None,
    stale: bool = False,
    unsaved: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page, with forms as they came back where something was refused. Needs the response read
    :func:`for_page`."""
    capacity = capacity_to_edit(standing, found)
    if form is None and capacity:
        form = ResponseForm(response=found)
    item = found.item
    stored = {value.code: value.value for value in found.measure_values.all()}
    if form and form.is_bound:
        proposal = proposal_for(found, form.plausible_figures(), form.losses())
    else:
        proposal = proposal_for(found, stored, form.typed.losses if form else ())
    if form and proposal:
        form.show_proposed(proposal.taken)
    last_year = last_year_of(found)
    ticks = {tick.name: tick.reference for tick in found.material_ticks.all()}
    materials = [(material.name, ticks.get(material.name)) for material in item.materials.all()]
    panel = panel_of(standing, found)
    context: dict[str, Any] = {
        "standing": standing,
        "response": found,
        "item": item,
        "assessment": found.assessment,
        "form": form,
        "capacity": capacity,
        "proposal": proposal,
        "rules": item.rules_in_words(),
        "figures": [
            (measure.name, figure_in_words(measure, stored.get(measure.code)))
            for measure in item.measures.all()
        ],
        "figure_fields": [
            (measure, field, last_year.figures.get(measure.code) if last_year else None)
            for measure, field in (form.measure_fields() if form else [])
        ],
        "materials": materials,
        "actions": [str(action) for action in actions_open_to(standing, found)],
        "action_form": action_form or ActionForm(response=found),
        "tried": tried,
        "missing": missing_for_submission(found),
        "evidence": panel,
        "missing_materials": panel.missing,
        "around": neighbours(standing, found),
        "works_on": works_on(standing, found),
        "last_year": last_year,
        "stale": stale,
        "differing": differing,
        "unsaved": unsaved,
    }
    if context["works_on"]:
        context |= _said_beside(standing, found, contribution_form)
        context |= {"comment": comment, "comment_problems": comment_problems}
    return render(request, "assessments/response.html", context, status=status)


def _said_beside(standing: Standing, found: Response, tried: ContributionForm | None) -> dict[str, Any]:
    """Contributions and comments, for who works on the item."""
    contributions = {
        contribution.department_id: contribution
        for contribution in found.contributions.select_related("department", "saved_by")
    }
    assignment = getattr(found, "assignment", None)
    supporting = {office.pk: office for office in assignment.supporting.all()} if assignment else {}
    # What a department wrote while it supported the item stays to be read.
    wrote = {pk: kept.department for pk, kept in contributions.items() if kept.version}
    beside = [
        _beside(standing, found, department, contributions.get(pk), tried, former=pk not in supporting)
        for pk, department in (supporting | wrote).items()
    ]
    return {
        "beside": beside,
        "contributes": any(entry.form for entry in beside),
        "not_done": [str(entry.department) for entry in beside if not entry.former and not entry.done],
        "comments": found.comments.select_related("author", "organisation"),
        "may_comment": comments_for(standing, found) is not None,
    }


def _beside(
    standing: Standing,
    found: Response,
    department: Organisation,
    contribution: Contribution | None,
    tried: ContributionForm | None,
    *,
    former: bool,
) -> Beside:
    form = None
    if may_contribute(standing, found, department.pk):
        form = ContributionForm(department=department, contribution=contribution)
        if tried and tried.initial["department"] == department.pk:
            form = tried
    merged = bool(contribution and is_merged(contribution, found.narrative))
    return Beside(department, contribution, merged, form, former)


def neighbours(standing: Standing, found: Response) -> Neighbours:
    """What stands around an item for this person: one query."""
    places = published_places(found.item.section.framework_id)
    rows = responses_visible_to(standing).filter(assessment=found.assessment).order_by()
    names = ("item_id", "pk", "state", "assignment__lead", "department_score", "district_score")
    visible = {item: row for item, *row in rows.values_list(*names)}
    order = [(place, *visible[item]) for item, place in places.items() if item in visible]
    here = next(index for index, (_place, pk, *_rest) in enumerate(order) if pk == found.pk)
    to_fill = (
        pk
        for place, pk, state, lead, *_rest in order[here + 1 :]
        if State(state) in OPEN_TO_DEPARTMENT and not place.committee_only and standing.holds(lead, *FILLS)
    )
    return Neighbours(
        previous=order[here - 1][1] if here else None,
        following=order[here + 1][1] if here + 1 < len(order) else None,
        to_fill=next(to_fill, None),
        tree=_tree([row for row in order if row[0].section == found.item.section_id]),
    )


@lru_cache(maxsize=10_000)
def _address(pk: int) -> str:
    """To look twenty up anew costs the page a twentieth of its time."""
    return reverse("response", args=[pk])


def _tree(rows: Sequence[tuple[Any, ...]]) -> list[Line]:
    lines, last = [], ""
    for place, pk, state, _lead, own, district in rows:
        score = district if state == State.ACCEPTED else own
        lines.append(
            Line(
                pk,
                _address(pk),
                place.label,
                place.title,
                place.group if place.group != last else "",
                "—" if score is None else plain(score),
                plain(place.weight),
                state,
                str(ResponseState(state).label),
                place.committee_only,
            )
        )
        last = place.group
    return lines
