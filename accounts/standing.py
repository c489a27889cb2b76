"""What a person is at this moment: the roles in force, read once a request."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from accounts.models import Membership, User
from accounts.roles import Role


@dataclass(frozen=True, slots=True)
class Standing:
    """The memberships in force, as organisation numbers by role."""

    by_role: dict[Role, frozenset[int]]

    def organisations(self, *roles: Role) -> frozenset[int]:
        """Organisations where one of ``roles`` is held."""
        return frozenset().union(*(self.by_role.get(role, frozenset()) for role in roles))

    def holds(self, organisation_id: int | None, *roles: Role) -> bool:
        """Whether one of ``roles`` is held in that organisation."""
        return organisation_id in self.organisations(*roles)


def standing_of(user: User | AnonymousUser) -> Standing:
    """The roles in force now. One query; nothing is cached beyond the value, so a removed role is gone
    with the next request."""
    if not isinstance(user, User):
        return Standing({})
    by_role: dict[Role, set[int]] = {}
    held = Membership.objects.filter(user=user).current()
    for role, organisation_id in held.values_list("role", "organisation_id"):
        by_role.setdefault(Role(role), set()).add(organisation_id)
    return Standing({role: frozenset(ids) for role, ids in by_role.items()})
