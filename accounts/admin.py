"""Organisations, people and memberships for the operator (superuser); every change is an event.

Administrators of one committee or district work on the pages of :mod:`accounts.views.people`: Django's admin
knows no subtree of organisations, so it is not opened to that role.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation, User
from audit.trail import record

admin.site.unregister(Group)


class RecordedAdmin(admin.ModelAdmin):
    """Writes an event with each change; deletes nothing."""

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        before = type(obj)._default_manager.filter(pk=obj.pk).first()
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            self.record_act(
                request,
                "changed" if change else "created",
                obj,
                changes={
                    field.name: {"from": _shown(before, field.name), "to": _shown(obj, field.name)}
                    for field in obj._meta.fields
                    if field.name in form.changed_data and field.name != "password"
                },
            )

    def record_act(self, request: HttpRequest, verb: str, obj: Any, **details: Any) -> None:
        """The event of an act on ``obj``."""
        organisation_id = obj.pk if isinstance(obj, Organisation) else getattr(obj, "organisation_id", None)
        record(
            by=request.user,
            action=f"{obj._meta.model_name}.{verb}",
            subject=obj,
            organisation_id=organisation_id,
            **details,
        )


def _shown(obj: models.Model | None, field: str) -> str | None:
    """A value as the trail keeps it: the words that people see."""
    value = getattr(obj, field, None)
    return None if value is None else str(value)


@admin.register(Organisation)
class OrganisationAdmin(RecordedAdmin):
    list_display = ("code", "name", "kind", "parent")
    list_filter = ("kind",)
    search_fields = ("code", "name")
    list_select_related = ("parent",)
    autocomplete_fields = ("parent",)


@admin.register(Membership)
class MembershipAdmin(RecordedAdmin):
    list_display = ("user", "role", "organisation", "starts_on", "ends_on")
    list_filter = ("role",)
    search_fields = ("user__username", "user__name", "organisation__name")
    list_select_related = ("user", "organisation")
    autocomplete_fields = ("user", "organisation", "deputises")


class PersonCreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("username", "name")


class PersonChangeForm(UserChangeForm):
    class Meta:
        model = User
        fields = ("username", "name", "staff_number", "phone", "is_active")


@admin.register(User)
class UserAdmin(RecordedAdmin, DjangoUserAdmin):
    form = PersonChangeForm
    add_form = PersonCreationForm
    list_display = ("username", "name", "staff_number", "phone", "is_active")
    list_filter = ("is_active",)
    search_fields = ("username", "name", "staff_number", "phone")
    ordering = ("username",)
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("name", "staff_number", "phone", "is_active")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "name", "usable_password", "password1", "password2")}),)

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        if change and "is_active" in form.changed_data and not obj.is_active:
            obj.lock()
        super().save_model(request, obj, form, change)

    @transaction.atomic
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Django's page saves past :meth:`save_model`, so the event is written here."""
        before = self.get_object(request, unquote(id))
        response = super().user_change_password(request, id, form_url)
        after = self.get_object(request, unquote(id))
        if before and after and before.password != after.password:
            self.record_act(request, "password_set", after)
        return response
