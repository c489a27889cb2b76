"""Compares the rows of a file with what there is: who is new, what changes, what may not be.

Nothing is written. Everything is looked at in memory, so that 5,000 rows ask as little as one.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import count

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import may_change_person, may_give, people_managed_by
from accounts.models import Membership, Organisation, User
from accounts.ordering import name_reading
from accounts.roles import HELD_IN, Role
from accounts.standing import Standing
from accounts.workbook.days import Lasting
from accounts.workbook.form import PEOPLE, role_word
from accounts.workbook.places import Organisations
from accounts.workbook.reading import PersonRow, Rows
from accounts.workbook.steps import Change, PersonStep, Plan, RoleStep

FIELDS = ("name", "username", "staff_number", "phone")


def plan_import(rows: Rows, standing: Standing) -> Plan:
    """What storing these rows would do. Its notes have all that keeps it from being stored."""
    places = Organisations(rows, standing)
    people = _People(rows, standing, places)
    for row in rows.people:
        people.add(row)
    people.name_the_new()
    return Plan(tuple(rows.notes), places.steps, people.steps)


class _People:
    """The people of a file, each once, whether in one row or several."""

    def __init__(self, rows: Rows, standing: Standing, places: Organisations) -> None:
        self.rows, self.standing, self.places = rows, standing, places
        self.steps: list[PersonStep] = []
        self.today = timezone.localdate()
        held = Membership.objects.select_related("organisation__parent__parent")
        managed = people_managed_by(standing).prefetch_related(Prefetch("memberships", held))
        self.managed = {person.pk: person for person in managed}
        self.taken = _owners(User.objects.values_list("pk", "username", "staff_number", "phone"))
        self.by_name = _by_name_and_place(self.managed.values())
        self.step_of_user: dict[int, PersonStep] = {}
        self.step_of_key: dict[str, PersonStep] = {}
        self.steps_by_name: dict[tuple[str, str], PersonStep] = {}
        self.refused: set[int] = set()
        """Steps whose role has an error of its own, by id."""

    def add(self, row: PersonRow) -> None:
        """Take a row: to a person of the file, to somebody there is, or to somebody new."""
        organisation = self.places.find(row)
        try:
            step = self._step(row, organisation)
        except ValidationError as problem:
            self._error(row, problem.code or "name", problem.messages[0])
            return
        for key in row.keys:
            self.step_of_key[key] = step
        if organisation is not None:
            self.steps_by_name.setdefault((row.name, organisation.code), step)
        self._take_details(step, row)
        self._take_role(step, row, organisation)

    def _step(self, row: PersonRow, organisation: Organisation | None) -> PersonStep:
        """The person of a row. Raises ``ValidationError`` with the column as its code."""
        users = {self.taken[key] for key in row.keys if key in self.taken}
        steps = {id(step): step for key in row.keys if (step := self.step_of_key.get(key))}
        if len(users) > 1 or len(steps) > 1:
            raise ValidationError(
                _("User name, staff number and phone belong to several people."), self._key_column(row)
            )
        if users:
            return self._step_of_user(row, users.pop())
        if steps:
            return self._same_name(row, next(iter(steps.values())))
        if organisation is not None:
            known = self._namesake(row, organisation)
            if isinstance(known, User):
                return self._begun(row, known)
            if known is not None:
                return known
        return self._begun(row, None)

    def _step_of_user(self, row: PersonRow, number: int) -> PersonStep:
        user = self.managed.get(number)
        if user is None:
            raise ValidationError(
                _("Somebody else signs in with this user name, staff number or phone."),
                self._key_column(row),
            )
        by_phone_alone = not {user.username, user.staff_number} & {row.username, row.staff_number}
        if by_phone_alone and row.name and row.name != user.name:
            message = _("This phone is %(person)s's. Give the user name if this person has a new name.")
            raise ValidationError(message % {"person": user.name}, "phone")
        return self._begun(row, user)

    def _same_name(self, row: PersonRow, step: PersonStep) -> PersonStep:
        if row.name and row.name != step.name:
            message = _("The same user name, staff number or phone as %(person)s's in this file.")
            raise ValidationError(message % {"person": step.name}, self._key_column(row))
        return step

    def _namesake(self, row: PersonRow, organisation: Organisation) -> User | PersonStep | None:
        """Somebody of this name there, in the file or already known, whom nothing in the row contradicts."""
        if step := self.steps_by_name.get((row.name, organisation.code)):
            return step if _agrees(row, step.username, step.staff_number, step.phone) else None
        there = self.by_name.get((row.name, organisation.pk), [])
        fitting = [
            user for user in there if _agrees(row, user.username, user.staff_number or "", user.phone or "")
        ]
        if len(fitting) == 1:
            return fitting[0]
        if there:
            message = _("There is somebody of this name there already; a further person will be created.")
            self.rows.notes.remark(*self._place(row, "name"), message)
        return None

    def _begun(self, row: PersonRow, user: User | None) -> PersonStep:
        if user is not None and user.pk in self.step_of_user:
            return self.step_of_user[user.pk]
        place = self._place(row, "name")
        if user is None:
            step = PersonStep(None, row.name, row.username, row.staff_number, row.phone, place)
        else:
            details = (user.name, user.username, user.staff_number or "", user.phone or "")
            step = self.step_of_user[user.pk] = PersonStep(user, *details, place)
            if not user.is_active:
                self.rows.notes.remark(*place, _("This account is locked and stays so."))
        self.steps.append(step)
        return step

    # Details

    def _take_details(self, step: PersonStep, row: PersonRow) -> None:
        """What is filled in counts, what is blank stays; two rows of a person must not differ."""
        for name in FIELDS:
            typed, before = getattr(row, name), getattr(step, name)
            if not typed or typed == before:
                continue
            if before and (step.user is None or name in step.changes):
                message = _("Two rows of the same person differ here: “%(one)s” and “%(other)s”.")
                self._error(row, name, message % {"one": before, "other": typed})
                continue
            self._change(step, row, name, before, typed)

    def _change(self, step: PersonStep, row: PersonRow, name: str, before: str, typed: str) -> None:
        setattr(step, name, typed)
        if step.user is None:
            return
        if not may_change_person(self.standing, step.user, self._lasting(step.user)):
            message = _("This person also holds a role that is not yours to give; the details stay.")
            self._error(row, name, message)
        step.changes[name] = before, typed

    def _lasting(self, user: User) -> list[Membership]:
        return [held for held in user.memberships.all() if held.ends_on is None or held.ends_on >= self.today]

    def name_the_new(self) -> None:
        """User names for those who have none; then whether all details are what they must be."""
        used = set(self.taken) | set(self.step_of_key)
        for step in self.steps:
            if not step.username:
                step.username = _free_name(step, used)
                used.add(step.username)
            if step.user is None or step.changes:
                self._check_details(step)
            if step.user is None and not step.roles and id(step) not in self.refused:
                self.rows.notes.error(*step.place, _("A new person needs an organisation and a role."))

    def _check_details(self, step: PersonStep) -> None:
        described = User(**{name: getattr(step, name) or None for name in FIELDS})
        described.name, described.username = step.name, step.username
        try:
            described.clean_fields(exclude=["password"])
        except ValidationError as problem:
            for name, messages in problem.message_dict.items():
                if name == "name" and not step.name:
                    continue  # said when the row was read
                place = self.rows.places[PEOPLE].place(_row_of(step), name)
                self.rows.notes.error(*place, " ".join(messages))

    # Roles

    def _take_role(self, step: PersonStep, row: PersonRow, organisation: Organisation | None) -> None:
        named = bool(row.organisation or row.organisation_code)
        if organisation is None or not row.role:
            if row.role and not named:
                self._error(row, "organisation", _("Say in which organisation."))
            if row.role != "" or (named and organisation is None):
                self.refused.add(id(step))
            return
        if any(one.role == row.role and one.organisation.code == organisation.code for one in step.roles):
            self.rows.notes.remark(
                *self._place(row, "role"), _("This stands in the file twice; once counts.")
            )
        elif role := self._role(row, organisation, self._held(step.user, organisation, row.role)):
            step.roles.append(role)
        else:
            self.refused.add(id(step))

    def _held(self, user: User | None, organisation: Organisation, role: str) -> Membership | None:
        if user is None or organisation.pk is None:
            return None
        same = (one for one in user.memberships.all() if one.organisation_id == organisation.pk)
        return next((one for one in same if one.role == role), None)

    def _role(self, row: PersonRow, organisation: Organisation, held: Membership | None) -> RoleStep | None:
        place = self._place(row, "role")
        ends_on = None if isinstance(row.ends_on, Lasting) else row.ends_on
        starts_on = row.starts_on if isinstance(row.starts_on, date) else None
        step = RoleStep(organisation, row.role or "", Change.LEAVE, starts_on, ends_on, place, held)
        if held is not None and row.ends_on in (None, held.ends_on or Lasting.LASTING):
            if held.ends_on and held.ends_on < self.today and row.ends_on is None:
                step.change = Change.GIVE
            elif starts_on and starts_on != held.starts_on:
                message = _("The first day of a role that there is already stays as it is.")
                self.rows.notes.remark(*self._place(row, "starts_on"), message)
        elif held is not None and (held.ends_on is None or held.ends_on >= self.today):
            step.change = Change.END if ends_on else Change.CONTINUE
        else:
            step.change = Change.GIVE
        return step if step.change == Change.LEAVE or self._is_allowed(row, step) else None

    def _is_allowed(self, row: PersonRow, step: RoleStep) -> bool:
        """Whether the one who imports may do this, and the days are possible; else an error."""
        words = {"role": role_word(step.role), "organisation": step.organisation.name}
        if step.organisation.kind not in HELD_IN[Role(step.role)]:
            message = _("The role %(role)s is not held in an organisation like %(organisation)s.")
            self._error(row, "role", message % words)
        elif not may_give(self.standing, step.role, step.organisation):
            message = _("The role %(role)s in %(organisation)s is not yours to give.")
            self._error(row, "role", message % words)
        elif step.change == Change.CONTINUE and step.membership and step.membership.deputises_id:
            self._error(row, "ends_on", _("A deputy stands in for somebody else, until a day."))
        elif step.ends_on and step.ends_on < self._earliest_end(step):
            self._error(row, "ends_on", _("A role does not end in the past."))
        elif step.change == Change.GIVE and step.starts_on and step.ends_on and step.ends_on < step.starts_on:
            self._error(row, "ends_on", _("A role ends on or after the day it starts."))
        else:
            return True
        return False

    def _earliest_end(self, step: RoleStep) -> date:
        return self.today - timedelta(days=1) if step.change == Change.END else self.today

    # What is said of a row

    def _error(self, row: PersonRow, column: str, message: str) -> None:
        self.rows.notes.error(*self._place(row, column), message)

    def _place(self, row: PersonRow, column: str) -> tuple[str, str]:
        return self.rows.place(PEOPLE, row.row, column)

    def _key_column(self, row: PersonRow) -> str:
        return next((name for name in FIELDS[1:] if getattr(row, name)), "name")


def _owners(people: Iterable[tuple[int, str, str | None, str | None]]) -> dict[str, int]:
    """Whose each user name, staff number and phone is."""
    return {key: number for number, *keys in people for key in keys if key}


def _by_name_and_place(people: Iterable[User]) -> dict[tuple[str, int], list[User]]:
    found: dict[tuple[str, int], list[User]] = {}
    for person in people:
        for place in {held.organisation_id for held in person.memberships.all()}:
            found.setdefault((person.name, place), []).append(person)
    return found


def _agrees(row: PersonRow, username: str, staff_number: str, phone: str) -> bool:
    """Whether a row adds to what is known of somebody and contradicts nothing; a user name is not added."""
    known = {"username": username, "staff_number": staff_number, "phone": phone}
    return not row.username and all(
        not typed or not known[name] or typed == known[name]
        for name, typed in (("staff_number", row.staff_number), ("phone", row.phone))
    )


def _free_name(step: PersonStep, used: set[str]) -> str:
    """The name in pinyin, with a number where it is taken; else the staff number or the phone."""
    syllables = [syllable.rstrip("012345") for syllable in name_reading(step.name)]
    letters = "".join(mark for mark in "".join(syllables) if mark.isascii() and mark.isalpha())[:50]
    base = letters or step.staff_number or step.phone.lstrip("+") or "user"
    if base == step.staff_number or base == step.phone:
        return base
    return next(
        name for number in count(1) if (name := base if number == 1 else f"{base}{number}") not in used
    )


def _row_of(step: PersonStep) -> int:
    return int("".join(mark for mark in step.place[1] if mark.isdigit()) or 0)
