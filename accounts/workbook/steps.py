"""What an import will do, as values: the plan that a person looks at and that is then stored."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from accounts.models import Membership, Organisation, User
from accounts.roles import Role
from spreadsheets.notes import Note, Place


class Change(StrEnum):
    """What becomes of a role."""

    GIVE = "give"
    END = "end"
    CONTINUE = "continue"
    LEAVE = "leave"


@dataclass(slots=True)
class OrganisationStep:
    """An organisation to create (not saved yet) or to rename; ``name`` is the new one."""

    organisation: Organisation
    name: str
    place: Place

    @property
    def is_new(self) -> bool:
        return self.organisation.pk is None


@dataclass(slots=True)
class RoleStep:
    """A role of a person. ``membership`` is the one there is."""

    organisation: Organisation
    role: str
    change: Change
    starts_on: date | None
    ends_on: date | None
    place: Place
    membership: Membership | None = None

    @property
    def role_word(self) -> str:
        """As the page says it."""
        return str(Role(self.role).label)


@dataclass(slots=True)
class PersonStep:
    """A person to create, or one there is with what changes of them: old and new by field."""

    user: User | None
    name: str
    username: str
    staff_number: str
    phone: str
    place: Place
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    roles: list[RoleStep] = field(default_factory=list)

    @property
    def changes_in_words(self) -> list[tuple[str, str, str]]:
        """Label, old and new of each detail."""
        labels = {field.name: str(field.verbose_name) for field in User._meta.fields}
        return [(labels[name], *both) for name, both in self.changes.items()]

    @property
    def is_left(self) -> bool:
        return self.user is not None and not self.changes and not self.changed_roles

    @property
    def changed_roles(self) -> list[RoleStep]:
        return [role for role in self.roles if role.change != Change.LEAVE]


@dataclass(slots=True)
class Plan:
    """Errors keep it from being stored; remarks do not."""

    notes: tuple[Note, ...]
    organisations: list[OrganisationStep] = field(default_factory=list)
    people: list[PersonStep] = field(default_factory=list)

    @property
    def errors(self) -> list[Note]:
        return [note for note in self.notes if note.is_error]

    @property
    def remarks(self) -> list[Note]:
        return [note for note in self.notes if not note.is_error]

    @property
    def created(self) -> list[PersonStep]:
        return [person for person in self.people if person.user is None]

    @property
    def changed(self) -> list[PersonStep]:
        return [person for person in self.people if person.user is not None and not person.is_left]

    @property
    def left(self) -> int:
        return sum(person.is_left for person in self.people)

    @property
    def does_nothing(self) -> bool:
        return not self.organisations and not self.created and not self.changed

    @property
    def fingerprint(self) -> str:
        """The same for two plans that do the same: what was looked at is what is stored."""
        return hashlib.sha256("\n".join(self._lines()).encode()).hexdigest()

    def _lines(self) -> Iterator[str]:
        for step in self.organisations:
            above = step.organisation.parent
            yield repr((step.organisation.pk, step.organisation.code, step.name, above and above.code))
        for person in self.people:
            known = person.user and person.user.pk
            yield repr(
                (known, person.name, person.username, person.staff_number, person.phone, person.changes)
            )
            for role in person.changed_roles:
                yield repr((role.organisation.code, role.role, role.change, role.starts_on, role.ends_on))
