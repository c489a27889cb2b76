"""Last year's report as text: read, looked at, and put beside this year's items."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from assessments.models import Assessment, PastAnswer
from audit.models import Event
from reports.document import Item, Report, Section
from reports.past import PastPlan, plan_past, remove_past, store_past
from tests.factories import FIXTURES, World, make_real_framework, make_world, real_report

pytestmark = pytest.mark.django_db

REAL = (FIXTURES / "honggutan-2021.txt").read_text(encoding="utf-8")

TEXT = """自评报告

市教育督导委员会：
一、自查情况
(一)教育保障(权重6分,自评5分)
1.落实了经费。(权重2分,自评2分)
2.标准班额<b>占比</b>偏低。(权重4分,自评3分)
(二)协调发展(权重4分,自评4分)
3.办好了高中。(权重4分,自评4分)
"""


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def report(*items: Item, **changes: Any) -> Report:
    values: dict[str, Any] = {
        "title": "2020年自评报告",
        "addressee": "",
        "year": 2020,
        "preamble": (),
        "total_weight": None,
        "total_self_score": None,
        "grade": "",
        "sections": (Section("一", "教育保障", None, None, items),),
    }
    return Report(**{**values, **changes})


def item(label: str, **changes: Any) -> Item:
    values: dict[str, Any] = {
        "number": int(label),
        "label": label,
        "weight": Decimal(2),
        "self_score": Decimal("1.5"),
        "paragraphs": ("做了。",),
    }
    return Item(**{**values, **changes})


def plan(world: World, *items: Item, **changes: Any) -> PastPlan:
    assessment = Assessment.objects.select_related("cycle").get(pk=world.assessments["a"].pk)
    return plan_past(report=report(*items, **changes), assessment=assessment, name="去年.txt")


def store(world: World, made: PastPlan, *, who: tuple[str, str] = ("coordinator", "a")) -> int:
    chosen = {match.item.pk for match in made.matches}
    return store_past(plan=made, items=chosen, by=world.people[who])


def test_items_are_matched_by_label_and_weight(world: World) -> None:
    made = plan(world, item("1", paragraphs=("一段。", "", "二段。")), item("2"), item("7"))
    assert [(match.item.label, match.narrative) for match in made.matches] == [("1", "一段。\n二段。")]
    assert [(entry.read.label, entry.reason) for entry in made.unmatched] == [
        ("2", "2 标准班额 has 4 points, the report's has 2."),
        ("7", "The framework has no item 7."),
    ]
    assert [without.label for without in made.without] == ["2", "3"]
    assert (made.source, made.year, made.is_earlier) == ("2020年自评报告", 2020, True)
    assert not PastAnswer.objects.exists()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"paragraphs": ()}, "The report says nothing on it."),
        ({"paragraphs": ("字" * 20_001,)}, "The text has 20001 characters; at most 20000 are kept."),
        ({"paragraphs": ("a" * 501,)}, "More than 500 letters, digits or marks in a row, without any space."),
        ({"bonus": True}, "One of the two is a bonus item, the other is not."),
    ],
)
def test_what_cannot_stand_as_a_text_is_told(world: World, changes: dict[str, Any], reason: str) -> None:
    made = plan(world, item("1", **changes))
    assert (made.matches, [entry.reason for entry in made.unmatched]) == ((), [reason])


def test_report_of_this_year_is_noticed_and_one_without_title_is_called_by_its_file(world: World) -> None:
    made = plan(world, item("1"), year=2021, title="")
    assert (made.is_earlier, made.source) == (False, "去年.txt")
    assert plan(world, item("1"), year=None).is_earlier
    assert plan(world, item("1"), year=99999).year is None


def test_storing_takes_the_place_of_what_was_stored_and_leaves_an_event(world: World) -> None:
    store(world, plan(world, item("1"), item("3", weight=Decimal(4), paragraphs=("高中。",))))
    assert store(world, plan(world, item("1", paragraphs=("新读的。",)), title="另一份")) == 1
    (kept,) = PastAnswer.objects.all()
    assert (kept.source, kept.year, kept.narrative, kept.score) == (
        "另一份",
        2020,
        "新读的。",
        Decimal("1.5"),
    )
    assert kept.read_by == world.people["coordinator", "a"]
    first, second = Event.objects.filter(action="past_report.stored").order_by("sequence")
    assert (first.details["items"], first.details["replaced"]) == (2, 0)
    assert second.details == {"source": "另一份", "year": 2020, "items": 1, "replaced": 2}
    assert second.organisation_id == world.districts["a"].pk


@pytest.mark.parametrize(("points", "kept"), [("2", "2"), ("2.5", None), ("1.234", None)])
def test_points_are_kept_where_they_can_be_the_items(world: World, points: str, kept: str | None) -> None:
    store(world, plan(world, item("1", self_score=Decimal(points))))
    assert PastAnswer.objects.get().score == (Decimal(kept) if kept else None)


def test_nothing_chosen_stores_and_removes_nothing(world: World) -> None:
    made = plan(world, item("1"))
    store(world, made)
    with pytest.raises(ValidationError, match="Choose at least one item"):
        store_past(plan=made, items={10**9}, by=world.people["coordinator", "a"])
    assert PastAnswer.objects.count() == 1


@pytest.mark.parametrize("who", [("leader", "a"), ("filler", "a1"), ("coordinator", "b"), ("secretary", "c")])
def test_only_the_districts_coordinator_stores_and_removes(world: World, who: tuple[str, str]) -> None:
    made = plan(world, item("1"))
    with pytest.raises(PermissionDenied):
        store(world, made, who=who)
    store(world, made)
    with pytest.raises(PermissionDenied):
        remove_past(assessment=world.assessments["a"], by=world.people[who])
    assert PastAnswer.objects.count() == 1


def test_removing_leaves_an_event_once(world: World) -> None:
    store(world, plan(world, item("1")))
    by = world.people["coordinator", "a"]
    assert [remove_past(assessment=world.assessments["a"], by=by) for _time in range(2)] == [1, 0]
    assert Event.objects.get(action="past_report.removed").details == {"items": 1}


def test_planning_takes_one_query_for_the_real_report(db: None) -> None:
    world = make_world(make_real_framework())
    assessment = Assessment.objects.select_related("cycle").get(pk=world.assessments["a"].pk)
    with CaptureQueriesContext(connection) as queries:
        made = plan_past(report=real_report(), assessment=assessment, name="")
    assert (len(made.matches), made.unmatched, made.without, len(queries)) == (54, (), (), 1)


# The pages.


@pytest.fixture
def page(client: Client, world: World) -> Client:
    client.cookies["django_language"] = "en"
    client.force_login(world.people["coordinator", "a"])
    return client


def address(world: World, name: str = "past-report", district: str = "a") -> str:
    return reverse(name, args=[world.assessments[district].pk])


def upload(content: bytes, name: str = "去年.txt") -> dict[str, Any]:
    return {"do": "read", "file": SimpleUploadedFile(name, content)}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_file_is_read_shown_and_stored(page: Client, world: World, encoding: str) -> None:
    shown = page.post(address(world), upload(TEXT.encode(encoding)), follow=True)
    text = shown.content.decode()
    assert text.count('name="item"') == 3
    assert "标准班额&lt;b&gt;占比&lt;/b&gt;偏低。" in text
    chosen = [world.response(label).item_id for label in "12"]
    stored = page.post(address(world, "past-report-preview"), {"item": chosen}, follow=True)
    assert "beside 2 items now" in stored.content.decode()
    assert list(PastAnswer.objects.order_by("item__label").values_list("narrative", "score")) == [
        ("落实了经费。", Decimal(2)),
        ("标准班额<b>占比</b>偏低。", Decimal(3)),
    ]
    assert page.get(address(world, "past-report-preview")).status_code == 302


def test_pasted_text_is_read_and_what_is_stored_can_be_taken_away(page: Client, world: World) -> None:
    page.post(address(world), {"do": "read", "text": TEXT})
    page.post(address(world, "past-report-preview"), {"item": [world.response("1").item_id]})
    assert "落实了经费。" in page.get(address(world)).content.decode()
    page.post(address(world), {"do": "remove"})
    assert not PastAnswer.objects.exists()


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({"do": "read"}, "Choose a file, or paste the text."),
        ({"do": "read", "text": " \n "}, "文件是空的"),
        ({"do": "read", "text": "没有观测点的话。"}, "没有"),
        (upload(b""), "文件是空的"),
        (upload(b"%PDF-1.7"), "不是纯文本"),
        (upload(b"\xff\xfe\xff", "坏.txt"), "不是可识别的文本"),
        (upload(b"x" * 5_000_001), "文件去年.txt过大"),
        (upload(("字" * 1_000_001).encode()), "文件过大"),
    ],
)
def test_what_cannot_be_read_is_told_and_nothing_stored(
    page: Client, world: World, posted: dict[str, Any], said: str
) -> None:
    answer = page.post(address(world), posted)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert page.get(address(world, "past-report-preview")).status_code == 302


def test_a_hostile_text_of_a_megabyte_gets_a_page(page: Client, world: World) -> None:
    hostile = TEXT + f"4.<script>{'字' * 900}(权重2分,自评2分)\n" * 1_000
    assert len(hostile) > 900_000
    answer = page.post(address(world), upload(hostile.encode()), follow=True)
    assert answer.status_code == 200
    assert "<script>(" not in answer.content.decode()


@pytest.mark.parametrize("items", [[], ["x"], ["-1"], ["9" * 30], ["1' OR 1"]])
def test_foreign_or_crooked_numbers_store_nothing(page: Client, world: World, items: list[str]) -> None:
    page.post(address(world), upload(TEXT.encode()))
    answer = page.post(address(world, "past-report-preview"), {"item": items})
    assert answer.status_code == 422
    assert not PastAnswer.objects.exists()


def test_a_report_read_for_one_district_is_not_shown_for_another(page: Client, world: World) -> None:
    page.post(address(world), upload(TEXT.encode()))
    assert page.get(address(world, "past-report-preview", "b")).status_code == 404
    page.force_login(world.people["coordinator", "b"])
    assert page.get(address(world, "past-report-preview", "b")).status_code == 302


def test_page_takes_the_same_queries_for_one_item_and_for_all(page: Client, world: World) -> None:
    counts = []
    for labels in ("1", "123"):
        page.post(address(world), upload(TEXT.encode()))
        chosen = [world.response(label).item_id for label in labels]
        page.post(address(world, "past-report-preview"), {"item": chosen})
        page.get(address(world))  # takes the message away
        with CaptureQueriesContext(connection) as queries:
            page.get(address(world))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_real_report_is_recognised_whole(client: Client, db: None) -> None:
    world = make_world(make_real_framework())
    client.cookies["django_language"] = "en"
    client.force_login(world.people["coordinator", "a"])
    shown = client.post(address(world), upload(REAL.encode()), follow=True).content.decode()
    assert "54 items were recognised." in shown
    assert "which is no earlier year" in shown
