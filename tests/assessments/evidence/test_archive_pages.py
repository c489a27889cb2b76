"""The page before the download, and the files that it leads to."""

import re
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from pypdf import PdfReader
from pytest_django import Settings

from accounts.roles import Role
from accounts.standing import standing_of
from assessments.evidence.archive.boxes import MOST, Boxing, boxes_of
from assessments.evidence.archive.listing import list_archive
from assessments.evidence.sending import AT_ONCE
from audit.models import Event
from tests.answers import finish
from tests.assessments.evidence.archiving import archive_of, bytes_of, erase, put, signed_in
from tests.assessments.evidence.archiving import printed_here as printed_here
from tests.factories import World

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


pytestmark = pytest.mark.usefixtures("printed_here")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    """A storage of its own."""
    evidence = {**settings.STORAGES["evidence"], "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "evidence": evidence}
    return tmp_path


def url(world: World, form: str = "", district: str = "a") -> str:
    page = f"/assessments/{world.assessments[district].pk}/evidence/archive/"
    return f"{page}file/{form}/" if form else page


def test_page_says_how_much_it_is_before_the_click(world: World) -> None:
    put(world, "甲", b"1" * 1_500_000, "1", "2", document_number="赣教字〔2021〕3号")
    client = signed_in(world)
    page = client.get(url(world))
    listing = page.context["listing"]
    assert (listing.count, listing.bytes, page.context["once"]) == (2, 3_000_000, 1_500_000)
    text = page.content.decode()
    assert "<b>2.9\xa0MB</b>" in text
    assert 3_000_000 < len(bytes_of(client.get(url(world, "zip")))) < 3_200_000
    assert "赣教字〔2021〕3号" in text
    assert f'href="{url(world, "zip")}" download' in text
    assert 'href="?copies=once">Each file only once, 1.4\xa0MB less' in text


def test_page_of_the_other_way_leads_back(world: World) -> None:
    put(world, "甲", b"1", "1", "2")
    page = signed_in(world).get(f"{url(world)}?copies=once&item={world.response('1').pk}")
    assert f'href="?item={world.response("1").pk}">A copy in every folder' in page.content.decode()
    assert f"zip/?item={world.response('1').pk}&amp;copies=once" in page.content.decode()


def test_page_without_evidence_says_so(world: World) -> None:
    assert "There is no evidence yet" in signed_in(world).get(url(world)).content.decode()


def test_page_escapes_what_people_typed(world: World) -> None:
    put(world, HOSTILE, b"1", ("1", {"passage": HOSTILE, "material": HOSTILE}), document_number=HOSTILE)
    text = signed_in(world).get(url(world)).content.decode()
    assert "<script>alert" not in text
    assert "<img src=x" not in text


@pytest.mark.parametrize(
    "query",
    ["section=x", "section=", "item=0", "item=x", "item=99999999999999999999", "item=%00", "item=٣"],
)
def test_what_is_no_section_and_no_item_is_not_there(world: World, query: str) -> None:
    assert signed_in(world).get(f"{url(world)}?{query}").status_code == 404


def test_items_of_another_district_are_not_there(world: World) -> None:
    put(world, "乙", b"1", "1", owner="b1", district="b")
    foreign = world.response("1", "b").pk
    client = signed_in(world)
    assert client.get(f"{url(world)}?item={foreign}").status_code == 404
    assert client.get(f"{url(world, 'zip')}?item={foreign}").status_code == 404
    assert client.get(url(world, "zip", "b")).status_code == 404


def test_a_department_that_does_not_see_the_item_does_not_get_its_archive(world: World) -> None:
    put(world, "甲", b"1", "1")
    client = signed_in(world, Role.FILLER, "a2")
    assert client.get(f"{url(world)}?item={world.response('1').pk}").status_code == 404
    assert "There is no evidence yet" in client.get(url(world)).content.decode()


def test_head_tells_the_length_and_leaves_no_event(world: World) -> None:
    put(world, "甲", b"1", "1")
    answer = signed_in(world).head(url(world, "zip"))
    assert int(answer.headers["Content-Length"]) > 1
    assert not Event.objects.filter(action="evidence.archived").exists()


def test_names_of_the_downloads_say_what_they_are(world: World) -> None:
    put(world, "甲", b"1", "1")
    client, item = signed_in(world), world.response("1").pk
    for form, name in (
        ("zip", "单位a2021年佐证材料_1 经费投入.zip"),
        ("xlsx", "单位a2021年佐证材料目录_1 经费投入.xlsx"),
        ("pdf", "单位a2021年盒脊标签_1 经费投入.pdf"),
    ):
        answer = client.get(f"{url(world, form)}?item={item}")
        finish(answer)
        assert unquote(answer.headers["Content-Disposition"]) == f"attachment; filename*=utf-8''{name}"


def test_only_a_few_archives_are_sent_at_once(world: World) -> None:
    """Also to who never begins to read, and whether they are read to the end or not."""
    put(world, "甲", b"1", "1")
    client, item = signed_in(world), world.response("1").pk
    address = f"{url(world, 'zip')}?item={item}"
    for _round in range(2):
        answers = [client.get(address) for _each in range(AT_ONCE)]
        assert [answer.status_code for answer in answers] == [200] * AT_ONCE
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{url(world)}?item={item}")
        assert "Many files are being downloaded" in client.get(answer.headers["Location"]).content.decode()
        bytes_of(answers[0])
        for answer in answers:
            finish(answer)
    assert Event.objects.filter(action="evidence.archived").count() == 2 * AT_ONCE


def test_list_of_contents_comes_alone_too(world: World) -> None:
    put(world, "甲", b"1", "1")
    book = load_workbook(BytesIO(signed_in(world).get(url(world, "xlsx")).content))
    assert [book["材料目录"].cell(4, column).value for column in (3, 4)] == ["1-01", "甲"]


@pytest.mark.parametrize("number", [1, 8])
def test_queries_of_the_page_do_not_grow(world: World, number: int) -> None:
    for each in range(number):
        put(world, f"甲{each}", b"1", "1", "2")
        put(world, f"乙{each}", b"1")
    client = signed_in(world)
    with CaptureQueriesContext(connection) as queries:
        client.get(url(world))
    assert len(queries) == 12


def text_of(content: bytes) -> str:
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages))


def test_labels_are_those_of_the_boxes(world: World) -> None:
    for each in range(3):
        put(world, f"甲{each}", b"1", "1")
    put(world, "乙", None, "2")
    answer = signed_in(world).get(url(world, "pdf"), {"boxes": "item", "width": "50"})
    text = text_of(answer.content)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert text.count("全宗号") == 2
    for word in (
        "单位a",
        "年度2021",
        "经费投入",
        "起止件号1-011-03",
        "件数3",
        "盒号1",
        "标准班额",
        "2-012-01",
        "盒号2",
    ):
        assert word in text


def test_zip_has_the_labels_as_they_are_asked_for(world: World) -> None:
    put(world, "甲", b"1", "1")
    for query, title in (("", "经费投入"), ("?boxes=section&width=20", "教育保障")):
        archive = archive_of(world, query=query)
        assert archive.namelist()[:2] == ["材料目录.xlsx", "盒脊标签.pdf"]
        assert title in text_of(archive.read("盒脊标签.pdf"))


def test_zip_without_files_has_no_labels(world: World) -> None:
    erase(world, put(world, "甲", b"1", "1"))
    assert "盒脊标签.pdf" not in archive_of(world).namelist()


@pytest.mark.parametrize("query", ["boxes=x", "width=1", "width=x", "boxes="])
def test_labels_of_no_such_kind_are_not_there(world: World, query: str) -> None:
    put(world, "甲", b"1", "1")
    assert signed_in(world).get(f"{url(world, 'pdf')}?{query}").status_code == 404


def test_no_labels_for_nothing(world: World) -> None:
    erase(world, put(world, "甲", b"1", "1"))
    assert signed_in(world).get(url(world, "pdf")).status_code == 404
    assert signed_in(world).get(url(world, "docx")).status_code == 404


def boxes(world: World, boxing: Boxing) -> list[tuple[str, str, str, int]]:
    standing = standing_of(world.people[Role.COORDINATOR, "a"])
    found = boxes_of(list_archive(standing, world.assessments["a"]), boxing)
    assert [box.number for box in found] == list(range(1, len(found) + 1))
    return [(box.title, box.first, box.last, box.count) for box in found]


def test_boxes_follow_items_or_sections_or_are_filled(world: World) -> None:
    for label, number in (("1", 2), ("2", 3), ("3", 1)):
        for each in range(number):
            put(world, f"{label}{each}", None, label)
    put(world, "无主", None)
    loose = ("未引用材料", "0-01", "0-01", 1)
    assert boxes(world, Boxing.ITEM) == [
        ("经费投入", "1-01", "1-02", 2),
        ("标准班额", "2-01", "2-03", 3),
        ("高中教育", "3-01", "3-01", 1),
        loose,
    ]
    assert boxes(world, Boxing.SECTION) == [
        ("教育保障", "1-01", "2-03", 5),
        ("高中教育", "3-01", "3-01", 1),
        loose,
    ]
    assert boxes(world, Boxing.FULL) == [("教育保障—协调发展", "1-01", "3-01", 6), loose]


def test_a_box_is_never_overfull_and_parts_no_item_without_need(world: World) -> None:
    for label, number in (("1", MOST + 1), ("2", MOST), ("3", 1)):
        for each in range(number):
            put(world, f"{label}{each:03}", None, label)
    assert [(first, last, count) for _title, first, last, count in boxes(world, Boxing.FULL)] == [
        ("1-01", "1-40", 40),
        ("1-41", "1-41", 1),
        ("2-01", "2-40", 40),
        ("3-01", "3-01", 1),
    ]
