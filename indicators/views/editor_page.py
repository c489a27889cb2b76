"""The editor's page: where in the framework it is, its form, the tree beside it, and the try-out."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.requests import SignedInRequest
from indicators.access import frameworks_visible_to, may_manage
from indicators.editor.forms import GroupForm, ItemForm, NodeForm, SectionForm, figure_kinds
from indicators.editor.forms_settings import SettingsForm
from indicators.editor.nodes import Block, Node, arrange, describe_node, find_node, label_after
from indicators.editor.rule_actions import Proposed
from indicators.editor.rule_forms import kind_choices, rule_forms
from indicators.editor.tryout import Tried, try_out
from indicators.models import Framework, Group, Item, Section
from indicators.outline import Outline, outline_of
from indicators.scoring.points import ZERO

KINDS = ("section", "group", "item")
FORMS: dict[str, type[Any]] = {"section": SectionForm, "group": GroupForm, "item": ItemForm}


def managed_framework(request: SignedInRequest, pk: int) -> Framework:
    """A framework that the person decides on: 404 where it is invisible, 403 where it is not theirs."""
    standing = request.standing
    found = get_object_or_404(frameworks_visible_to(standing).prefetch_related("grade_bands"), pk=pk)
    if not may_manage(standing, found):
        raise PermissionDenied
    return found


@dataclass(slots=True)
class Place:
    """Where the editor is: at the framework itself, at a node, or at one that is to be added."""

    framework: Framework
    node: Node | None = None
    kind: str = "settings"
    parent: Section | Group | None = None

    @property
    def key(self) -> UUID | None:
        return self.node.key if self.node else None

    @property
    def section(self) -> Section | None:
        """The section that is open in the tree."""
        at = self.node or self.parent
        return at if isinstance(at, Section) or at is None else at.section

    @property
    def address(self) -> str:
        if self.node:
            return reverse("framework-node", args=[self.framework.pk, self.node.key])
        if self.kind == "settings":
            return reverse("framework-edit", args=[self.framework.pk])
        address = reverse("framework-add", args=[self.framework.pk, self.kind])
        return f"{address}?in={self.parent.key}" if self.parent else address


def place_of(framework: Framework, key: UUID) -> Place:
    try:
        node = find_node(framework, key)
    except ObjectDoesNotExist:
        raise Http404 from None
    return Place(framework, node, type(node).__name__.lower())


def form_of(place: Place, data: Any = None) -> Any:
    if place.kind == "settings":
        return SettingsForm(data, node=place.framework)
    form = FORMS[place.kind](data, framework=place.framework, node=place.node)
    if place.kind == "item" and place.parent is not None:
        last = place.parent.items.order_by("order").last()
        form.initial["label"] = label_after(last.label) if last else ""
    return form


def show_page(
    request: SignedInRequest,
    place: Place,
    form: NodeForm,
    *,
    stale: NodeForm | None = None,
    proposed: Proposed | None = None,
    status: int = 200,
) -> HttpResponse:
    context = page_context(request, place, form, proposed=proposed) | {"stale": stale}
    if stale is not None and isinstance(place.node, Item):
        context["stored_rules"] = place.node.rules_in_words()
    return render(request, "indicators/edit.html", context, status=status)


def page_context(
    request: SignedInRequest, place: Place, form: NodeForm, *, proposed: Proposed | None = None
) -> dict[str, Any]:
    context: dict[str, Any] = {
        "framework": place.framework,
        "place": place,
        "node": place.node,
        "kind": place.kind,
        "form": form,
        "address": place.address,
        "editable": place.framework.is_draft,
        "proposed": proposed,
        "describes": describe_node(place.node) if place.node else "",
        **_tree(place, form),
    }
    if isinstance(form, ItemForm):
        context |= _tried(place, form, request)
    return context


def _tree(place: Place, form: NodeForm) -> dict[str, Any]:
    """The sections with their weights, the items of the open one, and the steps that can be undone."""
    framework, section = place.framework, place.section
    typed = _typed_item(place, form) if isinstance(form, ItemForm) and form.is_bound else None
    outline = outline_of(framework, typed=typed)
    blocks = []
    if section is not None:
        items = Item.objects.filter(section=section).defer("requirement", "rule_prose", "rules")
        blocks = arrange(Group.objects.filter(section=section), items)
    may_indent = section is not None and place.node is not None and _may_indent(place.node, blocks, outline)
    latest = framework.edits.filter(undone=False).select_related("by").order_by("-number").first()
    undone = framework.edits.filter(undone=True).order_by("number").first()
    return {
        "outline": outline,
        "sections": [(entry, outline.of[entry.key]) for entry in outline.sections],
        "open": section,
        "blocks": [(block, outline.of[block.group.key] if block.group else None) for block in blocks],
        "targets": _targets(place, outline.sections),
        "may_indent": may_indent,
        "has_loose": any(block.group is None for block in blocks),
        "latest": latest,
        "undone": undone,
    }


def _may_indent(node: Node, blocks: list[Block], outline: Outline) -> bool:
    """Whether there is something right before the node that it can go into."""
    if isinstance(node, Section):
        return node.key != outline.sections[0].key and not node.note and not any(b.group for b in blocks)
    before = None
    for block in blocks:
        if node in block.items:
            return block.group is None and before is not None
        before = block.group
    return False


def _typed_item(place: Place, form: ItemForm) -> Item | None:
    """The item as it stands in the form, to be added up with the others."""
    weight, bonus = form.weight_typed() or ZERO, form.bonus_typed()
    if isinstance(place.node, Item):
        at = {"section_id": place.node.section_id, "group_id": place.node.group_id, "key": place.node.key}
    elif isinstance(place.parent, Group):
        at = {"section_id": place.parent.section_id, "group_id": place.parent.pk}
    elif place.parent is not None:
        at = {"section_id": place.parent.pk}
    else:
        return None
    return Item(weight=weight, bonus=bonus, profiles=form.profiles(), **at)


def _targets(place: Place, sections: list[Section]) -> list[tuple[str, UUID]]:
    """Where the node can be moved, other than where it is."""
    if place.node is None or isinstance(place.node, Section):
        return []
    groups = Group.objects.filter(section__framework=place.framework).order_by("order")
    targets = []
    for section in sections:
        targets.append((describe_node(section), section.key))
        if isinstance(place.node, Item):
            targets += [
                (f"　{describe_node(group)}", group.key) for group in groups if group.section_id == section.pk
            ]
    here = place.node.section.key
    if isinstance(place.node, Item) and place.node.group:
        here = place.node.group.key
    return [(name, key) for name, key in targets if key != here]


def _tried(place: Place, form: ItemForm, request: SignedInRequest) -> dict[str, Any]:
    """The rules' forms, and what they give."""
    read = form.read_rules()
    weight, bonus = form.weight_typed(), form.bonus_typed()
    kinds = kind_choices(bonus=bonus)
    tried: Tried | None = None
    if weight is not None:
        tried = try_out(
            rules=read.rules,
            weight=weight,
            bonus=bonus,
            step=place.framework.computed_step,
            figures=read.figures,
            given={name: str(value) for name, value in request.POST.items()},
            grades=[band.name for band in place.framework.grade_bands.all()],
        )
    with_errors = form.is_bound and bool(form.errors)
    return {
        "rules": rule_forms(form.rules, read, with_errors=with_errors),
        "rules_errors": read.errors.get("rules", []) if with_errors else [],
        "kind_choices": kinds,
        "kinds_changed": request.POST.get("new_kind") not in dict(kinds),
        "known_figures": sorted({*(stored.name for stored in form.stored.values()), *read.names.values()}),
        "figure_kinds": figure_kinds(),
        "tried": tried,
        "weight": weight,
        "signature": request.POST.get("signature", ""),
    }
