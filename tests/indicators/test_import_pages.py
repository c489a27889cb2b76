"""The pages of the import: choose, preview, store; and frameworks as files."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Membership
from accounts.roles import OrganisationKind, Role
from audit.models import Event
from indicators.models import Framework, Item
from tests.factories import World, make_framework, make_organisation, make_world
from tests.indicators.office_tables import shicheng, workbook

pytestmark = pytest.mark.django_db

CHOOSE, PREVIEW = reverse("framework-import"), reverse("framework-import-preview")
HEAD = ["一级指标", "三级指标", "分值", "评分标准"]
STORED = {"title": "河长制考核", "code": "hz", "version": "2018", "year": "2018"}


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def client(world: World) -> Client:
    """The secretary's browser, in English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.people[Role.SECRETARY, "c"])
    client.cookies["django_language"] = "en"
    return client


def send(client: Client, content: bytes, name: str = "表.xlsx") -> Any:
    return client.post(CHOOSE, {"file": SimpleUploadedFile(name, content)})


def store(client: Client, world: World, *rules: int, **changes: str) -> Any:
    data = {**STORED, "committee": str(world.committee.pk), "rule": [str(rule) for rule in rules]}
    return client.post(PREVIEW, {**data, **changes})


def test_a_file_is_chosen_previewed_and_stored_as_a_draft(client: Client, world: World) -> None:
    assert send(client, shicheng(), "石城.xlsx").headers["Location"] == PREVIEW
    page = client.get(PREVIEW)
    text = page.content.decode()
    assert [part.section.title for part in page.context["parts"]][3:] == [
        "行动升级，推进突出问题专项整治",
        "加强宣传舆论、信息报送工作",
        "奖扣分项目",
    ]
    assert "The total states 100 points, the sections 107: 7 apart." in text
    assert Framework.objects.count() == 1
    answer = store(client, world, 15)
    framework = Framework.objects.get(code="hz")
    assert answer.headers["Location"] == reverse("framework", args=[framework.pk])
    assert (framework.committee, framework.title, framework.is_draft) == (world.committee, "河长制考核", True)
    assert [item.label for item in Item.objects.filter(section__framework=framework) if item.rules] == ["16"]
    event = Event.objects.get(action="framework.imported", subject_id=str(framework.pk))
    assert event.actor_id == world.people[Role.SECRETARY, "c"].pk


def test_rules_are_ticked_only_where_all_of_the_prose_was_understood(client: Client) -> None:
    send(client, shicheng())
    lines = [line for part in client.get(PREVIEW).context["parts"] for line in part.lines]
    ticked = {line.item.label for line in lines if line.ticked}
    proposed = {line.item.label for line in lines if line.proposal}
    assert "16" in ticked
    assert "18" in proposed - ticked


def test_what_cannot_be_read_is_told_by_cell_and_nothing_is_kept(client: Client) -> None:
    before = Session.objects.count()
    answer = send(client, workbook([HEAD, ["甲", "一项", "三分", ""]]))
    assert answer.status_code == 422
    assert '<span class="at">sheet “Sheet1” C2</span>' in answer.content.decode()
    assert (Framework.objects.count(), Session.objects.count()) == (1, before)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "表.xlsx is empty."),
        (b"%PDF-1.7", "表.xlsx is a PDF. Copy its table into a workbook."),
        (b"PK\3\4" + b"\0" * 10_000_000, "表.xlsx is larger than 10 MB."),
    ],
)
def test_a_file_that_is_no_workbook_is_refused_in_a_sentence(
    client: Client, content: bytes, sentence: str
) -> None:
    answer = send(client, content)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_no_file_is_a_fault_of_the_form(client: Client) -> None:
    answer = client.post(CHOOSE, {})
    assert answer.status_code == 422
    assert "This field is required." in answer.content.decode()


def test_a_version_that_exists_is_told_and_nothing_stored(client: Client, world: World) -> None:
    send(client, shicheng())
    answer = store(client, world, 15, code="demo", version="1")
    assert answer.status_code == 422
    assert "There is a version “1” of the code “demo” already." in answer.content.decode()
    assert Framework.objects.count() == 1
    ticked = [line.item.label for part in answer.context["parts"] for line in part.lines if line.ticked]
    assert ticked == ["16"]


def test_the_browser_cannot_bring_its_own_plan(client: Client, world: World) -> None:
    """Only titles, and numbers of rules that were proposed, count of what is posted."""
    send(client, shicheng())
    store(client, world, 0, 999, rules='[{"kind": "manual"}]', sections="[]", status="published")
    framework = Framework.objects.get(code="hz")
    assert framework.is_draft
    items = Item.objects.filter(section__framework=framework)
    assert (items.count(), [item.label for item in items if item.rules]) == (23, [])


def test_a_committee_of_others_cannot_be_given(client: Client, world: World) -> None:
    other = make_organisation("other", OrganisationKind.COMMITTEE)
    send(client, shicheng())
    assert store(client, world, committee=str(other.pk)).status_code == 422
    assert Framework.objects.count() == 1


def test_the_file_is_gone_once_stored_or_replaced(client: Client, world: World) -> None:
    before = Session.objects.count()
    send(client, shicheng())
    send(client, shicheng())
    assert Session.objects.count() == before + 1
    store(client, world)
    assert Session.objects.count() == before
    answer = store(client, world, code="again")
    assert answer.headers["Location"] == CHOOSE
    assert Framework.objects.count() == 2


def test_a_held_file_is_of_one_person_and_signs_nobody_in(client: Client, world: World) -> None:
    send(client, shicheng())
    key = client.session["held_framework"]
    thief = Client()
    thief.cookies["sessionid"] = key
    assert thief.get(PREVIEW).headers["Location"].startswith(reverse("sign-in"))
    other = Client()
    Membership.objects.create(
        user=world.people[Role.VERIFIER, "c"], role=Role.SECRETARY, organisation=world.committee
    )
    other.force_login(world.people[Role.VERIFIER, "c"])
    session = other.session
    session["held_framework"] = key
    session.save()
    assert other.get(PREVIEW).headers["Location"] == CHOOSE


def test_a_sheet_is_chosen_among_several(client: Client, world: World) -> None:
    content = workbook([HEAD, ["甲", "一项", 1, ""]], sheet="城区", 乡镇=[HEAD, ["甲", "二项", 2, ""]])
    send(client, content)
    page = client.get(PREVIEW, {"sheet": "乡镇"})
    assert page.context["parts"][0].lines[0].item.title == "二项"
    store(client, world, sheet="乡镇")
    assert Item.objects.get(section__framework__code="hz").title == "二项"


def test_markup_in_a_workbook_stays_text(client: Client) -> None:
    mark = "<script>alert(1)</script>"
    send(
        client,
        workbook(
            [HEAD, [mark, mark, 1, f"{mark}每少1次扣0.2分"], ["乙", "二", "x", ""], [mark, None, None, None]]
        ),
    )
    send(client, workbook([HEAD, [mark, mark, 1, f"{mark}每少1次扣0.2分"]], sheet="a<b>"), f"{mark}.xlsx")
    assert mark not in client.get(PREVIEW).content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_the_preview_asks_as_much_for_one_row_as_for_many(
    client: Client, count: int, django_assert_num_queries: Any
) -> None:
    send(client, workbook([HEAD, *(["甲", f"{n}项", 1, "每少1次扣0.2分"] for n in range(count))]))
    with django_assert_num_queries(7):
        assert client.get(PREVIEW).status_code == 200


def test_alternatives_are_not_added_up_in_the_preview(client: Client) -> None:
    rows = [["甲", "共同", 60, ""], ["乙（适用于城区）", "城", 40, ""], ["丙（适用于乡镇）", "乡", 30, ""]]
    send(client, workbook([HEAD, *rows]))
    page = client.get(PREVIEW)
    lines = [(kind, str(weight.points)) for kind, weight in page.context["weights"].lines]
    assert lines == [("城区", "100"), ("乡镇", "90")]
    assert "130" not in page.content.decode()


def test_rules_of_more_than_a_thousand_items_are_confirmed_at_once(client: Client, world: World) -> None:
    send(client, workbook([HEAD, *(["甲", f"{n}项", 1, "每少1次扣0.2分"] for n in range(1_100))]))
    assert store(client, world, *range(1_100)).status_code == 302
    items = Item.objects.filter(section__framework__code="hz")
    assert sum(bool(item.rules) for item in items) == 1_100


# Files out


def test_a_framework_goes_out_as_a_workbook_and_as_json(client: Client, world: World) -> None:
    address = reverse("framework-file", args=[world.framework.pk, "xlsx"])
    answer = client.get(address)
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert load_workbook(BytesIO(answer.content))["指标体系"]["H4"].value == "经费投入"
    answer = client.get(reverse("framework-file", args=[world.framework.pk, "json"]))
    assert json.loads(answer.content)["code"] == "demo"
    assert client.get(reverse("framework-file", args=[world.framework.pk, "pdf"])).status_code == 404


@pytest.mark.parametrize("form", ["xlsx", "json"])
@pytest.mark.parametrize("sections", [1, 4])
def test_a_file_asks_as_much_for_one_section_as_for_many(
    client: Client, form: str, sections: int, django_assert_num_queries: Any
) -> None:
    data = [
        {"title": f"第{n}", "items": [{"label": str(n), "title": "项", "weight": "1"}]}
        for n in range(sections)
    ]
    framework = make_framework(code="many", sections=data)
    with django_assert_num_queries(11):
        client.get(reverse("framework-file", args=[framework.pk, form]))


def test_the_template_opens(client: Client) -> None:
    answer = client.get(reverse("framework-template"))
    assert load_workbook(BytesIO(answer.content)).sheetnames[1] == "指标体系"


def test_a_json_file_is_taken_too(client: Client, world: World) -> None:
    exported = client.get(reverse("framework-file", args=[world.framework.pk, "json"])).content
    send(client, exported, "体系.json")
    assert client.get(PREVIEW).context["form"].initial["version"] == "1"
    store(client, world, code="demo", version="2")
    assert Framework.objects.get(code="demo", version="2").title == "河长制考核"
