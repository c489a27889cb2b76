"""The workbook of a department's items: out, edited, and in again."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.roles import Role
from assessments.models import Assignment, Contribution, Response, ResponseRevision
from assessments.offline.form import CONTRIBUTIONS, FIGURES, ITEMS, LOSSES, MATERIALS
from assessments.offline.planning import UploadPlan
from assessments.offline.storing import StaleUpload
from assessments.responses import load_for_saving, save_response
from assessments.settling import Content, Loss
from assessments.states import Action, State
from assessments.workflow import perform
from audit.models import Event
from tests.assessments.offline_workbooks import (
    download,
    edited,
    mine_of,
    plan,
    put,
    sheets,
    shown,
    told,
    upload,
)
from tests.factories import World, every_kind_data, make_framework, make_world

MATERIAL_NAMES = ["经费文件", "拨款凭证"]


@pytest.fixture
def world(db: None) -> World:
    data = make_data()
    return make_world(make_framework(**data))


def make_data() -> dict[str, Any]:
    from tests.factories import framework_data

    data = framework_data()
    data["sections"][0]["items"][0]["materials"] = MATERIAL_NAMES
    return data


def save(world: World, label: str, by: User, **fields: Any) -> Response:
    response = load_for_saving(world.response(label).pk)
    return save_response(response=response, content=Content(**fields), version=response.version, by=by)


def errors(found: UploadPlan) -> list[str]:
    return [str(note) for note in found.errors]


def remarks(found: UploadPlan) -> list[str]:
    return [str(note) for note in found.remarks]


# Out


def test_workbook_has_what_is_stored(world: World, filler: User) -> None:
    save(world, "1", filler, narrative="一、做了。\n二、好了。", materials={"经费文件": "教〔2021〕3号"})
    loss = Loss(Decimal("0.5"), "台账不全", "", Decimal(3), Decimal(5), "份")
    save(world, "2", filler, measures={"share": Decimal("89.5")}, losses=[loss])
    save(world, "3", filler, applicable=False, na_reason="没有高中")
    Assignment.objects.filter(response=world.response("1")).update(due_on=date(2022, 1, 7))
    content = download(world, filler)
    assert sheets(content) == ["填报", "数据指标", "扣分说明", "佐证材料"]
    row = shown(content, ITEMS, "1", "item", "weight", "rules", "due_on", "state", "narrative", "applicable")
    assert row == ["经费投入", 2, "落实经费。", "2022-01-07", "填报中", "一、做了。\n二、好了。", "是"]
    assert shown(content, ITEMS, "3", "applicable", "na_reason", "score") == ["否", "没有高中", None]
    assert shown(content, FIGURES, "2", "figure", "unit", "how", "last_year", "this_year") == [
        "标准班额占比",
        "%",
        "数字",
        "—",
        89.5,
    ]
    assert shown(content, LOSSES, "2", "sign", "points", "why", "measured", "standard", "loss_unit") == [
        "扣分",
        0.5,
        "台账不全",
        3,
        5,
        "份",
    ]
    assert shown(content, MATERIALS, "1", "material", "there", "reference") == [
        "经费文件",
        "是",
        "教〔2021〕3号",
    ]
    assert shown(content, MATERIALS, "1", "material", "there", "reference", place=1) == [
        "拨款凭证",
        None,
        None,
    ]


def test_workbook_read_back_changes_nothing(world: World, filler: User) -> None:
    save(world, "1", filler, narrative="做了。", score=Decimal("1.5"), reason="材料不全")
    content = download(world, filler)
    assert told(plan(world, filler, content)) == []
    assert upload(world, filler, edited(content)) == 0
    assert ResponseRevision.objects.count() == 1


# In: exactly the change


def test_what_is_changed_is_stored_and_nothing_else(world: World, filler: User) -> None:
    save(world, "1", filler, narrative="旧文。", score=Decimal("1.5"), reason="材料不全")
    save(world, "2", filler, narrative="班额。", measures={"share": Decimal(80)})
    content = edited(download(world, filler), put(ITEMS, "1", narrative="新文。\n第二段。"))
    assert told(plan(world, filler, content)) == [("1", "What was done", "旧文。", "新文。\n第二段。")]
    assert upload(world, filler, content) == 1
    first, second = world.response("1"), world.response("2")
    assert (first.narrative, first.department_score, first.department_reason, first.version) == (
        "新文。\n第二段。",
        Decimal("1.5"),
        "材料不全",
        2,
    )
    assert (second.narrative, second.version, second.saved_by) == ("班额。", 1, filler)
    assert world.response("3").version == 0


def test_every_kind_of_cell_can_be_changed(world: World, filler: User) -> None:
    content = edited(
        download(world, filler),
        put(ITEMS, "1", narrative="做了。", score=1.5, reason="材料不全"),
        put(MATERIALS, "1", 0, there="是"),
        put(MATERIALS, "1", 1, reference="财〔2021〕8号"),
        put(FIGURES, "2", this_year=89.5),
        put(LOSSES, "2", 0, points=0.5, why="台账不全。", measured=3, standard=5, loss_unit="份"),
        put(LOSSES, "2", 1, points="０．３分", why="报送迟"),
        put(ITEMS, "3", applicable="否", na_reason="没有高中"),
    )
    assert told(plan(world, filler, content)) == [
        ("1", "What was done", "", "做了。"),
        ("1", "Points", "", "1.5 points\nReason: 材料不全"),
        ("1", "Required material: 经费文件", "", "there"),
        ("1", "Required material: 拨款凭证", "", "财〔2021〕8号"),
        (
            "2",
            "Points",
            "",
            "as follows from the rules\n−0.5　台账不全 (measured 3份, standard 5份)\n−0.3　报送迟",
        ),
        ("2", "标准班额占比", "", "89.5%"),
        ("3", "Applies", "Applies", "Not applicable: 没有高中"),
    ]
    assert upload(world, filler, content) == 3
    first, second, third = (load_for_saving(world.response(label).pk) for label in "123")
    assert (first.department_score, first.state) == (Decimal("1.5"), State.DRAFT)
    ticks = {tick.name: tick.reference for tick in first.material_ticks.all()}
    assert ticks == {"经费文件": "", "拨款凭证": "财〔2021〕8号"}
    assert [(loss.points, loss.reason, loss.measured) for loss in second.deductions.all()] == [
        (Decimal("0.5"), "台账不全", Decimal(3)),
        (Decimal("0.3"), "报送迟", None),
    ]
    assert second.department_score == Decimal("3.2")
    assert (third.applicable, third.na_reason) == (False, "没有高中")
    assert told(plan(world, filler, content)) == []


def test_emptied_cells_are_emptied_and_deleted_rows_are_not(world: World, filler: User) -> None:
    save(world, "1", filler, narrative="旧文。", materials=dict.fromkeys(MATERIAL_NAMES, "文件"))
    save(world, "2", filler, narrative="班额。", measures={"share": Decimal(80)})
    save(world, "3", filler, narrative="高中。")

    def delete(book: Workbook) -> None:
        book[ITEMS.name].delete_rows(5)
        del book[MATERIALS.name]

    content = edited(
        download(world, filler), put(ITEMS, "1", narrative=None), put(FIGURES, "2", this_year=None), delete
    )
    assert told(plan(world, filler, content)) == [
        ("1", "What was done", "旧文。", ""),
        ("2", "标准班额占比", "80%", ""),
    ]
    assert upload(world, filler, content) == 2
    first, second = load_for_saving(world.response("1").pk), load_for_saving(world.response("2").pk)
    assert (first.narrative, len(first.material_ticks.all())) == ("", 2)
    assert (second.narrative, list(second.measure_values.all())) == ("班额。", [])


@pytest.mark.parametrize(
    "text", ["=1+1", "+支持", "-10人", "@全体", '=HYPERLINK("http://x")', "\u3000缩进", "_x0041_"]
)
def test_text_that_looks_like_something_else_stays_text_both_ways(
    world: World, filler: User, text: str
) -> None:
    save(world, "1", filler, narrative=f"{text}\n{text}", materials={"经费文件": text})
    content = download(world, filler)
    stored = load_for_saving(world.response("1").pk)
    assert told(plan(world, filler, edited(content))) == []
    shown_text = shown(content, ITEMS, "1", "narrative")[0].replace("_x005F_", "_")
    assert shown_text == stored.narrative
    changed = edited(content, put(ITEMS, "2", narrative=text), put(MATERIALS, "1", 1, reference=text))
    assert upload(world, filler, changed) == 2
    assert world.response("2").narrative == ("A" if text == "_x0041_" else text.strip())
    ticks = {tick.name: tick.reference for tick in world.response("1").material_ticks.all()}
    assert ticks["经费文件"] == text.strip()


def test_cells_that_look_like_dates_or_formulas_are_kept_as_typed(world: World, filler: User) -> None:
    """By their format; what begins with a sign is quoted besides."""
    from io import BytesIO

    from openpyxl import load_workbook

    save(world, "1", filler, materials={"经费文件": "2021-3"})
    book = load_workbook(BytesIO(download(world, filler)))
    cell = book[MATERIALS.name]["F4"]
    assert (cell.value, cell.number_format, cell.data_type) == ("2021-3", "@", "s")


# Three sides


def test_what_others_changed_stays_and_is_told(world: World, filler: User, head: User) -> None:
    content = edited(download(world, filler), put(ITEMS, "1", narrative="我写的。"))
    save(world, "1", head, score=Decimal(1), reason="他定的")
    save(world, "2", head, narrative="他写的。")
    found = plan(world, filler, content)
    assert told(found) == [("1", "What was done", "", "我写的。")]
    assert (found.planned[0].kept, found.kept) == (["Points"], 1)
    assert upload(world, filler, content) == 1
    first = world.response("1")
    assert (first.narrative, first.department_score, first.department_reason) == (
        "我写的。",
        Decimal(1),
        "他定的",
    )
    assert (world.response("2").narrative, world.response("2").version) == ("他写的。", 1)


def test_conflict_is_decided_by_people_field_by_field(world: World, filler: User, head: User) -> None:
    save(world, "1", filler, narrative="原文。")
    content = edited(
        download(world, filler), put(ITEMS, "1", narrative="我写的。", score=1.5, reason="我定的")
    )
    save(world, "1", head, narrative="他写的。", score=Decimal(1), reason="他定的")
    found = plan(world, filler, content)
    assert told(found) == [
        ("1", "What was done?", "他写的。", "我写的。"),
        ("1", "Points?", "1 points\nReason: 他定的", "1.5 points\nReason: 我定的"),
    ]
    assert found.conflicts == 2
    # Where nothing is chosen, what is stored stays.
    assert upload(world, filler, content) == 0
    narrative = found.planned[0].differences[0].name
    assert upload(world, filler, content, {narrative: "mine"}) == 1
    first = world.response("1")
    assert (first.narrative, first.department_score, first.department_reason) == (
        "我写的。",
        Decimal(1),
        "他定的",
    )


def test_same_change_on_both_sides_is_none(world: World, filler: User, head: User) -> None:
    content = edited(download(world, filler), put(ITEMS, "1", narrative="一样。"))
    save(world, "1", head, narrative="一样。")
    found = plan(world, filler, content)
    assert (told(found), found.kept, found.conflicts) == ([], 0, 0)


def test_points_are_shown_one_after_the_other_and_texts_over_each_other(world: World, filler: User) -> None:
    save(world, "1", filler, narrative="已落实。", score=Decimal(2))
    edits = put(ITEMS, "1", narrative="未落实。", score=1, reason="缺一份")
    text, points = plan(world, filler, edited(download(world, filler), edits)).planned[0].differences
    assert (text.is_long, bool(text.paragraphs)) == (True, True)
    assert (points.is_long, points.paragraphs) == (True, ())


def test_points_and_their_rows_are_decided_together(world: World, filler: User, head: User) -> None:
    """A row that was added beside points that somebody else has given since is a conflict of both."""
    content = edited(download(world, filler), put(LOSSES, "1", points=0.5, why="迟报"))
    save(world, "1", head, score=Decimal(1), reason="他定的")
    assert told(plan(world, filler, content)) == [
        ("1", "Points?", "1 points\nReason: 他定的", "as follows from the rules\n−0.5　迟报")
    ]


def test_save_between_preview_and_storing_is_not_overwritten(world: World, filler: User, head: User) -> None:
    content = edited(
        download(world, filler), put(ITEMS, "1", narrative="我写的。"), put(ITEMS, "2", narrative="也是我。")
    )
    looked_at = plan(world, filler, content)
    save(world, "2", head, narrative="他写的。")
    from assessments.offline.storing import store_upload

    with pytest.raises(StaleUpload):
        store_upload(plan=looked_at, by=filler, filename="f.xlsx")
    assert world.response("1").version == 0
    assert looked_at.fingerprint != plan(world, filler, content).fingerprint


def test_storing_leaves_an_event(world: World, filler: User) -> None:
    upload(world, filler, edited(download(world, filler), put(ITEMS, "1", narrative="做了。")))
    event = Event.objects.get(action="assessment.filled_offline")
    assert event.details == {"file": "填报表.xlsx", "responses": [world.response("1").pk]}


# Locked items, and those that are somebody else's now


def test_locked_items_are_there_to_be_read_and_changes_in_them_are_named(
    world: World, filler: User, head: User
) -> None:
    response = save(world, "1", filler, narrative="做了。", score=Decimal(2))
    perform(load_for_saving(response.pk), Action.SUBMIT, by=head, version=1, reason="")
    content = download(world, filler)
    assert shown(content, ITEMS, "1", "state", "narrative") == ["已提交", "做了。"]
    changed = edited(
        content, put(ITEMS, "1", narrative="改了。", score="乱写"), put(ITEMS, "2", narrative="班额。")
    )
    found = plan(world, filler, changed)
    assert [(each.name, each.why.place, each.why.message) for each in found.left_out] == [
        (
            "1 经费投入",
            "sheet “填报” H4",
            "The item has been submitted; it can be filled in again once it is taken back or returned.",
        )
    ]
    assert errors(found) == []
    assert upload(world, filler, changed) == 1
    assert world.response("1").narrative == "做了。"


def test_item_that_was_given_to_another_department_is_not_stored(world: World, filler: User) -> None:
    content = edited(download(world, filler), put(ITEMS, "1", narrative="改了。"))
    Assignment.objects.filter(response=world.response("1")).update(lead=world.departments["a2"])
    found = plan(world, filler, content)
    assert [(each.name, each.why.message) for each in found.left_out] == [
        ("1 经费投入", "It is no longer assigned to you, or no longer in the framework.")
    ]
    assert upload(world, filler, content) == 0


def test_workbook_of_another_assessment_is_not_read(world: World, filler: User) -> None:
    other = download(world, world.people[Role.FILLER, "b1"], "b")
    found = plan(world, filler, other)
    assert errors(found) == ["This workbook is of another assessment. Nothing of it was read."]
    assert (found.planned, found.left_out) == ([], [])


def test_coordinator_fills_in_what_is_accepted(world: World, filler: User, head: User) -> None:
    coordinator = world.people[Role.COORDINATOR, "a"]
    response = save(world, "1", filler, narrative="做了。", score=Decimal(2))
    perform(load_for_saving(response.pk), Action.SUBMIT, by=head, version=1, reason="")
    perform(load_for_saving(response.pk), Action.ACCEPT, by=coordinator, version=1, reason="")
    content = download(world, coordinator)
    changed = edited(
        content, put(ITEMS, "1", narrative="改了。", score=1.5), put(ITEMS, "2", narrative="不是我的。")
    )
    found = plan(world, coordinator, changed)
    assert errors(found) == ["sheet “填报” L4: Say why 0.5 points are lost."]
    assert [each.name for each in found.left_out] == ["2 标准班额"]
    changed = edited(changed, put(ITEMS, "1", reason="材料不全"))
    assert upload(world, coordinator, changed) == 1
    first = world.response("1")
    assert (first.district_score, first.district_reason, first.department_score) == (
        Decimal("1.5"),
        "材料不全",
        Decimal(2),
    )


# Contributions


def test_supporting_department_writes_its_contributions(world: World) -> None:
    person = world.people[Role.FILLER, "a2"]
    world.response("1").assignment.supporting.add(world.departments["a2"])
    content = download(world, person)
    assert sheets(content) == ["配合意见"]
    changed = edited(
        content, put(CONTRIBUTIONS, "1", contribution="拨了。", enclosed="文件一\n文件二", done="是")
    )
    assert told(plan(world, person, changed)) == [
        ("1", "What our department did", "", "拨了。"),
        ("1", "Supporting materials", "", "文件一\n文件二"),
        ("1", "Marked as done", "no", "yes"),
    ]
    assert upload(world, person, changed) == 1
    kept = Contribution.objects.get()
    assert (kept.text, kept.materials, kept.done, kept.version) == ("拨了。", "文件一\n文件二", True, 1)
    assert told(plan(world, person, changed)) == []
    only_done = edited(content, put(CONTRIBUTIONS, "1", contribution=None, done="是"))
    assert [name for _item, name, *_values in told(plan(world, person, only_done))] == []


# How much it asks


@pytest.mark.parametrize("labels", [("1",), ("1", "2", "3")])
def test_queries_do_not_grow_with_the_items(
    world: World, filler: User, django_assert_num_queries: DjangoAssertNumQueries, labels: tuple[str, ...]
) -> None:
    for label in "123":
        if label not in labels:
            Assignment.objects.filter(response=world.response(label)).update(lead=world.departments["a2"])
    content = edited(download(world, filler), *(put(ITEMS, label, narrative="做了。") for label in labels))
    mine_of(world, filler)
    with django_assert_num_queries(10):
        mine = mine_of(world, filler)
    with django_assert_num_queries(0):
        from assessments.offline.planning import plan_upload
        from assessments.offline.reading import read_upload

        plan_upload(mine, read_upload(mine, content, "f.xlsx"))


def test_every_kind_of_rule_comes_back_unchanged(db: None) -> None:
    world = make_world(make_framework(**every_kind_data()))
    person = world.people[Role.FILLER, "a1"]
    content = edited(download(world, person))
    found = plan(world, person, content)
    assert (told(found), errors(found), remarks(found)) == ([], [], [])
