"""Changing a draft: what nodes say and where they stand, each change checked as a whole."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ObjectDoesNotExist, ValidationError

from accounts.models import User
from indicators.editor.editing import save_group, save_item, save_section, save_settings
from indicators.editor.journal import locked_draft
from indicators.editor.moving import (
    Direction,
    delete_node,
    dissolve_group,
    group_items,
    move_node,
    move_node_to,
)
from indicators.editor.nodes import StaleEdit, arrange, find_node, fingerprint
from indicators.exchange import FrameworkData, GroupData, ItemData, SectionData, write_framework
from indicators.models import Edit, Framework, FrameworkStatus, Group, Item, Section
from tests.factories import SHORTFALL, make_framework, make_user
from tests.indicators.test_journal import MEASURE, item, make_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Framework:
    return make_draft()


@pytest.fixture
def alice() -> User:
    return make_user("alice")


def shape(framework: Framework) -> list[tuple[str, list[Any]]]:
    """Titles as they stand: sections with their groups and the items by label."""
    return [
        (
            section.title,
            [
                (block.group.title, [item.label for item in block.items])
                if block.group
                else block.items[0].label
                for block in arrange(section.groups.all(), section.items.all())
            ],
        )
        for section in Framework.objects.with_tree().get(pk=framework.pk).sections.all()
    ]


START: list[tuple[str, list[Any]]] = [
    ("教育保障", [("经费", ["1", "2"]), "3", ("师资", ["4"])]),
    ("协调发展", ["5", "6"]),
    ("安全管理", ["7"]),
]


def key_of(title: str) -> UUID:
    """Of a section or group by its title, of an item by its label."""
    for model, field in ((Section, "title"), (Group, "title"), (Item, "label")):
        if node := model._default_manager.filter(**{field: title}).first():
            return UUID(str(node.key))
    raise LookupError(title)


def test_the_tree_stands_as_it_was_made(draft: Framework) -> None:
    assert shape(draft) == START


@pytest.mark.parametrize(
    ("node", "direction", "place", "blocks"),
    [
        ("2", "up", 0, [("经费", ["2", "1"]), "3", ("师资", ["4"])]),
        ("经费", "down", 0, ["3", ("经费", ["1", "2"]), ("师资", ["4"])]),
        ("3", "up", 0, ["3", ("经费", ["1", "2"]), ("师资", ["4"])]),
        ("3", "in", 0, [("经费", ["1", "2", "3"]), ("师资", ["4"])]),
        ("1", "out", 0, [("经费", ["2"]), "1", "3", ("师资", ["4"])]),
        ("4", "out", 0, [("经费", ["1", "2"]), "3", "4", ("师资", [])]),
        ("5", "down", 1, ["6", "5"]),
    ],
)
def test_a_node_moves_among_its_own_and_in_and_out_of_groups(
    draft: Framework, alice: User, node: str, direction: Direction, place: int, blocks: list[Any]
) -> None:
    move_node(framework=draft, key=key_of(node), direction=direction, by=alice)
    expected: list[tuple[str, list[Any]]] = [
        title if number != place else (title[0], blocks) for number, title in enumerate(START)
    ]
    if node == "4":  # an empty group follows the group before it
        expected[0] = ("教育保障", [("经费", ["1", "2"]), ("师资", []), "3", "4"])
    assert shape(draft) == expected


def test_a_section_moves_and_becomes_a_group_and_a_section_again(draft: Framework, alice: User) -> None:
    key = key_of("安全管理")
    move_node(framework=draft, key=key, direction="up", by=alice)
    assert [title for title, _blocks in shape(draft)] == ["教育保障", "安全管理", "协调发展"]
    move_node(framework=draft, key=key, direction="in", by=alice)
    assert shape(draft)[0] == ("教育保障", [*START[0][1], ("安全管理", ["7"])])
    move_node(framework=draft, key=key, direction="out", by=alice)
    assert [title for title, _blocks in shape(draft)] == ["教育保障", "安全管理", "协调发展"]
    assert find_node(draft, key) == Section.objects.get(title="安全管理")


@pytest.mark.parametrize(
    ("node", "direction", "words"),
    [
        ("1", "up", "已经是第一个。"),
        ("教育保障", "up", "已经是第一个。"),
        ("安全管理", "down", "已经是最后一个。"),
        ("5", "in", "它前面没有紧邻的二级指标。"),
        ("3", "out", "已经在最上一级。"),
        ("教育保障", "in", "它前面没有一级指标。"),
        ("经费", "in", "二级指标不能再下移一级。"),
    ],
)
def test_a_move_to_where_there_is_no_place_is_refused(
    draft: Framework, alice: User, node: str, direction: Direction, words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        move_node(framework=draft, key=key_of(node), direction=direction, by=alice)
    assert (shape(draft), Edit.objects.count()) == (START, 0)


def test_nodes_move_to_another_place_with_all_below_them(draft: Framework, alice: User) -> None:
    move_node_to(framework=draft, key=key_of("1"), target=key_of("协调发展"), by=alice)
    move_node_to(framework=draft, key=key_of("7"), target=key_of("师资"), by=alice)
    move_node_to(framework=draft, key=key_of("经费"), target=key_of("安全管理"), by=alice)
    assert shape(draft) == [
        ("教育保障", ["3", ("师资", ["4", "7"])]),
        ("协调发展", ["5", "6", "1"]),
        ("安全管理", [("经费", ["2"])]),
    ]


def test_a_node_goes_nowhere_outside_its_framework(draft: Framework, alice: User) -> None:
    other = make_framework(version="2", publish=False)
    foreign = Section.objects.filter(framework=other)[0].key
    with pytest.raises(ObjectDoesNotExist):
        move_node_to(framework=draft, key=key_of("1"), target=foreign, by=alice)
    with pytest.raises(ObjectDoesNotExist):
        move_node(framework=draft, key=foreign, direction="up", by=alice)
    with pytest.raises(ObjectDoesNotExist):
        save_item(framework=draft, key=None, parent=foreign, data=ItemData(**item("8")), by=alice)


def test_items_are_grouped_and_ungrouped(draft: Framework, alice: User) -> None:
    group_items(framework=draft, key=key_of("协调发展"), data=GroupData(title="均衡"), by=alice)
    assert shape(draft)[1] == ("协调发展", [("均衡", ["5", "6"])])
    dissolve_group(framework=draft, key=key_of("经费"), by=alice)
    assert shape(draft)[0] == ("教育保障", ["1", "2", "3", ("师资", ["4"])])
    with pytest.raises(ValidationError, match="都已归入二级指标"):
        group_items(framework=draft, key=key_of("协调发展"), data=GroupData(title="其他"), by=alice)


@pytest.mark.parametrize(("node", "left"), [("1", 6), ("经费", 5), ("教育保障", 3)])
def test_deleting_takes_along_what_is_below(draft: Framework, alice: User, node: str, left: int) -> None:
    key = key_of(node)
    delete_node(framework=draft, key=key, read=fingerprint(find_node(draft, key)), by=alice)
    assert Item.objects.count() == left
    assert Edit.objects.get().summary.startswith("已删除：")
    orders = [list(section.items.values_list("order", flat=True)) for section in draft.sections.all()]
    assert orders == [list(range(1, len(order) + 1)) for order in orders]


def test_an_item_is_stored_with_its_rules_figures_and_materials(draft: Framework, alice: User) -> None:
    data = ItemData.model_validate(
        item(
            "8", weight="3.5", measures=[MEASURE], rules=[SHORTFALL], materials=["台账", "照片"], bonus=False
        )
    )
    added = save_item(framework=draft, key=None, parent=key_of("经费"), data=data, by=alice)
    assert shape(draft)[0][1][0] == ("经费", ["1", "2", "8"])
    stored = Item.objects.get(pk=added.pk)
    assert (stored.weight, [row.name for row in stored.materials.all()]) == (Decimal("3.5"), ["台账", "照片"])
    assert stored.rules_in_words() == Item.objects.get(label="2").rules_in_words()


def test_figures_that_stay_keep_their_rows(draft: Framework, alice: User) -> None:
    node = Item.objects.get(label="2")
    row = node.measures.get()
    measures = [{**MEASURE, "name": "改名"}, {"code": "b", "name": "新"}]
    data = ItemData.model_validate(item("2", measures=measures))
    save_item(framework=draft, key=node.key, data=data, read=fingerprint(node), by=alice)
    kept = list(node.measures.values_list("pk", "name"))
    assert kept[0] == (row.pk, "改名")
    assert [name for _pk, name in kept] == ["改名", "新"]


def test_settings_are_changed_with_the_grades(draft: Framework, alice: User) -> None:
    written = {**write_framework(draft), "sections": [], "stated_weight": "14", "profiles": ["城区"]}
    written["bands"] = [{"name": "达标", "threshold": "60"}, {"name": "不达标", "threshold": "0"}]
    data = FrameworkData.model_validate(written)
    changed = save_settings(framework=draft, data=data, read=fingerprint(draft), by=alice)
    assert (changed.stated_weight, changed.profiles) == (14, ["城区"])
    assert [(band.name, band.threshold) for band in changed.bands()] == [("达标", 60), ("不达标", 0)]


def test_a_version_that_exists_is_refused(draft: Framework, alice: User) -> None:
    make_framework(version="2", publish=False)
    data = FrameworkData.model_validate({**write_framework(draft), "sections": [], "version": "2"})
    with pytest.raises(ValidationError):
        save_settings(framework=draft, data=data, read=fingerprint(draft), by=alice)


def test_kinds_of_district_are_known_to_the_framework_while_they_are_named(
    draft: Framework, alice: User
) -> None:
    key = key_of("安全管理")
    section = Section.objects.get(key=key)
    data = SectionData(title="安全管理", profiles=("城区",), items=())
    with pytest.raises(ValidationError, match="体系设置中没有这些类别：城区。"):
        save_section(framework=draft, key=key, data=data, read=fingerprint(section), by=alice)
    Framework.objects.update(profiles=["城区", "乡镇"])
    save_section(framework=draft, key=key, data=data, read=fingerprint(section), by=alice)
    draft.refresh_from_db()
    settings = FrameworkData.model_validate({**write_framework(draft), "sections": [], "profiles": ["乡镇"]})
    with pytest.raises(ValidationError, match="仍有指标注明仅适用于：城区。"):
        save_settings(framework=draft, data=settings, read=fingerprint(draft), by=alice)


def test_groups_of_one_section_have_titles_of_their_own(draft: Framework, alice: User) -> None:
    with pytest.raises(ValidationError, match="已有同名的二级指标"):
        save_group(
            framework=draft, key=None, section=key_of("教育保障"), data=GroupData(title="经费"), by=alice
        )
    save_group(framework=draft, key=None, section=key_of("协调发展"), data=GroupData(title="经费"), by=alice)
    group = Group.objects.get(section__title="协调发展")
    with pytest.raises(ValidationError, match="已有同名的二级指标"):
        move_node_to(framework=draft, key=group.key, target=key_of("教育保障"), by=alice)


def change_title(draft: Framework, alice: User, key: UUID, read: str, title: str = "改") -> Any:
    node = find_node(draft, key)
    if isinstance(node, Section):
        data = SectionData(title=title, items=())
        return save_section(framework=draft, key=key, data=data, read=read, by=alice)
    if isinstance(node, Group):
        return save_group(framework=draft, key=key, data=GroupData(title=title), read=read, by=alice)
    return save_item(framework=draft, key=key, data=ItemData(**item(title)), read=read, by=alice)


@pytest.mark.parametrize("node", ["教育保障", "经费", "1"])
def test_a_save_over_what_somebody_else_changed_is_refused(draft: Framework, alice: User, node: str) -> None:
    key = key_of(node)
    read = fingerprint(find_node(draft, key))
    change_title(draft, alice, key, read)
    with pytest.raises(StaleEdit) as stale:
        change_title(draft, alice, key, read, "再改")
    current = find_node(draft, key)
    assert (stale.value.current, stale.value.current and fingerprint(stale.value.current)) == (
        current,
        fingerprint(current),
    )
    with pytest.raises(StaleEdit):
        delete_node(framework=draft, key=key, read=read, by=alice)
    assert Edit.objects.count() == 1


@pytest.mark.parametrize("node", ["教育保障", "经费", "1"])
def test_a_change_that_is_sent_twice_is_made_once(draft: Framework, alice: User, node: str) -> None:
    key = key_of(node)
    read = fingerprint(find_node(draft, key))
    assert change_title(draft, alice, key, read) == change_title(draft, alice, key, read)
    assert Edit.objects.count() == 1


def test_what_is_added_twice_is_there_once(draft: Framework, alice: User) -> None:
    section, group, new = SectionData(title="新", items=()), GroupData(title="新"), ItemData(**item("8"))
    above = key_of("协调发展")
    for _turn in range(2):
        save_section(framework=draft, key=None, data=section, by=alice)
        save_group(framework=draft, key=None, section=above, data=group, by=alice)
        save_item(framework=draft, key=None, parent=above, data=new, by=alice)
    assert Edit.objects.count() == 3
    other = new.model_copy(update={"title": "改"})
    with pytest.raises(StaleEdit) as stale:
        save_item(framework=draft, key=None, parent=above, data=other, by=alice)
    assert stale.value.current == Item.objects.get(label="8")
    assert Item.objects.get(label="8").title == "第8项"


def test_a_new_node_does_not_take_the_key_of_another(draft: Framework, alice: User) -> None:
    data = GroupData(title="新", key=key_of("1"))
    with pytest.raises(StaleEdit) as stale:
        save_group(framework=draft, key=None, section=key_of("协调发展"), data=data, by=alice)
    assert (stale.value.current, Edit.objects.count()) == (None, 0)


def test_a_save_of_what_somebody_else_deleted_is_refused(draft: Framework, alice: User) -> None:
    node = Item.objects.get(label="1")
    read = fingerprint(node)
    delete_node(framework=draft, key=node.key, read=read, by=alice)
    with pytest.raises(StaleEdit) as stale:
        save_item(framework=draft, key=node.key, data=ItemData(**item("1")), read=read, by=alice)
    assert stale.value.current is None


def test_a_move_leaves_the_fingerprint_as_it_was(draft: Framework, alice: User) -> None:
    key = key_of("1")
    read = fingerprint(find_node(draft, key))
    move_node(framework=draft, key=key, direction="down", by=alice)
    assert fingerprint(find_node(draft, key)) == read


WRITERS: list[Callable[[Framework, User, UUID], Any]] = [
    lambda draft, by, key: save_section(
        framework=draft, key=None, data=SectionData(title="新", items=()), by=by
    ),
    lambda draft, by, key: save_item(
        framework=draft, key=None, parent=key, data=ItemData(**item("8")), by=by
    ),
    lambda draft, by, key: move_node(framework=draft, key=key, direction="down", by=by),
    lambda draft, by, key: delete_node(
        framework=draft, key=key, read=fingerprint(find_node(draft, key)), by=by
    ),
    lambda draft, by, key: group_items(framework=draft, key=key, data=GroupData(title="新"), by=by),
]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize(
    ("status", "words"),
    [
        (FrameworkStatus.CONSULTING, "草案正在征求意见"),
        (FrameworkStatus.PUBLISHED, "已发布的指标体系不能修改"),
    ],
)
def test_only_a_draft_is_changed(
    draft: Framework,
    alice: User,
    write: Callable[[Framework, User, UUID], Any],
    status: FrameworkStatus,
    words: str,
) -> None:
    published_at = "2021-12-01T00:00Z" if status == FrameworkStatus.PUBLISHED else None
    Framework.objects.update(status=status, published_at=published_at)
    with pytest.raises(ValidationError, match=words):
        write(draft, alice, key_of("教育保障"))
    assert (shape(draft), Edit.objects.count()) == (START, 0)


def test_a_draft_is_locked_before_it_is_read(draft: Framework) -> None:
    assert locked_draft(draft) == draft
    with pytest.raises(ObjectDoesNotExist):
        find_node(draft, uuid4())
