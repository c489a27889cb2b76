"""Frameworks to read: a section at a time, or the whole tree for printing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from accounts.standing import Standing
from indicators.access import commenting_offices, frameworks_visible_to, may_create, may_manage
from indicators.consulting import comments_visible_to, frameworks_with_comments_for
from indicators.editor.nodes import arrange
from indicators.models import UNPUBLISHED, Framework, Group, Item, Section
from indicators.outline import Outline, Weights, outline_of


@require_safe
def frameworks(request: SignedInRequest) -> HttpResponse:
    """What a person may read, newest first: published ones, drafts with their state, and of drafts that are
    no longer open to comments those that their office commented on, for the answers."""
    standing = request.standing
    visible = list(frameworks_visible_to(standing))
    commented = frameworks_with_comments_for(standing).exclude(pk__in=[each.pk for each in visible])
    context = {
        "commented": commented,
        "drafts": [framework for framework in visible if framework.status in UNPUBLISHED],
        "published": [framework for framework in visible if framework.status not in UNPUBLISHED],
        "may_create": may_create(standing),
    }
    return render(request, "indicators/frameworks.html", context)


@require_safe
def framework(request: SignedInRequest, pk: int, key: UUID | None = None) -> HttpResponse:
    """One framework: its head, its sections with their weights, and the contents of one section.

    ``?all=1`` shows them all, ``?profile=`` only what is for one kind of district.
    """
    standing = request.standing
    found = get_object_or_404(frameworks_visible_to(standing).prefetch_related("grade_bands"), pk=pk)
    profile = request.GET.get("profile", "")
    if profile not in found.profiles:
        profile = ""
    outline = outline_of(found, profile=profile)
    shown = outline.sections if "all" in request.GET else _chosen(outline, key)
    context = {
        **_head(standing, found, outline),
        "profile": profile,
        "query": f"?{urlencode({'profile': profile})}" if profile else "",
        "whole": "all" in request.GET,
        "chosen": shown[0] if len(shown) == 1 else None,
        "contents": _contents(shown, outline, profile),
    }
    return render(request, "indicators/framework.html", context)


def _chosen(outline: Outline, key: UUID | None) -> list[Section]:
    """The section asked for, else the first."""
    if key is None:
        return outline.sections[:1]
    for section in outline.sections:
        if section.key == key:
            return [section]
    raise Http404


def _head(standing: Standing, found: Framework, outline: Outline) -> dict[str, Any]:
    return {
        "framework": found,
        "outline": outline,
        "sections": [(section, outline.of[section.key]) for section in outline.sections],
        "weights": outline.whole,
        "may_edit": found.is_draft and may_manage(standing, found),
        "may_comment": bool(commenting_offices(standing, found)),
        "has_comments": comments_visible_to(standing).filter(framework=found).exists(),
        "may_manage": may_manage(standing, found),
    }


@dataclass(frozen=True, slots=True)
class Line:
    """An item as the page shows it."""

    item: Item
    rules: list[str]
    profiles: list[str]


@dataclass(frozen=True, slots=True)
class Part:
    """A group with its items, or items that are in none."""

    group: Group | None
    weights: Weights | None
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Content:
    """A section as the page shows it."""

    section: Section
    weights: Weights
    parts: list[Part]
    count: int


def _contents(sections: Iterable[Section], outline: Outline, profile: str) -> list[Content]:
    """The sections with all that is below them: four queries, whatever there is."""
    rows = Section.objects.filter(pk__in=[section.pk for section in sections])
    rows = rows.prefetch_related("groups", "items__measures", "items__materials")
    return [_content(section, outline, profile) for section in rows]


def _content(section: Section, outline: Outline, profile: str) -> Content:
    def is_shown(node: Group | Item) -> bool:
        return not profile or not node.profiles or profile in node.profiles

    groups = [group for group in section.groups.all() if is_shown(group)]
    hidden = {group.pk for group in section.groups.all()} - {group.pk for group in groups}
    items = [item for item in section.items.all() if is_shown(item) and item.group_id not in hidden]
    parts: list[Part] = []
    for block in arrange(groups, items):
        lines = [Line(item, item.rules_in_words(), item.profiles) for item in block.items]
        if block.group is None and parts and parts[-1].group is None:
            parts[-1].lines.extend(lines)
        else:
            weights = outline.of[block.group.key] if block.group else None
            parts.append(Part(block.group, weights, lines))
    return Content(section, outline.of[section.key], parts, len(items))
