"""Drafts while somebody types, who is on an item, and two texts side by side."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.draft_keys import draft_key
from accounts.models import User
from assessments.forms.merging import differing, with_choices
from assessments.forms.response import ResponseForm
from assessments.models import Response, ResponseRevision
from assessments.presence import GONE_AFTER, leave, note_presence
from assessments.responses import load_for_saving
from tests.factories import World


@pytest.fixture(autouse=True)
def _nobody_here() -> None:
    cache.clear()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def address(response: Response, what: str = "draft") -> str:
    return f"/responses/{response.pk}/{what}/"


def fields(**changes: Any) -> dict[str, Any]:
    return {"version": "0", "narrative": "做了。", "score": "2", "reason": "", **changes}


def test_draft_is_stored_and_answers_what_to_go_on_from(world: World, filler: User) -> None:
    response = world.response("1")
    answer = signed_in(filler).post(address(response), fields())
    assert answer.status_code == 200
    told = answer.json()
    assert told.pop("saved_at")[2::3] == "::"
    assert told == {"version": 1, "problems": {}, "missing": [], "score": "2"}
    response.refresh_from_db()
    assert (response.narrative, response.version, response.saved_by) == ("做了。", 1, filler)


def test_draft_says_what_the_item_still_lacks(world: World, filler: User) -> None:
    told = signed_in(filler).post(address(world.response("2")), fields(narrative="", score="")).json()
    assert "missing" not in told
    told = signed_in(filler).post(address(world.response("2")), fields(score="")).json()
    assert (told["missing"], told["score"]) == (["标准班额占比", "self-assessed score"], None)


def test_draft_that_changes_nothing_makes_no_revision(world: World, filler: User) -> None:
    response, client = world.response("1"), signed_in(filler)
    client.post(address(response), fields())
    told = client.post(address(response), fields(version="1")).json()
    assert (told["version"], told["problems"]) == (1, {})
    assert response.revisions.count() == 1


def test_draft_sent_again_under_its_name_is_stored_once(world: World, filler: User) -> None:
    response, client, operation = world.response("1"), signed_in(filler), str(uuid4())
    answers = [client.post(address(response), fields(operation=operation)).json() for _time in range(2)]
    assert [told["version"] for told in answers] == [1, 1]
    assert response.revisions.count() == 1
    assert client.post(address(response), fields(operation=str(uuid4()))).status_code == 409


def test_draft_names_what_it_does_not_store(world: World, filler: User) -> None:
    response = world.response("1")
    told = signed_in(filler).post(address(response), fields(score="99")).json()
    assert told["problems"] == {"score": ["Between 0 and 2 points."]}
    response.refresh_from_db()
    assert (response.narrative, response.department_score) == ("做了。", None)


def test_draft_with_a_figure_that_cannot_be_read_stores_the_rest(world: World, filler: User) -> None:
    response = world.response("2")
    told = signed_in(filler).post(address(response), fields(score="", measure_share="八成")).json()
    assert list(told["problems"]) == ["measure_share"]
    response.refresh_from_db()
    assert (response.narrative, response.measure_values.count()) == ("做了。", 0)


def test_draft_that_comes_too_late_shows_both_texts(world: World, filler: User, head: User) -> None:
    response = world.response("1")
    signed_in(head).post(address(response), fields(narrative="<b>审核人</b>的内容。"))
    answer = signed_in(filler).post(address(response), fields(narrative="填报人的内容。"))
    assert answer.status_code == 409
    panel = answer.content.decode()
    assert 'data-version="1"' in panel
    assert "&lt;b&gt;" in panel
    assert "<b>审核人" not in panel
    assert "department_head-a1" in panel
    response.refresh_from_db()
    assert response.narrative == "<b>审核人</b>的内容。"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"version": ""}, 422),
        ({"version": "9" * 400}, 409),
        ({"version": "-1"}, 409),
        ({"operation": "'; drop table"}, 200),
        ({"narrative": "a\0b"}, 200),
        ({"narrative": "字" * 20_001}, 200),
        ({"assessment": "1", "item": "1", "state": "accepted", "district_score": "2"}, 200),
    ],
)
def test_draft_takes_any_input(world: World, filler: User, changes: dict[str, str], status: int) -> None:
    response = world.response("1")
    assert signed_in(filler).post(address(response), fields(**changes)).status_code == status
    response.refresh_from_db()
    assert response.district_score is None
    assert response.state in ("empty", "draft")


def test_draft_of_what_is_locked_or_gone_says_so(world: World, filler: User, head: User) -> None:
    response, client = world.response("1"), signed_in(filler)
    Response.objects.filter(pk=response.pk).update(state="submitted")
    answer = client.post(address(response), fields())
    assert (answer.status_code, list(answer.json())) == (403, ["error"])
    Response.objects.filter(pk=response.pk).update(withdrawn=True)
    answer = client.post(address(response), fields())
    assert (answer.status_code, list(answer.json())) == (410, ["error"])
    assert not ResponseRevision.objects.exists()


def test_draft_whose_name_was_used_for_another_item_is_refused(world: World, filler: User) -> None:
    client, operation = signed_in(filler), str(uuid4())
    client.post(address(world.response("1")), fields(operation=operation))
    answer = client.post(address(world.response("2")), fields(score="", operation=operation))
    assert answer.status_code == 422
    assert world.response("2").version == 0


def test_draft_renders_nothing_and_asks_as_often_for_a_short_as_for_a_long_text(
    world: World, filler: User
) -> None:
    client, counts = signed_in(filler), []
    for version, narrative in enumerate(("一。", "短。", "长。" * 5_000)):
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(
                address(world.response("1")), fields(version=str(version), narrative=narrative)
            )
        assert answer.json()["version"] == version + 1
        assert answer.templates == []
        counts.append(len(queries))
    assert counts[1] == counts[2] <= counts[0] <= 15


# Presence


def present(client: Client, response: Response, **said: str) -> dict[str, Any]:
    told: dict[str, Any] = client.post(address(response, "presence"), said).json()
    return told


def test_people_on_one_item_see_each_other(world: World, filler: User, head: User) -> None:
    response = world.response("1")
    assert present(signed_in(filler), response, typed="3")["others"] == []
    [words] = present(signed_in(head), response)["others"]
    assert words.startswith(f"{filler.name} has this item open too, last typed at ")
    assert present(signed_in(head), world.response("2"))["others"] == []
    signed_in(filler).post(address(response, "presence"), {"leaving": "1"})
    assert present(signed_in(head), response)["others"] == []


@pytest.mark.parametrize("typed", ["", "-1", "x", "²", "9" * 400, "86400"])
def test_presence_takes_no_senseless_times(world: World, filler: User, head: User, typed: str) -> None:
    present(signed_in(filler), world.response("1"), typed=typed)
    assert present(signed_in(head), world.response("1"))["others"] == [
        f"{filler.name} has this item open too"
    ]


def test_presence_tells_of_a_save_before_it_conflicts(world: World, filler: User, head: User) -> None:
    response = world.response("1")
    assert present(signed_in(filler), response) == {"version": 0, "saved": "", "others": []}
    signed_in(head).post(address(response), fields())
    told = present(signed_in(filler), response)
    assert told["version"] == 1
    assert told["saved"].startswith(f"{head.name} has just saved this item (")
    assert present(signed_in(head), response)["saved"].startswith("You saved this item at ")


def test_presence_passes_without_a_sign_of_life(
    world: World, filler: User, head: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    response = world.response("1")
    note_presence(response_id=response.pk, user=filler, typed_at=None)
    later = timezone.now() + GONE_AFTER + timedelta(seconds=1)
    monkeypatch.setattr("assessments.presence.timezone.now", lambda: later)
    assert note_presence(response_id=response.pk, user=head, typed_at=None) == []
    leave(response_id=response.pk, user=filler)


def test_presence_writes_nothing(
    world: World, filler: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, response = signed_in(filler), world.response("1")
    with django_assert_num_queries(4) as queries:
        present(client, response)
    assert all(query["sql"].startswith("SELECT") for query in queries.captured_queries)


# Merging


def test_merging_names_what_differs_in_words(world: World, filler: User) -> None:
    response = world.response("3")
    data = {"version": "0", "narrative": "做了。", "not_applicable": "on", "na_reason": "无高中"}
    current = load_for_saving(response.pk)
    rows = differing(ResponseForm(response=current), ResponseForm(data, response=current))
    assert [(row.field.name, row.theirs, row.mine, row.is_text) for row in rows] == [
        ("narrative", "", "做了。", True),
        ("not_applicable", "no", "yes", False),
        ("na_reason", "", "无高中", False),
    ]


def test_merging_takes_theirs_where_it_was_chosen(world: World, filler: User, head: User) -> None:
    response = world.response("1")
    signed_in(head).post(address(response), fields(narrative="审核人。", score="1", reason="差一项"))
    chosen = fields(version="1", narrative="填报人。", score="2", take_narrative="theirs", take_score="mine")
    answer = signed_in(filler).post(f"/responses/{response.pk}/", chosen)
    assert answer.status_code == 302
    response.refresh_from_db()
    assert (response.narrative, response.department_score) == ("审核人。", 2)


def test_merging_ignores_choices_of_no_field(world: World, filler: User) -> None:
    response = load_for_saving(world.response("1").pk)
    form = ResponseForm(response=response)
    for hostile in ("take_version", "take_", "take_nothing", "take___class__"):
        data = signed_in(filler).get("/").wsgi_request.POST.copy()
        data.update({"version": "0", hostile: "theirs"})
        assert with_choices(data, form)["version"] == "0"


def test_draft_keys_are_each_persons_own(world: World, filler: User, head: User) -> None:
    assert draft_key(filler) != draft_key(head)
    assert draft_key(filler) == draft_key(User.objects.get(pk=filler.pk))
    page = signed_in(filler).get("/").content.decode()
    assert draft_key(filler) in page
    assert draft_key(head) not in page


def test_page_that_a_script_reads_leaves_what_is_to_be_said_to_the_page_that_is_opened(
    world: World, filler: User
) -> None:
    client, page = signed_in(filler), f"/responses/{world.response('1').pk}/"
    assert client.post(page, fields()).status_code == 302
    behind = client.get(page, headers={"HX-Request": "true"})
    assert "Saved." not in behind.content.decode()
    assert "messages" not in behind.cookies
    assert "Saved." in client.get(page).content.decode()
    assert "Saved." not in client.get(page).content.decode()
