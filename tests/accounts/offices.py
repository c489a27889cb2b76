"""The people of :func:`tests.factories.make_world` without what they fill in: quick to make."""

from dataclasses import dataclass, field

from accounts.models import Organisation, User
from accounts.roles import HELD_IN, OrganisationKind, Role
from tests.factories import make_organisation, make_people

COMMITTEE, DISTRICT, DEPARTMENT = OrganisationKind


@dataclass
class Offices:
    """Organisations by code (committee c, districts a and b, departments a1 a2 b1 b2), people by role and
    code: ``at["a1"]``, ``people["filler", "a1"]``."""

    at: dict[str, Organisation]
    people: dict[tuple[str, str], User] = field(default_factory=dict)

    @property
    def committee(self) -> Organisation:
        return self.at["c"]


def make_offices() -> Offices:
    made = {"c": make_organisation("c", COMMITTEE)}
    for code in "ab":
        made[code] = make_organisation(code, DISTRICT, made["c"])
        for number in "12":
            made[code + number] = make_organisation(code + number, DEPARTMENT, made[code])
    places = [(role, place) for place in made.values() for role in Role if place.kind in HELD_IN[role]]
    return Offices(made, make_people(*places))
