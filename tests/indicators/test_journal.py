"""Every change of a draft can be undone and done again, exactly, however many there were."""

from contextlib import suppress
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import User
from audit.models import Event
from indicators.editor.editing import save_group, save_item, save_section, save_settings
from indicators.editor.journal import PARENTS_FIRST, redo_edits, undo_edits
from indicators.editor.moving import (
    Direction,
    delete_node,
    dissolve_group,
    group_items,
    move_node,
    move_node_to,
)
from indicators.editor.nodes import Node, fingerprint
from indicators.exchange import FrameworkData, GroupData, ItemData, SectionData, write_framework
from indicators.models import Edit, Framework, FrameworkStatus, Group, Item, Section
from tests.factories import SHORTFALL, make_framework, make_user

pytestmark = pytest.mark.django_db

MEASURE = {"code": "share", "name": "标准班额占比", "unit": "%"}


def item(label: str, **changes: Any) -> dict[str, Any]:
    return {"label": label, "title": f"第{label}项", "weight": "2", **changes}


SECTIONS: list[dict[str, Any]] = [
    {
        "title": "教育保障",
        "groups": [{"title": "经费"}, {"title": "师资"}],
        "items": [
            item("1", group="经费", materials=["预算", "决算"]),
            item("2", group="经费", measures=[MEASURE], rules=[SHORTFALL]),
            item("3"),
            item("4", group="师资"),
        ],
    },
    {"title": "协调发展", "items": [item("5"), item("6", measures=[MEASURE], rules=[SHORTFALL])]},
    {"title": "安全管理", "items": [item("7")]},
]


def make_draft() -> Framework:
    return make_framework(publish=False, sections=SECTIONS)


def written(framework: Framework) -> dict[str, Any]:
    return write_framework(Framework.objects.with_tree().get(pk=framework.pk))


def rows() -> dict[str, list[dict[str, Any]]]:
    """All that is stored of the tree, the numbers of the rows included."""
    return {model.__name__: list(_all(model).order_by("pk").values()) for model in PARENTS_FIRST}


def _all(model: type[models.Model]) -> "models.QuerySet[Any]":
    return model._default_manager.all()


def add_section(framework: Framework, by: User, title: str = "新的一级指标") -> Section:
    return save_section(framework=framework, key=None, data=SectionData(title=title, items=()), by=by)


def reword(framework: Framework, by: User, node: Item, **changes: Any) -> Item:
    data = ItemData(**{"label": node.label, "title": node.title, "weight": node.weight, **changes})
    return save_item(framework=framework, key=node.key, data=data, read=fingerprint(node), by=by)


def test_an_edit_says_who_did_what_and_is_one_event() -> None:
    framework, alice = make_draft(), make_user("alice")
    before = Event.objects.count()
    add_section(framework, alice)
    edit = Edit.objects.get()
    assert (edit.number, edit.by, edit.undone, edit.summary) == (1, alice, False, "已新增：新的一级指标")
    event = Event.objects.latest("sequence")
    assert Event.objects.count() == before + 1
    assert (event.action, event.details) == ("framework.edited", {"edit": 1, "summary": edit.summary})


def test_a_save_that_changes_nothing_is_no_edit() -> None:
    framework, alice = make_draft(), make_user("alice")
    node = Section.objects.get(title="安全管理")
    data = SectionData(title="安全管理", items=())
    save_section(framework=framework, key=node.key, data=data, read=fingerprint(node), by=alice)
    assert not Edit.objects.exists()


def test_undo_and_redo_go_step_by_step_or_to_a_chosen_edit() -> None:
    framework, alice = make_draft(), make_user("alice")
    states = [rows()]
    for number in range(4):
        add_section(framework, alice, f"新{number}")
        states.append(rows())
    undo_edits(framework=framework, by=alice)
    assert rows() == states[3]
    assert [edit.number for edit in undo_edits(framework=framework, by=alice, down_to=1)] == [3, 2]
    assert rows() == states[1]
    redo_edits(framework=framework, by=alice)
    assert rows() == states[2]
    assert [edit.number for edit in redo_edits(framework=framework, by=alice, up_to=4)] == [3, 4]
    assert rows() == states[4]
    assert Event.objects.filter(action="framework.edits_undone").count() == 2


def test_an_edit_that_came_meanwhile_is_not_undone_unseen() -> None:
    framework, alice = make_draft(), make_user("alice")
    add_section(framework, alice, "看到的")
    seen = Edit.objects.get().pk
    undo_edits(framework=framework, by=alice)
    add_section(framework, alice, "没看到的")
    with pytest.raises(ValidationError, match="其间又有修改或撤销"):
        undo_edits(framework=framework, by=alice, latest=seen)
    assert Edit.objects.get().pk != seen
    undo_edits(framework=framework, by=alice, latest=Edit.objects.get().pk)
    assert Edit.objects.get().undone


def test_with_nothing_left_undo_and_redo_say_so() -> None:
    framework, alice = make_draft(), make_user("alice")
    with pytest.raises(ValidationError, match="没有可以撤销的修改。"):
        undo_edits(framework=framework, by=alice)
    with pytest.raises(ValidationError, match="没有可以恢复的修改。"):
        redo_edits(framework=framework, by=alice)


def test_a_new_edit_takes_the_place_of_what_was_undone() -> None:
    framework, alice = make_draft(), make_user("alice")
    add_section(framework, alice, "甲")
    undo_edits(framework=framework, by=alice)
    add_section(framework, alice, "乙")
    assert [(edit.number, edit.summary) for edit in Edit.objects.all()] == [(1, "已新增：乙")]


@pytest.mark.parametrize("status", [FrameworkStatus.CONSULTING, FrameworkStatus.PUBLISHED])
def test_only_a_draft_is_undone(status: FrameworkStatus) -> None:
    framework, alice = make_draft(), make_user("alice")
    add_section(framework, alice)
    at = "2021-12-01T00:00Z" if status == FrameworkStatus.PUBLISHED else None
    Framework.objects.update(status=status, published_at=at)
    before = rows()
    with pytest.raises(ValidationError):
        undo_edits(framework=framework, by=alice)
    assert rows() == before


def test_a_draft_changed_by_other_means_is_not_undone_over() -> None:
    framework, alice = make_draft(), make_user("alice")
    node = Item.objects.get(label="3")
    reword(framework, alice, node, title="改过")
    Item.objects.filter(pk=node.pk).update(title="另改")
    with pytest.raises(ValidationError, match="草案已被其他方式改动"):
        undo_edits(framework=framework, by=alice)
    assert Item.objects.get(pk=node.pk).title == "另改"


def test_an_edit_that_fails_leaves_no_trace() -> None:
    framework, alice = make_draft(), make_user("alice")
    before = rows()
    with pytest.raises(ValidationError):
        save_group(
            framework=framework,
            key=None,
            section=Section.objects.get(title="教育保障").key,
            data=GroupData(title="师资"),
            by=alice,
        )
    assert (rows(), Edit.objects.count()) == (before, 0)


DIRECTIONS: list[Direction] = ["up", "down", "in", "out"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["move", "to", "delete", "add", "save", "group", "settings"]),
        *[st.integers(0, 99)] * 2,
    ),
    max_size=8,
)


class Everything(TestCase):
    """Hypothesis wants a transaction an example."""

    @settings(max_examples=15)
    @given(STEPS)
    def test_undoing_all_restores_the_start_and_redoing_all_the_end(
        self, steps: list[tuple[str, int, int]]
    ) -> None:
        framework, alice = make_draft(), make_user("alice")
        states = [(written(framework), rows())]
        for kind, one, two in steps:
            with suppress(ValidationError), transaction.atomic():
                self.take(framework, alice, kind, one, two)
            if Edit.objects.count() == len(states):
                states.append((written(framework), rows()))
            assert (written(framework), rows()) == states[-1]
        for state in reversed(states[:-1]):
            undo_edits(framework=framework, by=alice)
            assert (written(framework), rows()) == state
        for state in states[1:]:
            redo_edits(framework=framework, by=alice)
            assert (written(framework), rows()) == state

    def take(self, framework: Framework, by: User, kind: str, one: int, two: int) -> None:
        nodes: list[Node] = [*Section.objects.all(), *Group.objects.all(), *Item.objects.all()]
        if not nodes:
            nodes = [add_section(framework, by)]
        node, other = nodes[one % len(nodes)], nodes[two % len(nodes)]
        with suppress(Section.DoesNotExist, Group.DoesNotExist, Item.DoesNotExist):
            match kind:
                case "move":
                    move_node(framework=framework, key=node.key, direction=DIRECTIONS[two % 4], by=by)
                case "to":
                    if not isinstance(other, Item):
                        move_node_to(framework=framework, key=node.key, target=other.key, by=by)
                case "delete":
                    if len(nodes) > 2:
                        delete_node(framework=framework, key=node.key, read=fingerprint(node), by=by)
                case "add":
                    if not isinstance(node, Item):
                        data = ItemData.model_validate(item(str(two), materials=["新"], measures=[MEASURE]))
                        save_item(framework=framework, key=None, parent=node.key, data=data, by=by)
                case "save":
                    if isinstance(node, Item):
                        measures = [MEASURE] if two % 2 else [{**MEASURE, "code": "b"}, MEASURE]
                        data = ItemData.model_validate(item(str(two), weight="1.5", measures=measures))
                        save_item(framework=framework, key=node.key, data=data, read=fingerprint(node), by=by)
                case "group":
                    if isinstance(node, Section):
                        group_items(
                            framework=framework, key=node.key, data=GroupData(title=f"组{two}"), by=by
                        )
                    elif isinstance(node, Group):
                        dissolve_group(framework=framework, key=node.key, by=by)
                case _:
                    data_of = {**written(framework), "title": f"体系{two}", "sections": []}
                    data_of["bands"] = data_of["bands"][:: 1 if two % 2 else -1]
                    current = Framework.objects.get(pk=framework.pk)
                    save_settings(
                        framework=framework,
                        data=FrameworkData.model_validate(data_of),
                        read=fingerprint(current),
                        by=by,
                    )


def test_nodes_keep_their_identity_when_they_change_their_level() -> None:
    framework, alice = make_draft(), make_user("alice")
    key = Section.objects.get(title="安全管理").key
    move_node(framework=framework, key=key, direction="in", by=alice)
    assert Group.objects.get(key=key).section.title == "协调发展"
    move_node(framework=framework, key=key, direction="out", by=alice)
    assert [section.title for section in framework.sections.all()] == ["教育保障", "协调发展", "安全管理"]
