"""Districts and departments: created below, renamed from above, never moved."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Organisation
from accounts.organisations import change_organisation, create_organisation
from accounts.roles import Role
from audit.models import Event
from tests.accounts.offices import Offices, make_offices

pytestmark = pytest.mark.django_db


@pytest.fixture
def offices() -> Offices:
    return make_offices()


def place(offices: Offices, code: str) -> Organisation:
    return offices.at[code]


@pytest.mark.parametrize(
    ("by", "above", "kind"),
    [
        (("coordinator", "a"), "a", "department"),
        (("administrator", "a"), "a", "department"),
        (("administrator", "c"), "a", "department"),
        (("administrator", "c"), "c", "district"),
    ],
)
def test_an_organisation_is_of_the_kind_that_stands_below(
    offices: Offices, by: tuple[str, str], above: str, kind: str
) -> None:
    person = offices.people[Role(by[0]), by[1]]
    made = create_organisation(parent=place(offices, above), code=" x1 ", name="新 设\n单位", by=person)
    assert (made.kind, made.parent, made.code, made.name) == (kind, place(offices, above), "x1", "新 设 单位")
    event = Event.objects.get(action="organisation.created")
    assert (event.actor_name, event.organisation_id) == (person.username, made.pk)
    assert event.details["changes"]["parent"] == {"from": None, "to": str(place(offices, above))}


@pytest.mark.parametrize(
    ("by", "above"),
    [
        (("coordinator", "a"), "b"),
        (("coordinator", "a"), "c"),
        (("administrator", "a"), "c"),
        (("leader", "a"), "a"),
        (("coordinator", "a"), "a1"),
        (("secretary", "c"), "c"),
    ],
)
def test_nobody_creates_beside_or_above(offices: Offices, by: tuple[str, str], above: str) -> None:
    before = Organisation.objects.count()
    with pytest.raises(PermissionDenied):
        create_organisation(
            parent=place(offices, above), code="x1", name="新设", by=offices.people[Role(by[0]), by[1]]
        )
    assert Organisation.objects.count() == before


@pytest.mark.parametrize(
    ("code", "name", "fields"),
    [
        ("", "新设", {"code"}),
        ("x1", " \u200b", {"name"}),
        ("b1", "新设", {"code"}),
        ("x1", "单位a1", {"__all__"}),
        ("x" * 33, "长" * 101, {"code", "name"}),
    ],
)
def test_codes_are_given_once_and_names_once_in_a_district(
    offices: Offices, code: str, name: str, fields: set[str]
) -> None:
    with pytest.raises(ValidationError) as refusal:
        create_organisation(
            parent=offices.at["a"], code=code, name=name, by=offices.people[Role.COORDINATOR, "a"]
        )
    assert set(refusal.value.message_dict) == fields
    assert not Event.objects.filter(action="organisation.created").exists()


def test_nothing_stands_below_a_department(offices: Offices) -> None:
    with pytest.raises(ValidationError):
        create_organisation(parent=offices.at["a1"], code="x1", name="新设", by=None)


def test_a_renaming_is_an_event_with_both_values(offices: Offices) -> None:
    department, by = offices.at["a1"], offices.people[Role.COORDINATOR, "a"]
    for _ in range(2):
        change_organisation(organisation=department, code="a1", name="区教体局", by=by)
    department.refresh_from_db()
    assert (department.name, department.code, department.kind) == ("区教体局", "a1", "department")
    event = Event.objects.get(action="organisation.changed")
    assert event.details == {"changes": {"name": {"from": "单位a1", "to": "区教体局"}}}


@pytest.mark.parametrize("where", ["a", "b", "b1", "c"])
def test_a_coordinator_renames_departments_alone(offices: Offices, where: str) -> None:
    with pytest.raises(PermissionDenied):
        change_organisation(
            organisation=place(offices, where),
            code="x",
            name="改名",
            by=offices.people[Role.COORDINATOR, "a"],
        )
