"""Roles of people: given, ended and taken up again, lent to a deputy."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import may_give, memberships_managed_by, organisations_managed_by, people_managed_by
from accounts.forms.people import DeputyForm, EndForm, RoleForm
from accounts.memberships import continue_role, end_role, give_role, name_deputy
from accounts.models import Membership, User
from accounts.requests import SignedInRequest
from accounts.roles import OrganisationKind
from accounts.standing import Standing
from accounts.views.form_pages import done, form_page, page_of, show_form


@form_page
def add_role(request: SignedInRequest, pk: int) -> HttpResponse:
    """One more role for a person."""
    standing = request.standing
    found = get_object_or_404(people_managed_by(standing), pk=pk)
    form = RoleForm(request.POST or None).offer(standing, organisations_managed_by(standing))
    if done(request, form, lambda: give_role(person=found, by=request.user, **form.content())):
        messages.success(request, _("The role has been given."))
        return redirect("person", found.pk)
    heading = _("Give a role: %(person)s") % {"person": found}
    return show_form(request, form, heading=heading, save=_("Give the role"), back=page_of(found))


@form_page
def role(request: SignedInRequest, pk: int) -> HttpResponse:
    """When a role ends: on a day, at once (``at_once``), or not at all (``go_on``)."""
    found = _role(request, pk)
    if request.method == "POST" and {"at_once", "go_on"} & request.POST.keys():
        return _end_or_go_on(request, found)
    form = EndForm(request.POST or None, initial={"ends_on": found.ends_on})
    if done(request, form, lambda: end_role(membership=found, by=request.user, **form.cleaned_data)):
        messages.success(request, _("The last day has been set."))
        return redirect("person", found.user_id)
    return _show_role(request, found, form)


def _end_or_go_on(request: SignedInRequest, found: Membership) -> HttpResponse:
    try:
        if "go_on" in request.POST:
            continue_role(membership=found, by=request.user)
            messages.success(request, _("The role goes on until further notice."))
        else:
            yesterday = timezone.localdate() - timedelta(days=1)
            end_role(membership=found, ends_on=yesterday, by=request.user)
            messages.success(request, _("The role has ended."))
    except ValidationError as problem:
        form = EndForm({"ends_on": ""})
        form.full_clean()
        form.errors.clear()
        form.add_problem(problem)
        return _show_role(request, found, form)
    return redirect("person", found.user_id)


@form_page
def deputy(request: SignedInRequest, pk: int) -> HttpResponse:
    """Somebody stands in for the holder of a role, for a time."""
    found = _role(request, pk)
    standing = request.standing
    form = DeputyForm(request.POST or None).offer(_colleagues(found, standing))
    if done(request, form, lambda: name_deputy(membership=found, by=request.user, **form.cleaned_data)):
        messages.success(request, _("The deputy has been named."))
        return redirect("person", found.user_id)
    words = {"person": found.user, "role": found.get_role_display(), "place": found.organisation}
    return show_form(
        request,
        form,
        heading=_("Deputy for %(person)s") % words,
        note=_("The deputy holds the role %(role)s in %(place)s, too, until the last day; both may act.")
        % words,
        save=_("Name the deputy"),
        back=page_of(found.user),
    )


def _show_role(request: SignedInRequest, found: Membership, form: EndForm) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "membership": found, "back": page_of(found.user)}
    return render(request, "accounts/people_role.html", context, status=status)


def _role(request: SignedInRequest, pk: int) -> Membership:
    """A role that is not over and that the reader may end."""
    standing = request.standing
    roles = memberships_managed_by(standing).select_related(
        "user", "deputises", "organisation__parent__parent"
    )
    found = get_object_or_404(roles, pk=pk)
    if not may_give(standing, found.role, found.organisation):
        raise PermissionDenied
    return found


def _colleagues(membership: Membership, standing: Standing) -> QuerySet[User]:
    """Who may stand in: people with a role in the same committee, or in the same district and below."""
    own = membership.organisation
    if own.kind == OrganisationKind.DEPARTMENT:
        near = Q(organisation=own.parent_id) | Q(organisation__parent=own.parent_id)
    elif own.kind == OrganisationKind.DISTRICT:
        near = Q(organisation=own) | Q(organisation__parent=own)
    else:
        near = Q(organisation=own)
    roles = memberships_managed_by(standing).lasting().filter(near)
    return User.objects.filter(pk__in=roles.values("user"), is_active=True).exclude(pk=membership.user_id)
