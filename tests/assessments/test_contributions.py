"""What a supporting department writes beside the lead's text: who, on which version, and who sees it."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import OrganisationKind, Role
from assessments.contributions import StaleContribution, is_merged, merged, save_contribution
from assessments.models import Contribution, ContributionRevision, Response
from assessments.responses import load_for_saving
from assessments.states import State
from tests.factories import World, make_organisation, make_user, make_world

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


@pytest.fixture
def supported(db: None) -> World:
    """Department a2 supports item 1, which a1 leads."""
    world = make_world()
    world.response("1").assignment.supporting.add(world.departments["a2"])
    return world


def save(world: World, by: tuple[Role, str] = (Role.FILLER, "a2"), **changes: Any) -> Contribution:
    words = {
        "text": "拨付资金100万元。",
        "materials": "洪财教〔2021〕5号",
        "done": False,
        "version": 0,
        **changes,
    }
    return save_contribution(
        response=load_for_saving(world.response("1").pk),
        department=words.pop("department", world.departments["a2"]),
        by=world.people[by],
        **words,
    )


def signed_in(world: World, role: Role = Role.FILLER, organisation: str = "a2") -> Client:
    client = Client()
    client.force_login(world.people[role, organisation])
    client.cookies["django_language"] = "en"
    return client


def url(world: World, route: str = "contribution/") -> str:
    return f"/responses/{world.response('1').pk}/{route}"


def posted(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "department": world.departments["a2"].pk,
        "version": "0",
        "text": "配合",
        "materials": "",
        **changes,
    }


def put(world: World, state: State) -> None:
    Response.objects.filter(pk=world.response("1").pk).update(state=state)


@pytest.mark.parametrize("role", [Role.FILLER, Role.DEPARTMENT_HEAD])
def test_supporting_department_saves_text_materials_and_mark(supported: World, role: Role) -> None:
    saved = save(supported, (role, "a2"), text=" 拨付资金100万元。 \n\n 已到位。", done=True)
    assert (saved.text, saved.materials, saved.done) == (
        "拨付资金100万元。\n已到位。",
        "洪财教〔2021〕5号",
        True,
    )
    assert (saved.version, saved.saved_by) == (1, supported.people[role, "a2"])
    revision = ContributionRevision.objects.get()
    assert (revision.version, revision.text, revision.done) == (1, saved.text, True)


@pytest.mark.parametrize(
    "by", [(Role.FILLER, "a1"), (Role.FILLER, "b2"), (Role.COORDINATOR, "a"), (Role.LEADER, "a")]
)
def test_nobody_else_writes_it(supported: World, by: tuple[Role, str]) -> None:
    with pytest.raises(PermissionDenied):
        save(supported, by)
    assert not Contribution.objects.exists()


def test_department_that_does_not_support_the_item_writes_nothing(supported: World) -> None:
    with pytest.raises(PermissionDenied):
        save(supported, (Role.FILLER, "a1"), department=supported.departments["a1"])


@pytest.mark.parametrize("state", [State.SUBMITTED, State.ACCEPTED])
def test_closed_item_takes_no_contribution(supported: World, state: State) -> None:
    put(supported, state)
    with pytest.raises(PermissionDenied):
        save(supported)


def test_stale_save_stores_nothing_and_brings_what_is_stored(supported: World) -> None:
    save(supported)
    with pytest.raises(StaleContribution) as refused:
        save(supported, (Role.DEPARTMENT_HEAD, "a2"), text="别的", version=0)
    assert (refused.value.current.text, refused.value.current.version) == ("拨付资金100万元。", 1)
    assert ContributionRevision.objects.count() == 1


def test_save_sent_again_is_stored_once_whatever_came_after(supported: World) -> None:
    operation = uuid4()
    save(supported, operation=operation)
    save(supported, text="后来的", version=1)
    assert save(supported, operation=operation).version == 1
    assert Contribution.objects.get().text == "后来的"
    assert ContributionRevision.objects.count() == 2


def test_operation_of_somebody_else_does_not_pass(supported: World) -> None:
    operation = uuid4()
    save(supported, operation=operation)
    with pytest.raises(StaleContribution):
        save(supported, (Role.DEPARTMENT_HEAD, "a2"), operation=operation)
    with pytest.raises(ValidationError):
        save(supported, text="新的", version=1, operation=operation)


def test_nothing_new_writes_nothing(supported: World) -> None:
    save(supported)
    assert save(supported, version=1).version == 1
    assert ContributionRevision.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "长" * 20_001}, "text"),
        ({"text": "A" * 501}, "text"),
        ({"materials": "材" * 2_001}, "materials"),
        ({"text": " ", "done": True}, "text"),
    ],
)
def test_what_cannot_be_is_refused_by_field(supported: World, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        save(supported, **changes)
    assert list(refused.value.message_dict) == [field]
    assert not Contribution.objects.exists()


def test_saved_versions_are_kept_for_good(supported: World) -> None:
    save(supported)
    for change in (
        lambda: ContributionRevision.objects.update(text=""),
        ContributionRevision.objects.all().delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_merging_adds_the_paragraphs_that_are_not_there_yet(supported: World) -> None:
    saved = save(supported, text="甲\n乙")
    assert merged("开头\n乙", saved) == "开头\n乙\n甲"
    assert not is_merged(saved, "开头\n乙")
    assert is_merged(saved, "开头\n乙\n甲")
    assert merged("开头\n乙\n甲", saved) == "开头\n乙\n甲"
    assert not is_merged(Contribution(text=""), "开头")


def test_page_saves_marks_and_takes_the_mark_back(supported: World) -> None:
    client = signed_in(supported)
    assert client.post(url(supported), posted(supported)).status_code == 302
    client.post(url(supported), posted(supported, version="1", done="1"))
    assert Contribution.objects.get().done
    client.post(url(supported), {"department": supported.departments["a2"].pk, "version": "2", "reopen": "1"})
    stored = Contribution.objects.get()
    assert (stored.done, stored.text, stored.version) == (False, "配合", 3)


def test_page_that_comes_too_late_shows_both_texts(supported: World) -> None:
    save(supported, (Role.DEPARTMENT_HEAD, "a2"), text="先存的")
    answer = signed_in(supported).post(url(supported), posted(supported, text="后到的"))
    content = answer.content.decode()
    assert answer.status_code == 409
    assert "先存的" in content
    assert "后到的" in content
    again = signed_in(supported).post(url(supported), posted(supported, text="合并", version="1"))
    assert again.status_code == 302
    assert Contribution.objects.get().text == "合并"


def test_locked_item_gives_back_what_was_typed(supported: World) -> None:
    put(supported, State.SUBMITTED)
    answer = signed_in(supported).post(url(supported), posted(supported, text="没赶上"))
    assert (answer.status_code, "没赶上" in answer.content.decode()) == (403, True)


def test_draft_answers_version_and_problems(supported: World) -> None:
    client = signed_in(supported)
    answer = client.post(url(supported, "contribution/draft/"), posted(supported))
    assert (answer.status_code, answer.json()["version"], answer.json()["problems"]) == (200, 1, {})
    late = client.post(url(supported, "contribution/draft/"), posted(supported, text="别的"))
    assert late.status_code == 409
    long = client.post(
        url(supported, "contribution/draft/"), posted(supported, version="1", text="长" * 20_001)
    )
    assert list(long.json()["problems"]) == ["text"]
    assert Contribution.objects.get().text == "配合"


@pytest.mark.parametrize("department", ["0", "abc", "9" * 30, "²"])
def test_foreign_department_is_refused(supported: World, department: str) -> None:
    answer = signed_in(supported).post(url(supported), posted(supported, department=department))
    assert answer.status_code == 403
    assert not Contribution.objects.exists()


def test_lead_takes_the_contribution_into_what_is_typed(supported: World) -> None:
    save(supported, text="拨付资金。")
    client = signed_in(supported, Role.FILLER, "a1")
    data = {"version": "0", "narrative": "牵头的文字", "score": "2", "reason": ""}
    page = client.post(url(supported, ""), {**data, "merge": supported.departments["a2"].pk})
    assert page.context["form"]["narrative"].value() == "牵头的文字\n拨付资金。"
    assert supported.response("1").narrative == ""


@pytest.mark.parametrize(
    ("role", "organisation", "seen"),
    [
        (Role.FILLER, "a1", True),
        (Role.COORDINATOR, "a", True),
        (Role.LEADER, "a", True),
        (Role.FILLER, "a3", False),
    ],
)
def test_who_works_on_the_item_sees_contributions_and_other_departments_do_not(
    supported: World, role: Role, organisation: str, seen: bool
) -> None:
    other = make_organisation("a3", OrganisationKind.DEPARTMENT, supported.districts["a"])
    supported.people[Role.FILLER, "a3"] = make_user("filler-a3", (Role.FILLER, other))
    save(supported, text="只给牵头部门看")
    put(supported, State.ACCEPTED)
    page = signed_in(supported, role, organisation).get(url(supported, ""))
    assert page.status_code == 200
    assert ("只给牵头部门看" in page.content.decode()) is seen


def test_submitting_names_the_department_that_is_not_done(supported: World) -> None:
    head = signed_in(supported, Role.DEPARTMENT_HEAD, "a1")
    put(supported, State.DRAFT)
    assert head.get(url(supported, "")).context["not_done"] == ["单位a2"]
    save(supported, done=True)
    assert head.get(url(supported, "")).context["not_done"] == []


def test_markup_in_a_contribution_is_text(supported: World) -> None:
    save(supported, text=HOSTILE, materials=HOSTILE)
    for role, organisation in ((Role.FILLER, "a2"), (Role.FILLER, "a1"), (Role.COORDINATOR, "a")):
        content = signed_in(supported, role, organisation).get(url(supported, "")).content.decode()
        assert "&lt;script&gt;alert(1)" in content
        assert "<script>alert" not in content
        assert "<img src=x" not in content


def test_page_takes_as_many_queries_for_one_supporting_department_as_for_many(supported: World) -> None:
    client = signed_in(supported, Role.FILLER, "a1")
    client.get(url(supported, ""))  # the item has been published and is remembered from here on
    counts = []
    for number in range(2):
        for more in range(number * 5):
            department = make_organisation(
                f"a{more + 4}", OrganisationKind.DEPARTMENT, supported.districts["a"]
            )
            supported.response("1").assignment.supporting.add(department)
            author: User = make_user(f"filler-{department.code}", (Role.FILLER, department))
            save_contribution(
                response=load_for_saving(supported.response("1").pk),
                department=department,
                text="配合",
                materials="",
                done=False,
                version=0,
                by=author,
            )
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(supported, "")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_department_taken_off_keeps_what_it_wrote_before_the_leads_eyes(supported: World) -> None:
    save(supported, done=True)
    supported.response("1").assignment.supporting.clear()
    page = signed_in(supported, organisation="a1").get(url(supported, ""))
    (kept,) = page.context["beside"]
    assert (kept.department.code, kept.former, kept.form) == ("a2", True, None)
    assert "拨付资金100万元。" in page.text
    assert "no longer supports" in page.text
    assert signed_in(supported).get(url(supported, "")).status_code == 404
