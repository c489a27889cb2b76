"""Last year's answer beside this year's item, and its text copied in."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.last_year import (
    LastYear,
    copy_last_year,
    last_year_of,
    last_years_of,
    same_as_last_year,
)
from assessments.models import Assessment, Assignment, Cycle, PastAnswer, Response
from assessments.opening import open_assessment
from assessments.responses import StaleSave, load_all_for_saving, load_for_saving, save_response
from assessments.settling import Content
from assessments.states import Action, State
from assessments.workflow import perform
from indicators.models import Framework
from tests.factories import World, make_cycle, make_framework, make_real_world

pytestmark = pytest.mark.django_db


def next_year(world: World, framework: Framework | None = None, year: int = 2022) -> Assessment:
    """District a's assessment of a later year, all items led by department a1."""
    cycle = make_cycle(framework or world.framework, world.committee, code=str(year))
    Cycle.objects.filter(pk=cycle.pk).update(year=year, opens_on=date(year, 12, 1), due_on=date(year, 12, 31))
    cycle.refresh_from_db()
    assessment = open_assessment(cycle=cycle, organisation=world.districts["a"], by=None)
    for response in assessment.responses.all():
        Assignment.objects.create(response=response, lead=world.departments["a1"])
    return assessment


def answer(world: World, label: str, *, accept: bool = True, **content: Any) -> Response:
    """Item ``label`` of the first year filled in, and accepted."""
    response = load_for_saving(world.response(label).pk)
    filler, head = world.people["filler", "a1"], world.people["department_head", "a1"]
    response = save_response(response=response, content=Content(**content), version=0, by=filler)
    if accept:
        response = perform(response, Action.SUBMIT, by=head, version=response.version)
        response = perform(response, Action.ACCEPT, by=world.people["coordinator", "a"], version=1)
    return response


def of(assessment: Assessment, label: str) -> Response:
    return load_for_saving(assessment.responses.get(item__label=label).pk)


def report_says(assessment: Assessment, label: str, narrative: str, score: str = "2") -> PastAnswer:
    return PastAnswer.objects.create(
        assessment=assessment,
        item=of(assessment, label).item,
        source="2020年自评报告",
        year=2020,
        narrative=narrative,
        score=Decimal(score),
        read_at=timezone.now(),
    )


def test_last_year_holds_text_points_losses_and_figures_with_the_difference(world: World) -> None:
    past = answer(world, "2", narrative="占比偏低。", measures={"share": Decimal("80.84")})
    mine = of(next_year(world), "2")
    filler = world.people["filler", "a1"]
    mine = save_response(
        response=mine, content=Content(measures={"share": Decimal("84.04")}), version=0, by=filler
    )
    found = last_year_of(mine)
    assert found is not None
    assert (found.source, found.year, found.response) == ("2021年度督导评价", 2021, past.pk)
    assert (found.narrative, found.score, found.weight) == ("占比偏低。", Decimal("3.1"), Decimal(4))
    assert [(loss.points, loss.reason.partition("，")[0]) for loss in found.losses] == [
        (Decimal("0.9"), "标准班额占比80.84%")
    ]
    figure = found.figures["share"]
    assert (figure.name, figure.words, figure.more, figure.difference) == (
        "标准班额占比",
        "80.84%",
        Decimal("3.2"),
        "+3.2",
    )


@pytest.mark.parametrize(("now", "said"), [("80.84", "±0"), ("80", "−0.84"), (None, "")])
def test_difference_is_written_once(world: World, now: str | None, said: str) -> None:
    answer(world, "2", narrative="占比偏低。", measures={"share": Decimal("80.84")})
    mine = of(next_year(world), "2")
    if now:
        content = Content(measures={"share": Decimal(now)})
        mine = save_response(response=mine, content=content, version=0, by=world.people["filler", "a1"])
    found = last_year_of(mine)
    assert found is not None
    assert found.figures["share"].difference == said


def test_not_applicable_is_told_with_its_reason(world: World) -> None:
    answer(world, "3", applicable=False, na_reason="没有高中")
    found = last_year_of(of(next_year(world), "3"))
    assert found is not None
    assert (found.applicable, found.na_reason, found.score) == (False, "没有高中", Decimal(4))
    assert found.losses == ()


def test_what_was_never_accepted_is_not_shown(world: World) -> None:
    answer(world, "1", narrative="草稿", score=Decimal(2), accept=False)
    assert last_year_of(of(next_year(world), "1")) is None


def test_last_year_is_the_latest_earlier_one_of_the_own_district(world: World) -> None:
    answer(world, "1", narrative="二〇二一", score=Decimal(2))
    middle = next_year(world, year=2022)
    last = next_year(world, year=2023)
    Response.objects.filter(assessment=middle, item__label="1").update(
        state=State.ACCEPTED, narrative="二〇二二", district_score=1
    )
    Response.objects.filter(assessment=world.assessments["b"]).update(
        state=State.ACCEPTED, narrative="邻区的文字", district_score=1
    )
    years = last_years_of([of(middle, "1"), of(last, "1"), load_for_saving(world.response("1").pk)])
    assert sorted(found.narrative for found in years.values()) == ["二〇二一", "二〇二二"]
    assert years[of(last, "1").pk].narrative == "二〇二二"


def test_items_are_matched_by_a_title_that_is_nobody_elses(world: World) -> None:
    """Another framework has other keys; of two items with one title neither is taken for the other."""
    answer(world, "1", narrative="经费", score=Decimal(2))
    answer(world, "3", narrative="高中", score=Decimal(4))
    twice = {"label": "9", "title": "高中教育", "weight": "1"}
    again = {"label": "8", "title": "高中教育", "weight": "1"}
    sections = [
        {
            "title": "保障",
            "items": [{"label": "5", "title": "经费投入", "weight": "3"}, twice],
        },
        {"title": "其他", "items": [again]},
    ]
    later = next_year(world, make_framework(code="other", sections=sections))
    found = last_year_of(of(later, "5"))
    assert found is not None
    assert (found.narrative, found.weight) == ("经费", Decimal(2))
    assert last_year_of(of(later, "9")) is None


def test_a_read_report_speaks_where_the_product_has_no_last_year(world: World) -> None:
    first = world.assessments["a"]
    report_says(first, "1", "前年的报告", "1.5")
    assert last_year_of(of(first, "1")) == LastYear(
        "2020年自评报告", 2020, "前年的报告", Decimal("1.5"), None
    )
    answer(world, "1", narrative="本产品", score=Decimal(2))
    later = next_year(world)
    report_says(later, "1", "报告")
    report_says(later, "2", "报告二")
    assert [last_years_of([of(later, label)]).popitem()[1].narrative for label in "12"] == [
        "本产品",
        "报告二",
    ]


def test_queries_are_the_same_for_one_item_and_for_all(world: World) -> None:
    figure = {"share": Decimal("80.84")}
    for label, measures in {"1": {}, "2": figure, "3": {}}.items():
        answer(world, label, narrative=f"去年{label}", score=Decimal(1), reason="理由", measures=measures)
    later = next_year(world)
    counts = []
    for function in (last_years_of, same_as_last_year):
        Response.objects.filter(assessment=later).update(narrative="去年1")
        everything = load_all_for_saving(later)
        for responses in (everything[:1], everything):
            with CaptureQueriesContext(connection) as queries:
                function(responses)
            counts.append(len(queries))
    assert counts == [6, 6, 3, 3]


def test_unchanged_copies_are_found(world: World) -> None:
    answer(world, "1", narrative="去年1", score=Decimal(1), reason="理由")
    answer(world, "2", narrative="去年2", measures={"share": Decimal("80.84")})
    later = next_year(world)
    report_says(later, "3", "报告里的")
    for label, text in {"1": "去年1", "2": "去年2，改了", "3": "报告里的"}.items():
        later.responses.filter(item__label=label).update(narrative=text)
    responses = load_all_for_saving(later)
    same = same_as_last_year(responses)
    assert [response.item.label for response in responses if response.pk in same] == ["1", "3"]
    assert same_as_last_year([]) == set()


def test_real_report_is_last_years_of_every_item(db: None) -> None:
    world = make_real_world()
    later = load_all_for_saving(next_year(world))
    years = last_years_of(later)
    assert len(years) == len(later) == 54
    (item_15,) = (years[response.pk] for response in later if response.item.label == "15")
    assert item_15.score == Decimal("3.1")
    assert {code: figure.words for code, figure in item_15.figures.items()} == {"class_size_g12": "80.84%"}
    assert [loss.points for loss in item_15.losses] == [Decimal("0.9")]


# Copying in.


@pytest.fixture
def mine(world: World) -> Response:
    """This year's item 1, whose text of last year is 「去年的话。」."""
    answer(world, "1", narrative="去年的话。", score=Decimal(2))
    return of(next_year(world), "1")


def copied(mine: Response, world: World, **how: bool) -> str:
    filler = world.people["filler", "a1"]
    stored = load_for_saving(mine.pk)
    return copy_last_year(response=stored, version=stored.version, by=filler, **how).narrative


def write(mine: Response, world: World, **content: Any) -> None:
    stored, filler = load_for_saving(mine.pk), world.people["filler", "a1"]
    save_response(response=stored, content=Content(**content), version=stored.version, by=filler)


def test_copying_into_an_empty_text_is_a_save(world: World, mine: Response) -> None:
    assert copied(mine, world) == "去年的话。"
    stored = load_for_saving(mine.pk)
    assert (stored.version, stored.state, stored.saved_by) == (1, "draft", world.people["filler", "a1"])


def test_text_that_is_there_is_never_overwritten_unasked(world: World, mine: Response) -> None:
    write(mine, world, narrative="今年的话。")
    with pytest.raises(ValidationError, match="append to it, or replace it"):
        copied(mine, world)
    assert load_for_saving(mine.pk).narrative == "今年的话。"
    assert copied(mine, world, append=True) == "今年的话。\n去年的话。"
    assert copied(mine, world, replace_text=True) == "去年的话。"


def test_all_else_stays_when_the_text_is_copied(world: World, mine: Response) -> None:
    write(mine, world, narrative="", score=Decimal("1.5"), reason="预算未达")
    copied(mine, world)
    stored = load_for_saving(mine.pk)
    assert (stored.department_score, stored.department_reason) == (Decimal("1.5"), "预算未达")
    assert [loss.reason for loss in stored.deductions.all()] == ["预算未达"]


def test_copying_is_refused_without_a_text_or_the_right_or_the_version(world: World, mine: Response) -> None:
    filler, other = world.people["filler", "a1"], world.people["filler", "a2"]
    without = of(mine.assessment, "2")
    with pytest.raises(ValidationError, match="no text of last year"):
        copy_last_year(response=without, version=0, by=filler)
    with pytest.raises(PermissionDenied):
        copy_last_year(response=mine, version=0, by=other)
    write(mine, world, narrative="今年的话。")
    with pytest.raises(StaleSave):
        copy_last_year(response=load_for_saving(mine.pk), version=0, by=filler)
    assert load_for_saving(mine.pk).narrative == "今年的话。"


# On the page of the item.


@pytest.fixture
def page(client: Client, world: World) -> Client:
    client.cookies["django_language"] = "en"
    client.force_login(world.people["filler", "a1"])
    return client


def text_of(page: Client, response: Response) -> str:
    return page.get(reverse("response", args=[response.pk])).content.decode()


def test_item_page_shows_last_year_and_how_to_copy_it(page: Client, world: World) -> None:
    answer(world, "1", narrative="<script>去年</script>", score=Decimal("1.5"), reason="预算<b>未达</b>")
    mine = of(next_year(world), "1")
    text = text_of(page, mine)
    assert "2021年度督导评价" in text
    assert "&lt;script&gt;去年&lt;/script&gt;" in text
    assert "<script>去年" not in text
    assert "Deduction: 预算&lt;b&gt;未达&lt;/b&gt;, 0.5 points off" in text
    assert "Copy last year's text" in text


def test_item_page_without_last_year_says_nothing_of_it(page: Client, world: World) -> None:
    assert "last-year" not in text_of(page, load_for_saving(world.response("1").pk))


def test_copying_on_the_page_and_the_mark(page: Client, world: World, mine: Response) -> None:
    url = reverse("response-last-year", args=[mine.pk])
    assert "same as last year" not in text_of(page, mine)
    said = page.post(url, {"version": "0"}, follow=True).content.decode()
    assert "was copied in" in said
    assert "same as last year" in said
    assert load_for_saving(mine.pk).narrative == "去年的话。"


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({}, "Nothing was copied. Load the page again."),
        ({"version": "x"}, "Nothing was copied. Load the page again."),
        ({"version": "1", "how": "steal"}, "Nothing was copied. Load the page again."),
        ({"version": "0", "how": "append"}, "so nothing was copied"),
        ({"version": "1"}, "There is text already: append to it, or replace it."),
    ],
)
def test_copying_on_the_page_refuses_in_words(
    page: Client, world: World, mine: Response, posted: dict[str, str], said: str
) -> None:
    write(mine, world, narrative="今年的话。")
    url = reverse("response-last-year", args=[mine.pk])
    assert said in page.post(url, posted, follow=True).content.decode()
    assert load_for_saving(mine.pk).narrative == "今年的话。"


def test_last_year_of_another_district_is_not_to_be_had(client: Client, world: World, mine: Response) -> None:
    url = reverse("response-last-year", args=[mine.pk])
    for who, status in {("filler", "b1"): 404, ("filler", "a2"): 404, ("leader", "a"): 403}.items():
        client.force_login(world.people[who])
        assert client.post(url, {"version": "0"}).status_code == status
    assert load_for_saving(mine.pk).version == 0
