"""Rows of points, materials and what cannot be read, as the form of an item takes them."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.roles import Role
from assessments.forms.response import MOST_ROWS, ResponseForm
from assessments.models import Deduction, Response
from assessments.responses import load_for_saving
from assessments.settling import Loss
from assessments.states import State
from tests.factories import World, every_kind_data, make_framework, make_world

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


def signed_in(world: World, role: Role = Role.FILLER, organisation: str = "a1") -> Client:
    client = Client()
    client.force_login(world.people[role, organisation])
    client.cookies["django_language"] = "en"
    return client


def typed(**fields: Any) -> dict[str, Any]:
    return {"version": "0", "narrative": "做了", "score": "", "reason": "", **fields}


def row(number: int, points: str = "0.5", reason: str = "材料不全", **more: str) -> dict[str, str]:
    parts = {"points": points, "reason": reason, **more}
    return {f"loss_{number}_{part}": value for part, value in parts.items()}


def url(world: World, label: str = "1") -> str:
    return f"/responses/{world.response(label).pk}/"


def losses(world: World, label: str = "1") -> list[tuple[Decimal, str]]:
    return list(world.response(label).deductions.values_list("points", "reason"))


def form_of(world: World, data: dict[str, Any] | None, label: str = "1") -> ResponseForm:
    return ResponseForm(data, response=load_for_saving(world.response(label).pk))


def test_rows_are_stored_and_come_back_with_the_points_left_empty(world: World) -> None:
    client = signed_in(world)
    figures = {"measured": "９５", "standard": "98%", "unit": "%"}
    data = typed(**row(0), **row(2, "0.3", "完成率低。", measured="95", standard="98", unit="%"))
    assert client.post(url(world), data).status_code == 302, figures
    assert world.response("1").department_score == Decimal("1.2")
    assert losses(world) == [(Decimal("0.5"), "材料不全"), (Decimal("0.3"), "完成率低")]
    assert Deduction.objects.get(order=2).measured == Decimal(95)
    form = client.get(url(world)).context["form"]
    assert (form["score"].value(), form["reason"].value(), form.rows) == (None, "", 3)
    assert form["loss_1_measured"].value() == Decimal(95)


def test_saved_again_as_it_came_back_nothing_changes(world: World) -> None:
    client = signed_in(world)
    client.post(url(world), typed(score="1", reason="丙", **row(0), **row(1, "0.3", "乙")))
    form = client.get(url(world)).context["form"]
    again = {name: form[name].value() or "" for name in form.fields} | {"narrative": "改了"}
    assert (again["score"], again["reason"]) == (Decimal(1), "丙")
    before = losses(world)
    assert before == [(Decimal("0.5"), "材料不全"), (Decimal("0.3"), "乙"), (Decimal("0.2"), "丙")]
    assert client.post(url(world), again).status_code == 302
    assert (losses(world), world.response("1").narrative) == (before, "改了")


def test_one_reason_with_typed_points_is_no_row(world: World) -> None:
    client = signed_in(world)
    client.post(url(world), typed(score="1.5", reason="材料不全。"))
    form = client.get(url(world)).context["form"]
    assert (form["score"].value(), form["reason"].value()) == (Decimal("1.5"), "材料不全。")
    assert form["loss_0_points"].value() is None


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"points": "0.5", "reason": ""}, "loss_0_reason"),
        ({"points": "", "reason": "材料不全"}, "loss_0_points"),
        ({"points": "0"}, "loss_0_points"),
        ({"points": "-1"}, "loss_0_points"),
        ({"points": "NaN"}, "loss_0_points"),
        ({"points": "0.555"}, "loss_0_points"),
        ({"points": "0.55"}, "loss_0_points"),
        ({"points": "1E+999999"}, "loss_0_points"),
        ({"reason": "长" * 501}, "loss_0_points"),
        ({"measured": "1" * 12}, "loss_0_measured"),
        ({"measured": "abc"}, "loss_0_measured"),
    ],
)
def test_row_that_cannot_be_gets_a_sentence_at_its_place(
    world: World, parts: dict[str, str], field: str
) -> None:
    answer = signed_in(world).post(url(world), typed(**{**row(0), **row(0, **parts)}))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert world.response("1").version == 0


def test_typed_points_that_are_the_rules_own_do_not_swallow_rows(world: World) -> None:
    data = typed(measure_share="80.84", score="3.1", **row(0))
    answer = signed_in(world).post(url(world, "2"), data)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["score"])


def test_rows_are_added_and_taken_away_without_storing_anything(world: World) -> None:
    client = signed_in(world)
    data = typed(rows="2", **row(0, "0.5", "甲"), **row(1, "0.3", "乙"))
    more = client.post(url(world), {**data, "add_row": "1"}).context["form"]
    assert more.rows == 3
    less = client.post(url(world), {**data, "drop_row": "0"}).context["form"]
    assert (less["loss_0_reason"].value(), less["loss_1_reason"].value()) == ("乙", "")
    part = client.post(url(world), {**data, "drop_row": "1", "preview": "1"}, headers={"HX-Request": "true"})
    assert 'name="loss_0_reason"' in part.content.decode()
    assert "<html" not in part.content.decode()
    assert world.response("1").version == 0


@pytest.mark.parametrize("rows", ["", "-1", "²", "1e3", "99999999", "3\0"])
@pytest.mark.parametrize("button", ["add_row", "drop_row"])
def test_hostile_numbers_of_rows_are_put_up_with(world: World, rows: str, button: str) -> None:
    answer = signed_in(world).post(url(world), typed(rows=rows, **{button: rows}, **row(999), **row(0)))
    assert answer.status_code == 200
    assert answer.context["form"].rows <= MOST_ROWS + 1


def test_proposal_adds_up_rules_and_rows(world: World) -> None:
    data = typed(measure_share="80.84", preview="1", **row(0))
    part = signed_in(world).post(url(world, "2"), data, headers={"HX-Request": "true"})
    assert "4 − 0.9 − 0.5 = 2.6" in part.content.decode()
    alone = signed_in(world).post(url(world), typed(preview="1", **row(0)), headers={"HX-Request": "true"})
    assert "2 − 0.5 = 1.5" in alone.content.decode()


def test_form_with_errors_still_says_what_can_be_stored(world: World) -> None:
    signed_in(world).post(url(world, "2"), typed(measure_share="80.84", **row(0)))
    data = typed(version="1", narrative="新的", measure_share="abc", score="x", reason="改")
    form = form_of(world, data, "2")
    assert not form.is_valid()
    content = form.content()
    assert set(form.errors) == {"measure_share", "score"}
    assert (content.narrative, content.measures) == ("新的", {"share": Decimal("80.8400")})
    assert (content.score, content.reason) == (None, "")
    assert content.losses == (Loss(Decimal("0.5"), "材料不全"),)


def test_shorter_form_leaves_rows_and_materials_as_they_are(db: None) -> None:
    world = make_world(make_framework(**every_kind_data()))
    label = "1 制度建设情况"
    data = typed(measure_plan="1", measure_staff="1", material_0_reference="一号文", **row(0))
    signed_in(world).post(url(world, label), data)
    form = form_of(world, typed(version="1", measure_plan="1", measure_staff="1"), label)
    assert form.is_valid()
    content = form.content()
    assert content.materials == {"实施方案": "一号文"}
    assert [loss.reason for loss in content.losses] == ["材料不全"]


def test_materials_are_ticked_by_box_or_by_number(db: None) -> None:
    world = make_world(make_framework(**every_kind_data()))
    label, client = "1 制度建设情况", signed_in(world)
    data = typed(material_0_reference=" 区府办〔2021〕3号 ", material_1_reference="", material_9="on")
    assert client.post(url(world, label), data).status_code == 302
    ticks = world.response(label).material_ticks
    assert list(ticks.values_list("name", "reference")) == [("实施方案", "区府办〔2021〕3号")]
    page = client.get(url(world, label))
    assert page.context["missing_materials"] == ["人员名册"]
    data = typed(version="1", material_0_reference="", material_1="on", material_1_reference="")
    client.post(url(world, label), data)
    assert list(ticks.values_list("name", "reference")) == [("人员名册", "")]
    long = client.post(url(world, label), typed(version="2", material_0_reference="长" * 201))
    assert (long.status_code, list(long.context["form"].errors)) == (422, ["material_0_reference"])


def test_missing_materials_do_not_block_submission(db: None) -> None:
    world = make_world(make_framework(**every_kind_data()))
    label, head = "1 制度建设情况", signed_in(world, Role.DEPARTMENT_HEAD)
    head.post(url(world, label), typed(measure_plan="1", measure_staff="1"))
    assert "Required materials neither cited nor ticked" in head.get(url(world, label)).content.decode()
    assert head.post(f"{url(world, label)}submit/", {"version": "1"}).status_code == 302
    assert world.response(label).state == State.SUBMITTED


def test_bonus_rows_are_added_up(db: None) -> None:
    world = make_world(make_framework(**every_kind_data()))
    client = signed_in(world)
    client.post(url(world, "加2"), typed(**row(0, "0.4", "省级表彰"), **row(1, "0.3", "市级表彰")))
    stored = world.response("加2")
    assert stored.department_score == Decimal("0.7")
    assert list(stored.credits.values_list("reason", flat=True)) == ["省级表彰", "市级表彰"]
    assert client.get(url(world, "加2")).context["form"]["loss_1_points"].value() == Decimal("0.3")


def test_markup_in_rows_and_materials_is_text(db: None) -> None:
    world = make_world(make_framework(**every_kind_data()))
    label, client = "1 制度建设情况", signed_in(world)
    client.post(url(world, label), typed(material_0_reference=HOSTILE, **row(0, "0.5", HOSTILE)))
    Response.objects.filter(pk=world.response(label).pk).update(state=State.SUBMITTED)
    for page in (
        client.get(url(world, label)),
        signed_in(world, Role.COORDINATOR, "a").get(url(world, label)),
    ):
        content = page.content.decode()
        assert "&lt;script&gt;alert(1)" in content
        assert "<script>alert" not in content
        assert "<img src=x" not in content
