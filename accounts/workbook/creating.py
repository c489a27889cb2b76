"""Many new people at once: as :func:`accounts.people.create_person` and ``give_role`` leave them, in a few
statements, as one by one thousands would hold up everybody else's saving for minutes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.access import may_give
from accounts.memberships import check_kind
from accounts.models import Membership, User
from accounts.standing import Standing, standing_of
from accounts.steps import changes_of, one_step, require
from accounts.workbook.steps import PersonStep, RoleStep
from audit.trail import record
from spreadsheets.notes import Note, Place

_DETAILS = ("username", "name", "staff_number", "phone")


def create_people(steps: Sequence[PersonStep], by: User) -> list[User]:
    """Create the people of a plan, whose details and days the plan has checked.

    What may have changed since is looked at again: who may give which role, and which names are taken. Raises
    ``ValidationError`` by place.
    """
    with one_step():
        standing = standing_of(by)
        _check_names(steps)
        people = [_person(step) for step in steps]
        User.objects.bulk_create(people)
        roles = [
            _membership(role, person, standing)
            for step, person in zip(steps, people, strict=True)
            for role in step.changed_roles
        ]
        Membership.objects.bulk_create(roles)
        home = {each.user_id: each.organisation_id for each in reversed(roles)}
        for person in people:
            changes = changes_of(None, person, _DETAILS)
            place = home.get(person.pk)
            record(by=by, action="user.created", subject=person, organisation_id=place, changes=changes)
        for each in roles:
            _record_role(each, by)
    return people


def _check_names(steps: Sequence[PersonStep]) -> None:
    taken = {key for keys in User.objects.values_list(*_DETAILS[:1], *_DETAILS[2:]) for key in keys if key}
    for step in steps:
        keys = {key for key in (step.username, step.staff_number, step.phone) if key}
        if keys & taken:
            with at(step.place):
                message = _("Somebody else signs in with this user name, staff number or phone.")
                raise ValidationError(message)
        taken |= keys


def _person(step: PersonStep) -> User:
    person = User(username=step.username, name=step.name)
    person.staff_number, person.phone = step.staff_number or None, step.phone or None
    person.set_unusable_password()
    return person


def _membership(step: RoleStep, person: User, standing: Standing) -> Membership:
    with at(step.place):
        check_kind(step.role, step.organisation)
        require(may_give(standing, step.role, step.organisation))
    return Membership(
        user=person,
        organisation=step.organisation,
        role=step.role,
        starts_on=step.starts_on,
        ends_on=step.ends_on,
    )


def _record_role(membership: Membership, by: User) -> None:
    days = (membership.starts_on, membership.ends_on)
    first, last = (day.isoformat() if day else None for day in days)
    details = {"person": str(membership.user), "role": membership.role, "from": first, "to": last}
    place = membership.organisation_id
    record(by=by, action="membership.given", subject=membership, organisation_id=place, **details)


@contextmanager
def at(place: Place) -> Iterator[None]:
    """What is refused in here is told with its place."""
    try:
        yield
    except PermissionDenied as refused:
        raise ValidationError(str(Note(*place, _("This is not yours to do.")))) from refused
    except ValidationError as problem:
        raise ValidationError([str(Note(*place, message)) for message in problem.messages]) from problem
