"""The report's pages and files over HTTP."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.roles import Role
from assessments.models import Response
from assessments.states import State
from reports.models import ReportProse
from reports.render.html import style_source
from tests.factories import World, every_kind_data, make_framework, make_real_world, make_world

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def signed_in(world: World, role: Role = Role.COORDINATOR, organisation: str = "a") -> Client:
    client = Client()
    client.force_login(world.people[role, organisation])
    client.cookies["django_language"] = "en"
    return client


def url(world: World, page: str = "", district: str = "a") -> str:
    return f"/assessments/{world.assessments[district].pk}/report/{page}"


def typed(**fields: Any) -> dict[str, Any]:
    return {"version": "0", "title": "自评报告", "addressee": "市教育督导委员会", **fields}


def put(world: World, label: str, **fields: Any) -> None:
    Response.objects.filter(pk=world.response(label).pk).update(**{"state": State.DRAFT, **fields})


def test_report_page_says_what_it_comes_to_and_offers_every_file(db: None) -> None:
    world = make_real_world()
    page = signed_in(world, Role.LEADER).get(url(world))
    assert page.status_code == 200
    assert page.context["report"].total_self_score == Decimal("99.1")
    assert (page.context["unscored"], page.context["writable"]) == (0, False)
    content = page.content.decode()
    for form in ("pdf", "html", "txt", "xlsx"):
        assert url(world, f"file/{form}/") in content
    assert url(world, "document/") in content
    assert url(world, "prose/") not in content


def test_report_page_counts_what_is_not_scored(world: World) -> None:
    put(world, "1", department_score=Decimal(2))
    put(world, "3", applicable=False, na_reason="我区暂无高中")
    page = signed_in(world).get(url(world))
    assert (page.context["unscored"], page.context["writable"]) == (1, True)


def test_report_page_takes_few_queries(db: None) -> None:
    world = make_real_world()
    client = signed_in(world)
    with CaptureQueriesContext(connection) as queries:
        client.get(url(world))
    assert len(queries) == 11


def test_document_is_served_under_exactly_its_own_style(world: World) -> None:
    page = signed_in(world).get(url(world, "document/"))
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    directives = [part.split() for part in page.headers["Content-Security-Policy"].split("; ")]
    policy = {name: sources for name, *sources in directives}
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'none'"]
    assert policy["style-src"] == [style_source()]
    assert policy["img-src"] == ["data:"]
    assert policy["frame-ancestors"] == ["'self'"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("form", ["html", "txt", "xlsx"])
def test_file_comes_with_its_type_and_a_chinese_name(world: World, form: str) -> None:
    answer = signed_in(world).get(url(world, f"file/{form}/"))
    assert answer.status_code == 200
    types = {
        "html": "text/html; charset=utf-8",
        "txt": "text/plain; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    assert answer.headers["Content-Type"] == types[form]
    name = quote(f"单位a人民政府关于2021年度督导评价自评的报告.{form}")
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert len(answer.content) > 100


def test_pdf_comes_as_a_file_or_a_sentence_naming_what_has_no_glyph(world: World) -> None:
    """One print: the sentence comes before printing."""
    client = signed_in(world)
    put(world, "1", narrative="未有字形：\U000e0100\U0001f9ff。")
    answer = client.get(url(world, "file/pdf/"), follow=True)
    assert answer.redirect_chain == [(url(world), 302)]
    assert "U+1F9FF" in answer.content.decode()
    put(world, "1", narrative="做了。")
    printed = client.get(url(world, "file/pdf/"))
    assert (printed.status_code, printed.headers["Content-Type"]) == (200, "application/pdf")
    assert printed.content.startswith(b"%PDF-")


def test_report_that_a_form_cannot_hold_gives_a_sentence_naming_the_place(world: World) -> None:
    world.response("1").deductions.create(order=1, points=Decimal(1), reason=" 缺台账")
    answer = signed_in(world).get(url(world, "file/txt/"), follow=True)
    assert answer.redirect_chain == [(url(world), 302)]
    assert "第1项的文字首尾有空格：「 缺台账」" in answer.content.decode()


@pytest.mark.parametrize("form", ["docx", "PDF", "..", "exe"])
def test_unknown_form_is_404(world: World, form: str) -> None:
    assert signed_in(world).get(url(world, f"file/{form}/")).status_code == 404


@pytest.mark.parametrize("page", ["", "document/", "file/txt/"])
def test_report_is_for_who_may_read_the_whole(world: World, page: str) -> None:
    def status(role: Role, organisation: str) -> int:
        return signed_in(world, role, organisation).get(url(world, page)).status_code

    assert {role: status(role, "a") for role in (Role.COORDINATOR, Role.LEADER, Role.AUDITOR)} == {
        Role.COORDINATOR: 200,
        Role.LEADER: 200,
        Role.AUDITOR: 200,
    }
    assert {status(Role.FILLER, "a1"), status(Role.DEPARTMENT_HEAD, "a2")} == {403}
    assert {status(Role.COORDINATOR, "b"), status(Role.FILLER, "b1"), status(Role.SECRETARY, "c")} == {404}


def test_prose_is_edited_by_the_coordinator_alone(world: World) -> None:
    assert signed_in(world).get(url(world, "prose/")).status_code == 200
    for role, organisation, status in (
        (Role.LEADER, "a", 403),
        (Role.AUDITOR, "a", 403),
        (Role.FILLER, "a1", 403),
        (Role.COORDINATOR, "b", 404),
    ):
        client = signed_in(world, role, organisation)
        assert client.get(url(world, "prose/")).status_code == status
        assert client.post(url(world, "prose/"), typed()).status_code == status
    assert not ReportProse.objects.exists()


def test_prose_starts_from_the_standard_one_and_is_saved(world: World) -> None:
    client = signed_in(world)
    page = client.get(url(world, "prose/"))
    assert page.context["form"]["title"].value() == "关于2021年度督导评价自评的报告"
    answer = client.post(url(world, "prose/"), typed(problems="班额超标。", issued_on="2022-01-12"))
    assert (answer.status_code, answer.headers["Location"]) == (302, url(world))
    stored = ReportProse.objects.get()
    assert (stored.title, stored.problems, stored.version) == ("自评报告", "班额超标。", 1)
    assert "班额超标。" in client.get(url(world, "document/")).content.decode()


@pytest.mark.parametrize(
    ("fields", "faulty"),
    [
        ({"title": ""}, {"title"}),
        ({"title": "字" * 201, "issued_on": "2022-13-01"}, {"title", "issued_on"}),
        ({"preamble": "a\x00b"}, {"preamble"}),
        ({"version": "x"}, {"version"}),
        ({"problems": "\n".join(["（一）标题"] * 100)}, {"problems"}),
    ],
)
def test_prose_that_cannot_be_kept_gets_a_sentence_at_its_field(
    world: World, fields: dict[str, str], faulty: set[str]
) -> None:
    answer = signed_in(world).post(url(world, "prose/"), typed(**fields))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == faulty
    assert answer.context["form"]["addressee"].value() == "市教育督导委员会"
    assert not ReportProse.objects.exists()


def test_empty_post_of_prose_is_refused(world: World) -> None:
    answer = signed_in(world).post(url(world, "prose/"), {})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"version", "title", "addressee"}


def test_stale_prose_shows_both_texts_and_can_be_saved_on_top(world: World) -> None:
    client = signed_in(world)
    client.post(url(world, "prose/"), typed(problems="先到的文字"))
    answer = client.post(url(world, "prose/"), typed(problems="后到的文字"))
    assert answer.status_code == 409
    assert "先到的文字" in answer.content.decode()
    form = answer.context["form"]
    assert (form["problems"].value(), form["version"].value()) == ("后到的文字", "1")
    assert ReportProse.objects.get().problems == "先到的文字"
    again = {name: form[name].value() or "" for name in form.fields}
    assert client.post(url(world, "prose/"), again).status_code == 302
    assert (ReportProse.objects.get().problems, ReportProse.objects.get().version) == ("后到的文字", 2)


def test_stored_markup_is_text_on_every_page_and_in_the_document(world: World) -> None:
    client = signed_in(world)
    texts = dict.fromkeys(
        ("title", "addressee", "preamble", "experience", "problems", "improvements"), HOSTILE
    )
    hostile = typed(**texts, document_number=HOSTILE, signatory=HOSTILE[:40])
    assert client.post(url(world, "prose/"), hostile).status_code == 302
    put(world, "1", narrative=HOSTILE, department_score=Decimal(1))
    put(world, "3", applicable=False, na_reason=HOSTILE)
    world.response("1").deductions.create(order=1, points=Decimal(1), reason=HOSTILE)
    stale = client.post(url(world, "prose/"), hostile)
    assert stale.status_code == 409
    pages = [stale, *(client.get(url(world, page)) for page in ("", "prose/", "document/", "file/html/"))]
    for page in pages:
        content = page.content.decode()
        assert "<script>alert" not in content
        assert "<img src=x" not in content
    assert "&lt;script&gt;alert(1)" in pages[3].content.decode()


def test_head_is_answered_like_get(world: World) -> None:
    client = signed_in(world)
    for page in ("", "prose/", "document/", "file/txt/"):
        answer = client.head(url(world, page))
        assert (answer.status_code, answer.content) == (200, b"")
    assert client.post(url(world)).status_code == 405
    assert client.post(url(world, "file/txt/")).status_code == 405


def test_nothing_is_rendered_inside_a_transaction() -> None:
    """A request is no transaction: on SQLite it would keep every writer waiting while a report prints."""
    assert connection.settings_dict["ATOMIC_REQUESTS"] is False


def test_page_names_what_cannot_be_printed_in_place_of_the_button(world: World) -> None:
    client = signed_in(world)
    assert "file/pdf/" in client.get(url(world)).text
    client.post(url(world, "prose/"), typed(problems="教师𠮷某缺编。"))
    page = client.get(url(world)).text
    assert "𠮷 U+20BB7（存在的问题第1部分）" in page
    assert "file/pdf/" not in page


def test_prose_of_a_partial_total_says_what_its_placeholder_is(db: None) -> None:
    world = make_world(make_framework(**every_kind_data()))
    content = signed_in(world).get(url(world, "prose/")).content.decode()
    assert "<code>{满分}</code>" in content
