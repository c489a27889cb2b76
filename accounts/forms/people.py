"""Forms about organisations, people and roles. What may be chosen is what the acting person may give."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.access import roles_to_give
from accounts.forms.base import ProductForm
from accounts.models import Organisation, User
from accounts.ordering import name_key, organisations_in_order
from accounts.people import REASON_LIMIT
from accounts.roles import Role
from accounts.standing import Standing


def _day(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class PersonForm(ProductForm):
    """What a person is called and signs in with."""

    name = forms.CharField(label=_("Name"), max_length=64)
    staff_number = forms.CharField(label=_("staff number"), max_length=32, required=False)
    phone = forms.CharField(label=_("phone"), max_length=20, required=False)
    username = forms.CharField(label=_("user name"), max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"


class NewPersonForm(PersonForm):
    """A new account with its first role in an organisation."""

    username = forms.CharField(
        label=_("user name"),
        max_length=64,
        required=False,
        help_text=_("Left empty, the staff number serves, or the phone."),
    )
    role = forms.ChoiceField(label=_("role"))
    starts_on = _day(_("from"), help_text=_("Left empty: from now on."))
    ends_on = _day(_("until"), help_text=_("The last day. Left empty: until further notice."))

    def offer(self, standing: Standing, organisation: Organisation) -> "NewPersonForm":
        """The roles that may be given there."""
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [(str(role.value), role.label) for role in roles_to_give(standing, organisation)]
        return self


class RoleForm(ProductForm):
    """A role in one of the organisations that somebody manages."""

    place = forms.ChoiceField(label=_("organisation and role"))
    starts_on = _day(_("from"), help_text=_("Left empty: from now on."))
    ends_on = _day(_("until"), help_text=_("The last day. Left empty: until further notice."))

    def offer(self, standing: Standing, organisations: Iterable[Organisation]) -> "RoleForm":
        """Every role that may be given, under its organisation."""
        self._places: dict[str, tuple[Organisation, Role]] = {}
        groups = []
        for organisation in organisations_in_order(organisations):
            choices = [(f"{organisation.pk}-{role}", role) for role in roles_to_give(standing, organisation)]
            self._places |= {key: (organisation, role) for key, role in choices}
            groups.append((organisation.name, [(key, role.label) for key, role in choices]))
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = groups
        return self

    def content(self) -> dict[str, Any]:
        """What :func:`accounts.memberships.give_role` takes."""
        organisation, role = self._places[self.cleaned_data["place"]]
        days = {name: self.cleaned_data[name] for name in ("starts_on", "ends_on")}
        return {"organisation": organisation, "role": role, **days}


class EndForm(ProductForm):
    """The last day of a role."""

    ends_on = _day(_("last day"), required=True)


class DeputyForm(ProductForm):
    """Who stands in for the holder of a role, and how long."""

    deputy = forms.TypedChoiceField(label=_("deputy"))
    starts_on = _day(_("from"), help_text=_("Left empty: from now on."))
    ends_on = _day(_("until"), required=True, help_text=_("The last day."))

    def offer(self, people: Iterable[User]) -> "DeputyForm":
        """Who may be chosen."""
        found = {str(person.pk): person for person in sorted(people, key=name_key)}
        field = self.fields["deputy"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - declared above
        named = [
            (key, f"{person.name} {person.staff_number or person.username}") for key, person in found.items()
        ]
        field.choices = [("", "—"), *named]
        field.coerce = found.__getitem__
        return self


class LockForm(ProductForm):
    """Why an account is locked."""

    reason = forms.CharField(
        label=_("reason"), max_length=REASON_LIMIT, widget=forms.Textarea(attrs={"rows": 2})
    )


class OrganisationForm(ProductForm):
    """What an organisation is called, and its place in the order."""

    name = forms.CharField(label=_("name"), max_length=100)
    code = forms.CharField(
        label=_("code"),
        max_length=32,
        help_text=_("Begins with the administrative code of the district: organisations stand in its order."),
    )
