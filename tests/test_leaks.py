"""What somebody may not see changes nothing for them: no list, count, total, search or file tells of it.

Everybody looks, something is done elsewhere, and everybody looks again. Who finds any
difference, to the letter, is compared with who may.
"""

import re
from collections.abc import Callable
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.people import create_person, lock_person
from accounts.roles import OrganisationKind, Role
from assessments.models import Assessment, CollectedUnit, Contribution, Response, ResponseComment
from assessments.states import State
from tests.access_table import PERSONAS
from tests.factories import World, make_organisation
from tests.test_access import browser, sessions, world

__all__ = ["sessions", "world"]

ALIKE = {"anonymous", "operator", "department_head-a1", "auditor-a", "auditor-c", "secretary-d"}
"""Left out: who sees everything or nothing, and whose sight is as another one's."""
LOOKING = [persona for persona in PERSONAS if persona not in ALIKE]

CHANGING = re.compile(
    r'(?:value|data-csrf)="[A-Za-z0-9]{64}"|name="once" value="[^"]*"'
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
"""What is another one each time a page is shown."""


def look(session: str) -> dict[str, str | bytes]:
    """All that lists, counts, adds up or finds, by address, as a person is answered."""
    client, seen = browser(session), dict[str, str | bytes]()
    for path in ("/", "/tasks/", "/assessments/", "/people/", "/people/file/", *searches(), *of_districts()):
        answer = client.get(path)
        text = answer.headers["Content-Type"].startswith("text/")
        seen[path] = CHANGING.sub("", answer.content.decode()) if text else answer.content
    return seen


def searches() -> list[str]:
    return [f"/people/?q={words}" for words in ("新来", "1399", "newcomer", "N-77")]


def of_districts() -> list[str]:
    """Of each its assessment, the results for other programs, and an item with the tree of all."""
    items = Response.objects.filter(item__label="2").values_list("pk", flat=True)
    assessments = Assessment.objects.values_list("pk", flat=True)
    return [reverse("response", args=[pk]) for pk in items] + [
        reverse(name, args=[pk]) for pk in assessments for name in ("assessment", "api:results")
    ]


def add_people(world: World, district: str) -> None:
    """A new department, and in the first one somebody new, with numbers, whose account is locked."""
    make_organisation(f"{district}9", OrganisationKind.DEPARTMENT, world.districts[district])
    made = create_person(
        name="新来的",
        username="newcomer",
        staff_number="N-77",
        phone="13990001111",
        organisation=world.departments[f"{district}1"],
        role="filler",
        by=None,
    )
    lock_person(person=made, reason="试", by=None)


def draft(world: World, district: str) -> None:
    """Text and points, a comment, another office's part, figures of a school; the item's state stays."""
    Response.objects.filter(pk=world.response("1", district).pk).update(
        narrative="新来的文字", department_score=Decimal("1.7"), version=3
    )
    response, now = world.response("1", district), timezone.now()
    author = world.people[Role.FILLER, f"{district}1"]
    department = world.departments[f"{district}1"]
    ResponseComment.objects.create(
        response=response, organisation=department, author=author, text="新来的留言", written_at=now
    )
    supporting = response.assignment.supporting.first() or department
    Contribution.objects.update_or_create(
        response=response, department=supporting, defaults={"text": "新来的配合文字"}
    )
    CollectedUnit.objects.create(response=response, order=1, name="新来小学")


def accept(world: World, district: str) -> None:
    Response.objects.filter(pk=world.response("1", district).pk).update(
        state=State.ACCEPTED, narrative="新来的文字", district_score=Decimal("1.7")
    )


OF_A = {"coordinator-a", "leader-a"}
ON_THE_ITEM = OF_A | {"filler-a1", "filler-a3"}
COMMITTEE = {"verifier-c", "secretary-c"}
OF_B = {"coordinator-b", "filler-b1"}

WHO_SEES: list[tuple[Callable[[World, str], None], str, set[str]]] = [
    (add_people, "a", {"coordinator-a", "administrator-a", "administrator-c"}),
    (add_people, "b", {"coordinator-b", "administrator-c"}),
    (draft, "a", ON_THE_ITEM),
    (draft, "b", OF_B),
    (accept, "a", ON_THE_ITEM | {"filler-a2"} | COMMITTEE),
    (accept, "b", OF_B | COMMITTEE),
]


def test_what_is_done_elsewhere_changes_nothing_on_ones_pages(world: World, sessions: dict[str, str]) -> None:
    before = {persona: look(sessions[persona]) for persona in LOOKING}
    for act, district, who in WHO_SEES:
        with transaction.atomic():
            act(world, district)
            seen = {persona for persona in LOOKING if look(sessions[persona]) != before[persona]}
            transaction.set_rollback(True)
        assert seen == who, (act.__name__, district)
