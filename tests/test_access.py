"""The access table holds for every route and every person, and no route is without its rows."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Q
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from PIL import Image

from accounts.models import ApiToken, Membership, Organisation, User
from accounts.roles import OrganisationKind, Role
from accounts.tokens import issue_token
from assessments.models import (
    Assignment,
    CollectedUnit,
    Contribution,
    ContributionRevision,
    Erasure,
    Evidence,
    EvidenceFile,
    EvidenceUse,
    Response,
    ResponseComment,
    ResponseRevision,
)
from assessments.states import State
from audit.models import Event
from indicators.consulting import open_round, write_comment
from indicators.exchange import read_framework, store_framework
from indicators.models import Comment, Framework, FrameworkStatus
from indicators.publishing import publish_framework
from tests.access_table import PERSONAS, TABLE, Row
from tests.answers import finish
from tests.crawling import crawl
from tests.factories import World, framework_data, make_organisation, make_user, make_world

NEEDS = {
    "submit": State.DRAFT,
    "take_back": State.SUBMITTED,
    "accept": State.SUBMITTED,
    "return": State.SUBMITTED,
}
"""The state in which each step may be taken."""

CONTENT = {
    "narrative": "做了",
    "applicable": True,
    "na_reason": "",
    "measures": {},
    "score": "2",
    "reason": "",
    "losses": [],
    "materials": {},
}
SENT = {"api:response": ('"0"', CONTENT), "api:evidence": ('"1"', {"title": "新标题"})}
"""What PUT and PATCH send as JSON, and from which version."""

POSTED = {
    "response": {"version": "0", "narrative": "做了", "score": "2", "reason": ""},
    "response-draft": {"version": "0", "narrative": "做了", "score": "2", "reason": ""},
    "response-action": {"version": "0", "reason": "理由"},
    "response-revision": {"version": "0"},
    "contribution-revision": {"version": "2"},
    "response-last-year": {"version": "0"},
    "collection-units": {"units": "一小"},
    "report-prose": {"version": "0", "title": "标题", "addressee": "主送"},
    "language": {"language": "en", "next": "/"},
    "contribution": {"version": "2", "text": "配合", "materials": ""},
    "contribution-draft": {"version": "2", "text": "配合", "materials": ""},
    "response-comment": {"text": "留言"},
    "framework-comment-answer": {"answer": "采纳。"},
    "framework-consult": {"open": ""},
    "framework-node-move": {"direction": "up"},
    "people-organisation-add": {"name": "新设单位", "code": "new"},
    "people-organisation-edit": {"name": "新名称", "code": "new"},
    "person-add": {"name": "新人", "username": "new", "role": "coordinator"},
    "person-edit": {"name": "新名字", "username": "new"},
    "person-lock": {"reason": "离职"},
    "role": {"at_once": ""},
    "response-evidence-choose": {"evidence": "0"},
    "response-evidence-reference": {"title": "文件", "kind": "document"},
    "evidence": {"version": "1", "title": "新标题", "kind": "photo"},
    "evidence-erase": {"reason": "涉密"},
    "evidence-use": {"material": "", "passage": "3"},
    "evidence-describe": {"version": "1", "title": "新标题", "kind": "photo"},
}

PARTS = 4
"""The table is read in so many tests, so that processes which test at the same time share it."""

TITLES = {"draft": "内部草案", "consulting": "征求意见稿", "superseded": "往年体系"}
"""Of the frameworks that the committee of district a owns, by their state."""


@pytest.fixture
def world(db: None) -> World:
    world = make_world()
    operator = make_user("operator")
    operator.is_superuser = True
    operator.save()
    world.people[Role.ADMINISTRATOR, "operator"] = operator
    other = make_organisation("d", OrganisationKind.COMMITTEE)
    world.people[Role.SECRETARY, "d"] = make_user("secretary-d", (Role.SECRETARY, other))
    make_supporting_department(world)
    make_frameworks(world)
    make_saves(world)
    make_evidence(world)
    for district in ("a", "b"):
        person = world.people[Role.FILLER, f"{district}1"]
        issue_token(person=person, name="统计", days=30, read_only=True)
    return world


def make_supporting_department(world: World) -> None:
    """Department a3, which supports item 1 of its district."""
    department = make_organisation("a3", OrganisationKind.DEPARTMENT, world.districts["a"])
    world.departments["a3"] = department
    world.people[Role.FILLER, "a3"] = make_user("filler-a3", (Role.FILLER, department))
    world.response("1").assignment.supporting.add(department)


def make_saves(world: World) -> None:
    """A save of item 1 in either district, and of the contribution to it, to be looked at and restored."""
    kept = dict.fromkeys(("na_reason", "department_reason", "district_reason"), "")
    points = dict.fromkeys(("computed_score", "department_score", "district_score"))
    content = {**kept, **points, "narrative": "旧文", "applicable": True, "state": "draft"}
    content |= {"department_score": "2", "measures": {}, "losses": [], "materials": {}}
    for district in ("a", "b"):
        ResponseRevision.objects.create(
            response=world.response("1", district), version=0, content=content, saved_at=timezone.now()
        )
        department = world.departments["a3" if district == "a" else "b2"]
        contribution = Contribution.objects.create(
            response=world.response("1", district), department=department, text="配合", version=2
        )
        for version, text in ((1, "旧文"), (2, "配合")):
            ContributionRevision.objects.create(
                contribution=contribution, version=version, text=text, done=False, saved_at=timezone.now()
            )


def make_evidence(world: World) -> None:
    """A picture that item 1 of either district cites, of its first department."""
    picture = BytesIO()
    Image.new("L", (8, 8)).save(picture, "PNG")
    for district in ("a", "b"):
        office, by = world.departments[f"{district}1"], world.people[Role.FILLER, f"{district}1"]
        now = timezone.now()
        evidence = Evidence.objects.create(
            assessment=world.assessments[district],
            owner=office,
            title=f"{district}区的照片",
            added_by=by,
            added_at=now,
            changed_by=by,
            changed_at=now,
        )
        EvidenceFile.objects.create(
            evidence=evidence,
            number=1,
            key=storages["evidence"].save(f"picture-{uuid4().hex}", ContentFile(picture.getvalue())),
            name="照片.png",
            format="png",
            size=len(picture.getvalue()),
            sha256=sha256(picture.getvalue()).hexdigest(),
            uploaded_by=by,
            uploaded_at=now,
        )
        EvidenceUse.objects.create(
            evidence=evidence,
            response=world.response("1", district),
            department=office,
            order=1,
            added_by=by,
            added_at=now,
        )


def make_frameworks(world: World) -> None:
    """Of the committee of district a: a draft, one that department a1 has commented on, and one that has had
    its time. The published one of the world belongs to no committee."""
    made = {}
    for state in ("draft", "consulting", "superseded"):
        data = read_framework(framework_data(code=state, title=TITLES[state]))
        made[state] = store_framework(data=data, by=None, committee=world.committee)
    publish_framework(framework=made["superseded"], by=None)
    Framework.objects.filter(pk=made["superseded"].pk).update(status=FrameworkStatus.SUPERSEDED)
    framework = open_round(framework=made["consulting"], by=None)
    department, author = world.departments["a1"], world.people[Role.FILLER, "a1"]
    write_comment(framework=framework, node=None, organisation=department, text="意见", by=author)


def routes(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            name = entry.name or f"/{entry.pattern}"
            yield f"{namespace}*" if namespace == "admin:" else f"{namespace}{name}"
        else:
            yield from routes(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)


@pytest.fixture
def sessions(world: World) -> dict[str, str]:
    """Everybody's session, "" for who is not signed in."""
    found = {"anonymous": ""}
    for persona in PERSONAS[1:]:
        role, organisation = persona.split("-") if "-" in persona else (Role.ADMINISTRATOR, persona)
        client = Client()
        client.force_login(world.people[role, organisation])
        found[persona] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return found


def browser(session: str) -> Client:
    client = Client()
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    return client


def address(world: World, row: Row, district: str) -> str:
    match row.route:
        case "admin:*":
            return reverse("admin:index")
        case "framework":
            return reverse(row.route, args=[world.framework.pk])
        case "api:cycle":
            return reverse(row.route, args=[world.assessments[district].cycle_id])
        case "token-revoke":
            token = ApiToken.objects.get(user=world.people[Role.FILLER, f"{district}1"])
            return reverse(row.route, args=[token.pk])
        case "api:report-file":
            return reverse(row.route, args=[world.assessments[district].pk, "txt"])
        case (
            "framework-publish"
            | "framework-copy"
            | "framework-delete"
            | "framework-consult"
            | "framework-compare"
            | "framework-comments"
            | "framework-edit"
            | "framework-history"
            | "cycle-move"
            | "api:framework"
        ):
            return reverse(row.route, args=[Framework.objects.get(status=row.state).pk])
        case "framework-section" | "framework-node" | "framework-node-move" | "framework-node-delete":
            framework = Framework.objects.get(status=row.state)
            return reverse(row.route, args=[framework.pk, framework.sections.all()[1].key])
        case "framework-add":
            return reverse(row.route, args=[Framework.objects.get(status=row.state).pk, "section"])
        case "framework-file":
            return reverse(row.route, args=[Framework.objects.get(status=row.state).pk, "json"])
        case "framework-comment-answer":
            comment = Comment.objects.get()
            return reverse(row.route, args=[comment.framework_id, comment.pk])
        case "offline" | "offline-file" | "offline-preview":
            return reverse(row.route, args=[world.assessments[district].pk])
        case "assignments" | "assignments-store" | "assignments-upload" | "assignments-file":
            return reverse(row.route, args=[world.assessments[district].pk])
        case "assignments-from":
            return reverse(row.route, args=[world.assessments[district].pk, "last-year"])
        case "response-revision":
            return reverse(row.route, args=[world.response("1", district).pk, 0])
        case "contribution-revision":
            contribution = Contribution.objects.get(response=world.response("1", district))
            return reverse(row.route, args=[contribution.response_id, contribution.pk, 1])
        case "contribution" | "contribution-draft" | "response-comment":
            return reverse(row.route, args=[world.response("1", district).pk])
        case "response" | "response-draft" | "response-presence" | "response-history" | "response-last-year":
            return reverse(row.route, args=[world.response("1", district).pk])
        case "api:response":
            return reverse(row.route, args=[world.response("1", district).pk])
        case "response-action":
            action = row.state if row.state in NEEDS else "submit"
            return reverse(row.route, args=[world.response("1", district).pk, action])
        case "section" | "section-draft":
            item = world.response("1", district).item
            return reverse(row.route, args=[world.assessments[district].pk, item.section.key])
        case "collection" | "collection-preview" | "collection-units" | "collection-fill":
            return reverse(row.route, args=[world.response("1", district).pk])
        case "collection-sheet":
            return reverse(row.route, args=[world.response("1", district).pk, "all"])
        case "collection-unit-remove":
            response = world.response("1", district)
            unit, _made = CollectedUnit.objects.get_or_create(response=response, order=1, name="一小")
            return reverse(row.route, args=[response.pk, unit.pk])
        case "report-file":
            return reverse(row.route, args=[world.assessments[district].pk, "txt"])
        case "response-evidence" | "response-evidence-choose" | "response-evidence-reference":
            return reverse(row.route, args=[world.response("1", district).pk])
        case "evidence-use" | "evidence-use-remove":
            use = EvidenceUse.objects.get(response=world.response("1", district))
            return reverse(row.route, args=[use.response_id, use.pk])
        case "evidence-library" | "evidence-add":
            return reverse(row.route, args=[world.assessments[district].pk])
        case "api:evidence-add":
            return reverse(row.route, args=[world.assessments[district].pk])
        case "api:evidence" | "api:evidence-files":
            return reverse(row.route, args=[Evidence.objects.get(assessment=world.assessments[district]).pk])
        case "api:evidence-file":
            file = EvidenceFile.objects.get(evidence__assessment=world.assessments[district])
            return reverse(row.route, args=[file.pk])
        case "evidence" | "evidence-revise" | "evidence-remove" | "evidence-put-back":
            return reverse(row.route, args=[Evidence.objects.get(assessment=world.assessments[district]).pk])
        case "evidence-file" | "evidence-erase":
            file = EvidenceFile.objects.get(evidence__assessment=world.assessments[district])
            code = [file.sha256[:12]] if row.route == "evidence-erase" else []
            return reverse(row.route, args=[file.pk, *code])
        case "evidence-erasure-confirm" | "evidence-erasure-take-back":
            file = EvidenceFile.objects.get(evidence__assessment=world.assessments[district])
            asker = world.people[Role.COORDINATOR, district]
            asked = {"reason": "涉密", "asked_by": asker, "asked_at": timezone.now()}
            return reverse(row.route, args=[Erasure.objects.get_or_create(file=file, defaults=asked)[0].pk])
        case "evidence-upload":
            return reverse(row.route, args=[world.assessments[district].pk])
        case "evidence-describe":
            return reverse(row.route, args=[Evidence.objects.get(assessment=world.assessments[district]).pk])
        case "evidence-page" | "evidence-picture":
            file = EvidenceFile.objects.get(evidence__assessment=world.assessments[district])
            return reverse(row.route, args=[file.pk, 1])
        case "evidence-archive":
            return reverse(row.route, args=[world.assessments[district].pk])
        case "evidence-archive-file":
            return reverse(row.route, args=[world.assessments[district].pk, "xlsx"])
        case "past-report" | "past-report-preview":
            return reverse(row.route, args=[world.assessments[district].pk])
        case "api:results" | "api:assessment" | "api:report-files":
            return reverse(row.route, args=[world.assessments[district].pk])
        case "assessment" | "report" | "report-prose" | "report-document":
            return reverse(row.route, args=[world.assessments[district].pk])
        case "people-organisation" | "people-organisation-edit":
            return reverse(row.route, args=[world.departments[f"{district}1"].pk])
        case "people-organisation-add" | "person-add":
            return reverse(row.route, args=[world.districts[district].pk])
        case "person" | "person-edit" | "person-lock" | "person-unlock" | "person-sign-in-lock" | "role-add":
            return reverse(row.route, args=[world.people[Role.FILLER, f"{district}1"].pk])
        case "role" | "role-deputy":
            held = world.people[Role.FILLER, f"{district}1"].memberships.get()
            return reverse(row.route, args=[held.pk])
        case _:
            return row.route if row.route.startswith("/") else reverse(row.route)


def set_state(world: World, row: Row, district: str) -> None:
    """Item 1 of the district as the row wants it, ready for the step it tries."""
    if is_about_framework(row):
        return
    state = NEEDS.get(row.state) or State(row.state if row.state != "-" else "draft")
    Response.objects.filter(pk=world.response("1", district).pk).update(
        state=state,
        narrative="做了",
        department_score=Decimal(2),
        district_score=Decimal(2) if state == State.ACCEPTED else None,
    )


def ask(world: World, sessions: dict[str, str], row: Row, district: str) -> dict[str, str]:
    """What each person is answered, in the words of the table; every trace is undone."""
    answers = {}
    with transaction.atomic():
        set_state(world, row, district)
        url = address(world, row, district)
        for persona, session in sessions.items():
            with transaction.atomic():
                answer = send(browser(session), row, url)
                answers[persona] = in_words(answer)
                finish(answer)  # a file that is served is open till then
                transaction.set_rollback(True)
        transaction.set_rollback(True)
    return answers


def send(client: Client, row: Row, url: str) -> HttpResponseBase:
    """The row's request."""
    if row.method == "GET":
        return client.get(url)
    if row.method == "POST":
        return client.post(url, POSTED.get(row.route, {}))
    version, body = SENT[row.route]
    return client.generic(
        row.method, url, json.dumps(body), "application/json", headers={"If-Match": version}
    )


def in_words(answer: HttpResponseBase) -> str:
    if answer.status_code == 302:
        target = answer.headers["Location"]
        return "sign-in" if target.startswith((reverse("sign-in"), reverse("admin:login"))) else "done"
    return "ok" if answer.status_code in (200, 422) else str(answer.status_code)


def test_every_route_has_its_rows_and_every_row_its_route() -> None:
    assert {row.route for row in TABLE} == set(routes(get_resolver()))


def test_the_table_names_nothing_twice() -> None:
    keys = [(row.route, row.state, row.method) for row in TABLE]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("part", range(PARTS))
def test_the_table_holds(world: World, sessions: dict[str, str], part: int) -> None:
    for row in TABLE[part::PARTS]:
        assert ask(world, sessions, row, "a") == row.answers, row[:3]


def test_nothing_is_done_without_the_token_of_the_page(world: World, sessions: dict[str, str]) -> None:
    """Whatever is sent from another site with somebody's session is refused before anything looks at it."""
    client = Client(enforce_csrf_checks=True)
    client.cookies[settings.SESSION_COOKIE_NAME] = sessions["secretary-c"]
    for row in TABLE:
        if row.method != "GET":
            assert send(client, row, address(world, row, "a")).status_code == 403, row[:3]


def is_about_framework(row: Row) -> bool:
    return row.route.startswith(("framework", "api:framework")) or row.route == "cycle-move"


PRIVATE = [row for row in TABLE if row.state != "-" and not is_about_framework(row)]
"""Rows about something that belongs to one district."""


def nowhere(row: Row) -> str:
    """What somebody is answered who has nothing to do with the district."""
    return "405" if row.answers["operator"] == "405" else "404"


def insiders(row: Row, sessions: dict[str, str]) -> dict[str, str]:
    """Those signed in who get something of the row in district a; that others get nothing the table says."""
    return {one: key for one, key in sessions.items() if key and row.answers[one] != nowhere(row)}


def test_objects_of_another_district_are_not_there(world: World, sessions: dict[str, str]) -> None:
    """For everybody but its own people and who is not signed in, whatever the state."""
    for persona in ("anonymous", "coordinator-b", "filler-b1"):
        del sessions[persona]
    for row in PRIVATE:
        asking = insiders(row, sessions)
        assert ask(world, asking, row, "b") == dict.fromkeys(asking, nowhere(row)), row[:3]


@pytest.mark.parametrize("ended", [True, False], ids=["ended", "not begun"])
def test_roles_count_from_their_first_to_their_last_day(
    world: World, sessions: dict[str, str], ended: bool
) -> None:
    """A role that has ended is gone at the next request of the same session; one to come is not there yet."""
    today, day = timezone.localdate(), timedelta(days=1)
    begins, ends = (None, today - day) if ended else (today + day, None)
    Membership.objects.update(starts_on=begins, ends_on=ends)
    for row in PRIVATE:
        asking = insiders(row, sessions)
        assert ask(world, asking, row, "a") == dict.fromkeys(asking, nowhere(row)), row[:3]


def test_locked_account_is_nobody_at_the_next_request(world: World, sessions: dict[str, str]) -> None:
    """Of every route, for somebody to whom it had been open; an open session is worth nothing any more."""
    User.objects.update(is_active=False)
    del sessions["anonymous"]
    for row in TABLE:
        persona = next((one for one in sessions if row.answers[one] in ("ok", "done")), "operator")
        answers = ask(world, {persona: sessions[persona]}, row, "a")
        assert answers == {persona: row.answers["anonymous"]}, row[:3]


def test_numbers_of_another_district_in_a_form_do_nothing_there(
    world: World, sessions: dict[str, str]
) -> None:
    """Every field that a person finds on any page, sent to every route with numbers of district b."""
    stranger = world.people[Role.FILLER, "b1"]
    foreign = (
        world.departments["b1"].pk,
        stranger.pk,
        stranger.memberships.get().pk,
        world.response("2", "b").pk,
    )
    names: dict[str, set[str]] = {}
    before = belongings_of_b(world)
    for row in TABLE:
        inside = [one for one, said in row.answers.items() if said in ("ok", "done") and one in INSIDERS]
        if row.method != "POST" or not inside or row.route in ("sign-in", "sign-out", "language"):
            continue
        client = browser(sessions[inside[0]])
        if inside[0] not in names:
            names[inside[0]] = fields_shown_to(client)
        for number in foreign:
            with transaction.atomic():
                set_state(world, row, "a")
                fields = dict.fromkeys(names[inside[0]], number) | POSTED.get(row.route, {})
                client.post(address(world, row, "a"), fields)
                assert belongings_of_b(world) == before, (row[:3], number)
                transaction.set_rollback(True)
    assert f"lead-{world.response('1').pk}" in names["coordinator-a"]


INSIDERS = [persona for persona in PERSONAS if persona.endswith(("-a", "-a1", "-a2", "-a3", "-c"))]
"""Who has nothing to do with district b, and the committee."""


def fields_shown_to(client: Client) -> set[str]:
    """Names of the fields of all forms on a person's pages."""
    return {name for page in crawl(client).values() for name in NAMES.findall(page)}


NAMES = re.compile(r'<(?:select|input|textarea)[^>]* name="([^"]+)"')


def belongings_of_b(world: World) -> list[object]:
    """All that is of district b, and all that joins something of it to another one."""
    organisations = [world.districts["b"].pk, world.departments["b1"].pk, world.departments["b2"].pk]
    inside, of_b = Q(organisation__in=organisations), {"response__assessment": world.assessments["b"]}
    people = Membership.objects.filter(inside).values("user")
    return [
        list(queryset.order_by("pk").values())
        for queryset in (
            Organisation.objects.filter(pk__in=organisations),
            Organisation.objects.filter(parent__in=organisations),
            User.objects.filter(pk__in=people),
            Membership.objects.filter(inside | Q(user__in=people)),
            Response.everything.filter(assessment=world.assessments["b"]),
            ResponseRevision.objects.filter(**of_b),
            Contribution.objects.filter(Q(**of_b) | Q(department__in=organisations)),
            ResponseComment.objects.filter(Q(**of_b) | inside),
            CollectedUnit.objects.filter(**of_b),
            Evidence.objects.filter(Q(assessment=world.assessments["b"]) | Q(owner__in=organisations)),
            EvidenceFile.objects.filter(evidence__assessment=world.assessments["b"]),
            EvidenceUse.objects.filter(Q(**of_b) | Q(department__in=organisations)),
            Assignment.objects.filter(Q(**of_b) | Q(lead__in=organisations)),
            Assignment.supporting.through.objects.filter(organisation__in=organisations),
            Event.objects.filter(organisation_id__in=organisations),
        )
    ]


INSIDE = {
    "甲区的文字": {"filler-a1", "filler-a3", "department_head-a1", "coordinator-a", "leader-a", "auditor-a"},
    "乙区的文字": {"coordinator-b", "filler-b1"},
    TITLES["draft"]: {"verifier-c", "secretary-c", "auditor-c"},
    TITLES["consulting"]: set(PERSONAS)
    - {"anonymous", "administrator-a", "administrator-c", "secretary-d", "operator"},
    TITLES["superseded"]: set(PERSONAS) - {"anonymous"},
}
"""Texts, and everybody who may read them."""


def test_pages_show_nothing_of_others(world: World, sessions: dict[str, str]) -> None:
    """None that can be reached by links, whatever the state of the items; nothing changes by following."""
    for district, text in (("a", "甲区的文字"), ("b", "乙区的文字")):
        Response.objects.filter(assessment=world.assessments[district]).update(
            state=State.DRAFT, narrative=text, department_score=Decimal(1)
        )
    seen: dict[str, set[str]] = {text: set() for text in INSIDE}
    before = list(Framework.objects.order_by("pk").values()), Event.objects.count()
    for persona in PERSONAS[1:]:
        pages = crawl(browser(sessions[persona])).values()
        for text in INSIDE:
            if any(text in page for page in pages):
                seen[text].add(persona)
    assert seen == INSIDE
    assert (list(Framework.objects.order_by("pk").values()), Event.objects.count()) == before
