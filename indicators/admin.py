"""Frameworks and all that hangs from them, for the operator to look at.

Nothing is changed here: a draft is edited in the editor, which keeps a journal of it, and what is published
is edited nowhere.
"""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from indicators.models import (
    Comment,
    Edit,
    Framework,
    GradeBand,
    Group,
    Item,
    Material,
    Measure,
    Section,
)


class _ReadOnly:
    """Looked at, never changed."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class GradeBandInline(_ReadOnly, admin.TabularInline):
    model = GradeBand


class SectionInline(_ReadOnly, admin.TabularInline):
    model = Section
    fields = ("order", "label", "title", "stated_weight")
    show_change_link = True


class MeasureInline(_ReadOnly, admin.TabularInline):
    model = Measure


class MaterialInline(_ReadOnly, admin.TabularInline):
    model = Material


@admin.register(Framework)
class FrameworkAdmin(_ReadOnly, admin.ModelAdmin):
    list_display = ("title", "code", "version", "year", "status", "committee")
    list_filter = ("status", "year")
    search_fields = ("title", "code")
    list_select_related = ("committee",)
    inlines = (GradeBandInline, SectionInline)


@admin.register(Section, Group)
class NodeAdmin(_ReadOnly, admin.ModelAdmin):
    list_display = ("label", "title", "stated_weight")
    search_fields = ("title",)


@admin.register(Item)
class ItemAdmin(_ReadOnly, admin.ModelAdmin):
    list_display = ("label", "title", "weight", "section")
    list_select_related = ("section",)
    search_fields = ("title", "label")
    inlines = (MeasureInline, MaterialInline)


@admin.register(Comment)
class CommentAdmin(_ReadOnly, admin.ModelAdmin):
    list_display = ("framework", "place", "organisation", "written_at", "answered_at")
    list_select_related = ("framework", "organisation")


@admin.register(Edit)
class EditAdmin(_ReadOnly, admin.ModelAdmin):
    list_display = ("framework", "number", "summary", "by", "at", "undone")
    list_select_related = ("framework", "by")
