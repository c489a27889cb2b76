"""The comment round on a draft (征求意见): comment, answer, and all comments in one table that prints."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Organisation
from accounts.requests import SignedInRequest
from accounts.standing import Standing
from indicators.access import commenting_offices, frameworks_visible_to, may_manage
from indicators.consulting import (
    answer_comment,
    change_comment,
    close_round,
    comments_visible_to,
    frameworks_with_comments_for,
    may_answer,
    may_change,
    open_round,
    withdraw_comment,
    write_comment,
)
from indicators.models import Comment, Framework, FrameworkStatus, Group, Item, Section
from indicators.versions.forms import CommentForm
from indicators.views.versions import managed_framework, refuse

MOST_CHOICES = 300
"""Places that a list offers; of a larger framework only its sections, and the node that was come from."""


@require_http_methods(["GET", "HEAD", "POST"])
def consult(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open the round or close it (POST); whoever comes by the address is led to the framework."""
    found = managed_framework(request, pk)
    if request.method != "POST":
        return redirect("framework", pk)
    wanted = FrameworkStatus.DRAFT if "close" in request.POST else FrameworkStatus.CONSULTING
    if found.status == wanted:
        # Sent twice: it is as it was to be.
        return redirect("framework-comments", pk)
    try:
        if wanted == FrameworkStatus.DRAFT:
            close_round(framework=found, by=request.user)
            messages.success(request, _("The comment round is closed."))
        else:
            open_round(framework=found, by=request.user)
            messages.success(request, _("The draft is open to comments."))
    except ValidationError as problem:
        return refuse(request, problem, pk)
    return redirect("framework-comments", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: SignedInRequest, pk: int) -> HttpResponse:
    """What offices say; write, change and withdraw (POST) for one's own."""
    standing = request.standing
    found = get_object_or_404(frameworks_with_comments_for(standing), pk=pk)
    if request.method != "POST":
        return _show(request, standing, found)
    if "comment" in request.POST:
        return _change(request, standing, found)
    offices = commenting_offices(standing, found)
    if not offices:
        raise PermissionDenied
    form = CommentForm(request.POST)
    form.offer(offices, ())
    if form.is_valid():
        try:
            written = write_comment(framework=found, by=request.user, **form.cleaned_data)
        except ValidationError as problem:
            form.add_problem(problem)
        else:
            messages.success(request, _("Your comment has been received."))
            return _to(written)
    return _show(request, standing, found, form=form, status=422)


def _change(request: SignedInRequest, standing: Standing, found: Framework) -> HttpResponse:
    comment = _one(standing, found, request.POST["comment"])
    if "withdraw" in request.POST:
        withdraw_comment(comment=comment, by=request.user)
        messages.success(request, _("Your comment has been withdrawn."))
        return redirect("framework-comments", found.pk)
    text = request.POST.get("text", "")
    try:
        return _to(change_comment(comment=comment, text=text, by=request.user))
    except ValidationError as problem:
        tried = Tried(comment.pk, text, problem.messages)
        return _show(request, standing, found, tried=tried, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: SignedInRequest, pk: int, comment: int) -> HttpResponse:
    """The secretary's answer (POST); whoever comes by the address is led to the comment."""
    standing = request.standing
    found = get_object_or_404(frameworks_with_comments_for(standing), pk=pk)
    chosen = _one(standing, found, str(comment))
    if request.method != "POST":
        return _to(chosen)
    if not may_answer(standing, found):
        raise PermissionDenied
    text = request.POST.get("answer", "")
    try:
        return _to(answer_comment(comment=chosen, text=text, by=request.user))
    except ValidationError as problem:
        tried = Tried(chosen.pk, text, problem.messages)
        return _show(request, standing, found, tried=tried, status=422)


def _one(standing: Standing, found: Framework, number: str) -> Comment:
    known = number.isascii() and number.isdigit() and len(number) < 18
    visible = comments_visible_to(standing).filter(framework=found)
    return get_object_or_404(visible, pk=int(number) if known else 0)


def _to(comment: Comment) -> HttpResponse:
    answered = redirect("framework-comments", comment.framework_id)
    answered["Location"] += f"#comment-{comment.pk}"
    return answered


@dataclass(frozen=True, slots=True)
class Tried:
    """What was typed about a comment (number) and could not be kept."""

    comment: int
    text: str
    errors: list[str]


@dataclass(frozen=True, slots=True)
class Line:
    """A comment as the table shows it. ``gone`` says that its place is no longer in the draft."""

    comment: Comment
    gone: bool
    changeable: bool
    tried: Tried | None


def _show(
    request: SignedInRequest,
    standing: Standing,
    found: Framework,
    *,
    form: CommentForm | None = None,
    tried: Tried | None = None,
    status: int = 200,
) -> HttpResponse:
    offices = commenting_offices(standing, found)
    places = _places(found)
    visible = comments_visible_to(standing).filter(framework=found)
    visible = visible.select_related("organisation__parent", "author", "answered_by")
    everything = sorted(visible, key=lambda comment: (_order(places, comment.node), comment.pk))
    unanswered = "open" in request.GET
    answered = sum(bool(comment.answer) for comment in everything)
    context = {
        "framework": found,
        "only_comments": not frameworks_visible_to(standing).filter(pk=found.pk).exists(),
        "may_manage": may_manage(standing, found),
        "may_answer": may_answer(standing, found),
        "lines": _lines([c for c in everything if not (unanswered and c.answer)], places, offices, tried),
        "unanswered": unanswered,
        "count": {"all": len(everything), "answered": answered, "open": len(everything) - answered},
        "form": _form(request, offices, places, form) if offices else None,
        "several_offices": len(offices) > 1,
    }
    return render(request, "indicators/comments.html", context, status=status)


def _lines(
    chosen: Iterable[Comment],
    places: dict[UUID, "Place"],
    offices: Iterable[Organisation],
    tried: Tried | None,
) -> list[Line]:
    return [
        Line(
            comment,
            comment.node is not None and comment.node not in places,
            may_change(offices, comment),
            tried if tried and tried.comment == comment.pk else None,
        )
        for comment in chosen
    ]


def _form(
    request: SignedInRequest,
    offices: QuerySet[Organisation],
    places: dict[UUID, "Place"],
    bound: CommentForm | None,
) -> CommentForm:
    """The form for a new comment; ``?node=`` is where the person came from."""
    form = bound or CommentForm(initial={"node": request.GET.get("node", ""), "organisation": offices[0]})
    chosen = str(form["node"].value() or "")
    choices = [(str(key), place.words) for key, place in places.items()]
    if len(choices) > MOST_CHOICES:
        choices = [(str(key), p.words) for key, p in places.items() if p.level == 0 or str(key) == chosen]
    form.offer(offices, [("", _("The whole framework")), *choices])
    return form


@dataclass(frozen=True, slots=True)
class Place:
    """A node as a list offers it. ``level`` is 0 for a section."""

    order: tuple[int, ...]
    level: int
    name: str

    @property
    def words(self) -> str:
        return "　" * self.level + self.name


def _places(framework: Framework) -> dict[UUID, Place]:
    """All nodes by key in the order of the tree. Three queries."""
    found: dict[UUID, Place] = {}
    columns = ("key", "label", "title", "order")
    for key, label, title, order in Section.objects.filter(framework=framework).values_list(*columns):
        found[key] = Place((order,), 0, f"{label} {title}".strip())
    groups = Group.objects.filter(section__framework=framework).values_list("section__order", *columns)
    for section, key, label, title, order in groups:
        found[key] = Place((section, 0, order), 1, f"{label} {title}".strip())
    items = Item.objects.filter(section__framework=framework).values_list("section__order", *columns)
    for section, key, label, title, order in items:
        found[key] = Place((section, 1, order), 1, f"{label} {title}".strip())
    return dict(sorted(found.items(), key=lambda entry: entry[1].order))


def _order(places: dict[UUID, Place], node: UUID | None) -> tuple[Any, ...]:
    """The whole first, then the tree, what is gone last."""
    if node is None:
        return (0,)
    return (1, places[node].order) if node in places else (2,)
