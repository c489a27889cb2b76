"""Organisations and people: the tree with search, one organisation, one person."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q, QuerySet, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import (
    held_or_to_come,
    may_add_below,
    may_change_organisation,
    may_change_person,
    may_give,
    memberships_managed_by,
    organisations_managed_by,
    people_managed_by,
    roles_to_give,
)
from accounts.first_passwords import resettable
from accounts.history import history_of
from accounts.locking import sign_in_lock
from accounts.models import Membership, Organisation, User
from accounts.ordering import name_key, organisations_in_order
from accounts.requests import SignedInRequest
from accounts.roles import Role
from accounts.standing import Standing
from accounts.steps import plain_line
from accounts.tokens import tokens_in_force

PAGE = 50
LONGEST_SEARCH = 64


@dataclass(slots=True)
class Branch:
    """An organisation in the tree, how many people hold a role there now, and what stands below."""

    organisation: Organisation
    people: int
    below: list["Branch"] = field(default_factory=list)


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """The tree of what a person manages; with ``q`` the people there whose name or number holds it."""
    standing = request.standing
    if not standing.manages_people:
        raise PermissionDenied
    query = plain_line(request.GET.get("q", ""))[:LONGEST_SEARCH]
    if query:
        found = Paginator(sorted(_matching(standing, query), key=name_key), PAGE)
        people = found.get_page(request.GET.get("page"))
        prefetch_related_objects(list(people), _part(standing))
        may = _resettable(people, standing)
        known = may | {person.pk for person in people if _lines(getattr(person, "part", ()), standing)[0]}
        context = {"query": query, "people": people, "resettable": may, "known": known}
        return render(request, "accounts/people_search.html", context)
    organisations = organisations_managed_by(standing)
    roots = _tree(organisations, _people_in(standing))
    return render(request, "accounts/people.html", {"roots": roots})


def _matching(standing: Standing, query: str) -> QuerySet[User]:
    """By name all; by numbers who has a role here: the numbers of who has left are theirs alone."""
    here = Q(pk__in=memberships_managed_by(standing).lasting().values("user"))
    numbers = Q(staff_number__icontains=query) | Q(phone__icontains=query) | Q(username__icontains=query)
    return people_managed_by(standing).filter(Q(name__icontains=query) | here & numbers)


def _resettable(people: Iterable[User], standing: Standing) -> set[int]:
    """Numbers of those who may be ticked for a first password."""
    return resettable([person for person in people if person.is_active], standing)


def _part(standing: Standing) -> Prefetch:
    """Those roles of people that the reader manages, as ``part``; nothing of the others."""
    roles = (
        memberships_managed_by(standing)
        .select_related("organisation__parent__parent")
        .order_by("organisation__code", "pk")
    )
    return Prefetch("memberships", roles, to_attr="part")


def _people_in(standing: Standing) -> dict[int, int]:
    current = Membership.objects.current().filter(pk__in=memberships_managed_by(standing).values("pk"))
    counted = current.order_by().values("organisation")
    return dict(counted.annotate(people=Count("user", distinct=True)).values_list("organisation", "people"))


def _tree(organisations: Iterable[Organisation], people: dict[int, int]) -> list[Branch]:
    branches = {
        organisation.pk: Branch(organisation, people.get(organisation.pk, 0))
        for organisation in organisations_in_order(organisations)
    }
    roots: list[Branch] = []
    for branch in branches.values():
        above = branches.get(branch.organisation.parent_id or 0)
        (above.below if above else roots).append(branch)
    return roots


@dataclass(frozen=True, slots=True)
class Held:
    """A role as a line of a list. ``manageable`` says whether the reader may change its end."""

    membership: Membership
    over: bool
    to_come: bool
    manageable: bool


def _lines(memberships: Iterable[Membership], standing: Standing) -> tuple[list[Held], list[Held]]:
    """Roles in force or to come, and those that are over."""
    today = timezone.localdate()
    lasting: list[Held] = []
    past: list[Held] = []
    for each in memberships:
        over = each.ends_on is not None and each.ends_on < today
        to_come = each.starts_on is not None and each.starts_on > today
        manageable = may_give(standing, each.role, each.organisation)
        (past if over else lasting).append(Held(each, over, to_come, manageable))
    return lasting, past


_RANK = {role: place for place, role in enumerate(Role)}


@require_safe
def organisation(request: SignedInRequest, pk: int) -> HttpResponse:
    """One organisation: the people with their roles there, and what stands below it."""
    standing = request.standing
    found = get_object_or_404(organisations_managed_by(standing), pk=pk)
    held = memberships_managed_by(standing).filter(organisation=found)
    memberships = sorted(
        held.select_related("user", "deputises", "organisation__parent__parent"),
        key=lambda each: (_RANK[Role(each.role)], name_key(each.user)),
    )
    lasting, past = _lines(memberships, standing)
    below = organisations_managed_by(standing).filter(parent=found)
    context = {
        "organisation": found,
        "path": _path(found, standing),
        "lasting": lasting,
        "past": past,
        "resettable": _resettable([line.membership.user for line in lasting], standing),
        "below": organisations_in_order(below),
        "may_add_below": may_add_below(standing, found),
        "may_change": may_change_organisation(standing, found),
        "may_add_people": bool(roles_to_give(standing, found)),
    }
    return render(request, "accounts/people_organisation.html", context)


def _path(organisation: Organisation, standing: Standing) -> list[Organisation]:
    """What stands above, as far as it is the reader's."""
    above, path = organisation.parent, list[Organisation]()
    while above:
        path.insert(0, above)
        above = above.parent
    managed = set(
        organisations_managed_by(standing)
        .filter(pk__in=[each.pk for each in path])
        .values_list("pk", flat=True)
    )
    return [each for each in path if each.pk in managed]


@require_safe
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    """One person: details, the roles that the reader manages, and what happened to the account.

    Of somebody who has left for other organisations, no more than name and past roles is shown.
    """
    standing = request.standing
    found = get_object_or_404(people_managed_by(standing), pk=pk)
    part = sorted(
        memberships_managed_by(standing)
        .filter(user=found)
        .select_related("user", "deputises", "organisation__parent__parent"),
        key=lambda each: (each.organisation.code, _RANK[Role(each.role)]),
    )
    lasting, past = _lines(part, standing)
    may_change = may_change_person(standing, found, held_or_to_come(found))
    knows = may_change or bool(lasting)
    events = history_of(found, standing, part, knows=knows)
    context = {
        "person": found,
        "lasting": lasting,
        "past": past,
        "events": events,
        "knows": knows,
        "sign_in_lock": sign_in_lock(found) if knows else None,
        "may_change": may_change,
        "tokens": tokens_in_force(found) if knows else [],
        "is_self": found.pk == request.user.pk,
        "locked": next((line for line in events if line.action == "user.locked"), None),
    }
    return render(request, "accounts/people_person.html", context)
