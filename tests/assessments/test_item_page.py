"""The page of one item: read, try out, save, and take a step."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from accounts.roles import Role
from assessments.models import Assignment, Response
from assessments.opening import open_assessment
from assessments.responses import load_for_saving, save_response
from assessments.settling import Content
from assessments.states import State
from tests.factories import World, make_cycle, make_framework, make_real_world

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


def signed_in(world: World, role: Role = Role.FILLER, organisation: str = "a1") -> Client:
    client = Client()
    client.force_login(world.people[role, organisation])
    client.cookies["django_language"] = "en"
    return client


def typed(**fields: Any) -> dict[str, Any]:
    return {"version": "0", "narrative": "做了", "score": "", "reason": "", **fields}


def url(world: World, label: str = "2", district: str = "a") -> str:
    return f"/responses/{world.response(label, district).pk}/"


def put(world: World, state: State, label: str = "2", **fields: Any) -> None:
    Response.objects.filter(pk=world.response(label).pk).update(state=state, **fields)


def test_lead_department_gets_a_form_with_its_figure(world: World) -> None:
    page = signed_in(world).get(url(world))
    assert page.status_code == 200
    assert list(page.context["form"].fields) == [
        *("version", "narrative", "score", "reason", "measure_share"),
        *("loss_0_points", "loss_0_reason", "loss_0_measured", "loss_0_standard", "loss_0_unit"),
    ]
    assert page.context["form"].initial["version"] == 0


def test_form_offers_not_applicable_only_where_the_framework_does(world: World) -> None:
    form = signed_in(world).get(url(world, "3")).context["form"]
    assert {"not_applicable", "na_reason"} <= set(form.fields)


def test_stored_content_comes_back_with_numbers_written_once(world: World) -> None:
    client = signed_in(world)
    client.post(url(world), typed(measure_share="80.8400", score="3.50", reason="已整改"))
    page = client.get(url(world))
    assert page.context["form"]["measure_share"].value() == Decimal("80.84")
    content = page.content.decode()
    assert 'value="80.84"' in content
    assert 'value="3.5"' in content


def test_points_by_the_rules_are_not_filled_in_and_follow_the_figure(world: World) -> None:
    client = signed_in(world)
    client.post(url(world), typed(measure_share="80.84", score="3.1"))
    page = client.get(url(world))
    form = page.context["form"]
    assert form["score"].value() is None
    assert 'placeholder="3.1"' in str(form["score"])
    again = {name: form[name].value() or "" for name in form.fields} | {"measure_share": "85"}
    assert client.post(url(world), again).status_code == 302
    assert world.response("2").department_score == Decimal("3.5")


def test_points_by_the_rules_that_have_a_reason_stay_filled_in(world: World) -> None:
    client = signed_in(world)
    client.post(url(world), typed(measure_share="80.84", score="3.1", reason="经复核"))
    assert client.get(url(world)).context["form"]["score"].value() == Decimal("3.1")


def test_empty_points_say_what_they_stand_for_only_where_the_rules_decide(world: World) -> None:
    client = signed_in(world)
    assert "placeholder" not in client.get(url(world)).context["form"].fields["score"].widget.attrs
    tried = client.post(url(world), typed(preview="1", measure_share="85"))
    assert 'placeholder="3.5"' in tried.content.decode()
    assert "placeholder" not in client.get(url(world, "1")).context["form"].fields["score"].widget.attrs


def test_save_stores_and_returns_to_the_item(world: World) -> None:
    answer = signed_in(world).post(url(world), typed(measure_share="80.84"))
    assert answer.status_code == 302
    assert answer.headers["Location"] == url(world)
    stored = world.response("2")
    assert (stored.state, stored.version, stored.department_score) == (State.DRAFT, 1, Decimal("3.1"))


def test_save_and_next_goes_to_the_next_item_that_is_open(world: World) -> None:
    put(world, State.ACCEPTED, "2", department_score=Decimal(4), district_score=Decimal(4))
    client = signed_in(world)
    answer = client.post(url(world, "1"), typed(score="2", save_and_next="1"))
    assert answer.headers["Location"] == url(world, "3")
    last = client.post(url(world, "3"), typed(score="4", save_and_next="1"))
    assert last.headers["Location"] == url(world, "3")


@pytest.mark.parametrize(
    "score", ["NaN", "Infinity", "-1", "1E+3", "1E+999999", "1E-999999", "0E-999999", "3.15", "4.1", "三"]
)
def test_points_that_cannot_be_get_a_sentence_at_the_field(world: World, score: str) -> None:
    answer = signed_in(world).post(url(world), typed(measure_share="80.84", score=score, reason="理由"))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["score"]
    assert answer.context["form"]["narrative"].value() == "做了"
    assert world.response("2").version == 0


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "1E+11", "1E+999999", "1E-5", "0E-999999", "80,84"])
def test_figures_that_cannot_be_get_a_sentence_at_the_field(world: World, figure: str) -> None:
    answer = signed_in(world).post(url(world), typed(measure_share=figure))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["measure_share"]


def test_deviation_without_a_reason_gets_a_sentence_at_the_reason(world: World) -> None:
    answer = signed_in(world).post(url(world), typed(measure_share="80.84", score="4"))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"reason": ["The rules give 3.1 points; say why it should be 4."]}
    assert "The rules give 3.1 points" in answer.content.decode()


def test_missing_version_gets_a_sentence(world: World) -> None:
    answer = signed_in(world).post(url(world), typed(version=""))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"version"}


@pytest.mark.parametrize(
    ("figure", "stored"),
    [
        ("80.84%", "80.84"),
        ("８０．８４％", "80.84"),
        ("80。84", "80.84"),
        (" 80.84 % ", "80.84"),
        ("1,234.5", "1234.5"),
        ("-5", "-5"),
    ],
)
def test_figures_are_read_as_people_type_them(world: World, figure: str, stored: str) -> None:
    answer = signed_in(world).post(url(world), typed(measure_share=figure, narrative="a\x00b"))
    assert answer.status_code == 302
    assert world.response("2").measure_values.get().value == Decimal(stored)
    assert world.response("2").narrative == "a b"


@pytest.mark.parametrize("figure", ["1_0", "12,34", "1,2345", "8 0", "80.84个", "²", "0x10", "1e1"])
def test_what_is_no_number_gets_a_sentence(world: World, figure: str) -> None:
    answer = signed_in(world).post(url(world), typed(measure_share=figure))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"measure_share": ["Write a number, such as 13.5."]}


def test_text_that_is_too_long_is_refused_and_not_cut(world: World) -> None:
    answer = signed_in(world).post(url(world), typed(measure_share="95", narrative="长" * 20_001))
    assert set(answer.context["form"].errors) == {"narrative"}
    assert "maxlength" not in answer.content.decode()


def test_fields_that_are_not_the_forms_are_ignored(world: World) -> None:
    signed_in(world).post(
        url(world),
        typed(measure_share="95", state="accepted", district_score="4", saved_by="1", not_applicable="on"),
    )
    stored = world.response("2")
    assert (stored.state, stored.district_score, stored.applicable) == (State.DRAFT, None, True)


def test_stale_save_shows_both_texts_and_can_be_saved_on_top(world: World) -> None:
    first, second = signed_in(world), signed_in(world, Role.DEPARTMENT_HEAD)
    first.post(url(world, "1"), typed(narrative="先到的文字", score="2"))
    answer = second.post(url(world, "1"), typed(narrative="后到的文字", score="1.5", reason="少一次"))
    assert answer.status_code == 409
    content = answer.content.decode()
    assert "先到的文字" in content
    assert "后到的文字" in content
    form = answer.context["form"]
    assert (form["version"].value(), form["score"].value(), form["reason"].value()) == ("1", "1.5", "少一次")
    assert world.response("1").narrative == "先到的文字"
    again = {name: form[name].value() or "" for name in form.fields}
    assert second.post(url(world, "1"), again).status_code == 302
    stored = world.response("1")
    assert (stored.narrative, stored.version, stored.department_score) == ("后到的文字", 2, Decimal("1.5"))


def test_preview_answers_with_the_fragment_alone_to_htmx(world: World) -> None:
    answer = signed_in(world).post(
        url(world), typed(preview="1", measure_share="80.84"), headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    content = answer.content.decode()
    assert "3.1" in content
    assert "9.16" in content
    assert "<html" not in content
    assert "<form" not in content
    assert world.response("2").version == 0


def test_preview_shows_the_whole_page_without_htmx_and_stores_nothing(world: World) -> None:
    answer = signed_in(world).post(
        url(world), typed(preview="1", measure_share="80.84", narrative="写了一半")
    )
    assert answer.status_code == 200
    content = answer.content.decode()
    assert "<html" in content
    assert "9.16" in content
    assert "写了一半" in content
    assert world.response("2").version == 0


@pytest.mark.parametrize("figure", ["", "abc", "1E+999999"])
def test_preview_of_no_figure_names_what_it_waits_for(world: World, figure: str) -> None:
    answer = signed_in(world).post(
        url(world), typed(preview="1", measure_share=figure), headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert "标准班额占比" in answer.content.decode()


def test_invisible_is_404_and_visible_but_locked_is_403(world: World) -> None:
    assert signed_in(world).get(url(world, district="b")).status_code == 404
    assert signed_in(world).post(url(world, district="b"), typed()).status_code == 404
    assert signed_in(world).get("/responses/999999/").status_code == 404
    put(world, State.SUBMITTED)
    assert signed_in(world).get(url(world)).status_code == 200
    assert signed_in(world).post(url(world), typed()).status_code == 403
    assert signed_in(world, Role.LEADER, "a").post(url(world), typed()).status_code == 403


def test_other_department_sees_an_item_once_it_is_accepted(world: World) -> None:
    client = signed_in(world, Role.FILLER, "a2")
    assert client.get(url(world)).status_code == 404
    put(world, State.ACCEPTED, department_score=Decimal(4), district_score=Decimal(4))
    page = client.get(url(world))
    assert page.status_code == 200
    assert page.context["form"] is None


def test_ended_role_is_gone_at_the_next_request(world: World) -> None:
    client = signed_in(world)
    assert client.get(url(world)).status_code == 200
    Membership.objects.filter(user=world.people[Role.FILLER, "a1"]).update(ends_on="2020-12-31")
    assert client.get(url(world)).status_code == 404
    assert client.post(url(world), typed()).status_code == 404


def test_head_is_answered_like_get(world: World) -> None:
    answer = signed_in(world).head(url(world))
    assert (answer.status_code, answer.content) == (200, b"")
    assert signed_in(world).put(url(world)).status_code == 405


def act(world: World, client: Client, action: str, label: str = "2", **fields: str) -> Any:
    """A step by somebody who has read what is stored now, unless ``fields`` name another version."""
    version = str(world.response(label).version)
    return client.post(f"{url(world, label)}{action}/", {"version": version, **fields})


def test_steps_are_taken_from_the_page(world: World) -> None:
    head, boss = signed_in(world, Role.DEPARTMENT_HEAD), signed_in(world, Role.COORDINATOR, "a")
    head.post(url(world), typed(measure_share="95"))
    answer = act(world, head, "submit")
    assert (answer.status_code, answer.headers["Location"]) == (302, url(world))
    assert act(world, boss, "accept", score="3.5", reason="材料不全").status_code == 302
    stored = world.response("2")
    assert (stored.state, stored.district_score) == (State.ACCEPTED, Decimal("3.5"))
    assert act(world, boss, "return", reason="补材料").status_code == 302
    assert world.response("2").state == State.RETURNED
    assert act(world, boss, "return", reason="补材料").status_code == 403


def test_refused_step_shows_why_and_keeps_what_was_typed(world: World) -> None:
    put(world, State.SUBMITTED, narrative="做了", department_score=Decimal(4))
    boss = signed_in(world, Role.COORDINATOR, "a")
    answer = act(world, boss, "accept", score="3.5", reason="")
    assert answer.status_code == 422
    assert answer.context["action_form"].errors == {
        "reason": ["Say why the district's points differ from the department's."]
    }
    assert "Say why the district" in answer.content.decode()
    assert 'value="3.5"' in answer.content.decode()
    for score in ("NaN", "abc", "1E+999999", "9"):
        refused = act(world, boss, "accept", score=score, reason="理由")
        assert refused.status_code == 422
        assert list(refused.context["action_form"].errors) == ["score"]
    assert world.response("2").state == State.SUBMITTED


def resubmitted(world: World) -> tuple[Client, Client]:
    """Head and coordinator; the coordinator opened version 1, the head has since submitted version 2."""
    head, boss = signed_in(world, Role.DEPARTMENT_HEAD), signed_in(world, Role.COORDINATOR, "a")
    head.post(url(world), typed(measure_share="95", narrative="第一稿"))
    act(world, head, "submit")
    assert 'name="version" value="1"' in boss.get(url(world)).content.decode()
    act(world, head, "take_back")
    head.post(url(world), typed(measure_share="80.84", narrative="第二稿", version="1"))
    act(world, head, "submit")
    return head, boss


def test_accepting_what_was_not_seen_shows_what_is_stored_and_does_nothing(world: World) -> None:
    _head, boss = resubmitted(world)
    answer = act(world, boss, "accept", version="1", score="4", reason="")
    assert answer.status_code == 409
    content = answer.content.decode()
    assert "department_head-a1 saved this item at" in content
    assert "Your step was not taken." in content
    assert "第二稿" in content
    stored = world.response("2")
    assert (stored.state, stored.district_score) == (State.SUBMITTED, None)
    again = answer.context["action_form"]
    assert (again["version"].value(), again["score"].value()) == ("2", "3.1")
    shown = {name: again[name].value() or "" for name in again.fields}
    assert act(world, boss, "accept", **shown).status_code == 302
    assert world.response("2").district_score == Decimal("3.1")


@pytest.mark.parametrize(("action", "score"), [("accept", "2.5"), ("return", "")])
def test_step_on_what_was_not_seen_keeps_what_was_typed(world: World, action: str, score: str) -> None:
    _head, boss = resubmitted(world)
    answer = act(world, boss, action, version="1", score=score, reason="请写明学校名称")
    assert answer.status_code == 409
    assert "请写明学校名称" in answer.content.decode()
    assert answer.context["action_form"]["score"].value() == score
    assert world.response("2").state == State.SUBMITTED


def test_submitting_what_was_not_seen_shows_what_is_stored(world: World) -> None:
    filler, head = signed_in(world), signed_in(world, Role.DEPARTMENT_HEAD)
    filler.post(url(world), typed(measure_share="95", narrative="第一稿"))
    filler.post(url(world), typed(measure_share="95", narrative="第二稿", version="1"))
    answer = act(world, head, "submit", version="1")
    assert answer.status_code == 409
    assert answer.context["form"]["narrative"].value() == "第二稿"
    assert world.response("2").state == State.DRAFT
    assert act(world, head, "submit").status_code == 302


def test_refused_step_does_not_pass_for_what_was_stored_meanwhile(world: World) -> None:
    _head, boss = resubmitted(world)
    refused = act(world, boss, "accept", version="1", score="abc", reason="理由")
    assert refused.status_code == 422
    assert 'name="version" value="1"' in refused.content.decode()


@pytest.mark.parametrize("version", ["", "abc"])
def test_step_without_a_version_is_refused(world: World, version: str) -> None:
    put(world, State.SUBMITTED, narrative="做了", department_score=Decimal(4))
    answer = act(world, signed_in(world, Role.COORDINATOR, "a"), "accept", version=version)
    assert answer.status_code == 422
    assert list(answer.context["action_form"].errors) == ["version"]
    assert world.response("2").state == State.SUBMITTED


def test_submission_that_lacks_something_says_what(world: World) -> None:
    client = signed_in(world, Role.DEPARTMENT_HEAD)
    put(world, State.DRAFT)
    answer = act(world, client, "submit")
    assert answer.status_code == 422
    assert answer.context["form"] is not None
    assert "Still missing: 标准班额占比, what was done, self-assessed score." in answer.content.decode()


@pytest.mark.parametrize("action", ["delete", "SUBMIT", "perform", "submit "])
def test_unknown_step_is_404(world: World, action: str) -> None:
    assert act(world, signed_in(world), action).status_code == 404


def test_address_of_a_step_leads_to_its_item(world: World) -> None:
    answer = signed_in(world).get(f"{url(world)}submit/")
    assert (answer.status_code, answer.headers["Location"]) == (302, url(world))
    assert world.response("2").state == State.EMPTY


def test_stored_markup_is_text_on_every_page(world: World) -> None:
    client, boss = signed_in(world), signed_in(world, Role.COORDINATOR, "a")
    client.post(url(world, "1"), typed(narrative=HOSTILE, score="1", reason=HOSTILE))
    client.post(url(world, "3"), typed(narrative=HOSTILE, not_applicable="on", na_reason=HOSTILE))
    put(world, State.SUBMITTED, "1")
    act(world, boss, "return", "1", reason=HOSTILE)
    stale = client.post(url(world, "1"), typed(narrative=HOSTILE, reason=HOSTILE, version="7"))
    pages = [
        *(client.get(url(world, label)) for label in ("1", "3")),
        boss.get(url(world, "1")),
        boss.get("/"),
        boss.get(f"/assessments/{world.assessments['a'].pk}/"),
        stale,
    ]
    assert world.response("1").return_reason == HOSTILE
    for page in pages:
        content = page.content.decode()
        assert page.status_code in (200, 409)
        assert "<script>alert" not in content
        assert "<img src=x" not in content
    assert "&lt;script&gt;alert(1)" in pages[0].content.decode()


@pytest.mark.parametrize(("role", "organisation"), [(Role.FILLER, "a1"), (Role.COORDINATOR, "a")])
def test_item_page_takes_the_same_few_queries_for_one_item_and_for_54(
    db: None, role: Role, organisation: str
) -> None:
    world = make_real_world()
    Response.objects.filter(item__label="15", district_score__isnull=False).update(
        state=State.DRAFT, district_score=None
    )
    figure = {"code": "share", "name": "占比", "unit": "%"}
    sections = [
        {"title": "一", "items": [{"label": "1", "title": "一", "weight": "1", "measures": [figure]}]}
    ]
    cycle = make_cycle(make_framework(code="small", sections=sections), world.committee, code="small")
    small = open_assessment(cycle=cycle, organisation=world.districts["a"], by=None)
    only = small.responses.get()
    Assignment.objects.create(response=only, lead=world.departments["a1"])
    Response.objects.filter(pk=only.pk).update(state=State.DRAFT)
    save_response(
        response=load_for_saving(only.pk),
        content=Content(narrative="做了", score=Decimal(1)),
        version=0,
        by=world.people[Role.FILLER, "a1"],
    )
    client = signed_in(world, role, organisation)
    counts = []
    for pk in (only.pk, world.response("15").pk):
        client.get(f"/responses/{pk}/")  # what is published is remembered from now on
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/responses/{pk}/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[1] <= 21
