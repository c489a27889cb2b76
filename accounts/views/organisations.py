"""Organisations: created below others, and renamed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import may_add_below, may_change_organisation, organisations_managed_by
from accounts.forms.people import OrganisationForm
from accounts.organisations import change_organisation, create_organisation
from accounts.requests import SignedInRequest
from accounts.roles import OrganisationKind
from accounts.views.form_pages import done, form_page, show_form


@form_page
def add_organisation(request: SignedInRequest, pk: int) -> HttpResponse:
    """A district of this committee, or a department of this district."""
    standing = request.standing
    above = get_object_or_404(organisations_managed_by(standing), pk=pk)
    if not may_add_below(standing, above):
        raise PermissionDenied
    form = OrganisationForm(request.POST or None)
    if made := done(
        request, form, lambda: create_organisation(parent=above, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, _("The organisation has been created."))
        return redirect("people-organisation", made.pk)
    districts = above.kind == OrganisationKind.COMMITTEE
    heading = _("New district of %(above)s") if districts else _("New department of %(above)s")
    back = reverse("people-organisation", args=[above.pk])
    return show_form(
        request,
        form,
        heading=heading % {"above": above},
        note=_("An organisation is not deleted later; name and code can be corrected."),
        save=_("Create"),
        back=back,
    )


@form_page
def rename_organisation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct the name or the code of an organisation."""
    standing = request.standing
    found = get_object_or_404(organisations_managed_by(standing), pk=pk)
    if not may_change_organisation(standing, found):
        raise PermissionDenied
    form = OrganisationForm(request.POST or None, initial={"name": found.name, "code": found.code})
    if done(
        request, form, lambda: change_organisation(organisation=found, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, _("Saved."))
        return redirect("people-organisation", found.pk)
    note = _("The new name is shown everywhere at once, except in what was published or signed.")
    heading = _("Details: %(person)s") % {"person": found}
    return show_form(
        request, form, heading=heading, note=note, back=reverse("people-organisation", args=[found.pk])
    )
