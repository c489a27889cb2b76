"""The collection page: download, upload, preview, store, and fill in."""

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.roles import Role
from assessments.models import CollectedFigure, CollectedUnit, Response
from assessments.states import State
from tests.factories import World

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


def signed_in(world: World, role: Role = Role.FILLER, organisation: str = "a1") -> Client:
    client = Client()
    client.force_login(world.people[role, organisation])
    client.cookies["django_language"] = "en"
    return client


def url(world: World, end: str = "", label: str = "2", district: str = "a") -> str:
    return f"/responses/{world.response(label, district).pk}/collection/{end}"


def returned(
    client: Client, world: World, rows: dict[str, Any], name: str = "一小.xlsx"
) -> SimpleUploadedFile:
    """The downloaded sheet with these units and their share."""
    book = load_workbook(BytesIO(client.get(url(world, "sheet/each/")).content))
    sheet = book["数据收集表"]
    for row, (unit, share) in enumerate(rows.items(), 4):
        sheet.cell(row, 1).value, sheet.cell(row, 2).value = unit, share
    file = BytesIO()
    book.save(file)
    return SimpleUploadedFile(name, file.getvalue())


def take_in(client: Client, world: World, rows: dict[str, Any]) -> None:
    client.post(url(world), {"sheets": [returned(client, world, rows)]})
    page = client.get(url(world, "preview/"))
    answer = client.post(
        url(world, "preview/"), {"fingerprint": page.context["plan"].fingerprint, "add": list(rows)}
    )
    assert answer.status_code == 302


def said(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def test_whole_way_from_the_list_to_the_figure(world: World) -> None:
    client = signed_in(world)
    page = client.post(url(world, "units/"), {"units": "一小\n二小\n\n"}, follow=True)
    assert said(page) == ["2 units added."]
    files = [
        returned(client, world, {"一小": 80}, "一小.xlsx"),
        returned(client, world, {"二小": 91.68}, "二小.xlsx"),
    ]
    page = client.post(url(world), {"sheets": files}, follow=True)
    assert page.redirect_chain == [(url(world, "preview/"), 302)]
    assert [line.figures for line in page.context["lines"]] == [
        [("标准班额占比", "80%", "")],
        [("标准班额占比", "91.68%", "")],
    ]
    assert not CollectedFigure.objects.exists()
    page = client.post(url(world, "preview/"), {"fingerprint": page.context["plan"].fingerprint}, follow=True)
    assert said(page) == ["The figures of 2 units stored."]
    (column,) = page.context["columns"]
    assert (column.result, column.arithmetic) == ("85.84%", "(80 + 91.68) ÷ 2 = 85.84%")
    fields = {"version": "0", "fingerprint": page.context["seen"], "take": "share", "fill": "1"}
    page = client.post(url(world, "fill/"), fields, follow=True)
    assert said(page) == ["Filled in and saved: 标准班额占比: 85.84%"]
    response = world.response("2")
    assert response.measure_values.get().value == Decimal("85.84")
    assert (response.state, response.version, response.department_score) == (
        State.DRAFT,
        1,
        Decimal("3.6"),
    )


def test_another_way_is_reckoned_first_and_filled_in_as_it_was_seen(world: World) -> None:
    client = signed_in(world)
    take_in(client, world, {"一小": 80, "二小": 90})
    page = client.post(url(world, "fill/"), {"way_share": "least"})
    assert [column.arithmetic for column in page.context["columns"]] == ["80% (一小)"]
    fields = {"version": "0", "fingerprint": page.context["seen"], "take": "share", "fill": "1"}
    # The way that is sent is not the one that was reckoned and seen.
    page = client.post(url(world, "fill/"), fields | {"way_share": "most"})
    assert page.status_code == 409
    assert not world.response("2").measure_values.exists()
    client.post(url(world, "fill/"), fields | {"way_share": "least"})
    assert world.response("2").measure_values.get().value == Decimal(80)


def test_filling_in_on_what_has_changed_since_is_refused(world: World) -> None:
    client = signed_in(world)
    take_in(client, world, {"一小": 80})
    seen = client.get(url(world)).context["seen"]
    fields = {"version": "0", "fingerprint": seen, "take": "share", "fill": "1"}
    take_in(client, world, {"一小": 90})
    assert client.post(url(world, "fill/"), fields).status_code == 409
    seen = client.get(url(world)).context["seen"]
    Response.objects.filter(pk=world.response("2").pk).update(version=3)
    assert client.post(url(world, "fill/"), fields | {"fingerprint": seen}).status_code == 409
    assert not world.response("2").measure_values.exists()


@pytest.mark.parametrize("version", ["", "x", "１", "9" * 30, "-1"])
def test_a_page_that_is_not_ours_fills_in_nothing(world: World, version: str) -> None:
    client = signed_in(world)
    take_in(client, world, {"一小": 80})
    seen = client.get(url(world)).context["seen"]
    fields = {"version": version, "fingerprint": seen, "take": "share", "fill": "1"}
    assert client.post(url(world, "fill/"), fields).status_code == 409
    assert client.post(url(world, "fill/"), fields | {"version": "0", "take": "none"}).status_code == 422


def test_unknown_units_are_added_only_where_ticked(world: World) -> None:
    client = signed_in(world)
    client.post(url(world, "units/"), {"units": "一小"})
    client.post(url(world), {"sheets": [returned(client, world, {"一小": 80, "二小": 90, "三小": 70})]})
    page = client.get(url(world, "preview/"))
    assert [line.planned.unit is None for line in page.context["lines"]] == [False, True, True]
    fields = {"fingerprint": page.context["plan"].fingerprint, "add": ["三小", "四小"]}
    client.post(url(world, "preview/"), fields)
    assert list(CollectedUnit.objects.values_list("name", flat=True)) == ["一小", "三小"]


def test_preview_shows_errors_with_file_and_cell_and_stores_nothing(world: World) -> None:
    client = signed_in(world)
    files = [returned(client, world, {"一小": 80}), returned(client, world, {"二小": HOSTILE}, "坏.xlsx")]
    page = client.post(url(world), {"sheets": files}, follow=True)
    content = page.content.decode()
    assert "坏.xlsx sheet “数据收集表” B4" in content
    assert HOSTILE not in content
    answer = client.post(
        url(world, "preview/"), {"fingerprint": page.context["plan"].fingerprint, "add": ["一小"]}
    )
    assert answer.status_code == 422
    assert not CollectedUnit.objects.exists()


def test_wrong_files_are_left_out_with_one_click_and_the_rest_is_looked_at_again(world: World) -> None:
    client = signed_in(world)
    files = [
        returned(client, world, {"一小": 90}, "一小.xlsx"),
        returned(client, world, {"二小": "约九十"}, "二小.xlsx"),
    ]
    client.post(url(world), {"sheets": files})
    page = client.get(url(world, "preview/"))
    sent = {"fingerprint": page.context["plan"].fingerprint, "leave_out": "1"}
    page = client.post(url(world, "preview/"), sent, follow=True)
    assert [row.row.unit for row in page.context["plan"].rows] == ["一小"]
    assert not page.context["plan"].reading.has_errors
    assert not CollectedFigure.objects.exists()
    sent = {"fingerprint": page.context["plan"].fingerprint, "add": "一小"}
    assert client.post(url(world, "preview/"), sent).status_code == 302
    assert CollectedUnit.objects.get().name == "一小"


def test_a_preview_of_what_has_changed_is_shown_again(world: World) -> None:
    client = signed_in(world)
    client.post(url(world), {"sheets": [returned(client, world, {"一小": 80})]})
    answer = client.post(url(world, "preview/"), {"fingerprint": "0" * 16, "add": ["一小"]})
    assert answer.status_code == 409
    assert not CollectedUnit.objects.exists()


def test_files_that_are_no_sheets_are_refused_on_the_page(world: World) -> None:
    client = signed_in(world)
    page = client.post(url(world), {"sheets": [SimpleUploadedFile("<b>.xlsx", b"%PDF-1.7")]})
    assert page.status_code == 422
    assert "Nothing could be read. Nothing was stored." in page.content.decode()
    assert "<b>.xlsx" not in page.content.decode()
    assert client.post(url(world), {}).status_code == 422
    assert client.get(url(world, "preview/")).status_code == 302


def test_more_files_than_are_taken_are_refused(world: World, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 200
    files = [SimpleUploadedFile(f"{number}.xlsx", b"x") for number in range(101)]
    page = signed_in(world).post(url(world), {"sheets": files})
    assert page.status_code == 422
    assert page.context["sheets_form"].errors == {"sheets": ["More than 100 files at once. Choose fewer."]}


def test_a_held_reading_is_the_senders_and_of_its_item_alone(world: World) -> None:
    client = signed_in(world)
    client.post(url(world), {"sheets": [returned(client, world, {"一小": 80})]})
    assert client.get(url(world, "preview/")).status_code == 200
    assert client.get(url(world, "preview/", "1")).status_code == 302
    assert signed_in(world, Role.DEPARTMENT_HEAD).get(url(world, "preview/")).status_code == 302


def test_names_with_markup_are_shown_as_text(world: World) -> None:
    client = signed_in(world)
    client.post(url(world, "units/"), {"units": HOSTILE})
    take_in(client, world, {HOSTILE: 80})
    page = client.get(url(world)).content.decode()
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


def test_a_unit_of_another_item_is_not_there(world: World) -> None:
    other = CollectedUnit.objects.create(response=world.response("2", "b"), order=1, name="乙区一小")
    client = signed_in(world)
    assert client.post(url(world, f"units/{other.pk}/remove/")).status_code == 404
    assert client.post(url(world, f"units/{other.pk}/remove/", "2", "b")).status_code == 404
    assert CollectedUnit.objects.count() == 1


def test_readers_see_what_was_collected_and_change_nothing(world: World) -> None:
    take_in(signed_in(world), world, {"一小": 80})
    page = signed_in(world, Role.COORDINATOR, "a").get(url(world))
    assert [line.unit.name for line in page.context["lines"]] == ["一小"]
    assert 'type="file"' not in page.content.decode()
    assert "Fill in the ticked figures" not in page.content.decode()


def test_an_item_without_figures_says_so(world: World) -> None:
    assert (
        "This item has no figures to collect." in signed_in(world).get(url(world, "", "1")).content.decode()
    )


def test_only_sheets_that_there_are_can_be_downloaded(world: World) -> None:
    client = signed_in(world)
    answer = client.get(url(world, "sheet/all/"))
    assert answer["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert client.get(url(world, "sheet/none/")).status_code == 404


def test_queries_do_not_grow_with_units(world: World) -> None:
    client = signed_in(world)
    take_in(client, world, {"零小": 70})
    counts = []
    for rows in ({"一小": 80}, {f"{number}小": number for number in range(30)}):
        client.post(url(world), {"sheets": [returned(client, world, rows)]})
        with CaptureQueriesContext(connection) as previewing:
            page = client.get(url(world, "preview/"))
        client.post(
            url(world, "preview/"), {"fingerprint": page.context["plan"].fingerprint, "add": list(rows)}
        )
        with CaptureQueriesContext(connection) as showing:
            client.get(url(world))
        counts.append((len(previewing), len(showing)))
    assert counts[0] == counts[1]
