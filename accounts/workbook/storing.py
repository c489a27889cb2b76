"""Does what a plan says, by the same functions as the pages: all of it, or nothing."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.memberships import continue_role, end_role, give_role
from accounts.models import Organisation, User
from accounts.organisations import change_organisation, create_organisation
from accounts.people import change_person
from accounts.workbook.creating import at, create_people
from accounts.workbook.steps import Change, OrganisationStep, PersonStep, Plan, RoleStep


@transaction.atomic
def store_plan(*, plan: Plan, by: User) -> list[User]:
    """Create and change what the plan names; the people created, who have no password yet.

    Raises ``ValidationError`` by place for what has become impossible since the plan was made, and for a plan
    with errors.
    """
    if plan.errors:
        raise ValidationError([str(note) for note in plan.errors])
    stored: dict[str, Organisation] = {}
    for step in plan.organisations:
        with at(step.place):
            stored[step.organisation.code] = _store_organisation(step, stored, by)
    created = create_people([_in_stored(person, stored) for person in plan.created], by)
    for person in plan.changed:
        _change_person(_in_stored(person, stored), by)
    return created


def _store_organisation(step: OrganisationStep, stored: dict[str, Organisation], by: User) -> Organisation:
    organisation = step.organisation
    if not step.is_new:
        return change_organisation(organisation=organisation, code=organisation.code, name=step.name, by=by)
    above = organisation.parent
    assert above is not None  # noqa: S101 - the plan creates nothing without one
    above = stored.get(above.code, above)
    return create_organisation(parent=above, code=organisation.code, name=step.name, by=by)


def _in_stored(step: PersonStep, stored: dict[str, Organisation]) -> PersonStep:
    """With the organisations that have just been created in place of those that were planned."""
    for role in step.roles:
        role.organisation = stored.get(role.organisation.code, role.organisation)
    return step


def _change_person(step: PersonStep, by: User) -> None:
    assert step.user is not None  # noqa: S101 - of these there is one
    if step.changes:
        with at(step.place):
            change_person(
                person=step.user,
                name=step.name,
                username=step.username,
                staff_number=step.staff_number,
                phone=step.phone,
                by=by,
            )
    for role in step.changed_roles:
        with at(role.place):
            _change_role(role, step.user, by)


def _change_role(step: RoleStep, person: User, by: User) -> None:
    if step.change == Change.GIVE:
        give_role(
            person=person,
            organisation=step.organisation,
            role=step.role,
            starts_on=step.starts_on,
            ends_on=step.ends_on,
            by=by,
        )
    elif step.change == Change.END and step.membership and step.ends_on:
        end_role(membership=step.membership, ends_on=step.ends_on, by=by)
    elif step.change == Change.CONTINUE and step.membership:
        continue_role(membership=step.membership, by=by)
