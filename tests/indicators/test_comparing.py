"""Two versions: what differs is named once, the same way in both directions."""

import random
import time
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.models import Framework
from indicators.versions.comparing import (
    LONGEST_DIFF,
    Change,
    ChangeKind,
    Comparison,
    Level,
    Node,
    Version,
    compare,
    match,
    word_diff,
)
from indicators.versions.stored import version_of
from tests.factories import SHORTFALL, make_framework, make_real_framework

ADDED, REMOVED, MOVED = ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.MOVED


def key(number: int) -> UUID:
    return UUID(int=number)


def section(number: int, **changes: Any) -> Node:
    return Node(key(number), Level.SECTION, None, "", f"第{number}部分", **changes)


def group(number: int, parent: int) -> Node:
    return Node(key(number), Level.GROUP, key(parent), "", f"第{number}组")


def item(number: int, parent: int, weight: str = "1", **changes: Any) -> Node:
    values = {"label": str(number), "title": f"第{number}项", **changes}
    return Node(key(number), Level.ITEM, key(parent), weight=Decimal(weight), **values)


def version(*nodes: Node, **settings: Any) -> Version:
    return Version(nodes, settings)


def differences(found: Comparison) -> list[tuple[str, list[str]]]:
    return [(each.node.name, [str(change.kind) for change in each.changes]) for each in found.nodes]


def test_a_version_does_not_differ_from_itself() -> None:
    same = version(section(1), item(11, 1), step=Decimal("0.1"))
    assert compare(same, same) == Comparison((), ())


def test_what_is_added_and_removed_stands_where_it_stood() -> None:
    before = version(section(1), item(11, 1), item(12, 1), item(13, 1))
    after = version(section(1), item(11, 1), item(14, 1), item(13, 1))
    assert differences(compare(before, after)) == [("12 第12项", ["removed"]), ("14 第14项", ["added"])]


def test_a_removed_section_goes_with_its_items() -> None:
    before = version(section(1), item(11, 1), section(2), item(21, 2))
    after = version(section(2), item(21, 2))
    assert differences(compare(before, after)) == [("第1部分", ["removed"]), ("11 第11项", ["removed"])]


def test_a_weight_is_compared_as_a_number() -> None:
    before = version(section(1), item(11, 1, "4"), item(12, 1, "2"))
    after = version(section(1), item(11, 1, "5"), item(12, 1, "2.00"))
    (found,) = compare(before, after).nodes
    assert found.changes == (Change(ChangeKind.REWEIGHTED, "", Decimal(4), Decimal(5)),)


def test_each_text_that_reads_differently_is_named() -> None:
    texts = {"requirement": "落实经费。", "rule_prose": "酌情扣分。"}
    old = item(11, 1, texts=texts)
    new = replace(old, title="经费", texts={**texts, "requirement": "足额落实经费。"})
    (found,) = compare(version(section(1), old), version(section(1), new)).nodes
    assert found.changes == (
        Change(ChangeKind.REWORDED, "title", "第11项", "经费"),
        Change(ChangeKind.REWORDED, "requirement", "落实经费。", "足额落实经费。"),
    )


def test_rules_figures_materials_and_flags_are_told_apart() -> None:
    old = item(11, 1, flags={"bonus": False})
    new = replace(
        old,
        rules=[{"kind": "manual"}],
        figures=[("share", "%", "number")],
        materials=["台账"],
        flags={"bonus": True},
    )
    (found,) = compare(version(section(1), old), version(section(1), new)).nodes
    assert found.changes == (
        Change(ChangeKind.RULES, "", [], [{"kind": "manual"}]),
        Change(ChangeKind.FIGURES, "", [], [("share", "%", "number")]),
        Change(ChangeKind.MATERIALS, "", [], ["台账"]),
        Change(ChangeKind.FLAGS, "bonus", False, True),
    )


def test_settings_that_differ_are_named() -> None:
    before, after = version(step=Decimal("0.1"), year=2021), version(step=Decimal("0.5"), year=2021)
    assert compare(before, after).settings == (
        Change(ChangeKind.FLAGS, "step", Decimal("0.1"), Decimal("0.5")),
    )


# Moved


def test_an_item_under_another_section_or_group_has_moved() -> None:
    before = version(section(1), item(11, 1), group(5, 1), item(12, 5), section(2))
    after = version(section(1), group(5, 1), item(12, 5), section(2), item(11, 2))
    assert differences(compare(before, after)) == [("11 第11项", ["moved"])]


def test_what_is_pushed_down_by_a_new_one_has_not_moved() -> None:
    before = version(section(1), item(11, 1), item(12, 1))
    after = version(section(1), item(19, 1), item(11, 1), item(12, 1))
    assert differences(compare(before, after)) == [("19 第19项", ["added"])]


def test_of_those_in_another_order_as_few_as_possible_have_moved() -> None:
    numbers = [11, 12, 13, 14, 15]
    before = version(section(1), *(item(number, 1) for number in numbers))
    after = version(section(1), *(item(number, 1) for number in [15, 11, 12, 13, 14]))
    assert differences(compare(before, after)) == [("15 第15项", ["moved"])]


def test_a_section_that_moved_does_not_move_its_items() -> None:
    before = version(section(1), item(11, 1), section(2), item(21, 2), section(3))
    after = version(section(3), section(1), item(11, 1), section(2), item(21, 2))
    assert differences(compare(before, after)) == [("第3部分", ["moved"])]


# Which is which


def test_without_a_common_key_nodes_are_the_same_by_label_and_title_in_their_place() -> None:
    before = (section(1), item(11, 1), item(12, 1), item(13, 1))
    later = replace(section(101), title="第1部分")
    twins = [replace(node, key=key(node.key.int + 100), parent=key(101)) for node in before[1:]]
    twins[1] = replace(twins[1], title="另一项")
    assert match(before, (later, *twins)) == {key(1): key(101), key(11): key(111), key(13): key(113)}
    assert differences(compare(Version(before), Version((later, *twins)))) == [
        ("12 第12项", ["removed"]),
        ("12 另一项", ["added"]),
    ]


def test_namesakes_in_different_sections_are_not_mixed_up() -> None:
    before = (
        section(1),
        item(11, 1, label="1", title="同名"),
        section(2),
        item(21, 2, label="1", title="同名"),
    )
    later = tuple(
        replace(node, key=key(node.key.int + 100), parent=node.parent and key(node.parent.int + 100))
        for node in before
    )
    assert match(before, later) == {node.key: key(node.key.int + 100) for node in before}


# Properties


@st.composite
def versions(draw: st.DrawFn) -> tuple[Version, Version]:
    """Two versions that share most of their nodes."""
    return draw(trees()), draw(trees())


@st.composite
def trees(draw: st.DrawFn) -> Version:
    sections = draw(st.lists(st.integers(1, 4), unique=True, max_size=4))
    numbers = draw(st.lists(st.integers(10, 24), unique=True, max_size=12))
    nodes: list[Node] = []
    for place, number in enumerate(sections):
        nodes.append(section(number, weight=draw(st.sampled_from([None, Decimal(1), Decimal(2)]))))
        for child in numbers[place :: len(sections)]:
            title = draw(st.sampled_from(["甲", "乙"]))
            nodes.append(item(child, number, draw(st.sampled_from(["1", "2"])), title=title, label="1"))
    return version(*nodes, step=draw(st.sampled_from(["0.1", "0.5"])))


def mirrored(found: Comparison) -> set[Any]:
    swap = {ADDED: REMOVED, REMOVED: ADDED}
    return {
        (
            each.after,
            each.before,
            tuple(Change(swap.get(c.kind, c.kind), c.field, c.after, c.before) for c in each.changes),
        )
        for each in map(hashable, found.nodes)
    }


def hashable(each: Any) -> Any:
    def name(node: Node | None) -> Any:
        return node and (node.key, node.parent)

    return replace(each, before=name(each.before), after=name(each.after))


@settings(max_examples=150)
@given(versions())
def test_comparing_the_other_way_round_mirrors(pair: tuple[Version, Version]) -> None:
    before, after = pair
    there, back = compare(before, after), compare(after, before)
    assert mirrored(there) == {(e.before, e.after, e.changes) for e in map(hashable, back.nodes)}
    assert [(c.before, c.after) for c in there.settings] == [(c.after, c.before) for c in back.settings]


@settings(max_examples=50)
@given(trees())
def test_a_generated_version_does_not_differ_from_itself(tree: Version) -> None:
    assert compare(tree, tree) == Comparison((), ())


@settings(max_examples=100)
@given(versions())
def test_every_node_is_kept_added_or_removed(pair: tuple[Version, Version]) -> None:
    before, after = pair
    counted, pairs = compare(before, after).count(), match(before.nodes, after.nodes)
    assert counted[REMOVED] == len(before.nodes) - len(pairs)
    assert counted[ADDED] == len(after.nodes) - len(pairs)


# Words


def test_a_diff_shows_what_went_and_what_came() -> None:
    assert word_diff("每少1次扣0.2分。", "每少1次扣0.25分,扣完为止。") == [
        ("same", "每少1次扣"),
        ("gone", "0.2"),
        ("new", "0.25"),
        ("same", "分"),
        ("new", ",扣完为止"),
        ("same", "。"),
    ]


def test_equal_and_empty_texts_have_no_diff() -> None:
    assert word_diff("", "") == []
    assert word_diff("一样", "一样") == [("same", "一样")]
    assert word_diff("", "新") == [("new", "新")]


@given(st.text("一二三1. a", max_size=40), st.text("一二三1. a", max_size=40))
def test_a_diff_holds_both_texts_whole(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert "".join(text for kind, text in pieces if kind != "new") == before
    assert "".join(text for kind, text in pieces if kind != "gone") == after


def test_a_diff_of_long_texts_is_bounded() -> None:
    chance = random.Random(4)  # noqa: S311 - no secret
    texts = ["".join(chance.choices("一二三四五六七八九十", k=50_000)) for _ in range(2)]
    begun = time.perf_counter()
    pieces = word_diff(*texts)
    assert time.perf_counter() - begun < 1
    assert {kind for kind, _text in pieces} <= {"same", "gone", "new"}
    assert max(len(text) for _kind, text in pieces) > LONGEST_DIFF


# Real frameworks, and large ones


def shuffled(nodes: Sequence[Node]) -> Version:
    items = [node for node in nodes if node.level is Level.ITEM]
    random.Random(7).shuffle(items)  # noqa: S311 - no secret
    return Version((*(node for node in nodes if node.level is not Level.ITEM), *items))


def test_two_thousand_items_in_any_order_are_compared_in_time() -> None:
    nodes = [section(1), *(item(number, 1) for number in range(10, 2010))]
    begun = time.perf_counter()
    found = compare(Version(tuple(nodes)), shuffled(nodes))
    assert time.perf_counter() - begun < 2
    assert set(found.count()) == set(ChangeKind)
    assert found.count()[MOVED] > 1800


@pytest.mark.django_db
def test_the_real_framework_does_not_differ_from_itself() -> None:
    framework = Framework.objects.with_tree().get(pk=make_real_framework().pk)
    outline = version_of(framework)
    assert sum(node.level is Level.ITEM for node in outline.nodes) == 54
    assert compare(outline, outline) == Comparison((), ())


@pytest.mark.django_db
def test_a_stored_framework_is_read_with_all_that_may_differ() -> None:
    stored = make_framework(
        sections=[
            {
                "title": "教育",
                "groups": [{"title": "空"}, {"title": "一组"}],
                "items": [
                    {"label": "1", "title": "经费", "weight": "2"},
                    {
                        "label": "2",
                        "title": "班额",
                        "weight": "4",
                        "group": "一组",
                        "measures": [{"code": "share", "name": "占比", "unit": "%"}],
                        "materials": ["台账"],
                        "rules": [SHORTFALL],
                    },
                ],
            }
        ],
        publish=False,
    )
    found = version_of(Framework.objects.with_tree().get(pk=stored.pk))
    assert [(node.level, node.name) for node in found.nodes] == [
        (Level.SECTION, "教育"),
        (Level.ITEM, "1 经费"),
        (Level.GROUP, "一组"),
        (Level.ITEM, "2 班额"),
        (Level.GROUP, "空"),
    ]
    node = found.nodes[3]
    assert (node.figures, node.materials) == ((("share", "%", "number"),), ("台账",))
    assert node.rules[0]["kind"] == "shortfall"
    assert found.settings["bands"] == [("优秀", "90", ""), ("良好", "80", ""), ("不合格", "0", "")]
