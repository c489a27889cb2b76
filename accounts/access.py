"""Who manages whom: organisations, accounts and their events, and none of what is filled in.

An administrator manages the committee or district where the role is held with all below it, a coordinator
the own district with its departments. Nobody gives or takes a role above the own: the administrator's is
given by administrators alone. The operator (superuser) works in Django's admin; such an account is
nobody's here to change.

The functions take a :class:`~accounts.standing.Standing`, read once a request. All roles count together.
"""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from accounts.models import Membership, MembershipQuerySet, Organisation, User
from accounts.roles import HELD_IN, MANAGES_PEOPLE, OrganisationKind, Role
from accounts.standing import Standing


def organisations_managed_by(standing: Standing) -> QuerySet[Organisation]:
    """The organisations where such a role is held, and all below them."""
    held = standing.organisations(*MANAGES_PEOPLE)
    return Organisation.objects.filter(
        Q(pk__in=held) | Q(parent__in=held) | Q(parent__parent__in=held)
    ).select_related("parent__parent")


def memberships_managed_by(standing: Standing) -> MembershipQuerySet:
    """Roles in these organisations, whether in force, to come or over: all of a person that is seen."""
    return Membership.objects.filter(organisation__in=organisations_managed_by(standing).values("pk"))


def people_managed_by(standing: Standing) -> QuerySet[User]:
    """People who hold or held a role there; what they hold elsewhere is not shown."""
    return User.objects.filter(pk__in=memberships_managed_by(standing).values("user"))


def lineage(organisation: Organisation) -> frozenset[int]:
    """The organisation and those above it. Needs ``parent__parent`` read along."""
    above = organisation.parent
    return frozenset({organisation.pk} | (lineage(above) if above else frozenset()))


def may_give(standing: Standing, role: str, organisation: Organisation) -> bool:
    """Whether a person may give the role there, and so end it, too. Needs ``parent__parent`` read along."""
    if role not in Role.values or organisation.kind not in HELD_IN[Role(role)]:
        return False
    giving = {Role.ADMINISTRATOR} if role == Role.ADMINISTRATOR else MANAGES_PEOPLE
    return bool(standing.organisations(*giving) & lineage(organisation))


def roles_to_give(standing: Standing, organisation: Organisation) -> list[Role]:
    """Those that a person may give in an organisation, in their own order."""
    return [role for role in Role if may_give(standing, role, organisation)]


def may_change_person(standing: Standing, person: User, held: Iterable[Membership]) -> bool:
    """Whether a person may change, lock or give a new password to another.

    Only who could give all roles that the other holds now or will hold: nobody reaches a role, or another
    district, by somebody else's account. ``held`` are these roles everywhere, see :func:`held_or_to_come`.
    """
    return not person.is_superuser and all(
        may_give(standing, membership.role, membership.organisation) for membership in held
    )


def held_or_to_come(person: User) -> QuerySet[Membership]:
    """Roles of a person that are not over, in whatever organisation; for :func:`may_change_person`."""
    return Membership.objects.lasting().filter(user=person).select_related("organisation__parent__parent")


def may_add_below(standing: Standing, parent: Organisation) -> bool:
    """Whether a person may create a district of this committee, or a department of this district."""
    managed = bool(standing.organisations(*MANAGES_PEOPLE) & lineage(parent))
    return managed and parent.kind != OrganisationKind.DEPARTMENT


def may_change_organisation(standing: Standing, organisation: Organisation) -> bool:
    """Names and codes are changed from above; a committee, which has nothing above, changes its own."""
    above = organisation.parent or organisation
    return bool(standing.organisations(*MANAGES_PEOPLE) & lineage(above))
