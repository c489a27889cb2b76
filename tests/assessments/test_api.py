"""Results for other programs, over HTTP and on the command line."""

import json
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import OuterRef, Subquery
from django.test import Client
from django.utils import translation

from accounts.roles import Role
from assessments.models import Response
from assessments.states import State
from indicators.models import Item
from tests.factories import World, every_kind_data, make_framework, make_real_world, make_world

REAL: dict[str, Any] = {
    "total": "99.1",
    "weight": "100",
    "bonus": "0",
    "bonus_weight": "0",
    "reserved": "0",
    "grade": "优秀",
    "grade_by_points": "优秀",
    "grade_causes": [],
    "bands_are_example": True,
    "scored": 54,
    "items": 54,
    "sections": [
        {
            "title": "贯彻执行党的教育",
            "weight": "11",
            "score": "11",
            "bonus": "0",
            "zeroed": False,
            "scored": 7,
            "items": 7,
        },
        {
            "title": "落实国家教育法律、法规、规章和政策情况",
            "weight": "13.5",
            "score": "13.5",
            "bonus": "0",
            "zeroed": False,
            "scored": 6,
            "items": 6,
        },
        {
            "title": "健全教育保障机制",
            "weight": "26.2",
            "score": "25.3",
            "bonus": "0",
            "zeroed": False,
            "scored": 13,
            "items": 13,
        },
        {
            "title": "推进各级各类教育协调发展",
            "weight": "35.3",
            "score": "35.3",
            "bonus": "0",
            "zeroed": False,
            "scored": 19,
            "items": 19,
        },
        {
            "title": "规范学校办学行为",
            "weight": "8.5",
            "score": "8.5",
            "bonus": "0",
            "zeroed": False,
            "scored": 5,
            "items": 5,
        },
        {
            "title": "重点工作落实情况",
            "weight": "5.5",
            "score": "5.5",
            "bonus": "0",
            "zeroed": False,
            "scored": 4,
            "items": 4,
        },
    ],
    "deductions": [
        {
            "item": 15,
            "label": "15",
            "title": "标准班额达标情况",
            "points": "0.9",
            "reason": "小学一、二年级标准班额占比80.84%，低于标准90%，差9.16个百分点，"
            "每差1个百分点扣0.1分（不足1个百分点不计）",
            "rule": "shortfall",
            "measured": "80.84",
            "standard": "90",
            "unit": "%",
        }
    ],
    "credits": [],
    "vetoes": [],
}


def get(world: World, role: Role, organisation: str, district: str = "a") -> Any:
    client = Client()
    client.force_login(world.people[role, organisation])
    return client.get(f"/api/v1/assessments/{world.assessments[district].pk}/results/")


def score(*arguments: str) -> str:
    out = StringIO()
    call_command("score", *arguments, stdout=out)
    return out.getvalue()


def test_real_report_is_the_same_over_http_and_on_the_command_line(db: None) -> None:
    world = make_real_world()
    answer = get(world, Role.COORDINATOR, "a")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json() == REAL
    assert json.loads(score(str(world.assessments["a"].pk), "--json")) == REAL


def test_open_items_leave_total_and_grade_null(world: World) -> None:
    Response.objects.filter(pk=world.response("1").pk).update(state=State.DRAFT, department_score=Decimal(2))
    answer = get(world, Role.LEADER, "a").json()
    assert (answer["total"], answer["grade"], answer["scored"], answer["items"]) == (None, None, 1, 3)
    assert answer["sections"] == [
        {
            "title": "教育保障",
            "weight": "6",
            "score": "2",
            "bonus": "0",
            "zeroed": False,
            "scored": 1,
            "items": 2,
        },
        {
            "title": "协调发展",
            "weight": "4",
            "score": None,
            "bonus": "0",
            "zeroed": False,
            "scored": 0,
            "items": 1,
        },
    ]


def test_section_that_earned_nothing_is_nought_and_not_null(world: World) -> None:
    Response.objects.filter(pk=world.response("3").pk).update(state=State.DRAFT, department_score=Decimal(0))
    assert [section["score"] for section in get(world, Role.LEADER, "a").json()["sections"]] == [None, "0"]


def test_deduction_names_its_item_by_count_and_by_label(db: None) -> None:
    items = [{"label": label, "title": "甲", "weight": "4"} for label in ("1.1.1", "1.1.2")]
    world = make_world(make_framework(sections=[{"title": "一", "items": items}]))
    world.response("1.1.2").deductions.create(order=1, points=Decimal(1), reason="未建立台账")
    (loss,) = get(world, Role.LEADER, "a").json()["deductions"]
    assert (loss["item"], loss["label"], loss["points"]) == (2, "1.1.2", "1")
    assert score(str(world.assessments["a"].pk)).splitlines()[-1] == "  1.1.2 甲  −1  未建立台账"


def test_nothing_to_be_had_is_null_throughout(db: None) -> None:
    item = {"label": "1", "title": "高中", "weight": "4", "na_allowed": True}
    world = make_world(make_framework(na_policy="exclude", sections=[{"title": "一", "items": [item]}]))
    Response.objects.update(applicable=False, na_reason="我区暂无")
    assert get(world, Role.LEADER, "a").json() == {
        "total": None,
        "weight": None,
        "bonus": None,
        "bonus_weight": None,
        "reserved": None,
        "grade": None,
        "grade_by_points": None,
        "grade_causes": [],
        "bands_are_example": False,
        "scored": 0,
        "items": 1,
        "sections": [
            {
                "title": "一",
                "weight": None,
                "score": None,
                "bonus": None,
                "zeroed": False,
                "scored": 0,
                "items": 1,
            }
        ],
        "deductions": [],
        "credits": [],
        "vetoes": [],
    }
    assert "—" in score(str(world.assessments["a"].pk))


@pytest.mark.parametrize(
    ("role", "organisation", "status"),
    [
        (Role.COORDINATOR, "a", 200),
        (Role.LEADER, "a", 200),
        (Role.AUDITOR, "a", 200),
        (Role.FILLER, "a1", 403),
        (Role.DEPARTMENT_HEAD, "a1", 403),
        (Role.FILLER, "b1", 404),
        (Role.COORDINATOR, "b", 404),
        (Role.ADMINISTRATOR, "a", 404),
        (Role.SECRETARY, "c", 404),
        (Role.AUDITOR, "c", 404),
    ],
)
def test_results_are_for_who_may_read_the_whole(
    world: World, role: Role, organisation: str, status: int
) -> None:
    answer = get(world, role, organisation)
    assert answer.status_code == status
    if status == 200:
        assert answer.headers["Content-Type"] == "application/json"
    else:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == status


def test_anonymous_results_are_refused(world: World) -> None:
    answer = Client().get(f"/api/v1/assessments/{world.assessments['a'].pk}/results/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")


def test_results_are_only_read(world: World) -> None:
    client = Client()
    client.force_login(world.people[Role.COORDINATOR, "a"])
    url = f"/api/v1/assessments/{world.assessments['a'].pk}/results/"
    assert {client.post(url).status_code, client.put(url).status_code, client.delete(url).status_code} == {
        405
    }


def test_score_in_words(db: None) -> None:
    world = make_world()
    Response.objects.filter(pk=world.response("2").pk).update(
        state=State.DRAFT, department_score=Decimal("3.1")
    )
    assert score(str(world.assessments["a"].pk)).splitlines() == [
        "单位a 2021年度督导评价",
        "  教育保障  3.1 / 6",
        "  协调发展  — / 4",
        "  — / 10  —  (1 / 3)",
    ]


def test_score_of_an_unknown_assessment_is_refused(db: None) -> None:
    out, err = StringIO(), StringIO()
    with translation.override("en"):
        for options in ([], ["--json"]):
            with pytest.raises(SystemExit) as refused:
                call_command("score", "7", *options, stdout=out, stderr=err)
            assert refused.value.code == 2
    assert err.getvalue() == "There is no assessment 7.\n"
    assert json.loads(out.getvalue()) == {"error": "There is no assessment 7."}


def test_bonus_vetoes_and_the_cause_of_the_grade_are_told(db: None) -> None:
    data = every_kind_data()
    data["sections"][2]["items"].pop()
    world = make_world(make_framework(**data))
    Response.objects.filter(item__bonus=False).update(
        state=State.ACCEPTED,
        district_score=Subquery(Item.objects.filter(pk=OuterRef("item")).values("weight")),
    )
    Response.objects.filter(item__bonus=True).update(state=State.ACCEPTED, district_score=Decimal("0.5"))
    world.response("6").measure_values.create(code="disaster", value=1)
    world.response("加2").credits.create(order=1, points=Decimal("0.5"), reason="获省级推广")
    answer = get(world, Role.LEADER, "a").json()
    assert [answer[name] for name in ("total", "weight", "bonus", "bonus_weight", "reserved")] == [
        "27",
        "27",
        "1",
        "3",
        "0",
    ]
    cause = "发生重大责任事故，降低一个等次"
    assert (answer["grade"], answer["grade_by_points"], answer["grade_causes"]) == ("良好", "优秀", [cause])
    assert answer["vetoes"] == [{"label": "6", "title": "重大事故", "effect": "lower_grade", "reason": cause}]
    (credit,) = answer["credits"]
    assert (credit["item"], credit["label"], credit["points"], credit["reason"]) == (
        12,
        "加2",
        "0.5",
        "获省级推广",
    )
    assert score(str(world.assessments["a"].pk)).splitlines()[3:] == [
        "  加分与核查  0 / 0  +1",
        "  27 / 27  良好  (12 / 12)  +1",
        "  发生重大责任事故: the grade is lowered by one",
        "  加2 创新做法  +0.5  获省级推广",
    ]


def test_what_the_committee_alone_scores_leaves_a_partial_total(db: None) -> None:
    world = make_world(make_framework(**every_kind_data()))
    answer = get(world, Role.LEADER, "a").json()
    assert (answer["weight"], answer["reserved"], answer["grade"]) == ("27", "10", None)
    assert (
        "  10 points are scored by the committee alone; there is no grade without them."
        in score(str(world.assessments["a"].pk)).splitlines()
    )
