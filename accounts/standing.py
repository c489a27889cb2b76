"""What a person is at this moment: the roles in force, read once a request."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts.models import Membership, User
from accounts.roles import FILLS, MANAGES_PEOPLE, Role


@dataclass(frozen=True, slots=True)
class Standing:
    """The memberships in force, as organisation numbers by role; ``parents`` are the numbers of what stands
    above those organisations."""

    by_role: dict[Role, frozenset[int]]
    parents: dict[int, int | None] = field(default_factory=dict)

    def organisations(self, *roles: Role) -> frozenset[int]:
        """Organisations where one of ``roles`` is held."""
        return frozenset().union(*(self.by_role.get(role, frozenset()) for role in roles))

    def above(self, *roles: Role) -> frozenset[int]:
        """The parents of the organisations where one of ``roles`` is held: of departments their districts."""
        parents = (self.parents.get(organisation) for organisation in self.organisations(*roles))
        return frozenset(parent for parent in parents if parent is not None)

    @property
    def fills(self) -> bool:
        """Whether a person fills in items of any department."""
        return bool(self.organisations(*FILLS))

    @property
    def manages_people(self) -> bool:
        """Whether the pages of organisations and people are there for a person."""
        return bool(self.organisations(*MANAGES_PEOPLE))

    def holds(self, organisation_id: int | None, *roles: Role) -> bool:
        """Whether one of ``roles`` is held in that organisation."""
        return organisation_id in self.organisations(*roles)


def standing_of(user: User | AnonymousUser) -> Standing:
    """The roles in force now. One query; nothing is cached beyond the value, so a removed role is gone
    with the next request."""
    return standings_of({user.pk})[user.pk] if isinstance(user, User) else Standing({})


def standings_of(people: Collection[int]) -> dict[int, Standing]:
    """The roles in force now of several people, by their numbers. One query."""
    by_person: dict[int, dict[Role, set[int]]] = {person: {} for person in people}
    parents: dict[int, dict[int, int | None]] = {person: {} for person in people}
    held = Membership.objects.filter(user__in=people).current().order_by()
    for person, role, organisation_id, parent_id in held.values_list(
        "user", "role", "organisation_id", "organisation__parent_id"
    ):
        by_person[person].setdefault(Role(role), set()).add(organisation_id)
        parents[person][organisation_id] = parent_id
    return {
        person: Standing({role: frozenset(ids) for role, ids in by_role.items()}, parents[person])
        for person, by_role in by_person.items()
    }


class StandingMiddleware:
    """``request.standing``, for view and page alike: read once, where the first of them asks for it.

    Domain functions read it afresh with :func:`standing_of`, inside their transaction.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        standing = SimpleLazyObject(lambda: standing_of(request.user))
        request.standing = standing  # type: ignore[attr-defined]
        return self.get_response(request)
