"""The pages of the library: the list, one piece, downloads, erasing; who gets them, and hostile input."""

from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from accounts.roles import Role
from assessments.evidence.library import remove_evidence
from assessments.evidence.listing import PAGE
from assessments.models import Erasure, Evidence, EvidenceFile, MaterialTick, Response
from assessments.states import State
from tests.assessments.evidence.archiving import put, revise, signed_in
from tests.assessments.evidence.corpus import picture
from tests.factories import World, every_kind_data, make_framework, make_world

ITEM = "1 制度建设情况"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
FILLER, BOSS, ADMIN = (Role.FILLER, "a1"), (Role.COORDINATOR, "a"), (Role.ADMINISTRATOR, "a")


@pytest.fixture
def world(db: None) -> World:
    return make_world(make_framework(**every_kind_data()))


def library(world: World, query: str = "", who: tuple[Role, str] = BOSS) -> Any:
    answer = signed_in(world, *who).get(f"/assessments/{world.assessments['a'].pk}/evidence/{query}")
    assert answer.status_code == 200
    return answer


def titles(world: World, query: str = "", who: tuple[Role, str] = BOSS) -> list[str]:
    return [row.evidence.title for row in library(world, query, who).context["rows"]]


def posted(**changes: str) -> dict[str, str]:
    return {
        "version": "1",
        "title": "新题",
        "document_number": "",
        "issuer": "",
        "dated": "",
        "kind": "other",
    } | changes


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def status(client: Client, file: EvidenceFile, **headers: str) -> int:
    """What a download is answered with; its file is closed."""
    answer = client.get(f"/evidence/file/{file.pk}/", headers=headers)
    content(answer)
    return answer.status_code


# The list


def test_list_is_searched_by_title_number_issuer_and_file_name(world: World) -> None:
    put(world, "实施方案", b"%PDF-1.7 1", document_number="洪教字〔2021〕12号")
    put(world, "会议纪要", None, issuer="市教育局")
    assert titles(world, "?q=实施") == titles(world, "?q=洪教字[2021]第12号") == ["实施方案"]
    assert titles(world, "?q=(2021)12") == titles(world, "?q=原名") == ["实施方案"]
    assert titles(world, "?q=教育局") == ["会议纪要"]
    assert titles(world, "?q=没有") == []


def test_list_is_narrowed(world: World) -> None:
    put(world, "甲", b"%PDF-1.7 1", ITEM, kind="photo")
    put(world, "乙", b"%PDF-1.7 2", "1 抽检合格率")
    put(world, "丙", b"%PDF-1.7 3", owner="a2")
    sections = {each.title: each.key for each in world.framework.sections.all()}
    assert titles(world, f"?section={sections['综合保障']}") == ["甲"]
    assert titles(world, f"?item={world.response('1 抽检合格率').pk}") == ["乙"]
    assert titles(world, f"?department={world.departments['a2'].pk}") == ["丙"]
    assert titles(world, "?kind=photo") == ["甲"]
    assert titles(world, "?show=uncited") == ["丙"]
    assert titles(world, f"?show=uncited&department={world.departments['a1'].pk}") == []


def test_list_is_sorted(world: World) -> None:
    put(world, "甲", document_number="乙〔2021〕1号", dated="2021-01-01")
    put(world, "乙", b"%PDF-1.7 2", document_number="甲〔2021〕1号", dated="2021-02-01", owner="a2")
    assert titles(world, "?sort=newest") == titles(world, "?sort=dated") == titles(world) == ["乙", "甲"]
    assert titles(world, "?sort=owner") == ["甲", "乙"]
    by_title = titles(world, "?sort=title")
    assert titles(world, "?sort=number") == by_title[::-1]


def test_hostile_search_is_a_search(world: World) -> None:
    put(world, "甲")
    for query in (
        "?q=%00%FF&section=x&item=-1&department=９&kind=none&sort=;drop&page=x&show=all",
        f"?q={'长' * 3000}",
        "?item=99999999999999999999&page=-3",
        "?q=%25_'\"\\",
    ):
        library(world, query)


def test_items_and_departments_of_others_narrow_to_nothing(world: World) -> None:
    put(world, "甲", b"%PDF-1.7 1", ITEM)
    put(world, "外区", b"%PDF-1.7 2", ITEM, owner="b1", district="b")
    for query in (f"?item={world.response(ITEM, 'b').pk}", f"?department={world.departments['b1'].pk}"):
        assert titles(world, query) == []


def test_list_shows_use_state_and_what_is_to_be_checked(world: World) -> None:
    put(world, "甲", b"%PDF-1.7 1", ITEM, document_number="纪要4")
    put(world, "乙", None)
    page = library(world).content.decode()
    assert page.count("to be checked") == page.count("no file") == 1
    assert "制度建设情况" in page
    rows = {row.evidence.title: row.cited for row in library(world).context["rows"]}
    assert rows == {"甲": True, "乙": False}


def test_department_is_told_that_others_cite_its_evidence_and_not_where(world: World) -> None:
    evidence = put(world, "乙", b"%PDF-1.7 1", owner="a2")
    put(world, "甲", None, ITEM)
    Response.objects.get(pk=world.response(ITEM).pk).evidence_uses.update(evidence=evidence)
    page = library(world, who=(Role.FILLER, "a2")).content.decode()
    assert "by another department" in page
    assert "制度建设情况" not in page
    one = signed_in(world, Role.FILLER, "a2").get(f"/evidence/{evidence.pk}/").content.decode()
    assert "1 item of other departments cites it" in one
    assert "制度建设情况" not in one


def test_coverage_counts_and_names_what_is_missing(world: World) -> None:
    put(world, "方案", b"%PDF-1.7 1", (ITEM, {"material": "实施方案"}))
    page = library(world, "?show=missing")
    (section,) = page.context["coverage"]
    assert (section.required, section.there) == (2, 1)
    assert (page.context["missing"], page.context["lacking"]) == (1, 1)
    assert "人员名册" in page.content.decode()
    MaterialTick.objects.create(response=world.response(ITEM), name="人员名册")
    assert "All required materials are there." in library(world, "?show=missing").content.decode()


def test_department_sees_the_coverage_of_its_own_items(world: World) -> None:
    assert [each.required for each in library(world, who=FILLER).context["coverage"]] == [2]
    Response.objects.filter(pk=world.response(ITEM).pk).update(state=State.ACCEPTED)
    assert library(world, who=(Role.FILLER, "a2")).context["coverage"] == []


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize("who", [BOSS, FILLER])
def test_list_takes_as_many_queries_for_one_as_for_a_page(world: World, who: tuple[Role, str]) -> None:
    client, address = signed_in(world, *who), f"/assessments/{world.assessments['a'].pk}/evidence/"
    put(world, "0", b"%PDF-1.7 0", ITEM)
    one = queries(client, address)
    for number in range(1, 12):
        evidence = put(world, str(number), f"%PDF-1.7 {number}".encode(), ITEM, "2 经费只增不减")
        revise(evidence, f"%PDF-1.7 {number} 2".encode(), number=2)
    assert queries(client, address) == one <= 22


def test_list_is_paged_and_keeps_the_search(world: World) -> None:
    evidence = put(world, "方案 0")
    copies = []
    for number in range(1, PAGE + 1):
        evidence.pk, evidence.title = None, f"方案 {number}"
        copies.append(
            Evidence(**{field.attname: getattr(evidence, field.attname) for field in evidence._meta.fields})
        )
    Evidence.objects.bulk_create(copies)
    first = library(world, "?q=方案&sort=newest")
    assert len(first.context["rows"]) == PAGE
    assert f"?q={quote('方案')}&amp;sort=newest&amp;page=2" in first.content.decode()
    assert titles(world, "?q=方案&sort=newest&page=2") == ["方案 0"]


# One piece


def test_description_is_saved_with_the_number_in_its_one_form(world: World) -> None:
    evidence = put(world, "旧题")
    answer = signed_in(world, *FILLER).post(
        f"/evidence/{evidence.pk}/", posted(document_number="洪教字(2021)第3号", dated="2021-03-04")
    )
    evidence.refresh_from_db()
    assert (answer.status_code, evidence.title, evidence.document_number) == (
        302,
        "新题",
        "洪教字〔2021〕3号",
    )
    assert (str(evidence.dated), evidence.kind, evidence.version) == ("2021-03-04", "other", 2)


def test_number_that_is_none_is_flagged_on_the_page(world: World) -> None:
    evidence = put(world, "纪要", document_number="会议纪要第4期")
    page = signed_in(world, *FILLER).get(f"/evidence/{evidence.pk}/").content.decode()
    assert "does not read as the number of an official document" in page


def test_stale_description_shows_what_is_stored_and_is_not_saved(world: World) -> None:
    evidence, client = put(world, "旧题"), signed_in(world, *FILLER)
    Evidence.objects.filter(pk=evidence.pk).update(title="别人的题", version=2)
    answer = client.post(f"/evidence/{evidence.pk}/", posted(title="我的题"))
    page = answer.content.decode()
    assert (answer.status_code, "别人的题" in page, "我的题" in page) == (409, True, True)
    assert Evidence.objects.get().title == "别人的题"
    again = answer.context["form"].data
    assert client.post(f"/evidence/{evidence.pk}/", again).status_code == 302
    assert Evidence.objects.get().title == "我的题"


def test_bad_description_is_refused_at_its_field(world: World) -> None:
    evidence, client = put(world, "旧题"), signed_in(world, *FILLER)
    for name, typed in (
        ("title", ""),
        ("title", "长" * 10_000),
        ("dated", "2999-01-01"),
        ("dated", "昨天"),
        ("kind", "none"),
        ("version", "x"),
        ("issuer", "长" * 101),
    ):
        answer = client.post(f"/evidence/{evidence.pk}/", posted(**{name: typed}))
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [name])
    assert Evidence.objects.get().version == 1


def test_markup_is_text_and_fields_of_no_form_do_nothing(world: World) -> None:
    evidence, client = put(world, "旧题", b"%PDF-1.7 1", ITEM), signed_in(world, *FILLER)
    extra = {"owner": str(world.departments["b1"].pk), "removed": "on", "assessment": "1", "added_by": "1"}
    client.post(
        f"/evidence/{evidence.pk}/",
        posted(title=HOSTILE, issuer=HOSTILE, document_number=f"{HOSTILE}\0", **extra),
    )
    stored = Evidence.objects.get()
    assert (stored.title, stored.owner, stored.removed) == (HOSTILE, world.departments["a1"], False)
    for address in (f"/evidence/{evidence.pk}/", f"/assessments/{evidence.assessment_id}/evidence/"):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_page_takes_as_many_queries_for_one_revision_and_use_as_for_many(world: World) -> None:
    evidence, client = put(world, "方案", b"%PDF-1.7 1", ITEM), signed_in(world, *BOSS)
    address = f"/evidence/{evidence.pk}/"
    client.post(address, posted())
    one = queries(client, address)
    for number in range(2, 6):
        revise(evidence, f"%PDF-1.7 {number}".encode(), number=number)
    for label in ("2 经费只增不减", "3 资金到位率", "1 抽检合格率"):
        put(world, label, None, label)
    world.assessments["a"].evidence.exclude(pk=evidence.pk).update(issuer="市教育局")
    for use in list(Response.objects.filter(assessment=evidence.assessment, evidence_uses__isnull=False)):
        use.evidence_uses.update(evidence=evidence)
    for version in range(2, 6):
        client.post(address, posted(title=f"新题{version}", version=str(version)))
    assert queries(client, address) == one <= 20


def test_history_says_who_did_what(world: World) -> None:
    evidence, client = put(world, "旧题"), signed_in(world, *FILLER)
    client.post(f"/evidence/{evidence.pk}/", posted())
    client.post(f"/evidence/{evidence.pk}/remove/")
    client.post(f"/evidence/{evidence.pk}/put-back/")
    lines = client.get(f"/evidence/{evidence.pk}/").context["history"]
    assert [(line.act, line.who) for line in lines] == [
        ("Put back", "filler-a1"),
        ("Removed from the library", "filler-a1"),
        ("Description changed", "filler-a1"),
    ]
    assert "title: 旧题 → 新题" in lines[2].details


def test_removing_says_which_items_lose_it_and_is_undone(world: World) -> None:
    evidence, client = put(world, "方案", b"%PDF-1.7 1", ITEM), signed_in(world, *FILLER)
    assert "制度建设情况" in client.get(f"/evidence/{evidence.pk}/remove/").content.decode()
    assert client.post(f"/evidence/{evidence.pk}/remove/").status_code == 302
    assert titles(world) == []
    assert client.get(f"/evidence/{evidence.pk}/").status_code == 200
    assert client.get(f"/evidence/file/{evidence.files.get().pk}/").status_code == 404
    assert signed_in(world, Role.LEADER, "a").get(f"/evidence/{evidence.pk}/").status_code == 404
    assert client.post(f"/evidence/{evidence.pk}/", posted()).status_code == 403
    client.post(f"/evidence/{evidence.pk}/put-back/")
    assert titles(world) == ["方案"]


def test_what_was_removed_is_found_by_who_may_put_it_back(world: World) -> None:
    for title, owner, label in (("方案", "a1", ITEM), ("台账", "a2", "4 通过认证")):
        gone = put(world, title, b"%PDF-1.7 " + title.encode(), label, owner=owner)
        remove_evidence(evidence=gone, by=world.people[BOSS])
    assert titles(world) == []
    assert titles(world, "?show=removed&sort=title") == ["台账", "方案"]
    assert titles(world, "?show=removed", FILLER) == ["方案"]
    assert titles(world, "?show=removed", (Role.LEADER, "a")) == []
    Response.objects.filter(pk=world.response(ITEM).pk).update(state=State.ACCEPTED)
    assert titles(world, "?show=removed", FILLER) == []
    assert library(world, who=FILLER).context["removed"] == 0


def test_who_works_in_two_offices_chooses_for_which(world: World) -> None:
    Membership.objects.create(
        user=world.people[FILLER], organisation=world.departments["a2"], role=Role.FILLER
    )
    client, address = signed_in(world, *FILLER), f"/assessments/{world.assessments['a'].pk}/evidence/"
    assert set(client.get(f"{address}add/").context["offices"]) == {
        world.departments["a1"],
        world.departments["a2"],
    }
    for office in ("a1", "a2"):
        file = SimpleUploadedFile(f"{office}.png", picture(size=(40, 30 + int(office[1]))))
        client.post(f"{address}upload/", {"files": file, "owner": world.departments[office].pk})
    owners = Evidence.objects.order_by("title").values_list("title", "owner__code")
    assert [(title, owner) for title, owner in owners] == [
        (code, world.departments[code].code) for code in ("a1", "a2")
    ]


def test_reference_is_added_and_a_file_follows(world: World) -> None:
    client = signed_in(world, *FILLER)
    address = f"/assessments/{world.assessments['a'].pk}/evidence/add/"
    owner = str(world.departments["a1"].pk)
    assert client.get(address).status_code == 200
    assert client.post(address, posted(owner=owner, title="")).status_code == 422
    assert client.post(address, posted(owner=str(world.departments["a2"].pk))).status_code == 422
    assert client.post(address, posted(owner=owner, title="方案")).status_code == 302
    evidence = Evidence.objects.get()
    upload = SimpleUploadedFile("方案.pdf", b"<html><script>alert(1)</script></html>")
    refused = client.post(f"/evidence/{evidence.pk}/revise/", {"file": upload})
    assert (refused.status_code, evidence.files.count()) == (422, 0)
    assert list(refused.context["revision"].errors) == ["file"]


# Downloads


def test_file_is_served_as_a_download_of_its_own_name(world: World) -> None:
    file = put(world, "方案", b"%PDF-1.7 content").files.get()
    answer = signed_in(world, *FILLER).get(f"/evidence/file/{file.pk}/")
    assert (answer.status_code, content(answer)) == (200, b"%PDF-1.7 content")
    wanted = {
        "Content-Type": "application/pdf",
        "Content-Length": "16",
        "Content-Disposition": f"attachment; filename*=utf-8''{quote('原名.pdf')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Accept-Ranges": "bytes",
        "ETag": f'"{file.sha256}"',
    }
    assert {name: answer.headers[name] for name in wanted} == wanted


def test_head_is_answered_without_content(world: World) -> None:
    file = put(world, "方案", b"%PDF-1.7 content").files.get()
    answer = signed_in(world, *FILLER).head(f"/evidence/file/{file.pk}/")
    assert (answer.status_code, answer.content, answer.headers["Content-Length"]) == (200, b"", "16")


RANGES = [
    ("bytes=0-4", 206, b"%PDF-", "bytes 0-4/16"),
    ("bytes=9-", 206, b"content", "bytes 9-15/16"),
    ("bytes=9-999", 206, b"content", "bytes 9-15/16"),
    ("bytes=-7", 206, b"content", "bytes 9-15/16"),
    ("bytes=-99", 206, b"%PDF-1.7 content", "bytes 0-15/16"),
    ("bytes=16-", 416, b"", "bytes */16"),
    ("bytes=-0", 416, b"", "bytes */16"),
    ("bytes=5-2", 200, b"%PDF-1.7 content", ""),
    ("bytes=0-1,3-4", 200, b"%PDF-1.7 content", ""),
    ("bytes=-", 200, b"%PDF-1.7 content", ""),
    ("lines=0-4", 200, b"%PDF-1.7 content", ""),
    (f"bytes={'9' * 400}-", 200, b"%PDF-1.7 content", ""),
]
"""What is asked for, and how and with what it is answered."""


def test_interrupted_download_goes_on(world: World) -> None:
    file, client = put(world, "方案", b"%PDF-1.7 content").files.get(), signed_in(world, *FILLER)
    for asked, code, part, said in RANGES:
        answer = client.get(f"/evidence/file/{file.pk}/", headers={"Range": asked})
        got = (answer.status_code, content(answer), answer.headers.get("Content-Range", ""))
        assert got == (code, part, said), asked
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_download_of_something_else_begins_anew(world: World) -> None:
    file, client = put(world, "方案", b"%PDF-1.7 content").files.get(), signed_in(world, *FILLER)
    for known, code in ((f'"{file.sha256}"', 206), ('"another"', 200)):
        assert status(client, file, **{"Range": "bytes=0-4", "If-Range": known}) == code


def test_file_of_others_is_not_there(world: World) -> None:
    file = put(world, "方案", b"%PDF-1.7 1", ITEM).files.get()
    for who in ((Role.FILLER, "a2"), (Role.COORDINATOR, "b"), (Role.SECRETARY, "c"), ADMIN):
        client = signed_in(world, *who)
        assert client.get(f"/evidence/file/{file.pk}/").status_code == 404
        assert client.get(f"/evidence/{file.evidence_id}/").status_code == 404
        assert client.get("/evidence/file/999999999/").status_code == 404


def test_storage_has_no_address(world: World) -> None:
    file, client = put(world, "方案").files.get(), signed_in(world, *FILLER)
    for address in (
        f"/{file.key}",
        f"/media/{file.key}",
        f"/var/evidence/{file.key}",
        f"/static/../{file.key}",
    ):
        assert client.get(address).status_code == 404


def test_lost_file_is_said_to_be_so(world: World) -> None:
    file = put(world, "方案").files.get()
    storages["evidence"].delete(file.key)
    assert signed_in(world, *FILLER).get(f"/evidence/file/{file.pk}/").status_code == 503


# Erasing


def erase_address(file: EvidenceFile) -> str:
    return f"/evidence/{file.pk}/erase/{file.sha256[:12]}/"


def test_waiting_erasure_is_on_the_start_page_of_who_confirms_it(world: World) -> None:
    file = put(world, "花名册").files.get()
    signed_in(world, *BOSS).post(erase_address(file), {"reason": "涉密"})
    waits = "1 file is to be erased, and waits for your confirmation."
    shown = {who: waits in signed_in(world, *who).get("/").content.decode() for who in (BOSS, ADMIN, FILLER)}
    assert shown == {BOSS: False, ADMIN: True, FILLER: False}


def test_two_people_erase_a_file_on_their_pages(world: World) -> None:
    file = put(world, "方案", b"%PDF-1.7 1", ITEM).files.get()
    boss, admin, filler = signed_in(world, *BOSS), signed_in(world, *ADMIN), signed_in(world, *FILLER)
    assert erase_address(file) in boss.get(f"/evidence/{file.evidence_id}/").content.decode()
    assert "cannot be brought back" in boss.get(erase_address(file)).content.decode()
    assert boss.post(erase_address(file), {"reason": ""}).status_code == 422
    assert status(filler, file) == 200
    assert boss.post(erase_address(file), {"reason": f"涉密{HOSTILE}"}).status_code == 302
    for client in (boss, filler):
        gone = client.get(f"/evidence/file/{file.pk}/")
        assert (gone.status_code, "Nobody can open it" in gone.content.decode()) == (410, True)
    page = admin.get("/evidence/erasures/").content.decode()
    assert (file.sha256[:12] in page, "涉密&lt;script&gt;" in page, "<script>alert" in page) == (
        True,
        True,
        False,
    )
    erasure = Erasure.objects.get()
    assert boss.post(f"/evidence/erasures/{erasure.pk}/confirm/").status_code == 403
    assert admin.post(f"/evidence/erasures/{erasure.pk}/take-back/").status_code == 403
    assert admin.post(f"/evidence/erasures/{erasure.pk}/confirm/").status_code == 302
    gone = filler.get(f"/evidence/file/{file.pk}/")
    assert (gone.status_code, "gone for good" in gone.content.decode()) == (410, True)
    one = filler.get(f"/evidence/{file.evidence_id}/").content.decode()
    assert ("confirmed by administrator-a" in one, file.sha256[:12] in one) == (True, True)
    assert Erasure.objects.get().confirmed_by == world.people[ADMIN]


def test_administrator_asks_by_the_check_code_alone(world: World) -> None:
    file, admin = put(world, "方案").files.get(), signed_in(world, *ADMIN)
    other = put(world, "外区", owner="b1", district="b", content=b"%PDF-1.7 b").files.get()
    found = admin.get(f"/evidence/erasures/?code={file.sha256[:12].upper()}")
    assert found.headers["Location"] == erase_address(file)
    for code in (file.sha256[:11], other.sha256[:12], "%" * 12, "x" * 5000, "\0" * 12):
        assert admin.get("/evidence/erasures/", {"code": code}).status_code == 404
    assert admin.get(f"/evidence/{file.pk}/erase/{'0' * 12}/").status_code == 404
    assert admin.get(f"/evidence/{file.pk}/erase/{file.sha256}/").status_code == 404
    assert admin.get(erase_address(other)).status_code == 404
    assert admin.post(erase_address(file), {"reason": "涉密"}).status_code == 302


def test_asker_takes_the_request_back(world: World) -> None:
    file, boss = put(world, "方案").files.get(), signed_in(world, *BOSS)
    boss.post(erase_address(file), {"reason": "误报"})
    assert boss.get(erase_address(file)).status_code == 302
    boss.post(f"/evidence/erasures/{Erasure.objects.get().pk}/take-back/")
    assert status(boss, file) == 200


def test_requests_take_as_many_queries_for_one_as_for_many(world: World) -> None:
    boss, admin = signed_in(world, *BOSS), signed_in(world, *ADMIN)
    counts = []
    for number in range(3):
        file = put(world, str(number), f"%PDF-1.7 {number}".encode()).files.get()
        asker = boss if number % 2 else admin
        asker.post(erase_address(file), {"reason": "涉密"})
        counts.append(queries(admin, "/evidence/erasures/"))
    assert counts[0] == counts[1] == counts[2]


# The banner


def test_pages_say_that_nothing_secret_may_be_uploaded(world: World) -> None:
    client = signed_in(world, *FILLER)
    for address in ("evidence/", "evidence/add/"):
        page = client.get(f"/assessments/{world.assessments['a'].pk}/{address}").content.decode()
        assert "must not be uploaded" in page
