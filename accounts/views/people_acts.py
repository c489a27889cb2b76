"""What is done to accounts: created, corrected, locked, unlocked."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import (
    held_or_to_come,
    may_change_person,
    organisations_managed_by,
    people_managed_by,
)
from accounts.forms.people import LockForm, NewPersonForm, PersonForm
from accounts.models import User
from accounts.people import change_person, create_person, lock_person, unlock_person
from accounts.requests import SignedInRequest
from accounts.views.form_pages import done, form_page, page_of, show_form


@form_page
def add_person(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new account with its first role in this organisation."""
    standing = request.standing
    place = get_object_or_404(organisations_managed_by(standing), pk=pk)
    form = NewPersonForm(request.POST or None).offer(standing, place)
    back = reverse("people-organisation", args=[place.pk])
    if made := done(
        request, form, lambda: create_person(organisation=place, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, _("The account has been created. It needs a first password."))
        return redirect("person", made.pk)
    note = _("Nobody signs in with the account until it has been given a first password.")
    heading = _("New person: %(place)s") % {"place": place}
    return show_form(request, form, heading=heading, note=note, save=_("Create the account"), back=back)


@form_page
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct what a person is called and signs in with."""
    found = _changeable(request, pk)
    typed = {name: getattr(found, name) for name in PersonForm.base_fields}
    form = PersonForm(request.POST or None, initial=typed)
    if done(request, form, lambda: change_person(person=found, by=request.user, **form.cleaned_data)):
        messages.success(request, _("Saved."))
        return redirect("person", found.pk)
    note = _("One signs in with the user name, the staff number or the phone; a change counts at once.")
    heading = _("Details: %(person)s") % {"person": found}
    return show_form(request, form, heading=heading, note=note, back=page_of(found))


@form_page
def lock(request: SignedInRequest, pk: int) -> HttpResponse:
    """Lock an account, with a reason."""
    found = _changeable(request, pk)
    form = LockForm(request.POST or None)
    if done(request, form, lambda: lock_person(person=found, by=request.user, **form.cleaned_data)):
        messages.success(request, _("The account is locked."))
        return redirect("person", found.pk)
    return show_form(
        request,
        form,
        heading=_("Lock the account: %(person)s") % {"person": found},
        warning=_(
            "The person is signed out at once, on every computer, and cannot sign in; what is being typed "
            "at this moment cannot be saved any more. Roles and everything done so far stay. "
            "The account can be unlocked again at any time."
        ),
        save=_("Lock the account"),
        back=page_of(found),
        danger=True,
    )


@form_page
def unlock(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a locked account sign in again (POST); whoever comes by the address is led to the person."""
    found = _changeable(request, pk)
    if request.method == "POST":
        unlock_person(person=found, by=request.user)
        messages.success(request, _("The account is unlocked."))
    return redirect("person", found.pk)


def _changeable(request: SignedInRequest, pk: int) -> User:
    """A person whose account the reader may change; visible but forbidden is a 403."""
    standing = request.standing
    found = get_object_or_404(people_managed_by(standing), pk=pk)
    if not may_change_person(standing, found, held_or_to_come(found)):
        raise PermissionDenied
    return found
