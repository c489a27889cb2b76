"""First passwords for one person or many: who gets one, then the slips to print, shown this once."""

import secrets
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import (
    held_or_to_come,
    may_change_person,
    memberships_managed_by,
    people_managed_by,
)
from accounts.first_passwords import MOST, Slip, reset_passwords, resettable, without_password
from accounts.locking import lift_sign_in_lock
from accounts.models import Membership, User
from accounts.requests import SignedInRequest
from accounts.standing import Standing

_ONCE = "slips_once"


@dataclass(frozen=True, slots=True)
class Line:
    """A person on the page that asks, and whether the password is the reader's to reset."""

    person: User
    may: bool
    places: str


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def passwords(request: SignedInRequest) -> HttpResponse:
    """Say what resetting does to the people named by ``person``, then do it (POST) and show the slips.

    Without a name: those who have no password yet. The slips are the answer itself and are stored nowhere;
    ``once`` keeps a page that is loaded again from making other passwords than those on paper.
    """
    standing = request.standing
    if not standing.manages_people:
        raise PermissionDenied
    people, more = _chosen(request, standing)
    named = "person" in request.GET or request.method == "POST"
    problem = _("Choose at least one person.") if named and not people and not more else ""
    if request.method == "POST":
        if request.POST.get("once", "") != request.session.pop(_ONCE, None):
            problem = _(
                "These first passwords were shown already. If they were not printed, make new ones here."
            )
        else:
            try:
                return _slips(request, reset_passwords(people=people, by=request.user))
            except ValidationError as refused:
                problem = " ".join(refused.messages)
    request.session[_ONCE] = secrets.token_urlsafe()
    allowed = resettable(people, standing)
    lines = [Line(person, person.pk in allowed and person.is_active, _places(person)) for person in people]
    context = {
        "lines": lines,
        "number": sum(line.may for line in lines),
        "more": more,
        "once": request.session[_ONCE],
        "named": named,
        "problem": problem,
    }
    return render(request, "accounts/people_passwords.html", context, status=422 if problem else 200)


def _chosen(request: SignedInRequest, standing: Standing) -> tuple[list[User], int]:
    """The people named, or those without a password; how many of these come later."""
    sent = request.POST if request.method == "POST" else request.GET
    numbers = {int(number) for number in sent.getlist("person") if number.isascii() and number.isdecimal()}
    managed = _with_roles(people_managed_by(standing), standing)
    if "person" not in sent and request.method != "POST":
        waiting = without_password(managed)
        return list(waiting[:MOST]), max(0, waiting.count() - MOST)
    if len(numbers) > MOST:
        return list(managed.none()), len(numbers) - MOST
    found = list(managed.filter(pk__in=[number for number in numbers if number < 2**63]))
    if len(found) < len(numbers):
        raise Http404
    return found, 0


def _with_roles(people: QuerySet[User], standing: Standing) -> QuerySet[User]:
    """With the roles that the reader manages, as ``part``; nothing of the others."""
    roles = memberships_managed_by(standing).select_related("organisation")
    return people.order_by("username").prefetch_related(Prefetch("memberships", roles, to_attr="part"))


def _slips(request: SignedInRequest, slips: list[Slip]) -> HttpResponse:
    address = request.build_absolute_uri(reverse("sign-in"))
    lines = [(slip, _places(slip.person)) for slip in slips]
    return render(request, "accounts/people_slips.html", {"lines": lines, "address": address})


def _places(person: User) -> str:
    """Where a person, read by :func:`_with_roles`, holds roles: each organisation once."""
    part: list[Membership] = getattr(person, "part", [])
    return _(", ").join(dict.fromkeys(membership.organisation.name for membership in part))


@require_POST
def lift_lock(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a person try to sign in again at once."""
    standing = request.standing
    person = get_object_or_404(people_managed_by(standing), pk=pk)
    if not may_change_person(standing, person, held_or_to_come(person)):
        raise PermissionDenied
    lift_sign_in_lock(person=person, by=request.user)
    return redirect("person", person.pk)
