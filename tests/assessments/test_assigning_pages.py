"""The page of assignments: rows, bulk, undo, previews, the workbook; what is posted by others."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.roles import Role
from assessments.assigning import Change, Duty, assign_items, board_of
from assessments.assigning_workbook import write_assignments
from assessments.models import Assignment, Response
from assessments.opening import open_assessment
from assessments.states import State
from audit.models import Event
from tests.factories import (
    World,
    every_kind_data,
    make_cycle,
    make_framework,
    make_real_framework,
    make_world,
)


def coordinator(world: World) -> Client:
    client = Client()
    client.force_login(world.people[Role.COORDINATOR, "a"])
    client.cookies["django_language"] = "en"
    return client


def at(world: World, rest: str = "") -> str:
    return f"/assessments/{world.assessments['a'].pk}/assignments/{rest}"


def duties(world: World) -> dict[str, Duty]:
    return {line.response.item.label: line.duty for line in board_of(world.assessments["a"]).lines}


def number(world: World, code: str) -> int:
    return world.departments[code].pk


def posted(world: World, **typed: Any) -> dict[str, Any]:
    """The form as the browser sends it back; ``typed`` by field and label: ``lead_1``."""
    data: dict[str, Any] = {"was": []}
    for line in board_of(world.assessments["a"]).lines:
        pk, duty = line.response.pk, line.duty
        data["was"].append(f"{pk}|{duty}")
        data[f"lead-{pk}"] = str(duty.lead or "")
        data[f"support-{pk}"] = [str(found) for found in duty.supporting]
        data[f"due-{pk}"] = str(duty.due_on or "")
    for name, value in typed.items():
        field, _bar, label = name.partition("_")
        data[f"{field}-{world.response(label).pk}"] = value
    return data


def test_rows_show_who_does_what_by_section(world: World) -> None:
    assign_items(assessment=world.assessments["a"], leads={"1": "a2"}, supports={"1": ["a1"]}, by=None)
    page = coordinator(world).get(at(world))
    assert [(section.title, len(rows)) for section, rows in page.context["parts"]] == [
        ("教育保障", 2),
        ("协调发展", 1),
    ]
    assert [(found.code, led, supported) for found, led, supported in page.context["loads"]] == [
        ("a1", 2, 1),
        ("a2", 1, 0),
    ]


def test_unassigned_items_are_counted_and_found(world: World) -> None:
    world.response("2").assignment.delete()
    client = coordinator(world)
    assert client.get(at(world)).context["unassigned"] == 1
    page = client.get(at(world, "?show=unassigned"))
    (part,) = page.context["parts"]
    assert [row.line.response.item.label for row in part[1]] == ["2"]
    mine = client.get(at(world, f"?show={number(world, 'a2')}"))
    assert mine.context["parts"] == []


def test_saving_rows_stores_what_was_changed(world: World) -> None:
    client, second = coordinator(world), number(world, "a2")
    data = posted(world, lead_1=second, support_2=[second], due_3="2022-01-07", lead_3=second)
    answer = client.post(at(world), data, follow=True)
    assert duties(world) == {
        "1": Duty(second),
        "2": Duty(number(world, "a1"), frozenset({second})),
        "3": Duty(second, frozenset(), date(2022, 1, 7)),
    }
    assert [str(message) for message in answer.context["messages"]] == [
        "The assignments of 3 items were changed: lead 2, support 1, deadline 1."
    ]


def test_saved_rows_can_be_undone_at_once(world: World) -> None:
    client, before = coordinator(world), duties(world)
    page = client.post(at(world), posted(world, lead_1=number(world, "a2"), lead_2=""), follow=True)
    client.post(at(world, "store/"), {"change": page.context["last"]["changes"]})
    assert duties(world) == before


def test_undo_is_gone_once_somebody_else_has_assigned(world: World) -> None:
    client = coordinator(world)
    client.post(at(world), posted(world, lead_1=number(world, "a2")))
    assign_items(assessment=world.assessments["a"], leads={"1": "a1"}, supports={}, by=None)
    assert client.get(at(world)).context["last"] is None


def test_ticked_items_change_at_once(world: World) -> None:
    client, second = coordinator(world), number(world, "a2")
    ticked = {"tick": [world.response(label).pk for label in ("1", "3")], "bulk": "1"}
    client.post(at(world), posted(world) | ticked | {"bulk-lead": second, "bulk-due": "2022-01-05"})
    due_on = date(2022, 1, 5)
    first = number(world, "a1")
    assert duties(world) == {
        "1": Duty(second, frozenset(), due_on),
        "2": Duty(first),
        "3": Duty(second, frozenset(), due_on),
    }
    client.post(at(world), posted(world) | ticked | {"bulk-add": first, "bulk-by-cycle": "on"})
    assert duties(world)["1"] == duties(world)["3"] == Duty(second, frozenset({first}))
    client.post(at(world), posted(world) | ticked | {"bulk-remove": first})
    assert duties(world)["1"] == Duty(second)
    client.post(at(world), posted(world) | ticked | {"bulk-lead": "nobody"})
    assert duties(world) == {"1": Duty(), "2": Duty(first), "3": Duty()}


def test_whole_section_changes_at_once_with_what_was_typed_in_its_rows(world: World) -> None:
    section = world.response("1").item.section_id
    first, second = number(world, "a1"), number(world, "a2")
    data = posted(world, support_2=[second]) | {"section": section, "bulk-due": "2022-01-05", "bulk": "1"}
    coordinator(world).post(at(world), data)
    due_on = date(2022, 1, 5)
    assert duties(world) == {
        "1": Duty(first, frozenset(), due_on),
        "2": Duty(first, frozenset({second}), due_on),
        "3": Duty(first),
    }


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ({"bulk": "1", "bulk-lead": "1"}, "Tick the items that are to change."),
        ({"bulk": "1", "tick": "first"}, "Choose what is to change for the items that are ticked."),
        (
            {"bulk": "1", "tick": "first", "bulk-due": "soon"},
            "“soon” is not a date; write it like 2026-01-09.",
        ),
    ],
)
def test_bulk_says_what_it_lacks(world: World, extra: dict[str, str], message: str) -> None:
    extra = {key: str(world.response("1").pk) if value == "first" else value for key, value in extra.items()}
    before = duties(world)
    page = coordinator(world).post(at(world), posted(world, lead_2=number(world, "a2")) | extra)
    assert page.status_code == 422
    assert page.context["rows"].problems == [message]
    assert duties(world) == before


def test_faults_stand_at_their_rows_and_keep_what_was_typed(world: World) -> None:
    first, second = number(world, "a1"), number(world, "a2")
    data = posted(world, support_1=[first], lead_2=second, due_3="2021-01-01")
    page = coordinator(world).post(at(world), data)
    assert page.status_code == 422
    assert duties(world)["2"] == Duty(first)
    rows = {row.line.response.item.label: row for _section, found in page.context["parts"] for row in found}
    assert rows["1"].faults == {"supporting": ["单位a1 leads this item; it cannot support it too."]}
    assert rows["2"].duty == Duty(second)
    assert rows["3"].faults == {"due_on": ["The deadline is before the cycle opens (2021-12-01)."]}


def test_second_coordinator_sees_what_the_first_stored_before_overwriting(world: World) -> None:
    second = number(world, "a2")
    data = posted(world, lead_1=second, lead_3=second)
    assign_items(
        assessment=world.assessments["a"], leads={"1": "a1", "2": "a2"}, supports={"1": ["a2"]}, by=None
    )
    client = coordinator(world)
    page = client.post(at(world), data)
    assert page.status_code == 409
    assert [row.line.response.item.label for row in page.context["moved"]] == ["1"]
    assert duties(world)["3"] == Duty(number(world, "a1"))
    shown = {
        row.line.response.item.label: row.duty for _part, found in page.context["parts"] for row in found
    }
    assert shown == {"1": Duty(second), "2": Duty(second), "3": Duty(second)}
    # What stood there is seen now; saving again is on purpose.
    client.post(at(world), posted(world, lead_1=second, support_1=[], lead_3=second))
    assert duties(world)["1"] == Duty(second)


def test_remarks_are_told(world: World) -> None:
    Response.objects.filter(pk=world.response("1").pk).update(state=State.DRAFT)
    page = coordinator(world).post(at(world), posted(world, lead_1=""), follow=True)
    assert str(list(page.context["messages"])[1]) == (
        "Begun by another department: 1. What was written stays with the item."
    )


HOSTILE: list[dict[str, Any]] = [
    {"was": "x"},
    {"was": ["1|", "|", "9|::", "\0|::"]},
    {"tick": ["\0", "²", "-1", "9" * 30], "section": "x", "bulk": "1", "bulk-lead": "9" * 19},
    {"bulk-add": "'; drop table", "bulk-due": "\0", "bulk": "1"},
]


def test_hostile_fields_change_nothing(world: World) -> None:
    client, before = coordinator(world), duties(world)
    for extra in HOSTILE:
        assert client.post(at(world), extra).status_code in (302, 422), extra
        assert client.post(at(world), posted(world) | extra).status_code in (302, 422), extra
    for change in ("", "x", "1|::|::", "\0|\0|\0", f"{world.response('1').pk}|::|{'9' * 40}::"):
        assert client.post(at(world, "store/"), {"change": change}).status_code == 302, change
    assert duties(world) == before


def test_posted_numbers_of_another_district_are_refused(world: World) -> None:
    client, before = coordinator(world), duties(world)
    foreign, theirs = number(world, "b1"), world.response("1", "b")
    assert client.post(at(world), posted(world, lead_1=foreign)).status_code == 422
    assert client.post(at(world), posted(world, support_1=[foreign])).status_code == 422
    bulk = {"tick": world.response("1").pk, "bulk": "1", "bulk-add": foreign}
    assert client.post(at(world), posted(world) | bulk).status_code == 422
    data = {"was": f"{theirs.pk}|{foreign}::", f"lead-{theirs.pk}": number(world, "a1")}
    client.post(at(world), data)
    stolen = Change(theirs.pk, Duty(foreign), Duty(number(world, "a1")))
    client.post(at(world, "store/"), {"change": str(stolen)})
    client.post(
        at(world, "store/"), {"change": str(Change(world.response("1").pk, before["1"], Duty(foreign)))}
    )
    assert duties(world) == before
    assert Assignment.objects.get(response=theirs).lead_id == foreign
    assert not Event.objects.filter(action="assessment.assigned").exists()


def test_markup_in_names_is_shown_as_text(world: World) -> None:
    department = world.departments["a2"]
    department.name = "<script>alert(1)</script>"
    department.save()
    page = coordinator(world).get(at(world)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_last_years_assignments_are_previewed_then_stored(world: World) -> None:
    assign_items(assessment=world.assessments["a"], leads={"1": "a2"}, supports={"1": ["a1"]}, by=None)
    before = duties(world)
    cycle = make_cycle(world.framework, world.committee, code="2022")
    cycle.year = 2022
    cycle.save()
    world.assessments["a"] = open_assessment(cycle=cycle, organisation=world.districts["a"], by=None)
    client = coordinator(world)
    page = client.get(at(world, "from/last-year/"))
    changes = [str(change) for change, *_rest in page.context["shown"]]
    assert len(changes) == 3
    assert set(duties(world).values()) == {Duty()}
    client.post(at(world, "store/"), {"change": changes})
    assert duties(world) == before
    page = client.get(at(world, "from/last-year/?again=1"))
    assert page.context["shown"] == []


def test_framework_suggestions_are_accepted_with_one_click(db: None) -> None:
    world = make_world(make_framework(**every_kind_data()))
    Assignment.objects.all().delete()
    department = world.departments["a2"]
    department.name = "区教育局"
    department.save()
    client = coordinator(world)
    (suggested,) = client.get(at(world)).context["suggested"]
    assert len(client.get(at(world, "from/framework/")).context["shown"]) == 1
    page = client.post(at(world, "store/"), {"change": str(suggested)}, follow=True)
    assert page.context["suggested"] == ()
    assert Assignment.objects.get().lead == department
    assert client.get(at(world, "from/elsewhere/")).status_code == 404


def test_workbook_goes_out_is_previewed_and_stored(world: World) -> None:
    client = coordinator(world)
    answer = client.get(at(world, "file/"))
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    workbook = load_workbook(BytesIO(answer.content))
    workbook.worksheets[0]["F4"] = "单位a2"
    out = BytesIO()
    workbook.save(out)
    page = client.post(at(world, "upload/"), {"file": SimpleUploadedFile("分工.xlsx", out.getvalue())})
    ((change, _response, was, becomes, cell),) = page.context["shown"]
    assert (was.lead.code, becomes.lead.code, cell) == ("a1", "a2", "F4")
    assert duties(world)["1"].lead == number(world, "a1")
    client.post(at(world, "store/"), {"change": str(change)})
    assert duties(world)["1"].lead == number(world, "a2")


def test_workbook_with_faults_stores_nothing_and_names_the_cells(world: World) -> None:
    workbook = load_workbook(BytesIO(write_assignments(board_of(world.assessments["a"]))))
    workbook.worksheets[0]["F4"] = "单位b1"
    out = BytesIO()
    workbook.save(out)
    client = coordinator(world)
    page = client.post(at(world, "upload/"), {"file": SimpleUploadedFile("分工.xlsx", out.getvalue())})
    assert page.status_code == 422
    assert [(note.sheet, note.cell) for note in page.context["notes"]] == [("分工表", "F4")]
    assert client.post(at(world, "upload/"), {}).status_code == 422


def test_pages_take_the_same_queries_for_3_items_and_for_54(db: None, world: World) -> None:
    cycle = make_cycle(make_real_framework(), world.committee, code="2022")
    large = open_assessment(cycle=cycle, organisation=world.districts["a"], by=None)
    small = world.assessments["a"]
    client = coordinator(world)
    for rest in ("", "from/framework/", "from/last-year/?again=1", "file/"):
        counts = []
        for assessment in (small, large):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"/assessments/{assessment.pk}/assignments/{rest}").status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1], (rest, counts)
