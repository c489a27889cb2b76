"""The evidence on an item's page: what is cited, by whom, as what; citing, changing, taking back."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from assessments.evidence.citing import cite
from assessments.evidence.library import Description, add_evidence, remove_evidence
from assessments.models import Evidence, EvidenceFile, EvidenceUse, MaterialTick, Response
from assessments.states import State
from tests.assessments.evidence.demanding import make_demanding_world
from tests.factories import World

BY_SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def world(db: None) -> World:
    return make_demanding_world()


HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


def visitor(world: World, place: str = "a1", role: Role = Role.FILLER) -> Client:
    client = Client()
    client.force_login(world.people[role, place])
    client.cookies["django_language"] = "en"
    return client


def item(world: World, label: str = "1") -> str:
    return f"/responses/{world.response(label).pk}/"


def make(world: World, title: str = "通知", place: str = "a1", code: str = "", **said: Any) -> Evidence:
    """Evidence of a department, with a file of this format that nobody opens."""
    by, district = world.people[Role.FILLER, place], place[0]
    evidence = add_evidence(
        assessment=world.assessments[district],
        owner=world.departments[place],
        description=Description(title, **said),
        by=by,
    )
    if code:
        EvidenceFile.objects.create(
            evidence=evidence,
            number=1,
            key=f"{evidence.pk}",
            name=f"{title}.{code}"[:200],
            format=code,
            size=1,
            sha256="0" * 64,
            uploaded_by=by,
            uploaded_at=timezone.now(),
        )
    return evidence


def cited(world: World, evidence: Evidence, place: str = "a1", label: str = "1", **said: str) -> EvidenceUse:
    return cite(
        evidence=evidence,
        response=world.response(label, place[0]),
        department=world.departments[place],
        by=world.people[Role.FILLER, place],
        **said,
    )


def support(world: World) -> None:
    world.response("1").assignment.supporting.add(world.departments["a2"])


def put(world: World, state: State) -> None:
    Response.objects.filter(pk=world.response("1").pk).update(state=state)


def test_panel_names_offices_lead_first_and_what_each_cites(world: World) -> None:
    support(world)
    cited(world, make(world, "经费文件", "a2"), "a2")
    cited(world, make(world, "通知", document_number="赣教发[2021]4号"), passage="第3页", material="实施方案")
    panel = visitor(world).get(item(world)).context["evidence"]
    assert [(office.name, str(office.role)) for office in panel.offices] == [
        ("单位a1", "leads"),
        ("单位a2", "supports"),
    ]
    line = panel.offices[0].uses[0]
    assert (line.title, line.number, line.passage, line.material) == (
        "通知",
        "赣教发〔2021〕4号",
        "第3页",
        "实施方案",
    )


@pytest.mark.parametrize(
    ("passage", "page"),
    [
        *[("", 1), ("12", 12), ("第12页", 12), ("p. 7", 7), ("第3段", 1), ("0", 1)],
        *[("第2、3页", 2), ("P3-5", 3), ("第10—12页", 10), ("3-", 1), ("2021年3月", 1)],
    ],
)
def test_title_opens_the_preview_at_the_page_that_proves_it(world: World, passage: str, page: int) -> None:
    evidence = make(world, code="pdf")
    cited(world, evidence, passage=passage)
    line = visitor(world).get(item(world)).context["evidence"].offices[0].uses[0]
    assert line.address == f"/evidence/file/{evidence.files.get().pk}/pages/{page}/"


def test_what_has_no_preview_opens_the_page_of_the_evidence(world: World) -> None:
    for code in ("docx", ""):
        evidence = make(world, code or "文号", code=code)
        cited(world, evidence)
        line = visitor(world).get(item(world)).context["evidence"].offices[0].uses[-1]
        assert line.address == f"/evidence/{evidence.pk}/"


def test_required_material_is_there_when_ticked_or_cited(world: World) -> None:
    response = world.response("1")
    missing = visitor(world).get(item(world)).context["missing_materials"]
    assert missing == ["实施方案", "人员名册"]
    cited(world, make(world), material="实施方案")
    MaterialTick.objects.create(response=response, name="人员名册", reference="附件2")
    page = visitor(world).get(item(world))
    assert [(one.name, one.there, one.where) for one in page.context["evidence"].wanted] == [
        *(("实施方案", True, ""), ("人员名册", True, "附件2")),
    ]
    assert page.context["missing_materials"] == []


def test_removed_evidence_is_in_no_panel(world: World) -> None:
    evidence = make(world)
    cited(world, evidence, material="实施方案")
    remove_evidence(evidence=evidence, by=world.people[Role.FILLER, "a1"])
    panel = visitor(world).get(item(world)).context["evidence"]
    assert (panel.offices, panel.count, panel.missing) == ([], 0, ["实施方案", "人员名册"])


def test_other_departments_read_the_evidence_of_an_accepted_item(world: World) -> None:
    cited(world, make(world))
    assert visitor(world, "a2").get(item(world)).status_code == 404
    put(world, State.ACCEPTED)
    page = visitor(world, "a2").get(item(world))
    panel = page.context["evidence"]
    assert (panel.count, panel.citing, panel.offices[0].uses[0].mine) == (1, [], False)
    assert "data-uploads" not in page.content.decode()


def test_who_may_cite_gets_the_zone(world: World) -> None:
    def has_zone(client: Client) -> bool:
        return "data-uploads" in client.get(item(world)).content.decode()

    coordinator = visitor(world, "a", Role.COORDINATOR)
    assert (has_zone(visitor(world)), has_zone(coordinator)) == (True, False)
    put(world, State.SUBMITTED)
    assert (has_zone(visitor(world)), has_zone(coordinator)) == (False, False)
    put(world, State.ACCEPTED)
    assert (has_zone(visitor(world)), has_zone(coordinator)) == (False, True)


def test_evidence_costs_the_item_page_as_many_queries_for_one_as_for_many(world: World) -> None:
    client = visitor(world)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(item(world)).status_code == 200
        return len(asked)

    queries()
    none = queries()
    cited(world, make(world, code="pdf"))
    one = queries()
    for number in range(12):
        cited(world, make(world, f"材料{number}", code="pdf"), material="实施方案")
    assert (queries(), one - none) == (one, 1)


def test_library_is_searched_and_cited_from(world: World) -> None:
    wanted, _other = make(world, "经费决算表"), make(world, "会议纪要")
    client = visitor(world)
    page = client.get(f"{item(world)}evidence/choose/?q=决算").content.decode()
    assert ("经费决算表" in page, "会议纪要" in page) == (True, False)
    posted = {"evidence": wanted.pk, "material": "实施方案", "passage": " 第3页 "}
    answer = client.post(f"{item(world)}evidence/choose/", posted)
    assert answer.headers["Location"] == f"{item(world)}#evidence"
    use = EvidenceUse.objects.get()
    assert (use.evidence, use.material, use.passage) == (wanted, "实施方案", "第3页")


def test_choosing_costs_as_many_queries_for_one_as_for_many(world: World) -> None:
    client = visitor(world)
    make(world, code="pdf")

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"{item(world)}evidence/choose/").status_code == 200
        return len(asked)

    queries()
    one = queries()
    for number in range(12):
        make(world, f"材料{number}", code="pdf")
    assert queries() == one


@pytest.mark.parametrize("number", ["", "0", "x", "٣", "-1", "9" * 30])
def test_evidence_that_is_none_is_not_cited(world: World, number: str) -> None:
    answer = visitor(world).post(f"{item(world)}evidence/choose/", {"evidence": number})
    assert (answer.status_code, EvidenceUse.objects.count()) == (422, 0)
    assert "This evidence is not in the library any more." in answer.content.decode()


def test_evidence_of_others_is_neither_offered_nor_cited(world: World) -> None:
    client = visitor(world)
    for evidence in (make(world, "甲二的", "a2"), make(world, "乙区的", "b1")):
        assert evidence.title not in client.get(f"{item(world)}evidence/choose/").content.decode()
        answer = client.post(f"{item(world)}evidence/choose/", {"evidence": evidence.pk})
        assert (answer.status_code, EvidenceUse.objects.count()) == (422, 0)


def test_document_is_cited_by_its_number_without_a_file(world: World) -> None:
    typed = {
        "title": "关于办学的通知",
        "document_number": "赣教发(2021)第4号",
        "kind": "document",
        "passage": "二",
    }
    assert visitor(world).post(f"{item(world)}evidence/reference/", typed).status_code == 302
    evidence, use = Evidence.objects.get(), EvidenceUse.objects.get()
    assert (evidence.document_number, evidence.files.count(), use.passage) == ("赣教发〔2021〕4号", 0, "二")


def test_number_that_the_library_has_is_offered_first(world: World) -> None:
    there = make(world, document_number="赣教发〔2021〕4号")
    client, address = visitor(world), f"{item(world)}evidence/reference/"
    typed = {"title": "又一份", "document_number": "赣教发[2021]4号", "kind": "document"}
    answer = client.post(address, typed)
    assert (answer.status_code, answer.context["same"], Evidence.objects.count()) == (422, [there], 1)
    assert client.post(address, typed | {"anyway": "1"}).status_code == 302
    assert Evidence.objects.count() == 2


def test_number_of_who_is_not_seen_is_not_told(world: World) -> None:
    make(world, place="a2", document_number="赣教发〔2021〕4号")
    typed = {"title": "一份", "document_number": "赣教发〔2021〕4号", "kind": "document"}
    assert visitor(world).post(f"{item(world)}evidence/reference/", typed).status_code == 302


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"title": " "},
        {"title": "长" * 201},
        {"title": "一", "dated": "x"},
        {"title": "一", "material": "无"},
        {"title": "一", "passage": "长" * 201},
    ],
)
def test_reference_that_cannot_be_stored_stores_nothing(world: World, typed: dict[str, str]) -> None:
    answer = visitor(world).post(f"{item(world)}evidence/reference/", {"kind": "document", **typed})
    assert (answer.status_code, Evidence.objects.count()) == (422, 0)


def test_use_is_changed(world: World) -> None:
    use = cited(world, make(world))
    client, address = visitor(world), f"{item(world)}evidence/{use.pk}/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"material": "无", "passage": ""}).status_code == 422
    assert client.post(address, {"material": "", "passage": "长" * 201}).status_code == 422
    assert client.post(address, {"material": "人员名册", "passage": "12"}).status_code == 302
    use.refresh_from_db()
    assert (use.material, use.passage) == ("人员名册", "12")


def test_taking_back_leaves_the_evidence_and_can_be_undone(world: World) -> None:
    use = cited(world, make(world), material="实施方案", passage="第3页")
    client = visitor(world)
    answer = client.post(f"{item(world)}evidence/{use.pk}/remove/", headers=BY_SCRIPT)
    page = answer.content.decode()
    assert (EvidenceUse.objects.count(), Evidence.objects.count()) == (0, 1)
    assert "“通知” is not cited any more." in page
    undo = {
        "evidence": use.evidence_id,
        "department": use.department_id,
        "material": "实施方案",
        "passage": "第3页",
    }
    for name, value in undo.items():
        assert f'name="{name}" value="{value}"' in page
    assert client.post(f"{item(world)}evidence/choose/", undo, headers=BY_SCRIPT).status_code == 200
    again = EvidenceUse.objects.get()
    assert (again.evidence_id, again.material, again.passage) == (use.evidence_id, "实施方案", "第3页")


def test_taking_back_without_script_says_where_it_is(world: World) -> None:
    use = cited(world, make(world))
    client = visitor(world)
    assert client.post(f"{item(world)}evidence/{use.pk}/remove/").status_code == 302
    assert "it is still in the library" in client.get(item(world)).content.decode()
    assert client.post(f"{item(world)}evidence/{use.pk}/remove/").status_code == 404


def test_supporting_department_changes_its_own_uses_alone_and_the_lead_all(world: World) -> None:
    support(world)
    ours, theirs = cited(world, make(world)), cited(world, make(world, "财政", "a2"), "a2")
    supporting = visitor(world, "a2")
    assert supporting.post(f"{item(world)}evidence/{ours.pk}/remove/").status_code == 403
    assert supporting.get(f"{item(world)}evidence/{theirs.pk}/").status_code == 200
    assert visitor(world).post(f"{item(world)}evidence/{theirs.pk}/remove/").status_code == 302


def test_use_of_another_item_is_not_reached_through_ours(world: World) -> None:
    foreign = cited(world, make(world, "乙区的", "b1"), "b1")
    other = cited(world, make(world), label="2")
    for use in (foreign, other):
        assert visitor(world).post(f"{item(world)}evidence/{use.pk}/remove/").status_code == 404
    assert EvidenceUse.objects.count() == 2


def test_markup_is_text_wherever_evidence_is_shown(world: World) -> None:
    use = cited(world, make(world, HOSTILE, issuer=HOSTILE, document_number=HOSTILE), passage=HOSTILE)
    client = visitor(world)
    client.post(
        f"{item(world)}evidence/reference/", {"title": "x", "document_number": HOSTILE, "kind": "other"}
    )
    for address in ("", "evidence/choose/", f"evidence/{use.pk}/", "evidence/reference/?material=" + HOSTILE):
        page = client.get(f"{item(world)}{address}").content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
